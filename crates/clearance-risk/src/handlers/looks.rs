//! Tools that can change much, told to look only: partition tables, document stores, flakes.

use clearance_core::Effect;
use clearance_shell::invocation::Stdin;

use crate::arg::Arg;
use crate::judge::{Call, Judge, is_local};
use crate::names::{MONGO_READ, PARTED_PRINT};
use crate::spec::WordRole;

/// `parted [-s] FILE [COMMAND]...`: commands that print.
pub(super) fn parted(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    if call.has(&["-l", "--list"]) && call.operands().len() == 0 {
        return;
    }
    let mut words = call.operands();
    let file = words.next();
    let mut prints = false;
    let looks = words.all(|word| {
        prints |= word.as_static() == Some(b"print");
        word.as_static().is_some_and(|w| PARTED_PRINT.has(w))
    });
    match file {
        Some(file) if looks && prints => judge.path(WordRole::Read, file, call.site),
        _ => judge.effect(Effect::Device, call),
    }
}

/// `mongosh [ADDRESS] --eval TEXT`: queries of a database on this machine.
pub(super) fn mongosh(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    for address in call.operands() {
        let name = address.as_static().is_some_and(|text| {
            text.iter()
                .all(|b| b.is_ascii_alphanumeric() || b"_-".contains(b))
        });
        if !name {
            judge.address(address, false, "mongosh");
            if address.as_static().is_none_or(|text| !is_local(text)) {
                judge.effect(Effect::Unknown, call);
            }
        }
    }
    let texts: Vec<Arg<'_>> = call.values(&["--eval"]).collect();
    if texts.is_empty() {
        match call.site.stdin {
            Stdin::Inherit | Stdin::Null => judge.effect(Effect::Interactive, call),
            _ => judge.effect(Effect::Unknown, call),
        }
    }
    for text in texts {
        if !text.as_str().is_some_and(is_query) {
            judge.report(Effect::DbChange, 45, "mongosh.text", text.span(), || {
                "a text for `mongosh` that was not understood as a query".to_owned()
            });
        }
    }
    judge.effect(Effect::DbRead, call);
}

/// `db.users.find({…}).limit(3)`: calls of methods that read, on literals.
fn is_query(text: &str) -> bool {
    if matches!(
        text.trim(),
        "show dbs" | "show collections" | "show databases" | "show tables"
    ) {
        return true;
    }
    // No functions, templates, computed members, assignments, or code in a document.
    let strange = [
        "=>",
        "function",
        "`",
        "\\",
        "](",
        ")(",
        "=",
        "$where",
        "$function",
        "$accumulator",
        "new ",
        "import",
        "process",
        "this",
        "global",
    ]
    .iter()
    .any(|mark| text.contains(mark));
    if strange {
        return false;
    }
    let mut word = String::new();
    let mut quote: Option<char> = None;
    for c in text.chars() {
        match quote {
            Some(mark) if c == mark => quote = None,
            Some(_) => {}
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c.is_alphanumeric() || c == '_' || c == '$' => word.push(c),
            None if c == '(' => {
                if !word.is_empty() && !MONGO_READ.has(&word) {
                    return false;
                }
                word.clear();
            }
            None if c == '[' && !word.is_empty() => return false,
            None if c.is_whitespace() => {}
            None => word.clear(),
        }
    }
    quote.is_none()
}

/// `nix-shell [FILE] --run TEXT`: without a text a shell opens.
pub(super) fn nix_shell(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    if !call.has(&["--run", "--command"]) {
        judge.effect(Effect::Interactive, call);
    }
}

/// `lynx -dump PAGE`: without a page it is the one that a person has set up.
pub(super) fn page_dump(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.defaults(call);
    if call.operand(0).is_none() && !call.has(&["-version", "-stdin"]) {
        judge.unknown("dump.page", call.span(), || {
            format!("which page `{}` prints is not known", call.called())
        });
    }
}

/// `nix build .#NAME`: an output of the project's own flake; any other is fetched code.
pub(super) fn nix_flake(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.option_defaults(call);
    for arg in call.operands() {
        let own = arg.as_str().is_some_and(|text| {
            let name = text
                .strip_prefix(".#")
                .unwrap_or(if text == "." { "" } else { "?" });
            name.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        });
        if !own {
            judge.unknown("nix.flake", arg.span(), || {
                format!(
                    "`{}` is not an output of the project's own flake",
                    arg.show()
                )
            });
        }
    }
}

/// `fvm flutter …`: the words are a command of their own.
pub(super) fn fvm(judge: &mut Judge<'_>, call: &Call<'_>) {
    let words = call.argv.get(1..).unwrap_or_default();
    let words = match words.split_first() {
        Some((first, rest)) if first.as_static() == Some(b"exec") => rest,
        _ => words,
    };
    judge.run_argv(words, call.site);
}

#[cfg(test)]
mod tests {
    use super::is_query;

    #[test]
    fn queries_are_calls_that_read() {
        for (text, query) in [
            ("db.users.find({a: 1}).limit(3)", true),
            ("db.stats()", true),
            ("show collections", true),
            ("print(db.a.countDocuments({}))", true),
            ("db.users.deleteMany({})", false),
            ("db.users.find().forEach(x => db.b.drop())", false),
            ("db.a['drop']()", false),
            ("db.a.aggregate([{$out: 'b'}])", false),
            ("load('/tmp/x.js')", false),
            ("db.a.find({$where: 'x'})", false),
            ("x = db.a.find()", false),
            ("db.dropDatabase ()", false),
        ] {
            assert_eq!(is_query(text), query, "{text}");
        }
    }
}

//! `php -r TEXT`: expressions of functions that compute and print, over literals and files that
//! are read. Everything else is not understood.
//!
//! Facts from the PHP manual, 8.3.

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::names::{PHP_CALL, PHP_CONSTANT, PHP_READER, PHP_SETTING, PHP_WORD};
use crate::spec::WordRole;

/// `-r` given: the text. `-l`: the files are read, not run. Whether one of them stood there.
pub(super) fn judge_text(judge: &mut Judge<'_>, call: &Call<'_>) -> bool {
    if call.has(&["-l"]) {
        for file in call.operands() {
            judge.path(WordRole::Read, file, call.site);
        }
        return true;
    }
    let texts: Vec<Arg<'_>> = call.values(&["-r", "--run"]).collect();
    if texts.is_empty() || call.options().iter().any(|o| o.spec.role == WordRole::Ask) {
        return false;
    }
    for text in texts {
        let reads = text.as_str().and_then(understood);
        let Some(reads) = reads else { return false };
        for path in reads {
            let value = clearance_shell::invocation::Value::Static(path.as_bytes().into());
            judge.path(WordRole::Read, Arg::of(&value, text.span()), call.site);
        }
    }
    true
}

/// `-d NAME=VALUE`: settings that name no file and no function.
pub(super) fn settings(judge: &mut Judge<'_>, call: &Call<'_>) {
    for setting in call.values(&["-d"]) {
        let known = setting.as_str().is_some_and(|s| {
            let (name, value) = s.split_once('=').unwrap_or((s, ""));
            PHP_SETTING.has(name) && !value.starts_with('/')
        });
        if !known {
            judge.unknown("php.setting", setting.span(), || {
                format!("the setting `{}` can name code", setting.show())
            });
        }
    }
}

/// The files that the text reads, if all of it is understood.
fn understood(text: &str) -> Option<Vec<String>> {
    let mut reads = Vec::new();
    let mut rest = text;
    // The word before what comes, and whether a string or a bracket stands there.
    let mut before = Before::Start;
    while let Some(c) = rest.chars().next() {
        match c {
            '\'' | '"' => {
                let (content, tail) = string(rest)?;
                if let Before::Reader = before {
                    if content.contains("://") || !tail.trim_start().starts_with([')', ',']) {
                        return None;
                    }
                    reads.push(content);
                }
                rest = tail;
                before = Before::Value;
            }
            '`' | '@' | '#' | '\\' => return None,
            '$' => {
                let tail = rest.get(1..)?;
                let end = word_end(tail);
                let name = tail.get(..end)?;
                let mine = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
                if !mine || name.starts_with('_') || name == "GLOBALS" {
                    return None;
                }
                rest = tail.get(end..)?;
                before = Before::Value;
            }
            c if c.is_ascii_alphabetic() || c == '_' => {
                let end = word_end(rest);
                let name = rest.get(..end)?;
                let tail = rest.get(end..)?;
                let call = tail.trim_start().starts_with('(');
                before = if call && PHP_READER.has(name) {
                    Before::ReaderName
                } else if call
                    && (PHP_CALL.has(name)
                        || matches!(
                            name,
                            "foreach"
                                | "for"
                                | "if"
                                | "elseif"
                                | "while"
                                | "echo"
                                | "print"
                                | "exit"
                                | "die"
                                | "array"
                        ))
                {
                    Before::Name
                } else if !call && (PHP_WORD.has(name) || is_constant(name)) {
                    Before::Word
                } else {
                    return None;
                };
                rest = tail;
            }
            '(' => {
                match before {
                    // `$f(…)`, `"f"(…)`, `(…)(…)` call what is computed.
                    Before::Value => return None,
                    Before::ReaderName => before = Before::Reader,
                    _ => before = Before::Start,
                }
                if matches!(before, Before::Reader)
                    && !rest.get(1..)?.trim_start().starts_with(['\'', '"'])
                {
                    return None;
                }
                rest = rest.get(1..)?;
            }
            ')' | ']' | '}' => {
                before = Before::Value;
                rest = rest.get(1..)?;
            }
            '-' if rest.starts_with("->") => return None,
            ':' if rest.starts_with("::") => return None,
            '/' if rest.starts_with("//") || rest.starts_with("/*") => return None,
            '<' if rest.starts_with("<<<") => return None,
            c if c.is_ascii_digit() => {
                before = Before::Value;
                rest = rest.get(1..)?;
            }
            c if c.is_whitespace() => rest = rest.get(c.len_utf8()..)?,
            c if "[{,;.=+-*/%<>!&|?:^~".contains(c) => {
                before = Before::Start;
                rest = rest.get(1..)?;
            }
            _ => return None,
        }
    }
    Some(reads)
}

#[derive(Clone, Copy)]
enum Before {
    Start,
    Word,
    Name,
    ReaderName,
    Reader,
    Value,
}

fn word_end(text: &str) -> usize {
    text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(text.len())
}

/// A constant of PHP or one of its extensions.
fn is_constant(name: &str) -> bool {
    PHP_CONSTANT.has(name)
}

/// The content of the string at the beginning, and what follows. Only plain ones, without
/// variables inside.
fn string(text: &str) -> Option<(String, &str)> {
    let mut chars = text.char_indices();
    let (_, quote) = chars.next()?;
    let mut content = String::new();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                let (_, next) = chars.next()?;
                content.push(match next {
                    'n' => '\n',
                    't' => '\t',
                    other => other,
                });
            }
            '$' if quote == '"' => return None,
            c if c == quote => return Some((content, text.get(at + 1..)?)),
            c => content.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_that_compute_and_print() {
        for text in [
            "echo PHP_VERSION;",
            "echo json_encode(array_count_values(array_column(json_decode(file_get_contents(\"data.json\"), true), \"state\"))), \"\\n\";",
            "var_dump(extension_loaded('xdebug'));",
            "$x = json_decode(file_get_contents('a.json'), true); echo count($x['items']), PHP_EOL;",
            "print_r(get_loaded_extensions());",
            "echo date('Y-m-d', strtotime('+1 day'));",
            "foreach ([1,2] as $i) { echo $i * 2, \"\\n\"; }",
        ] {
            assert!(understood(text).is_some(), "{text}");
        }
        assert_eq!(
            understood("echo file_get_contents('.env');").unwrap(),
            [".env"]
        );
        for text in [
            "system('id');",
            "$f = 'system'; $f('id');",
            "'system'('id');",
            "array_map('system', ['id']);",
            "echo `id`;",
            "echo \"${system('id')}\";",
            "(function() { return 1; })();",
            "include '/tmp/x.php';",
            "file_put_contents('/etc/x', 'y');",
            "echo file_get_contents('http://198.51.100.7');",
            "echo file_get_contents($argv[1]);",
            "echo $_ENV['X'];",
            "new Foo();",
            "Foo::bar();",
            "$x->run();",
            "unlink('x');",
            "eval('x');",
            "echo getenv('SECRET');",
            "echo file_get_contents('a' . $x);",
            "preg_replace_callback('/x/', 'system', 'id');",
            "exec/**/('id');",
            "usort($a, 'system');",
            "\\system('id');",
            "$a = ['system']; $a[0]('id');",
            "phpinfo();",
            "require 'x';",
        ] {
            assert!(understood(text).is_none(), "{text}");
        }
    }
}

//! `php -r TEXT`: expressions of functions that compute and print, over literals and files that
//! are read. Everything else is not understood.
//!
//! Facts from the PHP manual, 8.3.

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::spec::WordRole;

/// Functions that compute or print. Those that take a function by its name are not here: any
/// string could be one.
const CALLS: &[&str] = &[
    "abs",
    "array_chunk",
    "array_column",
    "array_combine",
    "array_count_values",
    "array_diff",
    "array_fill",
    "array_flip",
    "array_intersect",
    "array_is_list",
    "array_key_exists",
    "array_key_first",
    "array_key_last",
    "array_keys",
    "array_merge",
    "array_pad",
    "array_pop",
    "array_product",
    "array_push",
    "array_rand",
    "array_reverse",
    "array_search",
    "array_shift",
    "array_slice",
    "array_sum",
    "array_unique",
    "array_values",
    "arsort",
    "asort",
    "base64_decode",
    "base64_encode",
    "basename",
    "bin2hex",
    "ceil",
    "chr",
    "class_exists",
    "count",
    "crc32",
    "ctype_digit",
    "date",
    "date_default_timezone_get",
    "dechex",
    "defined",
    "dirname",
    "empty",
    "end",
    "explode",
    "extension_loaded",
    "floatval",
    "floor",
    "fmod",
    "function_exists",
    "get_debug_type",
    "get_loaded_extensions",
    "gettype",
    "hash",
    "hash_algos",
    "hexdec",
    "hrtime",
    "htmlspecialchars",
    "implode",
    "in_array",
    "ini_get",
    "intdiv",
    "interface_exists",
    "intval",
    "is_array",
    "is_bool",
    "is_int",
    "is_null",
    "is_numeric",
    "is_string",
    "isset",
    "join",
    "json_decode",
    "json_encode",
    "json_last_error_msg",
    "key",
    "krsort",
    "ksort",
    "lcfirst",
    "ltrim",
    "max",
    "mb_strlen",
    "mb_strtolower",
    "mb_strtoupper",
    "mb_substr",
    "md5",
    "memory_get_peak_usage",
    "memory_get_usage",
    "microtime",
    "min",
    "mt_rand",
    "nl2br",
    "number_format",
    "opcache_get_status",
    "openssl_get_cipher_methods",
    "ord",
    "parse_url",
    "php_ini_loaded_file",
    "php_ini_scanned_files",
    "php_sapi_name",
    "php_uname",
    "phpversion",
    "pi",
    "pow",
    "preg_match",
    "preg_match_all",
    "preg_quote",
    "preg_replace",
    "preg_split",
    "print_r",
    "printf",
    "random_int",
    "range",
    "round",
    "rsort",
    "rtrim",
    "sha1",
    "shuffle",
    "sizeof",
    "sort",
    "sprintf",
    "sqrt",
    "str_contains",
    "str_ends_with",
    "str_pad",
    "str_repeat",
    "str_replace",
    "str_split",
    "str_starts_with",
    "strcmp",
    "stripos",
    "strlen",
    "strpos",
    "strrev",
    "strtolower",
    "strtotime",
    "strtoupper",
    "strtr",
    "substr",
    "substr_count",
    "sys_get_temp_dir",
    "time",
    "trim",
    "ucfirst",
    "ucwords",
    "uniqid",
    "urldecode",
    "urlencode",
    "var_dump",
    "var_export",
    "version_compare",
    "wordwrap",
    "zend_version",
];

/// Functions that read a file named by a literal.
const READERS: &[&str] = &[
    "file_get_contents",
    "file",
    "filesize",
    "file_exists",
    "is_file",
    "is_dir",
    "parse_ini_file",
    "md5_file",
    "sha1_file",
];

/// Words of the language, and constants.
const WORDS: &[&str] = &[
    "echo", "print", "true", "false", "null", "foreach", "for", "if", "else", "elseif", "as",
    "and", "or", "not", "exit", "die", "while", "return", "int", "string", "array", "float",
    "bool",
];

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
    const KNOWN: &[&str] = &[
        "memory_limit",
        "max_execution_time",
        "error_reporting",
        "display_errors",
        "display_startup_errors",
        "zend.assertions",
        "assert.exception",
        "assert.active",
        "xdebug.mode",
        "xdebug.start_with_request",
        "pcov.enabled",
        "pcov.directory",
        "opcache.enable",
        "opcache.enable_cli",
        "opcache.jit",
        "opcache.jit_buffer_size",
        "date.timezone",
        "short_open_tag",
        "precision",
        "serialize_precision",
        "phar.readonly",
        "default_socket_timeout",
        "html_errors",
        "log_errors",
        "variables_order",
        "pcre.jit",
        "pcre.backtrack_limit",
        "zend.enable_gc",
        "detect_unicode",
    ];
    for setting in call.values(&["-d"]) {
        let known = setting.as_str().is_some_and(|s| {
            let (name, value) = s.split_once('=').unwrap_or((s, ""));
            KNOWN.contains(&name) && !value.starts_with('/')
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
                before = if call && READERS.contains(&name) {
                    Before::ReaderName
                } else if call
                    && (CALLS.contains(&name)
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
                } else if !call && (WORDS.contains(&name) || is_constant(name)) {
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
    let known = [
        "PHP_", "JSON_", "E_", "SORT_", "COUNT_", "ARRAY_", "M_", "DATE_", "LC_", "STR_PAD_",
        "PREG_",
    ];
    known.iter().any(|p| name.starts_with(p))
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

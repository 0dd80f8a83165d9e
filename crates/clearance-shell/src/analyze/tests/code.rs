//! Strings and names that are code.

use super::{check, env, lines, opaque};
use crate::analyze::analyze;
use crate::invocation::{Dialect, Env, Reason};

#[test]
fn code_in_strings_is_followed() {
    check(&[
        ("eval 'rm x; ls'", &["eval rm x; ls", "rm x", "ls"]),
        ("x='rm y'; eval \"$x\"", &["x=rm y", "eval rm y", "rm y"]),
        (
            "for c in 'a b' 'c d'; do eval \"$c\"; done",
            &["eval {a b|c d}", "a b", "c d"],
        ),
        ("trap 'rm x' EXIT; ls", &["trap rm x EXIT", "ls", "rm x"]),
        (
            "x=1; trap 'rm $x' EXIT; x=2",
            &["x=1", "trap rm $x EXIT", "x=2", "rm {2|1}"],
        ),
        ("(trap 'rm x' EXIT); ls", &["trap rm x EXIT", "rm x", "ls"]),
        ("echo 'rm x' > f; . ./f", &["echo rm x", ". ./f", "rm x"]),
        (". /dev/stdin <<< 'rm x'", &[". /dev/stdin", "rm x"]),
        (
            "source <(echo rm x)",
            &["echo rm x", "source ?/dev/fd/…", "rm x"],
        ),
        (
            "shopt -s expand_aliases\nalias l='rm -r'\nl x",
            &["shopt -s expand_aliases", "alias l=rm -r", "rm -r x", "l x"],
        ),
        ("alias l='rm -r'\nl x", &["alias l=rm -r", "l x"]),
    ]);
    opaque(&[
        ("eval \"$x\"", Reason::DynamicCode),
        ("eval $(curl x)", Reason::DynamicCode),
        ("trap \"$x\" EXIT", Reason::DynamicCode),
        ("source \"$x\"", Reason::DynamicCode),
        ("trap 'PATH=1' DEBUG; y", Reason::ShellState),
        ("export -f f", Reason::Redefinition),
        ("hash -p /tmp/x ls; ls", Reason::Redefinition),
        ("enable -f ./x.so ls", Reason::Redefinition),
        ("BASH_ENV=x bash -c y", Reason::DynamicCode),
        ("PS4='$(x)'; set -x", Reason::Reexpansion),
        ("mapfile -C 'x' -c1 a", Reason::DynamicCode),
        ("compgen -C x a", Reason::Reexpansion),
        ("eval '((a\n)\nb\n)'", Reason::Syntax),
    ]);
}

#[test]
fn evaluated_names_are_opaque() {
    opaque(&[
        ("v='a[$(x)]'; (( v ))", Reason::Arithmetic),
        ("v='a[$(x)]'; [[ v -eq 0 ]]", Reason::Arithmetic),
        ("v='a[$(x)]'; let v", Reason::Arithmetic),
        ("v='a[$(x)]'; declare -i w=v", Reason::Arithmetic),
        ("v='a[$(x)]'; [[ -v $v ]]", Reason::Subscript),
        ("v='a[$(x)]'; test -v \"$v\"", Reason::Subscript),
        ("v='a[$(x)]'; printf -v \"$v\" 1", Reason::Subscript),
        ("v='a[$(x)]'; read \"$v\"", Reason::Subscript),
        ("v='a[$(x)]'; unset \"$v\"", Reason::Subscript),
        ("declare \"a[\\$(x)]=1\"", Reason::Subscript),
        ("declare -n r='a[$(x)]'; echo $r", Reason::Indirect),
        ("read \"$x\"", Reason::Indirect),
        ("echo $((x))", Reason::Arithmetic),
        ("read x; (( x ))", Reason::Arithmetic),
        ("[ $x = y ]", Reason::Subscript),
        ("export $(cat .env)", Reason::Indirect),
    ]);
    check(&[
        ("i=3; (( i > 2 )); [[ $i -eq 3 ]]", &["i=3"]),
        (
            "n=$(wc -l < f); [[ $n -gt 5 ]]; echo $((n + 1))",
            &["wc -l", "n=#", "echo #"],
        ),
        (
            "[ \"$x\" = y ]; [ $? -eq 0 ]",
            &["[ ?… = y ]", "[ # -eq 0 ]"],
        ),
        ("[[ $x == y ]]", &[]),
    ]);
}

#[test]
fn other_dialects_expand_aliases() {
    let env = Env {
        dialect: Dialect::Posix,
        ..env()
    };
    let analysis = analyze(b"alias l='rm -r'\nl x", &env);
    assert_eq!(lines(&analysis)[1..], ["rm -r x", "l x"]);
}

#[test]
fn options_that_rewrite_the_language_are_opaque() {
    opaque(&[
        ("set -k; a b=c", Reason::ShellState),
        ("set -H; a '!!'", Reason::ShellState),
        ("set -eo history; a", Reason::ShellState),
        ("set +B; rm {a,b}", Reason::ShellState),
        ("set +o braceexpand; rm {a,b}", Reason::ShellState),
        ("shopt -so keyword; a b=c", Reason::ShellState),
        ("shopt -s extdebug; a", Reason::ShellState),
        ("shopt -s dotglob; a *", Reason::ShellState),
        ("GLOBIGNORE=b; a *", Reason::ShellState),
        ("shopt -s nocasematch; a ${x/A/b}", Reason::ShellState),
        (
            "shopt -u patsub_replacement; a ${x/a/&}",
            Reason::ShellState,
        ),
        ("shopt -s compat42; a", Reason::ShellState),
    ]);
    check(&[
        (
            "set +H -euo pipefail; set -B; a {b,c}",
            &["set +H -euo pipefail", "set -B", "a b c"],
        ),
        // Alone it changes nothing.
        ("shopt -s dotglob", &["shopt -s dotglob"]),
        ("(shopt -s dotglob); a", &["shopt -s dotglob", "a"]),
        (
            "shopt -s globstar; shopt -u extdebug; a",
            &["shopt -s globstar", "shopt -u extdebug", "a"],
        ),
    ]);
}

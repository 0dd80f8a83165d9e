use clearance_core::Span;

use super::*;

const PACK: &str = r#"
[[program]]
names = "tool"
syntax = "gnu"
operands = "read*"
flags = "-a --all -b --brief -# --alter"
[program.values]
write = "-o --output"
text = "--color? -U?"
read = "-D*"

[[program]]
names = "wrap"
syntax = "posix"
operands = "text command"
flags = "-v"

[[program]]
names = "multi"
syntax = "clap"
flags = "-q"
[[program.sub]]
names = "remote add | remote new"
operands = "text url"
[[program.sub]]
names = "show*"
operands = "text*"

[[program]]
names = "pack"
syntax = "bsd"
operands = "read*"
flags = "-x -v"
[program.values]
read = "-f"

[[program]]
names = "goish"
syntax = "go"
flags = "-race"
operands = "text*"
[program.values]
write = "-o"
"#;

fn read(line: &str) -> (String, Vec<String>, Vec<String>, Vec<IssueKind>) {
    let pack = crate::pack::parse("test", PACK).unwrap();
    let argv: Vec<Word> = line
        .split(' ')
        .map(|w| Word::fixed(w.as_bytes(), Span::default()))
        .collect();
    let name = std::str::from_utf8(argv[0].as_static().unwrap()).unwrap();
    let store = crate::intern::programs(&pack.programs);
    let program = store.program(name.as_bytes()).unwrap();
    let parsed = parse(program, &argv);
    let options = parsed.options.iter().map(|g| match g.value {
        Some(v) => format!("{}={}", g.spec.name, v.show()),
        None => g.spec.name.to_string(),
    });
    (
        parsed.command.path.to_string(),
        options.collect(),
        parsed.operands.iter().map(|(_, a)| a.show()).collect(),
        parsed.issues.iter().map(|i| i.kind).collect(),
    )
}

#[test]
fn options_are_read_as_getopt_long_does() {
    type Case<'t> = (&'t str, &'t [&'t str], &'t [&'t str], &'t [IssueKind]);
    let cases: &[Case<'_>] = &[
        ("tool -ab x", &["-a", "-b"], &["x"], &[]),
        ("tool -abo out x", &["-a", "-b", "-o=out"], &["x"], &[]),
        ("tool -aoout x -b", &["-a", "-o=out", "-b"], &["x"], &[]),
        ("tool --out=f --bri", &["--output=f", "--brief"], &[], &[]),
        ("tool --output f -- -a", &["--output=f"], &["-a"], &[]),
        ("tool --al", &[], &[], &[IssueKind::Ambiguous]),
        (
            "tool --all=x",
            &["--all"],
            &[],
            &[IssueKind::UnexpectedValue],
        ),
        ("tool --color -U3 -25", &["--color", "-U=3", "-#"], &[], &[]),
        ("tool -z", &[], &[], &[IssueKind::UnknownOption]),
        ("tool -az", &["-a"], &[], &[IssueKind::UnknownOption]),
        ("tool -Dfile", &["-D=file"], &[], &[]),
        ("tool -", &[], &["-"], &[]),
        ("wrap -v 5 rm -rf x", &["-v"], &["5", "rm", "-rf", "x"], &[]),
        (
            "multi -q remote add a b -q",
            &["-q", "-q"],
            &["a", "b"],
            &[],
        ),
        ("multi showing x", &[], &["x"], &[]),
        ("multi remote", &[], &["remote"], &[IssueKind::UnknownSub]),
        ("pack xvf a b", &["-x", "-v", "-f=a"], &["b"], &[]),
        ("pack -xf a b", &["-x", "-f=a"], &["b"], &[]),
        (
            "goish -race --o=f a -o b",
            &["-race", "-o=f"],
            &["a", "-o", "b"],
            &[],
        ),
    ];
    for (line, options, operands, issues) in cases {
        let got = read(line);
        assert_eq!(got.1, *options, "{line}");
        assert_eq!(got.2, *operands, "{line}");
        assert_eq!(got.3, *issues, "{line}");
    }
}

#[test]
fn help_alone_is_help() {
    let pack = crate::pack::parse("test", PACK).unwrap();
    let store = crate::intern::programs(&pack.programs);
    for (line, expected) in [
        ("multi --help", true),
        ("multi remote add --help", true),
        ("multi remote add x --help", false),
    ] {
        let argv: Vec<Word> = line
            .split(' ')
            .map(|w| Word::fixed(w.as_bytes(), Span::default()))
            .collect();
        assert_eq!(
            parse(store.program(b"multi").unwrap(), &argv).help,
            expected,
            "{line}"
        );
    }
}

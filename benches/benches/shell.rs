//! The shell parser beside its peers: short commands, long scripts, hostile input.
//!
//! Names read `group/case/engine`. Every case is checked before it is timed: our parser must
//! take the whole input, and peers that do not accept a case are left out of it. Words count
//! as resolved when quotes are removed and expansions are known as such; only our crate and
//! the word parser of brush do that.

use std::hint::black_box;
use std::io::Cursor;

use clearance_shell::expand::{Expander, Nothing, append_static};
use clearance_shell::tree::Kind;
use clearance_shell::{Dialect, Limits, Parser, Script};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// Short commands as agents write them, 36 bytes long on average.
const COMMANDS: [&str; 20] = [
    "git status --short",
    "cargo test --workspace --quiet",
    "rg -n 'fn main' crates/ --type rust",
    "sed -n '1,120p' src/parser/lexer.rs",
    "npm run build && npm test",
    "python3 -m pytest tests/unit -x -q",
    "ls -la target/release",
    "cat package.json | jq '.scripts'",
    "git diff HEAD~1 -- src/lib.rs",
    "mkdir -p build/out && cd build/out",
    "grep -rn \"todo fix\" src --include=*.ts",
    "git add -A && git commit -m \"Fix tests\"",
    "docker compose logs --tail=50 api",
    "find . -name '*.orig' -type f -print",
    "curl -sS https://example.org/health",
    "wc -l src/*.rs | sort -n | tail -5",
    "git log --oneline -10 --no-decorate",
    "export NODE_ENV=test; npx jest --ci",
    "head -c 200 data/sample.json 2>/dev/null",
    "kubectl get pods -n staging -o wide",
];

fn limits() -> Limits {
    Limits {
        bytes: u32::MAX,
        ..Limits::default()
    }
}

/// Parses and resolves every word; gives the number of words that are static.
fn ours(text: &[u8], parser: &mut Parser, script: &mut Script, out: &mut Vec<u8>) -> usize {
    parser.parse_into(text, script);
    let mut count = 0;
    for id in script.nodes() {
        if script.kind(id) != Kind::Word {
            continue;
        }
        out.clear();
        if append_static(script, id, out) {
            count += 1;
            black_box(&*out);
        }
    }
    count
}

/// The same, and words with expansions are resolved in a world of which nothing is known.
fn ours_expanded(text: &[u8], parser: &mut Parser, script: &mut Script) -> usize {
    parser.parse_into(text, script);
    let mut world = Nothing;
    let mut words = Vec::new();
    let mut expander = Expander::new(&mut world, Dialect::Bash, limits());
    for command in script.nodes().filter(|id| script.kind(*id) == Kind::Simple) {
        for word in script.simple(command).words() {
            expander.arguments(script, word, &mut words);
        }
    }
    words.len()
}

fn brush(text: &str) -> Option<brush_parser::ast::Program> {
    let options = brush_parser::ParserOptions::default();
    let mut parser = brush_parser::Parser::new(Cursor::new(text), &options);
    parser.parse_program().ok()
}

/// brush with its word parser over every plain token.
fn brush_words(text: &str) -> usize {
    let options = brush_parser::ParserOptions::default();
    let Ok(tokens) = brush_parser::uncached_tokenize_str(text, &options.tokenizer_options()) else {
        return 0;
    };
    tokens
        .iter()
        .filter(|token| matches!(token, brush_parser::Token::Word(..)))
        .filter_map(|token| brush_parser::word::parse(token.to_str(), &options).ok())
        .count()
}

fn conch(text: &str) -> bool {
    use conch_parser::ast::builder::StringBuilder;
    use conch_parser::lexer::Lexer;
    use conch_parser::parse::Parser;
    let parser: Parser<_, StringBuilder> =
        Parser::with_builder(Lexer::new(text.chars()), StringBuilder::new());
    parser.into_iter().all(|command| black_box(command).is_ok())
}

fn tree_sitter() -> tree_sitter::Parser {
    let mut parser = tree_sitter::Parser::new();
    parser
        .set_language(&tree_sitter_bash::LANGUAGE.into())
        .expect("the grammar fits");
    parser
}

/// All engines over one text (or over several texts, one after another).
fn engines(criterion: &mut Criterion, group: &str, texts: &[&str]) {
    let bytes: usize = texts.iter().map(|text| text.len()).sum();
    let mut group = criterion.benchmark_group(group);
    group.throughput(Throughput::Bytes(bytes as u64));
    let mut parser = Parser::new(Dialect::Bash, limits());
    let mut script = Script::new();
    let mut out = Vec::new();
    for text in texts {
        parser.parse_into(text.as_bytes(), &mut script);
        assert!(script.is_complete(), "{text}");
    }
    group.bench_function("clearance/parse", |bencher| {
        bencher.iter(|| {
            for text in texts {
                parser.parse_into(black_box(text.as_bytes()), &mut script);
                black_box(&script);
            }
        });
    });
    group.bench_function("clearance/words", |bencher| {
        bencher.iter(|| {
            for text in texts {
                black_box(ours(
                    black_box(text.as_bytes()),
                    &mut parser,
                    &mut script,
                    &mut out,
                ));
            }
        });
    });
    group.bench_function("clearance/expanded", |bencher| {
        bencher.iter(|| {
            for text in texts {
                black_box(ours_expanded(
                    black_box(text.as_bytes()),
                    &mut parser,
                    &mut script,
                ));
            }
        });
    });
    if texts.iter().all(|text| brush(text).is_some()) {
        group.bench_function("brush/parse", |bencher| {
            bencher.iter(|| {
                texts
                    .iter()
                    .filter(|text| brush(black_box(text)).is_some())
                    .count()
            });
        });
        group.bench_function("brush/words", |bencher| {
            bencher.iter(|| {
                for text in texts {
                    black_box(brush(black_box(text)));
                    black_box(brush_words(black_box(text)));
                }
            });
        });
    }
    if texts.iter().all(|text| conch(text)) {
        group.bench_function("conch/parse", |bencher| {
            bencher.iter(|| texts.iter().filter(|text| conch(black_box(text))).count());
        });
    }
    group.bench_function("tree-sitter/parse", |bencher| {
        let mut parser = tree_sitter();
        bencher.iter(|| {
            for text in texts {
                black_box(parser.parse(black_box(text), None));
            }
        });
    });
    group.bench_function("shlex/split", |bencher| {
        bencher.iter(|| {
            for text in texts {
                black_box(shlex::split(black_box(text)));
            }
        });
    });
    group.finish();
}

fn short(criterion: &mut Criterion) {
    engines(criterion, "shell/short", &COMMANDS);
    engines(
        criterion,
        "shell/one",
        &["sed -n '1,120p' src/parser/lexer.rs "],
    );
}

/// A script like those that autoconf writes: tests, quoting, here-documents, substitutions.
fn long_script() -> String {
    const BLOCK: &str = r#"
# Check whether the compiler accepts the option.
{ printf "%s\n" "$as_me:${as_lineno-$LINENO}: checking for suffix of object files" >&5
printf %s "checking for suffix of object files... " >&6; }
if test ${ac_cv_objext+y}
then :
  printf %s "(cached) " >&6
else
  cat > conftest.$ac_ext <<_ACEOF
/* end confdefs.h.  */
int main (void) { return $ac_value; }
_ACEOF
  for ac_file in conftest.o conftest.obj conftest.*; do
    test -f "$ac_file" || continue;
    case $ac_file in
      *.$ac_ext | *.xcoff | *.tds | *.d | *.pdb | *.xSYM | *.bb ) ;;
      *) ac_cv_objext=`expr "$ac_file" : '.*\.\(.*\)'`
         break;;
    esac
  done
  ac_status=$?
  if { { ac_try="$ac_compile"
  case "(($ac_try" in
    *\"* | *\`* | *\\*) ac_try_echo=\$ac_try;;
    *) ac_try_echo=$ac_try;;
  esac
  eval ac_try_echo="\"\$as_me:${as_lineno-$LINENO}: $ac_try_echo\""; } >&5; (eval "$ac_compile") 2>&5; }
  then
    rm -f core conftest.err conftest.$ac_objext conftest.beam
  fi
fi
"#;
    BLOCK.repeat(400)
}

fn long(criterion: &mut Criterion) {
    let text = long_script();
    engines(criterion, "shell/configure-like", &[&text]);
}

/// Hostile inputs of 20,000 repetitions; ours only, since the peers crash or take seconds.
fn hostile(criterion: &mut Criterion) {
    let repeat = |piece: &str| piece.repeat(20_000);
    let cases = [
        ("open-parentheses", repeat("( ")),
        ("open-substitutions", repeat("$(")),
        ("quoted-substitutions", repeat("\"$(")),
        ("open-parameters", repeat("${a:-")),
        ("double-parentheses", repeat("((")),
        (
            "here-documents",
            format!(": {}\n{}", repeat("<<a "), repeat("a\n")),
        ),
        ("backquotes", repeat("`echo` ")),
        ("braces", format!("echo {}", repeat("{a,"))),
        ("long-pipeline", format!("{}a", repeat("a|"))),
        ("long-word", repeat("a'b'\"c\"")),
    ];
    let mut group = criterion.benchmark_group("shell/hostile");
    let mut parser = Parser::new(Dialect::Bash, limits());
    let mut script = Script::new();
    for (name, text) in &cases {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(format!("{name}/clearance"), |bencher| {
            bencher.iter(|| {
                parser.parse_into(black_box(text.as_bytes()), &mut script);
                black_box(&script);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, short, long, hostile);
criterion_main!(benches);

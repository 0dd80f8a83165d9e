//! The shell parser beside its peers: short commands, long scripts, hostile input.
//!
//! Names read `group/case/engine`. Every case is checked before it is timed: our parser must
//! take the whole input, and peers that do not accept a case are left out of it. Words count
//! as resolved when quotes are removed and expansions are known as such; only our crate and
//! the word parser of brush do that. At the end a table shows all of it; hostile input for
//! all engines is in `hostile`.
//!
//! ```text
//! cargo bench -p clearance-benches --bench shell
//! cargo bench -p clearance-benches --bench shell -- shell/short     one group
//! cargo bench -p clearance-benches --bench shell -- --test          once each, to see that it runs
//! ```

use std::hint::black_box;
use std::io::Cursor;
use std::time::{Duration, Instant};

use clearance_shell::expand::{Expander, Nothing, append_static};
use clearance_shell::tree::Kind;
use clearance_shell::{Dialect, Limits, Parser, Script};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput};

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
    assert!(
        parser
            .set_language(&tree_sitter_bash::LANGUAGE.into())
            .is_ok(),
        "the grammar fits"
    );
    parser
}

/// A line of the table at the end.
struct Row {
    case: String,
    engine: String,
    /// Seconds for each text, the median of all samples.
    time: f64,
    /// Of a text, on average.
    bytes: f64,
}

/// One case: texts that are read one after another.
struct Case<'a> {
    group: BenchmarkGroup<'a, WallTime>,
    name: &'static str,
    texts: &'a [&'a str],
    rows: &'a mut Vec<Row>,
}

impl Case<'_> {
    /// Times one engine over all texts.
    fn time(&mut self, engine: &str, mut read: impl FnMut(&str)) {
        let mut samples = Vec::new();
        let texts = self.texts;
        self.group.bench_function(engine, |bencher| {
            bencher.iter_custom(|rounds| {
                let begun = Instant::now();
                for _ in 0..rounds {
                    for text in texts {
                        read(black_box(text));
                    }
                }
                let time = begun.elapsed();
                samples.push(time.as_secs_f64() / rounds as f64 / texts.len() as f64);
                time
            });
        });
        samples.sort_by(f64::total_cmp);
        if let Some(time) = samples.get(samples.len() / 2) {
            self.rows.push(Row {
                case: self.name.to_owned(),
                engine: engine.to_owned(),
                time: *time,
                bytes: bytes(texts) as f64 / texts.len() as f64,
            });
        }
    }
}

fn bytes(texts: &[&str]) -> usize {
    texts.iter().map(|text| text.len()).sum()
}

/// All engines over one text (or over several texts, one after another).
fn engines(criterion: &mut Criterion, rows: &mut Vec<Row>, name: &'static str, texts: &[&str]) {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Bytes(bytes(texts) as u64));
    let mut parser = Parser::new(Dialect::Bash, limits());
    let mut script = Script::new();
    let mut out = Vec::new();
    for text in texts {
        parser.parse_into(text.as_bytes(), &mut script);
        assert!(script.is_complete(), "{text}");
    }
    let mut case = Case {
        group,
        name,
        texts,
        rows,
    };
    case.time("clearance/parse", |text| {
        parser.parse_into(text.as_bytes(), &mut script);
        black_box(&script);
    });
    case.time("clearance/words", |text| {
        black_box(ours(text.as_bytes(), &mut parser, &mut script, &mut out));
    });
    case.time("clearance/expanded", |text| {
        black_box(ours_expanded(text.as_bytes(), &mut parser, &mut script));
    });
    if texts.iter().all(|text| brush(text).is_some()) {
        case.time("brush/parse", |text| drop(black_box(brush(text))));
        case.time("brush/words", |text| {
            drop(black_box(brush(text)));
            black_box(brush_words(text));
        });
    }
    if texts.iter().all(|text| conch(text)) {
        case.time("conch/parse", |text| {
            black_box(conch(text));
        });
    }
    let mut other = tree_sitter();
    case.time("tree-sitter/parse", |text| {
        black_box(other.parse(text, None));
    });
    case.time("shlex/split", |text| drop(black_box(shlex::split(text))));
    case.group.finish();
}

fn short(criterion: &mut Criterion, rows: &mut Vec<Row>) {
    engines(criterion, rows, "shell/short", &COMMANDS);
    engines(
        criterion,
        rows,
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

fn long(criterion: &mut Criterion, rows: &mut Vec<Row>) {
    let text = long_script();
    engines(criterion, rows, "shell/configure-like", &[&text]);
}

/// Hostile inputs of 20,000 repetitions; ours only, since the peers crash or take seconds.
fn hostile(criterion: &mut Criterion, rows: &mut Vec<Row>) {
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
    let mut parser = Parser::new(Dialect::Bash, limits());
    let mut script = Script::new();
    for (name, text) in &cases {
        let texts = [text.as_str()];
        let mut group = criterion.benchmark_group("shell/hostile");
        group.throughput(Throughput::Bytes(text.len() as u64));
        let mut case = Case {
            group,
            name: "shell/hostile",
            texts: &texts,
            rows,
        };
        case.time(&format!("{name}/clearance"), |text| {
            parser.parse_into(text.as_bytes(), &mut script);
            black_box(&script);
        });
        case.group.finish();
    }
}

/// What a person reads: everything that was timed, one text a line.
fn table(rows: &[Row]) {
    println!("| case | engine | bytes | time | MB/s |");
    println!("|---|---|---|---|---|");
    for row in rows {
        let time = if row.time < 1e-5 {
            format!("{:.0} ns", row.time * 1e9)
        } else {
            format!("{:.1} µs", row.time * 1e6)
        };
        println!(
            "| {:<20} | {:<32} | {:>9.0} | {time:>12} | {:>7.0} |",
            row.case,
            row.engine,
            row.bytes,
            row.bytes / row.time / 1e6
        );
    }
}

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .sample_size(40)
        .configure_from_args();
    let mut rows = Vec::new();
    short(&mut criterion, &mut rows);
    long(&mut criterion, &mut rows);
    hostile(&mut criterion, &mut rows);
    criterion.final_summary();
    table(&rows);
}

//! The programs whose output has a known shape. Facts: git(1) and its commands, GNU coreutils
//! 9.1, grep(1) 3.8, rg(1) 14, fd(1) 10, find(1), go(1) 1.23, gh(1) 2.60, brew(1), npm(1).

use super::{Found, Shape, climbs, escaped, word_shape};
use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::path::Scope;
use crate::run::base_name;

/// The shape of what a call prints.
pub(super) fn shape(judge: &Judge<'_>, call: &Call<'_>, steps: u8) -> Shape {
    if !call.parsed.issues.is_empty() || call.parsed.help {
        return Shape::Free;
    }
    let name = call
        .argv
        .first()
        .and_then(|w| w.as_static())
        .unwrap_or_default();
    match base_name(name) {
        b"git" => git(judge, call),
        b"gh" => gh(call),
        b"jq" => number(selects(call.operand(0), &["length"])),
        b"go" => go(call),
        b"find" | b"gfind" => find(judge, call, steps),
        b"fd" | b"fdfind" => fd(call),
        b"ls" | b"gls" => ls(judge, call, steps),
        b"rg" => rg(call),
        b"grep" | b"egrep" | b"fgrep" | b"ggrep" => grep(judge, call, steps),
        b"xargs" | b"gxargs" => xargs(judge, call, steps),
        b"which" | b"type" | b"command" | b"xcrun" | b"xcode-select" | b"brew" | b"rustc"
        | b"npm" | b"pnpm" | b"yarn" | b"realpath" | b"readlink" | b"pwd" => place(call),
        b"date" | b"gdate" => date(call),
        b"wc" => wc(call),
        b"seq" | b"gseq" => number(!call.has(&["-f", "--format", "-s", "--separator"])),
        b"nproc" | b"id" | b"pgrep" | b"pidof" | b"getconf" | b"tput" | b"stat" => numeric(call),
        b"uname" | b"whoami" | b"hostname" | b"arch" | b"uuidgen" => plain(call),
        b"basename" | b"gbasename" => basename(judge, call, steps),
        b"dirname" | b"gdirname" => dirname(judge, call, steps),
        b"head" | b"tail" | b"sort" | b"uniq" | b"tac" | b"shuf" | b"cat" | b"tee" | b"ghead"
        | b"gtail" | b"gsort" => passes(judge, call, steps),
        b"sed" | b"gsed" => sed(judge, call, steps),
        b"tr" => digits_stay(judge, call, steps),
        b"cut" | b"gcut" => cut(judge, call, steps),
        b"awk" | b"gawk" | b"mawk" => awk(judge, call, steps),
        b"md5sum" | b"sha1sum" | b"sha256sum" | b"sha512sum" | b"shasum" | b"cksum" => {
            Shape::Led { blank: true }
        }
        _ => Shape::Free,
    }
}

fn number(yes: bool) -> Shape {
    if yes {
        Shape::Number { many: true }
    } else {
        Shape::Free
    }
}

fn word(yes: bool) -> Shape {
    if yes { Shape::Word } else { Shape::Free }
}

/// All operands are known and none looks like an option.
fn operands_known(call: &Call<'_>) -> bool {
    call.operands().all(|a| {
        a.known()
            .is_some_and(|mut all| all.all(|text| !text.starts_with(b"-")))
    })
}

/// It runs inside the project.
fn is_at_home(judge: &Judge<'_>, call: &Call<'_>) -> bool {
    let mut places = judge.locate(b".", false, &call.site.cwd);
    places.all(|p| matches!(p.scope, Scope::Project | Scope::ProjectTop | Scope::Build))
}

fn everything(hidden: bool) -> Shape {
    Shape::Paths(vec![Found {
        pattern: b"*".to_vec(),
        hidden,
    }])
}

// --- forges and version control

fn git(judge: &Judge<'_>, call: &Call<'_>) -> Shape {
    let format = call
        .value(&["--format", "--pretty"])
        .and_then(Arg::as_static);
    match call.path() {
        "rev-parse" => rev_parse(judge, call),
        "ls-files" => names(call),
        "ls-tree" if call.has(&["--name-only"]) => names(call),
        "diff" | "diff-tree" | "diff-index" | "diff-files" if call.has(&["--name-only"]) => {
            names(call)
        }
        "show" | "log" if call.has(&["--name-only"]) => match format {
            Some(b"" | b"format:" | b"tformat:") => names(call),
            _ => Shape::Free,
        },
        "show" | "log" => match format {
            Some(format) => log_format(format),
            None if call.has(&["--oneline"]) && !call.has(&["--graph", "-p", "--stat"]) => {
                Shape::Led { blank: true }
            }
            None => Shape::Free,
        },
        "ls-tree" => Shape::Tree,
        "blame" | "reflog" => Shape::Led { blank: true },
        "grep" if call.has(&["-l", "--files-with-matches", "--name-only"]) => everything(true),
        "branch" if call.has(&["--show-current"]) => Shape::Word,
        "branch" | "for-each-ref" | "tag" => match format {
            Some(text) => word(text.starts_with(b"%(refname") || text.starts_with(b"%(objectname")),
            None => word(call.path() == "tag" && !call.has(&["-n", "--list-n"])),
        },
        "rev-list" if call.has(&["--count"]) => Shape::Number { many: false },
        "rev-list" => word(format.is_none()),
        "merge-base" | "describe" | "symbolic-ref" | "hash-object" | "write-tree" | "remote"
        | "ls-remote" => word(operands_known(call) || call.path() != "symbolic-ref"),
        _ => Shape::Free,
    }
}

/// `git rev-parse` prints what it does not know as it got it.
fn rev_parse(judge: &Judge<'_>, call: &Call<'_>) -> Shape {
    let head: Vec<&[u8]> = call.argv.iter().filter_map(|w| w.as_static()).collect();
    if matches!(
        head.as_slice(),
        [_, b"rev-parse", b"HEAD"]
            | [_, b"rev-parse", b"--short" | b"--verify", b"HEAD"]
            | [
                _,
                b"rev-parse",
                b"--short=7" | b"--short=8" | b"--short=12",
                b"HEAD"
            ]
    ) && head.len() == call.argv.len()
    {
        return Shape::Stamp;
    }
    let mut words = call.argv.iter().skip(1);
    let mut shape = Shape::Word;
    while let Some(word) = words.next() {
        match word.as_static() {
            Some(b"-C") => {
                words.next();
            }
            Some(b"--show-toplevel") if !call.argv.iter().any(|w| w.as_static() == Some(b"-C")) => {
                if is_at_home(judge, call) {
                    shape = Shape::Root;
                }
            }
            Some(text) if text.starts_with(b"-") => {
                const KNOWN: &[&[u8]] = &[
                    b"--show-toplevel",
                    b"--show-prefix",
                    b"--git-dir",
                    b"--absolute-git-dir",
                    b"--git-common-dir",
                    b"--git-path",
                    b"--is-inside-work-tree",
                    b"--abbrev-ref",
                    b"--short",
                    b"--verify",
                    b"--quiet",
                    b"-q",
                    b"--symbolic-full-name",
                    b"--path-format=absolute",
                ];
                if !KNOWN.contains(&text) && !text.starts_with(b"--short=") {
                    return Shape::Free;
                }
            }
            Some(_) => {}
            None => return Shape::Free,
        }
    }
    shape
}

/// `--format` of `git log`: what a line begins with.
fn log_format(format: &[u8]) -> Shape {
    let text = format
        .strip_prefix(b"format:")
        .or_else(|| format.strip_prefix(b"tformat:"))
        .unwrap_or(format);
    match text {
        b"%at" | b"%ct" => Shape::Number { many: true },
        _ => {
            let hash = [b"%h", b"%H", b"%t", b"%T"]
                .iter()
                .any(|h| text.starts_with(*h));
            // What follows a hash could be split off.
            match text.get(2) {
                _ if !hash => Shape::Free,
                None => Shape::Plain,
                Some(next) => Shape::Led {
                    blank: *next == b' ',
                },
            }
        }
    }
}

/// Names of files of the repository: all of them, or those that the operands select.
fn names(call: &Call<'_>) -> Shape {
    // Before `--` stand revisions.
    let dashes = call.argv.iter().position(|w| w.as_static() == Some(b"--"));
    let operands: Vec<Arg<'_>> = match dashes {
        Some(at) => call.argv.iter().skip(at + 1).map(Arg::new).collect(),
        None => call.operands().collect(),
    };
    if !operands
        .iter()
        .all(|a| a.known().is_some() || a.glob().is_some())
    {
        return Shape::Word;
    }
    let mut paths: Vec<Found> = Vec::new();
    for arg in &operands {
        let texts: Vec<&[u8]> = match arg.known() {
            Some(known) => known.collect(),
            None => arg.glob().map(|(pattern, _)| pattern).into_iter().collect(),
        };
        for text in texts {
            if climbs(text) || text.starts_with(b"/") || text.starts_with(b":") {
                return Shape::Word;
            }
            if text.starts_with(b"*.") {
                paths.push(Found {
                    pattern: text.to_vec(),
                    hidden: true,
                });
            }
        }
    }
    if paths.len() == operands.len() && !paths.is_empty() {
        return Shape::Paths(paths);
    }
    everything(true)
}

/// Fields of `gh`'s own answers that are numbers or names by GitHub's rules.
fn gh(call: &Call<'_>) -> Shape {
    let filter = call.value(&["-q", "--jq"]);
    if selects(
        filter,
        &[
            "number",
            "databaseId",
            "total_count",
            "length",
            "run_number",
            "comments",
        ],
    ) {
        return Shape::Number { many: true };
    }
    let names = [
        "headRefName",
        "baseRefName",
        "headRefOid",
        "nameWithOwner",
        "tagName",
        "headSha",
        "oid",
        "headBranch",
        "sha",
        "html_url",
        "url",
        "defaultBranchRef.name",
        "id",
    ];
    word(selects(filter, &names))
}

/// A filter of jq that ends in one of these fields.
fn selects(filter: Option<Arg<'_>>, fields: &[&str]) -> bool {
    let Some(text) = filter.and_then(Arg::as_str) else {
        return false;
    };
    let last = text.rsplit('|').next().unwrap_or_default().trim();
    if last.contains(['"', '\'', ',', '+', '/', '(', ')', ' ', '{']) {
        return false;
    }
    let last = last.trim_end_matches("[]").trim_end_matches('?');
    fields.iter().any(|field| {
        last == *field
            || last
                .strip_suffix(field)
                .is_some_and(|rest| rest.ends_with('.'))
    })
}

fn go(call: &Call<'_>) -> Shape {
    match call.path() {
        "list" => {
            let format = call.value(&["-f"]).and_then(Arg::as_static);
            let fits = match format {
                None => !call.has(&["-json"]),
                Some(text) => [
                    &b"{{.Dir}}"[..],
                    b"{{.ImportPath}}",
                    b"{{.Path}}",
                    b"{{.Version}}",
                ]
                .contains(&text),
            };
            word(fits)
        }
        "env" => word(
            call.operand(0).is_some()
                && call.operands().all(|a| {
                    let names: &[&[u8]] = &[
                        b"GOPATH",
                        b"GOROOT",
                        b"GOMODCACHE",
                        b"GOCACHE",
                        b"GOOS",
                        b"GOARCH",
                        b"GOBIN",
                        b"GOMOD",
                        b"GOVERSION",
                        b"GOTOOLDIR",
                        b"GOHOSTOS",
                        b"GOHOSTARCH",
                        b"GOWORK",
                    ];
                    a.as_static().is_some_and(|n| names.contains(&n))
                }),
        ),
        _ => Shape::Free,
    }
}

// --- names of files

fn find(judge: &Judge<'_>, call: &Call<'_>, steps: u8) -> Shape {
    const PRINTERS: &[&[u8]] = &[
        b"-printf",
        b"-ls",
        b"-fls",
        b"-exec",
        b"-execdir",
        b"-ok",
        b"-okdir",
        b"-fprintf",
    ];
    let words = call.argv.get(1..).unwrap_or_default();
    let prints = |w: &clearance_shell::invocation::Word| {
        w.as_static().is_some_and(|t| PRINTERS.contains(&t))
    };
    if words.iter().any(prints) {
        return Shape::Free;
    }
    let starts = words
        .iter()
        .map(Arg::new)
        .skip_while(|a| matches!(a.as_static(), Some(b"-H" | b"-L" | b"-P" | b"-E")))
        .take_while(|a| {
            let prefix = a.prefix();
            !prefix.starts_with(b"-") && !matches!(prefix, b"(" | b"!" | b")")
        });
    let mut paths: Vec<Found> = Vec::new();
    for start in starts {
        match word_shape(judge, start, steps) {
            Shape::Paths(found) => {
                for dir in found {
                    paths.push(Found::below(&dir.pattern, true));
                }
            }
            Shape::Word | Shape::Root => return Shape::Word,
            Shape::Fresh(dir) => paths.push(Found::below(&escaped(&dir), true)),
            _ => return Shape::Free,
        }
    }
    if paths.is_empty() {
        paths.push(Found::below(b".", true));
    }
    Shape::Paths(paths)
}

fn fd(call: &Call<'_>) -> Shape {
    if call.has(&[
        "-x",
        "--exec",
        "-X",
        "--exec-batch",
        "-l",
        "--list-details",
        "--format",
        "-a",
    ]) {
        return Shape::Free;
    }
    directories(
        call,
        1,
        call.has(&["-H", "--hidden", "-u", "--unrestricted"]),
    )
}

fn rg(call: &Call<'_>) -> Shape {
    let files = call.has(&["--files"]);
    let hidden = call.has(&["-.", "--hidden", "-u", "-uu", "-uuu", "--unrestricted"]);
    if !files && !call.has(&["-l", "--files-with-matches", "--files-without-match"]) {
        return Shape::Free;
    }
    let given = files || call.has(&["-e", "--regexp", "-f", "--file"]);
    directories(call, usize::from(!given), hidden)
}

/// Names of files below the operands from the one at `from` on, or below `.`.
fn directories(call: &Call<'_>, from: usize, hidden: bool) -> Shape {
    let mut paths: Vec<Found> = Vec::new();
    for arg in call.operands().skip(from) {
        let Some(known) = arg.known() else {
            return Shape::Free;
        };
        for dir in known {
            paths.push(Found {
                pattern: escaped(dir),
                hidden,
            });
            paths.push(Found::below(&escaped(dir), hidden));
        }
    }
    if paths.is_empty() {
        return everything(hidden);
    }
    Shape::Paths(paths)
}

fn ls(judge: &Judge<'_>, call: &Call<'_>, steps: u8) -> Shape {
    let detailed = [
        "-l", "-s", "-i", "-F", "-m", "-x", "-C", "-g", "-o", "-n", "-Z", "-p",
    ];
    if call.has(&detailed) || call.has(&["--format", "--classify", "--size", "--inode", "--color"])
    {
        return Shape::Free;
    }
    let hidden = call.has(&["-a", "-A", "--all", "--almost-all", "-f"]);
    let mut paths: Vec<Found> = Vec::new();
    // A directory's files are listed without it.
    let mut bare = call.operands().len() == 0;
    for arg in call.operands() {
        let Shape::Paths(found) = word_shape(judge, arg, steps) else {
            return Shape::Free;
        };
        for path in found {
            let name = base_name(&path.pattern);
            let file = name
                .iter()
                .rposition(|&b| b == b'.')
                .is_some_and(|at| at > 0 && at + 1 < name.len() && !name.ends_with(b"*"));
            bare |= !file && !call.has(&["-d", "--directory"]);
            paths.push(path);
        }
    }
    if bare {
        let ours = |a: Arg<'_>| {
            a.as_static().is_some_and(|dir| {
                judge
                    .locate(dir, false, &call.site.cwd)
                    .all(|p| matches!(p.scope, Scope::Project | Scope::ProjectTop | Scope::Build))
            })
        };
        if !is_at_home(judge, call) || !call.operands().all(ours) {
            return Shape::Free;
        }
        paths.push(Found {
            pattern: b"*".to_vec(),
            hidden,
        });
    }
    Shape::Paths(paths)
}

fn grep(judge: &Judge<'_>, call: &Call<'_>, steps: u8) -> Shape {
    let given = call.has(&["-e", "--regexp", "-f", "--file"]);
    let files = call.operands().skip(usize::from(!given));
    let recursive = call.has(&["-r", "-R", "--recursive", "--dereference-recursive"]);
    if call.has(&["-c", "--count"]) {
        return number(files.len() <= 1 && !recursive && !call.has(&["-H"]));
    }
    let listing = ["-l", "--files-with-matches", "-L", "--files-without-match"];
    if call.has(&listing) {
        let mut paths: Vec<Found> = Vec::new();
        for file in files {
            let Shape::Paths(found) = word_shape(judge, file, steps) else {
                return Shape::Free;
            };
            for path in found {
                if recursive {
                    paths.push(Found::below(&path.pattern, true));
                }
                paths.push(path);
            }
        }
        if paths.is_empty() {
            return if recursive {
                everything(true)
            } else {
                Shape::Free
            };
        }
        let kinds: Vec<&[u8]> = call
            .values(&["--include"])
            .filter_map(Arg::as_static)
            .collect();
        if let ([one], true) = (kinds.as_slice(), recursive) {
            // All names end as the pattern does.
            if let Some(end) = one.strip_prefix(b"*").filter(|e| !e.contains(&b'*')) {
                for path in paths.iter_mut().filter(|p| p.pattern.ends_with(b"*")) {
                    path.pattern.extend_from_slice(end);
                }
                paths.retain(|p| p.pattern.ends_with(end));
            }
        }
        return Shape::Paths(paths);
    }
    if call.has(&["-o", "--only-matching"]) {
        let digits: &[&[u8]] = &[
            b"[0-9]*",
            b"[0-9]+",
            b"[0-9]\\+",
            b"\\d+",
            b"[[:digit:]]+",
            b"[[:digit:]]*",
        ];
        let plain = !call.has(&["-n", "--line-number", "-H", "-b", "-A", "-B", "-C"]);
        let pattern = call.operand(0).and_then(Arg::as_static).unwrap_or_default();
        return number(plain && files.len() <= 1 && !recursive && digits.contains(&pattern));
    }
    let single = files.len() <= 1 && !recursive && !call.has(&["-H", "--with-filename"]);
    let context = call.has(&[
        "-A",
        "-B",
        "-C",
        "-#",
        "--context",
        "--after-context",
        "-b",
        "-T",
    ]);
    if call.has(&["-n", "--line-number"]) {
        // With `-r` a single file's lines are named only if it is a directory.
        let file = call.operand(1).and_then(Arg::as_static).unwrap_or_default();
        let named = recursive && (files.len() != 1 || !base_name(file).contains(&b'.'));
        let sure = (single || (recursive && !named)) && !context;
        return if sure { Shape::Numbered } else { Shape::Free };
    }
    if files.len() == 0 && single && !context {
        return judge.input_shape(call.site.stdin, steps);
    }
    Shape::Free
}

/// `xargs grep -l`: some of the names that came in.
fn xargs(judge: &Judge<'_>, call: &Call<'_>, steps: u8) -> Shape {
    let inner = call.from_operand(0);
    let word = |at: usize| {
        inner
            .get(at)
            .and_then(|w| w.as_static())
            .unwrap_or_default()
    };
    let lists = match base_name(word(0)) {
        b"grep" | b"egrep" | b"fgrep" | b"rg" => inner
            .iter()
            .filter_map(|w| w.as_static())
            .any(|w| w == b"-l" || w == b"--files-with-matches" || w == b"-lE" || w == b"-il"),
        b"ls" => word(1) == b"-t" || word(1) == b"-1t" || word(1) == b"-d",
        _ => false,
    };
    match judge.input_shape(call.site.stdin, steps) {
        Shape::Paths(paths) if lists => Shape::Paths(paths),
        _ => Shape::Free,
    }
}

/// Programs that print where something is.
fn place(call: &Call<'_>) -> Shape {
    let name = call
        .argv
        .first()
        .and_then(|w| w.as_static())
        .unwrap_or_default();
    let first = call
        .argv
        .get(1)
        .and_then(|w| w.as_static())
        .unwrap_or_default();
    let fits = match base_name(name) {
        b"pwd" => true,
        b"which" => operands_known(call),
        b"command" => first == b"-v" && call.argv.len() == 3,
        b"type" => first == b"-p" || first == b"-P",
        b"brew" => matches!(
            first,
            b"--prefix" | b"--cellar" | b"--repository" | b"--cache"
        ),
        b"rustc" => first == b"--print",
        b"npm" | b"pnpm" | b"yarn" => {
            matches!(first, b"root" | b"prefix" | b"bin" | b"store" | b"cache")
                && call.argv.len() <= 3
        }
        b"xcrun" => matches!(first, b"--show-sdk-path" | b"--find" | b"--sdk"),
        b"xcode-select" => matches!(first, b"-p" | b"--print-path"),
        b"realpath" => !call.has(&["--relative-to", "--relative-base"]),
        b"readlink" => call.has(&[
            "-f",
            "-e",
            "-m",
            "--canonicalize",
            "--canonicalize-existing",
        ]),
        _ => false,
    };
    word(fits)
}

fn basename(judge: &Judge<'_>, call: &Call<'_>, steps: u8) -> Shape {
    if !call.options().is_empty() {
        return Shape::Free;
    }
    match call.operand(0).map(|a| word_shape(judge, a, steps)) {
        Some(Shape::Paths(found)) => {
            let ours = found.iter().all(|f| {
                judge
                    .locate(&f.pattern, true, &call.site.cwd)
                    .all(|p| matches!(p.scope, Scope::Project | Scope::ProjectTop | Scope::Build))
            });
            if ours { Shape::Plain } else { Shape::Free }
        }
        Some(Shape::Root | Shape::Fresh(_)) => Shape::Plain,
        _ => Shape::Free,
    }
}

fn dirname(judge: &Judge<'_>, call: &Call<'_>, steps: u8) -> Shape {
    match call.operand(0).map(|a| word_shape(judge, a, steps)) {
        Some(Shape::Paths(found)) => {
            let mut all = Vec::new();
            for path in found {
                let parent = match path.pattern.iter().rposition(|&b| b == b'/') {
                    Some(at) if at > 0 => path.pattern.get(..at).unwrap_or_default().to_vec(),
                    Some(_) => return Shape::Word,
                    None => b".".to_vec(),
                };
                all.push(Found {
                    pattern: parent,
                    hidden: path.hidden,
                });
                all.push(path);
            }
            Shape::Paths(all)
        }
        Some(Shape::Root | Shape::Word) => Shape::Word,
        _ => Shape::Free,
    }
}

// --- numbers and words

fn date(call: &Call<'_>) -> Shape {
    let format = call
        .argv
        .iter()
        .skip(1)
        .filter_map(|w| w.as_static())
        .find_map(|w| w.strip_prefix(b"+"));
    let Some(format) = format else {
        return Shape::Free;
    };
    let mut rest = format;
    let mut digits = true;
    let mut plain = true;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'%' {
            if byte == b'/' || byte.is_ascii_whitespace() {
                return Shape::Free;
            }
            digits &= byte.is_ascii_digit();
            plain &= byte.is_ascii_alphanumeric() || b".:_+-".contains(&byte);
            continue;
        }
        let Some((&letter, tail)) = rest.split_first() else {
            return Shape::Free;
        };
        rest = tail;
        match letter {
            b's' | b'Y' | b'm' | b'd' | b'H' | b'M' | b'S' | b'N' | b'j' | b'y' | b'u' | b'V'
            | b'G' => {}
            b'F' | b'T' | b'R' | b'z' => digits = false,
            b'a' | b'b' | b'h' | b'A' | b'B' | b'Z' => (digits, plain) = (false, false),
            _ => return Shape::Free,
        }
    }
    match format.first() {
        None | Some(b'-') => Shape::Free,
        Some(b'+') => Shape::Plain,
        _ if digits => Shape::Number { many: false },
        _ if plain => Shape::Stamp,
        _ => Shape::Plain,
    }
}

fn wc(call: &Call<'_>) -> Shape {
    let single = call.operands().len() == 0 && call.options().len() == 1;
    if single {
        Shape::Number { many: false }
    } else {
        Shape::Led { blank: true }
    }
}

fn numeric(call: &Call<'_>) -> Shape {
    let name = call
        .argv
        .first()
        .and_then(|w| w.as_static())
        .unwrap_or_default();
    let one = match base_name(name) {
        b"nproc" | b"tput" => true,
        b"pgrep" => return number(!call.has(&["-l", "-a", "--list-name", "--list-full", "-d"])),
        b"pidof" => return Shape::Number { many: true },
        b"id" => call.has(&["-u", "-g"]) && !call.has(&["-n"]),
        b"getconf" => call.operand(0).and_then(Arg::as_static).is_some_and(|n| {
            n.contains(&b'_') && n.iter().all(|b| b.is_ascii_uppercase() || *b == b'_')
        }),
        b"stat" => call
            .value(&["-c", "--format", "-f"])
            .and_then(Arg::as_static)
            .is_some_and(|f| matches!(f, b"%s" | b"%Y" | b"%z" | b"%m" | b"%a")),
        _ => false,
    };
    if one {
        Shape::Number { many: false }
    } else {
        Shape::Free
    }
}

fn plain(call: &Call<'_>) -> Shape {
    if operands_known(call) {
        Shape::Plain
    } else {
        Shape::Free
    }
}

// --- filters

/// A filter without files prints some of the lines that it reads.
fn passes(judge: &Judge<'_>, call: &Call<'_>, steps: u8) -> Shape {
    let name = call
        .argv
        .first()
        .and_then(|w| w.as_static())
        .unwrap_or_default();
    let name = base_name(name);
    let changes = match name {
        b"uniq" => call.has(&["-c", "--count"]),
        b"cat" => !call.options().is_empty(),
        b"head" | b"tail" | b"ghead" | b"gtail" => call.has(&["-c", "--bytes", "-v"]),
        _ => false,
    };
    let files = call.operands().len() > 0 && name != b"tee";
    if changes || files {
        return Shape::Free;
    }
    let one = call
        .argv
        .iter()
        .any(|w| matches!(w.as_static(), Some(b"-1" | b"-n1")))
        || call.value(&["-n", "--lines"]).and_then(Arg::as_static) == Some(b"1");
    match judge.input_shape(call.site.stdin, steps) {
        Shape::Number { many } => Shape::Number {
            many: many && !(one && matches!(name, b"head" | b"tail")),
        },
        other => other,
    }
}

/// `sed -n 3p`, `sed 5q`: lines as they came.
fn sed(judge: &Judge<'_>, call: &Call<'_>, steps: u8) -> Shape {
    let script = call.operand(0).and_then(Arg::as_static).unwrap_or_default();
    let quiet = call.has(&["-n", "--quiet", "--silent"]) && call.options().len() == 1;
    let (ends, plain) = match script.split_last() {
        Some((b'p', rest)) => (quiet, rest),
        Some((b'q' | b'd', rest)) => (call.options().is_empty() || quiet, rest),
        _ => (false, script),
    };
    let address = !plain.is_empty()
        && plain
            .iter()
            .all(|b| b.is_ascii_digit() || b",$+~".contains(b));
    if ends && address && call.operands().len() == 1 {
        return judge.input_shape(call.site.stdin, steps);
    }
    Shape::Free
}

/// `tr -d ' '` takes nothing from a number that matters.
fn digits_stay(judge: &Judge<'_>, call: &Call<'_>, steps: u8) -> Shape {
    let deletes = call.has(&["-d", "--delete"]) && call.options().len() == 1;
    match judge.input_shape(call.site.stdin, steps) {
        Shape::Number { many } if deletes => Shape::Number { many },
        _ => Shape::Free,
    }
}

fn cut(judge: &Judge<'_>, call: &Call<'_>, steps: u8) -> Shape {
    let first = call.value(&["-f", "--fields"]).and_then(Arg::as_static) == Some(b"1");
    let at = call.value(&["-d", "--delimiter"]).and_then(Arg::as_static);
    if !first || call.operands().len() > 0 {
        return Shape::Free;
    }
    match (at, judge.input_shape(call.site.stdin, steps)) {
        (Some(b":"), Shape::Numbered) => Shape::Number { many: true },
        (Some(b" "), shape) => first_column(shape),
        (_, shape @ Shape::Number { .. }) => shape,
        _ => Shape::Free,
    }
}

/// `awk '{print $1}'`, and mode, type and hash of what `git ls-tree` prints.
fn awk(judge: &Judge<'_>, call: &Call<'_>, steps: u8) -> Shape {
    if call.operands().len() != 1 || !call.options().is_empty() {
        return Shape::Free;
    }
    let program = call.operand(0).and_then(Arg::as_static).unwrap_or_default();
    let program: Vec<u8> = program.iter().copied().filter(|b| *b != b' ').collect();
    match (&*program, judge.input_shape(call.site.stdin, steps)) {
        (b"{print$1}", shape) => first_column(shape),
        (b"{print$2}" | b"{print$3}", Shape::Tree) => Shape::Plain,
        _ => Shape::Free,
    }
}

/// What lines begin with, up to a blank.
fn first_column(shape: Shape) -> Shape {
    match shape {
        Shape::Led { blank: true } | Shape::Tree => Shape::Plain,
        shape @ (Shape::Number { .. } | Shape::Stamp | Shape::Plain | Shape::Word) => shape,
        _ => Shape::Free,
    }
}

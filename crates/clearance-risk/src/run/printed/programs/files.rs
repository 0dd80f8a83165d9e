//! What programs print that list, find and take apart names of files.

use super::super::{Found, Shape, escaped, word_shape};
use super::{everything, is_at_home, number, operands_known, word};
use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::path::Scope;
use crate::run::base_name;

pub(super) fn go(call: &Call<'_>) -> Shape {
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

pub(super) fn find(judge: &Judge<'_>, call: &Call<'_>, steps: u8) -> Shape {
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

pub(super) fn fd(call: &Call<'_>) -> Shape {
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

pub(super) fn rg(call: &Call<'_>) -> Shape {
    let files = call.has(&["--files"]);
    let hidden = call.has(&["-.", "--hidden", "-u", "-uu", "-uuu", "--unrestricted"]);
    if !files && !call.has(&["-l", "--files-with-matches", "--files-without-match"]) {
        return Shape::Free;
    }
    let given = files || call.has(&["-e", "--regexp", "-f", "--file"]);
    directories(call, usize::from(!given), hidden)
}

/// Names of files below the operands from the one at `from` on, or below `.`.
pub(super) fn directories(call: &Call<'_>, from: usize, hidden: bool) -> Shape {
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

pub(super) fn ls(judge: &Judge<'_>, call: &Call<'_>, steps: u8) -> Shape {
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

pub(super) fn grep(judge: &Judge<'_>, call: &Call<'_>, steps: u8) -> Shape {
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
pub(super) fn xargs(judge: &Judge<'_>, call: &Call<'_>, steps: u8) -> Shape {
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
pub(super) fn place(call: &Call<'_>) -> Shape {
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

pub(super) fn basename(judge: &Judge<'_>, call: &Call<'_>, steps: u8) -> Shape {
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

pub(super) fn dirname(judge: &Judge<'_>, call: &Call<'_>, steps: u8) -> Shape {
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

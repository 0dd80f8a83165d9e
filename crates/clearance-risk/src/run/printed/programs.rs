//! The programs whose output has a known shape. Facts: git(1) and its commands, GNU coreutils
//! 9.1, grep(1) 3.8, rg(1) 14, fd(1) 10, find(1), go(1) 1.23, gh(1) 2.60, brew(1), npm(1).

mod files;
mod filters;
mod git;
mod numbers;

use super::{Found, Shape};
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
        b"git" => git::git(judge, call),
        b"gh" => git::gh(call),
        b"jq" => number(git::selects(call.operand(0), &["length"])),
        b"go" => files::go(call),
        b"find" | b"gfind" => files::find(judge, call, steps),
        b"fd" | b"fdfind" => files::fd(call),
        b"ls" | b"gls" => files::ls(judge, call, steps),
        b"rg" => files::rg(call),
        b"grep" | b"egrep" | b"fgrep" | b"ggrep" => files::grep(judge, call, steps),
        b"xargs" | b"gxargs" => files::xargs(judge, call, steps),
        b"which" | b"type" | b"command" | b"xcrun" | b"xcode-select" | b"brew" | b"rustc"
        | b"npm" | b"pnpm" | b"yarn" | b"realpath" | b"readlink" | b"pwd" => files::place(call),
        b"date" | b"gdate" => numbers::date(call),
        b"wc" => numbers::wc(call),
        b"seq" | b"gseq" => number(!call.has(&["-f", "--format", "-s", "--separator"])),
        b"nproc" | b"id" | b"pgrep" | b"pidof" | b"getconf" | b"tput" | b"stat" => {
            numbers::numeric(call)
        }
        b"uname" | b"whoami" | b"hostname" | b"arch" | b"uuidgen" => numbers::plain(call),
        b"basename" | b"gbasename" => files::basename(judge, call, steps),
        b"dirname" | b"gdirname" => files::dirname(judge, call, steps),
        b"head" | b"tail" | b"sort" | b"uniq" | b"tac" | b"shuf" | b"cat" | b"tee" | b"ghead"
        | b"gtail" | b"gsort" => filters::passes(judge, call, steps),
        b"sed" | b"gsed" => filters::sed(judge, call, steps),
        b"tr" => filters::digits_stay(judge, call, steps),
        b"cut" | b"gcut" => filters::cut(judge, call, steps),
        b"awk" | b"gawk" | b"mawk" => filters::awk(judge, call, steps),
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

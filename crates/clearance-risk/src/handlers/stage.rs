//! Where a build installs what it has built: a prefix that the same script has configured.
//!
//! Facts: the GNU coding standards on `configure`; cmake(1) 3.25; meson(1) 1.0.

use clearance_core::Effect;
use clearance_shell::invocation::{Cwd, Invocation, Word};

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::path::{Place, Scope};
use crate::run::base_name;
use crate::spec::WordRole;

/// `make install` and its like: a system directory, unless this script has configured the
/// build to install elsewhere. What is written there is judged as a path.
pub(crate) fn judge_install(judge: &mut Judge<'_>, call: &Call<'_>) {
    let dir = build_dir(call);
    // Of a long script the earlier commands are forgotten, and with them what was configured.
    let seen = if judge.script.first() == 0 {
        judge.script.new_invocations()
    } else {
        &[]
    };
    let own = seen
        .iter()
        .take_while(|other| !std::ptr::eq(*other, call.site.invocation))
        .filter_map(|other| configured(judge, other, call, dir.as_deref()))
        .last();
    match own {
        Some(prefix) => judge.path(WordRole::WriteDir, Arg::new(&prefix), call.site),
        None => judge.effect(Effect::InstallSystem, call),
    }
}

/// The directory in which the build lies, as the call names it.
fn build_dir(call: &Call<'_>) -> Option<Vec<u8>> {
    call.value(&["--build", "--install", "-C"])
        .and_then(Arg::as_static)
        .map(<[u8]>::to_vec)
}

/// The prefix for which an earlier command of the script has configured this build.
fn configured(
    judge: &Judge<'_>,
    other: &Invocation,
    call: &Call<'_>,
    dir: Option<&[u8]>,
) -> Option<Word> {
    let (name, words) = other.argv.split_first()?;
    let own_configure = |place: Place| matches!(place.scope, Scope::Project | Scope::Temp);
    let name = name.as_static()?;
    let meson = base_name(name) == b"meson";
    let known = match base_name(name) {
        b"configure" => judge.locate(name, false, &other.cwd).all(own_configure),
        b"cmake" => true,
        b"meson" => words.first().and_then(Word::as_static) == Some(b"setup"),
        _ => false,
    };
    if !known {
        return None;
    }
    let set_up: Option<&[u8]> = if meson {
        words
            .iter()
            .skip(1)
            .filter_map(Word::as_static)
            .find(|w| !w.starts_with(b"-"))
    } else {
        words.iter().enumerate().find_map(|(at, word)| {
            let text = word.as_static()?;
            match text {
                b"-B" => words.get(at + 1).and_then(Word::as_static),
                _ => text.strip_prefix(b"-B"),
            }
        })
    };
    let from = |dir: Option<&[u8]>, cwd: &Cwd| {
        let mut places = judge.locate(dir.unwrap_or(b"."), false, cwd);
        places.next().map(|p| p.path)
    };
    // `make -C DIR` has changed the directory already.
    let changed = call.site.cwd.as_ref() != &call.site.invocation.cwd;
    let here = from(dir.filter(|_| !changed), &call.site.cwd)?;
    if from(set_up, &other.cwd)? != here {
        return None;
    }
    words.iter().enumerate().find_map(|(at, word)| {
        const NAMES: &[&[u8]] = &[
            b"--prefix=",
            b"-DCMAKE_INSTALL_PREFIX=",
            b"-DCMAKE_INSTALL_PREFIX:PATH=",
            b"-Dprefix=",
        ];
        let arg = Arg::new(word);
        if word.as_static() == Some(b"--prefix") {
            return words.get(at + 1).cloned();
        }
        let front = NAMES.iter().find(|n| arg.prefix().starts_with(n))?;
        let value = arg.skip(front.len()).to_word();
        // A relative prefix means the directory of the build.
        let absolute = Arg::new(&value).prefix().starts_with(b"/");
        (absolute || meson).then_some(value)
    })
}

//! `clearance git-hook`: git's own hooks. Anything but a clean Allow refuses the push, and so
//! does every error.

use std::io::{self, Read, Write};
use std::path::Path;

use clearance::Verdict;
use clearance::branch::git_provider::GitProvider;
use clearance::branch::hook::{self, HookUpdate};

use crate::args::{GitHook, GitHookOptions};
use crate::branch::policy;
use crate::push::effect_verdict;
use crate::setup::{Failure, bytes};
use crate::status::Status;

/// The most that git is believed to say to a hook.
const LONGEST: u64 = 64 << 20;

pub(crate) fn run(options: &GitHookOptions) -> Result<Status, Failure> {
    let policy = policy(options.policy.as_deref())?;
    let (updates, remote, url) = read(&options.hook)?;
    let git = GitProvider::new();
    let contains = |new: &str, old: &str| git.contains(Path::new("."), new, old);
    let effects = hook::effects(&updates, &remote, &url, contains);

    let mut verdict = Verdict::Allow;
    let mut out = io::stderr().lock();
    for effect in &effects {
        let (one, reasons) = effect_verdict(effect, &policy, options.role.into());
        verdict = verdict.join(one);
        if one != Verdict::Allow {
            for reason in reasons {
                // git shows this to whoever pushes; if nobody reads it the refusal still holds.
                let _ = writeln!(out, "clearance: {one}: {reason} ({})", effect.why);
            }
        }
    }
    Ok(verdict.into())
}

/// The updates that this hook is told of, the remote's name and its URL.
fn read(hook: &GitHook) -> Result<(Vec<HookUpdate>, String, String), Failure> {
    let wrong = |e: hook::HookError| Failure::Other(format!("not what git tells this hook: {e}"));
    match hook {
        GitHook::PrePush { remote, url } => {
            let updates = hook::read_pre_push(&stdin()?).map_err(wrong)?;
            Ok((updates, remote.clone(), url.clone()))
        }
        GitHook::PreReceive => {
            let updates = hook::read_pre_receive(&stdin()?).map_err(wrong)?;
            Ok((updates, "here".to_owned(), String::new()))
        }
        GitHook::Update { words } => {
            let words: Vec<Vec<u8>> = words.iter().map(|w| bytes(w)).collect();
            let update = hook::read_update(&words).map_err(wrong)?;
            Ok((vec![update], "here".to_owned(), String::new()))
        }
    }
}

fn stdin() -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    let read = io::stdin().lock().take(LONGEST + 1).read_to_end(&mut text);
    if read.map_err(Failure::reading)? as u64 > LONGEST {
        return Err(Failure::Other(
            "git says more than a hook can be told".to_owned(),
        ));
    }
    Ok(text)
}

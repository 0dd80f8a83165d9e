//! `git push`: what the text alone tells. Whoever knows the repository refines it, see
//! [`PushCall`](crate::judge::PushCall).

use clearance_core::Effect;

use crate::arg::Arg;
use crate::judge::{Call, Judge, Taint};
use crate::names::PROTECTED_BRANCH;

fn is_protected(name: &str) -> bool {
    let name = name.strip_prefix("refs/heads/").unwrap_or(name);
    PROTECTED_BRANCH.has(name.as_bytes())
}

pub(in crate::handlers) fn git_push(judge: &mut Judge<'_>, call: &Call<'_>) {
    judge.taint(Taint::NET);
    if let Some(program) = call.value(&["--receive-pack", "--exec"]) {
        judge.word(crate::spec::WordRole::Exec, program, call);
    }
    let remote = call.operand(0).or_else(|| call.value(&["--repo"]));
    if let Some(remote) = remote {
        judge.remote(remote, call);
        if remote.as_static().is_none_or(is_address) {
            judge.report(
                Effect::VcsPush,
                50,
                "git.push.elsewhere",
                remote.span(),
                || {
                    format!(
                        "`{}` is no configured remote: the repository is sent elsewhere",
                        remote.show()
                    )
                },
            );
        }
    }
    if call.has(&["-n", "--dry-run"]) {
        return;
    }
    judge.contacts();
    let before = judge.findings();
    judge_refs(judge, call);
    let finding = (judge.findings() > before).then_some(before);
    judge.push(call.argv, call.site, finding);
}

/// An address or a path, not the name of a remote.
fn is_address(remote: &[u8]) -> bool {
    remote.iter().any(|b| b":/\\".contains(b)) || remote.starts_with(b".")
}

fn judge_refs(judge: &mut Judge<'_>, call: &Call<'_>) {
    let span = call.span();
    let specs: Vec<Arg<'_>> = call.operands().skip(1).collect();
    let mut specific = false;
    if call.has(&["--mirror"]) {
        judge.report(Effect::VcsPush, 85, "git.push.mirror", span, || {
            "`--mirror` overwrites and deletes every ref of the remote".to_owned()
        });
        specific = true;
    }
    if call.has(&["--all", "--branches", "--prune"]) {
        judge.report(Effect::VcsPush, 60, "git.push.all", span, || {
            "pushes or prunes every branch, protected ones included".to_owned()
        });
        specific = true;
    }
    if call.has(&["--tags", "--follow-tags"]) {
        judge.report(Effect::Publish, 45, "git.push.tags", span, || {
            "pushes tags, which often publish a release".to_owned()
        });
    }
    let delete = call.has(&["-d", "--delete"]);
    let force = call.has(&["-f", "--force", "--force-with-lease", "--force-if-includes"]);
    for spec in &specs {
        specific = true;
        judge_spec(judge, *spec, delete, force);
    }
    if !specific {
        if force {
            return judge.report(Effect::VcsPush, 60, "git.push.force", span, || {
                "a forced push replaces what others may have built on".to_owned()
            });
        }
        bare(judge, call);
    }
}

/// The branch does not stand in the text.
fn bare(judge: &mut Judge<'_>, call: &Call<'_>) {
    let score = match judge.context().bare_push {
        clearance_core::Verdict::Allow => 20,
        clearance_core::Verdict::Ask => 40,
        clearance_core::Verdict::Deny => 90,
    };
    judge.report(
        Effect::VcsPush,
        score,
        "git.push.branch-unknown",
        call.span(),
        || "which branch is pushed does not stand in the text".to_owned(),
    );
}

fn judge_spec(judge: &mut Judge<'_>, spec: Arg<'_>, delete: bool, force: bool) {
    let Some(text) = spec.as_str() else {
        return judge.unknown("git.push.dynamic", spec.span(), || {
            format!("the ref `{}` is not determined", spec.show())
        });
    };
    let (text, force) = match text.strip_prefix('+') {
        Some(rest) => (rest, true),
        None => (text, force),
    };
    let (source, target) = match text.split_once(':') {
        Some((source, target)) => (source, target),
        None => (text, text),
    };
    let deletes = delete || (source.is_empty() && text.contains(':'));
    let head = matches!(target, "HEAD" | "@" | "");
    if target.contains('*') {
        return judge.report(Effect::VcsPush, 60, "git.push.pattern", spec.span(), || {
            format!("`{text}` updates every branch that matches")
        });
    }
    let protected = is_protected(target);
    let tag = target.starts_with("refs/tags/") || looks_like_version(target);
    if deletes {
        let score = if protected { 90 } else { 60 };
        return judge.report(
            Effect::VcsPush,
            score,
            "git.push.delete",
            spec.span(),
            || format!("deletes `{target}` on the remote"),
        );
    }
    if force {
        let score = if protected { 90 } else { 60 };
        return judge.report(
            Effect::VcsPush,
            score,
            "git.push.force",
            spec.span(),
            || format!("a forced push of `{target}` replaces what others may have built on"),
        );
    }
    if protected {
        return judge.report(
            Effect::VcsPush,
            65,
            "git.push.protected",
            spec.span(),
            || format!("`{target}` is a protected branch"),
        );
    }
    if tag {
        return judge.report(Effect::Publish, 45, "git.push.tags", spec.span(), || {
            format!("pushing the tag `{target}` often publishes a release")
        });
    }
    let score = match (head, judge.context().bare_push) {
        (false, _) | (true, clearance_core::Verdict::Allow) => 20,
        (true, _) => 40,
    };
    judge.report(
        Effect::VcsPush,
        score,
        "git.push.branch-unknown",
        spec.span(),
        || "which branch is pushed does not stand in the text".to_owned(),
    );
}

/// `v1.2.3`, `1.2`: the usual form of release tags.
fn looks_like_version(name: &str) -> bool {
    let digits = name.strip_prefix('v').unwrap_or(name);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.contains('.')
        && digits
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ".-+".contains(c))
}

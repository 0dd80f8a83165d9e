//! Where a push goes: the remote, its URLs, and the repository behind each.

use super::Push;
use super::globals::cite;
use super::plan::{Need, ProgramRun, PushPlan};
use super::settings::{Remote, Set};
use crate::facts::{Head, Repository, Scope};

/// The chosen remote.
pub(crate) struct Chosen<'a> {
    /// Its name, or the URL given in its place.
    pub(crate) name: String,
    pub(crate) remote: Option<&'a Remote<'a>>,
    /// Why it is this one.
    pub(crate) why: String,
    pub(crate) urls: Vec<String>,
}

/// The refs behind a URL.
pub(crate) enum Behind<'a> {
    /// Another repository, or this one under a label.
    Known(&'a Repository),
    /// This repository itself.
    Own,
    /// Not known.
    Unknown,
    /// There is none.
    Nothing,
}

impl<'a> Push<'a> {
    /// The branch that `HEAD` points to, short.
    pub(crate) fn current(&self) -> Option<&'a str> {
        match &self.facts.head {
            Head::Branch(name) => name.strip_prefix("refs/heads/"),
            _ => None,
        }
    }

    /// The destination of `git send-pack`: a URL as it stands.
    pub(crate) fn named_url(&self, plan: &mut PushPlan) -> Option<Chosen<'a>> {
        let Some(url) = self.flags.operands.first() else {
            plan.refuse("", "no destination is given");
            return None;
        };
        let remote = self
            .flags
            .remote
            .as_deref()
            .and_then(|n| self.settings.remote(n));
        let why = "it is named on the command line".to_owned();
        Some(Chosen {
            name: url.clone(),
            remote,
            why,
            urls: vec![url.clone()],
        })
    }

    pub(crate) fn choose_remote(&self, plan: &mut PushPlan) -> Option<Chosen<'a>> {
        let (name, why) = self.remote_name(plan);
        let remote = self.settings.remote(&name);
        if self
            .settings
            .groups
            .contains(&name.to_ascii_lowercase().as_str())
            && remote.is_none_or(|r| r.urls.is_empty())
        {
            plan.unresolved(format!("`{name}` is a group of remotes"));
        }
        if self.facts.legacy_remotes.contains(&name) && remote.is_none_or(|r| r.urls.is_empty()) {
            plan.unresolved(format!("`{name}` is defined in an old file below `.git`"));
            return None;
        }
        if let Some(foreign) = remote.and_then(|r| r.foreign) {
            plan.unresolved(format!("`{}` runs a helper", cite(foreign.entry)));
            return None;
        }
        let explicit = why.is_some();
        let has_url = remote.is_some_and(|r| !r.urls.is_empty());
        let known = self.facts.config_complete;
        if name.is_empty() || (!explicit && !has_url && known) {
            plan.refuse("", "no push destination is configured");
            return None;
        }
        let why = why.unwrap_or_else(|| format!("`{name}` is the only remote or `origin`"));
        let urls = self.urls(&name, remote);
        Some(Chosen {
            name,
            remote,
            why,
            urls,
        })
    }

    /// The remote's name, and why, where somebody named it.
    fn remote_name(&self, plan: &mut PushPlan) -> (String, Option<String>) {
        if let Some(name) = self.flags.operands.first() {
            return (
                name.clone(),
                Some("it is named on the command line".to_owned()),
            );
        }
        if let Some(name) = &self.flags.repo {
            return (name.clone(), Some("`--repo` names it".to_owned()));
        }
        if self.facts.head == Head::Unknown {
            plan.unresolved("the current branch is not known");
        }
        let branch = self.current().and_then(|b| self.settings.branches.get(b));
        let set: Option<Set<'_>> = branch
            .and_then(|b| b.push_remote)
            .or(self.settings.push_remote)
            .or(branch.and_then(|b| b.remote));
        match set {
            Some(set) => (set.value.to_owned(), Some(cite(set.entry).into_owned())),
            None => (self.settings.fetch_remote(None).to_owned(), None),
        }
    }

    /// The URLs that are pushed to.
    fn urls(&self, name: &str, remote: Option<&Remote<'_>>) -> Vec<String> {
        let plain = |url: &str| {
            self.settings
                .rewrite(url)
                .map_or(url.to_owned(), |(url, _)| url)
        };
        let mut urls: Vec<&str> = remote
            .map(|r| r.urls.iter().map(|u| u.value).collect())
            .unwrap_or_default();
        let push = remote.map(|r| r.push_urls.as_slice()).unwrap_or_default();
        if urls.is_empty() {
            urls.push(name);
        }
        if !push.is_empty() {
            return push.iter().map(|u| plain(u.value)).collect();
        }
        let rewritten: Vec<String> = urls
            .iter()
            .filter_map(|url| self.settings.rewrite_for_push(url))
            .map(|(url, _)| url)
            .collect();
        if rewritten.is_empty() {
            urls.into_iter().map(plain).collect()
        } else {
            rewritten
        }
    }

    /// Notes the programs that the choice of remote, URL and options runs.
    pub(crate) fn note_programs(&self, chosen: &Chosen<'_>, plan: &mut PushPlan) {
        let by_config = chosen.remote.and_then(|r| r.receive_pack);
        let by_config = by_config.map(|s| {
            (
                cite(s.entry).into_owned(),
                s.value.to_owned(),
                s.entry.scope,
            )
        });
        let by_option = self.flags.receive_pack.clone();
        let by_option = by_option.map(|p| ("--receive-pack".to_owned(), p, Scope::Command));
        if let Some((by, text, scope)) = by_option.or(by_config) {
            if text != "git-receive-pack" && text != "git receive-pack" {
                let here = chosen.urls.iter().any(|url| local_path(url).is_some());
                plan.programs.push(ProgramRun {
                    by,
                    text,
                    here,
                    scope,
                });
            }
        }
        for url in &chosen.urls {
            if let Some(helper) = helper(url) {
                plan.unresolved(format!("`{url}` runs the helper `git-remote-{helper}`"));
                let (by, text) = (format!("git-remote-{helper}"), url.clone());
                plan.programs.push(ProgramRun {
                    by,
                    text,
                    here: true,
                    scope: Scope::Command,
                });
            }
        }
        self.note_configured_programs(chosen, plan);
    }

    fn note_configured_programs(&self, chosen: &Chosen<'_>, plan: &mut PushPlan) {
        let network = chosen.urls.iter().any(|url| local_path(url).is_none());
        for entry in &self.settings.programs {
            let hook = entry.key == "core.hookspath";
            let signs = entry.key.starts_with("gpg.");
            let runs = if signs {
                self.flags.signed
            } else {
                hook || network
            };
            if runs {
                let text = entry.value.clone().unwrap_or_default();
                let (by, scope) = (cite(entry).into_owned(), entry.scope);
                plan.programs.push(ProgramRun {
                    by,
                    text,
                    here: true,
                    scope,
                });
            }
        }
    }

    /// Finds the repository behind a URL.
    pub(crate) fn behind(&self, url: &str, plan: &mut PushPlan) -> Behind<'a> {
        if let Some(known) = self
            .facts
            .repositories
            .iter()
            .find(|r| r.urls.iter().any(|u| u == url))
        {
            return Behind::Known(known);
        }
        if helper(url).is_some() {
            return Behind::Unknown;
        }
        let Some(path) = local_path(url) else {
            plan.need(Need::Refs(url.to_owned()));
            return Behind::Unknown;
        };
        match absolute(self.facts.location.base.as_deref(), path) {
            Some(path) => self.behind_path(&path, url, plan),
            None => {
                plan.need(Need::Refs(url.to_owned()));
                Behind::Unknown
            }
        }
    }

    /// git completes a path: the `.git` folder inside it, itself, then both with `.git`
    /// behind its name.
    fn behind_path(&self, path: &str, url: &str, plan: &mut PushPlan) -> Behind<'a> {
        for suffix in ["/.git", "", ".git/.git", ".git"] {
            let full = format!("{path}{suffix}");
            if self.facts.location.own.contains(&full) {
                return Behind::Own;
            }
            let here = |r: &&Repository| r.urls.contains(&full);
            if let Some(known) = self.facts.repositories.iter().find(here) {
                return Behind::Known(known);
            }
        }
        if self.facts.location.nothing_else {
            return Behind::Nothing;
        }
        plan.need(Need::Refs(url.to_owned()));
        Behind::Unknown
    }
}

/// The remote helper that git would run for a URL: `helper::address`, or a scheme that git
/// does not speak itself (gitremote-helpers(7)).
fn helper(url: &str) -> Option<&str> {
    let end = url.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c))?;
    let (word, rest) = url.split_at_checked(end)?;
    let own = [
        "file", "git", "ssh", "git+ssh", "ssh+git", "http", "https", "ftp", "ftps",
    ];
    let foreign = rest.starts_with("://") && !own.contains(&word.to_ascii_lowercase().as_str());
    (!word.is_empty() && (rest.starts_with("::") || foreign)).then_some(word)
}

/// The path of a URL that names a place on this machine.
pub(crate) fn local_path(url: &str) -> Option<&str> {
    if let Some(rest) = url.strip_prefix("file://") {
        return rest.find('/').and_then(|at| rest.get(at..));
    }
    match (url.find(':'), url.find('/')) {
        (None, _) => Some(url),
        (Some(colon), Some(slash)) if slash < colon => Some(url),
        _ => None,
    }
}

/// Joins and tidies a path by its letters alone: `.` and `..` go, symbolic links are not seen.
pub(crate) fn absolute(base: Option<&str>, path: &str) -> Option<String> {
    if path.starts_with('~') {
        return None;
    }
    let joined = if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("{}/{path}", base?)
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    Some(format!("/{}", parts.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_told_apart() {
        assert_eq!(local_path("../x.git"), Some("../x.git"));
        assert_eq!(local_path("./a:b"), Some("./a:b"));
        assert_eq!(local_path("host:x"), None);
        assert_eq!(local_path("https://h/x"), None);
        assert_eq!(local_path("file:///srv/x"), Some("/srv/x"));
        assert_eq!(helper("ext::sh -c x"), Some("ext"));
        assert_eq!(helper("foo://x"), Some("foo"));
        assert_eq!(helper("https://x"), None);
        assert_eq!(helper("host:path"), None);
        assert_eq!(absolute(Some("/a/b"), "../c/./d"), Some("/a/c/d".into()));
        assert_eq!(absolute(None, "c"), None);
    }
}

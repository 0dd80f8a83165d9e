//! The configuration as far as a push reads it: remotes, branches, rewriting, defaults.

use std::collections::BTreeMap;

use super::globals::cite;
use crate::facts::ConfigEntry;
use crate::refspec::{Refspec, RefspecKind, fill, star};

/// A value with the entry that set it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Set<'a> {
    pub(crate) value: &'a str,
    pub(crate) entry: &'a ConfigEntry,
}

#[derive(Debug, Default)]
pub(crate) struct Remote<'a> {
    pub(crate) name: &'a str,
    pub(crate) urls: Vec<Set<'a>>,
    pub(crate) push_urls: Vec<Set<'a>>,
    pub(crate) push: Vec<(Refspec, &'a ConfigEntry)>,
    /// Patterns or names that lead from a ref of the remote to a local one.
    pub(crate) fetch: Vec<(String, Option<String>)>,
    pub(crate) fetch_negative: Vec<String>,
    pub(crate) mirror: Option<&'a ConfigEntry>,
    pub(crate) receive_pack: Option<Set<'a>>,
    pub(crate) foreign: Option<Set<'a>>,
}

impl Remote<'_> {
    /// The local ref that tracks a ref of the remote.
    pub(crate) fn tracking(&self, name: &str) -> Option<String> {
        if self.fetch_negative.iter().any(|p| star(p, name).is_some()) {
            return None;
        }
        self.fetch.iter().find_map(|(source, destination)| {
            let middle = star(source, name)?;
            Some(fill(destination.as_ref()?, middle))
        })
    }

    fn add_fetch(&mut self, text: &str) {
        if let Some(pattern) = text.strip_prefix('^') {
            self.fetch_negative.push(pattern.to_owned());
            return;
        }
        let body = text.strip_prefix('+').unwrap_or(text);
        match body.split_once(':') {
            Some((_, "")) | None => self
                .fetch
                .push((body.trim_end_matches(':').to_owned(), None)),
            Some((source, to)) => self.fetch.push((source.to_owned(), Some(to.to_owned()))),
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Branch<'a> {
    pub(crate) remote: Option<Set<'a>>,
    pub(crate) push_remote: Option<Set<'a>>,
    pub(crate) merge: Vec<Set<'a>>,
}

/// `push.default`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum PushDefault {
    Nothing,
    Matching,
    Upstream,
    Current,
    #[default]
    Simple,
}

#[derive(Debug)]
struct Rewrite<'a> {
    prefix: &'a str,
    base: &'a str,
    entry: &'a ConfigEntry,
}

#[derive(Debug, Default)]
pub(crate) struct Settings<'a> {
    pub(crate) remotes: Vec<Remote<'a>>,
    by_name: BTreeMap<&'a str, usize>,
    pub(crate) branches: BTreeMap<&'a str, Branch<'a>>,
    rewrites: Vec<Rewrite<'a>>,
    push_rewrites: Vec<Rewrite<'a>>,
    pub(crate) default: PushDefault,
    pub(crate) default_entry: Option<&'a ConfigEntry>,
    pub(crate) push_remote: Option<Set<'a>>,
    pub(crate) follow_tags: Option<&'a ConfigEntry>,
    pub(crate) auto_upstream: Option<&'a ConfigEntry>,
    pub(crate) force_if_includes: bool,
    pub(crate) submodules: Option<Set<'a>>,
    pub(crate) push_options: Vec<&'a str>,
    pub(crate) sign: Option<Set<'a>>,
    pub(crate) groups: Vec<&'a str>,
    /// Entries that name programs which a push may run.
    pub(crate) programs: Vec<&'a ConfigEntry>,
    /// Entries on which git gives up.
    pub(crate) broken: Vec<String>,
}

/// Reads a boolean as git does; `None` where git gives up.
pub(crate) fn boolean(value: Option<&str>) -> Option<bool> {
    let Some(text) = value else { return Some(true) };
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "" | "false" | "no" | "off" => Some(false),
        other => {
            let digits = other.strip_suffix(['k', 'm', 'g']).unwrap_or(other);
            digits.parse::<i64>().ok().map(|n| n != 0)
        }
    }
}

impl<'a> Settings<'a> {
    pub(crate) fn read(entries: impl Iterator<Item = &'a ConfigEntry>) -> Self {
        let mut settings = Self::default();
        for entry in entries {
            let (section, subsection, variable) = entry.parts();
            let known = match (section, subsection) {
                ("remote", Some(name)) => settings.read_remote(name, variable, entry),
                ("branch", Some(name)) => settings.read_branch(name, variable, entry),
                ("url", Some(base)) => settings.read_rewrite(base, variable, entry),
                ("push" | "remote" | "submodule", None) => settings.read_push(entry),
                ("core" | "credential" | "gpg", _) => {
                    if runs_program(section, variable) {
                        settings.programs.push(entry);
                    }
                    Some(())
                }
                ("remotes", None) => {
                    settings.groups.push(variable);
                    Some(())
                }
                _ => Some(()),
            };
            if known.is_none() {
                settings
                    .broken
                    .push(format!("{} is not valid", cite(entry)));
            }
        }
        settings
    }

    fn remote_mut(&mut self, name: &'a str) -> Option<&mut Remote<'a>> {
        let next = self.remotes.len();
        let index = *self.by_name.entry(name).or_insert(next);
        if index == next {
            self.remotes.push(Remote {
                name,
                ..Remote::default()
            });
        }
        self.remotes.get_mut(index)
    }

    pub(crate) fn remote(&self, name: &str) -> Option<&Remote<'a>> {
        self.remotes.get(*self.by_name.get(name)?)
    }

    fn read_remote(&mut self, name: &'a str, variable: &str, entry: &'a ConfigEntry) -> Option<()> {
        if name.starts_with('/') {
            return Some(());
        }
        let remote = self.remote_mut(name)?;
        let set = entry.value.as_deref().map(|value| Set { value, entry });
        match variable {
            "url" => add_or_clear(&mut remote.urls, set?),
            "pushurl" => add_or_clear(&mut remote.push_urls, set?),
            "push" => remote.push.push((Refspec::parse(set?.value).ok()?, entry)),
            "fetch" => remote.add_fetch(set?.value),
            "mirror" => {
                remote.mirror = boolean(entry.value.as_deref())?.then_some(entry);
            }
            "receivepack" if remote.receive_pack.is_none() => remote.receive_pack = Some(set?),
            "vcs" => remote.foreign = Some(set?),
            _ => {}
        }
        Some(())
    }

    fn read_branch(&mut self, name: &'a str, variable: &str, entry: &'a ConfigEntry) -> Option<()> {
        let set = entry.value.as_deref().map(|value| Set { value, entry });
        let branch = self.branches.entry(name).or_default();
        match variable {
            "remote" => branch.remote = Some(set?),
            "pushremote" => branch.push_remote = Some(set?),
            "merge" => branch.merge.push(set?),
            _ => {}
        }
        (!name.is_empty()).then_some(())
    }

    fn read_rewrite(
        &mut self,
        base: &'a str,
        variable: &str,
        entry: &'a ConfigEntry,
    ) -> Option<()> {
        let list = match variable {
            "insteadof" => &mut self.rewrites,
            "pushinsteadof" => &mut self.push_rewrites,
            _ => return Some(()),
        };
        list.push(Rewrite {
            prefix: entry.value.as_deref()?,
            base,
            entry,
        });
        Some(())
    }

    fn read_push(&mut self, entry: &'a ConfigEntry) -> Option<()> {
        let set = entry.value.as_deref().map(|value| Set { value, entry });
        let on = || boolean(entry.value.as_deref());
        match entry.key.as_str() {
            "push.default" => {
                self.default = push_default(set?.value)?;
                self.default_entry = Some(entry);
            }
            "push.followtags" => self.follow_tags = on()?.then_some(entry),
            "push.autosetupremote" => self.auto_upstream = on()?.then_some(entry),
            "push.useforceifincludes" => self.force_if_includes = on()?,
            "push.recursesubmodules" => self.submodules = Some(set?),
            "submodule.recurse" => {
                let value = if on()? { "on-demand" } else { "no" };
                self.submodules = Some(Set { value, entry });
            }
            "push.pushoption" => match set?.value {
                "" => self.push_options.clear(),
                value => self.push_options.push(value),
            },
            "push.gpgsign" => {
                self.sign = Some(Set {
                    value: entry.value.as_deref().unwrap_or("true"),
                    entry,
                });
            }
            "remote.pushdefault" => self.push_remote = Some(set?),
            _ => {}
        }
        Some(())
    }

    /// The remote of a branch for fetching; without one of its own, the only remote there
    /// is, else `origin`.
    pub(crate) fn fetch_remote(&self, branch: Option<&Branch<'a>>) -> &str {
        match (branch.and_then(|b| b.remote), self.remotes.as_slice()) {
            (Some(set), _) => set.value,
            (None, [only]) => only.name,
            (None, _) => "origin",
        }
    }

    /// Rewrites a URL for a push that names it directly or as `url`; `Some` where
    /// `pushInsteadOf` applies.
    pub(crate) fn rewrite_for_push(&self, url: &str) -> Option<(String, &'a ConfigEntry)> {
        rewrite(&self.push_rewrites, url)
    }

    /// Rewrites a URL by `insteadOf`.
    pub(crate) fn rewrite(&self, url: &str) -> Option<(String, &'a ConfigEntry)> {
        rewrite(&self.rewrites, url)
    }
}

fn rewrite<'a>(list: &[Rewrite<'a>], url: &str) -> Option<(String, &'a ConfigEntry)> {
    let mut best: Option<&Rewrite<'a>> = None;
    for candidate in list.iter().filter(|r| url.starts_with(r.prefix)) {
        if best.is_none_or(|b| candidate.prefix.len() > b.prefix.len()) {
            best = Some(candidate);
        }
    }
    let best = best?;
    let rest = url.strip_prefix(best.prefix)?;
    Some((format!("{}{rest}", best.base), best.entry))
}

fn add_or_clear<'a>(list: &mut Vec<Set<'a>>, set: Set<'a>) {
    if set.value.is_empty() {
        list.clear();
    } else {
        list.push(set);
    }
}

fn runs_program(section: &str, variable: &str) -> bool {
    match section {
        "core" => matches!(
            variable,
            "sshcommand" | "gitproxy" | "askpass" | "hookspath"
        ),
        "credential" => variable == "helper",
        _ => matches!(variable, "program" | "defaultkeycommand"),
    }
}

fn push_default(value: &str) -> Option<PushDefault> {
    Some(match value {
        "nothing" => PushDefault::Nothing,
        "matching" => PushDefault::Matching,
        "upstream" | "tracking" => PushDefault::Upstream,
        "current" => PushDefault::Current,
        "simple" => PushDefault::Simple,
        _ => return None,
    })
}

/// Where a remote's own push refspecs send a local ref, and whether by force.
pub(crate) fn mapped(push: &[(Refspec, &ConfigEntry)], name: &str) -> Option<(bool, String)> {
    if left_out_of_mapping(push, name) {
        return None;
    }
    push.iter().find_map(|(spec, _)| match &spec.kind {
        RefspecKind::Pattern {
            source,
            destination: Some(to),
        } => star(source, name).map(|middle| (spec.force, fill(to, middle))),
        RefspecKind::Pair {
            source,
            destination: Some(to),
        } if source == name => Some((spec.force, to.clone())),
        _ => None,
    })
}

/// Whether a negative refspec keeps a remote's push refspecs from mapping a ref. git turns
/// the pattern refspecs around for this test, and so does this.
fn left_out_of_mapping(push: &[(Refspec, &ConfigEntry)], name: &str) -> bool {
    let excluded = |name: &str| push.iter().any(|(spec, _)| excludes(spec, name));
    push.iter().any(|(spec, _)| match &spec.kind {
        RefspecKind::Pattern {
            source,
            destination,
        } => {
            let to = destination.as_ref().unwrap_or(source);
            star(to, name).is_some_and(|middle| excluded(&fill(source, middle)))
        }
        RefspecKind::Matching => excluded(name),
        RefspecKind::Pair { source, .. } => source == name && excluded(name),
        RefspecKind::Negative { .. } => false,
    })
}

/// Whether a negative refspec leaves a ref out.
pub(crate) fn excludes(spec: &Refspec, name: &str) -> bool {
    matches!(&spec.kind, RefspecKind::Negative { pattern } if star(pattern, name).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Scope;

    fn entries(list: &[(&str, &str)]) -> Vec<ConfigEntry> {
        list.iter()
            .map(|(k, v)| ConfigEntry::new(Scope::Local, k, Some(v)))
            .collect()
    }

    #[test]
    fn the_longest_rewrite_wins_and_the_first_of_equals() {
        let list = entries(&[
            ("url.https://a/.insteadof", "gh:"),
            ("url.https://b/.insteadof", "gh:x/"),
            ("url.https://c/.insteadof", "gh:x/"),
        ]);
        let settings = Settings::read(list.iter());
        let to = |url| settings.rewrite(url).map(|(url, _)| url);
        assert_eq!(to("gh:y"), Some("https://a/y".into()));
        assert_eq!(to("gh:x/y"), Some("https://b/y".into()));
        assert_eq!(to("x"), None);
    }

    #[test]
    fn an_empty_url_clears_and_a_bad_refspec_breaks() {
        let list = entries(&[
            ("remote.o.url", "a"),
            ("remote.o.url", ""),
            ("remote.o.url", "b"),
        ]);
        let settings = Settings::read(list.iter());
        assert_eq!(settings.remote("o").map(|r| r.urls.len()), Some(1));
        let list = entries(&[("remote.o.push", "a:b:"), ("push.default", "sometimes")]);
        assert_eq!(Settings::read(list.iter()).broken.len(), 2);
    }

    #[test]
    fn booleans() {
        for (text, value) in [
            ("yes", Some(true)),
            ("0", Some(false)),
            ("2k", Some(true)),
            ("", Some(false)),
            ("maybe", None),
        ] {
            assert_eq!(boolean(Some(text)), value, "{text}");
        }
        assert_eq!(boolean(None), Some(true));
    }
}

//! Which refspecs a push works with: those given, those configured, or what `push.default`
//! says.

use std::rc::Rc;

use super::Push;
use super::globals::cite;
use super::plan::PushPlan;
use super::settings::{Branch, PushDefault, mapped};
use super::target::Chosen;
use crate::facts::Head;
use crate::refspec::{Found, Refspec, find};

/// The refspecs with what caused each, and what holds for all of them.
pub(crate) struct Wanted {
    pub(crate) specs: Vec<(Refspec, Rc<str>)>,
    /// Everything that the other side has more is deleted.
    pub(crate) mirror: Option<Rc<str>>,
    /// What forces every ref.
    pub(crate) force: Option<Rc<str>>,
}

impl Push<'_> {
    /// `None` where git refuses, or where nothing can be said.
    pub(crate) fn wanted(&self, chosen: &Chosen<'_>, plan: &mut PushPlan) -> Option<Wanted> {
        let flags = self.flags;
        let mut wanted = Wanted {
            specs: Vec::new(),
            mirror: flags.mirror.then(|| "`--mirror`".into()),
            force: flags.force.map(|option| format!("`{option}`").into()),
        };
        let given = flags.operands.get(1..).unwrap_or_default();
        let raw = plan.command == super::plan::Command::SendPack;
        if let Some(entry) = chosen.remote.and_then(|r| r.mirror).filter(|_| !raw) {
            let why: Rc<str> = cite(entry).into();
            wanted.mirror = Some(why.clone());
            wanted.force = Some(why);
        }
        if (flags.all || wanted.mirror.is_some()) && !given.is_empty() {
            plan.refuse("", "`--all` and `--mirror` take no refspecs");
            return None;
        }
        if flags.tags {
            let why = "`--tags` adds all tags".to_owned();
            wanted.add("refs/tags/*".to_owned(), why, plan)?;
        }
        self.add_given(given, chosen, raw, &mut wanted, plan)?;
        if wanted.specs.is_empty() && !flags.all && !raw {
            self.add_default(chosen, &mut wanted, plan)?;
        }
        if wanted.specs.is_empty() {
            let why = match &wanted.mirror {
                Some(why) => format!("{why} pushes every ref"),
                None if flags.all => "`--all` pushes every branch".to_owned(),
                None => "without refspecs, matching branches are pushed".to_owned(),
            };
            wanted.add(":".to_owned(), why, plan)?;
        }
        Some(wanted)
    }

    fn add_given(
        &self,
        given: &[String],
        chosen: &Chosen<'_>,
        raw: bool,
        wanted: &mut Wanted,
        plan: &mut PushPlan,
    ) -> Option<()> {
        let delete = self.flags.delete;
        let mut words = given.iter();
        while let Some(word) = words.next() {
            let named = format!("`{word}` is given");
            if word == "tag" && !raw {
                let Some(tag) = words.next() else {
                    plan.refuse("tag", "`tag` needs the name of one");
                    return None;
                };
                let colon = if delete { ":" } else { "" };
                wanted.add(
                    format!("{colon}refs/tags/{tag}"),
                    format!("`tag {tag}` is given"),
                    plan,
                )?;
            } else if delete {
                if word.contains(':') || word.is_empty() {
                    plan.refuse(word, "`--delete` takes plain names only");
                    return None;
                }
                wanted.add(
                    format!(":{word}"),
                    format!("`--delete` names `{word}`"),
                    plan,
                )?;
            } else if raw || word.contains(':') {
                wanted.add(word.clone(), named, plan)?;
            } else {
                let (spec, why) = self.map(word, chosen).unwrap_or((word.clone(), named));
                wanted.add(spec, why, plan)?;
            }
        }
        Some(())
    }

    /// A bare name that uniquely names a local ref goes where the configuration sends it.
    fn map(&self, word: &str, chosen: &Chosen<'_>) -> Option<(String, String)> {
        let Found::One(name) = find(word, |n| self.is_pushable(n)) else {
            return None;
        };
        if let Some(remote) = chosen.remote.filter(|r| !r.push.is_empty()) {
            if let Some((force, to)) = mapped(&remote.push, &name) {
                let plus = if force { "+" } else { "" };
                let by = remote
                    .push
                    .first()
                    .map(|(_, e)| e.key.clone())
                    .unwrap_or_default();
                let why = format!("`{word}` is given and `{by}` sends it there");
                return Some((format!("{plus}{name}:{to}"), why));
            }
        }
        if self.settings.default != PushDefault::Upstream {
            return None;
        }
        let branch = self
            .settings
            .branches
            .get(name.strip_prefix("refs/heads/")?)?;
        let (Some(_), [merge]) = (branch.remote, branch.merge.as_slice()) else {
            return None;
        };
        let cause = self.settings.default_entry.map(cite).unwrap_or_default();
        let why = format!("`{word}` is given, {cause} and {}", cite(merge.entry));
        Some((format!("{word}:{}", merge.value), why))
    }

    /// Whether a local ref takes part in pushes: it exists, and lies at least two levels deep.
    pub(crate) fn is_pushable(&self, name: &str) -> bool {
        name.strip_prefix("refs/")
            .is_some_and(|rest| rest.contains('/'))
            && self.facts.refs.contains_key(name)
    }

    fn add_default(
        &self,
        chosen: &Chosen<'_>,
        wanted: &mut Wanted,
        plan: &mut PushPlan,
    ) -> Option<()> {
        if let Some(remote) = chosen.remote.filter(|r| !r.push.is_empty()) {
            for (spec, entry) in &remote.push {
                let why = format!("no refspec is given and {}", cite(entry));
                wanted.specs.push((spec.clone(), why.into()));
            }
            return Some(());
        }
        if wanted.mirror.is_some() {
            return Some(());
        }
        let cause = match self.settings.default_entry {
            Some(entry) => cite(entry).into_owned(),
            None => "`push.default` is `simple` by default".to_owned(),
        };
        match self.settings.default {
            PushDefault::Matching => wanted.add(":".to_owned(), cause, plan),
            PushDefault::Nothing => {
                plan.refuse("", format!("no refspec is given and {cause}"));
                None
            }
            _ => self.add_current(chosen, wanted, &cause, plan),
        }
    }

    /// `simple`, `current` and `upstream` push the current branch.
    fn add_current(
        &self,
        chosen: &Chosen<'_>,
        wanted: &mut Wanted,
        cause: &str,
        plan: &mut PushPlan,
    ) -> Option<()> {
        let full = match &self.facts.head {
            Head::Branch(full) if full.starts_with("refs/heads/") => full,
            Head::Unknown => {
                plan.unresolved("the current branch is not known");
                let why = "no refspec is given, and the current branch is not known".to_owned();
                return wanted.add("+refs/heads/*:refs/heads/*".to_owned(), why, plan);
            }
            _ => {
                plan.refuse("", "no branch is checked out and no refspec is given");
                return None;
            }
        };
        let (to, upstream) = match self.destination(full, chosen) {
            Ok(found) => found,
            Err(why) => {
                plan.refuse(full, format!("{why} ({cause})"));
                return None;
            }
        };
        let why = format!("no refspec is given, {cause}{upstream}");
        wanted.add(format!("{full}:{to}"), why, plan)
    }

    /// Where the current branch goes, and which entry says so.
    fn destination(&self, full: &str, chosen: &Chosen<'_>) -> Result<(String, String), String> {
        let short = full.strip_prefix("refs/heads/").unwrap_or(full);
        let branch = self.settings.branches.get(short);
        let same = self.is_fetch_remote(chosen, branch);
        let itself = (full.to_owned(), String::new());
        match (self.settings.default, same) {
            (PushDefault::Upstream, false) => {
                Err("the remote is not the one that the branch comes from".to_owned())
            }
            (PushDefault::Simple, true) | (PushDefault::Upstream, true) => {
                let (upstream, by) = self.upstream(full, short)?;
                let same_name = self.settings.default == PushDefault::Upstream || upstream == full;
                if same_name {
                    Ok((upstream, by))
                } else {
                    Err("the upstream branch has another name".to_owned())
                }
            }
            _ => Ok(itself),
        }
    }

    /// Whether the push goes to where the branch is fetched from. The remote that is pushed
    /// to counts among the remotes, also where it is a mere URL.
    fn is_fetch_remote(&self, chosen: &Chosen<'_>, branch: Option<&Branch<'_>>) -> bool {
        match branch.and_then(|b| b.remote) {
            Some(set) => chosen.name == set.value,
            None => {
                let alone = self.settings.remotes.iter().all(|r| r.name == chosen.name);
                alone || chosen.name == "origin"
            }
        }
    }

    fn upstream(&self, full: &str, short: &str) -> Result<(String, String), String> {
        let branch = self.settings.branches.get(short);
        let merge = branch.map(|b| b.merge.as_slice()).unwrap_or_default();
        match (merge, branch.and_then(|b| b.remote)) {
            ([], _) => match self.settings.auto_upstream {
                Some(entry) => Ok((full.to_owned(), format!(" and {}", cite(entry)))),
                None => Err("the branch has no upstream".to_owned()),
            },
            (_, None) => Err("the branch has no upstream".to_owned()),
            ([one], _) => Ok((one.value.to_owned(), format!(" and {}", cite(one.entry)))),
            _ => Err("the branch has several upstreams".to_owned()),
        }
    }
}

impl Wanted {
    /// Adds a refspec; git gives up on the whole push where it is not valid.
    fn add(&mut self, text: String, why: String, plan: &mut PushPlan) -> Option<()> {
        match Refspec::parse(&text) {
            Ok(spec) => {
                self.specs.push((spec, why.into()));
                Some(())
            }
            Err(error) => {
                plan.refuse(&text, error.to_string());
                None
            }
        }
    }
}

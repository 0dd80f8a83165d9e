//! From outcomes to effects with their sentences.

use std::collections::BTreeMap;

use super::matching::{Matching, Sent};
use super::plan::{Certainty, EffectKind, PushPlan, RefEffect};
use super::status::Outcome;

impl Matching<'_> {
    /// Writes the outcome into the plan.
    pub(super) fn report(
        &self,
        sent: &BTreeMap<String, Sent>,
        label: Option<String>,
        plan: &mut PushPlan,
    ) {
        let doubles = self.doubles.iter().map(|(name, sent)| (name, sent));
        for (name, sent) in sent.iter().chain(doubles) {
            let (kind, certainty) = match sent.outcome {
                Outcome::Sure(kind) => (kind, Certainty::Sure),
                Outcome::Possible(kind) => (kind, Certainty::Possible),
                Outcome::Nothing | Outcome::Rejected(_) => continue,
            };
            let forced = match &self.wanted.force {
                Some(force) if kind == EffectKind::Force => format!(", forced by {force}"),
                _ => String::new(),
            };
            let why = self.sentence(kind, name, &sent.why, &forced);
            self.add(
                (name, false),
                &sent.src,
                (kind, certainty),
                why,
                &label,
                plan,
            );
        }
        for (pattern, why) in &self.deleted {
            let kind = EffectKind::Delete;
            let why = self.sentence(kind, pattern, why, "; the refs there are not known");
            self.add(
                (pattern, true),
                "",
                (kind, Certainty::Possible),
                why,
                &label,
                plan,
            );
        }
        for (pattern, why, force) in &self.anything {
            let forced = *force || self.wanted.force.is_some();
            let kind = if forced {
                EffectKind::Force
            } else {
                EffectKind::Update
            };
            let why = self.sentence(kind, pattern, why, "; the refs here are not known");
            self.add(
                (pattern, true),
                "",
                (kind, Certainty::Possible),
                why,
                &label,
                plan,
            );
        }
    }

    fn sentence(&self, kind: EffectKind, name: &str, why: &str, more: &str) -> String {
        let remote = &self.chosen.name;
        let verb = match kind {
            EffectKind::Create => "creates",
            EffectKind::Update => "updates",
            EffectKind::Force => "overwrites",
            EffectKind::Delete => "deletes",
        };
        let chosen = &self.chosen.why;
        format!("{verb} `{name}` on `{remote}` ({chosen}) because {why}{more}")
    }

    fn add(
        &self,
        (name, pattern): (&str, bool),
        src: &str,
        (kind, certainty): (EffectKind, Certainty),
        why: String,
        repository: &Option<String>,
        plan: &mut PushPlan,
    ) {
        plan.effects.push(RefEffect {
            remote: self.chosen.name.clone(),
            url: self.url.to_owned(),
            repository: repository.clone(),
            name: name.to_owned(),
            pattern,
            kind,
            src: src.to_owned(),
            certainty,
            why,
        });
    }
}

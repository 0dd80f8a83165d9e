//! The branch policy of all layers together: the table `[branch]` of a policy file.
//!
//! A layer that may loosen changes single values of what the layers below say. A project that
//! is not trusted may only put further commands behind gates.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use clearance_branch::config::Policy as BranchPolicy;
use clearance_branch::gate::Gate;
use clearance_branch::pattern::RefKind;
use clearance_branch::protect::{Actions, ProtectRule};
use serde::Deserialize;
use toml::Table;

use crate::{Diagnostic, Layer, Policy, PolicyError};

/// Reads the branch policy of a file that holds nothing else, or of a whole policy file
/// (its table `[branch]` and its protected branches).
///
/// # Errors
///
/// [`PolicyError`] with the place, as for [`Policy::layer`].
///
/// # Examples
///
/// ```
/// use clearance_policy::branch_policy;
///
/// let alone = branch_policy("branch.toml", "[target.main]\nmin_confidence = 99\n")?;
/// let whole = branch_policy("policy.toml", "[branch.target.main]\nmin_confidence = 99\n")?;
/// assert_eq!(alone.targets["main"], whole.targets["main"]);
/// # Ok::<(), clearance_policy::PolicyError>(())
/// ```
pub fn branch_policy(name: &str, text: &str) -> Result<BranchPolicy, PolicyError> {
    let keys = toml::from_str::<Table>(text).unwrap_or_default();
    if keys
        .keys()
        .any(|key| crate::file::KEYS.contains(&key.as_str()))
    {
        let policy = Policy::builtin().layer(Layer::User, name, text)?;
        let made = if policy.protects_own_branches() {
            policy.branch().clone()
        } else {
            let mut model = policy.branch().clone();
            model.push = BranchPolicy::default().push;
            model
        };
        return Ok(made);
    }
    BranchPolicy::from_toml(text, name).map_err(|error| {
        let help = "see docs/BRANCH.md for the tables of a branch policy";
        let diagnostic = Diagnostic::new(name, text, error.span, error.message).help(help);
        PolicyError::Invalid(diagnostic)
    })
}

/// As [`branch_policy`], from a file.
///
/// # Errors
///
/// As [`branch_policy`], and when the file cannot be read or is not UTF-8.
pub fn branch_policy_file(path: &Path) -> Result<BranchPolicy, PolicyError> {
    let (name, text) = crate::layer::read(path)?;
    branch_policy(&name, &text)
}

/// What the layers so far say.
#[derive(Clone, Debug, Default)]
pub(crate) struct BranchLayers {
    /// Everything that a layer has set.
    table: Table,
    /// Gates that an untrusted project has added.
    added: Vec<(String, Gate)>,
}

/// What an untrusted project said in vain.
pub(crate) struct Ignored(pub(crate) &'static str);

impl BranchLayers {
    /// Takes the table `[branch]` of a file.
    pub(crate) fn add(
        &mut self,
        text: &str,
        typed: &BranchPolicy,
        may_loosen: bool,
    ) -> Result<Vec<Ignored>, String> {
        let file: Table = toml::from_str(text).map_err(|e| e.message().to_owned())?;
        let Some(toml::Value::Table(table)) = file.get("branch") else {
            return Err("`branch` is not a table".to_owned());
        };
        if !may_loosen {
            return self.tighten(table, typed);
        }
        merge(&mut self.table, table);
        self.policy().map(|_| Vec::new())
    }

    fn tighten(&mut self, table: &Table, typed: &BranchPolicy) -> Result<Vec<Ignored>, String> {
        let mut ignored = Vec::new();
        let known: BTreeSet<String> = self.policy()?.gates.into_keys().collect();
        let named = table.get("gate").and_then(toml::Value::as_table);
        for name in named.into_iter().flat_map(Table::keys) {
            let Some(gate) = typed.gates.get(name) else {
                continue;
            };
            if known.contains(name) {
                ignored.push(Ignored("a gate of that name is there already"));
            } else if gate.free {
                ignored.push(Ignored("a free gate of an untrusted project"));
            } else {
                let gate = Gate {
                    allows: false,
                    ..gate.clone()
                };
                self.added.push((name.clone(), gate));
            }
        }
        if table.keys().any(|key| key != "gate") {
            ignored.push(Ignored(
                "the branch policy of an untrusted project is ignored",
            ));
        }
        Ok(ignored)
    }

    /// The policy of the tables, and the gates.
    fn policy(&self) -> Result<BranchPolicy, String> {
        let mut policy = BranchPolicy::deserialize(toml::Value::Table(self.table.clone()))
            .map_err(|e| e.message().to_owned())?;
        if let Some((_, message)) = policy.inconsistency() {
            return Err(message);
        }
        policy.gates.extend(self.added.iter().cloned());
        Ok(policy)
    }

    /// The policy, with the short list of protected branches.
    pub(crate) fn with_protected(
        &self,
        protected: &[String],
        own_list: bool,
    ) -> Result<BranchPolicy, String> {
        let mut policy = self.policy()?;
        let own_rules = self
            .table
            .get("push")
            .and_then(toml::Value::as_table)
            .is_some_and(|push| push.contains_key("protect"));
        if own_rules && !own_list {
            return Ok(policy);
        }
        if !own_rules {
            policy.push.protect.clear();
        }
        policy.push.protect.extend(protect(protected));
        Ok(policy)
    }

    pub(crate) fn has_push_rules(&self) -> bool {
        self.table.contains_key("push")
    }
}

/// A rule for these branches. A pattern that is refused protects everything.
fn protect(names: &[String]) -> Option<ProtectRule> {
    let rule = |include: &[String]| {
        ProtectRule::new::<String>(RefKind::Branch, include, &[], Actions::PROTECTED)
    };
    rule(names).or_else(|_| rule(&["~ALL".to_owned()])).ok()
}

/// Values of `upper` over those of `lower`: tables one in the other, all else whole.
fn merge(lower: &mut Table, upper: &Table) {
    for (key, value) in upper {
        match (lower.get_mut(key), value) {
            (Some(toml::Value::Table(below)), toml::Value::Table(above)) => merge(below, above),
            _ => {
                lower.insert(key.clone(), value.clone());
            }
        }
    }
}

/// The branch policy without any file.
pub(crate) fn builtin() -> Arc<BranchPolicy> {
    static BUILTIN: LazyLock<Arc<BranchPolicy>> = LazyLock::new(|| {
        let mut policy = BranchPolicy::default();
        let names: Vec<String> = crate::Policy::PROTECTED
            .iter()
            .map(|n| (*n).to_owned())
            .collect();
        policy.push.protect = protect(&names).into_iter().collect();
        Arc::new(policy)
    });
    BUILTIN.clone()
}

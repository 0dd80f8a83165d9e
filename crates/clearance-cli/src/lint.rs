//! `clearance policy lint`: what in a branch policy, or in a host's rules, is probably not
//! meant as it is written.

use std::io::{self, Write};
use std::path::Path;

use clearance::branch::import::{
    ClassicRules, GitlabRules, GitoliteRules, ImportError, Requirements, Rulesets,
};
use clearance::branch::lint::{Lint, lint_condition, lint_pattern, lint_policy, tier};

use crate::args::{HostRules, LintOptions};
use crate::branch::policy;
use crate::setup::Failure;
use crate::status::Status;

pub(crate) fn run(options: &LintOptions) -> Result<Status, Failure> {
    let warnings = match options.from {
        None => lint_policy(&policy(Some(&options.file))?),
        Some(host) => host_rules(host, options)?,
    };
    let mut out = io::stdout().lock();
    for warning in &warnings {
        writeln!(out, "{warning}").map_err(Failure::writing)?;
    }
    out.flush().map_err(Failure::writing)?;
    Ok(if warnings.is_empty() {
        Status::Success
    } else {
        Status::Ask
    })
}

fn host_rules(host: HostRules, options: &LintOptions) -> Result<Vec<Lint>, Failure> {
    let text = read(&options.file)?;
    let branch = options.branch.as_str();
    let found = match host {
        HostRules::GithubClassic => {
            ClassicRules::from_json(&text).map(|rules| classic(&rules, branch))
        }
        HostRules::GithubRulesets => {
            Rulesets::from_json(&text).map(|rules| rulesets(rules, branch))
        }
        HostRules::Gitlab => GitlabRules::from_json(&text).map(|rules| {
            let patterns = rules.patterns().flat_map(lint_pattern);
            patterns
                .chain(told(branch, rules.requirements(branch).as_ref()))
                .collect()
        }),
        HostRules::Gitolite => GitoliteRules::parse(&text, &options.repo)
            .map(|rules| rules.patterns().flat_map(lint_pattern).collect()),
    };
    let name = options.file.display();
    found.map_err(|e: ImportError| {
        Failure::Other(format!(
            "`{name}`: {e}\nhelp: give the rules as the host exports them"
        ))
    })
}

/// Of classic rules one applies: an exact name before any wildcard, then the first.
fn classic(rules: &ClassicRules, branch: &str) -> Vec<Lint> {
    let covering = |exact: bool| {
        let mut all = rules.requirements();
        all.find(|(p, _)| p.is_exact() == exact && p.matches(branch))
    };
    let applies = covering(true).or_else(|| covering(false));
    let patterns = rules
        .requirements()
        .flat_map(|(pattern, _)| lint_pattern(pattern));
    patterns
        .chain(told(branch, applies.map(|(_, requirements)| requirements)))
        .collect()
}

fn rulesets(rules: Rulesets, branch: &str) -> Vec<Lint> {
    let rules = rules.with_default_branch(branch);
    let sum = rules.requirements(&format!("refs/heads/{branch}"));
    let conditions = rules
        .conditions()
        .flat_map(|(_, condition)| lint_condition(condition));
    conditions.chain(told(branch, sum.as_ref())).collect()
}

/// What the branch's next tier of protection lacks.
fn told(branch: &str, requirements: Option<&Requirements>) -> Vec<Lint> {
    let unprotected = Requirements::default();
    let mut missing = tier(requirements.unwrap_or(&unprotected)).missing;
    for lint in &mut missing {
        lint.message = format!("`{branch}`: {}", lint.message);
    }
    missing
}

fn read(file: &Path) -> Result<String, Failure> {
    let name = file.display();
    let wrong = |e: &dyn std::fmt::Display| Failure::Other(format!("cannot read `{name}`: {e}"));
    let bytes = std::fs::read(file).map_err(|e| wrong(&e))?;
    String::from_utf8(bytes).map_err(|e| wrong(&e))
}

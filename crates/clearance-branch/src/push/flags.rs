//! The options of `git push` and `git send-pack`.

use super::plan::{ProgramRun, PushPlan};
use super::settings::{Settings, boolean};
use crate::facts::Scope;
use crate::options::{Given, Problem, Spec, Value, parse, spec};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opt {
    Repo,
    All,
    Mirror,
    Delete,
    Tags,
    DryRun,
    Force,
    Lease,
    Includes,
    Submodules,
    ReceivePack,
    Upstream,
    Prune,
    NoVerify,
    FollowTags,
    Signed,
    Atomic,
    PushOption,
    Stdin,
    Remote,
    // Each needs an identity of its own, so that prefixes stay ambiguous.
    Verbose,
    Quiet,
    Porcelain,
    Thin,
    Progress,
    Ipv4,
    Ipv6,
    Stateless,
    Helper,
}

const PUSH: &[Spec<Opt>] = &[
    spec(Opt::Verbose, "verbose", 'v', Value::None),
    spec(Opt::Quiet, "quiet", 'q', Value::None),
    spec(Opt::Repo, "repo", '\0', Value::Required),
    spec(Opt::All, "all", '\0', Value::None),
    spec(Opt::All, "branches", '\0', Value::None),
    spec(Opt::Mirror, "mirror", '\0', Value::None),
    spec(Opt::Delete, "delete", 'd', Value::None),
    spec(Opt::Tags, "tags", '\0', Value::None),
    spec(Opt::DryRun, "dry-run", 'n', Value::None),
    spec(Opt::Porcelain, "porcelain", '\0', Value::None),
    spec(Opt::Force, "force", 'f', Value::None),
    spec(Opt::Lease, "force-with-lease", '\0', Value::Optional),
    spec(Opt::Includes, "force-if-includes", '\0', Value::None),
    spec(Opt::Submodules, "recurse-submodules", '\0', Value::Required),
    spec(Opt::Thin, "thin", '\0', Value::None),
    spec(Opt::ReceivePack, "receive-pack", '\0', Value::Required),
    spec(Opt::ReceivePack, "exec", '\0', Value::Required),
    spec(Opt::Upstream, "set-upstream", 'u', Value::None),
    spec(Opt::Progress, "progress", '\0', Value::None),
    spec(Opt::Prune, "prune", '\0', Value::None),
    spec(Opt::NoVerify, "no-verify", '\0', Value::None),
    spec(Opt::FollowTags, "follow-tags", '\0', Value::None),
    spec(Opt::Signed, "signed", '\0', Value::Optional),
    spec(Opt::Atomic, "atomic", '\0', Value::None),
    spec(Opt::PushOption, "push-option", 'o', Value::Required),
    spec(Opt::Ipv4, "ipv4", '4', Value::None),
    spec(Opt::Ipv6, "ipv6", '6', Value::None),
];

const SEND_PACK: &[Spec<Opt>] = &[
    spec(Opt::Verbose, "verbose", 'v', Value::None),
    spec(Opt::Quiet, "quiet", 'q', Value::None),
    spec(Opt::ReceivePack, "receive-pack", '\0', Value::Required),
    spec(Opt::ReceivePack, "exec", '\0', Value::Required),
    spec(Opt::Remote, "remote", '\0', Value::Required),
    spec(Opt::All, "all", '\0', Value::None),
    spec(Opt::DryRun, "dry-run", 'n', Value::None),
    spec(Opt::Mirror, "mirror", '\0', Value::None),
    spec(Opt::Force, "force", 'f', Value::None),
    spec(Opt::Signed, "signed", '\0', Value::Optional),
    spec(Opt::PushOption, "push-option", '\0', Value::Required),
    spec(Opt::Progress, "progress", '\0', Value::None),
    spec(Opt::Thin, "thin", '\0', Value::None),
    spec(Opt::Atomic, "atomic", '\0', Value::None),
    spec(Opt::Stateless, "stateless-rpc", '\0', Value::None),
    spec(Opt::Stdin, "stdin", '\0', Value::None),
    spec(Opt::Helper, "helper-status", '\0', Value::None),
    spec(Opt::Lease, "force-with-lease", '\0', Value::Optional),
    spec(Opt::Includes, "force-if-includes", '\0', Value::None),
];

/// What `--force-with-lease` asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lease {
    /// The ref it is about, possibly short; `None` for all others.
    pub(crate) name: Option<String>,
    /// What the ref must be: an expression, or empty for "must not exist"; `None` for the
    /// value of the tracking ref.
    pub(crate) expect: Option<String>,
}

/// The options of a push, later ones having undone earlier ones.
#[derive(Debug, Default)]
pub(crate) struct Flags {
    pub(crate) operands: Vec<String>,
    pub(crate) repo: Option<String>,
    pub(crate) remote: Option<String>,
    pub(crate) all: bool,
    pub(crate) mirror: bool,
    pub(crate) delete: bool,
    pub(crate) tags: bool,
    pub(crate) dry_run: bool,
    /// The option that forces all refs.
    pub(crate) force: Option<&'static str>,
    pub(crate) leases: Vec<Lease>,
    /// Every expression that a lease gave, also where a later option undid it: git resolves
    /// each at once and gives up where it cannot.
    pub(crate) lease_values: Vec<String>,
    pub(crate) includes: bool,
    pub(crate) receive_pack: Option<String>,
    pub(crate) prune: bool,
    pub(crate) follow_tags: bool,
    pub(crate) atomic: bool,
    pub(crate) push_options: Vec<String>,
    upstream: bool,
    no_verify: bool,
    stdin: bool,
    submodules: Option<String>,
    pub(crate) signed: bool,
}

impl Flags {
    /// Reads the words after the subcommand. `None` where nothing is pushed, or where the
    /// words are not understood; the plan then says which.
    pub(crate) fn read(
        words: &[String],
        settings: &Settings<'_>,
        raw: bool,
        plan: &mut PushPlan,
    ) -> Option<Self> {
        let parsed = match parse(if raw { SEND_PACK } else { PUSH }, words) {
            Ok(parsed) => parsed,
            Err(Problem::Help) => {
                plan.refuse("", "it only shows help");
                return None;
            }
            Err(Problem::Value(option)) => {
                plan.refuse(
                    "",
                    format!("`{option}` is used without its value or with one"),
                );
                return None;
            }
            Err(Problem::Unknown(option) | Problem::Ambiguous(option)) => {
                plan.unresolved(format!("`{option}` is no option that is known"));
                return None;
            }
        };
        let mut flags = Self {
            operands: parsed.operands,
            ..Self::default()
        };
        if !raw {
            flags.take_config(settings);
        }
        for given in parsed.options {
            flags.apply(given, raw);
        }
        flags.finish(settings, raw, plan)
    }

    fn take_config(&mut self, settings: &Settings<'_>) {
        self.follow_tags = settings.follow_tags.is_some();
        self.includes = settings.force_if_includes;
        self.submodules = settings.submodules.map(|s| s.value.to_owned());
        self.signed = settings
            .sign
            .is_some_and(|s| boolean(Some(s.value)) != Some(false));
    }

    fn apply(&mut self, given: Given<Opt>, raw: bool) {
        let (on, value) = (!given.unset, given.value);
        match given.id {
            Opt::Repo => self.repo = value,
            Opt::Remote => self.remote = value,
            Opt::All => self.all = on,
            Opt::Mirror => {
                self.mirror = on;
                if !raw {
                    self.force = on.then_some("--mirror");
                }
            }
            Opt::Delete => self.delete = on,
            Opt::Tags => self.tags = on,
            Opt::DryRun => self.dry_run = on,
            Opt::Force => self.force = on.then_some("--force"),
            Opt::Lease if on => {
                let lease = lease(value);
                self.lease_values.extend(lease.expect.clone());
                self.leases.push(lease);
            }
            Opt::Lease => self.leases.clear(),
            Opt::Includes => self.includes = on,
            Opt::Submodules => self.submodules = value,
            Opt::ReceivePack => self.receive_pack = value,
            Opt::Upstream => self.upstream = on,
            Opt::Prune => self.prune = on,
            Opt::NoVerify => self.no_verify = on,
            Opt::FollowTags => self.follow_tags = on,
            Opt::Signed => self.signed = on && boolean(value.as_deref()) != Some(false),
            Opt::Atomic => self.atomic = on,
            Opt::PushOption if on => self.push_options.extend(value),
            Opt::PushOption => self.push_options.clear(),
            Opt::Stdin => self.stdin = on,
            _ => {}
        }
    }

    fn finish(mut self, settings: &Settings<'_>, raw: bool, plan: &mut PushPlan) -> Option<Self> {
        plan.dry_run = self.dry_run;
        plan.skips_hook = self.no_verify;
        plan.sets_upstream = self.upstream;
        if self.push_options.is_empty() && !raw {
            self.push_options = settings
                .push_options
                .iter()
                .map(|o| (*o).to_owned())
                .collect();
        }
        if self.stdin {
            plan.unresolved("the refspecs come from standard input");
        }
        if self.signed {
            let (by, text) = ("--signed".to_owned(), "gpg".to_owned());
            plan.programs.push(ProgramRun {
                by,
                text,
                here: true,
                scope: Scope::Command,
            });
        }
        let operands = self.operands.len();
        let modes = [self.delete, self.tags && !raw, self.all, self.mirror];
        if modes.iter().filter(|m| **m).count() > 1 {
            plan.refuse(
                "",
                "`--delete`, `--tags`, `--all` and `--mirror` exclude each other",
            );
            return None;
        }
        if self.delete && operands < 2 {
            plan.refuse("", "`--delete` needs the names of refs");
            return None;
        }
        Some(self)
    }

    /// Whether submodules are pushed as well, if there are any.
    pub(crate) fn recurses_into_submodules(&self) -> bool {
        let mode = self.submodules.as_deref().unwrap_or("no");
        !matches!(mode, "check" | "no" | "off" | "false" | "0" | "")
    }
}

fn lease(value: Option<String>) -> Lease {
    let Some(text) = value else {
        return Lease {
            name: None,
            expect: None,
        };
    };
    match text.split_once(':') {
        Some((name, expect)) => Lease {
            name: Some(name.to_owned()),
            expect: Some(expect.to_owned()),
        },
        None => Lease {
            name: Some(text),
            expect: None,
        },
    }
}

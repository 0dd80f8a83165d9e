//! Taking commands while they are found: [`Visitor`].

use crate::invocation::{Invocation, Opaque, WrittenFile};

/// Takes the commands of a script while its analysis goes on; see
/// [`Analyzer::visit`](crate::Analyzer::visit).
pub trait Visitor {
    /// More was found. Called at least once, unless the text is beyond the limit.
    fn visit(&mut self, progress: &Progress<'_>);
}

/// What was found so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Progress<'a> {
    pub(super) first: usize,
    pub(super) new: &'a [Invocation],
    pub(super) kept: &'a [(u32, Invocation)],
    pub(super) written: &'a [WrittenFile],
    pub(super) opaque: &'a [Opaque],
    pub(super) last: bool,
}

impl<'a> Progress<'a> {
    /// Everything at once, of a finished analysis.
    #[must_use]
    pub fn of(analysis: &'a crate::Analysis) -> Self {
        Self {
            first: 0,
            new: &analysis.invocations,
            kept: &[],
            written: &analysis.written,
            opaque: &analysis.opaque,
            last: true,
        }
    }

    /// The index of the first of [`Progress::new_invocations`].
    #[must_use]
    pub const fn first(&self) -> usize {
        self.first
    }

    /// These are all commands of the script: none came before, and none will follow.
    #[must_use]
    pub const fn is_all(&self) -> bool {
        self.first == 0 && self.last
    }

    /// The commands that were not there at the last visit.
    #[must_use]
    pub const fn new_invocations(&self) -> &'a [Invocation] {
        self.new
    }

    /// The command of this index. Of those of earlier visits only the ones that something
    /// still refers to are there: sources of [`Dynamic`](crate::invocation::Dynamic) words,
    /// writers of files whose content is not known, and what runs in the background.
    #[must_use]
    pub fn invocation(&self, index: u32) -> Option<&'a Invocation> {
        match (index as usize).checked_sub(self.first) {
            Some(recent) => self.new.get(recent),
            None => {
                let at = self.kept.binary_search_by_key(&index, |(own, _)| *own);
                self.kept.get(at.ok()?).map(|(_, invocation)| invocation)
            }
        }
    }

    /// The commands of earlier visits that are kept, and the new ones up to the index, in order.
    pub fn before(&self, index: usize) -> impl Iterator<Item = &'a Invocation> + use<'a> {
        let new = self.new.iter().take(index.saturating_sub(self.first));
        self.kept
            .iter()
            .map(|(_, invocation)| invocation)
            .chain(new)
    }

    /// All files that were written so far, by [`WrittenFile::by`] in no certain order.
    #[must_use]
    pub const fn written(&self) -> &'a [WrittenFile] {
        self.written
    }

    /// All sites so far whose meaning the text does not determine.
    #[must_use]
    pub const fn opaque(&self) -> &'a [Opaque] {
        self.opaque
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invocation::Env;
    use crate::{Analyzer, analyze};

    /// Keeps everything that it is told.
    #[derive(Default)]
    struct All {
        visits: usize,
        commands: Vec<String>,
        looked_up: usize,
    }

    impl Visitor for All {
        fn visit(&mut self, progress: &Progress<'_>) {
            self.visits += 1;
            assert_eq!(progress.first(), self.commands.len());
            for (index, invocation) in (0..).zip(progress.new_invocations()) {
                assert!(
                    progress
                        .invocation(index + progress.first() as u32)
                        .is_some()
                );
                self.commands.push(format!("{invocation:?}"));
            }
            // Whoever printed what a word holds can be asked.
            for invocation in progress.new_invocations() {
                for word in &invocation.argv {
                    let crate::Value::Dynamic(known) = &word.value else {
                        continue;
                    };
                    if let Some(by) = known.printed_by() {
                        assert!(progress.invocation(by).is_some(), "{invocation:?}");
                        self.looked_up += 1;
                    }
                }
            }
        }
    }

    #[test]
    fn commands_are_the_same_one_by_one() {
        const LINES: &[&str] = &[
            "d=$(mktemp -d); cd \"$d\" && pwd",
            "x=1; export Y=2; echo $x $Y",
            "ls | sort | uniq -c > counts",
            "f() { local a=$1; echo \"$a\"; }; f 1; f 2",
            "for i in 1 2 3; do echo $i; done | wc -l",
            "if grep -q a b; then z=1; else z=2; fi; echo $z",
            "cat > t.sh <<E\necho hi\nE\nsh t.sh",
            "n=$(wc -l < f); head -n \"$n\" g",
            "trap 'rm -f t' EXIT; (cd /; ls)",
            "alias ll='ls -l'; shopt -s expand_aliases\nll",
            "case $1 in a) echo a;; *) echo b;; esac",
            "sleep 1 & wait; diff <(ls) <(pwd)",
            "while read l; do echo \"$l\"; done < f",
            "a && b || c; ! d; { e; f; } > g",
            "unset x; echo ${x:-y} $((1+2)); cd src; ls",
            "set -- 1 2; shift; echo $1; eval 'echo e'",
        ];
        let mut analyzer = Analyzer::new();
        for first in 0..if cfg!(miri) { 1 } else { LINES.len() } {
            // A shell script of several batches and pieces. Traps see what variables were, and
            // functions stay.
            let plain =
                |line: &&&str| first % 2 == 0 || !(line.contains("trap") || line.contains("()"));
            let lines = LINES.iter().cycle().skip(first).filter(plain);
            let lines: Vec<&str> = lines
                .take(if cfg!(miri) { 32 } else { 160 })
                .copied()
                .collect();
            let text = lines.join("\n");
            let whole = analyze(text.as_bytes(), &Env::default());
            let mut all = All::default();
            let parts = analyzer.visit(text.as_bytes(), &Env::default(), &mut all);
            let commands: Vec<String> =
                whole.invocations.iter().map(|i| format!("{i:?}")).collect();
            assert_eq!(all.commands, commands);
            assert!(all.visits > 1 && all.looked_up > 1);
            assert_eq!(parts.written, whole.written);
            assert_eq!((parts.complete, parts.steps), (whole.complete, whole.steps));
            let sites = |analysis: &crate::Analysis| {
                let sites = analysis.opaque.iter();
                let mut sites: Vec<String> = sites.map(|site| format!("{site:?}")).collect();
                sites.sort_unstable();
                sites.dedup();
                sites
            };
            assert_eq!(sites(&parts), sites(&whole));
        }
    }
}

//! The default evaluation of a call by its pack: options, operands, standard input.

use clearance_core::{Effect, Verdict};
use clearance_shell::invocation::{Stdin, Value, Word};

use crate::arg::Arg;
use crate::judge::{Call, Judge};
use crate::matcher::{Issue, IssueKind};
use crate::score;
use crate::spec::{Arity, Count, EnvMeaning, Operand, WordRole};
use crate::store::Command;

impl Judge<'_> {
    pub(super) fn issues(&mut self, issues: &[Issue<'_>], call: &Call<'_>) {
        if self.asks_anyway(call) {
            return;
        }
        let name = call.called();
        for issue in issues {
            let arg = Arg::new(issue.word);
            let settled = match issue.kind {
                IssueKind::MaybeOption => {
                    arg.dynamic().is_some_and(|d| self.is_undashed(d))
                        || self.in_temp_of_caller(arg).is_some()
                        || self.prints_build_flags(arg, call)
                        || (call.name() == "mktemp"
                            && self.new_place(call.site.invocation).is_some())
                }
                IssueKind::GlobOption => self.matches_no_option(arg, call),
                IssueKind::LooseValue => {
                    self.surplus_is_read(arg, call) || self.in_temp_of_caller(arg).is_some()
                }
                _ => false,
            };
            if settled {
                continue;
            }
            let rule = match issue.kind {
                IssueKind::UnknownOption | IssueKind::Ambiguous | IssueKind::UnexpectedValue => {
                    "option.unknown"
                }
                IssueKind::UnknownSub => "subcommand.unknown",
                _ => "option.dynamic",
            };
            self.unknown(rule, issue.word.span, || match issue.kind {
                IssueKind::UnknownOption => {
                    format!("the option `{}` of `{name}` is not known", arg.show())
                }
                IssueKind::Ambiguous => format!("`{}` of `{name}` is ambiguous", arg.show()),
                IssueKind::UnexpectedValue => {
                    format!("`{}` of `{name}` takes no value", arg.show())
                }
                IssueKind::MaybeOption => {
                    format!("`{}` could be an option of `{name}`; write `--` before it", arg.show())
                }
                IssueKind::GlobOption => format!(
                    "`{}` could match a file whose name is an option of `{name}`; write `./` before it",
                    arg.show()
                ),
                IssueKind::UnknownSub => {
                    format!("the sub-command `{}` of `{name}` is not known", arg.show())
                }
                IssueKind::DynamicSub => {
                    format!("the sub-command `{}` of `{name}` is not determined", arg.show())
                }
                IssueKind::LooseValue => {
                    format!("`{}` could be several words, or none", arg.show())
                }
            });
        }
    }

    /// Whatever its words, this command asks: a word that was not understood says nothing more.
    fn asks_anyway(&self, call: &Call<'_>) -> bool {
        let command = call.command();
        let certain = command.handler.is_none()
            && !call.parsed.help
            && !call.options().iter().any(|o| o.spec.replace);
        let asks = |effect: Effect| {
            let placed = matches!(
                effect,
                Effect::Write | Effect::VcsLocal | Effect::RunProject | Effect::InstallProject
            );
            !placed
                && effect != Effect::Interactive
                && self.thresholds.verdict(effect, score::base(effect)) != Verdict::Allow
        };
        certain && command.effects.iter().any(asks)
    }

    /// `*.txt`: no file of that name is an option that does more than the words of the call
    /// could. It cannot be a cluster of flags, which have no dot, and the value of an option in
    /// it has no slash: it names something in this very directory of the project.
    fn matches_no_option(&self, arg: Arg<'_>, call: &Call<'_>) -> bool {
        let Some((pattern, _)) = arg.glob() else {
            return false;
        };
        let end = pattern.rsplit(|&b| b == b'*').next().unwrap_or_default();
        let named = end.len() >= 2
            && end.starts_with(b".")
            && end
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(b));
        let harmless = |role: WordRole| {
            matches!(
                role,
                WordRole::Text
                    | WordRole::Pattern
                    | WordRole::Read
                    | WordRole::ReadList
                    | WordRole::ReadTree
                    | WordRole::List
                    | WordRole::Write
                    | WordRole::WriteDir
                    | WordRole::Mkdir
            )
        };
        let safe = |command: &Command<'_>| {
            command.options.iter().all(|option| {
                option.arity == Arity::Flag && !option.prefix
                    || harmless(option.role) && option.effects.is_empty()
            })
        };
        // A compiler of the project's sources: what such an option could do, its build can.
        let compiles = call.program.base.handler == Some("cc");
        named
            && !pattern.contains(&b'/')
            && !call.command().passes_on
            && (compiles
                || safe(call.command())
                    && (call.program.globals_before || safe(&call.program.base)))
            && self
                .locate(b".", false, &call.site.cwd)
                .all(|place| crate::judge::is_near(place.scope))
    }

    /// `gcc $(pkg-config --cflags --libs NAME)`: options of the compiler by which an installed
    /// library says how it is built with.
    fn prints_build_flags(&self, arg: Arg<'_>, call: &Call<'_>) -> bool {
        const PRINTERS: &[&[u8]] = &[
            b"pkg-config",
            b"pkgconf",
            b"python3-config",
            b"python-config",
            b"llvm-config",
            b"sdl2-config",
            b"wx-config",
            b"mpicc",
            b"xml2-config",
            b"xslt-config",
            b"curl-config",
            b"gsl-config",
            b"libpng-config",
            b"ncurses6-config",
            b"nc-config",
            b"nf-config",
            b"root-config",
            b"pg_config",
            b"mysql_config",
        ];
        const ASKED: &[&[u8]] = &[
            b"--cflags",
            b"--cxxflags",
            b"--cppflags",
            b"--includes",
            b"--libs",
            b"--ldflags",
            b"--embed",
            b"--static",
            b"--system-libs",
            b"--showme:compile",
            b"--showme:link",
        ];
        let compiles = call.program.base.handler == Some("cc");
        let by = arg.dynamic().and_then(|d| d.printed_by());
        let printer = by.and_then(|by| self.script.invocation(by));
        let words = printer.and_then(|printer| {
            let plain = printer.assignments.is_empty() && printer.exported.is_empty();
            let words = printer.argv.iter().map(Word::as_static);
            words.collect::<Option<Vec<_>>>().filter(|_| plain)
        });
        compiles
            && words.is_some_and(|words| match words.split_first() {
                Some((name, rest)) => {
                    let option = |w: &&&[u8]| w.starts_with(b"-");
                    PRINTERS.contains(name)
                        && rest.iter().any(|w| option(&w))
                        && rest.iter().filter(option).all(|w| ASKED.contains(w))
                }
                None => false,
            })
    }

    /// The value of an option could be several words: those after the first are files that are
    /// read, or text.
    fn surplus_is_read(&self, arg: Arg<'_>, call: &Call<'_>) -> bool {
        let last = call.argv.last().is_some_and(|w| w.span == arg.span());
        let sure = match arg.glob() {
            Some((pattern, _)) => !pattern.starts_with(b"-") && !arg.prefix().is_empty(),
            None => last && arg.dynamic().is_some_and(|d| self.is_undashed(d)),
        };
        let given = call.options().iter().rev().find_map(|o| o.spec.operands);
        let read = |operand: &Operand| {
            matches!(
                operand.role,
                WordRole::Text
                    | WordRole::Pattern
                    | WordRole::Read
                    | WordRole::List
                    | WordRole::Ref
            )
        };
        sure && given
            .or(call.command().operands)
            .is_some_and(|grammar| grammar.iter().all(read))
    }

    /// All that the pack says about a call: effects, values of options, operands, standard
    /// input, variables.
    pub fn defaults(&mut self, call: &Call<'_>) {
        self.option_defaults(call);
        self.operand_defaults(call);
        self.stdin_defaults(call);
        for (name, meaning) in call.command().env.iter() {
            let Some(word) = call.site.variable(name.as_bytes()) else {
                continue;
            };
            match meaning {
                EnvMeaning::Role(role) => self.word(role, Arg::new(word), call),
                EnvMeaning::Effect(effect) => self.effect(effect, call),
            }
        }
    }

    /// The effects of the command, and the effects and values of its options.
    pub fn option_defaults(&mut self, call: &Call<'_>) {
        let replaced = call.options().iter().any(|o| o.spec.replace);
        if !replaced {
            for effect in call.command().effects.iter() {
                self.effect(effect, call);
            }
        }
        if call.options().is_empty() && call.parsed.operands.is_empty() {
            // With something to read, no person is waited for; what it reads is judged below.
            let fed = !matches!(call.site.stdin, Stdin::Inherit)
                && matches!(
                    call.command().stdin,
                    Some(WordRole::Shell | WordRole::Code(_) | WordRole::Script(Some(_)))
                );
            for effect in call.command().bare.iter() {
                if fed && effect == Effect::Interactive {
                    continue;
                }
                self.effect(effect, call);
            }
        }
        for given in call.options() {
            for effect in given.spec.effects.iter() {
                self.effect(effect, call);
            }
            match (given.value, call.rest()) {
                (Some(_), Some(rest)) if given.spec.role.takes_command() => {
                    self.run_argv(rest, call.site);
                }
                (Some(value), _) => {
                    self.word(given.spec.role, value, call);
                    self.stray_option(given, value, call);
                }
                (None, _) if given.spec.role == WordRole::Ask => {
                    self.word(WordRole::Ask, Arg::new(given.word), call);
                }
                (None, _) => {}
            }
            if let (Some(role), Some(value)) = (given.spec.second, given.second) {
                self.word(role, value, call);
            }
        }
    }

    /// The operands, by the grammar of the command or of an option that replaces it.
    pub fn operand_defaults(&mut self, call: &Call<'_>) {
        let given = call.options().iter().rev().find_map(|o| o.spec.operands);
        let grammar = given.or(call.command().operands);
        let count = call.parsed.operands.len();
        let Some(grammar) = grammar else {
            if let Some(arg) = call.operand(0) {
                self.unexpected(arg, call);
            }
            return;
        };
        let loose = |&(_, arg): &(usize, Arg<'_>)| arg.is_multiple();
        let Some(first) = call.parsed.operands.iter().position(loose) else {
            let roles = Roles::new(grammar, count);
            for (index, arg) in call.operands().enumerate() {
                let Some(role) = roles.at(index) else {
                    if ends_in_rest(grammar) {
                        break;
                    }
                    return self.unexpected(arg, call);
                };
                if self.operand(role, index, arg, call) {
                    break;
                }
            }
            return;
        };
        let last = call
            .parsed
            .operands
            .iter()
            .rposition(loose)
            .unwrap_or(first);
        let vanish = |arg: &Arg<'_>| arg.may_vanish();
        let fewest = count - call.operands().filter(vanish).count();
        let spread = Spread {
            grammar,
            count,
            fewest,
            loose: first..last + 1,
        };
        let among_loose = spread.roles(first);
        for (index, arg) in call.operands().enumerate() {
            let own;
            let candidates = if spread.loose.contains(&index) {
                &among_loose
            } else {
                own = spread.roles(index);
                &own
            };
            if candidates.is_empty() && !ends_in_rest(grammar) {
                return self.unexpected(arg, call);
            }
            let mut rest = false;
            for role in candidates {
                rest |= self.operand(*role, index, arg, call);
            }
            if rest {
                break;
            }
        }
    }

    /// Judges one operand; true if it took all that follow.
    pub(super) fn operand(
        &mut self,
        role: WordRole,
        index: usize,
        arg: Arg<'_>,
        call: &Call<'_>,
    ) -> bool {
        match role {
            WordRole::Command | WordRole::CommandOptions => {
                self.run_argv(call.from_operand(index), call.site);
                true
            }
            WordRole::Script(lang) => {
                let rest = call.from_operand(index + 1);
                self.run_file(lang, arg, rest, call.site);
                true
            }
            WordRole::Code(lang) => {
                let values: Vec<Value> = call
                    .from_operand(index + 1)
                    .iter()
                    .map(|w| w.value.clone())
                    .collect();
                self.run_code(lang, arg, &values, call.site);
                false
            }
            role => {
                self.word(role, arg, call);
                self.stray_operand(role, arg, call);
                role.takes_rest()
            }
        }
    }

    pub(super) fn unexpected(&mut self, arg: Arg<'_>, call: &Call<'_>) {
        let name = call.called();
        let path = call.path();
        self.unknown("operand.unknown", arg.span(), || {
            let space = if path.is_empty() { "" } else { " " };
            format!(
                "what `{}` means to `{name}{space}{path}` is not known",
                arg.show()
            )
        });
    }

    pub(super) fn stdin_defaults(&mut self, call: &Call<'_>) {
        let named = call.operands().any(|a| a.as_static() != Some(b"-"));
        if named {
            return;
        }
        match call.command().stdin {
            Some(WordRole::Shell) => self.run_stdin(None, call.site, call.span()),
            Some(WordRole::Code(lang) | WordRole::Script(Some(lang))) => {
                self.run_stdin(Some(lang), call.site, call.span());
            }
            Some(WordRole::Ask)
                if !matches!(call.site.stdin, Stdin::Null | Stdin::Inherit)
                    || call.options().is_empty() =>
            {
                let name = call.called();
                self.unknown("code.stdin", call.span(), || {
                    format!("`{name}` runs what it reads from standard input")
                });
            }
            _ => {}
        }
    }
}

fn ends_in_rest(grammar: &[Operand]) -> bool {
    grammar.last().is_some_and(|o| o.role.takes_rest())
}

/// The role of each of so many operands.
struct Roles<'g> {
    grammar: &'g [Operand],
    count: usize,
    /// Operands beyond those that the grammar requires.
    spare: usize,
}

impl<'g> Roles<'g> {
    fn new(grammar: &'g [Operand], count: usize) -> Self {
        let required = |o: &&Operand| matches!(o.count, Count::One | Count::Some);
        let spare = count.saturating_sub(grammar.iter().filter(required).count());
        Self {
            grammar,
            count,
            spare,
        }
    }

    /// The role of the operand at this place; `None` if the grammar has no more.
    fn at(&self, index: usize) -> Option<WordRole> {
        if index >= self.count {
            return None;
        }
        self.parts()
            .find(|(_, end)| index < *end)
            .map(|(role, _)| role)
    }

    /// The role of each part of the grammar, and the operand at which the part ends.
    fn parts(&self) -> impl Iterator<Item = (WordRole, usize)> {
        let (mut spare, mut end) = (self.spare, 0_usize);
        self.grammar.iter().map(move |operand| {
            let (times, taken) = match operand.count {
                Count::One => (1, 0),
                Count::Optional => (spare.min(1), spare.min(1)),
                Count::Any => (spare, spare),
                Count::Some => (spare.saturating_add(1), spare),
            };
            spare -= taken;
            end = end.saturating_add(times);
            (operand.role, end)
        })
    }
}

/// Words some of which can each become several words, or none.
struct Spread<'g> {
    grammar: &'g [Operand],
    count: usize,
    /// They are not fewer than so many altogether.
    fewest: usize,
    /// From the first to the last of those words.
    loose: std::ops::Range<usize>,
}

/// More numbers of words than this are not tried.
const MOST_TOTALS: usize = 100;

impl Spread<'_> {
    /// The roles that the operand at `index` can have.
    fn roles(&self, index: usize) -> Vec<WordRole> {
        let mut found: Vec<WordRole> = Vec::new();
        let mut add = |role: WordRole| {
            if !found.contains(&role) {
                found.push(role);
            }
        };
        let most = self.count + self.grammar.len() + 1;
        if most - self.fewest > MOST_TOTALS {
            self.grammar.iter().for_each(|operand| add(operand.role));
            return found;
        }
        for total in self.fewest..=most {
            let after = self.count.saturating_sub(self.loose.end);
            let range = if index < self.loose.start {
                index..index + 1
            } else if index >= self.loose.end {
                let at = (total + index).saturating_sub(self.count);
                at..at + 1
            } else {
                self.loose.start..total.saturating_sub(after)
            };
            let range = range.start..range.end.min(total);
            let mut from = 0;
            for (role, end) in Roles::new(self.grammar, total).parts() {
                if from.max(range.start) < end.min(range.end) {
                    add(role);
                }
                from = end;
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grammar(list: &[(WordRole, Count)]) -> Vec<Operand> {
        list.iter()
            .map(|&(role, count)| Operand { role, count })
            .collect()
    }

    #[test]
    fn operands_get_their_roles_from_both_ends() {
        use WordRole::{Pattern, Read, Write};
        let roles = |grammar: &[Operand], count| -> Vec<WordRole> {
            let roles = Roles::new(grammar, count);
            (0..count).map_while(|at| roles.at(at)).collect()
        };
        let copy = grammar(&[(Read, Count::Some), (Write, Count::One)]);
        assert_eq!(roles(&copy, 3), [Read, Read, Write]);
        assert_eq!(roles(&copy, 2), [Read, Write]);
        let search = grammar(&[(Pattern, Count::One), (Read, Count::Any)]);
        assert_eq!(roles(&search, 1), [Pattern]);
        assert_eq!(roles(&search, 3), [Pattern, Read, Read]);
        let two = grammar(&[(Read, Count::Optional), (Write, Count::Optional)]);
        assert_eq!(roles(&two, 3), [Read, Write]);
    }

    #[test]
    fn loose_words_spread_their_doubt() {
        use WordRole::{Pattern, Read, Write};
        let possible_roles = |grammar: &[Operand], count, fewest, loose, index| {
            let spread = Spread {
                grammar,
                count,
                fewest,
                loose,
            };
            spread.roles(index)
        };
        let copy = grammar(&[(Read, Count::Some), (Write, Count::One)]);
        // `cp $files dir`
        assert_eq!(possible_roles(&copy, 2, 1, 0..1, 1), [Read, Write]);
        // `cp *.txt dir`
        assert_eq!(possible_roles(&copy, 2, 2, 0..1, 1), [Write]);
        let search = grammar(&[(Pattern, Count::One), (Read, Count::Any)]);
        // `grep x $files`
        assert_eq!(possible_roles(&search, 2, 1, 1..2, 0), [Pattern]);
        assert_eq!(possible_roles(&search, 2, 1, 1..2, 1), [Read]);
        // `uniq $files`
        let two = grammar(&[(Read, Count::Optional), (Write, Count::Optional)]);
        assert!(possible_roles(&two, 1, 0, 0..1, 0).contains(&Write));
    }
}

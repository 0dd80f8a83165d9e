//! git's option rules: long options by any unique prefix, `--no-` forms, clusters of short
//! ones, options after operands, `--` and `--end-of-options` (gitcli(7)).
//!
//! What an option means is left to the caller.

/// Whether an option takes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// It takes none.
    None,
    /// It takes one, after `=` or as the next word.
    Required,
    /// It takes one only after `=`.
    Optional,
}

/// One option of a command.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spec<T> {
    pub(crate) id: T,
    /// The long name, without dashes; empty where there is only a letter.
    pub(crate) long: &'static str,
    /// The letter, or NUL.
    pub(crate) short: char,
    pub(crate) value: Value,
}

/// Shorthand for a table row.
pub(crate) const fn spec<T>(id: T, long: &'static str, short: char, value: Value) -> Spec<T> {
    Spec {
        id,
        long,
        short,
        value,
    }
}

/// One option as given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Given<T> {
    pub(crate) id: T,
    /// It was given in its `--no-` form.
    pub(crate) unset: bool,
    pub(crate) value: Option<String>,
}

/// A command line taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parsed<T> {
    pub(crate) options: Vec<Given<T>>,
    pub(crate) operands: Vec<String>,
}

/// Why a command line could not be taken apart; git prints its usage then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// Not an option of the version of git that this follows.
    Unknown(String),
    /// A prefix of several options.
    Ambiguous(String),
    /// An option without its value, or a value where none is taken.
    Value(String),
    /// `-h` or `--help`.
    Help,
}

/// Takes the words after the subcommand apart.
pub(crate) fn parse<T: Copy + PartialEq>(
    specs: &[Spec<T>],
    words: &[String],
) -> Result<Parsed<T>, Problem> {
    let mut parsed = Parsed {
        options: Vec::new(),
        operands: Vec::new(),
    };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == "--" || word == "--end-of-options" {
            parsed.operands.extend(words.by_ref().cloned());
        } else if matches!(word.as_str(), "-h" | "--help" | "--help-all") {
            return Err(Problem::Help);
        } else if let Some(long) = word.strip_prefix("--") {
            let given = parse_long(specs, long, &mut words)?;
            parsed.options.push(given);
        } else if let Some(cluster) = word.strip_prefix('-').filter(|c| !c.is_empty()) {
            parse_cluster(specs, cluster, &mut words, &mut parsed.options)?;
        } else {
            parsed.operands.push(word.clone());
        }
    }
    Ok(parsed)
}

type Words<'w> = std::slice::Iter<'w, String>;

fn parse_long<T: Copy + PartialEq>(
    specs: &[Spec<T>],
    text: &str,
    words: &mut Words<'_>,
) -> Result<Given<T>, Problem> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (text, None),
    };
    let (spec, unset) = choose(specs, name)?;
    let bad = || Problem::Value(format!("--{text}"));
    let value = match (spec.value, unset, value) {
        (Value::None, _, Some(_)) | (_, true, Some(_)) => return Err(bad()),
        (Value::Required, false, None) => Some(words.next().ok_or_else(bad)?.clone()),
        (_, _, value) => value,
    };
    Ok(Given {
        id: spec.id,
        unset,
        value,
    })
}

/// Finds the option of a long name or of a unique prefix of one.
fn choose<T: Copy + PartialEq>(specs: &[Spec<T>], name: &str) -> Result<(Spec<T>, bool), Problem> {
    let mut found: Option<(Spec<T>, bool)> = None;
    let mut ambiguous = false;
    for spec in specs.iter().filter(|s| !s.long.is_empty()) {
        for (unset, long) in spellings(spec.long) {
            if long == name {
                return Ok((*spec, unset));
            }
            if long.starts_with(name) {
                ambiguous |= found.is_some_and(|(s, u)| s.id != spec.id || u != unset);
                found = Some((*spec, unset));
            }
        }
    }
    match found {
        _ if ambiguous => Err(Problem::Ambiguous(format!("--{name}"))),
        Some(found) => Ok(found),
        None => Err(Problem::Unknown(format!("--{name}"))),
    }
}

/// A name and its negation: `force` and `no-force`, `no-verify` and `verify`.
fn spellings(long: &str) -> Vec<(bool, String)> {
    let mut all = vec![(false, long.to_owned()), (true, format!("no-{long}"))];
    if let Some(positive) = long.strip_prefix("no-") {
        all.push((true, positive.to_owned()));
    }
    all
}

fn parse_cluster<T: Copy + PartialEq>(
    specs: &[Spec<T>],
    cluster: &str,
    words: &mut Words<'_>,
    options: &mut Vec<Given<T>>,
) -> Result<(), Problem> {
    let mut rest = cluster.chars();
    while let Some(letter) = rest.next() {
        if letter == 'h' {
            return Err(Problem::Help);
        }
        let unknown = || Problem::Unknown(format!("-{letter}"));
        let spec = specs.iter().find(|s| s.short == letter && letter != '\0');
        let spec = spec.ok_or_else(unknown)?;
        let attached = rest.as_str();
        let value = match spec.value {
            Value::None | Value::Optional if attached.is_empty() => None,
            Value::None => None,
            Value::Optional => Some(attached.to_owned()),
            Value::Required if attached.is_empty() => {
                let next = words
                    .next()
                    .ok_or_else(|| Problem::Value(format!("-{letter}")))?;
                Some(next.clone())
            }
            Value::Required => Some(attached.to_owned()),
        };
        options.push(Given {
            id: spec.id,
            unset: false,
            value,
        });
        if spec.value != Value::None {
            return Ok(());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPECS: &[Spec<u8>] = &[
        spec(1, "force", 'f', Value::None),
        spec(2, "force-with-lease", '\0', Value::Optional),
        spec(3, "no-verify", '\0', Value::None),
        spec(4, "verbose", 'v', Value::None),
        spec(5, "repo", '\0', Value::Required),
        spec(6, "push-option", 'o', Value::Required),
        spec(7, "all", '\0', Value::None),
        spec(7, "branches", '\0', Value::None),
    ];

    type Short = (u8, bool, Option<String>);

    fn given(words: &[&str]) -> Result<(Vec<Short>, Vec<String>), Problem> {
        let words: Vec<String> = words.iter().map(|w| (*w).to_owned()).collect();
        parse(SPECS, &words).map(|p| {
            (
                p.options
                    .into_iter()
                    .map(|g| (g.id, g.unset, g.value))
                    .collect(),
                p.operands,
            )
        })
    }

    #[test]
    fn prefixes_clusters_and_order() {
        let one = |words: &[&str]| given(words).map(|(o, _)| o);
        assert_eq!(one(&["--forc"]), Err(Problem::Ambiguous("--forc".into())));
        assert_eq!(one(&["--force"]), Ok(vec![(1, false, None)]));
        assert_eq!(
            one(&["--force-w=x"]),
            Ok(vec![(2, false, Some("x".into()))])
        );
        assert_eq!(one(&["--no-force-w"]), Ok(vec![(2, true, None)]));
        assert_eq!(one(&["--no-veri"]), Ok(vec![(3, false, None)]));
        assert_eq!(one(&["--verify"]), Ok(vec![(3, true, None)]));
        assert_eq!(one(&["--ver"]), Err(Problem::Ambiguous("--ver".into())));
        assert_eq!(one(&["-vf"]), Ok(vec![(4, false, None), (1, false, None)]));
        assert_eq!(
            one(&["-fofoo"]),
            Ok(vec![(1, false, None), (6, false, Some("foo".into()))])
        );
        assert_eq!(one(&["--bogus"]), Err(Problem::Unknown("--bogus".into())));
        assert_eq!(one(&["--repo"]), Err(Problem::Value("--repo".into())));
        assert_eq!(one(&["--force=1"]), Err(Problem::Value("--force=1".into())));
        assert_eq!(one(&["--b"]), Ok(vec![(7, false, None)]));
        let (options, operands) = given(&["a", "-f", "--", "-v", "b"]).unwrap();
        assert_eq!(
            (options.len(), operands),
            (1, vec!["a".into(), "-v".into(), "b".into()])
        );
    }
}

//! GitHub's pair of lists: [`RefCondition`], include and not exclude.

use super::{Dialect, Pattern, PatternError};

/// What kind of ref a rule is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RefKind {
    /// `refs/heads/…`.
    #[default]
    Branch,
    /// `refs/tags/…`.
    Tag,
}

impl RefKind {
    /// The leading path of such refs.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Branch => "refs/heads/",
            Self::Tag => "refs/tags/",
        }
    }
}

/// Whether a condition covers a ref.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// It depends on which branch is the default, and that is not known.
    Unknown,
}

/// The refs a GitHub ruleset is about: those some include covers and no exclude. An empty
/// include list covers nothing.
///
/// # Examples
///
/// ```
/// use clearance_branch::pattern::{Coverage, RefCondition, RefKind};
///
/// let condition = RefCondition::new(RefKind::Branch, &["~ALL"], &["refs/heads/tmp/**/*"])?;
/// assert_eq!(condition.covers("refs/heads/main", Some("main")), Coverage::Yes);
/// assert_eq!(condition.covers("refs/heads/tmp/a/b", Some("main")), Coverage::No);
/// assert_eq!(condition.covers("refs/tags/v1", Some("main")), Coverage::No);
/// # Ok::<(), clearance_branch::pattern::PatternError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RefCondition {
    kind: RefKind,
    include: Vec<Pattern>,
    exclude: Vec<Pattern>,
}

impl RefCondition {
    /// Compiles both lists.
    ///
    /// # Errors
    ///
    /// [`PatternError`] for an unknown token or an overlong pattern.
    pub fn new<S: AsRef<str>>(
        kind: RefKind,
        include: &[S],
        exclude: &[S],
    ) -> Result<Self, PatternError> {
        Ok(Self {
            kind,
            include: compile(include)?,
            exclude: compile(exclude)?,
        })
    }

    /// A condition of patterns that are compiled already, and no exclusion.
    pub(crate) fn of_patterns(kind: RefKind, include: Vec<Pattern>) -> Self {
        Self {
            kind,
            include,
            exclude: Vec::new(),
        }
    }

    /// Adds an include; a pattern that is refused adds nothing.
    pub(crate) fn include_more(&mut self, text: &str) {
        self.include
            .extend(Pattern::new(Dialect::GithubRuleset, text));
    }

    /// The include that covers a ref, to name it; empty if none does.
    pub(crate) fn covering(&self, refname: &str, default_branch: Option<&str>) -> &str {
        let covers = |p: &&Pattern| p.matches_with_default(refname, default_branch);
        self.include.iter().find(covers).map_or("", Pattern::as_str)
    }

    /// Whether it covers the full ref name `refname`, given the short name of the default
    /// branch if that is known.
    #[must_use]
    pub fn covers(&self, refname: &str, default_branch: Option<&str>) -> Coverage {
        if !refname.starts_with(self.kind.prefix()) {
            return Coverage::No;
        }
        match (
            any(&self.include, refname, default_branch),
            any(&self.exclude, refname, default_branch),
        ) {
            (Coverage::No, _) | (_, Coverage::Yes) => Coverage::No,
            (Coverage::Yes, Coverage::No) => Coverage::Yes,
            _ => Coverage::Unknown,
        }
    }

    /// Which kind of ref it is about.
    #[must_use]
    pub fn kind(&self) -> RefKind {
        self.kind
    }

    /// The include list.
    #[must_use]
    pub fn include(&self) -> &[Pattern] {
        &self.include
    }

    /// The exclude list.
    #[must_use]
    pub fn exclude(&self) -> &[Pattern] {
        &self.exclude
    }
}

fn compile<S: AsRef<str>>(list: &[S]) -> Result<Vec<Pattern>, PatternError> {
    list.iter()
        .map(|text| Pattern::new(Dialect::GithubRuleset, text.as_ref()))
        .collect()
}

fn any(patterns: &[Pattern], refname: &str, default_branch: Option<&str>) -> Coverage {
    if patterns
        .iter()
        .any(|p| p.matches_with_default(refname, default_branch))
    {
        Coverage::Yes
    } else if default_branch.is_none() && patterns.iter().any(Pattern::is_default_branch) {
        Coverage::Unknown
    } else {
        Coverage::No
    }
}

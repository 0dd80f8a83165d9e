//! What each dialect's text means, as positions of a [`Glob`].

use super::glob::{Glob, Set, Token};

impl Glob {
    /// `*` is any run of characters; all else is itself. GitLab and refspecs.
    pub(super) fn stars(text: &str) -> Self {
        let token = |c| {
            if c == '*' {
                Token::StarAll
            } else {
                Token::Unit(u32::from(c))
            }
        };
        Self::new(text.chars().map(token).collect(), false)
    }

    /// Ruby's `File.fnmatch` with `FNM_PATHNAME`, escapes on, a leading `.` only literally.
    pub(super) fn ruby(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let mut rest: &[char] = &chars;
        let mut tokens = Vec::with_capacity(chars.len());
        let mut at_start = true;
        while !rest.is_empty() {
            if at_start {
                if let Some(after) = strip_directories(rest) {
                    tokens.extend([Token::Dirs, Token::InDir]);
                    rest = after;
                    continue;
                }
                if matches!(rest, ['*' | '?' | '[', ..]) {
                    tokens.push(Token::NoDot);
                }
            }
            let (token, after) = ruby_token(rest);
            at_start = token == Token::Unit(u32::from('/'));
            tokens.push(token);
            rest = after;
        }
        Self::new(tokens, false)
    }

    /// Git's wildmatch; with `pathname`, `*` stops at `/` and `**` between slashes does not.
    pub(super) fn wildmatch(text: &str, pathname: bool) -> Self {
        Self::new(wildmatch_tokens(text.as_bytes(), pathname), true)
    }

    /// As [`Glob::wildmatch`], for a path rule of a gitignore file: git compares the text
    /// before the first special character itself and hands only the rest to the matcher, so
    /// a `**` there counts as standing at the beginning.
    pub(super) fn ignore_path(text: &str) -> Self {
        let literal = text.find(['*', '?', '[', '\\']).unwrap_or(text.len());
        let (head, tail) = text.split_at_checked(literal).unwrap_or((text, ""));
        let mut tokens: Vec<Token> = head.bytes().map(|b| Token::Unit(u32::from(b))).collect();
        tokens.extend(wildmatch_tokens(tail.as_bytes(), true));
        Self::new(tokens, true)
    }
}

/// What follows one or more `**/`.
fn strip_directories(mut rest: &[char]) -> Option<&[char]> {
    let mut found = None;
    while let ['*', '*', '/', after @ ..] = rest {
        rest = after;
        found = Some(rest);
    }
    found
}

fn ruby_token(rest: &[char]) -> (Token, &[char]) {
    match rest {
        ['*', after @ ..] => {
            let stars = after.iter().take_while(|c| **c == '*').count();
            (Token::Star, after.get(stars..).unwrap_or_default())
        }
        ['?', after @ ..] => (Token::Any, after),
        ['[', after @ ..] => match ruby_set(after) {
            Some((set, after)) => (Token::Set(Box::new(set)), after),
            None => (Token::Never, &[]),
        },
        ['\\', c, after @ ..] | [c, after @ ..] => (Token::Unit(u32::from(*c)), after),
        [] => (Token::Never, &[]),
    }
}

/// Ruby's bracket expression, after the `[`; `None` if it is not closed. A `]` closes it
/// even where it comes first.
fn ruby_set(rest: &[char]) -> Option<(Set, &[char])> {
    let (negated, mut rest) = match rest {
        ['!' | '^', after @ ..] => (true, after),
        _ => (false, rest),
    };
    let mut set = Set {
        negated,
        ..Set::default()
    };
    loop {
        let low;
        match rest {
            [']', after @ ..] => return Some((set, after)),
            _ => (low, rest) = member(rest)?,
        }
        match rest {
            ['-', after @ ..] if after.first().is_some_and(|next| *next != ']') => {
                let high;
                (high, rest) = member(after)?;
                // The ends match even where the range is upside down.
                set.ranges.extend([(low, high), (low, low), (high, high)]);
            }
            _ => set.ranges.push((low, low)),
        }
    }
}

fn member(rest: &[char]) -> Option<(u32, &[char])> {
    match rest {
        ['\\', c, after @ ..] => Some((u32::from(*c), after)),
        ['\\'] | [] => None,
        [c, after @ ..] => Some((u32::from(*c), after)),
    }
}

fn wildmatch_tokens(text: &[u8], pathname: bool) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len());
    let mut rest = text;
    let mut at_start = true;
    while let [first, after @ ..] = rest {
        let before_was_slash = at_start;
        at_start = *first == b'/';
        match first {
            b'*' => rest = wildmatch_stars(after, pathname, before_was_slash, &mut tokens),
            b'?' => {
                tokens.push(Token::Any);
                rest = after;
            }
            b'[' => match wildmatch_set(after) {
                Some((set, after)) => {
                    tokens.push(Token::Set(Box::new(set)));
                    rest = after;
                }
                None => {
                    tokens.push(Token::Never);
                    return tokens;
                }
            },
            b'\\' => match after {
                [c, after @ ..] => {
                    // Git looks at the byte before the stars, so an escaped slash counts.
                    at_start = *c == b'/';
                    tokens.push(Token::Unit(u32::from(*c)));
                    rest = after;
                }
                [] => {
                    tokens.push(Token::Never);
                    return tokens;
                }
            },
            c => {
                tokens.push(Token::Unit(u32::from(*c)));
                rest = after;
            }
        }
    }
    tokens
}

/// One or more stars, `rest` being what follows the first.
fn wildmatch_stars<'a>(
    rest: &'a [u8],
    pathname: bool,
    at_start: bool,
    tokens: &mut Vec<Token>,
) -> &'a [u8] {
    let more = rest.iter().take_while(|b| **b == b'*').count();
    let rest = rest.get(more..).unwrap_or_default();
    let ends_here = matches!(rest, [] | [b'/', ..] | [b'\\', b'/', ..]);
    if !pathname {
        tokens.push(Token::StarAll);
    } else if more == 0 || !at_start || !ends_here {
        tokens.push(Token::Star);
    } else {
        if rest.first() == Some(&b'/') {
            // `**/` may also stand for nothing at all.
            tokens.push(Token::Skip(3));
        }
        tokens.push(Token::StarAll);
    }
    rest
}

/// Git's bracket expression, after the `[`; `None` if it can match nothing. A `]` that comes
/// first is a member.
fn wildmatch_set(rest: &[u8]) -> Option<(Set, &[u8])> {
    let (negated, mut rest) = match rest {
        [b'!' | b'^', after @ ..] => (true, after),
        _ => (false, rest),
    };
    let mut set = Set {
        negated,
        ..Set::default()
    };
    let mut previous = 0;
    let mut first = true;
    loop {
        let (&c, after) = rest.split_first()?;
        if c == b']' && !first {
            return Some((set, after));
        }
        first = false;
        (previous, rest) = match (c, after) {
            (b'\\', [escaped, after @ ..]) => set.one(*escaped, after),
            (b'\\', []) => return None,
            (b'-', [next, ..]) if previous != 0 && *next != b']' => {
                let (high, after) = match after {
                    [b'\\', high, after @ ..] => (*high, after),
                    [b'\\'] | [] => return None,
                    [high, after @ ..] => (*high, after),
                };
                set.ranges.push((u32::from(previous), u32::from(high)));
                (0, after)
            }
            (b'[', [b':', named @ ..]) => match named_class(named)? {
                (Some(class), after) => {
                    set.classes.push(class);
                    (0, after)
                }
                (None, _) => set.one(b'[', after),
            },
            (c, after) => set.one(c, after),
        };
    }
}

impl Set {
    fn one<'a>(&mut self, byte: u8, after: &'a [u8]) -> (u8, &'a [u8]) {
        self.ranges.push((u32::from(byte), u32::from(byte)));
        (byte, after)
    }
}

type Class = fn(&u8) -> bool;

/// A POSIX class, after its `[:`: `None` if no `]` follows or nothing has that name; no
/// class if it is not closed by `:]`, then the `[` is a plain member.
fn named_class(rest: &[u8]) -> Option<(Option<Class>, &[u8])> {
    let end = rest.iter().position(|b| *b == b']')?;
    let (name, after) = rest.split_at_checked(end)?;
    let after = after.get(1..)?;
    let Some((b':', name)) = name.split_last() else {
        return Some((None, after));
    };
    let class: Class = match name {
        b"alnum" => u8::is_ascii_alphanumeric,
        b"alpha" => u8::is_ascii_alphabetic,
        b"blank" => |b| matches!(b, b' ' | b'\t'),
        b"cntrl" => u8::is_ascii_control,
        b"digit" => u8::is_ascii_digit,
        b"graph" => u8::is_ascii_graphic,
        b"lower" => u8::is_ascii_lowercase,
        b"print" => |b| matches!(b, b' '..=b'~'),
        b"punct" => u8::is_ascii_punctuation,
        b"space" => |b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'),
        b"upper" => u8::is_ascii_uppercase,
        b"xdigit" => u8::is_ascii_hexdigit,
        _ => return None,
    };
    Some((Some(class), after))
}

/// A line of a gitignore or CODEOWNERS file.
#[derive(Clone, Debug)]
pub(super) struct PathRule {
    glob: Glob,
    /// Whether it is held against the whole path or only the last component.
    whole_path: bool,
    /// Whether it covers directories only (and so what is below them).
    directories_only: bool,
    /// Whether what it covers extends to everything below.
    covers_below: bool,
}

impl PathRule {
    /// Whether the file at `path` is covered, by itself or with a directory above it. A
    /// `path` that ends in `/` is a directory.
    pub(super) fn matches(&self, path: &str) -> bool {
        let (path, is_dir) = match path.strip_suffix('/') {
            Some(path) => (path, true),
            None => (path, false),
        };
        let ends = path
            .match_indices('/')
            .map(|(i, _)| i)
            .filter(|_| self.covers_below);
        ends.filter_map(|end| path.get(..end))
            .any(|directory| self.covers(directory))
            || ((is_dir || !self.directories_only) && self.covers(path))
    }

    fn covers(&self, path: &str) -> bool {
        let base = path.rsplit('/').next().unwrap_or(path);
        self.glob.matches(if self.whole_path { path } else { base })
    }
}

/// A line of a gitignore file; `None` for one that covers nothing (empty, a comment, or a
/// negation, which taken alone excludes no file).
pub(super) fn gitignore(line: &str) -> Option<PathRule> {
    if line.starts_with(['#', '!']) {
        return None;
    }
    path_rule(trim_trailing_spaces(line))
}

/// A pattern of a CODEOWNERS file; `None` for one that covers nothing.
pub(super) fn codeowners(text: &str) -> Result<Option<PathRule>, &'static str> {
    if text.starts_with('!') {
        return Err("negation");
    }
    if text.contains('[') {
        return Err("a character range");
    }
    let rule = path_rule(text).map(|rule| {
        let one_level = text.ends_with("/*");
        PathRule {
            covers_below: !one_level,
            ..rule
        }
    });
    Ok(rule)
}

fn path_rule(text: &str) -> Option<PathRule> {
    let (text, directories_only) = match text.strip_suffix('/') {
        Some(text) => (text, true),
        None => (text, false),
    };
    if text.is_empty() {
        return None;
    }
    let whole_path = text.contains('/');
    let glob = if whole_path {
        Glob::ignore_path(text.strip_prefix('/').unwrap_or(text))
    } else {
        Glob::wildmatch(text, false)
    };
    Some(PathRule {
        glob,
        whole_path,
        directories_only,
        covers_below: true,
    })
}

/// Spaces at the end do not count unless they are escaped.
fn trim_trailing_spaces(line: &str) -> &str {
    let mut end = 0;
    let mut escaped = false;
    for (i, c) in line.char_indices() {
        if c != ' ' || escaped {
            end = i + c.len_utf8();
        }
        escaped = c == '\\' && !escaped;
    }
    line.get(..end).unwrap_or(line)
}

/// The rules of git-check-ref-format(1) for one side of a refspec.
pub(super) fn check_refspec_side(text: &str) -> Result<(), &'static str> {
    if text.bytes().filter(|b| *b == b'*').count() > 1 {
        return Err("more than one `*`");
    }
    if text
        .bytes()
        .any(|b| b <= b' ' || b == 0x7f || b"~^:?[\\".contains(&b))
    {
        return Err("a character that ref names cannot have");
    }
    if text.contains("..") || text.contains("@{") {
        return Err("`..` or `@{`");
    }
    if text == "@" || text.ends_with('.') {
        return Err("`@`, or a `.` at the end");
    }
    let bad = |c: &str| c.is_empty() || c.starts_with('.') || c.ends_with(".lock");
    if text.split('/').any(bad) {
        return Err("a component that is empty, begins with `.` or ends in `.lock`");
    }
    Ok(())
}

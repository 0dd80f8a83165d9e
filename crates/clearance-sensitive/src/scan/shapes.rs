//! Verifies one shape around one keyword: does a value stand here, and where.
//!
//! Everything is decided from a bounded window around the keyword, so that a stream and a
//! whole buffer give the same answer.

use super::assign::{Assigned, assignment, said};
use super::random::{looks_random, reads_like_words};
use super::{filters, steps};
use crate::bytes::{contains_folded, find, find_last, find_word};
use crate::rules::{Check, Class, Edges, Pattern, Rule, Shape, Step, table};

/// Bytes between a provider's name and its value.
const NEAR: usize = 72;
/// Words in a row between a provider's name and its value; more of them are a sentence.
const MAX_WORDS: usize = 5;
/// Bytes before a keyword in which the name of its provider is looked for.
const NAMED: usize = 40;
/// Longest authority of an address.
const VALUE: usize = 256;

/// Where a value starts and ends in the window, and how many of its bytes are public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) public: usize,
}

impl Found {
    pub(super) const fn new(start: usize, end: usize) -> Self {
        Self {
            start,
            end,
            public: 0,
        }
    }
}

/// The value that `pattern` finds at the keyword `start..end` of `text`, if any.
pub(crate) fn verify(
    pattern: &Pattern,
    rule: &Rule,
    text: &[u8],
    start: usize,
    end: usize,
) -> Option<Found> {
    match &pattern.shape {
        Shape::Token {
            before,
            after,
            edges,
        } => {
            let (before, after) = (before.get(), after.get());
            let from = if before.is_empty() {
                edges.allow_left(text, start).then_some(start)?
            } else {
                steps::backwards(before, text, start, &|at| edges.allow_left(text, at))?
            };
            let to = steps::forwards(after, text, start, &|at| edges.allow_right(text, at, after))?;
            let public = public_prefix(before, after);
            let value = text.get(from..to)?;
            // The fixed part says nothing about randomness.
            let random = value.get(public.min(value.len() / 2)..)?;
            let fine = filters::has_form(random, rule.entropy, rule.needs, Check::None)
                && !is_file_tail(text, to)
                && filters::checksum_holds(rule.check, value);
            fine.then_some(Found {
                start: from,
                end: to,
                public: public.min(12),
            })
        }
        Shape::Near { value } => near(value.get(), rule, text, start, end),
        Shape::Opaque => opaque(rule, text, start, end),
        Shape::Block => super::armour::block(text, start, end),
        Shape::Manifest => super::manifest::manifest(text, start, end),
        Shape::Url => url(text, end),
        Shape::Generic => generic(rule, text, start, end),
        Shape::Password => password(rule, text, start, end),
    }
}

fn public_prefix(before: &[Step], after: &[Step]) -> usize {
    match (before, after) {
        ([], [Step::Literal(text) | Step::Folded(text), ..]) => usize::from(text.1),
        _ => 0,
    }
}

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

pub(super) fn byte_before(text: &[u8], at: usize) -> Option<u8> {
    at.checked_sub(1)
        .and_then(|before| text.get(before))
        .copied()
}

/// Whether `at` follows an escape such as `\n` or `%3D`, whose letter is no part of a word.
fn follows_escape(text: &[u8], at: usize) -> bool {
    let before = text.get(at.saturating_sub(3)..at).unwrap_or_default();
    matches!(before, [.., b'\\', b'n' | b't' | b'r'])
        || matches!(before, [b'%', high, low] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
}

impl Edges {
    fn allow_left(self, text: &[u8], at: usize) -> bool {
        self.0 & Self::OPEN_LEFT != 0
            || byte_before(text, at).is_none_or(|byte| !byte.is_ascii_alphanumeric())
            || follows_escape(text, at)
    }

    /// A value ends where the class of its last run ends.
    fn allow_right(self, text: &[u8], at: usize, steps: &[Step]) -> bool {
        if self.0 & Self::OPEN_RIGHT != 0 {
            return true;
        }
        let Some(&next) = text.get(at) else {
            return true;
        };
        let last_class = match steps.last() {
            Some(Step::Run(number, ..)) => table::CLASSES.get(usize::from(*number)).copied(),
            _ => None,
        };
        let continues = last_class.is_some_and(|bits| crate::rules::Class(bits).has(next));
        // A token of letters at the end of a sentence: `-` and `_` count only when a word follows.
        let joined =
            matches!(next, b'-' | b'_') && text.get(at + 1).is_some_and(u8::is_ascii_alphanumeric);
        !(next.is_ascii_alphanumeric()
            || joined
            || continues && !matches!(next, b'.' | b'/' | b'+' | b'='))
    }
}

/// A provider's name, something that assigns, then the value.
fn near(steps: &[Step], rule: &Rule, text: &[u8], start: usize, end: usize) -> Option<Found> {
    let keyword_len = end - start;
    if keyword_len <= 6 && !stands_alone(text, start, end) {
        return None;
    }
    // `vault token: …`: the keyword itself may say that a secret follows.
    let (mut lines, mut assigned, mut word_at) = (0, false, start);
    // Right after the name without a sign only what cannot be anything else.
    let (mut words, mut bare_at) = (0, None);
    for at in end..(end + NEAR).min(text.len()) {
        let byte = *text.get(at)?;
        match byte {
            b'=' | b':' | b'>' | b',' | b'(' | b'|' | b'"' | b'\'' => {
                (assigned, words) = (true, 0);
            }
            b' ' => {
                if !assigned {
                    assigned = table::SECRET_NAMES.is_in(text.get(word_at..at).unwrap_or_default());
                    word_at = at;
                    bare_at.get_or_insert(at + 1);
                }
                words += usize::from(text.get(at + 1).is_some_and(u8::is_ascii_alphabetic));
                if words > MAX_WORDS {
                    return None;
                }
            }
            b'\n' => {
                lines += 1;
                if lines > 2 {
                    return None;
                }
            }
            b';' | b'}' if lines > 0 => return None,
            _ => {}
        }
        let bare = !assigned && bare_at == Some(at);
        if !(assigned || bare) || !is_value_start(text, at) {
            continue;
        }
        let Some(to) = steps::forwards(steps, text, at, &|to| is_value_end(text, to)) else {
            continue;
        };
        let value = text.get(at..to)?;
        if goes_on(text, to, steps) {
            continue;
        }
        if bare
            && (value.len() < 20 || value.iter().all(u8::is_ascii_hexdigit) || !looks_random(value))
        {
            continue;
        }
        if filters::has_form(value, rule.entropy, rule.needs, rule.check)
            && !is_hash_context(text.get(end..at).unwrap_or_default())
        {
            return Some(Found::new(at, to));
        }
    }
    None
}

/// As [`near`], for values without a known form.
fn opaque(rule: &Rule, text: &[u8], start: usize, end: usize) -> Option<Found> {
    if end - start <= 6 && !stands_alone(text, start, end) {
        return None;
    }
    let found = assignment(text, start, end).or_else(|| said(text, start, end))?;
    let class = |byte: &u8| is_word(*byte) || b"-.:+/=".contains(byte);
    let len = found.value.iter().take_while(|byte| class(byte)).count();
    let value = found.value.get(..len)?;
    let marks = value.iter().filter(|byte| b".:+/=".contains(byte)).count();
    let sound = len == found.value.len()
        && (16..=240).contains(&len)
        && (marks == 0 || found.quoted || found.tight)
        && !is_harmless_name(found.name)
        && !is_hash_context(found.name)
        && !table::REFERENCES.is_in(value)
        && !is_file_name(value)
        && (len >= 20 || !value.iter().all(u8::is_ascii_hexdigit))
        && looks_random(value)
        && filters::has_form(value, rule.entropy.min(30), rule.needs, rule.check)
        && !names_no_secret(found.name)
        && !belongs_elsewhere(text, start, &found);
    sound.then(|| Found::new(found.start, found.start + len))
}

/// A short provider's name must not be a part of another word; `myMerakiKey` has it as a hump.
fn stands_alone(text: &[u8], start: usize, end: usize) -> bool {
    let hump = matches!(text.get(start..start + 2), Some([first, second]) if first.is_ascii_uppercase() && second.is_ascii_lowercase());
    let before = byte_before(text, start)
        .is_none_or(|byte| !byte.is_ascii_alphabetic() || hump && byte.is_ascii_lowercase());
    // `scw_` ends its word itself.
    let closed = byte_before(text, end).is_some_and(|byte| !byte.is_ascii_alphanumeric());
    before && (closed || !text.get(end).is_some_and(u8::is_ascii_lowercase))
}

/// Sums, addresses of code and ids are no secrets.
fn is_hash_context(between: &[u8]) -> bool {
    if let [b'i' | b'I', b'd' | b'D', after, ..] = between {
        if !after.is_ascii_alphanumeric() {
            return true;
        }
    }
    table::SUMS.is_in(between)
}

fn is_value_start(text: &[u8], at: usize) -> bool {
    let Some(byte) = text.get(at) else {
        return false;
    };
    (byte.is_ascii_alphanumeric() || *byte == b'_')
        && byte_before(text, at).is_none_or(|before| {
            !is_word(before) && !matches!(before, b'-' | b'.' | b'+') || follows_escape(text, at)
        })
}

fn is_value_end(text: &[u8], at: usize) -> bool {
    let joins = |byte: &u8| is_word(*byte) || matches!(byte, b'+' | b'$' | b'(');
    match (text.get(at), text.get(at + 1)) {
        (Some(byte), _) if joins(byte) => false,
        (Some(b'-' | b'.'), Some(next)) => !is_word(*next),
        _ => true,
    }
}

/// `…vbGu--`: a dash after a value that may hold dashes is a part of it.
#[inline(never)]
fn goes_on(text: &[u8], at: usize, steps: &[Step]) -> bool {
    text.get(at) == Some(&b'-')
        && matches!(steps.last(), Some(Step::Run(number, ..))
            if table::CLASSES.get(usize::from(*number)).is_some_and(|bits| Class(*bits).has(b'-')))
}

/// `scheme://user:password@host`; `end` is after the slashes.
fn url(text: &[u8], end: usize) -> Option<Found> {
    let rest = text.get(end..(end + VALUE).min(text.len()))?;
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || b"/\"'`<>\\|^,;".contains(byte);
    let stop = rest.iter().position(is_end).unwrap_or(rest.len());
    let authority = rest.get(..stop)?;
    let at_sign = find_last(b'@', authority)?;
    let userinfo = authority.get(..at_sign)?;
    let host = authority.get(at_sign + 1..)?;
    let host_is_real = host
        .first()
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || b"[{$".contains(byte));
    let Some(colon) = find(b':', userinfo) else {
        // A token in place of a user: `https://TOKEN@host/`.
        let is_token = userinfo.len() >= 20
            && host_is_real
            && userinfo.iter().all(|byte| is_word(*byte) || *byte == b'-')
            && !filters::is_placeholder(userinfo)
            && looks_random(userinfo);
        return is_token.then(|| Found::new(end, end + userinfo.len()));
    };
    let (user, password) = (userinfo.get(..colon)?, userinfo.get(colon + 1..)?);
    let is_weak = filters::is_weak_escaped(password);
    if !host_is_real || is_example_host(host) || is_weak || !is_plain_password(user, password) {
        return None;
    }
    let from = end + colon + 1;
    Some(Found::new(from, from + password.len()))
}

/// Hosts that are reserved for examples (RFC 2606).
fn is_example_host(host: &[u8]) -> bool {
    let name = host.split(|byte| *byte == b':').next().unwrap_or_default();
    [
        &b"example.com"[..],
        b"example.org",
        b"example.net",
        b"example",
        b".test",
        b".invalid",
    ]
    .iter()
    .any(|reserved| name.len() >= reserved.len() && name.to_ascii_lowercase().ends_with(reserved))
}

/// The rule of the family that a scheme belongs to; the scheme ends at `end`.
pub(crate) fn rule_of_scheme(text: &[u8], end: usize) -> Option<&'static Rule> {
    let before = text.get(end.saturating_sub(24)..end)?;
    let is_scheme = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+.-".contains(*byte);
    let len = before.iter().rev().take_while(is_scheme).count();
    let scheme = before.get(before.len() - len..)?.to_ascii_lowercase();
    let known = table::SCHEMES
        .binary_search_by(|(known, _)| known.bytes(table::TEXT).cmp(scheme.as_slice()));
    let found = known.ok().and_then(|at| table::SCHEMES.get(at));
    let rule = found.map_or(table::OTHER_SCHEME, |(_, rule)| *rule);
    table::RULES.get(usize::from(rule))
}

/// Not a variable, a placeholder or a word of examples.
fn is_plain_password(user: &[u8], password: &[u8]) -> bool {
    let dynamic = password.iter().any(|byte| b"{}<>()[]*".contains(byte))
        || password.windows(2).any(
            |pair| matches!(pair, [b'$', next] if next.is_ascii_alphanumeric() || *next == b'_'),
        )
        || password.first() == Some(&b'%')
        || password.starts_with(b":")
        || password
            .windows(2)
            .any(|pair| matches!(pair, [b'%', b's' | b'd' | b'@' | b'(']));
    password.len() >= 5
        && !dynamic
        && !password.eq_ignore_ascii_case(user)
        && !filters::is_placeholder(password)
        && !filters::is_weak_word(password)
        && !table::PASSWORD_WORDS.is_in(password)
}

/// Names that hold no secret although a word of theirs says so.
fn is_harmless_name(name: &[u8]) -> bool {
    table::HARMLESS.is_in(name)
}

/// Names whose value may look like a secret and is none; asked when all else was found sound.
fn names_no_secret(name: &[u8]) -> bool {
    names_an_id(name) || table::NEGATIONS.is_in(name)
}

/// `credentialId`, `kms_key_id`, `UserSecretsId`: what tells things apart opens nothing. An id of
/// a client is kept: it is half of a pair of credentials.
fn names_an_id(name: &[u8]) -> bool {
    let Some((rest, [first, last])) = name.split_last_chunk::<2>() else {
        return false;
    };
    let hump = *first == b'I'
        && matches!(last, b'd' | b'D')
        && rest.last().is_some_and(u8::is_ascii_lowercase);
    let apart = first.eq_ignore_ascii_case(&b'i')
        && last.eq_ignore_ascii_case(&b'd')
        && matches!(rest.last(), Some(b'_' | b'-' | b'.'));
    (hump || apart) && !contains_folded(rest, b"client")
}

fn generic(rule: &Rule, text: &[u8], start: usize, end: usize) -> Option<Found> {
    let found = assignment(text, start, end)?;
    let class = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.=+/~:".contains(byte);
    let len = found.value.iter().take_while(|byte| class(byte)).count();
    let value = found.value.get(..len)?;
    let complete = len == found.value.len()
        || (!found.quoted && matches!(found.value.get(len), Some(b'#' | b'?')));
    if !complete || !(15..=200).contains(&value.len()) || is_harmless_name(found.name) {
        return None;
    }
    if found.is_type_name || found.is_basic || is_identifier_like(found.name, value) {
        return None;
    }
    if table::REFERENCES.is_in(value) || is_file_name(value) {
        return None;
    }
    let sound = filters::is_plausible(value, 0, rule.needs, rule.check) && looks_random(value);
    // Without quotes a dotted or qualified name is code.
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let mixed = digits >= 4 || digits >= 2 && filters::change_percent(value) >= 35;
    let plain = mixed && !is_dotted_name(value) && !value.contains(&b':');
    let believable = found.quoted || plain && (found.tight || is_line_end(text, found.start + len));
    let secret = !is_ciphertext(value)
        && !names_no_secret(found.name)
        && !belongs_elsewhere(text, start, &found);
    (sound && believable && secret).then(|| Found::new(found.start, found.start + len))
}

/// `tokenizer.nextToken`: dots join names, unless one of the parts is as long and random as no
/// name is.
fn is_dotted_name(value: &[u8]) -> bool {
    let longest = value
        .split(|byte| *byte == b'.')
        .max_by_key(|part| part.len());
    value.contains(&b'.') && !longest.is_some_and(|part| part.len() >= 24 && looks_random(part))
}

/// A value that tools have encrypted may stand anywhere.
fn is_ciphertext(value: &[u8]) -> bool {
    table::CIPHERTEXTS.begins_with(value)
}

/// Whether the documentation of a provider says that its values look otherwise: the name is the
/// provider's or the value begins as the provider's do, and the rule that knows the form did not
/// speak. What somebody chose himself (a password, the secret of a webhook) has no such form.
fn belongs_elsewhere(text: &[u8], start: usize, found: &Assigned<'_>) -> bool {
    let chosen = contains_folded(found.name, b"pass") || contains_folded(found.name, b"webhook");
    let before = text.get(start.saturating_sub(NAMED)..found.start);
    let before = before.unwrap_or_default();
    let line = find_last(b'\n', before).map_or(before, |at| before.get(at..).unwrap_or_default());
    !chosen && table::EXCLUSIVE_NAMES.begins_word_in(line)
        || table::EXCLUSIVE_PREFIXES.begins_with(found.value)
}

/// `….png` after what looked like a token: it was a part of a file's name.
fn is_file_tail(text: &[u8], at: usize) -> bool {
    let Some([b'.', rest @ ..]) = text.get(at..(at + 7).min(text.len())) else {
        return false;
    };
    let len = rest
        .iter()
        .take_while(|byte| byte.is_ascii_lowercase())
        .count();
    (2..=4).contains(&len)
        && rest
            .get(len)
            .is_none_or(|byte| b"\"') \t\r\n?#".contains(byte))
}

/// A path that ends in an extension: `doc/man3/PKCS12_item.pod`.
fn is_file_name(value: &[u8]) -> bool {
    let Some(dot) = value.iter().rposition(|&byte| byte == b'.') else {
        return false;
    };
    let extension = value.get(dot + 1..).unwrap_or_default();
    value.contains(&b'/')
        && (1..=5).contains(&extension.len())
        && extension.iter().all(u8::is_ascii_lowercase)
}

/// Short hexadecimal numbers are sums and ids; so is a UUID, unless the name is clear.
fn is_identifier_like(name: &[u8], value: &[u8]) -> bool {
    let is_hex = value.iter().all(u8::is_ascii_hexdigit);
    let is_uuid = value.len() == 36
        && value.iter().filter(|byte| **byte == b'-').count() == 4
        && value
            .iter()
            .all(|byte| byte.is_ascii_hexdigit() || *byte == b'-');
    is_hex && value.len() < 24 || is_uuid && !table::CLEAR_NAMES.is_in(name)
}

fn is_line_end(text: &[u8], at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    let ends = b"\n\r<&\"'\\;,";
    rest.starts_with(b" #") || rest.first().is_none_or(|byte| ends.contains(byte))
}

fn password(rule: &Rule, text: &[u8], start: usize, end: usize) -> Option<Found> {
    let found = assignment(text, start, end)?;
    let value = found.value;
    if !(8..=64).contains(&value.len()) || is_harmless_name(found.name) {
        return None;
    }
    let printable = value.iter().all(|byte| byte.is_ascii_graphic());
    if !printable || !is_plain_password(b"", value) || !has_password_classes(value, found.quoted) {
        return None;
    }
    // Unquoted text is a value only in configuration and commands, not in code.
    let random =
        value.len() >= 12 && looks_random(value) && is_line_end(text, found.start + value.len());
    let believable =
        found.quoted || (found.tight || found.option || random) && !value.contains(&b'.');
    let code = value.contains(&b'(')
        || find_word(value, b"\\x").is_some()
        || value.starts_with(b"http")
        || value.starts_with(b"/")
        || value.starts_with(b"./");
    let sound = filters::is_plausible(value, rule.entropy, rule.needs, rule.check)
        && !is_ciphertext(value)
        && !names_no_secret(found.name)
        && !belongs_elsewhere(text, start, &found);
    (believable && sound && !code).then(|| Found::new(found.start, found.start + value.len()))
}

/// `4ian1234`: letters and at least three digits, which no name ends in by chance.
fn is_word_with_number(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    (3..value.len()).contains(&digits) && value.iter().all(u8::is_ascii_alphanumeric)
}

/// Three kinds of characters, or letters and digits that do not read like a name.
fn has_password_classes(value: &[u8], quoted: bool) -> bool {
    let digit = value.iter().any(u8::is_ascii_digit);
    let lower = value.iter().any(u8::is_ascii_lowercase);
    let upper = value.iter().any(u8::is_ascii_uppercase);
    let special = value.iter().any(|byte| b"!@#%^&*?~+$".contains(byte));
    let kinds = usize::from(digit) + usize::from(lower) + usize::from(upper) + usize::from(special);
    let identifier = value
        .iter()
        .all(|byte| is_word(*byte) || matches!(byte, b'-' | b'.' | b':' | b'/'));
    kinds >= 3
        && (!identifier
            || looks_random(value)
            || filters::change_percent(value) >= 30 && !reads_like_words(value))
        || kinds >= 2 && digit && special && !identifier
        || quoted && kinds >= 2 && is_word_with_number(value)
}

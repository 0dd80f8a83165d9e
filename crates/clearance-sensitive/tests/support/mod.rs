//! Reads `rules/*.toml`: the schema, the shape language, and made-up values for examples.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    dead_code,
    unreachable_pub
)]

use serde::Deserialize;

pub const FILES: &[&str] = &["tokens", "near", "special"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    pub rule: Vec<Rule>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Stable id.
    pub id: String,
    /// What it is.
    pub what: String,
    /// Where the format is documented.
    pub source: String,
    #[serde(default = "high")]
    pub severity: String,
    /// Shapes of the whole value, see `parse`.
    #[serde(default)]
    pub token: Vec<String>,
    /// Words that stand close before a value.
    #[serde(default)]
    pub near: Vec<String>,
    /// The value near such a word.
    #[serde(default)]
    pub value: Vec<String>,
    /// Words that start a shape that is code: `block`, `manifest`, `url`, `generic`, `password`.
    #[serde(default)]
    pub code: Option<String>,
    #[serde(default)]
    pub words: Vec<String>,
    /// Tenths of a bit per byte; by default derived from the shape.
    pub entropy: Option<u8>,
    #[serde(default)]
    pub check: Option<String>,
    #[serde(default)]
    pub needs: Vec<String>,
    #[serde(default)]
    pub open_left: bool,
    #[serde(default)]
    pub open_right: bool,
    #[serde(default)]
    pub rank: Option<u8>,
    /// Names whose values have the forms of this rule and no other, by the documentation: the
    /// generic rules say nothing of them. The rule's own beginnings count as well.
    #[serde(default)]
    pub exclusive: Vec<String>,
    /// `{}` stands for a value made from the first shape, `{n}` from shape n.
    pub hits: Vec<String>,
    /// `{short}` is cut by three, `{long}` has three more, `{same}` is one letter repeated, `{bad}` has a wrong check.
    pub misses: Vec<String>,
}

fn high() -> String {
    "high".to_owned()
}

pub fn load() -> Vec<Rule> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/rules");
    let mut all = Vec::new();
    for name in FILES {
        let text = std::fs::read_to_string(format!("{root}/{name}.toml")).expect("a rule file");
        let file: File = toml::from_str(&text).unwrap_or_else(|e| panic!("{name}.toml: {e}"));
        all.extend(file.rule);
    }
    all
}

/// One piece of a shape.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    Literal(String),
    Folded(String),
    Run(u128, u16, u16),
}

/// The shape language: literals, `[classes]`, `{n}` or `{n,m}` after a class, `(?i:literal)`,
/// and `\` before a byte that stands for itself. `\d`, `\w` (word), `\h` (hex), `\H` (upper hex), `\b` (base64),
/// `\u` (base64url), `\a` (letters and digits), `\l` (lower and digits), `\U` (upper and digits), `\n` (white space), `\q`
/// (what an unquoted shell word may hold).
pub fn parse(shape: &str) -> Vec<Piece> {
    let bytes = shape.as_bytes();
    let mut out: Vec<Piece> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'(' if shape[at..].starts_with("(?i:") => {
                let close = at + shape[at..].find(')').expect("a closing parenthesis");
                out.push(Piece::Folded(shape[at + 4..close].to_lowercase()));
                at = close + 1;
            }
            b'[' => {
                let close = at + 1 + class_end(&bytes[at + 1..]);
                out.push(Piece::Run(class(&bytes[at + 1..close]), 1, 1));
                at = close + 1;
            }
            b'\\' if named(bytes[at + 1]).is_some() => {
                out.push(Piece::Run(named(bytes[at + 1]).unwrap(), 1, 1));
                at += 2;
            }
            b'{' => {
                let close = at + shape[at..].find('}').expect("a closing brace");
                let (min, max) = match shape[at + 1..close].split_once(',') {
                    Some((min, max)) => (
                        min.parse().expect("a number"),
                        max.parse().expect("a number"),
                    ),
                    None => {
                        let n = shape[at + 1..close].parse().expect("a number");
                        (n, n)
                    }
                };
                match out.last_mut() {
                    Some(Piece::Run(_, low, high)) => (*low, *high) = (min, max),
                    _ => panic!("`{shape}`: a count needs a class before it"),
                }
                at = close + 1;
            }
            byte => {
                let byte = if byte == b'\\' {
                    at += 1;
                    bytes[at]
                } else {
                    byte
                };
                match out.last_mut() {
                    Some(Piece::Literal(text)) => text.push(char::from(byte)),
                    _ => out.push(Piece::Literal(char::from(byte).to_string())),
                }
                at += 1;
            }
        }
    }
    out
}

fn class_end(bytes: &[u8]) -> usize {
    let mut at = 0;
    while bytes[at] != b']' || at == 0 {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at
}

fn range(low: u8, high: u8) -> u128 {
    (low..=high).fold(0, |bits, byte| bits | 1 << byte)
}

pub fn named(name: u8) -> Option<u128> {
    let digits = range(b'0', b'9');
    let lower = range(b'a', b'z');
    let upper = range(b'A', b'Z');
    Some(match name {
        b'd' => digits,
        b'w' => digits | lower | upper | 1 << b'_',
        b'h' => digits | range(b'a', b'f'),
        b'H' => digits | range(b'A', b'F'),
        b'b' => digits | lower | upper | 1 << b'+' | 1 << b'/',
        b'u' => digits | lower | upper | 1 << b'_' | 1 << b'-',
        b'a' => digits | lower | upper,
        b'l' => digits | lower,
        b'U' => digits | upper,
        b'q' => {
            range(0x21, 0x7e)
                & !b"\"'`$<>{}\\|;&"
                    .iter()
                    .fold(0, |bits, byte| bits | 1 << byte)
        }
        b'n' => 1 << b' ' | 1 << b'\t' | 1 << b'\n' | 1 << b'\r',
        _ => return None,
    })
}

fn class(inside: &[u8]) -> u128 {
    let (negated, inside) = match inside {
        [b'^', rest @ ..] => (true, rest),
        inside => (false, inside),
    };
    let mut bits = 0;
    let mut at = 0;
    while at < inside.len() {
        match (inside[at], inside.get(at + 1), inside.get(at + 2)) {
            (b'\\', Some(&name), _) => {
                bits |= named(name).unwrap_or(1 << name);
                at += 2;
            }
            (low, Some(b'-'), Some(&high)) => {
                bits |= range(low, high);
                at += 3;
            }
            (byte, _, _) => {
                bits |= 1 << byte;
                at += 1;
            }
        }
    }
    if negated {
        !bits & range(0x21, 0x7e)
    } else {
        bits
    }
}

/// A small generator of numbers; the same seed gives the same values.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let mixed = (self.0 >> 33) ^ (self.0 >> 15);
        usize::try_from(mixed % sides as u64).expect("small")
    }
}

/// A made-up value of a shape. `check` is made valid.
pub fn make(shape: &str, check: Option<&str>, dice: &mut Dice) -> String {
    loop {
        let mut out = String::new();
        for piece in parse(shape) {
            match piece {
                Piece::Literal(text) | Piece::Folded(text) => out.push_str(&text),
                Piece::Run(class, min, max) => {
                    let max = max.min(min.saturating_add(24));
                    let count = usize::from(min) + dice.roll(usize::from(max - min) + 1);
                    let members: Vec<char> = (0x20..127_u8)
                        .filter(|b| class >> b & 1 == 1)
                        .map(char::from)
                        .collect();
                    for _ in 0..count {
                        out.push(members[dice.roll(members.len())]);
                    }
                }
            }
        }
        if let Some(valid) = with_check(out, check, dice) {
            return valid;
        }
    }
}

fn with_check(value: String, check: Option<&str>, dice: &mut Dice) -> Option<String> {
    match check {
        Some("crc32-base62") => {
            let (body, _) = value.split_at(value.len() - 6);
            let start = body.rfind('_').map_or(0, |at| at + 1);
            Some(format!(
                "{body}{}",
                base62(crc32(&body.as_bytes()[start..]))
            ))
        }
        Some("crc32-base62-whole") => {
            let (body, _) = value.split_at(value.len() - 6);
            Some(format!("{body}{}", base62(crc32(body.as_bytes()))))
        }
        Some("jwt") => {
            use base64::Engine as _;
            let code = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
            let tail = value.rsplit('.').next()?.to_owned();
            Some(format!(
                "{}.{}.{tail}",
                code(r#"{"alg":"HS256","typ":"JWT"}"#),
                code(&format!(r#"{{"sub":"{}"}}"#, dice.roll(1_000_000)))
            ))
        }
        Some("basic-auth") => {
            use base64::Engine as _;
            let word: String = (0..12)
                .map(|_| char::from(b'a' + dice.roll(26) as u8))
                .collect();
            let coded = base64::engine::general_purpose::STANDARD
                .encode(format!("svc:{word}{}", dice.roll(100_000)));
            Some(match value.split_once(' ') {
                Some((scheme, _)) => format!("{scheme} {coded}"),
                None => coded,
            })
        }
        // The others are rare enough to be written out in the rule's examples.
        _ => Some(value),
    }
}

/// CRC-32 as in zlib, bit by bit: the reference for the table in the crate.
pub fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                crc >> 1 ^ 0xedb8_8320
            } else {
                crc >> 1
            };
        }
    }
    !crc
}

pub fn base62(mut number: u32) -> String {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut out = [b'0'; 6];
    for slot in out.iter_mut().rev() {
        *slot = DIGITS[(number % 62) as usize];
        number /= 62;
    }
    String::from_utf8(out.to_vec()).expect("digits")
}

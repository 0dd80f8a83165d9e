//! The words of Perl that are known.

/// Words before which a slash begins a pattern.
pub(super) const BEFORE_PATTERN: &[&str] = &[
    "split", "grep", "map", "join", "and", "or", "not", "if", "elsif", "unless", "while", "until",
    "print", "return", "push", "x", "eq", "ne", "cmp", "first", "any", "all", "none", "xor", "say",
];

/// Operators of several characters, longer ones first.
pub(super) const OPS: &[&[u8]] = &[
    b"<=>", b"**=", b"||=", b"&&=", b"//=", b"...", b"=>", b"->", b"::", b"==", b"!=", b"=~",
    b"!~", b"<=", b">=", b"&&", b"||", b"//", b"..", b"++", b"--", b"+=", b"-=", b"*=", b"/=",
    b".=", b"x=", b"%=", b"|=", b"&=", b"^=", b"**", b"<<", b">>",
];

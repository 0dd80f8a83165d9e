//! A name for a value that does not tell the value.

use core::fmt;
use core::str::FromStr;

use hmac_sha256::HMAC;

/// Identifies a value under a rule without revealing it: the first half of an HMAC-SHA-256
/// (RFC 2104) of both, keyed with the salt.
///
/// With a salt that stays private, a published baseline does not help to guess weak values.
/// The same value under the same rule and salt always has the same fingerprint.
///
/// # Examples
///
/// ```
/// use clearance_sensitive::Fingerprint;
///
/// let one = Fingerprint::of(b"salt", "generic-password", b"correct horse");
/// assert_eq!(one, Fingerprint::of(b"salt", "generic-password", b"correct horse"));
/// assert_ne!(one, Fingerprint::of(b"pepper", "generic-password", b"correct horse"));
/// assert_eq!(one.to_string().parse(), Ok(one));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// The fingerprint of a value under a rule.
    pub fn of(salt: &[u8], rule: &str, value: &[u8]) -> Self {
        let mut hash = HMAC::new(salt);
        // The length keeps the parts apart.
        hash.update((rule.len() as u64).to_le_bytes());
        hash.update(rule);
        hash.update(value);
        let mut out = [0; 16];
        for (slot, byte) in out.iter_mut().zip(hash.finalize()) {
            *slot = byte;
        }
        Self(out)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

/// Text that is no fingerprint: not 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint has 32 hexadecimal digits")]
pub struct NoFingerprint;

impl FromStr for Fingerprint {
    type Err = NoFingerprint;

    /// Reads what [`Display`](fmt::Display) wrote.
    ///
    /// # Errors
    ///
    /// When the text is not 32 hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() != 32 {
            return Err(NoFingerprint);
        }
        let bytes = crate::scan::hex_decode(text.as_bytes()).ok_or(NoFingerprint)?;
        bytes.try_into().map(Self).map_err(|_| NoFingerprint)
    }
}

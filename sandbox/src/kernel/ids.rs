//! Identifiers: each follows from a seed and from words, so that the same requests make the same world. The central type
//! is [`Counters`].
//!
//! Not here: randomness.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How many things were given an id. Requests are counted apart: how often somebody polls names nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counters {
    pub(crate) things: u64,
    pub(crate) requests: u64,
}

/// A digest of these words and the seed, in hexadecimal.
pub(crate) fn digest(seed: u64, words: &[&str]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(seed.to_be_bytes());
    for word in words {
        hasher.update(word.as_bytes());
        hasher.update([0]);
    }
    hex(&hasher.finalize())
}

/// An identifier in the form of a UUID that follows from these words.
pub(crate) fn uuid(seed: u64, words: &[&str]) -> String {
    let hex = digest(seed, words);
    format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

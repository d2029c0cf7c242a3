//! Secrets that a browser or an invited person holds; here only their hashes are kept.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use std::fmt;

/// Bytes of a token: nobody guesses 256 bits.
const BYTES: usize = 32;

/// 256 random bits as text that fits a cookie and an address.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A new one.
    ///
    /// # Panics
    /// The operating system has no random bytes to give.
    pub fn new() -> Self {
        let mut bytes = [0; BYTES];
        SystemRandom::new().fill(&mut bytes).expect("the system gives random bytes");
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// From text that somebody sent; `None` if it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let decoded = URL_SAFE_NO_PAD.decode(text).ok()?;
        (decoded.len() == BYTES).then(|| Self(text.to_owned()))
    }

    /// The secret itself, for whom it is.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// What is kept of it. As it is random there is nothing to guess, and no salt is wanted.
    pub(crate) fn hash(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, self.0.as_bytes()))
    }
}

impl Default for Token {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Token {
    /// Not the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_back_from_its_text_and_shows_itself_to_no_log() {
        let token = Token::new();
        assert_eq!(Token::parse(token.text()), Some(token.clone()));
        assert_ne!(Token::new(), token);
        assert_eq!(format!("{token:?}"), "Token(…)");
        for wrong in ["", "abc", "ä", &"A".repeat(42), &"A".repeat(44)] {
            assert_eq!(Token::parse(wrong), None, "{wrong}");
        }
    }
}

//! Ed25519 keys in the text forms of C2SP signed-note: `name+id+base64` for the public one, and
//! `PRIVATE+KEY+name+id+base64` for the secret one, as Go's `sumdb/note` writes it.

use crate::hash::Hash;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use std::fmt;

/// Signature type of a plain Ed25519 signature over the note's text.
const PLAIN: u8 = 1;
/// Signature type of a timestamped Ed25519 cosignature.
const COSIGNATURE: u8 = 4;
const PRIVATE: &str = "PRIVATE+KEY+";
/// Longest name of a key, bytes.
const NAME_LEN_MAX: usize = 255;

/// Why a text is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not `name+id+base64`.
    #[error("is not of the form name+id+base64")]
    Form,
    /// A name with a space, a plus or nothing in it.
    #[error("has a name with a space or a plus in it, or none, or too long a one")]
    Name,
    /// The id is not the one of this name and key.
    #[error("says id {stated:08x}, but its name and key give {computed:08x}: it was mistyped")]
    Id {
        /// As written.
        stated: u32,
        /// As it should be.
        computed: u32,
    },
    /// Not Ed25519.
    #[error("is of type {0}, this software knows Ed25519 (types 1 and 4) only")]
    Type(u8),
}

/// Whether `name` may name a key: not empty, no spaces, no plus, no control characters.
pub(crate) fn is_name(name: &str) -> bool {
    let forbidden = |c: char| c.is_whitespace() || c == '+' || c.is_control();
    !name.is_empty() && name.len() <= NAME_LEN_MAX && !name.contains(forbidden)
}

fn key_id(name: &str, kind: u8, public: &[u8; 32]) -> u32 {
    let mut bytes = name.as_bytes().to_vec();
    bytes.extend([b'\n', kind]);
    bytes.extend(public);
    let Hash(hash) = Hash::of(&bytes);
    u32::from_be_bytes(hash[..4].try_into().expect("four bytes"))
}

/// A public key and the name it signs under. Verifies plain signatures and cosignatures alike: the
/// two differ in their key id and in what is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    public: [u8; 32],
}

impl VerifierKey {
    /// `None` if the name cannot name a key.
    pub fn new(name: &str, public: [u8; 32]) -> Option<Self> {
        is_name(name).then(|| Self { name: name.to_owned(), public })
    }

    /// Whose key it is.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its 32 bytes.
    pub fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// Key id of its plain signatures.
    pub fn plain_id(&self) -> u32 {
        key_id(&self.name, PLAIN, &self.public)
    }

    /// Key id of its cosignatures.
    pub fn cosignature_id(&self) -> u32 {
        key_id(&self.name, COSIGNATURE, &self.public)
    }

    /// Whether `signature` is this key's over `message`.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.public).verify(message, signature).is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![PLAIN];
        bytes.extend(self.public);
        write!(out, "{}+{:08x}+{}", self.name, self.plain_id(), STANDARD.encode(bytes))
    }
}

impl std::str::FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (name, stated, kind, public) = parts(text)?;
        let key = Self::new(name, public).ok_or(KeyError::Name)?;
        matches(stated, key_id(name, kind, &public))?;
        Ok(key)
    }
}

fn matches(stated: u32, computed: u32) -> Result<(), KeyError> {
    if stated == computed { Ok(()) } else { Err(KeyError::Id { stated, computed }) }
}

/// Name, stated id, type and 32 bytes of `name+id+base64`. The base64 may hold a plus.
fn parts(text: &str) -> Result<(&str, u32, u8, [u8; 32]), KeyError> {
    let mut fields = text.splitn(3, '+');
    let (Some(name), Some(id), Some(key)) = (fields.next(), fields.next(), fields.next()) else {
        return Err(KeyError::Form);
    };
    if id.len() != 8 || !id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(KeyError::Form);
    }
    let id = u32::from_str_radix(id, 16).map_err(|_| KeyError::Form)?;
    let bytes = STANDARD.decode(key).map_err(|_| KeyError::Form)?;
    let (kind, bytes) = bytes.split_first().ok_or(KeyError::Form)?;
    if ![PLAIN, COSIGNATURE].contains(kind) {
        return Err(KeyError::Type(*kind));
    }
    Ok((name, id, *kind, bytes.try_into().map_err(|_| KeyError::Form)?))
}

/// A secret key. It is never shown; [`Signer::to_secret_text`] is for the file it is kept in.
pub struct Signer {
    key: VerifierKey,
    seed: [u8; 32],
    pair: Ed25519KeyPair,
}

impl fmt::Debug for Signer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Signer({})", self.key)
    }
}

impl Signer {
    /// The key that grows from 32 random bytes (RFC 8032 §5.1.5); `None` if the name cannot name
    /// a key.
    pub fn from_seed(name: &str, seed: [u8; 32]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).expect("any 32 bytes are a seed");
        let public = pair.public_key().as_ref().try_into().expect("a public key has 32 bytes");
        Some(Self { key: VerifierKey::new(name, public)?, seed, pair })
    }

    /// Reads what [`Signer::to_secret_text`] wrote.
    pub fn from_secret_text(text: &str) -> Result<Self, KeyError> {
        let text = text.strip_prefix(PRIVATE).ok_or(KeyError::Form)?;
        let (name, stated, kind, seed) = parts(text)?;
        if kind != PLAIN {
            return Err(KeyError::Type(kind));
        }
        let signer = Self::from_seed(name, seed).ok_or(KeyError::Name)?;
        matches(stated, signer.key.plain_id())?;
        Ok(signer)
    }

    /// The secret in one line, without a newline.
    pub fn to_secret_text(&self) -> String {
        let mut bytes = vec![PLAIN];
        bytes.extend(self.seed);
        format!("{PRIVATE}{}+{:08x}+{}", self.key.name, self.key.plain_id(), STANDARD.encode(bytes))
    }

    /// The public half.
    pub fn key(&self) -> &VerifierKey {
        &self.key
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.pair.sign(message).as_ref().try_into().expect("a signature has 64 bytes")
    }
}

//! Text signed by one or more keys: C2SP signed-note.

use crate::key::{Signer, VerifierKey, is_name};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write;

/// Longest note that is read, bytes.
pub const NOTE_LEN_MAX: usize = 64 << 10;
/// Signatures at most; a reader has to take 16.
pub const SIGNATURES_MAX: usize = 64;

/// Why bytes are no note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Over [`NOTE_LEN_MAX`].
    #[error("the note is longer than {NOTE_LEN_MAX} bytes")]
    TooLong,
    /// Not UTF-8, or with control characters.
    #[error("the note is not plain UTF-8 text")]
    NotText,
    /// No empty line before signatures, or none of them.
    #[error("the note has no signatures after an empty line")]
    Unsigned,
    /// A line that should be a signature is none.
    #[error("a signature line of the note is malformed")]
    Signature,
    /// Over [`SIGNATURES_MAX`].
    #[error("the note has more than {SIGNATURES_MAX} signatures")]
    TooManySignatures,
}

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Name of the key.
    pub name: String,
    /// First four bytes of the hash of name, type and key.
    pub key_id: u32,
    /// What the key's type makes of it.
    pub bytes: Vec<u8>,
}

impl Signature {
    fn line(&self) -> String {
        let mut bytes = self.key_id.to_be_bytes().to_vec();
        bytes.extend(&self.bytes);
        format!("— {} {}\n", self.name, STANDARD.encode(bytes))
    }

    fn parse(line: &str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix("— ")?.split_once(' ')?;
        let bytes = STANDARD.decode(encoded).ok()?;
        let (id, bytes) = bytes.split_first_chunk::<4>()?;
        (is_name(name) && !bytes.is_empty()).then(|| Self {
            name: name.to_owned(),
            key_id: u32::from_be_bytes(*id),
            bytes: bytes.to_vec(),
        })
    }
}

/// What a signature of a known key turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// No signature of that key.
    Absent,
    /// One that does not verify.
    Wrong,
    /// One that does; of a cosignature the seconds since 1970.
    Right(Option<u64>),
}

/// A text and its signatures. That it parsed says nothing of whether they are right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The text, its last newline included.
    pub text: String,
    /// The signatures in their order.
    pub signatures: Vec<Signature>,
}

impl Note {
    /// Reads a note. The signatures are not verified.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > NOTE_LEN_MAX {
            return Err(NoteError::TooLong);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| NoteError::NotText)?;
        if text.bytes().any(|b| b < 0x20 && b != b'\n') {
            return Err(NoteError::NotText);
        }
        let empty_line = text.rfind("\n\n").ok_or(NoteError::Unsigned)?;
        let (text, lines) = (&text[..=empty_line], &text[empty_line + 2..]);
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Unsigned)?;
        if lines.split('\n').count() > SIGNATURES_MAX {
            return Err(NoteError::TooManySignatures);
        }
        let signatures = lines.split('\n').map(Signature::parse);
        let signatures = signatures.collect::<Option<_>>().ok_or(NoteError::Signature)?;
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// `text`, which ends in a newline, not yet signed.
    pub fn unsigned(text: String) -> Self {
        Self { text, signatures: Vec::new() }
    }

    /// Adds a plain signature.
    pub fn sign(&mut self, signer: &Signer) {
        self.add(signer.key(), signer.key().plain_id(), signer.sign(self.text.as_bytes()).into());
    }

    /// Adds a cosignature made at `unix_s`, seconds since 1970.
    pub fn cosign(&mut self, signer: &Signer, unix_s: u64) {
        let mut bytes = unix_s.to_be_bytes().to_vec();
        bytes.extend(signer.sign(cosigned(&self.text, unix_s).as_bytes()));
        self.add(signer.key(), signer.key().cosignature_id(), bytes);
    }

    /// A newer signature of the same key takes the place of the older.
    fn add(&mut self, key: &VerifierKey, key_id: u32, bytes: Vec<u8>) {
        self.signatures.retain(|s| s.name != key.name() || s.key_id != key_id);
        self.signatures.push(Signature { name: key.name().to_owned(), key_id, bytes });
    }

    pub(crate) fn plain(&self, key: &VerifierKey) -> Verdict {
        self.verdict(key, key.plain_id(), |bytes| {
            key.verifies(self.text.as_bytes(), bytes).then_some(None)
        })
    }

    pub(crate) fn cosignature(&self, key: &VerifierKey) -> Verdict {
        self.verdict(key, key.cosignature_id(), |bytes| {
            let (time, signature) = bytes.split_first_chunk::<8>()?;
            let unix_s = u64::from_be_bytes(*time);
            let right = i64::try_from(unix_s).is_ok()
                && key.verifies(cosigned(&self.text, unix_s).as_bytes(), signature);
            right.then_some(Some(unix_s))
        })
    }

    /// All signatures of the key have to be right.
    fn verdict(
        &self,
        key: &VerifierKey,
        key_id: u32,
        check: impl Fn(&[u8]) -> Option<Option<u64>>,
    ) -> Verdict {
        let mut verdict = Verdict::Absent;
        for signature in &self.signatures {
            if signature.name == key.name() && signature.key_id == key_id {
                match check(&signature.bytes) {
                    Some(time) => verdict = Verdict::Right(time),
                    None => return Verdict::Wrong,
                }
            }
        }
        verdict
    }

    /// Whether a plain signature of `key` is there and right.
    pub fn is_signed_by(&self, key: &VerifierKey) -> bool {
        matches!(self.plain(key), Verdict::Right(_))
    }

    /// The note as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = self.text.clone();
        text.push('\n');
        for signature in &self.signatures {
            text.push_str(&signature.line());
        }
        text.into_bytes()
    }
}

/// What a cosignature signs: C2SP tlog-cosignature, Ed25519.
fn cosigned(text: &str, unix_s: u64) -> String {
    let mut message = String::with_capacity(text.len() + 40);
    write!(message, "cosignature/v1\ntime {unix_s}\n{text}").expect("a string takes it");
    message
}

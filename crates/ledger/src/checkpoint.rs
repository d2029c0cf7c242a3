//! The signed head of a log: C2SP tlog-checkpoint.

use crate::hash::Hash;
use crate::key::{Signer, VerifierKey};
use crate::merkle::SIZE_MAX;
use crate::note::{Note, NoteError, Verdict};

/// Why bytes are no checkpoint that can be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not a note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// A note whose text is no checkpoint.
    #[error("the note's text is not origin, size and root hash")]
    Form,
    /// Of another log.
    #[error("it is of the log {found}, not of {expected}")]
    Origin {
        /// As it says.
        found: String,
        /// As it should.
        expected: String,
    },
    /// The log's own signature is missing.
    #[error("it does not bear the signature of {0}")]
    Unsigned(String),
    /// A known key's signature is wrong.
    #[error("the signature of {0} on it is wrong")]
    SignatureWrong(String),
}

/// What a log's head says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: one line, unique among all logs.
    pub origin: String,
    /// Entries in it.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Hash,
}

impl Checkpoint {
    /// The text that is signed.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root)
    }

    /// Reads the text. Lines after the third are permitted and ignored.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let plain = size == "0" || !size.starts_with('0');
        let digits = !size.is_empty() && size.bytes().all(|b| b.is_ascii_digit());
        let size = size.parse().ok().filter(|size| *size <= SIZE_MAX)?;
        let root = Hash::from_base64(root)?;
        (plain && digits && !origin.is_empty() && lines.all(|line| !line.is_empty()))
            .then(|| Self { origin: origin.to_owned(), size, root })
    }
}

/// A checkpoint with its signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// What it says.
    pub checkpoint: Checkpoint,
    /// The note it is in.
    pub note: Note,
}

impl SignedCheckpoint {
    /// Signs a head as the log itself.
    pub fn sign(checkpoint: Checkpoint, signer: &Signer) -> Self {
        let mut note = Note::unsigned(checkpoint.text());
        note.sign(signer);
        Self { checkpoint, note }
    }

    /// Reads a checkpoint. The signatures are not verified.
    pub fn parse(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let note = Note::parse(bytes)?;
        let checkpoint = Checkpoint::parse(&note.text).ok_or(CheckpointError::Form)?;
        Ok(Self { checkpoint, note })
    }

    /// Reads a checkpoint of the log `origin`, signed by at least one of `keys`; where there is a
    /// signature of one of them that is wrong, the whole is refused.
    pub fn open(bytes: &[u8], origin: &str, keys: &[VerifierKey]) -> Result<Self, CheckpointError> {
        let signed = Self::parse(bytes)?;
        if signed.checkpoint.origin != origin {
            let found = signed.checkpoint.origin;
            return Err(CheckpointError::Origin { found, expected: origin.to_owned() });
        }
        let mut right = false;
        for key in keys {
            match signed.note.plain(key) {
                Verdict::Absent => {}
                Verdict::Wrong => return Err(CheckpointError::SignatureWrong(key.name().into())),
                Verdict::Right(_) => right = true,
            }
        }
        let name = || keys.first().map_or_else(|| origin.to_owned(), |key| key.name().to_owned());
        if right { Ok(signed) } else { Err(CheckpointError::Unsigned(name())) }
    }

    /// When one of `keys` cosigned it, seconds since 1970; `None` if none did.
    pub fn cosigned_by(&self, keys: &[VerifierKey]) -> Result<Option<u64>, CheckpointError> {
        let mut latest = None;
        for key in keys {
            match self.note.cosignature(key) {
                Verdict::Absent => {}
                Verdict::Wrong => return Err(CheckpointError::SignatureWrong(key.name().into())),
                Verdict::Right(time) => latest = latest.max(time),
            }
        }
        Ok(latest)
    }
}

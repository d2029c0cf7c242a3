//! What a party keeps of its partner's log: the newest head it has seen. A head that does not
//! continue it is not cosigned; two heads that contradict each other are evidence.

use crate::checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
use crate::hash::Hash;
use crate::key::{Signer, VerifierKey};
use crate::merkle::verify_consistency;

/// The partner's log as seen from here.
#[derive(Debug, Clone)]
pub struct Witness {
    origin: String,
    keys: Vec<VerifierKey>,
    newest: Option<SignedCheckpoint>,
}

/// Why a head is not cosigned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not a checkpoint of this log and key.
    #[error("the checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// Older than what was seen; the partner sends it again after a restart, or replays it.
    #[error("it is of size {size}, and {seen} was seen before")]
    Older {
        /// Its size.
        size: u64,
        /// Seen before.
        seen: u64,
    },
    /// Same size and another root: the partner has signed two histories.
    #[error("the partner has signed two different logs of the same size {}", .0.size)]
    Forked(Box<Evidence>),
    /// The proof does not lead from what was seen to this.
    #[error("it is not proven to continue the log of size {seen} that was seen before")]
    Unproven {
        /// Seen before.
        seen: u64,
    },
}

/// Two signed heads that no one log can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Entries in both.
    pub size: u64,
    /// The note seen first.
    pub first: Vec<u8>,
    /// The note that contradicts it.
    pub second: Vec<u8>,
}

impl Witness {
    /// A witness of the log `origin`, signed with one of `keys`. `newest` is the note it kept
    /// last, if any.
    pub fn new(
        origin: &str,
        keys: Vec<VerifierKey>,
        newest: Option<&[u8]>,
    ) -> Result<Self, CheckpointError> {
        let newest = newest.map(|note| SignedCheckpoint::open(note, origin, &keys)).transpose()?;
        Ok(Self { origin: origin.to_owned(), keys, newest })
    }

    /// Takes other keys in use for the heads to come.
    pub fn set_keys(&mut self, keys: Vec<VerifierKey>) {
        self.keys = keys;
    }

    /// Size of the newest head seen; the partner proves from here.
    pub fn seen(&self) -> u64 {
        self.newest.as_ref().map_or(0, |signed| signed.checkpoint.size)
    }

    /// The newest head seen.
    pub fn newest(&self) -> Option<&SignedCheckpoint> {
        self.newest.as_ref()
    }

    /// Judges a head; if it continues what was seen, returns the note with `signer`'s cosignature
    /// of `unix_s`. Keep that note on disk before it is sent.
    pub fn observe(
        &mut self,
        note: &[u8],
        proof: &[Hash],
        signer: &Signer,
        unix_s: u64,
    ) -> Result<Vec<u8>, Refusal> {
        let mut signed = SignedCheckpoint::open(note, &self.origin, &self.keys)?;
        let Checkpoint { size, root, .. } = signed.checkpoint;
        if let Some(newest) = &self.newest {
            let seen = newest.checkpoint.size;
            if size < seen {
                return Err(Refusal::Older { size, seen });
            }
            if size == seen && root != newest.checkpoint.root {
                let (first, second) = (newest.note.to_bytes(), signed.note.to_bytes());
                return Err(Refusal::Forked(Box::new(Evidence { size, first, second })));
            }
            if !verify_consistency((seen, newest.checkpoint.root), (size, root), proof) {
                return Err(Refusal::Unproven { seen });
            }
        }
        signed.note.cosign(signer, unix_s);
        let bytes = signed.note.to_bytes();
        self.newest = Some(signed);
        Ok(bytes)
    }
}

//! A proof that an entry is in a log, readable without the log: C2SP tlog-proof.

use crate::checkpoint::{CheckpointError, SignedCheckpoint};
use crate::hash::{Hash, leaf_hash};
use crate::key::VerifierKey;
use crate::merkle::verify_inclusion;
use crate::note::NOTE_LEN_MAX;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write;

/// How every proof begins.
pub const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";
/// Hashes at most: a tree of 2^62 leaves needs 62.
const PATH_MAX: usize = 64;
/// Longest proof that is read, bytes: an entry and its list may go along as extra data.
const PROOF_LEN_MAX: usize = 4 << 20;

/// Why a text proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Not a proof.
    #[error("it is not a proof of the form {FIRST_LINE}")]
    Form,
    /// The checkpoint in it is not to be trusted.
    #[error("its checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The path does not lead from the entry to the root.
    #[error("it does not lead from this entry to the signed root")]
    Path,
}

/// An entry's place in a log, the path to the root, and the signed root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// What goes along unproven; ours is the entry itself.
    pub extra: Option<Vec<u8>>,
    /// Number of the entry, from zero.
    pub index: u64,
    /// From the leaf's sibling up to the root's child.
    pub path: Vec<Hash>,
    /// The checkpoint as it was signed.
    pub checkpoint: Vec<u8>,
}

impl Proof {
    /// The proof as text.
    pub fn to_text(&self) -> String {
        let mut text = format!("{FIRST_LINE}\n");
        if let Some(extra) = &self.extra {
            writeln!(text, "extra {}", STANDARD.encode(extra)).expect("a string takes it");
        }
        writeln!(text, "index {}", self.index).expect("a string takes it");
        for hash in &self.path {
            writeln!(text, "{hash}").expect("a string takes it");
        }
        text.push('\n');
        text.push_str(&String::from_utf8_lossy(&self.checkpoint));
        text
    }

    /// Reads a proof. Nothing is verified.
    pub fn parse(bytes: &[u8]) -> Result<Self, ProofError> {
        if bytes.len() > PROOF_LEN_MAX {
            return Err(ProofError::Form);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| ProofError::Form)?;
        Self::read(text).ok_or(ProofError::Form)
    }

    fn read(text: &str) -> Option<Self> {
        let (head, checkpoint) = text.split_once("\n\n")?;
        let mut lines = head.split('\n').peekable();
        if lines.next()? != FIRST_LINE || checkpoint.len() > NOTE_LEN_MAX {
            return None;
        }
        let extra = lines.next_if(|line| line.starts_with("extra "));
        let extra = extra.map(|line| STANDARD.decode(&line["extra ".len()..]));
        let index = lines.next()?.strip_prefix("index ")?;
        let plain = index.bytes().all(|b| b.is_ascii_digit());
        if !plain || (index.starts_with('0') && index != "0") {
            return None;
        }
        let path = lines.map(Hash::from_base64).take(PATH_MAX + 1);
        let path: Vec<_> = path.collect::<Option<_>>()?;
        (path.len() <= PATH_MAX).then_some(Self {
            extra: extra.transpose().ok()?,
            index: index.parse().ok()?,
            path,
            checkpoint: checkpoint.as_bytes().to_vec(),
        })
    }

    /// The checkpoint under which `entry` is proven to be in the log `origin` signed by one of
    /// `keys`.
    pub fn verify(
        &self,
        entry: &[u8],
        origin: &str,
        keys: &[VerifierKey],
    ) -> Result<SignedCheckpoint, ProofError> {
        let signed = SignedCheckpoint::open(&self.checkpoint, origin, keys)?;
        let (size, root) = (signed.checkpoint.size, signed.checkpoint.root);
        if verify_inclusion(leaf_hash(entry), self.index, size, &self.path, root) {
            Ok(signed)
        } else {
            Err(ProofError::Path)
        }
    }
}

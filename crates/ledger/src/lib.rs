//! A party's ledger: tamper-evident logs of what was released, received, asked, answered and
//! decided, one log a pair of parties, so that a log's size and growth tell nothing of a third.
//!
//! The formats are published ones, so that anybody's tool can check them: Merkle tree of RFC 6962,
//! files as C2SP tlog-tiles, heads as C2SP tlog-checkpoint in C2SP signed-note with Ed25519,
//! the partner's signature as C2SP tlog-cosignature, proofs as C2SP tlog-proof.
//!
//! Start at [`Log`], the writer; [`audit`] is the reader who trusts nobody: it needs the files and
//! the public keys. [`Witness`] keeps what a partner has signed and catches it rewriting.
//! Nothing here reads a clock, a random number or a socket; files are behind [`Storage`].

pub mod audit;
mod checkpoint;
mod entry;
mod hash;
mod key;
mod log;
pub mod merkle;
mod note;
mod proof;
mod recover;
mod storage;
mod tail;
mod tile;
mod witness;

pub use checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
pub use entry::{Act, Direction, ENTRY_LEN_MAX, Entry, LIST_COUNT_MAX, RootText, batch_root};
pub use hash::{Hash, leaf_hash, node_hash};
pub use key::{KeyError, Signer, VerifierKey};
pub use log::{Log, LogError};
pub use note::{NOTE_LEN_MAX, Note, NoteError, SIGNATURES_MAX, Signature};
pub use proof::{FIRST_LINE as PROOF_FIRST_LINE, Proof, ProofError};
pub use recover::Recovery;
pub use storage::{FileStorage, MemoryStorage, Storage, Writes};
pub use tile::{Tile, entries_path, lists_path};
pub use witness::{Evidence, Refusal, Witness};

//! The raw event journal: append-only segment files of checksummed, numbered, timed records.
//!
//! # The promise
//! A record whose number [`Writer::sync`] has returned is on the disk: killing the process or
//! cutting the power at any moment after leaves it readable. What had been appended but not yet
//! synced survives as a prefix or not at all; the torn rest is cut when the journal is next opened
//! and counted in [`Recovery`]. The caller decides when to sync (one `sync` for a batch of events is the
//! usual group commit); nothing here runs in the background.
//!
//! # On the disk
//! One directory, one [`Writer`] at a time (a lock file), any number of [`Reader`]s meanwhile.
//! Segment `20261123T143200Z-000000000001.entj` starts at that UTC second with that sequence
//! number. The layout, all integers little-endian:
//!
//! ```text
//! segment header, 32 bytes     magic "ENTJRNL\0" · version u32 · zero u32 · first sequence u64
//!                              · start time i64 ns · (crc32 of all that replaces the zero)
//! record header, 32 bytes      marker u32 · payload length u32 · sequence u64 · time i64 ns
//!                              · payload crc32 · crc32 of the header so far
//! payload                      opaque to this module
//! ```
//!
//! Both checksums start from the segment's own identity, so a record of another journal that was
//! itself recorded as a payload can't be taken for one of ours while searching for the next good
//! record after damage. The header has a checksum of its own so that a bad payload costs one
//! record and a bad length can't swallow the records after it.

mod cursor;
mod format;
mod memory;
mod reader;
mod recover;
mod store;
mod writer;

pub use format::PAYLOAD_LEN_MAX;
pub use memory::{Crash, Fault, MemorySource, MemoryStore};
pub use reader::{Reader, Record};
pub use recover::Recovery;
pub use store::{FileStore, Store};
pub use writer::{Options, Retention, Writer};

use std::io;

/// Why the journal could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The storage refused: disk full, no permission, a failing device.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// What was tried: "append to", "sync".
        action: &'static str,
        /// On what.
        path: String,
        /// What the storage said.
        source: io::Error,
    },
    /// Another process, or another writer of this one, holds the directory.
    #[error("the journal in {path} is in use by another writer")]
    InUse {
        /// The lock file.
        path: String,
    },
    /// A payload over [`PAYLOAD_LEN_MAX`] bytes.
    #[error("a record of {length} bytes is over the limit of {PAYLOAD_LEN_MAX}")]
    RecordTooLong {
        /// Its length.
        length: usize,
    },
    /// A segment written by a later version of this software.
    #[error("{path} is of journal version {version}, this software reads version 1")]
    VersionUnknown {
        /// The segment.
        path: String,
        /// What it says.
        version: u32,
    },
    /// After a failed sync or a failed repair nobody knows what the disk holds: open it anew.
    #[error("the journal in {path} failed earlier and must be opened anew")]
    Failed {
        /// The segment where it failed.
        path: String,
    },
}

impl JournalError {
    fn io(action: &'static str, path: String) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, path, source }
    }
}

/// What a journal has lost, as far as reading has gone. All zero in a sound journal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Damage {
    /// Records whose header is good and whose payload is not.
    pub corrupt_payloads: u64,
    /// Times the reader lost the thread and searched for the next good record.
    pub resynchronisations: u64,
    /// Bytes passed over while searching.
    pub bytes_skipped: u64,
    /// Sequence numbers that should be there and are not, however they were lost.
    pub sequences_missing: u64,
    /// Segments that end within a record although a later segment exists.
    pub torn_segments: u64,
    /// Segments whose own header is bad; their records are read by the file's name.
    pub corrupt_segment_headers: u64,
}

impl Damage {
    /// Each count under its stable name, for metrics.
    pub fn counts(&self) -> [(&'static str, u64); 6] {
        [
            ("corrupt_payload", self.corrupt_payloads),
            ("resynchronisation", self.resynchronisations),
            ("bytes_skipped", self.bytes_skipped),
            ("sequence_missing", self.sequences_missing),
            ("torn_segment", self.torn_segments),
            ("corrupt_segment_header", self.corrupt_segment_headers),
        ]
    }

    /// Whether nothing was lost.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

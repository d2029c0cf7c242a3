//! The stretch of a journal that replays an incident.

use recording::journal::{JournalError, MemoryStore, Options, Reader, Store, Writer};
use std::collections::BTreeMap;
use std::io::Read;
use surveillance::Time;

/// Longest stretch, bytes of records.
pub const CUT_BYTES_MAX: u64 = 1 << 30;

/// From when to when, both included, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Begin.
    pub from: Time,
    /// End.
    pub to: Time,
}

/// A stretch of a journal as a journal of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// What was asked for.
    pub span: Span,
    /// Its files, by name.
    pub segments: Vec<(String, Vec<u8>)>,
    /// How many records, with those that come before the stretch because it cannot be read
    /// without them.
    pub records: u64,
    /// Number of the first record of the stretch in the journal it was taken from; 0 if there is
    /// none.
    pub first_sequence: u64,
    /// Number of the last.
    pub last_sequence: u64,
    /// Records that the journal had lost, so far as was read.
    pub missing: u64,
}

/// Why there is no cut.
#[derive(Debug, thiserror::Error)]
pub enum CutError {
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Too much.
    #[error(
        "the journal has more than {CUT_BYTES_MAX} bytes from {from} to {to}; choose a shorter time"
    )]
    TooLong {
        /// Begin.
        from: Time,
        /// End.
        to: Time,
    },
    /// Memory does not fail.
    #[error("cannot read the cut: {0}")]
    Io(#[from] std::io::Error),
}

/// Takes the records of `span` from a journal. `reader` begins some time before it. `context` says
/// of a payload that reading needs the newest of its kind from before, and which kind it is: a
/// configuration, numbers given.
///
/// # Errors
/// The journal cannot be read, or has too much in that time.
pub fn cut<S: Store>(
    reader: &mut Reader<S>,
    span: Span,
    context: impl Fn(&[u8]) -> Option<u8>,
) -> Result<Cut, CutError> {
    let store = MemoryStore::new();
    let kept = store.clone();
    let (mut writer, _) = Writer::open(store, Options::default())?;
    let mut before: BTreeMap<u8, (u64, Time, Vec<u8>)> = BTreeMap::new();
    let mut cut = Cut {
        span,
        segments: Vec::new(),
        records: 0,
        first_sequence: 0,
        last_sequence: 0,
        missing: 0,
    };
    let mut bytes = 0_u64;
    while let Some(record) = reader.read()? {
        if record.time < span.from {
            if let Some(kind) = context(record.payload) {
                before.insert(kind, (record.sequence, record.time, record.payload.to_vec()));
            }
            continue;
        }
        if record.time > span.to {
            // A clock set back may bring the stretch again; a minute beyond it, it is over.
            if record.time.seconds_since(span.to) > 60.0 {
                break;
            }
            continue;
        }
        if cut.first_sequence == 0 {
            cut.first_sequence = record.sequence;
            let mut first: Vec<_> = std::mem::take(&mut before).into_values().collect();
            first.sort_unstable();
            for (_, time, payload) in first {
                writer.append(time, &payload)?;
                cut.records += 1;
            }
        }
        cut.last_sequence = record.sequence;
        bytes += record.payload.len() as u64 + 32;
        if bytes > CUT_BYTES_MAX {
            return Err(CutError::TooLong { from: span.from, to: span.to });
        }
        writer.append(record.time, record.payload)?;
        cut.records += 1;
    }
    writer.sync()?;
    drop(writer);
    cut.missing = reader.damage().sequences_missing;
    let mut files = kept.list()?;
    files.sort_unstable();
    for (name, length) in files {
        let mut bytes = Vec::with_capacity(length as usize);
        kept.read_from(&name, 0)?.read_to_end(&mut bytes)?;
        cut.segments.push((name, bytes));
    }
    Ok(cut)
}

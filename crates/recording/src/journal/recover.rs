//! What opening a journal for writing finds and repairs.

use std::io::Read;

use super::JournalError;
use super::cursor::{Cursor, Step};
use super::format::{SEGMENT_HEADER_LEN, SegmentHeader, SegmentName, check_segment_header};
use super::store::Store;

/// What opening a journal for writing found and repaired. Log it: a `bytes_cut` above zero is the
/// trace of a crash, and was never acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// Segments present.
    pub segments: usize,
    /// The number the next record will have; 1 in a new journal.
    pub next_sequence: u64,
    /// Bytes of a torn tail that were cut off, and off which segment.
    pub bytes_cut: u64,
    /// The segment they were cut off.
    pub segment_cut: Option<String>,
    /// Damaged places, not at the tail, of the last segment. They are left as they are.
    pub damaged_places: u64,
}

/// The segments of a store in the order they were written. Other files are ignored.
pub(super) fn segments(store: &impl Store) -> Result<Vec<(SegmentName, u64)>, JournalError> {
    let files = store.list().map_err(JournalError::io("list", store.path("")))?;
    let mut segments: Vec<_> = files
        .into_iter()
        .filter_map(|(name, length)| Some((SegmentName::parse(&name)?, length)))
        .collect();
    segments.sort_by_key(|(name, _)| (name.first_sequence, name.start));
    Ok(segments)
}

/// A segment opened past its header, and what the header is worth.
pub(super) type Opened<S> = (Cursor<<S as Store>::Source>, SegmentHeader);

/// Opens a segment past its header. `None` if the file is too short to have one.
pub(super) fn open_segment<S: Store>(
    store: &S,
    name: &SegmentName,
) -> Result<Option<Opened<S>>, JournalError> {
    let path = || store.path(&name.text);
    let mut source = store.read_from(&name.text, 0).map_err(JournalError::io("read", path()))?;
    let mut bytes = Vec::with_capacity(SEGMENT_HEADER_LEN);
    source
        .by_ref()
        .take(SEGMENT_HEADER_LEN as u64)
        .read_to_end(&mut bytes)
        .map_err(JournalError::io("read", path()))?;
    if bytes.len() < SEGMENT_HEADER_LEN {
        return Ok(None);
    }
    match check_segment_header(name, &bytes) {
        SegmentHeader::Version(version) => {
            Err(JournalError::VersionUnknown { path: path(), version })
        }
        header => Ok(Some((Cursor::new(source, SEGMENT_HEADER_LEN as u64, name.salt()), header))),
    }
}

/// Where the sound part of the last segment ends, in bytes, and what was seen on the way.
pub(super) struct Tail {
    pub(super) sound_len: u64,
    pub(super) next_sequence: u64,
    pub(super) damaged_places: u64,
}

/// Reads the last segment through. Only that one can be torn: a segment is synced before the next
/// is created.
pub(super) fn inspect<S: Store>(store: &S, name: &SegmentName) -> Result<Tail, JournalError> {
    let mut tail = Tail { sound_len: 0, next_sequence: name.first_sequence, damaged_places: 0 };
    let Some((mut cursor, _)) = open_segment(store, name)? else {
        return Ok(tail);
    };
    tail.sound_len = SEGMENT_HEADER_LEN as u64;
    let mut corrupt_payloads = 0;
    loop {
        let step = cursor.step().map_err(JournalError::io("read", store.path(&name.text)))?;
        let header = match step {
            Step::End => return Ok(tail),
            Step::Record(header, _) => header,
            Step::CorruptPayload(header) => {
                corrupt_payloads += 1;
                header
            }
        };
        tail.sound_len = cursor.offset();
        tail.next_sequence = tail.next_sequence.max(header.sequence.saturating_add(1));
        tail.damaged_places = corrupt_payloads + cursor.resynchronisations;
    }
}

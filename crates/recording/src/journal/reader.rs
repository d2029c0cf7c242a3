//! Reading a journal from a number or a time on, while it may still be written.

use surveillance::Time;

use super::cursor::{Cursor, Step};
use super::format::{SegmentHeader, SegmentName};
use super::recover::{open_segment, segments};
use super::store::Store;
use super::{Damage, JournalError};

/// One record, as it was appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// Its number; strictly increasing, without gaps unless something was lost.
    pub sequence: u64,
    /// The time it was appended with.
    pub time: Time,
    /// The bytes it was appended with.
    pub payload: &'a [u8],
}

/// Reads records in the order of their numbers.
///
/// At the end [`read`](Self::read) returns `None`, and goes on when more has been written. Damage
/// costs the records it hits and is counted, never an error.
#[derive(Debug)]
pub struct Reader<S: Store> {
    store: S,
    current: Option<(SegmentName, Cursor<S::Source>)>,
    /// Records of a lower number are passed over.
    expected: u64,
    /// Records before this time are passed over until the first that is not.
    not_before: Option<Time>,
    /// A later segment was seen: the current one has been read to its end only when that is said
    /// a second time, since its last records may have come between the reading and the look.
    successor_seen: bool,
    damage: Damage,
}

impl<S: Store> Reader<S> {
    /// From the oldest record kept.
    pub fn from_start(store: S) -> Self {
        Self::from_sequence(store, 0)
    }

    /// From the record with this number, or the next one kept after it.
    pub fn from_sequence(store: S, sequence: u64) -> Self {
        Self {
            store,
            current: None,
            expected: sequence,
            not_before: None,
            successor_seen: false,
            damage: Damage::default(),
        }
    }

    /// From the first record at or after `time`. Only the segment that `time` falls in is read
    /// through to find it.
    ///
    /// # Errors
    /// What the storage refuses.
    pub fn from_time(store: S, time: Time) -> Result<Self, JournalError> {
        let segments = segments(&store)?;
        // Names hold whole seconds, rounded down: allow for the fraction.
        let after = |name: &SegmentName| name.start.plus_seconds(1.0) > time;
        let index = (1..segments.len())
            .find(|&next| after(&segments[next].0))
            .unwrap_or(segments.len())
            .saturating_sub(1);
        let first = segments.get(index).map_or(0, |(name, _)| name.first_sequence);
        Ok(Self { not_before: Some(time), ..Self::from_sequence(store, first) })
    }

    /// From the first record of the last `count` segments.
    ///
    /// # Errors
    /// What the storage refuses.
    pub fn from_last_segments(store: S, count: usize) -> Result<Self, JournalError> {
        let segments = segments(&store)?;
        let first = segments.get(segments.len().saturating_sub(count));
        let sequence = first.map_or(0, |(name, _)| name.first_sequence);
        Ok(Self::from_sequence(store, sequence))
    }

    /// The next record, or `None` if there is none (yet).
    ///
    /// # Errors
    /// What the storage refuses, and [`JournalError::VersionUnknown`].
    pub fn read(&mut self) -> Result<Option<Record<'_>>, JournalError> {
        let (header, payload) = loop {
            if self.current.is_none() && !self.open_next()? {
                return Ok(None);
            }
            let (name, cursor) = self.current.as_mut().expect("just opened");
            let before = (cursor.resynchronisations, cursor.bytes_skipped);
            let step = cursor.step();
            self.damage.resynchronisations += cursor.resynchronisations - before.0;
            self.damage.bytes_skipped += cursor.bytes_skipped - before.1;
            match step.map_err(JournalError::io("read", self.store.path(&name.text)))? {
                Step::Record(header, payload) => {
                    if self.accept(header.sequence, header.time) {
                        break (header, payload);
                    }
                }
                Step::CorruptPayload(_) => self.damage.corrupt_payloads += 1,
                Step::End => {
                    if !self.leave_segment()? {
                        return Ok(None);
                    }
                }
            }
        };
        let (_, cursor) = self.current.as_ref().expect("a record was just read from it");
        let payload = cursor.payload(payload);
        Ok(Some(Record { sequence: header.sequence, time: header.time, payload }))
    }

    /// What was lost, as far as has been read.
    pub fn damage(&self) -> Damage {
        self.damage
    }

    fn accept(&mut self, sequence: u64, time: Time) -> bool {
        if sequence < self.expected {
            return false;
        }
        self.damage.sequences_missing += sequence - self.expected;
        self.expected = sequence.saturating_add(1);
        if self.not_before.is_some_and(|start| time < start) {
            return false;
        }
        self.not_before = None;
        true
    }

    /// Opens the segment that holds `expected`, or else the first after it. `false` if there is
    /// none yet, or it is still without its header.
    fn open_next(&mut self) -> Result<bool, JournalError> {
        let segments = segments(&self.store)?;
        let holds = segments.partition_point(|(name, _)| name.first_sequence <= self.expected);
        let Some((name, _)) = segments.into_iter().nth(holds.saturating_sub(1)) else {
            return Ok(false);
        };
        // What retention deleted before reading began is not missing.
        self.expected = self.expected.max(name.first_sequence);
        self.open(name)
    }

    fn open(&mut self, name: SegmentName) -> Result<bool, JournalError> {
        let opened = match open_segment(&self.store, &name) {
            // Retention was faster: the next look finds what is left.
            Err(JournalError::Io { source, .. })
                if source.kind() == std::io::ErrorKind::NotFound =>
            {
                None
            }
            other => other?,
        };
        let Some((cursor, header)) = opened else {
            return Ok(false);
        };
        if header == SegmentHeader::Corrupt {
            self.damage.corrupt_segment_headers += 1;
        }
        self.current = Some((name, cursor));
        self.successor_seen = false;
        Ok(true)
    }

    /// At the end of a segment: on to the next one if there is one. `false` if not.
    fn leave_segment(&mut self) -> Result<bool, JournalError> {
        let Some((current, cursor)) = &self.current else { return Ok(false) };
        let next = segments(&self.store)?
            .into_iter()
            .map(|(name, _)| name)
            .find(|name| name.first_sequence > current.first_sequence);
        let Some(next) = next else { return Ok(false) };
        if !self.successor_seen {
            self.successor_seen = true;
            return Ok(true);
        }
        let rest = cursor.rest();
        if !self.open(next)? {
            return Ok(false);
        }
        self.damage.torn_segments += u64::from(rest > 0);
        self.damage.bytes_skipped += rest;
        Ok(true)
    }
}

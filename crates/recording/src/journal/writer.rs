//! Appending: batches into segments, segments into a bounded directory.

use std::collections::VecDeque;
use std::time::Duration;

use surveillance::Time;

use super::JournalError;
use super::format::{
    PAYLOAD_LEN_MAX, RECORD_HEADER_LEN, SEGMENT_HEADER_LEN, SegmentName, encode_record,
    segment_header,
};
use super::recover::{Recovery, inspect, segments};
use super::store::{FileStore, Store};

/// What is gathered before a write happens without being asked for.
const BUFFER_LEN_MAX: usize = 4 << 20;

/// How a journal is cut into segments and how much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// A segment is closed before it would grow beyond this.
    pub segment_bytes_max: u64,
    /// A segment is closed once a record is this much later than its start.
    pub segment_span_max: Duration,
    /// When the oldest segments are deleted.
    pub retention: Retention,
}

impl Default for Options {
    /// 64 MiB or an hour a segment, kept for ever.
    fn default() -> Self {
        Self {
            segment_bytes_max: 64 << 20,
            segment_span_max: Duration::from_secs(3600),
            retention: Retention::default(),
        }
    }
}

/// How much is kept. Whole segments go, the oldest first, never the one being written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    /// Total size to keep within, as far as whole closed segments allow.
    pub bytes_max: Option<u64>,
    /// A segment goes when all of it is older than this.
    pub age_max: Option<Duration>,
}

/// The one writer of a journal.
///
/// [`append`](Self::append) gathers, [`write`](Self::write) hands the batch to the storage in one
/// call, [`sync`](Self::sync) makes it durable and is what may be acknowledged. Dropping the
/// writer does none of these.
#[derive(Debug)]
pub struct Writer<S: Store = FileStore> {
    store: S,
    options: Options,
    /// Oldest first, with their lengths; the last is the one being written.
    segments: VecDeque<(SegmentName, u64)>,
    /// Encoded and not yet written.
    batch: Vec<u8>,
    next_sequence: u64,
    unsynced: bool,
    failed: bool,
    segments_removed: u64,
}

impl<S: Store> Writer<S> {
    /// Takes the writer's place and repairs what a crash left.
    ///
    /// # Errors
    /// [`JournalError::InUse`] while another writer lives, [`JournalError::VersionUnknown`] after
    /// a downgrade, and what the storage refuses.
    pub fn open(mut store: S, options: Options) -> Result<(Self, Recovery), JournalError> {
        let lock = store.lock().map_err(JournalError::io("lock", store.path("")))?;
        if !lock {
            return Err(JournalError::InUse { path: store.path("") });
        }
        let segments = VecDeque::from(segments(&store)?);
        let mut writer = Self {
            store,
            options,
            segments,
            batch: Vec::new(),
            next_sequence: 1,
            unsynced: false,
            failed: false,
            segments_removed: 0,
        };
        let recovery = writer.recover()?;
        Ok((writer, recovery))
    }

    fn recover(&mut self) -> Result<Recovery, JournalError> {
        let mut recovery = Recovery {
            segments: self.segments.len(),
            next_sequence: 1,
            bytes_cut: 0,
            segment_cut: None,
            damaged_places: 0,
        };
        let Some((name, length)) = self.segments.back_mut() else {
            return Ok(recovery);
        };
        let tail = inspect(&self.store, name)?;
        let path = || self.store.path(&name.text);
        if tail.sound_len < *length {
            recovery.bytes_cut = *length - tail.sound_len;
            recovery.segment_cut = Some(path());
            let cut = JournalError::io("cut the torn tail of", path());
            self.store.truncate(&name.text, tail.sound_len).map_err(cut)?;
            *length = tail.sound_len;
        }
        // What a killed process had written is read from memory until now; it is about to be
        // counted as kept, so it has to be on the disk.
        let sync = JournalError::io("sync", self.store.path(&name.text));
        self.store.sync(&name.text).map_err(sync)?;
        if tail.sound_len == 0 {
            self.batch.extend_from_slice(&segment_header(name));
        }
        self.next_sequence = tail.next_sequence;
        recovery.next_sequence = tail.next_sequence;
        recovery.damaged_places = tail.damaged_places;
        Ok(recovery)
    }

    /// Adds a record to the batch and returns its number. It is neither written nor safe yet.
    ///
    /// Starts a new segment (syncing the old one) when the current one is full or old, and writes
    /// the batch by itself when it has grown large.
    ///
    /// # Errors
    /// As [`sync`](Self::sync); the record was then not added. [`JournalError::RecordTooLong`].
    pub fn append(&mut self, time: Time, payload: &[u8]) -> Result<u64, JournalError> {
        if payload.len() > PAYLOAD_LEN_MAX {
            return Err(JournalError::RecordTooLong { length: payload.len() });
        }
        self.check_not_failed()?;
        let length = RECORD_HEADER_LEN + payload.len();
        if self.needs_new_segment(time, length) {
            self.start_segment(time)?;
        } else if self.batch.len() + length > BUFFER_LEN_MAX {
            self.write()?;
        }
        let salt = self.segments.back().expect("a segment was started").0.salt();
        let sequence = self.next_sequence;
        encode_record(&mut self.batch, salt, sequence, time, payload);
        self.next_sequence += 1;
        Ok(sequence)
    }

    /// Hands the batch to the storage: from here on a killed process loses it no more, a power cut
    /// still may.
    ///
    /// # Errors
    /// What the storage refuses, such as a full disk. The batch is kept and what was written of it
    /// is undone, so this may be called again once there is room.
    pub fn write(&mut self) -> Result<(), JournalError> {
        self.check_not_failed()?;
        if self.batch.is_empty() {
            return Ok(());
        }
        let (name, length) = self.segments.back_mut().expect("a batch belongs to a segment");
        if let Err(source) = self.store.append(&name.text, &self.batch) {
            self.failed = self.store.truncate(&name.text, *length).is_err();
            let path = self.store.path(&name.text);
            return Err(JournalError::Io { action: "append to", path, source });
        }
        *length += self.batch.len() as u64;
        self.batch.clear();
        self.unsynced = true;
        Ok(())
    }

    /// Writes the batch and waits until the disk has it. All records up to the returned number may
    /// now be acknowledged.
    ///
    /// # Errors
    /// As [`write`](Self::write). A sync that fails leaves nobody knowing what the disk holds: the
    /// writer then refuses everything until the journal is opened anew.
    pub fn sync(&mut self) -> Result<u64, JournalError> {
        self.write()?;
        if let (true, Some((name, _))) = (self.unsynced, self.segments.back()) {
            if let Err(source) = self.store.sync(&name.text) {
                self.failed = true;
                let path = self.store.path(&name.text);
                return Err(JournalError::Io { action: "sync", path, source });
            }
            self.unsynced = false;
        }
        Ok(self.next_sequence - 1)
    }

    /// Deletes the oldest segments as [`Options::retention`] says, as of `now`. Done by itself
    /// whenever a segment is started; returns how many went.
    ///
    /// # Errors
    /// What the storage refuses.
    pub fn enforce_retention(&mut self, now: Time) -> Result<u64, JournalError> {
        let mut removed = 0;
        while self.segments.len() > 1 && self.oldest_may_go(now) {
            let name = &self.segments[0].0.text;
            let error = JournalError::io("delete", self.store.path(name));
            self.store.remove(name).map_err(error)?;
            self.segments.pop_front();
            removed += 1;
        }
        self.segments_removed += removed;
        Ok(removed)
    }

    /// Deletes every record, durably; numbering goes on. For a queue whose content may no longer be
    /// sent.
    ///
    /// # Errors
    /// As [`sync`](Self::sync).
    pub fn discard(&mut self, now: Time) -> Result<(), JournalError> {
        let is_empty = |name: &SegmentName| name.first_sequence == self.next_sequence;
        if self.segments.back().is_some_and(|(name, _)| !is_empty(name)) {
            self.start_segment(now)?;
        }
        self.sync()?;
        while self.segments.len() > 1 {
            let name = &self.segments[0].0.text;
            let error = JournalError::io("delete", self.store.path(name));
            self.store.remove(name).map_err(error)?;
            self.segments.pop_front();
        }
        Ok(())
    }

    /// The lowest number that may still be kept.
    pub fn first_sequence(&self) -> u64 {
        self.segments.front().map_or(self.next_sequence, |(name, _)| name.first_sequence)
    }

    fn oldest_may_go(&self, now: Time) -> bool {
        let Retention { bytes_max, age_max } = self.options.retention;
        // All records of a segment are from before the next one's start.
        let age_s = now.seconds_since(self.segments[1].0.start);
        bytes_max.is_some_and(|max| self.bytes() > max)
            || age_max.is_some_and(|max| age_s > max.as_secs_f64())
    }

    /// The number the next record will have.
    pub fn next_sequence(&self) -> u64 {
        self.next_sequence
    }

    /// Total size of all segments, the batch not yet written left out.
    pub fn bytes(&self) -> u64 {
        self.segments.iter().map(|(_, length)| length).sum()
    }

    /// Segments present.
    pub fn segments(&self) -> usize {
        self.segments.len()
    }

    /// Segments that retention has deleted since the journal was opened.
    pub fn segments_removed(&self) -> u64 {
        self.segments_removed
    }

    /// The storage, for a [`Reader`](super::Reader) beside this writer.
    pub fn store(&self) -> &S {
        &self.store
    }

    fn needs_new_segment(&self, time: Time, length: usize) -> bool {
        let Some((name, written)) = self.segments.back() else {
            return true;
        };
        let filled = written + self.batch.len() as u64;
        let is_empty = filled <= SEGMENT_HEADER_LEN as u64;
        !is_empty
            && (filled + length as u64 > self.options.segment_bytes_max
                || time.seconds_since(name.start) >= self.options.segment_span_max.as_secs_f64())
    }

    fn start_segment(&mut self, time: Time) -> Result<(), JournalError> {
        self.sync()?;
        let name = SegmentName::new(time, self.next_sequence);
        let error = JournalError::io("create", self.store.path(&name.text));
        self.store.create(&name.text).map_err(error)?;
        self.batch.extend_from_slice(&segment_header(&name));
        self.segments.push_back((name, 0));
        self.enforce_retention(time)?;
        Ok(())
    }

    fn check_not_failed(&self) -> Result<(), JournalError> {
        match self.segments.back() {
            Some((name, _)) if self.failed => {
                Err(JournalError::Failed { path: self.store.path(&name.text) })
            }
            _ => Ok(()),
        }
    }
}

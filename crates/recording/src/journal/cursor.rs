//! Walks the records of one segment, over damage, in bounded memory. Recovery and the reader
//! both walk by this, so they agree on what is there.

use std::io::{self, Read};
use std::ops::Range;

use super::format::{MARKER, RECORD_HEADER_LEN, RECORD_LEN_MAX, RecordHeader};

/// Bytes asked of the source at once.
const CHUNK: usize = 256 << 10;

#[derive(Debug)]
pub(super) struct Cursor<R> {
    source: R,
    salt: u32,
    buffer: Vec<u8>,
    /// The unread part of `buffer`.
    unread: Range<usize>,
    /// Where in the file `unread` starts.
    offset: u64,
    searching: bool,
    pub(super) resynchronisations: u64,
    pub(super) bytes_skipped: u64,
}

#[derive(Debug)]
pub(super) enum Step {
    /// A whole record; its payload is `payload(range)` until the next step.
    Record(RecordHeader, Range<usize>),
    /// A whole record whose payload does not match its checksum.
    CorruptPayload(RecordHeader),
    /// Nothing whole is left. The source may have grown by the next step.
    End,
}

impl<R: Read> Cursor<R> {
    /// `source` stands at `offset`, where a record starts.
    pub(super) fn new(source: R, offset: u64, salt: u32) -> Self {
        Self {
            source,
            salt,
            buffer: Vec::new(),
            unread: 0..0,
            offset,
            searching: false,
            resynchronisations: 0,
            bytes_skipped: 0,
        }
    }

    /// Where in the file the next unread byte is.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Bytes seen after the last whole record.
    pub(super) fn rest(&self) -> u64 {
        self.unread.len() as u64
    }

    pub(super) fn payload(&self, range: Range<usize>) -> &[u8] {
        &self.buffer[range]
    }

    pub(super) fn step(&mut self) -> io::Result<Step> {
        while self.has(RECORD_HEADER_LEN)? {
            let Some(header) = RecordHeader::parse(self.salt, &self.buffer[self.unread.clone()])
            else {
                self.search();
                continue;
            };
            let whole = RECORD_HEADER_LEN + header.payload_len;
            if !self.has(whole)? {
                return Ok(Step::End);
            }
            self.searching = false;
            let payload = self.unread.start + RECORD_HEADER_LEN..self.unread.start + whole;
            self.advance(whole);
            return Ok(if header.matches(self.salt, &self.buffer[payload.clone()]) {
                Step::Record(header, payload)
            } else {
                Step::CorruptPayload(header)
            });
        }
        Ok(Step::End)
    }

    /// Moves on by at least one byte, to the next marker seen or to where one could still begin.
    fn search(&mut self) {
        if !self.searching {
            self.searching = true;
            self.resynchronisations += 1;
        }
        let rest = &self.buffer[self.unread.start + 1..self.unread.end];
        let skip = 1 + memchr::memmem::find(rest, &MARKER)
            .unwrap_or_else(|| rest.len().saturating_sub(MARKER.len() - 1));
        self.bytes_skipped += skip as u64;
        self.advance(skip);
    }

    fn advance(&mut self, count: usize) {
        self.unread.start += count;
        self.offset += count as u64;
    }

    /// Whether `count` bytes, at most a record's, are unread in the buffer, after reading more.
    fn has(&mut self, count: usize) -> io::Result<bool> {
        debug_assert!(count <= RECORD_LEN_MAX, "the caller checked the length");
        while self.unread.len() < count {
            self.buffer.copy_within(self.unread.clone(), 0);
            self.unread = 0..self.unread.len();
            let room = self.unread.end + CHUNK;
            if self.buffer.len() < room {
                self.buffer.resize(room, 0);
            }
            match self.source.read(&mut self.buffer[self.unread.end..room]) {
                Ok(0) => return Ok(false),
                Ok(read) => self.unread.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }
}

//! A bounded look-ahead over a file, gunzipped on the way if need be.

use std::io::{self, BufReader, Chain, Cursor, Read};
use std::ops::Range;

use flate2::bufread::MultiGzDecoder;

/// The most that can be looked at at once.
pub(super) const WINDOW_LEN: usize = 1 << 20;
const READ_LEN: usize = 64 << 10;

type Input<R> = BufReader<Chain<Cursor<Vec<u8>>, R>>;

#[derive(Debug)]
enum Source<R> {
    Plain(Input<R>),
    /// Boxed: the decoder's state is large.
    Gzip(Box<MultiGzDecoder<Input<R>>>),
}

#[derive(Debug)]
pub(super) struct Window<R> {
    source: Source<R>,
    gzip_damaged: bool,
    is_at_end: bool,
    buffer: Vec<u8>,
    unread: Range<usize>,
    offset: u64,
}

impl<R: Read> Window<R> {
    pub(super) fn new(mut input: R) -> io::Result<Self> {
        let mut magic = Vec::with_capacity(2);
        input.by_ref().take(2).read_to_end(&mut magic)?;
        let is_gzip = magic == [0x1F, 0x8B];
        let input = BufReader::with_capacity(READ_LEN, Cursor::new(magic).chain(input));
        let source = if is_gzip {
            Source::Gzip(Box::new(MultiGzDecoder::new(input)))
        } else {
            Source::Plain(input)
        };
        Ok(Self {
            source,
            gzip_damaged: false,
            is_at_end: false,
            buffer: Vec::new(),
            unread: 0..0,
            offset: 0,
        })
    }

    /// The next `count` bytes, at most [`WINDOW_LEN`]; fewer only if the file ends before.
    pub(super) fn fill(&mut self, count: usize) -> io::Result<&[u8]> {
        let count = count.min(WINDOW_LEN);
        while self.unread.len() < count && !self.is_at_end {
            if self.unread.start + count > self.buffer.len() {
                self.buffer.copy_within(self.unread.clone(), 0);
                self.unread = 0..self.unread.len();
                // Twice, so that what stays is moved once for each `count` that is read.
                self.buffer.resize((2 * count).max(READ_LEN).max(self.buffer.len()), 0);
            }
            let room = self.unread.end..self.buffer.len();
            let read = self.read_source(room)?;
            self.is_at_end = read == 0;
            self.unread.end += read;
        }
        let available = self.unread.len().min(count);
        Ok(&self.buffer[self.unread.start..self.unread.start + available])
    }

    /// Passes over bytes that were seen.
    pub(super) fn advance(&mut self, count: usize) {
        debug_assert!(count <= self.unread.len(), "only what was seen is passed over");
        let count = count.min(self.unread.len());
        self.unread.start += count;
        self.offset += count as u64;
    }

    /// Where the next byte is, in the gunzipped file.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    pub(super) fn is_compressed(&self) -> bool {
        matches!(self.source, Source::Gzip(_))
    }

    pub(super) fn is_gzip_damaged(&self) -> bool {
        self.gzip_damaged
    }

    fn read_source(&mut self, room: Range<usize>) -> io::Result<usize> {
        let is_gzip = matches!(self.source, Source::Gzip(_));
        let room = &mut self.buffer[room];
        loop {
            let result = match &mut self.source {
                _ if self.gzip_damaged => return Ok(0),
                Source::Plain(input) => input.read(room),
                Source::Gzip(decoder) => decoder.read(room),
            };
            let error = match result {
                Ok(count) => return Ok(count),
                Err(error) => error,
            };
            match error.kind() {
                io::ErrorKind::Interrupted => {}
                // How the decoder reports damage, as opposed to a failing disk.
                io::ErrorKind::InvalidInput
                | io::ErrorKind::InvalidData
                | io::ErrorKind::UnexpectedEof
                    if is_gzip =>
                {
                    self.gzip_damaged = true;
                }
                _ => return Err(error),
            }
        }
    }
}

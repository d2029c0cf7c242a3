//! `entente decode`: a recording as JSON lines or as a table, one line a Mode S frame, BaseStation
//! line, Remote ID broadcast or ASTERIX record.
//!
//! Lines are for machines and hold what the bytes say, understood or not; what was wrong is summed
//! up at the end, for people, by the caller. `docs/DECODE.md` describes the lines.

mod datagrams;
pub(crate) mod filter;
mod frames;
pub(crate) mod live;
mod registers;
mod remote_id;
pub(crate) mod sense;
pub(crate) mod table;

use crate::args::Container;
use crate::source::{Source, is_undated};
use anyhow::{Context, Result};
use asterix::{Editions, JsonStyle};
use datagrams::{Counts, Datagrams};
use filter::Filter;
use frames::Stream;
use recording::container::{self, Item, Reader};
use serde::Serialize;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use surveillance::Time;

/// Streams of one capture that are followed at once; more are counted and left alone.
const STREAMS_MAX: usize = 1024;
/// Defects that are told one by one at the end; all are counted.
const EXAMPLES_MAX: usize = 3;
/// Lines are handed on once there are so many bytes of them.
const TEXT_BYTES: usize = 64 << 10;

/// What is asked of a recording.
#[derive(Debug, Default)]
pub(crate) struct Request {
    /// What the recording is, where it was said.
    pub(crate) container: Option<Container>,
    pub(crate) editions: Editions,
    pub(crate) filter: Filter,
    pub(crate) style: JsonStyle,
    /// Midnight of the day on which a recording without dates began.
    pub(crate) date: Option<Time>,
    /// Tell what the Mode S registers of a record say.
    pub(crate) registers: bool,
    /// Count the records by sensor instead of writing them.
    pub(crate) count: bool,
    /// Stop after so many lines.
    pub(crate) lines_max: Option<u64>,
    /// Where each defect goes.
    pub(crate) defects: Option<PathBuf>,
}

/// What a recording came to.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    /// Lines written.
    pub(crate) lines: u64,
    /// What was wrong, by stable name.
    pub(crate) defects: BTreeMap<&'static str, u64>,
    /// Blocks of categories without tables.
    pub(crate) categories_unknown: BTreeMap<u8, u64>,
    /// Packets of a capture that carry neither UDP nor TCP data.
    pub(crate) packets_passed_over: u64,
    /// The first few defects.
    pub(crate) examples: Vec<asterix::Defect>,
    /// The first few of the file itself.
    pub(crate) file_examples: Vec<container::Defect>,
    /// The recording tells no date and none was given.
    pub(crate) undated: bool,
    counts: Counts,
}

/// Who takes the lines: each ends with a newline and holds one JSON object.
pub(crate) trait Sink {
    /// Takes some whole lines.
    fn lines(&mut self, text: &[u8]) -> Result<()>;
}

/// Lines as they are.
pub(crate) struct Plain<W>(pub(crate) W);

impl<W: Write> Sink for Plain<W> {
    fn lines(&mut self, text: &[u8]) -> Result<()> {
        self.0.write_all(text).context("cannot write")
    }
}

/// Gives `sink` every frame, message and record of the recording at `source` that is wanted.
///
/// # Errors
/// If it cannot be read, is of no known format, or `sink` refuses.
pub(crate) fn run(source: Source<'_>, request: &Request, sink: &mut dyn Sink) -> Result<Summary> {
    let mut input = source.open(request.container, request.date)?;
    read(&mut input.reader, request, sink)
}

fn read(reader: &mut Reader<impl Read>, request: &Request, sink: &mut dyn Sink) -> Result<Summary> {
    let whole_file = reader.format();
    let mut streams: BTreeMap<(Option<SocketAddr>, Option<SocketAddr>), Stream> = BTreeMap::new();
    let mut lines = Lines::new(sink, request)?;
    lines.summary.undated = is_undated(whole_file) && request.date.is_none();
    let mut datagrams = Datagrams::new(request);
    while let Some(item) = reader.read()? {
        match item {
            Item::Datagram(mut chunk) => {
                // A time of day on no day is no instant.
                chunk.time = chunk.time.filter(|_| !lines.summary.undated);
                datagrams.add(&chunk, &mut lines)?;
            }
            // Who asks for sensors or items asks for ASTERIX.
            Item::Stream(_) if !request.filter.is_empty() => {}
            Item::Stream(chunk) => {
                datagrams.flush(&mut lines)?;
                let full = streams.len() >= STREAMS_MAX;
                let ends = (chunk.source, chunk.destination);
                let format = match chunk.source {
                    None => Some(whole_file),
                    Some(_) => container::detect(chunk.bytes),
                };
                match streams.entry(ends) {
                    Entry::Occupied(mut known) => {
                        // A capture may have joined the connection within a frame.
                        if matches!(known.get(), Stream::Foreign) {
                            known.insert(Stream::new(format));
                        }
                        known.get_mut().decode(&chunk, &mut lines);
                    }
                    Entry::Vacant(_) if full => lines.defect("streams_too_many"),
                    Entry::Vacant(place) => {
                        place.insert(Stream::new(format)).decode(&chunk, &mut lines);
                    }
                }
                lines.hand_on()?;
            }
            // Who asks for sensors or items asks for ASTERIX.
            Item::Frame(_) if !request.filter.is_empty() => {}
            Item::Frame(frame) => {
                remote_id::frame(&frame, &mut lines);
                lines.hand_on()?;
            }
            Item::Defect(defect) => lines.file_defect(defect)?,
        }
        if lines.is_full() {
            break;
        }
    }
    lines.summary.packets_passed_over = reader.packets_passed_over();
    datagrams.flush(&mut lines)?;
    for stream in streams.values_mut() {
        stream.finish(&mut lines);
    }
    lines.finish()
}

/// Where lines go on their way to the sink.
struct Lines<'s> {
    sink: &'s mut dyn Sink,
    request: &'s Request,
    text: Vec<u8>,
    defects: Option<BufWriter<File>>,
    summary: Summary,
}

/// A line of `--defects` about the file rather than about ASTERIX in it.
#[derive(Serialize)]
struct FileDefectLine {
    defect: &'static str,
    /// From the start of the file, once gunzipped.
    file_octet: u64,
    /// How many octets were lost, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    octets_lost: Option<u64>,
}

impl<'s> Lines<'s> {
    fn new(sink: &'s mut dyn Sink, request: &'s Request) -> Result<Self> {
        let create = |path: &PathBuf| {
            let file = File::create(path).with_context(|| path.display().to_string())?;
            anyhow::Ok(BufWriter::new(file))
        };
        let defects = request.defects.as_ref().map(create).transpose()?;
        Ok(Self { sink, request, text: Vec::new(), defects, summary: Summary::default() })
    }

    fn file_defect(&mut self, defect: container::Defect) -> Result<()> {
        self.defect(defect.kind.name());
        if self.summary.file_examples.len() < EXAMPLES_MAX {
            self.summary.file_examples.push(defect);
        }
        if let Some(file) = &mut self.defects {
            let line = FileDefectLine {
                defect: defect.kind.name(),
                file_octet: defect.offset,
                octets_lost: defect.kind.octets_lost(),
            };
            serde_json::to_writer(&mut *file, &line).context("cannot write the defects")?;
            file.write_all(b"\n").context("cannot write the defects")?;
        }
        Ok(())
    }

    /// Whole lines about defects.
    fn defect_lines(&mut self, text: &[u8]) -> Result<()> {
        let Some(file) = &mut self.defects else { return Ok(()) };
        file.write_all(text).context("cannot write the defects")
    }

    fn defect(&mut self, name: &'static str) {
        *self.summary.defects.entry(name).or_insert(0) += 1;
    }

    fn day(&self) -> Option<Time> {
        self.request.date
    }

    fn left(&self) -> u64 {
        self.request.lines_max.map_or(u64::MAX, |most| most - self.summary.lines.min(most))
    }

    fn is_full(&self) -> bool {
        self.left() == 0
    }

    fn json(&mut self, line: &impl Serialize) {
        if self.left() > 0 {
            serde_json::to_writer(&mut self.text, line).expect("a Vec takes every line");
            self.text.push(b'\n');
            self.summary.lines += 1;
        }
    }

    /// Whole lines and where each ends.
    fn text(&mut self, text: &[u8], ends: &[usize]) -> Result<()> {
        let count = usize::try_from(self.left()).unwrap_or(usize::MAX).min(ends.len());
        if let Some(last) = count.checked_sub(1) {
            self.text.extend_from_slice(&text[..ends[last]]);
            self.summary.lines += count as u64;
        }
        self.hand_on()
    }

    fn hand_on(&mut self) -> Result<()> {
        if self.text.len() >= TEXT_BYTES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<()> {
        self.sink.lines(&self.text)?;
        self.text.clear();
        match &mut self.defects {
            Some(file) => file.flush().context("cannot write the defects"),
            None => Ok(()),
        }
    }

    fn finish(mut self) -> Result<Summary> {
        if self.request.count {
            datagrams::write_counts(&mut self)?;
        }
        self.flush()?;
        Ok(self.summary)
    }
}

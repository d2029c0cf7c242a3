//! ASTERIX datagrams: gathered, decoded on all cores, written in the order they came.

use super::{Lines, Request, registers};
use asterix::{Defect, Interpreter, Record, blocks, write_json};
use rayon::prelude::*;
use recording::container::Chunk;
use serde::Serialize;
use std::collections::BTreeMap;
use surveillance::{SensorId, Time};

/// Bytes that are gathered before they are decoded together.
const BATCH_BYTES: usize = 4 << 20;
/// Datagrams that one thread decodes at a time.
const PART: usize = 256;
/// Sensors counted apart; records of more go under no sensor.
const SENSORS_MAX: usize = 65_536;

/// Datagrams on their way.
pub(super) struct Datagrams<'r> {
    request: &'r Request,
    bytes: Vec<u8>,
    gathered: Vec<Gathered>,
    /// Datagrams so far.
    number: u64,
    interpreter: Interpreter,
    /// Where the recording has no time: that of the record before, or noon of the given day.
    reference: Option<Time>,
}

struct Gathered {
    /// In the recording, from 1.
    number: u64,
    recorded: Option<Time>,
    end: usize,
    /// Of the records of categories whose time depends on what their sensor said before.
    times: Vec<Option<Time>>,
}

/// How much there was of one category from one sensor.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    records: u64,
    first: Option<Time>,
    last: Option<Time>,
}

/// By category and sensor.
pub(crate) type Counts = BTreeMap<(u8, Option<SensorId>), Count>;

/// What came of some datagrams.
#[derive(Default)]
struct Part {
    text: Vec<u8>,
    ends: Vec<usize>,
    defects: BTreeMap<&'static str, u64>,
    unknown: BTreeMap<u8, u64>,
    examples: Vec<Defect>,
    /// Whole lines, if they are wanted.
    defect_lines: Vec<u8>,
    counts: Counts,
}

/// A line of `--defects`.
#[derive(Serialize)]
struct DefectLine {
    /// In the recording, from 1; of bare blocks each is one.
    datagram: u64,
    /// When it was recorded.
    time: Option<String>,
    category: Option<u8>,
    item: Option<&'static str>,
    defect: &'static str,
    /// From the start of the datagram.
    octet: usize,
    /// The first and the last, 8 the highest of an octet and 1 the lowest.
    bits: [u8; 2],
}

impl<'r> Datagrams<'r> {
    pub(super) fn new(request: &'r Request) -> Self {
        Self {
            request,
            bytes: Vec::new(),
            gathered: Vec::new(),
            number: 0,
            interpreter: Interpreter::new(),
            reference: request.date.map(|day| day.plus_seconds(43_200.0)),
        }
    }

    pub(super) fn add(&mut self, chunk: &Chunk<'_>, lines: &mut Lines<'_>) -> anyhow::Result<()> {
        let recorded = chunk.time.or_else(|| self.undated(chunk.bytes));
        let times = self.dependent_times(chunk.bytes, recorded);
        self.bytes.extend_from_slice(chunk.bytes);
        self.number += 1;
        let (number, end) = (self.number, self.bytes.len());
        self.gathered.push(Gathered { number, recorded, end, times });
        if self.bytes.len() >= BATCH_BYTES { self.flush(lines) } else { Ok(()) }
    }

    /// The instant of the first record that has a time, on the given day or those after it.
    fn undated(&mut self, bytes: &[u8]) -> Option<Time> {
        let reference = self.reference?;
        let records = blocks(bytes).flatten();
        let mut records = records.flat_map(|block| block.records(&self.request.editions)).flatten();
        let time = records.find_map(|record| self.interpreter.time(&record, reference));
        self.reference = time.or(self.reference);
        self.reference
    }

    /// A truncated time of day counts from the last full one of its radar: in order, on one thread.
    fn dependent_times(&mut self, bytes: &[u8], recorded: Option<Time>) -> Vec<Option<Time>> {
        let Some(recorded) = recorded else { return Vec::new() };
        let mut times = Vec::new();
        for block in blocks(bytes).flatten().filter(|block| depends(block.category())) {
            for record in block.records(&self.request.editions).flatten() {
                times.push(self.interpreter.time(&record, recorded));
                self.interpreter.interpret(&record, recorded, &mut |_| ());
            }
        }
        times
    }

    /// Decodes what was gathered.
    pub(super) fn flush(&mut self, lines: &mut Lines<'_>) -> anyhow::Result<()> {
        let starts: Vec<usize> =
            std::iter::once(0).chain(self.gathered.iter().map(|datagram| datagram.end)).collect();
        let (bytes, request) = (&self.bytes, self.request);
        let parts: Vec<Part> = self
            .gathered
            .par_chunks(PART)
            .enumerate()
            .map(|(index, datagrams)| {
                let mut part = Part::default();
                for (datagram, start) in datagrams.iter().zip(&starts[index * PART..]) {
                    part.decode(&bytes[*start..datagram.end], datagram, request);
                }
                part
            })
            .collect();
        self.bytes.clear();
        self.gathered.clear();
        parts.into_iter().try_for_each(|part| part.hand_over(lines))
    }
}

/// CAT001 has the low bits of a time; CAT002 and CAT034 tell the whole.
fn depends(category: u8) -> bool {
    matches!(category, 1 | 2 | 34)
}

impl Part {
    fn decode(&mut self, bytes: &[u8], datagram: &Gathered, request: &Request) {
        let stateless = Interpreter::new();
        let mut times = datagram.times.iter();
        for block in blocks(bytes) {
            let block = match block {
                Ok(block) => block,
                Err(defect) => {
                    self.defect(defect, datagram, request);
                    continue;
                }
            };
            let wanted = request.filter.wants_category(block.category());
            if !wanted && !depends(block.category()) {
                continue;
            }
            let mut records = block.records(&request.editions);
            while let Some(record) = records.next_ref() {
                match record {
                    Ok(record) => {
                        let time = if depends(record.category()) {
                            times.next().copied().flatten()
                        } else {
                            let recorded = datagram.recorded;
                            recorded.and_then(|recorded| stateless.time(record, recorded))
                        };
                        if wanted && request.filter.wants(record) {
                            self.record(record, time, request);
                        }
                    }
                    Err(defect) if wanted => self.defect(defect, datagram, request),
                    Err(_) => {}
                }
            }
        }
    }

    fn record(&mut self, record: &Record<'_>, time: Option<Time>, request: &Request) {
        let key = (record.category(), record.sensor());
        let count = self.counts.entry(key).or_default();
        count.add(Count { records: 1, first: time, last: time });
        if request.count {
            return;
        }
        write_json(record, time, &mut self.text, request.style);
        if request.registers {
            self.text.pop();
            registers::write(record, &mut self.text);
            self.text.push(b'}');
        }
        self.text.push(b'\n');
        self.ends.push(self.text.len());
    }

    fn defect(&mut self, defect: Defect, datagram: &Gathered, request: &Request) {
        if request.defects.is_some() {
            let line = DefectLine {
                datagram: datagram.number,
                time: datagram.recorded.map(|time| time.to_string()),
                category: defect.category,
                item: defect.item,
                defect: defect.name(),
                octet: defect.offset,
                bits: [defect.bits.from, defect.bits.to],
            };
            serde_json::to_writer(&mut self.defect_lines, &line).expect("a Vec takes every line");
            self.defect_lines.push(b'\n');
        }
        *self.defects.entry(defect.name()).or_default() += 1;
        match defect.category.filter(|_| defect.kind == asterix::DefectKind::CategoryUnknown) {
            Some(category) => *self.unknown.entry(category).or_default() += 1,
            None if self.examples.len() < super::EXAMPLES_MAX => self.examples.push(defect),
            None => {}
        }
    }

    fn hand_over(self, lines: &mut Lines<'_>) -> anyhow::Result<()> {
        lines.text(&self.text, &self.ends)?;
        lines.defect_lines(&self.defect_lines)?;
        let summary = &mut lines.summary;
        for (name, count) in self.defects {
            *summary.defects.entry(name).or_default() += count;
        }
        for (category, count) in self.unknown {
            *summary.categories_unknown.entry(category).or_default() += count;
        }
        let room = super::EXAMPLES_MAX - summary.examples.len();
        summary.examples.extend(self.examples.into_iter().take(room));
        for ((category, sensor), count) in self.counts {
            let full = summary.counts.len() >= SENSORS_MAX;
            let known = summary.counts.contains_key(&(category, sensor));
            let sensor = sensor.filter(|_| known || !full);
            summary.counts.entry((category, sensor)).or_default().add(count);
        }
        Ok(())
    }
}

impl Count {
    fn add(&mut self, more: Self) {
        self.records += more.records;
        self.first = [self.first, more.first].into_iter().flatten().min();
        self.last = self.last.max(more.last);
    }
}

/// A line of `--count`.
#[derive(Serialize)]
struct CountLine {
    category: u8,
    sac: Option<u8>,
    sic: Option<u8>,
    records: u64,
    first: Option<String>,
    last: Option<String>,
}

/// Writes a line for each category and sensor.
pub(super) fn write_counts(lines: &mut Lines<'_>) -> anyhow::Result<()> {
    for ((category, sensor), count) in std::mem::take(&mut lines.summary.counts) {
        lines.json(&CountLine {
            category,
            sac: sensor.map(|sensor| sensor.sac),
            sic: sensor.map(|sensor| sensor.sic),
            records: count.records,
            first: count.first.map(|time| time.to_string()),
            last: count.last.map(|time| time.to_string()),
        });
    }
    Ok(())
}

//! `entente convert`: a recording of ASTERIX in another container.
//!
//! Datagrams stay as they came, with their times and ends, as far as the other format has room for
//! them (see `recording::container::Writer`). Formats that have blocks instead of datagrams get the
//! blocks; padding and what is no block is then left out.

use crate::args::Convert;
use crate::commands::{Misuse, stop_signal};
use crate::decode::live::receive;
use crate::source::{Source, is_undated};
use anyhow::{Context, Result};
use asterix::{Editions, Interpreter};
use recording::container::{Chunk, Format, Item, Refused, Writer};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::BufWriter;
use std::ops::ControlFlow;
use std::path::Path;
use surveillance::Time;

/// Converts a file, or what comes over UDP until Ctrl-C; says on the standard error what came of it.
///
/// # Errors
/// If the source cannot be read or holds no datagrams, or the destination cannot be written.
pub(crate) async fn convert(options: &Convert) -> Result<()> {
    let (source, destination) = (Source::of(&options.source), &options.destination);
    source.check(options.container)?;
    let format = match options.to {
        Some(container) => container.format(),
        None => by_name(destination)?,
    };
    let mut editions = Editions::default();
    for rule in &options.edition {
        editions.apply(rule).map_err(|error| Misuse(error.to_string()))?;
    }
    if let Source::Udp(url) = source {
        let mut copy = Copy::to(destination, format, None, editions)?;
        receive(url, stop_signal()?, |chunk| {
            copy.datagram(chunk)?;
            let enough = options.limit.is_some_and(|most| copy.read >= most);
            Ok(if enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })
        .await?;
        return copy.finish(destination);
    }
    let mut input = source.open(options.container, options.date)?;
    let reader = &mut input.reader;
    check(source, reader.format(), destination, format, options.date)?;
    let mut copy = Copy::to(destination, format, options.date, editions)?;
    while let Some(item) = reader.read()? {
        match item {
            Item::Datagram(chunk) => copy.datagram(&chunk)?,
            Item::Stream(_) => copy.lose("stream_pieces"),
            Item::Frame(_) => copy.lose("radio_frames"),
            Item::Defect(defect) => copy.lose(defect.kind.name()),
        }
        if options.limit.is_some_and(|most| copy.read >= most) {
            break;
        }
    }
    copy.finish(destination)
}

/// What can be known before anything is written.
fn check(
    source: Source<'_>,
    from: Format,
    destination: &Path,
    to: Format,
    date: Option<Time>,
) -> Result<()> {
    let name = source.name();
    if let Source::File(path) = source
        && let (Ok(input), Ok(output)) = (path.canonicalize(), destination.canonicalize())
    {
        let said = "it is what is read, and would be lost; name another file";
        anyhow::ensure!(input != output, Misuse(format!("{name}: {said}")));
    }
    if matches!(from, Format::Beast | Format::Avr | Format::Sbs) {
        let said = "is a stream of Mode S, which has no datagrams to convert";
        anyhow::bail!(Misuse(format!("{name}: {} {said}", from.name())));
    }
    let needs_date = match to {
        Format::Pcap | Format::Pcapng => is_undated(from),
        // A time of day is enough for them.
        Format::Final | Format::Gps => matches!(from, Format::RawAsterix | Format::Oradis),
        _ => false,
    };
    if needs_date && date.is_none() {
        let said = "has no dates; say on which day it began: --date 2026-11-23";
        anyhow::bail!(Misuse(format!("{name}: {} {said}", from.name())));
    }
    Ok(())
}

fn unit(format: Format) -> &'static str {
    if matches!(format, Format::Gps | Format::RawAsterix) { "blocks" } else { "datagrams" }
}

/// A recording on its way into another container.
struct Copy {
    writer: Writer<BufWriter<File>>,
    format: Format,
    /// What a source without times is read by.
    editions: Editions,
    /// Where the source has no times: that of the block before, or noon of the given day.
    reference: Option<Time>,
    read: u64,
    written: u64,
    bytes: u64,
    /// What could not be read or written, by stable name.
    lost: BTreeMap<&'static str, u64>,
}

impl Copy {
    fn to(
        destination: &Path,
        format: Format,
        date: Option<Time>,
        editions: Editions,
    ) -> Result<Self> {
        let file = File::create(destination).with_context(|| destination.display().to_string())?;
        Ok(Self {
            writer: Writer::new(BufWriter::new(file), format)?,
            format,
            editions,
            reference: date.map(|day| day.plus_seconds(43_200.0)),
            read: 0,
            written: 0,
            bytes: 0,
            lost: BTreeMap::new(),
        })
    }

    fn lose(&mut self, what: &'static str) {
        *self.lost.entry(what).or_default() += 1;
    }

    fn datagram(&mut self, chunk: &Chunk<'_>) -> Result<()> {
        self.read += 1;
        let chunk = Chunk { time: chunk.time.or_else(|| self.told_time(chunk.bytes)), ..*chunk };
        if !self.writer.takes_single_blocks() {
            return self.write(&chunk);
        }
        for block in asterix::blocks(chunk.bytes) {
            match block {
                Ok(block) => self.write(&Chunk { bytes: block.bytes(), ..chunk })?,
                Err(defect) => self.lose(defect.name()),
            }
        }
        Ok(())
    }

    /// The time of the first record that has one, on the given day or those after it.
    fn told_time(&mut self, bytes: &[u8]) -> Option<Time> {
        let reference = self.reference?;
        let records = asterix::blocks(bytes).flatten();
        let mut records = records.flat_map(|block| block.records(&self.editions)).flatten();
        let interpreter = Interpreter::new();
        let time = records.find_map(|record| interpreter.time(&record, reference));
        self.reference = time.or(self.reference);
        self.reference
    }

    fn write(&mut self, chunk: &Chunk<'_>) -> Result<()> {
        match self.writer.write(chunk) {
            Ok(()) => {
                self.written += 1;
                self.bytes += chunk.bytes.len() as u64;
            }
            Err(Refused::TooLong { .. }) => self.lose("datagram_too_long"),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    fn finish(self, destination: &Path) -> Result<()> {
        let name = destination.display().to_string();
        let mut told = format!("{name}: {} {}", self.written, unit(self.format));
        for (what, count) in &self.lost {
            // Writing to a String cannot fail.
            _ = write!(told, ", {what} {count}");
        }
        self.writer.finish().with_context(|| name)?;
        tracing::info!(bytes = self.bytes, "{told}");
        Ok(())
    }
}

/// The container that a file's name asks for.
pub(crate) fn by_name(path: &Path) -> Result<Format> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    Ok(match extension {
        Some("pcap") => Format::Pcap,
        Some("pcapng") => Format::Pcapng,
        Some("ff") => Format::Final,
        Some("ast" | "raw") => Format::RawAsterix,
        Some("gps") => Format::Gps,
        _ => anyhow::bail!(Misuse(format!(
            "{}: say the format with --to, or by the name: .pcap, .pcapng, .ff, .ast, .gps",
            path.display()
        ))),
    })
}

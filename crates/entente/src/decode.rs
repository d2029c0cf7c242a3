//! `entente decode`: a recording as JSON, one line a Mode S frame, BaseStation line or ASTERIX
//! record.
//!
//! Lines are for machines and hold what the bytes say, understood or not; what was wrong is summed
//! up at the end, for people, by the caller.

use anyhow::{Context, Result};
use asterix::{Editions, Interpreter, JsonStyle};
use geodesy::units::{METRES_PER_FOOT, MPS_PER_FPM, MPS_PER_KNOT};
use modes::{
    AvrSplitter, BeastSplitter, Decoder, DecoderConfig, Frame, FrameClock, FramingDefect, Report,
    SbsMessage, SbsSplitter,
};
use recording::container::{self, Chunk, Format, Item, Reader};
use serde::Serialize;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use surveillance::Time;

/// Streams of one capture that are followed at once; more are counted and left alone.
const STREAMS_MAX: usize = 1024;

/// What a recording came to.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    /// Lines written.
    pub(crate) lines: u64,
    /// What was wrong, by stable name.
    pub(crate) defects: BTreeMap<&'static str, u64>,
}

/// Writes every frame, message and record of the recording at `path` to `out`.
///
/// # Errors
/// If the file cannot be read, is of no known format, or `out` refuses.
pub(crate) fn run(path: &Path, editions: &Editions, out: &mut impl Write) -> Result<Summary> {
    let mut reader = Reader::open(path)?;
    let whole_file = reader.format();
    let mut streams: BTreeMap<(Option<SocketAddr>, Option<SocketAddr>), Stream> = BTreeMap::new();
    let mut lines = Lines { out, text: Vec::new(), summary: Summary::default(), failed: None };
    let mut datagrams = Datagrams { editions, interpreter: Interpreter::new() };
    while let Some(item) = reader.read()? {
        match item {
            Item::Datagram(chunk) => datagrams.decode(&chunk, &mut lines),
            Item::Stream(chunk) => {
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
            }
            Item::Defect(defect) => lines.defect(defect.kind.name()),
        }
        lines.check()?;
    }
    for stream in streams.values_mut() {
        stream.finish(&mut lines);
    }
    lines.check()?;
    lines.out.flush().context("cannot write")?;
    Ok(lines.summary)
}

/// Where lines go. A failed write is kept until it can be returned.
struct Lines<'o, W> {
    out: &'o mut W,
    text: Vec<u8>,
    summary: Summary,
    failed: Option<std::io::Error>,
}

impl<W: Write> Lines<'_, W> {
    fn defect(&mut self, name: &'static str) {
        *self.summary.defects.entry(name).or_insert(0) += 1;
    }

    fn json(&mut self, line: &impl Serialize) {
        self.text.clear();
        serde_json::to_writer(&mut self.text, line).expect("a Vec takes every line");
        self.end_line();
    }

    /// Writes what is in `text` as a line.
    fn end_line(&mut self) {
        self.text.push(b'\n');
        self.summary.lines += 1;
        if let Err(error) = self.out.write_all(&self.text) {
            self.failed.get_or_insert(error);
        }
    }

    fn check(&mut self) -> Result<()> {
        match self.failed.take() {
            Some(error) => Err(error).context("cannot write"),
            None => Ok(()),
        }
    }
}

/// ASTERIX datagrams.
struct Datagrams<'e> {
    editions: &'e Editions,
    interpreter: Interpreter,
}

impl Datagrams<'_> {
    fn decode<W: Write>(&mut self, chunk: &Chunk<'_>, lines: &mut Lines<'_, W>) {
        for block in asterix::blocks(chunk.bytes) {
            let block = match block {
                Ok(block) => block,
                Err(defect) => {
                    lines.defect(defect.name());
                    continue;
                }
            };
            for record in block.records(self.editions) {
                match record {
                    Ok(record) => self.record(&record, chunk.time, lines),
                    Err(defect) => lines.defect(defect.name()),
                }
            }
        }
    }

    /// The day comes from the recording; without one the record's time of day means no instant.
    fn record<W: Write>(
        &mut self,
        record: &asterix::Record<'_>,
        recorded: Option<Time>,
        lines: &mut Lines<'_, W>,
    ) {
        let time = recorded.and_then(|recorded| self.interpreter.time(record, recorded));
        // The interpreter learns radars' clocks from their service messages.
        self.interpreter.interpret(record, recorded.unwrap_or(Time::EPOCH), &mut |_| ());
        lines.text.clear();
        asterix::write_json(record, time, &mut lines.text, JsonStyle::Values);
        lines.end_line();
    }
}

/// One byte stream.
enum Stream {
    Beast(BeastSplitter, Box<Frames>),
    Avr(AvrSplitter, Box<Frames>),
    Sbs(Box<SbsSplitter>),
    Foreign,
}

impl Stream {
    fn new(format: Option<Format>) -> Self {
        match format {
            Some(Format::Beast) => Self::Beast(BeastSplitter::default(), Box::default()),
            Some(Format::Avr) => Self::Avr(AvrSplitter::default(), Box::default()),
            Some(Format::Sbs) => Self::Sbs(Box::default()),
            _ => Self::Foreign,
        }
    }

    fn decode<W: Write>(&mut self, chunk: &Chunk<'_>, lines: &mut Lines<'_, W>) {
        match self {
            Self::Beast(splitter, frames) => {
                splitter.push(chunk.bytes, &mut |framed| frames.line(framed, chunk.time, lines));
            }
            Self::Avr(splitter, frames) => {
                splitter.push(chunk.bytes, &mut |framed| frames.line(framed, chunk.time, lines));
            }
            Self::Sbs(splitter) => {
                splitter.push(chunk.bytes, &mut |framed| sbs_line(framed, lines));
            }
            Self::Foreign => lines.defect("stream_of_unknown_format"),
        }
    }

    fn finish<W: Write>(&mut self, lines: &mut Lines<'_, W>) {
        match self {
            Self::Beast(splitter, frames) => {
                splitter.finish(&mut |framed| frames.line(framed, None, lines));
            }
            Self::Avr(splitter, frames) => {
                splitter.finish(&mut |framed| frames.line(framed, None, lines));
            }
            Self::Sbs(splitter) => splitter.finish(&mut |framed| sbs_line(framed, lines)),
            Self::Foreign => {}
        }
    }
}

/// One Mode S frame. Keys that a frame neither gives nor completes are left out, but for the
/// first four, which every line has.
#[derive(Debug, Default, Serialize)]
struct FrameLine {
    /// Seconds of the receiver's counter, or since 1970 where only the recording has a clock; null
    /// where nothing has.
    time: Option<f64>,
    /// As received, hexadecimal.
    frame: String,
    df: Option<u8>,
    icao: Option<String>,
    /// The address was announced under plain parity, not only overlaid on this frame's.
    #[serde(skip_serializing_if = "Option::is_none")]
    icao_confirmed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    altitude_ft: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    geometric_height_ft: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callsign: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    squawk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lat_deg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lon_deg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_ground: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ground_speed_kt: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    track_deg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    airspeed_kt: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    heading_deg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vertical_rate_fpm: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nic: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nac_p: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sil: Option<u8>,
    /// Why the frame, or its position or altitude, was not believed.
    #[serde(skip_serializing_if = "Option::is_none")]
    defect: Option<&'static str>,
}

impl FrameLine {
    fn tell(&mut self, report: &Report) {
        self.icao = report.address.map(|address| address.to_string());
        self.icao_confirmed = report.address.map(|_| report.address_confirmed);
        self.altitude_ft =
            report.pressure_altitude.map(|level| rounded(level.altitude_m / METRES_PER_FOOT, 0));
        self.geometric_height_ft =
            report.geometric_height_m.map(|height_m| rounded(height_m / METRES_PER_FOOT, 0));
        self.callsign = report.callsign.map(|callsign| callsign.to_string());
        self.squawk = report.squawk.map(|squawk| squawk.to_string());
        self.lat_deg = report.position.map(|p| rounded(p.latitude_rad.to_degrees(), 7));
        self.lon_deg = report.position.map(|p| rounded(p.longitude_rad.to_degrees(), 7));
        self.on_ground = report.on_ground;
        self.ground_speed_kt = report.ground_speed_mps.map(|v| rounded(v / MPS_PER_KNOT, 3));
        self.track_deg = report.track_rad.map(|track_rad| rounded(track_rad.to_degrees(), 3));
        self.airspeed_kt = report.airspeed.map(|a| rounded(a.speed_mps / MPS_PER_KNOT, 3));
        self.heading_deg = report.heading_rad.map(|heading| rounded(heading.to_degrees(), 3));
        self.vertical_rate_fpm =
            report.vertical_rate_mps.map(|rate_mps| rounded(rate_mps / MPS_PER_FPM, 0));
        self.nic = report.quality.nic;
        self.nac_p = report.quality.nac_p;
        self.sil = report.quality.sil;
        self.defect = report
            .position_defect
            .map(|defect| defect.name())
            .or(report.altitude_defect.map(|defect| defect.name()));
    }
}

/// The Mode S frames of one stream.
struct Frames {
    decoder: Decoder,
    /// The time before: a frame without one comes no earlier.
    newest: Time,
}

impl Default for Frames {
    fn default() -> Self {
        Self { decoder: Decoder::new(DecoderConfig::default()), newest: Time::EPOCH }
    }
}

impl Frames {
    fn line<W: Write>(
        &mut self,
        framed: Result<Frame, FramingDefect>,
        recorded: Option<Time>,
        lines: &mut Lines<'_, W>,
    ) {
        let frame = match framed {
            Ok(frame) => frame,
            Err(defect) => return lines.defect(defect.name()),
        };
        if frame.bytes().len() < 7 {
            // a Mode A/C reply is no Mode S frame
            return lines.defect(modes::Defect::ModeAC.name());
        }
        let time = match frame.clock {
            FrameClock::Ticks12MHz(ticks) => {
                Some(Time::from_unix_nanos((ticks as i64).saturating_mul(250) / 3))
            }
            FrameClock::GpsNanosOfDay(nanos) => Some(Time::from_unix_nanos(nanos as i64)),
            FrameClock::None => recorded,
            // The recording's clock is not that of the frames around it.
            FrameClock::MlatResult => None,
        };
        self.newest = time.unwrap_or(self.newest);
        let mut line = FrameLine {
            time: time.map(Time::unix_seconds),
            frame: frame.bytes().iter().map(|byte| format!("{byte:02x}")).collect(),
            df: frame.bytes().first().map(|first| (first >> 3).min(24)),
            ..FrameLine::default()
        };
        match self.decoder.decode_frame(&frame, self.newest) {
            Ok(report) => line.tell(&report),
            Err(defect) => line.defect = Some(defect.name()),
        }
        if let Some(name) = line.defect {
            lines.defect(name);
        }
        lines.json(&line);
    }
}

/// One BaseStation line.
#[derive(Debug, Serialize)]
struct SbsLine {
    /// The sender's wall clock, as seconds since 1970 as if it were UTC.
    time: Option<f64>,
    sbs: u8,
    icao: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    altitude_ft: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callsign: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    squawk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lat_deg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lon_deg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_ground: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ground_speed_kt: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    track_deg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vertical_rate_fpm: Option<f64>,
}

fn sbs_line<W: Write>(framed: Result<SbsMessage, FramingDefect>, lines: &mut Lines<'_, W>) {
    match framed {
        Ok(message) => lines.json(&SbsLine {
            time: message.generated.map(Time::unix_seconds),
            sbs: message.kind,
            icao: message.address.to_string(),
            altitude_ft: message.altitude_m.map(|m| rounded(m / METRES_PER_FOOT, 0)),
            callsign: message.callsign.map(|callsign| callsign.to_string()),
            squawk: message.squawk.map(|squawk| squawk.to_string()),
            lat_deg: message.position.map(|p| rounded(p.latitude_deg(), 7)),
            lon_deg: message.position.map(|p| rounded(p.longitude_deg(), 7)),
            on_ground: message.on_ground,
            ground_speed_kt: message.ground_speed_mps.map(|v| rounded(v / MPS_PER_KNOT, 3)),
            track_deg: message.track_rad.map(|track_rad| rounded(track_rad.to_degrees(), 3)),
            vertical_rate_fpm: message.vertical_rate_mps.map(|v| rounded(v / MPS_PER_FPM, 0)),
        }),
        Err(defect) => lines.defect(defect.name()),
    }
}

fn rounded(value: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (value * scale).round() / scale
}

//! Foreign recordings, recognised by content and streamed as datagrams and byte streams.
//!
//! ```no_run
//! # fn main() -> Result<(), recording::container::ContainerError> {
//! use recording::container::{Item, Reader};
//! let mut reader = Reader::open("evening.pcap.gz")?;
//! while let Some(item) = reader.read()? {
//!     match item {
//!         Item::Datagram(chunk) => { /* whole: one UDP payload, FINAL frame or ASTERIX block */ }
//!         Item::Stream(chunk) => { /* a piece of a byte stream; its source says of which */ }
//!         Item::Frame(frame) => { /* one Wi-Fi or Bluetooth frame of a radio capture */ }
//!         Item::Defect(defect) => { /* count it under defect.kind.name() */ }
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Memory is bounded whatever headers claim: 1 MiB of look-ahead (twice that in buffers, and 5 MiB to
//! find out what a damaged stretch of blocks is), one packet of at most 256 KiB, and at most 64
//! datagrams of 64 KiB being put together.
//! After damage each format searches for the next place that fits its structure, so a bad record
//! costs no good one but, at worst, those it claimed to contain.
//!
//! What is not done: TCP segments come in the order of capture, neither reordered nor stripped of
//! repetitions; IP and UDP checksums are not verified, since capturing hosts leave them unfilled.

mod blocks;
mod day;
mod detect;
mod final_frames;
mod packet;
mod pcap;
mod pcapng;
mod plan;
mod window;
mod writer;

pub use detect::{DETECT_LEN, Format, detect};
pub use writer::{Refused, Writer};

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::net::SocketAddr;
use std::path::Path;

use surveillance::Time;

use blocks::{Blocks, Framing};
use packet::Reassembly;
use window::Window;

/// One thing found in a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item<'a> {
    /// Bytes that belong together: a UDP payload, a FINAL frame's payload, an ASTERIX block.
    Datagram(Chunk<'a>),
    /// The next bytes of a stream: of a TCP connection in a capture (one direction, told apart by
    /// source and destination) or of the file itself.
    Stream(Chunk<'a>),
    /// A frame of a radio capture, as it was captured.
    Frame(Frame<'a>),
    /// Something that could not be understood.
    Defect(Defect),
}

/// A frame of Wi-Fi or Bluetooth: nothing of it is taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Number in the tcpdump.org registry of link-layer header types: 105 or 127 (IEEE 802.11), 251 or
    /// 256 (Bluetooth Low Energy).
    pub link_type: u32,
    /// When it was captured; `None` if the capture does not say.
    pub time: Option<Time>,
    /// The frame with its header.
    pub bytes: &'a [u8],
}

/// Bytes, and what the recording says about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk<'a> {
    /// When they were recorded; `None` if the format does not say. A FINAL recording and a GPS
    /// capture have only the time of day, see [`Reader::on_day_of`].
    pub time: Option<Time>,
    /// Who sent them, in a network capture.
    pub source: Option<SocketAddr>,
    /// To whom, in a network capture.
    pub destination: Option<SocketAddr>,
    /// The bytes.
    pub bytes: &'a [u8],
}

/// Something in a recording that could not be understood, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Defect {
    /// What.
    pub kind: DefectKind,
    /// Byte offset in the file, once gunzipped.
    pub offset: u64,
}

/// What can be wrong with a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefectKind {
    /// The compressed data are cut short or damaged; what came before was read.
    GzipDamaged,
    /// The file ends within a record.
    FileTruncated {
        /// Bytes of the unfinished record.
        bytes: u64,
    },
    /// The structure was lost and searched for; one defect for each stretch of at most 1 MiB.
    RecordCorrupt {
        /// Bytes passed over.
        bytes: u64,
    },
    /// A packet of a link type that is neither taken apart nor handed out.
    LinkTypeUnsupported {
        /// Its number in the registry of link types.
        link_type: u32,
    },
    /// A packet on an interface that the capture did not describe.
    InterfaceUnknown {
        /// The interface's number.
        interface: u32,
    },
    /// A packet of which the capture kept only the beginning, which is delivered.
    PacketTruncated,
    /// A packet whose link, IP, UDP or TCP header makes no sense.
    PacketMalformed,
    /// A fragmented datagram of which fragments are missing.
    FragmentsMissing,
}

impl std::fmt::Display for Defect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} at octet {} of the file", self.kind.name(), self.offset)?;
        match self.kind.octets_lost() {
            Some(lost) => write!(f, ", {lost} octets lost"),
            None => Ok(()),
        }
    }
}

impl DefectKind {
    /// Octets that were passed over for it, where it is known how many.
    pub const fn octets_lost(self) -> Option<u64> {
        match self {
            Self::FileTruncated { bytes } | Self::RecordCorrupt { bytes } => Some(bytes),
            _ => None,
        }
    }

    /// The stable name, for metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GzipDamaged => "gzip_damaged",
            Self::FileTruncated { .. } => "file_truncated",
            Self::RecordCorrupt { .. } => "record_corrupt",
            Self::LinkTypeUnsupported { .. } => "link_type_unsupported",
            Self::InterfaceUnknown { .. } => "interface_unknown",
            Self::PacketTruncated => "packet_truncated",
            Self::PacketMalformed => "packet_malformed",
            Self::FragmentsMissing => "fragments_missing",
        }
    }
}

/// Why a recording could not be opened or read on.
#[derive(Debug, thiserror::Error)]
pub enum ContainerError {
    /// The storage refused.
    #[error("cannot read {name}: {source}")]
    Io {
        /// The file.
        name: String,
        /// What the storage said.
        source: io::Error,
    },
    /// No known format fits the content.
    #[error("{name} is of no known recording format (it starts with {start:02x?})")]
    FormatUnknown {
        /// The file.
        name: String,
        /// Its first bytes, eight at most.
        start: Vec<u8>,
    },
    /// Our own journal: open its directory with [`crate::journal::Reader`].
    #[error("{name} is a segment of a journal: open the journal's directory instead")]
    Journal {
        /// The file.
        name: String,
    },
}

/// What a chunk is known by, besides the bytes gathered in the reader's payload buffer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Origin {
    time: Option<Time>,
    source: Option<SocketAddr>,
    destination: Option<SocketAddr>,
}

/// What one step of a format's reading came to.
enum Step {
    Datagram(Origin),
    Stream(Origin),
    /// A radio frame, and its link type.
    Frame(Option<Time>, u32),
    /// Something was passed over; more may follow.
    Nothing,
    End,
}

/// What the formats write to while they read.
#[derive(Debug, Default)]
struct Output {
    payload: Vec<u8>,
    /// A step adds one or two; they are handed out before the next step.
    defects: VecDeque<Defect>,
    packets_passed_over: u64,
}

impl Output {
    fn defect(&mut self, kind: DefectKind, offset: u64) {
        self.defects.push_back(Defect { kind, offset });
    }

    fn set_payload(&mut self, bytes: &[u8]) {
        self.payload.clear();
        self.payload.extend_from_slice(bytes);
    }
}

#[derive(Debug)]
enum Decoder {
    Pcap(pcap::Pcap),
    Pcapng(pcapng::Pcapng),
    Final(final_frames::FinalFrames),
    /// Boxed: it remembers categories.
    Blocks(Box<Blocks>),
    Stream,
}

/// Bytes of a stream format handed out at once.
const STREAM_CHUNK: usize = 64 << 10;

fn window_of<R: Read>(input: R, name: &str) -> Result<Window<R>, ContainerError> {
    Window::new(input).map_err(|source| ContainerError::Io { name: name.to_owned(), source })
}

/// Streams a recording.
#[derive(Debug)]
pub struct Reader<R> {
    name: String,
    format: Format,
    window: Window<R>,
    decoder: Decoder,
    reassembly: Reassembly,
    output: Output,
    ended: bool,
}

impl Reader<File> {
    /// Opens a file.
    ///
    /// # Errors
    /// As [`Reader::new`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, ContainerError> {
        let name = path.as_ref().display().to_string();
        match File::open(path) {
            Ok(file) => Self::new(file, name),
            Err(source) => Err(ContainerError::Io { name, source }),
        }
    }
}

impl<R: Read> Reader<R> {
    /// Recognises what `input` holds, gunzipping if need be. `name` is for messages.
    ///
    /// # Errors
    /// [`ContainerError::FormatUnknown`], also for an empty input, and what the storage refuses.
    pub fn new(input: R, name: impl Into<String>) -> Result<Self, ContainerError> {
        let name = name.into();
        let mut window = window_of(input, &name)?;
        let start = match window.fill(DETECT_LEN) {
            Ok(start) => start,
            Err(source) => return Err(ContainerError::Io { name, source }),
        };
        match detect(start) {
            Some(format) => Self::with(window, name, format),
            None => {
                let start = start.iter().copied().take(8).collect();
                Err(ContainerError::FormatUnknown { name, start })
            }
        }
    }

    /// Reads `input` as `format`, whatever it looks like, gunzipping if need be. What does not fit is
    /// passed over as damage is.
    ///
    /// # Errors
    /// [`ContainerError::Journal`] for that format, and what the storage refuses.
    pub fn of_format(
        input: R,
        name: impl Into<String>,
        format: Format,
    ) -> Result<Self, ContainerError> {
        let name = name.into();
        Self::with(window_of(input, &name)?, name, format)
    }

    fn with(window: Window<R>, name: String, format: Format) -> Result<Self, ContainerError> {
        let blocks = |framing| Decoder::Blocks(Box::new(Blocks::new(framing)));
        let decoder = match format {
            Format::Pcap => Decoder::Pcap(pcap::Pcap::default()),
            Format::Pcapng => Decoder::Pcapng(pcapng::Pcapng::default()),
            Format::Final => Decoder::Final(final_frames::FinalFrames::default()),
            Format::Gps => blocks(Framing::Gps),
            Format::Oradis => blocks(Framing::Oradis),
            Format::RawAsterix => blocks(Framing::Bare),
            Format::Beast | Format::Avr | Format::Sbs => Decoder::Stream,
            Format::Journal => return Err(ContainerError::Journal { name }),
        };
        let (reassembly, output) = (Reassembly::default(), Output::default());
        Ok(Self { name, format, window, decoder, reassembly, output, ended: false })
    }

    /// For a format that records only the time of day: the recording starts on this UTC day, and
    /// a step back of more than half a day is midnight. Without this it starts on 1970-01-01.
    #[must_use]
    pub fn on_day_of(mut self, day: Time) -> Self {
        match &mut self.decoder {
            Decoder::Final(frames) => frames.clock().start_on_day_of(day),
            Decoder::Blocks(blocks) => blocks.clock().start_on_day_of(day),
            _ => {}
        }
        self
    }

    /// What the recording is.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Whether it is gzipped.
    pub fn is_compressed(&self) -> bool {
        self.window.is_compressed()
    }

    /// Packets so far that carry neither UDP nor TCP data, such as ARP: not wanted, not defects.
    pub fn packets_passed_over(&self) -> u64 {
        self.output.packets_passed_over
    }

    /// The next thing found, or `None` at the end.
    ///
    /// # Errors
    /// Only what the storage refuses; damage is an [`Item::Defect`].
    pub fn read(&mut self) -> Result<Option<Item<'_>>, ContainerError> {
        let step = loop {
            if let Some(defect) = self.output.defects.pop_front() {
                return Ok(Some(Item::Defect(defect)));
            }
            if self.ended {
                return Ok(None);
            }
            let step = self.step();
            match step.map_err(|source| ContainerError::Io { name: self.name.clone(), source })? {
                Step::Nothing => {}
                Step::End => self.finish(),
                step => break step,
            }
        };
        let chunk = |origin: Origin| Chunk {
            time: origin.time,
            source: origin.source,
            destination: origin.destination,
            bytes: &self.output.payload,
        };
        Ok(match step {
            Step::Datagram(origin) => Some(Item::Datagram(chunk(origin))),
            Step::Stream(origin) => Some(Item::Stream(chunk(origin))),
            Step::Frame(time, link_type) => {
                Some(Item::Frame(Frame { link_type, time, bytes: &self.output.payload }))
            }
            Step::Nothing | Step::End => None,
        })
    }

    fn step(&mut self) -> io::Result<Step> {
        let (window, output) = (&mut self.window, &mut self.output);
        match &mut self.decoder {
            Decoder::Pcap(pcap) => pcap.step(window, &mut self.reassembly, output),
            Decoder::Pcapng(pcapng) => pcapng.step(window, &mut self.reassembly, output),
            Decoder::Final(frames) => frames.step(window, output),
            Decoder::Blocks(blocks) => blocks.step(window, output),
            Decoder::Stream => {
                let bytes = window.fill(STREAM_CHUNK)?;
                let count = bytes.len();
                output.set_payload(bytes);
                window.advance(count);
                Ok(if count == 0 { Step::End } else { Step::Stream(Origin::default()) })
            }
        }
    }

    fn finish(&mut self) {
        self.ended = true;
        let offset = self.window.offset();
        for _ in 0..self.reassembly.unfinished() {
            self.output.defect(DefectKind::FragmentsMissing, offset);
        }
        if self.window.is_gzip_damaged() {
            self.output.defect(DefectKind::GzipDamaged, offset);
        }
    }
}

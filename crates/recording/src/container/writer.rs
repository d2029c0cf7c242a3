//! Datagrams written as a recording that others can open.
//!
//! What a format has no room for is lost: FINAL keeps the time of day to 1/100 s, a GPS capture to
//! 1/128 s, bare blocks none. A capture has bare IP packets (link type 101) with UDP checksums; where
//! the datagram does not say who sent it, both ends are 127.0.0.1:8600.

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use etherparse::PacketBuilder;
use surveillance::Time;

use super::blocks::{GPS_HEADER_LEN, GPS_TRAILER_LEN};
use super::{Chunk, Format, final_frames};

/// Hops an invented packet might take.
const TIME_TO_LIVE: u8 = 64;
/// The tcpdump.org registry's number of bare IPv4 and IPv6.
const LINK_RAW_IP: u32 = 101;
const UNTOLD_END: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8600);
const NANOS_PER_SECOND: i64 = 1_000_000_000;

/// Why a datagram was not written.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The storage refused.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The format needs times, and the datagram has none.
    #[error("{} keeps the time of each datagram, and this one has none", .0.name())]
    Timeless(Format),
    /// Longer than the format has room for.
    #[error("{} has no room for a datagram of {bytes} bytes", format.name())]
    TooLong {
        /// The format.
        format: Format,
        /// How long it is.
        bytes: usize,
    },
    /// The format is read but not written.
    #[error("{} is not written; pcap, pcapng, final, asterix and gps are", .0.name())]
    Format(Format),
}

/// Writes datagrams one after the other.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    format: Format,
    buffer: Vec<u8>,
}

impl<W: Write> Writer<W> {
    /// Begins a recording: captures in nanoseconds.
    ///
    /// # Errors
    /// If the format is none that is written, or `out` refuses.
    pub fn new(mut out: W, format: Format) -> Result<Self, Refused> {
        match format {
            Format::Pcap => out.write_all(&pcap_header())?,
            Format::Pcapng => out.write_all(&pcapng_header())?,
            Format::Gps => out.write_all(&[0; GPS_HEADER_LEN])?,
            Format::Final | Format::RawAsterix => {}
            other => return Err(Refused::Format(other)),
        }
        Ok(Self { out, format, buffer: Vec::new() })
    }

    /// Whether the format has each block by itself, so that what is written must be one.
    pub fn takes_single_blocks(&self) -> bool {
        matches!(self.format, Format::Gps | Format::RawAsterix)
    }

    /// Writes a datagram.
    ///
    /// # Errors
    /// If it has no time where one is needed, is too long, or `out` refuses; the recording goes on
    /// without it but for the last case.
    pub fn write(&mut self, chunk: &Chunk<'_>) -> Result<(), Refused> {
        let (format, bytes) = (self.format, chunk.bytes);
        let too_long = Refused::TooLong { format, bytes: bytes.len() };
        let time = || chunk.time.ok_or(Refused::Timeless(format));
        self.buffer.clear();
        match format {
            Format::Pcap => {
                let time = time()?;
                let packet = packet(chunk).ok_or(too_long)?;
                self.pcap_record(time, &packet);
            }
            Format::Pcapng => {
                let time = time()?;
                let packet = packet(chunk).ok_or(too_long)?;
                self.pcapng_block(time, &packet);
            }
            Format::Final => {
                let hundredths = steps_of_day(time()?, 100);
                let length = final_frames::HEADER_LEN + bytes.len() + final_frames::TRAILER.len();
                let length = u16::try_from(length).map_err(|_| too_long)?;
                self.buffer.extend_from_slice(&length.to_be_bytes());
                // No error, board and line unknown.
                self.buffer.extend_from_slice(&[0; 3]);
                self.buffer.extend_from_slice(&hundredths.to_be_bytes()[1..]);
                self.buffer.extend_from_slice(bytes);
                self.buffer.extend_from_slice(&final_frames::TRAILER);
            }
            Format::Gps => {
                let steps = steps_of_day(time()?, 128);
                self.buffer.extend_from_slice(bytes);
                let mut trailer = [0; GPS_TRAILER_LEN];
                trailer[6..9].copy_from_slice(&steps.to_be_bytes()[1..]);
                self.buffer.extend_from_slice(&trailer);
            }
            _ => self.buffer.extend_from_slice(bytes),
        }
        Ok(self.out.write_all(&self.buffer)?)
    }

    /// Hands on what is left.
    ///
    /// # Errors
    /// If `out` refuses.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }

    fn pcap_record(&mut self, time: Time, packet: &[u8]) {
        let nanos = time.unix_nanos();
        // 32 bits of seconds without sign, as the format has them: 1970 to 2106.
        let seconds = nanos.div_euclid(NANOS_PER_SECOND).clamp(0, u32::MAX.into()) as u32;
        let fraction = nanos.rem_euclid(NANOS_PER_SECOND) as u32;
        for word in [seconds, fraction, packet.len() as u32, packet.len() as u32] {
            self.buffer.extend_from_slice(&word.to_le_bytes());
        }
        self.buffer.extend_from_slice(packet);
    }

    /// An enhanced packet block.
    fn pcapng_block(&mut self, time: Time, packet: &[u8]) {
        let padding = packet.len().next_multiple_of(4) - packet.len();
        let length = (32 + packet.len() + padding) as u32;
        let nanos = time.unix_nanos().max(0) as u64;
        let (kept, high, low) = (packet.len() as u32, (nanos >> 32) as u32, nanos as u32);
        for word in [6, length, 0, high, low, kept, kept] {
            self.buffer.extend_from_slice(&word.to_le_bytes());
        }
        self.buffer.extend_from_slice(packet);
        self.buffer.extend_from_slice(&[0; 3][..padding]);
        self.buffer.extend_from_slice(&length.to_le_bytes());
    }
}

/// Little-endian, nanoseconds, packets whole.
fn pcap_header() -> [u8; 24] {
    let mut header = [0; 24];
    header[..4].copy_from_slice(&0xA1B2_3C4D_u32.to_le_bytes());
    header[4..6].copy_from_slice(&2_u16.to_le_bytes());
    header[6..8].copy_from_slice(&4_u16.to_le_bytes());
    header[16..20].copy_from_slice(&(256_u32 << 10).to_le_bytes());
    header[20..].copy_from_slice(&LINK_RAW_IP.to_le_bytes());
    header
}

/// A section of unknown length with one interface, whose times are in nanoseconds.
fn pcapng_header() -> Vec<u8> {
    let words = [
        // Section: type, length, byte order, version 1.0, length of the section, length again.
        &[0x0A0D_0D0A, 28, 0x1A2B_3C4D, 1, u32::MAX, u32::MAX, 28][..],
        // Interface: type, length, link type, snapshot length, resolution 10^-9, end, length again.
        &[1, 32, LINK_RAW_IP, 256 << 10, 9 | 1 << 16, 9, 0, 32][..],
    ];
    words.concat().into_iter().flat_map(u32::to_le_bytes).collect()
}

/// The datagram with UDP and IP before it; `None` if it is too long for them.
fn packet(chunk: &Chunk<'_>) -> Option<Vec<u8>> {
    let (mut source, mut destination) =
        (chunk.source.unwrap_or(UNTOLD_END), chunk.destination.unwrap_or(UNTOLD_END));
    // An end that was not told is of the other's family.
    if source.is_ipv4() != destination.is_ipv4() {
        (source, destination) = (UNTOLD_END, UNTOLD_END);
    }
    let builder = match (source.ip(), destination.ip()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            PacketBuilder::ipv4(from.octets(), to.octets(), TIME_TO_LIVE)
        }
        (IpAddr::V6(from), IpAddr::V6(to)) => {
            PacketBuilder::ipv6(from.octets(), to.octets(), TIME_TO_LIVE)
        }
        _ => return None,
    };
    let builder = builder.udp(source.port(), destination.port());
    let mut packet = Vec::with_capacity(builder.size(chunk.bytes.len()));
    builder.write(&mut packet, chunk.bytes).ok().map(|()| packet)
}

/// Whole steps since midnight, so many a second.
fn steps_of_day(time: Time, per_second: u32) -> u32 {
    let of_day: Duration = time.time_of_day();
    (of_day.as_nanos() * u128::from(per_second) / NANOS_PER_SECOND as u128) as u32
}

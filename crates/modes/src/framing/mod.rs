//! Cutting a receiver's byte stream into frames: Beast (binary), AVR (hexadecimal lines) and SBS
//! (BaseStation lines, already decoded).
//!
//! Each splitter takes the stream in pieces of any size and gives what it finds to a sink, in
//! order, borrowing nothing beyond the call. Its own buffer holds at most one frame or line.

mod avr;
mod beast;
mod sbs;

pub use avr::AvrSplitter;
pub use beast::{BeastClock, BeastSplitter};
pub use sbs::{SbsMessage, SbsSplitter};

/// One message as a receiver passed it on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// The receiver's clock when it heard it.
    pub clock: FrameClock,
    /// Signal level as the receiver's own scale has it, 255 the strongest.
    pub signal: Option<u8>,
    data: [u8; 14],
    length: u8,
}

impl Frame {
    /// `None` unless `bytes` are 2 (Mode A/C), 7 or 14.
    pub fn new(clock: FrameClock, signal: Option<u8>, bytes: &[u8]) -> Option<Self> {
        if !matches!(bytes.len(), 2 | 7 | 14) {
            return None;
        }
        let mut data = [0; 14];
        data[..bytes.len()].copy_from_slice(bytes);
        Some(Self { clock, signal, data, length: bytes.len() as u8 })
    }

    /// Whether its receiver's clock keeps GPS time.
    pub const fn has_gps_time(&self) -> bool {
        matches!(self.clock, FrameClock::GpsNanosOfDay(_))
    }

    /// The message: 2 (Mode A/C), 7 or 14 bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.data[..usize::from(self.length)]
    }
}

/// When a receiver heard a frame, by its own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameClock {
    /// It did not say.
    None,
    /// Ticks of a free-running 12 MHz counter, 48 bits.
    Ticks12MHz(u64),
    /// Nanoseconds since midnight of GPS time (Radarcape).
    GpsNanosOfDay(u64),
    /// None heard it: a multilateration server composed the frame (its mark is the time
    /// FF 00 4D 4C 41 54, "MLAT", by the convention of mlat-client).
    MlatResult,
}

const MLAT_MARK: u64 = 0xff00_4d4c_4154;

impl FrameClock {
    /// From a 48-bit count.
    fn from_ticks(ticks: u64) -> Self {
        match ticks {
            MLAT_MARK => Self::MlatResult,
            _ => Self::Ticks12MHz(ticks),
        }
    }

    /// From Radarcape's form: 18 bits of seconds since midnight, 30 bits of nanoseconds.
    fn from_gps(word: u64) -> Self {
        match word {
            MLAT_MARK => Self::MlatResult,
            _ => Self::GpsNanosOfDay((word >> 30) * 1_000_000_000 + (word & 0x3fff_ffff)),
        }
    }
}

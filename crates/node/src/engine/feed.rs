//! One feed's bytes on their way to plots.

use super::receiver_clock::ReceiverClock;
use super::sensors::{SensorBook, Source};
use asterix::Interpreter;
use modes::framing::{AvrSplitter, BeastSplitter, FrameClock, SbsSplitter};
use modes::{Decoder, DecoderConfig, Frame};
use surveillance::{Plot, Sensor, SensorId, SensorKind, Time};

/// What arrives on a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedFormat {
    /// Mode S frames in Beast binary.
    Beast,
    /// Mode S frames as AVR text.
    Avr,
    /// BaseStation lines.
    Sbs,
    /// ASTERIX datagrams.
    Asterix,
}

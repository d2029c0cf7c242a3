//! Mode S and ADS-B: what a receiver on 1,090 MHz heard, as reports and plots.
//!
//! The way of a byte: a splitter ([`BeastSplitter`], [`AvrSplitter`]) cuts the receiver's stream
//! into [`Frame`]s; [`Decoder::decode`] checks parity, decodes the message, resolves compact
//! position reports and returns a [`Report`]; [`to_plot`] turns that into a `surveillance::Plot`.
//! [`SbsSplitter`] yields already decoded BaseStation messages, which have a `to_plot` of their
//! own, and [`Hearings`] gathers what several receivers heard of one transmission for
//! [`arrivals_to_plot`]. Every splitter survives any split of its stream, holds a bounded buffer and finds the next
//! frame after garbage; nothing allocates per message.
//!
//! Transponder registers that radars extract are read by [`registers`].
//!
//! Sources: ICAO Annex 10 volume IV, ICAO Doc 9871, RTCA DO-260B / EUROCAE ED-102A. Start at
//! [`Decoder`].

mod adsb;
mod aircraft;
mod altitude;
mod cpr;
mod crc;
mod decoder;
mod defect;
mod field;
mod fixes;
mod framing;
mod hearings;
mod identity;
mod plot;
pub mod registers;
mod report;

pub use decoder::{Decoder, DecoderConfig, DecoderStats};
pub use defect::{AltitudeDefect, Defect, FramingDefect, PositionDefect};
pub use framing::{
    AvrSplitter, BeastClock, BeastSplitter, Frame, FrameClock, SbsMessage, SbsSplitter,
};
pub use hearings::{Hearings, Located};
pub use plot::{arrivals_to_plot, sbs_to_plot, to_plot};
pub use report::{
    Airspeed, AirspeedKind, Content, Emergency, Interrogator, Position, PositionMethod, Report,
    Source, VerticalRateSource,
};

//! The field's nouns that every part shares, as plain data: what a sensor is, what it measured
//! (a [`Plot`]), what is believed of a target (a [`Track`]), the codes both carry, and time.
//!
//! Nothing here computes a picture and nothing here is serialised: wire forms live at the rim.
//! GLOSSARY.md defines each noun. Start at [`Plot`].

mod codes;
mod plot;
mod quality;
mod running;
mod sensor;
mod time;
mod track;

pub use codes::{Address, AddressKind, Callsign, Codes, Mode3A, SourceTrack};
pub use plot::{
    Arrivals, Measurement, PlacedPlot, Plot, PlotOrigin, PositionReport, PressureAltitude, Velocity,
};
pub use quality::{AdsbQuality, EmitterCategory};
pub use running::{ClockStep, RunningClock};
pub use sensor::{PlotAccuracy, Receiver, Sensor, SensorId, SensorKind, View};
pub use time::{ParseTimeError, Time};
pub use track::{Contributor, EndReason, Phase, Track, TrackNumber};

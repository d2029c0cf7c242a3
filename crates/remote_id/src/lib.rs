//! Remote ID: what an unmanned aircraft broadcasts of itself and its operator over Wi-Fi and
//! Bluetooth, so that anyone near it may know whose it is.
//!
//! [`decode`] takes one received frame apart into [`Broadcast`]s; the [`Book`] puts together what
//! one transmitter says in several, remembers the last of each aircraft and holds it against what
//! an aircraft can do; [`to_plot`] makes plots of it for a tracker.
//!
//! Nothing in a broadcast is proved: authentication messages are kept and not verified, since the
//! keys are not public. What is told is a claim, and [`Doubt`]s say where it cannot be true.

mod book;
mod capture;
mod chain;
mod defect;
mod dji;
mod dri;
mod frame;
mod id;
mod judge;
mod message;
mod odid;
mod plot;

pub use book::{Aircraft, Book, BookCounters, Sighting};
pub use capture::{CaptureSplitter, Captured};
pub use defect::Defect;
pub use frame::{Broadcast, Link, Transport, decode};
pub use id::{IdKind, Mac, UasId};
pub use judge::{Doubt, DoubtKind, Grade, Limits, Unit};
pub use message::{
    AuthenticationPage, BasicId, Classification, HeightReference, Location, Message, OperatorId,
    OperatorPlace, Point, SelfId, Stamp, Status, System, Text, UaType,
};
pub use odid::{decode_message, decode_pack};
pub use plot::to_plot;

//! Flight plans: messages about them, their routes, and which track flies which.
//!
//! [`read`] takes a file or a telegram as it came, ICAO messages (PANS-ATM, Doc 4444, appendices 2
//! and 3, the format in force since 2012), and gives [`Message`]s and named [`Defect`]s.

mod book;
mod defect;
mod icao;
mod message;
mod route;
mod source;
mod values;

pub use book::{Applied, Difference, Entry, Life, PlanId, Plans, PlansConfig, Refusal};
pub use defect::{Defect, Fault};
pub use icao::write as write_icao;
pub use message::{
    Aircraft, Amendment, Arrival, Change, Equipment, EquipmentCode, Estimate, Flight, FlightRules,
    FlightType, Indicator, Message, Other, Plan, SsrCode, Wake,
};
pub use route::{Bound, Element, Fix, Revision, Route};
pub use source::{DEFECTS_MAX, Reading};
pub use values::{Date, Elapsed, Level, Location, Name, Speed, TimeOfDay};

/// Reads every message in `bytes`, whatever stands around them: AFTN headers, origin lines, blank
/// lines. What could be understood is kept; everything else is a defect with its line and field.
pub fn read(bytes: &[u8]) -> Reading {
    let text = source::text_of(bytes);
    icao::read(&text)
}

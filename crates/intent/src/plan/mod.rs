//! Flight plans: messages about them, their routes, and which track flies which.
//!
//! [`read`] takes a file or a telegram as it came, ICAO messages (PANS-ATM, Doc 4444, appendices 2
//! and 3, the format in force since 2012) and ADEXP (EUROCONTROL specification 107), and gives [`Message`]s and named [`Defect`]s.

mod adexp;
mod adherence;
mod book;
mod correlate;
mod defect;
mod icao;
mod message;
mod route;
mod source;
mod trajectory;
mod values;

pub use adexp::write as write_adexp;
pub use adherence::{Adherence, AdherenceConfig, adherence};
pub use book::{Applied, Difference, Entry, Life, PlanClock, PlanId, Plans, PlansConfig, Refusal};
pub use correlate::{Correlator, CorrelatorConfig, Evidence, How, Match, Unmatched, Word};
pub use defect::{Defect, Fault};
pub use icao::write as write_icao;
pub use message::{
    Aircraft, Amendment, Arrival, Change, Equipment, EquipmentCode, Estimate, Flight, FlightRules,
    FlightType, Indicator, Message, Other, Plan, ProfilePoint, SsrCode, Wake,
};
pub use route::{Bound, Element, Fix, Revision, Route};
pub use source::{DEFECTS_MAX, Reading};
pub use trajectory::{
    ASSUMED_SPEED_MPS, Located, Over, Places, RouteFault, RoutePoint, Timing, Trajectory,
};
pub use values::{Date, Elapsed, Level, Location, Name, Speed, TimeOfDay};

use source::Reader;

/// The message in the form that keeps all of it: ADEXP where it has points that a centre
/// calculated, which ICAO messages have no place for, else ICAO.
pub fn write(message: &Message) -> String {
    match message {
        Message::Filed(plan) if !plan.profile.is_empty() => write_adexp(message),
        _ => write_icao(message),
    }
}

/// Reads every message in `bytes`, of both formats, whatever stands around them: AFTN headers, origin
/// lines, blank lines. What could be understood is kept; everything else is a defect with its line
/// and field.
pub fn read(bytes: &[u8]) -> Reading {
    let text = source::text_of(bytes);
    let mut reader = Reader::new(&text);
    let mut icao_at = icao::next_start(&text, 0);
    let mut adexp_at = adexp::next_start(&text, 0);
    if icao_at.or(adexp_at).is_none() {
        reader.say_at(1, "3", Fault::Empty);
    }
    while let Some(start) = [icao_at, adexp_at].into_iter().flatten().min() {
        let is_icao = icao_at == Some(start);
        if is_icao {
            icao_at = icao::next_start(&text, start + 1);
        } else {
            adexp_at = adexp::next_start(&text, start + 1);
        }
        let limit = [icao_at, adexp_at].into_iter().flatten().min().unwrap_or(text.len());
        if is_icao {
            icao::read_at(&mut reader, start, limit);
        } else {
            adexp::read_at(&mut reader, start, limit);
        }
    }
    reader.reading
}

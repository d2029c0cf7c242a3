//! A party's leave for a flight to cross a border or use an airspace.

use super::{Answer, Heights, Limits, Period};
use surveillance::{Address, Callsign, Codes, Time};

/// Leave for one flight, or for all of some kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Permission {
    /// Its number or name, as the party that gave it writes it.
    pub name: String,
    /// Who gave it: ISO 3166 alpha-3 or an organisation's id.
    pub party: String,
    /// Whom it is for; all that are given must match.
    pub subject: Subject,
    /// Names of the airspaces it opens. A territory's name opens its border.
    pub airspaces: Vec<String>,
    /// When.
    pub period: Period,
    /// From where up to where.
    pub limits: Limits,
    /// Line in the file it came from, counted from 1.
    pub line: Option<u32>,
}

/// Whom a permission is for. What is `None` does not count; one at least is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Subject {
    /// This callsign.
    pub callsign: Option<Callsign>,
    /// Any callsign that begins so, as an operator's designator: `UAFM` is written `UAF*`.
    pub callsign_prefix: Option<Callsign>,
    /// This 24-bit address.
    pub address: Option<Address>,
    /// The flight plan that the track is correlated with is of this callsign.
    pub plan: Option<Callsign>,
}

impl Subject {
    /// Whether a target with these codes, correlated with a plan of `plan`'s callsign, is meant.
    pub fn matches(&self, codes: &Codes, plan: Option<Callsign>) -> bool {
        let begins = |prefix: Callsign| {
            codes.callsign.is_some_and(|own| own.as_str().starts_with(prefix.as_str()))
        };
        *self != Subject::default()
            && self.callsign.is_none_or(|callsign| codes.callsign == Some(callsign))
            && self.callsign_prefix.is_none_or(begins)
            && self.address.is_none_or(|address| codes.address == Some(address))
            && self.plan.is_none_or(|own| plan == Some(own))
    }
}

impl Permission {
    /// Whether it lets a flight that is its subject be in `airspace` at `at` and `heights`:
    /// [`Answer::Unknown`] where its limits cannot be judged.
    pub fn lets(&self, airspace: &str, heights: &Heights, at: Time) -> Answer {
        let opens = self.airspaces.iter().any(|name| name == airspace);
        Answer::surely(opens && self.period.holds(at)).and(self.limits.answer(heights))
    }
}

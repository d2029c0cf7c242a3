//! What speaks for and against a plan, and how much.

use super::index::{Moving, Slot};
use super::{CorrelatorConfig, How};
use surveillance::{AddressKind, Time, Track};

/// What one code of a track says of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// One of the two does not tell it, or it means nothing.
    Silent,
    /// It is the plan's.
    Same,
    /// It is another.
    Other,
}

/// Everything that was weighed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// Callsign, or registration.
    pub callsign: Word,
    /// 24-bit address.
    pub address: Word,
    /// Mode 3/A code.
    pub code: Word,
    /// To the route, metres; `None` if the plan has no route that is known.
    pub route_m: Option<f64>,
    /// After the planned time there, seconds; negative before it.
    pub late_s: Option<f64>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Weighed {
    pub(super) score: f64,
    pub(super) how: How,
    pub(super) why: Evidence,
    /// Nearness to the route in place and time, 0 to 1.
    near: f64,
}

impl Weighed {
    /// Nothing but the route speaks for it, and that clearly; nothing speaks against it.
    pub(super) fn by_route_alone(&self, config: &CorrelatorConfig) -> bool {
        self.near >= config.route_alone && self.is_silent()
    }

    /// Nothing speaks against it, and it is still about its route.
    pub(super) fn stays_on_route(&self, config: &CorrelatorConfig) -> bool {
        self.near >= 0.5 * config.route_alone && self.is_silent()
    }

    /// Neither callsign, address nor code says anything.
    fn is_silent(&self) -> bool {
        [self.why.callsign, self.why.address, self.why.code] == [Word::Silent; 3]
    }
}

/// Weighs a plan for a track. `beside` is the piece of the route next to it, and how it moves.
pub(super) fn weigh(
    track: &Track,
    slot: &Slot,
    beside: Option<(usize, &Moving)>,
    now: Time,
    config: &CorrelatorConfig,
) -> Weighed {
    let word = |same: Option<bool>| match same {
        None => Word::Silent,
        Some(true) => Word::Same,
        Some(false) => Word::Other,
    };
    let codes = &track.codes;
    let callsign = codes
        .callsign
        .map(|callsign| callsign == slot.callsign || Some(callsign) == slot.registration);
    let icao = codes.address.filter(|address| address.kind() == AddressKind::Icao);
    let address = icao.and_then(|address| slot.address.map(|planned| planned == address));
    let told = codes.mode_3a.filter(|code| !code.is_shared());
    let code = told.and_then(|code| slot.code.map(|planned| planned == code));
    let beside = beside.and_then(|(piece, moving)| slot.beside(piece, moving, now));
    let near = beside.map_or(0.0, |beside| {
        // Across the route counts half, against it nothing.
        let course = beside.course_cos.map_or(1.0, |cos| 0.5 + 0.5 * cos);
        let place = nearness(beside.distance_m, config.lateral_m);
        place * nearness(beside.late_s, config.off_time_s) * course
    });
    let route_m = beside.map(|beside| beside.distance_m);
    let late_s = beside.map(|beside| beside.late_s);
    let why = Evidence {
        callsign: word(callsign),
        address: word(address),
        code: word(code),
        route_m,
        late_s,
    };
    let weight = |word, same: f64, other: f64| match word {
        Word::Silent => 0.0,
        Word::Same => same,
        Word::Other => other,
    };
    // Late is often only a message that did not come: time alone speaks against nothing.
    let far = route_m.is_some_and(|route_m| route_m > 4.0 * config.lateral_m);
    let score = weight(why.callsign, config.callsign, config.callsign_other)
        + weight(why.address, config.address, config.address_other)
        + weight(why.code, config.code, config.code_other)
        + config.route * near
        + if far { config.route_other } else { 0.0 };
    let how = match why {
        Evidence { callsign: Word::Same, .. } => How::Callsign,
        Evidence { address: Word::Same, .. } => How::Address,
        Evidence { code: Word::Same, .. } => How::Code,
        _ => How::Route,
    };
    Weighed { score, how, why, near }
}

/// 1 at nothing, ½ at `half`, 0 in the far: 1/(1 + (x/half)²).
fn nearness(value: f64, half: f64) -> f64 {
    let ratio = value / half;
    1.0 / (1.0 + ratio * ratio)
}

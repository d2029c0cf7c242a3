//! An entry into an area or over a border in the words and figures of an alert.

use super::border::Came;
use super::leave::{Leave, Planned};
use crate::{Fact, Value};
use intent::airspace::{Airspace, Answer, Crossing, Motion};

/// An entry, now or ahead, for which no leave was found.
pub(super) struct Entry<'a> {
    pub(super) crossing: &'a Crossing,
    pub(super) after_s: f64,
    /// Height and hours decide it.
    pub(super) sure: bool,
    pub(super) leave: Leave,
    /// Of a border: what became of the search for a plan, and how the track came inside.
    pub(super) planned: Option<(Planned, Option<Came>)>,
}

fn name(text: impl Into<String>) -> Value {
    Value::Name(text.into())
}

impl Entry<'_> {
    pub(super) fn write(
        &self,
        airspace: &Airspace,
        motion: &Motion,
        horizon_s: f64,
        facts: &mut Vec<Fact>,
    ) {
        what(airspace, facts);
        if self.after_s > 0.0 {
            let after = Value::SpanS(self.after_s);
            facts.push(Fact::against("time to entry", after, Value::SpanS(horizon_s)));
            if self.after_s == self.crossing.after_s {
                facts.push(Fact::new("place of entry", Value::Place(self.crossing.place)));
            }
        }
        match self.planned {
            Some((_, Some(Came::Over { at, place }))) => {
                facts.push(Fact::new("crossed", Value::At(at)));
                facts.push(Fact::new("place of crossing", Value::Place(place)));
            }
            Some((_, Some(Came::PerhapsUnseen))) => {
                facts.push(Fact::new("crossed", name("perhaps unseen: first seen inside")));
            }
            Some((_, Some(Came::BeforeRestart))) => {
                facts.push(Fact::new("crossed", name("before the node was started again")));
            }
            _ => {}
        }
        height(airspace, motion, self.after_s, facts);
        let then = motion.at.plus_seconds(self.after_s);
        let active = match airspace.activation.at(then) {
            Answer::Inside => "yes",
            Answer::Unknown => "not known",
            Answer::Outside => "no",
        };
        facts.push(Fact::new("active", name(active)));
        if !self.sure {
            facts.push(Fact::new("certain", name("no: height or hours do not decide it")));
        }
        let permission = match self.leave {
            Leave::HeightUnknown => "one whose limits the height does not decide",
            Leave::None | Leave::Given => "none for its callsign or address",
        };
        facts.push(Fact::new("permission", name(permission)));
        let plan = match self.planned {
            Some((Planned::None, _)) => name("none matched"),
            Some((Planned::Elsewhere(plan), _)) => name(format!("plan {plan} does not go there")),
            Some((Planned::Through, _)) | None => return,
        };
        facts.push(Fact::new("plan", plan));
    }
}

/// Just outside of what it was in.
pub(super) fn write_leaving(
    airspace: &Airspace,
    motion: &Motion,
    (distance_m, limit_m): (f64, f64),
    facts: &mut Vec<Fact>,
) {
    what(airspace, facts);
    let (outside, limit) = (Value::DistanceM(distance_m), Value::DistanceM(limit_m));
    facts.push(Fact::against("outside by", outside, limit));
    height(airspace, motion, 0.0, facts);
}

fn what(airspace: &Airspace, facts: &mut Vec<Fact>) {
    facts.push(Fact::new("airspace", name(airspace.name.as_str())));
    facts.push(Fact::new("kind", name(airspace.kind.word())));
    if let Some(party) = &airspace.party {
        facts.push(Fact::new("party", name(party.as_str())));
    }
}

/// The height then, against the limits; or that it is not known.
fn height(airspace: &Airspace, motion: &Motion, after_s: f64, facts: &mut Vec<Fact>) {
    let limits = name(format!("{} to {}", airspace.limits.lower, airspace.limits.upper));
    let heights = motion.heights.raised(motion.velocity.up * after_s);
    let level = heights.pressure_altitude_m.map(|metres| ("level", metres));
    let measured = heights.geometric_m.map(|metres| {
        let undulation_m = heights.undulation_m.unwrap_or(0.0);
        let sea = heights.undulation_m.is_some();
        let what = if sea { "height above the sea" } else { "height above the ellipsoid" };
        (what, metres - undulation_m)
    });
    facts.push(match level.or(measured) {
        Some((what, metres)) => Fact::against(what, Value::HeightM(metres), limits),
        None => Fact::against("height", name("not known"), limits),
    });
    if let Some(hpa) = heights.qnh_hpa {
        facts.push(Fact::new("QNH", name(format!("{hpa:.0} hPa"))));
    }
}

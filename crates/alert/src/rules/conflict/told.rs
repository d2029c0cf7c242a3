//! A conflict in the words and figures of an alert.

use super::body::Body;
use super::config::Thresholds;
use super::judge::{Course, Judged};
use crate::{AlertKey, Cause, Fact, Firings, Rule, Severity, Value};
use surveillance::Time;

/// Fires for a pair in conflict in a named volume. What was judged at an earlier instant stays
/// predicted for the time for which it was.
pub(super) fn fire(
    [a, b]: [&Body; 2],
    (judged, judged_at): (&Judged, Time),
    (volume, thresholds): (&str, &Thresholds),
    now: Time,
    firings: &mut Firings,
) {
    let relative = a.sees(b);
    let (limit, predicted, place_s, severity) = match judged {
        Judged::Current { parting: true } => (thresholds.current, None, 0.0, Severity::Caution),
        Judged::Current { parting: false } => (thresholds.current, None, 0.0, Severity::Warning),
        Judged::Predicted { from_s, .. } => {
            let imminent = judged.imminent(thresholds);
            let severity = if imminent { Severity::Warning } else { Severity::Caution };
            let then = judged_at.plus_seconds(*from_s);
            (thresholds.predicted, Some(then), then.seconds_since(now).max(0.0), severity)
        }
    };
    let key = AlertKey::of_pair(Rule::Conflict, Cause::Tracks, a.number, b.number);
    let facts = firings.fire(key, severity, predicted);
    let lateral = |name, time_s| {
        let apart = Value::DistanceM(relative.distance_m(time_s));
        Fact::against(name, apart, Value::DistanceM(limit.lateral_m))
    };
    let heights_m = a.heights_beside(b);
    let vertical = |name, time_s: f64| {
        let [own_m, others_m] = heights_m?;
        let apart_m = b.goes_on(others_m).at(time_s) - a.goes_on(own_m).at(time_s);
        Some(Fact::against(name, Value::HeightM(apart_m.abs()), Value::HeightM(limit.vertical_m)))
    };
    if let (Judged::Predicted { course, .. }, from_s) = (judged, place_s) {
        let look_ahead = Value::SpanS(thresholds.look_ahead_s);
        facts.push(Fact::against("time to violation", Value::SpanS(from_s), look_ahead));
        let text = match course {
            Course::Either => "level off or not",
            Course::PastLevel => "if the next level is passed",
            Course::Cleared => "at the cleared level",
            Course::Selected => "at the level that its crew selected",
        };
        facts.push(Fact::new("comes about", Value::Name(text.to_owned())));
    }
    facts.push(lateral("lateral distance", 0.0));
    facts.extend(vertical("vertical distance", 0.0));
    let closest_s = relative.closest_s(thresholds.look_ahead_s);
    if closest_s > 0.0 {
        facts.push(lateral("lateral distance at closest approach", closest_s));
        facts.extend(vertical("vertical distance then, rates kept", closest_s));
        facts.push(Fact::new("closest approach", Value::At(now.plus_seconds(closest_s))));
    }
    facts.push(Fact::new("closing speed", Value::SpeedMps(-relative.range_rate_mps())));
    facts.push(Fact::new("climb rate of the first", Value::SpeedMps(a.rate_mps)));
    facts.push(Fact::new("climb rate of the second", Value::SpeedMps(b.rate_mps)));
    facts.push(Fact::new("place of the first at violation", Value::Place(a.place_at(place_s))));
    facts.push(Fact::new("thresholds of", Value::Name(volume.to_owned())));
}

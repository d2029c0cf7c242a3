//! Alerts in wire form: names and values as people read them.

use crate::wire::{
    ALERT_CALLS, ALERT_RINGS, AlertCall, AlertMark, AlertMute, AlertPlace, AlertRing, AlertRow,
    AlertSeverity, AlertState, Belief, FactRow, MARK_PLACES, MarkedPlace, SaidWords,
};
use accord::AlertKind;
use alert::incident::Kind;
use alert::rules::disagreement::CLAIMED;
use alert::rules::navigation::{DEGRADED, OF_AIRCRAFT, corners};
use alert::{Act, Alert, Board, Cause, End, Fact, MuteScope, Rule, Severity, State, Value};
use geodesy::Geodetic;
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM, MPS_PER_FPM, MPS_PER_KNOT};
use std::cmp::Reverse;
use surveillance::{EndReason, SensorId, Time};

/// What the rows need to know beside the board.
pub(super) struct Names<'a> {
    /// Names of airspaces and borders, by place.
    pub(super) area: &'a dyn Fn(u32) -> Option<String>,
    /// Names of sensors.
    pub(super) sensor: &'a dyn Fn(SensorId) -> Option<String>,
    /// Names of the site's rules, by place.
    pub(super) site: &'a dyn Fn(u16) -> Option<String>,
}

pub(super) fn row(alert: &Alert, board: &Board, names: &Names<'_>) -> AlertRow {
    let place = |fact: &Fact| match fact.value {
        Value::Place(place) => Some(on_map(place)),
        _ => None,
    };
    AlertRow {
        id: alert.id.0,
        rule: full_name(alert.key.rule, names),
        title: title(alert.key.rule, names),
        severity: severity(alert.severity),
        state: match alert.state() {
            State::New => AlertState::New,
            State::Acknowledged => AlertState::Acknowledged,
            State::InIncident => AlertState::InIncident,
            State::Ended => AlertState::Ended,
        },
        tracks: alert.key.tracks.iter().flatten().map(|number| number.0).collect(),
        about: about(alert.key.cause, names),
        at: alert.facts.iter().find_map(place),
        predicted_ms: alert.predicted.map(ms),
        opened_ms: ms(alert.opened),
        ended_ms: alert.ended.as_ref().map(|ended| ms(ended.at)),
        ended_for: alert.ended.as_ref().map(|ended| ended_for(&ended.why)),
        acknowledged: alert.acknowledged.as_ref().map(|act| said(act, String::new())),
        rose_since: alert.rose_since_acknowledged(),
        muted: board.mute_of(&alert.key).map(|(scope, mute)| AlertMute {
            said: said(&mute.act, mute.reason.clone()),
            until_ms: ms(mute.until),
            of_rule: matches!(scope, MuteScope::Rule(_)),
        }),
        incident: alert.incident.as_ref().map(|joined| joined.incident.clone()),
        facts: alert.facts.iter().map(|fact| fact_row(fact, names)).collect(),
        cat004: alert.key.rule.cat004(),
        kind: Kind::of(alert.key.rule).into(),
    }
}

/// What calls for somebody, the newest first, at most [`ALERT_CALLS`] of each severity.
pub(super) fn calls(board: &Board, names: &Names<'_>) -> Vec<AlertCall> {
    let unmuted = |alert: &&Alert| board.mute_of(&alert.key).is_none();
    let mut waiting: Vec<_> = board.open().filter(|alert| alert.waits()).filter(unmuted).collect();
    waiting.sort_unstable_by_key(|alert| Reverse((alert.risen(), alert.id)));
    let mut told = [0; 3];
    waiting.retain(|alert| {
        let of_severity = &mut told[alert.severity as usize];
        *of_severity += 1;
        *of_severity <= ALERT_CALLS
    });
    let call = |alert: &Alert| AlertCall {
        alert: alert.id.0,
        severity: severity(alert.severity),
        title: title(alert.key.rule, names),
        tracks: alert.key.tracks.iter().flatten().map(|number| number.0).collect(),
        about: about(alert.key.cause, names),
        since_ms: ms(alert.risen()),
    };
    waiting.into_iter().map(call).collect()
}

/// What the map has to show of open alerts about tracks, but for those `shown` as rows; the most
/// urgent first, at most [`ALERT_RINGS`].
pub(super) fn elsewhere(board: &Board, shown: &[AlertRow], names: &Names<'_>) -> Vec<AlertRing> {
    let is_shown = |alert: &Alert| shown.iter().any(|row| row.id == alert.id.0);
    let about_tracks = board.open().filter(|alert| alert.key.tracks.iter().any(Option::is_some));
    let mut rest: Vec<_> = about_tracks.filter(|alert| !is_shown(alert)).collect();
    rest.sort_unstable_by_key(|alert| (Reverse(alert.severity), alert.id));
    let ring = |alert: &Alert| AlertRing {
        rule: full_name(alert.key.rule, names),
        severity: severity(alert.severity),
        tracks: alert.key.tracks.iter().flatten().map(|number| number.0).collect(),
        predicted_ms: alert.predicted.map(ms),
    };
    rest.into_iter().take(ALERT_RINGS).map(ring).collect()
}

fn on_map(place: Geodetic) -> AlertPlace {
    AlertPlace { lat_deg: place.latitude_deg(), lon_deg: place.longitude_deg() }
}

/// Whether an alert has a mark of its own on the map: what its track alone does not show.
pub(super) fn is_marked(alert: &Alert) -> bool {
    let placed = matches!(
        alert.key.rule,
        Rule::PositionDisagreement
            | Rule::RemoteIdMotion
            | Rule::RemoteIdDuplicate
            | Rule::Unmanned
    );
    placed || matches!(alert.key.cause, Cause::Cell(_) | Cause::Sensor(_))
}

/// The mark; `None` where no place of it is known.
pub(super) fn mark(
    alert: &Alert,
    names: &Names<'_>,
    site: &dyn Fn(SensorId) -> Option<Geodetic>,
) -> Option<AlertMark> {
    let disagrees = alert.key.rule == Rule::PositionDisagreement;
    let place = |fact: &Fact| match fact.value {
        Value::Place(place) => Some(MarkedPlace {
            at: on_map(place),
            name: fact.name.to_string(),
            belief: match disagrees {
                true if fact.name == CLAIMED => Belief::Claimed,
                true => Belief::Trusted,
                false => Belief::Plain,
            },
        }),
        _ => None,
    };
    let mut places: Vec<_> = alert.facts.iter().filter_map(place).take(MARK_PLACES).collect();
    let mut outline = Vec::new();
    match alert.key.cause {
        Cause::Cell(cell) => outline = corners(cell).into_iter().map(on_map).collect(),
        Cause::Sensor(id) => places.extend(site(id).map(|at| MarkedPlace {
            at: on_map(at),
            name: sensor(id, names),
            belief: Belief::Plain,
        })),
        _ => {}
    }
    let title = title(alert.key.rule, names);
    let severity = severity(alert.severity);
    let count = |name: &str| {
        alert.facts.iter().find(|fact| fact.name == name).and_then(|fact| match fact.value {
            Value::Count(count) => u32::try_from(count).ok(),
            _ => None,
        })
    };
    let degraded = count(DEGRADED).zip(count(OF_AIRCRAFT)).map(|(some, all)| [some, all]);
    let nowhere = places.is_empty() && outline.is_empty();
    (!nowhere).then_some(AlertMark {
        alert: alert.id.0,
        severity,
        title,
        places,
        outline,
        degraded,
    })
}

fn said(act: &Act, words: String) -> SaidWords {
    SaidWords { at_ms: ms(act.at), words, by: act.by.clone() }
}

fn ms(at: Time) -> f64 {
    at.unix_millis() as f64
}

pub(super) fn severity(severity: Severity) -> AlertSeverity {
    match severity {
        Severity::Advisory => AlertSeverity::Advisory,
        Severity::Caution => AlertSeverity::Caution,
        Severity::Warning => AlertSeverity::Warning,
    }
}

fn fact_row(fact: &Fact, names: &Names<'_>) -> FactRow {
    let shown = |of: &Value| match of {
        // Up and down, people say feet a minute.
        Value::SpeedMps(mps) if fact.name.starts_with("climb") => {
            format!("{:.0} ft/min", mps / MPS_PER_FPM)
        }
        _ => value(of, names),
    };
    FactRow {
        name: fact.name.to_string(),
        value: shown(&fact.value),
        limit: fact.limit.as_ref().map(shown),
    }
}

/// As at the screen: NM and metres, feet, knots, degrees, UTC.
fn value(value: &Value, names: &Names<'_>) -> String {
    match value {
        // A runway's length and less is thought of in metres.
        Value::DistanceM(m) if m.abs() < 0.5 * METRES_PER_NM => format!("{m:.0} m"),
        Value::DistanceM(m) => format!("{:.1} NM", m / METRES_PER_NM),
        Value::HeightM(m) => format!("{:.0} ft", m / METRES_PER_FOOT),
        Value::SpeedMps(mps) => format!("{:.0} kt", mps / MPS_PER_KNOT),
        Value::AngleRad(rad) => format!("{:.2}°", rad.to_degrees()),
        Value::SpanS(s) if s.abs() < 10.0 => format!("{s:.1} s"),
        Value::SpanS(s) => format!("{s:.0} s"),
        Value::Share(share) => format!("{:.0} %", share * 100.0),
        Value::Count(count) => count.to_string(),
        Value::At(at) => clock(*at),
        Value::Place(place) => {
            let side = |deg: f64, sides: [char; 2]| {
                format!("{:.4}° {}", deg.abs(), sides[usize::from(deg < 0.0)])
            };
            let latitude = side(place.latitude_deg(), ['N', 'S']);
            format!("{latitude} {}", side(place.longitude_deg(), ['E', 'W']))
        }
        Value::Code(code) => code.to_string(),
        Value::Address(address) => address.to_string(),
        Value::Sensor(id) => sensor(*id, names),
        Value::Name(name) => name.clone(),
        Value::Track(number) => number.to_string(),
    }
}

/// Time of day, UTC, to the second.
fn clock(at: Time) -> String {
    let s = at.time_of_day().as_secs();
    format!("{:02}:{:02}:{:02}Z", s / 3600, s / 60 % 60, s % 60)
}

fn sensor(id: SensorId, names: &Names<'_>) -> String {
    (names.sensor)(id).filter(|name| !name.is_empty()).unwrap_or_else(|| id.to_string())
}

fn about(cause: Cause, names: &Names<'_>) -> Option<String> {
    match cause {
        Cause::Tracks => None,
        Cause::Area(area) => (names.area)(area),
        Cause::Code(code) => Some(format!("code {code}")),
        Cause::Address(address) => Some(format!("address {address}")),
        Cause::Cell(cell) => Some(format!("cell {cell:x}")),
        Cause::Sensor(id) => Some(sensor(id, names)),
        Cause::RemoteId(id) => Some(format!("remote ID {id}")),
    }
}

fn ended_for(why: &End) -> String {
    match why {
        End::Condition | End::Resolved => "no longer so".to_owned(),
        End::Track(EndReason::Lost | EndReason::NeverConfirmed) => "the track was lost".to_owned(),
        End::Track(EndReason::MergedInto(number) | EndReason::Superseded(number)) => {
            format!("the track goes on as {number}")
        }
        End::Track(EndReason::Shed) => "the track was shed".to_owned(),
        End::Closed { act, reason } => format!("closed by {}: {reason}", act.by),
    }
}

/// The name of a rule that is built in, in configuration and documents.
pub(crate) fn rule_name(rule: Rule) -> &'static str {
    named(rule).0
}

fn full_name(rule: Rule, names: &Names<'_>) -> String {
    match rule {
        Rule::Site(place) => (names.site)(place).unwrap_or_else(|| format!("site {place}")),
        _ => rule_name(rule).to_owned(),
    }
}

/// What a rule says on the screen.
fn title(rule: Rule, names: &Names<'_>) -> String {
    match rule {
        Rule::Site(_) => full_name(rule, names).to_uppercase(),
        _ => named(rule).1.to_owned(),
    }
}

fn named(rule: Rule) -> (&'static str, &'static str) {
    match rule {
        Rule::BorderCrossed => ("border_crossed", "BORDER CROSSED"),
        Rule::BorderPredicted => ("border_predicted", "BORDER CROSSING"),
        Rule::AreaInfringed => ("area_infringed", "AIRSPACE INFRINGED"),
        Rule::AreaPredicted => ("area_predicted", "AIRSPACE AHEAD"),
        Rule::Conflict => ("conflict", "CONFLICT"),
        Rule::MinimumSafeAltitude => ("minimum_safe_altitude", "TOO LOW OVER TERRAIN"),
        Rule::UnlawfulInterference => ("unlawful_interference", "UNLAWFUL INTERFERENCE 7500"),
        Rule::RadioFailure => ("radio_failure", "RADIO FAILURE 7600"),
        Rule::Emergency => ("emergency", "EMERGENCY 7700"),
        Rule::Ident => ("ident", "IDENT"),
        Rule::CodeChanged => ("code_changed", "CODE CHANGED"),
        Rule::DuplicateCode => ("duplicate_code", "ONE CODE TWICE"),
        Rule::DuplicateAddress => ("duplicate_address", "ONE ADDRESS TWICE"),
        Rule::LostTrack => ("lost_track", "TRACK LOST"),
        Rule::LostTransponder => ("lost_transponder", "TRANSPONDER LOST"),
        Rule::NonCooperative => ("non_cooperative", "TELLS NOTHING OF ITSELF"),
        Rule::LowSlow => ("low_slow", "LOW AND SLOW"),
        Rule::PositionDisagreement => {
            ("position_disagreement", "CLAIMED POSITION DISAGREES WITH MEASURED")
        }
        Rule::NavigationInterference => ("navigation_interference", "GNSS INTERFERENCE AREA"),
        Rule::Unmanned => ("unmanned", "UNMANNED AIRCRAFT"),
        Rule::RemoteIdMotion => ("remote_id_motion", "REMOTE ID MOVES AS NOTHING CAN"),
        Rule::RemoteIdDuplicate => ("remote_id_duplicate", "ONE REMOTE ID AT TWO PLACES"),
        Rule::Sensor => ("sensor", "SENSOR"),
        Rule::RouteDeparture => ("route_departure", "OFF ITS ROUTE"),
        Rule::LevelDeparture => ("level_departure", "OFF ITS LEVEL"),
        Rule::Site(_) => ("site", "SITE RULE"),
    }
}

/// What a kind of alert says on the screen, of a partner's too.
pub(super) fn kind_words(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::BorderCrossing => "BORDER CROSSING",
        AlertKind::AreaInfringement => "AIRSPACE INFRINGED",
        AlertKind::Conflict => "CONFLICT",
        AlertKind::MinimumSafeAltitude => "TOO LOW OVER TERRAIN",
        AlertKind::UnlawfulInterference => "UNLAWFUL INTERFERENCE 7500",
        AlertKind::RadioFailure => "RADIO FAILURE 7600",
        AlertKind::Emergency => "EMERGENCY 7700",
        AlertKind::Ident => "IDENT",
        AlertKind::Codes => "CODES",
        AlertKind::LostTrack => "TRACK LOST",
        AlertKind::LostTransponder => "TRANSPONDER LOST",
        AlertKind::NonCooperative => "TELLS NOTHING OF ITSELF",
        AlertKind::LowSlow => "LOW AND SLOW",
        AlertKind::PositionDisagreement => "CLAIMED POSITION DISAGREES WITH MEASURED",
        AlertKind::NavigationInterference => "GNSS INTERFERENCE AREA",
        AlertKind::Unmanned => "UNMANNED AIRCRAFT",
        AlertKind::Sensor => "SENSOR",
        AlertKind::Other => "ALERT",
    }
}

/// What an article calls it.
pub(super) fn kind(rule: Rule) -> AlertKind {
    match rule {
        Rule::BorderCrossed | Rule::BorderPredicted => AlertKind::BorderCrossing,
        Rule::AreaInfringed | Rule::AreaPredicted => AlertKind::AreaInfringement,
        Rule::Conflict => AlertKind::Conflict,
        Rule::MinimumSafeAltitude => AlertKind::MinimumSafeAltitude,
        Rule::UnlawfulInterference => AlertKind::UnlawfulInterference,
        Rule::RadioFailure => AlertKind::RadioFailure,
        Rule::Emergency => AlertKind::Emergency,
        Rule::Ident => AlertKind::Ident,
        Rule::CodeChanged | Rule::DuplicateCode | Rule::DuplicateAddress => AlertKind::Codes,
        Rule::LostTrack => AlertKind::LostTrack,
        Rule::LostTransponder => AlertKind::LostTransponder,
        Rule::NonCooperative => AlertKind::NonCooperative,
        Rule::LowSlow => AlertKind::LowSlow,
        Rule::PositionDisagreement => AlertKind::PositionDisagreement,
        Rule::NavigationInterference => AlertKind::NavigationInterference,
        Rule::Unmanned | Rule::RemoteIdMotion | Rule::RemoteIdDuplicate => AlertKind::Unmanned,
        Rule::Sensor => AlertKind::Sensor,
        Rule::RouteDeparture | Rule::LevelDeparture | Rule::Site(_) => AlertKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alert::{AlertKey, BoardConfig, Firings};
    use surveillance::TrackNumber;

    #[test]
    fn values_are_in_the_units_of_the_screen() {
        let names = Names { area: &|_| None, sensor: &|_| None, site: &|_| None };
        let check = |one: Value, expected: &str| assert_eq!(value(&one, &names), expected);
        check(Value::DistanceM(7_593.2), "4.1 NM");
        check(Value::DistanceM(90.0), "90 m");
        check(Value::HeightM(182.88), "600 ft");
        check(Value::SpeedMps(108.0), "210 kt");
        check(Value::AngleRad(0.31_f64.to_radians()), "0.31°");
        check(Value::SpanS(80.0), "80 s");
        check(Value::Share(7.0 / 23.0), "30 %");
        check(Value::Sensor(SensorId { sac: 1, sic: 2 }), "1/2");
        check(Value::At("2026-11-23T14:35:10Z".parse().unwrap()), "14:35:10Z");
        let place = Geodetic::from_degrees(42.8536, -74.5, 0.0).unwrap();
        check(Value::Place(place), "42.8536° N 74.5000° W");
    }

    /// The mark of what fires once.
    fn mark_of(key: AlertKey, facts: &[Fact]) -> Option<AlertMark> {
        let mut board = Board::new(BoardConfig::default());
        let mut firings = Firings::new();
        for second in 0..5 {
            firings.clear();
            firings.fire(key, Severity::Warning, None).extend(facts.iter().cloned());
            let now = Time::from_unix_seconds(1_780_000_000.0 + f64::from(second));
            board.update(&mut firings, &[], now);
        }
        let names =
            Names { area: &|_| None, sensor: &|_| Some("Hill".to_owned()), site: &|_| None };
        let site = |_| Geodetic::from_degrees(43.2, 75.2, 0.0);
        let alert = board.open().next().expect("it opened");
        is_marked(alert).then(|| mark(alert, &names, &site)).flatten()
    }

    fn at(latitude_deg: f64, longitude_deg: f64) -> Value {
        Value::Place(Geodetic::from_degrees(latitude_deg, longitude_deg, 0.0).expect("a place"))
    }

    #[test]
    fn a_false_claim_is_marked_at_the_trusted_and_at_the_claimed_place() {
        let key = AlertKey::of_track(Rule::PositionDisagreement, TrackNumber(7));
        let facts = vec![
            Fact::new("trusted position", at(43.0, 75.0)),
            Fact::new(CLAIMED, at(43.0, 75.4)),
            Fact::new("distance", Value::DistanceM(32_000.0)),
        ];
        let mark = mark_of(key, &facts).expect("a mark");
        let places: Vec<_> = mark.places.iter().map(|p| (p.belief, p.at.lon_deg)).collect();
        assert_eq!((places[0].0, places[1].0, places.len()), (Belief::Trusted, Belief::Claimed, 2));
        assert!((places[1].1 - 75.4).abs() < 1e-9 && mark.outline.is_empty());
    }

    #[test]
    fn a_disturbed_cell_is_outlined_and_a_sensor_is_marked_where_it_stands() {
        // The H3 documentation's own example, resolution 5 around 37.3615593, -122.0553238.
        let cell = Cause::Cell(0x0852_8347_3fff_ffff);
        let key = AlertKey::of_cause(Rule::NavigationInterference, cell);
        let mark = mark_of(key, &[Fact::new("share", Value::Share(0.4))]).expect("a mark");
        let corners: Vec<_> = mark.outline.iter().map(|at| [at.lat_deg, at.lon_deg]).collect();
        let expected = [
            [37.271_355_867, -121.915_080_327],
            [37.353_926_451, -121.862_223_289],
            [37.428_341_186, -121.923_549_996],
            [37.420_128_678, -122.037_734_964],
            [37.337_556_084, -122.090_428_929],
            [37.263_197_975, -122.029_101_306],
        ];
        assert_eq!(corners.len(), expected.len());
        for corner in corners {
            let near = |e: &[f64; 2]| (e[0] - corner[0]).abs() + (e[1] - corner[1]).abs() < 1e-6;
            assert!(expected.iter().any(near), "{corner:?}");
        }
        let sensor = Cause::Sensor(SensorId { sac: 1, sic: 2 });
        let facts = vec![Fact::new("degraded", Value::Name("inhibited".to_owned()))];
        let mark = mark_of(AlertKey::of_cause(Rule::Sensor, sensor), &facts).expect("a mark");
        assert_eq!((mark.places[0].name.as_str(), mark.places[0].at.lat_deg), ("Hill", 43.2));
        let key = AlertKey::of_track(Rule::Conflict, TrackNumber(7));
        assert_eq!(mark_of(key, &[Fact::new("place", at(43.0, 75.0))]), None);
    }

    #[test]
    fn no_two_rules_share_a_name() {
        let mut names: Vec<_> = Rule::BUILT_IN.iter().map(|rule| named(*rule).0).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Rule::BUILT_IN.len());
    }
}

//! Cursor on Target: one XML event for each object (MITRE, CoT event schema 2.0), and the values
//! that the TAK protocol shares with it.
//!
//! An object's uid is of the party that tells, the feed's epoch and the consumer's number of it. The
//! type has the identity that was told and, where they were told, whose flight and what craft it
//! is; who has no identity in it is unknown. An object that left is deleted by its uid, and whatever
//! is not told again is stale by itself.

use crate::values::{course_deg, level_ft, position_deg, radius_95_m, rounded, speed_mps};
use crate::{Mirror, Object};
use accord::{Item, PartnerNumber, Service};
use picture::Identity;
use std::fmt::Write as _;
use surveillance::{EmitterCategory, Time};

/// What CoT writes for a height or an error that is not known.
pub(crate) const UNKNOWN: f64 = 9_999_999.0;
/// Machine, fused from several sources.
pub(crate) const HOW: &str = "m-f";
/// Type of an event that deletes another.
pub(crate) const DELETE: &str = "t-x-d-d";
/// Seconds for which what was told holds, where it has no slower rhythm.
const STALE_S: f64 = 30.0;

/// One event, before it is written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    pub(crate) uid: String,
    pub(crate) kind: String,
    pub(crate) time: Time,
    pub(crate) stale: Time,
    pub(crate) position_deg: [f64; 2],
    /// Pressure altitude in place of the height, which is not known.
    pub(crate) height_m: f64,
    pub(crate) radius_m: f64,
    pub(crate) callsign: String,
    /// Course in degrees, speed in m/s.
    pub(crate) track: Option<(f64, f64)>,
    pub(crate) remarks: String,
}

/// The name of an object in this feed.
pub(crate) fn uid(mirror: &Mirror, number: PartnerNumber) -> String {
    let from = mirror.from().map(|party| party.to_string()).unwrap_or_default();
    format!("entente.{from}.{:08x}.{}", mirror.epoch(), number.0)
}

/// `None` where no position was told.
pub(crate) fn event(mirror: &Mirror, object: &Object) -> Option<Event> {
    let item = &object.item;
    let position_deg = position_deg(item)?;
    let stale_s = STALE_S + 3.0 * object.gap_s.max(item.precision.time_s);
    let number = format!("TN {}", item.number.0);
    Some(Event {
        uid: uid(mirror, item.number),
        kind: kind(item),
        time: item.time,
        stale: item.time.plus_seconds(stale_s),
        position_deg,
        height_m: item.told.level_m.map_or(UNKNOWN, |level_m| rounded(level_m, 1)),
        radius_m: radius_95_m(item).unwrap_or(UNKNOWN),
        callsign: item.told.callsign.map_or(number, |callsign| callsign.to_string()),
        track: speed_mps(item).map(|speed| (course_deg(item).unwrap_or(0.0), speed)),
        remarks: remarks(item),
    })
}

/// What is told and has no place of its own, for a reader.
fn remarks(item: &Item) -> String {
    let told = &item.told;
    let level = level_ft(item).map(|feet| format!("FL{:03}", (feet as f64 / 100.0).round() as i64));
    let parts = [
        told.identity.map(|identity| identity.to_string()),
        told.address.map(|address| format!("address {address}")),
        told.mode_3a.map(|code| format!("code {code}")),
        level,
        (item.precision.position_m > 0.0)
            .then(|| format!("position to {:.0} m", item.precision.position_m)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Type: an atom, its affiliation, where it is and what it is, as far as told.
fn kind(item: &Item) -> String {
    let told = &item.told;
    let affiliation = match told.identity {
        Some(Identity::Pending) => 'p',
        Some(Identity::AssumedFriend) => 'a',
        Some(Identity::Friend) => 'f',
        // A cooperative aircraft that nobody had reason to classify goes as neutral civil does.
        Some(Identity::Neutral | Identity::Civil) => 'n',
        Some(Identity::Suspect) => 's',
        Some(Identity::Hostile) => 'h',
        Some(Identity::Unknown) | None => 'u',
    };
    let civil = told.identity == Some(Identity::Civil);
    let owner = match told.service {
        Some(Service::Military) => "-M",
        Some(Service::Civil | Service::State) => "-C",
        Some(Service::Undetermined) | None if civil => "-C",
        Some(Service::Undetermined) | None => "",
    };
    use EmitterCategory as E;
    let craft = match told.category {
        Some(E::SurfaceEmergency | E::SurfaceService) => return format!("a-{affiliation}-G-E-V"),
        Some(E::Obstacle) => return format!("a-{affiliation}-G-I"),
        Some(E::Space) => return format!("a-{affiliation}-P"),
        // Without an owner the craft has no place in the type.
        _ if owner.is_empty() => "",
        Some(E::Rotorcraft) => "-H",
        Some(E::LighterThanAir) => "-L",
        Some(E::Unmanned) if owner == "-C" => "-F-q",
        Some(E::Unmanned) => "-F-Q",
        Some(E::Parachutist) => "",
        Some(_) => "-F",
        None if civil => "-F",
        None => "",
    };
    format!("a-{affiliation}-A{owner}{craft}")
}

/// An event as XML. Nothing in it needs to be escaped: names, codes and numbers alone.
pub(crate) fn xml(event: &Event, out: &mut String) {
    let Event { uid, kind, time, stale, radius_m, callsign, remarks, .. } = event;
    let (time, stale, [lat, lon]) = (millis(*time), millis(*stale), event.position_deg);
    let height_m = event.height_m;
    let _ = write!(
        out,
        "<event version=\"2.0\" uid=\"{uid}\" type=\"{kind}\" how=\"{HOW}\" time=\"{time}\" \
         start=\"{time}\" stale=\"{stale}\"><point lat=\"{lat}\" lon=\"{lon}\" hae=\"{height_m}\" \
         ce=\"{radius_m}\" le=\"{UNKNOWN}\"/><detail><contact callsign=\"{callsign}\"/>",
    );
    if let Some((course_deg, speed_mps)) = event.track {
        let _ = write!(out, "<track course=\"{course_deg}\" speed=\"{speed_mps}\"/>");
    }
    if height_m != UNKNOWN {
        out.push_str("<precisionlocation altsrc=\"BARO\"/>");
    }
    let _ = writeln!(out, "<remarks>{remarks}</remarks></detail></event>");
}

/// The event that takes `uid` off the map.
pub(crate) fn delete_xml(uid: &str, now: Time, out: &mut String) {
    let (time, stale) = (millis(now), millis(now.plus_seconds(STALE_S)));
    let _ = writeln!(
        out,
        "<event version=\"2.0\" uid=\"{uid}.end\" type=\"{DELETE}\" how=\"{HOW}\" time=\"{time}\" \
         start=\"{time}\" stale=\"{stale}\"><point lat=\"0\" lon=\"0\" hae=\"{UNKNOWN}\" \
         ce=\"{UNKNOWN}\" le=\"{UNKNOWN}\"/><detail><link uid=\"{uid}\" relation=\"p-p\" \
         type=\"a-u-A\"/><__forcedelete/></detail></event>",
    );
}

/// RFC 3339 with milliseconds, which every reader of CoT takes.
fn millis(time: Time) -> String {
    let text = time.to_string();
    let whole = text.trim_end_matches('Z');
    let (whole, part) = whole.split_once('.').unwrap_or((whole, ""));
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    format!("{whole}.{part}Z")
}

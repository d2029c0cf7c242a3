//! The picture in wire form: units of the screen, columns, ellipses.

use super::partners::{Mirror, Partners, foreign};
use super::remote_id::RemoteIds;
use super::sensors::Holders;
use crate::wire;
use geodesy::units::{METRES_PER_FOOT, MPS_PER_FPM, MPS_PER_KNOT};
use picture::{Delta, Ended, Entry, Holder, Identity, Picture};
use std::collections::BTreeMap;
use surveillance::{
    Contributor, EmitterCategory, EndReason, Phase, PlotOrigin, Time, Track, TrackNumber,
};

/// χ² of two degrees of freedom at 95 %.
const CHI_SQUARE_95: f64 = 5.991;

/// The whole picture.
pub(crate) fn full(
    picture: &Picture,
    now: Time,
    partners: &Partners,
    remote_ids: &RemoteIds,
    holders: &Holders,
) -> Body {
    let mut body = Body::default();
    for entry in picture.entries() {
        push_entry(&mut body.states, entry, now, holders);
        body.descriptions.push(description(entry, partners, remote_ids));
    }
    body
}

/// What one party has told another, under the teller's numbers.
pub(crate) fn view(told: &Mirror, now: Time) -> Body {
    let mut body = Body::default();
    for item in told.tracks() {
        let number = TrackNumber(item.number.0);
        let Some(track) = foreign::track(number, item, item.time, now) else { continue };
        push_track(&mut body.states, &track, now, None);
        let identity = item.told.identity.unwrap_or(Identity::Pending);
        body.descriptions.push(described(&track, identity));
    }
    body
}

/// What changed.
pub(crate) fn changes(
    picture: &Picture,
    delta: &Delta,
    now: Time,
    partners: &Partners,
    remote_ids: &RemoteIds,
    holders: &Holders,
) -> Body {
    let entry = |number: &TrackNumber| picture.get(*number);
    let mut body = Body::default();
    for moved in delta.moved.iter().filter_map(entry) {
        push_entry(&mut body.states, moved, now, holders);
    }
    let described = delta.described.iter().filter_map(entry);
    body.descriptions = described.map(|entry| description(entry, partners, remote_ids)).collect();
    body.ended = delta.ended.iter().map(ended).collect();
    body
}

/// The parts of a [`wire::Picture`] that come from the picture itself.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) states: wire::TrackStates,
    pub(crate) descriptions: Vec<wire::TrackDescription>,
    pub(crate) ended: Vec<wire::TrackEnd>,
}

fn push_entry(states: &mut wire::TrackStates, entry: &Entry, now: Time, holders: &Holders) {
    push_track(states, &entry.track, now, only_sensor(entry, holders));
}

/// The row of the only one of our sensors that holds a track.
fn only_sensor(entry: &Entry, holders: &Holders) -> Option<u16> {
    holders.only(&entry.track).filter(|_| entry.teller.is_none())
}

/// Of all tracks that only one of our sensors holds: its row.
pub(crate) fn only_sensors(picture: &Picture, holders: &Holders) -> BTreeMap<TrackNumber, u16> {
    let held = |entry: &Entry| Some((entry.track.number, only_sensor(entry, holders)?));
    picture.entries().filter_map(held).collect()
}

fn push_track(states: &mut wire::TrackStates, track: &Track, now: Time, only: Option<u16>) {
    let course_rad = geodesy::wrap_tau(track.velocity.east.atan2(track.velocity.north));
    let speed_kt = track.velocity.east.hypot(track.velocity.north) / MPS_PER_KNOT;
    let ellipse = Ellipse::of(track.position_covariance);
    states.number.push(track.number.0);
    states.lat_e6.push((track.position.latitude_deg() * 1e6).round() as i32);
    states.lon_e6.push((track.position.longitude_deg() * 1e6).round() as i32);
    states.level_ft.push(track.pressure_altitude_m.map(|m| (m / METRES_PER_FOOT).round() as i32));
    states.speed_kt.push(speed_kt.round() as u16);
    states.track_ddeg.push((course_rad.to_degrees() * 10.0).round() as u16 % 3600);
    states.climb_fpm.push(track.vertical_rate_mps.map(|v| (v / MPS_PER_FPM).round() as i32));
    states.age_ms.push((now.seconds_since(track.last).max(0.0) * 1e3) as u32);
    states.flags.push(flags(track));
    states.ellipse_major_m.push(ellipse.major_m.round() as u16);
    states.ellipse_minor_m.push(ellipse.minor_m.round() as u16);
    states.ellipse_deg.push(ellipse.bearing_deg.round() as u8 % 180);
    states.only_sensor.push(only);
}

fn flags(track: &Track) -> u8 {
    let when = |condition: bool, bit: u8| if condition { bit } else { 0 };
    when(track.phase == Phase::Coasting, wire::TRACK_COASTING)
        | when(track.on_ground, wire::TRACK_ON_GROUND)
        | when(track.codes.ident, wire::TRACK_IDENT)
        | when(foreign::speed_unknown(track), wire::TRACK_SPEED_UNKNOWN)
}

/// The 95 % ellipse of a horizontal position.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Ellipse {
    major_m: f64,
    minor_m: f64,
    /// True bearing of the major axis, degrees in [0, 180).
    bearing_deg: f64,
}

impl Ellipse {
    fn of([east_east, east_north, north_north]: [f64; 3]) -> Self {
        let mean = (east_east + north_north) / 2.0;
        let half_difference = (north_north - east_east) / 2.0;
        let spread = half_difference.hypot(east_north);
        let axis_m = |variance: f64| (CHI_SQUARE_95 * variance.max(0.0)).sqrt();
        let bearing_rad = 0.5 * east_north.atan2(half_difference);
        Self {
            major_m: axis_m(mean + spread),
            minor_m: axis_m(mean - spread),
            bearing_deg: bearing_rad.to_degrees().rem_euclid(180.0),
        }
    }
}

fn description(
    entry: &Entry,
    partners: &Partners,
    remote_ids: &RemoteIds,
) -> wire::TrackDescription {
    let word = |word: &picture::Word| {
        Some(wire::PartnerWord {
            party: partners.name(word.partner)?.to_string(),
            number: word.number,
            identity: word.identity.map(identity),
        })
    };
    let holder = |holder| holder_name(holder, partners);
    wire::TrackDescription {
        words: entry.words.iter().filter_map(word).collect(),
        told: entry.teller.is_some(),
        owner: entry.owner.holder.and_then(holder),
        owner_next: entry.owner.next.and_then(holder),
        remote_id: remote_ids.name(entry.track.codes.address),
        proposed: entry.who.unconfirmed().map(|waits| identity(waits.identity)),
        ..described(&entry.track, entry.identity)
    }
}

/// The party that holds a track.
pub(crate) fn holder_name(holder: Holder, partners: &Partners) -> Option<String> {
    match holder {
        Holder::Us => Some(partners.own_name().to_string()),
        Holder::Partner(index) => partners.name(index).map(|party| party.to_string()),
    }
}

fn described(track: &Track, of: Identity) -> wire::TrackDescription {
    let mut sources: Vec<_> = track.contributors.iter().map(|c| source(c.origin)).collect();
    sources.sort_unstable();
    sources.dedup();
    wire::TrackDescription {
        number: track.number.0,
        identity: identity(of),
        proposed: None,
        address: track.codes.address.map(|a| a.to_string()),
        callsign: track.codes.callsign.map(|c| c.to_string()),
        squawk: track.codes.mode_3a.map(|c| c.to_string()),
        category: track.category.map(|c| category(c).to_owned()),
        sources,
        words: Vec::new(),
        told: false,
        owner: None,
        owner_next: None,
        remote_id: None,
    }
}

fn ended(ended: &Ended) -> wire::TrackEnd {
    let (reason, successor) = match ended.reason {
        EndReason::Lost | EndReason::NeverConfirmed => ("lost", None),
        EndReason::MergedInto(number) => ("merged", Some(number.0)),
        EndReason::Superseded(number) => ("superseded", Some(number.0)),
        EndReason::Shed => ("shed", None),
    };
    wire::TrackEnd { number: ended.number.0, reason: reason.to_owned(), successor }
}

/// A height less certain than this was not measured but worked out from pressure, whose own offset
/// from geometric height is tens of metres.
const HEIGHT_SD_MAX_M: f64 = 50.0;

/// Everything of one track; `name` tells what a sensor is called.
pub(crate) fn selected(
    track: &Track,
    now: Time,
    name: impl Fn(&Contributor) -> String,
) -> wire::Selected {
    let [ve, _, vn] = track.velocity_covariance;
    let sources = track.contributors.iter().rev().map(|c| wire::SourceRow {
        sensor: c.sensor.to_string(),
        name: name(c),
        kind: source(c.origin),
        age_s: now.seconds_since(c.last),
        plots: c.plots,
    });
    wire::Selected {
        number: track.number.0,
        time_ms: now.unix_millis() as f64,
        lat_deg: track.position.latitude_deg(),
        lon_deg: track.position.longitude_deg(),
        height_ft: track
            .height_sd_m
            .filter(|sd_m| *sd_m < HEIGHT_SD_MAX_M)
            .map(|_| track.position.height_m / METRES_PER_FOOT),
        level_ft: track.pressure_altitude_m.map(|m| m / METRES_PER_FOOT),
        level_age_s: track.pressure_altitude_time.map(|told| now.seconds_since(told)),
        speed_sd_kt: (0.5 * (ve + vn)).max(0.0).sqrt() / MPS_PER_KNOT,
        first_ms: track.first.unix_millis() as f64,
        nic: track.quality.nic,
        nac_p: track.quality.nac_p,
        sil: track.quality.sil,
        adsb_version: track.quality.version,
        sources: sources.collect(),
        told: Vec::new(),
        remote_id: None,
        plan: None,
        who: None,
        pairs: Vec::new(),
    }
}

pub(crate) fn identity(identity: Identity) -> wire::Identity {
    match identity {
        Identity::Pending => wire::Identity::Pending,
        Identity::Unknown => wire::Identity::Unknown,
        Identity::AssumedFriend => wire::Identity::AssumedFriend,
        Identity::Friend => wire::Identity::Friend,
        Identity::Neutral => wire::Identity::Neutral,
        Identity::Suspect => wire::Identity::Suspect,
        Identity::Hostile => wire::Identity::Hostile,
        Identity::Civil => wire::Identity::Civil,
    }
}

pub(crate) fn source(origin: PlotOrigin) -> wire::SourceOfTrack {
    match origin {
        PlotOrigin::Primary => wire::SourceOfTrack::Primary,
        PlotOrigin::Secondary => wire::SourceOfTrack::Secondary,
        PlotOrigin::AdsB => wire::SourceOfTrack::AdsB,
        PlotOrigin::Rebroadcast => wire::SourceOfTrack::Rebroadcast,
        PlotOrigin::Mlat => wire::SourceOfTrack::Mlat,
        PlotOrigin::SystemTrack => wire::SourceOfTrack::SystemTrack,
        PlotOrigin::RemoteId => wire::SourceOfTrack::RemoteId,
        PlotOrigin::Flarm => wire::SourceOfTrack::Flarm,
    }
}

fn category(category: EmitterCategory) -> &'static str {
    match category {
        EmitterCategory::Light => "light",
        EmitterCategory::Small => "small",
        EmitterCategory::Large => "large",
        EmitterCategory::HighVortex => "large, strong wake",
        EmitterCategory::Heavy => "heavy",
        EmitterCategory::HighPerformance => "high performance",
        EmitterCategory::Rotorcraft => "rotorcraft",
        EmitterCategory::Glider => "glider",
        EmitterCategory::LighterThanAir => "lighter than air",
        EmitterCategory::Parachutist => "parachutist",
        EmitterCategory::Ultralight => "ultralight",
        EmitterCategory::Unmanned => "unmanned",
        EmitterCategory::Space => "space vehicle",
        EmitterCategory::SurfaceEmergency => "emergency vehicle",
        EmitterCategory::SurfaceService => "service vehicle",
        EmitterCategory::Obstacle => "obstacle",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ellipse_points_where_the_doubt_is() {
        let check = |covariance: [f64; 3], major_m: f64, minor_m: f64, bearing_deg: f64| {
            let found = Ellipse::of(covariance);
            let scale = CHI_SQUARE_95.sqrt();
            assert!((found.major_m - major_m * scale).abs() < 1e-9, "{found:?}");
            assert!((found.minor_m - minor_m * scale).abs() < 1e-6, "{found:?}");
            assert!((found.bearing_deg - bearing_deg).abs() < 1e-9, "{found:?}");
        };
        check([100.0, 0.0, 25.0], 10.0, 5.0, 90.0);
        check([25.0, 0.0, 100.0], 10.0, 5.0, 0.0);
        check([50.0, 50.0, 50.0], 10.0, 0.0, 45.0);
        check([50.0, -50.0, 50.0], 10.0, 0.0, 135.0);
    }
}

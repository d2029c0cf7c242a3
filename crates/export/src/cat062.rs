//! ASTERIX: tracks as CAT062, the sensors named in them as CAT063, an end of batch and the centre's
//! state as CAT065, alerts as CAT004.
//!
//! The records are those of [`asterix::emit`], of a track that has in it what was told and nothing
//! else. Identity and whose flight it is have no item there.

use crate::cat004::SafetyNets;
use crate::values::covariance_m2;
use crate::{Mirror, Object};
use asterix::Condition;
use asterix::emit::{Emitter, SensorState};
use geodesy::{Enu, Geodetic};
use std::collections::BTreeSet;
use surveillance::{AdsbQuality, Codes, Phase, SensorId, Track, TrackNumber};

/// Longest datagram, octets: one Ethernet frame without fragments.
pub(crate) const DATAGRAM_MAX: usize = 1_400;

/// One stream of datagrams.
#[derive(Debug, Clone)]
pub(crate) struct Datagrams {
    emitter: Emitter,
    sender: SensorId,
    alerts: SafetyNets,
    /// Of the feed: a new one's numbers mean other tracks.
    epoch: Option<u32>,
}

impl Datagrams {
    pub(crate) fn new(sender: SensorId) -> Self {
        let emitter = Emitter::new(sender, None, DATAGRAM_MAX);
        Self { emitter, sender, alerts: SafetyNets::default(), epoch: None }
    }

    /// All that stands, and what has ended since the last time.
    pub(crate) fn update(&mut self, mirror: &Mirror) -> Vec<Vec<u8>> {
        let Some(now) = mirror.slot() else { return Vec::new() };
        let tracks: Vec<Track> = mirror.tracks().filter_map(|object| track(object)).collect();
        let named = mirror.tracks().filter_map(|object| object.item.told.sensors.as_ref());
        let sensors: BTreeSet<SensorId> = named.flatten().copied().collect();
        let state = |sensor: SensorId| SensorState {
            sensor,
            condition: Condition::Unknown,
            time_bias_s: None,
            range_bias_m: None,
            range_gain: None,
            azimuth_bias_rad: None,
        };
        let sensors: Vec<SensorState> = sensors.into_iter().map(state).collect();
        let mut out = Vec::new();
        out.extend(self.emitter.state(now, Condition::Operational).ok());
        if self.epoch.replace(mirror.epoch()).is_some_and(|before| before != mirror.epoch()) {
            // Whatever stood in the one before has ended.
            drop(self.emitter.update(now, [], &[], &mut |datagram| out.push(datagram)));
        }
        let sent = self.emitter.update(now, &tracks, &sensors, &mut |datagram| out.push(datagram));
        // After the tracks, whose numbers they name.
        let warned = self.alerts.update(mirror, now, &mut self.emitter, &mut out);
        if sent.is_err() || warned.is_err() {
            // Ruled out by the tests of the emitter; what was begun is not sent.
            *self = Self::new(self.sender);
            out.clear();
        }
        out
    }
}

/// A track with what was told in it; `None` without a position, which the category wants.
pub(crate) fn track(object: &Object) -> Option<Track> {
    let item = &object.item;
    let told = &item.told;
    let [latitude_rad, longitude_rad] = told.position_rad?;
    // What is not a number has no room in an item, and is left out.
    let unknown = f64::NAN;
    let [east, north] = told.velocity_mps.unwrap_or([unknown; 2]);
    Some(Track {
        number: TrackNumber(item.number.0),
        phase: Phase::Confirmed,
        time: item.time,
        position: Geodetic { latitude_rad, longitude_rad, height_m: 0.0 },
        height_sd_m: None,
        velocity: Enu { east, north, up: unknown },
        position_covariance: covariance_m2(item).unwrap_or([unknown; 3]),
        velocity_covariance: [unknown; 3],
        pressure_altitude_m: told.level_m,
        pressure_altitude_time: None,
        vertical_rate_mps: told.vertical_rate_mps,
        on_ground: told.on_ground == Some(true),
        codes: Codes {
            address: told.address,
            mode_3a: told.mode_3a,
            callsign: told.callsign,
            source_track: None,
            ident: false,
        },
        quality: AdsbQuality::default(),
        category: told.category,
        first: item.time,
        last: item.time,
        contributors: Default::default(),
    })
}

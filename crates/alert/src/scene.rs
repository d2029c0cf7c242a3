//! What the rules see at one evaluation: plain borrowed data that the node fills.

use crate::RemoteId;
use crate::trust::{Claim, Twin};
use geodesy::{Enu, Geodetic};
use intent::airspace::Airspaces;
use picture::Entry;
use surveillance::{Callsign, EndReason, Mode3A, Sensor, SensorId, Time, Track, TrackNumber};

/// The picture and what is known beside it, at one evaluation.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The instant that the evaluation is for, UTC.
    pub now: Time,
    /// How long the node has evaluated, seconds, from [`crate::Board::running_s`]: it neither
    /// leaps nor goes back when the clock does. Rules measure their own whiles with it.
    pub running_s: f64,
    /// Tracks, in order of number.
    pub tracks: &'a [Subject<'a>],
    /// Tracks that ended since the evaluation before, in order of number.
    pub ended: &'a [EndedTrack<'a>],
    /// Sensors and how well they do, in order of SAC/SIC.
    pub sensors: &'a [SensorFact<'a>],
    /// Remote-ID messages with a position heard since the evaluation before, as they came.
    pub remote_ids: &'a [RemoteIdFact],
    /// Aerodromes.
    pub aerodromes: &'a [AerodromeFact],
    /// Airspaces, of which flight information regions count here: at their edges codes are given
    /// anew.
    pub airspaces: Option<&'a Airspaces>,
}

impl<'a> Scene<'a> {
    /// Tracks at an instant, and nothing beside them: fill in the rest with struct update.
    pub fn of_tracks(now: Time, running_s: f64, tracks: &'a [Subject<'a>]) -> Self {
        Self {
            now,
            running_s,
            tracks,
            ended: &[],
            sensors: &[],
            remote_ids: &[],
            aerodromes: &[],
            airspaces: None,
        }
    }

    /// One track.
    pub fn track(&self, number: TrackNumber) -> Option<&'a Subject<'a>> {
        let place = self.tracks.binary_search_by_key(&number, |subject| subject.number());
        self.tracks.get(place.ok()?)
    }

    /// The track that lives on for one that ended, over those that ended with it; `None` where
    /// none does. `ended` are in order of number.
    pub fn survivor_among(ended: &[EndedTrack<'_>], number: TrackNumber) -> Option<TrackNumber> {
        let next = |number: TrackNumber| {
            let place = ended.binary_search_by_key(&number, |ended| ended.track.number).ok()?;
            ended[place].survivor()
        };
        let mut last = next(number)?;
        // Each step is another of those that ended; more would be a ring, of which none lives on.
        for _ in 0..ended.len() {
            match next(last) {
                Some(further) => last = further,
                None => return Some(last),
            }
        }
        None
    }

    /// One sensor.
    pub fn sensor(&self, id: SensorId) -> Option<&'a SensorFact<'a>> {
        let place = self.sensors.binary_search_by_key(&id, |fact| fact.sensor.id);
        self.sensors.get(place.ok()?)
    }
}

/// A track and what is known of it beside the picture.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The track, its identity, who tells of it.
    pub entry: &'a Entry,
    /// The flight plan that it was found to fly.
    pub plan: Option<PlanFact<'a>>,
    /// A permission in force opens an airspace or border that it is in, and each of those it is in
    /// whose entry needs leave.
    pub permitted: bool,
    /// Airspaces that it is in, by their place in the node's list, ascending.
    pub areas: &'a [u32],
    /// Airspaces of which it is not known whether it is in them, as its height or their hours are
    /// not known, alike.
    pub areas_unknown: &'a [u32],
    /// Height of the ground under it, metres above the ellipsoid; `None` where no terrain is at
    /// hand.
    pub ground_m: Option<f64>,
    /// The state whose block its address is from, ISO 3166 alpha-3.
    pub country: Option<&'a str>,
    /// Where it says that it is, if that is not where it is measured.
    pub claim: Option<Claim>,
    /// Level that its crew selected, metres of pressure altitude, where it was told of late: what the
    /// aircraft will do, and not what it is cleared to ([`PlanFact::cleared_level_m`]).
    pub selected_level_m: Option<f64>,
    /// The two places at which its address is heard, if one aircraft cannot be at both.
    pub twin: Option<Twin>,
}

impl<'a> Subject<'a> {
    /// A track of which nothing is known beside the picture.
    pub fn bare(entry: &'a Entry) -> Self {
        Self {
            entry,
            plan: None,
            permitted: false,
            areas: &[],
            areas_unknown: &[],
            ground_m: None,
            country: None,
            claim: None,
            selected_level_m: None,
            twin: None,
        }
    }

    /// Its track.
    pub fn track(&self) -> &'a Track {
        &self.entry.track
    }

    /// Its number.
    pub fn number(&self) -> TrackNumber {
        self.entry.track.number
    }
}

/// What of a flight plan the rules need.
#[derive(Debug, Clone, Copy)]
pub struct PlanFact<'a> {
    /// Which plan, by the node's number of it.
    pub plan: u32,
    /// Its route, from departure to destination.
    pub route: &'a [RoutePoint],
    /// Level that a controller cleared it to, metres of pressure altitude; `None` if none is known.
    pub cleared_level_m: Option<f64>,
    /// Mode 3/A code that it was given.
    pub code: Option<Mode3A>,
    /// Callsign of the plan.
    pub callsign: Option<Callsign>,
}

/// One point of a route.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RoutePoint {
    /// Where; the height is unused.
    pub position: Geodetic,
    /// Level from here on, metres of pressure altitude, as filed.
    pub level_m: Option<f64>,
    /// When it is expected there, UTC.
    pub expected: Option<Time>,
}

/// A track that left the picture, as it was last.
#[derive(Debug, Clone, Copy)]
pub struct EndedTrack<'a> {
    /// As it was last believed.
    pub track: &'a Track,
    /// Why it ended.
    pub reason: EndReason,
}

impl EndedTrack<'_> {
    /// The track that lives on for it, as it was last told: the same target, or the same address.
    pub fn survivor(&self) -> Option<TrackNumber> {
        match self.reason {
            EndReason::MergedInto(survivor) | EndReason::Superseded(survivor) => Some(survivor),
            EndReason::Lost | EndReason::NeverConfirmed | EndReason::Shed => None,
        }
    }
}

/// A sensor and how well it does.
#[derive(Debug, Clone, Copy)]
pub struct SensorFact<'a> {
    /// What it is and where it stands.
    pub sensor: &'a Sensor,
    /// Since when it has been silent, UTC: it sent and stopped.
    pub silent_since: Option<Time>,
    /// After how long without a word it is called silent, seconds; `None` where it is known to be, as
    /// its feed is lost.
    pub silent_after_s: Option<f64>,
    /// The node judges from its messages that it does badly.
    pub degraded: Option<Degraded>,
    /// How many of its expected plots came.
    pub detection: Option<Detection>,
    /// Its systematic errors.
    pub bias: Option<Bias>,
}

/// Why a sensor does badly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Degraded {
    /// It says so itself, or its plots are of no use, in words.
    Told(&'static str),
    /// Too many of its messages are defective.
    Defects {
        /// Share of those of late that are, 0 to 1.
        share: f64,
        /// Share that may be.
        limit: f64,
    },
}

/// Plots of confirmed tracks in a sensor's cover that came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detection {
    /// Share that came, 0 to 1.
    pub share: f64,
    /// Of how many expected.
    pub expected: u32,
}

/// Systematic errors as estimated; what is not estimated is `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Bias {
    /// Slant range, metres, measured less true.
    pub range_m: Option<f64>,
    /// Azimuth, radians, measured less true.
    pub azimuth_rad: Option<f64>,
    /// Time stamp, seconds, stamped less true.
    pub time_s: Option<f64>,
}

/// An aerodrome.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AerodromeFact {
    /// Its reference point; the height is its elevation, metres above the ellipsoid.
    pub position: Geodetic,
}

/// What one Remote-ID location message said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RemoteIdFact {
    /// What it calls itself.
    pub id: RemoteId,
    /// The track that it was taken into.
    pub track: Option<TrackNumber>,
    /// Who heard it.
    pub receiver: SensorId,
    /// Where it says that it is.
    pub position: Geodetic,
    /// Radius within which it says that it is with 95 %, metres.
    pub accuracy_m: Option<f64>,
    /// Velocity it tells, m/s in east, north, up at the position.
    pub velocity: Option<Enu>,
    /// Where it says that its operator is, or took off.
    pub operator: Option<Geodetic>,
    /// Instant of the position, UTC.
    pub time: Time,
    /// What it says of its flight.
    pub status: RemoteIdStatus,
}

/// Operational status (ASTM F3411-22a table 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RemoteIdStatus {
    /// It does not say.
    Undeclared,
    /// On the ground.
    Ground,
    /// In the air.
    Airborne,
    /// In an emergency.
    Emergency,
    /// Its Remote-ID system fails.
    SystemFailure,
}

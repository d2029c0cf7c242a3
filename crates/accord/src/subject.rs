//! What a release is decided about: the facts of one object of the picture.

use crate::PartyId;
use geodesy::{Enu, Geodetic};
use picture::Identity;
use surveillance::{Codes, EmitterCategory, Time};

/// What kind of thing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    /// What is believed of one target.
    Track,
    /// One measurement.
    Plot,
    /// A rule that fired.
    Alert,
    /// What people do about alerts.
    Incident,
    /// What a sensor can see.
    Coverage,
}

/// Whose flight it is. Military, customs and police services fly state aircraft (Chicago
/// Convention, article 3 b); the military among them are told apart here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Service {
    /// Nobody has said.
    #[default]
    Undetermined,
    /// Civil.
    Civil,
    /// State, not military.
    State,
    /// Military.
    Military,
}

/// Type of flight as a flight plan's field 8 has it (ICAO Doc 4444, appendix 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum FlightKind {
    /// No plan tells.
    #[default]
    Untold,
    /// `S`, scheduled air service.
    Scheduled,
    /// `N`, non-scheduled air transport.
    NonScheduled,
    /// `G`, general aviation.
    General,
    /// `M`, military.
    Military,
    /// `X`, other.
    Other,
}

/// Whether the track goes with a flight plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum PlanState {
    /// Not looked for.
    #[default]
    Untold,
    /// A plan goes with it.
    Correlated,
    /// None does.
    Uncorrelated,
}

/// What an alert or incident is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum AlertKind {
    /// A border crossed or about to be, without plan or permission.
    BorderCrossing,
    /// A reserved or prohibited area entered or about to be.
    AreaInfringement,
    /// Short-term conflict of two tracks.
    Conflict,
    /// Too low over terrain.
    MinimumSafeAltitude,
    /// Code 7500: unlawful interference.
    UnlawfulInterference,
    /// Code 7600: radio failure.
    RadioFailure,
    /// Code 7700: emergency.
    Emergency,
    /// Special position identification.
    Ident,
    /// A code changed, or one code or address at two targets.
    Codes,
    /// A track ended where none should.
    LostTrack,
    /// A transponder fell silent.
    LostTransponder,
    /// A target that tells nothing of itself.
    NonCooperative,
    /// Low and slow.
    LowSlow,
    /// What the target says of its position and what is measured disagree.
    PositionDisagreement,
    /// Satellite navigation is disturbed over an area.
    NavigationInterference,
    /// An unmanned aircraft.
    Unmanned,
    /// A sensor is degraded or biased.
    Sensor,
    /// None of these.
    Other,
}

/// Kinds of alert, as a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct AlertSet(u32);

impl AlertSet {
    /// None.
    pub const EMPTY: Self = Self(0);

    /// With `kind` in it.
    #[must_use]
    pub const fn with(self, kind: AlertKind) -> Self {
        Self(self.0 | 1 << kind as u8)
    }

    /// Whether `kind` is in it.
    pub const fn has(self, kind: AlertKind) -> bool {
        self.0 & 1 << kind as u8 != 0
    }

    /// Whether any kind is in both.
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether it has none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// One bit a kind, in the order of [`AlertKind`].
    pub const fn bits(self) -> u32 {
        self.0
    }
}

/// How far people are with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum AlertState {
    /// There is none.
    #[default]
    None,
    /// It fired and nobody took it.
    Raised,
    /// A person took it.
    Acknowledged,
    /// It is over.
    Closed,
}

/// A part of what can be told of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Field {
    /// Latitude and longitude.
    Position,
    /// Pressure altitude.
    Level,
    /// Velocity over the ground.
    Velocity,
    /// Climb rate.
    VerticalRate,
    /// 24-bit address.
    Address,
    /// Mode 3/A code.
    Code,
    /// Callsign.
    Callsign,
    /// Kind of craft.
    Category,
    /// Standard identity.
    Identity,
    /// Civil, state or military.
    Service,
    /// Type of flight.
    FlightKind,
    /// Correlated with a plan or not.
    Plan,
    /// Alerts and how far they are.
    Alerts,
    /// Covariance.
    Accuracy,
    /// Who measured or originated it.
    Lineage,
    /// Text and attachments of an incident, polygons of a coverage.
    Content,
}

/// Fields, as a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FieldSet(u32);

impl FieldSet {
    /// None.
    pub const EMPTY: Self = Self(0);

    /// With `field` in it.
    #[must_use]
    pub const fn with(self, field: Field) -> Self {
        Self(self.0 | 1 << field as u8)
    }

    /// Whether `field` is in it.
    pub const fn has(self, field: Field) -> bool {
        self.0 & 1 << field as u8 != 0
    }

    /// Whether it has none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// One contribution to an object that came from another party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Whose data it was first.
    pub originator: PartyId,
    /// To whom its originator, and everyone who handed it on, lets it be passed on; who is
    /// not in it may not have it.
    pub onward: Vec<PartyId>,
}

/// Where the facts come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lineage {
    /// Own sensors and these contributions. No sources: own sensors alone.
    Known(Vec<Source>),
    /// It cannot be told: released to nobody.
    Unknown,
}

/// The sender's own handle of an object: a track number or whatever the engine tells objects
/// apart by, unique among all objects it offers. It never reaches a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OwnNumber(pub u64);

/// The facts a release is decided on and made from. Absent is `None`.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// The sender's own handle.
    pub number: OwnNumber,
    /// What it is.
    pub object: ObjectKind,
    /// The instant the facts are for, UTC.
    pub time: Time,
    /// Where; a subject without a position is in no area. Its height is not released.
    pub position: Option<Geodetic>,
    /// Pressure altitude, metres.
    pub level_m: Option<f64>,
    /// Velocity over the ground, m/s east and north at the position.
    pub velocity: Option<Enu>,
    /// Climb rate, m/s.
    pub vertical_rate_mps: Option<f64>,
    /// Covariance of east and north position, m²: east-east, east-north, north-north.
    pub position_covariance: Option<[f64; 3]>,
    /// On the ground, as the target says.
    pub on_ground: bool,
    /// Codes.
    pub codes: Codes,
    /// Kind of craft.
    pub category: Option<EmitterCategory>,
    /// Standard identity.
    pub identity: Identity,
    /// Whose flight.
    pub service: Service,
    /// Type of flight.
    pub flight: FlightKind,
    /// Correlated with a plan or not.
    pub plan: PlanState,
    /// Alerts on it.
    pub alerts: AlertSet,
    /// How far the most pressing one is.
    pub alert_state: AlertState,
    /// Text of an incident, polygons of a coverage, as the engine encodes them.
    pub content: Vec<u8>,
    /// Where all this comes from.
    pub lineage: Lineage,
    /// The same object as computed without some of the sources, best first: what is released
    /// where a source of the subject itself is barred.
    pub without: Vec<Subject>,
}

//! What a release is decided about: the facts of one object of the picture.

use crate::tables::Seen;
use crate::{Onward, PartyId};
use geodesy::{Enu, Geodetic};
use picture::Identity;
use std::sync::Arc;
use surveillance::{Address, AddressKind, Codes, EmitterCategory, PlacedPlot, SensorId, Time};

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

    /// From bits; those of no kind are left out.
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits & ((1 << AlertKind::ALL.len()) - 1))
    }

    /// Its kinds, in order.
    pub fn iter(self) -> impl Iterator<Item = AlertKind> {
        AlertKind::ALL.into_iter().filter(move |kind| self.has(*kind))
    }
}

impl FromIterator<AlertKind> for AlertSet {
    fn from_iter<I: IntoIterator<Item = AlertKind>>(kinds: I) -> Self {
        kinds.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl AlertKind {
    /// Every kind.
    pub const ALL: [AlertKind; 18] = [
        AlertKind::BorderCrossing,
        AlertKind::AreaInfringement,
        AlertKind::Conflict,
        AlertKind::MinimumSafeAltitude,
        AlertKind::UnlawfulInterference,
        AlertKind::RadioFailure,
        AlertKind::Emergency,
        AlertKind::Ident,
        AlertKind::Codes,
        AlertKind::LostTrack,
        AlertKind::LostTransponder,
        AlertKind::NonCooperative,
        AlertKind::LowSlow,
        AlertKind::PositionDisagreement,
        AlertKind::NavigationInterference,
        AlertKind::Unmanned,
        AlertKind::Sensor,
        AlertKind::Other,
    ];
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
    /// The sensors behind it; and, where one article tells position, accuracy and lineage of a track
    /// as they are and at once, the plots that these sensors gave.
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

    /// In both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// In either.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// In this and not in the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Its fields, in order.
    pub fn iter(self) -> impl Iterator<Item = Field> {
        Field::ALL.into_iter().filter(move |field| self.has(*field))
    }

    /// One bit a field, in the order of [`Field`].
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// From bits; those of no field are left out.
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits & 0xffff)
    }
}

impl FromIterator<Field> for FieldSet {
    fn from_iter<I: IntoIterator<Item = Field>>(fields: I) -> Self {
        fields.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl Field {
    /// Every field.
    pub const ALL: [Field; 16] = [
        Field::Position,
        Field::Level,
        Field::Velocity,
        Field::VerticalRate,
        Field::Address,
        Field::Code,
        Field::Callsign,
        Field::Category,
        Field::Identity,
        Field::Service,
        Field::FlightKind,
        Field::Plan,
        Field::Alerts,
        Field::Accuracy,
        Field::Lineage,
        Field::Content,
    ];
}

/// One contribution to an object that came from another party.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Whose data it was first.
    pub originator: PartyId,
    /// To whom its originator, and everyone who handed it on, lets it be passed on, and how exactly
    /// at most; who is not in it may not have it.
    pub onward: Vec<Onward>,
}

/// Where the facts come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Lineage {
    /// Own sensors alone.
    Own,
    /// Own sensors and these contributions.
    Fused(Vec<Source>),
    /// These contributions alone.
    Foreign(Vec<Source>),
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
    /// The sensors behind it.
    pub sensors: Vec<SensorId>,
    /// Of a track of own sensors: the plots that moved it of late, in the order in which they did.
    pub plots: Arc<[PlacedPlot]>,
    /// How many moved it before the first of these.
    pub plots_before: u64,
    /// Text of an incident, polygons of a coverage, as the engine encodes them.
    pub content: Vec<u8>,
    /// Of an incident: its tracks. Told with the content, each by the number under which the
    /// partner is told it; a track that the partner is not told is left out.
    pub tracks: Vec<OwnNumber>,
    /// Where all this comes from.
    pub lineage: Lineage,
    /// The same object as computed without some of the sources, best first: what is released
    /// where a source of the subject itself is barred.
    pub without: Vec<Subject>,
}

impl Subject {
    /// A subject that tells nothing yet but what it is, when, and that own sensors made it; fill in
    /// the rest with struct update.
    pub fn bare(number: OwnNumber, object: ObjectKind, time: Time) -> Self {
        Self {
            number,
            object,
            time,
            position: None,
            level_m: None,
            velocity: None,
            vertical_rate_mps: None,
            position_covariance: None,
            on_ground: false,
            codes: Codes::default(),
            category: None,
            identity: Identity::Pending,
            service: Service::Undetermined,
            flight: FlightKind::Untold,
            plan: PlanState::Untold,
            alerts: AlertSet::EMPTY,
            alert_state: AlertState::None,
            sensors: Vec::new(),
            plots: Arc::default(),
            plots_before: 0,
            content: Vec::new(),
            tracks: Vec::new(),
            lineage: Lineage::Own,
            without: Vec::new(),
        }
    }

    /// The address that an article on addresses lets out: one that stands for a Remote ID is none.
    /// It is made of what an unmanned aircraft calls itself, and no article speaks of that.
    pub fn address(&self) -> Option<Address> {
        self.codes.address.filter(|address| address.kind() != AddressKind::RemoteId)
    }

    /// The fields it can tell. Identity, service, type of flight, plan and alerts always say
    /// something, be it that nothing is known.
    pub fn told(&self) -> FieldSet {
        let optional = [
            (Field::Position, self.position.is_some()),
            (Field::Level, self.level_m.is_some() || self.on_ground),
            (Field::Velocity, self.velocity.is_some()),
            (Field::VerticalRate, self.vertical_rate_mps.is_some()),
            (Field::Address, self.address().is_some()),
            (Field::Code, self.codes.mode_3a.is_some()),
            (Field::Callsign, self.codes.callsign.is_some()),
            (Field::Category, self.category.is_some()),
            (Field::Accuracy, self.position_covariance.is_some()),
            (Field::Lineage, !self.sensors.is_empty()),
            // Tracks alone are no content: they may be such as the partner is not told.
            (Field::Content, !self.content.is_empty()),
        ];
        let always =
            [Field::Identity, Field::Service, Field::FlightKind, Field::Plan, Field::Alerts];
        let told = optional.into_iter().filter(|(_, told)| *told).map(|(field, _)| field);
        told.chain(always).collect()
    }

    /// Takes over what is known of who it is, and keeps where and when it was: an earlier state is
    /// released by what is known when it is released.
    pub(crate) fn mark_as(&mut self, now: &Self) {
        self.identity = now.identity;
        self.service = now.service;
        self.flight = now.flight;
        self.plan = now.plan;
        self.alerts = now.alerts;
        self.alert_state = now.alert_state;
        self.codes.address = now.codes.address.or(self.codes.address);
        self.codes.callsign = now.codes.callsign.or(self.codes.callsign);
        for version in &mut self.without {
            let without = std::mem::take(&mut version.without);
            version.mark_as(now);
            version.without = without;
        }
    }

    /// How many plots have moved it.
    pub(crate) fn plots_all(&self) -> u64 {
        self.plots_before.saturating_add(self.plots.len() as u64)
    }

    /// As what it is, where it is.
    pub(crate) fn seen(&self, age_s: f64) -> Seen {
        Seen { object: self.object, point_rad: self.point_rad(), age_s }
    }

    /// Latitude and longitude, radians.
    pub(crate) fn point_rad(&self) -> Option<[f64; 2]> {
        self.position.map(|at| [at.latitude_rad, at.longitude_rad])
    }
}

//! What an alert is: which rule, about what, with which inputs against which thresholds.

use geodesy::Geodetic;
use surveillance::{Address, Mode3A, SensorId, Time, TrackNumber};

/// A rule that can fire on the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// A border is crossed with neither plan nor permission.
    BorderCrossed,
    /// A border is about to be.
    BorderPredicted,
    /// A reserved, restricted or prohibited airspace is entered.
    AreaInfringed,
    /// Such an airspace is about to be entered (ASTERIX CAT004: APW).
    AreaPredicted,
    /// Two tracks come too close (STCA).
    Conflict,
    /// A track is, or is about to be, too low over terrain (MSAW).
    MinimumSafeAltitude,
    /// Code 7500.
    UnlawfulInterference,
    /// Code 7600.
    RadioFailure,
    /// Code 7700.
    Emergency,
    /// Special position identification.
    Ident,
    /// A Mode 3/A code changed.
    CodeChanged,
    /// One discrete code at two targets.
    DuplicateCode,
    /// One 24-bit address at two targets.
    DuplicateAddress,
    /// A track ended in the air, inside coverage.
    LostTrack,
    /// A track that told codes goes on without.
    LostTransponder,
    /// A track tells nothing of itself.
    NonCooperative,
    /// A target flies low and slow.
    LowSlow,
    /// The position a target claims and the one that is measured disagree.
    PositionDisagreement,
    /// Satellite navigation is disturbed over an area.
    NavigationInterference,
    /// An unmanned aircraft tells its Remote ID.
    Unmanned,
    /// A Remote ID moves as nothing can.
    RemoteIdMotion,
    /// One Remote ID at two places.
    RemoteIdDuplicate,
    /// A sensor is silent, degraded or biased.
    Sensor,
    /// A track leaves the route of its plan (RAM).
    RouteDeparture,
    /// A track leaves its cleared level (CLAM).
    LevelDeparture,
    /// A rule of the site, by its place in the configuration.
    Site(u16),
}

/// How much it needs a person. The order is that of the screen, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// To be known.
    Advisory,
    /// To be looked at.
    Caution,
    /// To be acted on now.
    Warning,
}

/// What a rule fired about, beside the tracks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// Nothing beside the tracks.
    Tracks,
    /// An airspace or border, by its place in the node's list.
    Area(u32),
    /// A Mode 3/A code.
    Code(Mode3A),
    /// An address.
    Address(Address),
    /// A cell of the H3 grid, by its index.
    Cell(u64),
    /// A sensor.
    Sensor(SensorId),
}

/// One row of the list: the same rule about the same cause and tracks is the same alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AlertKey {
    /// Which rule.
    pub rule: Rule,
    /// About what.
    pub cause: Cause,
    /// Which tracks, the lower number first; of one track the second is `None`.
    pub tracks: [Option<TrackNumber>; 2],
}

/// An alert's number within one node; never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AlertId(pub u64);

/// A measured or configured value, in SI and radians.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Metres along the ground.
    DistanceM(f64),
    /// Metres up.
    HeightM(f64),
    /// Metres per second.
    SpeedMps(f64),
    /// Radians.
    AngleRad(f64),
    /// Seconds.
    SpanS(f64),
    /// A share in [0, 1].
    Share(f64),
    /// A number of things.
    Count(u64),
    /// An instant, UTC.
    At(Time),
    /// A place.
    Place(Geodetic),
    /// A Mode 3/A code.
    Code(Mode3A),
    /// An address.
    Address(Address),
    /// A sensor.
    Sensor(SensorId),
    /// A name.
    Name(String),
}

/// One input of a rule, and the threshold that it was held against if there is one.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// What it is, as people say it: `distance at closest approach`.
    pub name: &'static str,
    /// What was found.
    pub value: Value,
    /// What it was held against.
    pub limit: Option<Value>,
}

/// A rule found its condition true at this evaluation.
#[derive(Debug, Clone, PartialEq)]
pub struct Firing {
    /// Which row of the list.
    pub key: AlertKey,
    /// How much it needs a person.
    pub severity: Severity,
    /// When what it warns of will happen; `None` if it has.
    pub predicted: Option<Time>,
    /// Inputs and thresholds, in the order in which they are read.
    pub facts: Vec<Fact>,
}

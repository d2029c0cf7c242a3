//! What an alert is: which rule, about what, with which inputs against which thresholds.

use geodesy::Geodetic;
use std::borrow::Cow;
use std::fmt;
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

/// Numbers from here on are of the site's rules.
const SITE_NUMBERS: u16 = 1_000;

impl Rule {
    /// Each rule that is built in, in order.
    pub const BUILT_IN: [Self; 25] = [
        Self::BorderCrossed,
        Self::BorderPredicted,
        Self::AreaInfringed,
        Self::AreaPredicted,
        Self::Conflict,
        Self::MinimumSafeAltitude,
        Self::UnlawfulInterference,
        Self::RadioFailure,
        Self::Emergency,
        Self::Ident,
        Self::CodeChanged,
        Self::DuplicateCode,
        Self::DuplicateAddress,
        Self::LostTrack,
        Self::LostTransponder,
        Self::NonCooperative,
        Self::LowSlow,
        Self::PositionDisagreement,
        Self::NavigationInterference,
        Self::Unmanned,
        Self::RemoteIdMotion,
        Self::RemoteIdDuplicate,
        Self::Sensor,
        Self::RouteDeparture,
        Self::LevelDeparture,
    ];

    /// As many rules as a site may have.
    pub const SITE_MAX: u16 = u16::MAX - SITE_NUMBERS;

    /// Its number in saved bytes: its place in [`Self::BUILT_IN`], never given to another.
    pub(crate) fn number(self) -> u16 {
        match self {
            Self::Site(place) => SITE_NUMBERS + place.min(Self::SITE_MAX),
            _ => Self::BUILT_IN.iter().position(|rule| *rule == self).unwrap_or_default() as u16,
        }
    }

    /// Back from [`Self::number`].
    pub(crate) fn from_number(number: u16) -> Option<Self> {
        match number.checked_sub(SITE_NUMBERS) {
            Some(place) => Some(Self::Site(place)),
            None => Self::BUILT_IN.get(usize::from(number)).copied(),
        }
    }
}

impl Rule {
    /// Message type of I004/000 under which safety-net systems tell the same (EUROCONTROL
    /// ASTERIX category 004, SUR.ET1.ST05.2000-STD-04-01 edition 1.13, clause 5.2.1); `None` where
    /// the category has none.
    pub const fn cat004(self) -> Option<u8> {
        match self {
            // Route Adherence Monitor, Heading Deviation: away from the route, not late on it.
            Self::RouteDeparture => Some(3),
            Self::MinimumSafeAltitude => Some(4),
            // Area Proximity Warning.
            Self::AreaPredicted | Self::BorderPredicted => Some(5),
            // Clearance Level Adherence Monitor.
            Self::LevelDeparture => Some(6),
            Self::Conflict => Some(7),
            // Lost Track Warning.
            Self::LostTrack => Some(97),
            // Airspace Infringement Warning.
            Self::AreaInfringed | Self::BorderCrossed => Some(99),
            _ => None,
        }
    }
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
    /// An unmanned aircraft by what it calls itself.
    RemoteId(RemoteId),
}

/// What an unmanned aircraft calls itself in its Basic ID message (ASTM F3411-22a 5.4.5.5, ASD-STAN
/// prEN 4709-002): twenty octets, zeros after its end. Shown as text where it is printable ASCII and
/// as hex digits where it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RemoteId(pub [u8; 20]);

impl RemoteId {
    /// Of the octets as received; what is over twenty is cut off.
    pub fn new(octets: &[u8]) -> Self {
        let mut id = [0; 20];
        let length = octets.len().min(id.len());
        id[..length].copy_from_slice(&octets[..length]);
        Self(id)
    }
}

impl fmt::Display for RemoteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = self.0.iter().rposition(|octet| *octet != 0).map_or(0, |last| last + 1);
        let octets = &self.0[..end];
        match std::str::from_utf8(octets) {
            Ok(text) if octets.iter().all(|octet| (0x20..0x7f).contains(octet)) => {
                f.write_str(text)
            }
            _ => octets.iter().try_for_each(|octet| write!(f, "{octet:02x}")),
        }
    }
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
    /// A track.
    Track(TrackNumber),
    /// A name.
    Name(String),
}

/// One input of a rule, and the threshold that it was held against if there is one.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// What it is, as people say it: `distance at closest approach`. A rule writes it in its own
    /// text; one that was read back from a saved board is owned.
    pub name: Cow<'static, str>,
    /// What was found.
    pub value: Value,
    /// What it was held against.
    pub limit: Option<Value>,
}

impl Fact {
    /// An input that was held against nothing.
    pub fn new(name: &'static str, value: Value) -> Self {
        Self { name: Cow::Borrowed(name), value, limit: None }
    }

    /// An input and the threshold that it was held against.
    pub fn against(name: &'static str, value: Value, limit: Value) -> Self {
        Self { name: Cow::Borrowed(name), value, limit: Some(limit) }
    }
}

impl AlertKey {
    /// Of a rule about one track and nothing beside it.
    pub const fn of_track(rule: Rule, track: TrackNumber) -> Self {
        Self { rule, cause: Cause::Tracks, tracks: [Some(track), None] }
    }

    /// Of a rule about two tracks, in whichever order they come.
    pub fn of_pair(rule: Rule, cause: Cause, a: TrackNumber, b: TrackNumber) -> Self {
        Self::of_tracks(rule, cause, [Some(a), Some(b)])
    }

    /// Of a rule about these tracks, of two in whichever order they come.
    pub(crate) fn of_tracks(rule: Rule, cause: Cause, tracks: [Option<TrackNumber>; 2]) -> Self {
        let tracks = match tracks {
            [Some(a), Some(b)] => [Some(a.min(b)), Some(a.max(b))],
            one => one,
        };
        Self { rule, cause, tracks }
    }

    /// Of a rule about something that is no track.
    pub const fn of_cause(rule: Rule, cause: Cause) -> Self {
        Self { rule, cause, tracks: [None, None] }
    }

    /// The first key of a rule in the order of keys.
    pub(crate) const fn first_of(rule: Rule) -> Self {
        Self { rule, cause: Cause::Tracks, tracks: [None, None] }
    }

    /// Whether this track is one of those it is about.
    pub fn is_about(&self, track: TrackNumber) -> bool {
        self.tracks.contains(&Some(track))
    }
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

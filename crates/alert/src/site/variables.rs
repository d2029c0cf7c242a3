//! What a site's rule can ask of a track, in the units of the screen.

use crate::{Fact, Scene, Subject, Value};
use geodesy::Ecef;
use geodesy::units::{METRES_PER_FOOT, MPS_PER_FPM, MPS_PER_KNOT};
use std::borrow::Cow;
use surveillance::{Address, Callsign, EmitterCategory, Mode3A, Phase, PlotOrigin};

/// What kind of value a variable has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A CEL `double`. Compare it with `1000` or `1000.0`; reckon with `1000.0`.
    Number,
    /// A CEL `string`.
    Text,
    /// A CEL `bool`.
    Flag,
    /// A CEL `list(string)`, to be asked with `in`.
    Texts,
}

macro_rules! variables {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal, $kind:ident;)*) => {
        /// A variable of a site's rules. What may be unknown is `null` then: `level_ft == null`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Variable { $($(#[doc = $doc])* $variant,)* }

        impl Variable {
            /// Each of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// As a rule names it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What it is.
            pub const fn kind(self) -> Kind {
                match self { $(Self::$variant => Kind::$kind,)* }
            }

            /// What it says, as the manual has it.
            pub const fn doc(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),*),)* }
            }
        }
    };
}

variables! {
    /// Pressure altitude, feet, as last told; may be null.
    LevelFt = "level_ft", Number;
    /// Geometric height over the ellipsoid, feet; null if no sensor measured one.
    HeightFt = "height_ft", Number;
    /// Height over the ground, feet; null where height or terrain is not known.
    AboveGroundFt = "above_ground_ft", Number;
    /// Speed over the ground, knots.
    SpeedKt = "speed_kt", Number;
    /// Course over the ground, degrees from true north, 0 to 360.
    CourseDeg = "course_deg", Number;
    /// Climb rate, feet a minute, climb positive; may be null.
    ClimbFpm = "climb_fpm", Number;
    /// Latitude, degrees, north positive.
    LatDeg = "lat_deg", Number;
    /// Longitude, degrees, east positive.
    LonDeg = "lon_deg", Number;
    /// Seconds since its last plot.
    AgeS = "age_s", Number;
    /// Seconds since its first plot.
    HeldS = "held_s", Number;
    /// ADS-B navigation integrity category; may be null.
    Nic = "nic", Number;
    /// ADS-B navigation accuracy category of the position; may be null.
    NacP = "nac_p", Number;
    /// Hour of the day, UTC, with its fraction.
    HourUtc = "hour_utc", Number;
    /// Mode 3/A code, four digits; may be null.
    Squawk = "squawk", Text;
    /// Callsign without padding; may be null.
    Callsign = "callsign", Text;
    /// 24-bit address, six lower-case hex digits, `~` first if not ICAO's; may be null.
    Address = "address", Text;
    /// State of the address block, ISO 3166 alpha-3; may be null.
    Country = "country", Text;
    /// Standard identity: "pending", "unknown", "assumed friend", "friend", "neutral", "suspect",
    /// "hostile" or "civil".
    Identity = "identity", Text;
    /// Kind of craft that it declares: "light", "small", "large", "high vortex", "heavy",
    /// "high performance", "rotorcraft", "glider", "lighter than air", "parachutist", "ultralight",
    /// "unmanned", "space", "surface emergency", "surface service" or "obstacle"; may be null.
    Craft = "craft", Text;
    /// Kinds of source that hold it: "primary", "secondary", "ADS-B", "rebroadcast", "MLAT",
    /// "system track".
    Sources = "sources", Texts;
    /// It says that it is on the ground.
    OnGround = "on_ground", Flag;
    /// Its expected plots stay out.
    Coasting = "coasting", Flag;
    /// It tells the special position identification.
    Ident = "ident", Flag;
    /// A flight plan goes with it.
    HasPlan = "has_plan", Flag;
    /// A permission in force opens an airspace or border that it is in, and each prohibited,
    /// restricted, reserved or danger area that it is in.
    HasPermission = "has_permission", Flag;
    /// A partner alone tells of it.
    FromPartner = "from_partner", Flag;
    /// Its claimed position and the measured one disagree.
    ClaimDisagrees = "claim_disagrees", Flag;
}

/// Names of kinds of source, in the order of their bits.
pub(super) const SOURCES: [&str; 7] =
    ["primary", "secondary", "ADS-B", "rebroadcast", "MLAT", "system track", "Remote ID"];

const NUMBERS: usize = Variable::HourUtc as usize + 1;
const TEXTS: usize = Variable::Craft as usize + 1 - NUMBERS;
const FLAGS_FROM: usize = Variable::OnGround as usize;

/// The variables of one track, found once for all rules.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    numbers: [Option<f64>; NUMBERS],
    texts: [Option<Word<'a>>; TEXTS],
    flags: u32,
    sources: u8,
    areas: &'a [u32],
    areas_unknown: &'a [u32],
    /// Its position at no height.
    pub(super) surface: Ecef,
    code: Option<Mode3A>,
    address: Option<Address>,
}

/// A text that is made for the row or borrowed.
#[derive(Debug, Clone, Copy)]
enum Word<'a> {
    Borrowed(&'a str),
    Callsign(Callsign),
    Short([u8; 8], u8),
}

impl<'a> Row<'a> {
    pub(super) fn of(scene: &Scene<'_>, subject: &Subject<'a>) -> Self {
        let entry = subject.entry;
        let track = &entry.track;
        let mut numbers = [None; NUMBERS];
        let mut set = |variable: Variable, value: Option<f64>| numbers[variable as usize] = value;
        let feet = |metres: f64| metres / METRES_PER_FOOT;
        let height_m = track.height_sd_m.map(|_| track.position.height_m);
        set(Variable::LevelFt, track.pressure_altitude_m.map(feet));
        set(Variable::HeightFt, height_m.map(feet));
        let above_m =
            height_m.zip(subject.ground_m).map(|(height_m, ground_m)| height_m - ground_m);
        set(Variable::AboveGroundFt, above_m.map(feet));
        let velocity = track.velocity;
        set(Variable::SpeedKt, Some(velocity.east.hypot(velocity.north) / MPS_PER_KNOT));
        let course_rad = geodesy::wrap_tau(velocity.east.atan2(velocity.north));
        set(Variable::CourseDeg, Some(course_rad.to_degrees()));
        set(Variable::ClimbFpm, track.vertical_rate_mps.map(|mps| mps / MPS_PER_FPM));
        set(Variable::LatDeg, Some(track.position.latitude_deg()));
        set(Variable::LonDeg, Some(track.position.longitude_deg()));
        set(Variable::AgeS, Some(scene.now.seconds_since(track.last)));
        set(Variable::HeldS, Some(scene.now.seconds_since(track.first)));
        set(Variable::Nic, track.quality.nic.map(f64::from));
        set(Variable::NacP, track.quality.nac_p.map(f64::from));
        set(Variable::HourUtc, Some(scene.now.time_of_day().as_secs_f64() / 3_600.0));

        let mut texts = [None; TEXTS];
        let mut set = |variable: Variable, word: Option<Word<'a>>| {
            texts[variable as usize - NUMBERS] = word;
        };
        set(Variable::Squawk, track.codes.mode_3a.map(|code| digits(code.bits().into(), 4, 3)));
        set(Variable::Callsign, track.codes.callsign.map(Word::Callsign));
        set(Variable::Address, track.codes.address.map(address_word));
        set(Variable::Country, subject.country.map(Word::Borrowed));
        set(Variable::Identity, Some(Word::Borrowed(entry.identity.name())));
        set(Variable::Craft, track.category.map(|category| Word::Borrowed(craft_name(category))));

        let flags = [
            (Variable::OnGround, track.on_ground),
            (Variable::Coasting, track.phase == Phase::Coasting),
            (Variable::Ident, track.codes.ident),
            (Variable::HasPlan, subject.plan.is_some()),
            (Variable::HasPermission, subject.permitted),
            (Variable::FromPartner, entry.teller.is_some()),
            (Variable::ClaimDisagrees, subject.claim.is_some()),
        ];
        let bits = flags.map(|(flag, set)| u32::from(set) << (flag as usize - FLAGS_FROM));
        let sources = track.contributors.iter().fold(0, |bits, c| bits | source_bit(c.origin));
        Self {
            numbers,
            texts,
            flags: bits.iter().fold(0, |all, bit| all | bit),
            sources,
            areas: subject.areas,
            areas_unknown: subject.areas_unknown,
            surface: track.position.at_height(0.0).to_ecef(),
            code: track.codes.mode_3a,
            address: track.codes.address,
        }
    }

    /// A number; `None` for null.
    pub(super) fn number(&self, variable: Variable) -> Option<f64> {
        self.numbers[variable as usize]
    }

    /// A text; `None` for null.
    pub(super) fn text(&self, variable: Variable) -> Option<&str> {
        let word = self.texts[variable as usize - NUMBERS].as_ref();
        word.map(|word| match word {
            Word::Borrowed(text) => text,
            Word::Callsign(callsign) => callsign.as_str(),
            Word::Short(octets, length) => {
                std::str::from_utf8(&octets[..usize::from(*length)]).unwrap_or_default()
            }
        })
    }

    /// Whether a variable is null.
    pub(super) fn is_null(&self, variable: Variable) -> bool {
        match variable.kind() {
            Kind::Number => self.number(variable).is_none(),
            Kind::Text => self.text(variable).is_none(),
            Kind::Flag | Kind::Texts => false,
        }
    }

    /// A flag.
    pub(super) fn flag(&self, variable: Variable) -> bool {
        self.flags >> (variable as usize - FLAGS_FROM) & 1 == 1
    }

    /// Whether it is in one of some areas, by their places; `None` where that is not known.
    pub(super) fn is_inside(&self, of: &[u32]) -> Option<bool> {
        let is_in = |areas: &[u32]| of.iter().any(|area| areas.binary_search(area).is_ok());
        if is_in(self.areas) {
            Some(true)
        } else if is_in(self.areas_unknown) {
            None
        } else {
            Some(false)
        }
    }

    /// Whether a source of this bit's place in [`SOURCES`] holds it.
    pub(super) fn has_source(&self, place: u8) -> bool {
        self.sources >> place & 1 == 1
    }

    /// How many kinds of source hold it.
    pub(super) fn sources(&self) -> u32 {
        self.sources.count_ones()
    }
}

fn source_bit(origin: PlotOrigin) -> u8 {
    1 << match origin {
        PlotOrigin::Primary => 0,
        PlotOrigin::Secondary => 1,
        PlotOrigin::AdsB => 2,
        PlotOrigin::Rebroadcast => 3,
        PlotOrigin::Mlat => 4,
        PlotOrigin::SystemTrack => 5,
        PlotOrigin::RemoteId => 6,
        PlotOrigin::Flarm => 7,
    }
}

/// Digits of so many bits each, the highest first.
fn digits(value: u32, count: u8, bits: u8) -> Word<'static> {
    let mut octets = [0; 8];
    for place in 0..count {
        let digit = value >> (bits * (count - 1 - place)) & ((1 << bits) - 1);
        octets[usize::from(place)] = b"0123456789abcdef"[digit as usize];
    }
    Word::Short(octets, count)
}

fn address_word(address: Address) -> Word<'static> {
    let word = digits(address.bits(), 6, 4);
    let mark = match address.kind() {
        surveillance::AddressKind::Icao => return word,
        surveillance::AddressKind::Other => b'~',
        surveillance::AddressKind::RemoteId => b'*',
    };
    match word {
        Word::Short(mut octets, length) => {
            octets.rotate_right(1);
            octets[0] = mark;
            Word::Short(octets, length + 1)
        }
        word => word,
    }
}

const fn craft_name(category: EmitterCategory) -> &'static str {
    match category {
        EmitterCategory::Light => "light",
        EmitterCategory::Small => "small",
        EmitterCategory::Large => "large",
        EmitterCategory::HighVortex => "high vortex",
        EmitterCategory::Heavy => "heavy",
        EmitterCategory::HighPerformance => "high performance",
        EmitterCategory::Rotorcraft => "rotorcraft",
        EmitterCategory::Glider => "glider",
        EmitterCategory::LighterThanAir => "lighter than air",
        EmitterCategory::Parachutist => "parachutist",
        EmitterCategory::Ultralight => "ultralight",
        EmitterCategory::Unmanned => "unmanned",
        EmitterCategory::Space => "space",
        EmitterCategory::SurfaceEmergency => "surface emergency",
        EmitterCategory::SurfaceService => "surface service",
        EmitterCategory::Obstacle => "obstacle",
    }
}

/// A variable that an expression names, and the number that it is held against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Told {
    pub(super) variable: Variable,
    pub(super) limit: Option<f64>,
}

impl Told {
    /// As a fact, back in SI; `None` of what is not known, or is no quantity or code.
    pub(super) fn fact(&self, row: &Row<'_>) -> Option<Fact> {
        let variable = self.variable;
        let value = match variable {
            Variable::Squawk => Value::Code(row.code?),
            Variable::Address => Value::Address(row.address?),
            _ if variable.kind() == Kind::Number => si(variable, row.number(variable)?)?,
            _ => return None,
        };
        let limit = self.limit.and_then(|limit| si(variable, limit));
        Some(Fact { name: Cow::Borrowed(variable.name()), value, limit })
    }
}

/// A number of the screen's unit as a value in SI; `None` if it has none.
fn si(variable: Variable, x: f64) -> Option<Value> {
    Some(match variable {
        Variable::LevelFt | Variable::HeightFt | Variable::AboveGroundFt => {
            Value::HeightM(x * METRES_PER_FOOT)
        }
        Variable::SpeedKt => Value::SpeedMps(x * MPS_PER_KNOT),
        Variable::ClimbFpm => Value::SpeedMps(x * MPS_PER_FPM),
        Variable::CourseDeg | Variable::LatDeg | Variable::LonDeg => {
            Value::AngleRad(x.to_radians())
        }
        Variable::AgeS | Variable::HeldS => Value::SpanS(x),
        Variable::Nic | Variable::NacP => Value::Count(x.max(0.0) as u64),
        _ => return None,
    })
}

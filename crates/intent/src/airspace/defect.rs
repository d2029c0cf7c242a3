//! What a file gets wrong, said so that its author can mend it.

use super::geometry::{CORNERS_MIN, REACH_MAX_DEG};
use std::fmt;

/// Longest text of a file that a defect repeats, characters.
const QUOTED_MAX: usize = 60;

/// One fault in an airspace, permission or place, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Defect {
    /// Line in the file, counted from 1; `None` for what did not come from a file.
    pub line: Option<u32>,
    /// What it is about: a command of OpenAir, a property of GeoJSON, an element of AIXM, a key of
    /// TOML, a column of CSV.
    pub field: String,
    /// Name of the airspace, permission or place, where one is known by then.
    pub name: Option<String>,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong. [`Fault::remedy`] says what to do about it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Fault {
    /// A command, property, key or element that nothing here knows.
    #[error("{text:?} is not known and was passed over")]
    Unknown {
        /// As it stands in the file.
        text: String,
    },
    /// A value that does not read as what the field holds.
    #[error("{text:?} is not {wanted}")]
    Value {
        /// As it stands in the file, shortened.
        text: String,
        /// What would be right, with an example.
        wanted: &'static str,
    },
    /// Something that must be there is not.
    #[error("{what} is missing")]
    Missing {
        /// What.
        what: &'static str,
    },
    /// A latitude outside ±90° or a longitude outside ±180°.
    #[error("{latitude_deg}, {longitude_deg} is no latitude and longitude in degrees")]
    OutOfRange {
        /// As read, degrees.
        latitude_deg: f64,
        /// As read, degrees.
        longitude_deg: f64,
    },
    /// Fewer corners than make an area.
    #[error("{corners} different corners make no area")]
    TooFewCorners {
        /// How many different ones there are.
        corners: usize,
    },
    /// The outline crosses itself or a hole's does another.
    #[error(
        "the outline crosses itself near {latitude_deg:.5}, {longitude_deg:.5}: the side after \
         corner {first} and the side after corner {second}"
    )]
    Crosses {
        /// Of the crossing, degrees.
        latitude_deg: f64,
        /// Of the crossing, degrees.
        longitude_deg: f64,
        /// Corner, counted from 1 over the polygon's rings as given.
        first: usize,
        /// Corner, likewise.
        second: usize,
    },
    /// A hole that is not in its polygon.
    #[error("hole {hole} is not inside its polygon")]
    HoleOutside {
        /// Counted from 1.
        hole: usize,
    },
    /// All corners on one line.
    #[error("the outline encloses {area_m2:.0} m², which is no area")]
    NoArea {
        /// What it does enclose, m².
        area_m2: f64,
    },
    /// Further from its middle than can be projected.
    #[error("the airspace reaches {reach_deg:.0}° from its middle, more than {REACH_MAX_DEG:.0}°")]
    TooWide {
        /// Angle at the Earth's centre, degrees.
        reach_deg: f64,
    },
    /// A radius or width that is not above zero and below a quarter of the Earth.
    #[error("{metres} m is no radius or width")]
    Size {
        /// As read, metres.
        metres: f64,
    },
    /// The upper limit is not above the lower one.
    #[error("the upper limit {upper} is not above the lower limit {lower}")]
    LimitsUpsideDown {
        /// As read.
        lower: String,
        /// As read.
        upper: String,
    },
    /// Ends before it begins.
    #[error("it ends at {until}, which is not after it begins at {from}")]
    TimesUpsideDown {
        /// As read.
        from: String,
        /// As read.
        until: String,
    },
    /// Two of one name where names must tell apart.
    #[error("{name:?} is there already")]
    Twice {
        /// The name.
        name: String,
    },
    /// More than this reader takes in.
    #[error("there is more than {limit} {what}; the rest was left out")]
    TooMuch {
        /// Of what.
        what: &'static str,
        /// How much is taken.
        limit: usize,
    },
    /// The file as a whole does not read.
    #[error("{why}")]
    Unreadable {
        /// What the format's own reader says.
        why: String,
    },
}

impl Fault {
    /// A value that does not read; `text` is shortened.
    pub(super) fn value(text: &str, wanted: &'static str) -> Self {
        Fault::Value { text: quoted(text), wanted }
    }

    /// A word that nothing here knows; `text` is shortened.
    pub(super) fn unknown(text: &str) -> Self {
        Fault::Unknown { text: quoted(text) }
    }

    /// What its author does about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Fault::Unknown { .. } => "check its spelling, or leave it out",
            Fault::Value { .. } => "write it as the example shows",
            Fault::Missing { .. } => "add it",
            Fault::OutOfRange { .. } => "check the order of latitude and longitude, and the signs",
            Fault::TooFewCorners { .. } => "give three corners or more",
            Fault::Crosses { .. } => "put the corners in order along the outline",
            Fault::HoleOutside { .. } => "make it an airspace of its own, or correct its corners",
            Fault::NoArea { .. } => "correct the corners: they lie on one line",
            Fault::TooWide { .. } => "cut it into several airspaces",
            Fault::Size { .. } => "give a radius or width above 0 and below 5,000 km",
            Fault::LimitsUpsideDown { .. } => "exchange or correct the limits",
            Fault::TimesUpsideDown { .. } => "exchange or correct the times",
            Fault::Twice { .. } => "give each a name of its own",
            Fault::TooMuch { .. } => "cut the file into several",
            Fault::Unreadable { .. } => "correct the file there",
        }
    }

    /// Fewer corners than a ring needs.
    pub(super) fn corners(corners: usize) -> Self {
        debug_assert!(corners < CORNERS_MIN);
        Fault::TooFewCorners { corners }
    }
}

impl fmt::Display for Defect {
    /// `line 12: AC: "X" is not …; write it as the example shows`, with the name in brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        write!(f, "{}: ", self.field)?;
        if let Some(name) = &self.name {
            write!(f, "{name}: ")?;
        }
        write!(f, "{}; {}", self.fault, self.fault.remedy())
    }
}

/// The text as a message repeats it: no control characters, and short.
pub(super) fn quoted(text: &str) -> String {
    let mut short: String = text.chars().filter(|c| !c.is_control()).take(QUOTED_MAX).collect();
    if text.chars().count() > QUOTED_MAX {
        short.push('…');
    }
    short
}

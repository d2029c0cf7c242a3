//! What the conflict rule is held against.
//!
//! The parts are those of the reference system of EUROCONTROL-GUID-159 part III: eligible tracks,
//! a filter of the present proximity and one of linear prediction, confirmation by count, volumes
//! with their own thresholds. The figures are this project's defaults for en-route separation
//! of 5 NM and 1,000 ft; a site sets its own.

use crate::rules::HeightLimits;
use geodesy::Geodetic;
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM, MPS_PER_KNOT};
use surveillance::Mode3A;

/// A distance across and one up and down; nearer than both is too near.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Separation {
    /// Across, metres.
    pub lateral_m: f64,
    /// Up and down, metres.
    pub vertical_m: f64,
}

impl Separation {
    /// From nautical miles and feet, as people write separation.
    pub fn from_nm_and_feet(lateral_nm: f64, vertical_ft: f64) -> Self {
        Self { lateral_m: lateral_nm * METRES_PER_NM, vertical_m: vertical_ft * METRES_PER_FOOT }
    }

    /// Wider by a factor.
    pub fn times(self, factor: f64) -> Self {
        Self { lateral_m: self.lateral_m * factor, vertical_m: self.vertical_m * factor }
    }
}

/// Thresholds in one volume.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// Nearer than this now is a violation.
    pub current: Separation,
    /// Nearer than this within the look-ahead is a predicted one.
    pub predicted: Separation,
    /// How far linear prediction looks ahead, seconds.
    pub look_ahead_s: f64,
    /// A conflict that comes about only if a climb or descent goes on past the next level, where
    /// no cleared level is known, is told this long before, seconds. Longer warns sooner of who
    /// climbs through and more often in vain of who levels off.
    pub past_level_s: f64,
    /// One that comes about only past a level that is known to be cleared, seconds.
    pub past_cleared_s: f64,
    /// Nearer in time than this, an alert waits for no count, seconds.
    pub imminent_s: f64,
}

impl Thresholds {
    /// En route: 4.1 NM and 600 ft, two minutes ahead.
    pub fn en_route() -> Self {
        Self {
            current: Separation::from_nm_and_feet(4.1, 600.0),
            predicted: Separation::from_nm_and_feet(4.1, 600.0),
            look_ahead_s: 120.0,
            past_level_s: 15.0,
            past_cleared_s: 8.0,
            imminent_s: 30.0,
        }
    }

    /// Near an aerodrome, for separation of 3 NM: 1.9 NM now, 1.5 NM ahead, 500 ft, 75 s.
    pub fn terminal() -> Self {
        Self {
            current: Separation::from_nm_and_feet(1.9, 500.0),
            predicted: Separation::from_nm_and_feet(1.5, 500.0),
            look_ahead_s: 75.0,
            past_level_s: 15.0,
            past_cleared_s: 8.0,
            imminent_s: 25.0,
        }
    }

    /// Above the levels of reduced vertical separation, where 2,000 ft are kept: 1,600 ft.
    pub fn above_rvsm() -> Self {
        let mut thresholds = Self::en_route();
        thresholds.current.vertical_m = 1_600.0 * METRES_PER_FOOT;
        thresholds.predicted.vertical_m = 1_600.0 * METRES_PER_FOOT;
        thresholds
    }
}

/// Where thresholds hold, seen from above.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Region {
    /// All the Earth.
    Everywhere,
    /// Within a distance of a point.
    Circle {
        /// The point; its height is not used.
        centre: Geodetic,
        /// The distance, metres.
        radius_m: f64,
    },
}

/// Thresholds of a region between two levels.
#[derive(Debug, Clone, PartialEq)]
pub struct Volume {
    /// How people call it.
    pub name: String,
    /// Where.
    pub region: Region,
    /// From this level, metres.
    pub floor_m: f64,
    /// To below this level, metres.
    pub ceiling_m: f64,
    /// Thresholds there; `None` where the rule is inhibited.
    pub thresholds: Option<Thresholds>,
}

/// Which pairs of civil and military flights the rule looks at.
#[derive(Debug, Clone, PartialEq)]
pub struct Kinds {
    /// Mode 3/A codes of military flights, from and to, both included.
    pub military: Vec<(Mode3A, Mode3A)>,
    /// Two civil flights.
    pub civil_civil: bool,
    /// A civil and a military one.
    pub civil_military: bool,
    /// Two military ones.
    pub military_military: bool,
}

/// When two flights are one formation: they have been this near and this alike without a break
/// since the rule first saw the later of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FormationLimits {
    /// Nearer than this.
    pub within: Separation,
    /// Speeds differ by less than this, m/s.
    pub relative_speed_mps: f64,
    /// The break is beyond this factor of the distances.
    pub exit_factor: f64,
    /// The later of the two was this young when they were first seen together, seconds.
    pub joined_within_s: f64,
}

/// Everything the conflict rule can be told.
#[derive(Debug, Clone, PartialEq)]
pub struct ConflictConfig {
    /// In order of precedence; a pair goes by the first of those its two are in. A track in none
    /// is not looked at.
    pub volumes: Vec<Volume>,
    /// Slower than this is not looked at, m/s.
    pub speed_min_mps: f64,
    /// Faster than this is believed of nobody, m/s.
    pub speed_max_mps: f64,
    /// Younger than this is looked at for its present proximity alone, seconds.
    pub young_s: f64,
    /// One whose velocity is uncertain is predicted only as far as it may drift by this, metres,
    /// standard deviation an axis.
    pub drift_max_m: f64,
    /// Without prediction too is one not updated for this long, seconds.
    pub coasting_s: f64,
    /// One not updated for this long is not looked at, seconds.
    pub lost_s: f64,
    /// Which heights are believed.
    pub heights: HeightLimits,
    /// Slower climbs and descents count as level, m/s.
    pub level_rate_mps: f64,
    /// Levels are multiples of this, metres.
    pub level_step_m: f64,
    /// A level is still the one aimed at this far past it, metres.
    pub level_tolerance_m: f64,
    /// Looks in a row, at either track, that make an alert which is not imminent.
    pub looks_on: u8,
    /// Looks in a row that end one.
    pub looks_off: u8,
    /// Thresholds of an alert that stands are wider by this factor.
    pub exit_factor: f64,
    /// Which flights.
    pub kinds: Kinds,
    /// Codes under which two flights see to their own separation.
    pub visual_codes: Vec<Mode3A>,
    /// Formations are left alone; `None` where they are not.
    pub formation: Option<FormationLimits>,
    /// Two tracks that tell one address or discrete code and are nearer than this are one
    /// target.
    pub same_target: Separation,
}

impl Default for ConflictConfig {
    fn default() -> Self {
        let band = |name: &str, floor_ft: f64, ceiling_ft: f64, thresholds| Volume {
            name: name.to_owned(),
            region: Region::Everywhere,
            floor_m: floor_ft * METRES_PER_FOOT,
            ceiling_m: ceiling_ft * METRES_PER_FOOT,
            thresholds: Some(thresholds),
        };
        Self {
            volumes: vec![
                // FL410 itself is the last of reduced separation (ICAO Doc 9574).
                band("above FL410", 41_100.0, f64::INFINITY, Thresholds::above_rvsm()),
                band("en route", f64::NEG_INFINITY, 41_100.0, Thresholds::en_route()),
            ],
            speed_min_mps: 50.0 * MPS_PER_KNOT,
            speed_max_mps: 1_000.0,
            young_s: 12.0,
            drift_max_m: 1_500.0,
            coasting_s: 15.0,
            lost_s: 40.0,
            heights: HeightLimits::default(),
            level_rate_mps: 1.5,
            level_step_m: 1_000.0 * METRES_PER_FOOT,
            level_tolerance_m: 150.0 * METRES_PER_FOOT,
            looks_on: 3,
            looks_off: 2,
            exit_factor: 1.15,
            kinds: Kinds {
                military: Vec::new(),
                civil_civil: true,
                civil_military: true,
                military_military: true,
            },
            visual_codes: Vec::new(),
            formation: Some(FormationLimits {
                within: Separation::from_nm_and_feet(0.5, 500.0),
                relative_speed_mps: 20.0,
                exit_factor: 2.0,
                joined_within_s: 30.0,
            }),
            same_target: Separation::from_nm_and_feet(0.5, 500.0),
        }
    }
}

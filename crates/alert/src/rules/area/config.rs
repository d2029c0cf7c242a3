//! What the rules on areas and borders are held against.

use crate::Severity;
use crate::rules::HeightLimits;
use geodesy::units::METRES_PER_FOOT;
use intent::airspace::Kind;

/// Airspaces of a kind that are watched, and how bad it is to be in one.
#[derive(Debug, Clone, PartialEq)]
pub struct Watched {
    /// The kind.
    pub kind: Kind,
    /// Of being in one for certain; of an entry ahead it is one step less.
    pub severity: Severity,
}

/// Everything the rules on areas and borders can be told. The structure is that of
/// EUROCONTROL-GUID-161 (APW): eligible tracks, areas with times and levels, present and predicted
/// infringement; the figures are this project's.
#[derive(Debug, Clone, PartialEq)]
pub struct AreaConfig {
    /// Kinds of airspace whose entry is an infringement.
    pub watched: Vec<Watched>,
    /// Kinds of airspace whose edge is a border.
    pub borders: Vec<Kind>,
    /// Borders of these parties alone (ISO 3166 alpha-3); of all where it is empty.
    pub border_parties: Vec<String>,
    /// How far ahead entries are looked for, seconds.
    pub horizon_s: f64,
    /// A predicted entry that is told stays told up to this factor of the horizon.
    pub exit_factor: f64,
    /// An infringement lasts until this far outside, metres over the ground.
    pub exit_distance_m: f64,
    /// Or this far above or below, metres.
    pub exit_height_m: f64,
    /// A track first seen inside a border, this near its edge, may have crossed it unseen,
    /// metres; 0 looks at none.
    pub unseen_within_m: f64,
    /// Younger tracks are looked at where they are and not ahead of it, seconds.
    pub young_s: f64,
    /// Those whose velocity is uncertain are predicted only as far as they may drift by this,
    /// metres, standard deviation an axis.
    pub drift_max_m: f64,
    /// Those not updated for this long are looked at where they are predicted to be, seconds.
    pub coasting_s: f64,
    /// Those not updated for this long are not looked at, seconds.
    pub lost_s: f64,
    /// Which heights are believed.
    pub heights: HeightLimits,
    /// Slower climbs and descents count as level, m/s.
    pub level_rate_mps: f64,
}

impl Default for AreaConfig {
    fn default() -> Self {
        let watched = |kind, severity| Watched { kind, severity };
        Self {
            watched: vec![
                watched(Kind::Prohibited, Severity::Warning),
                watched(Kind::Restricted, Severity::Warning),
                watched(Kind::Reserved, Severity::Warning),
                watched(Kind::Danger, Severity::Caution),
            ],
            borders: vec![Kind::Territory],
            border_parties: Vec::new(),
            horizon_s: 120.0,
            exit_factor: 1.2,
            exit_distance_m: 500.0,
            exit_height_m: 200.0 * METRES_PER_FOOT,
            unseen_within_m: 5_000.0,
            young_s: 12.0,
            drift_max_m: 2_500.0,
            coasting_s: 15.0,
            lost_s: 60.0,
            heights: HeightLimits::default(),
            level_rate_mps: 1.5,
        }
    }
}

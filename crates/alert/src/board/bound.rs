//! How many alerts can be open at once.

use crate::Rule;

/// What a node holds: what alerts can be about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Population {
    /// Tracks.
    pub tracks: u64,
    /// Airspaces and borders.
    pub areas: u64,
    /// Sensors.
    pub sensors: u64,
    /// Cells of the H3 grid that have traffic.
    pub cells: u64,
    /// Remote IDs that were heard within a while.
    pub remote_ids: u64,
    /// Tracks that were lost within [`crate::Delay::off_s`] of [`Rule::LostTrack`].
    pub lost: u64,
    /// Pairs of tracks that are near each other.
    pub near_pairs: u64,
}

impl Rule {
    /// As many keys of this rule as can fire at once, and so as many alerts of it as can be open:
    /// the bound on what the board holds. Ended ones are bounded by
    /// [`crate::BoardConfig::ended_max`].
    pub fn keys_max(self, of: &Population) -> u64 {
        match self {
            Self::BorderCrossed
            | Self::BorderPredicted
            | Self::AreaInfringed
            | Self::AreaPredicted => of.tracks.saturating_mul(of.areas),
            Self::Conflict => of.near_pairs,
            Self::NavigationInterference => of.cells,
            Self::RemoteIdMotion | Self::RemoteIdDuplicate => of.remote_ids,
            Self::Unmanned => of.remote_ids.saturating_add(of.tracks),
            Self::Sensor => of.sensors,
            Self::LostTrack => of.lost,
            // One of a track; of targets with one code or address, one of each with the next.
            _ => of.tracks,
        }
    }
}

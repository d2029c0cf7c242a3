//! `[[area]]`: which party is responsible where, so that each target of the joint picture has one
//! owner.

use crate::engine::Responsibility;
use serde::{Deserialize, Serialize};

/// Areas that one node can hold.
pub(super) const AREAS_MAX: usize = 256;
/// Corners of one area.
pub(super) const CORNERS_MAX: usize = 2_000;

/// `[[area]]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AreaSection {
    /// The party: ISO 3166 alpha-3, or an organisation's id.
    pub party: String,
    /// Corners as latitude and longitude in degrees, joined by geodesics.
    pub polygon: Vec<[f64; 2]>,
}

impl AreaSection {
    /// As the engine takes it; or the key that is wrong, and why.
    ///
    /// # Errors
    /// The party is none, or the polygon is.
    pub fn responsibility(&self) -> Result<Responsibility, (&'static str, String)> {
        if self.polygon.len() > CORNERS_MAX {
            return Err(("polygon", format!("more than {CORNERS_MAX} corners; leave some out")));
        }
        let party =
            self.party.parse().map_err(|why: accord::NameError| ("party", why.to_string()))?;
        Responsibility::new(party, &self.polygon).map_err(|why| ("polygon", why))
    }
}

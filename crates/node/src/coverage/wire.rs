//! What the coverage view and the node say to each other under `/api/v1/coverage`, as JSON.
//!
//! `cargo xtask codegen` writes the same types to `web/src/generated/coverage.ts`. Degrees,
//! nautical miles, flight levels and metres of masts and ground here, as at the screen.

use coverage::joint::GapKind;
use coverage::site::{Limits, Role, Site};
use geodesy::units::METRES_PER_NM;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the view opens with.
#[derive(Debug, Clone, PartialEq, Serialize, TS, JsonSchema)]
#[ts(export_to = "coverage.ts")]
pub struct Opening {
    /// Why there is nothing to see, and what to do; none where there is.
    pub closed: Option<String>,
    /// The study's file.
    pub study: String,
    /// How rays bend, in words.
    pub propagation: String,
    /// Step of the ground's lattice, arc seconds.
    pub step_arcsec: f64,
    /// Flight levels of the study.
    pub levels: Vec<f64>,
    /// Aircraft fly at least so high above ground, metres.
    pub clearance_m: f64,
    /// Sites that stand.
    pub sites: Vec<SiteEntry>,
    /// Sites that might.
    pub candidates: Vec<SiteEntry>,
    /// Names of partners whose shared coverage counts too.
    pub shared: Vec<String>,
    /// Edges of the region that figures are of: rings of [latitude, longitude], degrees.
    pub region: Vec<Vec<[f64; 2]>>,
    /// Where there is ground.
    pub bounds: Option<Window>,
    /// What is missing of the ground.
    pub warnings: Vec<String>,
}

/// A sensor on the ground.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
#[ts(export_to = "coverage.ts")]
pub struct SiteEntry {
    /// Its name, unique among those asked about.
    pub name: String,
    /// Whose it is.
    pub party: String,
    /// Latitude, degrees.
    pub lat_deg: f64,
    /// Longitude, degrees.
    pub lon_deg: f64,
    /// Surveyed height of the ground over the sea, metres; none: the terrain's.
    pub ground_m: Option<f64>,
    /// The antenna above the ground, metres.
    pub mast_m: f64,
    /// Nearest range, NM.
    pub range_min_nm: f64,
    /// Farthest range, NM.
    pub range_max_nm: f64,
    /// Lowest elevation, degrees.
    pub elevation_min_deg: f64,
    /// Highest elevation, degrees: above it is the cone of silence.
    pub elevation_max_deg: f64,
    /// Azimuths from, clockwise to, degrees; all around where there is none.
    pub sectors_deg: Vec<[f64; 2]>,
    /// One of at least four that must see together.
    pub multilateration: bool,
    /// Surveyed or learned: lowest free elevation of each degree of azimuth, degrees.
    pub horizon_deg: Option<Vec<f64>>,
}

/// Edges of a part of the map, degrees; west is below east, also over the antimeridian.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
#[ts(export_to = "coverage.ts")]
pub struct Window {
    /// Southern edge.
    pub south_deg: f64,
    /// Western edge.
    pub west_deg: f64,
    /// Northern edge.
    pub north_deg: f64,
    /// Eastern edge.
    pub east_deg: f64,
}

/// Asks for one byte a pixel of a part of the map.
#[derive(Debug, Clone, PartialEq, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
#[ts(export_to = "coverage.ts")]
pub struct LayerAsked {
    /// What the bytes mean.
    pub kind: LayerKind,
    /// Sites that stand in it.
    pub sites: Vec<SiteEntry>,
    /// Sites of the variant it is compared with.
    pub against: Option<Vec<SiteEntry>>,
    /// Flight level.
    pub level: f64,
    /// Whether to tell the surely seen too: that takes a second sweep of each changed site.
    pub surely: bool,
    /// Part of the map; its pixels are at equal steps of spherical Mercator.
    pub window: Window,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// What the bytes of a layer mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "coverage.ts")]
pub enum LayerKind {
    /// How many see the level: [`LAYER_COUNT`] and flags.
    Seen,
    /// Lowest covered altitude in steps of 500 ft; 255: none.
    Lowest,
    /// Light on the ground, 1 to 255; 0: unknown.
    Relief,
}

/// Bits of a byte of [`LayerKind::Seen`]: how many may see, counted to 7.
pub const LAYER_COUNT: u8 = 0x07;
/// Bit: surely seen.
pub const LAYER_SURE: u8 = 0x08;
/// Bit: the ground and the clearance above it are higher than the level.
pub const LAYER_GROUND: u8 = 0x10;
/// Bit: no ground is known there.
pub const LAYER_UNKNOWN: u8 = 0x20;
/// Bit: the variant compared with may see.
pub const LAYER_AGAINST: u8 = 0x40;
/// Bit: in the region that figures are of.
pub const LAYER_REGION: u8 = 0x80;

/// Asks where one sensor should see, by cells of range and azimuth about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
#[ts(export_to = "coverage.ts")]
pub struct PredictedAsked {
    /// What it is called: of the study's sites within a kilometre it is the one of that name, else the
    /// nearest.
    pub name: String,
    /// Latitude, degrees.
    pub lat_deg: f64,
    /// Longitude, degrees.
    pub lon_deg: f64,
    /// The antenna over the ellipsoid, metres, if known.
    pub height_m: Option<f64>,
    /// How far it sees, NM.
    pub range_nm: f64,
    /// Cells around, the first from true north on, clockwise.
    pub sectors: u16,
    /// Cells outward.
    pub rings: u16,
    /// Depth of a cell, NM.
    pub ring_nm: f64,
    /// Bands of flight levels: from, below; the second none where it has no upper end.
    pub bands: Vec<(f64, Option<f64>)>,
}

/// Where a sensor should see.
#[derive(Debug, Clone, PartialEq, Serialize, TS, JsonSchema)]
#[ts(export_to = "coverage.ts")]
pub struct Predicted {
    /// Why it is over a round earth and not over terrain, in words; none: it is over terrain.
    pub round: Option<String>,
    /// The site of the study that it was taken for.
    pub site: Option<String>,
    /// By band, ring by ring from the sensor outward: [`PREDICTED_SEEN`], [`PREDICTED_UNKNOWN`] or 0.
    pub bands: Vec<Vec<u8>>,
}

/// A cell that the sensor should see: at most of it, an aircraft at the middle of the band.
pub const PREDICTED_SEEN: u8 = 1;
/// A cell of which the ground is not known.
pub const PREDICTED_UNKNOWN: u8 = 2;

/// Asks for figures.
#[derive(Debug, Clone, PartialEq, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
#[ts(export_to = "coverage.ts")]
pub struct FiguresAsked {
    /// Sites that stand.
    pub sites: Vec<SiteEntry>,
    /// Sites of the variant to compare with.
    pub against: Option<Vec<SiteEntry>>,
    /// Flight level of the sites' shares and of the gaps.
    pub level: f64,
    /// Flight levels of the table.
    pub levels: Vec<f64>,
}

/// What sites cover of the region.
#[derive(Debug, Clone, PartialEq, Serialize, TS, JsonSchema)]
#[ts(export_to = "coverage.ts")]
pub struct Figures {
    /// Area of the region, km².
    pub region_km2: f64,
    /// One row a level asked for.
    pub levels: Vec<LevelRow>,
    /// One row a site, at the level asked for.
    pub sites: Vec<SiteRow>,
    /// How many gaps there are at the level.
    pub gaps_total: u32,
    /// Their area, km².
    pub gaps_km2: f64,
    /// The greatest, in order.
    pub gaps: Vec<GapRow>,
}

/// One level: percentages of the region.
#[derive(Debug, Clone, PartialEq, Serialize, TS, JsonSchema)]
#[ts(export_to = "coverage.ts")]
pub struct LevelRow {
    /// Flight level.
    pub level: f64,
    /// By at least one.
    pub one: f64,
    /// By at least two.
    pub two: f64,
    /// By at least three.
    pub three: f64,
    /// Surely by at least one.
    pub sure: f64,
    /// By the variant compared with.
    pub against: Option<f64>,
    /// Seen, and not by the variant compared with.
    pub gained: Option<f64>,
    /// Seen by the variant compared with, and not any more.
    pub lost: Option<f64>,
}

/// What one site gives: percentages of the region.
#[derive(Debug, Clone, PartialEq, Serialize, TS, JsonSchema)]
#[ts(export_to = "coverage.ts")]
pub struct SiteRow {
    /// Its name.
    pub name: String,
    /// The antenna over the sea, metres.
    pub antenna_m: Option<f64>,
    /// What it covers.
    pub covered: f64,
    /// What is lost with it off.
    pub alone: f64,
}

/// A gap.
#[derive(Debug, Clone, PartialEq, Serialize, TS, JsonSchema)]
#[ts(export_to = "coverage.ts")]
pub struct GapRow {
    /// Why nobody sees there.
    pub kind: GapKindName,
    /// Area, km².
    pub km2: f64,
    /// Latitude of the cell nearest to its middle, degrees.
    pub lat_deg: f64,
    /// Its longitude, degrees.
    pub lon_deg: f64,
    /// Lowest ground in it, metres.
    pub ground_low_m: f64,
    /// Highest.
    pub ground_high_m: f64,
    /// From here on half of it is seen, feet; none: nothing sees half.
    pub half_from_ft: Option<f64>,
}

/// Why nobody sees a gap at its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "coverage.ts")]
pub enum GapKindName {
    /// Ground hides it.
    Hidden,
    /// It is in the cone of silence over a site.
    Cone,
    /// No site reaches it, or the ground on the way is unknown.
    Beyond,
}

impl From<GapKind> for GapKindName {
    fn from(kind: GapKind) -> Self {
        match kind {
            GapKind::Hidden => Self::Hidden,
            GapKind::Cone => Self::Cone,
            GapKind::Beyond => Self::Beyond,
        }
    }
}

/// A site's horizon, one entry a degree of azimuth from true north.
#[derive(Debug, Clone, PartialEq, Serialize, TS, JsonSchema)]
#[ts(export_to = "coverage.ts")]
pub struct Horizon {
    /// The antenna over the sea, metres.
    pub antenna_m: f64,
    /// Lowest free elevation after refraction, degrees.
    pub elevation_deg: Vec<f64>,
    /// How far away what makes it is, NM.
    pub distance_nm: Vec<f64>,
}

/// Asks where one more sensor would add most.
#[derive(Debug, Clone, PartialEq, Deserialize, TS, JsonSchema)]
#[serde(deny_unknown_fields)]
#[ts(export_to = "coverage.ts")]
pub struct AdviceAsked {
    /// Sites that stand.
    pub sites: Vec<SiteEntry>,
    /// Flight levels that count, each cell of the region once a level.
    pub levels: Vec<f64>,
    /// How many sensors to add.
    pub number: u32,
    /// How many of the region's highest summits are candidates beside the study's.
    pub summits: u32,
}

/// Where more sensors add most.
#[derive(Debug, Clone, PartialEq, Serialize, TS, JsonSchema)]
#[ts(export_to = "coverage.ts")]
pub struct Advice {
    /// Covered before, per cent of all places and levels.
    pub before: f64,
    /// The choice, in order.
    pub steps: Vec<AdviceStep>,
    /// Candidates looked at.
    pub candidates: u32,
    /// How much better any choice among them can be at most, per cent of what this one covers.
    pub better_at_most: f64,
}

/// One sensor more.
#[derive(Debug, Clone, PartialEq, Serialize, TS, JsonSchema)]
#[ts(export_to = "coverage.ts")]
pub struct AdviceStep {
    /// Where.
    pub site: SiteEntry,
    /// Covered then, per cent.
    pub covered: f64,
    /// What it adds, per cent.
    pub gain: f64,
    /// Ground there, metres.
    pub ground_m: Option<f64>,
}

/// What is refused, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS, JsonSchema)]
#[ts(export_to = "coverage.ts")]
pub struct NotDone {
    /// In words for the planner.
    pub problem: String,
}

impl From<&Site> for SiteEntry {
    fn from(site: &Site) -> Self {
        let degrees = |radians: &f64| (radians.to_degrees() * 1e6).round() / 1e6;
        let Limits { range_min_m, range_max_m, elevation_min_rad, elevation_max_rad, sectors } =
            &site.limits;
        Self {
            name: site.name.clone(),
            party: site.party.clone(),
            lat_deg: site.latitude_deg,
            lon_deg: site.longitude_deg,
            ground_m: site.ground_m,
            mast_m: site.mast_m,
            range_min_nm: range_min_m / METRES_PER_NM,
            range_max_nm: range_max_m / METRES_PER_NM,
            elevation_min_deg: degrees(elevation_min_rad),
            elevation_max_deg: degrees(elevation_max_rad),
            sectors_deg: sectors.iter().map(|(a, b)| [degrees(a), degrees(b)]).collect(),
            multilateration: site.role == Role::Multilateration,
            horizon_deg: site.horizon_rad.as_ref().map(|h| h.iter().map(degrees).collect()),
        }
    }
}

impl SiteEntry {
    /// As coverage takes it; else what is wrong with it, in words.
    pub(super) fn site(&self) -> Result<Site, String> {
        let within = |value: f64, what: &str, low: f64, high: f64| {
            if (low..=high).contains(&value) {
                return Ok(value);
            }
            Err(format!("{}: {what} {value} is out of range; give {low} to {high}", self.name))
        };
        if self.name.is_empty() || self.name.len() > 80 || self.party.len() > 40 {
            return Err(format!("{:?} is no name for a site; give 1 to 80 letters", self.name));
        }
        let horizon_rad = match &self.horizon_deg {
            Some(h) if h.len() != 360 || !h.iter().all(|e| e.abs() <= 90.0) => {
                return Err(format!("{}: a horizon is 360 elevations, -90 to 90", self.name));
            }
            horizon => horizon.as_ref().map(|h| h.iter().map(|e| e.to_radians()).collect()),
        };
        let mut sectors = Vec::new();
        for [from, to] in self.sectors_deg.iter().take(360) {
            let from = within(*from, "sector", 0.0, 360.0)?.to_radians();
            sectors.push((from, within(*to, "sector", 0.0, 360.0)?.to_radians()));
        }
        let ground_m = self.ground_m.map(|g| within(g, "ground, metres,", -500.0, 9000.0));
        let elevation_min =
            within(self.elevation_min_deg, "lowest elevation", -90.0, 90.0)?.to_radians();
        let elevation_max =
            within(self.elevation_max_deg, "highest elevation", 1.0, 90.0)?.to_radians();
        Ok(Site {
            name: self.name.clone(),
            party: self.party.clone(),
            latitude_deg: within(self.lat_deg, "latitude", -90.0, 90.0)?,
            longitude_deg: within(self.lon_deg, "longitude", -180.0, 180.0)?,
            ground_m: ground_m.transpose()?,
            mast_m: within(self.mast_m, "mast, metres,", 0.0, 500.0)?,
            role: if self.multilateration { Role::Multilateration } else { Role::Alone },
            limits: Limits {
                range_min_m: within(self.range_min_nm, "nearest range, NM,", 0.0, 100.0)?
                    * METRES_PER_NM,
                range_max_m: within(self.range_max_nm, "range, NM,", 0.5, 300.0)? * METRES_PER_NM,
                elevation_min_rad: elevation_min,
                elevation_max_rad: elevation_max,
                sectors,
            },
            horizon_rad,
            cost: 1.0,
        })
    }
}

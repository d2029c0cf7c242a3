// Generated from crates/node/src/coverage/wire.rs by `cargo xtask codegen`: do not edit.

/**
 * Where more sensors add most.
 */
export type Advice = { 
/**
 * Covered before, per cent of all places and levels.
 */
before: number, 
/**
 * The choice, in order.
 */
steps: Array<AdviceStep>, 
/**
 * Candidates looked at.
 */
candidates: number, 
/**
 * How much better any choice among them can be at most, per cent of what this one covers.
 */
better_at_most: number, };

/**
 * Asks where one more sensor would add most.
 */
export type AdviceAsked = { 
/**
 * Sites that stand.
 */
sites: Array<SiteEntry>, 
/**
 * Flight levels that count, each cell of the region once a level.
 */
levels: Array<number>, 
/**
 * How many sensors to add.
 */
number: number, 
/**
 * How many of the region's highest summits are candidates beside the study's.
 */
summits: number, };

/**
 * One sensor more.
 */
export type AdviceStep = { 
/**
 * Where.
 */
site: SiteEntry, 
/**
 * Covered then, per cent.
 */
covered: number, 
/**
 * What it adds, per cent.
 */
gain: number, 
/**
 * Ground there, metres.
 */
ground_m: number | null, };

/**
 * What sites cover of the region.
 */
export type Figures = { 
/**
 * Area of the region, km².
 */
region_km2: number, 
/**
 * One row a level asked for.
 */
levels: Array<LevelRow>, 
/**
 * One row a site, at the level asked for.
 */
sites: Array<SiteRow>, 
/**
 * How many gaps there are at the level.
 */
gaps_total: number, 
/**
 * Their area, km².
 */
gaps_km2: number, 
/**
 * The greatest, in order.
 */
gaps: Array<GapRow>, };

/**
 * Asks for figures.
 */
export type FiguresAsked = { 
/**
 * Sites that stand.
 */
sites: Array<SiteEntry>, 
/**
 * Sites of the variant to compare with.
 */
against: Array<SiteEntry> | null, 
/**
 * Flight level of the sites' shares and of the gaps.
 */
level: number, 
/**
 * Flight levels of the table.
 */
levels: Array<number>, };

/**
 * Why nobody sees a gap at its level.
 */
export type GapKindName = "hidden" | "cone" | "beyond";

/**
 * A gap.
 */
export type GapRow = { 
/**
 * Why nobody sees there.
 */
kind: GapKindName, 
/**
 * Area, km².
 */
km2: number, 
/**
 * Latitude of the cell nearest to its middle, degrees.
 */
lat_deg: number, 
/**
 * Its longitude, degrees.
 */
lon_deg: number, 
/**
 * Lowest ground in it, metres.
 */
ground_low_m: number, 
/**
 * Highest.
 */
ground_high_m: number, 
/**
 * From here on half of it is seen, feet; none: nothing sees half.
 */
half_from_ft: number | null, };

/**
 * A site's horizon, one entry a degree of azimuth from true north.
 */
export type Horizon = { 
/**
 * The antenna over the sea, metres.
 */
antenna_m: number, 
/**
 * Lowest free elevation after refraction, degrees.
 */
elevation_deg: Array<number>, 
/**
 * How far away what makes it is, NM.
 */
distance_nm: Array<number>, };

/**
 * Asks for one byte a pixel of a part of the map.
 */
export type LayerAsked = { 
/**
 * What the bytes mean.
 */
kind: LayerKind, 
/**
 * Sites that stand in it.
 */
sites: Array<SiteEntry>, 
/**
 * Sites of the variant it is compared with.
 */
against: Array<SiteEntry> | null, 
/**
 * Flight level.
 */
level: number, 
/**
 * Whether to tell the surely seen too: that takes a second sweep of each changed site.
 */
surely: boolean, 
/**
 * Part of the map; its pixels are at equal steps of spherical Mercator.
 */
window: Window, 
/**
 * Pixels across.
 */
width: number, 
/**
 * Pixels down.
 */
height: number, };

/**
 * What the bytes of a layer mean.
 */
export type LayerKind = "seen" | "lowest" | "relief";

/**
 * One level: percentages of the region.
 */
export type LevelRow = { 
/**
 * Flight level.
 */
level: number, 
/**
 * By at least one.
 */
one: number, 
/**
 * By at least two.
 */
two: number, 
/**
 * By at least three.
 */
three: number, 
/**
 * Surely by at least one.
 */
sure: number, 
/**
 * By the variant compared with.
 */
against: number | null, 
/**
 * Seen, and not by the variant compared with.
 */
gained: number | null, 
/**
 * Seen by the variant compared with, and not any more.
 */
lost: number | null, };

/**
 * What is refused, and why.
 */
export type NotDone = { 
/**
 * In words for the planner.
 */
problem: string, };

/**
 * What the view opens with.
 */
export type Opening = { 
/**
 * Why there is nothing to see, and what to do; none where there is.
 */
closed: string | null, 
/**
 * The study's file.
 */
study: string, 
/**
 * How rays bend, in words.
 */
propagation: string, 
/**
 * Step of the ground's lattice, arc seconds.
 */
step_arcsec: number, 
/**
 * Flight levels of the study.
 */
levels: Array<number>, 
/**
 * Aircraft fly at least so high above ground, metres.
 */
clearance_m: number, 
/**
 * Sites that stand.
 */
sites: Array<SiteEntry>, 
/**
 * Sites that might.
 */
candidates: Array<SiteEntry>, 
/**
 * Names of partners whose shared coverage counts too.
 */
shared: Array<string>, 
/**
 * Edges of the region that figures are of: rings of [latitude, longitude], degrees.
 */
region: Array<Array<[number, number]>>, 
/**
 * Where there is ground.
 */
bounds: Window | null, 
/**
 * What is missing of the ground.
 */
warnings: Array<string>, };

/**
 * Where a sensor should see.
 */
export type Predicted = { 
/**
 * Why it is over a round earth and not over terrain, in words; none: it is over terrain.
 */
round: string | null, 
/**
 * The site of the study that it was taken for.
 */
site: string | null, 
/**
 * By band, ring by ring from the sensor outward: [`PREDICTED_SEEN`], [`PREDICTED_UNKNOWN`] or 0.
 */
bands: Array<Array<number>>, };

/**
 * Asks where one sensor should see, by cells of range and azimuth about it.
 */
export type PredictedAsked = { 
/**
 * What it is called: of the study's sites within a kilometre it is the one of that name, else the
 * nearest.
 */
name: string, 
/**
 * Latitude, degrees.
 */
lat_deg: number, 
/**
 * Longitude, degrees.
 */
lon_deg: number, 
/**
 * The antenna over the ellipsoid, metres, if known.
 */
height_m: number | null, 
/**
 * How far it sees, NM.
 */
range_nm: number, 
/**
 * Cells around, the first from true north on, clockwise.
 */
sectors: number, 
/**
 * Cells outward.
 */
rings: number, 
/**
 * Depth of a cell, NM.
 */
ring_nm: number, 
/**
 * Bands of flight levels: from, below; the second none where it has no upper end.
 */
bands: Array<[number, number | null]>, };

/**
 * A sensor on the ground.
 */
export type SiteEntry = { 
/**
 * Its name, unique among those asked about.
 */
name: string, 
/**
 * Whose it is.
 */
party: string, 
/**
 * Latitude, degrees.
 */
lat_deg: number, 
/**
 * Longitude, degrees.
 */
lon_deg: number, 
/**
 * Surveyed height of the ground over the sea, metres; none: the terrain's.
 */
ground_m: number | null, 
/**
 * The antenna above the ground, metres.
 */
mast_m: number, 
/**
 * Nearest range, NM.
 */
range_min_nm: number, 
/**
 * Farthest range, NM.
 */
range_max_nm: number, 
/**
 * Lowest elevation, degrees.
 */
elevation_min_deg: number, 
/**
 * Highest elevation, degrees: above it is the cone of silence.
 */
elevation_max_deg: number, 
/**
 * Azimuths from, clockwise to, degrees; all around where there is none.
 */
sectors_deg: Array<[number, number]>, 
/**
 * One of at least four that must see together.
 */
multilateration: boolean, 
/**
 * Surveyed or learned: lowest free elevation of each degree of azimuth, degrees.
 */
horizon_deg: Array<number> | null, };

/**
 * What one site gives: percentages of the region.
 */
export type SiteRow = { 
/**
 * Its name.
 */
name: string, 
/**
 * The antenna over the sea, metres.
 */
antenna_m: number | null, 
/**
 * What it covers.
 */
covered: number, 
/**
 * What is lost with it off.
 */
alone: number, };

/**
 * Edges of a part of the map, degrees; west is below east, also over the antimeridian.
 */
export type Window = { 
/**
 * Southern edge.
 */
south_deg: number, 
/**
 * Western edge.
 */
west_deg: number, 
/**
 * Northern edge.
 */
north_deg: number, 
/**
 * Eastern edge.
 */
east_deg: number, };

/** Bits of a byte of a layer: how many may see, counted to 7. */
export const LAYER_COUNT = 7;

/** Bit: surely seen. */
export const LAYER_SURE = 8;

/** Bit: the ground is too high for the level. */
export const LAYER_GROUND = 16;

/** Bit: no ground is known there. */
export const LAYER_UNKNOWN = 32;

/** Bit: the variant compared with may see. */
export const LAYER_AGAINST = 64;

/** Bit: in the region that figures are of. */
export const LAYER_REGION = 128;

/** A cell that a sensor should see. */
export const PREDICTED_SEEN = 1;

/** A cell of which the ground is not known. */
export const PREDICTED_UNKNOWN = 2;

// Generated from crates/node/src/wire.rs by `cargo xtask codegen`: do not edit.

/**
 * One event in the life of an accord.
 */
export type AccordEvent = { 
/**
 * When, milliseconds since 1970; in the future where it is still to come.
 */
time_ms: number, 
/**
 * What: "signed", "ratified by KGZ", "in force", "term ends".
 */
what: string, };

/**
 * One accord as it stands.
 */
export type AccordRow = { 
/**
 * Its id.
 */
id: string, 
/**
 * What it is called.
 */
title: string, 
/**
 * Its parties.
 */
parties: Array<string>, 
/**
 * "in force", "signed", "ended", "suspended by KGZ".
 */
status: string, 
/**
 * Whether anything may be released under it now.
 */
releases: boolean, 
/**
 * What happened and will happen to it, oldest first.
 */
timeline: Array<AccordEvent>, };

/**
 * Console to node.
 */
export type ClientMessage = { "type": "select", 
/**
 * Track number.
 */
number: number | null, } | { "type": "resync", } | { "type": "see_as", 
/**
 * The partner.
 */
party: string | null, } | { "type": "suspend", 
/**
 * The accord's id.
 */
accord: string, 
/**
 * Who says so: the name of the person at the console.
 */
by: string, 
/**
 * Why.
 */
reason: string, } | { "type": "resume", 
/**
 * The accord's id.
 */
accord: string, 
/**
 * Who says so.
 */
by: string, } | { "type": "explain", 
/**
 * Track number.
 */
number: number, 
/**
 * The partner.
 */
party: string, };

/**
 * A named defect and how often.
 */
export type DefectCount = { 
/**
 * Name, as on `/metrics`.
 */
name: string, 
/**
 * How often since the start.
 */
count: number, };

/**
 * Why a partner is given a track, or is not.
 */
export type Explained = { 
/**
 * Our number of the track.
 */
number: number, 
/**
 * The partner.
 */
party: string, 
/**
 * The instant of the decision.
 */
time_ms: number, 
/**
 * Whether any of it goes out.
 */
released: boolean, 
/**
 * The answer in lines: a field with its article and precision each, or the reason.
 */
lines: Array<string>, };

/**
 * Who answers, and what it shows.
 */
export type Hello = { 
/**
 * [`PROTOCOL`].
 */
protocol: number, 
/**
 * Version of the node's software.
 */
software: string, 
/**
 * Name of the node.
 */
node: string, 
/**
 * The party that runs it, ISO 3166 alpha-3 or an organisation's id.
 */
party: string, 
/**
 * Live or replay.
 */
source: SourceKind, 
/**
 * A line to show wherever the picture is not the real, present air: which recording plays.
 */
notice: string | null, 
/**
 * When this node process started.
 */
started_ms: number, 
/**
 * Where the map opens; none: fit to the first picture.
 */
view: View | null, };

/**
 * STANAG 1241 / APP-6 standard identity, and civil (not classified).
 */
export type Identity = "pending" | "unknown" | "assumed_friend" | "friend" | "neutral" | "suspect" | "hostile" | "civil";

/**
 * How a partner's node is connected.
 */
export type LinkState = "up" | "down" | "waiting";

/**
 * One partner: what it tells, what it is told.
 */
export type PartnerRow = { 
/**
 * Who.
 */
party: string, 
/**
 * Whether its node is connected.
 */
link: LinkState, 
/**
 * Why not, in words.
 */
note: string | null, 
/**
 * Milliseconds since it last spoke; none if it never did.
 */
silent_ms: number | null, 
/**
 * Objects that it tells of and that stand.
 */
they_send: number, 
/**
 * Objects that it is told of and that stand.
 */
we_send: number, 
/**
 * What it is told, by the article that lets it out.
 */
released: Array<RuleCount>, 
/**
 * What it is not told, by the reason.
 */
withheld: Array<RuleCount>, 
/**
 * Batches it sent that were refused, and objects beyond the bound.
 */
refused: number, 
/**
 * Batches that wait until its node takes them; none until it has said what it has.
 */
queued: number | null, 
/**
 * How often somebody who said to be its node and did not prove it was turned away.
 */
turned_away: number, 
/**
 * Why, the last time.
 */
turned_away_for: string | null, };

/**
 * What one partner says of a target.
 */
export type PartnerWord = { 
/**
 * Who.
 */
party: string, 
/**
 * Its own number for the target.
 */
number: number, 
/**
 * Its standard identity there; none if it was not released.
 */
identity: Identity | null, };

/**
 * All partners and the accords with them.
 */
export type Partners = { 
/**
 * When this was so.
 */
time_ms: number, 
/**
 * One row a partner, in order of name.
 */
rows: Array<PartnerRow>, 
/**
 * Every accord the node holds, in order of id.
 */
accords: Array<AccordRow>, };

/**
 * The picture or a change of it.
 */
export type Picture = { 
/**
 * Counts up by one with each change; a full picture has the number that the next change
 * follows. A gap means resync.
 */
seq: number, 
/**
 * The engine's time when it made this.
 */
time_ms: number, 
/**
 * Seconds that the newest data are behind the engine's time; none before any arrived.
 */
data_age_s: number | null, 
/**
 * True: forget everything and start from this one.
 */
full: boolean, 
/**
 * The partner whose view this is: what it was sent, under the numbers it was sent. None: our
 * own picture.
 */
seen_as?: string, 
/**
 * Tracks whose state changed.
 */
states: TrackStates, 
/**
 * Tracks whose description changed, or that are new.
 */
descriptions: Array<TrackDescription>, 
/**
 * Tracks that left the picture.
 */
ended: Array<TrackEnd>, 
/**
 * All tracks in the picture after this message.
 */
tracks_total: number, 
/**
 * What overload has cost since the start; all zero when nothing was lost.
 */
shed: Shed, };

/**
 * The node refused what the console asked.
 */
export type Refused = { 
/**
 * What was asked.
 */
asked: string, 
/**
 * Why not, for the operator.
 */
reason: string, };

/**
 * How many tracks one rule decides about now.
 */
export type RuleCount = { 
/**
 * The article, or the reason.
 */
rule: string, 
/**
 * How many.
 */
count: number, };

/**
 * Everything of one track.
 */
export type Selected = { 
/**
 * Track number.
 */
number: number, 
/**
 * When this was so.
 */
time_ms: number, 
/**
 * Latitude, degrees.
 */
lat_deg: number, 
/**
 * Longitude, degrees.
 */
lon_deg: number, 
/**
 * Geometric height above WGS-84, feet, if something measured it.
 */
height_ft: number | null, 
/**
 * Pressure altitude, feet.
 */
level_ft: number | null, 
/**
 * Seconds since it was told.
 */
level_age_s: number | null, 
/**
 * Standard deviation of the speed, knots.
 */
speed_sd_kt: number, 
/**
 * Since when the track exists.
 */
first_ms: number, 
/**
 * NIC, NACp, SIL as the target claims.
 */
nic: number | null, 
/**
 * Navigation accuracy category for position.
 */
nac_p: number | null, 
/**
 * Source integrity level.
 */
sil: number | null, 
/**
 * ADS-B version.
 */
adsb_version: number | null, 
/**
 * Who contributes, latest first.
 */
sources: Array<SourceRow>, };

/**
 * How a sensor does.
 */
export type SensorHealth = "good" | "degraded" | "silent" | "waiting";

/**
 * A sensor's health as the node judges it.
 */
export type SensorRow = { 
/**
 * "SAC/SIC".
 */
id: string, 
/**
 * Name.
 */
name: string, 
/**
 * "radar", "ADS-B", "MLAT", "system tracks".
 */
kind: string, 
/**
 * The feed it comes by.
 */
feed: string, 
/**
 * Judgement.
 */
health: SensorHealth, 
/**
 * Why, in words, when not healthy: "silent 74 s", "connection refused".
 */
note: string | null, 
/**
 * Messages a second over the last ten seconds.
 */
messages_per_s: number, 
/**
 * Plots a second over the last ten seconds.
 */
plots_per_s: number, 
/**
 * Milliseconds since its last good message; none if it never sent one.
 */
silent_ms: number | null, 
/**
 * Measured rotation period, seconds.
 */
period_s: number | null, 
/**
 * Antenna, if known.
 */
lat_deg: number | null, 
/**
 * Antenna, if known.
 */
lon_deg: number | null, 
/**
 * Good messages since the start.
 */
messages: number, 
/**
 * Plots since the start.
 */
plots: number, 
/**
 * Named defects since the start, most frequent first.
 */
defects: Array<DefectCount>, };

/**
 * All sensors.
 */
export type Sensors = { 
/**
 * When this was so.
 */
time_ms: number, 
/**
 * One row a sensor, in configured order, then in order of discovery.
 */
rows: Array<SensorRow>, };

/**
 * Node to console.
 */
export type ServerMessage = { "type": "hello" } & Hello | { "type": "picture" } & Picture | { "type": "sensors" } & Sensors | { "type": "selected" } & Selected | { "type": "partners" } & Partners | { "type": "explained" } & Explained | { "type": "refused" } & Refused;

/**
 * What fell out of bounded queues since the node started.
 */
export type Shed = { 
/**
 * Bytes of feeds that could not be taken in time.
 */
feed_bytes: number, 
/**
 * Tracks dropped at the bound.
 */
tracks: number, 
/**
 * Picture messages not sent to consoles that were too slow.
 */
messages: number, };

/**
 * Whether the picture is of now.
 */
export type SourceKind = "live" | "replay";

/**
 * Kind of measurement that holds a track.
 */
export type SourceOfTrack = "primary" | "secondary" | "ads_b" | "rebroadcast" | "mlat" | "system_track";

/**
 * One sensor's part in the selected track.
 */
export type SourceRow = { 
/**
 * "SAC/SIC".
 */
sensor: string, 
/**
 * The sensor's name.
 */
name: string, 
/**
 * How its last plot came about.
 */
kind: SourceOfTrack, 
/**
 * Seconds since its last plot that was used.
 */
age_s: number, 
/**
 * How many of its plots were used.
 */
plots: number, };

/**
 * What a track is, apart from where.
 */
export type TrackDescription = { 
/**
 * Track number.
 */
number: number, 
/**
 * Standard identity.
 */
identity: Identity, 
/**
 * 24-bit address as six hex digits, `~` first if it is not ICAO's.
 */
address: string | null, 
/**
 * Callsign.
 */
callsign: string | null, 
/**
 * Mode 3/A code, four octal digits.
 */
squawk: string | null, 
/**
 * Kind of craft, as people say it: "large", "rotorcraft".
 */
category: string | null, 
/**
 * Kinds of source that hold it now, in a fixed order; none if a partner alone tells of it.
 */
sources: Array<SourceOfTrack>, 
/**
 * What partners say of it, in order of party: beside our word, never in its place. The first
 * is its teller where `told` is true.
 */
words: Array<PartnerWord>, 
/**
 * Whether a partner alone tells of it.
 */
told: boolean, };

/**
 * A track that left the picture.
 */
export type TrackEnd = { 
/**
 * Track number.
 */
number: number, 
/**
 * "lost", "merged", "superseded" or "shed".
 */
reason: string, 
/**
 * The track that took its place, if one did.
 */
successor: number | null, };

/**
 * Moving state of tracks, by column.
 */
export type TrackStates = { 
/**
 * Track number.
 */
number: Array<number>, 
/**
 * Latitude, 1e-6 degree.
 */
lat_e6: Array<number>, 
/**
 * Longitude, 1e-6 degree.
 */
lon_e6: Array<number>, 
/**
 * Pressure altitude, feet; none if never told.
 */
level_ft: Array<number | null>, 
/**
 * Speed over the ground, knots.
 */
speed_kt: Array<number>, 
/**
 * True track over the ground, tenths of a degree.
 */
track_ddeg: Array<number>, 
/**
 * Climb rate, feet a minute; none if unknown.
 */
climb_fpm: Array<number | null>, 
/**
 * When the last plot moved it, milliseconds before the message's `time_ms`.
 */
age_ms: Array<number>, 
/**
 * See [`TRACK_COASTING`] and its neighbours.
 */
flags: Array<number>, 
/**
 * Semi-major axis of the 95 % position ellipse, metres.
 */
ellipse_major_m: Array<number>, 
/**
 * Semi-minor axis, metres.
 */
ellipse_minor_m: Array<number>, 
/**
 * True direction of the major axis, degrees in [0, 180).
 */
ellipse_deg: Array<number>, };

/**
 * Where the map opens.
 */
export type View = { 
/**
 * Centre latitude, degrees.
 */
lat_deg: number, 
/**
 * Centre longitude, degrees.
 */
lon_deg: number, 
/**
 * Half the height of the map, NM.
 */
radius_nm: number, };

/** Version of this protocol. */
export const PROTOCOL = 1;

/** Bit of `flags`: the position is predicted. */
export const TRACK_COASTING = 1;

/** Bit of `flags`: on the ground. */
export const TRACK_ON_GROUND = 2;

/** Bit of `flags`: special position identification. */
export const TRACK_IDENT = 4;

/** Bit of `flags`: its speed is not known. */
export const TRACK_SPEED_UNKNOWN = 8;

//! What the console and the node say to each other over `/api/v1/live`.
//!
//! Each WebSocket binary message is one MessagePack map: a [`ServerMessage`] or a
//! [`ClientMessage`], told apart by its `type`. `cargo xtask codegen` writes the same types to
//! `web/src/generated/wire.ts` and `schemas/wire.schema.json`. Rules of change: a reader ignores keys it does not know; a new key
//! is optional; anything else raises [`PROTOCOL`].
//!
//! Degrees, feet, knots and feet a minute here, as at the screen. Times are milliseconds since
//! 1970-01-01T00:00:00Z. Columns of one table have equal length: row i is entry i of each.

mod acts;
mod alerts;
mod areas;
mod identity;
mod incidents;
mod joint;
mod people;
mod plan;
pub mod rehearsal;
mod remote_id;
mod requests;
mod sensors;
pub mod timeline;

pub use self::people::{
    AccordChange, AccordChangeOutcome, AccountRow, AuditRow, SessionState, SignedIn,
};
pub use alerts::{
    ALERT_CALLS, ALERT_MARKS, ALERT_RINGS, ALERT_ROWS, AlertCall, AlertMark, AlertMute, AlertPlace,
    AlertRing, AlertRow, AlertSeverity, AlertState, Alerts, Belief, FactRow, MARK_PLACES,
    MarkedPlace, PartnerAlertRow,
};
pub use areas::{AirspaceTime, AirspaceTimes, AreaKind, AreaRow, AreaShape, Areas};
pub use identity::{
    ChangeRow, DecidedRow, EvidenceRow, IdentityDesk, IdentityWord, LostRow, ProposalAnswer,
    ProposalRow, ProposalState, ReportMeans, SentProposalRow, TrackIdentity, WaitingRow, WeightRow,
};
pub use incidents::{
    INCIDENT_ENTRIES, INCIDENT_ROWS, IncidentArticle, IncidentClosed, IncidentDeed, IncidentDetail,
    IncidentEntry, IncidentEscalated, IncidentKind, IncidentName, IncidentOffer, IncidentOutcome,
    IncidentRow, IncidentStep, IncidentTold, IncidentTrack, Incidents, OutcomeRow, Person,
};
pub use joint::{HeldBack, PAIR_ROWS, PairHow, PairRow, PairWord, Pairs, TermRow};
pub use plan::{PLAN_POINTS, PlanPoint, TrackPlan};
pub use remote_id::RemoteId;
pub use requests::{
    Answer, AnswerRow, AskArticle, AskedRow, AskedState, BackUpRow, BackUps, Proposal, Purpose,
    ReportRow, RequestRow, Requests, SaidWords, StandInRow,
};

pub use sensors::{
    BiasRow, COVER_FLOWN, COVER_SEEN, CoverBand, DefectCount, DetectionShare, MarkKind, PlotFates,
    SensorBias, SensorCondition, SensorCover, SensorHealth, SensorMark, SensorRow, SensorSaid,
    Sensors, ToldBiases,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Version of this protocol; a console of another version asks its user to reload.
pub const PROTOCOL: u32 = 1;

/// Node to console.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export_to = "wire.ts")]
pub enum ServerMessage {
    /// First on every connection.
    Hello(Hello),
    /// The picture, or what changed in it since the previous message on this connection.
    Picture(Picture),
    /// All sensors, once a second.
    Sensors(Sensors),
    /// Where a sensor has seen: to who asked by `look_at_sensor`, now and then from then on.
    SensorCover(SensorCover),
    /// Everything of the selected track, once a second while it lives.
    Selected(Selected),
    /// All partners, once a second; never sent by a node without partners.
    Partners(Partners),
    /// Why a partner is given a track, or is not.
    Explained(Explained),
    /// What of our own picture the partner whose view is shown is not told, where the console asked for it.
    HeldBack(HeldBack),
    /// All requests, when something about them changed; never sent by a node without partners.
    Requests(Requests),
    /// Who stands in for whom, when something about it changed.
    BackUps(BackUps),
    /// The alerts this console looks at, once a second; never sent by a node without rules.
    Alerts(Alerts),
    /// All incidents, when something about one changed.
    Incidents(Incidents),
    /// Everything of the incident that this console looks at, when something about it changed.
    Incident(IncidentDetail),
    /// What asks for a person's word on identities, when something about it changed.
    IdentityDesk(IdentityDesk),
    /// Which of partners' tracks are ours, once a second; never sent by a node without partners.
    Pairs(Pairs),
    /// Who is responsible where and where articles hold, when that changed.
    Areas(Areas),
    /// Which airspaces are active, when one has changed; never sent where all always are.
    AirspaceTimes(AirspaceTimes),
    /// The node refused what the console asked.
    Refused(Refused),
}

/// Who answers, and what it shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct Hello {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// Version of the node's software.
    pub software: String,
    /// Name of the node.
    pub node: String,
    /// The party that runs it, ISO 3166 alpha-3 or an organisation's id.
    pub party: String,
    /// Live or replay.
    pub source: SourceKind,
    /// A line to show wherever the picture is not the real, present air: which recording plays.
    pub notice: Option<String>,
    /// When this node process started.
    pub started_ms: f64,
    /// Where the map opens; none: fit to the first picture.
    pub view: Option<View>,
}

/// Whether the picture is of now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "wire.ts")]
pub enum SourceKind {
    /// Sensors feed it now.
    Live,
    /// A recording feeds it.
    Replay,
}

/// Where the map opens.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct View {
    /// Centre latitude, degrees.
    pub lat_deg: f64,
    /// Centre longitude, degrees.
    pub lon_deg: f64,
    /// Half the height of the map, NM.
    pub radius_nm: f64,
}

/// The picture or a change of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct Picture {
    /// Counts up by one with each change; a full picture has the number that the next change
    /// follows. A gap means resync.
    pub seq: u32,
    /// The engine's time when it made this.
    pub time_ms: f64,
    /// Seconds that the newest data are behind the engine's time; none before any arrived.
    pub data_age_s: Option<f64>,
    /// True: forget everything and start from this one.
    pub full: bool,
    /// The partner whose view this is: what it was sent, under the numbers it was sent. None: our
    /// own picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub seen_as: Option<String>,
    /// Tracks whose state changed.
    pub states: TrackStates,
    /// Tracks whose description changed, or that are new.
    pub descriptions: Vec<TrackDescription>,
    /// Tracks that left the picture.
    pub ended: Vec<TrackEnd>,
    /// All tracks in the picture after this message.
    pub tracks_total: u32,
    /// What overload has cost since the start; all zero when nothing was lost.
    pub shed: Shed,
}

/// What fell out of bounded queues since the node started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct Shed {
    /// Bytes of feeds that could not be taken in time.
    #[ts(type = "number")]
    pub feed_bytes: u64,
    /// Tracks dropped at the bound.
    #[ts(type = "number")]
    pub tracks: u64,
    /// Picture messages not sent to consoles that were too slow.
    #[ts(type = "number")]
    pub messages: u64,
}

/// Moving state of tracks, by column.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct TrackStates {
    /// Track number.
    pub number: Vec<u32>,
    /// Latitude, 1e-6 degree.
    pub lat_e6: Vec<i32>,
    /// Longitude, 1e-6 degree.
    pub lon_e6: Vec<i32>,
    /// Pressure altitude, feet; none if never told.
    pub level_ft: Vec<Option<i32>>,
    /// Speed over the ground, knots.
    pub speed_kt: Vec<u16>,
    /// True track over the ground, tenths of a degree.
    pub track_ddeg: Vec<u16>,
    /// Climb rate, feet a minute; none if unknown.
    pub climb_fpm: Vec<Option<i32>>,
    /// When the last plot moved it, milliseconds before the message's `time_ms`.
    pub age_ms: Vec<u32>,
    /// See [`TRACK_COASTING`] and its neighbours.
    pub flags: Vec<u8>,
    /// Semi-major axis of the 95 % position ellipse, metres.
    pub ellipse_major_m: Vec<u16>,
    /// Semi-minor axis, metres.
    pub ellipse_minor_m: Vec<u16>,
    /// True direction of the major axis, degrees in [0, 180).
    pub ellipse_deg: Vec<u8>,
    /// The only one of our sensors that holds it now, as its row of `sensors`, the first is 0; none
    /// where several do, or none does.
    #[serde(default)]
    pub only_sensor: Vec<Option<u16>>,
}

/// Flag bit: the expected updates stay out; the position is predicted.
pub const TRACK_COASTING: u8 = 1;
/// Flag bit: on the ground.
pub const TRACK_ON_GROUND: u8 = 2;
/// Flag bit: special position identification.
pub const TRACK_IDENT: u8 = 4;
/// Flag bit: its speed is not known: a partner told where it is and not how it moves.
pub const TRACK_SPEED_UNKNOWN: u8 = 8;

/// What a track is, apart from where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct TrackDescription {
    /// Track number.
    pub number: u32,
    /// Standard identity.
    pub identity: Identity,
    /// What a first person wants it to be; a second one has not confirmed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub proposed: Option<Identity>,
    /// 24-bit address as six hex digits, `~` first if it is not ICAO's.
    pub address: Option<String>,
    /// Callsign.
    pub callsign: Option<String>,
    /// Mode 3/A code, four octal digits.
    pub squawk: Option<String>,
    /// Kind of craft, as people say it: "large", "rotorcraft".
    pub category: Option<String>,
    /// Kinds of source that hold it now, in a fixed order; none if a partner alone tells of it.
    pub sources: Vec<SourceOfTrack>,
    /// What partners say of it, in order of party: beside our word, never in its place. The first
    /// is its teller where `told` is true.
    #[serde(default)]
    pub words: Vec<PartnerWord>,
    /// Whether a partner alone tells of it.
    #[serde(default)]
    pub told: bool,
    /// The party that owns it: whose number and identity the joint picture goes by. None where that
    /// is not worked out.
    #[serde(default)]
    pub owner: Option<String>,
    /// The party that is about to own it.
    #[serde(default)]
    pub owner_next: Option<String>,
    /// What an unmanned aircraft calls itself by Remote ID; its address then is but this node's
    /// number for it.
    #[serde(default)]
    pub remote_id: Option<String>,
}

/// What one partner says of a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct PartnerWord {
    /// Who.
    pub party: String,
    /// Its own number for the target.
    pub number: u32,
    /// Its standard identity there; none if it was not released.
    pub identity: Option<Identity>,
}

/// STANAG 1241 / APP-6 standard identity, and civil (not classified).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "wire.ts")]
#[expect(missing_docs, reason = "STANAG 1241 names")]
pub enum Identity {
    Pending,
    Unknown,
    AssumedFriend,
    Friend,
    Neutral,
    Suspect,
    Hostile,
    Civil,
}

/// Kind of measurement that holds a track.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "wire.ts")]
#[expect(missing_docs, reason = "named as PlotOrigin")]
pub enum SourceOfTrack {
    Primary,
    Secondary,
    AdsB,
    Rebroadcast,
    Mlat,
    SystemTrack,
    RemoteId,
    /// A light aircraft's own report by FLARM or the like.
    Flarm,
}

/// A track that left the picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct TrackEnd {
    /// Track number.
    pub number: u32,
    /// "lost", "merged", "superseded" or "shed".
    pub reason: String,
    /// The track that took its place, if one did.
    pub successor: Option<u32>,
}

/// Everything of one track.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct Selected {
    /// Track number.
    pub number: u32,
    /// When this was so.
    pub time_ms: f64,
    /// Latitude, degrees.
    pub lat_deg: f64,
    /// Longitude, degrees.
    pub lon_deg: f64,
    /// Geometric height above WGS-84, feet, if something measured it.
    pub height_ft: Option<f64>,
    /// Pressure altitude, feet.
    pub level_ft: Option<f64>,
    /// Seconds since it was told.
    pub level_age_s: Option<f64>,
    /// Standard deviation of the speed, knots.
    pub speed_sd_kt: f64,
    /// Since when the track exists.
    pub first_ms: f64,
    /// NIC, NACp, SIL as the target claims.
    pub nic: Option<u8>,
    /// Navigation accuracy category for position.
    pub nac_p: Option<u8>,
    /// Source integrity level.
    pub sil: Option<u8>,
    /// ADS-B version.
    pub adsb_version: Option<u8>,
    /// Who contributes, latest first.
    pub sources: Vec<SourceRow>,
    /// Who told what it is shown with: the position first, and of each value the newest, but of a position
    /// also each partner whose own is joined to it. A value without a row is worked out here, or nobody
    /// told it since the console first looked, nor shortly before.
    #[serde(default)]
    pub told: Vec<ToldRow>,
    /// What it tells by Remote ID.
    #[serde(default)]
    pub remote_id: Option<Box<RemoteId>>,
    /// The plan that it flies.
    #[serde(default)]
    pub plan: Option<Box<TrackPlan>>,
    /// How its identity came about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub who: Option<TrackIdentity>,
    /// Which of partners' tracks it is, and of which a person said that it is not.
    #[serde(default)]
    pub pairs: Vec<PairRow>,
}

/// Who told one of the values of the selected track last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct ToldRow {
    /// Which value.
    pub field: ToldField,
    /// The sensor's name, or the partner.
    pub by: String,
    /// "SAC/SIC"; none: a partner told it.
    pub sensor: Option<String>,
    /// How the plot that told it came about; none: a partner told it.
    pub kind: Option<SourceOfTrack>,
    /// Seconds since it was measured.
    pub age_s: f64,
}

/// A value that a track is shown with.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "wire.ts")]
pub enum ToldField {
    /// Where it is.
    Position,
    /// Its pressure altitude.
    Level,
    /// Its speed and direction over the ground.
    Velocity,
    /// Its climb rate.
    Climb,
    /// Its callsign.
    Callsign,
    /// Its Mode 3/A code.
    Squawk,
    /// Its 24-bit address.
    Address,
    /// Kind of craft.
    Category,
}

/// One sensor's part in the selected track.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct SourceRow {
    /// "SAC/SIC".
    pub sensor: String,
    /// The sensor's name.
    pub name: String,
    /// How its last plot came about.
    pub kind: SourceOfTrack,
    /// Seconds since its last plot that was used.
    pub age_s: f64,
    /// How many of its plots were used.
    pub plots: u32,
}

/// All partners and the accords with them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct Partners {
    /// When this was so.
    pub time_ms: f64,
    /// One row a partner, in order of name.
    pub rows: Vec<PartnerRow>,
    /// Every accord the node holds, in order of id.
    pub accords: Vec<AccordRow>,
}

/// One partner: what it tells, what it is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct PartnerRow {
    /// Who.
    pub party: String,
    /// Whether its node is connected.
    pub link: LinkState,
    /// Why not, in words.
    pub note: Option<String>,
    /// Milliseconds since it last spoke; none if it never did.
    pub silent_ms: Option<f64>,
    /// Objects that it tells of and that stand.
    pub they_send: u32,
    /// Objects that it is told of and that stand.
    pub we_send: u32,
    /// The articles and caveats that say now what it may be told.
    #[serde(default)]
    pub terms: Vec<TermRow>,
    /// What it is told, by the article that lets it out.
    pub released: Vec<RuleCount>,
    /// What it is not told, by the reason.
    pub withheld: Vec<RuleCount>,
    /// Batches it sent that were refused, and objects beyond the bound.
    #[ts(type = "number")]
    pub refused: u64,
    /// What became of the plots that it told behind its tracks; none if none came.
    #[serde(default)]
    pub plots: Option<PartnerPlots>,
    /// Accords that it has suspended, as it told us.
    #[serde(default)]
    pub suspended: Vec<SuspendedBy>,
    /// Batches that wait until its node takes them; none until it has said what it has.
    #[ts(type = "number | null")]
    pub queued: Option<u64>,
    /// How often somebody who said to be its node and did not prove it was turned away.
    #[ts(type = "number")]
    pub turned_away: u64,
    /// Why, the last time.
    pub turned_away_for: Option<String>,
    /// That in the last hour all that waited for it was dropped.
    pub dropped: Option<PartnerDropped>,
}

/// All that waited for a partner was dropped: something may go to it no longer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct PartnerDropped {
    /// When.
    pub at_ms: f64,
    /// Under which article, whose, and why: for people here alone, the partner may not know of a third.
    pub why: String,
}

/// What became of the plots that a partner told behind its tracks since the node started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct PartnerPlots {
    /// They are in a joint track.
    #[ts(type = "number")]
    pub joined: u64,
    /// Known already: one of ours, or of another who tells of the same.
    #[ts(type = "number")]
    pub known: u64,
    /// Too late, or too far ahead of the clock.
    #[ts(type = "number")]
    pub late: u64,
    /// Not where the target can be.
    #[ts(type = "number")]
    pub apart: u64,
    /// Behind a track that is none of ours.
    #[ts(type = "number")]
    pub alone: u64,
    /// More than are kept.
    #[ts(type = "number")]
    pub beyond: u64,
}

/// A partner's suspension of an accord.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct SuspendedBy {
    /// Which accord.
    pub accord: String,
    /// Since when, by the partner's clock.
    pub since_ms: f64,
}

/// How a partner's node is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export_to = "wire.ts")]
pub enum LinkState {
    /// Connected.
    Up,
    /// It was connected and is not.
    Down,
    /// Never connected since the node started.
    Waiting,
}

/// How many tracks one rule decides about now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct RuleCount {
    /// The article, or the reason.
    pub rule: String,
    /// How many.
    pub count: u32,
}

/// One accord as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct AccordRow {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Its parties.
    pub parties: Vec<String>,
    /// "in force", "signed", "ended", "suspended by KGZ".
    pub status: String,
    /// Who here wants to resume it and waits for a second person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub resume_by: Option<String>,
    /// Whether anything may be released under it now.
    pub releases: bool,
    /// By which approved text its other parties go, as far as they said so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub texts: Vec<TextRow>,
    /// What happened and will happen to it, oldest first.
    pub timeline: Vec<AccordEvent>,
}

/// By which text of an accord another party goes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct TextRow {
    /// Which party.
    pub party: String,
    /// When it was approved there, milliseconds since 1970.
    pub at_ms: f64,
    /// Whether it says the same as the one that counts here, beside each party's caveats and suspensions.
    pub same: bool,
}

/// One event in the life of an accord.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct AccordEvent {
    /// When, milliseconds since 1970; in the future where it is still to come.
    pub time_ms: f64,
    /// What: "signed", "ratified by KGZ", "in force", "term ends".
    pub what: String,
}

/// Why a partner is given a track, or is not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct Explained {
    /// Our number of the track.
    pub number: u32,
    /// The partner.
    pub party: String,
    /// The instant of the decision.
    pub time_ms: f64,
    /// Whether any of it goes out.
    pub released: bool,
    /// The answer in lines: a field with its article and precision each, or the reason.
    pub lines: Vec<String>,
}

/// The node refused what the console asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(export_to = "wire.ts")]
pub struct Refused {
    /// What was asked.
    pub asked: String,
    /// Why not, for the operator.
    pub reason: String,
}

/// Console to node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(export_to = "wire.ts")]
pub enum ClientMessage {
    /// Send `selected` for this track from now on; none: stop.
    Select {
        /// Track number.
        number: Option<u32>,
    },
    /// Send the whole picture again.
    Resync {},
    /// Show, from now on, what this partner is sent in place of our own picture; none: our own.
    SeeAs {
        /// The partner.
        party: Option<String>,
        /// Our own picture beside it, and what of that the partner is not told.
        #[serde(default)]
        beside: bool,
    },
    /// Let nothing more out under this accord, from now on: ours to say alone.
    Suspend {
        /// The accord's id.
        accord: String,
        /// Who says so: the name of the person at the console.
        by: String,
        /// Why.
        reason: String,
        /// Towards this party alone; none: towards all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        towards: Option<String>,
    },
    /// Take back what this party has suspended of this accord.
    Resume {
        /// The accord's id.
        accord: String,
        /// Who says so.
        by: String,
        /// Who may say so now, where people prove who they are: the node's own word, never a console's.
        #[serde(skip)]
        #[ts(skip)]
        may: Option<Vec<String>>,
    },
    /// Say why this partner is given this track, or is not: answered by `explained`.
    Explain {
        /// Track number.
        number: u32,
        /// The partner.
        party: String,
    },
    /// Send `sensor_cover` of this sensor from now on; none: stop.
    LookAtSensor {
        /// "SAC/SIC".
        sensor: Option<String>,
    },
    /// Send `alerts` from this row on from now on.
    ListAlerts {
        /// How many rows to leave out.
        from: u32,
    },
    /// Say that an alert has been seen.
    Acknowledge {
        /// Its number.
        #[ts(type = "number")]
        alert: u64,
        /// Who has seen it.
        by: String,
    },
    /// Keep an alert from calling for a while: it stays on the list.
    MuteAlert {
        /// Its number.
        #[ts(type = "number")]
        alert: u64,
        /// For how long, seconds.
        for_s: u32,
        /// Why.
        reason: String,
        /// Who says so.
        by: String,
        /// Every alert of its rule, those that open later too.
        #[serde(default)]
        all_of_rule: bool,
    },
    /// Let it call again.
    UnmuteAlert {
        /// Its number.
        #[ts(type = "number")]
        alert: u64,
        /// Who says so.
        by: String,
        /// Every alert of its rule.
        #[serde(default)]
        all_of_rule: bool,
    },
    /// Send `incident` for this incident from now on; none: stop.
    LookAtIncident {
        /// Which.
        incident: Option<IncidentName>,
    },
    /// Open an incident and own it.
    OpenIncident {
        /// What it is about.
        kind: IncidentKind,
        /// In a few words.
        title: String,
        /// Alerts it is opened from; none where it is opened by hand.
        #[ts(type = "number[]")]
        alerts: Vec<u64>,
        /// Tracks it is about, by number in our picture, beside those of its alerts.
        tracks: Vec<u32>,
        /// Why; may be empty.
        why: String,
        /// Who opens it.
        by: Person,
    },
    /// Do something about an incident.
    OnIncident {
        /// Which.
        incident: IncidentName,
        /// What.
        deed: IncidentDeed,
        /// Why; may be empty where the deed says enough.
        why: String,
        /// Who does it.
        by: Person,
    },
    /// Close an alert: its condition may still hold, and it may open again.
    CloseAlert {
        /// Its number.
        #[ts(type = "number")]
        alert: u64,
        /// Why.
        reason: String,
        /// Who says so.
        by: String,
    },
    /// Raise a request under an article.
    Ask {
        /// The accord's id.
        accord: String,
        /// The article's number.
        article: String,
        /// For what.
        purpose: Purpose,
        /// Of whom.
        of: Vec<String>,
        /// In words.
        text: String,
        /// The incident it concerns.
        incident: Option<String>,
        /// Seconds to the answer, where that is sooner than the article's own time.
        #[serde(default)]
        answer_within_s: Option<u32>,
        /// Who asks: the name of the person or position.
        by: String,
    },
    /// Answer a request.
    Answer {
        /// Who asks.
        asker: String,
        /// That party's number for it.
        number: u32,
        /// Yes or no.
        answer: Answer,
        /// What is given, or why not.
        words: String,
        /// Who answers.
        by: String,
    },
    /// Say what was done about a request.
    Report {
        /// Who asks.
        asker: String,
        /// That party's number for it.
        number: u32,
        /// What was done.
        words: String,
        /// Who says so.
        by: String,
    },
    /// Take back an own request.
    Withdraw {
        /// Our number for it.
        number: u32,
        /// Why.
        words: String,
        /// Who says so.
        by: String,
    },
    /// Confirm what is proposed on standing in for a silent party.
    Confirm {
        /// The accord's id.
        accord: String,
        /// The article's number.
        article: String,
        /// What is confirmed.
        proposal: Proposal,
        /// Who confirms.
        by: String,
    },
    /// Leave standing in to the next that the article names.
    Pass {
        /// The accord's id.
        accord: String,
        /// The article's number.
        article: String,
        /// Who says so.
        by: String,
    },
    /// Say what a track is. Suspect and hostile wait for a second person.
    SetIdentity {
        /// Track number.
        number: u32,
        /// What it is.
        identity: Identity,
        /// Why.
        why: String,
        /// Who says so: the name of the person at the console.
        by: String,
    },
    /// Be the second person to say so.
    ConfirmIdentity {
        /// Track number.
        number: u32,
        /// What is confirmed.
        identity: Identity,
        /// Who confirms.
        by: String,
    },
    /// Take back what people said of a track.
    WithdrawIdentity {
        /// Track number.
        number: u32,
        /// Which of it.
        word: IdentityWord,
        /// Why.
        why: String,
        /// Who says so.
        by: String,
    },
    /// Answer what a partner proposes of a track that is ours.
    AnswerProposal {
        /// Track number.
        number: u32,
        /// The partner.
        party: String,
        /// What it proposes.
        identity: Identity,
        /// Whether it is so.
        answer: ProposalAnswer,
        /// Why.
        why: String,
        /// Who answers.
        by: String,
    },
    /// Propose to the partner that owns a track who it is; that partner's people decide.
    ProposeIdentity {
        /// Track number.
        number: u32,
        /// What.
        identity: Identity,
        /// Why.
        why: String,
        /// Who.
        by: String,
    },
    /// Say that a partner's track and one of our picture are one target, or two, or take that back.
    DecidePair {
        /// The partner.
        party: String,
        /// Its number for its track.
        theirs: u32,
        /// The number in our picture.
        number: u32,
        /// What is said.
        word: PairWord,
        /// Why; may be empty where something is taken back.
        why: String,
        /// Who says so.
        by: String,
    },
    /// Report who a track is, as seen or heard: evidence, which the rules weigh.
    ReportIdentity {
        /// Track number.
        number: u32,
        /// How it is known.
        means: ReportMeans,
        /// What it is said to be.
        identity: Identity,
        /// What was seen or heard.
        words: String,
        /// Who reports.
        by: String,
    },
}

impl ClientMessage {
    /// Whether a person decides something by it that must outlast any crash.
    pub fn is_act(&self) -> bool {
        match self {
            ClientMessage::Suspend { .. }
            | ClientMessage::Resume { .. }
            | ClientMessage::Ask { .. }
            | ClientMessage::Answer { .. }
            | ClientMessage::Report { .. }
            | ClientMessage::Withdraw { .. }
            | ClientMessage::Confirm { .. }
            | ClientMessage::Pass { .. }
            | ClientMessage::Acknowledge { .. }
            | ClientMessage::MuteAlert { .. }
            | ClientMessage::UnmuteAlert { .. }
            | ClientMessage::CloseAlert { .. }
            | ClientMessage::OpenIncident { .. }
            | ClientMessage::OnIncident { .. }
            | ClientMessage::SetIdentity { .. }
            | ClientMessage::ConfirmIdentity { .. }
            | ClientMessage::WithdrawIdentity { .. }
            | ClientMessage::AnswerProposal { .. }
            | ClientMessage::ProposeIdentity { .. }
            | ClientMessage::DecidePair { .. }
            | ClientMessage::ReportIdentity { .. } => true,
            ClientMessage::Select { .. }
            | ClientMessage::Resync {}
            | ClientMessage::SeeAs { .. }
            | ClientMessage::ListAlerts { .. }
            | ClientMessage::LookAtIncident { .. }
            | ClientMessage::LookAtSensor { .. }
            | ClientMessage::Explain { .. } => false,
        }
    }

    /// The name of the person who acts on an incident by it.
    pub fn by_of_incident(&self) -> Option<&str> {
        match self {
            ClientMessage::OpenIncident { by, .. } | ClientMessage::OnIncident { by, .. } => {
                Some(&by.name)
            }
            _ => None,
        }
    }

    /// The track whose identity it is about, if it is a person's word on one.
    pub fn identity_of(&self) -> Option<u32> {
        match self {
            ClientMessage::SetIdentity { number, .. }
            | ClientMessage::ConfirmIdentity { number, .. }
            | ClientMessage::WithdrawIdentity { number, .. }
            | ClientMessage::AnswerProposal { number, .. }
            | ClientMessage::ProposeIdentity { number, .. }
            | ClientMessage::ReportIdentity { number, .. } => Some(*number),
            _ => None,
        }
    }
}

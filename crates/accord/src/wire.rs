//! A batch as bytes: Protocol Buffers, so that any language reads them, by hand-kept tags.
//!
//! A field this version does not know is ignored. A clause it does not know is refused: `clauses`
//! lists the numbers of all restrictions that a receiver has to keep, and a batch with a number
//! that is not in [`CLAUSES`] is not taken. Tags are never used again for another meaning.

use crate::batch::{self, Batch, Item, PartnerNumber, Told};
use crate::{
    AccordId, AlertSet, AlertState, ArticleId, ArticleRef, FieldSet, FlightKind, NameError,
    ObjectKind, Onward, PlanState, Reduction, Released, Service,
};
use picture::Identity;
use prost::Message;
use surveillance::{
    Address, Callsign, EmitterCategory, Mode3A, PlacedPlot, PlotOrigin, SensorId, Time,
};

mod put;

/// Version of the form of a batch.
pub const BATCH_FORM: u32 = 1;
/// Most items in one batch that is read; one that is written in parts has far fewer. Counted before
/// anything is made of them, because an item takes much more in memory than in bytes.
const ITEMS_MAX: usize = 16_384;
/// The field of items.
const ITEMS_TAG: u32 = 9;
/// Most articles, originators, onward parties, sensors or plots of one item that is read.
const LIST_MAX: usize = 64;
/// Most tracks of one incident that is read.
pub(crate) const TRACKS_MAX: usize = 256;
/// Pressure altitude beyond which nothing flies, metres.
const LEVEL_MAX_M: f64 = 100_000.0;
/// Speed, of each axis, beyond which nothing flies, m/s.
const SPEED_MAX_MPS: f64 = 10_000.0;
/// To whom an item may be passed on, and how exactly at most.
const CLAUSE_ONWARD: u32 = 1;
/// How exact an item is.
const CLAUSE_PRECISION: u32 = 2;
/// The restrictions this version knows how to keep.
const CLAUSES: [u32; 2] = [CLAUSE_ONWARD, CLAUSE_PRECISION];

/// Why bytes are no batch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// Not Protocol Buffers.
    #[error("not a batch: {0}")]
    Malformed(String),
    /// Another form.
    #[error("form {0} is not known; this version reads form {BATCH_FORM}")]
    Form(u32),
    /// A restriction that cannot be kept, because it is not known.
    #[error("clause {0} is not understood; nothing of the batch is taken")]
    Clause(u32),
    /// A value that cannot be.
    #[error("{0} cannot be")]
    Value(&'static str),
    /// A name that is none.
    #[error(transparent)]
    Name(#[from] NameError),
}

#[derive(Clone, PartialEq, Message)]
struct BatchMessage {
    #[prost(uint32, tag = "1")]
    form: u32,
    #[prost(uint32, repeated, tag = "2")]
    clauses: Vec<u32>,
    #[prost(string, tag = "3")]
    from: String,
    #[prost(string, tag = "4")]
    to: String,
    #[prost(uint32, tag = "5")]
    epoch: u32,
    #[prost(uint64, tag = "6")]
    sequence: u64,
    #[prost(sfixed64, tag = "7")]
    slot_ns: i64,
    #[prost(message, repeated, tag = "8")]
    articles: Vec<ArticleMessage>,
    #[prost(message, repeated, tag = "9")]
    items: Vec<ItemMessage>,
    #[prost(uint32, repeated, tag = "10")]
    ended: Vec<u32>,
    #[prost(uint32, tag = "11")]
    part: u32,
}

#[derive(Clone, PartialEq, Message)]
struct ArticleMessage {
    #[prost(string, tag = "1")]
    accord: String,
    #[prost(string, tag = "2")]
    article: String,
}

#[derive(Clone, PartialEq, Message)]
struct ItemMessage {
    #[prost(uint32, tag = "1")]
    number: u32,
    #[prost(uint32, tag = "2")]
    object: u32,
    #[prost(sfixed64, tag = "3")]
    time_ns: i64,
    #[prost(uint32, repeated, tag = "4")]
    articles: Vec<u32>,
    #[prost(uint32, tag = "5")]
    granted: u32,
    #[prost(message, optional, tag = "6")]
    precision: Option<PrecisionMessage>,
    #[prost(string, repeated, tag = "7")]
    originators: Vec<String>,
    #[prost(message, repeated, tag = "8")]
    onward: Vec<OnwardMessage>,
    #[prost(double, repeated, tag = "10")]
    position_rad: Vec<f64>,
    #[prost(double, optional, tag = "11")]
    level_m: Option<f64>,
    #[prost(double, repeated, tag = "12")]
    velocity_mps: Vec<f64>,
    #[prost(double, optional, tag = "13")]
    vertical_rate_mps: Option<f64>,
    #[prost(bool, optional, tag = "14")]
    on_ground: Option<bool>,
    /// Low 24 bits, and bit 24 where ICAO did not allot it.
    #[prost(uint32, optional, tag = "15")]
    address: Option<u32>,
    #[prost(uint32, optional, tag = "16")]
    mode_3a: Option<u32>,
    #[prost(string, optional, tag = "17")]
    callsign: Option<String>,
    #[prost(uint32, optional, tag = "18")]
    category: Option<u32>,
    #[prost(uint32, optional, tag = "19")]
    identity: Option<u32>,
    #[prost(uint32, optional, tag = "20")]
    service: Option<u32>,
    #[prost(uint32, optional, tag = "21")]
    flight: Option<u32>,
    #[prost(uint32, optional, tag = "22")]
    plan: Option<u32>,
    #[prost(uint32, optional, tag = "23")]
    alerts: Option<u32>,
    #[prost(uint32, optional, tag = "24")]
    alert_state: Option<u32>,
    #[prost(double, repeated, tag = "25")]
    position_covariance: Vec<f64>,
    #[prost(uint32, repeated, tag = "26")]
    sensors: Vec<u32>,
    #[prost(bytes = "vec", optional, tag = "27")]
    content: Option<Vec<u8>>,
    #[prost(uint32, repeated, tag = "28")]
    tracks: Vec<u32>,
    #[prost(message, repeated, tag = "29")]
    plots: Vec<PlotMessage>,
}

#[derive(Clone, PartialEq, Message)]
struct PlotMessage {
    #[prost(uint32, tag = "1")]
    sensor: u32,
    #[prost(uint32, tag = "2")]
    origin: u32,
    #[prost(sfixed64, tag = "3")]
    time_ns: i64,
    #[prost(double, repeated, tag = "4")]
    position_rad: Vec<f64>,
    #[prost(double, repeated, tag = "5")]
    covariance: Vec<f64>,
}

#[derive(Clone, PartialEq, Message)]
struct PrecisionMessage {
    #[prost(double, tag = "1")]
    position_m: f64,
    #[prost(double, tag = "2")]
    level_m: f64,
    #[prost(double, tag = "3")]
    velocity_mps: f64,
    #[prost(double, tag = "4")]
    time_s: f64,
    #[prost(double, tag = "5")]
    delay_s: f64,
    #[prost(double, tag = "6")]
    interval_s: f64,
}

#[derive(Clone, PartialEq, Message)]
struct OnwardMessage {
    #[prost(string, tag = "1")]
    to: String,
    #[prost(message, optional, tag = "2")]
    at_best: Option<PrecisionMessage>,
}

impl Released<Batch> {
    /// The batch as bytes, as they go to the partner and into the ledger. The same batch always
    /// has the same bytes.
    pub fn encode(&self) -> Released<Vec<u8>> {
        self.map_ref(Batch::encode)
    }
}

impl Batch {
    /// The batch as bytes.
    pub fn encode(&self) -> Vec<u8> {
        let articles = batch::articles(&self.items);
        let article = |article: &ArticleRef| ArticleMessage {
            accord: article.accord.to_string(),
            article: article.article.to_string(),
        };
        let mut out = Vec::with_capacity(128 + self.items.len() * 160 + self.ended.len() * 5);
        // Fields in order of tag, as ever: the items are written by hand between the others.
        let before = BatchMessage {
            form: BATCH_FORM,
            clauses: CLAUSES.to_vec(),
            from: self.from.to_string(),
            to: self.to.to_string(),
            epoch: self.epoch,
            sequence: self.sequence,
            slot_ns: self.slot.unix_nanos(),
            articles: articles.iter().map(article).collect(),
            ..BatchMessage::default()
        };
        before.encode_raw(&mut out);
        put::items(ITEMS_TAG, &self.items, &articles, &mut out);
        let after = BatchMessage {
            ended: self.ended.iter().map(|number| number.0).collect(),
            part: self.part,
            ..BatchMessage::default()
        };
        after.encode_raw(&mut out);
        out
    }

    /// Reads a batch. Bytes from outside: it allocates in proportion to what it is given and never
    /// panics.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let malformed = |error: prost::DecodeError| WireError::Malformed(error.to_string());
        if count_items(bytes).map_err(malformed)? > ITEMS_MAX {
            return Err(WireError::Value("that many items"));
        }
        let message = BatchMessage::decode(bytes).map_err(malformed)?;
        if message.form != BATCH_FORM {
            return Err(WireError::Form(message.form));
        }
        if let Some(unknown) = message.clauses.iter().find(|clause| !CLAUSES.contains(clause)) {
            return Err(WireError::Clause(*unknown));
        }
        let articles: Vec<ArticleRef> = message
            .articles
            .iter()
            .map(|article| {
                let accord: AccordId = article.accord.parse()?;
                let article: ArticleId = article.article.parse()?;
                Ok(ArticleRef { accord, article })
            })
            .collect::<Result<_, NameError>>()?;
        Ok(Self {
            from: message.from.parse()?,
            to: message.to.parse()?,
            epoch: message.epoch,
            sequence: message.sequence,
            part: message.part,
            slot: Time::from_unix_nanos(message.slot_ns),
            items: message
                .items
                .into_iter()
                .map(|item| read_item(item, &articles))
                .collect::<Result<_, _>>()?,
            ended: message.ended.into_iter().map(PartnerNumber).collect(),
        })
    }
}

fn count_items(mut bytes: &[u8]) -> Result<usize, prost::DecodeError> {
    let mut count = 0;
    while !bytes.is_empty() {
        let (tag, form) = prost::encoding::decode_key(&mut bytes)?;
        prost::encoding::skip_field(form, tag, &mut bytes, Default::default())?;
        count += usize::from(tag == ITEMS_TAG);
    }
    Ok(count)
}

/// An item alone, without its articles: to order what is new by what is told.
pub(crate) fn item_bytes(item: &Item) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(160);
    put::item(item, &[], &mut bytes);
    bytes
}

fn read_item(item: ItemMessage, articles: &[ArticleRef]) -> Result<Item, WireError> {
    let lists = [
        item.articles.len(),
        item.originators.len(),
        item.onward.len(),
        item.sensors.len(),
        item.plots.len(),
    ];
    if lists.into_iter().any(|length| length > LIST_MAX) || item.tracks.len() > TRACKS_MAX {
        return Err(WireError::Value("that long a list of one item"));
    }
    let known = |index: &u32| {
        articles.get(*index as usize).copied().ok_or(WireError::Value("an article not in the list"))
    };
    let alerts = item.alerts.map(AlertSet::from_bits);
    let state = item.alert_state.map(|n| pick(&ALERT_STATES, n, "this alert state")).transpose()?;
    let granted = FieldSet::from_bits(item.granted);
    let sensors: Vec<SensorId> = item.sensors.iter().map(|bits| sensor(*bits)).collect();
    let position = point(&item.position_rad)?;
    let plots: Vec<Option<PlacedPlot>> =
        item.plots.iter().map(read_plot).collect::<Result<_, _>>()?;
    let velocity = pair(&item.velocity_mps, "this velocity")?;
    if velocity.iter().flatten().any(|speed| speed.abs() > SPEED_MAX_MPS) {
        return Err(WireError::Value("this velocity"));
    }
    let told = Told {
        position_rad: position,
        level_m: within(item.level_m, LEVEL_MAX_M, "this level")?,
        velocity_mps: velocity,
        vertical_rate_mps: within(item.vertical_rate_mps, SPEED_MAX_MPS, "this climb rate")?,
        on_ground: item.on_ground,
        address: item
            .address
            .map(|bits| if bits >> 24 == 0 { Address::icao(bits) } else { Address::other(bits) }),
        mode_3a: item.mode_3a.map(|bits| Mode3A::new(bits as u16)),
        callsign: match item.callsign {
            Some(text) => Some(Callsign::new(&text).ok_or(WireError::Value("this callsign"))?),
            None => None,
        },
        category: item.category.map(|n| pick(&CATEGORIES, n, "this category")).transpose()?,
        identity: item.identity.map(|n| pick(&IDENTITIES, n, "this identity")).transpose()?,
        service: item.service.map(|n| pick(&Service::ALL, n, "this service")).transpose()?,
        flight: item.flight.map(|n| pick(&FLIGHTS, n, "this type of flight")).transpose()?,
        plan: item.plan.map(|n| pick(&PLANS, n, "this plan")).transpose()?,
        alerts: alerts.zip(state),
        position_covariance: triple(&item.position_covariance)?,
        sensors: granted.has(crate::Field::Lineage).then_some(sensors),
        // Of a kind that a later version knows: another plot that is not had.
        plots: plots.into_iter().flatten().collect(),
        content: item.content,
        tracks: item.tracks.into_iter().map(PartnerNumber).collect(),
    };
    let onward = item.onward.into_iter().map(|onward| {
        Ok(Onward { to: onward.to.parse()?, at_best: read_precision(onward.at_best)? })
    });
    Ok(Item {
        number: PartnerNumber(item.number),
        object: pick(&OBJECTS, item.object, "this kind of object")?,
        time: Time::from_unix_nanos(item.time_ns),
        precision: read_precision(item.precision)?,
        granted,
        told,
        originators: item.originators.iter().map(|o| o.parse()).collect::<Result<_, _>>()?,
        onward: onward.collect::<Result<_, WireError>>()?,
        articles: item.articles.iter().map(known).collect::<Result<_, _>>()?,
    })
}

fn sensor(bits: u32) -> SensorId {
    SensorId { sac: (bits >> 8) as u8, sic: bits as u8 }
}

/// `None`: it came about in a way that this version does not know.
fn read_plot(plot: &PlotMessage) -> Result<Option<PlacedPlot>, WireError> {
    let position = point(&plot.position_rad)?.ok_or(WireError::Value("a plot without a place"))?;
    let covariance = triple(&plot.covariance)?.filter(|[ee, en, nn]| {
        let determinant = ee * nn - en * en;
        *ee > 0.0 && *nn > 0.0 && determinant > 0.0 && determinant.is_finite()
    });
    let origin = ORIGINS.get(plot.origin as usize).copied();
    Ok(origin.zip(covariance).map(|(origin, covariance)| PlacedPlot {
        sensor: sensor(plot.sensor),
        origin,
        time: Time::from_unix_nanos(plot.time_ns),
        position_rad: position,
        covariance,
    }))
}

fn read_precision(message: Option<PrecisionMessage>) -> Result<Reduction, WireError> {
    let Some(m) = message else { return Ok(Reduction::NONE) };
    let reduction = Reduction {
        position_m: m.position_m,
        level_m: m.level_m,
        velocity_mps: m.velocity_mps,
        time_s: m.time_s,
        delay_s: m.delay_s,
        interval_s: m.interval_s,
    };
    let parts = [m.position_m, m.level_m, m.velocity_mps, m.time_s, m.delay_s, m.interval_s];
    if parts.iter().all(|part| part.is_finite() && *part >= 0.0) {
        Ok(reduction)
    } else {
        Err(WireError::Value("this precision"))
    }
}

fn within(value: Option<f64>, max: f64, what: &'static str) -> Result<Option<f64>, WireError> {
    if value.is_none_or(|value| value.abs() <= max) {
        Ok(value)
    } else {
        Err(WireError::Value(what))
    }
}

fn pair(values: &[f64], what: &'static str) -> Result<Option<[f64; 2]>, WireError> {
    match values {
        [] => Ok(None),
        [a, b] if a.is_finite() && b.is_finite() => Ok(Some([*a, *b])),
        _ => Err(WireError::Value(what)),
    }
}

fn point(values: &[f64]) -> Result<Option<[f64; 2]>, WireError> {
    let point = pair(values, "this position")?;
    if point.is_some_and(|[latitude, longitude]: [f64; 2]| {
        latitude.abs() > std::f64::consts::FRAC_PI_2 || longitude.abs() > std::f64::consts::PI
    }) {
        return Err(WireError::Value("this position"));
    }
    Ok(point)
}

fn triple(values: &[f64]) -> Result<Option<[f64; 3]>, WireError> {
    match values {
        [] => Ok(None),
        [a, b, c] if values.iter().all(|v| v.is_finite()) => Ok(Some([*a, *b, *c])),
        _ => Err(WireError::Value("this covariance")),
    }
}

fn pick<T: Copy>(list: &[T], number: u32, what: &'static str) -> Result<T, WireError> {
    list.get(number as usize).copied().ok_or(WireError::Value(what))
}

const OBJECTS: [ObjectKind; 5] = [
    ObjectKind::Track,
    ObjectKind::Plot,
    ObjectKind::Alert,
    ObjectKind::Incident,
    ObjectKind::Coverage,
];
const IDENTITIES: [Identity; 8] = [
    Identity::Pending,
    Identity::Unknown,
    Identity::AssumedFriend,
    Identity::Friend,
    Identity::Neutral,
    Identity::Suspect,
    Identity::Hostile,
    Identity::Civil,
];
const ORIGINS: [PlotOrigin; 8] = [
    PlotOrigin::Primary,
    PlotOrigin::Secondary,
    PlotOrigin::AdsB,
    PlotOrigin::Rebroadcast,
    PlotOrigin::Mlat,
    PlotOrigin::SystemTrack,
    PlotOrigin::RemoteId,
    PlotOrigin::Flarm,
];
const FLIGHTS: [FlightKind; 6] = [
    FlightKind::Untold,
    FlightKind::Scheduled,
    FlightKind::NonScheduled,
    FlightKind::General,
    FlightKind::Military,
    FlightKind::Other,
];
const PLANS: [PlanState; 3] = [PlanState::Untold, PlanState::Correlated, PlanState::Uncorrelated];
const ALERT_STATES: [AlertState; 4] =
    [AlertState::None, AlertState::Raised, AlertState::Acknowledged, AlertState::Closed];
const CATEGORIES: [EmitterCategory; 16] = [
    EmitterCategory::Light,
    EmitterCategory::Small,
    EmitterCategory::Large,
    EmitterCategory::HighVortex,
    EmitterCategory::Heavy,
    EmitterCategory::HighPerformance,
    EmitterCategory::Rotorcraft,
    EmitterCategory::Glider,
    EmitterCategory::LighterThanAir,
    EmitterCategory::Parachutist,
    EmitterCategory::Ultralight,
    EmitterCategory::Unmanned,
    EmitterCategory::Space,
    EmitterCategory::SurfaceEmergency,
    EmitterCategory::SurfaceService,
    EmitterCategory::Obstacle,
];

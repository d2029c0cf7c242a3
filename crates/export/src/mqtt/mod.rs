//! Topics of an MQTT broker: a message for each track and alert, and one of how the whole does.
//!
//! `PREFIX/tracks/NUMBER` is one object as JSON: its number and place, and the properties that it has in
//! GeoJSON. `PREFIX/alerts/NUMBER` is an alert, where an article grants alerts. An empty message says that
//! it stands no more. What a broker retains expires by itself when nothing more is heard of it (MQTT 5.0,
//! 3.3.2.3.3), also when this node is no more there to say so.

pub mod packet;

use crate::tables::{Placed, placed};
use crate::values::{level_ft, position_deg};
use crate::{Mirror, Object};
use accord::{AlertKind, AlertState, PartnerNumber};
use serde::Serialize;
use std::collections::BTreeMap;

/// Longest text of an alert that goes on.
const CONTENT_BYTES_MAX: usize = 1_000;

/// What a broker is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Where.
    pub topic: String,
    /// What: JSON, or nothing where nothing stands any more.
    pub payload: Vec<u8>,
    /// Whether the broker is to give it to those who come later.
    pub retain: bool,
    /// Seconds after which it is to forget it.
    pub expires_s: Option<u32>,
}

/// How the whole does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// The topics are the present picture.
    Online,
    /// Nothing is released now.
    Withheld,
    /// The node is not connected.
    Offline,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Folder {
    Tracks,
    Alerts,
}

type Key = (Folder, PartnerNumber);

/// One consumer's topics, and what a broker may hold of them.
#[derive(Debug, Clone)]
pub struct Topics {
    prefix: String,
    retain: bool,
    /// Epoch and count of the word that the broker was given last of each; `None` where it may not have
    /// it.
    held: BTreeMap<Key, Option<(u32, u64)>>,
}

#[derive(Debug, Serialize)]
struct AlertRow {
    id: u32,
    kinds: Vec<&'static str>,
    state: &'static str,
    /// The tracks that it is about, by their numbers here.
    tracks: Vec<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lat_deg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lon_deg: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    level_ft: Option<i64>,
    /// Rule, severity and when it was raised, as the node writes them.
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<serde_json::Value>,
    time: String,
}

#[derive(Debug, Serialize)]
struct StateRow {
    state: State,
    /// Seconds between two updates.
    period_s: f64,
}

impl Topics {
    /// Under `prefix`, of which a broker holds nothing yet.
    pub fn new(prefix: &str, retain: bool) -> Self {
        Self { prefix: prefix.to_owned(), retain, held: BTreeMap::new() }
    }

    /// What the broker is to be given next: what was told anew, and an empty message for each that
    /// stands no more. Of `None` nothing stands. What was returned counts as given, and what ended as
    /// still held until [`Topics::taken`].
    pub fn update(&mut self, mirror: Option<&Mirror>) -> Vec<Message> {
        let mirror = mirror.filter(|mirror| mirror.slot().is_some());
        let standing = |(folder, number): &Key| {
            mirror
                .is_some_and(|mirror| mirror.get(*number).is_some_and(|o| folder_of(o) == *folder))
        };
        let mut messages: Vec<Message> = (self.held.keys())
            .filter(|key| !standing(key))
            .map(|key| self.message(*key, Vec::new(), None))
            .collect();
        for mark in self.held.iter_mut().filter(|(key, _)| !standing(key)).map(|(_, mark)| mark) {
            *mark = None;
        }
        let Some(mirror) = mirror else { return messages };
        for object in mirror.tracks().chain(mirror.alerts()) {
            let key = (folder_of(object), object.item.number);
            let mark = Some((mirror.epoch(), object.told));
            if self.held.insert(key, mark) != Some(mark) {
                let expires_s = object.patience_s().ceil() as u32;
                messages.push(self.message(key, payload(object), Some(expires_s)));
            }
        }
        messages
    }

    /// The broker has all that [`Topics::update`] returned last.
    pub fn taken(&mut self) {
        self.held.retain(|_, mark| mark.is_some());
    }

    /// A new connection: of what was sent before, any part may not have come.
    pub fn begin(&mut self) {
        self.held.values_mut().for_each(|mark| *mark = None);
    }

    /// The message of how the whole does.
    pub fn state(&self, state: State, period_s: f64) -> Message {
        Message {
            topic: format!("{}/state", self.prefix),
            payload: json(&StateRow { state, period_s }),
            retain: self.retain,
            expires_s: None,
        }
    }

    fn message(
        &self,
        (folder, PartnerNumber(number)): Key,
        payload: Vec<u8>,
        expires_s: Option<u32>,
    ) -> Message {
        let folder = match folder {
            Folder::Tracks => "tracks",
            Folder::Alerts => "alerts",
        };
        let topic = format!("{}/{folder}/{number}", self.prefix);
        Message { topic, payload, retain: self.retain, expires_s }
    }
}

fn folder_of(object: &Object) -> Folder {
    match object.item.object {
        accord::ObjectKind::Alert => Folder::Alerts,
        _ => Folder::Tracks,
    }
}

fn payload(object: &Object) -> Vec<u8> {
    match folder_of(object) {
        Folder::Tracks => json::<Placed>(&placed(object)),
        Folder::Alerts => json(&alert(object)),
    }
}

fn json<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("every field has a JSON form")
}

fn alert(object: &Object) -> AlertRow {
    let item = &object.item;
    let (kinds, state) = item.told.alerts.unwrap_or_default();
    let place = position_deg(item);
    let content = item.told.content.as_deref();
    let content = content.filter(|bytes| bytes.len() <= CONTENT_BYTES_MAX);
    AlertRow {
        id: item.number.0,
        kinds: kinds.iter().map(kind).collect(),
        state: match state {
            AlertState::None => "none",
            AlertState::Raised => "raised",
            AlertState::Acknowledged => "acknowledged",
            AlertState::Closed => "closed",
        },
        tracks: item.told.tracks.iter().map(|number| number.0).collect(),
        lat_deg: place.map(|[lat, _]| lat),
        lon_deg: place.map(|[_, lon]| lon),
        level_ft: level_ft(item),
        content: content.and_then(|bytes| serde_json::from_slice(bytes).ok()),
        time: item.time.to_string(),
    }
}

/// As accords spell it.
fn kind(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::BorderCrossing => "border-crossing",
        AlertKind::AreaInfringement => "area-infringement",
        AlertKind::Conflict => "conflict",
        AlertKind::MinimumSafeAltitude => "minimum-safe-altitude",
        AlertKind::UnlawfulInterference => "unlawful-interference",
        AlertKind::RadioFailure => "radio-failure",
        AlertKind::Emergency => "emergency",
        AlertKind::Ident => "ident",
        AlertKind::Codes => "codes",
        AlertKind::LostTrack => "lost-track",
        AlertKind::LostTransponder => "lost-transponder",
        AlertKind::NonCooperative => "non-cooperative",
        AlertKind::LowSlow => "low-slow",
        AlertKind::PositionDisagreement => "position-disagreement",
        AlertKind::NavigationInterference => "navigation-interference",
        AlertKind::Unmanned => "unmanned",
        AlertKind::Sensor => "sensor",
        AlertKind::Other => "other",
    }
}

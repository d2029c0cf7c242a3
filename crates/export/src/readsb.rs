//! The files of readsb that tar1090 and many others read: `aircraft.json`, `receiver.json` and
//! `history_N.json` (readsb, README-json.md).
//!
//! `type` is `other`: from where a position came is not told. Counts of messages are counts of
//! times told. Where the receiver stands is not in them: a picture has none.

use crate::names::hexes;
use crate::values::{
    course_deg, emitter_code, level_ft, position_deg, radius_95_m, rate_fpm, rounded, speed_kt,
};
use crate::{Mirror, Object};
use serde::Serialize;

/// Seconds between two histories.
const HISTORY_EVERY_S: f64 = 30.0;
/// Histories kept at most: half an hour.
const HISTORY_MAX: usize = 60;
/// Bytes of all of them at most.
const HISTORY_BYTES_MAX: usize = 64 << 20;

#[derive(Debug, Serialize)]
struct Aircraft<'a> {
    hex: &'a str,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    flight: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alt_baro: Option<Altitude>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gs: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    track: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baro_rate: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    squawk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lat: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lon: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rc: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seen_pos: Option<f64>,
    mlat: [u8; 0],
    tisb: [u8; 0],
    messages: u64,
    seen: f64,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Altitude {
    Feet(i64),
    Ground(&'static str),
}

#[derive(Debug, Serialize)]
struct AircraftFile<'a> {
    now: f64,
    messages: u64,
    aircraft: Vec<Aircraft<'a>>,
}

/// `aircraft.json` of all that stands; `None` before the first word.
pub fn aircraft(mirror: &Mirror) -> Option<Vec<u8>> {
    let now = mirror.slot()?;
    let hexes = hexes(mirror);
    let one = |object: &'_ std::sync::Arc<Object>| {
        let item = &object.item;
        let told = &item.told;
        let position = position_deg(item);
        let age_s = rounded(now.seconds_since(item.time).max(0.0), 1);
        let altitude = match told.on_ground {
            Some(true) => Some(Altitude::Ground("ground")),
            _ => level_ft(item).map(Altitude::Feet),
        };
        Aircraft {
            hex: &hexes[&item.number],
            r#type: "other",
            flight: told.callsign.map(|callsign| format!("{:<8}", callsign.as_str())),
            alt_baro: altitude,
            gs: speed_kt(item),
            track: course_deg(item),
            baro_rate: rate_fpm(item),
            squawk: told.mode_3a.map(|code| code.to_string()),
            category: told.category.map(emitter_code),
            lat: position.map(|[lat, _]| lat),
            lon: position.map(|[_, lon]| lon),
            rc: position.and_then(|_| radius_95_m(item)),
            seen_pos: position.map(|_| age_s),
            mlat: [],
            tisb: [],
            messages: object.told,
            seen: age_s,
        }
    };
    let aircraft = mirror.tracks().map(one).collect();
    let file =
        AircraftFile { now: rounded(now.unix_seconds(), 3), messages: mirror.counts().0, aircraft };
    Some(serde_json::to_vec(&file).expect("every field has a JSON form"))
}

/// `receiver.json`: a new `aircraft.json` comes every `refresh_s` seconds, and there are `history`
/// histories.
pub fn receiver(refresh_s: f64, history: usize) -> Vec<u8> {
    let file = serde_json::json!({
        "version": concat!("entente ", env!("CARGO_PKG_VERSION")),
        "refresh": (refresh_s * 1e3).round() as u64,
        "history": history,
    });
    file.to_string().into_bytes()
}

/// Copies of `aircraft.json`, half a minute apart.
#[derive(Debug, Clone, Default)]
pub struct History {
    files: Vec<(f64, Vec<u8>)>,
    /// Where the next goes.
    next: usize,
}

impl History {
    /// Whether what was just told is half a minute after the newest of them.
    pub fn is_due(&self, mirror: &Mirror) -> bool {
        let newest = self.files.iter().map(|(at, _)| *at).fold(f64::NEG_INFINITY, f64::max);
        mirror.slot().is_some_and(|slot| slot.unix_seconds() - newest >= HISTORY_EVERY_S)
    }

    /// Takes what was just told, if it is due; forgets all if nothing stands.
    pub fn take(&mut self, mirror: &Mirror, aircraft: Option<&[u8]>) {
        let (Some(slot), Some(aircraft)) = (mirror.slot(), aircraft) else {
            *self = Self::default();
            return;
        };
        if !self.is_due(mirror) {
            return;
        }
        let file = (slot.unix_seconds(), aircraft.to_vec());
        if self.files.len() < HISTORY_MAX && self.bytes() + aircraft.len() <= HISTORY_BYTES_MAX {
            self.files.push(file);
        } else if let Some(oldest) = self.files.get_mut(self.next) {
            *oldest = file;
            self.next = (self.next + 1) % self.files.len();
        }
    }

    fn bytes(&self) -> usize {
        self.files.iter().map(|(_, file)| file.len()).sum()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// `history_N.json`.
    pub fn get(&self, number: usize) -> Option<&[u8]> {
        self.files.get(number).map(|(_, file)| file.as_slice())
    }
}

//! The TAK protocol, version 1: CoT as protocol buffers, each message behind a magic octet.
//!
//! Field numbers are those of the published `takmessage.proto`, `cotevent.proto`, `detail.proto` and
//! their parts. Datagrams begin `bf 01 bf` (mesh); in a stream each message begins `bf` and its
//! length as a varint.

use crate::cot::{self, Event, HOW, UNKNOWN};
use prost::Message;
use surveillance::Time;

const MAGIC: u8 = 0xbf;
const VERSION: u8 = 1;

#[derive(Clone, PartialEq, Message)]
struct TakMessage {
    #[prost(message, optional, tag = "2")]
    event: Option<CotEvent>,
}

#[derive(Clone, PartialEq, Message)]
struct CotEvent {
    #[prost(string, tag = "1")]
    kind: String,
    #[prost(string, tag = "5")]
    uid: String,
    #[prost(uint64, tag = "6")]
    send_ms: u64,
    #[prost(uint64, tag = "7")]
    start_ms: u64,
    #[prost(uint64, tag = "8")]
    stale_ms: u64,
    #[prost(string, tag = "9")]
    how: String,
    #[prost(double, tag = "10")]
    lat: f64,
    #[prost(double, tag = "11")]
    lon: f64,
    #[prost(double, tag = "12")]
    hae: f64,
    #[prost(double, tag = "13")]
    ce: f64,
    #[prost(double, tag = "14")]
    le: f64,
    #[prost(message, optional, tag = "15")]
    detail: Option<Detail>,
}

#[derive(Clone, PartialEq, Message)]
struct Detail {
    #[prost(string, tag = "1")]
    xml: String,
    #[prost(message, optional, tag = "2")]
    contact: Option<Contact>,
    #[prost(message, optional, tag = "4")]
    precision: Option<PrecisionLocation>,
    #[prost(message, optional, tag = "7")]
    track: Option<Track>,
}

#[derive(Clone, PartialEq, Message)]
struct Contact {
    #[prost(string, tag = "2")]
    callsign: String,
}

#[derive(Clone, PartialEq, Message)]
struct PrecisionLocation {
    #[prost(string, tag = "2")]
    altitude_source: String,
}

#[derive(Clone, PartialEq, Message)]
struct Track {
    #[prost(double, tag = "1")]
    speed_mps: f64,
    #[prost(double, tag = "2")]
    course_deg: f64,
}

/// How messages are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// One a datagram.
    Mesh,
    /// One after another.
    Stream,
}

pub(crate) fn event(event: &Event, framing: Framing) -> Vec<u8> {
    let [lat, lon] = event.position_deg;
    let known = event.height_m != UNKNOWN;
    let detail = Detail {
        xml: format!("<remarks>{}</remarks>", event.remarks),
        contact: Some(Contact { callsign: event.callsign.clone() }),
        precision: known.then(|| PrecisionLocation { altitude_source: "BARO".into() }),
        track: event.track.map(|(course_deg, speed_mps)| Track { speed_mps, course_deg }),
    };
    let message = CotEvent {
        kind: event.kind.clone(),
        uid: event.uid.clone(),
        send_ms: millis(event.time),
        start_ms: millis(event.time),
        stale_ms: millis(event.stale),
        how: HOW.into(),
        lat,
        lon,
        hae: event.height_m,
        ce: event.radius_m,
        le: UNKNOWN,
        detail: Some(detail),
    };
    framed(message, framing)
}

/// The message that takes `uid` off the map.
pub(crate) fn delete(uid: &str, now: Time, framing: Framing) -> Vec<u8> {
    let xml = format!("<link uid=\"{uid}\" relation=\"p-p\" type=\"a-u-A\"/><__forcedelete/>");
    let message = CotEvent {
        kind: cot::DELETE.into(),
        uid: format!("{uid}.end"),
        send_ms: millis(now),
        start_ms: millis(now),
        stale_ms: millis(now.plus_seconds(30.0)),
        how: HOW.into(),
        hae: UNKNOWN,
        ce: UNKNOWN,
        le: UNKNOWN,
        detail: Some(Detail { xml, ..Detail::default() }),
        ..CotEvent::default()
    };
    framed(message, framing)
}

fn framed(event: CotEvent, framing: Framing) -> Vec<u8> {
    let message = TakMessage { event: Some(event) };
    let mut out = match framing {
        Framing::Mesh => vec![MAGIC, VERSION, MAGIC],
        Framing::Stream => vec![MAGIC],
    };
    match framing {
        Framing::Mesh => out.extend(message.encode_to_vec()),
        Framing::Stream => out.extend(message.encode_length_delimited_to_vec()),
    }
    out
}

fn millis(time: Time) -> u64 {
    u64::try_from(time.unix_millis()).unwrap_or(0)
}

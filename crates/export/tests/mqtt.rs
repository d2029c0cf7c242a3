//! What an MQTT broker is given of a released picture, and what is made of what it says.

mod common;

use accord::{AlertKind, AlertSet, AlertState, ObjectKind, OwnNumber, Subject};
use common::{ALL, airliner, at, helicopter, mirrors, party, policy};
use export::mqtt::packet::{self, Defect, Heard, Hello, Qos, Reason, Terms};
use export::mqtt::{Message, State, Topics};
use export::{Mirror, tables};
use proptest::prelude::*;
use serde_json::{Value, json};

fn json_of(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("JSON")
}

/// Topic and payload of each; an empty one as null.
fn said(messages: &[Message]) -> Vec<(&str, Value)> {
    let of = |message: &'_ Message| match message.payload.as_slice() {
        [] => Value::Null,
        bytes => json_of(bytes),
    };
    messages.iter().map(|message| (message.topic.as_str(), of(message))).collect()
}

#[test]
fn a_track_is_a_message_with_its_place_and_what_geojson_says_of_it() {
    let mirror = mirrors(&policy(ALL, ""), &[vec![airliner(1, at(0))]]).remove(0);
    let messages = Topics::new("air/xxa", true).update(Some(&mirror));
    let collection = json_of(&tables::geojson(&mirror).expect("something stands"));
    let feature = &collection["features"][0];
    let mut expected = feature["properties"].clone();
    expected["id"] = feature["id"].clone();
    expected["lat_deg"] = json!(42.5);
    expected["lon_deg"] = json!(74.25);
    let topic = format!("air/xxa/tracks/{}", feature["id"]);
    assert_eq!(said(&messages), [(topic.as_str(), expected)]);
    assert_eq!((messages[0].retain, messages[0].expires_s), (true, Some(120)));
}

#[test]
fn an_alert_is_a_message_where_an_article_grants_alerts() {
    let alerts = r#"
[[article]]
number = "2"
kind = "release.alerts"
from = ["XXA"]
to = ["XXB"]
area = [{ anywhere = true }]
fields = ["alerts", "content"]
"#;
    let alert = |time| Subject {
        position: airliner(1, time).position,
        alerts: AlertSet::EMPTY.with(AlertKind::LostTrack),
        alert_state: AlertState::Raised,
        content: br#"{"rule":"lost_track","severity":"caution"}"#.to_vec(),
        tracks: vec![OwnNumber(1)],
        ..Subject::bare(OwnNumber(1 << 48), ObjectKind::Alert, time)
    };
    // An alert is told of tracks that were told before it.
    let pictures = || [vec![airliner(1, at(0))], vec![airliner(1, at(1)), alert(at(1))]];
    let of = |articles: &str| {
        let mirror = mirrors(&policy(ALL, articles), &pictures()).remove(1);
        let messages = Topics::new("air", true).update(Some(&mirror));
        let alert = messages.into_iter().find(|message| message.topic.contains("/alerts/"));
        let track = mirror.tracks().next().expect("it is told").item.number.0;
        (track, alert.map(|message| json_of(&message.payload)))
    };
    assert_eq!(of("").1, None);
    let (track, alert) = of(alerts);
    let alert = alert.expect("it is granted");
    assert_eq!(alert["kinds"], json!(["lost-track"]));
    assert_eq!((&alert["state"], &alert["tracks"]), (&json!("raised"), &json!([track])));
    assert_eq!(alert["content"], json!({"rule": "lost_track", "severity": "caution"}));
}

#[test]
fn what_ends_is_emptied_once_the_broker_has_it_and_again_where_that_is_not_sure() {
    let (one, two) = (airliner(1, at(0)), helicopter(2, at(0)));
    let told = mirrors(&policy(ALL, ""), &[vec![one, two], vec![airliner(1, at(1))]]);
    let mut topics = Topics::new("air", true);
    let whole = topics.update(Some(&told[0]));
    topics.taken();
    assert_eq!(whole.len(), 2);
    assert_eq!(topics.update(Some(&told[0])), [], "nothing was told anew");
    let gone: Vec<String> = emptied(&topics.update(Some(&told[1])));
    assert_eq!(gone.len(), 1);
    assert_eq!(emptied(&topics.update(Some(&told[1]))), gone, "it was not said to be taken");
    topics.taken();
    assert_eq!(emptied(&topics.update(Some(&told[1]))), Vec::<String>::new());
    // The connection broke off: all that stands again.
    topics.begin();
    assert_eq!(topics.update(Some(&told[1])).len(), 1);
    // Nothing stands: an accord is suspended, and the connection breaks off before that is said.
    assert_eq!(emptied(&topics.update(None)).len(), 1);
    topics.begin();
    assert_eq!(emptied(&topics.update(None)).len(), 1);
    topics.taken();
    assert_eq!(topics.update(None), []);
}

fn emptied(messages: &[Message]) -> Vec<String> {
    let empty = messages.iter().filter(|message| message.payload.is_empty());
    empty.map(|message| message.topic.clone()).collect()
}

#[test]
fn a_mirror_that_forgot_empties_every_topic() {
    let mut mirror: Mirror = mirrors(&policy(ALL, ""), &[vec![airliner(1, at(0))]]).remove(0);
    let mut topics = Topics::new("air", false);
    assert_eq!(topics.update(Some(&mirror)).len(), 1);
    mirror.forget();
    let messages = topics.update(Some(&mirror));
    assert_eq!((emptied(&messages).len(), messages[0].retain), (1, false));
    assert_eq!(Mirror::new(party("XXB")).len(), 0);
}

#[test]
fn packets_are_those_of_the_standard_octet_for_octet() {
    let will = Topics::new("a/b", true).state(State::Offline, 1.0);
    let hello = Hello {
        client: "c",
        keep_alive_s: 10,
        user: Some("u"),
        password: Some(b"p"),
        will: &will,
        qos: Qos::AtLeastOnce,
    };
    let payload = br#"{"state":"offline","period_s":1.0}"#;
    let mut expected: Vec<u8> = vec![0x10, 98];
    // 3.1.2: protocol name, version, flags (user, password, will retained with QoS 1, clean start).
    expected.extend(b"\x00\x04MQTT\x05\xee\x00\x0a");
    // Maximum packet size 4096.
    expected.extend(b"\x05\x27\x00\x00\x10\x00");
    expected.extend(b"\x00\x01c");
    expected.extend(b"\x15\x01\x01\x03\x00\x10application/json\x00\x09a/b/state");
    expected.extend([0, payload.len() as u8]);
    expected.extend(payload);
    expected.extend(b"\x00\x01u\x00\x01p");
    expected[1] = (expected.len() - 2) as u8;
    assert_eq!(packet::connect(&hello), expected);
    let message = |payload: &[u8]| Message {
        topic: "a/b".into(),
        payload: payload.to_vec(),
        retain: true,
        expires_s: Some(120),
    };
    let mut out = Vec::new();
    packet::publish(&message(b""), None, &mut out);
    // 3.3: retained, QoS 0, topic, no properties, nothing.
    assert_eq!(out, b"\x31\x06\x00\x03a/b\x00");
    out.clear();
    packet::publish(&message(b"{}"), Some(7), &mut out);
    let expected =
        b"\x33\x24\x00\x03a/b\x00\x07\x1a\x01\x01\x03\x00\x10application/json\x02\x00\x00\x00\x78{}";
    assert_eq!(out, expected);
}

#[test]
fn what_a_broker_says_is_read_by_the_standard() {
    let open = Terms {
        refused: None,
        waiting_max: u16::MAX,
        qos_max: Qos::AtLeastOnce,
        retains: true,
        bytes_max: None,
        keep_alive_s: None,
    };
    let check = |bytes: &[u8], expected: Heard| {
        assert_eq!(packet::read(bytes), Ok(Some((expected, bytes.len()))));
        for count in 0..bytes.len() {
            assert_eq!(packet::read(&bytes[..count]), Ok(None), "{count} of {bytes:?}");
        }
    };
    check(b"\x20\x03\x00\x00\x00", Heard::Connack(open.clone()));
    // As mosquitto 2 answers: topic alias maximum 10, receive maximum 20.
    check(
        b"\x20\x09\x00\x00\x06\x22\x00\x0a\x21\x00\x14",
        Heard::Connack(Terms { waiting_max: 20, ..open.clone() }),
    );
    let poor = Terms {
        qos_max: Qos::AtMostOnce,
        retains: false,
        bytes_max: Some(1024),
        keep_alive_s: Some(5),
        ..open.clone()
    };
    check(
        b"\x20\x0f\x00\x00\x0c\x24\x00\x25\x00\x27\x00\x00\x04\x00\x13\x00\x05",
        Heard::Connack(poor),
    );
    let words = Some("no".to_owned());
    let refused = Terms { refused: Some(Reason { code: 0x87, words: words.clone() }), ..open };
    check(b"\x20\x08\x00\x87\x05\x1f\x00\x02no", Heard::Connack(refused));
    check(b"\x40\x02\x00\x07", Heard::Puback(7, None));
    check(b"\x40\x03\x00\x07\x10", Heard::Puback(7, None));
    let unauthorized = Reason { code: 0x87, words: None };
    check(b"\x40\x04\x00\x07\x87\x00", Heard::Puback(7, Some(unauthorized)));
    check(b"\xd0\x00", Heard::Pingresp);
    check(b"\xe0\x00", Heard::Disconnect(Reason { code: 0, words: None }));
    check(b"\xe0\x07\x8b\x05\x1f\x00\x02no", Heard::Disconnect(Reason { code: 0x8b, words }));

    let wrong = |bytes: &[u8], defect| assert_eq!(packet::read(bytes), Err(defect), "{bytes:?}");
    // A message, though nothing was subscribed to; flags that the type does not have.
    wrong(b"\x30\x05\x00\x01a\x00x", Defect::NotAsked { first: 0x30 });
    wrong(b"\x21\x03\x00\x00\x00", Defect::NotAsked { first: 0x21 });
    wrong(b"\xd0\xff\xff\xff\xff\x01", Defect::Length);
    wrong(b"\x20\x81\x20", Defect::Length);
    wrong(b"\x20\x02\x00\x00", Defect::Malformed { first: 0x20 });
    wrong(b"\x20\x06\x00\x00\x03\x21\x00\x00", Defect::Malformed { first: 0x20 });
    wrong(b"\x40\x01\x00", Defect::Malformed { first: 0x40 });
    wrong(b"\x40\x06\x00\x07\x00\x05\x1f\x00", Defect::Malformed { first: 0x40 });
}

proptest! {
    #[test]
    fn a_broker_that_misbehaves_is_a_defect(
        first in prop::sample::select(vec![0x20_u8, 0x40, 0xd0, 0xe0, 0x30]),
        rest in prop::collection::vec(any::<u8>(), 0..64),
        honest in any::<bool>(),
    ) {
        let mut bytes = vec![first];
        if honest {
            bytes.push(rest.len() as u8);
        }
        bytes.extend(rest);
        if let Ok(Some((_, length))) = packet::read(&bytes) {
            prop_assert!((2..=bytes.len()).contains(&length));
        }
    }
}

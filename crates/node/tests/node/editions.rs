//! Sensors that speak different editions of one category on one feed.

use asterix::{Editions, Fields};
use node::config::parse;
use node::event::{ConsoleId, Event, FeedIndex, Handle, Outbox};
use node::replay::Recording;
use node::setup::{Occasion, engine};
use node::wire::{ServerMessage, SourceKind};
use std::collections::BTreeMap;
use surveillance::Time;

const FEED: FeedIndex = FeedIndex(0);

fn start() -> Time {
    "2026-11-28T06:00:00Z".parse().expect("an instant")
}

/// One report of sensor 1/`sic`, as a datagram.
fn report(sic: u8, edition: &str, [address, time]: [&str; 2], ago_s: f64, now: Time) -> Vec<u8> {
    let spec = Editions::known().find(|spec| (spec.category, spec.edition) == (21, edition));
    let mut fields = Fields::new(spec.expect("a table"));
    let set = |fields: &mut Fields| -> Result<(), asterix::FieldError> {
        fields.set_raw("010/SAC", 1)?.set_raw("010/SIC", sic.into())?;
        fields.set_raw("040/ATP", u64::from(edition == "0.26"))?;
        fields.set_raw(address, 0x60_0000 + u64::from(sic))?;
        let since_midnight = now.plus_seconds(-ago_s).time_of_day().as_secs_f64();
        fields.set_value(time, since_midnight)?;
        // 200 m/s to the north.
        let lat = 42.0 + f64::from(sic) * 0.5 + (now.seconds_since(start()) - ago_s) * 0.0018;
        fields.set_value("130/LAT", lat)?.set_value("130/LON", 74.5)?;
        fields.set_value("145", 350.0)?;
        Ok(())
    };
    set(&mut fields).expect("it has these elements");
    let mut datagrams = asterix::Datagrams::new(1_472);
    datagrams.push(&fields).expect("it fits");
    datagrams.finish().expect("a datagram")
}

/// Latitude of each address that the picture has after ten seconds.
fn seen(editions: &str) -> BTreeMap<String, f64> {
    let text = format!(
        "[[feed]]\nname = \"radars\"\nformat = \"asterix\"\nudp = \"127.0.0.1:8600\"\neditions = {editions}\n\
         [[sensor]]\nsac = 1\nsic = 1\nname = \"old\"\nkind = \"adsb\"\n\
         [[sensor]]\nsac = 1\nsic = 2\nname = \"new\"\nkind = \"adsb\"\n"
    );
    let config = parse("node.toml", &text).expect("a configuration");
    let occasion = Occasion { source: SourceKind::Live, notice: None, started: start() };
    let mut engine = engine(&config, occasion);
    let (mut address, mut latitude) = (BTreeMap::new(), BTreeMap::new());
    let mut happen = |event: Event, now: Time| {
        let mut outbox = Outbox::default();
        engine.handle(&event, now, &mut outbox);
        for delivery in outbox.deliveries {
            let Ok(ServerMessage::Picture(picture)) = rmp_serde::from_slice(&delivery.body) else {
                continue;
            };
            for description in picture.descriptions {
                address.insert(description.number, description.address.unwrap_or_default());
            }
            for (number, lat) in picture.states.number.iter().zip(&picture.states.lat_e6) {
                latitude.insert(*number, f64::from(*lat) / 1e6);
            }
        }
    };
    happen(Event::FeedConnected { feed: FEED }, start());
    happen(Event::ConsoleJoined { console: ConsoleId(1) }, start());
    for second in 1..=10 {
        let now = start().plus_seconds(f64::from(second));
        for bytes in [
            report(1, "0.26", ["080", "030"], 0.25, now),
            report(2, "2.7", ["080", "073"], 0.25, now),
        ] {
            happen(Event::Received { feed: FEED, bytes, source: None }, now);
        }
        happen(Event::Tick, now.plus_seconds(0.1));
    }
    let of = |(number, lat)| Some((address.get(&number)?.clone(), lat));
    latitude.into_iter().filter_map(of).collect()
}

#[test]
fn each_sensor_is_read_by_the_edition_that_the_feed_says_for_it() {
    let found = seen(r#"["1/1:21=0.26"]"#);
    assert_eq!(found.keys().collect::<Vec<_>>(), ["600001", "600002"]);
    for (address, sic) in [("600001", 1.0), ("600002", 2.0)] {
        let expected = 42.0 + sic * 0.5 + 10.0 * 0.0018;
        assert!((found[address] - expected).abs() < 0.003, "{address}: {}", found[address]);
    }
    // By the newest alone the old one's octets mean nothing that could be believed.
    assert!(!seen("[]").contains_key("600001"));
    // By the old one alone the new one's do not.
    assert!(!seen(r#"["21=0.26"]"#).contains_key("600002"));
}

#[test]
fn a_file_is_read_by_the_editions_on_which_all_feeds_agree() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("evening.ast");
    std::fs::write(&file, report(1, "0.26", ["080", "030"], 0.25, start())).expect("it is written");
    let rules = |feeds: [&str; 2], given: &[&str]| -> Result<Vec<String>, String> {
        let of = |(name, editions): (&str, &str)| {
            let address = if name == "a" { "127.0.0.1:8600" } else { "127.0.0.1:8601" };
            let known = format!("[[feed]]\nname = \"{name}\"\nformat = \"asterix\"\n");
            format!("{known}udp = \"{address}\"\neditions = {editions}\n")
        };
        let text = [("a", feeds[0]), ("b", feeds[1])].map(of).concat();
        let config = parse("node.toml", &text).expect("a configuration");
        let given: Vec<String> = given.iter().map(|rule| (*rule).to_owned()).collect();
        let recording = Recording::open(&file, config, &given).map_err(|e| e.to_string())?;
        Ok(recording.config.feeds[0].editions.clone())
    };
    let old = r#"["21=0.26"]"#;
    assert_eq!(rules([old, old], &[]).expect("they agree"), ["21=0.26"]);
    let of_sensors = [r#"["1/1:21=0.26"]"#, r#"["1/2:21=2.1"]"#];
    assert_eq!(rules(of_sensors, &[]).expect("of others"), ["1/1:21=0.26", "1/2:21=2.1"]);
    let refused = rules([old, "[]"], &[]).expect_err("they do not agree");
    let said = "the feeds a and b read CAT021 by different editions";
    assert!(refused.contains(said) && refused.contains("--edition"), "{refused}");
    assert_eq!(rules([old, "[]"], &["21=2.7"]).expect("it was said"), ["21=2.7"]);
    // What they agree on stays; the order and the newest said aloud are no difference.
    let both = [r#"["48=1.27", "21=0.26"]"#];
    let refused =
        rules([both[0], r#"["48=1.31", "21=0.26"]"#], &[]).expect_err("of CAT048 they do not");
    assert!(refused.contains("CAT048"), "{refused}");
    let kept = rules([both[0], r#"["48=1.31", "21=0.26"]"#], &["48=1.31"]).expect("it was said");
    assert_eq!(kept, ["21=0.26", "48=1.31"]);
    assert_eq!(
        rules([both[0], r#"["21=0.26", "48=1.27"]"#], &[]).expect("they agree"),
        ["21=0.26", "48=1.27"]
    );
    let newest = r#"["21=2.7"]"#;
    assert!(rules([newest, "[]"], &[]).expect("they agree").is_empty());
    // One sensor by two editions is not decided by which feed comes last.
    let refused =
        rules([r#"["1/1:21=0.26"]"#, r#"["1/1:21=2.1"]"#], &[]).expect_err("of one sensor");
    assert!(refused.contains("CAT021 of 1/1"), "{refused}");
}

#[test]
fn a_feed_with_editions_that_there_are_not_is_refused_with_those_that_there_are() {
    let refused = |lines: &str| {
        let text = format!("[[feed]]\nname = \"a\"\n{lines}\n");
        parse("node.toml", &text).expect_err("it is wrong").to_string()
    };
    let radar = "format = \"asterix\"\nudp = \"127.0.0.1:8600\"\n";
    let found = refused(&format!("{radar}editions = [\"48=9.9\"]"));
    assert!(found.starts_with("node.toml:1:1: feed[0]: editions: no tables for CAT048"), "{found}");
    assert!(found.contains("there are") && found.contains("1.32"), "{found}");
    let found = refused(&format!("{radar}editions = [\"radar=1\"]"));
    assert!(found.contains("`radar=1` is not CATEGORY=EDITION"), "{found}");
    let found = refused("format = \"beast\"\nconnect = \"a:1\"\neditions = [\"48=1.32\"]");
    assert!(found.ends_with("beast has no editions; remove editions"), "{found}");
}

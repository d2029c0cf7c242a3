//! What each format says of a released picture, and what it does not.

mod common;

use accord::Subject;
use common::{ALL, airliner, at, helicopter, mirrors, party, policy, stranger};
use export::{Mirror, Stream, StreamFormat, readsb, tables};
use modes::{SbsMessage, SbsSplitter};
use serde_json::{Value, json};
use surveillance::{Address, SensorId};

const STREAMS: [StreamFormat; 5] = [
    StreamFormat::Sbs,
    StreamFormat::Cot,
    StreamFormat::TakMesh,
    StreamFormat::TakStream,
    StreamFormat::Asterix(SensorId { sac: 0, sic: 7 }),
];

/// Two aircraft, all of them granted.
fn mirror(fields: &str, precision: &str) -> Mirror {
    let picture = vec![airliner(1, at(0)), helicopter(2, at(0)), stranger(3, at(0))];
    mirrors(&policy(fields, precision), &[picture]).remove(0)
}

fn text(pieces: &[Vec<u8>]) -> String {
    String::from_utf8(pieces.concat()).expect("text")
}

fn json_of(bytes: Option<Vec<u8>>) -> Value {
    serde_json::from_slice(&bytes.expect("something stands")).expect("JSON")
}

#[test]
fn aircraft_json_has_what_was_told_in_readsbs_units_and_nothing_for_what_was_not() {
    let found = json_of(readsb::aircraft(&mirror(ALL, "")));
    assert_eq!(found["now"], json!(at(0).unix_seconds()));
    let aircraft = found["aircraft"].as_array().expect("a list");
    assert_eq!(aircraft.len(), 2, "{aircraft:?}");
    let of = |hex: &str| aircraft.iter().find(|one| one["hex"] == hex).expect("it is there");
    let expected = json!({
        "hex": "601234", "type": "other", "flight": "KGZ101  ", "alt_baro": 35_000,
        "gs": 400.7, "track": 104.0, "baro_rate": 1000, "squawk": "4321", "category": "A3",
        "lat": 42.5, "lon": 74.25, "rc": 49.0, "seen_pos": 0.0, "mlat": [], "tisb": [],
        "messages": 1, "seen": 0.0,
    });
    assert_eq!(of("601234"), &expected);
    let silent = aircraft.iter().find(|one| one["hex"] != "601234").expect("it is there");
    let hex = silent["hex"].as_str().expect("a text");
    assert!(hex.starts_with('~'), "{hex}");
    for absent in ["flight", "alt_baro", "gs", "track", "baro_rate", "squawk", "rc"] {
        assert_eq!(silent.get(absent), None, "{absent}");
    }
}

/// What tar1090's page takes a field of an aircraft for (readsb, README-json.md; the page's own script reads
/// no unit or type but these).
fn as_tar1090_reads(field: &str, value: &Value) -> bool {
    const SOURCES: [&str; 13] = [
        "adsb_icao",
        "adsb_icao_nt",
        "adsr_icao",
        "tisb_icao",
        "adsc",
        "mlat",
        "other",
        "mode_s",
        "adsb_other",
        "adsr_other",
        "tisb_other",
        "tisb_trackfile",
        "unknown",
    ];
    let number = |low: f64, high: f64| value.as_f64().is_some_and(|n| (low..high).contains(&n));
    let text = |is: fn(&str) -> bool| value.as_str().is_some_and(is);
    let octal = |c: char| ('0'..='7').contains(&c);
    match field {
        // Digits in small letters are the key of an aircraft; a tilde says that they are not ICAO's.
        "hex" => text(|t| {
            let digits = t.strip_prefix('~').unwrap_or(t);
            digits.len() == 6 && digits.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
        }),
        "type" => value.as_str().is_some_and(|source| SOURCES.contains(&source)),
        "flight" => text(|t| t.len() == 8),
        // Feet, or the word.
        "alt_baro" => number(-2_000.0, 130_000.0) || value == "ground",
        // Knots; degrees from true north; feet a minute.
        "gs" => number(0.0, 5_000.0),
        "track" => number(0.0, 360.0),
        "baro_rate" => number(-50_000.0, 50_000.0),
        // A text: as a number 0021 would be 21.
        "squawk" => value.as_str().is_some_and(|t| t.len() == 4 && t.chars().all(octal)),
        "category" => text(|t| matches!(t.as_bytes(), [b'A'..=b'D', b'0'..=b'7'])),
        "lat" => number(-90.0, 90.1),
        "lon" => number(-180.0, 180.0),
        // Metres; seconds before `now`.
        "rc" => number(0.0, 1e7),
        "seen_pos" | "seen" => number(0.0, 1e6),
        // Which of the fields came so, by name.
        "mlat" | "tisb" => value.as_array().is_some_and(|all| all.iter().all(Value::is_string)),
        "messages" => value.is_u64(),
        _ => false,
    }
}

#[test]
fn every_field_of_aircraft_json_is_one_that_tar1090_reads_in_the_unit_and_type_that_it_reads() {
    let ground = Subject { on_ground: true, ..airliner(4, at(0)) };
    let picture = vec![airliner(1, at(0)), helicopter(2, at(0)), ground];
    let mirrors = mirrors(&policy(ALL, ""), &[picture.clone(), picture]);
    let mut last = f64::MIN;
    for mirror in &mirrors {
        let bytes = readsb::aircraft(mirror);
        let file = json_of(bytes.clone());
        let aircraft = file["aircraft"].as_array().expect("a list");
        assert_eq!(aircraft.len(), 3);
        for one in aircraft {
            for (field, value) in one.as_object().expect("an object") {
                assert!(as_tar1090_reads(field, value), "{field}: {value}");
            }
            // It puts nobody in its table without these, and nobody on its map without a place and its age.
            for needed in ["hex", "type", "seen", "messages", "lat", "lon", "seen_pos"] {
                assert!(one.get(needed).is_some(), "{needed} of {one}");
            }
        }
        // What is not later than what it has, it passes over.
        let now = file["now"].as_f64().expect("a time");
        assert!(now > last && file["messages"].is_u64(), "{file}");
        last = now;
        // A history is an aircraft.json of before.
        let mut history = readsb::History::default();
        history.take(mirror, bytes.as_deref());
        assert_eq!(history.get(0), bytes.as_deref());
    }
}

#[test]
fn receiver_json_sends_tar1090_to_no_file_that_there_is_not() {
    let receiver = json_of(Some(readsb::receiver(1.0, 3)));
    assert!(receiver["version"].is_string());
    // Milliseconds between two looks; how many histories it may ask for.
    assert_eq!((&receiver["refresh"], &receiver["history"]), (&json!(1000), &json!(3)));
    // Each of these makes it ask for others: tiles of the globe, their binary form, traces, a data base.
    for absent in
        ["globeIndexGrid", "binCraft", "zstd", "haveTraces", "json_trace_interval", "dbServer"]
    {
        assert_eq!(receiver.get(absent), None, "{absent}");
    }
}

#[test]
fn an_address_that_is_withheld_is_in_no_format() {
    let mirror = mirror(r#""position", "level", "velocity""#, "");
    for form in STREAMS {
        let bytes = Stream::new(form).update(&mirror).concat();
        let lower = String::from_utf8_lossy(&bytes).to_lowercase();
        for secret in ["601234", "kgz101", "4321"] {
            assert!(!lower.contains(secret), "{form:?} tells {secret}");
        }
        let raw = [0x60, 0x12, 0x34];
        assert!(!bytes.windows(3).any(|three| three == raw), "{form:?} tells the address");
    }
    let whole = [readsb::aircraft(&mirror), tables::geojson(&mirror), tables::csv(&mirror)];
    for bytes in whole.into_iter().chain([tables::kml(&mirror), tables::geoparquet(&mirror)]) {
        let lower = String::from_utf8_lossy(&bytes.expect("something stands")).to_lowercase();
        assert!(!lower.contains("601234") && !lower.contains("kgz101"), "{lower}");
    }
}

#[test]
fn sbs_lines_are_what_our_own_reader_reads() {
    let bytes = Stream::new(StreamFormat::Sbs).update(&mirror(ALL, "")).concat();
    let mut found: Vec<SbsMessage> = Vec::new();
    SbsSplitter::default().push(&bytes, &mut |read| found.push(read.expect("a sound line")));
    let airliner: Vec<_> = found.iter().filter(|m| m.address == Address::icao(0x60_1234)).collect();
    let kinds: Vec<u8> = airliner.iter().map(|message| message.kind).collect();
    assert_eq!(kinds, [1, 3, 4, 6]);
    assert_eq!(airliner[0].callsign.expect("a callsign").as_str(), "KGZ101");
    let place = airliner[1].position.expect("a position");
    assert!((place.latitude_deg() - 42.5).abs() < 1e-7, "{place:?}");
    assert!((airliner[1].altitude_m.expect("a level") - 10_668.0).abs() < 0.2);
    assert!((airliner[2].ground_speed_mps.expect("a speed") - 206.155).abs() < 0.1);
    assert_eq!(airliner[3].squawk.expect("a code").to_string(), "4321");
    assert_eq!(airliner[1].generated, Some(at(0)));
    let silent: Vec<_> = found.iter().filter(|m| m.address != Address::icao(0x60_1234)).collect();
    assert_eq!(silent.len(), 1, "a position and nothing else: {silent:?}");
    assert_eq!((silent[0].altitude_m, silent[0].callsign), (None, None));
}

#[test]
fn cursor_on_target_says_who_it_is_by_identity_and_craft() {
    let events = text(&Stream::new(StreamFormat::Cot).update(&mirror(ALL, "")));
    let lines: Vec<&str> = events.lines().collect();
    assert_eq!(lines.len(), 2, "{events}");
    assert!(lines.iter().any(|l| l.contains("type=\"a-n-A-C-F\"") && l.contains("KGZ101")));
    // Nobody said whose the helicopter is, and CoT has no helicopter of nobody.
    assert!(lines.iter().any(|line| line.contains("type=\"a-u-A\"")), "{events}");
    let unknown = "hae=\"9999999\"";
    assert_eq!(events.matches(unknown).count(), 1, "a level that is not known: {events}");
}

#[test]
fn what_ends_is_taken_off_the_map_by_the_uid_it_had() {
    let pictures = [vec![airliner(1, at(0))], vec![], vec![]];
    let mut stream = Stream::new(StreamFormat::Cot);
    let told: Vec<String> =
        mirrors(&policy(ALL, ""), &pictures).iter().map(|m| text(&stream.update(m))).collect();
    let uid = told[0].split("uid=\"").nth(1).and_then(|rest| rest.split('"').next());
    let uid = uid.expect("a uid");
    assert!(told[1].contains("t-x-d-d") && told[1].contains(&format!("link uid=\"{uid}\"")));
    assert_eq!(told[2], "");
}

#[test]
fn a_coarse_position_says_how_coarse_it_is() {
    let mirror = mirror(r#""position""#, "precision = { position_nm = 5.0 }");
    let found = json_of(readsb::aircraft(&mirror));
    // 5 NM / √12 on each axis, 95 % of a circle.
    let rc = found["aircraft"][0]["rc"].as_f64().expect("a radius");
    assert!((rc - 9260.0 / 12_f64.sqrt() * 5.991_464_547_f64.sqrt()).abs() < 0.1, "{rc}");
    assert_eq!(found["aircraft"][0].get("gs"), None);
}

#[test]
fn asterix_is_read_back_as_it_was_told() {
    let form = StreamFormat::Asterix(SensorId { sac: 0, sic: 7 });
    let datagrams = Stream::new(form).update(&mirror(ALL, ""));
    let blocks = datagrams.iter().flat_map(|datagram| asterix::blocks(datagram));
    let categories: Vec<u8> = blocks.map(|block| block.expect("a block").category()).collect();
    assert_eq!(categories, [65, 62, 63, 65]);
}

#[test]
fn what_was_released_to_another_or_out_of_order_is_not_taken() {
    let policy = policy(ALL, "");
    let mut feed = accord::PartnerFeed::new(party("XXB"), accord::Cadence::default());
    let mut next = |second| {
        let picture = [airliner(1, at(second))];
        feed.update(at(second), &policy, &picture).expect("in force")
    };
    let (first, second, third) = (next(0), next(1), next(2));
    let mut mirror = Mirror::new(party("XXC"));
    assert!(!mirror.apply(&first) && mirror.is_empty());
    let mut mirror = Mirror::new(party("XXB"));
    assert!(mirror.apply(&first));
    assert!(!mirror.apply(&first), "twice");
    // One is missing: what stands may be wrong, so nothing stands until the feed begins anew.
    assert!(!mirror.apply(&third) && mirror.is_empty() && mirror.is_broken());
    assert!(!mirror.apply(&second));
    feed.begin_anew();
    let anew = feed.update(at(3), &policy, &[airliner(1, at(3))]).expect("in force");
    assert!(mirror.apply(&anew) && mirror.len() == 1);
}

#[test]
fn history_goes_round_and_is_forgotten_with_the_picture() {
    let pictures: Vec<_> = (0..95).map(|second| vec![airliner(1, at(second))]).collect();
    let mut history = readsb::History::default();
    let mut last = None;
    for mirror in mirrors(&policy(ALL, ""), &pictures) {
        history.take(&mirror, readsb::aircraft(&mirror).as_deref());
        last = Some(mirror);
    }
    assert_eq!(history.len(), 4, "at 0, 30, 60 and 90 s");
    let mut mirror = last.expect("a mirror");
    mirror.forget();
    history.take(&mirror, readsb::aircraft(&mirror).as_deref());
    assert!(history.is_empty());
}

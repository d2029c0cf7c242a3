//! A node with airspace, permissions, plans and rules from files and a feed: what a short scenario
//! opens, and what is told of messages that nothing could be done with.

use crate::sbs::northbound;
use asterix::{Datagrams, Editions, Fields};
use geodesy::units::METRES_PER_NM;
use node::config::Config;
use node::engine::Engine;
use node::event::{ConsoleId, Event, FeedIndex, Handle, Outbox};
use node::setup::{Occasion, engine};
use node::wire::{self, ClientMessage, ServerMessage, SourceKind};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use surveillance::Time;

const AIR: FeedIndex = FeedIndex(0);
const PLANS: FeedIndex = FeedIndex(1);
const ASTERIX: FeedIndex = FeedIndex(2);
const CONSOLE: ConsoleId = ConsoleId(1);

const CONFIG: &str = r#"
[intent]
airspace = ["air.geojson"]
permissions = ["permissions.toml"]
aerodromes = ["aerodromes.csv"]
points = ["points.csv"]
plans = ["plans.txt"]

[[alerts.qnh]]
aerodrome = "UCAA"
radius_nm = 200
hpa = 1013.25
until = "2026-11-29T00:00:00Z"

[[alerts.site]]
name = "in UCP5 without leave"
when = "inside('UCP5') && !has_permission"

[[alerts.site]]
name = "in UCP5 by leave"
when = "inside('UCP5') && has_permission"

[[feed]]
name = "hill"
format = "sbs"
connect = "127.0.0.1:30003"
lat = 41.1
lon = 75.5

[[feed]]
name = "plans"
format = "plans"
listen = "127.0.0.1:8700"

[[feed]]
name = "centre"
format = "asterix"
udp = "127.0.0.1:8601"
"#;

const PERMISSIONS: &str = r#"
[[permission]]
name = "1"
party = "XXA"
callsign = "TST1"
airspaces = ["KARA TMA"]
from = 2026-11-28T00:00:00Z
until = 2026-11-29T00:00:00Z

[[permission]]
name = "2"
party = "XXA"
callsign = "TST8"
airspaces = ["UCP5", "KARA TMA"]
from = 2026-11-28T00:00:00Z
until = 2026-11-29T00:00:00Z
"#;

/// UCP5 has two parts of one name, the first of them far away, and its limits are above the sea.
const AIR_FILE: [(&str, &str, &str, [f64; 4]); 4] = [
    ("UCP5", "prohibited", "FL450", [60.0, 60.2, 41.0, 41.2]),
    ("UCP5", "prohibited", "14000 m MSL", [75.4, 75.6, 41.05, 41.6]),
    ("KARA TMA", "tma", "FL450", [75.2, 75.8, 40.5, 41.8]),
    ("XXB", "territory", "UNL", [73.0, 80.0, 42.05, 44.0]),
];

fn geojson() -> String {
    let features = AIR_FILE.map(|(name, kind, upper, [west, east, south, north])| {
        format!(
            r#"{{"type":"Feature","properties":{{"name":"{name}","kind":"{kind}","lower":"GND",
            "upper":"{upper}","party":"XXB"}},"geometry":{{"type":"Polygon","coordinates":[[
            [{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}}}"#
        )
    });
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

const PLAN: &str = "(FPL-KGZ101/A2511-IS-B738/M-S/C-UCAA0545-N0420F350 DCT AMIDI DCT BORDI DCT\n\
                    -UCBB0045-DOF/261128)\n(DEP-NOPLN-UCAA0545-UCBB-DOF/261128)\n";

fn at(seconds: f64) -> Time {
    let start: Time = "2026-11-28T06:00:00Z".parse().expect("an instant");
    start.plus_seconds(seconds)
}

/// A node of its files; the files are gone once it has read them.
fn node(name: &str) -> World {
    let folder: PathBuf =
        std::env::temp_dir().join(format!("entente-meant-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let aerodromes = "icao,lat,lon,elevation\nUCAA,40.0,74.0,0\nUCBB,45.0,74.0,0\n";
    let points = "ident,type,latitude_deg,longitude_deg\nAMIDI,waypoint,42.0,74.0\n\
                  BORDI,waypoint,43.0,74.0\n";
    for (file, text) in [
        ("node.toml", CONFIG),
        ("air.geojson", &geojson()),
        ("permissions.toml", PERMISSIONS),
        ("aerodromes.csv", aerodromes),
        ("points.csv", points),
        ("plans.txt", PLAN),
    ] {
        std::fs::write(folder.join(file), text).expect("a file");
    }
    let config = Config::load(&folder.join("node.toml")).expect("a configuration");
    let started = at(-600.0);
    let occasion = Occasion { source: SourceKind::Live, notice: None, started };
    let engine = engine(&config, occasion);
    std::fs::remove_dir_all(&folder).expect("its own folder");
    let mut world = World {
        engine,
        ahead_s: 0.0,
        alerts: None,
        sensors: None,
        selected: None,
        names: BTreeMap::new(),
    };
    for feed in [AIR, PLANS, ASTERIX] {
        world.happen(&Event::FeedConnected { feed }, -1.0);
    }
    world.happen(&Event::ConsoleJoined { console: CONSOLE }, -1.0);
    world
}

struct World {
    engine: Engine,
    /// By how much its clock is ahead.
    ahead_s: f64,
    alerts: Option<wire::Alerts>,
    sensors: Option<wire::Sensors>,
    selected: Option<wire::Selected>,
    /// Callsigns of all tracks that there were.
    names: BTreeMap<u32, String>,
}

/// Address, callsign, longitude, first latitude, and the code that it tells at a second; `None`: it
/// is not heard any more.
type Aircraft = (u32, &'static str, f64, f64, fn(u32) -> Option<&'static str>);

const AIRCRAFT: [Aircraft; 8] = [
    (0x60_1001, "TST1", 75.5, 41.0, |_| Some("2501")),
    (0x60_1002, "TST2", 76.5, 42.0, |_| Some("2502")),
    (0x60_1003, "KGZ101", 74.3, 41.0, |_| Some("2511")),
    (0x60_1004, "TST4", 76.0, 41.0, |s| Some(if s < 60 { "2504" } else { "2514" })),
    (0x60_1005, "TST5", 76.2, 40.6, |_| Some("3301")),
    (0x60_1006, "TST6", 74.9, 40.6, |_| Some("3301")),
    (0x60_1007, "TST7", 75.0, 41.0, |s| (s < 60).then_some("2507")),
    (0x60_1008, "TST8", 75.55, 41.2, |_| Some("2508")),
];

impl World {
    fn happen(&mut self, event: &Event, seconds: f64) {
        let mut outbox = Outbox::default();
        self.engine.handle(event, at(seconds + self.ahead_s), &mut outbox);
        for delivery in &outbox.deliveries {
            match rmp_serde::from_slice(&delivery.body).expect("a message") {
                ServerMessage::Alerts(alerts) => self.alerts = Some(alerts),
                ServerMessage::Sensors(sensors) => self.sensors = Some(sensors),
                ServerMessage::Selected(selected) => self.selected = Some(selected),
                _ => {}
            }
        }
    }

    fn hear(&mut self, feed: FeedIndex, text: String, seconds: f64) {
        let event = Event::Received { feed, bytes: text.into_bytes(), source: None };
        self.happen(&event, seconds);
    }

    /// Everybody flies north at 200 m/s in FL350.
    fn fly(&mut self, seconds: std::ops::Range<u32>) {
        for second in seconds {
            let now = f64::from(second);
            for (address, callsign, longitude, from, code) in AIRCRAFT {
                let Some(code) = code(second) else { continue };
                let latitude = from + now * 200.0 / (60.0 * METRES_PER_NM);
                let time = "2026/11/28,06:00:00.000,2026/11/28,06:00:00.000";
                let id = format!("{address:06X}");
                let text = format!("MSG,1,1,1,{id},1,{time},{callsign},,,,,,,,,,,\r\n")
                    + &northbound(&id, latitude, longitude, code);
                self.hear(AIR, text, now);
            }
            self.happen(&Event::Tick, now + 0.5);
            let name = |entry: &picture::Entry| {
                Some((entry.track.number.0, entry.track.codes.callsign?.to_string()))
            };
            self.names.extend(self.engine.entries().filter_map(name));
        }
    }

    /// Rules with an open or ended alert, and the callsign of whom it is about.
    fn fired(&self) -> BTreeSet<(String, String)> {
        let alerts = self.alerts.as_ref().expect("a list");
        let named = |row: &wire::AlertRow| -> Vec<(String, String)> {
            let names = row.tracks.iter().filter_map(|number| self.names.get(number).cloned());
            names.map(|name| (row.rule.clone(), name)).collect()
        };
        alerts.rows.iter().flat_map(named).collect()
    }
}

#[test]
fn a_node_of_files_and_feeds_opens_what_a_short_scenario_should_and_nothing_for_leave_that_holds() {
    let mut world = node("rules");
    world.hear(PLANS, "(DEP-KGZ101/A2511-UCAA0548-UCBB-DOF/261128)\n".into(), 0.5);
    world.fly(1..150);
    let fired = world.fired();
    println!("{fired:#?}");
    let told = |rule: &str, callsign: &str| fired.contains(&(rule.into(), callsign.into()));
    for (rule, callsign) in [
        ("area_infringed", "TST1"),
        ("in UCP5 without leave", "TST1"),
        ("in UCP5 by leave", "TST8"),
        ("border_crossed", "TST2"),
        ("route_departure", "KGZ101"),
        ("code_changed", "TST4"),
        ("duplicate_code", "TST5"),
        ("duplicate_code", "TST6"),
        ("lost_track", "TST7"),
    ] {
        assert!(told(rule, callsign), "{rule} {callsign}: {fired:#?}");
    }
    assert!(!told("area_infringed", "TST8") && !told("in UCP5 without leave", "TST8"));
    assert!(!told("in UCP5 by leave", "TST1"));
}

#[test]
fn the_map_is_given_the_airspaces_that_are_warned_of_whatever_became_of_their_files() {
    let airspaces = node("map").engine.airspaces();
    let mut names: Vec<&str> = airspaces.iter().map(|(_, airspace)| &*airspace.name).collect();
    names.sort_unstable();
    assert_eq!(names, ["KARA TMA", "UCP5", "UCP5", "XXB"]);
}

#[test]
fn leave_for_another_airspace_does_not_speak_for_who_is_in_a_prohibited_one() {
    let mut world = node("leave");
    world.fly(1..100);
    let mut said = |callsign: &str| -> Vec<String> {
        let entries = world.engine.entries();
        let of = |entry: &&picture::Entry| {
            entry.track.codes.callsign.is_some_and(|own| own.as_str() == callsign)
        };
        let number = entries.into_iter().find(of).expect("it").track.number.0;
        let message = ClientMessage::Select { number: Some(number) };
        world.happen(&Event::ConsoleAsked { console: CONSOLE, message }, 100.0);
        let who = world.selected.as_ref().and_then(|selected| selected.who.clone()).expect("who");
        who.evidence.into_iter().map(|piece| piece.words).collect()
    };
    let (trespasser, by_leave) = (said("TST1"), said("TST8"));
    assert!(trespasser.contains(&"no permission for what it does".to_owned()), "{trespasser:?}");
    assert!(!trespasser.contains(&"a permission stands".to_owned()), "{trespasser:?}");
    assert!(by_leave.contains(&"a permission stands".to_owned()), "{by_leave:?}");
}

#[test]
fn messages_about_plans_that_change_nothing_are_told_with_place_callsign_and_reason() {
    let mut world = node("refused");
    let wrong = "(FPL-KGZ300-IS\n-A320/M-S/C\n-UCAA0900\n-N0450F3500 DCT\n-UCBB0045-DOF/261128)\n";
    world.hear(PLANS, format!("(DEP-XYZ9-UCAA0548-UCBB-0)\n{wrong}"), 0.5);
    world.fly(1..3);
    let unable = world.alerts.as_ref().expect("a list").unable.clone();
    let expected =
        "plans.txt:3: DEP NOPLN: no plan of that callsign, departure, destination and time";
    assert!(unable.contains(&expected.to_owned()), "{unable:?}");
    let sensors = world.sensors.as_ref().expect("rows");
    let row = sensors.rows.iter().find(|row| row.feed == "plans").expect("its row");
    let ends = |end: &str| row.told.iter().any(|line| line.contains(end));
    assert!(ends("Z DEP XYZ9: no plan of that callsign"), "{:?}", row.told);
    assert!(ends("Z KGZ300: line 4, field 15"), "{:?}", row.told);
}

#[test]
fn a_clock_that_leaps_eight_hours_and_comes_back_loses_no_plan_and_no_one_s_leave_to_be_there() {
    let mut world = node("leap");
    world.hear(PLANS, "(DEP-KGZ101/A2511-UCAA0548-UCBB-DOF/261128)\n".into(), 0.5);
    let plan_of = |world: &mut World| {
        let callsign = |entry: &picture::Entry| entry.track.codes.callsign;
        let is = |entry: &&picture::Entry| callsign(entry).is_some_and(|c| c.as_str() == "KGZ101");
        let number = world.engine.entries().find(is).expect("it").track.number.0;
        let message = ClientMessage::Select { number: Some(number) };
        world.happen(&Event::ConsoleAsked { console: CONSOLE, message }, 500.0);
        world.selected.as_ref().and_then(|selected| selected.plan.clone())
    };
    world.fly(1..30);
    world.ahead_s = 28_800.0;
    world.fly(30..90);
    let ahead = plan_of(&mut world).expect("a plan while the clock is ahead");
    assert!(ahead.late_s.expect("on its route").abs() < 3_600.0, "{:?}", ahead.late_s);
    world.ahead_s = 0.0;
    world.fly(90..150);
    assert_eq!(plan_of(&mut world).expect("its plan").callsign, "KGZ101");
    assert_eq!(world.engine.metrics(at(150.0)).plans, 1);
}

/// What stands after a restart is what was filed: calculated points and all.
#[test]
fn a_plan_with_calculated_points_outlasts_a_restart_with_them() {
    let adexp = "-TITLE IFPL\n-ADEP UCAA -ADES UCBB -ARCID KGZ101 -ARCTYP B738 -WKTRC M\n\
                 -EOBD 261128 -EOBT 0600 -FLTRUL I -FLTTYP S -TTLEET 0045\n\
                 -ROUTE N0420F350 DCT AMIDI DCT\n-BEGIN RTEPTS\n\
                 -PT -PTID UCAA -FL F021 -ETO 261128061000\n\
                 -PT -PTID AMIDI -FL F330 -ETO 261128063000\n\
                 -PT -PTID UCBB -FL F022 -ETO 261128065500\n-END RTEPTS\nNNNN\n";
    let mut before = node("before");
    before.hear(PLANS, adexp.to_owned(), 0.5);
    before.fly(1..3);
    let standing = before.engine.standing();
    assert!(standing.contains("RTEPTS") && standing.contains("261128063000"), "{standing}");
    let mut after = node("after");
    let _ = after.engine.take_up_standing(&standing, at(5.0));
    after.engine.resumed();
    after.fly(6..9);
    assert_eq!(after.engine.standing().matches("261128063000").count(), 1);
}

/// A record of a category for each aircraft at FL350 on the meridian of 74°E, flying north at 200 m/s;
/// `more` adds what else it tells.
fn asterix(
    category: u8,
    (address, callsign): (u64, &str),
    (latitude, seconds): (f64, f64),
    more: impl Fn(&mut Fields),
) -> Vec<u8> {
    let editions = Editions::default();
    let mut fields = Fields::new(editions.spec(category).expect("known"));
    let raw = |fields: &mut Fields, path: &str, raw: u64| {
        fields.set_raw(path, raw).unwrap_or_else(|why| panic!("{path}: {why}"));
    };
    let value = |fields: &mut Fields, path: &str, value: f64| {
        fields.set_value(path, value).unwrap_or_else(|why| panic!("{path}: {why}"));
    };
    let of_day = ((6.0 * 3_600.0 + seconds) * 128.0) as u64;
    raw(&mut fields, "010/SAC", 25);
    raw(&mut fields, "010/SIC", u64::from(category));
    match category {
        62 => {
            raw(&mut fields, "070", of_day);
            raw(&mut fields, "040", address & 0xfff);
            raw(&mut fields, "080/MON", 0);
            value(&mut fields, "105/LAT", latitude);
            value(&mut fields, "105/LON", 74.0);
            value(&mut fields, "185/VX", 0.0);
            value(&mut fields, "185/VY", 200.0);
            value(&mut fields, "136", 350.0);
            raw(&mut fields, "380/ADR", address);
            fields.set_text("380/ID", callsign).expect("a callsign");
        }
        _ => {
            raw(&mut fields, "040/ATP", 0);
            raw(&mut fields, "071", of_day);
            raw(&mut fields, "080", address);
            value(&mut fields, "131/LAT", latitude);
            value(&mut fields, "131/LON", 74.0);
            value(&mut fields, "145", 350.0);
            fields.set_text("170", callsign).expect("a callsign");
            raw(&mut fields, "090/NUCRNACV", 2);
            raw(&mut fields, "090/NUCPNIC", 8);
        }
    }
    more(&mut fields);
    let mut datagrams = Datagrams::new(1_472);
    assert!(datagrams.push(&fields).expect("it is encoded").is_none());
    datagrams.finish().expect("a datagram")
}

/// Levels come with a centre's system tracks and with ADS-B reports, and each reaches the rule that a
/// flight is held against: what it is cleared to before what is planned, and what its crew selected
/// beside it.
#[test]
fn a_flight_off_its_cleared_or_planned_level_is_told_with_what_its_crew_selected() {
    let mut world = node("levels");
    for (callsign, level) in [("KGZ401", "F350"), ("KGZ402", "F390"), ("KGZ403", "F350")] {
        let plan = format!(
            "(FPL-{callsign}-IS-B738/M-S/C-UCAA0525-N0420{level} DCT AMIDI DCT BORDI DCT-UCBB0045-\
             DOF/261128)\n"
        );
        world.hear(PLANS, plan, 0.1);
    }
    for second in 1..60 {
        let now = f64::from(second);
        let along_deg = now * 200.0 / (60.0 * METRES_PER_NM);
        let cleared = |level: f64| {
            move |fields: &mut Fields| {
                fields.set_value("390/CFL", level).expect("a level");
            }
        };
        let selected = |fields: &mut Fields| {
            fields.set_raw("146/SAS", 1).expect("it is known").set_raw("146/S", 2).expect("MCP");
            fields.set_value("146/ALT", 37_000.0).expect("an altitude");
        };
        // In cruise, where the planned level counts, a quarter of a degree apart.
        let at = |from: f64| (from + along_deg, now);
        for datagram in [
            asterix(62, (0x60_1101, "KGZ401"), at(42.25), cleared(370.0)),
            asterix(21, (0x60_1102, "KGZ402"), at(42.5), selected),
            asterix(62, (0x60_1103, "KGZ403"), at(42.75), cleared(350.0)),
        ] {
            let source = Some("127.0.0.1:9".parse().expect("an address"));
            let event = Event::Received { feed: ASTERIX, bytes: datagram, source };
            world.happen(&event, now);
        }
        world.happen(&Event::Tick, now + 0.5);
        let name = |entry: &picture::Entry| {
            Some((entry.track.number.0, entry.track.codes.callsign?.to_string()))
        };
        world.names.extend(world.engine.entries().filter_map(name));
    }
    let alerts = world.alerts.as_ref().expect("a list");
    let off: BTreeMap<String, BTreeMap<&str, &str>> = alerts
        .rows
        .iter()
        .filter(|row| row.rule == "level_departure")
        .map(|row| {
            let facts = row.facts.iter().map(|fact| (fact.name.as_str(), fact.value.as_str()));
            (world.names[&row.tracks[0]].clone(), facts.collect())
        })
        .collect();
    println!("{off:#?}");
    assert_eq!(off.keys().collect::<Vec<_>>(), ["KGZ401", "KGZ402"], "{:#?}", world.fired());
    let fact = |callsign: &str, name: &str| off[callsign].get(name).copied();
    assert_eq!(fact("KGZ401", "that level is"), Some("cleared"));
    assert_eq!(fact("KGZ401", "below its level by"), Some("2000 ft"));
    assert_eq!(fact("KGZ401", "its crew selected"), None);
    assert_eq!(fact("KGZ402", "that level is"), Some("planned"));
    assert_eq!(fact("KGZ402", "below its level by"), Some("4000 ft"));
    assert_eq!(fact("KGZ402", "its crew selected"), Some("37000 ft"));
}

#[test]
fn a_party_whose_borders_alone_count_and_that_has_none_is_refused_with_those_that_have() {
    let folder = tempfile::tempdir().expect("a folder");
    let write =
        |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    write("air.geojson", &geojson());
    let load = |parties: &str| {
        let text = format!(
            "[intent]\nairspace = [\"air.geojson\"]\n[alerts.area]\nborder_parties = [{parties}]\n"
        );
        write("node.toml", &text);
        Config::load(&folder.path().join("node.toml"))
    };
    assert!(load("\"XXB\"").is_ok());
    let refused = load("\"XXB\", \"XXA\"").expect_err("a fault").to_string();
    let expected = "node.toml:4:26: alerts.area.border_parties[1]: no border of XXA is among the airspace \
                    of [intent], so that no crossing of it would be told; there are borders of XXB: give \
                    its border as a territory with that party, or leave it out";
    assert!(refused.ends_with(expected), "{refused}");
}

//! Alerts from bytes to the list: what opens them, what people do about them, what outlasts a restart.

use crate::sbs::northbound;
use alert::site::{Origin, SiteRule, SiteRules};
use node::config::{Format, parse};
use node::engine::{AlertSetup, Engine, EngineSetup, FeedSetup};
use node::event::{ConsoleId, Event, FeedIndex, Handle, Outbox};
use node::wire::{
    self, ALERT_ROWS, AlertSeverity, AlertState, ClientMessage, ServerMessage, SourceKind,
};
use surveillance::{Sensor, SensorId, SensorKind, Time};

const FEED: FeedIndex = FeedIndex(0);
const CONSOLE: ConsoleId = ConsoleId(1);

fn at(seconds: f64) -> Time {
    let start: Time = "2026-11-23T12:00:00Z".parse().expect("an instant");
    start.plus_seconds(seconds)
}

/// A node with one SBS receiver and the alerts of a configuration.
fn engine(alerts: &str) -> Engine {
    let setup = parse("node.toml", alerts).expect("a configuration").alerts.setup();
    engine_of(setup.expect("rules"))
}

fn engine_of(setup: AlertSetup) -> Engine {
    let receiver = Sensor {
        id: SensorId { sac: 1, sic: 1 },
        name: "Hill".into(),
        kind: SensorKind::AdsB,
        site: None,
        period_s: None,
        accuracy: Default::default(),
        range_max_m: None,
        view: surveillance::View::default(),
        receivers: Box::default(),
    };
    let feed = FeedSetup {
        name: "hill".into(),
        format: Format::Sbs,
        receiver: Some(receiver),
        tells_gps_time: false,
        editions: Default::default(),
    };
    let mut engine = Engine::new(EngineSetup {
        node: "test".into(),
        party: "XXA".into(),
        source: SourceKind::Live,
        notice: None,
        view: None,
        started: at(0.0),
        feeds: vec![feed],
        sensors: Vec::new(),
        tracker: Default::default(),
        identity: Default::default(),
        policy: accord::Policy::without_accords("XXA".parse().expect("a party")),
        partners: Vec::new(),
    })
    .with_alerts(setup);
    happen(&mut engine, &Event::FeedConnected { feed: FEED }, 0.0);
    happen(&mut engine, &Event::ConsoleJoined { console: CONSOLE }, 0.0);
    engine
}

fn happen(engine: &mut Engine, event: &Event, seconds: f64) -> Vec<ServerMessage> {
    let mut outbox = Outbox::default();
    engine.handle(event, at(seconds), &mut outbox);
    let deliveries = outbox.deliveries.iter();
    deliveries.map(|d| rmp_serde::from_slice(&d.body).expect("a message")).collect()
}

fn list(messages: &[ServerMessage]) -> Option<&wire::Alerts> {
    messages.iter().rev().find_map(|message| match message {
        ServerMessage::Alerts(alerts) => Some(alerts),
        _ => None,
    })
}

fn refusal(messages: &[ServerMessage]) -> Option<String> {
    messages.iter().find_map(|message| match message {
        ServerMessage::Refused(refused) => Some(format!("{}: {}", refused.asked, refused.reason)),
        _ => None,
    })
}

/// Aircraft `address`, flying north along its own meridian, tells where it is and a code.
fn fly(engine: &mut Engine, address: u32, code: &str, seconds: f64) {
    let longitude = 70.0 + f64::from(address % 200) * 0.5;
    let latitude = 40.0 + seconds * 200.0 / 111_120.0;
    let text = northbound(&format!("{address:06X}"), latitude, longitude, code);
    let event = Event::Received { feed: FEED, bytes: text.into_bytes(), source: None };
    happen(engine, &event, seconds);
}

/// Seconds `from..to` of aircraft that tell a code each; the last list.
fn watch(engine: &mut Engine, aircraft: &[(u32, &str)], from: u32, to: u32) -> wire::Alerts {
    let mut last = None;
    for second in from..to {
        for (address, code) in aircraft {
            fly(engine, *address, code, f64::from(second));
        }
        let messages = happen(engine, &Event::Tick, f64::from(second) + 0.5);
        last = list(&messages).cloned().or(last);
    }
    last.expect("a list")
}

fn ask(engine: &mut Engine, message: ClientMessage, seconds: f64) -> Vec<ServerMessage> {
    happen(engine, &Event::ConsoleAsked { console: CONSOLE, message }, seconds)
}

const ONE: u32 = 0x4c_a1_23;

#[test]
fn an_emergency_is_one_row_that_is_seen_by_a_person_and_ends() {
    let mut engine = engine("");
    assert!(watch(&mut engine, &[(ONE, "2511")], 1, 20).rows.is_empty());
    let told = watch(&mut engine, &[(ONE, "7700")], 20, 40);
    let emergencies = |told: &wire::Alerts| -> Vec<wire::AlertRow> {
        told.rows.iter().filter(|row| row.rule == "emergency").cloned().collect()
    };
    let [row] = &emergencies(&told)[..] else { panic!("{told:?}") };
    assert_eq!((row.severity, row.state), (AlertSeverity::Warning, AlertState::New));
    assert_eq!((row.tracks.len(), row.title.as_str()), (1, "EMERGENCY 7700"));
    assert!(told.unacknowledged >= 1 && told.open[2] == 1);
    let calls = |told: &wire::Alerts| told.calls.iter().any(|call| call.alert == row.id);
    assert!(calls(&told) && !row.rose_since);

    let nobody = ClientMessage::Acknowledge { alert: row.id, by: " ".into() };
    let refused = refusal(&ask(&mut engine, nobody, 40.0)).expect("a refusal");
    assert!(refused.contains("a person's name"), "{refused}");
    let unknown = ClientMessage::Acknowledge { alert: 999, by: "A. Officer".into() };
    let refused = refusal(&ask(&mut engine, unknown, 40.0)).expect("a refusal");
    assert!(refused.contains("no alert 999"), "{refused}");

    let seen = ClientMessage::Acknowledge { alert: row.id, by: "A. Officer".into() };
    let messages = ask(&mut engine, seen, 40.1);
    let again = emergencies(list(&messages).expect("a list at once"));
    assert_eq!(again[0].state, AlertState::Acknowledged);
    assert_eq!(again[0].acknowledged.as_ref().expect("seen").by, "A. Officer");

    let told = watch(&mut engine, &[(ONE, "2511")], 41, 80);
    let [over] = &emergencies(&told)[..] else { panic!("{told:?}") };
    assert_eq!((over.id, over.state), (row.id, AlertState::Ended));
    assert_eq!(over.ended_for.as_deref(), Some("no longer so"));
}

#[test]
fn a_muted_alert_stays_on_the_list_with_who_and_why() {
    let mut engine = engine("");
    let told = watch(&mut engine, &[(ONE, "7600")], 1, 20);
    let alert = told.rows.iter().find(|row| row.rule == "radio_failure").expect("one").id;
    let by = || "A. Officer".to_owned();
    let (reason, all_of_rule) = ("a test".to_owned(), false);
    let mute = ClientMessage::MuteAlert { alert, for_s: 60, reason, by: by(), all_of_rule };
    let messages = ask(&mut engine, mute, 20.0);
    let row = |told: &wire::Alerts| told.rows.iter().find(|row| row.id == alert).cloned();
    let muted = row(list(&messages).expect("a list")).expect("still there").muted.expect("muted");
    assert_eq!((muted.said.by.as_str(), muted.said.words.as_str()), ("A. Officer", "a test"));
    let messages =
        ask(&mut engine, ClientMessage::UnmuteAlert { alert, by: by(), all_of_rule }, 21.0);
    assert_eq!(row(list(&messages).expect("a list")).expect("there").muted, None);
}

#[test]
fn a_muted_rule_calls_for_none_of_its_alerts_those_that_open_later_too_until_it_is_unmuted() {
    let mut engine = engine("");
    let told = watch(&mut engine, &[(ONE, "7600")], 1, 20);
    let alert = told.rows.iter().find(|row| row.rule == "radio_failure").expect("one").id;
    let (reason, all_of_rule) = ("a fault of the relay".to_owned(), true);
    let by = || "A. Officer".to_owned();
    let mute = ClientMessage::MuteAlert { alert, for_s: 600, reason, by: by(), all_of_rule };
    ask(&mut engine, mute, 20.0);
    let told = watch(&mut engine, &[(ONE, "7600"), (ONE + 1, "7600"), (ONE + 2, "7700")], 21, 40);
    let muted = |told: &wire::Alerts| -> Vec<(String, Option<bool>)> {
        let open = told.rows.iter().filter(|row| row.state != AlertState::Ended);
        let emergencies = open.filter(|row| row.cat004.is_none() && row.title.contains('7'));
        let of = |row: &wire::AlertRow| row.muted.as_ref().map(|mute| mute.of_rule);
        emergencies.map(|row| (row.rule.clone(), of(row))).collect()
    };
    let failure = |muted| ("radio_failure".to_owned(), muted);
    let emergency = ("emergency".to_owned(), None);
    assert_eq!(muted(&told), [emergency.clone(), failure(Some(true)), failure(Some(true))]);
    let unmute = ClientMessage::UnmuteAlert { alert, by: by(), all_of_rule };
    let messages = ask(&mut engine, unmute, 41.0);
    let told = list(&messages).expect("a list");
    assert_eq!(muted(told), [emergency, failure(None), failure(None)]);
}

#[test]
fn no_alert_that_there_is_not_is_put_into_an_incident() {
    let mut engine = engine("");
    let told = watch(&mut engine, &[(ONE, "7600")], 1, 20);
    let alert = told.rows.iter().find(|row| row.rule == "radio_failure").expect("one").id;
    let by = || wire::Person { name: "A. Officer".into(), position: None };
    let open = ClientMessage::OpenIncident {
        kind: wire::IncidentKind::Other,
        title: "Radio".into(),
        alerts: Vec::new(),
        tracks: Vec::new(),
        why: String::new(),
        by: by(),
    };
    assert_eq!(refusal(&ask(&mut engine, open, 20.0)), None);
    let mut attach = |alerts: Vec<u64>| {
        let incident = wire::IncidentName { node: "XXA".into(), number: 1 };
        let deed = wire::IncidentDeed::AttachAlerts { alerts };
        let asked = ClientMessage::OnIncident { incident, deed, why: String::new(), by: by() };
        refusal(&ask(&mut engine, asked, 21.0))
    };
    let refused = attach(vec![alert, 999]).expect("a refusal");
    assert!(refused.contains("there is no alert 999"), "{refused}");
    assert_eq!(attach(vec![alert]), None);
    // It brings its tracks with it, once.
    let look = |engine: &mut Engine| {
        let incident = Some(wire::IncidentName { node: "XXA".into(), number: 1 });
        let messages = ask(engine, ClientMessage::LookAtIncident { incident }, 21.5);
        let detail = messages.into_iter().find_map(|message| match message {
            ServerMessage::Incident(detail) => Some(detail),
            _ => None,
        });
        detail.expect("the incident")
    };
    let number = told.rows.iter().find(|row| row.id == alert).expect("it").tracks[0];
    let seen = look(&mut engine);
    let tracks = seen.row.tracks.iter().map(|track| track.number);
    assert_eq!(tracks.collect::<Vec<_>>(), [Some(number)], "{seen:?}");
    let told = watch(&mut engine, &[(ONE, "7700")], 21, 40);
    let second = told.rows.iter().find(|row| row.rule == "emergency").expect("one").id;
    let incident = wire::IncidentName { node: "XXA".into(), number: 1 };
    let deed = wire::IncidentDeed::AttachAlerts { alerts: vec![second] };
    let asked = ClientMessage::OnIncident { incident, deed, why: String::new(), by: by() };
    assert_eq!(refusal(&ask(&mut engine, asked, 40.0)), None);
    let again = look(&mut engine);
    assert_eq!(again.row.tracks, seen.row.tracks);
    assert_eq!(again.log.len(), seen.log.len() + 1, "no track is attached twice: {:?}", again.log);
}

#[test]
fn a_node_without_terrain_says_which_rules_are_blind_for_it() {
    let unable = |alerts: &str| watch(&mut engine(alerts), &[(ONE, "2511")], 1, 3).unable;
    let told = unable("");
    assert!(told[0].starts_with("No terrain is known: terrain and low_slow find"), "{told:?}");
    assert!(unable("[alerts]\noff = [\"terrain\", \"low_slow\", \"area\"]\n").is_empty());
}

#[test]
fn a_node_without_borders_says_that_no_crossing_is_told() {
    let off = "[alerts]\noff = [\"terrain\", \"low_slow\"]\n";
    let told = watch(&mut engine(off), &[(ONE, "2511")], 1, 3).unable;
    assert_eq!(
        told,
        [
            "No airspace and no border is known: area finds nothing. Give [intent] airspace, or switch it \
          off with [alerts] off"
        ]
    );
}

#[test]
fn what_rules_could_not_look_at_is_in_the_metrics() {
    let origin = || Origin { file: "test".into(), line: 1, key: "when".into() };
    let rule = SiteRule {
        name: "precise".into(),
        severity: alert::Severity::Advisory,
        when: "nic < 7".into(),
        stays: None,
        when_origin: origin(),
        stays_origin: origin(),
    };
    let site = SiteRules::compile(&[rule], &[]).expect("a sound rule");
    let mut engine = engine_of(AlertSetup { site: Some(site), ..AlertSetup::default() });
    watch(&mut engine, &[(ONE, "2511")], 1, 20);
    let figures = engine.metrics(at(20.0)).alerts;
    let of = |list: &[(&'static str, &'static str, u64)], rule: &str, what: &str| {
        let found = list.iter().find(|(of, name, _)| (*of, *name) == (rule, what));
        found.map(|(.., count)| *count)
    };
    assert_eq!(of(&figures.looked_at, "conflict", "tracks"), Some(1));
    assert_eq!(of(&figures.looked_at, "conflict", "heights_differ"), Some(0));
    assert_eq!(of(&figures.looked_at, "area", "undecided"), Some(0));
    for (rule, what) in [
        ("board", "handed_out_early"),
        ("board", "doubled"),
        ("navigation", "forgotten"),
        ("unmanned", "unfollowed"),
    ] {
        assert_eq!(of(&figures.events, rule, what), Some(0), "{rule} {what}");
    }
    let [(name, undecided)] = &figures.undecided_by_site[..] else { panic!("{figures:?}") };
    assert!(name == "precise" && *undecided > 10, "{undecided}");
}

#[test]
fn more_alerts_than_a_page_are_all_there_page_after_page() {
    let mut engine = engine("");
    let aircraft: Vec<(u32, &str)> = (0..ALERT_ROWS as u32 + 50).map(|n| (n + 1, "7700")).collect();
    let first = watch(&mut engine, &aircraft, 1, 14);
    assert_eq!(first.open[2] as usize, aircraft.len());
    assert_eq!(first.rows.len(), ALERT_ROWS);
    let rest = first.total - ALERT_ROWS as u32;
    let messages = ask(&mut engine, ClientMessage::ListAlerts { from: ALERT_ROWS as u32 }, 13.9);
    let second = list(&messages).expect("a list");
    let called = |list: &wire::Alerts, severity| {
        list.calls.iter().filter(|call| call.severity == severity).count()
    };
    assert_eq!(called(&first, AlertSeverity::Warning), wire::ALERT_CALLS);
    assert_eq!(first.calls, second.calls, "whichever page is looked at");
    assert_eq!((second.from, second.rows.len() as u32), (ALERT_ROWS as u32, rest));
    let mut ids: Vec<u64> = first.rows.iter().chain(&second.rows).map(|row| row.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len() as u32, first.total, "each once");
    // Whichever page is looked at, the map is told of every track that an open alert is about.
    for list in [&first, second] {
        let open = list.rows.iter().filter(|row| row.state != wire::AlertState::Ended);
        let shown = open.flat_map(|row| &row.tracks);
        let mut told: Vec<_> =
            shown.chain(list.elsewhere.iter().flat_map(|ring| &ring.tracks)).collect();
        told.sort_unstable();
        told.dedup();
        assert_eq!(told.len(), aircraft.len(), "from {}", list.from);
    }
    assert_eq!(first.elsewhere.len() + ALERT_ROWS, first.open.iter().sum::<u32>() as usize);
}

#[test]
fn what_was_acknowledged_before_a_crash_is_the_same_alert_after_it() {
    let mut before = engine("");
    let told = watch(&mut before, &[(ONE, "7700")], 1, 20);
    let alert = told.rows.iter().find(|row| row.rule == "emergency").expect("one").id;
    ask(&mut before, ClientMessage::Acknowledge { alert, by: "A. Officer".into() }, 19.9);
    let (standing, numbers) = (before.standing(), before.numbers());

    // What its feeds brought last is handled again, as a restart does it.
    let mut after = engine("");
    after.take_up(&numbers);
    assert!(after.take_up_standing(&standing, at(60.0)).is_empty());
    watch(&mut after, &[(ONE, "7700")], 1, 20);
    after.resumed();
    let told = watch(&mut after, &[(ONE, "7700")], 60, 66);
    let row = told.rows.iter().find(|row| row.rule == "emergency").expect("it goes on");
    assert_eq!((row.id, row.state), (alert, AlertState::Acknowledged));
    let another = watch(&mut after, &[(ONE, "7700"), (7, "7500")], 66, 90);
    let fresh = another.rows.iter().find(|row| row.rule == "unlawful_interference").expect("one");
    assert!(told.rows.iter().all(|row| row.id != fresh.id), "no number is given twice");

    let mut unread = engine("");
    let _ = unread.take_up_standing(r#"{"suspended":[],"alerts":"AAAA"}"#, at(60.0));
    unread.resumed();
    let told = watch(&mut unread, &[(ONE, "7700")], 60, 80);
    assert!(told.unable[0].contains("could not be read"), "{:?}", told.unable);
    assert!(told.rows.iter().all(|row| row.id > alert), "no number of before is given again");
}

#[test]
fn a_node_without_rules_says_nothing_of_alerts() {
    assert_eq!(
        parse("node.toml", "[alerts]\nenabled = false\n").unwrap().alerts.setup().map(|_| ()),
        None
    );
}

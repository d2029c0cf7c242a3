//! The plan of the selected track: estimates over points, what is planned, and what is off.

use geodesy::Geodetic;
use intent::airspace::{Aerodrome, Places, Point, PointKind};
use node::config::Format;
use node::engine::{Engine, EngineSetup, FeedSetup, IntentSetup, PlanMessage};
use node::event::{ConsoleId, Event, FeedIndex, Handle, Outbox};
use node::wire::{ClientMessage, Selected, ServerMessage, SourceKind};
use surveillance::{Sensor, SensorId, SensorKind, Time};

const FEED: FeedIndex = FeedIndex(0);
const CONSOLE: ConsoleId = ConsoleId(1);

fn at(seconds: f64) -> Time {
    let start: Time = "2026-11-28T06:00:00Z".parse().expect("an instant");
    start.plus_seconds(seconds)
}

fn place(latitude: f64) -> Geodetic {
    Geodetic::from_degrees(latitude, 74.0, 0.0).expect("a place")
}

/// AAAA at 40°N, AMIDI at 42°N, BORDI at 43°N, BBBB at 45°N, all on one meridian.
fn intent() -> IntentSetup {
    let aerodrome = |indicator: &str, latitude| Aerodrome {
        indicator: indicator.to_owned(),
        iata: None,
        name: indicator.to_owned(),
        state: None,
        position: place(latitude),
        elevation_known: false,
    };
    let point = |ident: &str, latitude| Point {
        ident: ident.to_owned(),
        name: None,
        kind: PointKind::from_word("waypoint"),
        position: place(latitude),
    };
    let places = Places::of(
        vec![aerodrome("AAAA", 40.0), aerodrome("BBBB", 45.0)],
        vec![point("AMIDI", 42.0), point("BORDI", 43.0)],
    );
    let text = "(FPL-KGZ101/A2511-IS-B738/M-S/C-AAAA0600-N0420F330 DCT AMIDI DCT BORDI DCT\
                -BBBB0045-DOF/261128)";
    let reading = intent::plan::read(text.as_bytes());
    assert!(reading.defects.is_empty(), "{:?}", reading.defects);
    let messages = reading.messages.into_iter().map(|(line, message)| PlanMessage {
        received: at(-3_600.0),
        message,
        origin: format!("plans.txt:{line}"),
    });
    IntentSetup { places, messages: messages.collect(), ..IntentSetup::default() }
}

fn engine() -> Engine {
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
    Engine::new(EngineSetup {
        node: "test".into(),
        party: "XXA".into(),
        source: SourceKind::Live,
        notice: None,
        view: None,
        started: at(0.0),
        feeds: vec![FeedSetup {
            name: "hill".into(),
            format: Format::Sbs,
            receiver: Some(receiver),
            tells_gps_time: false,
            editions: Default::default(),
        }],
        sensors: Vec::new(),
        tracker: Default::default(),
        identity: Default::default(),
        policy: accord::Policy::without_accords("XXA".parse().expect("a party")),
        partners: Vec::new(),
    })
    .with_intent(intent())
}

#[test]
fn the_selected_track_shows_its_plan_with_an_estimate_over_each_point_ahead() {
    let mut engine = engine();
    let mut happen = |event: &Event, seconds: f64| -> Vec<ServerMessage> {
        let mut outbox = Outbox::default();
        engine.handle(event, at(seconds), &mut outbox);
        let deliveries = outbox.deliveries.iter();
        deliveries.map(|d| rmp_serde::from_slice(&d.body).expect("a message")).collect()
    };
    happen(&Event::FeedConnected { feed: FEED }, 0.0);
    happen(&Event::ConsoleJoined { console: CONSOLE }, 0.0);
    let (mut number, mut shown): (Option<u32>, Option<Selected>) = (None, None);
    // From 42.5°N on at 200 m/s, a mile and a half to the right of its route.
    for second in 1_500..1_560 {
        let seconds = f64::from(second);
        let latitude = 42.5 + (seconds - 1_500.0) * 200.0 / 111_080.0;
        let time = "2026/11/28,06:00:00.000,2026/11/28,06:00:00.000";
        let text = format!(
            "MSG,1,1,1,601234,1,{time},KGZ101,,,,,,,,,,,\r\n\
             MSG,3,1,1,601234,1,{time},,33000,,,{latitude:.6},74.034,,,0,0,0,0\r\n\
             MSG,4,1,1,601234,1,{time},,,389,0,,,0,,,,,\r\n"
        );
        let event = Event::Received { feed: FEED, bytes: text.into_bytes(), source: None };
        happen(&event, seconds);
        for message in happen(&Event::Tick, seconds + 0.5) {
            match message {
                ServerMessage::Picture(picture) => {
                    let first = picture.descriptions.first().map(|track| track.number);
                    number = number.or(first);
                }
                ServerMessage::Selected(selected) => shown = Some(selected),
                _ => {}
            }
        }
        if let Some(number) = number {
            let message = ClientMessage::Select { number: Some(number) };
            happen(&Event::ConsoleAsked { console: CONSOLE, message }, seconds + 0.6);
        }
    }
    let plan = shown.and_then(|shown| shown.plan).expect("its plan");
    assert_eq!((plan.callsign.as_str(), plan.found_by.as_str()), ("KGZ101", "callsign"));
    assert_eq!((plan.departure.as_str(), plan.destination.as_str()), ("AAAA", "BBBB"));
    assert_eq!(plan.code.as_deref(), Some("2511"));
    let aside_nm = plan.aside_nm.expect("its route is known");
    assert!((aside_nm - 1.5).abs() < 0.1, "{aside_nm}");
    let rows: Vec<(&str, bool, bool)> =
        plan.points.iter().map(|p| (p.name.as_str(), p.passed, p.estimate_ms.is_some())).collect();
    assert_eq!(
        rows,
        [
            ("AAAA", true, false),
            ("AMIDI", true, false),
            ("BORDI", false, true),
            ("BBBB", false, true)
        ]
    );
    // 0.5° of meridian at 200 m/s from second 1500 on: 277.7 s.
    let bordi_ms = plan.points[2].estimate_ms.expect("an estimate");
    let expected_ms = at(1_500.0 + 0.5 * 111_080.0 / 200.0).unix_millis() as f64;
    assert!((bordi_ms - expected_ms).abs() < 10_000.0, "{bordi_ms} {expected_ms}");
    assert_eq!((plan.points_before, plan.points_after), (0, 0));
}

//! Several engines, an accord between them, and the real recording: what each partner sees, what
//! it does not, and what stops when somebody says so.

use accord::{
    ArticleRef, Batch, FieldSet, Item, ObjectKind, Onward, PartnerNumber, PartyId, Policy,
    Reduction, Told,
};
use flate2::read::GzDecoder;
use node::config::{Format, TextInForce};
use node::engine::{Engine, EngineSetup, FeedSetup};
use node::event::{ConsoleId, Event, FeedIndex, Handle, Outbox};
use node::wire::{self, ClientMessage, ServerMessage, SourceKind};
use std::io::Read;
use std::sync::Arc;
use surveillance::{Sensor, SensorId, SensorKind, Time};

const CONSOLE: ConsoleId = ConsoleId(1);

/// XXA gives XXB what is west of 118° W, to 5 NM and without the callsign; XXB may give it to
/// nobody. XXB gives XXC everything it has, and may pass on what it got.
const ACCORD_AB: &str = r#"
form = 1
accord = "xxa-xxb"
title = "Two neighbours"
nature = "illustration"

[[party]]
id = "XXA"
name = "A"
[[party]]
id = "XXB"
name = "B"

[instruments]
requires = ["signature"]
signed = { date = 2020-01-01 }
in_force = 2020-01-01
term = "5 years"
renewal = "automatic"

[[article]]
number = "1"
kind = "release.tracks"
from = ["XXA"]
to = ["XXB"]
area = [{ polygon = [[30.0, -125.0], [40.0, -125.0], [40.0, -118.4], [30.0, -118.4]] }]
fields = ["position", "level", "velocity", "address", "identity"]
precision = { position_nm = 1.0, velocity_kt = 10.0 }
"#;

const ACCORD_BC: &str = r#"
form = 1
accord = "xxb-xxc"
title = "The next two"
nature = "illustration"

[[party]]
id = "XXB"
name = "B"
[[party]]
id = "XXC"
name = "C"

[instruments]
requires = ["signature"]
signed = { date = 2020-01-01 }
in_force = 2020-01-01

[[article]]
number = "1"
kind = "release.tracks"
from = ["XXB"]
to = ["XXC"]
area = [{ anywhere = true }]
fields = ["position", "level", "velocity", "address", "callsign", "identity"]
"#;

fn start() -> Time {
    "2026-11-23T12:00:00Z".parse().expect("an instant")
}

fn party(name: &str) -> PartyId {
    name.parse().expect("a party")
}

fn engine(name: &str, accords: &[&str], partners: &[&str], feed: bool) -> Engine {
    let read = |text: &&str| {
        let reading = accord::read("test", text).expect("an accord");
        assert!(reading.not_understood.is_empty(), "{:?}", reading.not_understood);
        Arc::new(reading.accord)
    };
    let receiver = Sensor {
        id: SensorId { sac: 255, sic: 1 },
        name: "Los Angeles".into(),
        kind: SensorKind::AdsB,
        site: None,
        period_s: None,
        accuracy: Default::default(),
        range_max_m: None,
        view: surveillance::View::default(),
        receivers: Box::default(),
    };
    let feeds = feed.then(|| FeedSetup {
        name: "north".into(),
        format: Format::Beast,
        receiver: Some(receiver),
        tells_gps_time: false,
        editions: Default::default(),
    });
    Engine::new(EngineSetup {
        node: name.into(),
        party: name.into(),
        source: SourceKind::Live,
        notice: None,
        view: None,
        started: start(),
        feeds: feeds.into_iter().collect(),
        sensors: Vec::new(),
        tracker: Default::default(),
        identity: Default::default(),
        policy: Policy::new(party(name), accords.iter().map(read).collect()).expect("a policy"),
        partners: partners.iter().map(|name| party(name)).collect(),
    })
}

/// What one engine makes of one event.
fn tell(engine: &mut Engine, event: &Event, now: Time) -> Outbox {
    let mut outbox = Outbox::default();
    engine.handle(event, now, &mut outbox);
    outbox
}

fn messages(outbox: &Outbox) -> Vec<ServerMessage> {
    let decode = |delivery: &node::event::Delivery| {
        rmp_serde::from_slice(&delivery.body).expect("a message")
    };
    outbox.deliveries.iter().map(decode).collect()
}

/// Three nodes in a row on perfect links.
struct Row {
    a: Engine,
    b: Engine,
    c: Engine,
    piece: usize,
    bytes: Vec<u8>,
    last_a: Vec<ServerMessage>,
    last_b: Vec<ServerMessage>,
    last_c: Vec<ServerMessage>,
    /// Bytes that left A for B, batch by batch.
    sent: Vec<Vec<u8>>,
}

impl Row {
    fn new() -> Self {
        let path =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/modes/lax_public_first400s.beast.gz");
        let file = std::fs::File::open(path).expect("the recording is part of the repository");
        let mut bytes = Vec::new();
        GzDecoder::new(file).read_to_end(&mut bytes).expect("whole gzip");
        let mut row = Self {
            a: engine("XXA", &[ACCORD_AB], &["XXB"], true),
            b: engine("XXB", &[ACCORD_AB, ACCORD_BC], &["XXA", "XXC"], false),
            c: engine("XXC", &[ACCORD_BC], &["XXB"], false),
            piece: 0,
            bytes,
            last_a: Vec::new(),
            last_b: Vec::new(),
            last_c: Vec::new(),
            sent: Vec::new(),
        };
        for engine in [&mut row.a, &mut row.b, &mut row.c] {
            tell(engine, &Event::ConsoleJoined { console: CONSOLE }, start());
        }
        row
    }

    fn now(&self) -> Time {
        start().plus_seconds(self.piece as f64 / 10.0)
    }

    /// Tenths of a second go by.
    fn run(&mut self, tenths: usize) {
        for _ in 0..tenths {
            self.piece += 1;
            let now = self.now();
            let cut = |n: usize| self.bytes.len() * n / 4_000;
            let bytes = self.bytes[cut(self.piece - 1)..cut(self.piece)].to_vec();
            let received = Event::Received { feed: FeedIndex(0), bytes, source: None };
            tell(&mut self.a, &received, now);
            let out = tell(&mut self.a, &Event::Tick, now);
            keep(&mut self.last_a, &out);
            for batch in out.released {
                let body = batch.value().encode();
                self.sent.push(body.clone());
                tell(&mut self.b, &Event::PartnerTold { party: party("XXA"), body }, now);
            }
            let out = tell(&mut self.b, &Event::Tick, now);
            keep(&mut self.last_b, &out);
            for batch in out.released {
                assert_eq!(batch.to(), party("XXC"));
                let body = batch.value().encode();
                tell(&mut self.c, &Event::PartnerTold { party: party("XXB"), body }, now);
            }
            keep(&mut self.last_c, &tell(&mut self.c, &Event::Tick, now));
        }
    }

    fn ask_a(&mut self, message: ClientMessage) -> Vec<ServerMessage> {
        let now = self.now();
        let asked = Event::ConsoleAsked { console: CONSOLE, message };
        messages(&tell(&mut self.a, &asked, now))
    }
}

fn keep(last: &mut Vec<ServerMessage>, out: &Outbox) {
    if !out.deliveries.is_empty() {
        *last = messages(out);
    }
}

fn picture(messages: &[ServerMessage]) -> &wire::Picture {
    let mut pictures = messages.iter().filter_map(|message| match message {
        ServerMessage::Picture(picture) => Some(picture),
        _ => None,
    });
    pictures.next().expect("a picture")
}

fn partners(messages: &[ServerMessage]) -> &wire::Partners {
    let mut found = messages.iter().filter_map(|message| match message {
        ServerMessage::Partners(partners) => Some(partners),
        _ => None,
    });
    found.next().expect("partners")
}

#[test]
fn a_partner_sees_what_the_article_lets_out_and_the_next_one_nothing() {
    let mut row = Row::new();
    row.run(600);
    let (of_a, of_b) = (partners(&row.last_a), partners(&row.last_b));
    let we_send = of_a.rows[0].we_send;
    assert!(we_send >= 10, "{of_a:?}");
    assert_eq!(of_b.rows[0].party, "XXA");
    assert_eq!(of_b.rows[0].they_send, we_send);
    assert_eq!(picture(&row.last_b).tracks_total, we_send);
    // All that A holds is either sent or held back, and the reason is said.
    let held_back: u32 = of_a.rows[0].withheld.iter().map(|rule| rule.count).sum();
    assert!(held_back > 0 && of_a.rows[0].withheld.iter().all(|rule| rule.rule.contains("area")));
    // Nothing that A told B may go on to C: no article of theirs says so.
    assert_eq!(picture(&row.last_c).tracks_total, 0);
    assert_eq!(partners(&row.last_b).rows[1].we_send, 0);
}

#[test]
fn see_as_shows_to_the_byte_what_the_partner_was_sent() {
    let mut row = Row::new();
    row.run(400);
    row.ask_a(ClientMessage::SeeAs { party: Some("XXB".into()), beside: false });
    row.run(10);
    let view = picture(&row.last_a).clone();
    assert_eq!(view.seen_as.as_deref(), Some("XXB"));
    // B alone, told only what left A, shows the same tracks at the same places.
    let mut b = engine("XXB", &[ACCORD_AB], &["XXA"], false);
    for body in row.sent.clone() {
        tell(&mut b, &Event::PartnerTold { party: party("XXA"), body }, row.now());
    }
    let now = row.now();
    tell(&mut b, &Event::ConsoleJoined { console: CONSOLE }, now);
    let out = messages(&tell(&mut b, &Event::Tick, now));
    let shown = picture(&out);
    let places = |p: &wire::Picture| {
        let mut all: Vec<_> = (0..p.states.number.len())
            .map(|i| (p.states.number[i] % (1 << 24), p.states.lat_e6[i], p.states.lon_e6[i]))
            .collect();
        all.sort_unstable();
        all
    };
    assert!(!view.states.number.is_empty());
    assert_eq!(places(&view), places(shown));
    assert!(view.descriptions.iter().all(|d| d.callsign.is_none() && d.address.is_some()));
}

#[test]
fn beside_a_partners_view_our_own_picture_comes_and_why_it_is_not_told_the_rest() {
    let (mut alone, mut row) = (Row::new(), Row::new());
    for (row, beside) in [(&mut alone, false), (&mut row, true)] {
        row.run(400);
        row.ask_a(ClientMessage::SeeAs { party: Some("XXB".into()), beside });
        row.run(10);
    }
    // What the partner is sent and what is shown of it are the same, whoever looks beside it.
    assert_eq!(row.sent, alone.sent);
    let pictures = |messages: &[ServerMessage]| -> Vec<wire::Picture> {
        let picture = |message: &ServerMessage| match message {
            ServerMessage::Picture(picture) => Some(picture.clone()),
            _ => None,
        };
        messages.iter().filter_map(picture).collect()
    };
    let shown = pictures(&row.last_a);
    let [own, view] = shown.as_slice() else { panic!("{} pictures", shown.len()) };
    assert_eq!(pictures(&alone.last_a), std::slice::from_ref(view));
    assert_eq!((own.seen_as.as_ref(), own.full), (None, false));

    let held = row.last_a.iter().find_map(|message| match message {
        ServerMessage::HeldBack(held) => Some(held.clone()),
        _ => None,
    });
    let held = held.expect("what is held back");
    let mut told_as = held.told_as.clone();
    told_as.sort_unstable();
    assert_eq!(told_as, view.states.number);
    // Each of our own tracks is either told or held back, and none is both.
    let mut all: Vec<u32> = held.number.iter().chain(&held.told).copied().collect();
    all.sort_unstable();
    let full = row.ask_a(ClientMessage::Resync {});
    assert_eq!(all, picture(&full).states.number);
    // The reason is what the partners panel's "why" answers of each.
    assert!(!held.number.is_empty());
    for (number, reason) in held.number.iter().zip(&held.reason) {
        let ask = ClientMessage::Explain { number: *number, party: "XXB".into() };
        let said = row.ask_a(ask);
        let ServerMessage::Explained(why) = &said[0] else { panic!("{said:?}") };
        assert!(!why.released);
        assert_eq!(why.lines[0], held.reasons[*reason as usize]);
    }

    let back = row.ask_a(ClientMessage::SeeAs { party: None, beside: false });
    assert_eq!(picture(&back).seen_as, None);
    row.run(10);
    assert!(!row.last_a.iter().any(|message| matches!(message, ServerMessage::HeldBack(_))));
}

#[test]
fn a_partners_row_names_the_articles_and_caveats_that_hold_and_how_late_they_tell() {
    let late = ACCORD_AB.replace("velocity_kt = 10.0 }", "velocity_kt = 10.0 }\ndelay_s = 30.0");
    let caveat = r#"
[[caveat]]
number = "c1"
by = "XXA"
title = "Own aircraft to 5 NM"
towards = ["XXB"]
which = { identity = ["friend"] }
at_best = { position_nm = 5.0 }
"#;
    let mut a = engine("XXA", &[&format!("{late}{caveat}")], &["XXB"], false);
    tell(&mut a, &Event::ConsoleJoined { console: CONSOLE }, start());
    let told = messages(&tell(&mut a, &Event::Tick, start()));
    let terms = &partners(&told).rows[0].terms;
    let said: Vec<_> = terms
        .iter()
        .map(|term| (term.article.as_str(), term.lets_out.as_deref(), term.words.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            ("1", Some("tracks"), "position to 1 NM, velocity to 10 kt, 30 s late"),
            ("c1", None, "position to 5 NM"),
        ]
    );
    assert_eq!(terms.iter().map(|term| term.delay_s).collect::<Vec<_>>(), [30.0, 0.0]);
    // A suspended article says nothing any more; a caveat holds on.
    let suspend = ClientMessage::Suspend {
        accord: "xxa-xxb".into(),
        by: "Duty officer".into(),
        reason: "exercise".into(),
        towards: None,
    };
    tell(&mut a, &Event::ConsoleAsked { console: CONSOLE, message: suspend }, start());
    let told = messages(&tell(&mut a, &Event::Tick, start().plus_seconds(1.0)));
    let left: Vec<_> =
        partners(&told).rows[0].terms.iter().map(|term| term.article.clone()).collect();
    assert_eq!(left, ["c1"]);
}

fn areas(messages: &[ServerMessage]) -> Option<Vec<wire::AreaRow>> {
    messages.iter().rev().find_map(|message| match message {
        ServerMessage::Areas(areas) => Some(areas.rows.clone()),
        _ => None,
    })
}

#[test]
fn the_map_is_told_who_is_responsible_where_and_where_articles_hold_until_they_do_not() {
    let corners = [[30.0, -125.0], [40.0, -125.0], [40.0, -118.4]];
    let own = node::engine::Responsibility::new(party("XXA"), &corners).expect("an area");
    let mut a = engine("XXA", &[ACCORD_AB], &["XXB"], false).with_areas(vec![own]);
    let joined = messages(&tell(&mut a, &Event::ConsoleJoined { console: CONSOLE }, start()));
    let rows = areas(&joined).expect("areas");
    let [responsible, release] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!((responsible.kind, &*responsible.of[0]), (wire::AreaKind::Responsible, "XXA"));
    assert_eq!(release.kind, wire::AreaKind::Release);
    assert_eq!(release.accord.as_deref().zip(release.article.as_deref()), Some(("xxa-xxb", "1")));
    assert_eq!((&release.of[..], &release.to[..]), (&["XXA".into()][..], &["XXB".into()][..]));
    // Every corner of the text is on the line that is drawn.
    let points = &release.shapes[0].points;
    for [lat, lon] in [[30.0, -125.0], [40.0, -125.0], [40.0, -118.4], [30.0, -118.4]] {
        let near = |point: &[f64; 2]| (point[0] - lat).hypot(point[1] - lon) < 1e-9;
        assert!(points.iter().any(near), "{lat} {lon}");
    }
    tell(&mut a, &Event::Tick, start());
    let quiet = messages(&tell(&mut a, &Event::Tick, start().plus_seconds(1.0)));
    assert_eq!(areas(&quiet), None, "nothing has changed");
    let suspend = ClientMessage::Suspend {
        accord: "xxa-xxb".into(),
        by: "Duty officer".into(),
        reason: "exercise".into(),
        towards: None,
    };
    tell(&mut a, &Event::ConsoleAsked { console: CONSOLE, message: suspend }, start());
    let told = messages(&tell(&mut a, &Event::Tick, start().plus_seconds(2.0)));
    assert_eq!(areas(&told).expect("areas"), std::slice::from_ref(responsible));
}

#[test]
fn areas_name_those_alone_whom_no_suspension_stops_and_what_holds_anywhere_has_no_shape() {
    let of_three = ACCORD_AB
        .replace("[instruments]", "[[party]]\nid = \"XXC\"\nname = \"C\"\n[instruments]")
        .replace("to = [\"XXB\"]", "to = [\"XXB\", \"XXC\"]");
    let anywhere = "[[article]]\nnumber = \"2\"\nkind = \"release.tracks\"\nfrom = [\"XXB\"]\n\
                    to = [\"XXA\"]\narea = [{ anywhere = true }]\nfields = [\"position\"]\n";
    let mut a = engine("XXA", &[&format!("{of_three}{anywhere}")], &["XXB", "XXC"], false);
    let joined = messages(&tell(&mut a, &Event::ConsoleJoined { console: CONSOLE }, start()));
    let between = |rows: &[wire::AreaRow]| -> Vec<_> {
        let row = |row: &wire::AreaRow| (row.of.join(" "), row.to.join(" "), row.shapes.len());
        rows.iter().map(row).collect()
    };
    let row = |of: &str, to: &str, shapes| (of.to_owned(), to.to_owned(), shapes);
    let all = [row("XXA", "XXB XXC", 1), row("XXB", "XXA", 0)];
    assert_eq!(between(&areas(&joined).expect("areas")), all);
    let suspend = ClientMessage::Suspend {
        accord: "xxa-xxb".into(),
        by: "Duty officer".into(),
        reason: "exercise".into(),
        towards: Some("XXC".into()),
    };
    tell(&mut a, &Event::ConsoleAsked { console: CONSOLE, message: suspend }, start());
    let told = messages(&tell(&mut a, &Event::Tick, start().plus_seconds(1.0)));
    let rest = [row("XXA", "XXB", 1), row("XXB", "XXA", 0)];
    assert_eq!(between(&areas(&told).expect("areas")), rest);
}

#[test]
fn the_map_is_told_which_airspaces_are_active_and_when_that_changes() {
    let feature = |name: &str, active: &str| {
        format!(
            r#"{{"type":"Feature","properties":{{"name":"{name}","kind":"danger","lower":"GND","upper":"FL100"{active}}},"geometry":{{"type":"Polygon","coordinates":[[[74,42],[75,42],[75,43],[74,43],[74,42]]]}}}}"#
        )
    };
    let text = format!(
        r#"{{"type":"FeatureCollection","features":[{},{},{}]}}"#,
        feature("D1", ""),
        feature("D2", r#","active":["2026-11-23T12:00:10Z/2026-11-23T14:00Z"]"#),
        feature("D3", r#","active":"notice""#),
    );
    let read = intent::airspace::read::geojson(text.as_bytes());
    assert!(read.defects.is_empty(), "{:?}", read.defects);
    let airspaces = intent::airspace::Airspaces::build(read.airspaces).expect("sound");
    let setup = node::engine::IntentSetup { airspaces: Arc::new(airspaces), ..Default::default() };
    let mut a = engine("XXA", &[], &[], false).with_intent(setup);
    let times = |messages: &[ServerMessage]| {
        let found = messages.iter().rev().find_map(|message| match message {
            ServerMessage::AirspaceTimes(times) => Some(times.rows.clone()),
            _ => None,
        });
        found.map(|rows| {
            rows.iter().map(|row| (row.place, row.active, row.until_ms)).collect::<Vec<_>>()
        })
    };
    let ms = |seconds: f64| Some(start().plus_seconds(seconds).unix_millis() as f64);
    let joined = messages(&tell(&mut a, &Event::ConsoleJoined { console: CONSOLE }, start()));
    assert_eq!(times(&joined).unwrap(), [(1, Some(false), ms(10.0)), (2, None, None)]);
    for second in 0..10 {
        let told = messages(&tell(&mut a, &Event::Tick, start().plus_seconds(f64::from(second))));
        assert_eq!(times(&told), None, "second {second}");
    }
    let told = messages(&tell(&mut a, &Event::Tick, start().plus_seconds(10.0)));
    assert_eq!(times(&told).unwrap(), [(1, Some(true), ms(7200.0)), (2, None, None)]);
}

#[test]
fn a_suspension_stops_the_next_batch_and_outlasts_a_restart() {
    let mut row = Row::new();
    row.run(300);
    let before = row.sent.len();
    let said = row.ask_a(ClientMessage::Suspend {
        accord: "xxa-xxb".into(),
        by: "Duty officer".into(),
        reason: "exercise".into(),
        towards: None,
    });
    assert!(said.is_empty(), "{said:?}");
    // Said twice, it stands once.
    row.ask_a(ClientMessage::Suspend {
        accord: "xxa-xxb".into(),
        by: "Another".into(),
        reason: "again".into(),
        towards: None,
    });
    row.run(30);
    assert_eq!(row.sent.len(), before);
    let accords = &partners(&row.last_a).accords;
    let suspensions = accords[0].timeline.iter().filter(|e| e.what.starts_with("suspended"));
    assert_eq!(suspensions.count(), 1, "{:?}", accords[0].timeline);
    assert!(!accords[0].releases && accords[0].status.starts_with("suspended by XXA"));
    let why = row
        .ask_a(ClientMessage::Explain { number: picture_number(&row.last_a), party: "XXB".into() });
    let ServerMessage::Explained(why) = &why[0] else { panic!("{why:?}") };
    assert!(!why.released && why.lines[0].contains("suspend"), "{why:?}");

    let standing = row.a.standing();
    // An hour on, and with a clock that was set back an hour meanwhile.
    for later_s in [3600.0, -3600.0] {
        let now = row.now().plus_seconds(later_s);
        let mut again = engine("XXA", &[ACCORD_AB], &["XXB"], true);
        again.take_up_standing(&standing, now);
        let out = tell(&mut again, &Event::Tick, now);
        assert!(out.released.is_empty());
    }

    let said = row.ask_a(ClientMessage::Resume {
        accord: "xxa-xxb".into(),
        by: "D. O.".into(),
        may: None,
    });
    assert!(said.is_empty(), "{said:?}");
    row.run(10);
    assert!(row.sent.len() > before);
}

/// The whole of it as a node keeps it, and what another withdraws that goes on with it later: from whom,
/// why, and when that was decided if it was in the run before.
fn withdrawn_after(a: &mut Engine, text: &str, now: Time) -> Vec<(String, String, Option<Time>)> {
    let mut again = engine("XXA", &[text], &["XXB"], false);
    let withdrawn = again.take_up_standing(&a.standing(), now);
    let again = |one: &node::event::Withdrawal| one.again.then_some(one.at);
    withdrawn.into_iter().map(|one| (one.to.to_string(), one.reason.clone(), again(&one))).collect()
}

#[test]
fn what_waits_is_dropped_whatever_stops_it_running_or_not() {
    let ends = ACCORD_AB.replace("term = \"5 years\"\nrenewal = \"automatic\"", "");
    let ends = |more: &str| ends.replace("[[article]]", &format!("{more}\n[[article]]"));
    let at = |second: f64| start().plus_seconds(second);
    let suspended = "[[instruments.suspension]]\nby = \"XXB\"\nfrom = 2026-11-23T12:00:10Z\n";
    let terminated = "[instruments.termination]\ndate = 2026-11-24\nby = [\"XXA\"]\n";
    for (more, stops_s, why) in
        [(suspended, 10.0, "suspended by XXB"), (terminated, 43_200.0, "is not in force")]
    {
        let text = ends(more);
        let mut a = engine("XXA", &[&text], &["XXB"], false);
        let before = tell(&mut a, &Event::Tick, at(stops_s - 0.5));
        assert!(!before.released.is_empty() && before.withdrawn.is_empty());
        // The node is down as it stops; or it runs, and stops then, perhaps before that was carried out,
        // and starts however much later.
        let while_down = withdrawn_after(&mut a, &text, at(stops_s + 1800.0));
        let running = tell(&mut a, &Event::Tick, at(stops_s)).withdrawn;
        assert_eq!(running.len(), 1);
        assert!(running[0].reason.contains(why), "{}", running[0].reason);
        assert_eq!(while_down, [("XXB".to_owned(), running[0].reason.clone(), None)]);
        assert!(tell(&mut a, &Event::Tick, at(stops_s + 1.0)).withdrawn.is_empty());
        for later_s in [2.0, 900_000.0, -3600.0] {
            let again = withdrawn_after(&mut a, &text, at(stops_s + later_s));
            let (_, why, unless_after) = &again[0];
            assert_eq!(
                (again.len(), why, *unless_after),
                (1, &running[0].reason, Some(at(stops_s)))
            );
        }
    }
    // A partner's own word, and a text with another article or another caveat.
    let text = ends("");
    let mut a = engine("XXA", &[&text], &["XXB"], false);
    tell(&mut a, &Event::Tick, at(0.0));
    assert_eq!(withdrawn_after(&mut a, &text, at(3600.0)), []);
    let coarser = text.replace("position_nm = 1.0", "position_nm = 2.0");
    let caveat =
        "\n[[caveat]]\nnumber = \"K1\"\nby = \"XXA\"\nwhich = { service = [\"military\"] }\n";
    for changed in [coarser, text.clone() + caveat] {
        let withdrawn = withdrawn_after(&mut a, &changed, at(3600.0));
        assert_eq!(withdrawn.len(), 1);
        assert!(withdrawn[0].1.ends_with("is not what it was"), "{withdrawn:?}");
    }
    let mut b = engine("XXB", &[&text], &["XXA"], false);
    tell(&mut b, &Event::ConsoleJoined { console: CONSOLE }, at(0.0));
    let message = ClientMessage::Suspend {
        accord: "xxa-xxb".into(),
        by: "Duty officer".into(),
        reason: String::new(),
        towards: None,
    };
    let said = tell(&mut b, &Event::ConsoleAsked { console: CONSOLE, message }, at(1.0));
    let body = said.notes[0].value().encode();
    let heard = tell(&mut a, &Event::PartnerTold { party: party("XXB"), body }, at(2.0));
    let withdrawn: Vec<_> = heard.withdrawn.iter().map(|one| one.to.to_string()).collect();
    assert_eq!(withdrawn, ["XXB"]);
}

#[test]
fn what_a_partner_let_us_pass_on_is_dropped_with_its_word_also_while_we_are_down() {
    let onward = ACCORD_AB.to_owned() + "onward = [{ to = [\"XXC\"] }]\n";
    let at = |second: f64| start().plus_seconds(second);
    let b = |text: &str| engine("XXB", &[text, ACCORD_BC], &["XXA", "XXC"], false);
    let to = |withdrawn: &[node::event::Withdrawal]| {
        withdrawn.iter().map(|one| one.to.to_string()).collect::<Vec<_>>()
    };
    let mut running = b(&onward);
    assert!(tell(&mut running, &Event::Tick, at(0.0)).withdrawn.is_empty());
    // As long as XXC was told nothing of XXA's, it is no matter of XXC's what becomes of that.
    let unheard = running.standing();
    assert!(to(&b(ACCORD_AB).take_up_standing(&unheard, at(60.0))).is_empty());
    let body = track_of_xxa(at(1.0)).encode();
    tell(&mut running, &Event::PartnerTold { party: party("XXA"), body }, at(1.0));
    let out = tell(&mut running, &Event::Tick, at(2.0));
    let passed_on = out.released.iter().filter(|batch| batch.to() == party("XXC"));
    assert_eq!(passed_on.map(|batch| batch.value().items.len()).sum::<usize>(), 1);
    let standing = running.standing();
    let taken_up = |text: &str| to(&b(text).take_up_standing(&standing, at(60.0)));
    assert!(taken_up(&onward).is_empty());
    // XXA lets it pass on less, or nothing; the accord ends.
    let coarser =
        onward.replace("to = [\"XXC\"] }", "to = [\"XXC\"], precision = { position_nm = 9.0 } }");
    let ended = "[instruments.termination]\ndate = 2026-11-23\nby = [\"XXA\"]\n\n[[article]]";
    for changed in [coarser, ACCORD_AB.to_owned(), onward.replace("[[article]]", ended)] {
        assert_eq!(taken_up(&changed), ["XXC"]);
    }
    // It suspends.
    let mut a = engine("XXA", &[&onward], &["XXB"], false);
    let message = ClientMessage::Suspend {
        accord: "xxa-xxb".into(),
        by: "Duty officer".into(),
        reason: String::new(),
        towards: None,
    };
    let said = tell(&mut a, &Event::ConsoleAsked { console: CONSOLE, message }, at(1.0));
    let body = said.notes[0].value().encode();
    let heard = tell(&mut running, &Event::PartnerTold { party: party("XXA"), body }, at(2.0));
    assert_eq!(to(&heard.withdrawn), ["XXC"]);
    // The log that is shared with XXC tells nothing of what is between the others.
    assert!(!heard.withdrawn[0].reason.contains("XXA"), "{}", heard.withdrawn[0].reason);
    // People here are told, also after a restart.
    let mut again = b(&onward);
    again.take_up_standing(&running.standing(), at(60.0));
    again.resumed();
    for (node, second) in [(&mut running, 3.0), (&mut again, 63.0)] {
        tell(node, &Event::ConsoleJoined { console: CONSOLE }, at(second));
        let said = messages(&tell(node, &Event::Tick, at(second + 1.0)));
        let why = partners(&said).rows[1].dropped.as_ref().map(|dropped| dropped.why.as_str());
        let third = "what may be passed on is not what it was: of XXA, ";
        assert!(
            why.is_some_and(|why| why.starts_with(third) && why.contains("suspended")),
            "{why:?}"
        );
    }
}

/// A track that XXA tells XXB at `slot` and lets XXC have.
fn track_of_xxa(slot: Time) -> Batch {
    let article = ArticleRef {
        accord: "xxa-xxb".parse().expect("an accord's id"),
        article: "1".parse().expect("a number"),
    };
    let item = Item {
        number: PartnerNumber(1),
        object: ObjectKind::Track,
        time: slot,
        precision: Reduction::NONE,
        granted: FieldSet::from_bits(u32::MAX),
        told: Told {
            position_rad: Some([35.0_f64, -120.0].map(f64::to_radians)),
            velocity_mps: Some([100.0, 0.0]),
            ..Told::default()
        },
        originators: Vec::new(),
        onward: vec![Onward { to: party("XXC"), at_best: Reduction::NONE }],
        articles: vec![article],
    };
    let (from, to) = (party("XXA"), party("XXB"));
    Batch { from, to, epoch: 1, sequence: 1, part: 0, slot, items: vec![item], ended: Vec::new() }
}

#[test]
fn what_was_decided_in_the_last_second_before_a_crash_drops_what_waits_before_any_link_is_up() {
    let at = |second: f64| start().plus_seconds(second);
    let mut a = engine("XXA", &[ACCORD_AB], &["XXB"], false);
    tell(&mut a, &Event::Tick, at(0.0));
    let mut again = engine("XXA", &[ACCORD_AB], &["XXB"], false);
    assert!(again.take_up_standing(&a.standing(), at(60.0)).is_empty());
    // In the journal, and in nothing that stands: it is handled again.
    let message = ClientMessage::Suspend {
        accord: "xxa-xxb".into(),
        by: "Duty officer".into(),
        reason: String::new(),
        towards: None,
    };
    let out = tell(&mut again, &Event::ConsoleAsked { console: CONSOLE, message }, at(1.0));
    let withdrawn: Vec<_> = out.withdrawn.iter().map(|one| one.to.as_str()).collect();
    assert_eq!(withdrawn, ["XXB"]);
}

#[test]
fn who_decided_a_suspension_or_a_resumption_and_why_is_for_the_own_ledger() {
    let mut a = engine("XXA", &[ACCORD_AB], &["XXB"], false).with_people();
    let ask = |a: &mut Engine, message: ClientMessage, second: f64| {
        let asked = Event::ConsoleAsked { console: CONSOLE, message };
        let out = tell(a, &asked, start().plus_seconds(second));
        let acts = out.decisions.iter().filter_map(|(to, entry)| Some((*to, entry.act()?.clone())));
        acts.collect::<Vec<_>>()
    };
    let (accord, by) = ("xxa-xxb".to_owned(), "Asel".to_owned());
    let suspend = ClientMessage::Suspend {
        accord: accord.clone(),
        by,
        reason: "a dispute".into(),
        towards: None,
    };
    let suspended = ask(&mut a, suspend.clone(), 1.0);
    assert_eq!(suspended.len(), 1);
    let (to, act) = &suspended[0];
    assert_eq!(
        (to.as_str(), act.party.as_str(), act.by.as_slice()),
        ("XXB", "XXA", &["Asel".to_owned()][..])
    );
    assert_eq!(act.text, "suspends xxa-xxb towards XXB: a dispute");
    assert!(ask(&mut a, suspend.clone(), 2.0).is_empty(), "it stands");
    let ClientMessage::Suspend { accord: of, towards, .. } = suspend else { unreachable!() };
    let more = ClientMessage::Suspend {
        accord: of,
        by: "Bakyt".into(),
        reason: "and a second one".into(),
        towards,
    };
    let said = ask(&mut a, more, 2.5);
    assert_eq!(said.len(), 1, "what is said of it since is kept too");
    let (to, act) = &said[0];
    assert_eq!((to.as_str(), act.by.join(", ")), ("XXB", "Bakyt".to_owned()));
    assert_eq!(act.text, "suspends xxa-xxb towards XXB: more words: and a second one");
    assert_eq!(act.at_ms, start().plus_seconds(2.5).unix_millis());
    // Where the node dies before the ledger has it, the next run hands on the same leaf.
    let mut again = engine("XXA", &[ACCORD_AB], &["XXB"], false).with_people();
    again.take_up_standing(&a.standing(), start().plus_seconds(2.6));
    again.resumed();
    let out = tell(&mut again, &Event::Tick, start().plus_seconds(2.7));
    assert!(out.decisions.iter().any(|(party, entry)| party == to && entry.act() == Some(act)));
    let resume =
        |by: &str| ClientMessage::Resume { accord: accord.clone(), by: by.into(), may: None };
    assert!(ask(&mut a, resume("Bakyt"), 3.0).is_empty(), "one alone decides nothing");
    let resumed = ask(&mut a, resume("Asel"), 4.0);
    let (_, act) = &resumed[0];
    assert_eq!(
        (act.text.as_str(), act.by.join(", ")),
        ("resumes xxa-xxb towards XXB", "Bakyt, Asel".into())
    );
    // Told again after a crash, it is the very same entry: the ledger has it once.
    let mut again = engine("XXA", &[ACCORD_AB], &["XXB"], false);
    again.take_up_standing(&a.standing(), start().plus_seconds(60.0));
    again.resumed();
    let told = tell(&mut again, &Event::Tick, start().plus_seconds(61.0));
    let acts: Vec<_> = told.decisions.iter().filter_map(|(_, entry)| entry.act()).collect();
    assert_eq!((acts.len(), acts.last()), (2, Some(&act)), "beside the words from before");
}

#[test]
fn by_which_approved_text_a_party_goes_is_told_to_the_others_and_entered_once() {
    let in_force = |text: u8, by: &[&str], second: f64| TextInForce {
        accord: "xxa-xxb".parse().unwrap(),
        sha256: [text; 32],
        approved: (!by.is_empty()).then(|| {
            let by = by.iter().map(ToString::to_string).collect();
            (by, start().plus_seconds(second))
        }),
    };
    let run = |text: u8, by: &[&str], approved: f64| {
        let texts = vec![in_force(text, by, approved)];
        engine("XXA", &[ACCORD_AB], &["XXB"], false).with_texts(texts)
    };
    let mut b =
        engine("XXB", &[ACCORD_AB], &["XXA"], false).with_texts(vec![in_force(1, &[], 0.0)]);
    tell(&mut b, &Event::ConsoleJoined { console: CONSOLE }, start());
    // What A says and enters in one tick, and the text of it that B's people then see.
    let mut second = |a: &mut Engine, s: f64| {
        let now = start().plus_seconds(s);
        let out = tell(a, &Event::Tick, now);
        for note in &out.notes {
            let body = note.encode().into_value();
            tell(&mut b, &Event::PartnerTold { party: party("XXA"), body }, now);
        }
        let shown = messages(&tell(&mut b, &Event::Tick, now.plus_seconds(1.0)));
        let shown = partners(&shown);
        let texts = &shown.accords[0].texts;
        let texts = texts.iter().map(|row| (row.party.clone(), row.at_ms as i64, row.same));
        let acts: Vec<ledger::Act> =
            out.decisions.iter().filter_map(|(_, entry)| entry.act().cloned()).collect();
        (acts, texts.collect::<Vec<_>>())
    };
    // What stood in the files when nothing counted yet was nobody's decision.
    assert_eq!(second(&mut run(1, &[], 0.0), 1.0), (vec![], vec![]));

    let (by, ms) = (["Asel", "Bek"], |s: f64| start().plus_seconds(s).unix_millis());
    let mut a = run(2, &by, 5.0);
    let (acts, texts) = second(&mut a, 10.0);
    assert_eq!(texts, [("XXA".to_owned(), ms(5.0), false)]);
    let text = format!(
        "goes by an approved text of xxa-xxb that shares what has SHA-256 {}",
        "02".repeat(32)
    );
    let told = |act: &ledger::Act| (act.text.clone(), act.by.join(", "), act.at_ms);
    assert_eq!(acts.iter().map(told).collect::<Vec<_>>(), [(text, "Asel, Bek".into(), ms(5.0))]);
    assert!(second(&mut a, 12.0).0.is_empty(), "it is told once");
    // Who starts second hears it when the link comes up, and it is the very same entry.
    tell(&mut a, &Event::PartnerConnected { party: party("XXB") }, start().plus_seconds(13.0));
    assert_eq!(second(&mut a, 14.0).0, acts);
    // The next run tells again what the link may not have had, and it is the very same entry.
    let mut again = run(2, &by, 5.0);
    again.take_up_standing(&a.standing(), start().plus_seconds(20.0));
    again.resumed();
    assert_eq!(second(&mut again, 21.0).0, acts);
    // Another one is told by the start that takes it up; it may be the one that counts there.
    let mut next = run(1, &by, 30.0);
    next.take_up_standing(&again.standing(), start().plus_seconds(40.0));
    next.resumed();
    let (acts, texts) = second(&mut next, 41.0);
    assert_eq!((acts.len(), texts), (1, vec![("XXA".to_owned(), ms(30.0), true)]));
}

#[test]
fn what_a_link_could_not_keep_is_told_anew_with_all_that_stands() {
    let mut row = Row::new();
    row.run(300);
    let last = |row: &Row| accord::Batch::decode(row.sent.last().expect("a batch")).expect("one");
    let (before, told) = (last(&row), partners(&row.last_a).rows[0].we_send as usize);
    let report = |shed| Event::PartnerLink {
        party: party("XXB"),
        report: node::event::LinkReport { shed, ..Default::default() },
    };
    let now = row.now();
    tell(&mut row.a, &report(3), now);
    row.run(10);
    let anew = last(&row);
    assert!(anew.epoch > before.epoch && anew.items.len() + 2 >= told, "{told}: {anew:?}");
    // The same count again tells of nothing more.
    let now = row.now();
    tell(&mut row.a, &report(3), now);
    row.run(10);
    assert_eq!(last(&row).epoch, anew.epoch);
}

#[test]
fn an_own_resumption_of_what_the_text_suspends_outlasts_a_restart_and_lifts_nothing_newer() {
    let suspended = |from: &str| {
        let written = format!("[[instruments.suspension]]\nby = \"XXA\"\nfrom = {from}\n");
        ACCORD_AB.replace("[[article]]", &format!("{written}\n[[article]]"))
    };
    let text = suspended("2026-11-23");
    let mut a = engine("XXA", &[&text], &["XXB"], false);
    tell(&mut a, &Event::ConsoleJoined { console: CONSOLE }, start());
    assert!(tell(&mut a, &Event::Tick, start()).released.is_empty());
    let message = ClientMessage::Resume { accord: "xxa-xxb".into(), by: "D. O.".into(), may: None };
    let asked = Event::ConsoleAsked { console: CONSOLE, message };
    let told = tell(&mut a, &asked, start().plus_seconds(1.0)).notes;
    assert_eq!(told.len(), 1, "the partner is to know");
    let later = start().plus_seconds(3600.0);
    // Written since: for a later hour, and for the very day of the resumption for another reason.
    let same_day =
        suspended("2026-11-23").replace("from = 2026", "reason = \"another\"\nfrom = 2026");
    let newer = suspended("2026-11-23T12:30:00Z");
    for (text, goes_out) in [(text.clone(), true), (newer, false), (same_day, false)] {
        let mut again = engine("XXA", &[&text], &["XXB"], false);
        again.take_up_standing(&a.standing(), later);
        assert_eq!(!tell(&mut again, &Event::Tick, later).released.is_empty(), goes_out);
    }
    // The partner lifts the same of its own copy, whenever it reads that.
    let body = told[0].value().encode();
    let same_day =
        suspended("2026-11-23").replace("from = 2026", "reason = \"another\"\nfrom = 2026");
    for (text, lifted) in [(text, true), (same_day, false)] {
        let mut b = engine("XXB", &[&text], &["XXA"], false);
        tell(&mut b, &Event::PartnerTold { party: party("XXA"), body: body.clone() }, later);
        let mut again = engine("XXB", &[&text], &["XXA"], false);
        again.take_up_standing(&b.standing(), later);
        for b in [b, again] {
            let held = b.policy().accords()[0].lifecycle.suspensions().iter();
            assert_eq!(held.filter(|one| one.holds(later)).count() == 0, lifted);
        }
    }
}

#[test]
fn a_record_that_tells_only_when_an_accord_was_resumed_lifts_what_it_lifted() {
    let written = "[[instruments.suspension]]\nby = \"XXA\"\nfrom = 2026-11-23\n\n[[article]]";
    let text = ACCORD_AB.replace("[[article]]", written);
    let mut a = engine("XXA", &[&text], &["XXB"], false);
    let at = start().plus_seconds(1.0).unix_nanos();
    let mut standing: serde_json::Value = serde_json::from_str(&a.standing()).expect("JSON");
    standing["resumed"] = serde_json::json!({ "xxa-xxb": at });
    let mut standing = standing.to_string();
    // Once as an earlier version wrote it, and then as this one does.
    for later_s in [60.0, 120.0] {
        let later = start().plus_seconds(later_s);
        let mut again = engine("XXA", &[&text], &["XXB"], false);
        again.take_up_standing(&standing, later);
        assert!(!tell(&mut again, &Event::Tick, later).released.is_empty());
        standing = again.standing();
        assert!(standing.contains("lifted") && !standing.contains("\"resumed\""), "{standing}");
    }
}

#[test]
fn a_record_of_suspensions_that_cannot_be_read_releases_nothing_and_is_kept() {
    let mut row = Row::new();
    row.a.take_up_standing("{ damaged", start());
    row.run(50);
    assert!(row.sent.is_empty());
    assert_eq!(row.a.standing(), "{ damaged");
}

fn picture_number(messages: &[ServerMessage]) -> u32 {
    picture(messages).states.number[0]
}

#[test]
fn nobody_suspends_without_a_name_or_an_accord() {
    let mut row = Row::new();
    let suspend = |accord: &str, by: &str| ClientMessage::Suspend {
        accord: accord.into(),
        by: by.into(),
        reason: String::new(),
        towards: None,
    };
    for (asked, reason) in
        [(suspend("xxa-xxb", "  "), "who you are"), (suspend("none", "me"), "no accord none")]
    {
        let said = row.ask_a(asked);
        let ServerMessage::Refused(refused) = &said[0] else { panic!("{said:?}") };
        assert!(refused.reason.contains(reason), "{refused:?}");
    }
}

#[test]
fn what_is_not_the_partners_own_or_not_readable_is_refused_and_counted() {
    let mut row = Row::new();
    row.run(20);
    let genuine = row.sent.last().expect("a heartbeat at least").clone();
    let now = row.now();
    // A batch of A's that C claims for itself, garbage, and A's own cut short.
    let mut b = engine("XXB", &[ACCORD_AB, ACCORD_BC], &["XXA", "XXC"], false);
    tell(&mut b, &Event::ConsoleJoined { console: CONSOLE }, now);
    for (from, body) in [
        ("XXC", genuine.clone()),
        ("XXC", b"garbage".to_vec()),
        ("XXC", genuine[..genuine.len() / 2].to_vec()),
    ] {
        tell(&mut b, &Event::PartnerTold { party: party(from), body }, now);
    }
    let out = messages(&tell(&mut b, &Event::Tick, now));
    let rows = &partners(&out).rows;
    assert_eq!((rows[0].refused, rows[1].refused), (0, 3));
    assert_eq!(rows[0].they_send + rows[1].they_send, 0);
}

#[test]
fn a_target_both_see_is_one_track_with_the_partners_word_beside() {
    let mut row = Row::new();
    // B has the same receiver: it tracks all that A tells it of by itself.
    row.b = engine("XXB", &[ACCORD_AB], &["XXA"], true);
    tell(&mut row.b, &Event::ConsoleJoined { console: CONSOLE }, start());
    for _ in 0..400 {
        let at = row.piece;
        let cut = |n: usize| row.bytes.len() * n / 4_000;
        let bytes = row.bytes[cut(at)..cut(at + 1)].to_vec();
        let now = row.now().plus_seconds(0.1);
        tell(&mut row.b, &Event::Received { feed: FeedIndex(0), bytes, source: None }, now);
        row.run(1);
    }
    let now = row.now();
    tell(&mut row.b, &Event::ConsoleJoined { console: ConsoleId(2) }, now);
    let asked = Event::ConsoleAsked { console: CONSOLE, message: ClientMessage::Resync {} };
    let out = messages(&tell(&mut row.b, &asked, now));
    let full = picture(&out);
    let mut addresses: Vec<_> =
        full.descriptions.iter().filter_map(|d| d.address.clone()).collect();
    let all = addresses.len();
    addresses.sort_unstable();
    addresses.dedup();
    assert_eq!(addresses.len(), all, "an address twice");
    let with_word = full.descriptions.iter().filter(|d| !d.words.is_empty() && !d.told).count();
    assert!(with_word >= 10, "{with_word} of {all}");
    assert!(full.descriptions.iter().all(|d| d.words.iter().all(|word| word.party == "XXA")));
}

#[test]
fn a_dispute_with_one_member_suspends_what_flows_between_the_two_and_nothing_else() {
    let third = "name = \"B\"\n[[party]]\nid = \"XXC\"\nname = \"C\"";
    let of_three = ACCORD_AB.replace("name = \"B\"", third);
    let of_three = of_three.replace("to = [\"XXB\"]", "to = [\"XXB\", \"XXC\"]");
    let mut a = engine("XXA", &[&of_three], &["XXB", "XXC"], false);
    tell(&mut a, &Event::ConsoleJoined { console: CONSOLE }, start());
    let at = |second: u32| start().plus_seconds(f64::from(second));
    // To whom a batch goes, if only a heartbeat.
    let fed = |a: &mut Engine, second: u32| {
        let out = tell(a, &Event::Tick, at(second));
        out.released.iter().map(|batch| batch.to().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(fed(&mut a, 1), ["XXB", "XXC"]);
    let suspend = |towards: &str| {
        let (accord, by, reason) = ("xxa-xxb".into(), "D. O.".into(), "a dispute".into());
        let message =
            ClientMessage::Suspend { accord, by, reason, towards: Some(towards.to_owned()) };
        Event::ConsoleAsked { console: CONSOLE, message }
    };
    let nobody = messages(&tell(&mut a, &suspend("XXD"), at(1)));
    let ServerMessage::Refused(refused) = &nobody[0] else { panic!("{nobody:?}") };
    assert_eq!(refused.reason, "XXD is no other party of xxa-xxb");
    let out = tell(&mut a, &suspend("XXB"), at(1));
    let withdrawn: Vec<_> = out.withdrawn.iter().map(|one| one.to.as_str()).collect();
    assert_eq!(withdrawn, ["XXB"]);
    // The other member does not even hear of it.
    let told: Vec<_> = out.notes.iter().map(|note| note.to().to_string()).collect();
    assert_eq!(told, ["XXB"]);
    assert_eq!(fed(&mut a, 2), ["XXC"]);
    let row = partners(&messages(&tell(&mut a, &Event::Tick, at(3)))).accords[0].clone();
    assert!(row.releases && row.status.starts_with("suspended by XXA towards XXB"), "{row:?}");
    let mut again = engine("XXA", &[&of_three], &["XXB", "XXC"], false);
    again.take_up_standing(&a.standing(), at(4));
    assert_eq!(fed(&mut again, 5), ["XXC"]);
    let resume = ClientMessage::Resume { accord: "xxa-xxb".into(), by: "D. O.".into(), may: None };
    tell(&mut a, &Event::ConsoleAsked { console: CONSOLE, message: resume }, at(5));
    assert_eq!(fed(&mut a, 6), ["XXB", "XXC"]);
}

//! Requests and back-up through whole engines: what a person decides at one console and what the
//! others see of it, over links that carry bytes, and after a node has died.

use accord::{Batch, Note, PartyId, Policy};
use node::engine::{Engine, EngineSetup};
use node::event::{ConsoleId, Event, Handle, Outbox};
use node::wire::{self, Answer, AskedState, ClientMessage, Proposal, ServerMessage, SourceKind};
use std::sync::Arc;
use surveillance::Time;

const CONSOLE: ConsoleId = ConsoleId(1);
const NAMES: [&str; 3] = ["XXA", "XXB", "XXC"];

/// Three members: any may ask any; what XXC covers is covered by XXB, then XXA, when it is silent;
/// each gives the others its tracks.
const ACCORD: &str = r#"
form = 1
accord = "three"
title = "Three neighbours"
nature = "illustration"

[[party]]
id = "XXA"
name = "A"
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
from = ["XXA", "XXB", "XXC"]
to = ["XXA", "XXB", "XXC"]
area = [{ anywhere = true }]
fields = ["position", "velocity", "address"]

[[article]]
number = "4"
title = "Any member may ask any other"
kind = "assistance"
from = ["XXA", "XXB", "XXC"]
to = ["XXA", "XXB", "XXC"]
purposes = ["information", "assistance"]
answer_within = "2 minutes"

[[article]]
number = "6"
kind = "backup"
of = "XXC"
by = ["XXB", "XXA"]
area = [{ polygon = [[40.0, 70.0], [44.0, 70.0], [44.0, 76.0], [40.0, 76.0]] }]
silent_s = 40.0
confirmations = 2
"#;

fn at(seconds: f64) -> Time {
    let start: Time = "2026-11-24T12:00:00Z".parse().expect("an instant");
    start.plus_seconds(seconds)
}

fn party(name: &str) -> PartyId {
    name.parse().expect("a party")
}

fn engine(name: &str) -> Engine {
    let accord = Arc::new(accord::read("test", ACCORD).expect("an accord").accord);
    let mut engine = Engine::new(EngineSetup {
        node: name.into(),
        party: name.into(),
        source: SourceKind::Live,
        notice: None,
        view: None,
        started: at(0.0),
        feeds: Vec::new(),
        sensors: Vec::new(),
        tracker: Default::default(),
        identity: Default::default(),
        policy: Policy::new(party(name), vec![accord]).expect("a policy"),
        partners: NAMES.iter().filter(|other| **other != name).map(|other| party(other)).collect(),
    });
    handle(&mut engine, &Event::ConsoleJoined { console: CONSOLE }, at(0.0));
    engine
}

fn handle(engine: &mut Engine, event: &Event, now: Time) -> Outbox {
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

/// Three nodes on links that can be down.
struct World {
    nodes: Vec<Engine>,
    /// Whether a node runs.
    up: [bool; 3],
    tenths: u64,
    requests: Vec<wire::Requests>,
    back_ups: Vec<wire::BackUps>,
    partners: Vec<Option<wire::Partners>>,
    notes: u64,
}

impl World {
    fn new() -> Self {
        let mut world = Self {
            nodes: NAMES.iter().map(|name| engine(name)).collect(),
            up: [true; 3],
            tenths: 0,
            requests: vec![Default::default(); 3],
            back_ups: vec![Default::default(); 3],
            partners: vec![None; 3],
            notes: 0,
        };
        for node in 0..3 {
            for partner in (0..3).filter(|partner| *partner != node) {
                let event = Event::PartnerConnected { party: party(NAMES[partner]) };
                world.tell(node, &event);
            }
        }
        world
    }

    fn now(&self) -> Time {
        at(self.tenths as f64 / 10.0)
    }

    /// What one node makes of an event, and the others of that.
    fn tell(&mut self, node: usize, event: &Event) -> Vec<ServerMessage> {
        let now = self.now();
        let mut outbox = handle(&mut self.nodes[node], event, now);
        let said = messages(&outbox);
        for message in &said {
            match message {
                ServerMessage::Requests(requests) => self.requests[node] = requests.clone(),
                ServerMessage::BackUps(back_ups) => self.back_ups[node] = back_ups.clone(),
                ServerMessage::Partners(partners) => self.partners[node] = Some(partners.clone()),
                _ => {}
            }
        }
        for released in outbox.take_released() {
            let to = NAMES.iter().position(|name| party(name) == released.to()).expect("a node");
            let body = released.into_value();
            self.notes += u64::from(Note::is_meant(&body));
            assert!(Note::is_meant(&body) != Batch::decode(&body).is_ok(), "one or the other");
            if self.up[to] && self.up[node] {
                self.tell(to, &Event::PartnerTold { party: party(NAMES[node]), body });
            }
        }
        said
    }

    fn ask(&mut self, node: usize, message: ClientMessage) -> Option<String> {
        let said = self.tell(node, &Event::ConsoleAsked { console: CONSOLE, message });
        said.into_iter().find_map(|message| match message {
            ServerMessage::Refused(refused) => Some(refused.reason),
            _ => None,
        })
    }

    fn run(&mut self, seconds: f64) {
        for _ in 0..(seconds * 10.0) as u64 {
            self.tenths += 1;
            for node in (0..3).filter(|node| self.up[*node]).collect::<Vec<_>>() {
                self.tell(node, &Event::Tick);
            }
        }
    }

    fn state(&self, node: usize) -> Vec<AskedState> {
        self.requests[node].rows[0].asked.iter().map(|asked| asked.state).collect()
    }

    /// A node is killed and starts again with what its disk has.
    fn restart(&mut self, node: usize) {
        let standing = self.nodes[node].standing();
        let now = self.now();
        self.nodes[node] = engine(NAMES[node]);
        self.nodes[node].take_up_standing(&standing, now);
        self.nodes[node].resumed();
        let joined = Event::ConsoleJoined { console: CONSOLE };
        self.tell(node, &joined);
    }
}

fn ask_for_help(of: &[&str]) -> ClientMessage {
    ClientMessage::Ask {
        accord: "three".into(),
        article: "4".into(),
        purpose: wire::Purpose::Assistance,
        of: of.iter().map(|name| (*name).to_owned()).collect(),
        text: "two aircraft for a search".into(),
        incident: Some("XXB INC-0007".into()),
        answer_within_s: None,
        by: "Duty officer".into(),
    }
}

#[test]
fn a_request_goes_to_whom_it_asks_and_its_silence_is_on_every_screen_at_the_due_second() {
    let mut world = World::new();
    world.run(1.0);
    assert_eq!(world.requests[0].articles[0].parties, ["XXB", "XXC"]);
    assert_eq!(world.ask(0, ask_for_help(&["XXB", "XXC"])), None);
    world.run(0.1);
    for node in 0..3 {
        assert_eq!(world.state(node), [AskedState::Received, AskedState::Received], "{node}");
        assert_eq!(world.requests[node].rows[0].to_answer, node != 0);
    }
    let number = world.requests[0].rows[0].number;
    world.run(10.0);
    let answer = |by: &str| ClientMessage::Answer {
        asker: "XXA".into(),
        number,
        answer: Answer::Accepted,
        words: "two, in an hour".into(),
        by: by.into(),
    };
    assert_eq!(world.ask(1, answer(" ")).as_deref(), Some("say who you are"));
    assert_eq!(world.ask(0, answer("RAP-1")).as_deref(), Some("this request does not ask XXA"));
    assert_eq!(world.ask(1, answer("RAP-1")), None);
    // Raised at 1.0 s; due two minutes later.
    world.run(121.0 - world.tenths as f64 / 10.0 - 0.1);
    for node in 0..3 {
        assert_eq!(world.state(node), [AskedState::Accepted, AskedState::Received], "{node}");
    }
    world.run(0.1);
    for node in 0..3 {
        assert_eq!(world.state(node), [AskedState::Accepted, AskedState::NoAnswer], "{node}");
    }
    world.run(0.1);
    for node in 0..3 {
        let row = &world.requests[node].rows[0];
        assert_eq!(row.asked[1].silence_recorded_by, NAMES, "{node}");
        assert_eq!(row.due_ms - row.raised_ms, 120_000.0);
    }
    let before = world.notes;
    world.run(30.0);
    assert_eq!(world.notes, before, "all is said once");
}

#[test]
fn what_a_link_did_not_keep_is_said_anew_and_an_answer_that_was_held_up_bears_both_times() {
    let mut world = World::new();
    let lost = |world: &mut World, node: usize, on_the_way_to: &str| {
        let report = node::event::LinkReport { shed: 1, ..Default::default() };
        world.tell(node, &Event::PartnerLink { party: party(on_the_way_to), report });
    };
    world.run(1.0);
    world.up[1] = false;
    assert_eq!(world.ask(0, ask_for_help(&["XXB"])), None);
    world.run(2.0);
    world.up[1] = true;
    world.run(2.0);
    assert_eq!(world.state(0), [AskedState::Sent]);
    lost(&mut world, 0, "XXB");
    world.run(0.2);
    assert_eq!(world.state(0), [AskedState::Received]);
    // Answered in time by XXB's clock, and not here by then.
    world.up[0] = false;
    let answer = ClientMessage::Answer {
        asker: "XXA".into(),
        number: world.requests[0].rows[0].number,
        answer: Answer::Accepted,
        words: String::new(),
        by: "RAP-1".into(),
    };
    assert_eq!(world.ask(1, answer), None);
    world.run(130.0);
    world.up[0] = true;
    lost(&mut world, 1, "XXA");
    world.run(0.2);
    let row = &world.requests[0].rows[0];
    let asked = &row.asked[0];
    assert_eq!((asked.state, asked.late), (AskedState::Accepted, false));
    assert!(asked.answers[0].said.at_ms < row.due_ms);
    assert!(asked.heard_ms.is_some_and(|heard| heard > row.due_ms), "{asked:?}");
    assert_eq!(asked.silence_recorded_by, ["XXA"]);
    // Who was there hears nothing late.
    assert_eq!(world.requests[1].rows[0].asked[0].heard_ms, None);
}

#[test]
fn a_request_outlasts_the_death_of_any_node_and_is_said_again_to_who_was_away() {
    let mut world = World::new();
    world.run(1.0);
    world.up[2] = false;
    assert_eq!(world.ask(0, ask_for_help(&["XXB", "XXC"])), None);
    world.run(5.0);
    assert_eq!(world.state(0), [AskedState::Received, AskedState::Sent]);
    let number = world.requests[0].rows[0].number;
    let by = "RAP-1".to_owned();
    let words = "one aircraft".to_owned();
    let answer = Answer::InPart;
    let said = ClientMessage::Answer { asker: "XXA".into(), number, answer, words, by };
    assert_eq!(world.ask(1, said), None);
    world.restart(0);
    world.restart(1);
    assert_eq!(world.state(0), [AskedState::InPart, AskedState::Sent]);
    // A link keeps what it is given; this one did not, and the nodes say it again after the start.
    world.up[2] = true;
    world.run(1.0);
    for node in 0..3 {
        assert_eq!(world.state(node), [AskedState::InPart, AskedState::Received], "{node}");
    }
}

#[test]
fn the_same_events_give_the_same_notes_to_the_byte() {
    let run = || {
        let mut engine = engine("XXA");
        let mut out = Vec::new();
        for tenth in 1..1300 {
            let now = at(f64::from(tenth) / 10.0);
            let mut outbox = Outbox::default();
            if tenth == 7 {
                let message = ask_for_help(&["XXB"]);
                engine.handle(&Event::ConsoleAsked { console: CONSOLE, message }, now, &mut outbox);
            }
            engine.handle(&Event::Tick, now, &mut outbox);
            out.extend(outbox.deliveries.drain(..).map(|delivery| delivery.body.to_vec()));
            out.extend(outbox.take_released().into_iter().map(accord::Released::into_value));
        }
        (out, engine.standing())
    };
    assert_eq!(run(), run());
}

#[test]
fn a_suspension_by_a_partner_is_on_its_partners_screen_and_stops_both_ways() {
    let mut world = World::new();
    world.run(2.0);
    let (accord, by) = ("three".to_owned(), "Duty officer".to_owned());
    let reason = "exercise".to_owned();
    let suspend =
        ClientMessage::Suspend { accord: accord.clone(), by: by.clone(), reason, towards: None };
    assert_eq!(world.ask(1, suspend), None);
    world.run(1.0);
    let partners = world.partners[0].clone().expect("partners");
    let row = partners.rows.iter().find(|row| row.party == "XXB").expect("a row");
    assert_eq!(
        (row.suspended[0].accord.as_str(), row.suspended[0].since_ms),
        ("three", 1_795_521_602_000.0)
    );
    assert!(partners.accords[0].status.contains("suspended by XXB"), "{:?}", partners.accords[0]);
    let why = world.ask(0, ask_for_help(&["XXB"])).expect("refused");
    assert!(why.contains("suspended by XXB"), "{why}");
    // What flows between the others goes on.
    assert_eq!(world.ask(0, ask_for_help(&["XXC"])), None);
    world.run(1.0);
    assert_eq!(world.requests[2].rows.len(), 1);
    assert!(world.requests[1].rows.is_empty());
    world.restart(0);
    assert!(world.ask(0, ask_for_help(&["XXB"])).is_some(), "it outlasts a restart");
    assert_eq!(world.ask(1, ClientMessage::Resume { accord, by, may: None }), None);
    world.run(1.0);
    assert_eq!(world.ask(0, ask_for_help(&["XXB"])), None);
}

#[test]
fn a_silent_node_is_stood_in_for_and_handed_back() {
    let mut world = World::new();
    world.run(5.0);
    world.up[2] = false;
    world.run(39.0);
    let row = |world: &World, node: usize| world.back_ups[node].rows[0].clone();
    assert!(row(&world, 1).waits.expect("it waits").contains("may be proposed from"));
    assert_eq!(row(&world, 1).proposed, None);
    world.run(2.0);
    assert_eq!(row(&world, 1).proposed, Some(Proposal::TakeOver));
    assert_eq!(row(&world, 0).proposed, None);
    let confirm = |proposal: Proposal, by: &str| ClientMessage::Confirm {
        accord: "three".into(),
        article: "6".into(),
        proposal,
        by: by.into(),
    };
    assert_eq!(world.ask(1, confirm(Proposal::TakeOver, "Aida")), None);
    world.restart(1);
    assert!(
        world.ask(1, confirm(Proposal::TakeOver, "aida")).expect("refused").contains("already")
    );
    world.run(0.1);
    assert_eq!(world.ask(1, confirm(Proposal::TakeOver, "Nurlan")), None);
    world.run(1.0);
    for node in 0..2 {
        let stand_in = row(&world, node).stand_in.expect("taken over");
        assert_eq!((stand_in.party.as_str(), stand_in.by.len()), ("XXB", 2));
    }
    world.up[2] = true;
    world.run(1.0);
    assert!(
        world.ask(1, confirm(Proposal::HandBack, "Aida")).expect("too soon").contains("paired")
    );
    world.run(11.0);
    assert_eq!(row(&world, 1).proposed, Some(Proposal::HandBack));
    assert_eq!(world.ask(1, confirm(Proposal::HandBack, "Aida")), None);
    assert_eq!(world.ask(1, confirm(Proposal::HandBack, "Dana")), None);
    world.run(1.0);
    for node in 0..3 {
        assert_eq!(row(&world, node).stand_in, None, "{node}");
    }
}

/// [`ask_for_help`] that concerns an incident.
fn ask_about(incident: &str, of: &[&str]) -> ClientMessage {
    match ask_for_help(of) {
        ClientMessage::Ask { accord, article, purpose, of, text, answer_within_s, by, .. } => {
            let incident = Some(incident.to_owned());
            ClientMessage::Ask { accord, article, purpose, of, text, incident, answer_within_s, by }
        }
        _ => unreachable!("it is a request"),
    }
}

#[test]
fn a_request_that_names_no_incident_but_says_something_of_one_is_refused_and_goes_to_nobody() {
    let mut world = World::new();
    world.run(1.0);
    for words in ["the fire", "INC-0003 at the lake", "INC-", "three"] {
        let refused = world.ask(0, ask_about(words, &["XXB"])).expect("a refusal");
        let reason = "is no incident's name: write one as XXA INC-0007, or leave it empty";
        assert_eq!(refused, format!("{words:?} {reason}"));
    }
    world.run(1.0);
    assert!(world.requests[0].rows.is_empty() && world.requests[1].rows.is_empty());
    assert_eq!(world.ask(0, ask_about("  ", &["XXB"])), None, "none is named");
}

#[test]
fn a_request_names_an_incident_to_each_party_by_the_number_that_party_knows() {
    let mut world = World::new();
    let by = || wire::Person { name: "Asel".into(), position: None };
    for title in ["kept here", "kept here too", "the fire"] {
        let open = ClientMessage::OpenIncident {
            kind: wire::IncidentKind::Emergency,
            title: title.into(),
            alerts: vec![],
            tracks: vec![],
            why: String::new(),
            by: by(),
        };
        assert_eq!(world.ask(0, open), None);
    }
    let none = world.ask(0, ask_about("INC-0004", &["XXB"]));
    assert_eq!(none.as_deref(), Some("there is no incident INC-0004"));
    assert_eq!(world.ask(0, ask_about("inc-3", &["XXB", "XXC"])), None);
    world.run(1.0);
    let shown =
        |world: &World, node: usize, row: usize| world.requests[node].rows[row].incident.clone();
    assert_eq!(shown(&world, 0, 0).as_deref(), Some("inc-3"));
    assert_eq!(shown(&world, 1, 0).as_deref(), Some("XXA INC-0001"));
    assert_eq!(shown(&world, 2, 0).as_deref(), Some("XXA INC-0001"));
    // It asks back about the same: who opened it reads its own number.
    assert_eq!(world.ask(1, ask_about("XXA INC-1", &["XXA"])), None);
    assert_eq!(world.ask(2, ask_about("XXA INC-8", &["XXA"])), None);
    world.run(1.0);
    let mut heard: Vec<_> = (1..3).filter_map(|row| shown(&world, 0, row)).collect();
    heard.sort();
    assert_eq!(heard, ["XXA INC-0003", "XXA INC-0008 (XXC was told of none under that number)"]);
    // Between two others a third party's number means nothing.
    let between = |node: usize, by: &str| {
        let rows = &world.requests[node].rows;
        rows.iter().find(|row| row.asker == by).map(|row| row.incident.clone())
    };
    assert_eq!(between(2, "XXB"), Some(None));
}

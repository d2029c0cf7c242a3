//! Across a border through whole engines: alerts that an article lets out and the partner shows as
//! the other's, and identities that one side proposes and the owner's people decide.

use crate::sbs::northbound;
use accord::{Note, PartyId, Policy, Says};
use node::config::{Format, parse};
use node::engine::{Engine, EngineSetup, FeedSetup};
use node::event::{ConsoleId, Event, FeedIndex, Handle, Outbox};
use node::wire::{
    self, Alerts, ClientMessage, Identity, IdentityDesk, ProposalAnswer, ProposalState, Refused,
    Selected, ServerMessage, SourceKind, TrackDescription,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use surveillance::{Sensor, SensorId, SensorKind, Time};

const FEED: FeedIndex = FeedIndex(0);
const CONSOLE: ConsoleId = ConsoleId(1);
const NAMES: [&str; 3] = ["XXA", "XXB", "XXC"];
const A: usize = 0;
const B: usize = 1;
const C: usize = 2;

/// XXA tells XXB its tracks and of emergencies; XXB tells XXA who its tracks are, and XXC all it may.
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
from = ["XXA"]
to = ["XXB"]
area = [{ anywhere = true }]
fields = ["position", "velocity", "address"]

[[article]]
number = "2"
kind = "release.alerts"
from = ["XXA"]
to = ["XXB"]
area = [{ anywhere = true }]
which = { alerts = ["emergency"] }
fields = ["alerts", "content"]

[[article]]
number = "3"
kind = "release.tracks"
from = ["XXB"]
to = ["XXA"]
area = [{ anywhere = true }]
fields = ["position", "identity"]

[[article]]
number = "4"
kind = "release.tracks"
from = ["XXB"]
to = ["XXC"]
area = [{ anywhere = true }]
fields = ["position"]

[[article]]
number = "5"
kind = "release.alerts"
from = ["XXB"]
to = ["XXC"]
area = [{ anywhere = true }]
fields = ["alerts", "content"]
"#;

fn start() -> Time {
    "2026-11-28T12:00:00Z".parse().expect("an instant")
}

fn party(name: &str) -> PartyId {
    name.parse().expect("a party")
}

fn engine(name: &str, accord: &str) -> Engine {
    let accord = Arc::new(accord::read("test", accord).expect("an accord").accord);
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
    let rules = parse("node.toml", "").expect("a configuration").alerts.setup();
    let mut engine = Engine::new(EngineSetup {
        node: name.into(),
        party: name.into(),
        source: SourceKind::Live,
        notice: None,
        view: None,
        started: start(),
        feeds: vec![feed],
        sensors: Vec::new(),
        tracker: Default::default(),
        identity: Default::default(),
        policy: Policy::new(party(name), vec![accord]).expect("a policy"),
        partners: NAMES.iter().filter(|other| **other != name).map(|other| party(other)).collect(),
    })
    .with_alerts(rules.expect("rules"));
    let mut outbox = Outbox::default();
    engine.handle(&Event::FeedConnected { feed: FEED }, start(), &mut outbox);
    engine
}

/// Three nodes on links that can be cut; XXA hears one aircraft.
struct World {
    nodes: Vec<Engine>,
    tenths: u64,
    /// By how much all clocks are ahead.
    ahead_s: f64,
    cut: bool,
    squawk: &'static str,
    alerts: Vec<Alerts>,
    desks: Vec<IdentityDesk>,
    tracks: Vec<BTreeMap<u32, TrackDescription>>,
    selected: Vec<Option<Selected>>,
    refused: Vec<Refused>,
    /// Notes on identities that XXB has said.
    said_b: usize,
}

impl World {
    fn new(accord: &str) -> Self {
        let mut world = Self {
            nodes: NAMES.iter().map(|name| engine(name, accord)).collect(),
            tenths: 0,
            ahead_s: 0.0,
            cut: false,
            squawk: "2511",
            alerts: vec![Alerts::default(); 3],
            desks: vec![IdentityDesk::default(); 3],
            tracks: vec![BTreeMap::new(); 3],
            selected: vec![None, None, None],
            refused: Vec::new(),
            said_b: 0,
        };
        (0..3).for_each(|node| world.connect(node));
        world
    }

    fn now(&self) -> Time {
        start().plus_seconds(self.tenths as f64 / 10.0 + self.ahead_s)
    }

    fn connect(&mut self, node: usize) {
        self.tell(node, &Event::ConsoleJoined { console: CONSOLE });
        for partner in (0..3).filter(|partner| *partner != node) {
            self.tell(node, &Event::PartnerConnected { party: party(NAMES[partner]) });
        }
    }

    fn tell(&mut self, node: usize, event: &Event) {
        let mut outbox = Outbox::default();
        let now = self.now();
        self.nodes[node].handle(event, now, &mut outbox);
        for delivery in &outbox.deliveries {
            match rmp_serde::from_slice(&delivery.body).expect("a message") {
                ServerMessage::Alerts(alerts) => self.alerts[node] = alerts,
                ServerMessage::IdentityDesk(desk) => self.desks[node] = desk,
                ServerMessage::Selected(selected) => self.selected[node] = Some(selected),
                ServerMessage::Refused(refused) => self.refused.push(refused),
                ServerMessage::Picture(picture) => {
                    if picture.full {
                        self.tracks[node].clear();
                    }
                    for description in picture.descriptions {
                        self.tracks[node].insert(description.number, description);
                    }
                    for ended in picture.ended {
                        self.tracks[node].remove(&ended.number);
                    }
                }
                _ => {}
            }
        }
        for released in outbox.take_released() {
            let to = NAMES.iter().position(|name| party(name) == released.to()).expect("a node");
            let note = Note::decode(released.value());
            let is_identity = note.is_ok_and(|note| matches!(note.says, Says::Identity(_)));
            self.said_b += usize::from(node == B && is_identity);
            if !self.cut {
                let body = released.value().clone();
                self.tell(to, &Event::PartnerTold { party: party(NAMES[node]), body });
            }
        }
    }

    /// So many seconds, the aircraft flying north.
    fn run(&mut self, seconds: u64) {
        for _ in 0..seconds * 10 {
            self.tenths += 1;
            if self.tenths.is_multiple_of(10) {
                let latitude = 40.0 + self.tenths as f64 / 10.0 * 200.0 / 111_120.0;
                let text = northbound("4CA123", latitude, 70.5, self.squawk);
                let event = Event::Received { feed: FEED, bytes: text.into_bytes(), source: None };
                self.tell(A, &event);
            }
            (0..3).for_each(|node| self.tell(node, &Event::Tick));
        }
    }

    fn ask(&mut self, node: usize, message: ClientMessage) {
        self.tell(node, &Event::ConsoleAsked { console: CONSOLE, message });
    }

    fn only_track(&self, node: usize) -> u32 {
        let numbers: Vec<u32> = self.tracks[node].keys().copied().collect();
        let [number] = numbers[..] else { panic!("{numbers:?}") };
        number
    }

    fn suspend(&mut self, node: usize) {
        let (accord, by, reason) = ("three".into(), "Asel".into(), "order".into());
        self.ask(node, ClientMessage::Suspend { accord, by, reason, towards: None });
    }

    fn propose(&mut self, identity: Identity) -> u32 {
        let number = self.only_track(B);
        let (why, by) = ("Spoke to the crew".to_owned(), "Bolot".to_owned());
        self.ask(B, ClientMessage::ProposeIdentity { number, identity, why, by });
        number
    }

    fn answer(&mut self, identity: Identity, answer: ProposalAnswer) {
        let number = self.only_track(A);
        let (party, why, by) = ("XXB".into(), "Checked by telephone".into(), "Asel".into());
        self.ask(A, ClientMessage::AnswerProposal { number, party, identity, answer, why, by });
    }
}

#[test]
fn a_partners_alert_is_shown_as_the_partners_and_goes_no_further() {
    let mut world = World::new(ACCORD);
    world.run(15);
    assert!(world.alerts[B].of_partners.is_empty());
    world.squawk = "7700";
    world.run(20);
    let own = world.alerts[A].rows.iter().find(|row| row.rule == "emergency").expect("it fires");
    assert_eq!((own.kind, own.cat004), (node::wire::IncidentKind::Emergency, None));
    let [theirs] = &world.alerts[B].of_partners[..] else { panic!("{:?}", world.alerts[B]) };
    assert_eq!((theirs.party.as_str(), theirs.title.as_str()), ("XXA", "EMERGENCY 7700"));
    assert_eq!(theirs.rule.as_deref(), Some("emergency"));
    assert_eq!(theirs.severity, Some(own.severity));
    assert_eq!(theirs.opened_ms.map(|ms| (ms / 1e3) as i64), Some((own.opened_ms / 1e3) as i64));
    assert_eq!(theirs.tracks, [world.only_track(B)], "the track as it is shown here");
    assert_eq!((theirs.at, theirs.level_ft), (None, None), "where it is the track tells");
    assert_eq!(theirs.articles, ["three article 2"]);
    // It is on nobody's board here, and is not passed on.
    assert_eq!((world.alerts[B].total, world.alerts[B].open), (0, [0; 3]));
    assert!(world.alerts[C].of_partners.is_empty());
    // Acknowledged there, it is shown so here.
    let by = "Asel".to_owned();
    world.ask(A, ClientMessage::Acknowledge { alert: own_id(&world), by });
    world.run(3);
    assert_eq!(world.alerts[B].of_partners[0].state, node::wire::AlertState::Acknowledged);
}

fn own_id(world: &World) -> u64 {
    let row = world.alerts[A].rows.iter().find(|row| row.rule == "emergency");
    row.expect("it fires").id
}

#[test]
fn a_partners_alert_is_taken_away_by_a_suspension_of_either() {
    for by in [A, B] {
        let mut world = World::new(ACCORD);
        world.squawk = "7700";
        world.run(40);
        assert_eq!(world.alerts[B].of_partners.len(), 1);
        world.suspend(by);
        world.run(3);
        assert!(world.alerts[B].of_partners.is_empty(), "suspended by {}", NAMES[by]);
    }
}

#[test]
fn an_alert_that_no_article_names_stays_in() {
    let text = ACCORD.replace("alerts = [\"emergency\"]", "alerts = [\"radio-failure\"]");
    let mut world = World::new(&text);
    world.squawk = "7700";
    world.run(40);
    assert!(world.alerts[A].total > 0 && world.alerts[B].of_partners.is_empty());
    // Nor where the tracks that it is about are not told.
    let text = ACCORD.replacen(
        "area = [{ anywhere = true }]",
        "area = [{ polygon = [[10.0, 10.0], [11.0, 10.0], [11.0, 11.0]] }]",
        1,
    );
    let mut world = World::new(&text);
    world.squawk = "7700";
    world.run(40);
    assert!(world.alerts[A].total > 0 && world.tracks[B].is_empty());
    assert!(world.alerts[B].of_partners.is_empty());
}

#[test]
fn a_person_proposes_an_identity_and_the_owners_person_refuses_and_accepts() {
    let mut world = World::new(ACCORD);
    world.run(15);
    let number = world.only_track(B);
    world.ask(B, ClientMessage::Select { number: Some(number) });
    let shown = world.selected[B].clone().expect("it is selected");
    let by_partner =
        |row: &wire::ToldRow| row.by == "XXA" && row.sensor.is_none() && row.kind.is_none();
    assert!(shown.told.iter().all(by_partner), "{:?}", shown.told);
    let fields: Vec<wire::ToldField> = shown.told.iter().map(|row| row.field).collect();
    use wire::ToldField::{Address, Position, Velocity};
    assert_eq!(fields, [Position, Velocity, Address], "what article 1 lets out");
    let who = shown.who.expect("who it is");
    assert_eq!((who.ours, who.propose_to.as_deref()), (false, Some("XXA")));
    world.propose(Identity::Friend);
    assert!(world.refused.is_empty(), "{:?}", world.refused);
    world.run(2);
    let [row] = &world.desks[A].proposals[..] else { panic!("{:?}", world.desks[A]) };
    assert_eq!((row.party.as_str(), row.identity), ("XXB", Identity::Friend));
    assert_eq!((row.by.as_deref(), row.why.as_str()), (Some("Bolot"), "Spoke to the crew"));
    assert_eq!(world.desks[B].sent[0].state, ProposalState::Received);

    world.answer(Identity::Friend, ProposalAnswer::Refuse);
    world.run(2);
    assert!(world.desks[A].proposals.is_empty());
    let sent = &world.desks[B].sent[0];
    assert_eq!(sent.state, ProposalState::Refused);
    let answer = sent.answer.clone().expect("an answer");
    assert_eq!((answer.by.as_str(), answer.words.as_str()), ("Asel", "Checked by telephone"));
    let track = world.only_track(A);
    assert_ne!(world.tracks[A][&track].identity, Identity::Friend);

    world.propose(Identity::Friend);
    world.run(2);
    world.answer(Identity::Friend, ProposalAnswer::Accept);
    world.run(2);
    assert_eq!(world.tracks[A][&track].identity, Identity::Friend);
    assert_eq!(world.desks[B].sent[0].state, ProposalState::Accepted);
    assert_eq!(world.desks[B].sent.len(), 2);
}

#[test]
fn a_partners_word_of_hostile_is_only_ever_a_first_persons() {
    let mut world = World::new(ACCORD);
    world.run(15);
    world.propose(Identity::Hostile);
    world.run(30);
    let track = world.only_track(A);
    assert_ne!(world.tracks[A][&track].identity, Identity::Hostile);
    world.answer(Identity::Hostile, ProposalAnswer::Accept);
    world.run(2);
    assert_ne!(world.tracks[A][&track].identity, Identity::Hostile);
    let [waiting] = &world.desks[A].waiting[..] else { panic!("{:?}", world.desks[A]) };
    assert_eq!(waiting.identity, Identity::Hostile);
    let (identity, by) = (Identity::Hostile, "Dinara".to_owned());
    world.ask(A, ClientMessage::ConfirmIdentity { number: track, identity, by });
    world.run(2);
    assert_eq!(world.tracks[A][&track].identity, Identity::Hostile);
}

#[test]
fn without_an_article_nothing_is_proposed_and_the_person_hears_why() {
    let text = ACCORD.replace("fields = [\"position\", \"identity\"]", "fields = [\"position\"]");
    let mut world = World::new(&text);
    world.run(15);
    world.propose(Identity::Friend);
    let reason = &world.refused.last().expect("it is refused").reason;
    assert_eq!(reason, "no article lets us tell XXA identities of tracks");
    world.run(3);
    assert!(world.desks[A].proposals.is_empty() && world.desks[B].sent.is_empty());
    // Of our own track nobody is asked.
    let number = world.only_track(A);
    let (identity, why, by) = (Identity::Friend, "so".to_owned(), "Asel".to_owned());
    world.ask(A, ClientMessage::ProposeIdentity { number, identity, why, by });
    let reason = &world.refused.last().expect("it is refused").reason;
    assert!(reason.contains("no track that a partner owns"), "{reason}");
}

#[test]
fn what_is_proposed_while_the_link_is_cut_arrives_and_a_suspension_holds_it_up() {
    let mut world = World::new(ACCORD);
    world.run(15);
    world.cut = true;
    world.propose(Identity::Friend);
    world.run(8);
    assert_eq!(world.desks[B].sent[0].state, ProposalState::Sent);
    world.cut = false;
    world.run(8);
    assert_eq!(world.desks[B].sent[0].state, ProposalState::Received);
    assert_eq!(world.desks[A].proposals.len(), 1, "once, however often it was said");

    // While its article is suspended a proposal is shown to nobody and cannot be answered.
    let resume = ClientMessage::Resume { accord: "three".into(), by: "Asel".into(), may: None };
    world.suspend(A);
    world.run(2);
    assert!(world.desks[A].proposals.is_empty());
    world.answer(Identity::Friend, ProposalAnswer::Refuse);
    assert!(!world.refused.is_empty());
    world.ask(A, resume.clone());
    world.run(8);
    assert_eq!(world.desks[A].proposals.len(), 1);

    // An answer that was not heard before waits for the end of a suspension.
    world.cut = true;
    world.answer(Identity::Friend, ProposalAnswer::Refuse);
    world.suspend(A);
    world.run(2);
    world.cut = false;
    world.run(8);
    assert_eq!(world.desks[A].held_up.len(), 1, "{:?}", world.desks[A]);
    assert_eq!(world.desks[B].sent[0].state, ProposalState::Received);
    world.ask(A, resume);
    world.run(8);
    assert_eq!(world.desks[B].sent[0].state, ProposalState::Refused);
}

#[test]
fn what_a_party_proposes_of_a_track_that_is_only_passed_on_is_nothing_to_decide_there() {
    let onward = "area = [{ anywhere = true }]\nonward = [{ to = [\"XXC\"] }]";
    let article_6 = ACCORD
        .split_once("[[article]]\nnumber = \"3\"")
        .and_then(|(_, rest)| rest.split_once("[[article]]"))
        .map(|(text, _)| text.replace("XXB", "XXC").replace("to = [\"XXA\"]", "to = [\"XXB\"]"))
        .expect("article 3");
    let text = ACCORD.replacen("area = [{ anywhere = true }]", onward, 1)
        + "[[article]]\nnumber = \"6\""
        + &article_6;
    let mut world = World::new(&text);
    world.run(15);
    let number = world.only_track(C);
    let (identity, why, by) = (Identity::Friend, "Heard of it".to_owned(), "Cholpon".to_owned());
    world.ask(C, ClientMessage::ProposeIdentity { number, identity, why, by });
    world.run(2);
    assert!(world.refused.is_empty(), "{:?}", world.refused);
    let sent = &world.desks[C].sent[0];
    assert_eq!((sent.state, sent.party.as_str()), (ProposalState::Over, "XXB"));
    let words = &sent.answer.as_ref().expect("why").words;
    assert!(words.contains("does not decide"), "{words}");
    assert!(world.desks[B].proposals.is_empty() && world.desks[A].proposals.is_empty());
}

#[test]
fn proposals_of_a_partner_take_no_more_room_than_its_share() {
    let mut world = World::new(ACCORD);
    world.run(15);
    let number = world.only_track(B);
    let mut said = 0;
    for round in 0..120 {
        // Long words, each taken back by the next once it is answered.
        let (why, by) = (format!("{round:03} {}", "w".repeat(480)), "Bolot".to_owned());
        let identity = Identity::Friend;
        world.ask(B, ClientMessage::ProposeIdentity { number, identity, why, by });
        world.run(1);
        world.answer(Identity::Friend, ProposalAnswer::Refuse);
        said += usize::from(world.refused.is_empty());
    }
    assert!((20..60).contains(&said), "{said}");
    assert!(world.nodes[A].standing().len() < 200_000);
    let reason = world.refused.iter().find(|refused| refused.reason.contains("no room"));
    assert!(reason.is_some(), "{:?}", world.refused.first());
}

#[test]
fn proposals_of_many_tracks_at_once_go_in_portions_and_all_arrive() {
    let mut world = World::new(ACCORD);
    for second in 0..15 {
        for other in 0..20 {
            let latitude = 40.0 + f64::from(second) * 200.0 / 111_120.0;
            let (address, longitude) = (format!("4CB1{other:02}"), 71.0 + 0.3 * f64::from(other));
            let text = northbound(&address, latitude, longitude, "2511");
            let event = Event::Received { feed: FEED, bytes: text.into_bytes(), source: None };
            world.tell(A, &event);
        }
        world.run(1);
    }
    let numbers: Vec<u32> = world.tracks[B].keys().copied().take(20).collect();
    assert_eq!(numbers.len(), 20);
    world.said_b = 0;
    let mut portions = Vec::new();
    for tick in 0..20 {
        if tick == 0 {
            for number in &numbers {
                let (why, by) = ("Spoke to the crew".to_owned(), "Bolot".to_owned());
                let (number, identity) = (*number, Identity::Friend);
                world.ask(B, ClientMessage::ProposeIdentity { number, identity, why, by });
            }
        } else {
            world.tenths += 1;
            (0..3).for_each(|node| world.tell(node, &Event::Tick));
        }
        portions.push(std::mem::take(&mut world.said_b));
    }
    assert!(world.refused.is_empty(), "{:?}", world.refused);
    portions.retain(|said| *said > 0);
    assert_eq!(portions, [16, 4]);
    assert_eq!(world.desks[A].proposals.len(), 20);
}

#[test]
fn proposals_outlast_a_restart_of_either_node() {
    let mut world = World::new(ACCORD);
    world.run(15);
    world.propose(Identity::Friend);
    world.run(2);
    for node in [A, B] {
        let (standing, now) = (world.nodes[node].standing(), world.now());
        let numbers = world.nodes[node].numbers();
        let mut again = engine(NAMES[node], ACCORD);
        again.take_up(&numbers);
        again.take_up_standing(&standing, now);
        again.resumed();
        world.nodes[node] = again;
        world.connect(node);
        world.run(15);
    }
    assert_eq!(world.desks[B].sent.len(), 1, "{:?}", world.desks[B]);
    assert_eq!(world.desks[B].sent[0].state, ProposalState::Received);
    assert_eq!(world.desks[B].sent[0].by, "Bolot");
}

#[test]
fn a_proposal_waits_by_what_has_passed_whatever_the_clock_is_set_to() {
    let mut world = World::new(ACCORD);
    world.run(15);
    world.propose(Identity::Friend);
    world.run(2);
    let waits = |world: &mut World| {
        let told = world.nodes[A].standing().contains("Spoke to the crew");
        let [sent] = &world.desks[B].sent[..] else { return (told, None) };
        (told, Some(sent.state))
    };
    assert_eq!(waits(&mut world), (true, Some(ProposalState::Received)));
    // Two days ahead, two days behind, and as it was: a proposal is forgotten after one.
    for ahead_s in [172_800.0, -172_800.0, 0.0] {
        world.ahead_s = ahead_s;
        world.run(5);
        assert_eq!(waits(&mut world), (true, Some(ProposalState::Received)), "{ahead_s}");
    }
    // One that is not acknowledged is given up after ten minutes of running time, no sooner.
    let mut world = World::new(ACCORD);
    world.run(15);
    world.cut = true;
    world.propose(Identity::Neutral);
    let given_up = |world: &World| {
        let newest = world.desks[B].sent.first().expect("the newest first");
        newest.state == ProposalState::Over
    };
    world.ahead_s = 7_200.0;
    world.run(30);
    assert!(!given_up(&world), "{:?}", world.desks[B].sent);
    world.run(600);
    assert!(given_up(&world), "{:?}", world.desks[B].sent);
}

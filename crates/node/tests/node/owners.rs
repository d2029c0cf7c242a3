//! Whose a target is: handed over at a border once, and while a silent party is stood in for the
//! stand-in's, without a second track or another number.

use accord::{
    ArticleRef, Batch, FieldSet, Item, ObjectKind, PartnerNumber, PartyId, Policy, Reduction, Told,
};
use node::engine::{Engine, EngineSetup, Responsibility};
use node::event::{ConsoleId, Event, Handle, Outbox};
use node::wire::{ClientMessage, Proposal, ServerMessage, SourceKind, TrackDescription};
use std::collections::BTreeMap;
use std::sync::Arc;
use surveillance::{Address, Time};

const CONSOLE: ConsoleId = ConsoleId(1);

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
from = ["XXA", "XXC"]
to = ["XXB"]
area = [{ anywhere = true }]
fields = ["position", "velocity", "address"]

[[article]]
number = "6"
kind = "backup"
of = "XXC"
by = ["XXB"]
area = [{ polygon = [[40.0, 74.0], [44.0, 74.0], [44.0, 78.0], [40.0, 78.0]] }]
silent_s = 30.0
confirmations = 2
"#;

fn at(seconds: u32) -> Time {
    let start: Time = "2026-11-24T12:00:00Z".parse().expect("an instant");
    start.plus_seconds(f64::from(seconds))
}

fn party(name: &str) -> PartyId {
    name.parse().expect("a party")
}

/// XXB's engine, without sensors: XXA is responsible west of 74° E, XXC east of it.
struct Node {
    engine: Engine,
    /// Whether the target tells its address, by which it is known at once.
    cooperative: bool,
    second: u32,
    shown: BTreeMap<u32, TrackDescription>,
    back_up: Option<node::wire::BackUpRow>,
}

impl Node {
    fn new() -> Self {
        let accord = Arc::new(accord::read("test", ACCORD).expect("an accord").accord);
        let area = |name: &str, west: f64| {
            let east = west + 4.0;
            let corners = [[40.0, west], [44.0, west], [44.0, east], [40.0, east]];
            Responsibility::new(party(name), &corners).expect("a polygon")
        };
        let engine = Engine::new(EngineSetup {
            node: "XXB".into(),
            party: "XXB".into(),
            source: SourceKind::Live,
            notice: None,
            view: None,
            started: at(0),
            feeds: Vec::new(),
            sensors: Vec::new(),
            tracker: Default::default(),
            identity: Default::default(),
            policy: Policy::new(party("XXB"), vec![accord]).expect("a policy"),
            partners: ["XXA", "XXC"].map(party).to_vec(),
        });
        let engine = engine.with_areas(vec![area("XXA", 70.0), area("XXC", 74.0)]);
        let mut node =
            Self { engine, cooperative: true, second: 0, shown: BTreeMap::new(), back_up: None };
        node.happen(&Event::ConsoleJoined { console: CONSOLE });
        node
    }

    fn happen(&mut self, event: &Event) -> Vec<String> {
        let mut outbox = Outbox::default();
        self.engine.handle(event, at(self.second), &mut outbox);
        let mut refused = Vec::new();
        for delivery in &outbox.deliveries {
            match rmp_serde::from_slice(&delivery.body).expect("a message") {
                ServerMessage::Picture(picture) => {
                    for description in picture.descriptions {
                        self.shown.insert(description.number, description);
                    }
                    for ended in picture.ended {
                        self.shown.remove(&ended.number);
                    }
                }
                ServerMessage::BackUps(back_ups) => self.back_up = Some(back_ups.rows[0].clone()),
                ServerMessage::Refused(why) => refused.push(why.reason),
                _ => {}
            }
        }
        refused
    }

    /// `from` tells of the one target at this longitude, under its own number and in its epoch.
    fn tell(&mut self, from: &str, longitude: f64, number: u32, epoch: u32) {
        let (from, to) = (party(from), party("XXB"));
        let article = ArticleRef {
            accord: "three".parse().expect("an id"),
            article: "1".parse().expect("a number"),
        };
        let item = Item {
            number: PartnerNumber(number),
            object: ObjectKind::Track,
            time: at(self.second),
            precision: Reduction::NONE,
            granted: FieldSet::from_bits(u32::MAX),
            told: Told {
                position_rad: Some([42.0_f64.to_radians(), longitude.to_radians()]),
                velocity_mps: Some([EAST_M_S, 0.0]),
                address: self.cooperative.then_some(Address::icao(0x12_3456)),
                ..Told::default()
            },
            originators: Vec::new(),
            onward: Vec::new(),
            articles: vec![article],
        };
        let slot = at(self.second);
        let sequence = u64::from(self.second) + 1;
        let batch =
            Batch { from, to, epoch, sequence, part: 0, slot, items: vec![item], ended: vec![] };
        self.happen(&Event::PartnerTold { party: from, body: batch.encode() });
    }

    fn tick(&mut self) -> TrackDescription {
        self.happen(&Event::Tick);
        assert_eq!(self.shown.len(), 1, "second {}: {:?}", self.second, self.shown);
        self.second += 1;
        self.shown.values().next().expect("one").clone()
    }

    fn confirm(&mut self, proposal: Proposal, by: &str) -> Vec<String> {
        let (accord, article, by) = ("three".to_owned(), "6".to_owned(), by.to_owned());
        let message = ClientMessage::Confirm { accord, article, proposal, by };
        self.happen(&Event::ConsoleAsked { console: CONSOLE, message })
    }
}

const EAST_M_S: f64 = 250.0;
/// Degrees of longitude a second at 42° N.
const EAST_A_SECOND: f64 = EAST_M_S / 82_850.0;

#[test]
fn a_target_is_handed_over_once_and_well_behind_the_border() {
    let mut node = Node::new();
    let mut owners: Vec<(u32, String)> = Vec::new();
    let mut offered = None;
    let mut numbers = Vec::new();
    for second in 0..140 {
        // 15 km before the border to 20 km behind it, seen by both.
        let longitude = 74.0 - 15_000.0 / 82_850.0 + f64::from(second) * EAST_A_SECOND;
        node.tell("XXA", longitude, 7, 1);
        node.tell("XXC", longitude, 3, 1);
        let track = node.tick();
        numbers.push(track.number);
        let owner = track.owner.expect("both have areas");
        if owners.last().is_none_or(|(_, known)| *known != owner) {
            owners.push((second, owner));
        }
        if offered.is_none() && track.owner_next.is_some() {
            offered = Some((second, track.owner_next));
        }
    }
    numbers.dedup();
    assert_eq!(numbers.len(), 1, "one number all the way");
    let names: Vec<&str> = owners.iter().map(|(_, owner)| owner.as_str()).collect();
    assert_eq!(names, ["XXA", "XXC"], "{owners:?}");
    // At the border after 60 s, 4,630 m behind it after 78.5 s, and 24 s of that.
    let (second, next) = offered.expect("said beforehand");
    assert_eq!(next.as_deref(), Some("XXC"));
    assert!((78..=84).contains(&second), "{second}");
    assert!((102..=110).contains(&owners[1].0), "{owners:?}");
}

#[test]
fn while_a_party_is_stood_in_for_its_targets_are_the_stand_ins_under_the_same_number() {
    stand_in_and_hand_back(true);
    stand_in_and_hand_back(false);
}

fn stand_in_and_hand_back(cooperative: bool) {
    let mut node = Node { cooperative, ..Node::new() };
    let longitude = |second: u32| 75.0 + f64::from(second) * EAST_A_SECOND;
    let mut numbers = Vec::new();
    let run = |node: &mut Node, seconds: u32, c: Option<(u32, u32)>, numbers: &mut Vec<u32>| {
        let mut last = None;
        for _ in 0..seconds {
            let place = longitude(node.second);
            node.tell("XXA", place, 7, 1);
            if let Some((number, epoch)) = c {
                node.tell("XXC", place, number, epoch);
            }
            let track = node.tick();
            numbers.push(track.number);
            last = Some(track);
        }
        last.expect("a track").owner
    };
    // In C's area, seen by A and C.
    assert_eq!(run(&mut node, 40, Some((3, 1)), &mut numbers).as_deref(), Some("XXC"));
    // C is silent: who else sees it has it, once what C told is over.
    run(&mut node, 35, None, &mut numbers);
    let row = node.back_up.clone().expect("a row");
    assert_eq!(row.proposed, Some(Proposal::TakeOver), "{row:?}");
    assert_eq!(node.confirm(Proposal::TakeOver, "Aida"), Vec::<String>::new());
    assert_eq!(node.confirm(Proposal::TakeOver, "Nurlan"), Vec::<String>::new());
    assert_eq!(run(&mut node, 5, None, &mut numbers).as_deref(), Some("XXB"));
    assert_eq!(run(&mut node, 120, None, &mut numbers).as_deref(), Some("XXB"));
    // C is back, under other numbers: no second track, and still B's until people hand back.
    assert_eq!(run(&mut node, 15, Some((90, 2)), &mut numbers).as_deref(), Some("XXB"));
    assert_eq!(node.confirm(Proposal::HandBack, "Aida"), Vec::<String>::new());
    assert_eq!(node.confirm(Proposal::HandBack, "Dana"), Vec::<String>::new());
    assert_eq!(run(&mut node, 40, Some((90, 2)), &mut numbers).as_deref(), Some("XXC"));
    numbers.dedup();
    assert_eq!(numbers.len(), 1, "one number all the way");
}

//! Incidents through whole engines: what people at two consoles do about one, over links that carry
//! bytes, as far as an article lets it, and after a node has died.

use accord::{IncidentSays, IncidentWord, Note, PartyId, Policy, Says};
use node::book::BookFiles;
use node::engine::{Engine, EngineSetup};
use node::event::{ConsoleId, Event, Handle, Outbox, Shelf};
use node::wire::{
    self, ClientMessage, IncidentDeed, IncidentKind, IncidentName, IncidentOutcome, ServerMessage,
    SourceKind,
};
use std::sync::Arc;
use surveillance::Time;

const CONSOLE: ConsoleId = ConsoleId(1);
const NAMES: [&str; 3] = ["XXA", "XXB", "XXC"];
const A: usize = 0;
const B: usize = 1;
const C: usize = 2;

/// XXA tells XXB and XXC of emergencies; both do a step together on these.
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
number = "2"
title = "Emergencies"
kind = "release.incidents"
from = ["XXA"]
to = ["XXB", "XXC"]
area = [{ anywhere = true }]
which = { alerts = ["emergency"] }
fields = ["alerts", "content"]

[[article]]
number = "3"
kind = "procedure"
on = ["emergency"]
steps = ["Tell the duty officer of the other party."]
"#;

fn at(seconds: f64) -> Time {
    let start: Time = "2026-11-28T12:00:00Z".parse().expect("an instant");
    start.plus_seconds(seconds)
}

fn party(name: &str) -> PartyId {
    name.parse().expect("a party")
}

fn engine(name: &str) -> Engine {
    let accord = Arc::new(accord::read("test", ACCORD).expect("an accord").accord);
    Engine::new(EngineSetup {
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
    })
}

fn person(name: &str, position: &str) -> wire::Person {
    wire::Person { name: name.to_owned(), position: Some(position.to_owned()) }
}

/// Three nodes on links that can be cut.
struct World {
    nodes: Vec<Engine>,
    tenths: u64,
    /// Whether what leaves a node arrives.
    cut: bool,
    lists: Vec<wire::Incidents>,
    details: Vec<Option<wire::IncidentDetail>>,
    refused: Vec<wire::Refused>,
    /// Bytes about incidents that left XXA, by whom they were for.
    left_a: Vec<(PartyId, Vec<u8>)>,
}

impl World {
    fn new() -> Self {
        let mut world = Self {
            nodes: NAMES.iter().map(|name| engine(name)).collect(),
            tenths: 0,
            cut: false,
            lists: vec![Default::default(); 3],
            details: vec![None; 3],
            refused: Vec::new(),
            left_a: Vec::new(),
        };
        (0..3).for_each(|node| world.connect(node));
        world
    }

    fn connect(&mut self, node: usize) {
        self.tell(node, &Event::ConsoleJoined { console: CONSOLE });
        for partner in (0..3).filter(|partner| *partner != node) {
            self.tell(node, &Event::PartnerConnected { party: party(NAMES[partner]) });
        }
    }

    fn tell(&mut self, node: usize, event: &Event) {
        let mut outbox = Outbox::default();
        self.nodes[node].handle(event, at(self.tenths as f64 / 10.0), &mut outbox);
        for delivery in &outbox.deliveries {
            match rmp_serde::from_slice(&delivery.body).expect("a message") {
                ServerMessage::Incidents(list) => self.lists[node] = list,
                ServerMessage::Incident(detail) => self.details[node] = Some(detail),
                ServerMessage::Refused(refused) => self.refused.push(refused),
                _ => {}
            }
        }
        for released in outbox.take_released() {
            let to = NAMES.iter().position(|name| party(name) == released.to()).expect("a node");
            let body = released.value().clone();
            if node == A {
                self.left_a.push((released.to(), body.clone()));
            }
            if !self.cut {
                self.tell(to, &Event::PartnerTold { party: party(NAMES[node]), body });
            }
        }
    }

    fn run(&mut self, seconds: u64) {
        for _ in 0..seconds * 10 {
            self.tenths += 1;
            (0..3).for_each(|node| self.tell(node, &Event::Tick));
        }
    }

    fn ask(&mut self, node: usize, message: ClientMessage) {
        self.tell(node, &Event::ConsoleAsked { console: CONSOLE, message });
    }

    fn open(&mut self, kind: IncidentKind, title: &str) -> IncidentName {
        self.ask(
            A,
            ClientMessage::OpenIncident {
                kind,
                title: title.into(),
                alerts: vec![],
                tracks: vec![],
                why: String::new(),
                by: person("Asel", "Shift lead"),
            },
        );
        let newest = self.lists[A].rows.iter().max_by_key(|row| row.name.number);
        let name = newest.expect("an incident").name.clone();
        self.ask(A, ClientMessage::LookAtIncident { incident: Some(name.clone()) });
        name
    }

    /// What a person at a node does about an incident; whether it was refused.
    fn deed(&mut self, node: usize, of: &IncidentName, deed: IncidentDeed, why: &str) -> bool {
        let refused = self.refused.len();
        let by = person(["Asel", "Bolot", "Chinara"][node], "Shift lead");
        let (incident, why) = (of.clone(), why.to_owned());
        self.ask(node, ClientMessage::OnIncident { incident, deed, why, by });
        self.refused.len() > refused
    }

    fn row(&self, node: usize) -> &wire::IncidentRow {
        self.lists[node].rows.first().expect("an incident")
    }
}

fn share(to: &str) -> IncidentDeed {
    IncidentDeed::Share { to: to.into(), accord: "three".into(), article: "2".into() }
}

fn offer(to: &str, answer_within_s: u32) -> IncidentDeed {
    let (accord, article) = ("three".into(), "2".into());
    IncidentDeed::Offer { to: to.into(), accord, article, answer_within_s }
}

fn note(text: &str, shareable: bool) -> IncidentDeed {
    IncidentDeed::Note { text: text.into(), shareable }
}

#[test]
fn a_partner_is_told_what_the_article_lets_out_and_its_receipts_come_back() {
    let mut world = World::new();
    let name = world.open(IncidentKind::Emergency, "Engine failure north of the lake");
    world.deed(A, &name, note("Rescue centre informed", true), "");
    world.deed(A, &name, note("The crew sounds tired", false), "");
    world.run(5);
    assert!(world.lists[B].rows.is_empty(), "nobody was told");

    assert!(!world.deed(A, &name, share("XXB"), ""), "{:?}", world.refused);
    world.run(5);
    let row = world.row(B);
    assert_eq!(
        (row.kind, row.title.as_str()),
        (IncidentKind::Emergency, "Engine failure north of the lake")
    );
    assert_eq!((row.holder.as_str(), row.held_here, row.unseen), ("XXA", false, true));
    assert_eq!(row.owner, None, "a name is not told");
    assert!(world.lists[C].rows.is_empty(), "the article would let it, and nobody has told it");
    let told = world.details[A].as_ref().unwrap().told[0].clone();
    assert!(told.received_ms.is_some() && told.seen_by.is_none() && told.held_up.is_none());

    world.deed(B, &name, IncidentDeed::See {}, "");
    world.run(2);
    assert!(!world.row(B).unseen);
    let told = world.details[A].as_ref().unwrap().told[0].clone();
    assert_eq!(told.seen_by.as_deref(), Some("XXB Bolot (Shift lead)"));

    let spoken = |what: &str| {
        let mut left = world.left_a.iter();
        left.any(|(_, body)| body.windows(what.len()).any(|part| part == what.as_bytes()))
    };
    assert!(spoken("Rescue centre informed"));
    assert!(!spoken("tired"), "a note that is not for partners left the node");
    let to_c = world.left_a.iter().filter(|(to, _)| *to == party("XXC"));
    assert!(to_c.clone().count() > 5);
    assert!(to_c.into_iter().all(|(_, body)| !body.windows(6).any(|part| part == b"Engine")));
}

#[test]
fn what_no_article_lets_out_is_not_told_and_the_person_hears_why() {
    let mut world = World::new();
    let name = world.open(IncidentKind::Border, "Crossing at the pass");
    assert!(world.deed(A, &name, share("XXB"), ""));
    assert!(world.refused[0].reason.contains("three article 2"), "{:?}", world.refused);
    world.run(5);
    assert!(world.lists[B].rows.is_empty());
    // XXB has no article to tell of its own.
    let mut world = World::new();
    let name = world.open(IncidentKind::Emergency, "Engine failure");
    world.deed(A, &name, offer("XXB", 600), "Closer to you");
    world.run(5);
    world.deed(B, &name, IncidentDeed::Accept {}, "");
    world.run(8);
    assert!(world.row(B).held_here, "{:?} {:?}", world.row(B), world.refused);
    assert!(world.deed(B, &name, share("XXC"), ""));
}

#[test]
fn a_hand_over_ends_with_one_owner_who_has_the_checklist_of_the_accord() {
    let mut world = World::new();
    let name = world.open(IncidentKind::Emergency, "Engine failure");
    let steps = &world.details[A].as_ref().unwrap().steps;
    assert_eq!(steps[0].text, "Tell the duty officer of the other party.");
    assert_eq!(steps[0].article.as_deref(), Some("three article 3"));
    world.deed(A, &name, offer("XXB", 600), "Closer to you");
    world.run(5);
    let incoming = world.row(B).incoming.clone().expect("an offer");
    assert_eq!((incoming.party.as_str(), incoming.article.as_str()), ("XXA", "three article 2"));
    assert!(world.row(A).held_here, "an offer gives nothing away");
    world.deed(B, &name, IncidentDeed::Accept {}, "");
    world.run(8);
    let (a, b) = (world.row(A).clone(), world.row(B).clone());
    assert_eq!((a.held_here, a.holder.as_str()), (false, "XXB"));
    assert_eq!((b.held_here, b.owner.as_deref()), (true, Some("Bolot (Shift lead)")));
    assert!(b.steps[1] > 0);
    assert!(world.deed(
        A,
        &name,
        IncidentDeed::Close { outcome: IncidentOutcome::EndedSafely },
        ""
    ));
    assert!(!world.deed(
        B,
        &name,
        IncidentDeed::Close { outcome: IncidentOutcome::EndedSafely },
        ""
    ));
    assert!(world.row(B).closed.is_some());
}

#[test]
fn a_refusal_and_a_deadline_that_passes_escalate_to_the_owner() {
    let mut world = World::new();
    let name = world.open(IncidentKind::Emergency, "Engine failure");
    world.deed(A, &name, offer("XXB", 60), "");
    world.run(5);
    assert!(world.deed(B, &name, IncidentDeed::Refuse {}, ""), "a refusal says why");
    world.deed(B, &name, IncidentDeed::Refuse {}, "No radio contact here");
    world.run(8);
    let escalated = world.row(A).escalated.clone().expect("somebody must look");
    assert_eq!(escalated.why, "XXB refused the offer");
    world.deed(A, &name, IncidentDeed::Heed {}, "");
    assert_eq!(world.row(A).escalated, None);

    world.deed(A, &name, offer("XXC", 60), "");
    world.run(55);
    assert_eq!(world.row(A).escalated, None);
    world.run(8);
    let escalated = world.row(A).escalated.clone().expect("somebody must look");
    assert_eq!(escalated.why, "XXC did not answer the offer by the deadline");
    assert_eq!(world.row(C).incoming, None);
}

#[test]
fn what_is_said_while_the_link_is_cut_arrives_once_it_works_and_a_suspension_holds_it_up() {
    let mut world = World::new();
    let name = world.open(IncidentKind::Emergency, "Engine failure");
    world.cut = true;
    world.deed(A, &name, share("XXB"), "");
    world.run(20);
    assert!(world.lists[B].rows.is_empty());
    world.cut = false;
    world.run(8);
    assert_eq!(world.row(B).title, "Engine failure");

    world.cut = true;
    world.deed(A, &name, note("Landed", true), "");
    world.deed(A, &name, share("XXB"), "");
    world.run(1);
    world.ask(
        A,
        ClientMessage::Suspend {
            accord: "three".into(),
            by: "Asel".into(),
            reason: "order".into(),
            towards: None,
        },
    );
    world.cut = false;
    world.left_a.clear();
    world.run(20);
    let of_incidents = |body: &Vec<u8>| {
        Note::is_meant(body)
            && Note::decode(body).is_ok_and(|note| matches!(note.says, Says::Incident(_)))
    };
    assert!(!world.left_a.iter().any(|(_, body)| of_incidents(body)), "it is suspended");
    let held_up = world.details[A].as_ref().unwrap().told[1].held_up.clone();
    assert!(held_up.expect("a reason").contains("suspended"));
    world.ask(A, ClientMessage::Resume { accord: "three".into(), by: "Asel".into(), may: None });
    world.run(12);
    let view = world.details[A].as_ref().unwrap().told[1].clone();
    assert!(view.received_ms.is_some(), "{view:?}");
}

#[test]
fn a_node_that_dies_goes_on_with_its_book_and_gives_no_number_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = BookFiles::of(folder.path(), Shelf::Incidents);
    let keep = |engine: &mut Engine| {
        if let Some(book) = engine.book() {
            files.write(&book).expect("it is kept");
            engine.book_kept(Shelf::Incidents);
        }
        engine.standing()
    };
    let mut world = World::new();
    let name = world.open(IncidentKind::Emergency, "Engine failure");
    world.deed(A, &name, offer("XXB", 600), "");
    let standing = keep(&mut world.nodes[A]);
    // This one was written, and the crash came before what stands spoke of it.
    world.deed(A, &name, note("lost with the crash", false), "");
    files.write(&world.nodes[A].book().expect("news")).expect("it is kept");

    let mut again = engine("XXA");
    again.take_up_standing(&standing, at(1.0));
    let wanted = again.book_wanted(Shelf::Incidents);
    assert!(
        again.take_up_book(Shelf::Incidents, files.read(wanted).map_err(|error| error.to_string()))
    );
    // The journal's last minutes are handled again: that is no clock that was set back.
    for seconds in [-120.0, -60.0, 0.0] {
        let mut outbox = Outbox::default();
        again.handle(&Event::Tick, at(seconds), &mut outbox);
        assert!(outbox.notes.is_empty(), "nothing is said meanwhile");
    }
    again.resumed();
    world.nodes[A] = again;
    world.connect(A);
    world.ask(A, ClientMessage::LookAtIncident { incident: Some(name.clone()) });
    assert_eq!(world.lists[A].lost, None);
    let log = &world.details[A].as_ref().expect("it is there").log;
    assert!(log.iter().all(|entry| entry.words != "lost with the crash"));
    world.run(1);
    let log = &world.details[A].as_ref().expect("it is there").log;
    assert!(log.iter().all(|entry| !entry.why.contains("set back")), "{log:?}");
    world.run(5);
    assert!(world.row(B).incoming.is_some(), "what waited is said again");
    world.deed(B, &name, IncidentDeed::Accept {}, "");
    world.run(8);
    assert!(world.row(B).held_here && !world.row(A).held_here);
    let next = world.open(IncidentKind::Other, "Something else");
    let numbers: Vec<u32> = world.lists[A].rows.iter().map(|row| row.name.number).collect();
    assert_eq!((numbers.len(), numbers.contains(&next.number)), (2, true));

    // A book that is gone is said to be gone, and its numbers are left alone.
    let mut bare = engine("XXA");
    bare.take_up_standing(&standing, at(1.0));
    bare.take_up_book(Shelf::Incidents, Ok(None));
    world.nodes[A] = bare;
    world.connect(A);
    assert!(world.lists[A].lost.as_ref().expect("it is said").contains("no file"));
    world.open(IncidentKind::Other, "After the loss");
    assert!(world.row(A).name.number > 1000);
}

#[test]
fn what_a_partner_cannot_say_is_refused_and_changes_nothing() {
    let mut world = World::new();
    let name = world.open(IncidentKind::Emergency, "Engine failure");
    world.deed(A, &name, share("XXB"), "");
    world.run(5);
    // XXC repeats to XXB what XXA told it, in its own name.
    let told = world.left_a.iter().find(|(to, body)| *to == party("XXB") && Note::is_meant(body));
    let (_, body) = told.expect("a note").clone();
    let before = world.row(B).clone();
    world.tell(B, &Event::PartnerTold { party: party("XXC"), body: body.clone() });
    for length in 0..body.len() {
        let body = body[..length].to_vec();
        world.tell(B, &Event::PartnerTold { party: party("XXA"), body });
    }
    world.run(2);
    assert_eq!(world.row(B), &before);
}

/// Under which incidents are told.
fn article() -> accord::ArticleRef {
    accord::ArticleRef {
        accord: "three".parse().expect("an id"),
        article: "2".parse().expect("a number"),
    }
}

#[test]
fn no_answer_tells_what_is_in_the_book_but_what_one_was_told() {
    let mut world = World::new();
    let name = world.open(IncidentKind::Emergency, "Engine failure");
    world.deed(A, &name, share("XXB"), "");
    world.run(5);
    let article = article();
    // What XXA makes of a word of XXC's: what it says back, and whether it counts a refusal.
    let mut answer = |number: u32, says: IncidentSays| {
        let incident = accord::IncidentName { by: party("XXA"), number };
        let word = IncidentWord { incident, article, term: 0, serial: 1, number: 7, says };
        let note =
            Note { from: party("XXC"), to: party("XXA"), at: at(5.0), says: Says::Incident(word) };
        let body = note.encode();
        world.cut = true;
        world.left_a.clear();
        world.tell(A, &Event::PartnerTold { party: party("XXC"), body });
        world.run(7);
        let notes =
            world.left_a.iter().filter(|(to, body)| *to == party("XXC") && Note::is_meant(body));
        let says = |note: Note| match note.says {
            Says::Incident(word) => format!("{:?}", std::mem::discriminant(&word.says)),
            _ => String::new(),
        };
        let mut said: Vec<_> =
            notes.filter_map(|(_, body)| Note::decode(body).ok().map(says)).collect();
        said.sort();
        said.dedup();
        said
    };
    let by = || accord::Person { name: "Chinara".into(), position: None };
    let accept = || IncidentSays::Accept { by: by(), words: String::new() };
    assert_eq!(answer(1, accept()), answer(999, accept()));
    let ended = || IncidentSays::Ended { how: accord::OfferEnd::Expired, words: String::new() };
    assert_eq!(answer(1, ended()), answer(999, ended()));
    let seen = || IncidentSays::Seen { by: by() };
    assert_eq!(answer(1, seen()), answer(999, seen()));
    let told = || IncidentSays::Told { by: by() };
    assert_eq!(answer(1, told()), answer(999, told()));
    assert!(world.row(A).held_here && world.row(A).closed.is_none());
}

/// What XXA said to XXB about incidents since `left_a` was cleared.
fn said_to_b(world: &World) -> Vec<IncidentWord> {
    let to_b = world.left_a.iter().filter(|(to, _)| *to == party("XXB"));
    let notes = to_b.filter_map(|(_, body)| Note::decode(body).ok());
    let word = |note: Note| match note.says {
        Says::Incident(word) => Some(word),
        _ => None,
    };
    notes.filter_map(word).collect()
}

#[test]
fn tellings_of_many_incidents_at_once_go_in_portions_and_all_arrive() {
    let mut world = World::new();
    for n in 0..40 {
        let name = world.open(IncidentKind::Emergency, &format!("No. {n}"));
        assert!(!world.deed(A, &name, share("XXB"), ""), "{:?}", world.refused);
    }
    let mut portions = Vec::new();
    for _ in 0..40 {
        world.left_a.clear();
        world.tenths += 1;
        (0..3).for_each(|node| world.tell(node, &Event::Tick));
        let says = said_to_b(&world);
        portions.push(says.iter().filter(|w| matches!(w.says, IncidentSays::Told { .. })).count());
    }
    portions.retain(|count| *count > 0);
    assert_eq!(portions, [16, 16, 8]);
    world.run(5);
    assert_eq!(world.lists[B].rows.len(), 40);
}

/// What left XXA for XXB while it was told twice of one incident and was offered it; between that XXC was
/// told of it `others` times, and XXB as often what no article lets out.
fn serials_to_b(others: usize) -> Vec<Vec<u8>> {
    let mut world = World::new();
    let name = world.open(IncidentKind::Emergency, "Engine failure");
    for told in [share("XXB"), share("XXB"), offer("XXB", 600)] {
        for _ in 0..others {
            assert!(!world.deed(A, &name, share("XXC"), ""), "{:?}", world.refused);
            assert!(!world.deed(A, &name, offer("XXC", 600), ""), "{:?}", world.refused);
            assert!(!world.deed(A, &name, IncidentDeed::Withdraw {}, "a slip"));
            assert!(!world.deed(A, &name, offer("XXB", 600), ""), "{:?}", world.refused);
            // Before it went.
            assert!(!world.deed(A, &name, IncidentDeed::Withdraw {}, "a slip"));
        }
        assert!(!world.deed(A, &name, told, "so"), "{:?}", world.refused);
        world.run(6);
    }
    let theirs = world.row(B).name.clone();
    assert!(!world.deed(B, &theirs, IncidentDeed::See {}, ""), "{:?}", world.refused);
    assert!(!world.deed(B, &theirs, IncidentDeed::Accept {}, ""), "{:?}", world.refused);
    world.run(8);
    assert!(world.row(B).held_here && !world.row(A).held_here);
    let told = &world.details[A].as_ref().expect("it is shown").told;
    let seen = told.iter().filter(|one| one.seen_by.is_some()).map(|one| one.party.as_str());
    assert_eq!(seen.collect::<Vec<_>>(), ["XXB"], "what it saw is what it was told last");
    let of_b = |(to, _): &(PartyId, Vec<u8>)| *to == party("XXB");
    world.left_a.into_iter().filter(of_b).map(|(_, body)| body).collect()
}

#[test]
fn tellings_that_did_not_go_to_a_partner_change_no_byte_of_what_it_is_told_of_that_incident() {
    let alone = serials_to_b(0);
    let serials = alone.iter().filter_map(|body| Note::decode(body).ok()).filter_map(|note| {
        match note.says {
            Says::Incident(IncidentWord {
                serial,
                says: IncidentSays::Told { .. } | IncidentSays::Offer { .. },
                ..
            }) => Some(serial),
            _ => None,
        }
    });
    assert_eq!(serials.collect::<Vec<_>>(), [1, 2, 3]);
    assert!(alone == serials_to_b(3), "its serials count what it was told");
}

#[test]
fn what_is_held_up_for_ever_keeps_no_incident_from_being_put_away_and_what_is_on_its_way_does() {
    let mut world = World::new();
    let name = world.open(IncidentKind::Emergency, "Held up");
    assert!(!world.deed(A, &name, share("XXB"), ""), "{:?}", world.refused);
    let other = IncidentDeed::Reclassify { kind: IncidentKind::Border };
    assert!(!world.deed(A, &name, other, "no emergency"), "{:?}", world.refused);
    world.run(8);
    let close = IncidentDeed::Close { outcome: IncidentOutcome::EndedSafely };
    assert!(!world.deed(A, &name, close.clone(), ""));
    assert!(!world.deed(A, &name, IncidentDeed::PutAway {}, "over"), "{:?}", world.refused);
    assert!(world.lists[A].rows.is_empty());
    let put_away = world.nodes[A].book().expect("news").put_away;
    let log = alert::incident::Incident::from_bytes(&put_away[0].bytes).expect("a log");
    let last = log.log().last().expect("an entry").act.to_string();
    assert_eq!(last, "put away; XXB did not acknowledge all that was said");
    world.left_a.clear();
    world.run(8);
    assert_eq!(said_to_b(&world), [], "it is said no more");

    // What goes as soon as it can is waited for.
    let name = world.open(IncidentKind::Emergency, "Engine failure");
    assert!(!world.deed(A, &name, share("XXB"), ""), "{:?}", world.refused);
    assert!(!world.deed(A, &name, close, ""));
    assert!(world.deed(A, &name, IncidentDeed::PutAway {}, "over"));
    world.run(5);
    assert!(!world.deed(A, &name, IncidentDeed::PutAway {}, "over"), "{:?}", world.refused);
}

#[test]
fn who_refused_an_offer_keeps_it_until_that_is_said_though_the_link_is_cut() {
    let mut world = World::new();
    let name = world.open(IncidentKind::Emergency, "Engine failure");
    assert!(!world.deed(A, &name, offer("XXB", 600), ""), "{:?}", world.refused);
    world.run(6);
    let theirs = world.row(B).name.clone();
    world.cut = true;
    world.tell(B, &Event::PartnerLost { party: party("XXA"), reason: "cut".into() });
    assert!(!world.deed(B, &theirs, IncidentDeed::Refuse {}, "no crew"), "{:?}", world.refused);
    assert!(world.deed(B, &theirs, IncidentDeed::PutAway {}, "over"), "XXA waits for a word");
    world.cut = false;
    world.tell(B, &Event::PartnerConnected { party: party("XXA") });
    world.run(8);
    assert!(!world.deed(B, &theirs, IncidentDeed::PutAway {}, "over"), "{:?}", world.refused);
    assert!(world.row(A).held_here);
}

#[test]
fn a_book_that_is_lost_twice_gives_no_number_again() {
    let mut world = World::new();
    let told = |world: &mut World| {
        let name = world.open(IncidentKind::Emergency, "Engine failure");
        world.deed(A, &name, share("XXB"), "");
        world.run(5);
        let newest = world.lists[B].rows.iter().map(|row| row.name.number).max();
        (name.number, newest.expect("it was told"))
    };
    let mut given = Vec::new();
    for _ in 0..3 {
        given.push(told(&mut world));
        given.push(told(&mut world));
        // What stands is on the disk, and the book that it speaks of is not there any more.
        world.nodes[A].book().expect("news");
        world.nodes[A].book_kept(Shelf::Incidents);
        let standing = world.nodes[A].standing();
        let mut again = engine("XXA");
        again.take_up_standing(&standing, at(world.tenths as f64 / 10.0));
        assert!(again.book_wanted(Shelf::Incidents) > 0);
        again.take_up_book(Shelf::Incidents, Ok(None));
        again.resumed();
        world.nodes[A] = again;
        world.connect(A);
    }
    let (own, theirs): (Vec<u32>, Vec<u32>) = given.into_iter().unzip();
    assert_eq!(own, [1, 2, 1003, 1004, 2005, 2006]);
    assert_eq!(theirs, own, "nor towards a partner");
}

/// What left XXA for XXB while one incident was told to it and answered; the others of XXA were told
/// to XXC or to nobody.
fn told_to_b(others: usize) -> Vec<Vec<u8>> {
    let mut world = World::new();
    for other in 0..others {
        let name = world.open(IncidentKind::Emergency, "Not for XXB");
        world.run(1);
        if other % 2 == 0 {
            assert!(!world.deed(A, &name, share("XXC"), ""), "{:?}", world.refused);
        }
    }
    while world.tenths < 50 {
        world.run(1);
    }
    let name = world.open(IncidentKind::Emergency, "Engine failure");
    world.deed(A, &name, share("XXB"), "");
    world.run(5);
    let theirs = world.row(B).name.clone();
    assert_eq!((theirs.node.as_str(), theirs.number), ("XXA", 1));
    world.deed(A, &name, offer("XXB", 600), "Closer to you");
    world.run(5);
    assert!(!world.deed(B, &theirs, IncidentDeed::Accept {}, ""), "{:?}", world.refused);
    world.run(8);
    assert!(world.row(B).held_here);
    assert_eq!(name.number as usize, others + 1);
    let of_b = |(to, _): &(PartyId, Vec<u8>)| *to == party("XXB");
    world.left_a.into_iter().filter(of_b).map(|(_, body)| body).collect()
}

#[test]
fn incidents_that_a_partner_is_not_told_of_change_no_byte_of_what_it_is_told() {
    let alone = told_to_b(0);
    assert!(alone.iter().any(|body| Note::is_meant(body)));
    assert!(alone == told_to_b(4), "its numbers count what it was told");
}

#[test]
fn what_a_partner_says_by_its_number_is_about_that_incident_and_the_desk_shows_both() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = BookFiles::of(folder.path(), Shelf::Incidents);
    let mut world = World::new();
    let kept_here = world.open(IncidentKind::Emergency, "Not for XXB yet");
    world.run(1);
    let name = world.open(IncidentKind::Emergency, "Engine failure");
    world.deed(A, &name, share("XXB"), "");
    world.run(5);
    let theirs = IncidentName { node: "XXA".into(), number: 1 };
    assert_eq!(world.row(B).name, theirs);
    world.deed(B, &theirs, IncidentDeed::See {}, "");
    world.run(2);
    world.ask(A, ClientMessage::LookAtIncident { incident: Some(name.clone()) });
    let told = world.details[A].as_ref().expect("it is shown").told[0].clone();
    assert_eq!(told.known_as, Some(theirs.clone()));
    assert_eq!(told.seen_by.as_deref(), Some("XXB Bolot (Shift lead)"));

    // Killed and started again, the numbers are the same, and the next incident has the next.
    files.write(&world.nodes[A].book().expect("news")).expect("it is kept");
    world.nodes[A].book_kept(Shelf::Incidents);
    let standing = world.nodes[A].standing();
    let mut again = engine("XXA");
    again.take_up_standing(&standing, at(world.tenths as f64 / 10.0));
    let wanted = again.book_wanted(Shelf::Incidents);
    assert!(again.take_up_book(Shelf::Incidents, Ok(files.read(wanted).expect("a book"))));
    again.resumed();
    world.nodes[A] = again;
    world.connect(A);
    world.deed(A, &name, note("Landed", true), "");
    world.deed(A, &name, share("XXB"), "");
    world.deed(A, &kept_here, share("XXB"), "");
    world.run(8);
    let mut rows: Vec<_> =
        world.lists[B].rows.iter().map(|r| (r.name.number, r.title.as_str())).collect();
    rows.sort_unstable();
    assert_eq!(rows, [(1, "Engine failure"), (2, "Not for XXB yet")]);
}

#[test]
fn what_was_reclassified_before_it_went_leaves_no_gap_and_is_answered_as_what_never_was() {
    let mut world = World::new();
    let held_back = world.open(IncidentKind::Emergency, "Held back");
    assert!(!world.deed(A, &held_back, share("XXB"), ""), "{:?}", world.refused);
    let other = IncidentDeed::Reclassify { kind: IncidentKind::Border };
    assert!(!world.deed(A, &held_back, other, "no emergency"), "{:?}", world.refused);
    world.run(8);
    assert!(world.lists[B].rows.is_empty());
    let seen = |world: &mut World, number: u32| {
        let article = accord::ArticleRef {
            accord: "three".parse().expect("an id"),
            article: "2".parse().expect("a number"),
        };
        let incident = accord::IncidentName { by: party("XXA"), number };
        let says = IncidentSays::Seen { by: accord::Person { name: "B".into(), position: None } };
        let word = IncidentWord { incident, article, term: 0, serial: 1, number: 7, says };
        let note =
            Note { from: party("XXB"), to: party("XXA"), at: at(8.0), says: Says::Incident(word) };
        world.left_a.clear();
        world.tell(A, &Event::PartnerTold { party: party("XXB"), body: note.encode() });
        let Says::Incident(word) = Note::decode(&world.left_a[0].1).expect("a note").says else {
            panic!("an answer");
        };
        word.says
    };
    let refusal = seen(&mut world, 1);
    assert!(matches!(refusal, IncidentSays::Refusal { .. }), "{refusal:?}");
    assert_eq!(refusal, seen(&mut world, 999));
    let told = world.open(IncidentKind::Emergency, "Engine failure");
    world.deed(A, &told, share("XXB"), "");
    world.left_a.clear();
    world.run(8);
    assert_eq!(world.row(B).name, IncidentName { node: "XXA".into(), number: 1 });
    let notes = world.left_a.iter().filter_map(|(_, body)| Note::decode(body).ok());
    let numbers = notes.filter_map(|note| match note.says {
        Says::Incident(IncidentWord { number, says: IncidentSays::Told { .. }, .. }) => {
            Some(number)
        }
        _ => None,
    });
    assert_eq!(numbers.collect::<Vec<_>>(), [1], "nor do its notes");
}

#[test]
fn a_third_partys_incident_is_told_to_nobody_else_and_the_person_hears_why() {
    let mut world = World::new();
    let name = world.open(IncidentKind::Emergency, "Engine failure");
    world.deed(A, &name, offer("XXB", 600), "Closer to you");
    world.run(5);
    let theirs = IncidentName { node: "XXA".into(), number: 1 };
    world.deed(B, &theirs, IncidentDeed::Accept {}, "");
    world.run(8);
    assert!(world.row(B).held_here);
    assert!(world.deed(B, &theirs, share("XXC"), ""));
    let why = &world.refused.last().expect("a refusal").reason;
    assert!(why.starts_with("it is XXA's incident"), "{why}");
}

#[test]
fn an_incident_under_a_number_that_was_not_told_is_refused_with_the_reason() {
    let mut world = World::new();
    let name = world.open(IncidentKind::Emergency, "Engine failure");
    world.deed(A, &name, share("XXB"), "");
    world.run(5);
    let article = article();
    let mut answer = |by: &str, number: u32| {
        let incident = accord::IncidentName { by: party(by), number };
        let seen = accord::Person { name: "Bolot".into(), position: None };
        let says = IncidentSays::Seen { by: seen };
        let word = IncidentWord { incident, article, term: 0, serial: 1, number: 7, says };
        let says = Says::Incident(word);
        let note = Note { from: party("XXB"), to: party("XXA"), at: at(5.0), says };
        world.left_a.clear();
        world.tell(A, &Event::PartnerTold { party: party("XXB"), body: note.encode() });
        let (_, body) = world.left_a.first().expect("an answer").clone();
        match Note::decode(&body).expect("a note").says {
            Says::Incident(word) => match word.says {
                IncidentSays::Refusal { words, .. } => words,
                says => format!("{says:?}"),
            },
            says => format!("{says:?}"),
        }
    };
    assert!(answer("XXA", 1).starts_with("Ack"));
    assert_eq!(answer("XXA", 2), "XXA told XXB of no incident under that number");
    assert_eq!(answer("XXC", 1), "between XXB and XXA no incident is named by XXC");
}

#[test]
fn what_is_put_away_leaves_the_book_and_is_kept_beside_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = BookFiles::of(folder.path(), Shelf::Incidents);
    let mut world = World::new();
    let name = world.open(IncidentKind::Emergency, "Engine failure");
    let close = IncidentDeed::Close { outcome: IncidentOutcome::EndedSafely };
    assert!(world.deed(A, &name, IncidentDeed::PutAway {}, "done"), "it is open");
    assert!(!world.deed(A, &name, close, ""));
    assert!(world.deed(A, &name, IncidentDeed::PutAway {}, ""), "without a reason");
    assert!(!world.deed(A, &name, IncidentDeed::PutAway {}, "shift is over"));
    assert!(world.lists[A].rows.is_empty());
    let book = world.nodes[A].book().expect("it has changed");
    files.write(&book).expect("it is kept");
    world.nodes[A].book_kept(Shelf::Incidents);
    let id = alert::incident::IncidentId { node: "XXA".parse().expect("a node"), number: 1 };
    let kept = files.incident(id).expect("it is readable").expect("it is there");
    let last = kept.log().last().expect("an entry");
    assert_eq!((last.act.to_string().as_str(), last.why.as_str()), ("put away", "shift is over"));
    assert!(world.nodes[A].book().is_none_or(|book| book.put_away.is_empty()));
}

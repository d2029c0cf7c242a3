//! What a partner tells, honest or not: how far it goes, how long it stands, what it cannot do.

use accord::{
    ArticleRef, Batch, FieldSet, Item, ObjectKind, Onward, PartnerNumber, PartyId, Policy,
    Reduction, Told,
};
use node::config::{AccordText, AccordsSection};
use node::engine::{Engine, EngineSetup};
use node::event::{ConsoleId, Event, Handle, Outbox};
use node::wire::{self, ClientMessage, ServerMessage, SourceKind};
use std::sync::Arc;
use surveillance::Time;

const CONSOLE: ConsoleId = ConsoleId(1);

/// XXB gives XXC everything it may give.
const ACCORD_BC: &str = r#"
form = 1
accord = "xxb-xxc"
title = "Two neighbours"
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

fn at(seconds: f64) -> Time {
    let start: Time = "2026-11-23T12:00:00Z".parse().expect("an instant");
    start.plus_seconds(seconds)
}

fn party(name: &str) -> PartyId {
    name.parse().expect("a party")
}

/// XXB's engine, without sensors of its own, and a console at it.
fn engine() -> Engine {
    engine_with(["XXA", "XXC", "XXD"].map(party).to_vec())
}

fn engine_with(partners: Vec<PartyId>) -> Engine {
    let read = |text: &str| Arc::new(accord::read("test", text).expect("an accord").accord);
    let mut accords = vec![read(ACCORD_BC)];
    // Whoever tells may: the same accord the other way round.
    accords.extend(partners.iter().map(|teller| {
        let text = ACCORD_BC.replace("xxb-xxc", &told_under(*teller));
        let text = text.replace("XXB", "own's").replace("XXC", "XXB");
        read(&text.replace("own's", teller.as_str()))
    }));
    let mut engine = Engine::new(EngineSetup {
        node: "XXB".into(),
        party: "XXB".into(),
        source: SourceKind::Live,
        notice: None,
        view: None,
        started: at(0.0),
        feeds: Vec::new(),
        sensors: Vec::new(),
        tracker: Default::default(),
        identity: Default::default(),
        policy: Policy::new(party("XXB"), accords).expect("a policy"),
        partners,
    });
    happen(&mut engine, &Event::ConsoleJoined { console: CONSOLE }, 0.0);
    engine
}

fn told_under(teller: PartyId) -> String {
    format!("{teller}-xxb").to_lowercase()
}

fn happen(engine: &mut Engine, event: &Event, seconds: f64) -> Outbox {
    let mut outbox = Outbox::default();
    engine.handle(event, at(seconds), &mut outbox);
    outbox
}

/// A track at `place` (degrees) that flies east at 100 m/s, told at `seconds`.
fn item(number: u32, [latitude, longitude]: [f64; 2], seconds: f64) -> Item {
    Item {
        number: PartnerNumber(number),
        object: ObjectKind::Track,
        time: at(seconds),
        precision: Reduction::NONE,
        granted: FieldSet::from_bits(u32::MAX),
        told: Told {
            position_rad: Some([latitude.to_radians(), longitude.to_radians()]),
            velocity_mps: Some([100.0, 0.0]),
            ..Told::default()
        },
        originators: Vec::new(),
        onward: Vec::new(),
        articles: Vec::new(),
    }
}

/// `from` tells XXB these items in the `n`th batch of its `epoch`.
fn tell(engine: &mut Engine, from: &str, (epoch, n): (u32, u32), mut items: Vec<Item>) {
    let seconds = f64::from(n);
    let (from, to) = (party(from), party("XXB"));
    let accord = told_under(from).parse().expect("an accord's id");
    let article = ArticleRef { accord, article: "1".parse().expect("a number") };
    items.iter_mut().for_each(|item| item.articles = vec![article]);
    let (sequence, slot) = (u64::from(n), at(seconds));
    let batch = Batch { from, to, epoch, sequence, part: 0, slot, items, ended: Vec::new() };
    happen(engine, &Event::PartnerTold { party: from, body: batch.encode() }, seconds);
}

/// A second passes: what XXC is sent, and what the console is.
fn tick(engine: &mut Engine, seconds: f64) -> (Option<Batch>, Vec<ServerMessage>) {
    let out = happen(engine, &Event::Tick, seconds);
    let to_c = out.released.iter().find(|batch| batch.to() == party("XXC"));
    let messages = out.deliveries.iter();
    let messages = messages.map(|d| rmp_serde::from_slice(&d.body).expect("a message")).collect();
    (to_c.map(|batch| batch.value().clone()), messages)
}

fn tracks(messages: &[ServerMessage]) -> u32 {
    let picture = messages.iter().find_map(|message| match message {
        ServerMessage::Picture(picture) => Some(picture),
        _ => None,
    });
    picture.expect("a picture").tracks_total
}

fn rows(messages: &[ServerMessage]) -> &[wire::PartnerRow] {
    let partners = messages.iter().find_map(|message| match message {
        ServerMessage::Partners(partners) => Some(partners),
        _ => None,
    });
    &partners.expect("partners").rows
}

fn onward_to_c(mut item: Item) -> Item {
    item.onward = vec![Onward { to: party("XXC"), at_best: Reduction::NONE }];
    item
}

/// Degrees of longitude that the track of [`item`] flies a second.
const EAST_A_SECOND: f64 = 100.0 / 111_195.0;

/// What XXC is sent in each of thirty seconds of a target of which `onward` tells from the fourth on,
/// who lets XXC have it, and `barred`, if anybody, from the first, who lets nobody have it.
fn sent_of_one_target(onward: &str, barred: Option<&str>) -> Vec<Option<Batch>> {
    let mut engine = engine();
    let mut sent = Vec::new();
    for n in 1..=30 {
        let at = f64::from(n);
        let east = EAST_A_SECOND * at;
        if n > 3 {
            tell(&mut engine, onward, (1, n), vec![onward_to_c(item(1, [0.0, east], at))]);
        }
        if let Some(barred) = barred {
            tell(&mut engine, barred, (1, n), vec![item(1, [0.002, east], at)]);
        }
        let (batch, messages) = tick(&mut engine, at);
        sent.push(batch);
        if barred.is_some() && n == 30 {
            assert_eq!(tracks(&messages), 1, "both tell of one target");
        }
    }
    sent
}

/// `onward`'s track is sent to XXC to the byte as it is where `barred` tells nothing.
fn goes_on_alike(onward: &str, barred: &str) {
    let [with, without] = [Some(barred), None].map(|barred| sent_of_one_target(onward, barred));
    let bytes = |sent: &[Option<Batch>]| -> Vec<_> {
        sent.iter().map(|batch| batch.as_ref().map(Batch::encode)).collect()
    };
    assert_eq!(bytes(&with), bytes(&without));
    assert_eq!(with, without);
    assert!(with[3..].iter().all(|batch| batch.is_some()), "a batch each second");
    assert_eq!(with[29].as_ref().expect("a batch").items.len(), 1);
}

#[test]
fn what_another_partner_says_of_a_track_does_not_go_onward_with_it() {
    goes_on_alike("XXA", "XXD");
}

#[test]
fn a_track_goes_onward_as_before_when_it_pairs_with_one_that_may_not() {
    // XXA comes before XXD: the picture shows the target under the number of what XXA tells.
    goes_on_alike("XXD", "XXA");
}

#[test]
fn a_velocity_that_was_not_told_is_not_passed_on_as_standing_still() {
    let mut engine = engine();
    let mut told = onward_to_c(item(1, [0.0, 0.0], 1.0));
    told.told.velocity_mps = None;
    tell(&mut engine, "XXA", (1, 1), vec![told]);
    let (batch, _) = tick(&mut engine, 1.0);
    let batch = batch.expect("a batch");
    assert!(batch.items[0].told.position_rad.is_some());
    assert_eq!(batch.items[0].told.velocity_mps, None);
}

#[test]
fn what_is_dated_into_the_future_does_not_stand_for_ever() {
    let mut engine = engine();
    tell(&mut engine, "XXA", (1, 1), vec![onward_to_c(item(1, [0.0, 0.0], 86_400.0))]);
    let (batch, messages) = tick(&mut engine, 1.0);
    assert!(batch.expect("a heartbeat").items.is_empty());
    assert_eq!(rows(&messages)[0].they_send, 0);
    // A whole batch from a clock that far ahead is refused, or all that follow would be history.
    let slot = at(86_400.0);
    let (from, to) = (party("XXA"), party("XXB"));
    let ahead =
        Batch { from, to, epoch: 9, sequence: 9, part: 0, slot, items: vec![], ended: vec![] };
    happen(&mut engine, &Event::PartnerTold { party: from, body: ahead.encode() }, 2.0);
    tell(&mut engine, "XXA", (1, 3), vec![item(1, [0.0, 0.0], 3.0)]);
    let (_, messages) = tick(&mut engine, 3.0);
    assert_eq!((rows(&messages)[0].refused, rows(&messages)[0].they_send), (1, 1));
}

#[test]
fn a_number_of_a_new_epoch_is_not_taken_for_the_old_one() {
    let mut engine = engine();
    for n in 1..=6 {
        let seconds = f64::from(n);
        let place = [0.0, EAST_A_SECOND * seconds];
        tell(&mut engine, "XXA", (1, n), vec![item(1, place, seconds)]);
        tell(&mut engine, "XXD", (1, n), vec![item(1, place, seconds)]);
        let (_, messages) = tick(&mut engine, seconds);
        assert!(n < 6 || tracks(&messages) == 1, "both tell of one target");
    }
    // D begins anew: its first track is another aircraft, far away.
    tell(&mut engine, "XXA", (1, 7), vec![item(1, [0.0, EAST_A_SECOND * 7.0], 7.0)]);
    tell(&mut engine, "XXD", (2, 7), vec![item(1, [40.0, 70.0], 7.0)]);
    assert_eq!(tracks(&tick(&mut engine, 7.0).1), 2);
}

#[test]
fn numbers_that_wrap_to_one_another_stay_in_order_and_apart() {
    let mut engine = engine();
    let (last, wrapped) = ((1 << 24) - 1, 1 << 24);
    let items = [last, wrapped, 2 * wrapped].map(|number| {
        let place = [f64::from(number % 7) * 5.0, 0.0];
        onward_to_c(item(number, place, 1.0))
    });
    tell(&mut engine, "XXA", (1, 1), items.to_vec());
    let (batch, messages) = tick(&mut engine, 1.0);
    assert_eq!(tracks(&messages), 2);
    assert_eq!(batch.expect("a batch").items.len(), 2);
    let Some(ServerMessage::Picture(picture)) = messages.first() else { panic!("{messages:?}") };
    for number in picture.states.number.clone() {
        let message = ClientMessage::Explain { number, party: "XXC".into() };
        let asked = Event::ConsoleAsked { console: CONSOLE, message };
        let out = happen(&mut engine, &asked, 1.0);
        let said: ServerMessage = rmp_serde::from_slice(&out.deliveries[0].body).expect("said");
        assert!(matches!(&said, ServerMessage::Explained(why) if why.released), "{said:?}");
    }
}

#[test]
fn more_partners_than_have_numbers_are_not_taken_for_one_another() {
    let names: Vec<String> = (0..300).map(|n| format!("P{n:03}")).collect();
    let mut engine = engine_with(names.iter().map(|name| party(name)).collect());
    for (n, name) in [&names[0], &names[127], &names[128], &names[256]].into_iter().enumerate() {
        tell(&mut engine, name, (1, 1), vec![item(1, [n as f64 * 10.0, 0.0], 1.0)]);
    }
    let (_, messages) = tick(&mut engine, 1.0);
    assert_eq!((rows(&messages).len(), tracks(&messages)), (128, 2));
}

#[test]
fn accords_that_name_more_parties_than_a_node_holds_are_one_error() {
    let parties: String =
        (0..129).map(|n| format!("[[party]]\nid = \"P{n:03}\"\nname = \"P\"\n")).collect();
    let text = ACCORD_BC.replacen("[[party]]", &format!("{parties}[[party]]"), 1);
    let texts =
        vec![AccordText { file: "many.toml".into(), text, stopped_by: None, approved: None }];
    let section = AccordsSection { texts, ..AccordsSection::default() };
    let error = section.policy(party("XXB")).expect_err("too many").to_string();
    assert!(error.contains("more than 128 parties"), "{error}");
}

#[test]
fn a_batch_that_comes_in_parts_stands_whole_and_a_part_again_changes_nothing() {
    let mut engine = engine();
    let (from, to) = (party("XXC"), party("XXB"));
    let accord = told_under(from).parse().expect("an accord's id");
    let article = ArticleRef { accord, article: "1".parse().expect("a number") };
    let mut tell_part = |part: u32, numbers: &[u32]| {
        let item = |number: &u32| Item {
            articles: vec![article],
            ..item(*number, [33.0 + f64::from(*number), -119.0], 1.0)
        };
        let (epoch, sequence, slot) = (1, 1, at(1.0));
        let items = numbers.iter().map(item).collect();
        let batch = Batch { from, to, epoch, sequence, part, slot, items, ended: Vec::new() };
        happen(&mut engine, &Event::PartnerTold { party: from, body: batch.encode() }, 1.0);
    };
    tell_part(0, &[1, 2]);
    tell_part(1, &[3]);
    tell_part(0, &[4]);
    let (_, messages) = tick(&mut engine, 1.5);
    let row = rows(&messages).iter().find(|row| row.party == "XXC").expect("a row");
    assert_eq!((row.they_send, row.refused), (3, 0));
}

#[test]
fn what_no_article_held_here_lets_its_teller_tell_is_refused_and_counted() {
    let mut engine = engine();
    let (from, to) = (party("XXC"), party("XXB"));
    let article = |accord: &str| ArticleRef {
        accord: accord.parse().expect("an accord's id"),
        article: "1".parse().expect("a number"),
    };
    // None; one that does not exist; one by which another tells; one by which XXB tells XXC.
    let under =
        [vec![], vec![article("nobody")], vec![article("xxa-xxb")], vec![article("xxb-xxc")]];
    let items = under.into_iter().zip(1..).map(|(articles, number)| Item {
        articles,
        ..item(number, [33.0 + f64::from(number), -119.0], 1.0)
    });
    let (epoch, sequence, part, slot) = (1, 1, 0, at(1.0));
    let items = items.collect();
    let batch = Batch { from, to, epoch, sequence, part, slot, items, ended: Vec::new() };
    happen(&mut engine, &Event::PartnerTold { party: from, body: batch.encode() }, 1.0);
    let (_, messages) = tick(&mut engine, 1.5);
    let row = rows(&messages).iter().find(|row| row.party == "XXC").expect("a row");
    assert_eq!((row.they_send, row.refused), (0, 4));
}

#[test]
fn what_a_partner_told_under_an_accord_leaves_the_picture_when_we_suspend_it() {
    let mut engine = engine();
    let told = |engine: &mut Engine, epoch, n: u32| {
        let items = vec![onward_to_c(item(1, [0.0, 0.0], f64::from(n)))];
        tell(engine, "XXA", (epoch, n), items);
        tell(engine, "XXD", (1, n), vec![item(1, [1.0, 0.0], f64::from(n))]);
        tick(engine, f64::from(n) + 0.5)
    };
    let shown = |(_, messages): &(Option<Batch>, Vec<ServerMessage>)| tracks(messages);
    assert_eq!(shown(&told(&mut engine, 1, 1)), 2);
    let accord = told_under(party("XXA"));
    let (by, reason) = ("A. Officer".to_owned(), "a dispute".to_owned());
    let suspend =
        ClientMessage::Suspend { accord: accord.clone(), by: by.clone(), reason, towards: None };
    happen(&mut engine, &Event::ConsoleAsked { console: CONSOLE, message: suspend }, 1.6);
    // At the next picture, before the partner has heard of it.
    let (to_c, messages) = tick(&mut engine, 2.0);
    assert_eq!(tracks(&messages), 1, "only what another partner tells");
    let to_c = to_c.expect("a batch");
    assert!(to_c.items.is_empty() && to_c.ended.len() == 1, "nor does it go on: {to_c:?}");
    // What it sends until it hears of it is not taken.
    assert_eq!(shown(&told(&mut engine, 1, 3)), 1);
    let resume = ClientMessage::Resume { accord, by, may: None };
    happen(&mut engine, &Event::ConsoleAsked { console: CONSOLE, message: resume }, 4.0);
    // It begins anew with all it may tell.
    assert_eq!(shown(&told(&mut engine, 2, 5)), 2);
}

#[test]
fn where_people_sign_in_it_takes_two_to_resume_and_the_first_waits_ten_minutes_for_the_second() {
    let mut engine = engine().with_people();
    let accord = told_under(party("XXA"));
    let told = |engine: &mut Engine, epoch, n: u32| {
        let items = vec![onward_to_c(item(1, [0.0, 0.0], f64::from(n)))];
        tell(engine, "XXA", (epoch, n), items);
        tell(engine, "XXD", (1, n), vec![item(1, [1.0, 0.0], f64::from(n))]);
        tracks(&tick(engine, f64::from(n) + 0.5).1)
    };
    let suspend = |engine: &mut Engine, at_s| {
        let (by, reason) = ("A. Officer".to_owned(), "a dispute".to_owned());
        let message = ClientMessage::Suspend { accord: accord.clone(), by, reason, towards: None };
        happen(engine, &Event::ConsoleAsked { console: CONSOLE, message }, at_s);
    };
    let resume = |engine: &mut Engine, by: &str, at_s| {
        let message =
            ClientMessage::Resume { accord: accord.clone(), by: by.to_owned(), may: None };
        happen(engine, &Event::ConsoleAsked { console: CONSOLE, message }, at_s);
    };
    assert_eq!(told(&mut engine, 1, 1), 2);
    suspend(&mut engine, 1.6);
    assert_eq!(told(&mut engine, 1, 3), 1);
    resume(&mut engine, "B. Officer", 3.6);
    assert_eq!(told(&mut engine, 1, 5), 1, "one is not enough");
    resume(&mut engine, "B. Officer", 5.6);
    assert_eq!(told(&mut engine, 1, 7), 1, "nor is one twice");
    // Who says stop again takes back what one has said.
    suspend(&mut engine, 7.6);
    resume(&mut engine, "C. Officer", 7.7);
    assert_eq!(told(&mut engine, 1, 9), 1);
    resume(&mut engine, "B. Officer", 9.6);
    assert_eq!(told(&mut engine, 2, 11), 2);

    suspend(&mut engine, 11.6);
    resume(&mut engine, "B. Officer", 12.0);
    resume(&mut engine, "C. Officer", 613.0);
    assert_eq!(told(&mut engine, 2, 614), 1, "the first word has lapsed");
    resume(&mut engine, "B. Officer", 615.0);
    assert_eq!(told(&mut engine, 3, 616), 2);
}

#[test]
fn who_may_resume_no_more_when_a_second_person_says_so_does_not_count() {
    let mut engine = engine().with_people();
    let accord = told_under(party("XXA"));
    let suspended = |engine: &Engine| {
        let known = engine.policy().accords().iter().find(|known| known.id.as_str() == accord);
        let suspensions = known.expect("the accord").lifecycle.suspensions();
        suspensions.iter().any(|one| one.holds(at(700.0)))
    };
    let ask = |engine: &mut Engine, message, at_s| {
        happen(engine, &Event::ConsoleAsked { console: CONSOLE, message }, at_s);
    };
    let resume = |by: &str, may: &[&str]| ClientMessage::Resume {
        accord: accord.clone(),
        by: by.to_owned(),
        may: Some(may.iter().map(|name| (*name).to_owned()).collect()),
    };
    let (by, reason) = ("A. Officer".to_owned(), "a dispute".to_owned());
    let suspend = ClientMessage::Suspend { accord: accord.clone(), by, reason, towards: None };
    ask(&mut engine, suspend, 1.0);
    ask(&mut engine, resume("B. Officer", &["B. Officer", "C. Officer"]), 2.0);
    // B has lost the role meanwhile: now C is the first.
    ask(&mut engine, resume("C. Officer", &["C. Officer", "D. Officer"]), 3.0);
    assert!(suspended(&engine));
    ask(&mut engine, resume("D. Officer", &["C. Officer", "D. Officer"]), 4.0);
    assert!(!suspended(&engine));
}

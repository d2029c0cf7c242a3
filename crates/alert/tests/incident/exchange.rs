//! Three nodes hand an incident to each other over links that lose, double and reorder.

use super::{acts, at, node, on, open, person};
use alert::incident::{
    Act, Command, Deed, IncidentId, IncidentNote, Incidents, Outcome, Person, Says, SharedFields,
    SharedIncident, shared_view, verify,
};
use proptest::prelude::*;

const NAMES: [&str; 3] = ["AAA", "BBB", "CCC"];

/// What a book was given, in order.
#[derive(Debug, Clone)]
enum Input {
    Command(Command, Person, String),
    Note(IncidentNote),
    Tick,
    Send,
}

struct World {
    books: Vec<Incidents>,
    inputs: Vec<Vec<(f64, Input)>>,
    /// What is on the way.
    air: Vec<IncidentNote>,
    now_s: f64,
    id: IncidentId,
}

fn index(name: alert::incident::NodeName) -> usize {
    NAMES.iter().position(|known| *known == name.as_str()).expect("one of the three")
}

fn give(book: &mut Incidents, now_s: f64, input: &Input) -> Vec<IncidentNote> {
    match input {
        Input::Command(command, by, why) => {
            let _ = book.handle(command, by, why, at(now_s));
            Vec::new()
        }
        Input::Note(note) => book.hear(note, at(now_s)).ok().flatten().into_iter().collect(),
        Input::Tick => {
            book.tick(at(now_s));
            Vec::new()
        }
        Input::Send => super::said(book, at(now_s)),
    }
}

impl World {
    fn new() -> Self {
        let mut books: Vec<Incidents> =
            NAMES.iter().map(|name| Incidents::new(node(name))).collect();
        let id = open(&mut books[0]);
        Self { books, inputs: vec![Vec::new(); 3], air: Vec::new(), now_s: 0.0, id }
    }

    fn give(&mut self, who: usize, input: Input) {
        let said = give(&mut self.books[who], self.now_s, &input);
        self.air.extend(said);
        self.inputs[who].push((self.now_s, input));
    }

    fn deed(&mut self, who: usize, deed: Deed) {
        // The owner where there is one, so that it is not the name that stands in the way.
        let owner = self.books[who].get(self.id).and_then(|i| i.owner().cloned());
        let by = owner.unwrap_or_else(|| person(["Kask", "Berg", "Cruz"][who]));
        self.give(who, Input::Command(on(self.id, deed), by, "because".into()));
    }

    fn holders(&self) -> Vec<usize> {
        let holds = |who: &usize| self.books[*who].get(self.id).is_some_and(|i| i.is_held_here());
        (0..3).filter(holds).collect()
    }

    fn deliver(&mut self, which: usize, keep: bool) {
        if self.air.is_empty() {
            return;
        }
        let which = which % self.air.len();
        let note = if keep { self.air[which].clone() } else { self.air.swap_remove(which) };
        self.give(index(note.to), Input::Note(note));
    }

    /// The links work, and people do nothing more.
    fn settle(&mut self) {
        for _ in 0..200 {
            self.now_s += 6.0;
            for who in 0..3 {
                self.give(who, Input::Send);
            }
            while !self.air.is_empty() {
                self.deliver(0, false);
                assert!(self.holders().len() <= 1);
            }
            let quiet = NAMES
                .iter()
                .all(|to| self.books.iter().all(|book| book.waiting(node(to)).len() == 0));
            if quiet {
                return;
            }
        }
        panic!("it does not come to rest");
    }
}

#[derive(Debug, Clone)]
enum Step {
    Offer { who: usize, to: usize, within_s: f64 },
    Share { who: usize, to: usize },
    Withdraw { who: usize },
    Accept { who: usize },
    Refuse { who: usize },
    See { who: usize },
    Transfer { who: usize },
    Close { who: usize },
    Reopen { who: usize },
    Send { who: usize },
    Deliver { which: usize, keep: bool },
    Lose { which: usize },
    Pass { seconds: f64 },
    Restart { who: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let who = || 0..3_usize;
    prop_oneof![
        4 => (who(), who(), 1.0..90.0).prop_map(|(who, to, within_s)| Step::Offer { who, to, within_s }),
        1 => (who(), who()).prop_map(|(who, to)| Step::Share { who, to }),
        1 => who().prop_map(|who| Step::Withdraw { who }),
        5 => who().prop_map(|who| Step::Accept { who }),
        1 => who().prop_map(|who| Step::Refuse { who }),
        1 => who().prop_map(|who| Step::See { who }),
        1 => who().prop_map(|who| Step::Transfer { who }),
        1 => who().prop_map(|who| Step::Close { who }),
        1 => who().prop_map(|who| Step::Reopen { who }),
        6 => who().prop_map(|who| Step::Send { who }),
        12 => (any::<usize>(), prop::bool::weighted(0.3)).prop_map(|(which, keep)| Step::Deliver { which, keep }),
        2 => any::<usize>().prop_map(|which| Step::Lose { which }),
        3 => prop_oneof![4 => 0.0..8.0, 1 => -30.0..60.0_f64].prop_map(|seconds| Step::Pass { seconds }),
        1 => who().prop_map(|who| Step::Restart { who }),
    ]
}

fn take(world: &mut World, step: &Step) {
    let article = || "abc article 9".to_owned();
    match *step {
        Step::Offer { who, to, within_s } => {
            let due = at(world.now_s + within_s);
            world.deed(who, Deed::Offer { to: node(NAMES[to]), article: article(), due });
        }
        Step::Share { who, to } => {
            world.deed(who, Deed::Share { to: node(NAMES[to]), article: article() });
        }
        Step::Withdraw { who } => world.deed(who, Deed::Withdraw),
        Step::Accept { who } => {
            let by = person(["Kask", "Berg", "Cruz"][who]);
            let accept = on(world.id, Deed::Accept { steps: Vec::new() });
            world.give(who, Input::Command(accept, by, String::new()));
        }
        Step::Refuse { who } => world.deed(who, Deed::Refuse),
        Step::See { who } => world.deed(who, Deed::See),
        Step::Transfer { who } => world.deed(who, Deed::Transfer { to: person("Next") }),
        Step::Close { who } => world.deed(who, Deed::Close { outcome: Outcome::LeftArea }),
        Step::Reopen { who } => world.deed(who, Deed::Reopen),
        Step::Send { who } => world.give(who, Input::Send),
        Step::Deliver { which, keep } => world.deliver(which, keep),
        Step::Lose { which } => {
            if !world.air.is_empty() {
                let which = which % world.air.len();
                world.air.swap_remove(which);
            }
        }
        Step::Pass { seconds } => {
            world.now_s += seconds;
            for who in 0..3 {
                world.give(who, Input::Tick);
            }
        }
        Step::Restart { who } => {
            let bytes = world.books[who].to_bytes();
            world.books[who] = Incidents::from_bytes(&bytes).expect("its own bytes");
        }
    }
}

fn cases() -> u32 {
    std::env::var("ENTENTE_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(600)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: cases(),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Default::default()
    })]
    #[test]
    fn there_are_never_two_owners_and_never_none_once_all_is_heard(
        steps in prop::collection::vec(step(), 1..120),
    ) {
        let mut world = World::new();
        let id = world.id;
        for step in &steps {
            let before: Vec<_> = world.books.iter().map(|book| book.get(id).cloned()).collect();
            take(&mut world, step);
            prop_assert!(world.holders().len() <= 1, "two owners after {:?}", step);
            for (book, before) in world.books.iter().zip(before) {
                let (Some(now), Some(before)) = (book.get(id), before) else { continue };
                let new = &now.log()[before.log().len()..];
                prop_assert_eq!(&now.log()[..before.log().len()], before.log(), "append-only");
                if now.is_held_here() {
                    prop_assert!(now.owner().is_some());
                }
                // An offer that comes to nothing leaves the owner, and says so.
                for pair in new.windows(2) {
                    if let Act::OfferEnded { how, .. } = &pair[0].act
                        && matches!(how, alert::incident::OfferEnd::Refused {} | alert::incident::OfferEnd::Expired {})
                    {
                        prop_assert!(pair[1].act == Act::Escalated {}, "it is said");
                        prop_assert_eq!(now.owner(), before.owner());
                    }
                }
            }
        }
        world.settle();
        let holders = world.holders();
        prop_assert_eq!(holders.len(), 1, "one owner once all is heard");
        for (who, book) in world.books.iter().enumerate() {
            let Some(incident) = book.get(id) else { continue };
            prop_assert_eq!(verify(id, incident.log()), Ok(()));
            let accepted = incident.incoming().is_some_and(|open| open.accepted.is_some());
            prop_assert!(!accepted, "nobody waits for a word that is not coming");
            // The same inputs give the same bytes.
            let mut again = Incidents::new(node(NAMES[who]));
            if who == 0 {
                open(&mut again);
            }
            for (now_s, input) in &world.inputs[who] {
                give(&mut again, *now_s, input);
            }
            prop_assert_eq!(again.to_bytes(), book.to_bytes());
        }
    }
}

fn pass(world: &mut World) {
    world.settle();
}

#[test]
fn an_accepted_offer_moves_the_incident_with_who_accepted_it() {
    let mut world = World::new();
    let id = world.id;
    let note = Deed::Note { text: "squawk seen by the sector".into(), shareable: true };
    world.deed(0, note);
    take(&mut world, &Step::Offer { who: 0, to: 1, within_s: 60.0 });
    pass(&mut world);
    let offered = world.books[1].get(id).expect("it was told");
    assert_eq!(offered.incoming().map(|open| open.from), Some(node("AAA")));
    assert_eq!(offered.title(), "TN 2417, no transponder");
    assert!(!offered.is_held_here());
    take(&mut world, &Step::See { who: 1 });
    take(&mut world, &Step::Accept { who: 1 });
    assert!(
        !world.books[1].get(id).expect("it is there").is_held_here(),
        "not before it is confirmed"
    );
    pass(&mut world);
    let (given, taken) = (world.books[0].get(id), world.books[1].get(id));
    let (given, taken) = (given.expect("it is there"), taken.expect("it is there"));
    assert_eq!(taken.owner(), Some(&person("Berg")));
    assert_eq!((given.holder(), given.owner()), (node("BBB"), Some(&person("Berg"))));
    let delivery = &given.deliveries()[0];
    assert!(delivery.received.is_some());
    assert_eq!(
        delivery.seen.as_ref().map(|(by, _)| by.to_string()),
        Some("BBB Berg (RAP-1)".into())
    );
    // And back again.
    take(&mut world, &Step::Offer { who: 1, to: 0, within_s: 60.0 });
    pass(&mut world);
    take(&mut world, &Step::Accept { who: 0 });
    pass(&mut world);
    assert_eq!(world.holders(), [0]);
}

#[test]
fn an_answer_that_comes_after_the_deadline_finds_the_owner_unchanged() {
    let mut world = World::new();
    let id = world.id;
    take(&mut world, &Step::Offer { who: 0, to: 1, within_s: 20.0 });
    pass(&mut world);
    take(&mut world, &Step::Accept { who: 1 });
    world.now_s += 30.0;
    pass(&mut world);
    assert_eq!(world.holders(), [0]);
    assert!(world.books[0].get(id).expect("it is there").escalated().is_some());
    assert!(world.books[1].get(id).expect("it is there").incoming().is_none());
    assert!(matches!(acts(&world.books[1], id)[..], [.., Act::IncomingEnded { .. }]));
}

#[test]
fn a_refusal_leaves_the_owner_and_escalates() {
    let mut world = World::new();
    let id = world.id;
    take(&mut world, &Step::Offer { who: 0, to: 1, within_s: 60.0 });
    pass(&mut world);
    take(&mut world, &Step::Refuse { who: 1 });
    pass(&mut world);
    assert_eq!(world.holders(), [0]);
    let incident = world.books[0].get(id).expect("it is there");
    assert!(incident.escalated().is_some());
    let entry = incident.log().iter().find(|entry| matches!(entry.act, Act::OfferEnded { .. }));
    let entry = entry.expect("the refusal is in the log");
    assert_eq!(
        (entry.by.to_string().as_str(), entry.why.as_str()),
        ("BBB Berg (RAP-1)", "because")
    );
}

#[test]
fn a_withdrawal_and_an_acceptance_that_cross_leave_one_owner() {
    let mut world = World::new();
    take(&mut world, &Step::Offer { who: 0, to: 1, within_s: 60.0 });
    pass(&mut world);
    take(&mut world, &Step::Accept { who: 1 });
    take(&mut world, &Step::Withdraw { who: 0 });
    pass(&mut world);
    assert_eq!(world.holders(), [0]);
}

#[test]
fn a_partner_that_does_not_hear_that_it_holds_an_incident_is_somebodys_business() {
    let mut world = World::new();
    let id = world.id;
    take(&mut world, &Step::Offer { who: 0, to: 1, within_s: 60.0 });
    pass(&mut world);
    take(&mut world, &Step::Accept { who: 1 });
    take(&mut world, &Step::Send { who: 1 });
    while !world.air.is_empty() {
        world.deliver(0, false);
    }
    assert!(world.holders().is_empty(), "given, and the word is on its way");
    let escalated = |world: &World| {
        let log = world.books[0].get(id).expect("it is there").log();
        log.iter().filter(|entry| entry.act == Act::Escalated {}).count()
    };
    for (seconds, count) in [(59.0, 0), (2.0, 1), (60.0, 1)] {
        take(&mut world, &Step::Pass { seconds });
        assert_eq!(escalated(&world), count);
    }
    take(&mut world, &Step::Accept { who: 0 });
    let heed = on(id, Deed::Heed);
    world.books[0].handle(&heed, &person("Kask"), "by telephone", at(125.0)).expect("heeded");
    pass(&mut world);
    assert_eq!(world.holders(), [1]);
}

#[test]
fn what_could_not_be_saved_is_not_taken() {
    let mut world = World::new();
    take(&mut world, &Step::Share { who: 0, to: 1 });
    let mut notes = super::said(&mut world.books[0], at(1.0));
    let note = notes.first_mut().expect("a telling");
    if let Says::Share { view, .. } = &mut note.says {
        view.title = Some("x".repeat(5_000));
    }
    assert!(world.books[1].hear(note, at(1.0)).is_err());
    if let Says::Share { view, .. } = &mut note.says {
        view.title = Some(" a title with a space ".into());
        view.id.number = 0;
    }
    assert!(world.books[1].hear(note, at(1.0)).is_err());
    if let Says::Share { view, .. } = &mut note.says {
        view.id.number = 1;
    }
    assert!(world.books[1].hear(note, at(1.0)).is_ok());
    let again = Incidents::from_bytes(&world.books[1].to_bytes());
    assert_eq!(again.as_ref(), Ok(&world.books[1]));
}

#[test]
fn a_partner_cannot_take_what_it_was_not_offered() {
    let mut world = World::new();
    let id = world.id;
    let (from, to) = (node("CCC"), node("AAA"));
    let by = person("Cruz");
    let forged = [
        Says::Accept { incident: id, term: 0, serial: 1, by: by.clone(), why: String::new() },
        Says::Confirm { incident: id, term: 0, serial: 1 },
        Says::Seen { incident: id, serial: 1, by },
    ];
    take(&mut world, &Step::Offer { who: 0, to: 1, within_s: 60.0 });
    for (number, says) in (1..).zip(forged) {
        let note = IncidentNote { from, to, number, at: at(0.0), says };
        let _ = world.books[0].hear(&note, at(0.0));
    }
    let incident = world.books[0].get(id).expect("it is there");
    assert!(incident.is_held_here() && incident.offer().is_some());
    assert!(incident.deliveries()[0].seen.is_none());
}

#[test]
fn an_offer_that_leaves_no_term_for_who_takes_it_harms_nothing() {
    let mut world = World::new();
    let (from, to) = (node("CCC"), node("AAA"));
    let id = IncidentId { node: from, number: 5 };
    let (by, last) = (person("Cruz"), 1_000_000);
    let view = shared_view(world.books[0].get(world.id).expect("there"), SharedFields::NONE);
    let view = SharedIncident { id, ..view };
    let (article, due) = ("pair article 2".to_owned(), at(600.0));
    let offer = Says::Offer { term: last, serial: 1, article, due, by, why: String::new(), view };
    let confirm = Says::Confirm { incident: id, term: last, serial: 1 };
    let accept = on(id, Deed::Accept { steps: Vec::new() });
    let _ = world.books[0]
        .hear(&IncidentNote { from, to, number: 1, at: at(0.0), says: offer }, at(0.0));
    let _ = world.books[0].handle(&accept, &person("Kask"), "", at(1.0));
    let _ = world.books[0]
        .hear(&IncidentNote { from, to, number: 2, at: at(1.0), says: confirm }, at(1.0));
    let _ = world.books[0].handle(
        &on(id, Deed::Note { text: "seen".into(), shareable: false }),
        &person("Kask"),
        "",
        at(2.0),
    );
    let again = Incidents::from_bytes(&world.books[0].to_bytes());
    assert_eq!(again.as_ref(), Ok(&world.books[0]), "the book can be read again");
}

#[test]
fn what_a_partners_node_does_not_take_is_said_no_more_and_somebody_hears_why() {
    let mut world = World::new();
    let id = world.id;
    take(&mut world, &Step::Offer { who: 0, to: 1, within_s: 60.0 });
    let note = super::said(&mut world.books[0], at(1.0)).remove(0);
    let why = "there is no place for more incidents";
    // Of a note that nobody waits for, nothing.
    world.books[0].hear_refusal(node("BBB"), (note.number + 9, note.at), why, at(2.0));
    world.books[0].hear_refusal(node("CCC"), (note.number, note.at), why, at(2.0));
    assert_eq!(world.books[0].waiting(node("BBB")).len(), 1);
    world.books[0].hear_refusal(node("BBB"), (note.number, note.at), why, at(2.0));
    assert_eq!(world.books[0].waiting(node("BBB")).len(), 0);
    assert!(super::said(&mut world.books[0], at(60.0)).is_empty(), "it is said no more");
    let incident = world.books[0].get(id).expect("it is there");
    assert!(
        incident.offer().is_none() && incident.is_held_here() && incident.escalated().is_some()
    );
    let last = incident.log().last().expect("an entry");
    assert_eq!(last.why, format!("BBB does not take what was said to it: {why}"));
    assert!(verify(incident.id(), incident.log()).is_ok());
    let again = Incidents::from_bytes(&world.books[0].to_bytes());
    assert_eq!(again.as_ref(), Ok(&world.books[0]));
}

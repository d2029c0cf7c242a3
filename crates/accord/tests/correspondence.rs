//! Requests, answers, silence and back-up between nodes that hear each other late, twice and in
//! any order.

use accord::{
    Accord, AccordId, Answer, ArticleRef, AskedState, Correspondence, Decided, Note, PartyId,
    Policy, Proposal, Purpose, Released, Reply, RequestId, Says, StandInWord, Suspension, Wish,
};
use proptest::prelude::*;
use std::sync::Arc;
use surveillance::Time;

/// Four members, any may ask any; C stands in for D, or else B.
const TEXT: &str = r#"
form = 1
accord = "four"
title = "Four members"
nature = "illustration"

[[party]]
id = "A"
name = "A"
[[party]]
id = "B"
name = "B"
[[party]]
id = "C"
name = "C"
[[party]]
id = "D"
name = "D"

[instruments]
requires = ["signature"]
signed = { date = 2020-01-01 }
in_force = 2020-01-01

[[article]]
number = "4"
kind = "assistance"
from = ["A", "B", "C", "D"]
to = ["A", "B", "C", "D"]
purposes = ["information", "assistance"]
answer_within = "10 minutes"

[[article]]
number = "6"
kind = "backup"
of = "D"
by = ["C", "B"]
area = [{ anywhere = true }]
silent_s = 40.0
confirmations = 2
"#;

const DUE_S: f64 = 600.0;
const NAMES: [&str; 4] = ["A", "B", "C", "D"];

fn at(seconds: f64) -> Time {
    let start: Time = "2026-11-24T12:00:00Z".parse().expect("an instant");
    start.plus_seconds(seconds)
}

fn party(name: &str) -> PartyId {
    name.parse().expect("a party")
}

fn decided(suspended: bool) -> Decided {
    Decided { suspended, ..Decided::default() }
}

fn article(number: &str) -> ArticleRef {
    ArticleRef {
        accord: "four".parse().expect("an id"),
        article: number.parse().expect("a number"),
    }
}

fn the_accord() -> Arc<Accord> {
    Arc::new(accord::read("test", TEXT).expect("an accord").accord)
}

fn wish(of: &[&str]) -> Wish {
    Wish {
        article: article("4"),
        purpose: Purpose::Assistance,
        text: "two aircraft for a search".into(),
        incident: Some("INC-0142".into()),
        of: of.iter().map(|name| party(name)).collect(),
        answer_within: None,
        by: "Duty officer".into(),
    }
}

fn reply(words: &str) -> Reply {
    Reply { words: words.into(), by: "RAP-2".into() }
}

struct Node {
    says: Correspondence,
    policy: Policy,
}

impl Node {
    fn new(name: &str) -> Self {
        let policy = Policy::new(party(name), vec![the_accord()]).expect("a policy");
        Self { says: Correspondence::new(party(name), 3), policy }
    }

    fn tell(&mut self, now: Time) -> Vec<Released<Note>> {
        self.says.advance(&self.policy, now);
        self.says.tell(&self.policy, now)
    }

    /// Through the wire form, as a link carries it.
    fn hear(&mut self, note: &Note, now: Time) -> bool {
        let read = Note::decode(&note.encode()).expect("what was written");
        assert_eq!(&read, note);
        self.says.hear(note.from, read, &mut self.policy, now)
    }

    fn suspend(&mut self, towards: Option<&str>, now: Time) {
        let suspension = Suspension {
            by: self.policy.own(),
            towards: towards.map(|name| vec![party(name)]),
            articles: None,
            from: now,
            until: None,
            reason: None,
        };
        self.policy.suspend(id(), suspension).expect("a party");
    }
}

fn id() -> AccordId {
    "four".parse().expect("an id")
}

struct World {
    nodes: Vec<Node>,
    /// Notes on their way; delivered in any order, and again.
    flying: Vec<Note>,
    now_s: f64,
}

impl World {
    fn new() -> Self {
        let nodes = NAMES.iter().map(|name| Node::new(name)).collect();
        Self { nodes, flying: Vec::new(), now_s: 0.0 }
    }

    fn now(&self) -> Time {
        at(self.now_s)
    }

    fn node(&mut self, name: &str) -> &mut Node {
        let index = NAMES.iter().position(|known| *known == name).expect("a node");
        &mut self.nodes[index]
    }

    /// Every node says what is due.
    fn tick(&mut self) {
        let now = self.now();
        for node in &mut self.nodes {
            for released in node.tell(now) {
                assert_eq!(released.to(), released.value().to);
                self.flying.push(released.into_value());
            }
        }
    }

    fn deliver(&mut self, index: usize, again: bool) {
        if self.flying.is_empty() {
            return;
        }
        let index = index % self.flying.len();
        let note = if again { self.flying[index].clone() } else { self.flying.swap_remove(index) };
        let now = self.now();
        let to = note.to.to_string();
        let taken = self.node(&to).hear(&note, now);
        assert!(taken, "{note:?}");
    }

    /// Until nobody has anything more to say.
    fn settle(&mut self) {
        for _ in 0..20 {
            self.tick();
            while !self.flying.is_empty() {
                self.deliver(0, false);
            }
        }
        self.tick();
        assert!(self.flying.is_empty());
    }

    fn wait(&mut self, seconds: f64) {
        self.now_s += seconds;
    }

    fn hear_all(&mut self, but: &str) {
        let now = self.now();
        for node in &mut self.nodes {
            for name in NAMES.iter().filter(|name| **name != but) {
                node.says.heard(party(name), now);
            }
        }
    }
}

fn states(node: &Node, id: RequestId, now: Time) -> Vec<AskedState> {
    let case = node.says.case(id, now).expect("known");
    case.asked.iter().map(|asked| asked.state).collect()
}

#[test]
fn a_request_is_received_answered_and_reported_on_and_every_member_knows() {
    let mut world = World::new();
    let node = world.node("A");
    let id = node.says.raise(&wish(&["B", "C"]), &node.policy, at(0.0)).expect("raised");
    world.settle();
    for name in NAMES {
        let now = world.now();
        let states = states(world.node(name), id, now);
        assert_eq!(states, [AskedState::Received, AskedState::Received], "{name}");
    }
    world.wait(60.0);
    let now = world.now();
    world.node("B").says.answer(id, Answer::InPart, &reply("one aircraft"), now).expect("answered");
    world.node("C").says.answer(id, Answer::Declined, &reply("none"), now).expect("answered");
    world.node("B").says.report(id, &reply("searched until dusk"), now).expect("reported");
    world.settle();
    let cases: Vec<_> = world.nodes.iter().map(|node| node.says.cases(now)).collect();
    assert!(cases.windows(2).all(|pair| pair[0] == pair[1]));
    let case = &cases[3][0];
    assert_eq!(case.asked[0].state, AskedState::Answered { answer: Answer::InPart, late: false });
    assert_eq!(case.asked[1].state, AskedState::Answered { answer: Answer::Declined, late: false });
    assert_eq!(case.reports[0].1.words, "searched until dusk");
    assert_eq!(case.request.due, at(DUE_S));
    // The time comes and nobody was silent.
    world.wait(DUE_S);
    world.settle();
    let now = world.now();
    assert!(
        world.node("A").says.cases(now)[0].asked.iter().all(|a| a.silence_recorded_by.is_empty())
    );
}

#[test]
fn silence_is_recorded_by_every_node_at_the_due_second_and_never_before() {
    let mut world = World::new();
    let node = world.node("A");
    let id = node.says.raise(&wish(&["B"]), &node.policy, at(0.0)).expect("raised");
    world.settle();
    world.now_s = DUE_S - 0.1;
    world.settle();
    let now = world.now();
    for name in NAMES {
        let node = world.node(name);
        let case = node.says.case(id, now).expect("known");
        assert_eq!(case.asked[0].state, AskedState::Received, "{name}");
        assert!(case.asked[0].silence_recorded_by.is_empty(), "{name}");
    }
    world.now_s = DUE_S;
    world.tick();
    for note in &world.flying {
        assert!(matches!(&note.says, Says::Silence { of, .. } if *of == [party("B")]), "{note:?}");
        assert_eq!(note.at, at(DUE_S));
    }
    // Four nodes tell three others each; but of C and D, who are not asked, neither is named to the
    // other.
    assert_eq!(world.flying.len(), 10);
    world.settle();
    let now = world.now();
    for name in NAMES {
        let case = world.node(name).says.case(id, now).expect("known");
        assert_eq!(case.asked[0].state, AskedState::NoAnswer);
        let unnamed = if name == "C" { "D" } else { "C" };
        let mut by = NAMES.map(party).to_vec();
        by.retain(|by| ["A", "B"].contains(&name) || *by != party(unnamed));
        assert_eq!(case.asked[0].silence_recorded_by, by, "{name}");
    }
    // A late answer is one, and what was recorded stays.
    world.wait(1.0);
    let now = world.now();
    world.node("B").says.answer(id, Answer::Accepted, &reply(""), now).expect("answered");
    world.settle();
    let now = world.now();
    let case = world.node("D").says.case(id, now).expect("known");
    assert_eq!(case.asked[0].state, AskedState::Answered { answer: Answer::Accepted, late: true });
    assert_eq!(case.asked[0].silence_recorded_by.len(), 3);
}

#[test]
fn an_answer_may_be_asked_for_sooner_than_the_article_gives() {
    let mut world = World::new();
    let sooner = Wish { answer_within: Some(std::time::Duration::from_secs(45)), ..wish(&["B"]) };
    let node = world.node("A");
    let id = node.says.raise(&sooner, &node.policy, at(0.0)).expect("raised");
    world.settle();
    world.now_s = 45.0;
    world.settle();
    let case = world.node("B").says.case(id, at(45.0)).expect("it was taken");
    assert_eq!((case.request.due, case.asked[0].state), (at(45.0), AskedState::NoAnswer));
}

#[test]
fn who_learns_of_a_request_after_its_time_records_no_silence() {
    let mut world = World::new();
    let node = world.node("A");
    let id = node.says.raise(&wish(&["B"]), &node.policy, at(0.0)).expect("raised");
    world.tick();
    world.now_s = DUE_S + 5.0;
    world.settle();
    let now = world.now();
    let case = world.node("C").says.case(id, now).expect("known");
    assert_eq!(case.asked[0].state, AskedState::NoAnswer);
    assert_eq!(case.asked[0].silence_recorded_by, [party("A")]);
}

#[test]
fn what_the_article_does_not_let_is_refused_with_a_sentence() {
    let mut world = World::new();
    let check = |node: &mut Node, wish: Wish, expected: &str| {
        let why = node.says.raise(&wish, &node.policy, at(0.0)).expect_err("refused");
        assert!(why.contains(expected), "{why}");
    };
    let node = world.node("A");
    let of = |of: &[&str]| wish(of);
    check(node, Wish { article: article("9"), ..of(&["B"]) }, "four has no article 9");
    check(node, Wish { article: article("6"), ..of(&["B"]) }, "not about assistance");
    check(
        node,
        Wish { purpose: Purpose::BackUp, ..of(&["B"]) },
        "is for information and assistance",
    );
    check(node, of(&["E"]), "E cannot be asked under four article 4");
    check(node, of(&["A"]), "A cannot be asked");
    check(node, of(&[]), "say whom you ask");
    check(node, Wish { text: " \n ".into(), ..of(&["B"]) }, "say what you ask for");
    check(node, Wish { by: " ".into(), ..of(&["B"]) }, "say who you are");
    check(node, Wish { text: "x".repeat(1001), ..of(&["B"]) }, "too long");
    let within = |seconds| Some(std::time::Duration::from_secs(seconds));
    check(node, Wish { answer_within: within(601), ..of(&["B"]) }, "gives 10 min for an answer");
    check(node, Wish { answer_within: within(0), ..of(&["B"]) }, "gives 10 min");
    let late = "2019-12-31T23:59:59Z".parse().expect("an instant");
    let why = node.says.raise(&of(&["B"]), &node.policy, late).expect_err("refused");
    assert!(why.contains("not in force"), "{why}");
    node.suspend(Some("B"), at(0.0));
    check(node, of(&["B"]), "between A and B under four article 4 is suspended by A");
    let id = node.says.raise(&of(&["C"]), &node.policy, at(0.0)).expect("raised");
    let why = node.says.answer(id, Answer::Accepted, &reply(""), at(1.0)).expect_err("refused");
    assert!(why.contains("does not ask A"), "{why}");
    world.settle();
    let node = world.node("C");
    let why = node.says.answer(id, Answer::Declined, &reply(" "), at(1.0)).expect_err("refused");
    assert!(why.contains("why it is declined"), "{why}");
    let why = node.says.withdraw(id, &reply(""), at(1.0)).expect_err("refused");
    assert!(why.contains("only A can"), "{why}");
}

#[test]
fn who_is_outside_the_article_or_suspended_never_hears_of_a_request() {
    let mut world = World::new();
    let now = world.now();
    world.node("A").suspend(Some("D"), now);
    let node = world.node("A");
    let id = node.says.raise(&wish(&["B"]), &node.policy, at(0.0)).expect("raised");
    world.settle();
    let now = world.now();
    world.node("B").says.answer(id, Answer::Accepted, &reply("yes"), now).expect("answered");
    world.wait(DUE_S);
    world.settle();
    let now = world.now();
    // B and D have no quarrel; but the request is A's, and A keeps it from D.
    assert!(world.node("D").says.cases(now).is_empty());
    assert_eq!(world.node("C").says.cases(now).len(), 1);
    // With two parties there is nobody else; a policy without the accord refuses what comes.
    let stranger = Policy::without_accords(party("E"));
    let mut mine = stranger.clone();
    let mut other = Correspondence::new(party("E"), 1);
    let case = world.node("C").says.case(id, now).expect("known");
    let says = Says::Request(case.request);
    let note = Note { from: party("A"), to: party("E"), at: at(0.0), says };
    assert!(!other.hear(party("A"), note, &mut mine, now));
}

#[test]
fn a_suspension_is_told_and_what_it_dropped_is_told_after_it() {
    let mut world = World::new();
    let node = world.node("A");
    let id = node.says.raise(&wish(&["B"]), &node.policy, at(0.0)).expect("raised");
    world.tick();
    // B suspends while the request is on its way: the link drops it.
    world.wait(1.0);
    let now = world.now();
    world.flying.clear();
    let node = world.node("B");
    node.suspend(None, now);
    node.says.suspended(self::id(), NAMES.map(party), &decided(true), now);
    world.settle();
    let now = world.now();
    let node = world.node("A");
    assert_eq!(node.says.suspended_by(party("B")).collect::<Vec<_>>(), [(self::id(), at(1.0))]);
    let why = node.says.raise(&wish(&["B"]), &node.policy, now).expect_err("refused");
    assert!(why.contains("suspended by B"), "{why}");
    assert!(world.node("B").says.cases(now).is_empty());
    world.wait(10.0);
    let now = world.now();
    let node = world.node("B");
    node.policy.resume(self::id(), party("B"), now).expect("resumed");
    node.says.suspended(self::id(), NAMES.map(party), &decided(false), now);
    world.settle();
    let now = world.now();
    assert_eq!(world.node("A").says.suspended_by(party("B")).count(), 0);
    assert_eq!(states(world.node("A"), id, now), [AskedState::Received]);
}

#[test]
fn what_others_are_told_is_to_the_byte_the_same_whether_or_not_a_member_is_suspended() {
    // All that C is told while A suspends D, tells it and resumes, and the same without that.
    let told = |suspends: bool| {
        let mut world = World::new();
        let mut bytes = Vec::new();
        let dispute = |world: &mut World, suspended: bool, with: &str| {
            let now = world.now();
            let node = world.node("A");
            if suspended {
                node.suspend(Some(with), now);
            } else {
                node.policy.resume(id(), party("A"), now).expect("resumed");
            }
            node.says.suspended(id(), [party(with)], &decided(suspended), now);
        };
        for second in 0..6 {
            let now = world.now();
            match second {
                1 if suspends => dispute(&mut world, true, "D"),
                4 if suspends => dispute(&mut world, false, "D"),
                0 | 2 => {
                    let node = world.node("A");
                    let wish = Wish { answer_within: None, ..wish(&["B"]) };
                    node.says.raise(&wish, &node.policy, now).expect("raised");
                }
                _ => {}
            }
            for name in ["A", "B"] {
                for note in world.node(name).tell(now) {
                    let note = note.into_value();
                    if note.to == party("C") {
                        bytes.push(note.encode());
                    }
                    if ["A", "B"].map(party).contains(&note.to) {
                        let to = note.to.to_string();
                        assert!(world.node(&to).hear(&note, now));
                    }
                }
            }
            world.wait(1.0);
        }
        bytes
    };
    let undisturbed = told(false);
    assert!(!undisturbed.is_empty());
    assert_eq!(told(true), undisturbed);
}

#[test]
fn who_knows_that_it_is_suspended_is_not_told_again_when_another_is() {
    let mut node = Node::new("A");
    let now = at(0.0);
    let told = |node: &mut Node, second: f64| -> Vec<String> {
        node.tell(at(second)).iter().map(|note| note.to().to_string()).collect()
    };
    node.suspend(Some("B"), now);
    node.says.suspended(id(), [party("B")], &decided(true), now);
    assert_eq!(told(&mut node, 0.0), ["B"]);
    node.suspend(Some("C"), now);
    node.says.suspended(id(), [party("C")], &decided(true), now);
    assert_eq!(told(&mut node, 1.0), ["C"]);
    let suspended: Vec<_> = node.says.suspends(id()).collect();
    assert_eq!(suspended, [party("B"), party("C")]);
    node.policy.resume(id(), party("A"), at(2.0)).expect("resumed");
    node.says.suspended(id(), suspended, &decided(false), at(2.0));
    assert_eq!(told(&mut node, 2.0), ["B", "C"]);
}

#[test]
fn what_is_due_to_one_party_in_a_burst_goes_in_portions_and_a_suspension_before_it() {
    let mut node = Node::new("A");
    for _ in 0..100 {
        node.says.raise(&wish(&["B"]), &node.policy, at(0.0)).expect("raised");
    }
    node.says.suspended(id(), [party("C")], &decided(true), at(0.0));
    let mut to_b = |s: f64| {
        let told = node.tell(at(s));
        assert_eq!(s > 0.0, !matches!(told[0].value().says, Says::Standing { .. }));
        told.iter().filter(|note| note.to() == party("B")).count()
    };
    let portions: Vec<usize> = (0..7).map(|tenth| to_b(f64::from(tenth) / 10.0)).collect();
    assert_eq!(portions, [16, 16, 16, 16, 16, 16, 4]);
    assert!(node.tell(at(0.7)).is_empty(), "each once");
}

#[test]
fn however_often_it_is_asked_a_portion_is_one_until_the_next_begins() {
    let mut node = Node::new("A");
    let mut told = 0;
    for _ in 0..40 {
        node.says.raise(&wish(&["B"]), &node.policy, at(0.0)).expect("raised");
        let said = node.says.tell_named(&node.policy, at(0.0), |_, words| Some(words.to_owned()));
        told += said.iter().filter(|note| note.to() == party("B")).count();
    }
    assert_eq!(told, 16);
    node.says.begin_portion();
    let said = node.says.tell_named(&node.policy, at(0.1), |_, words| Some(words.to_owned()));
    assert_eq!(said.iter().filter(|note| note.to() == party("B")).count(), 16);
}

/// B's word on the accord, said at `at_s`.
fn word_of_b(at_s: f64, suspended: bool) -> Note {
    let says =
        Says::Standing { accord: id(), serial: at(at_s).unix_nanos(), suspended, ended: None };
    Note { from: party("B"), to: party("A"), at: at(at_s), says }
}

#[test]
fn a_resumption_lifts_no_suspension_that_is_written_to_begin_after_it() {
    let later = "[[instruments.suspension]]\nby = \"B\"\nfrom = 2026-11-24T13:00:00Z\n";
    let text = TEXT
        .replace("[[article]]\nnumber = \"4\"", &format!("{later}\n[[article]]\nnumber = \"4\""));
    let accord = Arc::new(accord::read("test", &text).expect("an accord").accord);
    let policy = || Policy::new(party("A"), vec![accord.clone()]).expect("a policy");
    let mut node = Node { says: Correspondence::new(party("A"), 3), policy: policy() };
    let open = |node: &Node, s: f64| {
        node.policy.lets_through(article("4"), (node.policy.own(), party("B")), at(s))
    };
    assert!(node.hear(&word_of_b(0.0, true), at(1.0)));
    assert!(open(&node, 2.0).is_err());
    assert!(node.hear(&word_of_b(10.0, false), at(11.0)));
    assert!(open(&node, 12.0).is_ok());
    assert!(open(&node, 3600.0).is_err());
    // Nor when the node starts again after that one has begun.
    let kept = node.says.encode(&node.policy);
    let mut again = Node { says: Correspondence::new(party("A"), 3), policy: policy() };
    again.says.take_up(&kept, &mut again.policy, at(4000.0)).expect("written by us");
    assert!(open(&again, 4000.0).is_err());
}

#[test]
fn who_starts_again_after_two_resumptions_lifts_what_the_first_one_ended() {
    // A's own, in the text of both since before the first hour.
    let written = "[[instruments.suspension]]\nby = \"A\"\nfrom = 2026-11-01T00:00:00Z\n";
    let text = TEXT
        .replace("[[article]]\nnumber = \"4\"", &format!("{written}\n[[article]]\nnumber = \"4\""));
    let accord = Arc::new(accord::read("test", &text).expect("an accord").accord);
    let node = |name: &str| {
        let policy = Policy::new(party(name), vec![accord.clone()]).expect("a policy");
        Node { says: Correspondence::new(party(name), 3), policy }
    };
    let open = |node: &Node, s: f64| {
        node.policy.lets_through(article("4"), (party("A"), party("B")), at(s)).is_ok()
    };
    let (mut a, mut b) = (node("A"), node("B"));
    assert!(!open(&a, 1.0) && !open(&b, 1.0));
    let hear = |a: &mut Node, b: &mut Node, s: f64| {
        for note in a.tell(at(s)) {
            let note = note.into_value();
            assert!(note.to != party("B") || b.hear(&note, at(s)));
        }
    };
    let resume = |a: &mut Node, s: f64| {
        let ended = a.policy.resume(id(), party("A"), at(s)).expect("resumed");
        a.says.suspended(id(), [party("B")], &Decided { ended, ..decided(false) }, at(s));
    };
    resume(&mut a, 10.0);
    hear(&mut a, &mut b, 10.0);
    a.suspend(Some("B"), at(20.0));
    a.says.suspended(id(), [party("B")], &decided(true), at(20.0));
    hear(&mut a, &mut b, 20.0);
    assert!(!open(&b, 21.0));
    resume(&mut a, 30.0);
    hear(&mut a, &mut b, 30.0);
    assert!(open(&a, 31.0) && open(&b, 31.0));
    let kept = b.says.encode(&b.policy);
    let mut again = node("B");
    again.says.take_up(&kept, &mut again.policy, at(40.0)).expect("written by us");
    assert!(open(&again, 41.0), "the text has it still");
}

#[test]
fn a_partner_that_suspends_again_and_again_has_one_suspension() {
    let mut node = Node::new("A");
    for second in 0..50 {
        let second = f64::from(second);
        assert!(node.hear(&word_of_b(second, second % 3.0 != 2.0), at(second)));
    }
    assert_eq!(node.policy.accords()[0].lifecycle.suspensions().len(), 1);
    assert!(
        node.policy.lets_through(article("4"), (node.policy.own(), party("B")), at(50.0)).is_err()
    );
}

#[test]
fn a_word_on_standing_in_needs_the_people_that_the_article_asks_for_and_none_is_the_last_for_ever()
{
    let mut node = Node::new("B");
    let now = at(100.0);
    let word = |serial: i64, word: StandInWord, by: &[&str]| {
        let by = by.iter().map(|name| (*name).to_owned()).collect();
        let says = Says::StandIn { article: article("6"), serial, word, by };
        Note { from: party("C"), to: party("B"), at: now, says }
    };
    let two = ["Aida", "Nurlan"];
    for by in [&["Aida"][..], &["Aida", " aida "]] {
        assert!(!node.hear(&word(1, StandInWord::TakenOver, by), now), "{by:?}");
    }
    // C never stood in: what it gives back stops nobody.
    assert!(node.hear(&word(i64::MAX, StandInWord::HandedBack, &two), now));
    let stands_in = |node: &Node, s: f64| {
        node.says.back_ups(&node.policy, at(s)).remove(0).stand_in.map(|(party, ..)| party)
    };
    let later =
        |s: f64| Note { at: at(s), ..word(at(s).unix_nanos(), StandInWord::TakenOver, &two) };
    assert!(node.hear(&later(800.0), at(800.0)));
    assert_eq!(stands_in(&node, 800.0), Some(party("C")));
}

#[test]
fn notes_that_cannot_be_are_refused() {
    let mut world = World::new();
    let node = world.node("A");
    node.says.raise(&wish(&["B"]), &node.policy, at(0.0)).expect("raised");
    world.tick();
    let genuine = world.flying.iter().find(|note| note.to == party("B")).expect("sent").clone();
    let Says::Request(request) = genuine.says.clone() else { panic!("{genuine:?}") };
    let with = |change: fn(&mut accord::Request)| {
        let mut request = request.clone();
        change(&mut request);
        Note { says: Says::Request(request), ..genuine.clone() }
    };
    let refused = [
        Note { from: party("C"), ..genuine.clone() },
        Note { to: party("C"), ..genuine.clone() },
        Note { at: at(500.0), ..genuine.clone() },
        with(|request| request.due = at(0.0)),
        with(|request| request.due = at(DUE_S + 1.0)),
        with(|request| request.asked = vec![party("E")]),
        with(|request| request.purpose = Purpose::BackUp),
        with(|request| request.audience = vec![party("A")]),
        with(|request| request.article = article("6")),
        Note {
            says: Says::StandIn {
                article: article("6"),
                serial: 1,
                word: StandInWord::TakenOver,
                by: vec!["x".into(), "y".into()],
            },
            ..genuine.clone()
        },
    ];
    let node = world.node("B");
    for note in refused {
        assert!(!node.says.hear(party("A"), note.clone(), &mut node.policy, at(0.0)), "{note:?}");
    }
    assert!(node.says.hear(party("A"), genuine, &mut node.policy, at(0.0)));
}

#[test]
fn two_people_take_over_from_a_silent_party_and_hand_back_when_it_is_there_again() {
    let mut world = World::new();
    for _ in 0..45 {
        world.hear_all("D");
        world.settle();
        world.wait(1.0);
    }
    let now = world.now();
    let view = |world: &mut World, name: &str| {
        let node = world.node(name);
        node.says.back_ups(&node.policy, now).remove(0)
    };
    assert_eq!(view(&mut world, "C").proposed, Some(Proposal::TakeOver));
    assert_eq!(view(&mut world, "B").waits.as_deref(), Some("four article 6 names C first"));
    let confirm = |world: &mut World, name: &str, what, by: &str| {
        let now = world.now();
        let node = world.node(name);
        node.says.confirm(article("6"), what, by, &node.policy, now)
    };
    assert_eq!(confirm(&mut world, "C", Proposal::TakeOver, "Aida"), Ok(None));
    let why = confirm(&mut world, "C", Proposal::TakeOver, " aIDA ").expect_err("the same person");
    assert!(why.contains("somebody else"), "{why}");
    assert!(confirm(&mut world, "C", Proposal::TakeOver, "").is_err());
    assert!(confirm(&mut world, "B", Proposal::TakeOver, "Nurlan").is_err());
    let done = confirm(&mut world, "C", Proposal::TakeOver, "Nurlan");
    assert_eq!(done, Ok(Some(Proposal::TakeOver)));
    world.settle();
    for name in NAMES {
        let (by, _, names) = view(&mut world, name).stand_in.expect("taken over");
        assert_eq!((by, names), (party("C"), vec!["Aida".to_owned(), "Nurlan".to_owned()]));
    }
    let why = confirm(&mut world, "C", Proposal::HandBack, "Aida").expect_err("it is not back");
    assert!(why.contains("still silent"), "{why}");
    for _ in 0..5 {
        world.hear_all("");
        world.settle();
        world.wait(1.0);
    }
    let why = confirm(&mut world, "C", Proposal::HandBack, "Aida").expect_err("not yet");
    assert!(why.contains("being paired"), "{why}");
    for _ in 0..6 {
        world.hear_all("");
        world.settle();
        world.wait(1.0);
    }
    assert_eq!(confirm(&mut world, "C", Proposal::HandBack, "Aida"), Ok(None));
    assert_eq!(confirm(&mut world, "C", Proposal::HandBack, "Dana"), Ok(Some(Proposal::HandBack)));
    world.settle();
    for name in NAMES {
        assert_eq!(view(&mut world, name).stand_in, None);
    }
}

#[test]
fn a_party_that_comes_back_before_all_have_confirmed_is_not_taken_over() {
    let mut node = Node::new("C");
    let mut now = at(0.0);
    let mut live = |node: &mut Node, seconds: usize, back: bool| {
        for _ in 0..seconds {
            now = now.plus_seconds(1.0);
            if back {
                node.says.heard(party("D"), now);
            }
            node.says.advance(&node.policy, now);
        }
        now
    };
    let now = live(&mut node, 50, false);
    let what = Proposal::TakeOver;
    node.says.confirm(article("6"), what, "Aida", &node.policy, now).expect("confirmed");
    live(&mut node, 1, true);
    let now = live(&mut node, 45, false);
    let done = node.says.confirm(article("6"), what, "Nurlan", &node.policy, now);
    assert_eq!(done, Ok(None), "the first word was on another silence");
}

#[test]
fn what_is_kept_over_a_restart_is_the_same_and_what_was_told_last_is_told_again() {
    let mut world = World::new();
    let node = world.node("A");
    let id = node.says.raise(&wish(&["B", "C"]), &node.policy, at(0.0)).expect("raised");
    for _ in 0..45 {
        world.hear_all("D");
        world.settle();
        world.wait(1.0);
    }
    let now = world.now();
    let node = world.node("C");
    node.says.answer(id, Answer::Accepted, &reply("yes"), now).expect("answered");
    let what = Proposal::TakeOver;
    node.says.confirm(article("6"), what, "Aida", &node.policy, now).expect("confirmed");
    let kept = node.says.encode(&node.policy);
    let mut again = Node::new("C");
    again.says.take_up(&kept, &mut again.policy, now).expect("it was written by us");
    assert_eq!(again.says.cases(now), world.node("C").says.cases(now));
    assert_eq!(again.says.encode(&again.policy), kept);
    again.says.advance(&again.policy, now);
    let done = again.says.confirm(article("6"), what, "Nurlan", &again.policy, now);
    assert_eq!(done, Ok(Some(Proposal::TakeOver)), "the silence outlasted the restart");
    again.says.resumed();
    let told = again.tell(now);
    // Receipt, answer and take-over, to three others each.
    assert_eq!(told.len(), 9, "{told:?}");
    assert!(again.tell(now).is_empty());
    for end in 0..kept.len() {
        let _ = again.says.take_up(&kept[..end], &mut again.policy, now);
    }
}

#[test]
fn a_party_that_floods_loses_its_own_oldest_and_nobody_elses() {
    let mut world = World::new();
    let node = world.node("B");
    let mine = node.says.raise(&wish(&["A"]), &node.policy, at(0.0)).expect("raised");
    let mut second = 0.0;
    let long = Wish { text: "x".repeat(1000), ..wish(&["B"]) };
    let refused = loop {
        second += 1.0;
        let node = world.node("A");
        if let Err(why) = node.says.raise(&long, &node.policy, at(second)) {
            break why;
        }
        world.now_s = second;
        world.settle();
        assert!(second < 400.0, "no bound");
    };
    assert!(refused.contains("too many requests wait"), "{refused}");
    assert!(world.node("B").says.case(mine, at(second)).is_some());
    // When their time is over, old ones make place.
    let later = at(second + DUE_S);
    let node = world.node("A");
    node.says.raise(&long, &node.policy, later).expect("raised");
    assert!(node.says.dropped() > 0);
}

#[test]
fn the_text_by_which_a_party_goes_is_told_to_each_other_party_and_the_last_word_stands() {
    let (mut a, mut b) = (Node::new("A"), Node::new("B"));
    let by = ["Asel".to_owned(), "Bek".to_owned()];
    let say = |a: &mut Node, text: u8, approved: f64, now: f64| {
        a.says.goes_by(id(), NAMES.map(party), ([text; 32], &by), at(approved), at(now));
        a.tell(at(now)).into_iter().map(|told| told.value().clone()).collect::<Vec<_>>()
    };
    let first = say(&mut a, 1, 0.0, 1.0);
    let to: Vec<String> = first.iter().map(|note| note.to.to_string()).collect();
    assert_eq!(to, ["B", "C", "D"], "and nobody else");
    assert_eq!(a.says.decided(&first[0]), Some((&by[..], "")));
    assert!(say(&mut a, 1, 0.0, 2.0).is_empty(), "it is said once");
    // A clock that was set back makes no later text an earlier one.
    let second = say(&mut a, 2, -60.0, 3.0);
    let heard = |b: &Node| b.says.text_of(id(), party("A"));
    for (note, text) in [(&second[0], 2), (&first[0], 2), (&second[0], 2)] {
        assert!(b.hear(note, at(4.0)));
        assert_eq!(heard(&b).map(|(sha256, _)| sha256), Some([text; 32]));
    }
    // Both know it after a restart.
    for node in [&mut a, &mut b] {
        let kept = node.says.encode(&node.policy);
        node.says.take_up(&kept, &mut node.policy, at(5.0)).unwrap();
    }
    assert_eq!(heard(&b), Some(([2; 32], second[0].at)));
    assert_eq!(a.says.decided(&second[0]), Some((&by[..], "")));
    assert!(say(&mut a, 2, -60.0, 6.0).is_empty());
    // Nobody speaks for another, nor of an accord that is not one here.
    let forged = Note { to: party("C"), ..second[0].clone() };
    assert!(!b.hear(&forged, at(6.0)));
    let other = Says::Text { accord: "five".parse().unwrap(), serial: i64::MAX, sha256: [3; 32] };
    assert!(!b.hear(&Note { says: other, ..second[0].clone() }, at(6.0)));
}

#[test]
fn the_text_by_which_a_party_goes_is_told_again_when_a_link_comes_up_and_never_while_it_is_suspended()
 {
    let mut a = Node::new("A");
    let told = |a: &mut Node, now: f64| -> Vec<String> {
        a.tell(at(now)).iter().map(|told| told.to().to_string()).collect()
    };
    a.suspend(Some("C"), at(0.0));
    a.says.goes_by(id(), NAMES.map(party), ([1; 32], &[]), at(0.0), at(1.0));
    assert_eq!(told(&mut a, 1.0), ["B", "D"]);
    // Who starts second has taken nothing of it.
    a.says.link_is_up(party("B"));
    assert_eq!(told(&mut a, 2.0), ["B"]);
    a.says.link_is_up(party("C"));
    assert_eq!(told(&mut a, 3.0), [""; 0]);
    a.policy.resume(id(), party("A"), at(4.0)).expect("it is suspended");
    assert_eq!(told(&mut a, 4.0), ["C"]);
}

#[test]
fn a_clock_that_was_far_ahead_once_silences_no_word_on_a_text() {
    let (mut a, mut b) = (Node::new("A"), Node::new("B"));
    let mut say = |text: u8, approved: f64, now: f64| {
        a.says.goes_by(id(), [party("B")], ([text; 32], &[]), at(approved), at(now));
        let told = a.tell(at(now));
        told.iter().for_each(|note| assert!(b.hear(note.value(), at(now)), "{note:?}"));
        b.says.text_of(id(), party("A"))
    };
    let year_s = 365.25 * 86_400.0;
    assert_eq!(say(1, year_s, 1.0), Some(([1; 32], at(1.0))));
    // Said while the clock was ahead, and then right again: the same text, and another one.
    assert_eq!(say(2, year_s, 2.0 * year_s), Some(([2; 32], at(year_s))));
    assert_eq!(say(2, year_s, 3.0), Some(([2; 32], at(3.0))));
    assert_eq!(say(3, 4.0, 4.0), Some(([3; 32], at(4.0))));
    assert_eq!(say(4, 5.0, f64::from(u32::MAX) * 4.0), Some(([4; 32], at(5.0))));
}

#[derive(Debug, Clone)]
enum Op {
    Raise(usize, u8),
    Answer(usize, u8),
    Report(usize),
    Withdraw(usize),
    Deliver(usize, bool),
    Wait(u8),
    Confirm(usize, u8),
    Heard(usize, usize),
    Restart(usize),
}

fn any_op() -> impl Strategy<Value = Op> {
    prop_oneof![
        1 => (0..4_usize, 1..16_u8).prop_map(|(by, of)| Op::Raise(by, of)),
        2 => (0..4_usize, 0..3_u8).prop_map(|(by, what)| Op::Answer(by, what)),
        1 => (0..4_usize).prop_map(Op::Report),
        1 => (0..4_usize).prop_map(Op::Withdraw),
        8 => (any::<usize>(), any::<bool>()).prop_map(|(which, again)| Op::Deliver(which, again)),
        3 => any::<u8>().prop_map(Op::Wait),
        2 => (1..3_usize, 0..3_u8).prop_map(|(by, who)| Op::Confirm(by, who)),
        2 => (0..4_usize, 0..4_usize).prop_map(|(by, whom)| Op::Heard(by, whom)),
        1 => (0..4_usize).prop_map(Op::Restart),
    ]
}

fn act(world: &mut World, op: &Op) {
    let now = world.now();
    let newest = |node: &Node| node.says.cases(now).last().map(|case| case.request.id);
    match *op {
        Op::Raise(by, of) => {
            let of: Vec<&str> = NAMES
                .iter()
                .enumerate()
                .filter(|(i, _)| of >> i & 1 == 1)
                .map(|(_, n)| *n)
                .collect();
            let node = &mut world.nodes[by];
            let _ = node.says.raise(&wish(&of), &node.policy, now);
        }
        Op::Answer(by, what) => {
            let node = &mut world.nodes[by];
            let what = [Answer::Accepted, Answer::InPart, Answer::Declined][usize::from(what)];
            let Some(id) = newest(node) else { return };
            let _ = node.says.answer(id, what, &reply("because"), now);
        }
        Op::Report(by) => {
            let node = &mut world.nodes[by];
            let Some(id) = newest(node) else { return };
            let _ = node.says.report(id, &reply("done"), now);
        }
        Op::Withdraw(by) => {
            let node = &mut world.nodes[by];
            let Some(id) = newest(node) else { return };
            let _ = node.says.withdraw(id, &reply("found"), now);
        }
        Op::Deliver(which, again) => world.deliver(which, again),
        Op::Wait(seconds) => {
            world.wait(f64::from(seconds));
            world.tick();
        }
        Op::Confirm(by, who) => {
            let node = &mut world.nodes[by];
            let by = ["Aida", "Nurlan", "Dana"][usize::from(who)];
            for what in [Proposal::TakeOver, Proposal::HandBack] {
                let _ = node.says.confirm(article("6"), what, by, &node.policy, now);
            }
        }
        Op::Heard(by, whom) => world.nodes[by].says.heard(party(NAMES[whom]), now),
        Op::Restart(which) => {
            let kept = world.nodes[which].says.encode(&world.nodes[which].policy);
            let mut again = Node::new(NAMES[which]);
            again.says.take_up(&kept, &mut again.policy, now).expect("written by us");
            again.says.resumed();
            world.nodes[which] = again;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn nodes_that_heard_the_same_in_any_order_say_the_same(
        ops in prop::collection::vec(any_op(), 1..120)
    ) {
        let mut world = World::new();
        for op in &ops {
            act(&mut world, op);
            for node in &world.nodes {
                let now = at(world.now_s);
                // One stand-in at most, and silence never before its time.
                for case in node.says.cases(now) {
                    let silent = case.asked.iter().any(|asked| !asked.silence_recorded_by.is_empty());
                    prop_assert!(!silent || now >= case.request.due);
                }
            }
        }
        world.settle();
        let now = world.now();
        // Who is not asked has a shorter list of those who know, and hears only of theirs.
        let cases = |node: &Node| {
            let mut cases = node.says.cases(now);
            for case in &mut cases {
                case.request.audience.clear();
                let (by, of) = (case.request.id.by, case.request.asked.clone());
                for asked in &mut case.asked {
                    asked.silence_recorded_by.retain(|party| *party == by || of.contains(party));
                }
            }
            cases
        };
        let first = cases(&world.nodes[0]);
        let stands_in = |node: &Node| {
            node.says.back_ups(&node.policy, now).remove(0).stand_in
        };
        for node in &world.nodes[1..] {
            prop_assert_eq!(&cases(node), &first);
            prop_assert_eq!(stands_in(node), stands_in(&world.nodes[0]));
        }
    }

    #[test]
    fn no_bytes_make_the_reader_panic(mut bytes in any::<Vec<u8>>()) {
        let _ = Note::decode(&bytes);
        bytes.splice(0..0, [8, 2]);
        prop_assert!(Note::decode(&bytes).is_err() || Note::is_meant(&bytes));
    }
}

#[test]
fn a_note_of_a_later_version_is_read_and_one_of_an_unknown_kind_refused() {
    let note = Note {
        from: party("A"),
        to: party("B"),
        at: at(0.0),
        says: Says::Standing { accord: id(), serial: 7, suspended: true, ended: None },
    };
    let mut bytes = note.encode();
    // Field 200, a varint, that this version does not know.
    bytes.extend([0xc0, 0x0c, 1]);
    assert_eq!(Note::decode(&bytes), Ok(note.clone()));
    assert!(Note::is_meant(&bytes) && !Note::is_meant(&[8, 1]));
    // Kind 99 in place of 7: the tag of kind is 6.
    let at = bytes.windows(2).position(|pair| pair == [0x30, 7]).expect("the kind");
    bytes[at + 1] = 99;
    assert!(Note::decode(&bytes).is_err());
}

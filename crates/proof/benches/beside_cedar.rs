//! Release decisions beside Cedar on the same rules and tracks in one run: the compiled filter,
//! `cedar-policy`'s authorizer, and the authorizer behind a memo of the attributes it reads.
//!
//! A decision of the filter is all fields of one track for one partner; Cedar's is one field.
//! `cargo xtask bench accord`

#[path = "../../accord/benches/workload/mod.rs"]
mod workload;

use accord::{Field, Policy, Reduction};
use cedar_policy::{Authorizer, Decision, PolicySet};
use proof::{Part, Question, World, policy_set, rules};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;
use workload::{PARTNERS, accords, now, own, party, ran_ns, tracks};

/// Tracks that Cedar is asked about.
const ASKED: u64 = 200;

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#[expect(clippy::print_stdout, reason = "the figures are its output")]
fn main() {
    let accords = accords();
    let policy = Policy::new(own(), accords.clone()).expect("ids differ");
    let world = World::of(&accords);
    let partners = PARTNERS.map(party);
    let cedar: Vec<PolicySet> =
        partners.iter().map(|to| policy_set(&rules(&world, own(), *to, &accords))).collect();
    let asked = Reduction { interval_s: 60.0, ..Reduction::NONE };
    let tracks = tracks(ASKED);
    let questions: Vec<(usize, Question)> = tracks
        .iter()
        .flat_map(|subject| {
            let one = |(n, to): (usize, &accord::PartyId)| {
                let subject = subject.clone();
                (
                    n,
                    Question {
                        to: *to,
                        part: Part::Field(Field::Position),
                        asked,
                        now: now(),
                        subject,
                    },
                )
            };
            partners.iter().enumerate().map(one).collect::<Vec<_>>()
        })
        .collect();
    let requests: Vec<_> = questions.iter().map(|(n, q)| (*n, q.request(&world))).collect();
    let start = Instant::now();
    // Many rounds: the system counts in steps of some milliseconds.
    let timed = |what: &str, rounds: u32, run: &mut dyn FnMut() -> Vec<bool>| {
        let mut answers = run();
        let before = ran_ns(start);
        for _ in 0..rounds {
            answers = run();
        }
        let ran_ns = (ran_ns(start) - before) as f64;
        let each_ns = ran_ns / f64::from(rounds) / answers.len() as f64;
        println!("{what}: {each_ns:.0} ns a decision, {:.0} a second", 1e9 / each_ns);
        answers
    };
    let view = policy.at(now());
    timed("filter, every field and its article", 2_000, &mut || {
        let mut placed = view.place(&tracks[0]);
        let mut answers = Vec::with_capacity(questions.len());
        for track in &tracks {
            view.place_again(track, &mut placed);
            answers.extend(partners.map(|to| black_box(view.decide(&placed, to)).is_released()));
        }
        answers
    });
    let filter: Vec<bool> =
        questions.iter().map(|(_, question)| question.answer(&policy).is_some()).collect();
    let authorizer = Authorizer::new();
    let ask = |(n, (request, entities)): &(usize, (_, _))| {
        authorizer.is_authorized(request, &cedar[*n], entities).decision() == Decision::Allow
    };
    let plain = timed("Cedar, one field", 1, &mut || requests.iter().map(ask).collect());
    // What Cedar reads of a request, printed: the same text, the same answer.
    let keys: Vec<String> = requests
        .iter()
        .map(|(n, (request, entities))| {
            let object = entities.iter().next().map(ToString::to_string).unwrap_or_default();
            let context = request.context().map(|c| format!("{c:?}")).unwrap_or_default();
            format!("{n} {context} {object}")
        })
        .collect();
    let mut memo: BTreeMap<String, bool> = BTreeMap::new();
    let remembered = timed("Cedar behind a memo, filled", 500, &mut || {
        let mut answers = Vec::with_capacity(keys.len());
        for (key, request) in keys.iter().zip(&requests) {
            let known = memo.get(key).copied();
            let answer = known.unwrap_or_else(|| ask(request));
            if known.is_none() {
                memo.insert(key.clone(), answer);
            }
            answers.push(answer);
        }
        answers
    });
    assert_eq!(plain, filter, "Cedar and the filter say the same");
    assert_eq!(remembered, filter);
    let yes = filter.iter().filter(|yes| **yes).count();
    println!("the same {} answers, {yes} of them yes", filter.len());
}

//! Six nodes in a hostile world: after it heals, everybody has exactly what was released to it.

use accord::{CaseView, PartyId};
use ledger::{Direction, Entry, audit::audit};
use sim::{Faults, World};
use std::collections::{BTreeMap, BTreeSet};

const PARTIES: [&str; 6] = ["ARM", "BLR", "KAZ", "KGZ", "RUS", "TJK"];

/// Steps that a healed world may need at most: heads of logs go round every ten seconds.
const HEALING_MAX: usize = 2000;
/// Steps within which they have gone round.
const HEAD_ROUND: usize = 250;

fn check(seed: u64, parties: &[&str], faults: Faults, steps: usize) -> World {
    let mut world = World::new(seed, parties, faults);
    for _ in 0..steps {
        world.step(true);
    }
    world.heal();
    let mut needed = 0;
    while !world.is_quiet() {
        needed += 1;
        assert!(needed < HEALING_MAX, "seed {seed}: not healed, {:?}", world.refusals());
        world.step(false);
    }
    // Until every answer is due and all that is said of it has come.
    for _ in 0..600 {
        world.step(false);
    }
    // Then until nothing has been entered for so long that heads of logs have gone round.
    let (mut entered, mut still) = (0, 0);
    while still < HEAD_ROUND {
        needed += 1;
        assert!(needed < HEALING_MAX, "seed {seed}: not still");
        world.step(false);
        let now = entries(&world, parties.len());
        (still, entered) = if now == entered { (still + 1, now) } else { (0, now) };
    }
    assert!(world.is_quiet(), "seed {seed}");
    let later = world.now().plus_seconds(60.0);
    let cases: Vec<_> = world.cases(later).into_iter().map(known_to_all).collect();
    for (node, known) in cases.iter().enumerate() {
        assert!(known == &cases[0], "seed {seed}: {} and {} differ", parties[node], parties[0]);
    }
    assert_eq!(world.queued(), 0, "seed {seed}: taken, and not said so");
    for (&(own, partner), released) in &world.released {
        let received = &world.received[&(own, partner)];
        for (number, bytes) in received {
            assert_eq!(released.get(number), Some(bytes), "seed {seed}: {own} to {partner}");
        }
        for bytes in received.values() {
            let (from, to) = if accord::Note::is_meant(bytes) {
                let note = accord::Note::decode(bytes).expect("it was encoded by accord");
                (note.from, note.to)
            } else {
                let batch = accord::Batch::decode(bytes).expect("it was encoded by accord");
                (batch.from, batch.to)
            };
            let ends = (from.as_str(), to.as_str());
            assert_eq!(ends, (parties[own], parties[partner]), "seed {seed}: nothing of others");
        }
    }
    ledgers(&world, parties.len(), seed);
    world
}

/// Entries in all logs.
fn entries(world: &World, parties: usize) -> u64 {
    let pairs = (0..parties).flat_map(|own| (0..parties).map(move |partner| (own, partner)));
    let others = pairs.filter(|(own, partner)| own != partner);
    others.map(|(own, partner)| world.ledger(own, partner).1.log().size()).sum()
}

/// What every party knows of a case: who else looks on without being asked, and which of those recorded a
/// silence, is for the asker and the asked alone.
fn known_to_all(mut cases: Vec<CaseView>) -> Vec<CaseView> {
    for case in &mut cases {
        let by = case.request.id.by;
        let asked: Vec<PartyId> = case.request.asked.clone();
        assert!(
            case.request.audience.contains(&by)
                && asked.iter().all(|a| case.request.audience.contains(a))
        );
        case.request.audience.clear();
        for one in &mut case.asked {
            one.silence_recorded_by.retain(|party| *party == by || asked.contains(party));
        }
    }
    cases
}

/// Each log is sound, cosigned to its end, says release for release what the other's says receipt for
/// receipt, and has what people did, once, as the other has it; what did not come was withdrawn, and both
/// logs say so. Every number is one or the other.
fn ledgers(world: &World, parties: usize, seed: u64) {
    let mut releases = BTreeMap::new();
    let mut receipts = BTreeMap::new();
    let (mut withdrawn, mut gone) = (BTreeSet::new(), BTreeSet::new());
    let mut acts: BTreeMap<(usize, usize), Vec<Vec<u8>>> = BTreeMap::new();
    let mut decisions: BTreeMap<(usize, usize), BTreeSet<Vec<u8>>> = BTreeMap::new();
    for own in 0..parties {
        for partner in (0..parties).filter(|partner| *partner != own) {
            let (files, desk) = world.ledger(own, partner);
            let keys = (world.key(own), world.key(partner));
            let origin = desk.log().origin().to_owned();
            let report =
                audit(files, &origin, &keys.0, &keys.1, |_, entry, _| match Entry::parse(entry) {
                    Some(Entry::Release { sequence, root, .. }) => {
                        let before = releases.insert((own, partner, sequence), root.0);
                        assert_eq!(before, None, "seed {seed}: one release, one entry");
                    }
                    Some(Entry::Receipt { sequence, root, .. }) => {
                        let before = receipts.insert((partner, own, sequence), root.0);
                        assert_eq!(before, None, "seed {seed}: one receipt, one entry");
                    }
                    Some(Entry::Decision(_)) => {
                        let new =
                            decisions.entry((own, partner)).or_default().insert(entry.to_vec());
                        assert!(new, "seed {seed}: a decision twice");
                    }
                    Some(act) if act.act().is_some() => {
                        acts.entry((own, partner)).or_default().push(entry.to_vec());
                    }
                    Some(Entry::Withdrawn { first, end, direction, .. }) => {
                        let sent = direction == Some(Direction::Sent);
                        let (pair, all) = match sent {
                            true => ((own, partner), &mut withdrawn),
                            false => ((partner, own), &mut gone),
                        };
                        all.extend((first..end).map(|number| (pair.0, pair.1, number)));
                    }
                    other => panic!("seed {seed}: {other:?}"),
                });
            let report = report.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            let cosigned = report.cosigned.map(|(size, _)| size);
            assert_eq!(cosigned, Some(desk.log().size()), "seed {seed}");
        }
    }
    for list in acts.values_mut() {
        list.sort();
        assert!(list.windows(2).all(|two| two[0] != two[1]), "seed {seed}: an act twice");
    }
    for ((own, partner), list) in &acts {
        assert_eq!(Some(list), acts.get(&(*partner, *own)), "seed {seed}");
    }
    // A decision that another followed before it got there is told no more: who decided has it alone.
    for ((own, partner), all) in &decisions {
        let of = |entry: &[u8], party: usize| {
            let party = format!("\"party\":\"{}\"", PARTIES[party]);
            String::from_utf8_lossy(entry).contains(&party)
        };
        let theirs = decisions.get(&(*partner, *own));
        let heard = all.iter().filter(|entry| of(entry, *partner));
        let known = |entry: &Vec<u8>| theirs.is_some_and(|theirs| theirs.contains(entry));
        assert!(heard.into_iter().all(known), "seed {seed}: a decision that nobody made");
    }
    for own in 0..parties {
        for partner in (0..parties).filter(|partner| *partner != own) {
            for number in 1..world.end(own, partner) {
                let this = (own, partner, number);
                let came = receipts.get(&this);
                let dropped = withdrawn.contains(&this) && gone.contains(&this);
                assert!(came.is_some() || dropped, "seed {seed}: {this:?} neither came nor not");
                assert!(came.is_none() || came == releases.get(&this), "seed {seed}: {this:?}");
                let got = world.received[&(own, partner)].contains_key(&number);
                assert_eq!(got, came.is_some(), "seed {seed}: {this:?}");
            }
        }
    }
}

#[test]
fn in_a_quiet_world_everything_arrives_and_nothing_is_refused() {
    let world = check(1, &PARTIES[..3], Faults::NONE, 200);
    assert_eq!(world.refusals(), BTreeMap::new());
    assert!(world.released.values().all(|sent| sent.len() > 20));
    let cases = world.cases(world.now());
    assert!(!cases[0].is_empty());
    let silent = |case: &accord::CaseView| {
        case.asked.iter().any(|asked| asked.silence_recorded_by.len() == 3)
    };
    assert!(cases[0].iter().any(silent), "{:?}", cases[0]);
}

#[test]
fn a_lossy_reordering_doubling_world_with_cuts_loses_nothing_and_hands_on_nothing_twice() {
    let faults =
        Faults { lose: 40, double: 60, reorder: 40, cut: 200, skew_ms: 5000, ..Faults::NONE };
    for seed in 0..4 {
        let world = check(seed, &PARTIES, faults, 300);
        assert!(!world.refusals().is_empty(), "the faults were felt");
        assert!(world.cases(world.now())[0].len() > 3, "people asked");
    }
}

#[test]
fn nodes_that_die_at_any_write_come_back_to_exactly_what_was_released() {
    let faults = Faults { lose: 100, cut: 300, crash: 60, skew_ms: 3000, ..Faults::NONE };
    let mut crashes = 0;
    for seed in 100..106 {
        crashes += check(seed, &PARTIES, faults, 250).crashes;
    }
    assert!(crashes > 10, "{crashes}");
}

/// So many seeds in CI, and one more for every thousand cases that `ENTENTE_CASES` asks for.
fn seeds(first: u64, in_ci: u64) -> std::ops::Range<u64> {
    let given = std::env::var("ENTENTE_CASES").ok().and_then(|text| text.parse::<u64>().ok());
    first..first + in_ci + given.unwrap_or(0) / 1_000
}

/// Accords are suspended and resumed, in whole and towards one, some end and some begin, data of third
/// parties go on: each item is judged when it is released, and each batch when it comes.
#[test]
fn what_stands_flows_and_what_is_stopped_does_not_come_whoever_suspends_and_whatever_breaks() {
    let faults = Faults {
        lose: 100,
        double: 100,
        reorder: 100,
        cut: 200,
        crash: 150,
        suspend: 60,
        skew_ms: 3000,
    };
    for seed in seeds(200, 3) {
        let world = check(seed, &PARTIES, faults, 250);
        let (items, passed_on) = world.items;
        assert!(
            items > 500 && passed_on > 100,
            "seed {seed}: {items} items, {passed_on} passed on"
        );
        assert!(world.stops > 10, "seed {seed}: {} stops", world.stops);
    }
}

#[test]
fn the_same_seed_is_the_same_world() {
    let faults = Faults {
        lose: 30,
        double: 30,
        reorder: 30,
        cut: 100,
        crash: 80,
        suspend: 40,
        skew_ms: 1000,
    };
    let run = || {
        let mut world = World::new(7, &PARTIES[..4], faults);
        (0..200).for_each(|_| world.step(true));
        (world.released, world.received, world.crashes)
    };
    assert_eq!(run(), run());
}

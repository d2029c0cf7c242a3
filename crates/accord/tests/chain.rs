//! Originator control along a chain: A gives to B and C, B to C and D, C to D.

mod common;

use accord::{
    Accord, Batch, Cadence, Conditions, Field, FieldSet, Grant, Item, Lineage, ObjectKind, Onward,
    OwnNumber, PartnerFeed, PartnerNumber, PartyId, Policy, Reduction, Source, Subject,
};
use common::{party, slot};
use geodesy::{Enu, Geodetic};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use surveillance::{Codes, Time};

const CHAIN: [&str; 4] = ["AAA", "BBB", "CCC", "DDD"];
/// Who gives to whom, by their places in the chain.
const LINKS: [(usize, usize); 5] = [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)];
const SLOTS: usize = 5;
/// Tracks of A.
const TRACKS: u64 = 5;
/// What B sees itself has numbers from here on, and what it is told from there.
const OWN_OF_B: u64 = 1_000;
const FOREIGN: u64 = 1_000_000;

/// What every object tells, be it that nothing is known.
const ALWAYS: FieldSet = FieldSet::EMPTY
    .with(Field::Identity)
    .with(Field::Service)
    .with(Field::FlightKind)
    .with(Field::Plan)
    .with(Field::Alerts);

/// A's tracks in each slot.
type Pictures = Vec<Vec<Subject>>;

fn pictures() -> impl Strategy<Value = Pictures> {
    let slots = (0..SLOTS).map(|n| {
        let tracks = (0..TRACKS).map(move |number| {
            let track = common::plain_subject(number, slot(n)).prop_map(|subject| Subject {
                object: ObjectKind::Track,
                tracks: Vec::new(),
                lineage: Lineage::Own,
                ..subject
            });
            proptest::option::weighted(0.9, track)
        });
        let tracks: Vec<_> = tracks.collect();
        tracks.prop_map(|list| list.into_iter().flatten().collect())
    });
    slots.collect::<Vec<_>>()
}

/// What one party gives: few conditions, so that chains are often as long as they may be.
fn gives(from: usize) -> impl Strategy<Value = Vec<Grant>> {
    let receivers: Vec<PartyId> =
        LINKS.iter().filter(|link| link.0 == from).map(|link| party(CHAIN[link.1])).collect();
    let of = prop_oneof![3 => Just(Conditions::all()), 1 => common::conditions()];
    let fields = prop_oneof![
        Just(FieldSet::from_bits(u32::MAX)),
        (1..1_u32 << 16).prop_map(FieldSet::from_bits)
    ];
    let onward = CHAIN[2..].iter().map(|to| {
        let at_best = prop_oneof![Just(Reduction::NONE), common::reduction()];
        let word = at_best.prop_map(|at_best| Onward { to: party(to), at_best });
        proptest::option::weighted(0.7, word)
    });
    let onward: Vec<_> = onward.collect();
    let reduction = prop_oneof![Just(Reduction::NONE), common::reduction()];
    let one = (proptest::sample::subsequence(receivers.clone(), 1..=receivers.len()), of, fields);
    let one = (one, reduction, onward).prop_map(move |((to, of, fields), reduction, onward)| {
        let (object, from) = (ObjectKind::Track, vec![party(CHAIN[from])]);
        let onward = onward.into_iter().flatten().collect();
        Grant { object, from, to, of, fields, reduction, onward }
    });
    proptest::collection::vec(one, 1..4)
}

/// The accords, and whether B makes one track of its own and of what A tells of the same.
fn agreed() -> impl Strategy<Value = (Vec<Arc<Accord>>, bool)> {
    let caveats = proptest::collection::vec((common::caveat(), 0..3_usize), 0..2);
    (gives(0), gives(1), gives(2), caveats, any::<bool>()).prop_map(|(a, b, c, caveats, fuses)| {
        let grants: Vec<Grant> = [a, b, c].concat();
        let (terms, by): (Vec<_>, Vec<usize>) = caveats.into_iter().unzip();
        let mut accord = common::accord("chain", &grants, &terms);
        for (caveat, by) in accord.caveats.iter_mut().zip(by) {
            caveat.by = party(CHAIN[by]);
        }
        // A caveat that holds for what came from A holds for what was made of it, and that is no
        // word of A's.
        if fuses {
            accord.caveats.retain(|caveat| caveat.by == common::own());
        }
        (vec![Arc::new(accord)], fuses)
    })
}

/// One direction: the giver's feed, what the receiver holds of it, and which of A's tracks each is, where
/// that is known.
struct Flow {
    feed: PartnerFeed,
    held: BTreeMap<PartnerNumber, Item>,
    of: BTreeMap<PartnerNumber, u64>,
}

impl Flow {
    fn new(to: usize) -> Self {
        let feed = PartnerFeed::new(party(CHAIN[to]), Cadence::default());
        Self { feed, held: BTreeMap::new(), of: BTreeMap::new() }
    }

    /// Gives what is due; `known` says which of A's tracks a number of the giver is.
    fn give(
        &mut self,
        policy: &Policy,
        picture: &[Subject],
        known: &BTreeMap<OwnNumber, u64>,
        now: Time,
    ) -> Option<Batch> {
        let bytes = self.feed.update(now, policy, picture)?.encode();
        let batch = Batch::decode(bytes.value()).expect("a batch");
        for item in &batch.items {
            let own = self.feed.own_number(item.number);
            if let Some(track) = own.and_then(|own| known.get(&own)) {
                self.of.insert(item.number, *track);
            }
            self.held.insert(item.number, item.clone());
        }
        batch.ended.iter().for_each(|number| _ = self.held.remove(number));
        Some(batch)
    }

    /// What is held, as objects of the receiver under numbers from `first`: whose they are and to
    /// whom they may go as they were told.
    fn subjects(&self, from: usize, first: u64) -> (Vec<Subject>, BTreeMap<OwnNumber, u64>) {
        let number = |item: &Item| OwnNumber(first + u64::from(item.number.0));
        let subject = |item: &Item| foreign(item, party(CHAIN[from]), number(item));
        let known = |item: &Item| Some((number(item), *self.of.get(&item.number)?));
        let items = || self.held.values();
        (items().map(subject).collect(), items().filter_map(known).collect())
    }
}

/// What was told by `from`, as its receiver holds it.
fn foreign(item: &Item, from: PartyId, number: OwnNumber) -> Subject {
    let all = std::iter::once(from).chain(item.originators.iter().copied());
    let sources = all.map(|originator| Source { originator, onward: item.onward.clone() });
    let told = &item.told;
    let place = |[latitude_rad, longitude_rad]: [f64; 2]| Geodetic {
        latitude_rad,
        longitude_rad,
        height_m: 0.0,
    };
    Subject {
        position: told.position_rad.map(place),
        level_m: told.level_m,
        on_ground: told.on_ground.unwrap_or(false),
        velocity: told.velocity_mps.map(|[east, north]| Enu { east, north, up: 0.0 }),
        vertical_rate_mps: told.vertical_rate_mps,
        position_covariance: told.position_covariance,
        codes: Codes {
            address: told.address,
            mode_3a: told.mode_3a,
            callsign: told.callsign,
            ..Codes::default()
        },
        category: told.category,
        sensors: told.sensors.clone().unwrap_or_default(),
        lineage: Lineage::Foreign(sources.collect()),
        ..Subject::bare(number, ObjectKind::Track, item.time)
    }
}

/// What came of a run.
#[derive(Default)]
struct Run {
    /// What D was sent, by B and by C.
    bytes: [Vec<Vec<u8>>; 2],
    /// All that A told to B and C.
    told_by_a: Vec<(Option<u64>, Item)>,
    /// What D was told that has something of A's in it: of which of its tracks, where that is known, and
    /// when.
    of_a_at_d: Vec<(Option<u64>, Item, Time)>,
}

fn run(accords: &[Arc<Accord>], fuses: bool, pictures: &Pictures) -> Run {
    let policy = |own: usize| Policy::new(party(CHAIN[own]), accords.to_vec()).expect("a policy");
    let policies = [policy(0), policy(1), policy(2)];
    let mut flows = LINKS.map(|(_, to)| Flow::new(to));
    let mut run = Run::default();
    for (n, of_a) in pictures.iter().enumerate() {
        let now = slot(n);
        let known_to_a: BTreeMap<_, _> = of_a.iter().map(|s| (s.number, s.number.0)).collect();
        for link in [0, 1] {
            let batch = flows[link].give(&policies[0], of_a, &known_to_a, now);
            let items = batch.into_iter().flat_map(|batch| batch.items);
            let of = &flows[link].of;
            run.told_by_a.extend(items.map(|item| (of.get(&item.number).copied(), item)));
        }
        // B: what A tells, and what it sees itself of the same tracks.
        let (mut of_b, known_to_b) = flows[0].subjects(0, FOREIGN);
        let own: Vec<Subject> = (0..TRACKS)
            .map(|track| {
                let position = Geodetic::from_degrees(42.0 + track as f64 / 10.0, 74.0, 0.0);
                let number = OwnNumber(OWN_OF_B + track);
                Subject { position, ..Subject::bare(number, ObjectKind::Track, now) }
            })
            .collect();
        for mut own in own {
            let track = own.number.0 - OWN_OF_B;
            let theirs = of_b.iter().find(|s| known_to_b.get(&s.number) == Some(&track));
            if let (Some(theirs), true) = (theirs, fuses)
                && let Lineage::Foreign(sources) = &theirs.lineage
            {
                let lineage = Lineage::Fused(sources.clone());
                let (number, time, without) = (own.number, own.time, vec![own.clone()]);
                own = Subject { number, time, lineage, without, ..theirs.clone() };
            }
            of_b.push(own);
        }
        flows[2].give(&policies[1], &of_b, &known_to_b, now);
        let by_b = flows[3].give(&policies[1], &of_b, &known_to_b, now);
        let (mut of_c, mut known_to_c) = flows[1].subjects(0, FOREIGN);
        let (told_by_b, known) = flows[2].subjects(1, 2 * FOREIGN);
        of_c.extend(told_by_b);
        known_to_c.extend(known);
        let by_c = flows[4].give(&policies[2], &of_c, &known_to_c, now);
        for (link, batch) in [(3, by_b), (4, by_c)] {
            let Some(batch) = batch else { continue };
            run.bytes[link - 3].push(batch.encode());
            for item in batch.items {
                let track = flows[link].of.get(&item.number).copied();
                if track.is_some() || item.originators.contains(&common::own()) {
                    run.of_a_at_d.push((track, item, now));
                }
            }
        }
    }
    run
}

/// What A's own articles say of an item going on to D: all that let it out have to name it.
fn word_for_d(accord: &Accord, item: &Item) -> Option<Reduction> {
    let d = party(CHAIN[3]);
    item.articles.iter().try_fold(Reduction::NONE, |so_far, article| {
        let article = accord.article(article.article).expect("an article of the chain");
        let accord::Clause::Release(grant) = &article.clause else { unreachable!("a release") };
        let word = grant.onward.iter().find(|onward| onward.to == d)?;
        Some(so_far.coarser(word.at_best))
    })
}

/// Nothing of A's comes to D but by A's word, and nothing finer, sooner or more often than it says; what A
/// does not let go on to D leaves no trace in what D is sent, along whichever way it could come.
#[test]
fn along_a_chain_nothing_comes_to_the_last_without_the_word_of_the_first() {
    let (passed, kept) = (Cell::new(0_u32), Cell::new(0_u32));
    let mut runner = TestRunner::new(common::cases(150));
    let outcome = runner.run(&(agreed(), pictures()), |((accords, fuses), pictures)| {
        let whole = run(&accords, fuses, &pictures);
        let allowed: Vec<(Option<u64>, &Item, Option<Reduction>)> = whole
            .told_by_a
            .iter()
            .map(|(track, item)| (*track, item, word_for_d(&accords[0], item)))
            .collect();
        for (track, item, now) in &whole.of_a_at_d {
            let age_s = now.seconds_since(item.time);
            prop_assert!(item.originators.contains(&common::own()));
            let coarse =
                |field: Field, told: f64, word: f64| !item.granted.has(field) || told >= word;
            let (how, track) = (item.precision, *track);
            // What B made of A's word and its own tells its own position where A's may not go on.
            let made_by_b = match track {
                Some(_) => FieldSet::EMPTY,
                None => FieldSet::EMPTY.with(Field::Position),
            };
            let comes_of = |(of, told, word): &(Option<u64>, &Item, Option<Reduction>)| {
                let Some(word) = word else { return false };
                (of.is_none() || track.is_none() || *of == track)
                    && (track.is_none() || coarse(Field::Position, how.position_m, word.position_m))
                    && coarse(Field::Level, how.level_m, word.level_m)
                    && coarse(Field::Velocity, how.velocity_mps, word.velocity_mps)
                    && how.time_s >= word.time_s
                    && age_s >= word.delay_s
                    && item.granted.without(told.granted.or(ALWAYS).or(made_by_b)).is_empty()
            };
            prop_assert!(allowed.iter().any(comes_of), "{track:?}: {item:?}");
        }
        passed.set(passed.get() + whole.of_a_at_d.len() as u32);
        // A world in which A does not even hold what it never let go on to D.
        let mut lets: BTreeSet<u64> = BTreeSet::new();
        for (track, _, word) in &allowed {
            match (track, word) {
                (Some(track), Some(_)) => _ = lets.insert(*track),
                // Told late, of a track that is gone: whose it is is not known here.
                (None, Some(_)) => lets.extend(0..TRACKS),
                _ => {}
            }
        }
        let less = pictures.iter().map(|picture| {
            let stays = |s: &&Subject| lets.contains(&s.number.0);
            picture.iter().filter(stays).cloned().collect()
        });
        let less: Pictures = less.collect();
        kept.set(kept.get() + u32::from(less != pictures && !allowed.is_empty()));
        let [by_b, by_c] = run(&accords, fuses, &less).bytes;
        let same = by_b == whole.bytes[0];
        prop_assert!(same, "by B, of {lets:?}, made one: {fuses}");
        // What B made of A's and its own, C cannot take apart, and keeps all of it.
        let same = fuses || by_c == whole.bytes[1];
        prop_assert!(same, "by C, of {lets:?}, made one: {fuses}");
        Ok(())
    });
    outcome.unwrap();
    let cases = runner.config().cases;
    assert!(passed.get() > cases, "hardly anything went on: {}", passed.get());
    assert!(kept.get() > cases / 10, "hardly anything was kept: {}", kept.get());
}

//! What release decisions are measured on: five partners, four accords, twenty articles each, every
//! article to every partner, 24 polygons of 48 corners; tracks over and around them.

use accord::{
    Accord, AnyOf, Area, Article, Caveat, Clause, Conditions, Effect, FieldSet, Form, Grant,
    Instruments, Lifecycle, Nature, ObjectKind, OwnNumber, Party, PartyId, Polygon, Reduction,
    Service, Shape, Subject,
};
use geodesy::{Enu, Geodetic};
use picture::Identity;
use std::sync::Arc;
use surveillance::{Address, Codes, Time};

pub(crate) const PARTNERS: [&str; 5] = ["BBB", "CCC", "DDD", "EEE", "FFF"];
const ACCORDS: usize = 4;
const ARTICLES: usize = 20;
const AREAS: usize = 24;
const CORNERS: usize = 48;

pub(crate) fn own() -> PartyId {
    party("AAA")
}

pub(crate) fn party(text: &str) -> PartyId {
    text.parse().expect("a party")
}

pub(crate) fn now() -> Time {
    "2026-11-24T12:00:00Z".parse().expect("an instant")
}

/// Numbers that look random and are the same in every run (Lehmer 1951, as Park and Miller 1988).
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0 * 48_271 % 0x7fff_ffff;
        self.0 % end
    }

    fn between(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * self.below(1_000_000) as f64 / 1e6
    }
}

fn areas(dice: &mut Dice) -> Vec<Arc<Shape>> {
    let area = |n: usize, dice: &mut Dice| {
        let (latitude, longitude) = (dice.between(38.0, 46.0), dice.between(68.0, 80.0));
        let corner = |k: usize, dice: &mut Dice| {
            let angle = k as f64 / CORNERS as f64 * std::f64::consts::TAU;
            let reach = dice.between(0.8, 2.4);
            [latitude + reach * angle.sin(), longitude + 1.3 * reach * angle.cos()]
        };
        let corners: Vec<[f64; 2]> = (0..CORNERS).map(|k| corner(k, dice)).collect();
        let polygon = Polygon::new(&corners).expect("a star around a point does not cross itself");
        Arc::new(Shape::new(&format!("area {n}"), Form::Polygon(polygon)))
    };
    (0..AREAS).map(|n| area(n, dice)).collect()
}

fn grant(dice: &mut Dice, areas: &[Arc<Shape>]) -> Grant {
    let some = |dice: &mut Dice, words: u64| match dice.below(2) {
        0 => AnyOf::ALL,
        _ => AnyOf::from_bits(1 + dice.below((1 << words) - 1) as u32),
    };
    let steps = [0.0, 0.0, 1_852.0, 9_260.0];
    Grant {
        object: ObjectKind::Track,
        from: vec![own()],
        to: PARTNERS.map(party).to_vec(),
        of: Conditions {
            area: Area::Shapes(vec![areas[dice.below(AREAS as u64) as usize].clone()]),
            levels_m: (dice.below(3) == 0).then(|| [dice.between(0.0, 6_000.0), 13_000.0]),
            identity: some(dice, 8),
            service: some(dice, 4),
            plan: some(dice, 3),
            ..Conditions::all()
        },
        fields: FieldSet::from_bits(1 | (1 + dice.below(0xffff) as u32)),
        reduction: Reduction {
            position_m: steps[dice.below(4) as usize],
            interval_s: if dice.below(3) == 0 { 5.0 } else { 0.0 },
            ..Reduction::NONE
        },
        onward: Vec::new(),
    }
}

pub(crate) fn accords() -> Vec<Arc<Accord>> {
    let mut dice = Dice::new(1);
    let areas = areas(&mut dice);
    let parties: Vec<PartyId> = std::iter::once(own()).chain(PARTNERS.map(party)).collect();
    let accord = |n: usize, dice: &mut Dice| {
        let articles = (1..=ARTICLES).map(|number| Article {
            id: number.to_string().parse().expect("a number"),
            title: None,
            nature: None,
            clause: Clause::Release(grant(dice, &areas)),
        });
        let articles = articles.collect();
        let caveat = Caveat {
            id: "c".parse().expect("a number"),
            by: own(),
            title: None,
            towards: None,
            objects: AnyOf::ALL,
            of: Conditions {
                area: Area::Shapes(vec![areas[n].clone()]),
                service: AnyOf::from_bits(1 << Service::Military as u32),
                ..Conditions::all()
            },
            effect: Effect::Withhold,
        };
        let in_force = Some("2026-01-01T00:00:00Z".parse().expect("an instant"));
        let party = |id: &PartyId| Party { id: *id, name: id.to_string(), roles: Vec::new() };
        Arc::new(Accord {
            id: format!("accord-{n}").parse().expect("an id"),
            title: format!("Accord {n}"),
            nature: Nature::Illustration,
            note: None,
            part_of: None,
            text: None,
            sources: Vec::new(),
            parties: parties.iter().map(party).collect(),
            lifecycle: Lifecycle::new(
                parties.clone(),
                Instruments { in_force, ..Instruments::default() },
            ),
            sites: Vec::new(),
            articles,
            caveats: vec![caveat],
            understood: true,
        })
    };
    (0..ACCORDS).map(|n| accord(n, &mut dice)).collect()
}

pub(crate) fn tracks(count: u64) -> Vec<Subject> {
    let mut dice = Dice::new(7);
    let identities = [Identity::Unknown, Identity::Friend, Identity::Neutral, Identity::Civil];
    let mut track = |number| Subject {
        position: Geodetic::from_degrees(dice.between(36.0, 48.0), dice.between(65.0, 83.0), 0.0),
        level_m: Some(dice.between(0.0, 12_000.0)),
        velocity: Some(Enu { east: 200.0, north: 50.0, up: 0.0 }),
        codes: Codes { address: Some(Address::icao(number as u32)), ..Codes::default() },
        identity: identities[dice.below(4) as usize],
        service: Service::ALL[dice.below(4) as usize],
        ..Subject::bare(OwnNumber(number), ObjectKind::Track, now())
    };
    (0..count).map(&mut track).collect()
}

/// Nanoseconds this thread has run, where the system says; the wall's else.
pub(crate) fn ran_ns(start: std::time::Instant) -> u64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let first = told.as_ref().and_then(|text| text.split_whitespace().next()?.parse().ok());
    first.unwrap_or_else(|| start.elapsed().as_nanos() as u64)
}

//! Random accords and pictures.

#![allow(dead_code, reason = "each test file takes what it needs")]

use accord::{
    Accord, AlertKind, AlertSet, AlertState, AnyOf, Area, Article, Caveat, Clause, Conditions,
    Effect, Field, FieldSet, FlightKind, Form, Grant, Instruments, Lifecycle, Lineage, Named,
    Nature, ObjectKind, Onward, OwnNumber, Party, PartyId, PlanState, Policy, Polygon, Reduction,
    Service, Shape, Source, Strip, Subject, Suspension,
};
use geodesy::{Enu, Geodetic};
use picture::Identity;
use proptest::prelude::*;
use std::sync::{Arc, LazyLock};
use surveillance::{Address, Callsign, Codes, PlacedPlot, PlotOrigin, SensorId, Time};

pub(crate) const CLOCK: &str = "2026-11-24T12:00:00Z";

/// Second `n` after [`CLOCK`].
pub(crate) fn slot(n: usize) -> Time {
    at(CLOCK).plus_seconds(n as f64)
}

/// Our own tracks, whole, to a party.
pub(crate) fn everything_to(to: &str) -> Grant {
    Grant {
        object: ObjectKind::Track,
        from: vec![own()],
        to: vec![party(to)],
        of: Conditions::all(),
        fields: FieldSet::from_bits(u32::MAX),
        reduction: Reduction::NONE,
        onward: Vec::new(),
    }
}

pub(crate) fn at(text: &str) -> Time {
    text.parse().expect("an instant")
}

pub(crate) fn party(text: &str) -> PartyId {
    text.parse().expect("a party")
}

pub(crate) fn own() -> PartyId {
    party("AAA")
}

/// Cases a property is tried on: `ENTENTE_CASES`, else as many as CI has time for.
pub(crate) fn cases(in_ci: u32) -> ProptestConfig {
    let given = std::env::var("ENTENTE_CASES").ok().and_then(|text| text.parse().ok());
    ProptestConfig {
        cases: given.unwrap_or(in_ci),
        failure_persistence: None,
        ..Default::default()
    }
}

pub(crate) const PARTNERS: [&str; 3] = ["BBB", "CCC", "DDD"];

fn shape(name: &str, form: Form) -> Arc<Shape> {
    Arc::new(Shape::new(name, form))
}

/// Shapes around 42° N 74° E that overlap in part, one across the antimeridian, one on a pole.
pub(crate) static SHAPES: LazyLock<Vec<Arc<Shape>>> = LazyLock::new(|| {
    let polygon = |corners: &[[f64; 2]]| Form::Polygon(Polygon::new(corners).expect("a polygon"));
    let strip =
        |line: &[[f64; 2]], within_m| Form::Strip(Strip::new(line, within_m).expect("a strip"));
    vec![
        shape("west", polygon(&[[41.0, 72.0], [44.0, 72.0], [44.0, 74.5], [41.0, 74.5]])),
        shape("east", polygon(&[[41.5, 74.0], [43.5, 73.8], [43.0, 76.0], [42.0, 75.2]])),
        shape("border", strip(&[[40.5, 71.0], [42.2, 74.0], [43.8, 76.5]], 40_000.0)),
        shape("circle", strip(&[[42.5, 74.5]], 60_000.0)),
        shape(
            "antimeridian",
            polygon(&[[-10.0, 175.0], [10.0, 178.0], [8.0, -174.0], [-12.0, -176.0]]),
        ),
        shape("pole", polygon(&[[75.0, -170.0], [72.0, -60.0], [78.0, 10.0], [74.0, 110.0]])),
    ]
});

pub(crate) fn point() -> impl Strategy<Value = [f64; 2]> {
    prop_oneof![
        8 => (40.0..45.0_f64, 71.0..77.0_f64),
        1 => (-15.0..15.0_f64, 170.0..190.0_f64),
        1 => (68.0..90.0_f64, -180.0..180.0_f64),
    ]
    .prop_map(|(latitude, longitude)| {
        let longitude = if longitude > 180.0 { longitude - 360.0 } else { longitude };
        [latitude.to_radians(), longitude.to_radians()]
    })
}

fn any_of(words: u32) -> impl Strategy<Value = AnyOf> {
    prop_oneof![3 => Just(AnyOf::ALL), 2 => (1..1_u32 << words).prop_map(AnyOf::from_bits)]
}

fn area() -> impl Strategy<Value = Area> {
    prop_oneof![
        1 => Just(Area::Anywhere),
        3 => proptest::sample::subsequence(SHAPES.clone(), 1..=3).prop_map(Area::Shapes),
    ]
}

fn alert_set() -> impl Strategy<Value = AlertSet> {
    proptest::sample::subsequence(AlertKind::ALL.to_vec(), 0..4)
        .prop_map(|kinds| kinds.into_iter().collect())
}

fn names() -> impl Strategy<Value = Option<Vec<Named>>> {
    let name = prop_oneof![
        (0..4_u32).prop_map(|n| Named::Address(Address::icao(n))),
        (0..4_u32).prop_map(|n| Named::Callsign(Callsign::new(&format!("C{n}")).expect("a sign"))),
    ];
    prop_oneof![6 => Just(None), 1 => proptest::collection::vec(name, 1..3).prop_map(Some)]
}

pub(crate) fn conditions() -> impl Strategy<Value = Conditions> {
    let levels = prop_oneof![
        3 => Just(None),
        1 => (0..400_i32, 0..200_i32).prop_map(|(fl, more)| {
            Some([f64::from(fl) * 30.48, f64::from(fl + more) * 30.48])
        }),
    ];
    let alerts = prop_oneof![4 => Just(None), 1 => alert_set().prop_map(Some)];
    ((area(), levels, any_of(8), any_of(4)), (any_of(6), any_of(3), alerts, any_of(4), names()))
        .prop_map(|((area, levels_m, identity, service), rest)| {
            let (flight, plan, alerts, alert_state, named) = rest;
            Conditions {
                area,
                levels_m,
                identity,
                service,
                flight,
                plan,
                alerts,
                alert_state,
                named,
            }
        })
}

pub(crate) fn reduction() -> impl Strategy<Value = Reduction> {
    let step = |steps: &'static [f64]| proptest::sample::select(steps);
    (
        step(&[0.0, 0.0, 1_852.0, 9_260.0]),
        step(&[0.0, 0.0, 152.4]),
        step(&[0.0, 10.0]),
        step(&[0.0, 0.0, 0.0, 4.0]),
        step(&[0.0, 0.0, 0.0, 2.0, 3.0]),
        step(&[0.0, 0.0, 3.0]),
    )
        .prop_map(|(position_m, level_m, velocity_mps, time_s, delay_s, interval_s)| {
            Reduction { position_m, level_m, velocity_mps, time_s, delay_s, interval_s }
        })
}

/// What one article has to tell so that plots go with its tracks.
const WHOLE: FieldSet =
    FieldSet::EMPTY.with(Field::Position).with(Field::Accuracy).with(Field::Lineage);

fn fields() -> impl Strategy<Value = FieldSet> {
    (1..1_u32 << 16).prop_map(FieldSet::from_bits)
}

pub(crate) fn onward() -> impl Strategy<Value = Vec<Onward>> {
    let one = (proptest::sample::select(&PARTNERS[..]), reduction());
    proptest::collection::vec(one, 0..3).prop_map(|list| {
        let mut onward: Vec<Onward> =
            list.into_iter().map(|(to, at_best)| Onward { to: party(to), at_best }).collect();
        onward.sort_by_key(|onward| onward.to);
        onward.dedup_by_key(|onward| onward.to);
        onward
    })
}

fn receivers() -> impl Strategy<Value = Vec<PartyId>> {
    proptest::sample::subsequence(PARTNERS.map(party).to_vec(), 1..=3)
}

fn object() -> impl Strategy<Value = ObjectKind> {
    prop_oneof![
        4 => Just(ObjectKind::Track),
        1 => Just(ObjectKind::Alert),
        1 => Just(ObjectKind::Incident),
    ]
}

pub(crate) fn grant() -> impl Strategy<Value = Grant> {
    // One in four tells its tracks whole, and the plots behind them.
    let terms = prop_oneof![
        3 => (fields(), reduction()),
        1 => fields().prop_map(|fields| (fields.or(WHOLE), Reduction::NONE)),
    ];
    (object(), receivers(), conditions(), terms, onward()).prop_map(
        |(object, to, of, (fields, reduction), onward)| Grant {
            object,
            from: vec![own()],
            to,
            of,
            fields,
            reduction,
            onward,
        },
    )
}

pub(crate) fn caveat() -> impl Strategy<Value = (Conditions, AnyOf, Option<Vec<PartyId>>, Effect)> {
    let effect = prop_oneof![
        Just(Effect::Withhold),
        (0..1_u32 << 16, reduction()).prop_map(|(bits, at_best)| Effect::Limit {
            keeps: FieldSet::from_bits(bits),
            at_best: Reduction { interval_s: 0.0, ..at_best },
        }),
    ];
    let towards = prop_oneof![Just(None), receivers().prop_map(Some)];
    (conditions(), any_of(5), towards, effect)
}

/// An accord of all parties, in force from 2026 on, with these articles `1`, `2`, … and caveats.
pub(crate) fn accord(
    id: &str,
    grants: &[Grant],
    caveats: &[(Conditions, AnyOf, Option<Vec<PartyId>>, Effect)],
) -> Accord {
    let parties: Vec<PartyId> = std::iter::once(own()).chain(PARTNERS.map(party)).collect();
    let instruments =
        Instruments { in_force: Some(at("2026-01-01T00:00:00Z")), ..Instruments::default() };
    Accord {
        id: id.parse().expect("an id"),
        title: id.to_owned(),
        nature: Nature::Illustration,
        note: None,
        part_of: None,
        text: None,
        sources: Vec::new(),
        parties: parties
            .iter()
            .map(|id| Party { id: *id, name: id.to_string(), roles: Vec::new() })
            .collect(),
        lifecycle: Lifecycle::new(parties, instruments),
        sites: Vec::new(),
        articles: grants
            .iter()
            .enumerate()
            .map(|(index, grant)| Article {
                id: (index + 1).to_string().parse().expect("a number"),
                title: None,
                nature: None,
                clause: Clause::Release(grant.clone()),
            })
            .collect(),
        caveats: caveats
            .iter()
            .enumerate()
            .map(|(index, (of, objects, towards, effect))| Caveat {
                id: format!("c{index}").parse().expect("a number"),
                by: own(),
                title: None,
                towards: towards.clone(),
                objects: *objects,
                of: of.clone(),
                effect: *effect,
            })
            .collect(),
        understood: true,
    }
}

/// An instant of a run of some slots from the clock on, or shortly before it or after it.
fn instant() -> impl Strategy<Value = Time> {
    (-4..30_i32).prop_map(|quarters| at(CLOCK).plus_seconds(f64::from(quarters) / 4.0))
}

/// A suspension by any party, of all or of some articles, towards all or towards some.
fn suspension() -> impl Strategy<Value = Suspension> {
    let parties = || std::iter::once(own()).chain(PARTNERS.map(party)).collect::<Vec<_>>();
    let towards = proptest::sample::subsequence(parties(), 1..=2);
    let articles = proptest::sample::subsequence(vec!["1", "2", "3"], 1..=2);
    let named = |list: Vec<&str>| list.iter().map(|id| id.parse().expect("a number")).collect();
    (
        proptest::sample::select(parties()),
        proptest::option::of(towards),
        proptest::option::weighted(0.3, articles.prop_map(named)),
        instant(),
        proptest::option::weighted(0.7, 1..16_i32),
    )
        .prop_map(|(by, towards, articles, from, quarters)| {
            let until = quarters.map(|quarters| from.plus_seconds(f64::from(quarters) / 4.0));
            Suspension { by, towards, articles, from, until, reason: None }
        })
}

/// The instruments of an accord that may begin, end, be suspended and resumed within some slots.
fn instruments() -> impl Strategy<Value = Instruments> {
    (
        proptest::option::weighted(0.3, instant()),
        proptest::option::weighted(0.3, instant()),
        proptest::collection::vec(suspension(), 0..3),
    )
        .prop_map(|(start, end, suspensions)| Instruments {
            in_force: Some(start.unwrap_or_else(|| at("2026-01-01T00:00:00Z"))),
            termination: end.map(|end| (end, vec![own()])),
            suspensions,
            ..Instruments::default()
        })
}

/// An accord of some of the parties: articles by which it gives and some by which another does, its own
/// caveats and another's, and a life that has its turns within some slots.
fn living_accord(id: &'static str) -> impl Strategy<Value = Accord> {
    let by_other = || proptest::bool::weighted(0.15);
    (
        receivers(),
        proptest::collection::vec((grant(), by_other()), 1..5),
        proptest::collection::vec((caveat(), by_other()), 0..3),
        instruments(),
    )
        .prop_map(move |(partners, grants, caveats, instruments)| {
            let bound = |(grant, by_other): (Grant, bool)| {
                let mut to: Vec<PartyId> =
                    grant.to.iter().filter(|to| partners.contains(to)).copied().collect();
                if to.is_empty() {
                    to = partners.clone();
                }
                let from = if by_other { partners[0] } else { own() };
                Grant { from: vec![from], to, ..grant }
            };
            let grants: Vec<Grant> = grants.into_iter().map(bound).collect();
            let (terms, others): (Vec<_>, Vec<bool>) = caveats.into_iter().unzip();
            let mut accord = accord(id, &grants, &terms);
            for (caveat, by_other) in accord.caveats.iter_mut().zip(others) {
                caveat.by = if by_other { partners[0] } else { own() };
            }
            accord.parties.retain(|party| party.id == own() || partners.contains(&party.id));
            let parties = accord.parties.iter().map(|party| party.id).collect();
            accord.lifecycle = Lifecycle::new(parties, instruments);
            accord
        })
}

/// One to three accords, each with its own parties and its own life.
pub(crate) fn living_accords() -> impl Strategy<Value = Vec<Accord>> {
    let more = (
        proptest::option::of(living_accord("b")),
        proptest::option::weighted(0.3, living_accord("c")),
    );
    (living_accord("a"), more)
        .prop_map(|(a, (b, c))| std::iter::once(a).chain(b).chain(c).collect())
}

pub(crate) fn policy(accords: Vec<Accord>) -> Policy {
    Policy::new(own(), accords.into_iter().map(Arc::new).collect()).expect("ids differ")
}

pub(crate) fn identity() -> impl Strategy<Value = Identity> {
    proptest::sample::select(vec![
        Identity::Pending,
        Identity::Unknown,
        Identity::AssumedFriend,
        Identity::Friend,
        Identity::Neutral,
        Identity::Suspect,
        Identity::Hostile,
        Identity::Civil,
    ])
}

pub(crate) fn lineage() -> impl Strategy<Value = Lineage> {
    let source = (proptest::sample::select(&PARTNERS[..]), onward())
        .prop_map(|(originator, onward)| Source { originator: party(originator), onward });
    let sources = proptest::collection::vec(source, 1..3).boxed();
    prop_oneof![
        6 => Just(Lineage::Own),
        2 => sources.clone().prop_map(Lineage::Fused),
        1 => sources.prop_map(Lineage::Foreign),
        1 => Just(Lineage::Unknown),
    ]
}

fn plot(time: Time) -> impl Strategy<Value = PlacedPlot> {
    (point(), 1..9_u8).prop_map(move |(position_rad, sic)| PlacedPlot {
        sensor: SensorId { sac: 1, sic },
        origin: PlotOrigin::Secondary,
        time: time.plus_seconds(-f64::from(sic) / 8.0),
        position_rad,
        covariance: [900.0, 10.0, 1_600.0],
    })
}

/// A subject at `time`, without other versions.
pub(crate) fn plain_subject(number: u64, time: Time) -> impl Strategy<Value = Subject> {
    let marks = (
        identity(),
        proptest::sample::select(Service::ALL.to_vec()),
        proptest::sample::select(vec![
            FlightKind::Untold,
            FlightKind::Scheduled,
            FlightKind::Military,
        ]),
        proptest::sample::select(vec![
            PlanState::Untold,
            PlanState::Correlated,
            PlanState::Uncorrelated,
        ]),
        alert_set(),
        proptest::sample::select(vec![AlertState::None, AlertState::Raised]),
    );
    let codes = (proptest::option::of(0..6_u32), proptest::option::of(0..6_u32));
    let state = (
        proptest::option::weighted(0.95, point()),
        proptest::option::of((0..50_i32).prop_map(|n| f64::from(n) * 304.8)),
        proptest::option::of((-200.0..200.0_f64, -200.0..200.0_f64)),
    );
    let tracks = proptest::collection::vec((0..6_u64).prop_map(OwnNumber), 0..4);
    let plots = (proptest::collection::vec(plot(time), 0..3), 0..4_u64);
    let content = prop_oneof![1 => Just(Vec::new()), 2 => (0..3_u8).prop_map(|byte| vec![byte])];
    (object(), marks, codes, state, lineage(), (tracks, content), plots).prop_map(
        move |(object, marks, (address, sign), state, lineage, said, (plots, plots_before))| {
            let (position, level_m, velocity) = state;
            let (tracks, content) = said;
            Subject {
                content: if object == ObjectKind::Track { Vec::new() } else { content },
                position_covariance: position.map(|_| [2_500.0, 0.0, 2_500.0]),
                plots: plots.into(),
                plots_before,
                tracks: if object == ObjectKind::Incident { tracks } else { Vec::new() },
                position: position.map(|[latitude_rad, longitude_rad]| Geodetic {
                    latitude_rad,
                    longitude_rad,
                    height_m: 0.0,
                }),
                level_m,
                velocity: velocity.map(|(east, north)| Enu { east, north, up: 0.0 }),
                codes: Codes {
                    address: address.map(Address::icao),
                    callsign: sign.and_then(|n| Callsign::new(&format!("C{n}"))),
                    ..Codes::default()
                },
                identity: marks.0,
                service: marks.1,
                flight: marks.2,
                plan: marks.3,
                alerts: marks.4,
                alert_state: marks.5,
                sensors: vec![SensorId { sac: 1, sic: 2 }],
                lineage,
                ..Subject::bare(OwnNumber(number), object, time)
            }
        },
    )
}

/// A subject with up to two versions computed without some of its sources.
pub(crate) fn subject(number: u64, time: Time) -> impl Strategy<Value = Subject> {
    let without = proptest::collection::vec(plain_subject(number, time), 0..3);
    (plain_subject(number, time), without).prop_map(|(subject, without)| {
        // Versions of one object differ in what they believe, not in what they are.
        let object = subject.object;
        let without = without.into_iter().map(|version| Subject { object, ..version }).collect();
        Subject { without, ..subject }
    })
}

pub(crate) fn field_names() -> [Field; 16] {
    Field::ALL
}

//! Codes, addresses, tracks and transponders: each rule about one target or two of one name.

use crate::encounters::of_any_life;
use crate::support::{Chance, away, degrees};
use crate::table::heading;
use crate::theatre::{Actor, SECONDS, Station, Tells, World, level, score};
use alert::{AerodromeFact, PlanFact, Rule, Subject};
use geodesy::units::METRES_PER_NM;
use intent::airspace::{Activation, Airspace, Airspaces, Geometry, Kind, Limits};
use surveillance::{EmitterCategory, Mode3A};

/// When what is to be told begins, within ten seconds.
pub(crate) fn due(chance: &mut Chance) -> usize {
    150 + (chance.bits() % 10) as usize
}

/// Two airliners in order, 15 NM and more from each other and from others.
pub(crate) fn bystanders(chance: &mut Chance) -> Vec<Actor> {
    (10..12)
        .map(|n| {
            let north_nm = 25.0 + f64::from(n - 10) * 15.0;
            let aircraft = level([chance.within(-10.0, 10.0), north_nm], 90.0, 430.0, 33_000.0);
            Actor::new(aircraft, chance, move |_| Tells::airliner(n))
        })
        .collect()
}

/// One aircraft that tells as it is given, among bystanders.
pub(crate) fn one(
    chance: &mut Chance,
    stations: Vec<Station>,
    tells: impl Fn(usize) -> Tells + 'static,
) -> World {
    let course_deg = chance.within(0.0, 360.0);
    let at_nm = [chance.within(-15.0, 15.0), chance.within(-15.0, 0.0)];
    let aircraft = level(at_nm, course_deg, chance.within(380.0, 460.0), 31_000.0);
    let mut actors = vec![Actor::new(aircraft, chance, tells)];
    actors.extend(bystanders(chance));
    World::of(actors, stations)
}

/// One that changes its code at a second, for so many.
fn squawks(chance: &mut Chance, stations: Vec<Station>, code: u16, for_s: usize) -> (World, usize) {
    let from = due(chance);
    let world = one(chance, stations, move |second| {
        let changed = (from..from.saturating_add(for_s)).contains(&second);
        let squawk = Some(if changed { code } else { 0o2101 });
        Tells { squawk, ..Tells::airliner(0) }
    });
    (world, from)
}

fn codes() {
    heading("Codes 7500, 7600, 7700 and special position identification");
    type Eyes = (&'static str, fn() -> Vec<Station>);
    let eyes: [Eyes; 3] = [
        ("Mode A/C radar 12 s", || vec![Station::mode_ac()]),
        ("Mode S radar 5 s", || vec![Station::mode_s()]),
        ("both and ADS-B", Station::every),
    ];
    for (sensors, stations) in eyes {
        for (rule, code, name) in [
            (Rule::UnlawfulInterference, 0o7500, "7500"),
            (Rule::RadioFailure, 0o7600, "7600"),
            (Rule::Emergency, 0o7700, "7700"),
        ] {
            score(rule, name, sensors, &|chance| {
                let (world, from) = squawks(chance, stations(), code, SECONDS);
                (world, Some(from as f64))
            });
        }
        score(Rule::UnlawfulInterference, "turned through 7500 within 3 s", sensors, &|chance| {
            (squawks(chance, stations(), 0o7500, 3).0, None)
        });
        score(Rule::Emergency, "garbled once into 7700", sensors, &|chance| {
            (squawks(chance, stations(), 0o7700, 1).0, None)
        });
        score(Rule::Ident, "identification for 18 s", sensors, &|chance| {
            let from = due(chance);
            let ident = move |second| (from..from + 18).contains(&second);
            let tells = move |second| Tells { ident: ident(second), ..Tells::airliner(0) };
            (one(chance, stations(), tells), Some(from as f64))
        });
    }
}

fn changes() {
    heading("Code change");
    let rule = Rule::CodeChanged;
    let changed = |chance: &mut Chance, for_s| {
        let (world, from) = squawks(chance, Station::every(), 0o3311, for_s);
        (world, Some(from as f64))
    };
    let every = "both and ADS-B";
    score(rule, "another discrete code", every, &|chance| changed(chance, SECONDS));
    score(rule, "garbled once", every, &|chance| (changed(chance, 1).0, None));
    score(rule, "the code of its plan", every, &|chance| {
        let know = of_any_life(|subject| planned(subject, Some(Mode3A::new(0o3311))));
        (World { know: Box::new(know), ..changed(chance, SECONDS).0 }, None)
    });
    score(rule, "at the boundary of a region", every, &|chance| {
        let aircraft = level([0.0, 0.0], 0.0, 420.0, 33_000.0);
        let mut world = changed(chance, SECONDS).0;
        let tells = |second| {
            let squawk = Some(if second < 200 { 0o2101 } else { 0o3311 });
            Tells { squawk, ..Tells::airliner(0) }
        };
        world.actors[0] = Actor::new(aircraft, chance, tells);
        (World { airspaces: south_of_the_middle(), ..world }, None)
    });
    score(rule, "a controller's instruction that the node does not know", every, &|chance| {
        (changed(chance, SECONDS).0, None)
    });
}

/// A flight information region from the middle on southwards.
fn south_of_the_middle() -> Airspaces {
    let centre = away(degrees(42.0, 74.0), 400.0, 180.0);
    let region = Airspace {
        name: "SOUTH".to_owned(),
        kind: Kind::Fir,
        class: None,
        party: None,
        limits: Limits::ALL,
        activation: Activation::Always,
        geometry: Geometry::Circle { centre, radius_m: 400.0 * METRES_PER_NM },
        line: None,
    };
    Airspaces::build(vec![region]).expect("a sound airspace")
}

/// Whoever tells the first aircraft's address has a plan.
fn planned(subject: Subject<'_>, code: Option<Mode3A>) -> Subject<'_> {
    let first = subject.track().codes.address.is_some_and(|address| address.bits() == 0x60_1000);
    let plan = PlanFact { plan: 1, route: &[], cleared_level_m: None, code, callsign: None };
    Subject { plan: first.then_some(plan), ..subject }
}

/// Two aircraft so many miles apart; the second tells as it is given.
fn two(chance: &mut Chance, apart_nm: f64, second: impl Fn(usize) -> Tells + 'static) -> World {
    let course_deg = chance.within(60.0, 120.0);
    let west = level([-apart_nm / 2.0, -20.0], course_deg, 420.0, 31_000.0);
    let east = level([apart_nm / 2.0, -20.0], course_deg, 420.0, 35_000.0);
    let mut actors =
        vec![Actor::new(west, chance, |_| Tells::airliner(0)), Actor::new(east, chance, second)];
    actors.extend(bystanders(chance));
    World::of(actors, Station::every())
}

fn duplicates() {
    heading("One code, one address at two aircraft");
    let every = "both and ADS-B";
    let takes_code = |chance: &mut Chance, apart_nm, for_s| {
        let from = due(chance);
        let world = two(chance, apart_nm, move |second| {
            let took = (from..from.saturating_add(for_s)).contains(&second);
            let squawk = Some(if took { 0o2101 } else { 0o2102 });
            Tells { squawk, ..Tells::airliner(1) }
        });
        (world, Some(from as f64))
    };
    let rule = Rule::DuplicateCode;
    score(rule, "one code, 60 NM apart", every, &|chance| takes_code(chance, 60.0, SECONDS));
    score(rule, "one code, 190 NM apart", every, &|chance| {
        (takes_code(chance, 190.0, SECONDS).0, None)
    });
    score(rule, "garbled once into another's", every, &|chance| {
        (takes_code(chance, 60.0, 1).0, None)
    });
    let address = Rule::DuplicateAddress;
    // Our tracker gives an address one track: it is its plots that tell of two.
    for (rule, name) in [
        (address, "one address, 60 NM apart"),
        (Rule::PositionDisagreement, "the same, told as a position that disagrees"),
    ] {
        score(rule, name, every, &|chance| {
            let from = due(chance);
            let world = two(chance, 60.0, move |second| Tells {
                there: second >= from,
                address: Some(0x60_1000),
                ..Tells::airliner(1)
            });
            (world, Some(from as f64))
        });
    }
    score(address, "one aircraft, a radar 0.3° off", every, &|chance| {
        let mut world = one(chance, Station::every(), |_| Tells::airliner(0));
        world.stations[0].azimuth_bias_rad = 0.3_f64.to_radians();
        (world, None)
    });
}

fn lost_tracks() {
    heading("Lost track");
    let rule = Rule::LostTrack;
    let every = "both and ADS-B";
    score(rule, "vanishes in cruise", every, &|chance| {
        let from = due(chance);
        let world = one(chance, Station::every(), move |second| Tells {
            there: second < from,
            ..Tells::airliner(0)
        });
        (world, Some(from as f64))
    });
    score(rule, "silent for 20 s", every, &|chance| {
        let from = due(chance);
        let world = one(chance, Station::every(), move |second| Tells {
            there: !(from..from + 20).contains(&second),
            ..Tells::airliner(0)
        });
        (world, None)
    });
    score(rule, "flies out of cover", every, &|chance| {
        let mut world = one(chance, Station::every(), |_| Tells::airliner(0));
        let aircraft = level([0.0, -75.0], chance.within(170.0, 190.0), 450.0, 33_000.0);
        world.actors[0] = Actor::new(aircraft, chance, |_| Tells::airliner(0));
        for station in &mut world.stations {
            let middle_nm = if station.sensor.id.sic == 1 { 40.0 } else { 80.0 };
            station.sensor.range_max_m = Some(middle_nm * METRES_PER_NM);
        }
        (world, None)
    });
    score(rule, "lands", every, &|chance| {
        let mut world = one(chance, Station::every(), |_| Tells::airliner(0));
        let mut down = level([-10.0, -20.0], 90.0, 150.0, 8_000.0);
        (down.climb_fpm, down.to_ft) = (-1_500.0, 1_500.0);
        let states = down.fly(SECONDS, chance);
        let lands = states.iter().position(|state| state.height_m < 520.0).unwrap_or(SECONDS - 60);
        let position = states[lands].place().at_height(450.0);
        let tells = move |second| Tells { there: second < lands, ..Tells::airliner(0) };
        world.actors[0] = Actor { states, tells: Box::new(tells) };
        (World { aerodromes: vec![AerodromeFact { position }], ..world }, None)
    });
}

fn transponders() {
    heading("Lost transponder, non-cooperative, low and slow");
    let both = "both radars and ADS-B";
    let off = |chance: &mut Chance, for_s: usize| {
        let from = due(chance);
        let world = one(chance, Station::every(), move |second| {
            let off = (from..from.saturating_add(for_s)).contains(&second);
            let squawk = (!off).then_some(0o2101);
            Tells { squawk, adsb: !off, ..Tells::airliner(0) }
        });
        (world, Some(from as f64))
    };
    let rule = Rule::LostTransponder;
    score(rule, "transponder fails", both, &|chance| off(chance, SECONDS));
    score(rule, "silent for 20 s", both, &|chance| (off(chance, 20).0, None));
    score(rule, "a Mode S radar's secondary channel fails", "Mode S radar 5 s", &|chance| {
        let mut world = one(chance, vec![Station::mode_s()], |_| Tells::airliner(0));
        world.stations[0].reply = Box::new(|second| if second < 150 { 0.95 } else { 0.0 });
        (world, None)
    });
    let rule = Rule::NonCooperative;
    let silent = |second: usize| Tells {
        there: second >= 60,
        squawk: None,
        adsb: false,
        ..Tells::airliner(0)
    };
    let flying = |chance: &mut Chance, speed_kt: f64| {
        let mut world = one(chance, Station::every(), silent);
        let at_nm = [chance.within(-15.0, 15.0), chance.within(-20.0, 0.0)];
        let course_deg = chance.within(0.0, 360.0);
        world.actors[0] = Actor::new(level(at_nm, course_deg, speed_kt, 6_000.0), chance, silent);
        world
    };
    score(rule, "primary echoes alone, 100–250 kt", both, &|chance| {
        let speed_kt = chance.within(100.0, 250.0);
        (flying(chance, speed_kt), Some(60.0))
    });
    score(rule, "a ship, 15 kt", both, &|chance| (flying(chance, 15.0), None));
    score(rule, "clutter, three false echoes a second", both, &|chance| {
        let world = one(chance, Station::every(), |_| Tells::airliner(0));
        (World { clutter: 3.0, ..world }, None)
    });
    let rule = Rule::LowSlow;
    type Slow = (&'static str, f64, f64, Option<EmitterCategory>, bool, bool);
    let kinds: [Slow; 6] = [
        ("1,000 ft, 50 kt, of no kind it tells", 1_000.0, 50.0, None, false, true),
        (
            "a helicopter that tells its kind",
            1_000.0,
            60.0,
            Some(EmitterCategory::Rotorcraft),
            true,
            false,
        ),
        ("a helicopter that does not tell its kind", 1_000.0, 60.0, None, false, false),
        ("a light aircraft at 95 kt", 1_000.0, 95.0, Some(EmitterCategory::Light), true, false),
        ("at an aerodrome", 1_000.0, 55.0, None, false, false),
        ("at 3,000 ft", 3_000.0, 55.0, None, false, false),
    ];
    for (name, level_ft, speed_kt, category, adsb, is_due) in kinds {
        score(rule, name, both, &|chance| {
            let tells =
                move |second| Tells { there: second >= 60, category, adsb, ..Tells::airliner(0) };
            let mut world = one(chance, Station::every(), tells);
            let at_nm = [chance.within(-4.0, 4.0), -38.0 + chance.within(-4.0, 4.0)];
            let course_deg = chance.within(0.0, 360.0);
            world.actors[0] =
                Actor::new(level(at_nm, course_deg, speed_kt, level_ft), chance, tells);
            if name == "at an aerodrome" {
                let middle = world.actors[0].states[SECONDS / 2].place().at_height(0.0);
                world.aerodromes = vec![AerodromeFact { position: middle }];
            }
            (world, is_due.then_some(60.0))
        });
    }
    score(rule, "with a plan", both, &|chance| {
        let tells = |_| Tells { category: None, ..Tells::airliner(0) };
        let mut world = one(chance, Station::every(), tells);
        world.actors[0] = Actor::new(level([0.0, -38.0], 90.0, 55.0, 1_000.0), chance, tells);
        (World { know: Box::new(of_any_life(|subject| planned(subject, None))), ..world }, None)
    });
}

pub(crate) fn all() {
    codes();
    changes();
    duplicates();
    lost_tracks();
    transponders();
}

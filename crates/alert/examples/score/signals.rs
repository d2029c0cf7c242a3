//! Claims, satellite navigation, Remote IDs, sensors, and keeping to a plan.

use crate::encounters::of_any_life;
use crate::rig::{begin, frame};
use crate::support::{Chance, away, degrees};
use crate::table::heading;
use crate::targets::{bystanders, due, one};
use crate::theatre::{Actor, Station, Tells, World, level, score};
use alert::site::{Origin, SiteRule, SiteRules};
use alert::{
    Bias, PlanFact, RemoteId, RemoteIdFact, RemoteIdStatus, Rule, SensorFact, Severity, Subject,
};
use geodesy::units::METRES_PER_NM;
use geodesy::{Enu, Geodetic};
use intent::plan::{AdherenceConfig, Message, Places, Trajectory, adherence, read};
use surveillance::SensorId;

fn claims() {
    heading("ADS-B that disagrees with radar or MLAT");
    let rule = Rule::PositionDisagreement;
    let every = "both and ADS-B";
    let off = |chance: &mut Chance, claim_m: fn(f64) -> [f64; 2]| {
        let from = due(chance);
        let world = one(chance, Station::every(), move |second| {
            let since_s = second.saturating_sub(from) as f64;
            Tells { claim_m: claim_m(since_s), ..Tells::airliner(0) }
        });
        (world, from as f64)
    };
    let leaps = |since_s: f64| if since_s > 0.0 { [4_000.0, 3_000.0] } else { [0.0; 2] };
    score(rule, "claims 5 km aside from one second on", every, &|chance| {
        let (world, from_s) = off(chance, leaps);
        (world, Some(from_s))
    });
    let drifts = |since_s: f64| [since_s * 30.0, 0.0];
    score(rule, "drawn off at 30 m/s (due from 1.5 km on)", every, &|chance| {
        let (world, from_s) = off(chance, drifts);
        (world, Some(from_s + 50.0))
    });
    score(rule, "claims 500 m aside", every, &|chance| (off(chance, |_| [500.0, 0.0]).0, None));
    score(rule, "claims with poor NIC, 200 m of noise", every, &|chance| {
        (one(chance, Station::every(), |_| Tells { nic: 4, ..Tells::airliner(0) }), None)
    });
    score(rule, "honest, the radar 0.1° off", every, &|chance| {
        let mut world = one(chance, Station::every(), |_| Tells::airliner(0));
        world.stations[0].azimuth_bias_rad = 0.1_f64.to_radians();
        (world, None)
    });
    let mlat = "MLAT 1 s and ADS-B";
    let by_mlat =
        |world: World| World { stations: vec![Station::mlat(), Station::adsb()], ..world };
    score(rule, "claims 5 km aside from one second on", mlat, &|chance| {
        let (world, from_s) = off(chance, leaps);
        (by_mlat(world), Some(from_s))
    });
    score(rule, "drawn off at 30 m/s (due from 1.5 km on)", mlat, &|chance| {
        let (world, from_s) = off(chance, drifts);
        (by_mlat(world), Some(from_s + 50.0))
    });
    score(rule, "claims 500 m aside", mlat, &|chance| {
        (by_mlat(off(chance, |_| [500.0, 0.0]).0), None)
    });
    score(rule, "honest", mlat, &|chance| (by_mlat(off(chance, |_| [0.0; 2]).0), None));
    score(rule, "a claim that no radar has an answer to", every, &|chance| {
        let from = due(chance);
        let tells =
            move |second| Tells { there: second >= from, squawk: None, ..Tells::airliner(0) };
        let mut world = one(chance, Station::every(), tells);
        // Nothing flies there: the radars see nothing at all.
        world.stations.retain(|station| station.sensor.id.sic == 3);
        (world, Some(from as f64))
    });
}

/// Twelve within 14 NM, of which so many tell a poor NIC from a second on.
fn fleet(chance: &mut Chance, from: usize, poor: u32) -> World {
    let actors: Vec<Actor> = (0..12)
        .map(|n| {
            let at_nm = [chance.within(-10.0, 10.0), chance.within(-10.0, 10.0)];
            let level_ft = 24_000.0 + 1_000.0 * f64::from(n);
            let aircraft = level(at_nm, chance.within(0.0, 360.0), 150.0, level_ft);
            Actor::new(aircraft, chance, move |second| {
                let nic = if second >= from && n < poor { 3 } else { 8 };
                Tells { nic, ..Tells::airliner(n) }
            })
        })
        .collect();
    World::of(actors, vec![Station::adsb()])
}

fn navigation() {
    heading("Disturbed satellite navigation");
    let rule = Rule::NavigationInterference;
    for (name, poor, is_due) in [
        ("twelve of twelve lose their NIC", 12, true),
        ("seven of twelve", 7, true),
        ("one of twelve", 1, false),
        ("two of twelve", 2, false),
    ] {
        score(rule, name, "ADS-B", &|chance| {
            let from = due(chance);
            (fleet(chance, from, poor), is_due.then_some(from as f64))
        });
    }
    score(rule, "twelve that never were precise", "ADS-B", &|chance| (fleet(chance, 0, 12), None));
    score(rule, "disturbed before the node began (due)", "ADS-B", &|chance| {
        (fleet(chance, 0, 12), Some(60.0))
    });
}

/// Metres and m/s, east and north.
type At = ([f64; 2], [f64; 2]);

fn drone(at_m: [f64; 2], velocity: [f64; 2], second: f64) -> RemoteIdFact {
    let [east, north] = at_m;
    let position = frame().geodetic_from_enu(Enu { east, north, up: 0.0 }).at_height(120.0);
    RemoteIdFact {
        id: RemoteId::new(b"1596F350455000A"),
        track: None,
        receiver: SensorId { sac: 1, sic: 9 },
        position,
        accuracy_m: Some(10.0),
        velocity: Some(Enu { east: velocity[0], north: velocity[1], up: 0.0 }),
        operator: None,
        time: begin().plus_seconds(second),
        status: RemoteIdStatus::Airborne,
    }
}

/// What is heard of one drone at a second: one in ten messages stays out, places are 5 m off.
fn heard(
    seed: u64,
    flies: impl Fn(usize) -> Vec<At> + 'static,
) -> impl Fn(usize) -> Vec<RemoteIdFact> {
    move |second| {
        let mut chance = Chance(seed ^ (second as u64) << 20);
        let tell = |([east_m, north_m], velocity): ([f64; 2], [f64; 2])| {
            let at_m = [east_m + chance.normal(5.0), north_m + chance.normal(5.0)];
            let comes = chance.within(0.0, 1.0) < 0.9;
            comes.then(|| drone(at_m, velocity, second as f64))
        };
        flies(second).into_iter().filter_map(tell).collect()
    }
}

fn remote_ids() {
    heading("Remote ID: unmanned, impossible motion, one ID at two places");
    let fly = |chance: &mut Chance, flies: fn(usize) -> Vec<At>| {
        let remote = Box::new(heard(chance.bits(), flies));
        World { remote, ..World::of(bystanders(chance), Vec::new()) }
    };
    const FROM: usize = 150;
    let hovers: fn(usize) -> _ = |_| vec![([0.0, 0.0], [0.0, 0.0])];
    let appears: fn(usize) -> _ =
        |second| if second < FROM { vec![] } else { vec![([0.0, 0.0], [0.0, 0.0])] };
    let jumps: fn(usize) -> _ =
        |second| vec![([if second < FROM { 0.0 } else { 3_000.0 }, 0.0], [0.0, 0.0])];
    let fast: fn(usize) -> _ = |second| {
        let v = if second < FROM { 0.0 } else { 140.0 };
        vec![([0.0, v * second.saturating_sub(FROM) as f64], [0.0, v])]
    };
    let twice: fn(usize) -> _ = |second| {
        let mut all = vec![([0.0, 0.0], [0.0, 0.0])];
        if second >= FROM {
            all.push(([1_500.0, 0.0], [0.0, 0.0]));
        }
        all
    };
    // 60 m either way, 15 m/s² at the turns.
    let sprints: fn(usize) -> _ = |second| {
        let (sin, cos) = (second as f64 / 2.0).sin_cos();
        vec![([0.0, 60.0 * sin], [0.0, 30.0 * cos])]
    };
    let gaps: fn(usize) -> _ = |second| {
        let silent = (150..210).contains(&second);
        if silent { vec![] } else { vec![([0.0, 25.0 * second as f64], [0.0, 25.0])] }
    };
    let lags: fn(usize) -> _ = |second| {
        let at = |s: usize| ([0.0, 18.0 * s as f64], [0.0, 18.0]);
        vec![at(second), at(second.saturating_sub(2))]
    };
    let due_s = FROM as f64;
    let (unmanned, motion, double) =
        (Rule::Unmanned, Rule::RemoteIdMotion, Rule::RemoteIdDuplicate);
    type Kind = (Rule, &'static str, fn(usize) -> Vec<At>, bool);
    let kinds: [Kind; 11] = [
        (unmanned, "a drone begins to tell its ID, no track of it", appears, true),
        (motion, "jumps 3 km", jumps, true),
        (motion, "flies 140 m/s", fast, true),
        (motion, "hovers", hovers, false),
        (motion, "sprints to and fro at 30 m/s", sprints, false),
        (motion, "not heard for 60 s at 25 m/s", gaps, false),
        (motion, "two receivers, one 2 s late, 18 m/s", lags, false),
        (double, "two transmitters 1.5 km apart", twice, true),
        (double, "hovers", hovers, false),
        (double, "jumps 3 km", jumps, false),
        (double, "two receivers, one 2 s late, 18 m/s", lags, false),
    ];
    for (rule, name, flies, is_due) in kinds {
        score(rule, name, "Remote-ID receiver", &|chance| {
            (fly(chance, flies), is_due.then_some(due_s))
        });
    }
}

fn sensors() {
    heading("Sensors: silent, biased (facts as a node estimates them), missing plots");
    const FROM: usize = 60;
    let rule = Rule::Sensor;
    type Health = fn(u64, usize, SensorFact<'_>) -> SensorFact<'_>;
    let silent: Health = |_, second, fact| SensorFact {
        silent_since: (second >= FROM).then(|| begin().plus_seconds(FROM as f64)),
        ..fact
    };
    let biased: Health =
        |seed, second, fact| azimuth(fact, seed, second, if second < FROM { 0.0 } else { 0.15 });
    let honest: Health = |seed, second, fact| azimuth(fact, seed, second, 0.05);
    let kinds: [(&str, Health, bool); 3] = [
        ("falls silent", silent, true),
        ("0.15° of bias", biased, true),
        ("0.05° of bias", honest, false),
    ];
    for (name, health, is_due) in kinds {
        score(rule, name, "one radar", &|chance| {
            let seed = chance.bits();
            let world = World::of(Vec::new(), vec![Station::mode_s()]);
            let health = of_any_fact(move |_, second, fact| health(seed, second, fact));
            (World { health: Box::new(health), ..world }, is_due.then_some(FROM as f64))
        });
    }
    type Reply = fn(usize) -> f64;
    let kinds: [(&str, Reply, bool); 4] = [
        ("detection falls from 0.97 to 0.80", |at| if at < 150 { 0.97 } else { 0.80 }, true),
        ("detection falls from 0.97 to 0.50", |at| if at < 150 { 0.97 } else { 0.50 }, true),
        ("a busy while: 0.945", |at| if (60..300).contains(&at) { 0.945 } else { 0.97 }, false),
        ("just good enough: 0.91", |_| 0.91, false),
    ];
    for (name, reply, is_due) in kinds {
        for sensors in ["one radar, 24 aircraft", "the same and ADS-B"] {
            score(rule, name, sensors, &|chance| {
                let mut radar = Station::mode_s();
                radar.echo = 0.0;
                radar.reply = Box::new(reply);
                let mut stations = vec![radar];
                if sensors == "the same and ADS-B" {
                    stations.push(Station::adsb());
                }
                let world = World { clutter: 0.0, ..World::of(traffic(chance), stations) };
                (world, is_due.then_some(150.0))
            });
        }
    }
}

/// Airliners in order, 6 NM and 1,000 ft apart, of which some leave the radar's range.
fn traffic(chance: &mut Chance) -> Vec<Actor> {
    (0..24)
        .map(|n| {
            let across_nm = f64::from(n % 12) * 12.0 - 66.0;
            let level_ft = 29_000.0 + 1_000.0 * f64::from(n % 8);
            let (at_nm, course_deg) = match n / 12 {
                0 => ([across_nm, chance.within(-20.0, 20.0)], 0.0),
                _ => ([chance.within(-20.0, 20.0), across_nm - 40.0], 90.0),
            };
            let aircraft = level(at_nm, course_deg, chance.within(380.0, 460.0), level_ft);
            Actor::new(aircraft, chance, move |_| Tells::airliner(n))
        })
        .collect()
}

/// Tells the compiler that a closure takes facts of any lifetime.
fn of_any_fact<F: for<'s> Fn(usize, usize, SensorFact<'s>) -> SensorFact<'s>>(closure: F) -> F {
    closure
}

/// An estimate of azimuth bias, anew each twenty seconds, 0.01° off.
fn azimuth(fact: SensorFact<'_>, seed: u64, second: usize, degrees: f64) -> SensorFact<'_> {
    let mut chance = Chance(seed ^ (second as u64 / 20) << 16);
    let azimuth_rad = Some((degrees + chance.normal(0.01)).to_radians());
    SensorFact { bias: Some(Bias { azimuth_rad, ..Bias::default() }), ..fact }
}

struct Ends;

impl Places for Ends {
    fn aerodrome(&self, indicator: &str) -> Option<Geodetic> {
        let bearing_deg = if indicator == "AAAA" { 270.0 } else { 90.0 };
        Some(away(degrees(42.0, 74.0), 250.0, bearing_deg))
    }

    fn points(&self, _name: &str, _found: &mut Vec<Geodetic>) {}
}

/// FL330 along the parallel of the middle, from 250 NM west to 250 NM east.
fn route() -> Trajectory {
    let text = "(FPL-KGZ101-IS-B738/M-S/C-AAAA0530-N0420F330 DCT 4200N07400E DCT-BBBB0200-0)";
    let reading = read(text.as_bytes());
    let Some((_, Message::Filed(plan))) = reading.messages.into_iter().next() else { panic!() };
    Trajectory::expand(&plan, &Ends).0.expect("a route")
}

fn adherences() {
    heading("Keeping to a plan: route and level");
    type Flight = (Rule, &'static str, f64, Option<f64>, f64, bool);
    let (leaves, levels) = (Rule::RouteDeparture, Rule::LevelDeparture);
    let kinds: [Flight; 7] = [
        (leaves, "turns 20° off (due 5 NM aside)", 0.0, Some(20.0), 0.0, true),
        (leaves, "turns 60° off (due 5 NM aside)", 0.0, Some(60.0), 0.0, true),
        (leaves, "3 NM aside", 3.0, None, 0.0, false),
        (leaves, "4.5 NM aside", 4.5, None, 0.0, false),
        (levels, "climbs on at 500 ft/min (due 300 ft off)", 0.0, None, 500.0, true),
        (levels, "climbs on at 2,000 ft/min (due 300 ft off)", 0.0, None, 2_000.0, true),
        (levels, "keeps its level", 0.0, None, 0.0, false),
    ];
    for (rule, name, aside_nm, turn_deg, climb_fpm, is_due) in kinds {
        for sensors in ["Mode S radar 5 s", "both and ADS-B"] {
            score(rule, name, sensors, &|chance| {
                let mut aircraft = level([0.0, aside_nm], 90.0, 420.0, 33_000.0);
                aircraft.turn = turn_deg.map(|by_deg| (chance.within(60.0, 90.0), by_deg));
                (aircraft.climb_fpm, aircraft.to_ft) =
                    (climb_fpm, if climb_fpm > 0.0 { 39_000.0 } else { 33_000.0 });
                let actor = Actor::new(aircraft, chance, |_| Tells::airliner(0));
                let route = route();
                let is_off = |state: &crate::rig::State| match rule {
                    Rule::RouteDeparture => {
                        let located = route.locate(state.place().at_height(0.0).to_ecef(), None);
                        located.distance_m > 5.0 * METRES_PER_NM
                    }
                    _ => (state.height_m - 33_000.0 * 0.3048).abs() > 300.0 * 0.3048,
                };
                let due_s = actor.states.iter().position(is_off).map(|at| at as f64);
                let stations = if sensors == "both and ADS-B" {
                    Station::every()
                } else {
                    vec![Station::mode_s()]
                };
                let thresholds = AdherenceConfig::default();
                let keeps = move |track: &surveillance::Track| {
                    let take_off = begin().plus_seconds(-2_000.0);
                    Some(adherence(&route, take_off, track, None, &thresholds))
                };
                let know = of_any_life(|subject| {
                    let (cleared_level_m, code, callsign) = (None, None, None);
                    let plan = PlanFact { plan: 1, route: &[], cleared_level_m, code, callsign };
                    Subject { plan: Some(plan), ..subject }
                });
                let world = World::of(vec![actor], stations);
                let world = World {
                    know: Box::new(know),
                    keeps: Some(Box::new(keeps)),
                    clutter: 0.0,
                    ..world
                };
                (world, due_s.filter(|_| is_due))
            });
        }
    }
}

/// A rule that a site may write: fast below FL100.
fn of_the_site() {
    heading("A rule of the site: `level_ft < 10000 && speed_kt > 250`");
    let origin = || Origin { file: "score".to_owned(), line: 1, key: "when".to_owned() };
    let rule = SiteRule {
        name: "fast below FL100".to_owned(),
        severity: Severity::Caution,
        when: "level_ft < 10000 && speed_kt > 250".to_owned(),
        stays: Some("level_ft < 10200 && speed_kt > 245".to_owned()),
        when_origin: origin(),
        stays_origin: origin(),
    };
    let site = SiteRules::compile(&[rule], &[]).expect("a sound rule");
    let kinds: [(&str, f64, f64, f64, bool); 4] = [
        ("descends through FL100 at 300 kt (due)", 300.0, 14_000.0, 6_000.0, true),
        ("descends through FL100 at 230 kt", 230.0, 14_000.0, 6_000.0, false),
        ("levels off at FL110 at 300 kt", 300.0, 14_000.0, 11_000.0, false),
        ("level at FL80 at 240 kt", 240.0, 8_000.0, 8_000.0, false),
    ];
    for (name, speed_kt, from_ft, to_ft, is_due) in kinds {
        for sensors in ["Mode S radar 5 s", "both and ADS-B"] {
            score(Rule::Site(0), name, sensors, &|chance| {
                let mut aircraft = level([0.0, 0.0], 90.0, speed_kt, from_ft);
                (aircraft.climb_fpm, aircraft.to_ft) = (-1_500.0, to_ft);
                let actor = Actor::new(aircraft, chance, |_| Tells::airliner(0));
                let below = |state: &crate::rig::State| state.height_m < 10_000.0 * 0.3048;
                let due_s = actor.states.iter().position(below).map(|at| at as f64);
                let stations = if sensors == "both and ADS-B" {
                    Station::every()
                } else {
                    vec![Station::mode_s()]
                };
                let world = World::of(vec![actor], stations);
                let world = World { site: Some(site.clone()), clutter: 0.0, ..world };
                (world, due_s.filter(|_| is_due))
            });
        }
    }
}

pub(crate) fn all() {
    of_the_site();
    claims();
    navigation();
    remote_ids();
    sensors();
    adherences();
}

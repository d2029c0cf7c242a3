//! Two aircraft that meet, or do not.

use crate::rig::{Aircraft, Eye, Row, State, bare, heading, run};
use crate::support::Chance;
use crate::{RUNS, SEED};
use alert::rules::conflict::{ConflictConfig, ConflictRule};
use alert::{PlanFact, Rule, Subject};
use geodesy::units::METRES_PER_FOOT;

/// Seconds of an encounter, and when its two are nearest.
const DURATION_S: usize = 330;
const MEET_S: f64 = 260.0;
/// Beyond any level.
const NEVER_UP: f64 = 60_000.0;

type Pair = [Aircraft; 2];

fn level(at_nm: [f64; 2], course_deg: f64, speed_kt: f64, level_ft: f64) -> Aircraft {
    Aircraft {
        at_nm,
        at_s: MEET_S,
        course_deg,
        speed_kt,
        level_ft,
        climb_fpm: 0.0,
        to_ft: level_ft,
        turn: None,
    }
}

/// Two at one level that pass by `miss_nm` at an angle.
fn meeting(angle_deg: f64, miss_nm: f64, speeds_kt: [f64; 2]) -> Pair {
    let first = level([0.0, 0.0], 90.0, speeds_kt[0], 33_000.0);
    let course_deg = 90.0 + angle_deg;
    // Off the first at right angles to how they move against each other.
    let (a, b) = (90_f64.to_radians(), course_deg.to_radians());
    let moves = [
        speeds_kt[1] * b.sin() - speeds_kt[0] * a.sin(),
        speeds_kt[1] * b.cos() - speeds_kt[0] * a.cos(),
    ];
    let length = moves[0].hypot(moves[1]).max(1e-9);
    let at_nm = [-moves[1] / length * miss_nm, moves[0] / length * miss_nm];
    [first, level(at_nm, course_deg, speeds_kt[1], 33_000.0)]
}

fn speeds(chance: &mut Chance) -> [f64; 2] {
    [chance.within(380.0, 500.0), chance.within(380.0, 500.0)]
}

fn sign(chance: &mut Chance) -> f64 {
    if chance.within(0.0, 1.0) < 0.5 { -1.0 } else { 1.0 }
}

fn crossing(chance: &mut Chance) -> Pair {
    let angle_deg = sign(chance) * chance.within(40.0, 140.0);
    let miss_nm = chance.within(0.0, 3.0);
    meeting(angle_deg, miss_nm, speeds(chance))
}

fn head_on(chance: &mut Chance) -> Pair {
    let angle_deg = chance.within(170.0, 190.0);
    let miss_nm = chance.within(0.0, 3.0);
    meeting(angle_deg, miss_nm, speeds(chance))
}

fn overtaking(chance: &mut Chance) -> Pair {
    let slow = chance.within(380.0, 420.0);
    meeting(
        chance.within(-5.0, 5.0),
        chance.within(0.0, 2.0),
        [slow, slow + chance.within(60.0, 120.0)],
    )
}

/// The second climbs through the level of the first where they meet.
fn climb_through(chance: &mut Chance) -> Pair {
    let [first, second] = crossing(chance);
    let climb_fpm = chance.within(1_000.0, 2_500.0);
    // Within 300 ft of the level when nearest.
    let there_ft = 33_000.0 + chance.within(-300.0, 300.0);
    let level_ft = there_ft - climb_fpm * MEET_S / 60.0;
    [first, Aircraft { level_ft, climb_fpm, to_ft: NEVER_UP, ..second }]
}

/// The second levels off a thousand feet below, a minute before they meet.
fn levels_off_below(chance: &mut Chance) -> Pair {
    let [first, second] = crossing(chance);
    let climb_fpm = chance.within(1_000.0, 2_500.0);
    let level_ft = 32_000.0 - climb_fpm * (MEET_S - chance.within(20.0, 90.0)) / 60.0;
    [first, Aircraft { level_ft, climb_fpm, to_ft: 32_000.0, ..second }]
}

fn thousand_feet_apart(chance: &mut Chance) -> Pair {
    let [first, second] = crossing(chance);
    let level_ft = 34_000.0 + chance.normal(50.0);
    [first, Aircraft { level_ft, to_ft: level_ft, ..second }]
}

fn parallel(chance: &mut Chance) -> Pair {
    let speed_kt = chance.within(400.0, 480.0);
    let second = level([0.0, 5.0], 90.0, speed_kt + chance.within(-20.0, 20.0), 33_000.0);
    [level([0.0, 0.0], 90.0, speed_kt, 33_000.0), second]
}

fn passing(chance: &mut Chance) -> Pair {
    let angle_deg = sign(chance) * chance.within(40.0, 140.0);
    let miss_nm = chance.within(6.0, 8.0);
    meeting(angle_deg, miss_nm, speeds(chance))
}

/// On course to meet, and turned away by a controller a minute and a half before.
fn turned_away(chance: &mut Chance) -> Pair {
    let [first, second] = crossing(chance);
    let right = (second.course_deg - first.course_deg).to_radians().sin() < 0.0;
    // Behind the other.
    let by_deg = if right { -50.0 } else { 50.0 };
    [first, Aircraft { turn: Some((MEET_S - 100.0, by_deg)), ..second }]
}

/// When the two are first nearer than the thresholds.
fn violation_s(first: &[State], second: &[State]) -> Option<f64> {
    let limit = ConflictConfig::default().volumes[1].thresholds.expect("looked at").current;
    first
        .iter()
        .zip(second)
        .position(|(a, b)| {
            a.lateral_m(b) < limit.lateral_m && (a.height_m - b.height_m).abs() < limit.vertical_m
        })
        .map(|second| second as f64)
}

pub(crate) fn score() {
    heading("Conflict: nearer than 4.1 NM and 600 ft");
    type Kind = (&'static str, fn(&mut Chance) -> Pair, Option<f64>);
    let kinds: [Kind; 11] = [
        ("crossing, 0–3 NM", crossing, None),
        ("head-on, 0–3 NM", head_on, None),
        ("overtaking by 60–120 kt", overtaking, None),
        ("climbs through, clearance not known", climb_through, None),
        ("climbs through, cleared to FL390", climb_through, Some(39_000.0)),
        ("levels off 1,000 ft below, clearance not known", levels_off_below, None),
        ("levels off 1,000 ft below, cleared to it", levels_off_below, Some(32_000.0)),
        ("crossing 1,000 ft apart", thousand_feet_apart, None),
        ("parallel at 5 NM", parallel, None),
        ("passing at 6–8 NM", passing, None),
        ("turned away 100 s before", turned_away, None),
    ];
    for (name, make, cleared_ft) in kinds {
        for eye in Eye::BOTH {
            let mut chance = Chance(SEED);
            let mut row = Row::default();
            for _ in 0..RUNS {
                let truth = make(&mut chance).map(|one| one.fly(DURATION_S, &mut chance));
                let told_s = told_s(&truth, eye, cleared_ft, &mut chance);
                let flown_s = 2.0 * DURATION_S as f64;
                row.take(violation_s(&truth[0], &truth[1]), told_s, flown_s);
            }
            row.print(name, eye.name());
        }
    }
}

fn told_s(
    truth: &[Vec<State>; 2],
    eye: Eye,
    cleared_ft: Option<f64>,
    chance: &mut Chance,
) -> Option<f64> {
    let mut rule = ConflictRule::new(ConflictConfig::default());
    let plan = cleared_ft.map(|feet| PlanFact {
        plan: 1,
        route: &[],
        cleared_level_m: Some(feet * METRES_PER_FOOT),
        code: None,
        callsign: None,
    });
    // The one that climbs is known by its rate: the level one is at its cleared level.
    let know = of_any_life(|subject| plan_of(subject, plan));
    let know: &dyn for<'a> Fn(Subject<'a>) -> Subject<'a> =
        if plan.is_some() { &know } else { &bare };
    let opened = run(truth, eye, &Some, know, chance, &mut |scene, firings| {
        rule.evaluate(scene, firings);
    });
    opened.iter().find(|alert| alert.rule == Rule::Conflict).map(|alert| alert.at_s)
}

/// Tells the compiler that a closure takes subjects of any lifetime.
pub(crate) fn of_any_life<F: for<'a> Fn(Subject<'a>) -> Subject<'a>>(closure: F) -> F {
    closure
}

/// The second aircraft has the plan: it tells code 2102.
fn plan_of<'a>(subject: Subject<'a>, plan: Option<PlanFact<'static>>) -> Subject<'a> {
    let second = subject.track().codes.mode_3a.is_some_and(|code| code.bits() == 0o2102);
    Subject { plan: plan.filter(|_| second), ..subject }
}

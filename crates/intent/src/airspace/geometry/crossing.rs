//! Where outlines cross themselves or each other: a side another side, or one outline another at a
//! corner of either. Outlines that only touch, share a corner or run along each other do not cross:
//! that is common (holes drawn by a cut, neighbours) and unambiguous.

use super::chain::{Box2, Chain};
use super::vector::Vec2;
use std::f64::consts::TAU;

/// What is nearer than this is one place, radians: 0.06 m.
const TOUCH_RAD: f64 = 1e-8;
/// Ways that leave a corner under a smaller angle run along each other, radians.
const ALONG_RAD: f64 = 1e-6;
/// Pairs of sides that are compared at most, so that no outline takes for ever.
const PAIRS_MAX: usize = 20_000_000;

/// Two sides that cross.
pub(crate) struct Crossing {
    /// In the plane.
    pub(crate) at: Vec2,
    /// Outline and side.
    pub(crate) first: (usize, usize),
    /// Outline and side.
    pub(crate) second: (usize, usize),
}

/// What was found by comparing all sides.
pub(crate) enum Found {
    /// None crosses another.
    Nothing,
    /// These do.
    Crossing(Crossing),
    /// Too many lie over each other to tell.
    Intricate,
}

/// The first crossing in the order of the outlines, which are closed.
pub(crate) fn first_crossing(outlines: &[Chain]) -> Found {
    let mut pairs = 0;
    for (one, outline) in outlines.iter().enumerate() {
        for side in 0..outline.sides() {
            let (a, b) = outline.side(side);
            let mut around = Box2::EMPTY;
            for end in [a, b] {
                around.add([end[0] - TOUCH_RAD, end[1] - TOUCH_RAD]);
                around.add([end[0] + TOUCH_RAD, end[1] + TOUCH_RAD]);
            }
            for (two, other) in outlines.iter().enumerate() {
                let mut found = None;
                let mut compare = |partner: usize| {
                    if one == two && partner == side {
                        return true;
                    }
                    pairs += 1;
                    let (c, d) = other.side(partner);
                    // Each pair of sides once; a corner with each other side.
                    let later = (two, partner) > (one, side);
                    found = later
                        .then(|| meeting(a, b, c, d))
                        .flatten()
                        .or_else(|| {
                            let crosses = crosses_at_corner(outline, side, other, partner);
                            crosses.then_some(a)
                        })
                        .map(|at| Crossing { at, first: (one, side), second: (two, partner) });
                    found.is_none() && pairs < PAIRS_MAX
                };
                let all = other.beside(&around, &mut compare);
                if let Some(crossing) = found {
                    return Found::Crossing(crossing);
                }
                if !all {
                    return Found::Intricate;
                }
            }
        }
    }
    Found::Nothing
}

/// Whether `outline` passes, at the corner where its side begins, through `other`: at the corner
/// where the partner begins, or between the partner's ends.
fn crosses_at_corner(outline: &Chain, side: usize, other: &Chain, partner: usize) -> bool {
    let (corner, next) = outline.side(side);
    let (c, d) = other.side(partner);
    let distance = |p: Vec2, q: Vec2| (p[0] - q[0]).hypot(p[1] - q[1]);
    let before = outline.side((side + outline.sides() - 1) % outline.sides()).0;
    if distance(corner, d) < TOUCH_RAD {
        // The side that begins there tells.
        return false;
    }
    if distance(corner, c) < TOUCH_RAD {
        let other_before = other.side((partner + other.sides() - 1) % other.sides()).0;
        let bearing = |p: Vec2| (p[1] - corner[1]).atan2(p[0] - corner[0]);
        let turn = |p: Vec2| (bearing(p) - bearing(before)).rem_euclid(TAU);
        // As seen from the corner, turning from the way in: the way out, and the other's two ways.
        let (out, one, two) = (turn(next), turn(other_before), turn(d));
        let along = |way: f64| {
            !(ALONG_RAD..=TAU - ALONG_RAD).contains(&way) || (way - out).abs() < ALONG_RAD
        };
        return !along(one) && !along(two) && (one < out) != (two < out);
    }
    let along = [d[0] - c[0], d[1] - c[1]];
    let length = along[0].hypot(along[1]);
    let share = ((corner[0] - c[0]) * along[0] + (corner[1] - c[1]) * along[1]) / (length * length);
    let away = |p: Vec2| (along[0] * (p[1] - c[1]) - along[1] * (p[0] - c[0])) / length;
    (0.0..=1.0).contains(&share)
        && away(corner).abs() < TOUCH_RAD
        && away(before).min(away(next)) < -TOUCH_RAD
        && away(before).max(away(next)) > TOUCH_RAD
}

/// Where `a`–`b` and `c`–`d` cross, each well within the other.
fn meeting(a: Vec2, b: Vec2, c: Vec2, d: Vec2) -> Option<Vec2> {
    let away = |from: Vec2, to: Vec2, p: Vec2| {
        let along = [to[0] - from[0], to[1] - from[1]];
        let side = along[0] * (p[1] - from[1]) - along[1] * (p[0] - from[0]);
        side / along[0].hypot(along[1])
    };
    let apart = |one: f64, two: f64| one.min(two) < -TOUCH_RAD && one.max(two) > TOUCH_RAD;
    let (of_a, of_b) = (away(c, d, a), away(c, d, b));
    if !apart(of_a, of_b) || !apart(away(a, b, c), away(a, b, d)) {
        return None;
    }
    let share = of_a / (of_a - of_b);
    Some([a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share])
}

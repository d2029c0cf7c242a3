//! Where outlines cross themselves or each other.

use super::chain::{Box2, Chain};
use super::vector::Vec2;

/// A side that comes nearer than this to another's end touches it and does not cross, radians:
/// 0.06 m. Outlines that share a corner or run along each other are common and unambiguous.
const TOUCH_RAD: f64 = 1e-8;
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

/// The first crossing in the order of the outlines.
pub(crate) fn first_crossing(outlines: &[Chain]) -> Found {
    let mut pairs = 0;
    for (one, outline) in outlines.iter().enumerate() {
        for side in 0..outline.sides() {
            let (a, b) = outline.side(side);
            let mut around = Box2::EMPTY;
            around.add(a);
            around.add(b);
            for (two, other) in outlines.iter().enumerate().skip(one) {
                let mut found = None;
                let mut compare = |partner: usize| {
                    if one == two && partner <= side {
                        return true;
                    }
                    pairs += 1;
                    let (c, d) = other.side(partner);
                    found = meeting(a, b, c, d).map(|at| Crossing {
                        at,
                        first: (one, side),
                        second: (two, partner),
                    });
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

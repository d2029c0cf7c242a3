//! A line of many sides, searchable: which side of it a point is, where a path crosses it, how far
//! it is.
//!
//! Sides that follow each other lie close together, so a binary tree over runs of them, in order,
//! serves as the index. A run that is wholly to the right of a point is crossed by the ray from it
//! an odd number of times exactly if its two ends are on different sides of the ray: that makes
//! asking for the side logarithmic for any outline.

use super::vector::{Foot, Plane, Vec2, Vec3, arc_m, difference, dot, sum, times};

/// Sides in a run.
const RUN: usize = 8;
/// Deepest tree: 2^40 runs are more than memory holds.
const STACK: usize = 48;
/// Metres that a box is wider than what it holds, for rounding.
const SLACK_M: f64 = 1e-3;

/// Corners joined by straight lines of the gnomonic plane, which are great ellipses.
#[derive(Debug, Clone)]
pub(crate) struct Chain {
    /// In the plane. Closed chains repeat the first corner.
    points: Vec<Vec2>,
    /// On the ellipsoid, metres.
    feet: Vec<Vec3>,
    /// Binary tree in a row: children of `i` are `2 i` and `2 i + 1`, the root is 1. Nodes of the
    /// lower half are runs.
    boxes: Vec<Box2>,
    spaces: Vec<Box3>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Box2 {
    pub(crate) low: Vec2,
    pub(crate) high: Vec2,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Box3 {
    pub(crate) low: Vec3,
    pub(crate) high: Vec3,
}

/// A straight path in the plane.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Path {
    from: Vec2,
    /// From `from` to the end.
    step: Vec2,
    bounds: Box2,
}

impl Box2 {
    pub(crate) const EMPTY: Box2 = Box2 { low: [f64::INFINITY; 2], high: [f64::NEG_INFINITY; 2] };

    pub(crate) fn add(&mut self, p: Vec2) {
        for ((low, high), own) in self.low.iter_mut().zip(&mut self.high).zip(p) {
            *low = low.min(own);
            *high = high.max(own);
        }
    }

    fn join(self, other: Box2) -> Box2 {
        Box2 {
            low: [self.low[0].min(other.low[0]), self.low[1].min(other.low[1])],
            high: [self.high[0].max(other.high[0]), self.high[1].max(other.high[1])],
        }
    }

    #[inline]
    pub(crate) fn holds(&self, p: Vec2) -> bool {
        self.low[0] <= p[0] && p[0] <= self.high[0] && self.low[1] <= p[1] && p[1] <= self.high[1]
    }

    #[inline]
    pub(crate) fn meets(&self, other: &Box2) -> bool {
        self.low[0] <= other.high[0]
            && other.low[0] <= self.high[0]
            && self.low[1] <= other.high[1]
            && other.low[1] <= self.high[1]
    }
}

impl Box3 {
    pub(crate) const EMPTY: Box3 = Box3 { low: [f64::INFINITY; 3], high: [f64::NEG_INFINITY; 3] };

    pub(crate) fn add(&mut self, p: Vec3) {
        for ((low, high), own) in self.low.iter_mut().zip(&mut self.high).zip(p) {
            *low = low.min(own);
            *high = high.max(own);
        }
    }

    pub(crate) fn join(self, other: Box3) -> Box3 {
        let mut joined = self;
        for axis in 0..3 {
            joined.low[axis] = joined.low[axis].min(other.low[axis]);
            joined.high[axis] = joined.high[axis].max(other.high[axis]);
        }
        joined
    }

    #[inline]
    pub(crate) fn meets(&self, other: &Box3) -> bool {
        (0..3).all(|axis| self.low[axis] <= other.high[axis] && other.low[axis] <= self.high[axis])
    }

    pub(crate) fn widened(self, by: f64) -> Box3 {
        Box3 { low: self.low.map(|x| x - by), high: self.high.map(|x| x + by) }
    }

    /// Square of the distance to the nearest point of it.
    fn distance_squared(&self, p: Vec3) -> f64 {
        let gap = |axis: usize| {
            let gap = (self.low[axis] - p[axis]).max(p[axis] - self.high[axis]).max(0.0);
            gap * gap
        };
        gap(0) + gap(1) + gap(2)
    }
}

impl Path {
    pub(crate) fn between(from: Vec2, to: Vec2) -> Self {
        let mut bounds = Box2::EMPTY;
        bounds.add(from);
        bounds.add(to);
        Self { from, step: [to[0] - from[0], to[1] - from[1]], bounds }
    }

    pub(crate) fn bounds(&self) -> &Box2 {
        &self.bounds
    }

    /// The point at a fraction of the way.
    pub(crate) fn at(&self, fraction: f64) -> Vec2 {
        [self.from[0] + self.step[0] * fraction, self.from[1] + self.step[1] * fraction]
    }

    /// Which side of the path's line a point is, not scaled.
    #[inline]
    fn side(&self, p: Vec2) -> f64 {
        self.step[0] * (p[1] - self.from[1]) - self.step[1] * (p[0] - self.from[0])
    }

    /// Whether its line passes a box.
    fn passes(&self, around: &Box2) -> bool {
        let corners = [
            around.low,
            around.high,
            [around.low[0], around.high[1]],
            [around.high[0], around.low[1]],
        ];
        let sides = corners.map(|corner| self.side(corner));
        let lowest = sides.into_iter().fold(f64::INFINITY, f64::min);
        let highest = sides.into_iter().fold(f64::NEG_INFINITY, f64::max);
        lowest <= 0.0 && highest >= 0.0
    }
}

impl Chain {
    /// Through `corners` in order; two at least.
    pub(crate) fn through(corners: &[Foot], plane: &Plane) -> Option<Self> {
        let points: Option<Vec<Vec2>> =
            corners.iter().map(|corner| plane.project(corner.unit)).collect();
        let (points, feet) = (points?, corners.iter().map(|corner| corner.ecef).collect());
        let mut chain = Self { points, feet, boxes: Vec::new(), spaces: Vec::new() };
        let runs = chain.sides().div_ceil(RUN).max(1);
        let leaves = runs.next_power_of_two();
        chain.boxes = vec![Box2::EMPTY; 2 * leaves];
        chain.spaces = vec![Box3::EMPTY; 2 * leaves];
        for run in 0..runs {
            let (around, space) = chain.around(run * RUN..((run + 1) * RUN).min(chain.sides()));
            chain.boxes[leaves + run] = around;
            chain.spaces[leaves + run] = space;
        }
        for node in (1..leaves).rev() {
            chain.boxes[node] = chain.boxes[2 * node].join(chain.boxes[2 * node + 1]);
            chain.spaces[node] = chain.spaces[2 * node].join(chain.spaces[2 * node + 1]);
        }
        Some(chain)
    }

    fn around(&self, sides: std::ops::Range<usize>) -> (Box2, Box3) {
        let (mut around, mut space) = (Box2::EMPTY, Box3::EMPTY);
        let mut bulge_m = 0.0_f64;
        for side in sides.clone() {
            let chord = difference(self.feet[side + 1], self.feet[side]);
            bulge_m = bulge_m.max(dot(chord, chord) / BULGE_M);
        }
        for corner in sides.start..=sides.end {
            around.add(self.points[corner]);
            space.add(self.feet[corner]);
        }
        (around, space.widened(bulge_m + SLACK_M))
    }

    pub(crate) fn sides(&self) -> usize {
        self.points.len() - 1
    }

    pub(crate) fn bounds(&self) -> &Box2 {
        &self.boxes[1]
    }

    /// Length, metres.
    pub(crate) fn length_m(&self) -> f64 {
        let side = |pair: &[Vec3]| difference(pair[1], pair[0]);
        self.feet.windows(2).map(side).map(|side| arc_m(dot(side, side).sqrt())).sum()
    }

    pub(crate) fn side(&self, index: usize) -> (Vec2, Vec2) {
        (self.points[index], self.points[index + 1])
    }

    /// The sides of a node and whether it is a run.
    fn node(&self, node: usize) -> (std::ops::Range<usize>, bool) {
        let leaves = self.boxes.len() / 2;
        let depth = node.ilog2();
        let wide = leaves >> depth;
        let first = (node - (1 << depth)) * wide * RUN;
        let sides = first.min(self.sides())..(first + wide * RUN).min(self.sides());
        (sides, node >= leaves)
    }

    /// Whether a ray from `p` to the right crosses it an odd number of times.
    pub(crate) fn odd(&self, p: Vec2) -> bool {
        let mut odd = false;
        let mut stack = Stack::new();
        stack.push(1);
        while let Some(node) = stack.pop() {
            let around = &self.boxes[node];
            if p[1] < around.low[1] || p[1] >= around.high[1] || p[0] > around.high[0] {
                continue;
            }
            let (sides, run) = self.node(node);
            if p[0] < around.low[0] {
                odd ^= (self.points[sides.start][1] > p[1]) != (self.points[sides.end][1] > p[1]);
            } else if run {
                for pair in self.points[sides.start..=sides.end].windows(2) {
                    odd ^= right_of(p, pair[0], pair[1]);
                }
            } else {
                stack.push(2 * node);
                stack.push(2 * node + 1);
            }
        }
        odd
    }

    /// Appends the fractions of `path` at which it crosses, in no order.
    pub(crate) fn crossings(&self, path: &Path, fractions: &mut Vec<f64>) {
        let mut stack = Stack::new();
        stack.push(1);
        while let Some(node) = stack.pop() {
            let around = &self.boxes[node];
            if !around.meets(&path.bounds) || !path.passes(around) {
                continue;
            }
            let (sides, run) = self.node(node);
            if !run {
                stack.push(2 * node);
                stack.push(2 * node + 1);
                continue;
            }
            for pair in self.points[sides.start..=sides.end].windows(2) {
                fractions.extend(crossing(path, pair[0], pair[1]));
            }
        }
    }

    /// Calls `visit` for each side whose box meets that of side `a`–`b`, until it returns false.
    pub(crate) fn beside(&self, around: &Box2, visit: &mut impl FnMut(usize) -> bool) -> bool {
        let mut stack = Stack::new();
        stack.push(1);
        while let Some(node) = stack.pop() {
            if !self.boxes[node].meets(around) {
                continue;
            }
            let (sides, run) = self.node(node);
            if !run {
                stack.push(2 * node);
                stack.push(2 * node + 1);
                continue;
            }
            for side in sides {
                if !visit(side) {
                    return false;
                }
            }
        }
        true
    }

    /// Square of the straight distance from a foot to the nearest point of the chain, or `best`
    /// where that is less, m².
    pub(crate) fn distance_squared(&self, from: Vec3, best: f64) -> f64 {
        let mut best = best;
        let mut stack = Stack::new();
        stack.push(1);
        while let Some(node) = stack.pop() {
            if self.spaces[node].distance_squared(from) >= best {
                continue;
            }
            let (sides, run) = self.node(node);
            if run {
                for pair in self.feet[sides.start..=sides.end].windows(2) {
                    best = best.min(side_distance_squared(from, pair[0], pair[1]));
                }
                continue;
            }
            let (left, right) = (2 * node, 2 * node + 1);
            let nearer_left = self.spaces[left].distance_squared(from)
                <= self.spaces[right].distance_squared(from);
            let (near, far) = if nearer_left { (left, right) } else { (right, left) };
            stack.push(far);
            stack.push(near);
        }
        best
    }
}

/// Eight times the Earth's radius: a chord of length c is c²/8R below its arc.
const BULGE_M: f64 = 8.0 * 6_335_000.0;

/// Straight distance from a foot to a side, squared: the side's chord is raised to the ellipsoid,
/// on which both then are.
fn side_distance_squared(from: Vec3, a: Vec3, b: Vec3) -> f64 {
    let along = difference(b, a);
    let length_squared = dot(along, along);
    let share = if length_squared > 0.0 {
        (dot(difference(from, a), along) / length_squared).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let on_chord = sum(a, times(along, share));
    let bulge_m = 4.0 * share * (1.0 - share) * length_squared / BULGE_M;
    let raised = times(on_chord, 1.0 + bulge_m / dot(on_chord, on_chord).sqrt());
    let gap = difference(from, raised);
    dot(gap, gap)
}

/// Whether the ray from `p` to the right crosses `a`–`b`. An end on the ray counts as below it.
#[inline]
fn right_of(p: Vec2, a: Vec2, b: Vec2) -> bool {
    if (a[1] > p[1]) == (b[1] > p[1]) {
        return false;
    }
    let side = (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);
    (side > 0.0) == (b[1] > a[1])
}

/// At which fraction of the path it crosses `a`–`b`. An end on the path's line counts as right of
/// it, so that a corner on the path is crossed once or not at all.
#[inline]
fn crossing(path: &Path, a: Vec2, b: Vec2) -> Option<f64> {
    let (side_a, side_b) = (path.side(a), path.side(b));
    if (side_a > 0.0) == (side_b > 0.0) {
        return None;
    }
    let share = side_a / (side_a - side_b);
    let x = a[0] + (b[0] - a[0]) * share - path.from[0];
    let y = a[1] + (b[1] - a[1]) * share - path.from[1];
    let length_squared = path.step[0] * path.step[0] + path.step[1] * path.step[1];
    let fraction = (x * path.step[0] + y * path.step[1]) / length_squared;
    (fraction > 0.0 && fraction <= 1.0).then_some(fraction)
}

/// Nodes still to look at; as deep as a tree can be, so that nothing is allocated.
struct Stack {
    nodes: [usize; STACK],
    length: usize,
}

impl Stack {
    fn new() -> Self {
        Self { nodes: [0; STACK], length: 0 }
    }

    #[inline]
    fn push(&mut self, node: usize) {
        self.nodes[self.length] = node;
        self.length += 1;
    }

    #[inline]
    fn pop(&mut self) -> Option<usize> {
        self.length = self.length.checked_sub(1)?;
        Some(self.nodes[self.length])
    }
}

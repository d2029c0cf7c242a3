//! Two aircraft that fly on as they do: when they are how near, in closed form.
//!
//! The horizontal and the vertical are apart, as separation minima are: a pair is in conflict
//! while it is nearer than one distance across and than another up and down.

/// A span of time, seconds from now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// When it begins.
    pub from_s: f64,
    /// When it ends; not before it begins.
    pub to_s: f64,
}

/// Where the second aircraft is as the first sees it, and how that changes: metres and metres a
/// second, east and north of the first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Relative {
    /// Position of the second less that of the first.
    pub offset_m: [f64; 2],
    /// Velocity of the second less that of the first.
    pub velocity_mps: [f64; 2],
}

/// How a height goes on: steadily until it levels off, if it does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Profile {
    /// Height now, metres.
    pub height_m: f64,
    /// Climb rate, m/s, climb positive.
    pub rate_mps: f64,
    /// When it levels off, seconds from now; infinite if it does not.
    pub level_off_s: f64,
}

impl Profile {
    /// Goes on without an end.
    pub fn steady(height_m: f64, rate_mps: f64) -> Self {
        Self { height_m, rate_mps, level_off_s: f64::INFINITY }
    }

    /// Goes on until it reaches `level_m`; steadily if that is not where it is bound.
    pub fn to_level(height_m: f64, rate_mps: f64, level_m: f64) -> Self {
        let level_off_s = (level_m - height_m) / rate_mps;
        let reaches = level_off_s.is_finite() && level_off_s >= 0.0;
        Self { height_m, rate_mps, level_off_s: if reaches { level_off_s } else { f64::INFINITY } }
    }

    /// Height at an instant, metres.
    pub fn at(&self, time_s: f64) -> f64 {
        self.height_m + self.rate_mps * time_s.min(self.level_off_s)
    }
}

impl Relative {
    /// Distance at an instant, metres.
    pub fn distance_m(&self, time_s: f64) -> f64 {
        let [x, y] = self.at(time_s);
        x.hypot(y)
    }

    fn at(&self, time_s: f64) -> [f64; 2] {
        [0, 1].map(|axis| self.offset_m[axis] + self.velocity_mps[axis] * time_s)
    }

    /// When they are nearest within the look-ahead, seconds from now: now if they draw apart.
    pub fn closest_s(&self, look_ahead_s: f64) -> f64 {
        let closing = -dot(self.offset_m, self.velocity_mps);
        let speed_squared = dot(self.velocity_mps, self.velocity_mps);
        if closing <= 0.0 || speed_squared == 0.0 {
            return 0.0;
        }
        (closing / speed_squared).min(look_ahead_s)
    }

    /// How fast the distance grows now, m/s; negative while they close.
    pub fn range_rate_mps(&self) -> f64 {
        let distance_m = self.offset_m[0].hypot(self.offset_m[1]);
        if distance_m == 0.0 {
            return 0.0;
        }
        dot(self.offset_m, self.velocity_mps) / distance_m
    }

    /// The part of the look-ahead in which they are nearer than `distance_m`.
    pub fn nearer_than(&self, distance_m: f64, look_ahead_s: f64) -> Option<Span> {
        // |offset + velocity t|² < distance²: a t² + 2 b t + c < 0
        let a = dot(self.velocity_mps, self.velocity_mps);
        let b = dot(self.offset_m, self.velocity_mps);
        let c = dot(self.offset_m, self.offset_m) - distance_m * distance_m;
        // Below a micrometre a second nothing moves within any look-ahead, and a quotient by it
        // would not be a time.
        if a < 1e-12 {
            return (c < 0.0).then_some(Span { from_s: 0.0, to_s: look_ahead_s });
        }
        let discriminant = b * b - a * c;
        if discriminant <= 0.0 {
            return None;
        }
        let root = discriminant.sqrt();
        let span =
            Span { from_s: ((-b - root) / a).max(0.0), to_s: ((-b + root) / a).min(look_ahead_s) };
        (span.from_s < span.to_s).then_some(span)
    }
}

/// The first instant in `span` at which the heights are nearer than `distance_m`, seconds from now.
pub fn first_nearer(first: &Profile, second: &Profile, distance_m: f64, span: Span) -> Option<f64> {
    let mut bends = [first.level_off_s, second.level_off_s];
    if bends[0] > bends[1] {
        bends.swap(0, 1);
    }
    let mut from_s = span.from_s;
    for end in [bends[0], bends[1], f64::INFINITY] {
        let to_s = end.min(span.to_s);
        if to_s < from_s {
            continue;
        }
        // Straight between bends.
        let apart = |time_s: f64| second.at(time_s) - first.at(time_s);
        let (begin_m, end_m) = (apart(from_s), apart(to_s));
        if begin_m.abs() < distance_m {
            return Some(from_s);
        }
        let edge_m = distance_m.copysign(begin_m);
        let crosses = (end_m - edge_m) * begin_m.signum() < 0.0;
        if crosses && to_s > from_s {
            return Some(from_s + (to_s - from_s) * (begin_m - edge_m) / (begin_m - end_m));
        }
        if to_s >= span.to_s {
            return None;
        }
        from_s = to_s;
    }
    None
}

fn dot(a: [f64; 2], b: [f64; 2]) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_head_on_at_450_knots_and_20_nm_are_within_5_nm_after_60_seconds() {
        // 900 kt of closing, 15 NM to go: one minute.
        let pair = Relative { offset_m: [37_040.0, 0.0], velocity_mps: [-463.0, 0.0] };
        let span = pair.nearer_than(9_260.0, 120.0).unwrap();
        assert!((span.from_s - 60.0).abs() < 1e-9, "{span:?}");
        assert!((pair.closest_s(120.0) - 80.0).abs() < 1e-9);
        assert!((pair.range_rate_mps() + 463.0).abs() < 1e-9);
    }

    #[test]
    fn one_that_levels_off_a_thousand_feet_below_stays_apart() {
        let above = Profile::steady(3_048.0, 0.0);
        let climbs = Profile::to_level(2_000.0, 10.0, 2_743.2);
        let whole = Span { from_s: 0.0, to_s: 120.0 };
        assert_eq!(first_nearer(&above, &climbs, 182.88, whole), None);
        let on = Profile::steady(2_000.0, 10.0);
        let at_s = first_nearer(&above, &on, 182.88, whole).unwrap();
        assert!((at_s - (1_048.0 - 182.88) / 10.0).abs() < 1e-9, "{at_s}");
    }

    fn relative() -> impl Strategy<Value = Relative> {
        let metres = -40_000.0..40_000.0;
        let speed = -500.0..500.0;
        ([metres.clone(), metres], [speed.clone(), speed])
            .prop_map(|(offset_m, velocity_mps)| Relative { offset_m, velocity_mps })
    }

    fn profile() -> impl Strategy<Value = Profile> {
        (0.0..3_000.0, -25.0..25.0, prop_oneof![Just(f64::INFINITY), 0.0..120.0]).prop_map(
            |(height_m, rate_mps, level_off_s)| Profile { height_m, rate_mps, level_off_s },
        )
    }

    const STEP_S: f64 = 0.05;
    const LOOK_S: f64 = 120.0;

    fn samples() -> impl Iterator<Item = f64> {
        (0..=(LOOK_S / STEP_S) as u32).map(|step| f64::from(step) * STEP_S)
    }

    proptest! {
        #[test]
        fn the_span_of_nearness_is_what_dense_samples_say(pair in relative(), near_m in 500.0..15_000.0) {
            let near: Vec<f64> = samples().filter(|t| pair.distance_m(*t) < near_m).collect();
            match pair.nearer_than(near_m, LOOK_S) {
                Some(span) => {
                    if span.to_s - span.from_s > 2.0 * STEP_S {
                        prop_assert!((near[0] - span.from_s).abs() <= STEP_S + 1e-6);
                        prop_assert!((near[near.len() - 1] - span.to_s).abs() <= STEP_S + 1e-6);
                    }
                }
                None => prop_assert!(near.is_empty(), "{near:?}"),
            }
        }

        #[test]
        fn the_closest_approach_is_what_dense_samples_say(pair in relative()) {
            let least = samples().map(|t| pair.distance_m(t)).fold(f64::INFINITY, f64::min);
            let found = pair.distance_m(pair.closest_s(LOOK_S));
            prop_assert!(found <= least + 1e-6 && least - found < 800.0 * STEP_S);
        }

        #[test]
        fn the_first_vertical_nearness_is_what_dense_samples_say(
            a in profile(), b in profile(), near_m in 50.0..600.0, from_s in 0.0..60.0, for_s in 0.1..60.0,
        ) {
            let span = Span { from_s, to_s: from_s + for_s };
            let first = samples()
                .filter(|t| *t >= span.from_s && *t <= span.to_s)
                .find(|t| (b.at(*t) - a.at(*t)).abs() < near_m);
            match first_nearer(&a, &b, near_m, span) {
                Some(at_s) => {
                    prop_assert!(at_s >= from_s && at_s <= span.to_s + 1e-9);
                    // It is at the edge or inside there, and no sample was inside before.
                    prop_assert!((b.at(at_s) - a.at(at_s)).abs() <= near_m + 1e-6);
                    if let Some(first) = first {
                        prop_assert!(at_s <= first + 1e-9);
                    }
                }
                None => prop_assert_eq!(first, None),
            }
        }
    }
}

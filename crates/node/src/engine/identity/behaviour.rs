//! How each track moves: as traffic does, or as none does.

use picture::identity::Behaviour;
use std::collections::BTreeMap;
use surveillance::{Time, Track, TrackNumber};

/// Seconds after which what was turned counts a third.
const WHILE_S: f64 = 120.0;
/// Turned so much of late, radians, it circles: a standard turn kept up for two minutes. A holding
/// pattern turns half as much.
const CIRCLES_RAD: f64 = 1.5 * std::f64::consts::PI;
/// Turned less of late, radians, it is on its way.
const STRAIGHT_RAD: f64 = std::f64::consts::FRAC_PI_4;
/// A course that differs by less may be the same with noise, radians.
const NOISE_RAD: f64 = 15.0 * std::f64::consts::PI / 180.0;
/// Faster than any civil traffic, m/s: 660 kt.
const SPEED_MAX_MPS: f64 = 340.0;
/// Slower, courses mean little, m/s: 60 kt.
const SPEED_MIN_MPS: f64 = 31.0;
/// Climbs or descends faster than traffic does, m/s: 9,000 ft a minute.
const CLIMB_MAX_MPS: f64 = 46.0;
/// Seconds for which it must be looked at before anything is said.
const SEEN_S: f64 = 60.0;
/// No step of the clock counts as more, seconds.
const STEP_MAX_S: f64 = 5.0;

/// What is remembered of a track.
#[derive(Debug, Clone, Copy, Default)]
struct Moved {
    course_rad: Option<f64>,
    turned_rad: f64,
    seen_s: f64,
    last: Option<Time>,
}

/// All tracks of the picture.
#[derive(Debug, Default)]
pub(in crate::engine) struct Behaviours {
    moved: BTreeMap<TrackNumber, Moved>,
}

impl Behaviours {
    /// How a track moves at `now`; `None` where that cannot be said.
    pub(in crate::engine) fn look(&mut self, track: &Track, now: Time) -> Option<Behaviour> {
        let moved = self.moved.entry(track.number).or_default();
        let step_s = moved.last.map_or(0.0, |last| now.seconds_since(last));
        moved.last = Some(now);
        let speed_mps = track.velocity.east.hypot(track.velocity.north);
        if track.on_ground || speed_mps < SPEED_MIN_MPS {
            moved.course_rad = None;
            return None;
        }
        let step_s = step_s.clamp(0.0, STEP_MAX_S);
        let course_rad = track.velocity.east.atan2(track.velocity.north);
        let before = *moved.course_rad.get_or_insert(course_rad);
        let turn = (course_rad - before).abs() % std::f64::consts::TAU;
        let turn = turn.min(std::f64::consts::TAU - turn);
        moved.turned_rad *= (-step_s / WHILE_S).exp();
        if turn > NOISE_RAD {
            moved.course_rad = Some(course_rad);
            moved.turned_rad += turn;
        }
        moved.seen_s += step_s;
        let climb_mps = track.vertical_rate_mps.unwrap_or(0.0).abs();
        if moved.seen_s < SEEN_S {
            None
        } else if moved.turned_rad > CIRCLES_RAD
            || speed_mps > SPEED_MAX_MPS
            || climb_mps > CLIMB_MAX_MPS
        {
            Some(Behaviour::Erratic)
        } else if moved.turned_rad < STRAIGHT_RAD {
            Some(Behaviour::Regular)
        } else {
            None
        }
    }

    /// A track ended.
    pub(in crate::engine) fn end(&mut self, number: TrackNumber) {
        self.moved.remove(&number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geodesy::{Enu, Geodetic};
    use surveillance::{AdsbQuality, Codes, Phase};

    fn track(course_deg: f64, speed_mps: f64, climb_mps: f64, now: Time) -> Track {
        let (sin, cos) = course_deg.to_radians().sin_cos();
        Track {
            number: TrackNumber(1),
            phase: Phase::Confirmed,
            time: now,
            position: Geodetic::from_degrees(42.0, 74.0, 0.0).unwrap(),
            height_sd_m: None,
            velocity: Enu { east: speed_mps * sin, north: speed_mps * cos, up: 0.0 },
            position_covariance: [900.0, 0.0, 900.0],
            velocity_covariance: [4.0, 0.0, 4.0],
            pressure_altitude_m: None,
            pressure_altitude_time: None,
            vertical_rate_mps: Some(climb_mps),
            on_ground: false,
            codes: Codes::default(),
            quality: AdsbQuality::default(),
            category: None,
            first: now,
            last: now,
            contributors: Default::default(),
        }
    }

    /// What is said after ten minutes of a course, degrees, at each second.
    fn after(course_deg: impl Fn(f64) -> f64, speed_mps: f64, climb_mps: f64) -> Option<Behaviour> {
        let mut behaviours = Behaviours::default();
        let mut said = None;
        for second in 0..600 {
            let now = Time::from_unix_seconds(f64::from(second));
            let course_deg = course_deg(f64::from(second));
            said = behaviours.look(&track(course_deg, speed_mps, climb_mps, now), now);
        }
        said
    }

    #[test]
    fn who_flies_on_is_regular_who_circles_is_not_and_a_holding_says_nothing() {
        // Seven degrees of noise on a straight course.
        let straight = |s: f64| 90.0 + (s * 1.7).sin() * 7.0;
        assert_eq!(after(straight, 220.0, 0.0), Some(Behaviour::Regular));
        assert_eq!(after(|s| 3.0 * s, 120.0, 0.0), Some(Behaviour::Erratic));
        // A minute of turn, a minute of leg.
        let holding = |s: f64| 180.0 * (s / 120.0).floor() + 3.0 * (s % 120.0).min(60.0);
        assert_eq!(after(holding, 110.0, 0.0), None);
        assert_eq!(after(straight, 400.0, 0.0), Some(Behaviour::Erratic));
        assert_eq!(after(straight, 220.0, -60.0), Some(Behaviour::Erratic));
        assert_eq!(after(straight, 10.0, 0.0), None);
    }
}

//! A target's way: flown step by step over the ellipsoid, read at any instant.

use geodesy::{Ecef, Enu, Geodetic, LocalFrame};

/// Seconds between the points that are kept.
const SAMPLE_S: f64 = 1.0;
/// Steps of the integration between them.
const STEPS: u32 = 4;

/// How a target moves now.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Steering {
    /// Turn, rad/s, to the right positive.
    pub turn_rad_s: f64,
    /// Change of speed over the ground, m/s².
    pub acceleration_mps2: f64,
    /// Climb, m/s.
    pub climb_mps: f64,
}

/// Where a target is and how it moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    /// Where.
    pub position: Geodetic,
    /// Track angle over the ground, radians clockwise from north.
    pub heading_rad: f64,
    /// Speed over the ground, m/s.
    pub speed_mps: f64,
}

#[derive(Debug, Clone, Copy)]
struct Sample {
    at: [f64; 3],
    /// m/s in earth-centred axes.
    velocity: [f64; 3],
    manoeuvre: bool,
}

/// A target's way: positions a second apart and what lies between by cubic interpolation, which is
/// within centimetres even in a turn of 3 g.
#[derive(Debug, Clone)]
pub struct Path {
    from_s: f64,
    samples: Vec<Sample>,
}

impl Path {
    /// Flies from `start` at `from_s` until `to_s`; `steer` says how, given the seconds since the
    /// start and where it is. Straight flight is along a geodesic.
    pub fn fly(
        start: Moment,
        from_s: f64,
        to_s: f64,
        mut steer: impl FnMut(f64, &Moment) -> Steering,
    ) -> Self {
        let step_s = SAMPLE_S / f64::from(STEPS);
        let count = ((to_s - from_s) / SAMPLE_S).ceil().max(1.0) as usize + 1;
        let mut samples = Vec::with_capacity(count);
        let mut now = start;
        for second in 0..count {
            let mut flown_s = second as f64 * SAMPLE_S;
            let mut steering = steer(flown_s, &now);
            samples.push(Sample::of(&now, &steering));
            for step in 0..STEPS {
                if step > 0 {
                    steering = steer(flown_s, &now);
                }
                now = now.after(step_s, &steering);
                flown_s += step_s;
            }
        }
        Self { from_s, samples }
    }

    /// First and last second.
    pub fn span_s(&self) -> (f64, f64) {
        (self.from_s, self.from_s + (self.samples.len() - 1) as f64 * SAMPLE_S)
    }

    /// Position, velocity over the ground and whether it manoeuvres; `None` while it is not there.
    pub fn at(&self, t_s: f64) -> Option<(Ecef, [f64; 3], bool)> {
        let place = (t_s - self.from_s) / SAMPLE_S;
        let last = self.samples.len().checked_sub(2)?;
        if !(0.0..=(last + 1) as f64).contains(&place) {
            return None;
        }
        let index = (place as usize).min(last);
        let (a, b) = (&self.samples[index], &self.samples[index + 1]);
        let u = place - index as f64;
        let (u2, u3) = (u * u, u * u * u);
        // cubic Hermite and its derivative
        let weights = [2.0 * u3 - 3.0 * u2 + 1.0, u3 - 2.0 * u2 + u, 3.0 * u2 - 2.0 * u3, u3 - u2];
        let slopes = [6.0 * (u2 - u), 3.0 * u2 - 4.0 * u + 1.0, 6.0 * (u - u2), 3.0 * u2 - 2.0 * u];
        let mix = |w: [f64; 4], axis: usize| {
            w[0] * a.at[axis]
                + w[1] * SAMPLE_S * a.velocity[axis]
                + w[2] * b.at[axis]
                + w[3] * SAMPLE_S * b.velocity[axis]
        };
        let [x_m, y_m, z_m] = [0, 1, 2].map(|axis| mix(weights, axis));
        let velocity = [0, 1, 2].map(|axis| mix(slopes, axis) / SAMPLE_S);
        Some((Ecef { x_m, y_m, z_m }, velocity, a.manoeuvre))
    }
}

impl Sample {
    fn of(now: &Moment, steering: &Steering) -> Self {
        let (sin, cos) = now.heading_rad.sin_cos();
        let velocity =
            Enu { east: now.speed_mps * sin, north: now.speed_mps * cos, up: steering.climb_mps };
        let at = now.position.to_ecef();
        Self {
            at: [at.x_m, at.y_m, at.z_m],
            velocity: LocalFrame::at(now.position).rotate_to_ecef(velocity),
            manoeuvre: steering.turn_rad_s.abs() > 1e-3 || steering.acceleration_mps2.abs() > 0.3,
        }
    }
}

impl Moment {
    fn after(&self, step_s: f64, steering: &Steering) -> Self {
        let middle = self.heading_rad + steering.turn_rad_s * step_s / 2.0;
        let speed_mps = (self.speed_mps + steering.acceleration_mps2 * step_s).max(0.5);
        let way_m = (self.speed_mps + speed_mps) / 2.0 * step_s;
        // over the ground: arcs grow with height
        let here = LocalFrame::at(self.position);
        let there = here.geodetic_from_enu(Enu {
            east: way_m * middle.sin(),
            north: way_m * middle.cos(),
            up: 0.0,
        });
        let height_m = self.position.height_m + steering.climb_mps * step_s;
        let position = there.at_height(height_m);
        // carried along: the same direction in space, seen from the new place
        let ahead = self.heading_rad + steering.turn_rad_s * step_s;
        let direction = Enu { east: ahead.sin(), north: ahead.cos(), up: 0.0 };
        let turned = LocalFrame::at(position).rotate_from_ecef(here.rotate_to_ecef(direction));
        Self { position, heading_rad: turned.east.atan2(turned.north), speed_mps }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geodesy::Geodesic;

    fn start(lat: f64, lon: f64, heading_deg: f64) -> Moment {
        Moment {
            position: Geodetic::from_degrees(lat, lon, 0.0).unwrap(),
            heading_rad: heading_deg.to_radians(),
            speed_mps: 250.0,
        }
    }

    /// Karney's geodesic, by another implementation, is the straight way: over a pole too.
    #[test]
    fn straight_flight_is_a_geodesic_anywhere() {
        for (lat, lon, heading_deg) in
            [(50.0, 15.0, 47.0), (-33.0, 179.9, 88.0), (89.2, 20.0, 3.0), (0.0, 0.0, 200.0)]
        {
            let start = start(lat, lon, heading_deg);
            let path = Path::fly(start, 0.0, 1_000.0, |_, _| Steering::default());
            let (there, _, _) = path.at(1_000.0).unwrap();
            let line = Geodesic { distance_m: 250_000.0, bearing_rad: start.heading_rad };
            let off_m = there.distance_m(start.position.travel(line).to_ecef());
            assert!(off_m < 2.0, "{lat} {lon}: {off_m} m off");
        }
    }

    #[test]
    fn a_turn_of_three_g_is_a_circle_between_the_samples_too() {
        let turn_rad_s = 3.0 * 9.80665 / 250.0;
        let start = start(64.0, -179.99, 10.0);
        let path =
            Path::fly(start, 0.0, 60.0, |_, _| Steering { turn_rad_s, ..Steering::default() });
        let frame = LocalFrame::at(start.position);
        let radius_m = 250.0 / turn_rad_s;
        let (sin, cos) = start.heading_rad.sin_cos();
        let centre = (radius_m * cos, -radius_m * sin);
        for tenth in 0..500 {
            let (at, velocity, manoeuvre) = path.at(f64::from(tenth) / 10.0).unwrap();
            let at = frame.enu_from_ecef(at);
            let off_m = (at.east - centre.0).hypot(at.north - centre.1) - radius_m;
            assert!(off_m.abs() < 0.6, "{off_m} m off at {tenth}");
            let v = frame.rotate_from_ecef(velocity);
            assert!((v.east.hypot(v.north) - 250.0).abs() < 0.6);
            assert!(manoeuvre);
        }
    }
}

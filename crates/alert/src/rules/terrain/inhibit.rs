//! Where aircraft are low because they land or take off.

use crate::AerodromeFact;
use crate::rules::Ground;
use crate::rules::path::dot;
use geodesy::{Ecef, Enu, Geodetic, LocalFrame};

/// A volume in which the rule is silent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Inhibited {
    /// Around an aerodrome.
    Cylinder {
        /// Its middle; the height is not used.
        centre: Geodetic,
        /// How far, metres.
        radius_m: f64,
        /// Up to here, metres above mean sea level.
        top_m: f64,
    },
    /// A final approach: a sector before a threshold, above the lower edge of the glide path, and
    /// the runway behind it. Who is below that edge is not inhibited.
    Approach {
        /// The threshold; the height is not used.
        threshold: Geodetic,
        /// Its height, metres above mean sea level.
        threshold_m: f64,
        /// True course on which it is landed, radians.
        course_rad: f64,
        /// How far before the threshold, metres.
        length_m: f64,
        /// Half width at the threshold, metres.
        half_width_m: f64,
        /// The sides open by this to either side, radians.
        half_angle_rad: f64,
        /// The lower edge rises by this from the threshold, radians: a glide path of 3° less what
        /// is allowed below it.
        lower_edge_rad: f64,
    },
}

/// How far past a threshold a landing goes on, metres: the longest runways and their ends.
const RUNWAY_M: f64 = 5_500.0;
/// How far a course may be off that of an approach, cosine: 45°.
const ON_COURSE: f64 = std::f64::consts::FRAC_1_SQRT_2;

#[derive(Debug, Clone)]
struct Ready {
    /// Around where it is, and as far as it can reach, earth-centred.
    centre_m: [f64; 3],
    reach_squared: f64,
    frame: LocalFrame,
    volume: Inhibited,
}

/// All of them, ready for many points.
#[derive(Debug, Default)]
pub(super) struct Inhibitions {
    configured: Vec<Ready>,
    aerodromes: Vec<Ready>,
    seen: Vec<AerodromeFact>,
}

impl Inhibitions {
    pub(super) fn of(volumes: &[Inhibited]) -> Self {
        Self { configured: volumes.iter().map(Ready::of).collect(), ..Self::default() }
    }

    /// A cylinder around each aerodrome; made again only where they changed.
    pub(super) fn set_aerodromes(
        &mut self,
        aerodromes: &[AerodromeFact],
        radius_m: f64,
        top_m: f64,
        ground: &dyn Ground,
    ) {
        if self.seen == aerodromes {
            return;
        }
        self.seen = aerodromes.to_vec();
        self.aerodromes.clear();
        if radius_m <= 0.0 {
            return;
        }
        self.aerodromes.extend(aerodromes.iter().map(|aerodrome| {
            let centre = aerodrome.position;
            let elevation_m = centre.height_m - ground.undulation_m(centre).unwrap_or(0.0);
            Ready::of(&Inhibited::Cylinder { centre, radius_m, top_m: elevation_m + top_m })
        }));
    }

    /// Whether one holds a point over the ground (on the ellipsoid, earth-centred) at a height over
    /// the sea, flown through with this velocity.
    pub(super) fn hold(&self, foot_m: [f64; 3], height_m: f64, velocity: Enu) -> bool {
        self.configured
            .iter()
            .chain(&self.aerodromes)
            .any(|ready| ready.holds(foot_m, height_m, velocity))
    }
}

impl Ready {
    fn of(volume: &Inhibited) -> Self {
        let (centre, reach_m) = match volume {
            Inhibited::Cylinder { centre, radius_m, .. } => (centre, *radius_m),
            Inhibited::Approach { threshold, length_m, half_width_m, half_angle_rad, .. } => {
                let length_m = length_m.max(RUNWAY_M);
                (threshold, length_m / half_angle_rad.cos().max(0.1) + half_width_m)
            }
        };
        let centre = centre.at_height(0.0);
        let Ecef { x_m, y_m, z_m } = centre.to_ecef();
        Self {
            centre_m: [x_m, y_m, z_m],
            reach_squared: reach_m * reach_m,
            frame: LocalFrame::at(centre),
            volume: *volume,
        }
    }

    fn holds(&self, foot_m: [f64; 3], height_m: f64, velocity: Enu) -> bool {
        let apart = [0, 1, 2].map(|axis| foot_m[axis] - self.centre_m[axis]);
        if dot(apart, apart) > self.reach_squared {
            return false;
        }
        match self.volume {
            Inhibited::Cylinder { top_m, .. } => height_m < top_m,
            Inhibited::Approach {
                threshold_m,
                course_rad,
                length_m,
                half_width_m,
                half_angle_rad,
                lower_edge_rad,
                ..
            } => {
                let at = self.frame.rotate_from_ecef(apart);
                let (sin, cos) = course_rad.sin_cos();
                let before_m = -(at.east * sin + at.north * cos);
                let aside_m = (at.east * cos - at.north * sin).abs();
                let along_mps = velocity.east * sin + velocity.north * cos;
                let speed_mps = velocity.east.hypot(velocity.north);
                let out_m = before_m.max(0.0);
                let above_edge = height_m >= threshold_m + out_m * lower_edge_rad.tan();
                (-RUNWAY_M..=length_m).contains(&before_m)
                    && aside_m <= half_width_m + out_m * half_angle_rad.tan()
                    && along_mps >= ON_COURSE * speed_mps
                    && (above_edge || before_m < 0.0)
            }
        }
    }
}

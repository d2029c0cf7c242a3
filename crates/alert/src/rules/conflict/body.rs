//! One track as the conflict rule sees it: where it is now, where it goes, and by which
//! thresholds.

use super::config::{ConflictConfig, Region};
use super::encounter::{Profile, Relative};
use super::pairs::Reach;
use geodesy::{Ecef, Geodetic};
use surveillance::{Codes, Time, Track, TrackNumber};

/// The Earth's surface bends away from straight lines by less than this over any look-ahead at
/// `speed_max_mps`, as far as the distance of a pair in conflict is concerned, metres.
const BEND_M: f64 = 100.0;

#[derive(Debug, Clone, Copy)]
pub(super) struct Body {
    pub(super) number: TrackNumber,
    pub(super) codes: Codes,
    pub(super) last: Time,
    pub(super) first: Time,
    /// Under the aircraft on the ellipsoid, earth-centred, metres.
    foot_m: [f64; 3],
    /// Over the ground, earth-centred axes, m/s.
    velocity_mps: [f64; 3],
    east: [f64; 3],
    north: [f64; 3],
    /// On the standard atmosphere, metres, now.
    pub(super) level_m: Option<f64>,
    /// Measured, over the ellipsoid, metres, now.
    pub(super) height_m: Option<f64>,
    /// 0 if as good as level.
    pub(super) rate_mps: f64,
    /// Where it is cleared to, metres on the standard atmosphere.
    pub(super) cleared_m: Option<f64>,
    pub(super) military: bool,
    /// Whether its velocity is good enough to look ahead with.
    pub(super) predictable: bool,
    /// Its volume's place in the configuration.
    pub(super) volume: usize,
}

/// Why a track is not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Excluded {
    OnGround,
    Slow,
    Unbelievable,
    Lost,
    HeightUnknown,
    Inhibited,
}

impl Body {
    pub(super) fn of(
        track: &Track,
        cleared_m: Option<f64>,
        now: Time,
        config: &ConflictConfig,
        regions: &[Disc],
    ) -> Result<Self, Excluded> {
        if track.on_ground {
            return Err(Excluded::OnGround);
        }
        let (east_mps, north_mps) = (track.velocity.east, track.velocity.north);
        let speed_mps = east_mps.hypot(north_mps);
        let place = track.position;
        let finite = place.latitude_rad.is_finite() && place.longitude_rad.is_finite();
        if !(finite && speed_mps <= config.speed_max_mps) {
            return Err(Excluded::Unbelievable);
        }
        if speed_mps < config.speed_min_mps {
            return Err(Excluded::Slow);
        }
        let unheard_s = now.seconds_since(track.last);
        if unheard_s > config.lost_s {
            return Err(Excluded::Lost);
        }
        let rate_mps = track.vertical_rate_mps.filter(|rate| rate.is_finite()).unwrap_or(0.0);
        let told = track.pressure_altitude_m.zip(track.pressure_altitude_time);
        let level_m = told.and_then(|(level_m, at)| {
            let age_s = now.seconds_since(at);
            (level_m.is_finite() && age_s <= config.height_age_max_s)
                .then(|| level_m + rate_mps * age_s.max(0.0))
        });
        let measured = track.height_sd_m.is_some_and(|sd_m| sd_m <= config.height_sd_max_m);
        let ahead_s = now.seconds_since(track.time).clamp(-config.lost_s, config.lost_s);
        let height_m =
            (measured && place.height_m.is_finite()).then(|| place.height_m + rate_mps * ahead_s);
        let Some(any_m) = level_m.or(height_m) else { return Err(Excluded::HeightUnknown) };

        let (sin_lat, cos_lat) = place.latitude_rad.sin_cos();
        let (sin_lon, cos_lon) = place.longitude_rad.sin_cos();
        let east = [-sin_lon, cos_lon, 0.0];
        let north = [-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat];
        let foot = place.at_height(0.0).to_ecef();
        let velocity_mps = [0, 1, 2].map(|axis| east_mps * east[axis] + north_mps * north[axis]);
        let foot = [foot.x_m, foot.y_m, foot.z_m];
        let foot_m = [0, 1, 2].map(|axis| foot[axis] + velocity_mps[axis] * ahead_s);
        let volume = config
            .volumes
            .iter()
            .zip(regions)
            .position(|(volume, region)| {
                volume.floor_m <= any_m && any_m < volume.ceiling_m && region.holds(foot_m)
            })
            .filter(|place| config.volumes[*place].thresholds.is_some())
            .ok_or(Excluded::Inhibited)?;
        let sd_mps = track.velocity_covariance[0].max(track.velocity_covariance[2]).max(0.0).sqrt();
        let code = track.codes.mode_3a;
        Ok(Self {
            number: track.number,
            codes: track.codes,
            last: track.last,
            first: track.first,
            foot_m,
            velocity_mps,
            east,
            north,
            level_m,
            height_m,
            rate_mps: if rate_mps.abs() < config.level_rate_mps { 0.0 } else { rate_mps },
            cleared_m: cleared_m.filter(|level| level.is_finite()),
            military: code.is_some_and(|code| {
                config.kinds.military.iter().any(|(from, to)| (*from..=*to).contains(&code))
            }),
            predictable: unheard_s <= config.coasting_s
                && sd_mps <= config.velocity_sd_max_mps
                && now.seconds_since(track.first) >= config.young_s,
            volume,
        })
    }

    /// What it can reach within the look-ahead, for pairs nearer than `lateral_m` and
    /// `vertical_m`.
    pub(super) fn reach(&self, look_ahead_s: f64, lateral_m: f64, vertical_m: f64) -> Reach {
        let half_s = 0.5 * look_ahead_s;
        let way_m = norm(self.velocity_mps) * half_s;
        let climb_m = self.rate_mps * look_ahead_s;
        let known = [self.level_m, self.height_m];
        let least = known.iter().flatten().fold(f64::INFINITY, |a, b| a.min(*b));
        let most = known.iter().flatten().fold(f64::NEG_INFINITY, |a, b| a.max(*b));
        Reach {
            middle_m: [0, 1, 2].map(|axis| self.foot_m[axis] + self.velocity_mps[axis] * half_s),
            radius_m: way_m + 0.5 * lateral_m + BEND_M,
            heights_m: [
                least + climb_m.min(0.0) - 0.5 * vertical_m,
                most + climb_m.max(0.0) + 0.5 * vertical_m,
            ],
        }
    }

    /// Another as seen from here, on the plane that touches the Earth under this one.
    ///
    /// Against the ellipsoid a distance of 10 NM is out by less than a metre, and a prediction over
    /// 60 km by about a metre.
    pub(super) fn sees(&self, other: &Body) -> Relative {
        let apart = [0, 1, 2].map(|axis| other.foot_m[axis] - self.foot_m[axis]);
        let moves = [0, 1, 2].map(|axis| other.velocity_mps[axis] - self.velocity_mps[axis]);
        Relative {
            offset_m: [dot(apart, self.east), dot(apart, self.north)],
            velocity_mps: [dot(moves, self.east), dot(moves, self.north)],
        }
    }

    /// Where it will be, height 0.
    pub(super) fn place_at(&self, time_s: f64) -> Geodetic {
        let [x_m, y_m, z_m] =
            [0, 1, 2].map(|axis| self.foot_m[axis] + self.velocity_mps[axis] * time_s);
        Ecef { x_m, y_m, z_m }.to_geodetic().at_height(0.0)
    }

    /// Climbs or descends on and on.
    pub(super) fn goes_on(&self, height_m: f64) -> Profile {
        Profile::steady(height_m, self.rate_mps)
    }

    /// Levels off where it is cleared to, else at the next level on its way.
    pub(super) fn levels_off(&self, height_m: f64, config: &ConflictConfig) -> Profile {
        if self.rate_mps == 0.0 {
            return Profile::steady(height_m, 0.0);
        }
        let up = self.rate_mps.signum();
        let level_m = self.level_m.unwrap_or(height_m);
        let short_m = (level_m * up - config.level_tolerance_m) / config.level_step_m;
        let next_m = short_m.ceil() * config.level_step_m * up;
        // A clearance behind it is not the one it flies to.
        let cleared_m =
            self.cleared_m.filter(|cleared| (cleared - level_m) * up > -config.level_tolerance_m);
        let to_go_m = (cleared_m.unwrap_or(next_m) - level_m) * up;
        let level_off_s = (to_go_m / self.rate_mps.abs()).max(0.0);
        Profile { height_m, rate_mps: self.rate_mps, level_off_s }
    }
}

/// A region's circle, ready for many points; `None` holds everything.
#[derive(Debug, Clone, Copy)]
pub(super) struct Disc(Option<([f64; 3], f64)>);

impl Disc {
    pub(super) fn of(region: &Region) -> Self {
        match region {
            Region::Everywhere => Self(None),
            Region::Circle { centre, radius_m } => {
                let Ecef { x_m, y_m, z_m } = centre.at_height(0.0).to_ecef();
                // The chord of an arc that long, on a sphere.
                let chord_m = 2.0
                    * geodesy::SEMI_MAJOR_M
                    * (radius_m / (2.0 * geodesy::SEMI_MAJOR_M))
                        .min(std::f64::consts::FRAC_PI_2)
                        .sin();
                Self(Some(([x_m, y_m, z_m], chord_m * chord_m)))
            }
        }
    }

    fn holds(&self, foot_m: [f64; 3]) -> bool {
        self.0.is_none_or(|(centre, chord_squared)| {
            let apart = [0, 1, 2].map(|axis| foot_m[axis] - centre[axis]);
            dot(apart, apart) <= chord_squared
        })
    }
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn norm(a: [f64; 3]) -> f64 {
    dot(a, a).sqrt()
}

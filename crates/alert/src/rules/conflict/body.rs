//! One track as the conflict rule sees it: where it is now, where it goes, and by which
//! thresholds.

use super::config::{ConflictConfig, Region};
use super::encounter::{Profile, Relative};
use super::pairs::Reach;
use crate::Subject;
use crate::rules::path::{Path, dot, velocity_sd_mps};
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
    path: Path,
    /// On the standard atmosphere, metres, now.
    pub(super) level_m: Option<f64>,
    /// Measured, over the ellipsoid, metres, now.
    pub(super) height_m: Option<f64>,
    /// 0 if as good as level.
    pub(super) rate_mps: f64,
    /// Where it may level off, where that was said; what counts more comes first.
    level_offs: [Option<LevelOff>; 2],
    pub(super) military: bool,
    /// As far ahead as its velocity is good enough to look, seconds; 0 for its present alone.
    pub(super) look_ahead_max_s: f64,
    /// Its volume's place in the configuration.
    pub(super) volume: usize,
}

/// Where an aircraft levels off, and who says so.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct LevelOff {
    /// Metres on the standard atmosphere.
    pub(super) level_m: f64,
    /// Its crew selected it; else a controller cleared it there.
    pub(super) selected: bool,
}

impl LevelOff {
    /// What the crew selected is what the aircraft will do, also where it is not what it is cleared to.
    pub(super) fn of(subject: &Subject<'_>) -> [Option<Self>; 2] {
        let said = |selected| move |level_m| Self { level_m, selected };
        let cleared = subject.plan.and_then(|plan| plan.cleared_level_m);
        [subject.selected_level_m.map(said(true)), cleared.map(said(false))]
    }
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
        level_offs: [Option<LevelOff>; 2],
        now: Time,
        config: &ConflictConfig,
        regions: &[Disc],
    ) -> Result<Self, Excluded> {
        if track.on_ground {
            return Err(Excluded::OnGround);
        }
        let ahead_s = now.seconds_since(track.time).clamp(-config.lost_s, config.lost_s);
        let path = Path::of(track, ahead_s).ok_or(Excluded::Unbelievable)?;
        let speed_mps = path.speed_mps();
        if speed_mps > config.speed_max_mps.min(super::SPEED_MAX_MPS) {
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
        let (level_m, height_m) = config.heights.of(track, now);
        let Some(any_m) = level_m.or(height_m) else { return Err(Excluded::HeightUnknown) };

        let volume = config
            .volumes
            .iter()
            .zip(regions)
            .position(|(volume, region)| {
                volume.floor_m <= any_m && any_m < volume.ceiling_m && region.holds(path.foot_m)
            })
            .filter(|place| config.volumes[*place].thresholds.is_some())
            .ok_or(Excluded::Inhibited)?;
        let code = track.codes.mode_3a;
        Ok(Self {
            number: track.number,
            codes: track.codes,
            last: track.last,
            first: track.first,
            path,
            level_m,
            height_m,
            rate_mps: if rate_mps.abs() < config.level_rate_mps { 0.0 } else { rate_mps },
            level_offs: level_offs.map(|said| said.filter(|said| said.level_m.is_finite())),
            military: code.is_some_and(|code| {
                config.kinds.military.iter().any(|(from, to)| (*from..=*to).contains(&code))
            }),
            look_ahead_max_s: if unheard_s <= config.coasting_s
                && now.seconds_since(track.first) >= config.young_s
            {
                config.drift_max_m / velocity_sd_mps(track)
            } else {
                0.0
            },
            volume,
        })
    }

    /// What it can reach within the look-ahead, for pairs nearer than `lateral_m` and
    /// `vertical_m`.
    pub(super) fn reach(&self, look_ahead_s: f64, lateral_m: f64, vertical_m: f64) -> Reach {
        let half_s = 0.5 * look_ahead_s;
        let way_m = self.path.speed_mps() * half_s;
        let climb_m = self.rate_mps * look_ahead_s;
        let known = [self.level_m, self.height_m];
        let least = known.iter().flatten().fold(f64::INFINITY, |a, b| a.min(*b));
        let most = known.iter().flatten().fold(f64::NEG_INFINITY, |a, b| a.max(*b));
        Reach {
            middle_m: self.path.point_at(half_s),
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
        let (own, others) = (&self.path, &other.path);
        let apart = [0, 1, 2].map(|axis| others.foot_m[axis] - own.foot_m[axis]);
        let moves = [0, 1, 2].map(|axis| others.velocity_mps[axis] - own.velocity_mps[axis]);
        Relative {
            offset_m: [dot(apart, own.east), dot(apart, own.north)],
            velocity_mps: [dot(moves, own.east), dot(moves, own.north)],
        }
    }

    /// Where it will be, height 0.
    pub(super) fn place_at(&self, time_s: f64) -> Geodetic {
        self.path.place_at(time_s)
    }

    /// Climbs or descends on and on.
    pub(super) fn goes_on(&self, height_m: f64) -> Profile {
        Profile::steady(height_m, self.rate_mps)
    }

    /// Levels off where it was said to, else at the next level on its way; and what was said, where
    /// that counts. Who neither climbs nor descends stays, and nothing needs to be said of it.
    pub(super) fn levels_off(
        &self,
        height_m: f64,
        config: &ConflictConfig,
    ) -> (Profile, Option<LevelOff>) {
        if self.rate_mps == 0.0 {
            return (Profile::steady(height_m, 0.0), None);
        }
        let up = self.rate_mps.signum();
        let level_m = self.level_m.unwrap_or(height_m);
        let short_m = (level_m * up - config.level_tolerance_m) / config.level_step_m;
        let next_m = short_m.ceil() * config.level_step_m * up;
        // A level behind it is not the one it flies to.
        let ahead = |said: &&LevelOff| (said.level_m - level_m) * up > -config.level_tolerance_m;
        let said = self.level_offs.iter().flatten().find(ahead).copied();
        let to_go_m = (said.map_or(next_m, |said| said.level_m) - level_m) * up;
        let level_off_s = (to_go_m / self.rate_mps.abs()).max(0.0);
        (Profile { height_m, rate_mps: self.rate_mps, level_off_s }, said)
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

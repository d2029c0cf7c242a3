//! Rotating radars: primary, secondary, Mode S, with elevation or without.

use super::sight::Sight;
use super::{NorthMark, TruePlot, bare, is_out, level, purpose, stamped};
use crate::random::Random;
use crate::spec::{Radar, Spec, Transponder};
use crate::traffic::Target;
use geodesy::{Polar, wrap_pi, wrap_tau};
use std::f64::consts::TAU;
use surveillance::{Codes, Measurement, Mode3A, Plot, PlotOrigin, SensorId, Time};

/// Elevation that a three-dimensional radar gives to clutter, degrees.
const CLUTTER_ELEVATION_DEG: (f64, f64) = (0.2, 8.0);
/// And the range rate of one that hears the Doppler shift, m/s, one standard deviation.
const CLUTTER_SPEED_MPS: f64 = 10.0;
/// Secondary replies this near in slant range, metres, and azimuth, degrees, overlap: 20.3 µs, and
/// the beam.
const OVERLAP: (f64, f64) = (3_050.0, 2.5);
/// Chance that overlapping replies garble a code.
const OVERLAP_GARBLES: f64 = 0.3;

struct Beam<'a> {
    radar: &'a Radar,
    sight: Sight,
    id: SensorId,
    phase: f64,
    spec: &'a Spec,
}

/// Something the beam met.
struct Hit {
    target: u32,
    t_s: f64,
    polar: Polar,
    /// Away from the radar counts up, m/s.
    range_rate_mps: f64,
    height_m: f64,
}

pub(super) fn scan(
    radar: &Radar,
    index: u64,
    id: SensorId,
    spec: &Spec,
    targets: &[Target],
    plots: &mut Vec<TruePlot>,
) {
    let beam = Beam::of(radar, index, id, spec);
    let turns = (spec.duration_s / radar.period_s).ceil() as u64 + 1;
    for turn in 0..turns {
        let mut random = Random::of(spec.seed, &[purpose::RADAR, index, turn]);
        let mut hits: Vec<Hit> = (0..)
            .zip(targets)
            .filter(|(_, target)| target.real)
            .filter_map(|(number, target)| beam.meets(number, target, turn))
            .collect();
        hits.sort_by(|a, b| a.t_s.total_cmp(&b.t_s));
        beam.merge(&mut hits);
        let overlaps = beam.overlaps(&hits, targets);
        for (hit, overlap) in hits.iter().zip(overlaps) {
            let mut random =
                Random::of(spec.seed, &[purpose::RADAR, index, turn, u64::from(hit.target)]);
            let plot = beam.plot(hit, &targets[hit.target as usize], overlap, &mut random);
            plots.extend(plot.map(|plot| TruePlot { plot, target: Some(hit.target) }));
        }
        if radar.technique.primary() {
            let count = random.poisson(radar.clutter);
            plots.extend((0..count).filter_map(|_| beam.clutter(turn, &mut random)));
        }
    }
}

/// When the beam points north, but for outages: by the radar's own clock.
pub(super) fn north_marks<'a>(
    radar: &'a Radar,
    index: u64,
    id: SensorId,
    spec: &'a Spec,
) -> impl Iterator<Item = NorthMark> + 'a {
    let beam = Beam::of(radar, index, id, spec);
    let turns = (spec.duration_s / radar.period_s).ceil() as u64 + 1;
    let instants = (0..turns).map(move |turn| beam.passes(turn, 0.0));
    let wanted = instants.filter(move |t_s| {
        (0.0..=spec.duration_s).contains(t_s) && !is_out(&radar.outages_s, *t_s)
    });
    wanted.map(move |t_s| NorthMark {
        sensor: id,
        time: Time::from_unix_seconds(t_s + radar.bias.time_s),
        received: Time::from_unix_seconds(t_s + radar.latency_s[0]),
        period_s: radar.period_s,
    })
}

impl<'a> Beam<'a> {
    fn of(radar: &'a Radar, index: u64, id: SensorId, spec: &'a Spec) -> Self {
        let phase = Random::of(spec.seed, &[purpose::RADAR, index]).unit();
        Self { radar, sight: Sight::of_radar(radar), id, phase, spec }
    }
}

impl Beam<'_> {
    /// When the beam passes an azimuth in this turn.
    fn passes(&self, turn: u64, azimuth_rad: f64) -> f64 {
        (turn as f64 - 1.0 + self.phase + azimuth_rad / TAU) * self.radar.period_s
    }

    fn meets(&self, number: u32, target: &Target, turn: u64) -> Option<Hit> {
        let middle_s = self.passes(turn, TAU / 2.0).max(0.0);
        let (mut at, mut velocity, _) =
            target.path.at(middle_s).or_else(|| target.path.at(middle_s + 1.0))?;
        // The beam meets it where it is then: twice is enough, it moves slower than the beam.
        let mut t_s = 0.0;
        for _ in 0..2 {
            t_s = self.passes(turn, self.sight.frame.polar_from_ecef(at).azimuth_rad);
            (at, velocity, _) = target.path.at(t_s)?;
        }
        let wanted = (0.0..=self.spec.duration_s).contains(&t_s);
        if !wanted || is_out(&self.radar.outages_s, t_s) {
            return None;
        }
        let polar = self.sight.sees(at)?;
        let from = self.sight.frame.origin().to_ecef();
        let line = [at.x_m - from.x_m, at.y_m - from.y_m, at.z_m - from.z_m];
        let along: f64 = line.iter().zip(&velocity).map(|(line, v)| line * v).sum();
        let range_rate_mps = along / polar.slant_range_m;
        let height_m = at.to_geodetic().height_m;
        Some(Hit { target: number, t_s, polar, range_rate_mps, height_m })
    }

    /// Leaves of those that are not resolved only the first.
    fn merge(&self, hits: &mut Vec<Hit>) {
        let (range_m, azimuth_deg) = (self.radar.resolution_m, self.radar.resolution_deg);
        if range_m > 0.0 {
            let mut kept: Vec<Hit> = Vec::new();
            for hit in hits.drain(..) {
                let hidden =
                    kept.iter().rev().take(20).any(|k| near(k, &hit, range_m, azimuth_deg));
                if !hidden {
                    kept.push(hit);
                }
            }
            *hits = kept;
        }
    }

    /// Whose replies overlap another's: all of a sweep answer one interrogation, except in Mode S.
    fn overlaps(&self, hits: &[Hit], targets: &[Target]) -> Vec<bool> {
        let answers = |hit: &Hit| targets[hit.target as usize].transponder != Transponder::None;
        let roll_call = self.radar.technique.mode_s() || !self.radar.technique.secondary();
        let beside = |index: usize| {
            let from = index.saturating_sub(10);
            let to = (index + 10).min(hits.len() - 1);
            (from..=to).any(|other| {
                other != index
                    && answers(&hits[other])
                    && near(&hits[other], &hits[index], OVERLAP.0, OVERLAP.1)
            })
        };
        (0..hits.len()).map(|index| !roll_call && beside(index)).collect()
    }

    fn plot(&self, hit: &Hit, target: &Target, overlap: bool, random: &mut Random) -> Option<Plot> {
        let technique = self.radar.technique;
        let answered = technique.secondary()
            && target.transponder != Transponder::None
            && random.chance(self.radar.pd);
        let echoed = technique.primary() && random.chance(self.radar.pd_primary);
        if !answered && !echoed {
            return None;
        }
        let origin = if answered { PlotOrigin::Secondary } else { PlotOrigin::Primary };
        let mut plot = bare(self.id, origin);
        if answered {
            self.answer(&mut plot, hit, target, overlap, random);
        }
        plot.measurement = Some(self.measure(&hit.polar, random));
        // Only an echo is shifted: a transponder answers on a frequency of its own.
        if echoed && let Some(sd_mps) = self.radar.range_rate_sd_mps {
            plot.range_rate_mps = Some(hit.range_rate_mps + sd_mps * random.normal());
        }
        let stamp_s = hit.t_s + self.radar.bias.time_s;
        Some(stamped(plot, stamp_s, hit.t_s, self.radar.latency_s, random))
    }

    fn answer(
        &self,
        plot: &mut Plot,
        hit: &Hit,
        target: &Target,
        overlap: bool,
        random: &mut Random,
    ) {
        let mode_s = self.radar.technique.mode_s() && target.transponder == Transponder::ModeS;
        let step_ft = if mode_s { 25.0 } else { 100.0 };
        let mut code = target.mode_3a;
        let mut told = level(hit.height_m, step_ft, self.spec);
        let garbled = |random: &mut Random| {
            random.chance(self.radar.garbling) || (overlap && random.chance(OVERLAP_GARBLES))
        };
        if garbled(random) {
            code = Mode3A::new(code.bits() ^ (1 << random.below(12)));
        }
        if garbled(random) {
            let steps = random.between(-40.0, 40.0).round();
            told.altitude_m += steps * 100.0 * geodesy::units::METRES_PER_FOOT;
        }
        plot.codes = Codes {
            address: mode_s.then_some(target.address),
            mode_3a: Some(code),
            callsign: target.callsign.filter(|_| mode_s),
            ..Codes::default()
        };
        plot.pressure_altitude = Some(told);
    }

    fn measure(&self, polar: &Polar, random: &mut Random) -> Measurement {
        let (radar, bias) = (self.radar, self.radar.bias);
        let range_m = polar.slant_range_m * (1.0 + bias.range_gain) + bias.range_m;
        let azimuth_rad = polar.azimuth_rad + bias.azimuth_deg.to_radians();
        let elevation_rad = polar.elevation_rad + bias.elevation_deg.to_radians();
        Measurement::Polar {
            slant_range_m: (range_m + radar.range_sd_m * random.normal()).max(1.0),
            azimuth_rad: wrap_tau(
                azimuth_rad + radar.azimuth_sd_deg.to_radians() * random.normal(),
            ),
            elevation_rad: radar
                .elevation
                .then(|| elevation_rad + radar.elevation_sd_deg.to_radians() * random.normal()),
        }
    }

    /// An echo of nothing, anywhere in reach alike.
    fn clutter(&self, turn: u64, random: &mut Random) -> Option<TruePlot> {
        let azimuth_rad = random.between(0.0, TAU);
        let t_s = self.passes(turn, azimuth_rad);
        let (near, far) = (self.radar.range_min_km, self.radar.range_max_km);
        let range_km = random.between(near * near, far * far).sqrt();
        let elevation_deg = random.between(CLUTTER_ELEVATION_DEG.0, CLUTTER_ELEVATION_DEG.1);
        let measurement = Measurement::Polar {
            slant_range_m: 1e3 * range_km,
            azimuth_rad,
            elevation_rad: self.radar.elevation.then_some(elevation_deg.to_radians()),
        };
        // Filters leave what hardly moves.
        let range_rate_mps =
            self.radar.range_rate_sd_mps.map(|_| CLUTTER_SPEED_MPS * random.normal());
        let bare = bare(self.id, PlotOrigin::Primary);
        let plot = Plot { measurement: Some(measurement), range_rate_mps, ..bare };
        let plot = stamped(plot, t_s + self.radar.bias.time_s, t_s, self.radar.latency_s, random);
        let wanted = (0.0..=self.spec.duration_s).contains(&t_s);
        (wanted && !is_out(&self.radar.outages_s, t_s)).then_some(TruePlot { plot, target: None })
    }
}

fn near(a: &Hit, b: &Hit, range_m: f64, azimuth_deg: f64) -> bool {
    let apart_rad = wrap_pi(a.polar.azimuth_rad - b.polar.azimuth_rad).abs();
    (a.polar.slant_range_m - b.polar.slant_range_m).abs() < range_m
        && apart_rad < azimuth_deg.to_radians()
}

//! One claim against one measurement.

use crate::Bias;
use geodesy::{Enu, Geodetic, LocalFrame, Polar};
use surveillance::{Measurement, Plot, PlotOrigin, PositionReport, Sensor, Time};

/// How far a claim and a measurement may be apart, and how often they must be farther.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrustConfig {
    /// Square of the distance in standard deviations beyond which they disagree: 13.8 is passed
    /// by one in a thousand honest pairs (chi-square, two degrees of freedom).
    pub gate: f64,
    /// They never disagree below this distance, metres. 1 km: what is nearer may be a reflection
    /// or a stale claim, and is no other place to an operator.
    pub floor_m: f64,
    /// Systematic errors that a radar may have beside those estimated: slant range, metres, and
    pub bias_range_m: f64,
    /// azimuth, radians (EUROCONTROL SUR.ET1.ST01.1000-STD-01-01: 100 m, 0.1°).
    pub bias_azimuth_rad: f64,
    /// Time between what claim and measurement are stamped and what they are of, seconds: 0.6 s of
    /// uncompensated latency (14 CFR 91.227(e)) and 0.1 s of the radar's stamp.
    pub latency_s: f64,
    /// Standard deviation of a claim that says none, metres.
    pub claim_sd_m: f64,
    /// Standard deviation that a claim is given at most, whatever it says, metres: NACp 5.
    pub claim_sd_max_m: f64,
    /// Standard deviation of an MLAT position that says none, metres.
    pub mlat_sd_m: f64,
    /// Standard deviation of geometric height where only pressure altitude is known, metres: what
    /// weather and the geoid make of it.
    pub height_sd_m: f64,
    /// Claim and measurement no farther apart in time are compared, seconds.
    pub apart_max_s: f64,
    /// A velocity told no longer before a claim carries it on, seconds.
    pub velocity_max_s: f64,
    /// Acceleration that a claim's target may have since, m/s²: a turn of 30° of bank.
    pub acceleration_mps2: f64,
    /// Speed it may have where it tells none, m/s.
    pub speed_max_mps: f64,
    /// Of so many comparisons, the latest ones,
    pub of: u8,
    /// so many must disagree to begin,
    pub begin: u8,
    /// and so many still disagree at the end.
    pub end: u8,
    /// A finding without another comparison for so long is over, seconds.
    pub hold_s: f64,
    /// Two places of one address are two aircraft from this distance on, metres, beyond
    pub twin_distance_m: f64,
    /// what one flies between them at this speed, m/s: 660 kt.
    pub twin_speed_mps: f64,
    /// So many changes from one to the other,
    pub twin_turns: u16,
    /// over so long at least, seconds.
    pub twin_s: f64,
    /// Addresses watched at most. A hundred thousand that are measured are about 45 MB, and
    /// as many that claim alone 20 MB.
    pub addresses_max: usize,
    /// An address that was not heard for so long is forgotten, seconds.
    pub forget_s: f64,
}

impl Default for TrustConfig {
    fn default() -> Self {
        Self {
            gate: 13.8,
            floor_m: 1_000.0,
            bias_range_m: 100.0,
            bias_azimuth_rad: 0.1_f64.to_radians(),
            latency_s: 0.7,
            claim_sd_m: 185.0,
            claim_sd_max_m: 380.0,
            mlat_sd_m: 150.0,
            height_sd_m: 200.0,
            apart_max_s: 6.0,
            velocity_max_s: 10.0,
            acceleration_mps2: 5.7,
            speed_max_mps: 300.0,
            of: 5,
            begin: 4,
            end: 1,
            hold_s: 30.0,
            twin_distance_m: 10_000.0,
            twin_speed_mps: 340.0,
            twin_turns: 5,
            twin_s: 8.0,
            addresses_max: 100_000,
            forget_s: 300.0,
        }
    }
}

/// What a target said last.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Said {
    pub(super) report: PositionReport,
    pub(super) time: Time,
    pub(super) sd_m: f64,
    /// Velocity east and north, m/s, and when it was told.
    pub(super) velocity: Option<(Enu, Time)>,
}

/// Where a sensor measured a target, with standard deviations and systematic errors along the line
/// from the sensor and across it; for MLAT, both the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Measured {
    pub(super) place: Geodetic,
    pub(super) bearing_rad: f64,
    pub(super) sd_m: [f64; 2],
    pub(super) bias_m: [f64; 2],
}

/// A radar's site, and what its systematic errors were estimated to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Site {
    pub(super) frame: Option<LocalFrame>,
    pub(super) range_sd_m: f64,
    pub(super) azimuth_sd_rad: f64,
    pub(super) bias: Bias,
}

impl Site {
    pub(super) fn of(sensor: &Sensor) -> Self {
        Self {
            frame: sensor.site.map(LocalFrame::at),
            range_sd_m: sensor.accuracy.range_m,
            azimuth_sd_rad: sensor.accuracy.azimuth_rad,
            bias: Bias::default(),
        }
    }
}

/// What a comparison found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Found {
    pub(super) claimed: Geodetic,
    pub(super) trusted: Geodetic,
    pub(super) distance_m: f64,
    pub(super) limit_m: f64,
}

impl TrustConfig {
    /// Where an independent measurement is; `None` where it cannot be placed: of a radar without a
    /// site, of a target whose height is not known, or in the cone over the radar.
    pub(super) fn place(
        &self,
        plot: &Plot,
        height_m: Option<f64>,
        site: &Site,
    ) -> Option<Measured> {
        match (plot.measurement?, plot.origin) {
            (Measurement::Polar { slant_range_m, azimuth_rad, .. }, PlotOrigin::Secondary) => {
                self.place_polar(site, slant_range_m, azimuth_rad, height_m?)
            }
            (Measurement::Geodetic(report), PlotOrigin::Mlat) => {
                let sd_m = report.horizontal_sd_m.unwrap_or(self.mlat_sd_m);
                let place = report.at_height_or(height_m.unwrap_or(0.0));
                Some(Measured { place, bearing_rad: 0.0, sd_m: [sd_m; 2], bias_m: [0.0; 2] })
            }
            _ => None,
        }
    }

    fn place_polar(
        &self,
        site: &Site,
        slant_range_m: f64,
        azimuth_rad: f64,
        height_m: f64,
    ) -> Option<Measured> {
        let frame = site.frame?;
        let polar = Polar {
            slant_range_m: slant_range_m - site.bias.range_m.unwrap_or(0.0),
            azimuth_rad: azimuth_rad - site.bias.azimuth_rad.unwrap_or(0.0),
            elevation_rad: 0.0,
        };
        let elevation_rad = polar.elevation_for_height(frame.origin(), height_m)?;
        // Near the cone a small error of height is a large one of place.
        let slope = elevation_rad.tan().abs();
        if slope > 2.0 {
            return None;
        }
        let place = frame.geodetic_from_enu(Polar { elevation_rad, ..polar }.to_enu());
        let ground_m = polar.slant_range_m * elevation_rad.cos();
        let along_m = site.range_sd_m.hypot(slope * self.height_sd_m);
        Some(Measured {
            place,
            bearing_rad: polar.azimuth_rad,
            sd_m: [along_m, ground_m * site.azimuth_sd_rad],
            bias_m: [self.bias_range_m, ground_m * self.bias_azimuth_rad],
        })
    }

    /// Holds a claim against a measurement at `time`; `None` if they are too far apart in time.
    pub(super) fn compare(&self, said: &Said, measured: &Measured, time: Time) -> Option<Found> {
        let apart_s = time.seconds_since(said.time);
        if apart_s.abs() > self.apart_max_s {
            return None;
        }
        let frame = LocalFrame::at(measured.place);
        let at = said.report.at_height_or(0.0).at_height(measured.place.height_m);
        let claimed = frame.enu_from_geodetic(at);
        let velocity = said
            .velocity
            .filter(|(_, told)| said.time.seconds_since(*told).abs() <= self.velocity_max_s);
        let (east, north, speed_mps, unsure_m) = match velocity {
            Some((velocity, _)) => {
                let (east, north) = (velocity.east * apart_s, velocity.north * apart_s);
                let unsure_m = 0.5 * self.acceleration_mps2 * apart_s * apart_s;
                (
                    claimed.east + east,
                    claimed.north + north,
                    velocity.east.hypot(velocity.north),
                    unsure_m,
                )
            }
            None => {
                let unsure_m = self.speed_max_mps * apart_s.abs();
                (claimed.east, claimed.north, self.speed_max_mps, unsure_m)
            }
        };
        let distance_m = east.hypot(north);
        let (sin, cos) = measured.bearing_rad.sin_cos();
        let turned = [east * sin + north * cos, east * cos - north * sin];
        let slack_m = unsure_m + speed_mps * self.latency_s;
        Some(Found {
            claimed: frame.geodetic_from_enu(Enu { east, north, up: 0.0 }).at_height(at.height_m),
            trusted: measured.place,
            distance_m,
            limit_m: self.limit_m(turned, distance_m, said.sd_m, measured) + slack_m,
        })
    }

    /// How far apart claim and measurement may be in the direction in which they are: the ellipse
    /// of the gate there, and the systematic error.
    fn limit_m(
        &self,
        turned: [f64; 2],
        distance_m: f64,
        claim_sd_m: f64,
        measured: &Measured,
    ) -> f64 {
        if distance_m == 0.0 {
            return self.floor_m;
        }
        let unit = turned.map(|part| part / distance_m);
        let variance = measured.sd_m.map(|sd_m| sd_m * sd_m + claim_sd_m * claim_sd_m);
        let inverse = unit[0] * unit[0] / variance[0] + unit[1] * unit[1] / variance[1];
        let bias_m = unit[0].abs() * measured.bias_m[0] + unit[1].abs() * measured.bias_m[1];
        ((self.gate / inverse).sqrt() + bias_m).max(self.floor_m)
    }
}

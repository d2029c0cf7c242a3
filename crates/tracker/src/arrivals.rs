//! Where a transmission came from, by when the receivers of a multilateration system heard it.
//!
//! Range to each receiver is measured but for one length common to all, the way of light since the
//! unknown instant of sending. Gauss-Newton on the horizontal place, with that length and the doubt
//! of the height eliminated exactly, so that all receivers count by their own error and none is a
//! reference. Two receivers place a target on a hyperbola only: the outcome then says nothing along
//! it and what it says across is as good as any plot's.

use crate::frame::TrackFrame;
use crate::motion::Fix;
use crate::site::Site;
use geodesy::{Ecef, Enu, Geodetic};
use surveillance::Arrivals;

/// What the times do not say is as uncertain as this about where the target is expected, metres.
const UNSAID_SD_M: f64 = 100_000.0;
/// Steps until it must have come to rest, and what rest is, metres.
const STEPS_MAX: usize = 12;
const AT_REST_M: f64 = 0.5;
/// Farther from where the target is expected than this it is no fix of it.
const FAR_M: f64 = 300_000.0;
/// A place of which nothing else is known must be known to this, metres.
const ALONE_SD_M: f64 = 3_000.0;
/// Where to search for it: about the receivers' middle, metres away in eight directions.
const SEARCHED_M: [f64; 3] = [15_000.0, 60_000.0, 180_000.0];
/// Two places further apart than this are two, metres.
const APART_M: f64 = 2_000.0;
/// Squared misfit by which another place, or another receiver to leave out, must be worse to be excluded.
const CLEARLY_WORSE: f64 = 16.0;
/// Receivers that must agree for a place to be held against what a target says itself.
const VOUCHING: usize = 5;

/// One receiver's hearing, in the axes of a track's frame.
#[derive(Debug, Clone, Copy)]
struct Hearing {
    at: Enu,
    later_m: f64,
    weight: f64,
}

/// What the hearings say at one place: information and its vector, horizontal alone, and their
/// squared misfit.
struct Said {
    information: [f64; 3],
    vector: [f64; 2],
    misfit: f64,
}

/// The hearings of one transmission.
#[derive(Debug, Clone, Copy)]
struct Hearings {
    each: [Hearing; Arrivals::MAX],
    count: usize,
}

impl Hearings {
    /// `None` if a receiver is not known.
    fn of(arrivals: &Arrivals, site: &Site, frame: &TrackFrame) -> Option<Self> {
        let nowhere = Enu { east: 0.0, north: 0.0, up: 0.0 };
        let nothing = Hearing { at: nowhere, later_m: 0.0, weight: 0.0 };
        let mut all = Self { each: [nothing; Arrivals::MAX], count: 0 };
        for (receiver, later_m) in arrivals.iter() {
            let (at, sd_m) = *site.receivers.get(receiver)?;
            all.each[all.count] =
                Hearing { at: frame.enu(at), later_m, weight: 1.0 / (sd_m * sd_m) };
            all.count += 1;
        }
        Some(all)
    }

    fn iter(&self) -> impl Iterator<Item = &Hearing> {
        self.each[..self.count].iter()
    }

    fn without(&self, left_out: usize) -> Self {
        let mut fewer = *self;
        fewer.each.copy_within(left_out + 1..self.count, left_out);
        fewer.count -= 1;
        fewer
    }

    fn said(&self, place: Enu, height_sd_m: f64) -> Said {
        let mut ways = [([0.0; 3], 0.0, 0.0); Arrivals::MAX];
        let (mut mean_way, mut mean_off, mut weight) = ([0.0; 3], 0.0, 0.0);
        for (way, heard) in ways.iter_mut().zip(self.iter()) {
            let d =
                [place.east - heard.at.east, place.north - heard.at.north, place.up - heard.at.up];
            let range_m = (d[0] * d[0] + d[1] * d[1] + d[2] * d[2]).sqrt().max(1.0);
            *way = (d.map(|d| d / range_m), heard.later_m - range_m, heard.weight);
            weight += way.2;
            mean_off += way.2 * way.1;
            (0..3).for_each(|i| mean_way[i] += way.2 * way.0[i]);
        }
        // The common length drops out with the weighted mean.
        let mean_way = mean_way.map(|sum| sum / weight);
        let mean_off = mean_off / weight;
        let (mut m, mut b, mut misfit) = ([[0.0; 3]; 3], [0.0; 3], 0.0);
        for (way, off, w) in &ways[..self.count] {
            let (u, off) = ([0, 1, 2].map(|i| way[i] - mean_way[i]), off - mean_off);
            misfit += w * off * off;
            for i in 0..3 {
                b[i] += w * u[i] * off;
                (0..3).for_each(|j| m[i][j] += w * u[i] * u[j]);
            }
        }
        // The height is a third unknown, known beforehand to its doubt.
        let known = 1.0 / (m[2][2] + 1.0 / (height_sd_m * height_sd_m));
        Said {
            information: [
                m[0][0] - m[0][2] * m[0][2] * known,
                m[0][1] - m[0][2] * m[1][2] * known,
                m[1][1] - m[1][2] * m[1][2] * known,
            ],
            vector: [b[0] - m[0][2] * b[2] * known, b[1] - m[1][2] * b[2] * known],
            misfit: misfit - b[2] * b[2] * known,
        }
    }

    /// The place they agree on best, near `guess`, its covariance and their squared misfit.
    fn solve(
        &self,
        frame: &TrackFrame,
        height: (f64, f64),
        guess: [f64; 2],
        unsaid_sd_m: f64,
    ) -> Option<(Fix, f64)> {
        let unsaid = 1.0 / (unsaid_sd_m * unsaid_sd_m);
        let mut z = guess;
        for _ in 0..STEPS_MAX {
            let said = self.said(frame.place(z, height.0), height.1);
            let [ee, en, nn] =
                [said.information[0] + unsaid, said.information[1], said.information[2] + unsaid];
            let determinant = ee * nn - en * en;
            let r = [nn / determinant, -en / determinant, ee / determinant];
            let b = [0, 1].map(|i| said.vector[i] + unsaid * (guess[i] - z[i]));
            let step = [r[0] * b[0] + r[1] * b[1], r[1] * b[0] + r[2] * b[1]];
            let length_m = step[0].hypot(step[1]);
            if length_m < AT_REST_M {
                let fix = Fix { z, r };
                return (fix.z.iter().chain(&fix.r).all(|v| v.is_finite()))
                    .then_some((fix, said.misfit));
            }
            // Far from the solution the straight step overshoots.
            let share = (FAR_M / 10.0 / length_m).min(1.0);
            z = [z[0] + share * step[0], z[1] + share * step[1]];
            let gone_m = (z[0] - guess[0]).hypot(z[1] - guess[1]);
            if gone_m.is_nan() || gone_m > FAR_M {
                return None;
            }
        }
        None
    }

    /// Squared misfit that these may have and be of one transmission: exceeded once in ten thousand.
    fn misfit_max(&self) -> f64 {
        15.0 + 2.7 * (self.count as f64 - 4.0).max(0.0)
    }

    /// As [`Self::solve`]; of five and more one may be wrong (a reflection, a clock that slipped)
    /// and is left out. `None` if they do not agree.
    fn agreed(&self, frame: &TrackFrame, height: (f64, f64), guess: [f64; 2]) -> Option<Fix> {
        let (fix, misfit) = self.solve(frame, height, guess, UNSAID_SD_M)?;
        if self.count < 4 || misfit < self.misfit_max() {
            return Some(fix);
        }
        if self.count < 5 {
            return None;
        }
        let mut best: Option<(Fix, f64)> = None;
        let mut second = f64::INFINITY;
        for left_out in 0..self.count {
            let fewer = self.without(left_out);
            let Some((fix, misfit)) = fewer.solve(frame, height, guess, UNSAID_SD_M) else {
                continue;
            };
            match best {
                Some((_, least)) if least <= misfit => second = second.min(misfit),
                _ => {
                    second = best.map_or(second, |(_, least)| second.min(least));
                    best = Some((fix, misfit));
                }
            }
        }
        let (fix, misfit) = best?;
        // Where two explain it, nobody knows which of them is wrong.
        let clear = second > misfit + CLEARLY_WORSE;
        (clear && misfit < self.without(0).misfit_max()).then_some(fix)
    }

    /// Whether so many agree, none left out, that one who is wrong would be seen.
    fn vouch(&self, frame: &TrackFrame, height: (f64, f64), guess: [f64; 2]) -> bool {
        let solved = || self.solve(frame, height, guess, UNSAID_SD_M);
        self.count >= VOUCHING && solved().is_some_and(|(_, misfit)| misfit < self.misfit_max())
    }
}

/// Times of arrival as a position in a track's frame near `guess`, where the target is expected, at
/// a height known to its standard deviation, metres. `None` if the receivers are not known or their
/// times do not agree.
pub(crate) fn fix(
    arrivals: &Arrivals,
    site: &Site,
    frame: &TrackFrame,
    height: (f64, f64),
    guess: [f64; 2],
) -> Option<Fix> {
    Hearings::of(arrivals, site, frame)?.agreed(frame, height, guess)
}

/// Whether these times may be held against what a target says of its own place: five receivers or more,
/// all of which agree near `guess`.
pub(crate) fn vouches(
    arrivals: &Arrivals,
    site: &Site,
    frame: &TrackFrame,
    height: (f64, f64),
    guess: [f64; 2],
) -> bool {
    arrivals.iter().count() >= VOUCHING
        && Hearings::of(arrivals, site, frame).is_some_and(|each| each.vouch(frame, height, guess))
}

/// Where a target of which nothing else is known is by times of arrival, and its covariance there:
/// east-east, east-north, north-north, m². `None` where they leave two places or none.
pub(crate) fn place(
    arrivals: &Arrivals,
    site: &Site,
    height: (f64, f64),
) -> Option<(Geodetic, [f64; 3])> {
    let mut middle = [0.0; 3];
    let mut count = 0.0;
    for (receiver, _) in arrivals.iter() {
        let (at, _) = site.receivers.get(receiver)?;
        [at.x_m, at.y_m, at.z_m].iter().zip(&mut middle).for_each(|(at, sum)| *sum += at);
        count += 1.0;
    }
    if count < 3.0 {
        return None;
    }
    let [x_m, y_m, z_m] = middle.map(|sum| sum / count);
    let frame = TrackFrame::below(Ecef { x_m, y_m, z_m }.to_geodetic());
    let hearings = Hearings::of(arrivals, site, &frame)?;
    let around = SEARCHED_M.iter().flat_map(|away_m| {
        (0..8).map(move |eighth| {
            let (sin, cos) = (f64::from(eighth) * std::f64::consts::FRAC_PI_4).sin_cos();
            [away_m * sin, away_m * cos]
        })
    });
    let mut best: Option<(Fix, f64)> = None;
    let mut rival = f64::INFINITY;
    for guess in std::iter::once([0.0; 2]).chain(around) {
        // Nothing is expected: where it lies is for the times alone to say.
        let Some((fix, misfit)) = hearings.solve(&frame, height, guess, 1e7) else { continue };
        let same = |other: &Fix| (fix.z[0] - other.z[0]).hypot(fix.z[1] - other.z[1]) < APART_M;
        match &best {
            Some((held, _)) if same(held) => {}
            Some((_, held)) if *held <= misfit => rival = rival.min(misfit),
            _ => {
                rival = best.map_or(rival, |(_, held)| rival.min(held));
                best = Some((fix, misfit));
            }
        }
    }
    let (fix, misfit) = best?;
    if rival < misfit + CLEARLY_WORSE {
        return None;
    }
    // Once more below it, where the frame's round earth is exact.
    let below = TrackFrame::below(frame.geodetic(fix.z, height.0));
    let fix = Hearings::of(arrivals, site, &below)?.agreed(&below, height, [0.0; 2])?;
    let known = fix.r[0] + fix.r[2] < ALONE_SD_M * ALONE_SD_M;
    known.then(|| (below.geodetic(fix.z, height.0), fix.r))
}

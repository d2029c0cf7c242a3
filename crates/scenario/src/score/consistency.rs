//! Whether a tracker's covariances are honest: the normalised estimation error squared (NEES) of
//! the horizontal position, eᵀP⁻¹e, whose mean is 2 if they are (Bar-Shalom, Li, Kirubarajan 2001,
//! section 5.4).

use super::Options;
use super::steps::steps;
use crate::form::{Aircraft, TrackRow, Truth};
use geodesy::LocalFrame;
use std::collections::BTreeMap;

/// Degrees of freedom.
const DIMENSIONS: f64 = 2.0;
/// 95 % of a chi-squared variable with two degrees of freedom lie below this.
const CHI2_95: f64 = 5.991;

/// NEES of one kind of target (`adsb`, `coop`, `noncoop`).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Consistency {
    /// Mean of each instant, in order of time: seconds, mean NEES, how many.
    pub instants: Vec<(f64, f64, usize)>,
    /// Mean of all; 2 if the covariances are honest, more if they are too small.
    pub mean: f64,
    /// Median of all; 1.386 if honest. A few gross errors move the mean, not this.
    pub median: f64,
    /// Share within the ellipse of 95 %.
    pub within_95: f64,
    /// How many.
    pub count: usize,
}

/// NEES by kind of target, from tracks with details; empty without.
pub fn nees(
    truth: &Truth,
    tracks: &[TrackRow],
    options: &Options,
) -> BTreeMap<&'static str, Consistency> {
    let aircraft: BTreeMap<u32, &Aircraft> =
        truth.aircraft.iter().map(|aircraft| (aircraft.target, aircraft)).collect();
    let mut values: BTreeMap<&'static str, Vec<(f64, f64)>> = BTreeMap::new();
    let mut last = BTreeMap::new();
    for step in steps(truth, tracks, options) {
        let (pairs, ..) = step.follow(&last, options.gate_m);
        for (i, j, _) in pairs {
            last.insert(step.truths[i].id, step.tracks[j].id);
            let (row, track) = (&truth.rows[step.truths[i].row], &tracks[step.tracks[j].row]);
            let Some(details) = track.details else { continue };
            let off = LocalFrame::at(track.position).enu_from_geodetic(row.position);
            let [ee, en, nn] = details.covariance;
            let determinant = ee * nn - en * en;
            if determinant > 0.0 {
                let (e, n) = (off.east, off.north);
                let nees = (nn * e * e - 2.0 * en * e * n + ee * n * n) / determinant;
                let kind = aircraft.get(&row.target).map_or("all", |aircraft| aircraft.equipment());
                values.entry(kind).or_default().push((row.t_s, nees));
            }
        }
    }
    values.into_iter().map(|(kind, values)| (kind, Consistency::of(&values))).collect()
}

impl Consistency {
    fn of(values: &[(f64, f64)]) -> Self {
        let mean = |values: &[(f64, f64)]| {
            values.iter().map(|value| value.1).sum::<f64>() / values.len().max(1) as f64
        };
        let instants = values.chunk_by(|a, b| a.0 == b.0);
        let mut sorted: Vec<f64> = values.iter().map(|value| value.1).collect();
        sorted.sort_by(f64::total_cmp);
        let within = sorted.partition_point(|nees| *nees <= CHI2_95);
        Self {
            instants: instants.map(|at| (at[0].0, mean(at), at.len())).collect(),
            mean: mean(values),
            median: sorted.get(sorted.len() / 2).copied().unwrap_or(0.0),
            within_95: within as f64 / sorted.len().max(1) as f64,
            count: sorted.len(),
        }
    }
}

/// A picture (SVG) of the mean NEES over time for each kind, on a logarithmic axis, with the band in
/// which 95 % of the means of honest, independent errors would lie.
pub fn svg(title: &str, kinds: &BTreeMap<&'static str, Consistency>) -> String {
    const WIDTH: f64 = 720.0;
    const PANEL: f64 = 150.0;
    let height = 40.0 + PANEL * kinds.len() as f64;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" \
         fill=\"#fff\"/>\n<text x=\"12\" y=\"20\" font-size=\"14\">{title}: mean NEES of the \
         horizontal position (2 is honest)</text>\n"
    );
    let ends = kinds.values().flat_map(|kind| kind.instants.iter().map(|instant| instant.0));
    let end_s = ends.fold(1.0, f64::max);
    for (panel, (kind, found)) in kinds.iter().enumerate() {
        let top = 40.0 + PANEL * panel as f64;
        let x = |t_s: f64| 60.0 + (WIDTH - 80.0) * t_s / end_s;
        // from 0.1 to 100
        let y = |nees: f64| {
            top + 15.0 + (PANEL - 40.0) * (1.0 - (nees.clamp(0.1, 100.0).log10() + 1.0) / 3.0)
        };
        // The mean of n has the standard deviation 2/√n·√(dimensions/2).
        let bound = |count: usize, side: f64| {
            DIMENSIONS + side * 1.96 * (2.0 * DIMENSIONS / count.max(1) as f64).sqrt()
        };
        let points = |value: &dyn Fn(&(f64, f64, usize)) -> f64| -> String {
            let at = |instant: &(f64, f64, usize)| {
                format!("{:.1},{:.1} ", x(instant.0), y(value(instant)))
            };
            found.instants.iter().map(at).collect()
        };
        let (low, high) = (points(&|i| bound(i.2, -1.0)), points(&|i| bound(i.2, 1.0)));
        let back: Vec<&str> = high.split_whitespace().rev().collect();
        text += &format!(
            "<polygon points=\"{low}{}\" fill=\"#cfe3f5\"/>\n<polyline points=\"{}\" fill=\"none\" \
             stroke=\"#14507a\"/>\n<text x=\"62\" y=\"{:.0}\">{kind}: mean {:.2}, median {:.2}, \
             within 95 % ellipse {:.1} %, n {}</text>\n",
            back.join(" "),
            points(&|i| i.1),
            top + 10.0,
            found.mean,
            found.median,
            100.0 * found.within_95,
            found.count
        );
        for mark in [0.1, 2.0, 100.0] {
            text += &format!(
                "<line x1=\"60\" x2=\"{}\" y1=\"{1:.1}\" y2=\"{1:.1}\" stroke=\"#bbb\"/>\
                 <text x=\"54\" y=\"{2:.1}\" text-anchor=\"end\">{mark}</text>\n",
                WIDTH - 20.0,
                y(mark),
                y(mark) + 4.0
            );
        }
        text += &format!(
            "<text x=\"{}\" y=\"{:.0}\" text-anchor=\"end\">{end_s:.0} s</text>\n",
            WIDTH - 20.0,
            top + PANEL - 8.0
        );
    }
    text + "</svg>\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{Details, TruthRow};
    use crate::random::Random;
    use geodesy::{Enu, Geodetic};

    #[test]
    fn honest_covariances_give_a_mean_of_two_and_halved_ones_of_four() {
        let centre = Geodetic::from_degrees(-40.0, 175.0, 0.0).expect("a place");
        let frame = LocalFrame::at(centre);
        let mut random = Random::of(8, &[]);
        let still = Enu { east: 0.0, north: 0.0, up: 0.0 };
        let (mut truth, mut tracks) = (Truth::default(), Vec::new());
        for target in 0..2_000 {
            let (east, north) = (random.between(-1e5, 1e5), random.between(-1e5, 1e5));
            let position = frame.geodetic_from_enu(Enu { east, north, up: 0.0 });
            let row = TruthRow {
                t_s: 60.0,
                target,
                position,
                velocity: still,
                coverage: 1,
                manoeuvre: false,
            };
            truth.rows.push(row);
            // correlated: [a², ab; ab, b² + c²]
            let (a, b, c) = (80.0, 30.0, 40.0);
            let (u, v) = (random.normal(), random.normal());
            let off = Enu { east: a * u, north: b * u + c * v, up: 0.0 };
            tracks.push(TrackRow {
                t_s: 60.0,
                track: format!("{target}"),
                position: LocalFrame::at(position).geodetic_from_enu(off),
                velocity: still,
                details: Some(Details {
                    age_s: 0.0,
                    covariance: [a * a, a * b, b * b + c * c],
                    level: None,
                    mode_3a: None,
                    address: None,
                }),
            });
        }
        let options = Options {
            centre,
            half_width_m: 250e3,
            grid_s: 4.0,
            warm_up_s: 60.0,
            coverage_mask: 15,
            gate_m: 600.0,
            cutoff_m: 1_000.0,
        };
        let honest = &nees(&truth, &tracks, &options)["all"];
        assert!((honest.mean - 2.0).abs() < 0.15, "{}", honest.mean);
        assert!((honest.within_95 - 0.95).abs() < 0.02, "{}", honest.within_95);
        for track in &mut tracks {
            let details = track.details.as_mut().expect("it has");
            details.covariance = details.covariance.map(|c| c / 2.0);
        }
        let small = &nees(&truth, &tracks, &options)["all"];
        assert!((small.mean / honest.mean - 2.0).abs() < 1e-9);
    }
}

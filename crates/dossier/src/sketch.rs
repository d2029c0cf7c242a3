//! A sketch of where the tracks went, for paper.

use crate::{Dossier, Point, escaped};
use std::fmt::Write;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 420.0;
const MARGIN: f64 = 30.0;
/// Most points drawn of one track: more would not be seen.
const POINTS_MAX: usize = 600;

/// An SVG of the tracks, north up, one scale both ways at the middle latitude; empty where there is
/// no position.
pub(crate) fn sketch(dossier: &Dossier<'_>) -> String {
    let all = || dossier.tracks.iter().flat_map(|track| &track.points);
    let Some(first) = all().next() else { return String::new() };
    // Eastings count from the first point, so that the antimeridian is no border.
    let east_of = |point: &Point| {
        let turn = std::f64::consts::TAU;
        let east = (point.longitude_rad - first.longitude_rad).rem_euclid(turn);
        if east > turn / 2.0 { east - turn } else { east }
    };
    let fold = |values: &dyn Fn(&Point) -> f64| {
        all().map(values).fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), value| {
            (least.min(value), most.max(value))
        })
    };
    let (south, north) = fold(&|point| point.latitude_rad);
    let shrink = ((south + north) / 2.0).cos().max(0.05);
    let (west, east) = fold(&|point| east_of(point) * shrink);
    let nautical_mile_rad = 1852.0 / 6_371_000.0;
    let span = ((east - west) / (WIDTH - 2.0 * MARGIN))
        .max((north - south) / (HEIGHT - 2.0 * MARGIN))
        .max(nautical_mile_rad / WIDTH);
    if !span.is_finite() {
        return String::new();
    }
    let place = |point: &Point| {
        let x = WIDTH / 2.0 + (east_of(point) * shrink - (west + east) / 2.0) / span;
        let y = HEIGHT / 2.0 - (point.latitude_rad - (south + north) / 2.0) / span;
        (x, y)
    };
    let mut out = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Where the tracks went\">\n"
    );
    let dashes = ["none", "8 4", "2 4", "12 4 2 4"];
    for (track, dash) in dossier.tracks.iter().zip(dashes.iter().cycle()) {
        let step = track.points.len().div_ceil(POINTS_MAX).max(1);
        let drawn = track.points.iter().step_by(step).chain(track.points.last());
        let text: Vec<String> = drawn
            .map(|point| {
                let (x, y) = place(point);
                format!("{x:.1},{y:.1}")
            })
            .collect();
        let Some(last) = track.points.last() else { continue };
        let (x, y) = place(last);
        let _ = write!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"#10384f\" stroke-width=\"1.6\" \
             stroke-dasharray=\"{dash}\"/>\n\
             <circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>\n\
             <text x=\"{:.1}\" y=\"{:.1}\">{}</text>\n",
            text.join(" "),
            x + 5.0,
            y - 5.0,
            escaped(&track.name),
        );
    }
    // A length to measure by: the longest of 1, 2, 5, 10 … NM that takes a quarter of the width.
    let lengths = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0];
    let pixels = |length: &f64| length * nautical_mile_rad / span;
    if let Some(length) = lengths.iter().rev().find(|length| pixels(length) <= WIDTH / 4.0) {
        let (y, end) = (HEIGHT - 10.0, 10.0 + pixels(length));
        let _ = write!(
            out,
            "<path d=\"M10 {y}H{end:.1}\" stroke=\"#000\" stroke-width=\"2\"/>\n\
             <text x=\"10\" y=\"{}\">{length} NM, north up</text>\n",
            y - 5.0
        );
    }
    out.push_str("</svg>\n");
    out
}

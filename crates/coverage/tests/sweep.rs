//! The sweep against the slow obvious model, over real mountains.

mod support;

use coverage::atmosphere::Propagation;
use coverage::sweep::{Antenna, Sweeping, sweep};
use geodesy::Geodetic;
use support::{Errors, Numbers, r3, sample};

/// Enough for the 99th of a hundred; the benchmark takes 60,000.
const CELLS: usize = 2000;
const FL450_M: f64 = 13_716.0;

#[test]
fn the_lowest_visible_altitude_agrees_with_the_exact_model_over_the_tien_shan() {
    let terrain = sample();
    let (lat, lon) = (42.853, 74.847);
    let ground = terrain.height_m(lat, lon).unwrap();
    let antenna = Antenna {
        name: "Kant".to_owned(),
        latitude_deg: lat,
        longitude_deg: lon,
        altitude_m: ground + 20.0,
        horizon_rad: None,
    };
    let sweeping = Sweeping { propagation: Propagation::FOUR_THIRDS, ..Sweeping::to(463_000.0) };
    let swept = sweep(&terrain, &antenna, &sweeping).unwrap();
    let site = Geodetic::from_degrees(lat, lon, 0.0).unwrap();
    let mut numbers = Numbers(8);
    let mut errors = Vec::new();
    let mut unknown = 0;
    while errors.len() < CELLS {
        let row = (numbers.next() * swept.lattice.rows as f64) as usize;
        let col = (numbers.next() * swept.lattice.cols as f64) as usize;
        let found = f64::from(swept.lowest_m[row * swept.lattice.cols + col]);
        let there = (row + swept.corner.row, col + swept.corner.col);
        let Some((exact, distance_m)) = r3(&terrain, site, antenna.altitude_m, there, 4.0 / 3.0)
        else {
            continue;
        };
        if !(1000.0..462_990.0).contains(&distance_m) {
            continue;
        }
        let ground = terrain.mean_m[there.0 * terrain.lattice.cols + there.1];
        let exact = exact.max(f64::from(ground));
        // A neighbouring ray of the sweep may meet the edge of what is known where the exact one
        // passes beside it.
        unknown += usize::from(found.is_nan());
        if exact < FL450_M && !found.is_nan() {
            errors.push(found - exact);
        }
    }
    let errors = Errors::of(errors);
    let [p50, p95, p99] = [0.5, 0.95, 0.99].map(|fraction| errors.at(fraction));
    println!("p50 {p50:.2} p95 {p95:.2} p99 {p99:.2} max {:.1} m", errors.at(1.0));
    assert!(unknown < 10, "{unknown} cells of 2,000 are unknown that need not be");
    assert!(p50 <= 0.5 && p95 <= 5.0 && p99 <= 15.0, "p50 {p50} p95 {p95} p99 {p99}");
}

//! Fixed grids with hysteresis: a reduced value stays in its cell until the true one has clearly
//! left it. Nothing is noised, so averaging brings nothing back; nothing flickers at a cell's edge.

use std::f64::consts::{FRAC_PI_2, PI, TAU};

/// How far beyond a cell's edge, in cells, before the next cell takes over.
const HYSTERESIS: f64 = 0.1;
/// Mean radius of the Earth, metres (IUGG): the grid's size is nominal, its cells are fixed.
const RADIUS_M: f64 = 6_371_008.8;

/// A cell of the position grid: rows of latitude, each cut into as many columns as make its cells
/// about square.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cell {
    row: i32,
    column: i32,
}

/// The cell of a point (latitude, longitude in radians) for a step in metres, given the cell it was
/// in before.
pub(crate) fn cell(point_rad: [f64; 2], step_m: f64, before: Option<Cell>) -> Cell {
    if let Some(before) = before
        && is_near(point_rad, step_m, before)
    {
        return before;
    }
    let row = row_of(point_rad[0], step_m);
    let columns = columns_in(row, step_m);
    let share = (point_rad[1] + PI).rem_euclid(TAU) / TAU;
    let column = ((share * f64::from(columns)) as i32).min(columns - 1);
    Cell { row, column }
}

/// Latitude and longitude of a cell's centre, radians.
pub(crate) fn centre(cell: Cell, step_m: f64) -> [f64; 2] {
    let columns = columns_in(cell.row, step_m);
    let longitude = (f64::from(cell.column) + 0.5) / f64::from(columns) * TAU - PI;
    [row_centre(cell.row, step_m), longitude]
}

fn rows(step_m: f64) -> i32 {
    (PI * RADIUS_M / step_m).ceil().clamp(1.0, 1e9) as i32
}

fn row_of(latitude_rad: f64, step_m: f64) -> i32 {
    let rows = rows(step_m);
    ((((latitude_rad + FRAC_PI_2) / PI) * f64::from(rows)) as i32).clamp(0, rows - 1)
}

fn row_centre(row: i32, step_m: f64) -> f64 {
    (f64::from(row) + 0.5) / f64::from(rows(step_m)) * PI - FRAC_PI_2
}

fn columns_in(row: i32, step_m: f64) -> i32 {
    let around_m = TAU * RADIUS_M * row_centre(row, step_m).cos();
    (around_m / step_m).ceil().clamp(1.0, 2e9) as i32
}

fn is_near([latitude, longitude]: [f64; 2], step_m: f64, cell: Cell) -> bool {
    let rows = f64::from(rows(step_m));
    let columns = f64::from(columns_in(cell.row, step_m));
    let down = (latitude + FRAC_PI_2) / PI * rows - (f64::from(cell.row) + 0.5);
    let across = (longitude + PI).rem_euclid(TAU) / TAU * columns - (f64::from(cell.column) + 0.5);
    // The way around is as near.
    let across = across.abs().min(columns - across.abs());
    down.abs() <= 0.5 + HYSTERESIS && across <= 0.5 + HYSTERESIS
}

/// The number of the step nearest to a value, given the one it had before.
pub(crate) fn step(value: f64, step: f64, before: Option<i64>) -> i64 {
    let share = value / step;
    match before {
        Some(before) if (share - before as f64).abs() <= 0.5 + HYSTERESIS => before,
        _ => share.round() as i64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cell_holds_until_it_is_clearly_left() {
        let step_m = 9_260.0;
        let width_rad = PI / f64::from(rows(step_m));
        let at = |share: f64| [0.75 + share * width_rad, 1.3];
        let first = cell(at(0.0), step_m, None);
        let edge = (0..100)
            .map(|n| f64::from(n) / 100.0)
            .find(|share| cell(at(*share), step_m, None) != first);
        let edge = edge.expect("within a cell's height there is an edge");
        assert_eq!(cell(at(edge + 0.05), step_m, Some(first)), first);
        assert_ne!(cell(at(edge + 0.15), step_m, Some(first)), first);
    }

    proptest! {
        #[test]
        fn a_point_lies_in_the_cell_it_is_given(
            latitude in -90.0..90.0_f64,
            longitude in -180.0..180.0_f64,
            step_nm in 0.1..60.0_f64,
        ) {
            let point = [latitude.to_radians(), longitude.to_radians()];
            let step_m = step_nm * 1852.0;
            let given = cell(point, step_m, None);
            let centre = centre(given, step_m);
            let off_m = (point[0] - centre[0]).abs() * RADIUS_M;
            prop_assert!(off_m <= step_m * 0.5001, "{off_m} m of {step_m}");
            let across = geodesy::wrap_pi(point[1] - centre[1]).abs() * RADIUS_M * centre[0].cos();
            prop_assert!(across <= step_m * 0.5001, "{across} m of {step_m}");
            // The centre is in its own cell, and stays in it.
            prop_assert_eq!(cell(centre, step_m, None), given);
        }
    }
}

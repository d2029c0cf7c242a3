//! How dense a radar's stray plots are, by where it looks: a map in its own polar cells.
//!
//! Cells have equal area. A cell's density is the mean of a gamma posterior (counts over scans,
//! both fading) whose prior is the radar's density over all cells: a cell that saw little speaks
//! as the whole radar does, a town or a wind farm as itself.

use surveillance::Time;

const RINGS: usize = 24;
const SECTORS: usize = 48;
/// Scans after which a count is closed.
const SCANS: f64 = 4.0;
/// Part of the past that each closing keeps: some forty scans remembered.
const KEPT: f64 = 0.9;
/// Scans that the whole radar's density counts for in a cell.
const PRIOR_SCANS: f64 = 12.0;
/// No radar is cleaner or dirtier than this, per m² and scan.
const BOUNDS: (f64, f64) = (1e-12, 1e-7);

#[derive(Debug)]
pub(crate) struct ClutterMap {
    range_max_m: f64,
    /// Strays per cell since the last closing, and before it, fading.
    fresh: Vec<u16>,
    past: Vec<f32>,
    /// Scans that the past counts stand for.
    scans: f64,
    overall: f64,
    strays: u32,
    since: Time,
}

impl ClutterMap {
    pub(crate) fn new(density: f64, range_max_m: f64) -> Self {
        Self {
            range_max_m,
            fresh: vec![0; RINGS * SECTORS],
            past: vec![0.0; RINGS * SECTORS],
            scans: 0.0,
            overall: density,
            strays: 0,
            since: Time::EPOCH,
        }
    }

    /// Density where nothing more is known, per m² and scan.
    pub(crate) fn overall(&self) -> f64 {
        self.overall
    }

    /// Density at a place, per m² and scan.
    pub(crate) fn at(&self, slant_range_m: f64, azimuth_rad: f64) -> f64 {
        let cell = self.cell(slant_range_m, azimuth_rad);
        let exposure = self.cell_area_m2() * (self.scans + PRIOR_SCANS);
        let prior = self.overall * self.cell_area_m2() * PRIOR_SCANS;
        ((f64::from(self.past[cell]) + prior) / exposure).clamp(BOUNDS.0, BOUNDS.1)
    }

    /// Notes the reach of the radar and closes a count when it is due.
    pub(crate) fn note_plot(&mut self, at: Time, slant_range_m: f64, period_s: f64) {
        if slant_range_m > self.range_max_m {
            // the cells have moved: what was counted in them is of other places
            self.range_max_m = 1.1 * slant_range_m;
            self.past.fill(0.0);
            self.fresh.fill(0);
            self.scans = 0.0;
        }
        let span_s = at.seconds_since(self.since);
        let due_s = SCANS * period_s;
        if (-due_s..due_s).contains(&span_s) {
            return;
        }
        if (due_s..4.0 * due_s).contains(&span_s) {
            self.close(span_s.min(2.0 * due_s) / period_s);
        } else {
            self.fresh.fill(0);
        }
        (self.since, self.strays) = (at, 0);
    }

    fn close(&mut self, scans: f64) {
        let area_m2 = self.cell_area_m2() * (RINGS * SECTORS) as f64;
        let found = f64::from(self.strays) / scans / area_m2;
        self.overall = (0.7 * self.overall + 0.3 * found).clamp(BOUNDS.0, BOUNDS.1);
        self.scans = KEPT * self.scans + scans;
        for (past, fresh) in self.past.iter_mut().zip(&mut self.fresh) {
            *past = KEPT as f32 * *past + f32::from(*fresh);
            *fresh = 0;
        }
    }

    /// Counts a plot that belonged to no track.
    pub(crate) fn note_stray(&mut self, slant_range_m: f64, azimuth_rad: f64) {
        self.strays = self.strays.saturating_add(1);
        let cell = self.cell(slant_range_m, azimuth_rad);
        self.fresh[cell] = self.fresh[cell].saturating_add(1);
    }

    fn cell_area_m2(&self) -> f64 {
        std::f64::consts::PI * self.range_max_m * self.range_max_m / (RINGS * SECTORS) as f64
    }

    fn cell(&self, slant_range_m: f64, azimuth_rad: f64) -> usize {
        let share = (slant_range_m / self.range_max_m).powi(2);
        let ring = ((share * RINGS as f64) as usize).min(RINGS - 1);
        let turn = (azimuth_rad / std::f64::consts::TAU).rem_euclid(1.0);
        ring * SECTORS + ((turn * SECTORS as f64) as usize).min(SECTORS - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_town_is_learnt_where_it_stands_and_nowhere_else() {
        let mut map = ClutterMap::new(1e-10, 100_000.0);
        for scan in 0..40 {
            let time = Time::EPOCH.plus_seconds(f64::from(scan) * 4.0);
            map.note_plot(time, 50_000.0, 4.0);
            (0..3).for_each(|_| map.note_stray(40_000.0, 1.0));
        }
        let town = 3.0 / map.cell_area_m2();
        assert!((0.6..1.1).contains(&(map.at(40_000.0, 1.0) / town)), "{}", map.at(40e3, 1.0));
        assert!(map.at(40_000.0, 4.0) < 0.01 * town);
        let mean = 3.0 / (map.cell_area_m2() * (RINGS * SECTORS) as f64);
        assert!((0.8..1.2).contains(&(map.overall() / mean)));
    }
}

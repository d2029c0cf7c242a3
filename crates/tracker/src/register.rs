//! Registration within the tracker: which comparisons are made, and what is corrected by them.

use crate::Tracker;
use surveillance::{Measurement, Phase, Plot};

/// Levels of one aircraft seen by two sensors differ by less than this, m.
const LEVEL_SLACK_M: f64 = 120.0;
/// Farthest that the plots of a radar not yet registered are looked for, m.
const MATE_REACH_M: f64 = 9_000.0;

impl Tracker {
    /// Learns from a radar's plot as it came what the radar is off by. `named` is the track it
    /// names.
    pub(crate) fn learn(&mut self, plot: &Plot, named: Option<u32>) {
        let polar = matches!(plot.measurement, Some(Measurement::Polar { .. }));
        if polar && self.registrar.wants(plot.sensor, plot.time) {
            let mate = || self.registrar.is_new(plot.sensor).then(|| self.mate(plot)).flatten();
            if let Some(slot) = named.or_else(mate) {
                self.compare(slot, plot);
            }
        }
    }

    /// Learns from a corrected plot that its track was found for by position.
    pub(crate) fn learn_assigned(&mut self, slot: u32, plot: &Plot) {
        let polar = matches!(plot.measurement, Some(Measurement::Polar { .. }));
        if !polar || plot.codes.address.is_some() || plot.pressure_altitude.is_none() {
            return;
        }
        if self.registrar.wants(plot.sensor, plot.time)
            && let Some(site) = self.sites.get(&plot.sensor)
        {
            let mut raw = *plot;
            site.correction.undo(&mut raw);
            self.compare(slot, &raw);
        }
    }

    /// Learns which way a radar counts range rates from a target whose velocity is well known.
    pub(crate) fn learn_range_rate(&mut self, slot: u32, plot: &Plot) {
        let Some(told_mps) = plot.range_rate_mps else { return };
        let Some(site) = self.sites.get_mut(&plot.sensor) else { return };
        let Some(target) = self.store.get(slot) else { return };
        if site.range_rates.wants()
            && let Some(expected_mps) = target.expected_range_rate(plot, site)
        {
            site.range_rates.note(told_mps, expected_mps);
        }
    }

    fn compare(&mut self, slot: u32, plot: &Plot) {
        let Some(site) = self.sites.get(&plot.sensor) else { return };
        let Some(target) = self.store.get_mut(slot) else { return };
        if let Some(sample) = target.compare(plot, site, |id| self.sites.get(&id)) {
            self.registrar.take(plot.sensor, sample);
        }
    }

    /// The only track near a plot that bears its discrete code at its level.
    pub(crate) fn mate(&self, plot: &Plot) -> Option<u32> {
        let code = plot.codes.mode_3a.filter(|code| !code.is_shared())?;
        let level = plot.pressure_altitude.as_ref()?;
        let site = self.sites.get(&plot.sensor)?;
        let point = self.whereabouts(plot, site)?.point;
        let (mut found, mut several) = (None, false);
        self.store.grid.around(point, MATE_REACH_M, |slot, glance| {
            if glance.mode_3a != Some(code) {
                return;
            }
            let Some(target) = self.store.get(slot) else { return };
            let apart_m = target.vertical.apart_m(level, plot.time);
            if target.phase != Phase::Tentative && apart_m < LEVEL_SLACK_M {
                several |= found.is_some();
                found = Some(slot);
            }
        });
        found.filter(|_| !several)
    }

    /// Solves for the sensors' errors when it is time to.
    pub(crate) fn register(&mut self) {
        let Some(now) = self.now.filter(|now| self.registrar.is_due(*now)) else { return };
        for latency in self.registrar.solve(now) {
            let slot = self.store.find(latency.number);
            if let Some(target) = slot.and_then(|slot| self.store.get_mut(slot)) {
                target.latency_s = latency.value_s;
            }
        }
        for (sensor, correction) in self.registrar.corrections() {
            if let Some(site) = self.sites.get_mut(&sensor)
                && site.correction != correction
            {
                site.correct_by(correction);
            }
        }
    }
}

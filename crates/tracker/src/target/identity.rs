//! Who a track is: its codes, what it says of itself, and which sensors contributed.

use super::Target;
use surveillance::{
    Contributor, Measurement, Mode3A, Plot, PlotOrigin, PressureAltitude, SensorId, Time,
};

/// Two levels in a row are of one climb if they differ by no more than this, and this much a
/// second between them.
const LEVEL_SLACK_M: f64 = 30.0;
const CLIMB_MPS: f64 = 30.0;

/// So long after its last report by ADS-B no other system's word on an aircraft's place counts, seconds.
const OUTRANKS_S: f64 = 10.0;

impl Target {
    /// Whether the plot is the very report that the track had last, by whatever way.
    pub(crate) fn repeats(&self, plot: &Plot) -> bool {
        let same_report = match (plot.measurement, self.last_report) {
            (Some(Measurement::Geodetic(r)), Some((latitude_rad, longitude_rad, time))) => {
                r.latitude_rad == latitude_rad
                    && r.longitude_rad == longitude_rad
                    && plot.time.seconds_since(time).abs() < 0.4
            }
            _ => false,
        };
        same_report || self.last_of(plot.sensor) == Some(plot.time)
    }

    /// Whether it is the word of a lesser system on where an aircraft is that ADS-B reports: anybody may
    /// say any address there.
    pub(crate) fn is_outranked(&self, plot: &Plot) -> bool {
        let lesser = plot.origin.is_claim() && plot.origin != PlotOrigin::AdsB;
        lesser
            && self.contributors.iter().any(|c| {
                c.origin == PlotOrigin::AdsB && plot.time.seconds_since(c.last) < OUTRANKS_S
            })
    }

    /// Time of the last plot used of a sensor.
    pub(crate) fn last_of(&self, sensor: SensorId) -> Option<Time> {
        self.contributors.iter().find(|c| c.sensor == sensor).map(|c| c.last)
    }

    pub(super) fn note_contributor(&mut self, plot: &Plot) {
        let known = self.contributors.iter().position(|c| c.sensor == plot.sensor);
        let known = known.map(|index| self.contributors.remove(index));
        let plots = known.as_ref().map_or(0, |known| known.plots);
        if self.contributors.is_full() {
            self.contributors.remove(0);
        }
        self.contributors.push(Contributor {
            sensor: plot.sensor,
            origin: plot.origin,
            // One that comes late does not make the newest unheard.
            last: known.map_or(plot.time, |known| known.last.max(plot.time)),
            plots: plots.saturating_add(1),
        });
    }

    /// Takes codes, level and what the target says of itself from a plot, not its position.
    pub(crate) fn refresh(&mut self, plot: &Plot) {
        let codes = &plot.codes;
        self.codes.address = self.codes.address.or(codes.address);
        self.codes.callsign = codes.callsign.or(self.codes.callsign);
        self.codes.source_track = codes.source_track.or(self.codes.source_track);
        if plot.origin != PlotOrigin::Primary {
            self.codes.ident = codes.ident;
        }
        if let Some(code) = codes.mode_3a {
            self.hear_code(code);
        }
        if let Some(rate) = plot.velocity.and_then(|v| v.vertical_rate_mps) {
            self.told_rate = Some((rate, plot.time));
        }
        if plot.time >= self.last {
            self.on_ground = plot.on_ground.unwrap_or(self.on_ground);
        }
        let (q, new) = (&mut self.quality, &plot.quality);
        q.version = new.version.or(q.version);
        q.nic = new.nic.or(q.nic);
        q.nac_p = new.nac_p.or(q.nac_p);
        q.nac_v = new.nac_v.or(q.nac_v);
        q.sil = new.sil.or(q.sil);
        self.category = plot.category.or(self.category);
    }

    /// The level of a plot: its own word, also where its position is doubted or begins anew.
    pub(super) fn hear_level_of(&mut self, plot: &Plot) {
        if let Some(level) = &plot.pressure_altitude {
            self.hear_level(level, plot.time);
        }
    }

    /// A level that does not follow from those before may be garbled, or the first of a climb: it
    /// is shown once the next agrees with it.
    fn hear_level(&mut self, level: &PressureAltitude, at: Time) {
        let told = (level.altitude_m, at);
        let agrees = |(strange_m, heard): (f64, Time)| {
            let span_s = at.seconds_since(heard).abs().min(30.0);
            (level.altitude_m - strange_m).abs() < LEVEL_SLACK_M + CLIMB_MPS * span_s
        };
        if self.vertical.leads_to(level, at) || self.strange_level.is_some_and(agrees) {
            (self.pressure_altitude, self.strange_level) = (Some(told), None);
        } else {
            self.strange_level = Some(told);
        }
        self.vertical.observe_level(level, at);
    }

    /// A single strange code may be garbled; twice in a row it is the new one.
    fn hear_code(&mut self, code: Mode3A) {
        if self.codes.mode_3a.is_none() || self.codes.mode_3a == Some(code) {
            self.codes.mode_3a = Some(code);
            self.strange_code = None;
            self.coded_hits = self.coded_hits.saturating_add(1);
            return;
        }
        let times = self.strange_code.filter(|strange| strange.0 == code).map_or(1, |s| s.1 + 1);
        self.strange_code = Some((code, times));
        if times >= 3 {
            self.codes.mode_3a = Some(code);
            self.strange_code = None;
        }
    }
}

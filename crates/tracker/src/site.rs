//! A sensor as the tracker uses it: checked once, with what was learnt of its clutter.

use crate::TrackerConfig;
use crate::arrivals;
use crate::clutter::ClutterMap;
use crate::counters::PlotCounts;
use crate::range_rate::RangeRates;
use crate::registration::Correction;
use geodesy::{
    EFFECTIVE_EARTH, Ecef, Enu, Geodetic, LocalFrame, Polar, SEMI_MAJOR_M, radio_horizon_m,
};
use surveillance::{Measurement, Plot, PlotAccuracy, Sensor, SensorKind, Time, View};

/// Period assumed of a radar that states none, seconds: a terminal radar's to an en-route one's.
const PERIOD_S: f64 = 8.0;

/// Standard deviation of a receiver that states none, metres: 100 ns.
const ARRIVAL_SD_M: f64 = 30.0;

#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) kind: SensorKind,
    /// East-north-up at the antenna; a sensor without a site has none.
    pub(crate) radar: Option<LocalFrame>,
    /// The same as it was told, before any correction.
    pub(crate) stated: Option<LocalFrame>,
    /// With what registration leaves uncertain.
    pub(crate) accuracy: PlotAccuracy,
    /// As it was told.
    pub(crate) stated_accuracy: PlotAccuracy,
    /// What its plots are corrected by.
    pub(crate) correction: Correction,
    pub(crate) period_s: f64,
    pub(crate) range_rates: RangeRates,
    /// What became of its plots.
    pub(crate) plots: PlotCounts,
    /// Receivers of a multilateration system, and how well each hears times of arrival, metres.
    pub(crate) receivers: Box<[(Ecef, f64)]>,
    range_max_m: Option<f64>,
    view: View,
    clutter: ClutterMap,
    /// The first plot that belonged to no track: when this sensor was first heard.
    first_stray: Option<Time>,
    /// Whether its errors are known well enough to judge others by it.
    pub(crate) settled: bool,
}

impl Site {
    /// Impossible figures (not finite, not positive) fall back to the defaults.
    pub(crate) fn new(sensor: &Sensor, config: &TrackerConfig) -> Self {
        let sane = |value: f64, least: f64, most: f64, otherwise: f64| {
            if (least..=most).contains(&value) { value } else { otherwise }
        };
        let typical = PlotAccuracy::default();
        let site = sensor.site.filter(|site| {
            site.latitude_rad.abs() <= std::f64::consts::FRAC_PI_2
                && site.longitude_rad.abs() <= 10.0
                && site.height_m.abs() <= 20_000.0
        });
        let accuracy = PlotAccuracy {
            range_m: sane(sensor.accuracy.range_m, 0.5, 20_000.0, typical.range_m),
            azimuth_rad: sane(sensor.accuracy.azimuth_rad, 1e-6, 0.2, typical.azimuth_rad),
            elevation_rad: sane(sensor.accuracy.elevation_rad, 1e-6, 0.2, typical.elevation_rad),
        };
        Self {
            kind: sensor.kind,
            radar: site.map(LocalFrame::at),
            stated: site.map(LocalFrame::at),
            accuracy,
            stated_accuracy: accuracy,
            correction: Correction::default(),
            period_s: sane(sensor.period_s.unwrap_or(PERIOD_S), 0.1, 120.0, PERIOD_S),
            range_rates: RangeRates::default(),
            plots: PlotCounts::default(),
            receivers: (sensor.receivers.iter())
                .map(|r| {
                    (
                        r.site.to_ecef(),
                        sane(r.arrival_sd_m, f64::MIN_POSITIVE, 1e9, ARRIVAL_SD_M)
                            .clamp(0.3, 20_000.0),
                    )
                })
                .collect(),
            range_max_m: sensor.range_max_m.filter(|range_m| *range_m > 0.0),
            view: sensor.view.clone(),
            clutter: ClutterMap::new(
                config.clutter_density,
                sane(sensor.range_max_m.unwrap_or(0.0), 1_000.0, 1e6, 20_000.0),
            ),
            first_stray: None,
            settled: false,
        }
    }

    /// Whether it should see what is at a point: a radar with a site, within its range, above the
    /// horizon of a round earth and of its terrain, below its cone of silence, as far as these are
    /// known.
    pub(crate) fn sees(&self, point: Ecef) -> bool {
        let Some(radar) = self.radar.as_ref().filter(|_| self.kind == SensorKind::Radar) else {
            return false;
        };
        let seen = radar.polar_from_ecef(point);
        let range_m = seen.slant_range_m;
        let antenna_m = radar.origin().height_m.max(10.0);
        let horizon_m = radio_horizon_m(antenna_m) + radio_horizon_m(point.to_geodetic().height_m);
        // A wave that is bent leaves the antenna higher than straight to the target.
        let bent_rad = range_m * (1.0 - 1.0 / EFFECTIVE_EARTH) / (2.0 * SEMI_MAJOR_M);
        range_m <= self.range_max_m.unwrap_or(f64::INFINITY).min(horizon_m)
            && self.view.sees(seen.azimuth_rad, seen.elevation_rad + bent_rad)
    }

    /// Corrects its plots from now on.
    pub(crate) fn correct_by(&mut self, correction: Correction) {
        self.settled = correction.settled;
        self.correction = correction;
        let [east, north] = correction.site_m;
        self.radar = self.stated.map(|stated| {
            let origin = stated.origin();
            let moved = stated.geodetic_from_enu(Enu { east, north, up: 0.0 });
            LocalFrame::at(moved.at_height(origin.height_m))
        });
        self.accuracy = PlotAccuracy {
            range_m: self.stated_accuracy.range_m.hypot(correction.range_sd_m),
            azimuth_rad: self.stated_accuracy.azimuth_rad.hypot(correction.azimuth_sd_rad),
            elevation_rad: self.stated_accuracy.elevation_rad,
        };
    }

    /// Density of plots that belong to no track where a plot is, per m² and scan.
    pub(crate) fn density(&self, plot: &Plot) -> f64 {
        match plot.measurement {
            Some(Measurement::Polar { slant_range_m, azimuth_rad, .. }) => {
                self.clutter.at(slant_range_m, azimuth_rad)
            }
            _ => self.clutter.overall(),
        }
    }

    /// Density of targets that appear without any code where a plot is, per m² and scan.
    pub(crate) fn births(&self, plot: &Plot, config: &TrackerConfig) -> f64 {
        let heard_s = self.first_stray.map_or(0.0, |first| plot.time.seconds_since(first));
        if heard_s < self.period_s { config.standing_density } else { config.birth_density }
    }

    /// Notes a plot, of a track or not, for the count of strays.
    pub(crate) fn note_plot(&mut self, plot: &Plot) {
        if let Some(Measurement::Polar { slant_range_m, .. }) = plot.measurement {
            self.clutter.note_plot(plot.time, slant_range_m, self.period_s);
        }
    }

    /// Counts a plot that belonged to no track.
    pub(crate) fn note_stray(&mut self, plot: &Plot) {
        self.first_stray.get_or_insert(plot.time);
        if let Some(Measurement::Polar { slant_range_m, azimuth_rad, .. }) = plot.measurement {
            self.clutter.note_stray(slant_range_m, azimuth_rad);
        }
        if let Some(told_mps) = plot.range_rate_mps {
            self.range_rates.note_stray(told_mps);
        }
    }

    /// Where a plot of this sensor puts a target of which nothing else is known.
    pub(crate) fn place_of(&self, plot: &Plot, config: &TrackerConfig) -> Option<Geodetic> {
        let level = plot.pressure_altitude.map(|level| level.altitude_m);
        let height = height_of(plot, config);
        let height_m = height.0;
        match plot.measurement? {
            Measurement::Geodetic(report) => Some(report.at_height_or(height_m)),
            Measurement::Arrivals(arrivals) => {
                arrivals::place(&arrivals, self, height).map(|(place, _)| place)
            }
            Measurement::Polar { slant_range_m, azimuth_rad, elevation_rad } => {
                let measured = elevation_rad.filter(|_| level.is_none());
                let point = self.place(slant_range_m, azimuth_rad, measured, height_m);
                // below its assumed height: rather near the horizon than nowhere
                let low = || self.place(slant_range_m, azimuth_rad, Some(0.3), 0.0);
                point.or_else(low).map(Ecef::to_geodetic)
            }
        }
    }

    /// Where a polar measurement lies if its target is at `height_m`; with a measured elevation,
    /// there. `None` without a site, or where no point of that height is so near.
    pub(crate) fn place(
        &self,
        slant_range_m: f64,
        azimuth_rad: f64,
        elevation_rad: Option<f64>,
        height_m: f64,
    ) -> Option<Ecef> {
        let radar = self.radar.as_ref()?;
        let flat = Polar { slant_range_m, azimuth_rad, elevation_rad: 0.0 };
        let elevation_rad =
            elevation_rad.or_else(|| flat.elevation_for_height(radar.origin(), height_m))?;
        Some(radar.ecef_from_enu(Polar { elevation_rad, ..flat }.to_enu()))
    }
}

/// Height of a plot's target and its standard deviation where nothing else tells it, metres.
pub(crate) fn height_of(plot: &Plot, config: &TrackerConfig) -> (f64, f64) {
    match plot.pressure_altitude {
        Some(level) => (level.altitude_m, config.height_offset_sd_m),
        None => (config.height_prior_m, config.height_prior_sd_m),
    }
}

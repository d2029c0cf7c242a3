//! Every address that claims a position, and what was last found of it.

use super::Claim;
use super::compare::{Found, Said, Site, TrustConfig};
use super::twins::{Places, Twin};
use crate::Bias;
use rustc_hash::FxHashMap;
use surveillance::{Address, AddressKind, Measurement, Plot, PlotOrigin, Sensor, SensorId, Time};

/// Plots that lie farther apart count as so far apart, seconds: the clock may have leapt.
const STEP_MAX_S: f64 = 60.0;

/// Holds each ADS-B claim against what radars and MLAT measure of the same address.
#[derive(Debug, Clone, Default)]
pub struct ClaimWatch {
    config: TrustConfig,
    sensors: FxHashMap<SensorId, Site>,
    /// By the 24 bits of the ICAO address. Looked up, never walked into output.
    watched: FxHashMap<u32, Watched>,
    /// Where each address was heard, those that only claim too.
    places: FxHashMap<u32, Heard>,
    /// When the newest plot was received, UTC.
    received: Option<Time>,
    /// Sum of the steps between receipts that the clock did not leap, seconds.
    running_s: f64,
    swept_s: f64,
    counts: TrustCounts,
}

/// What was compared and what was not, since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TrustCounts {
    /// Measurements held against a claim.
    pub compared: u64,
    /// Of these, those that disagreed.
    pub disagreed: u64,
    /// Measurements of an address that claims nothing, or nothing near in time.
    pub alone: u64,
    /// Measurements that could not be placed.
    pub unplaced: u64,
    /// Measurements of addresses that were not watched because [`TrustConfig::addresses_max`] were.
    pub unwatched: u64,
}

/// Where one address was heard.
#[derive(Debug, Clone, Copy, Default)]
struct Heard {
    places: Places,
    /// Running time at which it was last heard, seconds.
    heard_s: f64,
}

/// What is known of one address.
#[derive(Debug, Clone, Copy, Default)]
struct Watched {
    said: Option<Said>,
    /// Pressure altitude last measured with it, metres.
    height_m: Option<f64>,
    /// Running time at which it was last heard, seconds.
    heard_s: f64,
    /// A bit a comparison, the latest lowest: whether it disagreed.
    history: u16,
    /// Comparisons in a row that agreed, and when the last one was.
    agreed: u8,
    compared: Option<Time>,
    since: Option<Time>,
    finding: Option<Finding>,
}

#[derive(Debug, Clone, Copy)]
struct Finding {
    found: Found,
    time: Time,
    sensor: SensorId,
    origin: PlotOrigin,
}

impl ClaimWatch {
    /// With these thresholds.
    pub fn new(config: TrustConfig) -> Self {
        Self { config, ..Self::default() }
    }

    /// A sensor as configured or learned. Its estimated systematic errors are kept.
    pub fn set_sensor(&mut self, sensor: &Sensor) {
        let bias = self.sensors.get(&sensor.id).map(|site| site.bias).unwrap_or_default();
        self.sensors.insert(sensor.id, Site { bias, ..Site::of(sensor) });
    }

    /// What a sensor's systematic errors were estimated to be, which are taken off its plots; not
    /// where they have been already. Of an unknown sensor, nothing.
    pub fn set_bias(&mut self, sensor: SensorId, bias: Bias) {
        if let Some(site) = self.sensors.get_mut(&sensor) {
            site.bias = bias;
        }
    }

    /// Takes plots, of whatever origin, in the order in which they came. Plots without an ICAO
    /// address tell nothing here.
    pub fn observe(&mut self, plots: &[Plot]) {
        for plot in plots {
            self.take(plot);
        }
        self.sweep();
    }

    /// What was found of an address, if it was found false and compared no longer ago than
    /// [`TrustConfig::hold_s`].
    pub fn claim(&self, address: Address, now: Time) -> Option<Claim> {
        if address.kind() != AddressKind::Icao {
            return None;
        }
        // Where two aircraft bear it, each is held against the claims of the other.
        if self.twin(address).is_some_and(|twin| twin.measured) {
            return None;
        }
        let watched = self.watched.get(&address.bits())?;
        let (since, Finding { found, time, sensor, origin }) = (watched.since?, watched.finding?);
        let Found { claimed, trusted, distance_m, limit_m } = found;
        (now.seconds_since(time).abs() <= self.config.hold_s).then_some(Claim {
            address,
            claimed,
            trusted,
            time,
            distance_m,
            limit_m,
            since,
            sensor,
            origin,
        })
    }

    /// Whether what an address claims is borne out: as many comparisons in a row agreed as would have
    /// to disagree, the last no longer ago than [`TrustConfig::hold_s`].
    pub fn agrees(&self, address: Address, now: Time) -> bool {
        let watched = self.watched.get(&address.bits()).filter(|watched| {
            address.kind() == AddressKind::Icao
                && watched.since.is_none()
                && watched.agreed >= self.config.begin
        });
        let compared = watched.and_then(|watched| watched.compared);
        compared.is_some_and(|time| now.seconds_since(time).abs() <= self.config.hold_s)
    }

    /// Two places at which an address is heard, if one aircraft cannot be at both.
    pub fn twin(&self, address: Address) -> Option<Twin> {
        if address.kind() != AddressKind::Icao {
            return None;
        }
        self.places.get(&address.bits())?.places.twin(&self.config, address)
    }

    /// What was compared and what was not.
    pub fn counts(&self) -> TrustCounts {
        self.counts
    }

    /// How many addresses are watched.
    pub fn len(&self) -> usize {
        self.watched.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.watched.is_empty()
    }

    fn take(&mut self, plot: &Plot) {
        let Some(address) = plot.codes.address.filter(|a| a.kind() == AddressKind::Icao) else {
            return;
        };
        let independent = matches!(plot.origin, PlotOrigin::Secondary | PlotOrigin::Mlat);
        if !independent && plot.origin != PlotOrigin::AdsB {
            return;
        }
        self.run_to(plot.received);
        self.hear(plot, address, independent);
        // Only what is measured is watched: claims alone, of which one transmitter can make any
        // number, take no room.
        if independent && !self.watched.contains_key(&address.bits()) {
            if self.watched.len() >= self.config.addresses_max {
                self.counts.unwatched += 1;
                return;
            }
            self.watched.insert(address.bits(), Watched::default());
        }
        let Some(watched) = self.watched.get_mut(&address.bits()) else { return };
        watched.heard_s = self.running_s;
        if independent {
            // The height by which a plot is placed is what the transponder answers to those who ask
            // it, not what is claimed.
            if let Some(altitude) = plot.pressure_altitude {
                watched.height_m = Some(altitude.altitude_m);
            }
            let site = self.sensors.get(&plot.sensor);
            watched.measure(&self.config, plot, site, &mut self.counts);
        } else {
            watched.say(&self.config, plot);
        }
    }

    /// Where the address is heard now.
    fn hear(&mut self, plot: &Plot, address: Address, independent: bool) {
        let altitude_m = plot.pressure_altitude.map(|told| told.altitude_m);
        let at = match plot.measurement {
            Some(Measurement::Geodetic(report)) => report.at_height_or(altitude_m.unwrap_or(0.0)),
            _ => {
                let Some(site) = self.sensors.get(&plot.sensor) else { return };
                // A reply without a level is placed as one from 6,000 m: that is a kilometre or two.
                let height_m = Some(altitude_m.unwrap_or(6_000.0));
                let Some(measured) = self.config.place(plot, height_m, site) else { return };
                measured.place
            }
        };
        if self.places.len() >= self.config.addresses_max
            && !self.places.contains_key(&address.bits())
        {
            return;
        }
        let heard = self.places.entry(address.bits()).or_default();
        heard.heard_s = self.running_s;
        heard.places.hear(&self.config, plot, at, independent);
    }

    /// A leap of the clock is no while: nobody is forgotten for it, and nobody stays for ever.
    fn run_to(&mut self, received: Time) {
        if let Some(before) = self.received.replace(received) {
            let step_s = received.seconds_since(before);
            self.running_s += step_s.clamp(0.0, STEP_MAX_S);
        }
    }

    /// Forgets addresses that were not heard for long, twice in that while.
    fn sweep(&mut self) {
        let (now_s, forget_s) = (self.running_s, self.config.forget_s);
        if now_s - self.swept_s < forget_s / 2.0 {
            return;
        }
        self.swept_s = now_s;
        self.watched.retain(|_, watched| now_s - watched.heard_s <= forget_s);
        self.places.retain(|_, heard| now_s - heard.heard_s <= forget_s);
    }
}

impl Watched {
    /// Takes what a target tells of itself.
    fn say(&mut self, config: &TrustConfig, plot: &Plot) {
        let told = plot.velocity.and_then(|velocity| velocity.horizontal);
        let velocity = told.map(|velocity| (velocity, plot.time));
        if let Some(Measurement::Geodetic(report)) = plot.measurement {
            let claimed_sd_m = report.horizontal_sd_m.or(plot.quality.horizontal_sd_m());
            self.said = Some(Said {
                report,
                time: plot.time,
                // Whoever forges may also claim to be unsure: that buys little.
                sd_m: claimed_sd_m.unwrap_or(config.claim_sd_m).min(config.claim_sd_max_m),
                velocity: velocity.or(self.said.and_then(|said| said.velocity)),
            });
        } else if let (Some(said), Some(_)) = (&mut self.said, velocity) {
            said.velocity = velocity;
        }
    }

    /// Holds what was said against what a sensor measured.
    fn measure(
        &mut self,
        config: &TrustConfig,
        plot: &Plot,
        site: Option<&Site>,
        counts: &mut TrustCounts,
    ) {
        let Some(said) = self.said else {
            counts.alone += 1;
            return;
        };
        let time_bias_s = site.and_then(|site| site.bias.time_s).unwrap_or(0.0);
        let time = plot.time.plus_seconds(-time_bias_s);
        let measured = site.and_then(|site| config.place(plot, self.height_m, site));
        let Some(measured) = measured else {
            counts.unplaced += 1;
            return;
        };
        let Some(found) = config.compare(&said, &measured, time) else {
            counts.alone += 1;
            return;
        };
        let disagrees = found.distance_m > found.limit_m;
        counts.compared += 1;
        counts.disagreed += u64::from(disagrees);
        self.remember(config, disagrees, time);
        if disagrees {
            let (sensor, origin) = (plot.sensor, plot.origin);
            self.finding = Some(Finding { found, time, sensor, origin });
        }
    }

    /// Counts a comparison: so many of so many begin, fewer end.
    fn remember(&mut self, config: &TrustConfig, disagrees: bool, time: Time) {
        let of = config.of.clamp(1, 16);
        self.agreed = if disagrees { 0 } else { self.agreed.saturating_add(1) };
        self.compared = Some(time);
        self.history = self.history << 1 | u16::from(disagrees);
        let latest = self.history & (u16::MAX >> (16 - of));
        let wrong = latest.count_ones();
        match self.since {
            None if wrong >= config.begin.into() => self.since = Some(time),
            Some(_) if wrong <= config.end.into() => self.since = None,
            _ => {}
        }
    }
}

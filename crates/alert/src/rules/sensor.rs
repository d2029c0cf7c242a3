//! Sensors that are silent, degraded or biased.

use crate::{
    Alert, AlertKey, Bias, Board, Cause, Degraded, Fact, Firings, Rule, Scene, SensorFact,
    Severity, Value,
};
use surveillance::{SensorKind, Time};

/// What a sensor must do. Defaults are what the EUROCONTROL Standard Document for Radar Surveillance
/// in En-Route Airspace and Major Terminal Areas (SUR.ET1.ST01.1000-STD-01-01, edition 1.0, 1997)
/// asks of a radar's detection and systematic errors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SensorConfig {
    /// Share of expected plots that must come.
    pub detection_min: f64,
    /// An alert of that ends at this share.
    pub detection_exit: f64,
    /// A share counts as too small to begin only so many standard deviations of chance below.
    pub chance_sds: f64,
    /// Expected plots from which on a share tells anything.
    pub expected_min: u32,
    /// Systematic error of slant range, metres.
    pub range_m: f64,
    /// Systematic error of azimuth, radians.
    pub azimuth_rad: f64,
    /// Systematic error of time stamps, seconds.
    pub time_s: f64,
    /// An alert of bias ends below this share of its limit.
    pub bias_exit_share: f64,
}

impl Default for SensorConfig {
    fn default() -> Self {
        Self {
            detection_min: 0.90,
            detection_exit: 0.93,
            chance_sds: 2.0,
            expected_min: 200,
            range_m: 100.0,
            azimuth_rad: 0.1_f64.to_radians(),
            time_s: 0.1,
            bias_exit_share: 0.7,
        }
    }
}

/// Names of facts, by which an open alert says what it is open for.
const DETECTION: &str = "detection";
const RANGE: &str = "bias of range";
const AZIMUTH: &str = "bias of azimuth";
const TIME: &str = "bias of time";

/// Health of sensors: one row a sensor, with all that is wrong with it.
#[derive(Debug, Clone, Copy, Default)]
pub struct SensorRule {
    config: SensorConfig,
}

impl SensorRule {
    /// With these thresholds.
    pub fn new(config: SensorConfig) -> Self {
        Self { config }
    }

    /// Its thresholds.
    pub fn config(&self) -> SensorConfig {
        self.config
    }

    /// Fires for each sensor with which something is wrong.
    pub fn evaluate(&mut self, scene: &Scene<'_>, board: &Board, firings: &mut Firings) {
        for fact in scene.sensors {
            let key = AlertKey::of_cause(Rule::Sensor, Cause::Sensor(fact.sensor.id));
            let limits = self.config.limits(board.open_at(&key));
            if !limits.is_broken_by(fact) {
                continue;
            }
            // Whoever is silent is seen by nobody; what is degraded is still seen.
            let severity = match fact.silent_since {
                Some(_) => Severity::Warning,
                None => Severity::Caution,
            };
            let facts = firings.fire(key, severity, None);
            limits.tell(fact, scene.now, facts);
        }
    }
}

impl SensorConfig {
    /// The thresholds to begin; of what the open alert tells, those to end.
    fn limits(self, open: Option<&Alert>) -> Self {
        let tells = |name| open.is_some_and(|alert| alert.facts.iter().any(|f| f.name == name));
        let share = |name| if tells(name) { self.bias_exit_share } else { 1.0 };
        let detection_min = if tells(DETECTION) { self.detection_exit } else { self.detection_min };
        let chance_sds = if tells(DETECTION) { 0.0 } else { self.chance_sds };
        Self {
            detection_min,
            chance_sds,
            range_m: self.range_m * share(RANGE),
            azimuth_rad: self.azimuth_rad * share(AZIMUTH),
            time_s: self.time_s * share(TIME),
            ..self
        }
    }

    fn misses_too_much(&self, fact: &SensorFact<'_>) -> Option<f64> {
        let detection = fact.detection.filter(|found| found.expected >= self.expected_min)?;
        // Of a few hundred, two in a hundred more stay out by chance: an alert begins beyond that.
        let variance = self.detection_min * (1.0 - self.detection_min);
        let slack = self.chance_sds * (variance / f64::from(detection.expected)).sqrt();
        // ADS-B comes when aircraft send and has no turn by which to expect it.
        let turns = fact.sensor.kind != SensorKind::AdsB;
        (turns && detection.share < self.detection_min - slack).then_some(detection.share)
    }

    fn is_broken_by(&self, fact: &SensorFact<'_>) -> bool {
        fact.silent_since.is_some()
            || fact.degraded.is_some()
            || self.misses_too_much(fact).is_some()
            || self.biases(fact).iter().any(Measured::is_over)
    }

    /// Whether range, azimuth and time are off by more than they may be.
    pub fn over(&self, bias: &Bias) -> [bool; 3] {
        self.measured(bias).map(|measured| measured.is_over())
    }

    fn biases(&self, fact: &SensorFact<'_>) -> [Measured; 3] {
        self.measured(&fact.bias.unwrap_or_default())
    }

    fn measured(&self, bias: &Bias) -> [Measured; 3] {
        let measured = |name, unit, found, limit| Measured { name, unit, found, limit };
        [
            measured(RANGE, Value::DistanceM, bias.range_m, self.range_m),
            measured(AZIMUTH, Value::AngleRad, bias.azimuth_rad, self.azimuth_rad),
            measured(TIME, Value::SpanS, bias.time_s, self.time_s),
        ]
    }

    fn tell(&self, fact: &SensorFact<'_>, now: Time, facts: &mut Vec<Fact>) {
        facts.push(Fact::new("sensor", Value::Sensor(fact.sensor.id)));
        if let Some(since) = fact.silent_since {
            facts.push(Fact::new("silent since", Value::At(since)));
            if let Some(limit_s) = fact.silent_after_s {
                let silent = Value::SpanS(now.seconds_since(since).max(0.0));
                facts.push(Fact::against("silent for", silent, Value::SpanS(limit_s)));
            }
        }
        match fact.degraded {
            Some(Degraded::Told(why)) => {
                facts.push(Fact::new("degraded", Value::Name(why.to_owned())));
            }
            Some(Degraded::Defects { share, limit }) => {
                let (share, limit) = (Value::Share(share), Value::Share(limit));
                facts.push(Fact::against("messages with defects", share, limit));
            }
            None => {}
        }
        if let Some(share) = self.misses_too_much(fact) {
            facts.push(Fact::against(
                DETECTION,
                Value::Share(share),
                Value::Share(self.detection_min),
            ));
        }
        for bias in self.biases(fact).iter().filter(|bias| bias.is_over()) {
            let found = (bias.unit)(bias.found.unwrap_or_default());
            facts.push(Fact::against(bias.name, found, (bias.unit)(bias.limit)));
        }
    }
}

/// A systematic error and how large it may be.
struct Measured {
    name: &'static str,
    unit: fn(f64) -> Value,
    found: Option<f64>,
    limit: f64,
}

impl Measured {
    fn is_over(&self) -> bool {
        self.found.is_some_and(|found| found.abs() > self.limit)
    }
}

//! What the node knows of its sensors: who they are, how they do, what was wrong with their data.

use super::station::Station;
use crate::wire;
use alert::rules::sensor::SensorConfig;
use alert::{Bias, Degraded, Detection, SensorFact};
use asterix::ServiceMessage;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use surveillance::{Sensor, SensorId, SensorKind, Time, Track};
use tracker::{Estimated, PlotCounts, Refusal, RegisteredAgainst, Registration};

/// Seconds over which rates are shown.
const RATE_WINDOW_S: usize = 10;
/// The weight of the newest interval in the usual one.
const INTERVAL_WEIGHT: f64 = 0.125;
/// No longer interval is usual.
const INTERVAL_MAX_S: f64 = 60.0;
/// The longest turn of radars, seconds: of one whose period is not known, two of these hold a track.
const TURN_LONGEST_S: f64 = 12.0;
/// What was wrong last, in words, that a source keeps.
pub(super) const TOLD_MAX: usize = 5;
/// Sensors that feeds may introduce by themselves; hostile bytes can name 65,536.
const DISCOVERED_MAX: usize = 256;

/// When a sensor is silent, and when degraded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HealthLimits {
    /// A sensor is silent after so many seconds without a word at least,
    pub silent_s: f64,
    /// and, where its period is known, after so many turns,
    pub silent_turns: f64,
    /// and after so many of the intervals at which its messages usually come.
    pub silent_intervals: f64,
    /// It is degraded when more than this share of its messages had a defect of late.
    pub defects_max: f64,
}

impl Default for HealthLimits {
    fn default() -> Self {
        Self { silent_s: 10.0, silent_turns: 3.0, silent_intervals: 3.0, defects_max: 0.1 }
    }
}

/// Counts over the last [`RATE_WINDOW_S`] seconds.
#[derive(Debug, Clone, Copy, Default)]
struct Rate {
    buckets: [u32; RATE_WINDOW_S],
    second: i64,
}

impl Rate {
    fn add(&mut self, now: Time) {
        self.roll(now);
        self.buckets[self.second.rem_euclid(RATE_WINDOW_S as i64) as usize] += 1;
    }

    fn per_second(&mut self, now: Time) -> f64 {
        self.roll(now);
        self.buckets.iter().map(|&n| f64::from(n)).sum::<f64>() / RATE_WINDOW_S as f64
    }

    fn roll(&mut self, now: Time) {
        let second = now.unix_millis().div_euclid(1000);
        let steps = second.abs_diff(self.second).min(RATE_WINDOW_S as u64) as i64;
        for step in 0..steps {
            self.buckets[(second - step).rem_euclid(RATE_WINDOW_S as i64) as usize] = 0;
        }
        self.second = second;
    }
}

/// One source of data as the sensor panel shows it.
#[derive(Debug)]
pub(crate) struct Health {
    messages: u64,
    plots: u64,
    message_rate: Rate,
    plot_rate: Rate,
    defect_rate: Rate,
    last: Option<Time>,
    /// What usually lies between two of its messages.
    interval_s: f64,
    defects: BTreeMap<&'static str, u64>,
    /// What was wrong last, in words, the newest last.
    told: VecDeque<String>,
}

impl Health {
    fn new() -> Self {
        Self {
            messages: 0,
            plots: 0,
            message_rate: Rate::default(),
            plot_rate: Rate::default(),
            defect_rate: Rate::default(),
            last: None,
            interval_s: 0.0,
            defects: BTreeMap::new(),
            told: VecDeque::new(),
        }
    }

    /// Keeps in words what was wrong with what arrived at `now`.
    pub(crate) fn tell(&mut self, words: &str, now: Time) {
        if self.told.len() == TOLD_MAX {
            self.told.pop_front();
        }
        let second = Time::from_unix_nanos(now.unix_millis().div_euclid(1000) * 1_000_000_000);
        self.told.push_back(format!("{second} {words}"));
    }

    /// A good message arrived.
    pub(crate) fn message(&mut self, now: Time) {
        self.messages += 1;
        self.message_rate.add(now);
        if let Some(last) = self.last.replace(now) {
            let interval_s = now.seconds_since(last).min(INTERVAL_MAX_S);
            self.interval_s += INTERVAL_WEIGHT * (interval_s - self.interval_s);
        }
    }

    /// A message became a plot.
    pub(crate) fn plot(&mut self, now: Time) {
        self.plots += 1;
        self.plot_rate.add(now);
    }

    /// Something was wrong with what arrived.
    pub(crate) fn defect(&mut self, name: &'static str, now: Time) {
        *self.defects.entry(name).or_insert(0) += 1;
        self.defect_rate.add(now);
    }

    /// Defects by name since the start.
    pub(crate) fn defects(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.defects.iter().map(|(&name, &count)| (name, count))
    }

    /// Good messages since the start.
    pub(crate) fn messages(&self) -> u64 {
        self.messages
    }

    /// Plots since the start.
    pub(crate) fn plots(&self) -> u64 {
        self.plots
    }
}

/// Who is behind a row of the sensor panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    /// A feed as such: what arrives before it is known which sensor sent it.
    Feed(usize),
    /// A sensor.
    Sensor(SensorId),
}

/// All sources and how they do.
#[derive(Debug, Default)]
pub(crate) struct SensorBook {
    rows: BTreeMap<Source, Row>,
    order: Vec<Source>,
    discovered: usize,
    limits: HealthLimits,
}

#[derive(Debug)]
struct Row {
    name: String,
    kind: &'static str,
    feed: usize,
    sensor: Option<Sensor>,
    period_s: Option<f64>,
    health: Health,
    /// The tracker knows of it.
    told: bool,
    /// What it says of itself, and processing systems of it.
    station: Station,
}

impl SensorBook {
    /// A row for a feed that carries many sensors, or whose sensors are not known yet.
    pub(crate) fn add_feed(&mut self, feed: usize, name: &str) {
        self.insert(
            Source::Feed(feed),
            Row {
                name: name.to_owned(),
                kind: "feed",
                feed,
                sensor: None,
                period_s: None,
                health: Health::new(),
                told: true,
                station: Station::default(),
            },
        );
    }

    /// A configured sensor; `feed` is the one it is expected on.
    pub(crate) fn add_sensor(&mut self, sensor: Sensor, feed: usize) {
        let row = Row {
            name: sensor.name.clone(),
            kind: kind_name(sensor.kind),
            feed,
            period_s: sensor.period_s,
            health: Health::new(),
            told: true,
            station: Station::default(),
            sensor: Some(sensor),
        };
        let id = row.sensor.as_ref().map(|s| s.id);
        if let Some(id) = id {
            self.insert(Source::Sensor(id), row);
        }
    }

    fn insert(&mut self, source: Source, row: Row) {
        if self.rows.insert(source, row).is_none() {
            self.order.push(source);
        }
    }

    /// The sensor of that name tag, met on `feed`; introduced if it is new. `None` where too many
    /// have been introduced already.
    pub(crate) fn meet(
        &mut self,
        id: SensorId,
        kind: SensorKind,
        feed: usize,
    ) -> Option<&mut Health> {
        if !self.rows.contains_key(&Source::Sensor(id)) {
            if self.discovered >= DISCOVERED_MAX {
                return None;
            }
            self.discovered += 1;
            let sensor = Sensor {
                id,
                name: format!("{} {id}", kind_name(kind)),
                kind,
                site: None,
                period_s: None,
                accuracy: Default::default(),
                range_max_m: None,
                view: surveillance::View::default(),
                receivers: Box::default(),
            };
            self.add_sensor(sensor, feed);
            if let Some(row) = self.rows.get_mut(&Source::Sensor(id)) {
                row.told = false;
            }
        }
        let row = self.rows.get_mut(&Source::Sensor(id))?;
        row.feed = feed;
        Some(&mut row.health)
    }

    /// The sensor if the tracker must be told of it before its first plot. Only a plot says for
    /// sure what a sensor is that introduced itself.
    pub(crate) fn introduce(&mut self, id: SensorId, kind: SensorKind) -> Option<Sensor> {
        let row = self.rows.get_mut(&Source::Sensor(id)).filter(|row| !row.told)?;
        row.told = true;
        let sensor = row.sensor.as_mut()?;
        sensor.kind = kind;
        sensor.name = format!("{} {id}", kind_name(kind));
        (row.kind, row.name) = (kind_name(kind), sensor.name.clone());
        Some(sensor.clone())
    }

    /// What a sensor says of itself, or a processing system of it.
    pub(crate) fn note_service(&mut self, message: &ServiceMessage) {
        if let Some(row) = self.rows.get_mut(&Source::Sensor(message.sensor)) {
            row.station.hear(message);
        }
    }

    /// Which sensors hold tracks at `now`.
    pub(crate) fn holders(&self, now: Time) -> Holders {
        let limits = &self.limits;
        let holder = |(row, source): (usize, &Source)| {
            let Source::Sensor(id) = *source else { return None };
            let row_of = self.rows.get(source)?;
            let is_radar = row_of.kind == kind_name(SensorKind::Radar);
            let unknown_s = if is_radar { 2.0 * TURN_LONGEST_S } else { 0.0 };
            let turns_s = row_of.period_s.map_or(unknown_s, |s| s * limits.silent_turns);
            Some((id, u16::try_from(row).ok()?, turns_s.max(limits.silent_s)))
        };
        let mut by_id: Vec<_> = self.order.iter().enumerate().filter_map(holder).collect();
        by_id.sort_unstable_by_key(|(id, ..)| *id);
        Holders { by_id, now }
    }

    /// How a source does.
    pub(crate) fn health(&self, source: Source) -> Option<&Health> {
        self.rows.get(&source).map(|row| &row.health)
    }

    /// Where a source's messages and defects are noted.
    pub(crate) fn health_mut(&mut self, source: Source) -> Option<&mut Health> {
        self.rows.get_mut(&source).map(|row| &mut row.health)
    }

    /// A sensor's name, if it is known.
    pub(crate) fn name(&self, id: SensorId) -> Option<&str> {
        self.rows.get(&Source::Sensor(id)).map(|row| row.name.as_str())
    }

    /// A sensor, if it is known.
    pub(crate) fn sensor(&self, id: SensorId) -> Option<&Sensor> {
        self.rows.get(&Source::Sensor(id)).and_then(|row| row.sensor.as_ref())
    }

    /// The sensor of these words, "SAC/SIC".
    pub(crate) fn find(&self, words: &str) -> Option<SensorId> {
        self.sensors().map(|sensor| sensor.id).find(|id| id.to_string() == words)
    }

    /// What a sensor says of itself: its site where none is configured, its measured period.
    /// Returns the sensor if the tracker must be told.
    pub(crate) fn learn(
        &mut self,
        id: SensorId,
        site: Option<geodesy::Geodetic>,
        period_s: Option<f64>,
    ) -> Option<Sensor> {
        let row = self.rows.get_mut(&Source::Sensor(id))?;
        row.period_s = period_s.or(row.period_s);
        let sensor = row.sensor.as_mut()?;
        let new_site = sensor.site.is_none() && site.is_some();
        let new_period = sensor.period_s.is_none() && period_s.is_some();
        if new_site {
            sensor.site = site;
        }
        if new_period {
            sensor.period_s = period_s;
        }
        (new_site || new_period).then(|| sensor.clone())
    }

    /// All sensors that are known, for the tracker.
    pub(crate) fn sensors(&self) -> impl Iterator<Item = &Sensor> {
        self.order.iter().filter_map(|source| self.rows.get(source)?.sensor.as_ref())
    }

    /// How the sources of one feed do, the feed's own row among them.
    pub(crate) fn on_feed(&self, feed: usize) -> impl Iterator<Item = &Health> {
        self.rows.values().filter(move |row| row.feed == feed).map(|row| &row.health)
    }

    /// Where a sensor stands, if that is known.
    pub(crate) fn site(&self, id: SensorId) -> Option<geodesy::Geodetic> {
        self.rows.get(&Source::Sensor(id))?.sensor.as_ref()?.site
    }

    /// Judges by these from now on.
    pub(crate) fn set_limits(&mut self, limits: HealthLimits) {
        self.limits = limits;
    }

    /// What rules see of the sensors at `now`, in order of SAC/SIC.
    pub(crate) fn facts(
        &mut self,
        feeds: &[FeedState],
        biases: &[Registration],
        now: Time,
    ) -> Vec<SensorFact<'_>> {
        let limits = self.limits;
        let facts = self.rows.iter_mut().filter(|(source, _)| matches!(source, Source::Sensor(_)));
        facts
            .filter_map(|(_, row)| {
                let lost = feeds.get(row.feed).and_then(|feed| feed.lost.as_deref());
                let judged = judge(row, lost, &limits, now);
                let silent = matches!(judged, Judged::Silent { .. });
                let silent_since = row.health.last.filter(|_| silent);
                let (silent_after_s, degraded) = match judged {
                    Judged::Silent { after_s, .. } => (after_s, None),
                    Judged::Degraded(why) => (None, Some(why)),
                    Judged::Good | Judged::Waiting(_) => (None, None),
                };
                let sensor = row.sensor.as_ref()?;
                let of = biases.iter().find(|of| of.sensor == sensor.id && of.applied);
                let bias = of.map(bias_of);
                Some(SensorFact {
                    sensor,
                    silent_since,
                    silent_after_s,
                    degraded,
                    detection: None,
                    bias,
                })
            })
            .collect()
    }

    /// The sensor panel at `now`. `feeds` gives each feed's name and, where it is lost, why.
    pub(crate) fn rows(
        &mut self,
        feeds: &[FeedState],
        about: &About<'_>,
        now: Time,
    ) -> Vec<wire::SensorRow> {
        let (rows, limits) = (&mut self.rows, self.limits);
        let tellers: BTreeSet<SensorId> =
            rows.values().flat_map(|row| row.station.tellers()).collect();
        let named = |id: SensorId| Some((id, rows.get(&Source::Sensor(id))?.name.clone()));
        let names: BTreeMap<SensorId, String> = tellers.into_iter().filter_map(named).collect();
        let row = |(at, source): (usize, &Source)| {
            let row = rows.get_mut(source)?;
            let told = wire_row(*source, row, feeds, &limits, now);
            let Source::Sensor(id) = *source else { return Some(told) };
            let lost = feeds.get(row.feed).and_then(|feed| feed.lost.as_deref());
            let observed = match observe(row, lost, &limits, now) {
                Judged::Good => Observed::Good,
                _ => Observed::NotGood,
            };
            let name = |teller: SensorId| {
                names.get(&teller).cloned().unwrap_or_else(|| teller.to_string())
            };
            let found = (about.detection)(id);
            let is_radar = row.sensor.as_ref().is_some_and(|s| s.kind == SensorKind::Radar);
            let registered = about.biases.iter().find(|of| of.sensor == id);
            Some(wire::SensorRow {
                detection: found
                    .map(|Detection { share, expected }| wire::DetectionShare { share, expected }),
                bias: is_radar.then(|| bias_row(registered, about.limits)),
                fates: (about.plots)(id).map(|counts| fates(&counts)),
                marks: row.station.marks(now),
                said: row.station.said(id, observed, name, now),
                alone: about.alone.get(at).copied().unwrap_or(0),
                ..told
            })
        };
        self.order.iter().enumerate().filter_map(row).collect()
    }
}

/// What others know of sensors, for the panel.
pub(crate) struct About<'a> {
    /// How many of its expected plots a sensor gave of late.
    pub(crate) detection: &'a dyn Fn(SensorId) -> Option<Detection>,
    /// What became of its plots.
    pub(crate) plots: &'a dyn Fn(SensorId) -> Option<PlotCounts>,
    /// What radars measure too much.
    pub(crate) biases: &'a [Registration],
    /// How much that may be, where somebody watches over it.
    pub(crate) limits: Option<SensorConfig>,
    /// Tracks that one sensor alone holds, by its row.
    pub(crate) alone: &'a [u32],
}

/// What is seen of a sensor by what arrives from it, whatever is said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Observed {
    Good,
    NotGood,
}

/// Which sensors hold tracks at an instant: those whose last plot of a track is not older than what
/// they would themselves be called silent after.
#[derive(Debug)]
pub(crate) struct Holders {
    /// By ascending sensor: its row on the panel, and for how long its plot holds a track, seconds.
    by_id: Vec<(SensorId, u16, f64)>,
    now: Time,
}

impl Holders {
    /// The row of the only sensor that holds a track; `None` where several do, or none does.
    pub(crate) fn only(&self, track: &Track) -> Option<u16> {
        let mut only = None;
        for part in &track.contributors {
            let place = self.by_id.binary_search_by_key(&part.sensor, |(id, ..)| *id);
            let Some(&(_, row, hold_s)) = place.ok().and_then(|at| self.by_id.get(at)) else {
                continue;
            };
            if self.now.seconds_since(part.last) <= hold_s && only.replace(row).is_some() {
                return None;
            }
        }
        only
    }
}

fn bias_of(of: &Registration) -> Bias {
    Bias {
        range_m: Some(of.range_m.value),
        azimuth_rad: Some(of.azimuth_rad.value),
        time_s: Some(of.time_s.value),
    }
}

fn bias_row(of: Option<&Registration>, limits: Option<SensorConfig>) -> wire::SensorBias {
    let applied = of.is_some_and(|of| of.applied);
    let over = of.filter(|_| applied).zip(limits).map(|(of, limits)| limits.over(&bias_of(of)));
    let over = over.unwrap_or_default();
    let row = |found: Option<Estimated>, limit: Option<f64>, over, unit: f64| wire::BiasRow {
        value: found.map(|found| found.value * unit),
        sd: found.map(|found| found.sd * unit),
        limit: limit.map(|limit| limit * unit),
        over,
    };
    let degrees = 1.0_f64.to_degrees();
    wire::SensorBias {
        range_m: row(of.map(|of| of.range_m), limits.map(|l| l.range_m), over[0], 1.0),
        azimuth_deg: row(
            of.map(|of| of.azimuth_rad),
            limits.map(|l| l.azimuth_rad),
            over[1],
            degrees,
        ),
        time_s: row(of.map(|of| of.time_s), limits.map(|l| l.time_s), over[2], 1.0),
        samples: of.map_or(0, |of| of.samples),
        absolute: of.is_some_and(|of| of.against == RegisteredAgainst::Reports),
        applied,
    }
}

fn fates(counts: &PlotCounts) -> wire::PlotFates {
    let named = |reason: Refusal| (reason.name(), counts.refused(reason));
    let refused = Refusal::ALL.into_iter().map(named).filter(|(_, count)| *count > 0);
    let (used, refreshed, unassociated) = (counts.used, counts.refreshed, counts.unassociated);
    wire::PlotFates { used, refreshed, unassociated, refused: most_first(refused) }
}

/// Named counts, most frequent first.
fn most_first<'a>(named: impl Iterator<Item = (&'a str, u64)>) -> Vec<wire::DefectCount> {
    let mut rows: Vec<_> =
        named.map(|(name, count)| wire::DefectCount { name: name.to_owned(), count }).collect();
    rows.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    rows
}

/// A feed as the sensor panel needs it.
#[derive(Debug, Clone)]
pub(crate) struct FeedState {
    /// Name.
    pub(crate) name: String,
    /// Why it is not connected, if it is not.
    pub(crate) lost: Option<String>,
}

fn wire_row(
    source: Source,
    row: &mut Row,
    feeds: &[FeedState],
    limits: &HealthLimits,
    now: Time,
) -> wire::SensorRow {
    let feed = feeds.get(row.feed);
    let messages_per_s = row.health.message_rate.per_second(now);
    let lost = feed.and_then(|f| f.lost.as_deref());
    let (health, note) = judge(row, lost, limits, now).told();
    let defects = most_first(row.health.defects());
    let site = row.sensor.as_ref().and_then(|sensor| sensor.site);
    wire::SensorRow {
        id: match source {
            Source::Feed(_) => String::new(),
            Source::Sensor(id) => id.to_string(),
        },
        name: row.name.clone(),
        kind: row.kind.to_owned(),
        feed: feed.map(|f| f.name.clone()).unwrap_or_default(),
        health,
        note,
        messages_per_s,
        plots_per_s: row.health.plot_rate.per_second(now),
        silent_ms: row.health.last.map(|last| now.seconds_since(last) * 1e3),
        period_s: row.period_s,
        lat_deg: site.map(geodesy::Geodetic::latitude_deg),
        lon_deg: site.map(geodesy::Geodetic::longitude_deg),
        messages: row.health.messages,
        plots: row.health.plots,
        defects,
        told: row.health.told.iter().cloned().collect(),
        detection: None,
        bias: None,
        fates: None,
        marks: Vec::new(),
        said: Vec::new(),
        alone: 0,
    }
}

/// How a sensor does.
#[derive(Debug)]
enum Judged {
    Good,
    /// Nothing came yet, for this reason.
    Waiting(String),
    Silent {
        why: String,
        /// Seconds without a word after which it is.
        after_s: Option<f64>,
    },
    Degraded(Degraded),
}

impl Judged {
    /// As the panel says it, and where it is not good, the reason in words.
    fn told(self) -> (wire::SensorHealth, Option<String>) {
        use wire::SensorHealth;
        match self {
            Judged::Good => (SensorHealth::Good, None),
            Judged::Waiting(why) => (SensorHealth::Waiting, Some(why)),
            Judged::Silent { why, .. } => (SensorHealth::Silent, Some(why)),
            Judged::Degraded(Degraded::Told(why)) => (SensorHealth::Degraded, Some(why.to_owned())),
            Judged::Degraded(Degraded::Defects { share, .. }) => {
                let percent = share * 100.0;
                (SensorHealth::Degraded, Some(format!("{percent:.0} % of its messages defective")))
            }
        }
    }
}

/// By what arrives, and by what is said of it.
fn judge(row: &mut Row, lost: Option<&str>, limits: &HealthLimits, now: Time) -> Judged {
    let observed = observe(row, lost, limits, now);
    match (&observed, row.station.reported(now)) {
        (Judged::Good | Judged::Degraded(_), Some(why)) => Judged::Degraded(Degraded::Told(why)),
        _ => observed,
    }
}

/// By what arrives alone.
fn observe(row: &mut Row, lost: Option<&str>, limits: &HealthLimits, now: Time) -> Judged {
    let limit = limits.defects_max;
    let Some(last) = row.health.last else {
        let defects: u64 = row.health.defects.values().sum();
        return match lost {
            Some(reason) => Judged::Waiting(reason.to_owned()),
            None if defects > 0 => Judged::Degraded(Degraded::Defects { share: 1.0, limit }),
            None => Judged::Waiting("nothing received yet".to_owned()),
        };
    };
    if let Some(reason) = lost {
        return Judged::Silent { why: reason.to_owned(), after_s: None };
    }
    let turns_s = row.period_s.map_or(0.0, |period_s| period_s * limits.silent_turns);
    let usual_s = row.health.interval_s * limits.silent_intervals;
    let patience_s = turns_s.max(usual_s).max(limits.silent_s);
    let silent_s = now.seconds_since(last);
    if silent_s > patience_s {
        let why = format!("silent {silent_s:.0} s");
        return Judged::Silent { why, after_s: Some(patience_s) };
    }
    let told = |why| Judged::Degraded(Degraded::Told(why));
    let unplaced = row
        .sensor
        .as_ref()
        .is_some_and(|s| s.kind == SensorKind::Radar && s.site.is_none() && row.health.plots > 0);
    if unplaced {
        return told("site unknown: its plots cannot be placed");
    }
    let messages_per_s = row.health.message_rate.per_second(now);
    let defects_per_s = row.health.defect_rate.per_second(now);
    let share = defects_per_s / (messages_per_s + defects_per_s).max(f64::MIN_POSITIVE);
    if share > limit {
        return Judged::Degraded(Degraded::Defects { share, limit });
    }
    Judged::Good
}

fn kind_name(kind: SensorKind) -> &'static str {
    match kind {
        SensorKind::Radar => "radar",
        SensorKind::AdsB => "ADS-B",
        SensorKind::Mlat => "MLAT",
        SensorKind::SystemTracks => "system tracks",
        SensorKind::RemoteId => "Remote ID",
        SensorKind::Flarm => "FLARM",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::SensorHealth::{Degraded, Good, Silent, Waiting};

    const ID: SensorId = SensorId { sac: 1, sic: 2 };

    fn at(seconds: f64) -> Time {
        Time::from_unix_seconds(1_000.0 + seconds)
    }

    fn connected() -> Vec<FeedState> {
        vec![FeedState { name: "north".into(), lost: None }]
    }

    fn only_row(book: &mut SensorBook, feeds: &[FeedState], now: Time) -> wire::SensorRow {
        let about =
            About { detection: &|_| None, plots: &|_| None, biases: &[], limits: None, alone: &[] };
        book.rows(feeds, &about, now).remove(0)
    }

    #[test]
    fn a_sensor_waits_then_is_good_then_silent_and_never_absent() {
        let mut book = SensorBook::default();
        book.meet(ID, SensorKind::AdsB, 0);
        assert_eq!(only_row(&mut book, &connected(), at(0.0)).health, Waiting);
        book.meet(ID, SensorKind::AdsB, 0).unwrap().message(at(1.0));
        assert_eq!(only_row(&mut book, &connected(), at(2.0)).health, Good);
        let row = only_row(&mut book, &connected(), at(75.0));
        assert_eq!((row.health, row.note.as_deref()), (Silent, Some("silent 74 s")));
    }

    #[test]
    fn a_sensor_that_speaks_seldom_is_not_called_silent_between_two_words() {
        let mut book = SensorBook::default();
        for turn in 0..40 {
            let health = book.meet(ID, SensorKind::Radar, 0).unwrap();
            health.message(at(f64::from(turn) * 13.0));
        }
        let last_s = 39.0 * 13.0;
        assert_eq!(only_row(&mut book, &connected(), at(last_s + 13.0)).health, Good);
        assert_eq!(only_row(&mut book, &connected(), at(last_s + 40.0)).health, Silent);
    }

    #[test]
    fn a_radar_whose_period_is_not_known_holds_a_track_over_the_longest_turn() {
        let mut book = SensorBook::default();
        book.meet(ID, SensorKind::Radar, 0);
        let station = SensorId { sac: 1, sic: 3 };
        book.meet(station, SensorKind::AdsB, 0);
        let holds = |id: SensorId, age_s: f64| {
            let holders = book.holders(at(age_s));
            let (_, row, hold_s) = *holders.by_id.iter().find(|(of, ..)| *of == id).unwrap();
            (row, age_s <= hold_s)
        };
        assert_eq!((holds(ID, 12.5), holds(ID, 24.5)), ((0, true), (0, false)));
        assert_eq!((holds(station, 9.5), holds(station, 12.5)), ((1, true), (1, false)));
    }

    #[test]
    fn a_lost_feed_silences_its_sensors_with_the_reason() {
        let mut book = SensorBook::default();
        book.meet(ID, SensorKind::AdsB, 0).unwrap().message(at(0.0));
        let feeds = [FeedState { name: "north".into(), lost: Some("connection refused".into()) }];
        let row = only_row(&mut book, &feeds, at(0.5));
        assert_eq!((row.health, row.note.as_deref()), (Silent, Some("connection refused")));
    }

    #[test]
    fn defects_degrade_and_are_listed_most_frequent_first() {
        let mut book = SensorBook::default();
        let health = book.meet(ID, SensorKind::AdsB, 0).unwrap();
        for _ in 0..5 {
            health.message(at(0.0));
            health.defect("crc", at(0.0));
        }
        health.defect("too_short", at(0.0));
        let row = only_row(&mut book, &connected(), at(0.5));
        assert_eq!(row.health, Degraded);
        let names: Vec<_> = row.defects.iter().map(|d| (d.name.as_str(), d.count)).collect();
        assert_eq!(names, [("crc", 5), ("too_short", 1)]);
    }

    #[test]
    fn a_feed_that_brings_nothing_but_defects_is_not_called_waiting() {
        let mut book = SensorBook::default();
        book.add_feed(0, "north");
        book.health_mut(Source::Feed(0)).unwrap().defect("block_length_wrong", at(0.0));
        let row = only_row(&mut book, &connected(), at(1.0));
        assert_eq!(
            (row.health, row.note.as_deref()),
            (Degraded, Some("100 % of its messages defective"))
        );
    }

    #[test]
    fn rates_cover_the_last_ten_seconds() {
        let mut rate = Rate::default();
        for tenth in 0..200 {
            rate.add(at(f64::from(tenth) / 10.0));
        }
        assert!((rate.per_second(at(19.9)) - 10.0).abs() < 0.01);
        assert_eq!(rate.per_second(at(40.0)), 0.0);
    }

    #[test]
    fn strangers_beyond_the_bound_are_not_introduced() {
        let mut book = SensorBook::default();
        for n in 0..=DISCOVERED_MAX {
            let id = SensorId { sac: (n / 256) as u8, sic: (n % 256) as u8 };
            assert_eq!(book.meet(id, SensorKind::Radar, 0).is_some(), n < DISCOVERED_MAX);
        }
    }
}

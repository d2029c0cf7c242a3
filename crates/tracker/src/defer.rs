//! Decisions put off: where nothing but position tells close targets apart, the tracker goes on with
//! several ways in which their plots may have been theirs, until one is clearly the likeliest.
//!
//! A cluster is a few shown tracks without a name of which a sector could have been given almost as
//! well otherwise. The store holds them as the likeliest hypothesis has them; the others' states stand
//! here. Every sector that sees the cluster continues each hypothesis in its best ways (Reid, IEEE TAC
//! 24(6) 1979; Murty's ranking); unlikely ones are dropped, ones that have become alike are merged, and
//! what was decided so many looks ago as the likeliest has it stands (N-scan pruning, Kurien 1990).
//! Whatever else happens to one of the tracks, an end or a name, settles its cluster.

use crate::assign::Pair;
use crate::associate::{best_density, may_suit, weigh};
use crate::outline::{Glance, Outline, Whereabouts};
use crate::rank::{Gains, NOBODY, PLOTS_MAX, Ranker, TRACKS_MAX, Way};
use crate::store::Store;
use crate::target::{Heard, Target};
use crate::{TrackEvent, Tracker, TrackerConfig};
use arrayvec::ArrayVec;
use surveillance::{Plot, Time};

/// Clusters that are kept at a time; what is in doubt beyond is decided at once.
pub(crate) const CLUSTERS_MAX: usize = 64;
/// Hypotheses of a cluster, whatever the configuration says.
const HYPOTHESES_MAX: usize = 8;
/// Looks after which a decision stands, whatever the configuration says.
const LOOKS_MAX: usize = 16;

/// How a hypothesis came about.
#[derive(Debug, Clone, Default)]
struct Branch {
    /// Log-likelihood ratio of its decisions, over the shown one's.
    score: f64,
    /// Which way was taken at each of the last looks.
    path: ArrayVec<u8, LOOKS_MAX>,
}

/// A track as a hypothesis that is not shown has it.
#[derive(Debug, Clone)]
struct Other {
    target: Target,
    glance: Glance,
}

#[derive(Debug)]
struct Hypothesis {
    branch: Branch,
    /// One a member, in their order.
    tracks: Vec<Other>,
}

#[derive(Debug, Default)]
struct Cluster {
    slots: ArrayVec<u32, TRACKS_MAX>,
    shown: Branch,
    others: Vec<Hypothesis>,
    /// Where the tracks of all those are.
    around: Option<Glance>,
    /// This sector has continued it.
    looked_at: bool,
}

/// A way to go on with a hypothesis: 0 is the one that is shown, then the others.
#[derive(Debug, Clone, Copy)]
struct Step {
    from: usize,
    score: f64,
    way: Way,
}

/// Clusters whose decisions are put off, and reused storage.
#[derive(Default)]
pub(crate) struct Deferred {
    clusters: Vec<Cluster>,
    ranker: Ranker,
    ways: Vec<Way>,
    steps: Vec<Step>,
    sorted: Vec<Pair>,
    plot_of: Vec<(u32, u32)>,
    places: Vec<Option<Whereabouts>>,
}

/// The plots of a sector and what was decided of them without looking back.
pub(crate) struct Sector<'a> {
    pub(crate) plots: &'a [Plot],
    pub(crate) repeated: &'a [bool],
    pub(crate) pairs: &'a [Pair],
}

impl Deferred {
    /// What is shown of this slot's cluster stands from now on.
    pub(crate) fn settle(&mut self, slot: u32) {
        self.clusters.retain(|cluster| !cluster.slots.contains(&slot));
    }

    fn of(&self, slot: u32) -> Option<usize> {
        self.clusters.iter().position(|cluster| cluster.slots.contains(&slot))
    }

    /// Puts off the decision between tracks that could have been given each other's plots.
    fn bind(&mut self, a: u32, b: u32, store: &Store, config: &TrackerConfig) {
        match (self.of(a), self.of(b)) {
            (None, None) if self.clusters.len() < CLUSTERS_MAX => {
                let mut cluster = Cluster::default();
                cluster.slots.extend([a, b]);
                self.clusters.push(cluster);
            }
            (Some(index), None) => self.clusters[index].join(b, store, config),
            (None, Some(index)) => self.clusters[index].join(a, store, config),
            (Some(i), Some(j)) if i != j => {
                let fits = self.clusters[i].slots.len() + self.clusters[j].slots.len();
                if fits <= TRACKS_MAX {
                    let gone = self.clusters.remove(i.max(j));
                    self.clusters[i.min(j)].unite(gone, store, config);
                }
            }
            _ => {}
        }
    }
}

impl Other {
    fn of(target: Target, store: &Store, config: &TrackerConfig) -> Self {
        let glance = Outline::of(&target, &store.grid, config).glance;
        Self { target, glance }
    }
}

/// A slot's track as the store has it.
fn copy_of(slot: u32, store: &Store, config: &TrackerConfig) -> Option<Other> {
    Some(Other::of(store.get(slot)?.clone(), store, config))
}

impl Cluster {
    fn join(&mut self, slot: u32, store: &Store, config: &TrackerConfig) {
        if self.slots.is_full() {
            return;
        }
        self.slots.push(slot);
        for hypothesis in &mut self.others {
            hypothesis.tracks.extend(copy_of(slot, store, config));
        }
        self.look_around();
    }

    fn look_around(&mut self) {
        let tracks = self.others.iter().flat_map(|other| &other.tracks);
        self.around = Glance::over(tracks.map(|track| &track.glance));
    }

    /// Every hypothesis of both, the likeliest of them.
    fn unite(&mut self, other: Cluster, store: &Store, config: &TrackerConfig) {
        let copies = |slots: &[u32]| -> Vec<Other> {
            slots.iter().filter_map(|slot| copy_of(*slot, store, config)).collect()
        };
        let (here, there) = (copies(&self.slots), copies(&other.slots));
        let all = |shown: &[Other], others: Vec<Hypothesis>| -> Vec<(f64, Vec<Other>)> {
            let others = others.into_iter().map(|h| (h.branch.score, h.tracks));
            std::iter::once((0.0, shown.to_vec())).chain(others).collect()
        };
        let (these, those) =
            (all(&here, std::mem::take(&mut self.others)), all(&there, other.others));
        let mut both: Vec<(f64, usize, usize)> = Vec::new();
        for (i, a) in these.iter().enumerate() {
            both.extend(those.iter().enumerate().map(|(j, b)| (a.0 + b.0, i, j)));
        }
        both.retain(|found| (found.1, found.2) != (0, 0));
        both.sort_by(|a, b| b.0.total_cmp(&a.0));
        both.truncate(HYPOTHESES_MAX - 1);
        self.shown = Branch::default();
        self.shown.path.push(0);
        self.others = (1..)
            .zip(both)
            .map(|(ordinal, (score, i, j))| {
                let mut branch = Branch { score, ..Branch::default() };
                branch.path.push(ordinal);
                let tracks = these[i].1.iter().chain(&those[j].1).cloned().collect();
                Hypothesis { branch, tracks }
            })
            .collect();
        self.slots.extend(other.slots);
        self.look_around();
    }

    /// After a sector was heard: merges what has become alike, lets old decisions stand.
    fn prune(&mut self, store: &Store, config: &TrackerConfig) {
        self.looked_at = false;
        let looks = config.hypothesis_looks.clamp(1, LOOKS_MAX);
        let settles = self.shown.path.len() >= looks;
        if settles {
            let stands = self.shown.path[0];
            self.others.retain(|other| other.branch.path[0] == stands);
        }
        let mut kept: Vec<Hypothesis> = Vec::with_capacity(self.others.len());
        for other in self.others.drain(..) {
            let shown = self.slots.iter().zip(&other.tracks);
            let mut shown = shown.map(|(slot, track)| (store.get(*slot), &track.target));
            if shown.all(|(a, b)| a.is_some_and(|a| a.is_like(b))) {
                self.shown.score = sum_of(self.shown.score, other.branch.score);
                continue;
            }
            let alike = |held: &Hypothesis| {
                let mut both = held.tracks.iter().zip(&other.tracks);
                both.all(|(a, b)| a.target.is_like(&b.target))
            };
            // by falling score: the likelier one stays
            match kept.iter_mut().find(|held| alike(held)) {
                Some(held) => held.branch.score = sum_of(held.branch.score, other.branch.score),
                None => kept.push(other),
            }
        }
        kept.truncate(config.hypotheses_max.clamp(1, HYPOTHESES_MAX) - 1);
        self.others = kept;
        for branch in self.others.iter_mut().map(|other| &mut other.branch) {
            branch.score -= self.shown.score;
            if settles {
                branch.path.remove(0);
            }
        }
        self.shown.score = 0.0;
        if settles {
            self.shown.path.remove(0);
        }
        self.look_around();
    }
}

/// Logarithm of the sum of two likelihoods.
fn sum_of(a: f64, b: f64) -> f64 {
    a.max(b) + (-(a - b).abs()).exp().ln_1p()
}

impl Tracker {
    /// Before tracks hear a sector: goes on with each hypothesis, and gives the plots as the
    /// likeliest has them.
    pub(crate) fn defer(
        &mut self,
        sector: &Sector<'_>,
        given: &mut [Option<u32>],
        events: &mut Vec<TrackEvent>,
    ) {
        if self.config.hypotheses_max < 2 {
            return;
        }
        let mut deferred = std::mem::take(&mut self.deferred);
        self.bind_doubtful(&mut deferred, sector, given);
        if !deferred.clusters.is_empty() {
            deferred.places.clear();
            deferred.places.extend(sector.plots.iter().map(|plot| {
                self.sites.get(&plot.sensor).and_then(|site| self.whereabouts(plot, site))
            }));
            let mut clusters = std::mem::take(&mut deferred.clusters);
            for cluster in &mut clusters {
                self.go_on(cluster, &mut deferred, sector, given, events);
            }
            clusters.retain(|cluster| cluster.looked_at || !cluster.others.is_empty());
            deferred.clusters = clusters;
        }
        self.deferred = deferred;
    }

    /// After tracks have heard a sector.
    pub(crate) fn prune_deferred(&mut self) {
        let (store, config) = (&self.store, &self.config);
        for cluster in self.deferred.clusters.iter_mut().filter(|cluster| cluster.looked_at) {
            cluster.prune(store, config);
        }
        self.deferred.clusters.retain(|cluster| !cluster.others.is_empty());
    }

    /// Finds tracks whose plots could almost as well have been given otherwise.
    fn bind_doubtful(&self, deferred: &mut Deferred, sector: &Sector<'_>, given: &[Option<u32>]) {
        let pairs = sector.pairs;
        let nameless = |slot: u32| self.store.outline_of(slot).nameless;
        let mut doubtful = pairs
            .iter()
            .filter_map(|pair| {
                let rival = given[pair.plot as usize].filter(|rival| *rival != pair.slot)?;
                (nameless(pair.slot) && nameless(rival)).then_some((pair, rival))
            })
            .peekable();
        if doubtful.peek().is_none() {
            return;
        }
        let mut sorted = std::mem::take(&mut deferred.sorted);
        let mut plot_of = std::mem::take(&mut deferred.plot_of);
        sorted.clear();
        sorted.extend_from_slice(pairs);
        sorted.sort_unstable_by_key(|pair| (pair.plot, pair.slot));
        plot_of.clear();
        plot_of.extend((0..).zip(given).filter_map(|(plot, slot)| Some(((*slot)?, plot))));
        plot_of.sort_unstable();
        let gain = |plot: u32, slot: u32| {
            let key = |pair: &Pair| (pair.plot, pair.slot);
            sorted.binary_search_by_key(&(plot, slot), key).ok().map(|at| sorted[at].gain)
        };
        let plot_of_slot = |slot: u32| {
            plot_of.binary_search_by_key(&slot, |entry| entry.0).ok().map(|at| plot_of[at].1)
        };
        for (pair, rival) in doubtful {
            let Some(held) = gain(pair.plot, rival) else { continue };
            let loss = match plot_of_slot(pair.slot) {
                // the rival would go without
                None => Some(held - pair.gain),
                // they would have each other's
                Some(own) => gain(own, pair.slot)
                    .zip(gain(own, rival))
                    .map(|(its_own, other)| held + its_own - pair.gain - other),
            };
            if loss.is_some_and(|loss| loss < self.config.doubt_nats) {
                deferred.bind(pair.slot, rival, &self.store, &self.config);
            }
        }
        (deferred.sorted, deferred.plot_of) = (sorted, plot_of);
    }

    /// What a sector says of each hypothesis of a cluster.
    fn go_on(
        &mut self,
        cluster: &mut Cluster,
        deferred: &mut Deferred,
        sector: &Sector<'_>,
        given: &mut [Option<u32>],
        events: &mut Vec<TrackEvent>,
    ) {
        let Sector { plots, repeated, pairs } = *sector;
        let free = |plot: usize, given: &[Option<u32>]| {
            !repeated[plot] && given[plot].is_none_or(|slot| cluster.slots.contains(&slot))
        };
        // a look that misses a track makes it less likely by this
        let detected = -(1.0 - self.config.detection_probability).ln();
        let hypotheses = 1 + cluster.others.len();
        let mut rows: ArrayVec<u32, PLOTS_MAX> = ArrayVec::new();
        let mut gains: ArrayVec<Gains, HYPOTHESES_MAX> = ArrayVec::new();
        gains.extend((0..hypotheses).map(|_| [[None; TRACKS_MAX]; PLOTS_MAX]));
        let mut full = false;
        let mut note = |plot: u32, hypothesis: usize, member: usize, gain: f64| {
            let row = rows
                .iter()
                .position(|row| *row == plot)
                .or_else(|| rows.try_push(plot).ok().map(|()| rows.len() - 1));
            match row {
                Some(row) => gains[hypothesis][row][member] = Some(gain + detected),
                None => full = true,
            }
        };
        for pair in pairs {
            let member = cluster.slots.iter().position(|slot| *slot == pair.slot);
            if let Some(member) = member.filter(|_| free(pair.plot as usize, given)) {
                note(pair.plot, 0, member, pair.gain);
            }
        }
        for (index, plot) in plots.iter().enumerate() {
            let Some(there) = deferred.places[index].filter(|_| free(index, given)) else {
                continue;
            };
            let near = |around: Glance| around.may_reach(&there, plot.time);
            let Some(site) = self.sites.get(&plot.sensor) else { continue };
            if !cluster.around.is_some_and(near) {
                continue;
            }
            for (hypothesis, other) in cluster.others.iter().enumerate() {
                for (member, Other { target, glance }) in other.tracks.iter().enumerate() {
                    let Some(share2) = glance.reaches(&there, plot.time) else { continue };
                    if !may_suit(target, plot, best_density(plot, site), share2, &self.config) {
                        continue;
                    }
                    let weighed = weigh(target, plot, site, self.config.gate, &self.config);
                    if let Some(weighed) = weighed.filter(|weighed| weighed.gain > 0.0) {
                        note(index as u32, hypothesis + 1, member, weighed.gain);
                    }
                }
            }
        }
        if full {
            cluster.others.clear();
            return;
        }
        if rows.is_empty() {
            return;
        }
        self.rank_steps(cluster, deferred, &gains, rows.len());
        self.take_steps(cluster, &mut deferred.steps, (sector, &rows), given, events);
    }

    /// The likeliest ways to go on, likeliest first.
    fn rank_steps(&self, cluster: &Cluster, deferred: &mut Deferred, gains: &[Gains], rows: usize) {
        let Deferred { ranker, ways, steps, .. } = deferred;
        steps.clear();
        let most = self.config.hypotheses_max.clamp(1, HYPOTHESES_MAX);
        for (from, gains) in gains.iter().enumerate() {
            let before =
                from.checked_sub(1).map_or(0.0, |other| cluster.others[other].branch.score);
            ways.clear();
            ranker.rank(gains, rows, (most, self.config.doubt_nats), ways);
            steps.extend(ways.iter().map(|way| Step { from, score: before + way.gain, way: *way }));
        }
        // stable: of equals what is shown goes first
        steps.sort_by(|a, b| b.score.total_cmp(&a.score));
        let least = steps[0].score - self.config.doubt_nats;
        steps.retain(|step| step.score >= least);
        // twice as many as are kept: some become alike
        steps.truncate(2 * most);
        // as it is shown so far, unless another is clearly likelier
        let close = steps[0].score - self.config.change_nats;
        if let Some(stays) = steps.iter().position(|step| step.from == 0 && step.score >= close) {
            steps[..=stays].rotate_right(1);
        }
    }

    /// Shows the first step, keeps the others beside it.
    fn take_steps(
        &mut self,
        cluster: &mut Cluster,
        steps: &mut [Step],
        (sector, rows): (&Sector<'_>, &[u32]),
        given: &mut [Option<u32>],
        events: &mut Vec<TrackEvent>,
    ) {
        let first = steps[0];
        if first.from > 0 {
            self.show(cluster, first.from - 1, events);
            for step in steps.iter_mut() {
                step.from = match step.from {
                    0 => first.from,
                    from if from == first.from => 0,
                    from => from,
                };
            }
        }
        let mut others = Vec::with_capacity(steps.len() - 1);
        for (ordinal, step) in (0..).zip(steps.iter()).skip(1) {
            let (tracks, branch) = match step.from {
                0 => {
                    let copy = |slot: &u32| copy_of(*slot, &self.store, &self.config);
                    (cluster.slots.iter().filter_map(copy).collect(), &cluster.shown)
                }
                from => (cluster.others[from - 1].tracks.clone(), &cluster.others[from - 1].branch),
            };
            let mut branch = Branch { score: step.score - first.score, ..branch.clone() };
            branch.path.push(ordinal);
            let mut other = Hypothesis { branch, tracks };
            self.let_hear(&mut other, &step.way, (sector.plots, rows));
            others.push(other);
        }
        for (row, plot) in rows.iter().enumerate() {
            let whose = first.way.whose[row];
            given[*plot as usize] = cluster.slots.get(usize::from(whose)).copied();
        }
        cluster.shown.path.push(0);
        cluster.shown.score = 0.0;
        cluster.others = others;
        cluster.looked_at = true;
    }

    fn let_hear(&self, other: &mut Hypothesis, way: &Way, (plots, rows): (&[Plot], &[u32])) {
        for (plot, whose) in rows.iter().zip(way.whose).filter(|(_, whose)| *whose != NOBODY) {
            let plot = &plots[*plot as usize];
            let track = &mut other.tracks[usize::from(whose)];
            if let Some(site) = self.sites.get(&plot.sensor) {
                track.target.hear_assigned(&Heard {
                    plot,
                    site,
                    config: &self.config,
                    tells: false,
                });
                track.glance = Outline::of(&track.target, &self.store.grid, &self.config).glance;
            }
        }
    }

    /// Shows another hypothesis; what was shown is kept in its place.
    fn show(&mut self, cluster: &mut Cluster, other: usize, events: &mut Vec<TrackEvent>) {
        let hypothesis = &mut cluster.others[other];
        std::mem::swap(&mut hypothesis.branch, &mut cluster.shown);
        for (slot, track) in cluster.slots.iter().zip(&mut hypothesis.tracks) {
            let (config, now) = (&self.config, self.now);
            let Some(target) = self.store.get_mut(*slot) else { continue };
            std::mem::swap(target, &mut track.target);
            target.succeed(&track.target, now, config);
            events.push(TrackEvent::Updated(target.number));
            self.store.outline(*slot, config);
            track.glance = Outline::of(&track.target, &self.store.grid, config).glance;
        }
    }
}

/// Two states are alike where they differ by less than this share of what is uncertain, squared.
const ALIKE: f64 = 0.05;

impl Target {
    /// Whether it is and moves as the same track does in another hypothesis.
    fn is_like(&self, other: &Target) -> bool {
        if self.codes.mode_3a != other.codes.mode_3a {
            return false;
        }
        let at: Time = self.time.max(other.time);
        let (mine, theirs) = (self.estimate(), other.estimate());
        let off2 = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2);
        let spread = |a: [f64; 3], b: [f64; 3]| 0.25 * (a[0] + a[2] + b[0] + b[2]);
        let position2 = off2(self.place_in_frame(at), self.seen_from(other, at));
        let velocity2 = off2(mine.velocity, self.velocity_of(other));
        position2 < ALIKE * spread(mine.position_covariance, theirs.position_covariance)
            && velocity2 < ALIKE * spread(mine.velocity_covariance, theirs.velocity_covariance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geodesy::{Enu, Geodetic, LocalFrame};
    use surveillance::{
        Address, EndReason, Measurement, PlotAccuracy, PlotOrigin, PositionReport, Sensor,
        SensorId, SensorKind, View,
    };

    const RADAR: SensorId = SensorId { sac: 1, sic: 1 };
    const SD_M: f64 = 100.0;

    /// What hypotheses that are not shown may take at most: a bound that the documents state.
    const BYTES_MAX: usize = 14 << 20;

    fn start() -> (Tracker, LocalFrame) {
        let mut tracker = Tracker::new(TrackerConfig {
            primary_speed_min_mps: 0.0,
            confirm_score: 0.0,
            ..TrackerConfig::default()
        });
        let site = Geodetic::from_degrees(10.0, 20.0, 0.0).unwrap();
        tracker.set_sensor(Sensor {
            id: RADAR,
            name: "R".to_owned(),
            kind: SensorKind::Radar,
            site: Some(site),
            period_s: Some(1.0),
            accuracy: PlotAccuracy::default(),
            range_max_m: None,
            view: View::default(),
            receivers: Box::default(),
        });
        (tracker, LocalFrame::at(site))
    }

    fn look(tracker: &mut Tracker, plane: &LocalFrame, at_s: i32, points: &[[f64; 2]]) {
        let now = Time::from_unix_seconds(1e6 + f64::from(at_s));
        let plots: Vec<Plot> = points.iter().map(|point| plot(plane, now, *point)).collect();
        let mut events = Vec::new();
        tracker.observe(&plots, &mut events);
        tracker.flush(&mut events);
        tracker.advance(now, &mut events);
    }

    /// East and north in standard deviations.
    fn plot(plane: &LocalFrame, now: Time, [east, north]: [f64; 2]) -> Plot {
        let at = plane.geodetic_from_enu(Enu { east: east * SD_M, north: north * SD_M, up: 0.0 });
        let report = PositionReport {
            latitude_rad: at.latitude_rad,
            longitude_rad: at.longitude_rad,
            height_m: Some(0.0),
            horizontal_sd_m: Some(SD_M),
        };
        let measurement = Some(Measurement::Geodetic(report));
        Plot { measurement, ..Plot::bare(RADAR, now, PlotOrigin::Primary) }
    }

    /// Two that stand close, until their decision is put off.
    fn pair_in_doubt() -> (Tracker, LocalFrame) {
        let (mut tracker, plane) = start();
        for at_s in 0..8 {
            look(&mut tracker, &plane, at_s, &[[10.0, 10.0], [15.0, 10.0]]);
        }
        look(&mut tracker, &plane, 8, &[[11.9, 10.0], [13.1, 10.0]]);
        assert_eq!(tracker.deferred.clusters.len(), 1);
        (tracker, plane)
    }

    #[test]
    fn a_track_that_ends_settles_its_cluster() {
        let (mut tracker, _) = pair_in_doubt();
        let slot = tracker.deferred.clusters[0].slots[1];
        tracker.end(slot, Time::from_unix_seconds(1e6 + 9.0), EndReason::Lost, &mut Vec::new());
        assert!(tracker.deferred.clusters.is_empty());
    }

    #[test]
    fn a_track_that_is_told_its_name_settles_its_cluster() {
        let (mut tracker, plane) = pair_in_doubt();
        let now = Time::from_unix_seconds(1e6 + 9.0);
        let mut named = plot(&plane, now, [9.0, 10.0]);
        named.codes.address = Some(Address::icao(0x12_3456));
        tracker.observe(&[named], &mut Vec::new());
        assert_eq!((tracker.by_address.len(), tracker.store.len()), (1, 2));
        assert!(tracker.deferred.clusters.is_empty());
    }

    #[test]
    fn two_that_part_are_no_longer_in_doubt() {
        let (mut tracker, plane) = pair_in_doubt();
        for at_s in 9..40 {
            let away = 0.3 * f64::from(at_s - 8);
            look(&mut tracker, &plane, at_s, &[[10.0 - away, 10.0], [15.0 + away, 10.0]]);
        }
        assert!(tracker.deferred.clusters.is_empty());
    }

    #[test]
    fn a_swarm_keeps_within_the_bounds() {
        let (mut tracker, plane) = start();
        let mut most = [0; 2];
        for at_s in 0..6_i32 {
            // a crowd that shifts about, a tenth of it unseen
            let place = |i: i32| {
                let jitter = |k: i32| f64::from((i * k + 7 * at_s) % 13) / 6.5 - 1.0;
                [f64::from(i % 8) * 1.5 + jitter(5), f64::from(i / 8) * 1.5 + jitter(11)]
            };
            let seen = (0..48).filter(|i| (i + at_s) % 10 != 0);
            look(&mut tracker, &plane, at_s, &seen.map(place).collect::<Vec<_>>());
            for cluster in &tracker.deferred.clusters {
                most = [most[0].max(cluster.slots.len()), most[1].max(cluster.others.len())];
            }
        }
        assert_eq!(most, [TRACKS_MAX, HYPOTHESES_MAX - 1]);
        assert!(tracker.deferred.clusters.len() > 3);
    }

    #[test]
    fn no_more_clusters_are_kept_nor_more_tracks_in_them_than_is_stated() {
        let (store, config) = (Store::new(), TrackerConfig::default());
        let mut deferred = Deferred::default();
        (0..200).for_each(|slot| deferred.bind(slot, slot + 1_000, &store, &config));
        (0..200).for_each(|slot| deferred.bind(slot, 0, &store, &config));
        assert!(deferred.clusters.len() <= CLUSTERS_MAX);
        assert!(deferred.clusters.iter().all(|cluster| cluster.slots.len() <= TRACKS_MAX));
        let others = CLUSTERS_MAX * TRACKS_MAX * (HYPOTHESES_MAX - 1);
        assert!(others * size_of::<Other>() <= BYTES_MAX);
    }
}

//! Areas in which satellite navigation is disturbed: cells of the H3 grid in which many aircraft
//! that had been precise no longer are.

use super::PerTrack;
use crate::{AlertKey, Board, Cause, Fact, Firings, Rule, Scene, Severity, Value};
use geodesy::Geodetic;
use h3o::{CellIndex, LatLng, Resolution};
use rustc_hash::FxHashMap;
use surveillance::{AddressKind, Time, Track};

/// Input that says how many aircraft of a cell tell a degraded position.
pub const DEGRADED: &str = "aircraft degraded";
/// Input that says of how many.
pub const OF_AIRCRAFT: &str = "of aircraft";

/// What is precise, and how many that no longer are make an area.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NavigationConfig {
    /// Resolution of the H3 grid, 0 to 15. 4: cells of 26 km edge and 1,770 km².
    pub resolution: u8,
    /// An aircraft is precise from this NIC on, and
    pub nic_min: u8,
    /// this NACp: what 14 CFR 91.227(c)(1) asks of ADS-B Out.
    pub nac_p_min: u8,
    /// An aircraft that was precise for so long is known to be able to be, seconds of running time.
    pub proven_s: f64,
    /// A cell is disturbed if this share of the proven aircraft in it is imprecise,
    pub share: f64,
    /// until it is less than this,
    pub share_exit: f64,
    /// and at least so many are,
    pub degraded_min: u32,
    /// for so long, seconds of running time.
    pub lasting_s: f64,
    /// An aircraft's last word counts for so long, seconds of running time.
    pub window_s: f64,
    /// Addresses remembered at most. 200,000 are a day over a continent, and 10 MB.
    pub addresses_max: usize,
}

impl Default for NavigationConfig {
    fn default() -> Self {
        Self {
            resolution: 4,
            nic_min: 7,
            nac_p_min: 8,
            proven_s: 60.0,
            share: 0.3,
            share_exit: 0.15,
            degraded_min: 3,
            lasting_s: 30.0,
            window_s: 120.0,
            addresses_max: 200_000,
        }
    }
}

/// Each track's cell is found anew every so many evaluations: in four seconds an aircraft crosses
/// a twentieth of one.
const TURNS: usize = 4;

/// Areas of disturbed satellite navigation.
#[derive(Debug, Clone, Default)]
pub struct NavigationRule {
    config: NavigationConfig,
    turn: usize,
    samples: PerTrack<Sample>,
    /// What is known of aircraft's equipment over the life of a track, by address. Looked up, never
    /// walked into output.
    equipment: FxHashMap<u32, Equipment>,
    forgotten: u64,
    /// Cell and whether the aircraft in it is imprecise; sorted each evaluation.
    found: Vec<(u64, Word)>,
    /// Cells over their share, and since when, running seconds; in order.
    over: Vec<(u64, f64)>,
    over_before: Vec<(u64, f64)>,
}

/// Where an aircraft was when it last told, and what.
#[derive(Debug, Clone, Copy, Default)]
struct Sample {
    cell: Option<u64>,
    word: Option<Word>,
    /// Running time at which it told, seconds.
    heard_s: f64,
    told: Option<Time>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Word {
    Precise,
    /// It can be precise, and is not.
    Degraded,
    /// It was never precise for long: bad equipment says nothing of the area.
    Unproven,
}

/// What an aircraft was seen to be able to.
#[derive(Debug, Clone, Copy)]
struct Equipment {
    /// How long it was precise, seconds.
    precise_s: f64,
    /// Running time at which it was last heard, seconds.
    heard_s: f64,
}

impl NavigationRule {
    /// With these thresholds.
    pub fn new(config: NavigationConfig) -> Self {
        Self { config, ..Self::default() }
    }

    /// Addresses that were forgotten because [`NavigationConfig::addresses_max`] were known, ever.
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Fires for each disturbed cell.
    pub fn evaluate(&mut self, scene: &Scene<'_>, board: &Board, firings: &mut Firings) {
        self.sample(scene);
        self.found.sort_unstable();
        std::mem::swap(&mut self.over, &mut self.over_before);
        self.over.clear();
        for here in self.found.chunk_by(|a, b| a.0 == b.0) {
            let cell = here[0].0;
            let count = |word| here.iter().filter(|(_, found)| *found == word).count() as u32;
            let (degraded, precise) = (count(Word::Degraded), count(Word::Precise));
            let key = AlertKey::of_cause(Rule::NavigationInterference, Cause::Cell(cell));
            let open = board.is_open(&key);
            let share_limit = if open { self.config.share_exit } else { self.config.share };
            let least = if open { 1 } else { self.config.degraded_min };
            let share = f64::from(degraded) / f64::from((degraded + precise).max(1));
            if degraded < least || share < share_limit {
                continue;
            }
            let before = self.over_before.binary_search_by_key(&cell, |(cell, _)| *cell);
            let since_s = before.map_or(scene.running_s, |place| self.over_before[place].1);
            self.over.push((cell, since_s));
            let lasted_s = scene.running_s - since_s;
            if !open && lasted_s < self.config.lasting_s {
                continue;
            }
            let severity = if share >= 0.5 { Severity::Warning } else { Severity::Caution };
            let facts = firings.fire(key, severity, None);
            facts.push(Fact::new(DEGRADED, Value::Count(degraded.into())));
            facts.push(Fact::new(OF_AIRCRAFT, Value::Count((degraded + precise).into())));
            facts.push(Fact::against("share", Value::Share(share), Value::Share(share_limit)));
            let left_out = u64::from(count(Word::Unproven));
            facts.push(Fact::new("left out, never precise", Value::Count(left_out)));
            facts.push(Fact::against(
                "lasting",
                Value::SpanS(lasted_s),
                Value::SpanS(self.config.lasting_s),
            ));
            if let Some(centre) = centre_of(cell) {
                facts.push(Fact::new("centre of cell", Value::Place(centre)));
            }
        }
    }

    /// Hears every track, and gathers what was heard within the window.
    fn sample(&mut self, scene: &Scene<'_>) {
        self.turn = (self.turn + 1) % TURNS;
        self.found.clear();
        let config = &self.config;
        let resolution = Resolution::try_from(config.resolution).unwrap_or(Resolution::Four);
        for (place, (subject, sample)) in self.samples.each(scene).enumerate() {
            let track = subject.track();
            if sample.cell.is_none() || place % TURNS == self.turn {
                sample.cell = cell_of(track.position, resolution);
            }
            let address = track.codes.address.filter(|a| a.kind() == AddressKind::Icao);
            let told = super::last_of(track, |origin| origin == surveillance::PlotOrigin::AdsB);
            if let (Some(address), Some(precise)) = (address, config.is_precise(track))
                && told > sample.told
                && !track.on_ground
            {
                // A track's first word adds nothing; a gap adds no more than a step.
                let step_s =
                    sample.told.map_or(0.0, |_| scene.running_s - sample.heard_s).min(10.0);
                let proven_s = config.proven_s;
                let known = self.equipment.get_mut(&address.bits());
                let precise_s = match known {
                    Some(equipment) => {
                        equipment.heard_s = scene.running_s;
                        equipment.precise_s += if precise { step_s } else { 0.0 };
                        equipment.precise_s
                    }
                    None => {
                        let equipment = Equipment { precise_s: 0.0, heard_s: scene.running_s };
                        self.equipment.insert(address.bits(), equipment);
                        0.0
                    }
                };
                sample.word = Some(match (precise, precise_s >= proven_s) {
                    (true, _) => Word::Precise,
                    (false, true) => Word::Degraded,
                    (false, false) => Word::Unproven,
                });
                (sample.heard_s, sample.told) = (scene.running_s, told);
            }
            let fresh = scene.running_s - sample.heard_s <= config.window_s;
            if let (true, Some(cell), Some(word)) = (fresh, sample.cell, sample.word) {
                self.found.push((cell, word));
            }
        }
        self.forget(scene.running_s);
    }

    /// Forgets the half of all addresses that was heard longest ago, where there are too many.
    fn forget(&mut self, running_s: f64) {
        if self.equipment.len() <= self.config.addresses_max {
            return;
        }
        let mut heard: Vec<f64> = self.equipment.values().map(|known| known.heard_s).collect();
        let middle = heard.len() / 2;
        let (_, median_s, _) = heard.select_nth_unstable_by(middle, f64::total_cmp);
        let keep_s = median_s.min(running_s);
        let before = self.equipment.len();
        self.equipment.retain(|_, known| known.heard_s > keep_s);
        self.forgotten += (before - self.equipment.len()) as u64;
    }
}

impl NavigationConfig {
    /// Whether it tells that its position is precise; `None` if it does not tell, or tells in the
    /// categories of version 0, which mean something else.
    fn is_precise(&self, track: &Track) -> Option<bool> {
        let quality = track.quality;
        if quality.version == Some(0) {
            return None;
        }
        match (quality.nic, quality.nac_p) {
            (None, None) => None,
            (nic, nac_p) => Some(
                nic.is_none_or(|nic| nic >= self.nic_min)
                    && nac_p.is_none_or(|nac_p| nac_p >= self.nac_p_min),
            ),
        }
    }
}

fn cell_of(position: Geodetic, resolution: Resolution) -> Option<u64> {
    let place = LatLng::from_radians(position.latitude_rad, position.longitude_rad).ok()?;
    Some(place.to_cell(resolution).into())
}

/// Corners of a cell of the H3 grid, in order around it; none if there is no such cell.
pub fn corners(cell: u64) -> Vec<Geodetic> {
    let Ok(cell) = CellIndex::try_from(cell) else { return Vec::new() };
    let boundary = cell.boundary();
    let corners = boundary.iter();
    corners.filter_map(|at| Geodetic::from_degrees(at.lat(), at.lng(), 0.0)).collect()
}

fn centre_of(cell: u64) -> Option<Geodetic> {
    let place = LatLng::from(CellIndex::try_from(cell).ok()?);
    Geodetic::from_degrees(place.lat(), place.lng(), 0.0)
}

//! Plans by what tracks tell: callsign, registration, address, code, and place in time.

use super::super::{Entry, Indicator, Places, PlanId, Plans, RouteFault, Trajectory};
use super::CorrelatorConfig;
use geodesy::{Ecef, Enu, LocalFrame};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use surveillance::{Address, Callsign, Codes, Mode3A, Time, Track};

/// Edge of a cell of the earth-centred grid, metres.
const CELL_M: f64 = 30_000.0;
/// Step along a route at which it enters cells, metres.
const STEP_M: f64 = 15_000.0;
/// The time windows move on: the index is made anew after, seconds.
const STALE_S: f64 = 10.0;
/// Slower, a course means little, m/s.
const COURSE_SPEED_MPS: f64 = 25.0;
/// Marks the end of a cell's strips while they are put in order.
const FRESH: u32 = 1 << 31;
/// End of a chain.
const NONE: u32 = u32::MAX;

/// A plan that may be in the air now.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub(super) id: PlanId,
    pub(super) callsign: Callsign,
    pub(super) registration: Option<Callsign>,
    pub(super) address: Option<Address>,
    pub(super) code: Option<Mode3A>,
    pub(super) take_off: Time,
    route: Option<std::sync::Arc<Trajectory>>,
}

impl Slot {
    /// The piece of the route nearest a position.
    pub(super) fn locate(&self, position: Ecef, now: Time) -> Option<usize> {
        let route = self.route.as_ref()?;
        let expected_m = route.along_at(now.seconds_since(self.take_off));
        Some(route.line().nearest_piece(position, Some(expected_m)))
    }

    /// How a moving thing is beside a piece of the route.
    pub(super) fn beside(&self, piece: usize, moving: &Moving, now: Time) -> Option<Beside> {
        let route = self.route.as_ref()?;
        let located = route.line().locate_beside(piece, moving.position);
        let planned_s = route.elapsed_at(located.along_m);
        Some(Beside {
            distance_m: located.distance_m,
            late_s: now.seconds_since(self.take_off) - planned_s,
            course_cos: moving.course.map(|course| route.line().course_cos(piece, course)),
        })
    }
}

/// Where a track is and goes, earth-centred.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moving {
    pub(super) position: Ecef,
    /// Unit vector; `None` if it hardly moves.
    pub(super) course: Option<[f64; 3]>,
}

impl Moving {
    pub(super) fn of(track: &Track) -> Self {
        let (east, north) = (track.velocity.east, track.velocity.north);
        let speed_mps = east.hypot(north);
        let course = (speed_mps >= COURSE_SPEED_MPS).then(|| {
            let frame = LocalFrame::at(track.position);
            let ahead = Enu { east: east / speed_mps, north: north / speed_mps, up: 0.0 };
            frame.rotate_to_ecef(ahead)
        });
        Self { position: track.position.at_height(0.0).to_ecef(), course }
    }
}

/// How a track is beside a route.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beside {
    /// To the route, metres.
    pub(super) distance_m: f64,
    /// After the planned time there, seconds.
    pub(super) late_s: f64,
    /// Of the angle between the track's course and the route's, if it moves.
    pub(super) course_cos: Option<f64>,
}

/// What of a piece of a route may be flown now: enough to tell that a track is not near it.
#[derive(Debug, Clone, Copy)]
struct Strip {
    start_m: [f64; 3],
    along: [f64; 3],
    length_m: f64,
    slot: u32,
    piece: u32,
}

impl Strip {
    fn distance_squared_m2(&self, [x, y, z]: [f64; 3]) -> f64 {
        let off = [x - self.start_m[0], y - self.start_m[1], z - self.start_m[2]];
        let dot = |a: [f64; 3], b: [f64; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
        let beyond_m = dot(off, self.along).clamp(0.0, self.length_m);
        dot(off, off) + beyond_m * (beyond_m - 2.0 * dot(off, self.along))
    }
}

/// Plans with the same key, as a chain through [`Index::links`].
type Chains<K> = FxHashMap<K, u32>;

#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    routes: BTreeMap<PlanId, (u64, Option<std::sync::Arc<Trajectory>>)>,
    slots: Vec<Slot>,
    by_callsign: Chains<Callsign>,
    by_address: Chains<Address>,
    by_code: Chains<Mode3A>,
    links: Vec<(u32, u32)>,
    /// Parts of routes that may be flown now.
    strips: Vec<Strip>,
    /// Cells with the strips within reach: where in `entries` they begin and end.
    cells: FxHashMap<[i16; 3], [u32; 2]>,
    entries: Vec<u32>,
    /// Each cell with each strip, before they are put in order.
    reached: Vec<([i16; 3], u32)>,
    built: Option<(u64, Time)>,
}

impl Index {
    /// Builds anew if the book changed or time went on; gives what was expanded, `None` if nothing
    /// was to be done.
    pub(super) fn refresh<P: Places + ?Sized>(
        &mut self,
        plans: &Plans,
        places: &P,
        config: &CorrelatorConfig,
        now: Time,
    ) -> Option<Vec<(PlanId, Vec<RouteFault>)>> {
        let fresh = self.built.is_some_and(|(revision, time)| {
            revision == plans.revision() && (0.0..STALE_S).contains(&now.seconds_since(time))
        });
        if fresh {
            return None;
        }
        self.built = Some((plans.revision(), now));
        let expanded = self.expand(plans, places);
        self.slots.clear();
        self.links.clear();
        self.strips.clear();
        self.reached.clear();
        self.by_callsign.clear();
        self.by_address.clear();
        self.by_code.clear();
        self.cells.clear();
        for entry in plans.iter() {
            let from = entry.off_block.plus_seconds(-config.before_s);
            let to = entry.arrival_time(plans.config()).plus_seconds(config.after_s);
            if entry.life.is_open() && from <= now && now <= to {
                self.add(entry, plans, config, now);
            }
        }
        self.order_cells();
        Some(expanded)
    }

    /// Puts the strips of each cell side by side, in their order.
    fn order_cells(&mut self) {
        for (key, _) in &self.reached {
            self.cells.entry(*key).or_default()[1] += 1;
        }
        let mut from = 0;
        for (key, _) in &self.reached {
            // The first time a cell comes, its share of `entries` is given out.
            let span = self.cells.entry(*key).or_default();
            if span[1] & FRESH == 0 {
                let count = span[1];
                *span = [from, from | FRESH];
                from += count;
            }
        }
        self.entries.clear();
        self.entries.resize(self.reached.len(), 0);
        for (key, strip) in &self.reached {
            let span = self.cells.entry(*key).or_default();
            self.entries[(span[1] & !FRESH) as usize] = *strip;
            span[1] += 1;
        }
    }

    fn expand<P: Places + ?Sized>(
        &mut self,
        plans: &Plans,
        places: &P,
    ) -> Vec<(PlanId, Vec<RouteFault>)> {
        self.routes.retain(|id, _| plans.get(*id).is_some_and(|entry| entry.life.is_open()));
        let mut expanded = Vec::new();
        for entry in plans.iter().filter(|entry| entry.life.is_open()) {
            if self.routes.get(&entry.id).is_some_and(|(version, _)| *version == entry.version) {
                continue;
            }
            let (route, faults) = Trajectory::expand(&entry.plan, places);
            self.routes.insert(entry.id, (entry.version, route.map(std::sync::Arc::new)));
            expanded.push((entry.id, faults));
        }
        expanded
    }

    fn add(&mut self, entry: &Entry, plans: &Plans, config: &CorrelatorConfig, now: Time) {
        let number = self.slots.len() as u32;
        let plan = &entry.plan;
        let registration = plan
            .other
            .get(Indicator::Reg)
            .and_then(|text| Callsign::new(text.split(' ').next()?.replace('-', "").as_str()));
        let slot = Slot {
            id: entry.id,
            callsign: plan.callsign,
            registration: registration.filter(|registration| *registration != plan.callsign),
            address: plan.other.address,
            code: plan.code.map(|code| code.0).filter(|code| !code.is_shared()),
            take_off: entry.departure_time(plans.config()),
            route: self.routes.get(&entry.id).and_then(|(_, route)| route.clone()),
        };
        link(&mut self.by_callsign, &mut self.links, slot.callsign, number);
        if let Some(callsign) = slot.registration {
            link(&mut self.by_callsign, &mut self.links, callsign, number);
        }
        if let Some(address) = slot.address {
            link(&mut self.by_address, &mut self.links, address, number);
        }
        if let Some(code) = slot.code {
            link(&mut self.by_code, &mut self.links, code, number);
        }
        if let Some(route) = &slot.route {
            // Earlier or later, it does not count by its route alone: only so much of it is flown
            // now.
            let window_s = reach(config.off_time_s, config);
            let elapsed_s = now.seconds_since(slot.take_off);
            let from_m = route.along_at(elapsed_s - window_s);
            let to_m = route.along_at(elapsed_s + window_s);
            let reach_m = reach(config.lateral_m, config);
            for piece in route.line().pieces_between(from_m, to_m) {
                let [a, b] = route.line().ends_of(piece, from_m, to_m);
                let span: [f64; 3] = std::array::from_fn(|axis| b[axis] - a[axis]);
                let length_m = length(span);
                let along = span.map(|part| if length_m > 0.0 { part / length_m } else { 0.0 });
                let piece = piece as u32;
                let strip = Strip { start_m: a, along, length_m, slot: number, piece };
                cells_about(&mut self.reached, reach_m, (self.strips.len(), &strip));
                self.strips.push(strip);
            }
        }
        self.slots.push(slot);
    }

    pub(super) fn trajectory(&self, plan: PlanId) -> Option<&Trajectory> {
        self.routes.get(&plan).and_then(|(_, route)| route.as_deref())
    }

    pub(super) fn slot_of(&self, plan: PlanId) -> Option<&Slot> {
        // Slots are in the order of their plans' numbers.
        let at = self.slots.binary_search_by_key(&plan, |slot| slot.id).ok()?;
        self.slots.get(at)
    }

    /// Plans that share a code with a track; one may come twice.
    pub(super) fn by_codes(&self, codes: &Codes, mut each: impl FnMut(&Slot)) {
        let heads = [
            codes.callsign.and_then(|callsign| self.by_callsign.get(&callsign)),
            codes.address.and_then(|address| self.by_address.get(&address)),
            codes.mode_3a.filter(|code| !code.is_shared()).and_then(|code| self.by_code.get(&code)),
        ];
        for head in heads.into_iter().flatten() {
            let mut at = *head;
            while let Some((slot, next)) = self.links.get(at as usize) {
                each(&self.slots[*slot as usize]);
                at = *next;
            }
        }
    }

    /// Pieces of routes about a track that it may fly now, as the plan says and in its direction.
    pub(super) fn beside(
        &self,
        moving: &Moving,
        now: Time,
        config: &CorrelatorConfig,
        mut each: impl FnMut(&Slot, usize),
    ) {
        let Ecef { x_m, y_m, z_m } = moving.position;
        let reach_m = reach(config.lateral_m, config);
        let window_s = reach(config.off_time_s, config);
        let cos_min = 2.0 * config.route_alone - 1.0;
        // The surface stands a little over a strip.
        let far_m2 = reach_m * reach_m + 1e6;
        let Some([from, to]) = self.cells.get(&[x_m, y_m, z_m].map(cell)) else { return };
        for strip in &self.entries[*from as usize..(*to & !FRESH) as usize] {
            let strip = &self.strips[*strip as usize];
            if strip.distance_squared_m2([x_m, y_m, z_m]) > far_m2 {
                continue;
            }
            let slot = &self.slots[strip.slot as usize];
            let piece = strip.piece as usize;
            let near = |beside: &Beside| {
                beside.distance_m <= reach_m
                    && beside.late_s.abs() <= window_s
                    && beside.course_cos.is_none_or(|cos| cos >= cos_min)
            };
            if slot.beside(piece, moving, now).as_ref().is_some_and(near) {
                each(slot, piece);
            }
        }
    }
}

/// Enters a strip in every cell within reach of it.
fn cells_about(reached: &mut Vec<([i16; 3], u32)>, reach_m: f64, (number, strip): (usize, &Strip)) {
    let steps = (strip.length_m / STEP_M).ceil().max(1.0);
    let reach_m = reach_m + 0.5 * STEP_M;
    let mut before: Option<[[i16; 3]; 2]> = None;
    for step in 0..=steps as usize {
        let ahead_m = step as f64 / steps * strip.length_m;
        let at: [f64; 3] =
            std::array::from_fn(|axis| strip.start_m[axis] + strip.along[axis] * ahead_m);
        let radius_m = length(at);
        let low = at.map(|axis_m| cell(axis_m - reach_m));
        let high = at.map(|axis_m| cell(axis_m + reach_m));
        for key in cells_between(low, high) {
            let known = before.is_some_and(|[low, high]| {
                (0..3).all(|axis| (low[axis]..=high[axis]).contains(&key[axis]))
            });
            let centre = key.map(|axis| (f64::from(axis) + 0.5) * CELL_M);
            // A cell that the surface does not cross holds nobody.
            let crossed = (length(centre) - radius_m).abs() < CELL_M;
            if crossed && !known {
                reached.push((key, number as u32));
            }
        }
        before = Some([low, high]);
    }
}

/// How far off something may be and still be near enough to count by the route alone.
fn reach(half: f64, config: &CorrelatorConfig) -> f64 {
    half * (1.0 / config.route_alone.clamp(0.05, 1.0) - 1.0).sqrt()
}

fn cells_between(low: [i16; 3], high: [i16; 3]) -> impl Iterator<Item = [i16; 3]> {
    (low[0]..=high[0]).flat_map(move |x| {
        (low[1]..=high[1]).flat_map(move |y| (low[2]..=high[2]).map(move |z| [x, y, z]))
    })
}

fn length([x, y, z]: [f64; 3]) -> f64 {
    (x * x + y * y + z * z).sqrt()
}

fn link<K: std::hash::Hash + Eq>(
    chains: &mut Chains<K>,
    links: &mut Vec<(u32, u32)>,
    key: K,
    slot: u32,
) {
    let at = links.len() as u32;
    let next = chains.insert(key, at).unwrap_or(NONE);
    links.push((slot, next));
}

fn cell(axis_m: f64) -> i16 {
    (axis_m / CELL_M).floor() as i16
}

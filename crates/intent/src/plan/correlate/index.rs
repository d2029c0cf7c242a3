//! Plans by what tracks tell: callsign, registration, address, code, and place in time.

use super::super::{Entry, Indicator, Places, PlanId, Plans, RouteFault, Trajectory};
use super::CorrelatorConfig;
use geodesy::{Ecef, Enu, LocalFrame};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use surveillance::{Address, Callsign, Codes, Mode3A, Time, Track};

/// Edge of a cell of the earth-centred grid, metres.
const CELL_M: f64 = 100_000.0;
/// The time windows move on: the index is made anew after, seconds.
const STALE_S: f64 = 10.0;
/// Slower, a course means little, m/s.
const COURSE_SPEED_MPS: f64 = 25.0;
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
    /// Cells with the pieces of routes that may be flown near them now, as chains through `pieces`.
    cells: Chains<[i16; 3]>,
    pieces: Vec<(u32, u32, u32)>,
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
        self.pieces.clear();
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
        Some(expanded)
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
            let elapsed_s = now.seconds_since(slot.take_off);
            // Nor if it is too early or late: only so much of the route counts now.
            let share = config.route_alone.clamp(0.05, 1.0);
            let window_s = config.off_time_s * (1.0 / share - 1.0).sqrt();
            let from_m = route.along_at(elapsed_s - window_s);
            let to_m = route.along_at(elapsed_s + window_s);
            // Further off, it is not near enough to count by its route alone.
            let reach_m = config.lateral_m * (1.0 / share - 1.0).sqrt();
            for piece in route.line().pieces_between(from_m, to_m) {
                let [a, b] = route.line().ends_of(piece);
                let low: [i16; 3] =
                    std::array::from_fn(|axis| cell(a[axis].min(b[axis]) - reach_m));
                let high: [i16; 3] =
                    std::array::from_fn(|axis| cell(a[axis].max(b[axis]) + reach_m));
                for x in low[0]..=high[0] {
                    for y in low[1]..=high[1] {
                        for z in low[2]..=high[2] {
                            let at = self.pieces.len() as u32;
                            let next = self.cells.insert([x, y, z], at).unwrap_or(NONE);
                            self.pieces.push((number, piece as u32, next));
                        }
                    }
                }
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

    /// Pieces of routes about a position that may be flown now.
    pub(super) fn beside(&self, position: Ecef, mut each: impl FnMut(&Slot, usize)) {
        let key = [cell(position.x_m), cell(position.y_m), cell(position.z_m)];
        let mut at = self.cells.get(&key).copied().unwrap_or(NONE);
        while let Some((slot, piece, next)) = self.pieces.get(at as usize) {
            each(&self.slots[*slot as usize], *piece as usize);
            at = *next;
        }
    }
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

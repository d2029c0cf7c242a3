//! The book of plans: each message finds its plan and moves it through its life.
//!
//! A function of the messages, their order and the times they came at; nothing else. [`apply`] has
//! what each message does.

mod apply;
mod clock;
mod difference;

pub use clock::PlanClock;
pub use difference::Difference;

use super::{Location, Plan};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use surveillance::{Callsign, Time};

/// A plan's number in one book; never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlanId(pub u64);

/// Where in its life a plan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Life {
    /// Filed, not yet flown.
    Filed,
    /// Filed, and off block later than first said.
    Delayed,
    /// In the air.
    Departed,
    /// Landed.
    Arrived,
    /// Will not be flown.
    Cancelled,
    /// Nothing was heard of it for so long that it counts no more.
    Expired,
}

impl Life {
    /// Whether it may be, or come to be, in the air.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Filed | Self::Delayed | Self::Departed)
    }

    /// As people say it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Filed => "filed",
            Self::Delayed => "delayed",
            Self::Departed => "departed",
            Self::Arrived => "arrived",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }
}

/// Most off-block times remembered of one plan.
const KNOWN_AS_MAX: usize = 8;

/// A plan with what was heard of it since.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Number.
    pub id: PlanId,
    /// As filed and changed since.
    pub plan: Plan,
    /// Where in its life.
    pub life: Life,
    /// Estimated off-block time as last said, UTC.
    pub off_block: Time,
    /// Actual time of departure, UTC.
    pub take_off: Option<Time>,
    /// Where and when it landed, UTC.
    pub landing: Option<(Location, Time)>,
    /// When the last message that changed it came, UTC.
    pub revised: Time,
    /// Another number after every change of the plan.
    pub version: u64,
    /// Off-block times by which messages named it, the latest last, UTC; a message that comes again
    /// still names an old one.
    known_as: Vec<Time>,
    /// The filing as text, by which a repeated one is known.
    filing: Box<str>,
}

impl Entry {
    /// Take-off: the actual, or off-block and the taxi time, UTC.
    pub fn departure_time(&self, config: &PlansConfig) -> Time {
        self.take_off.unwrap_or_else(|| self.off_block.plus_seconds(config.taxi_s))
    }

    /// Takes another off-block time.
    fn set_off_block(&mut self, off_block: Time) {
        self.off_block = off_block;
        self.known_as.retain(|known| *known != off_block);
        if self.known_as.len() == KNOWN_AS_MAX {
            self.known_as.remove(0);
        }
        self.known_as.push(off_block);
    }

    /// Over the destination, UTC; the longest flight believed where field 16b said none.
    pub fn arrival_time(&self, config: &PlansConfig) -> Time {
        let flown_s = self.plan.elapsed.map_or(config.unknown_elapsed_s, super::Elapsed::seconds);
        self.departure_time(config).plus_seconds(flown_s)
    }
}

/// Bounds and tolerances of a book.
#[derive(Debug, Clone, PartialEq)]
pub struct PlansConfig {
    /// Most plans kept.
    pub plans_max: usize,
    /// From off block to take-off where nothing says, seconds.
    pub taxi_s: f64,
    /// How long a flight takes where field 16b says nothing, seconds.
    pub unknown_elapsed_s: f64,
    /// A filing this near to an open plan's off-block time is the same flight, seconds.
    pub same_s: f64,
    /// A message's time may be this far from the plan's and still be about it, seconds.
    pub tolerance_s: f64,
    /// Longest delay that one message may bring, seconds.
    pub delay_max_s: f64,
    /// A take-off may be this much before off block, seconds.
    pub early_s: f64,
    /// Not departed this long after off block: expired, seconds.
    pub unflown_s: f64,
    /// Not landed this long after the estimated arrival: expired, seconds.
    pub overdue_s: f64,
    /// A closed plan is kept this long, seconds.
    pub closed_s: f64,
}

impl Default for PlansConfig {
    fn default() -> Self {
        Self {
            plans_max: 20_000,
            taxi_s: 600.0,
            unknown_elapsed_s: 6.0 * 3600.0,
            same_s: 1800.0,
            tolerance_s: 6.0 * 3600.0,
            delay_max_s: 20.0 * 3600.0,
            early_s: 3600.0,
            unflown_s: 6.0 * 3600.0,
            overdue_s: 3.0 * 3600.0,
            closed_s: 2.0 * 3600.0,
        }
    }
}

/// What a message did.
#[derive(Debug, Clone, PartialEq)]
pub enum Applied {
    /// A new plan.
    Filed(PlanId),
    /// A plan changed.
    Changed {
        /// Which.
        plan: PlanId,
        /// Its life now.
        life: Life,
        /// What is other than before.
        differences: Vec<Difference>,
    },
    /// It says what is known: nothing changed.
    Repeated(PlanId),
    /// It changes nothing, and why.
    Refused(Refusal),
}

/// Why a message changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// There is no plan that it could be about.
    #[error("no plan of that callsign, departure, destination and time")]
    NoPlan,
    /// Several plans are as near.
    #[error("{count} plans are as near; nothing tells which is meant")]
    Ambiguous {
        /// How many.
        count: usize,
    },
    /// A plan without an off-block time stands nowhere in time.
    #[error("the off-block time is not known")]
    NoTime,
    /// A delay to a time before the one it is from, or too long.
    #[error("a delay from {from} to {to}")]
    Delay {
        /// Off block as known, UTC.
        from: Time,
        /// As the message says, UTC.
        to: Time,
    },
    /// A take-off long before off block.
    #[error("take-off at {take_off}, off block not before {off_block}")]
    Early {
        /// As the message says, UTC.
        take_off: Time,
        /// As known, UTC.
        off_block: Time,
    },
    /// A landing before the take-off.
    #[error("landing at {landing}, take-off at {take_off}")]
    Backwards {
        /// As the message says, UTC.
        landing: Time,
        /// As known, UTC.
        take_off: Time,
    },
    /// The plan has departed or is closed: nothing of it can be changed so.
    #[error("the plan is already {}", .0.as_str())]
    Closed(Life),
    /// There is no room for one more plan that may still fly.
    #[error("{plans_max} plans are open and no more are kept; raise [intent.book] plans_max")]
    Full {
        /// How many are kept.
        plans_max: usize,
    },
}

/// Every plan that counts, by number.
#[derive(Debug, Clone, Default)]
pub struct Plans {
    config: PlansConfig,
    entries: BTreeMap<PlanId, Entry>,
    by_callsign: FxHashMap<Callsign, Vec<PlanId>>,
    next: u64,
    revision: u64,
    shed: u64,
}

impl Plans {
    /// An empty book.
    pub fn new(config: PlansConfig) -> Self {
        Self { config, ..Self::default() }
    }

    /// The bounds it was made with.
    pub fn config(&self) -> &PlansConfig {
        &self.config
    }

    /// A plan.
    pub fn get(&self, id: PlanId) -> Option<&Entry> {
        self.entries.get(&id)
    }

    /// Every plan, by number.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// Plans of a callsign, in the order filed.
    pub fn of_callsign(&self, callsign: Callsign) -> impl Iterator<Item = &Entry> {
        let ids = self.by_callsign.get(&callsign).map(Vec::as_slice).unwrap_or_default();
        ids.iter().filter_map(|id| self.entries.get(id))
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Another number after every change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// How many closed plans were forgotten early because the book was full.
    pub fn shed(&self) -> u64 {
        self.shed
    }

    /// Closes what is overdue and forgets what was closed long ago; gives what expired.
    pub fn advance(&mut self, now: Time) -> Vec<PlanId> {
        let config = &self.config;
        let mut expired = Vec::new();
        let mut gone = Vec::new();
        for entry in self.entries.values_mut() {
            let due = match entry.life {
                Life::Filed | Life::Delayed => entry.off_block.plus_seconds(config.unflown_s),
                Life::Departed => entry.arrival_time(config).plus_seconds(config.overdue_s),
                Life::Arrived | Life::Cancelled | Life::Expired => {
                    if now >= entry.revised.plus_seconds(config.closed_s) {
                        gone.push(entry.id);
                    }
                    continue;
                }
            };
            if now >= due {
                entry.life = Life::Expired;
                entry.revised = now;
                expired.push(entry.id);
            }
        }
        gone.iter().for_each(|id| self.remove(*id));
        self.revision += u64::from(!expired.is_empty() || !gone.is_empty());
        expired
    }

    /// Says that a track flies the plan although no DEP came; gives whether that was news.
    pub fn seen_airborne(&mut self, id: PlanId, take_off: Option<Time>, now: Time) -> bool {
        let Some(entry) = self.entries.get_mut(&id) else { return false };
        if !matches!(entry.life, Life::Filed | Life::Delayed) {
            return false;
        }
        (entry.life, entry.take_off, entry.revised) = (Life::Departed, take_off, now);
        self.revision += 1;
        true
    }

    fn remove(&mut self, id: PlanId) {
        if let Some(entry) = self.entries.remove(&id) {
            self.unindex(entry.plan.callsign, id);
        }
    }

    fn unindex(&mut self, callsign: Callsign, id: PlanId) {
        if let Some(ids) = self.by_callsign.get_mut(&callsign) {
            ids.retain(|known| *known != id);
            if ids.is_empty() {
                self.by_callsign.remove(&callsign);
            }
        }
    }

    /// How many plans it has room for.
    pub fn plans_max(&self) -> usize {
        self.config.plans_max.max(1)
    }

    /// Makes room for one more: of the closed plans, that off block the longest ago is forgotten. A plan
    /// that was taken and may still fly is never given up for another.
    fn make_room(&mut self) -> Result<(), Refusal> {
        let plans_max = self.plans_max();
        while self.entries.len() >= plans_max {
            let closed = self.entries.values().filter(|entry| !entry.life.is_open());
            let oldest = closed.min_by_key(|entry| (entry.off_block, entry.id));
            let id = oldest.map(|entry| entry.id).ok_or(Refusal::Full { plans_max })?;
            self.remove(id);
            self.shed += 1;
        }
        Ok(())
    }
}

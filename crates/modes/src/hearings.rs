//! One transmission as several receivers heard it, whose clocks keep one time: what multilateration
//! starts from.

use crate::{Frame, FrameClock};
use geodesy::units::METRES_PER_LIGHT_NS;
use std::collections::{BTreeMap, VecDeque};
use surveillance::{Arrivals, Time};

/// Nanoseconds that may pass between two receivers' hearing of one transmission: 1,200 km.
const APART_NS: u64 = 4_000_000;
const DAY_NS: u64 = 86_400_000_000_000;
const SLOTS: u64 = DAY_NS / APART_NS;
/// How long receivers' networks may take to bring it, seconds.
const HELD_S: f64 = 0.7;
/// Transmissions that are held at most: beyond it the oldest is given up to what was heard of it.
const HELD_MAX: usize = 1 << 15;
/// Of those one receiver alone has told, so that none takes the others' room: more than any hears.
const ALONE_MAX: u32 = 1 << 13;

/// The message and when in the day, in steps of [`APART_NS`], it was first heard.
type Key = (u128, u64);

/// Frames of receivers that stamp them with one time, that of day by GPS, gathered by transmission.
///
/// The same message is sent again and again: only hearings within 4 ms are of one transmission. A
/// receiver that hears it twice hears a reflection the second time. Holds 32,768 transmissions at most, of
/// which 8,192 that one receiver alone has told, each for 0.7 s after it was first told.
#[derive(Debug)]
pub struct Hearings {
    // Bytes that somebody chose are its keys: ordered, so that none are slower than others.
    held: BTreeMap<Key, Heard>,
    order: VecDeque<(Time, Key)>,
    /// How many each receiver alone has told.
    alone: [u32; 256],
    shed: u64,
}

impl Default for Hearings {
    fn default() -> Self {
        Self { held: BTreeMap::new(), order: VecDeque::new(), alone: [0; 256], shed: 0 }
    }
}

#[derive(Debug)]
struct Heard {
    frame: Frame,
    count: usize,
    by: [(u8, u64); Arrivals::MAX],
}

/// A transmission that two or more receivers heard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Located {
    /// When the first receiver told of it.
    pub told: Time,
    /// The message, as the first who told of it heard it.
    pub frame: Frame,
    /// Nanoseconds since midnight, UTC, by a clock that GPS sets, when the earliest receiver heard it.
    pub nanos_of_day: u64,
    /// When each heard it.
    pub arrivals: Arrivals,
}

impl Hearings {
    /// Takes in what `receiver` heard, told at `now`. Frames without GPS time are left out, and Mode A/C
    /// replies, which do not say whose they are.
    pub fn push(&mut self, receiver: u8, frame: &Frame, now: Time) {
        let FrameClock::GpsNanosOfDay(nanos) = frame.clock else { return };
        if frame.bytes().len() < 7 || nanos >= DAY_NS {
            return;
        }
        let message = frame.bytes().iter().fold(0, |sum, octet| sum << 8 | u128::from(*octet));
        let slot = nanos / APART_NS;
        for near in [slot, (slot + 1) % SLOTS, (slot + SLOTS - 1) % SLOTS] {
            let Some(heard) = self.held.get_mut(&(message, near)) else { continue };
            if apart_ns(heard.by[0].1, nanos) < APART_NS {
                let first = usize::from(heard.by[0].0);
                let was_alone = heard.count == 1;
                heard.note(receiver, nanos);
                if was_alone && heard.count > 1 {
                    self.alone[first] -= 1;
                }
                return;
            }
        }
        let alone = &mut self.alone[usize::from(receiver)];
        if *alone >= ALONE_MAX {
            self.shed += 1;
            return;
        }
        let mut by = [(0, 0); Arrivals::MAX];
        by[0] = (receiver, nanos);
        let key = (message, slot);
        // Another transmission of the same step is told apart by nothing: the first counts.
        if let std::collections::btree_map::Entry::Vacant(place) = self.held.entry(key) {
            *alone += 1;
            place.insert(Heard { frame: *frame, count: 1, by });
            self.order.push_back((now, key));
        }
    }

    /// Gives what has been held for long enough at `now`, if two receivers or more heard it, in the
    /// order in which it was first told.
    pub fn take(&mut self, now: Time, found: &mut impl FnMut(Located)) {
        while let Some((since, key)) = self.order.front()
            && (self.order.len() > HELD_MAX || now.seconds_since(*since) >= HELD_S)
        {
            let early = now.seconds_since(*since) < HELD_S;
            self.shed += u64::from(early);
            if let Some(heard) = self.held.remove(key) {
                if heard.count == 1 {
                    self.alone[usize::from(heard.by[0].0)] -= 1;
                }
                if let Some(located) = heard.located(*since) {
                    found(located);
                }
            }
            self.order.pop_front();
        }
    }

    /// How many transmissions were left out or given up early for lack of room since the last call.
    pub fn take_shed(&mut self) -> u64 {
        std::mem::take(&mut self.shed)
    }
}

impl Heard {
    fn note(&mut self, receiver: u8, nanos: u64) {
        if let Some(before) = self.by[..self.count].iter_mut().find(|(r, _)| *r == receiver) {
            if later_ns(before.1, nanos) < 0 {
                before.1 = nanos;
            }
        } else if self.count < Arrivals::MAX {
            self.by[self.count] = (receiver, nanos);
            self.count += 1;
        }
    }

    fn located(&self, told: Time) -> Option<Located> {
        let by = &self.by[..self.count];
        let (_, mut earliest) = *by.first()?;
        for (_, nanos) in by {
            if later_ns(earliest, *nanos) < 0 {
                earliest = *nanos;
            }
        }
        let each = by.iter().map(|(receiver, nanos)| {
            (*receiver, later_ns(earliest, *nanos) as f64 * METRES_PER_LIGHT_NS)
        });
        Some(Located {
            told,
            frame: self.frame,
            nanos_of_day: earliest,
            arrivals: Arrivals::new(each)?,
        })
    }
}

/// How much later than `from` a time of day is, the shorter way round midnight.
fn later_ns(from: u64, nanos: u64) -> i64 {
    let around = (nanos + DAY_NS - from) % DAY_NS;
    if around > DAY_NS / 2 { around as i64 - DAY_NS as i64 } else { around as i64 }
}

fn apart_ns(a: u64, b: u64) -> u64 {
    later_ns(a, b).unsigned_abs()
}

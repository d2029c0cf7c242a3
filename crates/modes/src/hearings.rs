//! One transmission as several receivers heard it, whose clocks keep one time: what multilateration
//! starts from.

use crate::{Frame, FrameClock};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use surveillance::{Arrivals, Time};

/// Light's way in a nanosecond, metres.
const METRES_PER_NS: f64 = 0.299_792_458;
/// Nanoseconds that may pass between two receivers' hearing of one transmission: 1,200 km.
const APART_NS: u64 = 4_000_000;
const DAY_NS: u64 = 86_400_000_000_000;
const SLOTS: u64 = DAY_NS / APART_NS;
/// How long receivers' networks may take to bring it, seconds.
const HELD_S: f64 = 0.7;
/// Transmissions that are held at most: beyond it the oldest is given up to what was heard of it.
const HELD_MAX: usize = 1 << 15;

/// The message and when in the day, in steps of [`APART_NS`], it was first heard.
type Key = (u128, u64);

/// Frames of receivers that stamp them with one time, GPS time of day, gathered by transmission.
///
/// The same message is sent again and again: only hearings within 4 ms are of one transmission. A
/// receiver that hears it twice hears a reflection the second time. Holds 32,768 transmissions at most,
/// each for 0.7 s after it was first told.
#[derive(Debug, Default)]
pub struct Hearings {
    held: FxHashMap<Key, Heard>,
    order: VecDeque<(Time, Key)>,
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
    /// The message, as the first who told of it heard it.
    pub frame: Frame,
    /// Nanoseconds since midnight of GPS time when the earliest receiver heard it.
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
                return heard.note(receiver, nanos);
            }
        }
        let mut by = [(0, 0); Arrivals::MAX];
        by[0] = (receiver, nanos);
        let key = (message, slot);
        // Another transmission of the same step is told apart by nothing: the first counts.
        if let std::collections::hash_map::Entry::Vacant(place) = self.held.entry(key) {
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
            if let Some(located) = self.held.remove(key).and_then(|heard| heard.located()) {
                found(located);
            }
            self.order.pop_front();
        }
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

    fn located(&self) -> Option<Located> {
        let by = &self.by[..self.count];
        let (_, mut earliest) = *by.first()?;
        for (_, nanos) in by {
            if later_ns(earliest, *nanos) < 0 {
                earliest = *nanos;
            }
        }
        let each = by.iter().map(|(receiver, nanos)| {
            (*receiver, later_ns(earliest, *nanos) as f64 * METRES_PER_NS)
        });
        Some(Located { frame: self.frame, nanos_of_day: earliest, arrivals: Arrivals::new(each)? })
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

//! What a track has heard of late: so that a plot measured before the latest is taken in where it
//! belongs, and all after it once more. The state is then that of the plots in order.

use crate::TrackerConfig;
use crate::bank::Bank;
use crate::motion::{Fix, Observed};
use arrayvec::ArrayVec;
use surveillance::Time;

/// Plots kept. Where more are heard within the window, the exact part of it is shorter.
pub(super) const HEARD_MAX: usize = 8;

/// What a plot told the bank.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    pub(super) time: Time,
    /// Added to the doubt of position beforehand.
    pub(super) doubt: [f64; 3],
    pub(super) position: Option<Fix>,
    pub(super) velocity: Option<Fix>,
    /// Whether the target rolled then.
    pub(super) on_ground: bool,
}

/// The bank as it was right after the plots up to an instant.
#[derive(Debug, Clone)]
struct Mark {
    time: Time,
    bank: Bank,
}

/// Two states of the past, the older at least the window behind once the track is that old, and
/// what was heard since the older, by time.
#[derive(Debug, Clone)]
pub(super) struct Past {
    marks: ArrayVec<Mark, 2>,
    heard: ArrayVec<Piece, HEARD_MAX>,
}

impl Past {
    /// Of a track that begins, or begins anew, with this state.
    pub(super) fn from(time: Time, bank: &Bank) -> Self {
        let mut past = Self { marks: ArrayVec::new(), heard: ArrayVec::new() };
        past.marks.push(Mark { time, bank: *bank });
        past
    }

    /// The bank predicted to `at` from what was measured up to then. `None`: not known any more.
    pub(super) fn state_at(&self, at: Time, config: &TrackerConfig) -> Option<Bank> {
        let mark = self.marks.iter().rev().find(|mark| mark.time <= at)?;
        let (mut bank, mut time) = (mark.bank, mark.time);
        for piece in self.heard.iter().filter(|p| p.time > mark.time && p.time <= at) {
            piece.take(&mut bank, time, config)?;
            time = piece.time;
        }
        let ahead_s = at.seconds_since(time);
        Some(if ahead_s > 0.0 { bank.predicted(ahead_s, config) } else { bank })
    }

    /// Notes what has led to `bank`, the latest state so far.
    pub(super) fn push(&mut self, piece: Piece, bank: &Bank, config: &TrackerConfig) {
        self.keep(self.heard.len(), piece);
        if let Some(mark) = self.marks.last_mut()
            && mark.time == piece.time
        {
            mark.bank = *bank;
        }
        let due = self
            .marks
            .last()
            .is_none_or(|mark| piece.time.seconds_since(mark.time) >= config.late_window_s);
        if due {
            if self.marks.is_full() {
                self.marks.remove(0);
            }
            self.marks.push(Mark { time: piece.time, bank: *bank });
            let oldest = self.marks[0].time;
            self.heard.retain(|piece| piece.time > oldest);
        }
    }

    /// Notes what was measured before the latest and has led to `bank` then. The latest state.
    pub(super) fn insert(
        &mut self,
        piece: Piece,
        mut bank: Bank,
        config: &TrackerConfig,
    ) -> Option<Bank> {
        let index = self.heard.partition_point(|held| held.time <= piece.time);
        let mut time = piece.time;
        for place in index..=self.heard.len() {
            let next = self.heard.get(place).copied();
            for mark in &mut self.marks {
                if mark.time >= time && next.is_none_or(|next| mark.time < next.time) {
                    mark.bank = bank;
                }
            }
            let Some(next) = next else { break };
            next.take(&mut bank, time, config)?;
            time = next.time;
        }
        if self.heard.is_full() && index == 0 {
            // Of all it would be the first to go: states of before it do not lead to now any more.
            self.marks.retain(|mark| mark.time >= piece.time);
        } else {
            self.keep(index, piece);
        }
        Some(bank)
    }

    fn keep(&mut self, index: usize, piece: Piece) {
        let mut index = index;
        if self.heard.is_full() {
            // what rests on it cannot be told again
            let lost = self.heard.remove(0).time;
            self.marks.retain(|mark| mark.time >= lost);
            index = index.saturating_sub(1);
        }
        self.heard.insert(index, piece);
    }

    /// Re-expresses all in other axes, as [`Bank::reframe`] does.
    pub(super) fn reframe(
        &mut self,
        axes: [[f64; 2]; 2],
        to: impl Fn([f64; 2], [f64; 2]) -> ([f64; 2], [f64; 2]),
    ) {
        let turn = |[ee, en, nn]: [f64; 3]| {
            let form = |r: [f64; 2], s: [f64; 2]| {
                r[0] * s[0] * ee + (r[0] * s[1] + r[1] * s[0]) * en + r[1] * s[1] * nn
            };
            [form(axes[0], axes[0]), form(axes[0], axes[1]), form(axes[1], axes[1])]
        };
        for mark in &mut self.marks {
            mark.bank.reframe(axes, &to);
        }
        for piece in &mut self.heard {
            piece.doubt = turn(piece.doubt);
            if let Some(fix) = &mut piece.position {
                *fix = Fix { z: to(fix.z, [0.0; 2]).0, r: turn(fix.r) };
            }
            if let Some(fix) = &mut piece.velocity {
                *fix = Fix { z: to([0.0; 2], fix.z).1, r: turn(fix.r) };
            }
        }
    }
}

impl Piece {
    /// Moves a bank of an earlier time here and lets it hear this. `None` if that is not finite.
    fn take(&self, bank: &mut Bank, from: Time, config: &TrackerConfig) -> Option<()> {
        let ahead_s = self.time.seconds_since(from);
        if ahead_s > 0.0 {
            *bank = bank.predicted(ahead_s, config);
        }
        bank.widen(self.doubt);
        if let Some(fix) = &self.position {
            bank.update(fix, Observed::position_before(0.0))?;
        }
        if let Some(fix) = &self.velocity {
            bank.update(fix, Observed::VELOCITY)?;
        }
        bank.limit_speed(config.speed_max_mps);
        bank.set_on_ground(self.on_ground, config);
        Some(())
    }
}

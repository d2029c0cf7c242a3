//! The time by which the book goes while the node's clock leaps.

use surveillance::{RunningClock, Time};

/// A longer step of the clock than this, forwards or back, is a leap, seconds: plans do not ask for
/// minutes.
const STEP_MAX_S: f64 = 300.0;
/// A leap is believed once the clock has gone on without another for this long, seconds.
const BELIEVED_AFTER_S: f64 = 900.0;

/// A clock for the book, the correlator and what is held against plans.
///
/// A clock that is set eight hours ahead would expire every plan, and one set back again brings none
/// of them back. So a leap is left out of account until the clock has stood by it for a quarter of an
/// hour: what leaps and comes back changes nothing, and a clock that was wrong and is right now
/// counts then.
#[derive(Debug, Clone)]
pub struct PlanClock {
    clock: RunningClock,
    /// By how much the clock is ahead of this one, seconds.
    ahead_s: f64,
    /// For how long it has not leapt.
    even_s: f64,
}

impl Default for PlanClock {
    fn default() -> Self {
        let clock = RunningClock::new(STEP_MAX_S, STEP_MAX_S, 0.0);
        Self { clock, ahead_s: 0.0, even_s: 0.0 }
    }
}

impl PlanClock {
    /// Goes on to where the clock is; gives the time that counts.
    pub fn follow(&mut self, clock: Time) -> Time {
        let step = self.clock.follow(clock);
        match step.leapt_s {
            Some(by_s) => {
                self.ahead_s += by_s;
                self.even_s = 0.0;
            }
            None => self.even_s += step.passed_s.max(0.0),
        }
        if self.even_s >= BELIEVED_AFTER_S {
            self.ahead_s = 0.0;
        }
        clock.plus_seconds(-self.ahead_s)
    }

    /// By how much the clock is ahead of what counts, seconds; negative where it is behind.
    pub fn ahead_s(&self) -> f64 {
        self.ahead_s
    }

    /// What comes next comes after a pause, as after a restart: the clock has not leapt.
    pub fn resumed(&mut self) {
        *self = Self::default();
    }
}

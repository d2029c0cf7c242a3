//! How long something has run, by a clock that may be set meanwhile.

use crate::Time;

/// A clock's steps, its leaps told from the passing of time.
///
/// What waits, ages or must last for a while goes by what has passed; an operator, or a time server,
/// that sets the machine's clock makes nothing older or younger.
#[derive(Debug, Clone, PartialEq)]
pub struct RunningClock {
    /// A longer step than this is a leap, seconds.
    step_max_s: f64,
    /// So is one back by more than this, seconds.
    back_max_s: f64,
    /// What passes while the clock leaps, seconds.
    period_s: f64,
    last: Option<Time>,
}

/// One step of the clock.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClockStep {
    /// What passed, seconds.
    pub passed_s: f64,
    /// What the clock leapt by beside that, seconds; negative where it was set back.
    pub leapt_s: Option<f64>,
}

impl ClockStep {
    const NONE: Self = Self { passed_s: 0.0, leapt_s: None };
}

impl RunningClock {
    /// What is looked at every second: a step back, or one of more than five seconds, is a leap, while
    /// which a second passes.
    pub const fn of_seconds() -> Self {
        Self::new(5.0, 0.0, 1.0)
    }

    /// Steps from `back_max_s` back to `step_max_s` forwards are the passing of time, any other is a
    /// leap, while which `period_s` pass; all in seconds.
    pub const fn new(step_max_s: f64, back_max_s: f64, period_s: f64) -> Self {
        Self { step_max_s, back_max_s, period_s, last: None }
    }

    /// The step that going on to `now` would be; of the first, none.
    pub fn step(&self, now: Time) -> ClockStep {
        let Some(last) = self.last else { return ClockStep::NONE };
        let step_s = now.seconds_since(last);
        if (-self.back_max_s..=self.step_max_s).contains(&step_s) {
            ClockStep { passed_s: step_s, leapt_s: None }
        } else {
            ClockStep { passed_s: self.period_s, leapt_s: Some(step_s - self.period_s) }
        }
    }

    /// Goes on to `now`.
    pub fn follow(&mut self, now: Time) -> ClockStep {
        let step = self.step(now);
        self.last = Some(now);
        step
    }

    /// Where it is; `None` before the first step.
    pub fn last(&self) -> Option<Time> {
        self.last
    }

    /// What comes next is a step from `last`; after `None`, as after a pause, no step.
    pub fn go_on_from(&mut self, last: Option<Time>) {
        self.last = last;
    }
}

impl Default for RunningClock {
    fn default() -> Self {
        Self::of_seconds()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: f64) -> Time {
        Time::from_unix_seconds(1_000_000.0 + seconds)
    }

    #[test]
    fn what_passes_is_what_a_clock_that_is_never_set_would_show() {
        let mut clock = RunningClock::of_seconds();
        let mut passed_s = 0.0;
        let mut leapt_s = 0.0;
        for seconds in [0.0, 1.0, 2.5, 7.5, 3_607.5, 3_608.5, 8.5, 9.5] {
            let step = clock.follow(at(seconds));
            passed_s += step.passed_s;
            leapt_s += step.leapt_s.unwrap_or(0.0);
        }
        // 7.5 s in steps of at most five, a second for each of two leaps, and a second after each.
        assert_eq!((passed_s, leapt_s), (7.5 + 2.0 + 2.0, 3_600.0 - 1.0 - 3_600.0 - 1.0));
        assert_eq!(passed_s + leapt_s, 9.5);
    }

    #[test]
    fn after_a_pause_no_time_has_passed_and_nothing_has_leapt() {
        let mut clock = RunningClock::of_seconds();
        clock.follow(at(0.0));
        clock.go_on_from(None);
        assert_eq!(clock.follow(at(500.0)), ClockStep::NONE);
        clock.go_on_from(Some(at(490.0)));
        assert_eq!(clock.step(at(500.0)).leapt_s, Some(9.0));
    }

    #[test]
    fn small_steps_back_pass_where_they_are_allowed() {
        let mut clock = RunningClock::new(300.0, 300.0, 0.0);
        clock.follow(at(0.0));
        assert_eq!(clock.follow(at(-200.0)), ClockStep { passed_s: -200.0, leapt_s: None });
        assert_eq!(clock.follow(at(-600.0)), ClockStep { passed_s: 0.0, leapt_s: Some(-400.0) });
    }
}

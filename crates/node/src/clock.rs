//! The only place that reads a clock. Everything else is told the time.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use surveillance::Time;

/// The machine's UTC clock, held so that it never runs backwards, because the order of events is their
/// time. It follows a step forward at once. After a step back it goes on from where it was, nine
/// tenths as fast as time passes, until the machine's clock has caught up: what a node does each second
/// goes on, and [`Self::ahead_s`] says by how much it is ahead.
#[derive(Debug)]
pub struct Clock {
    /// When this clock was made, by which time that passes is measured.
    made: Instant,
    /// The last reading, and nanoseconds from `made` to it.
    last: Mutex<Option<Reading>>,
    ahead_nanos: AtomicI64,
    replay: Option<Replay>,
    /// What a replay has leapt over, nanoseconds.
    leapt_nanos: AtomicI64,
}

#[derive(Debug, Clone, Copy)]
struct Reading {
    unix_nanos: i64,
    passed_nanos: i64,
}

/// A clock that runs through the time of a recording.
#[derive(Debug, Clone, Copy)]
struct Replay {
    /// The recording's time when the replay began.
    from: Time,
    speed: f64,
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock {
    /// A clock that has not been read.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    pub fn new() -> Self {
        Self {
            made: Instant::now(),
            last: Mutex::new(None),
            ahead_nanos: AtomicI64::new(0),
            replay: None,
            leapt_nanos: AtomicI64::new(0),
        }
    }

    /// A clock that reads `from` now and runs `speed` times as fast as time passes.
    pub fn replaying(from: Time, speed: f64) -> Self {
        Self { replay: Some(Replay { from, speed }), ..Self::new() }
    }

    /// Now, never earlier than any earlier answer of this clock.
    pub fn now(&self) -> Time {
        let passed = self.passed();
        let unix_nanos = match self.replay {
            None => machine_nanos(),
            Some(Replay { from, speed }) => {
                let leapt = self.leapt_nanos.load(Ordering::Relaxed);
                let at = from.plus_seconds(passed.as_secs_f64() * speed);
                at.unix_nanos().saturating_add(leapt)
            }
        };
        let passed_nanos = i64::try_from(passed.as_nanos()).unwrap_or(i64::MAX);
        self.read(Reading { unix_nanos, passed_nanos })
    }

    /// What this clock says where the machine's, or the recording's, says that, so long after it was
    /// made.
    fn read(&self, told: Reading) -> Time {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let least = last.map_or(i64::MIN, |last| {
            let passed = told.passed_nanos.saturating_sub(last.passed_nanos).max(0);
            // Nobody sets the clock of a recording back, and it may run as slowly as one likes.
            let goes_on = if self.replay.is_some() { 0 } else { passed / 10 * 9 };
            last.unix_nanos.saturating_add(goes_on)
        });
        let unix_nanos = told.unix_nanos.max(least);
        let passed_nanos = last.map_or(i64::MIN, |l| l.passed_nanos).max(told.passed_nanos);
        *last = Some(Reading { unix_nanos, passed_nanos });
        self.ahead_nanos.store(unix_nanos.saturating_sub(told.unix_nanos), Ordering::Relaxed);
        Time::from_unix_nanos(unix_nanos)
    }

    /// Seconds by which this clock was ahead of the machine's when it was last read: what a step back
    /// has left.
    pub fn ahead_s(&self) -> f64 {
        self.ahead_nanos.load(Ordering::Relaxed) as f64 / 1e9
    }

    /// How long ago this clock was made, which no step of the machine's clock changes.
    pub fn passed(&self) -> Duration {
        self.made.elapsed()
    }

    /// Lets a replaying clock go on from `time` if that is ahead: nothing was recorded until then.
    pub fn leap_to(&self, time: Time) {
        let ahead = time.unix_nanos().saturating_sub(self.now().unix_nanos());
        self.leapt_nanos.fetch_add(ahead.max(0), Ordering::Relaxed);
    }

    /// How many of this clock's seconds pass in one of the machine's.
    pub fn speed(&self) -> f64 {
        self.replay.map_or(1.0, |replay| replay.speed)
    }

    /// How long to wait on the machine until this clock reads `time`; `None` if it does already. For ever is
    /// a year.
    pub fn wall_time_until(&self, time: Time) -> Option<Duration> {
        const LONGEST_S: f64 = 366.0 * 86_400.0;
        let wait_s = time.seconds_since(self.now()) / self.speed();
        Duration::try_from_secs_f64(wait_s.min(LONGEST_S)).ok().filter(|wait| !wait.is_zero())
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
fn machine_nanos() -> i64 {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    // A machine that believes it is before 1970 is left at the epoch.
    since_epoch.map_or(0, |d| i64::try_from(d.as_nanos()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    fn told(clock: &Clock, machine_s: i64, passed_s: i64) -> f64 {
        let unix_nanos = machine_s * SECOND;
        let now = clock.read(Reading { unix_nanos, passed_nanos: passed_s * SECOND });
        now.seconds_since(Time::EPOCH)
    }

    #[test]
    fn after_a_step_back_it_goes_on_a_little_slower_until_the_machine_has_caught_up() {
        let clock = Clock::new();
        assert_eq!(told(&clock, 1_000, 0), 1_000.0);
        assert_eq!(told(&clock, 1_010, 10), 1_010.0);
        // Back by five seconds.
        assert_eq!(told(&clock, 1_006, 11), 1_010.9);
        assert!((clock.ahead_s() - 4.9).abs() < 1e-9);
        let mut before = 1_010.9;
        for passed_s in 12..100 {
            let now = told(&clock, 995 + passed_s, passed_s);
            assert!(now >= before + 0.899, "it never stands still");
            before = now;
        }
        assert_eq!((before, clock.ahead_s()), (1_094.0, 0.0));
    }

    #[test]
    fn a_step_forward_is_followed_at_once_and_one_that_is_taken_back_does_not_stop_it() {
        let clock = Clock::new();
        told(&clock, 1_000, 0);
        assert_eq!(told(&clock, 4_601, 1), 4_601.0);
        assert_eq!(told(&clock, 1_011, 11), 4_610.0);
        assert_eq!(clock.ahead_s(), 3_599.0);
        assert_eq!(told(&clock, 1_021, 21), 4_619.0);
        // Readings of several threads may come in another order.
        assert_eq!(told(&clock, 1_020, 20), 4_619.0);
        assert_eq!(told(&clock, 1_022, 22), 4_619.9);
    }

    #[test]
    fn a_replaying_clock_runs_as_slowly_as_it_is_told() {
        let clock = Clock::replaying(Time::EPOCH, 0.01);
        assert_eq!(told(&clock, 1_000, 0), 1_000.0);
        assert_eq!(told(&clock, 1_001, 100), 1_001.0);
        assert_eq!((told(&clock, 1_002, 200), clock.ahead_s()), (1_002.0, 0.0));
    }

    #[test]
    fn a_replaying_clock_leaps_forward_and_never_back() {
        let clock = Clock::replaying(Time::EPOCH, 1.0);
        let later = Time::EPOCH.plus_seconds(1e6);
        clock.leap_to(later);
        assert!(clock.now() >= later);
        clock.leap_to(Time::EPOCH);
        assert!(clock.now() >= later);
        assert!(clock.now().seconds_since(later) < 1e5);
    }
}

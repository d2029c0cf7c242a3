//! The only place that reads a clock. Everything else is told the time.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};
use surveillance::Time;

/// The machine's UTC clock, held so that it never runs backwards: after a step back it stands
/// still until the machine's clock has caught up, because the order of events is their time.
#[derive(Debug, Default)]
pub struct Clock {
    latest_nanos: AtomicI64,
    replay: Option<Replay>,
    /// What a replay has leapt over, nanoseconds.
    leapt_nanos: AtomicI64,
}

/// A clock that runs through the time of a recording.
#[derive(Debug, Clone, Copy)]
struct Replay {
    /// The machine's time when the replay began, nanoseconds since the epoch.
    machine_nanos: i64,
    /// The recording's time then.
    from: Time,
    speed: f64,
}

impl Clock {
    /// A clock that has not been read.
    pub fn new() -> Self {
        Self::default()
    }

    /// A clock that reads `from` now and runs `speed` times as fast as the machine's.
    pub fn replaying(from: Time, speed: f64) -> Self {
        let replay = Replay { machine_nanos: machine_nanos(), from, speed };
        Self {
            latest_nanos: AtomicI64::new(i64::MIN),
            replay: Some(replay),
            leapt_nanos: AtomicI64::new(0),
        }
    }

    /// Now, never earlier than any earlier answer of this clock.
    pub fn now(&self) -> Time {
        let machine = machine_nanos();
        let nanos = self.replay.map_or(machine, |replay| {
            let elapsed_s = machine.saturating_sub(replay.machine_nanos) as f64 / 1e9;
            let leapt = self.leapt_nanos.load(Ordering::Relaxed);
            replay.from.plus_seconds(elapsed_s * replay.speed).unix_nanos().saturating_add(leapt)
        });
        let latest = self.latest_nanos.fetch_max(nanos, Ordering::Relaxed);
        Time::from_unix_nanos(nanos.max(latest))
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

    /// How long to wait on the machine until this clock reads `time`; `None` if it does already.
    pub fn wall_time_until(&self, time: Time) -> Option<Duration> {
        let wait_s = time.seconds_since(self.now()) / self.speed();
        Duration::try_from_secs_f64(wait_s).ok().filter(|wait| !wait.is_zero())
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

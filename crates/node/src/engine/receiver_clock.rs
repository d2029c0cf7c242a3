//! Placing a receiver's free-running counter on UTC.

use surveillance::Time;

/// A crystal of ±100 ppm may pull the counter this far from UTC in each second.
const DRIFT_PER_SECOND: f64 = 100e-6;
/// A counter further off than this has been restarted.
const RESTART_S: f64 = 5.0;
/// No frame that came quicker than this for a whole [`WINDOW_S`]: not delay but a step, of this
/// machine's clock or of the counter.
const STEP_S: f64 = 0.25;
/// Over how long the least delay is looked for, seconds.
const WINDOW_S: f64 = 10.0;

/// Turns the readings of a 12 MHz counter into UTC.
///
/// A frame takes some time from the antenna to this node, never less than none, so the smallest
/// difference seen between receipt and counter is nearest the truth. It is kept, and let grow only
/// as fast as a crystal drifts.
#[derive(Debug, Default)]
pub(crate) struct ReceiverClock {
    anchor: Option<Anchor>,
}

#[derive(Debug)]
struct Anchor {
    /// UTC when the counter read zero, nanoseconds since the epoch.
    zero_ns: i64,
    heard: Time,
    /// Since when the least delay is looked for, and what it is, seconds over `zero_ns`.
    window: Time,
    least_s: f64,
}

impl Anchor {
    fn at(zero_ns: i64, heard: Time) -> Self {
        Self { zero_ns, heard, window: heard, least_s: f64::INFINITY }
    }

    /// Takes a reading `ahead_s` over what is expected, at `received`.
    fn take(&mut self, ahead_s: f64, received: Time) {
        let elapsed_s = received.seconds_since(self.heard).max(0.0);
        let mut more_s = ahead_s.min(elapsed_s * DRIFT_PER_SECOND);
        self.least_s = self.least_s.min(ahead_s);
        if received.seconds_since(self.window) >= WINDOW_S {
            if self.least_s > STEP_S {
                more_s = self.least_s;
            }
            (self.window, self.least_s) = (received, f64::INFINITY);
        }
        self.zero_ns = self.zero_ns.saturating_add((more_s * 1e9) as i64);
        self.heard = received;
    }
}

impl ReceiverClock {
    /// UTC of the counter reading `ticks` that arrived at `received`; never after `received`. Zero
    /// is what forwarders write who have no counter, and tells nothing.
    pub(crate) fn time_of(&mut self, ticks: u64, received: Time) -> Time {
        if ticks == 0 {
            return received;
        }
        // 250/3 ns a tick; 48 bits of ticks stay far inside an i64 of nanoseconds.
        let counter_ns = (i128::from(ticks) * 250 / 3).min(i128::from(i64::MAX)) as i64;
        let candidate_ns = received.unix_nanos().saturating_sub(counter_ns);
        let anchor = self.anchor.get_or_insert_with(|| Anchor::at(candidate_ns, received));
        let ahead_s = candidate_ns.saturating_sub(anchor.zero_ns) as f64 / 1e9;
        if (0.0..=RESTART_S).contains(&ahead_s) {
            anchor.take(ahead_s, received);
        } else {
            *anchor = Anchor::at(candidate_ns, received);
        }
        let zero_ns = anchor.zero_ns;
        Time::from_unix_nanos(zero_ns.saturating_add(counter_ns)).min(received)
    }

    /// Forgets the counter: the next connection may be another receiver.
    pub(crate) fn reset(&mut self) {
        self.anchor = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICKS_PER_SECOND: u64 = 12_000_000;

    fn at(seconds: f64) -> Time {
        Time::from_unix_seconds(1_000_000.0 + seconds)
    }

    #[test]
    fn a_frame_delayed_on_the_way_keeps_the_time_it_was_heard() {
        let mut clock = ReceiverClock::default();
        clock.time_of(TICKS_PER_SECOND, at(0.010));
        let heard = clock.time_of(2 * TICKS_PER_SECOND, at(1.510));
        assert!((heard.seconds_since(at(1.010))).abs() < 1e-3);
    }

    #[test]
    fn a_restarted_counter_is_taken_up_at_once() {
        let mut clock = ReceiverClock::default();
        clock.time_of(900 * TICKS_PER_SECOND, at(0.0));
        assert_eq!(clock.time_of(5, at(1.0)), at(1.0));
        assert_eq!(clock.time_of(700 * TICKS_PER_SECOND, at(2.0)), at(2.0));
    }

    #[test]
    fn frames_without_a_count_are_of_when_they_came() {
        let mut clock = ReceiverClock::default();
        for second in 0..10 {
            assert_eq!(clock.time_of(0, at(f64::from(second))), at(f64::from(second)));
        }
    }

    #[test]
    fn a_slow_crystal_never_leaves_utc_behind() {
        let mut clock = ReceiverClock::default();
        for second in 0..10_000_u64 {
            // 50 ppm slow
            let ticks = (second as f64 * TICKS_PER_SECOND as f64 * (1.0 - 50e-6)) as u64;
            let now = at(second as f64);
            assert!(now.seconds_since(clock.time_of(ticks, now)) < 1e-3);
        }
    }

    #[test]
    fn a_step_of_the_machines_clock_is_followed_within_two_windows() {
        let mut clock = ReceiverClock::default();
        let step_s = |second: u64| if second < 20 { 0.0 } else { 3.0 };
        for second in 1..60_u64 {
            let now = at(second as f64 + step_s(second));
            let late_s = now.seconds_since(clock.time_of(second * TICKS_PER_SECOND, now));
            assert!(late_s < 1e-3 || (20..41).contains(&second), "{late_s} s late at {second}");
        }
    }

    #[test]
    fn no_reading_overflows() {
        let mut clock = ReceiverClock::default();
        for ticks in [u64::MAX, 0, u64::MAX / 2, 1 << 48] {
            assert!(clock.time_of(ticks, at(0.0)) <= at(0.0));
        }
    }
}

//! The pace of a recording from its frames' 12 MHz counter, and that counter without its cuts.

use modes::FrameClock;
use std::time::Duration;

/// The counter has 48 bits.
const COUNTER_MASK: u64 = (1 << 48) - 1;
/// A leap of the counter beyond this, or any step back beyond [`STEP_BACK_MAX_TICKS`], is a cut in
/// the recording: play goes on at once, [`CUT_TICKS`] later.
const LEAP_MAX_TICKS: u64 = 10 * 12_000_000;
/// Receivers put frames out of order by this much at most: half a second.
const STEP_BACK_MAX_TICKS: u64 = 6_000_000;
/// What a cut takes: a millisecond.
const CUT_TICKS: u64 = 12_000;

/// Counters in; counters without cuts, and when to play them, out.
#[derive(Debug, Default)]
pub(crate) struct Pacer {
    /// The recording's newest counter; none before the first frame and after a cut.
    newest: Option<u64>,
    /// The same frame's counter as played, not yet cut to 48 bits.
    played: u64,
    /// The first counter played.
    first: Option<u64>,
}

impl Pacer {
    /// The next frame continues no counter before it.
    pub(crate) fn begin_again(&mut self) {
        self.newest = None;
    }

    /// The clock to play instead of `clock`, and when, from the beginning of the play. A frame
    /// that does not say when it was heard goes with the one before it.
    pub(crate) fn pace(&mut self, clock: FrameClock) -> (FrameClock, Duration) {
        let counter = match clock {
            FrameClock::Ticks12MHz(ticks) if ticks > 0 => ticks,
            _ => return (clock, self.due()),
        };
        let played = self.place(counter) & COUNTER_MASK;
        (FrameClock::Ticks12MHz(played), self.due())
    }

    fn place(&mut self, counter: u64) -> u64 {
        let first = *self.first.get_or_insert(counter);
        let Some(newest) = self.newest.replace(counter) else {
            self.played = if self.played == 0 { first } else { self.played + CUT_TICKS };
            return self.played;
        };
        let ahead = counter.wrapping_sub(newest) & COUNTER_MASK;
        let behind = newest.wrapping_sub(counter) & COUNTER_MASK;
        if behind > 0 && behind <= STEP_BACK_MAX_TICKS {
            // Out of order: its own place in time, but the newest stays the newest.
            self.newest = Some(newest);
            return self.played.saturating_sub(behind);
        }
        self.played += if ahead <= LEAP_MAX_TICKS { ahead } else { CUT_TICKS };
        self.played
    }

    fn due(&self) -> Duration {
        let ticks = self.played.saturating_sub(self.first.unwrap_or(self.played));
        // 250/3 ns a tick.
        Duration::from_nanos((u128::from(ticks) * 250 / 3).try_into().unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_the_counters_and_a_loop_goes_on_where_it_ended() {
        let mut pacer = Pacer::default();
        let mut pace = |ticks: u64| {
            let (clock, due) = pacer.pace(FrameClock::Ticks12MHz(ticks));
            let FrameClock::Ticks12MHz(played) = clock else { panic!("{clock:?}") };
            (played, due)
        };
        let second = Duration::from_secs(1);
        let start = COUNTER_MASK - 6_000_000;
        assert_eq!(pace(start), (start, Duration::ZERO));
        // Over the 48 bits: one second later.
        assert_eq!(pace(5_999_999), (5_999_999, second));
        // Out of order: not waited for, and not put in order.
        assert_eq!(pace(5_999_000), (5_999_000, second));
        // No time of its own.
        assert_eq!(pace(0), (0, second));
        // A counter that began anew is a cut, not a wait.
        let (counter, due) = pace(700_000_000);
        assert_eq!(counter, 5_999_999 + CUT_TICKS);
        assert_eq!(due, second + Duration::from_millis(1));
        // So is an hour's leap.
        assert_eq!(pace(700_000_000 + 43_200_000_000).0, counter + CUT_TICKS);
        pacer.begin_again();
        let (_, due) = pacer.pace(FrameClock::Ticks12MHz(start));
        assert_eq!(due, second + Duration::from_millis(3));
    }
}

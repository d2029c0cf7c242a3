//! Going round all tracks a part at a time, so that no call has to look at all of them.

use std::ops::Range;
use surveillance::Time;

/// Where a round over the tracks has come to.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Round {
    at: Option<Time>,
    pub(crate) next: usize,
}

impl Round {
    /// The part of `all` entries that is due at `now`, where each is to come up every `period_s`.
    /// All of them the first time, after a whole period, and where time went back.
    pub(crate) fn next(&mut self, now: Time, period_s: f64, all: usize) -> Range<usize> {
        let since_s = self.at.map_or(period_s, |at| now.seconds_since(at));
        self.at = Some(now);
        if !(0.0..period_s).contains(&since_s) {
            self.next = 0;
            return 0..all;
        }
        if self.next >= all {
            self.next = 0;
        }
        let due = (all as f64 * since_s / period_s).ceil() as usize;
        let part = self.next..all.min(self.next + due);
        self.next = part.end;
        if self.next >= all {
            self.next = 0;
        }
        part
    }

    /// Whether the last part ended a round.
    pub(crate) fn is_whole(&self) -> bool {
        self.next == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_comes_up_in_every_period_however_time_is_cut() {
        for step_s in [0.01, 0.1, 0.26, 0.5, 3.0] {
            let mut round = Round::default();
            let mut seen = [0.0; 7];
            let mut now_s = 0.0;
            while now_s < 20.0 {
                for index in round.next(Time::EPOCH.plus_seconds(now_s), 0.5, 7) {
                    let silent_s: f64 = now_s - seen[index];
                    assert!(silent_s <= 0.5 + 2.0 * step_s, "{step_s} {silent_s}");
                    seen[index] = now_s;
                }
                now_s += step_s;
            }
            assert!(seen.iter().all(|s| now_s - s <= 0.5 + 2.0 * step_s));
        }
    }
}

//! Bounds on guessing: who was wrong several times in a row waits, each time twice as long.

use std::collections::BTreeMap;
use surveillance::Time;

/// Wrong guesses at once that cost nothing.
const FREE: u32 = 5;
/// Longest wait, seconds: whoever guesses in another's name keeps them out for no longer, and gets to
/// three thousand guesses a day.
const WAIT_MAX_S: f64 = 30.0;
/// Guessers that are remembered; beyond it the one that was wrong longest ago is forgotten.
const REMEMBERED_MAX: usize = 10_000;

/// Wrong guesses by who made them.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    wrong: BTreeMap<String, (u32, Time)>,
}

impl Throttle {
    /// Seconds that `who` must still wait; `None` if it may try.
    pub(crate) fn wait_s(&self, who: &str, now: Time) -> Option<f64> {
        let (count, last) = self.wrong.get(who)?;
        let left = wait_s(*count) - now.seconds_since(*last).max(0.0);
        (left > 0.0).then_some(left)
    }

    /// It was wrong.
    pub(crate) fn wrong(&mut self, who: &str, now: Time) {
        if self.wrong.len() >= REMEMBERED_MAX && !self.wrong.contains_key(who) {
            let oldest = self.wrong.iter().min_by_key(|(_, (_, last))| *last);
            let oldest = oldest.map(|(who, _)| who.clone());
            oldest.map(|who| self.wrong.remove(&who));
        }
        let (count, last) = self.wrong.entry(who.to_owned()).or_insert((0, now));
        // After a quiet time as long as the longest wait it starts anew.
        if now.seconds_since(*last) > 2.0 * WAIT_MAX_S {
            *count = 0;
        }
        *count = count.saturating_add(1);
        *last = now;
    }

    /// It was right.
    pub(crate) fn right(&mut self, who: &str) {
        self.wrong.remove(who);
    }
}

fn wait_s(wrong: u32) -> f64 {
    match wrong.checked_sub(FREE) {
        None => 0.0,
        Some(beyond) => 2f64.powi(beyond.min(20) as i32).min(WAIT_MAX_S),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: f64) -> Time {
        Time::from_unix_seconds(1.8e9 + s)
    }

    #[test]
    fn the_wait_doubles_and_ends_and_another_guesser_does_not_wait() {
        let mut throttle = Throttle::default();
        for _ in 0..4 {
            throttle.wrong("a", at(0.0));
            assert_eq!(throttle.wait_s("a", at(0.0)), None);
        }
        for expected in [1.0, 2.0, 4.0, 8.0] {
            throttle.wrong("a", at(0.0));
            assert_eq!(throttle.wait_s("a", at(0.0)), Some(expected));
        }
        assert_eq!(throttle.wait_s("a", at(7.5)), Some(0.5));
        assert_eq!(throttle.wait_s("a", at(8.0)), None);
        assert_eq!(throttle.wait_s("b", at(0.0)), None);
        for _ in 0..100 {
            throttle.wrong("a", at(8.0));
        }
        assert_eq!(throttle.wait_s("a", at(8.0)), Some(WAIT_MAX_S));
        throttle.right("a");
        assert_eq!(throttle.wait_s("a", at(8.0)), None);
    }

    #[test]
    fn guessers_beyond_the_bound_push_out_the_oldest() {
        let mut throttle = Throttle::default();
        for guesser in 0..REMEMBERED_MAX + 5 {
            throttle.wrong(&guesser.to_string(), at(guesser as f64));
        }
        assert_eq!(throttle.wrong.len(), REMEMBERED_MAX);
        assert!(!throttle.wrong.contains_key("4") && throttle.wrong.contains_key("5"));
    }
}

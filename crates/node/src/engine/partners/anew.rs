//! When a partner is told anew all that stands, because something on its way to it was not kept.
//!
//! The first time at once. Where it happens again and again, as on a disk that fails in and out, what is
//! told anew is lost as what was before: it is told less and less often, until it has been quiet.

use surveillance::Time;

/// Seconds between the first time and the second, and between two at most.
const WAIT_S: [f64; 2] = [1.0, 32.0];
/// It has been quiet after so many times what was waited last.
const QUIET: f64 = 4.0;

/// Whether all is to be told anew, and when it last was.
#[derive(Debug, Clone, Default)]
pub(super) struct Anew {
    wanted: bool,
    last: Option<Time>,
    wait_s: f64,
}

impl Anew {
    /// Something was not kept.
    pub(super) fn want(&mut self) {
        self.wanted = true;
    }

    /// Whether it is to be done now; then it is done.
    pub(super) fn take(&mut self, now: Time) -> bool {
        let since_s = self.last.map_or(f64::INFINITY, |last| now.seconds_since(last));
        // A clock that was set back puts nothing off.
        if !self.wanted || (0.0..self.wait_s).contains(&since_s) {
            return false;
        }
        let [first_s, longest_s] = WAIT_S;
        let quiet = !(0.0..QUIET * self.wait_s).contains(&since_s);
        let wait_s = if quiet { first_s } else { (2.0 * self.wait_s).min(longest_s) };
        *self = Self { wanted: false, last: Some(now), wait_s };
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: u32) -> Time {
        Time::from_unix_seconds(1_764_500_000.0).plus_seconds(f64::from(s))
    }

    #[test]
    fn what_is_lost_every_second_is_told_anew_less_and_less_often_and_at_once_after_quiet() {
        let mut anew = Anew::default();
        let mut told = Vec::new();
        for s in 0..200 {
            anew.want();
            if anew.take(at(s)) {
                told.push(s);
            }
        }
        assert_eq!(told, [0, 1, 3, 7, 15, 31, 63, 95, 127, 159, 191]);
        // The last loss is made up for however long that has to wait.
        assert!((200..223).all(|s| !anew.take(at(s))) && anew.take(at(223)));
        assert!((224..400).all(|s| !anew.take(at(s))), "nothing more is lost");
        anew.want();
        assert!(anew.take(at(400)));
        anew.want();
        assert!(anew.take(at(100)), "the clock was set back");
    }
}

//! From times of day to instants.

use std::time::Duration;

use surveillance::Time;

/// Follows times of day from one record to the next; a step back of more than half a day is
/// midnight.
#[derive(Debug)]
pub(super) struct DayClock {
    /// The time before, or the start of the first day.
    reference: Time,
    started: bool,
}

impl Default for DayClock {
    fn default() -> Self {
        Self { reference: Time::EPOCH, started: false }
    }
}

impl DayClock {
    pub(super) fn start_on_day_of(&mut self, day: Time) {
        self.reference = day;
    }

    /// The instant of the next record.
    pub(super) fn time(&mut self, of_day: Duration) -> Time {
        let mut reference = self.reference;
        if !self.started {
            // Noon of the first day: any time of day is then nearest on that day.
            self.started = true;
            let since_midnight = reference.time_of_day().as_secs_f64();
            reference = reference.plus_seconds(43_200.0 - since_midnight);
        }
        self.reference = Time::from_time_of_day(of_day, reference);
        self.reference
    }
}

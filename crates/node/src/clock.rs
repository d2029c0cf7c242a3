//! The only place that reads a clock. Everything else is told the time.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::SystemTime;
use surveillance::Time;

/// The machine's UTC clock, held so that it never runs backwards: after a step back it stands
/// still until the machine's clock has caught up, because the order of events is their time.
#[derive(Debug, Default)]
pub struct Clock {
    latest_nanos: AtomicI64,
}

impl Clock {
    /// A clock that has not been read.
    pub fn new() -> Self {
        Self::default()
    }

    /// Now, never earlier than any earlier answer of this clock.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    pub fn now(&self) -> Time {
        let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        // A machine that believes it is before 1970 is left at the epoch.
        let nanos = since_epoch.map_or(0, |d| i64::try_from(d.as_nanos()).unwrap_or(i64::MAX));
        let latest = self.latest_nanos.fetch_max(nanos, Ordering::Relaxed);
        Time::from_unix_nanos(nanos.max(latest))
    }
}

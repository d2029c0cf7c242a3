//! How long a rule must fire before an alert opens, and be quiet before it ends.

use crate::Rule;
use std::collections::BTreeMap;

/// How the board keeps alerts.
#[derive(Debug, Clone, PartialEq)]
pub struct BoardConfig {
    /// Delays of rules other than their own [`Delay::of`].
    pub delays: BTreeMap<Rule, Delay>,
    /// How long an ended alert stays on the board, seconds of running time. Ten minutes: a watch
    /// that looked away for a coffee still finds it.
    pub ended_kept_s: f64,
    /// As many ended alerts as stay on the board at most; the oldest beyond are handed out to the
    /// log early, and counted. 100,000 are about 150 MB.
    pub ended_max: usize,
    /// Time between evaluations, seconds: what a leap of the clock counts as.
    pub period_s: f64,
    /// Steps of the clock that are longer are leaps, seconds.
    pub step_max_s: f64,
}

impl Default for BoardConfig {
    fn default() -> Self {
        Self {
            delays: BTreeMap::new(),
            ended_kept_s: 600.0,
            ended_max: 100_000,
            period_s: 1.0,
            step_max_s: 5.0,
        }
    }
}

/// A rule's delays. Seconds are of running time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Delay {
    /// Evaluations in a row at which it must fire before an alert opens.
    pub on_times: u32,
    /// Seconds for which it must have fired, from the first of them.
    pub on_s: f64,
    /// Seconds for which it must not have fired before the alert ends.
    pub off_s: f64,
}

impl BoardConfig {
    /// A rule's delays.
    pub fn delay(&self, rule: Rule) -> Delay {
        self.delays.get(&rule).copied().unwrap_or(Delay::of(rule))
    }
}

impl Delay {
    /// Opens when it fires for the `times`-th time in a row, ends `off_s` after it last did.
    pub const fn times(times: u32, off_s: f64) -> Self {
        Self { on_times: times, on_s: 0.0, off_s }
    }

    /// What a rule has by itself.
    ///
    /// Geometric rules: two evaluations in a row, as a single track's outlier makes one; five
    /// seconds to end, an update of an en-route radar's short side. Rules whose condition is an
    /// instant (a code changed, an identification pulse, a track was lost) stay open for a while
    /// that a person needs to see them. Rules that count for themselves open at once.
    pub const fn of(rule: Rule) -> Self {
        match rule {
            Rule::BorderCrossed | Rule::AreaInfringed => Self::times(2, 10.0),
            Rule::BorderPredicted | Rule::AreaPredicted => Self::times(2, 10.0),
            Rule::Conflict | Rule::MinimumSafeAltitude => Self::times(2, 5.0),
            Rule::RouteDeparture | Rule::LevelDeparture => Self::times(3, 15.0),
            Rule::UnlawfulInterference | Rule::RadioFailure | Rule::Emergency => {
                Self::times(1, 30.0)
            }
            Rule::Ident => Self::times(1, 10.0),
            Rule::CodeChanged => Self::times(1, 60.0),
            Rule::LostTrack => Self::times(1, 300.0),
            Rule::DuplicateCode | Rule::DuplicateAddress => Self::times(3, 30.0),
            Rule::LostTransponder | Rule::NonCooperative | Rule::LowSlow => Self::times(3, 30.0),
            Rule::PositionDisagreement | Rule::NavigationInterference => Self::times(1, 30.0),
            Rule::Unmanned => Self::times(1, 60.0),
            Rule::RemoteIdMotion | Rule::RemoteIdDuplicate => Self::times(1, 60.0),
            Rule::Sensor => Self::times(1, 10.0),
            Rule::Site(_) => Self::times(2, 10.0),
        }
    }
}

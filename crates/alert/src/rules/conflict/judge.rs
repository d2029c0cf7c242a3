//! Whether two aircraft are, or will be, too near.

use super::body::{Body, LevelOff};
use super::config::{ConflictConfig, Separation, Thresholds};
use super::encounter::{Relative, first_nearer};

/// How a predicted conflict comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    /// Whether or not they level off.
    Either,
    /// Only if a climb or descent goes on past the next level.
    PastLevel,
    /// Only if they level off where they are cleared to.
    Cleared,
    /// Only if they level off where a crew selected.
    Selected,
}

/// What is wrong between two aircraft.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Judged {
    /// They are too near now.
    Current {
        /// They draw apart, and more of the lateral distance is behind them than ahead.
        parting: bool,
    },
    /// They will be.
    Predicted {
        /// From when on, seconds from now.
        from_s: f64,
        /// How.
        course: Course,
    },
}

impl Judged {
    pub(super) fn imminent(&self, thresholds: &Thresholds) -> bool {
        match self {
            Self::Current { parting } => !parting,
            Self::Predicted { from_s, .. } => *from_s <= thresholds.imminent_s,
        }
    }
}

impl Body {
    /// Heights of this and another that may be compared: levels, else measured ones.
    pub(super) fn heights_beside(&self, other: &Body) -> Option<[f64; 2]> {
        let levels = self.level_m.zip(other.level_m);
        let (own_m, others_m) = levels.or(self.height_m.zip(other.height_m))?;
        Some([own_m, others_m])
    }

    /// Whether both tell one address, or one code that only one aircraft has.
    pub(super) fn tells_as(&self, other: &Body) -> bool {
        let address = self.codes.address.zip(other.codes.address);
        let code = self.codes.mode_3a.zip(other.codes.mode_3a);
        match address {
            Some((own, others)) => own == others,
            None => code.is_some_and(|(own, others)| own == others && !own.is_shared()),
        }
    }
}

/// Holds a pair against thresholds, each widened by `factor`.
pub(super) fn judge(
    [a, b]: [&Body; 2],
    relative: &Relative,
    heights_m: [f64; 2],
    thresholds: &Thresholds,
    factor: f64,
    config: &ConflictConfig,
) -> Option<Judged> {
    let current = thresholds.current.times(factor);
    if let Some(current) = judge_now(relative, heights_m, current) {
        return Some(current);
    }
    let sure_s = a.look_ahead_max_s.min(b.look_ahead_max_s);
    if sure_s <= 0.0 {
        return None;
    }
    let look_ahead_s = thresholds.look_ahead_s.min(sure_s);
    let predicted = thresholds.predicted.times(factor);
    let span = relative.nearer_than(predicted.lateral_m, look_ahead_s)?;
    let first = |a, b| first_nearer(&a, &b, predicted.vertical_m, span);
    let [own_m, others_m] = heights_m;
    let goes_on = first(a.goes_on(own_m), b.goes_on(others_m));
    if a.rate_mps == 0.0 && b.rate_mps == 0.0 {
        return goes_on.map(|from_s| Judged::Predicted { from_s, course: Course::Either });
    }
    let (a_off, a_said) = a.levels_off(own_m, config);
    let (b_off, b_said) = b.levels_off(others_m, config);
    let levels_off = first(a_off, b_off);
    // Of each that climbs or descends it was said where it stops: nothing is guessed.
    let is_said = |body: &Body, said: Option<LevelOff>| body.rate_mps == 0.0 || said.is_some();
    let said = is_said(a, a_said) && is_said(b, b_said);
    let past_s = if said { thresholds.past_cleared_s } else { thresholds.past_level_s };
    let (from_s, course) = match (goes_on, levels_off) {
        (Some(on_s), Some(off_s)) => (on_s.min(off_s), Course::Either),
        (Some(on_s), None) if on_s <= past_s => (on_s, Course::PastLevel),
        // A guess that they level off must not make a conflict; what was said may.
        (None, Some(off_s)) if said => {
            let selected = [a_said, b_said].into_iter().flatten().any(|said| said.selected);
            (off_s, if selected { Course::Selected } else { Course::Cleared })
        }
        _ => return None,
    };
    Some(Judged::Predicted { from_s, course })
}

fn judge_now(relative: &Relative, heights_m: [f64; 2], limit: Separation) -> Option<Judged> {
    let [east_m, north_m] = relative.offset_m;
    let distance_m = east_m.hypot(north_m);
    let near =
        distance_m < limit.lateral_m && (heights_m[1] - heights_m[0]).abs() < limit.vertical_m;
    // Two that draw apart by more than a knot or two and are through with most of it need nobody.
    let parting = relative.range_rate_mps() > 1.0 && distance_m > 0.5 * limit.lateral_m;
    near.then_some(Judged::Current { parting })
}

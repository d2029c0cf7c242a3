//! Which airspaces are active, and until when.

use crate::wire;
use ::intent::airspace::{Activation, Airspaces, Answer};
use surveillance::Time;

/// Those that are not always active.
#[derive(Debug, Default)]
pub(super) struct AirspaceTimes {
    rows: Vec<wire::AirspaceTime>,
    /// When they were looked at, and until when none of them changes.
    looked: Option<(Time, Option<Time>)>,
}

/// An airspace whose next change lies further ahead than is looked is looked at again after this.
const AGAIN_S: f64 = 86_400.0;

impl AirspaceTimes {
    /// As of `now`; whether any of them has changed.
    pub(super) fn look(&mut self, airspaces: &Airspaces, now: Time) -> bool {
        if let Some((at, until)) = self.looked
            && at <= now
            && until.is_none_or(|until| now < until)
        {
            return false;
        }
        let mut until = None;
        let mut rows = Vec::new();
        for (id, airspace) in airspaces.iter() {
            if airspace.activation == Activation::Always {
                continue;
            }
            let next = airspace.activation.next_change(now);
            let again = next.unwrap_or_else(|| now.plus_seconds(AGAIN_S));
            until = Some(until.map_or(again, |until: Time| until.min(again)));
            rows.push(wire::AirspaceTime {
                place: id.0,
                active: match airspace.activation.at(now) {
                    Answer::Inside => Some(true),
                    Answer::Outside => Some(false),
                    Answer::Unknown => None,
                },
                until_ms: next.map(|next| next.unix_millis() as f64),
            });
        }
        self.looked = Some((now, until));
        let changed = rows != self.rows;
        self.rows = rows;
        changed
    }

    pub(super) fn message(&self) -> wire::AirspaceTimes {
        wire::AirspaceTimes { rows: self.rows.clone() }
    }
}

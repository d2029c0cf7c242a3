//! What a screen shows: some alerts in an order, and how many there are.

use super::{Alert, Board, State};
use crate::Severity;
use std::cmp::Reverse;
use surveillance::{Time, TrackNumber};

/// In which order alerts are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// Most severe first, then what has happened, then what happens soonest, then by number.
    #[default]
    Urgency,
    /// Newest first.
    Newest,
    /// By the lower track number, alerts about no track last; then as by urgency.
    Track,
}

/// Which alerts a screen asks for, in which order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct View {
    /// In which order.
    pub order: Order,
    /// Of at least this severity.
    pub severity_min: Option<Severity>,
    /// In this state; `None` for every open one.
    pub state: Option<State>,
    /// About this track.
    pub track: Option<TrackNumber>,
}

/// Some of the alerts that a view has.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<'b> {
    /// How many the view has, on this page or not.
    pub total: usize,
    /// How many of these nobody has acknowledged since their severity last rose.
    pub unseen: usize,
    /// Place of the first of `shown` among them, from 0.
    pub from: usize,
    /// Those on this page.
    pub shown: Vec<&'b Alert>,
}

impl Board {
    /// At most `count` alerts of a view, from the `from`-th on.
    pub fn page(&self, view: View, from: usize, count: usize) -> Page<'_> {
        let ended = view.state == Some(State::Ended);
        let here = |alert: &&Alert| view.has(alert);
        let mut found: Vec<&Alert> = if ended {
            self.ended().filter(here).collect()
        } else {
            self.open().filter(here).collect()
        };
        let total = found.len();
        let unseen =
            |alert: &&&Alert| alert.acknowledged.is_none() || alert.rose_since_acknowledged();
        let unseen = found.iter().filter(unseen).count();
        let (from, end) = (from.min(total), from.saturating_add(count).min(total));
        match view.order {
            Order::Urgency => keep(&mut found, from, end, urgency),
            Order::Newest => keep(&mut found, from, end, |alert| Reverse(alert.id)),
            Order::Track => keep(&mut found, from, end, |alert| {
                let track = alert.key.tracks[0].map_or(u64::MAX, |number| number.0.into());
                (track, urgency(alert))
            }),
        }
        Page { total, unseen, from, shown: found }
    }
}

impl View {
    fn has(&self, alert: &Alert) -> bool {
        self.severity_min.is_none_or(|least| alert.severity >= least)
            && self.state.is_none_or(|state| alert.state() == state)
            && self.track.is_none_or(|track| alert.key.is_about(track))
    }
}

/// Severity, then time to event, then number: what has happened is nearer than what will.
fn urgency(alert: &Alert) -> (Reverse<Severity>, Option<Time>, crate::AlertId) {
    (Reverse(alert.severity), alert.predicted, alert.id)
}

/// Leaves those that would stand at `from..end` if all were in order, in order. Without sorting
/// all: of ten thousand a screen shows forty.
fn keep<K: Ord>(found: &mut Vec<&Alert>, from: usize, end: usize, key: impl Fn(&Alert) -> K) {
    if end < found.len() {
        found.select_nth_unstable_by_key(end, |alert| key(alert));
        found.truncate(end);
    }
    if from > 0 && from < found.len() {
        found.select_nth_unstable_by_key(from, |alert| key(alert));
    }
    found.drain(..from);
    found.sort_unstable_by_key(|alert| key(alert));
}

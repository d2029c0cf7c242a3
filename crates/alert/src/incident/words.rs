//! Acts as people read them, in one line each.

use super::log::{Act, TrackRef};
use crate::AlertId;
use std::fmt;

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Act::Opened { kind, title, owner, alerts, tracks, .. } => {
                write!(f, "opened: {kind}, {title}; owner {owner}")?;
                if !alerts.is_empty() {
                    write!(f, "; alerts {}", numbers(alerts))?;
                }
                if !tracks.is_empty() {
                    write!(f, "; {}", names(tracks))?;
                }
                Ok(())
            }
            Act::Told { serial, article, .. } => {
                write!(f, "told of it under {article} (no. {serial})")
            }
            Act::AlertsAttached { alerts } => write!(f, "alerts {} belong to it", numbers(alerts)),
            Act::AlertsDetached { alerts } => {
                write!(f, "alerts {} do not belong to it", numbers(alerts))
            }
            Act::TracksAttached { tracks } => write!(f, "{} belong to it", names(tracks)),
            Act::TracksDetached { tracks } => write!(f, "{} do not belong to it", names(tracks)),
            Act::Noted { text, .. } => f.write_str(text),
            Act::Ticked { step, done: true } => write!(f, "step {} done", u32::from(*step) + 1),
            Act::Ticked { step, done: false } => {
                write!(f, "step {} not done after all", u32::from(*step) + 1)
            }
            Act::Reclassified { kind, .. } => write!(f, "is of another kind: {kind}"),
            Act::Transferred { to } => write!(f, "transferred to {to}"),
            Act::Shared { serial, to, article } => {
                write!(f, "{to} is told of it under {article} (no. {serial})")
            }
            Act::Offered { serial, to, article, due } => {
                write!(f, "offered to {to} under {article} until {due} (no. {serial})")
            }
            Act::DeadlineMoved { serial, due } => {
                write!(f, "the deadline of no. {serial} is {due} by the clock as set back")
            }
            Act::Received { serial } => write!(f, "has received no. {serial}"),
            Act::Seen { serial } => write!(f, "has seen no. {serial}"),
            Act::OfferEnded { serial, how } => write!(f, "offer no. {serial} ended: {how}"),
            Act::HandedOver { serial, owner } => {
                write!(f, "handed over by offer no. {serial}; owner {owner}")
            }
            Act::OfferHeard { serial, article, due, .. } => {
                write!(f, "offers it under {article} until {due} (no. {serial})")
            }
            Act::SeenHere { serial } => write!(f, "saw no. {serial}"),
            Act::AcceptedHere { serial, .. } => {
                write!(f, "accepted offer no. {serial}; to be confirmed")
            }
            Act::RefusedHere { serial } => write!(f, "refused offer no. {serial}"),
            Act::IncomingEnded { serial, how } => write!(f, "offer no. {serial} ended: {how}"),
            Act::TakenOver { serial } => write!(f, "taken over by offer no. {serial}"),
            Act::Escalated {} => f.write_str("escalated"),
            Act::Heeded {} => f.write_str("escalation heeded"),
            Act::Closed { outcome } => write!(f, "closed: {outcome}"),
            Act::Reopened {} => f.write_str("reopened"),
        }
    }
}

/// `7, 9 and 12 more`: a line stays a line.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 20;
    match names.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        None => names.join(", "),
        Some(more) => format!("{} and {more} more", names[..SHOWN].join(", ")),
    }
}

fn numbers(alerts: &[AlertId]) -> String {
    listed(&alerts.iter().map(|alert| alert.0.to_string()).collect::<Vec<_>>())
}

fn names(tracks: &[TrackRef]) -> String {
    listed(&tracks.iter().map(ToString::to_string).collect::<Vec<_>>())
}

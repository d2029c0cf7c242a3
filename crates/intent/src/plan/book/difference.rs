//! What of a plan is other than before.

use super::super::{Plan, ProfilePoint};
use super::Entry;
use std::fmt;

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Field as PANS-ATM counts them, or `state`, `take-off`, `landing`, or ADEXP's `RTEPTS`.
    pub field: &'static str,
    /// Before; empty if absent.
    pub was: String,
    /// Now; empty if absent.
    pub is: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |text: &str| if text.is_empty() { "none".to_owned() } else { text.to_owned() };
        write!(f, "{}: {} -> {}", self.field, shown(&self.was), shown(&self.is))
    }
}

/// Everything in which `is` is other than `was`.
pub(super) fn between(was: &Entry, is: &Entry) -> Vec<Difference> {
    let mut found = Vec::new();
    for ((field, was), (_, is)) in facts(was).into_iter().zip(facts(is)) {
        if was != is {
            found.push(Difference { field, was, is });
        }
    }
    found
}

fn facts(entry: &Entry) -> Vec<(&'static str, String)> {
    let text = |value: Option<String>| value.unwrap_or_default();
    let mut facts = vec![
        ("state", entry.life.as_str().to_owned()),
        ("13b", entry.off_block.to_string()),
        ("take-off", text(entry.take_off.map(|time| time.to_string()))),
        ("landing", text(entry.landing.map(|(place, time)| format!("{place} {time}")))),
    ];
    facts.extend(fields(&entry.plan));
    facts
}

fn fields(plan: &Plan) -> Vec<(&'static str, String)> {
    use super::super::icao::written;
    let letter = |text: Option<&str>| text.unwrap_or_default().to_owned();
    vec![
        ("7", written::identification(plan.callsign, plan.code)),
        ("8a", letter(plan.rules.map(|rules| rules.as_str()))),
        ("8b", letter(plan.kind.map(|kind| kind.as_str()))),
        ("9", plan.aircraft.as_ref().map(written::aircraft).unwrap_or_default()),
        ("10", written::equipment(&plan.equipment)),
        ("13a", plan.departure.to_string()),
        ("15", plan.route.to_string()),
        ("16", written::destination(plan.destination, plan.elapsed, &plan.alternates)),
        ("18", written::other(&plan.other)),
        ("19", letter(plan.supplement.as_deref())),
        ("RTEPTS", points(&plan.profile)),
    ]
}

/// `UCFM F021 2026-11-28T05:40:00Z, BATUR …`; a point of no name of the world's with its place.
fn points(profile: &[ProfilePoint]) -> String {
    let told = |point: &ProfilePoint| {
        let place =
            point.position.map(|at| format!("{:.4} {:.4}", at.latitude_deg(), at.longitude_deg()));
        let level = point.level.map(|level| level.to_string());
        let over = point.over.map(|time| time.to_string());
        let said = [Some(point.name.to_string()), place, level, over];
        said.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    profile.iter().map(told).collect::<Vec<_>>().join(", ")
}

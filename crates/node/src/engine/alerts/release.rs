//! Alerts to partners, and partners' alerts here.
//!
//! An alert of our own tracks is a subject of release like any other object. What goes out of it is
//! what it is and what it says; where it is, the partner knows by the tracks that it is told, and of
//! an alert about another track it is told nothing (`accord::PartnerFeed`). A partner's alert is shown
//! as its own: it is on nobody's board here, calls nobody, and goes on to no other party.

use super::{Alerts, rows};
use crate::engine::partners::Partners;
use crate::wire;
use accord::{AlertSet, AlertState, Item, ObjectKind, OwnNumber, Subject};
use alert::{Alert, Rule, State, Value};
use geodesy::units::METRES_PER_FOOT;
use serde::{Deserialize, Serialize};
use surveillance::Time;

/// Handles of alerts begin here; numbers of tracks and of incidents never reach them.
const FIRST_HANDLE: u64 = 1 << 48;
/// Rows of partners' alerts that a console is told at most; the others are counted.
const SHOWN_MAX: usize = 100;
/// Longest text of a partner's that is shown, characters.
const TEXT_MAX: usize = 80;

/// What an alert says to a partner, as it goes over the wire: JSON, so that any language reads it.
#[derive(Debug, Serialize, Deserialize)]
struct Content {
    /// Name of the rule in configuration and documents.
    rule: String,
    /// "advisory", "caution", "warning".
    severity: wire::AlertSeverity,
    /// When it was raised, seconds since 1970.
    opened: i64,
    /// Message type of ASTERIX I004/000, where the category has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cat004: Option<u8>,
}

impl Alerts {
    /// What of the open alerts may be put to the articles: those that rest on our own sensors alone, and
    /// on nothing but the tracks that they name. One about an area, a drone that nothing holds or a
    /// second aircraft without a track would tell of what may not be told.
    pub(in crate::engine) fn subjects(&self, now: Time) -> impl Iterator<Item = Subject> + '_ {
        let own = |alert: &&Alert| {
            let named = alert.key.tracks.iter().flatten();
            let rests_on_them = match alert.key.rule {
                Rule::DuplicateAddress => named.clone().count() == 2,
                Rule::Sensor => true,
                _ => named.clone().count() > 0,
            };
            rests_on_them && self.is_own(alert)
        };
        self.board.open().filter(own).map(move |alert| self.subject(alert, now))
    }

    fn subject(&self, alert: &Alert, now: Time) -> Subject {
        let rule = alert.key.rule;
        let name = match rule {
            Rule::Site(place) => self.rules.site_name(place).unwrap_or_default(),
            _ => rows::rule_name(rule).to_owned(),
        };
        let content = Content {
            rule: name,
            severity: rows::severity(alert.severity),
            opened: alert.opened.unix_millis().div_euclid(1000),
            cat004: rule.cat004(),
        };
        let tracks: Vec<OwnNumber> = (alert.key.tracks.iter().flatten())
            .map(|number| OwnNumber(u64::from(number.0)))
            .collect();
        let number = alert.key.tracks.iter().flatten().next();
        // Articles ask where it is: of an alert about tracks that is where the first of them is.
        let place = match number {
            Some(number) => self.places.get(number).copied(),
            None => alert.facts.iter().find_map(|fact| match fact.value {
                Value::Place(place) => Some((place, None)),
                _ => None,
            }),
        };
        Subject {
            position: place.map(|(place, _)| place),
            level_m: place.and_then(|(_, level_m)| level_m),
            alerts: AlertSet::EMPTY.with(rows::kind(rule)),
            alert_state: match alert.state() {
                State::New => AlertState::Raised,
                State::Ended => AlertState::Closed,
                State::Acknowledged | State::InIncident => AlertState::Acknowledged,
            },
            content: serde_json::to_vec(&content).unwrap_or_default(),
            tracks,
            ..Subject::bare(OwnNumber(FIRST_HANDLE + alert.id.0), ObjectKind::Alert, now)
        }
    }
}

/// Partners' alerts as the console shows them, and how many more there are.
pub(in crate::engine) fn of_partners(
    partners: &Partners,
    now: Time,
) -> (Vec<wire::PartnerAlertRow>, u32) {
    let mut rows: Vec<wire::PartnerAlertRow> = Vec::new();
    let mut more = 0;
    for partner in partners.iter() {
        for item in partners.alerts_of(partner, now) {
            if rows.len() < SHOWN_MAX {
                rows.push(row(partner.party.as_str(), item, partners));
            } else {
                more += 1;
            }
        }
    }
    let rank = |row: &wire::PartnerAlertRow| std::cmp::Reverse(row.severity);
    rows.sort_by_key(rank);
    (rows, more)
}

fn row(party: &str, item: &Item, partners: &Partners) -> wire::PartnerAlertRow {
    let told = &item.told;
    let content = told.content.as_deref().and_then(|bytes| {
        let bounded = Some(bytes).filter(|bytes| bytes.len() <= 1_000)?;
        serde_json::from_slice::<Content>(bounded).ok()
    });
    let (kinds, state) = told.alerts.unwrap_or_default();
    let kind = kinds.iter().next().map(rows::kind_words);
    let rule = content.as_ref().map(|content| shown(&content.rule));
    let number = |theirs: &accord::PartnerNumber| partners.shown_number(party, *theirs);
    let at = told.position_rad.map(|[latitude, longitude]| wire::AlertPlace {
        lat_deg: latitude.to_degrees(),
        lon_deg: longitude.to_degrees(),
    });
    wire::PartnerAlertRow {
        party: party.to_owned(),
        number: item.number.0,
        title: kind.unwrap_or("ALERT").to_owned(),
        rule: rule.filter(|rule| !rule.is_empty()),
        severity: content.as_ref().map(|content| content.severity),
        state: match state {
            AlertState::Acknowledged => wire::AlertState::Acknowledged,
            AlertState::Closed => wire::AlertState::Ended,
            AlertState::None | AlertState::Raised => wire::AlertState::New,
        },
        opened_ms: content.as_ref().map(|content| content.opened as f64 * 1e3),
        tracks: told.tracks.iter().filter_map(number).map(|number| number.0).collect(),
        at,
        level_ft: told.level_m.map(|metres| metres / METRES_PER_FOOT),
        articles: item.articles.iter().map(ToString::to_string).collect(),
    }
}

/// A partner's text as it may stand on the screen.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(TEXT_MAX).collect()
}

//! People's words on identities as the journal keeps them over a restart.

use super::{Engine, of_wire};
use crate::engine::partners::Partners;
use crate::engine::publish;
use crate::wire;
use picture::PartnerIndex;
use picture::identity::{
    Act, Change, Decision, Kept, Means, Person, Report, Unconfirmed, Who, Words,
};
use serde::{Deserialize, Serialize};
use surveillance::{Address, AddressKind, Time, TrackNumber};

/// Bytes that all rows without their history may take: beyond it nothing new is taken.
const KEPT_BYTES_MAX: usize = 200 << 10;
/// Bytes that history may take beside that; of tracks with higher numbers it is left out first.
const HISTORY_BYTES_MAX: usize = 100 << 10;
/// The newest changes of a track that are kept.
const HISTORY_KEPT: usize = 8;
/// Room that one more person's word takes at most.
const ROOM_BYTES: usize = 8 << 10;

/// What people said of one track.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct KeptRow {
    number: u32,
    /// As the screen writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    machine: [wire::Identity; 2],
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decided: Option<SaidRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    waiting: Option<SaidRow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    refused: Vec<(String, wire::Identity)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reports: Vec<ReportKept>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    history: Vec<ChangeKept>,
}

/// A decision, or what waits to be one. Times are nanoseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct SaidRow {
    identity: wire::Identity,
    by: Vec<String>,
    why: String,
    at: i64,
    /// Of a decision, when it was last looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reviewed: Option<i64>,
    /// Of what waits, the track for which it was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    carried: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct ReportKept {
    by: String,
    means: wire::ReportMeans,
    identity: wire::Identity,
    words: String,
    at: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct ChangeKept {
    at: i64,
    /// The person; none: the machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    act: ActKept,
    from: wire::Identity,
    to: wire::Identity,
    why: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ActKept {
    Judged,
    Set,
    Proposed,
    Confirmed,
    Expired,
    TakenBack,
    Withdrawn,
    Reviewed,
    Accepted(String),
    Refused(String),
    Reported,
    Carried(u32),
}

impl Engine {
    /// What people said of every track, within a bound in bytes.
    pub(in crate::engine) fn kept_identities(&self) -> Vec<KeptRow> {
        let partners = &self.partners;
        let mut history = 0;
        let row = |(number, kept): (TrackNumber, Kept)| {
            let mut row = KeptRow::of(number, &kept, partners);
            let newest = kept.history.len().saturating_sub(HISTORY_KEPT);
            let changes = kept.history.iter().skip(newest);
            let changes: Vec<_> = changes.map(|change| ChangeKept::of(change, partners)).collect();
            history += bytes_of(&changes);
            if history <= HISTORY_BYTES_MAX {
                row.history = changes;
            }
            row
        };
        self.picture.kept().map(row).collect()
    }

    /// Whether there is room for one more person's word.
    pub(super) fn may_be_kept(&self) -> bool {
        let rows = self.picture.kept().map(|(n, kept)| KeptRow::of(n, &kept, &self.partners));
        rows.map(|row| bytes_of(&row)).sum::<usize>() + ROOM_BYTES <= KEPT_BYTES_MAX
    }
}

/// How much of a record it takes.
pub(super) fn bytes_of<T: Serialize>(value: &T) -> usize {
    serde_json::to_string(value).map_or(0, |text| text.len())
}

impl KeptRow {
    /// All but the history.
    fn of(number: TrackNumber, kept: &Kept, partners: &Partners) -> Self {
        let names = |by: &[Person]| by.iter().map(ToString::to_string).collect();
        let party = |index| Some(partners.name(index)?.to_string());
        let refused = |(index, identity): &(PartnerIndex, _)| {
            Some((party(*index)?, publish::identity(*identity)))
        };
        Self {
            number: number.0,
            address: kept.address.map(|address| address.to_string()),
            machine: kept.machine.map(publish::identity),
            decided: kept.decision.as_ref().map(|said| SaidRow {
                identity: publish::identity(said.identity),
                by: names(&said.by),
                why: said.why.as_str().to_owned(),
                at: said.at.unix_nanos(),
                reviewed: Some(said.reviewed.unix_nanos()),
                carried: None,
            }),
            waiting: kept.unconfirmed.as_ref().map(|said| SaidRow {
                identity: publish::identity(said.identity),
                by: names(&said.by),
                why: said.why.as_str().to_owned(),
                at: said.at.unix_nanos(),
                reviewed: None,
                carried: said.carried.map(|number| number.0),
            }),
            refused: kept.refused.iter().filter_map(refused).collect(),
            reports: kept.reports.iter().map(ReportKept::of).collect(),
            history: Vec::new(),
        }
    }

    /// The same again at `now`; `None` if it does not read. A time ahead of a clock that was set
    /// back counts as now.
    pub(super) fn kept(self, partners: &Partners, now: Time) -> Option<(TrackNumber, Kept)> {
        let decided = match self.decided {
            Some(row) => Some(row.decision(now)?),
            None => None,
        };
        let unconfirmed = match self.waiting {
            Some(row) => Some(row.unconfirmed(now)?),
            None => None,
        };
        let refused = self
            .refused
            .iter()
            .filter_map(|(party, identity)| Some((partners.index_of(party)?, of_wire(*identity))));
        let kept = Kept {
            address: self.address.as_deref().and_then(address),
            machine: self.machine.map(of_wire),
            decision: decided,
            unconfirmed,
            refused: refused.collect(),
            reports: self.reports.into_iter().filter_map(|row| row.report(now)).collect(),
            history: self.history.into_iter().filter_map(|row| row.change(partners)).collect(),
        };
        Some((TrackNumber(self.number), kept))
    }
}

impl SaidRow {
    fn decision(self, now: Time) -> Option<Decision> {
        Some(Decision {
            identity: of_wire(self.identity),
            by: people(&self.by)?,
            why: Words::new(&self.why).ok()?,
            at: past(self.at, now),
            reviewed: past(self.reviewed.unwrap_or(self.at), now),
        })
    }

    fn unconfirmed(self, now: Time) -> Option<Unconfirmed> {
        Some(Unconfirmed {
            identity: of_wire(self.identity),
            by: people(&self.by)?,
            why: Words::new(&self.why).ok()?,
            at: past(self.at, now),
            carried: self.carried.map(TrackNumber),
        })
    }
}

impl ReportKept {
    fn of(report: &Report) -> Self {
        Self {
            by: report.by.to_string(),
            means: match report.means {
                Means::Visual => wire::ReportMeans::Visual,
                Means::Voice => wire::ReportMeans::Voice,
            },
            identity: publish::identity(report.identity),
            words: report.words.clone(),
            at: report.at.unix_nanos(),
        }
    }

    fn report(self, now: Time) -> Option<Report> {
        Some(Report {
            by: Person::new(&self.by).ok()?,
            means: match self.means {
                wire::ReportMeans::Visual => Means::Visual,
                wire::ReportMeans::Voice => Means::Voice,
            },
            identity: of_wire(self.identity),
            words: self.words,
            at: past(self.at, now),
        })
    }
}

impl ChangeKept {
    fn of(change: &Change, partners: &Partners) -> Self {
        let party = |index| partners.name(index).map_or_else(String::new, |p| p.to_string());
        Self {
            at: change.at.unix_nanos(),
            by: match &change.who {
                Who::Machine => None,
                Who::Person(person) => Some(person.to_string()),
            },
            act: match change.act {
                Act::Judged => ActKept::Judged,
                Act::Set => ActKept::Set,
                Act::Proposed => ActKept::Proposed,
                Act::Confirmed => ActKept::Confirmed,
                Act::Expired => ActKept::Expired,
                Act::TakenBack => ActKept::TakenBack,
                Act::Withdrawn => ActKept::Withdrawn,
                Act::Reviewed => ActKept::Reviewed,
                Act::Accepted(index) => ActKept::Accepted(party(index)),
                Act::Refused(index) => ActKept::Refused(party(index)),
                Act::Reported => ActKept::Reported,
                Act::Carried(number) => ActKept::Carried(number.0),
            },
            from: publish::identity(change.from),
            to: publish::identity(change.to),
            why: change.why.clone(),
        }
    }

    /// `None` if it is of a partner that is none any more.
    fn change(self, partners: &Partners) -> Option<Change> {
        let who = match self.by {
            None => Who::Machine,
            Some(name) => Who::Person(Person::new(&name).ok()?),
        };
        let act = match self.act {
            ActKept::Judged => Act::Judged,
            ActKept::Set => Act::Set,
            ActKept::Proposed => Act::Proposed,
            ActKept::Confirmed => Act::Confirmed,
            ActKept::Expired => Act::Expired,
            ActKept::TakenBack => Act::TakenBack,
            ActKept::Withdrawn => Act::Withdrawn,
            ActKept::Reviewed => Act::Reviewed,
            ActKept::Accepted(party) => Act::Accepted(partners.index_of(&party)?),
            ActKept::Refused(party) => Act::Refused(partners.index_of(&party)?),
            ActKept::Reported => Act::Reported,
            ActKept::Carried(number) => Act::Carried(TrackNumber(number)),
        };
        let at = Time::from_unix_nanos(self.at);
        Some(Change { at, who, act, from: of_wire(self.from), to: of_wire(self.to), why: self.why })
    }
}

fn people(names: &[String]) -> Option<Vec<Person>> {
    names.iter().map(|name| Person::new(name).ok()).collect()
}

fn past(nanos: i64, now: Time) -> Time {
    Time::from_unix_nanos(nanos).min(now)
}

fn address(text: &str) -> Option<Address> {
    let (kind, digits) = match text.strip_prefix('~') {
        Some(digits) => (AddressKind::Other, digits),
        None => (AddressKind::Icao, text),
    };
    let bits = u32::from_str_radix(digits, 16).ok()?;
    Some(if kind == AddressKind::Icao { Address::icao(bits) } else { Address::other(bits) })
}

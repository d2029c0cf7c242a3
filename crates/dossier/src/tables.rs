//! The tables: RFC 4180, UTF-8, times in UTC as RFC 3339.

use crate::{AlertRow, hex};
use alert::incident::{Act, Incident};

/// The log, one line an entry.
pub(crate) fn log(incident: &Incident) -> Vec<u8> {
    let header =
        ["entry", "time_utc", "node", "person", "position", "act", "why", "shareable", "sha256"];
    let mut table = Table::new(&header);
    for entry in incident.log() {
        let person = entry.by.person.as_ref();
        let shareable = matches!(entry.act, Act::Noted { shareable: true, .. });
        table.line(&[
            entry.sequence.to_string(),
            entry.at.to_string(),
            entry.by.node.to_string(),
            cell(person.map_or("", |person| person.name())),
            cell(person.and_then(|person| person.position()).unwrap_or("")),
            cell(&entry.act.to_string()),
            cell(&entry.why),
            if shareable { "yes" } else { "no" }.to_owned(),
            hex(&entry.hash),
        ]);
    }
    table.bytes()
}

/// The alerts, one line a fact, or one where an alert has none.
pub(crate) fn alerts(alerts: &[AlertRow]) -> Vec<u8> {
    let header = [
        "alert",
        "rule",
        "severity",
        "raised_utc",
        "ended_utc",
        "tracks",
        "fact",
        "value",
        "limit",
    ];
    let mut table = Table::new(&header);
    for alert in alerts {
        let mut line = |fact: [&str; 3]| {
            table.line(&[
                alert.number.to_string(),
                cell(&alert.rule),
                cell(&alert.severity),
                alert.raised.to_string(),
                alert.ended.map(|ended| ended.to_string()).unwrap_or_default(),
                cell(&alert.tracks.join(" ")),
                cell(fact[0]),
                cell(fact[1]),
                cell(fact[2]),
            ]);
        };
        if alert.facts.is_empty() {
            line(["", "", ""]);
        }
        for fact in &alert.facts {
            line([&fact.name, &fact.value, fact.limit.as_deref().unwrap_or("")]);
        }
    }
    table.bytes()
}

/// A text that a spreadsheet takes as text: what it would take as a formula begins with `'`.
fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

struct Table(csv::Writer<Vec<u8>>);

impl Table {
    fn new(header: &[&str]) -> Self {
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        writer.write_record(header).expect("memory takes it");
        Self(writer)
    }

    fn line(&mut self, cells: &[String]) {
        self.0.write_record(cells).expect("memory takes it, and all lines are of one length");
    }

    fn bytes(self) -> Vec<u8> {
        self.0.into_inner().expect("memory takes it")
    }
}

//! Every threshold as the manual lists it.

use super::table::{Key, TABLE};
use super::value::Slot;
use crate::engine::AlertSetup;
use alert::Severity;
use std::fmt::Write as _;

/// Every key of `[alerts]` below a rule's name, with its default and what it is, as tables in
/// Markdown: a part of docs/how-to/alert-thresholds.md.
pub fn alert_thresholds() -> String {
    listed("alerts", TABLE, &mut AlertSetup::default())
}

/// The keys of a table below a section, with their defaults in `setup`.
pub(in crate::config) fn listed<S>(section: &str, table: &[Key<S>], setup: &mut S) -> String {
    let mut text = String::new();
    for of_rule in table.chunk_by(|a, b| a.rule == b.rule) {
        let head = "| key | default | what it is |\n|---|---|---|\n";
        let _ = write!(text, "## `[{section}.{}]`\n\n{head}", of_rule[0].rule);
        for key in of_rule {
            let default = key.default(setup);
            let _ = writeln!(text, "| `{}` | {default} | {} |", key.name, key.about);
        }
        text.push('\n');
    }
    text
}

impl<S> Key<S> {
    fn default(&self, setup: &mut S) -> String {
        let list = |items: Vec<String>| format!("`[{}]`", items.join(", "));
        let quoted = |text: &dyn std::fmt::Display| format!("\"{text}\"");
        match (self.at)(setup).first() {
            Some(Slot::Flag(on)) => format!("`{on}`"),
            Some(Slot::Formations(limits)) => format!("`{}`", limits.is_some()),
            Some(Slot::Codes(codes)) => list(codes.iter().map(|code| quoted(code)).collect()),
            Some(Slot::Kinds(kinds)) => list(kinds.iter().map(|one| quoted(&one.word())).collect()),
            Some(Slot::Watched(watched)) => {
                let one = |watched: &alert::rules::area::Watched| {
                    let severity = match watched.severity {
                        Severity::Advisory => "advisory",
                        Severity::Caution => "caution",
                        Severity::Warning => "warning",
                    };
                    format!("{} = \"{severity}\"", watched.kind.word())
                };
                format!("`{{ {} }}`", watched.iter().map(one).collect::<Vec<_>>().join(", "))
            }
            Some(Slot::Ranges(_) | Slot::Parties(_)) => list(Vec::new()),
            Some(Slot::Volumes(_) | Slot::Inhibited(_)) => "none".to_owned(),
            _ => self.shown(setup),
        }
    }
}

//! Every threshold as the manual lists it.

use super::table::{Key, TABLE};
use super::value::Slot;
use crate::engine::AlertSetup;
use alert::Severity;
use std::fmt::Write as _;

/// Every key of `[alerts]` below a rule's name, with its default and what it is, as tables in
/// Markdown: a part of docs/how-to/alert-thresholds.md.
pub fn alert_thresholds() -> String {
    let mut text = String::new();
    let mut setup = AlertSetup::default();
    for of_rule in TABLE.chunk_by(|a, b| a.rule == b.rule) {
        let rule = of_rule[0].rule;
        let _ =
            write!(text, "## `[alerts.{rule}]`\n\n| key | default | what it is |\n|---|---|---|\n");
        for key in of_rule {
            let default = key.default(&mut setup);
            let _ = writeln!(text, "| `{}` | {default} | {} |", key.name, key.about);
        }
        text.push('\n');
    }
    text
}

impl Key {
    fn default(&self, setup: &mut AlertSetup) -> String {
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

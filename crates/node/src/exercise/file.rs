//! The file of an exercise.

use crate::config::{ConfigError, read_toml};
use crate::wire::ClientMessage;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::Path;

/// Screens and steps: each fits one page.
const SCREENS_MAX: usize = 16;
const STEPS_MAX: usize = 200;
/// A day.
const AT_MAX_S: f64 = 86_400.0;

/// An exercise: whose screens there are, and what happens on them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exercise {
    /// Its title.
    pub title: String,
    /// What is not real in it, shown with the title.
    pub notice: String,
    /// The nodes, in the order of their tabs.
    #[serde(rename = "screen")]
    pub screens: Vec<Screen>,
    /// What happens, in order of time.
    #[serde(rename = "step", default)]
    pub steps: Vec<Step>,
}

/// One node's console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Screen {
    /// Its party.
    pub party: String,
    /// Its name in words.
    pub title: String,
    /// Address of its console.
    pub console: SocketAddr,
}

/// Something that happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Seconds after all nodes have answered.
    pub at_s: f64,
    /// Parties on whose screens it can be seen, the first that of who acts.
    pub on: Vec<String>,
    /// What happens and where to look, for who watches.
    pub text: String,
    /// What is done at the first's console, as a console says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<ClientMessage>,
}

impl Exercise {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// One line that names file, line, key and remedy.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError {
            file: file.clone(),
            place: " ".into(),
            problem: format!("cannot be read ({error}); name another file"),
        })?;
        Self::parse(&file, &text)
    }

    /// As [`Self::load`], of a text.
    ///
    /// # Errors
    /// One line that names file, line, key and remedy.
    pub fn parse(file: &str, text: &str) -> Result<Self, ConfigError> {
        read_toml(file, text, |exercise: &Self| exercise.misfit())
    }

    /// The place in the list of the screen of `party`.
    pub(super) fn screen_of(&self, party: &str) -> Option<usize> {
        self.screens.iter().position(|screen| screen.party == party)
    }

    /// The first thing that does not hold together: table, its place, key, what to do.
    fn misfit(&self) -> Option<(&'static str, usize, &'static str, String)> {
        if self.screens.is_empty() || self.screens.len() > SCREENS_MAX {
            let problem = format!("{} screens; give 1 to {SCREENS_MAX}", self.screens.len());
            return Some(("screen", 0, "", problem));
        }
        for (place, screen) in self.screens.iter().enumerate() {
            if self.screen_of(&screen.party) != Some(place) {
                let problem = format!("{} has a screen already; give another", screen.party);
                return Some(("screen", place, "party", problem));
            }
            if !screen.console.ip().is_loopback() {
                let problem = "only this machine's consoles can be shown; use 127.0.0.1".into();
                return Some(("screen", place, "console", problem));
            }
        }
        if self.steps.len() > STEPS_MAX {
            let problem = format!("more than {STEPS_MAX} steps; leave some out");
            return Some(("step", STEPS_MAX, "", problem));
        }
        let mut before_s = 0.0;
        for (place, step) in self.steps.iter().enumerate() {
            if !(before_s..=AT_MAX_S).contains(&step.at_s) {
                let problem =
                    format!("{} s; give {before_s} to {AT_MAX_S}, in order of time", step.at_s);
                return Some(("step", place, "at_s", problem));
            }
            before_s = step.at_s;
            if step.on.is_empty() || step.on.iter().any(|party| self.screen_of(party).is_none()) {
                let parties: Vec<_> = self.screens.iter().map(|s| s.party.as_str()).collect();
                let problem = format!("give one or more of {}", parties.join(", "));
                return Some(("step", place, "on", problem));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = r#"
title = "Two"
notice = "SIMULATED"
[[screen]]
party = "XXA"
title = "A"
console = "127.0.0.1:8481"
"#;

    fn refusal(rest: &str) -> String {
        Exercise::parse("two.toml", &format!("{HEAD}{rest}")).unwrap_err().to_string()
    }

    #[test]
    fn an_act_is_written_as_a_console_says_it() {
        let step = r#"
[[step]]
at_s = 10
on = ["XXA"]
text = "A suspends"
act = { type = "suspend", accord = "a-b", by = "Duty officer", reason = "a dispute" }
"#;
        let exercise = Exercise::parse("two.toml", &format!("{HEAD}{step}")).unwrap();
        let expected = ClientMessage::Suspend {
            accord: "a-b".into(),
            by: "Duty officer".into(),
            reason: "a dispute".into(),
            towards: None,
        };
        assert_eq!(exercise.steps[0].act, Some(expected));
    }

    #[test]
    fn what_does_not_hold_together_is_told_with_its_place() {
        let step = |at: &str, on: &str| format!("[[step]]\nat_s = {at}\non = {on}\ntext = \"x\"\n");
        assert_eq!(
            refusal(&step("5", r#"["XXB"]"#)),
            "two.toml:10:6: step[0].on: give one or more of XXA"
        );
        let backwards = step("5", r#"["XXA"]"#) + &step("4", r#"["XXA"]"#);
        assert_eq!(
            refusal(&backwards),
            "two.toml:13:8: step[1].at_s: 4 s; give 5 to 86400, in order of time"
        );
        let twice = HEAD.split_once("[[screen]]").unwrap().1;
        assert_eq!(
            refusal(&format!("[[screen]]{twice}")),
            "two.toml:9:9: screen[1].party: XXA has a screen already; give another"
        );
        let far = r#"[[screen]]
party = "XXB"
title = "B"
console = "192.0.2.1:80"
"#;
        assert_eq!(
            refusal(far),
            "two.toml:11:11: screen[1].console: only this machine's consoles can be shown; \
             use 127.0.0.1"
        );
        let unknown = r#"[[step]]
at_s = 1
on = ["XXA"]
text = "x"
act = { type = "launch" }
"#;
        let line = refusal(unknown);
        assert!(
            line.starts_with("two.toml:12:16: step[0].act.type: unknown variant launch"),
            "{line}"
        );
    }
}

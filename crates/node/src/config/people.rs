//! `[people]`: whether people sign in, and how.

use super::check::{Misfit, misfit};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Longest session, hours: a week.
const SESSION_HOURS_MAX: f64 = 168.0;

/// `[people]`. Absent: whoever sits at this machine may do everything, under any name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PeopleSection {
    /// Where accounts, sessions and the audit are kept.
    pub directory: PathBuf,
    /// Hours after which somebody has to sign in again.
    pub session_hours: f64,
    /// Hours for which an invitation is good.
    pub invitation_hours: f64,
}

impl Default for PeopleSection {
    fn default() -> Self {
        Self { directory: "people".into(), session_hours: 12.0, invitation_hours: 48.0 }
    }
}

impl PeopleSection {
    pub(super) fn check(&self) -> Result<(), Misfit> {
        for (key, hours) in
            [("session_hours", self.session_hours), ("invitation_hours", self.invitation_hours)]
        {
            if !(hours > 0.0 && hours <= SESSION_HOURS_MAX) {
                let problem = format!("{hours} is out of bounds; write 0.1 to {SESSION_HOURS_MAX}");
                return Err(misfit("people", None, key, problem));
            }
        }
        Ok(())
    }

    /// What of it the accounts are kept by.
    pub fn rules(&self) -> people::Rules {
        people::Rules {
            session_s: self.session_hours * 3600.0,
            invitation_s: self.invitation_hours * 3600.0,
        }
    }
}

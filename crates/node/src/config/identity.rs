//! `[identity]`: timers of who a track is, and which addresses are our own state aircraft's.

use picture::IdentityRules;
use picture::identity::PointsNeeded;
use serde::{Deserialize, Serialize};

/// Runs of addresses at most.
const RUNS_MAX: usize = 1_000;

/// `[identity]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IdentitySection {
    /// Seconds for which a track of which too little is known stays pending before it is unknown.
    pub pending_s: f64,
    /// Seconds for which a first person's suspect or hostile waits for a second.
    pub confirm_s: f64,
    /// Seconds after which a decision should be looked at again.
    pub review_s: f64,
    /// Seconds for which another class must be the answer before it takes the place of one that stands.
    pub dwell_s: f64,
    /// Points by which a class that stands may fall short and stay.
    pub margin_points: f64,
    /// Points of evidence that a class needs: friend,
    pub friend_points: f64,
    /// assumed friend,
    pub assumed_friend_points: f64,
    /// neutral,
    pub neutral_points: f64,
    /// and civil.
    pub civil_points: f64,
    /// Addresses of our own and allied state aircraft: `"601010"`, or a run, `"601000-60101f"`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub own_addresses: Vec<String>,
}

impl Default for IdentitySection {
    fn default() -> Self {
        let rules = IdentityRules::default();
        Self {
            pending_s: rules.pending_s,
            confirm_s: rules.confirm_s,
            review_s: rules.review_s,
            dwell_s: rules.dwell_s,
            margin_points: rules.margin,
            friend_points: rules.needed.friend,
            assumed_friend_points: rules.needed.assumed_friend,
            neutral_points: rules.needed.neutral,
            civil_points: rules.needed.civil,
            own_addresses: Vec::new(),
        }
    }
}

impl IdentitySection {
    /// As the engine takes it.
    ///
    /// # Errors
    /// Which of the addresses is none, in words.
    pub fn rules(&self) -> Result<IdentityRules, String> {
        if self.own_addresses.len() > RUNS_MAX {
            return Err(format!("more than {RUNS_MAX} runs; join some"));
        }
        let runs = self.own_addresses.iter().map(|text| run(text));
        Ok(IdentityRules {
            pending_s: self.pending_s,
            confirm_s: self.confirm_s,
            review_s: self.review_s,
            dwell_s: self.dwell_s,
            margin: self.margin_points,
            needed: PointsNeeded {
                friend: self.friend_points,
                assumed_friend: self.assumed_friend_points,
                neutral: self.neutral_points,
                civil: self.civil_points,
            },
            own_addresses: runs.collect::<Result<_, _>>()?,
        })
    }

    /// The numbers, by key; each is above nothing.
    pub(super) fn numbers(&self) -> [(&'static str, f64); 9] {
        [
            ("pending_s", self.pending_s),
            ("confirm_s", self.confirm_s),
            ("review_s", self.review_s),
            ("dwell_s", self.dwell_s),
            ("margin_points", self.margin_points),
            ("friend_points", self.friend_points),
            ("assumed_friend_points", self.assumed_friend_points),
            ("neutral_points", self.neutral_points),
            ("civil_points", self.civil_points),
        ]
    }

    /// Which of the points do not fit together, and what to do.
    ///
    /// # Errors
    /// A class would need less than what it may fall short by, or a friend less than an assumed one.
    pub(super) fn points(&self) -> Result<(), (&'static str, String)> {
        let margin = self.margin_points;
        let needed = self.numbers().into_iter().skip(5);
        if let Some((key, points)) = needed.into_iter().find(|(_, points)| *points <= margin) {
            let why =
                format!("{points} is not above margin_points = {margin}, so that it never ends");
            return Err((key, format!("{why}; change one")));
        }
        let (friend, assumed) = (self.friend_points, self.assumed_friend_points);
        if friend < assumed {
            let why = format!("{friend} is below assumed_friend_points = {assumed}; change one");
            return Err(("friend_points", why));
        }
        Ok(())
    }
}

fn run(text: &str) -> Result<(u32, u32), String> {
    let address = |digits: &str| {
        let hex = digits.len() == 6 && digits.bytes().all(|c| c.is_ascii_hexdigit());
        hex.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
    };
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (address(first), address(last)) {
        (Some(first), Some(last)) if first <= last => Ok((first, last)),
        _ => Err(format!("{text:?} is no run of addresses; write it as \"601000-60101f\"")),
    }
}

#[cfg(test)]
mod tests {
    use crate::config::parse;

    #[test]
    fn points_and_dwell_of_identity_are_configured_and_hold_together() {
        let text = "[identity]\ndwell_s = 20.0\nfriend_points = 9.0\nmargin_points = 0.5\n";
        let rules = parse("node.toml", text).unwrap().identity.rules().unwrap();
        assert_eq!((rules.dwell_s, rules.needed.friend, rules.margin), (20.0, 9.0, 0.5));
        let fault = |text: &str| parse("node.toml", text).unwrap_err().to_string();
        assert_eq!(
            fault("[identity]\nmargin_points = 2.5\n"),
            "node.toml:1:1: identity.civil_points: 2 is not above margin_points = 2.5, so that it \
             never ends; change one"
        );
        assert_eq!(
            fault("[identity]\nfriend_points = 2.0\n"),
            "node.toml:2:17: identity.friend_points: 2 is below assumed_friend_points = 3; change one"
        );
        assert_eq!(
            fault("[identity]\ndwell_s = 0.0\n"),
            "node.toml:2:11: identity.dwell_s: 0 is too small; give a number above 0"
        );
    }
}

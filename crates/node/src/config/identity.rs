//! `[identity]`: timers of who a track is, and which addresses are our own state aircraft's.

use picture::IdentityRules;
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
            own_addresses: runs.collect::<Result<_, _>>()?,
            ..IdentityRules::default()
        })
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

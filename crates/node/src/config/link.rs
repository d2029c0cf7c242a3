//! `[link]` and `[[partner]]`: how this node is reached by partners' nodes, and who they are.

use super::check::{Misfit, misfit};
use super::{Config, HostPort};
use crate::link::keys;
use accord::PartyId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Partners that one node can be linked to.
const PARTNERS_MAX: usize = 128;
/// Lengths of a slot, seconds: the engine's tick at least.
const SLOTS_S: std::ops::RangeInclusive<f64> = 0.1..=10.0;
/// Addresses of one partner.
const ADDRESSES_MAX: usize = 16;

/// `[link]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LinkSection {
    /// Where partners' nodes connect; without it this node only connects to theirs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// Folder with this node's own keys, as `entente keys make` writes it; relative to this file's
    /// folder.
    pub keys: PathBuf,
    /// Folder for what is sent, what came and the ledgers, one folder a partner; made if absent;
    /// relative to this file's folder.
    pub directory: PathBuf,
    /// Seconds between two batches to each partner, whatever there is to tell.
    pub slot_s: f64,
}

impl Default for LinkSection {
    fn default() -> Self {
        Self { listen: None, keys: "keys".into(), directory: "links".into(), slot_s: 1.0 }
    }
}

/// `[[partner]]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartnerSection {
    /// Who.
    pub party: String,
    /// What it gave of itself: its authority and its ledger's public keys; relative to this file's
    /// folder.
    pub identity: PathBuf,
    /// Where its node listens, tried in turn; none if only it connects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub connect: Vec<HostPort>,
}

impl Config {
    /// Parties that this node is linked to, in configured order.
    pub fn linked(&self) -> impl Iterator<Item = PartyId> {
        self.partners.iter().filter_map(|partner| partner.party.parse().ok())
    }

    /// Makes the paths of the links those seen from the folder `beside`, and reads the keys once,
    /// so that what is wrong with them is said before anything starts.
    pub(super) fn read_links(&mut self, beside: &Path) -> Result<(), Misfit> {
        self.link.keys = beside.join(&self.link.keys);
        self.link.directory = beside.join(&self.link.directory);
        for partner in &mut self.partners {
            partner.identity = beside.join(&partner.identity);
        }
        if self.partners.is_empty() && self.consumers.is_empty() {
            return Ok(());
        }
        let Ok(own) = self.node.party.parse() else { return Ok(()) };
        keys::own(&self.link.keys, own).map_err(|problem| misfit("link", None, "keys", problem))?;
        for (index, partner) in self.partners.iter().enumerate() {
            let Ok(party) = partner.party.parse() else { continue };
            keys::identity(&partner.identity, party)
                .map_err(|problem| misfit("partner", Some(index), "identity", problem))?;
        }
        Ok(())
    }
}

/// What can be said without reading a file.
pub(super) fn check(config: &Config) -> Result<(), Misfit> {
    let mut known = BTreeMap::new();
    let slot_s = config.link.slot_s;
    if !SLOTS_S.contains(&slot_s) {
        let problem = format!("{slot_s} is no length of a slot; give 0.1 to 10 seconds");
        return Err(misfit("link", None, "slot_s", problem));
    }
    if config.partners.len() > PARTNERS_MAX {
        let problem = format!("more than {PARTNERS_MAX} partners; leave some out");
        return Err(misfit("partner", Some(PARTNERS_MAX), "", problem));
    }
    for (index, partner) in config.partners.iter().enumerate() {
        let here = |key: &str, problem| Err(misfit("partner", Some(index), key, problem));
        let party: PartyId = match partner.party.parse() {
            Ok(party) => party,
            Err(problem) => return here("party", format!("{problem}")),
        };
        if partner.party == config.node.party {
            return here("party", format!("{party} is this node's own party; give the partner's"));
        }
        if let Err(problem) = keys::server_name(party) {
            return here("party", problem);
        }
        if let Some(other) = known.insert(party, index) {
            return here("party", format!("{party} is partner {other} already; leave one out"));
        }
        if partner.connect.is_empty() && config.link.listen.is_none() {
            let problem = "the two cannot meet: give its address here, or an own one as \
                           link.listen";
            return here("connect", problem.to_owned());
        }
        if partner.connect.len() > ADDRESSES_MAX {
            return here("connect", format!("more than {ADDRESSES_MAX} addresses; leave some out"));
        }
    }
    Ok(())
}

//! Consumers: other people's systems. Each gets what its party is released, and nothing beside.

use crate::event::ConsumerNews;
use accord::{Batch, PartyId, Policy, Released};
use surveillance::Time;

/// The parties that consumers belong to.
#[derive(Debug, Default)]
pub(crate) struct Consumers {
    /// In order of name, each with whether what was released to it stands; `None` before anything
    /// was said.
    all: Vec<(PartyId, Option<bool>)>,
}

impl Consumers {
    /// `parties` in any order.
    pub(crate) fn new(parties: impl IntoIterator<Item = PartyId>) -> Self {
        let mut parties: Vec<PartyId> = parties.into_iter().collect();
        parties.sort_unstable();
        parties.dedup();
        Self { all: parties.into_iter().map(|party| (party, None)).collect() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Of what the parties' feeds `released` in this slot, what is for consumers; and once, that
    /// nothing is released to a party any more.
    pub(crate) fn release(
        &mut self,
        policy: &Policy,
        released: &[Released<Batch>],
        now: Time,
    ) -> Vec<ConsumerNews> {
        let mut news = Vec::new();
        for (to, fed) in &mut self.all {
            let before = news.len();
            let theirs = released.iter().filter(|batch| batch.to() == *to);
            news.extend(theirs.cloned().map(ConsumerNews::Released));
            if news.len() > before {
                *fed = Some(true);
            } else if *fed != Some(false) && !policy.at(now).feeds(*to) {
                *fed = Some(false);
                let reason = format!("no article in force releases anything to {to}");
                news.push(ConsumerNews::Stopped { to: *to, reason });
            }
        }
        news
    }

    /// `accord` was suspended here: nothing of what was released to its parties stands, also where
    /// another accord lets some of it out, because what was told mixes both. That comes anew. Of one
    /// party where it was suspended `towards` that alone.
    pub(crate) fn stop(
        &mut self,
        policy: &Policy,
        accord: &str,
        towards: Option<&str>,
    ) -> Vec<ConsumerNews> {
        let known = policy.accords().iter().find(|known| known.id.to_string() == accord);
        let Some(known) = known else { return Vec::new() };
        let is_party = |to: PartyId| {
            known.parties.iter().any(|party| party.id == to)
                && towards.is_none_or(|party| party == to.as_str())
        };
        let mut news = Vec::new();
        for (to, fed) in self.all.iter_mut().filter(|(to, _)| is_party(*to)) {
            *fed = Some(false);
            let reason = format!("{accord} is suspended by {}", policy.own());
            news.push(ConsumerNews::Stopped { to: *to, reason });
        }
        news
    }
}

//! Under which articles something may go to each partner now, and may go no longer.
//!
//! This is the one place from which withdrawals follow, whatever stops an article: a person, a
//! partner's word, a date in the text, the end of a term, another text at the next start. What
//! stood is kept over a restart, so that what changed meanwhile is seen.

use super::Partners;
use crate::event::Withdrawal;
use accord::{ArticleRef, PartyId, Policy};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use surveillance::Time;

/// Seconds for which a node that starts drops once more what waits: it cannot know that this was done before
/// the end. An outbox keeps its batches for about so long, the newest file of it for longer.
const RECENT_S: f64 = 24.0 * 3600.0;

/// By article, the digest of what decides what goes to the partner under it.
type Articles = BTreeMap<ArticleRef, u64>;

/// How it stands with one partner.
#[derive(Debug, Clone, Default)]
pub(super) struct Stood {
    /// Every article that can let something go to it.
    all: Articles,
    /// Those under which something could go when they were last looked at.
    stood: Articles,
    /// When what waited for it was last dropped, and why.
    withdrawn: Option<(Time, String)>,
}

/// The same for the journal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// Accord, article and digest in hexadecimal digits.
    stood: Vec<(String, String, String)>,
    /// When, in nanoseconds since 1970-01-01T00:00:00Z, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    withdrawn: Option<(i64, String)>,
}

impl Stood {
    fn new(policy: &Policy, party: PartyId) -> Self {
        let all = policy.what_decides(party).into_iter().map(|(article, what)| {
            let bytes = digest(&SHA256, what.as_bytes());
            let (first, _) = bytes.as_ref().split_first_chunk().expect("32 bytes");
            (article, u64::from_be_bytes(*first))
        });
        Self { all: all.collect(), ..Self::default() }
    }

    /// Looks anew at `now`; why something that stood does no longer, if so.
    fn look(&mut self, policy: &Policy, party: PartyId, now: Time) -> Option<String> {
        let open = |article: &ArticleRef| policy.lets_through(*article, party, now);
        let mut stands = self.all.clone();
        stands.retain(|article, _| open(article).is_ok());
        let before = std::mem::replace(&mut self.stood, stands);
        let lost = before.iter().find(|(article, said)| self.stood.get(article) != Some(said));
        let (article, _) = lost?;
        let changed = || format!("{article} is not what it was");
        let why = open(article).err().unwrap_or_else(changed);
        self.withdrawn = Some((now, why.clone()));
        Some(why)
    }

    pub(super) fn kept(&self) -> Kept {
        let one = |(article, said): (&ArticleRef, &u64)| {
            (article.accord.to_string(), article.article.to_string(), format!("{said:016x}"))
        };
        let withdrawn = self.withdrawn.as_ref();
        Kept {
            stood: self.stood.iter().map(one).collect(),
            withdrawn: withdrawn.map(|(at, why)| (at.unix_nanos(), why.clone())),
        }
    }
}

impl Partners {
    pub(super) fn stood(policy: &Policy, parties: &[PartyId]) -> Vec<Stood> {
        parties.iter().map(|party| Stood::new(policy, *party)).collect()
    }

    /// Looks at `now` under which articles something may go to whom. Where one does no longer, what
    /// is on its way to that partner goes no further: all of it, because a batch holds what several
    /// articles let out, and its feed begins anew with a whole picture.
    pub(crate) fn settle(&mut self, now: Time) -> Vec<Withdrawal> {
        let mut withdrawn = Vec::new();
        if self.going_on {
            return withdrawn;
        }
        for (partner, stood) in self.all.iter_mut().zip(&mut self.stood) {
            let Some(reason) = stood.look(&self.policy, partner.party, now) else { continue };
            partner.feed.begin_anew();
            partner.sent.forget();
            self.correspondence.withdrawn(partner.party);
            withdrawn.push(Withdrawal { to: partner.party, reason });
        }
        withdrawn
    }

    /// Goes on at `now` with what stood in a run before. A crash may have come between a recent
    /// withdrawal and the drop of what was on its way, so that is dropped again.
    pub(super) fn settle_after(
        &mut self,
        kept: &BTreeMap<String, Kept>,
        now: Time,
    ) -> Vec<Withdrawal> {
        let mut again = Vec::new();
        for (partner, stood) in self.all.iter_mut().zip(&mut self.stood) {
            let known = kept.get(partner.party.as_str());
            stood.stood = known.map(Kept::articles).unwrap_or_default();
            let recent = known.and_then(|known| known.withdrawn.clone());
            let recent = recent.map(|(at, why)| (Time::from_unix_nanos(at).min(now), why));
            // A record of an earlier version does not tell.
            let unknown = || (now, "what stood before is not known".to_owned());
            stood.withdrawn = if known.is_some() { recent } else { Some(unknown()) };
            if let Some((at, reason)) = &stood.withdrawn
                && now.seconds_since(*at) < RECENT_S
            {
                partner.feed.begin_anew();
                self.correspondence.withdrawn(partner.party);
                again.push(Withdrawal { to: partner.party, reason: reason.clone() });
            }
        }
        let known: Vec<PartyId> = again.iter().map(|one| one.to).collect();
        let more = self.settle(now);
        again.extend(more.into_iter().filter(|one| !known.contains(&one.to)));
        // What is handled again from here on is of a time that has passed.
        self.going_on = true;
        again
    }
}

impl Kept {
    /// What cannot be read is an article that is no more: what it let out is withdrawn.
    fn articles(&self) -> Articles {
        let read = |(accord, article, said): &(String, String, String)| {
            let article =
                ArticleRef { accord: accord.parse().ok()?, article: article.parse().ok()? };
            Some((article, u64::from_str_radix(said, 16).unwrap_or(0)))
        };
        self.stood.iter().filter_map(read).collect()
    }
}

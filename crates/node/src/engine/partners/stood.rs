//! Under which articles something may go to each partner now, and may go no longer: our own, and those
//! under which others let us pass on what they tell us.
//!
//! This is the one place from which withdrawals follow, whatever stops an article: a person, a
//! partner's word, a date in the text, the end of a term, another text at the next start. What
//! stood is kept over a restart, so that what changed meanwhile is seen.

use super::Partners;
use super::mirror::Mirror;
use crate::event::Withdrawal;
use accord::{ArticleRef, PartyId, Policy};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use surveillance::Time;

/// By who tells and under which article, the digest of what decides what goes to the partner under it.
type Articles = BTreeMap<(PartyId, ArticleRef), u64>;

/// Of [`Policy::what_decides`] as it writes today: to be raised with every change of that.
const FORM: u32 = 1;

/// How it stands with one partner.
#[derive(Debug, Clone, Default)]
pub(super) struct Stood {
    /// Every article that can let something go to it.
    all: Articles,
    /// Those under which something could go when they were last looked at; a third party's only once
    /// something of its went.
    stood: Articles,
    /// When what waited for it was last dropped, and why.
    withdrawn: Option<(Time, String)>,
    /// The same reason as people here are told it, where that is another.
    withdrawn_here: Option<String>,
}

/// The same for the journal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// How the digests were made.
    #[serde(default)]
    form: u32,
    /// Accord, article and digest in hexadecimal digits, of our own.
    stood: Vec<(String, String, String)>,
    /// Who tells us, then the same, of what may be passed on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    onward: Vec<(String, String, String, String)>,
    /// When, in nanoseconds since 1970-01-01T00:00:00Z, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    withdrawn: Option<(i64, String)>,
    /// Why, as people here are told it, where that is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    withdrawn_here: Option<String>,
}

impl Stood {
    fn new(policy: &Policy, party: PartyId) -> Self {
        let digest_of = |what: String| {
            let bytes = digest(&SHA256, what.as_bytes());
            let (first, _) = bytes.as_ref().split_first_chunk().expect("32 bytes");
            u64::from_be_bytes(*first)
        };
        let all = policy.what_decides(party).into_iter();
        let all = all.map(|(article, what)| (article, digest_of(what))).collect();
        Self { all, ..Self::default() }
    }

    /// Looks anew at `now`; why something that stood does no longer, if so.
    ///
    /// What becomes of a third party's article is no matter of a partner that was told nothing of
    /// that party's: then nothing of it may be seen.
    fn look(
        &mut self,
        policy: &Policy,
        party: PartyId,
        sent: &Mirror,
        now: Time,
    ) -> Option<String> {
        let own = policy.own();
        let open = |(teller, article): &(PartyId, ArticleRef)| {
            let to = if *teller == own { party } else { own };
            policy.lets_through(*article, (*teller, to), now)
        };
        let mut stands = self.all.clone();
        stands.retain(|one, _| self.concerns(own, one, sent) && open(one).is_ok());
        let before = std::mem::replace(&mut self.stood, stands);
        let lost = before.iter().find(|(one, said)| self.stood.get(one) != Some(said));
        let (one, _) = lost?;
        let changed = || format!("{} is not what it was", one.1);
        let why = open(one).err().unwrap_or_else(changed);
        // What is between a third party and us is no matter of the log that we share with this one.
        let (why, here) = if one.0 == own {
            (why, None)
        } else {
            let third = "what may be passed on is not what it was";
            (third.to_owned(), Some(format!("{third}: of {}, {why}", one.0)))
        };
        self.withdrawn_here = here;
        self.withdrawn = Some((now, why.clone()));
        Some(why)
    }

    /// When what waited was last dropped, and why, as people here may know it.
    pub(super) fn dropped(&self) -> Option<(Time, &str)> {
        let (at, why) = self.withdrawn.as_ref()?;
        Some((*at, self.withdrawn_here.as_ref().unwrap_or(why)))
    }

    fn concerns(&self, own: PartyId, one: &(PartyId, ArticleRef), sent: &Mirror) -> bool {
        one.0 == own || sent.has_told_of(one.0) || self.stood.contains_key(one)
    }

    /// Something has just been let out: what is kept with it has to know under which articles of others.
    pub(super) fn note_told(&mut self, policy: &Policy, sent: &Mirror, now: Time) {
        let own = policy.own();
        let new = self.all.iter().filter(|(one, _)| {
            let told = one.0 != own && sent.has_told_of(one.0) && !self.stood.contains_key(one);
            told && policy.lets_through(one.1, (one.0, own), now).is_ok()
        });
        let new: Vec<_> = new.map(|(one, said)| (*one, *said)).collect();
        self.stood.extend(new);
    }

    pub(super) fn kept(&self, own: PartyId) -> Kept {
        let mut kept = Kept { form: FORM, ..Kept::default() };
        for ((teller, article), said) in &self.stood {
            let (accord, number) = (article.accord.to_string(), article.article.to_string());
            let said = format!("{said:016x}");
            if *teller == own {
                kept.stood.push((accord, number, said));
            } else {
                kept.onward.push((teller.to_string(), accord, number, said));
            }
        }
        let withdrawn = self.withdrawn.as_ref();
        kept.withdrawn = withdrawn.map(|(at, why)| (at.unix_nanos(), why.clone()));
        kept.withdrawn_here.clone_from(&self.withdrawn_here);
        kept
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
        // What is handled again at a start is of a time that has passed.
        if self.going_on.is_some() {
            return Vec::new();
        }
        self.make_up(now);
        self.look(now)
    }

    /// The same after a person decided something, also before a start: it holds at the start.
    pub(crate) fn settle_act(&mut self, now: Time) -> Vec<Withdrawal> {
        self.look(self.going_on.unwrap_or(now))
    }

    fn look(&mut self, now: Time) -> Vec<Withdrawal> {
        let mut withdrawn = Vec::new();
        for (partner, stood) in self.all.iter_mut().zip(&mut self.stood) {
            let Some(reason) = stood.look(&self.policy, partner.party, &partner.sent, now) else {
                continue;
            };
            partner.feed.begin_anew();
            partner.sent.forget();
            self.correspondence.withdrawn(partner.party);
            withdrawn.push(Withdrawal { to: partner.party, reason, at: now, again: false });
        }
        withdrawn
    }

    /// Goes on at `now` with what stood in a run before. A crash may have come between its last
    /// withdrawal and the drop of what was on its way: the link looks, and says what it dropped.
    pub(super) fn settle_after(
        &mut self,
        kept: &BTreeMap<String, Kept>,
        now: Time,
    ) -> Vec<Withdrawal> {
        let own = self.policy.own();
        let mut again = Vec::new();
        for (partner, stood) in self.all.iter_mut().zip(&mut self.stood) {
            let to = partner.party;
            if let Some(known) = kept.get(to.as_str()).filter(|known| known.form == FORM) {
                stood.stood = known.articles(own);
                // By the clock of then: it is compared with what was released by that.
                let last = known.withdrawn.clone();
                stood.withdrawn = last.map(|(at, why)| (Time::from_unix_nanos(at), why));
                stood.withdrawn_here.clone_from(&known.withdrawn_here);
                if let Some((at, reason)) = stood.withdrawn.clone() {
                    again.push(Withdrawal { to, reason, at, again: true });
                }
            } else {
                // A record of an earlier version does not tell.
                let reason = "what stood before is not known".to_owned();
                stood.stood = Articles::new();
                stood.withdrawn = Some((now, reason.clone()));
                stood.withdrawn_here = None;
                partner.feed.begin_anew();
                self.correspondence.withdrawn(to);
                again.push(Withdrawal { to, reason, at: now, again: false });
            }
        }
        again.extend(self.look(now));
        self.going_on = Some(now);
        again
    }
}

impl Kept {
    /// What cannot be read is an article that is no more: what it let out is withdrawn.
    fn articles(&self, own: PartyId) -> Articles {
        let read = |teller, accord: &str, article: &str, said: &str| {
            let article =
                ArticleRef { accord: accord.parse().ok()?, article: article.parse().ok()? };
            Some(((teller, article), u64::from_str_radix(said, 16).unwrap_or(0)))
        };
        let ours = self.stood.iter().filter_map(|(a, n, said)| read(own, a, n, said));
        let others = self.onward.iter();
        let others = others.filter_map(|(t, a, n, said)| read(t.parse().ok()?, a, n, said));
        ours.chain(others).collect()
    }
}

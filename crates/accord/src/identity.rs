//! What two parties say to each other about who a track is: one proposes, the owner answers.
//!
//! Who tells a track decides what it is; a party that knows more says so, and a person there accepts
//! or refuses. The word is the proposer's judgement of an identity, so it needs what telling that
//! needs: an article that lets the proposer tell this party the identity of such a track at this
//! moment. An answer goes back under the same article while it is in force and not suspended.

use crate::incident::{AHEAD_MAX_S, Person};
use crate::model::{Clause, Grant};
use crate::note::{WORDS_MAX, tidy};
use crate::{
    ArticleRef, Decision, Field, Note, ObjectKind, PartnerNumber, PartyId, Policy, Released, Says,
    Subject, gate,
};
use picture::Identity;
use surveillance::Time;

/// One word about the identity of one track.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct IdentityWord {
    /// The track, by its number in what the owner tells the proposer,
    pub track: PartnerNumber,
    /// in this epoch of it.
    pub epoch: u32,
    /// The proposer's article on tracks by which it may tell identities.
    pub article: ArticleRef,
    /// The proposer's number of the proposal.
    pub number: u64,
    /// What is said.
    pub says: IdentitySays,
}

/// What is said about an identity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum IdentitySays {
    /// It is this.
    Proposed {
        /// What.
        identity: Identity,
        /// Why.
        words: String,
        /// Who says so.
        by: Person,
    },
    /// The owner's node has the proposal. No answer: nobody may have read it yet.
    Received,
    /// The number is of no track that the owner tells the proposer any more.
    Gone,
    /// A person of the owner answers.
    Answered {
        /// Yes or no.
        accepted: bool,
        /// Why.
        words: String,
        /// Who.
        by: Person,
    },
    /// The proposer's node has the answer.
    Heard,
}

impl IdentitySays {
    /// Whether the proposer says it; else the owner.
    fn is_proposers(&self) -> bool {
        matches!(self, IdentitySays::Proposed { .. } | IdentitySays::Heard)
    }

    /// With its texts as they are kept.
    fn tidied(self) -> Result<Self, String> {
        Ok(match self {
            IdentitySays::Proposed { identity, words, by } => {
                let (words, by) = (tidy(&words, WORDS_MAX)?, by.tidied()?);
                IdentitySays::Proposed { identity, words, by }
            }
            IdentitySays::Answered { accepted, words, by } => {
                let (words, by) = (tidy(&words, WORDS_MAX)?, by.tidied()?);
                IdentitySays::Answered { accepted, words, by }
            }
            IdentitySays::Received | IdentitySays::Gone | IdentitySays::Heard => self,
        })
    }
}

/// The clause of an article on the release of tracks with their identity.
fn grant(policy: &Policy, article: ArticleRef) -> Result<&Grant, String> {
    match gate::clause(policy, article)? {
        Clause::Release(grant)
            if grant.object == ObjectKind::Track && grant.fields.has(Field::Identity) =>
        {
            Ok(grant)
        }
        _ => Err(format!("{article} is not about identities of tracks")),
    }
}

/// Whether `from` may say this to `to` under the article.
fn fits(grant: &Grant, says: &IdentitySays, from: PartyId, to: PartyId) -> bool {
    let (proposer, owner) = if says.is_proposers() { (from, to) } else { (to, from) };
    from != to && grant.from.contains(&proposer) && grant.to.contains(&owner)
}

impl Policy {
    /// Whether an article is in force at `now`, and what flows under it from the first party to the
    /// second is not suspended.
    pub fn is_open(&self, article: ArticleRef, flow: (PartyId, PartyId), now: Time) -> bool {
        gate::is_open(self, article, flow, now).is_ok()
    }

    /// Every article by which this party may tell `to` identities of tracks, in order.
    pub fn identity_articles(&self, to: PartyId) -> impl Iterator<Item = ArticleRef> + '_ {
        let own = self.own();
        self.accords().iter().flat_map(move |accord| {
            let of = move |article: &crate::Article| ArticleRef {
                accord: accord.id,
                article: article.id,
            };
            let of_identity = move |article: &&crate::Article| {
                matches!(&article.clause, Clause::Release(grant)
                    if grant.object == ObjectKind::Track && grant.fields.has(Field::Identity)
                        && grant.from.contains(&own) && grant.to.contains(&to))
            };
            accord.articles.iter().filter(of_identity).map(of)
        })
    }

    /// A word about an identity, said at `said`, as it may go to `to` at `now`. `of` is the track as it
    /// is put to the articles, with the identity that is proposed: a proposal needs it, and goes only
    /// if the named article lets that identity out now. All else goes while the article is in force
    /// and not suspended.
    ///
    /// # Errors
    /// Why it may not go, in words. It may at another time.
    pub fn identity_note(
        &self,
        word: IdentityWord,
        of: Option<&Subject>,
        to: PartyId,
        said: Time,
        now: Time,
    ) -> Result<Released<Note>, String> {
        let (own, article) = (self.own(), word.article);
        if !fits(grant(self, article)?, &word.says, own, to) {
            return Err(format!("{own} has nothing to say to {to} of identities under {article}"));
        }
        gate::is_open(self, article, (own, to), now)?;
        if let IdentitySays::Proposed { identity, .. } = &word.says {
            let fitting =
                |of: &&Subject| of.object == ObjectKind::Track && of.identity == *identity;
            let of = of.filter(fitting).ok_or_else(|| "there is no such track".to_owned())?;
            let view = self.at(now);
            let by_article = |clause| self.article_of(clause) == article;
            let failed = match view.decide_by(&view.place(of), to, by_article) {
                Decision::Released(terms) if terms.fields().has(Field::Identity) => None,
                Decision::Released(_) => Some("a caveat keeps identities back".to_owned()),
                Decision::Withheld { failed, .. } => Some(failed.to_string()),
            };
            if let Some(failed) = failed {
                return Err(format!("{article} does not let this identity out to {to}: {failed}"));
            }
        }
        let says = Says::Identity(IdentityWord { says: word.says.tidied()?, ..word });
        Ok(Released::new(Note { from: own, to, at: said, says }, to, vec![article], now))
    }

    /// The word about an identity in a note of `from`, for whom the link vouches. What stands at the
    /// moment is not asked: to stop what flows is the sender's duty.
    ///
    /// # Errors
    /// It is none, or `from` cannot say that to this party under the article.
    pub fn identity_word<'n>(
        &self,
        from: PartyId,
        note: &'n Note,
        now: Time,
    ) -> Result<&'n IdentityWord, String> {
        let Says::Identity(word) = &note.says else {
            return Err("it is not about an identity".to_owned());
        };
        let own = self.own();
        if note.from != from || note.to != own || note.at.seconds_since(now) > AHEAD_MAX_S {
            return Err(format!("it is not from {from} to {own} by now"));
        }
        if fits(grant(self, word.article)?, &word.says, from, own) {
            Ok(word)
        } else {
            let article = word.article;
            Err(format!("{from} has nothing to say to {own} of identities under {article}"))
        }
    }
}

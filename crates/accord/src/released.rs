//! The only thing that may leave a node.

use crate::{ArticleRef, PartyId};
use surveillance::Time;

/// A value that may leave the node, to one party, because articles in force let it out.
///
/// Anyone can read one; only this crate can make one, so that whatever takes a `Released` (a link,
/// the ledger) cannot be handed anything that no article let out.
///
/// ```compile_fail
/// let forged = accord::Released { value: "all tracks" };
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Released<T> {
    value: T,
    to: PartyId,
    under: Vec<ArticleRef>,
    at: Time,
}

impl<T> Released<T> {
    /// `under` is sorted, without doubles.
    pub(crate) fn new(value: T, to: PartyId, mut under: Vec<ArticleRef>, at: Time) -> Self {
        under.sort_unstable();
        under.dedup();
        Self { value, to, under, at }
    }

    /// What was let out.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// To whom.
    pub fn to(&self) -> PartyId {
        self.to
    }

    /// The articles that let it out, in order, each once. Empty where nothing of the picture is in
    /// it: a heartbeat of an accord in force.
    pub fn under(&self) -> &[ArticleRef] {
        &self.under
    }

    /// The instant of the decision, UTC.
    pub fn at(&self) -> Time {
        self.at
    }

    /// What was let out, no longer bound to its release: for the receiver's side.
    pub fn into_value(self) -> T {
        self.value
    }

    /// The same release in another form: for this crate's encoder alone, because a form could tell
    /// more than the value does.
    pub(crate) fn map_ref<U>(&self, form: impl FnOnce(&T) -> U) -> Released<U> {
        let value = form(&self.value);
        Released { value, to: self.to, under: self.under.clone(), at: self.at }
    }
}

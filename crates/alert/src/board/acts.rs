//! What people do to alerts. Every act carries a person's name, and none makes an alert go away.

use super::row::{Act, Alert, End, Joined};
use super::{Board, Row};
use crate::{AlertId, AlertKey, Rule};
use surveillance::Time;

/// Longest name, reason or incident, bytes.
pub const WORDS_MAX: usize = 200;
/// As many mutes as stand at once.
pub const MUTES_MAX: usize = 1_000;

/// What a mute is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MuteScope {
    /// Every alert of a rule.
    Rule(Rule),
    /// One row.
    Key(AlertKey),
}

/// A person asked not to be called to some alerts. They are there all the same, marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mute {
    /// Who, and since when.
    pub act: Act,
    /// Why.
    pub reason: String,
    /// Until when, UTC.
    pub until: Time,
}

/// Why an act was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    /// No alert of this number is on the board.
    #[error("no alert {} is on the board; it may have gone to the log", .0.0)]
    Unknown(AlertId),
    /// The alert is over.
    #[error("alert {} has ended", .0.0)]
    Ended(AlertId),
    /// A name or reason is empty, has control characters or is over [`WORDS_MAX`] bytes.
    #[error("give {what} in 1 to {WORDS_MAX} bytes, without control characters")]
    Words {
        /// Whose words.
        what: &'static str,
    },
    /// A mute would end before it begins.
    #[error("a mute until {until} is over at {now}; give a later time")]
    Over {
        /// Until when it was asked.
        until: Time,
        /// The time.
        now: Time,
    },
    /// As many mutes stand as may.
    #[error("{MUTES_MAX} mutes stand already; end one, or mute the rule")]
    TooMany,
}

impl Board {
    /// A person has seen an alert, open or ended. The first acknowledgement stands, unless the
    /// severity rose since: then the newer does.
    ///
    /// # Errors
    /// No such alert, or no name.
    pub fn acknowledge(&mut self, id: AlertId, by: &str, now: Time) -> Result<(), ActError> {
        let act = act(by, now)?;
        let alert = self.any_mut(id)?;
        if alert.acknowledged.is_none() || alert.rose_since_acknowledged() {
            alert.acknowledged = Some(act);
        }
        Ok(())
    }

    /// An alert, open or ended, belongs to that incident no more, if it did.
    pub fn leave(&mut self, id: AlertId, incident: &str) {
        if let Ok(alert) = self.any_mut(id) {
            alert.incident.take_if(|joined| joined.incident == incident);
        }
    }

    /// A person puts an alert, open or ended, into an incident; it may have been in another.
    ///
    /// # Errors
    /// No such alert, or no name or incident.
    pub fn join(
        &mut self,
        id: AlertId,
        incident: &str,
        by: &str,
        now: Time,
    ) -> Result<(), ActError> {
        let joined = Joined { incident: words("the incident", incident)?, act: act(by, now)? };
        self.any_mut(id)?.incident = Some(joined);
        Ok(())
    }

    /// A person closes an open alert. Where its rule still fires, the on-delay begins again and
    /// another alert opens, with another number.
    ///
    /// # Errors
    /// No such alert, it has ended, or no name or reason.
    pub fn close(
        &mut self,
        id: AlertId,
        by: &str,
        reason: &str,
        now: Time,
    ) -> Result<(), ActError> {
        let why = End::Closed { act: act(by, now)?, reason: words("the reason", reason)? };
        let key = match self.by_id.get(&id) {
            Some(key) => *key,
            None if self.ended.contains_key(&id) => return Err(ActError::Ended(id)),
            None => return Err(ActError::Unknown(id)),
        };
        self.end(&key, why, now);
        Ok(())
    }

    /// A person does not want to be called to some alerts until `until`. They open, update and end
    /// as ever; a newer mute of the same scope takes the older one's place.
    ///
    /// # Errors
    /// No name or reason, `until` not after `now`, or too many mutes.
    pub fn mute(
        &mut self,
        scope: MuteScope,
        by: &str,
        reason: &str,
        until: Time,
        now: Time,
    ) -> Result<(), ActError> {
        let mute = Mute { act: act(by, now)?, reason: words("the reason", reason)?, until };
        if until <= now {
            return Err(ActError::Over { until, now });
        }
        if self.mutes.len() >= MUTES_MAX && !self.mutes.contains_key(&scope) {
            return Err(ActError::TooMany);
        }
        self.mutes.insert(scope, mute);
        Ok(())
    }

    /// A person ends a mute early; returns it. Of a scope that is not muted, `None`.
    ///
    /// # Errors
    /// No name.
    pub fn unmute(&mut self, scope: MuteScope, by: &str) -> Result<Option<Mute>, ActError> {
        words("a person's name", by)?;
        Ok(self.mutes.remove(&scope))
    }

    /// The mute that an alert is under: of its own row, or of its rule.
    pub fn mute_of(&self, key: &AlertKey) -> Option<(&MuteScope, &Mute)> {
        let of_rule = || self.mutes.get_key_value(&MuteScope::Rule(key.rule));
        self.mutes.get_key_value(&MuteScope::Key(*key)).or_else(of_rule)
    }

    /// Every mute that stands.
    pub fn mutes(&self) -> impl Iterator<Item = (&MuteScope, &Mute)> {
        self.mutes.iter()
    }

    /// Ends mutes whose time is over by the clock. Where the clock steps forwards that is early,
    /// which calls a person once too often and never too seldom.
    pub(super) fn end_mutes(&mut self, now: Time) {
        let over = &mut self.changes.mutes_over;
        over.extend(self.mutes.extract_if(.., |_, mute| mute.until <= now));
    }

    fn any_mut(&mut self, id: AlertId) -> Result<&mut Alert, ActError> {
        let open = self.by_id.get(&id).and_then(|key| self.open.get_mut(key));
        let alert = open.map(|Row { alert, .. }| alert);
        alert.or_else(|| self.ended.get_mut(&id)).ok_or(ActError::Unknown(id))
    }
}

fn act(by: &str, at: Time) -> Result<Act, ActError> {
    Ok(Act { by: words("a person's name", by)?, at })
}

fn words(what: &'static str, text: &str) -> Result<String, ActError> {
    let text = text.trim();
    let sound = !text.is_empty() && text.len() <= WORDS_MAX && !text.chars().any(char::is_control);
    sound.then(|| text.to_owned()).ok_or(ActError::Words { what })
}

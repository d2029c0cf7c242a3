//! Standard identity, and the only moves a machine may make on it.
//!
//! Classes of STANAG 1241 / APP-6, and `Civil` for what is not classified: a cooperative aircraft
//! nobody had reason to classify. A machine knows two rules here: a target that tells an address,
//! a callsign or a discrete code is civil; one that tells nothing is pending and, when it has been
//! watched long enough to say so, unknown. Everything else is a person's word.

use surveillance::{Time, Track};

/// STANAG 1241 standard identity, and civil (not classified).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identity {
    /// Seen, not yet evaluated.
    Pending,
    /// Evaluated and not identified.
    Unknown,
    /// Thought a friend from its behaviour or origin.
    AssumedFriend,
    /// A friend.
    Friend,
    /// Neither friend nor opponent.
    Neutral,
    /// Of interest from its behaviour or origin.
    Suspect,
    /// Declared so by a named person.
    Hostile,
    /// Cooperative and not classified.
    Civil,
}

/// Timers of the machine's own moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IdentityRules {
    /// A track that tells nothing stays pending this long, seconds, before it is unknown. Two
    /// minutes: ten turns of a 12 s radar.
    pub pending_s: f64,
}

impl Default for IdentityRules {
    fn default() -> Self {
        Self { pending_s: 120.0 }
    }
}

impl IdentityRules {
    /// What the machine makes of a track at `now`.
    pub fn judge(&self, track: &Track, now: Time) -> Identity {
        let discrete = track.codes.mode_3a.is_some_and(|code| !code.is_shared());
        let cooperates =
            track.codes.address.is_some() || track.codes.callsign.is_some() || discrete;
        if cooperates {
            Identity::Civil
        } else if now.seconds_since(track.first) < self.pending_s {
            Identity::Pending
        } else {
            Identity::Unknown
        }
    }
}

//! What a policy answers: released with the article and the reductions, or withheld and why.

use crate::{ArticleRef, Field, FieldSet};
use std::fmt;

/// How exactly a field goes out. Zero is as exact as it is held.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Reduction {
    /// Grid of the position, metres.
    pub position_m: f64,
    /// Step of the level, metres.
    pub level_m: f64,
    /// Step of the velocity, m/s.
    pub velocity_mps: f64,
    /// Step of the time, seconds.
    pub time_s: f64,
    /// Age before it goes out, seconds.
    pub delay_s: f64,
    /// Shortest time between two updates, seconds.
    pub interval_s: f64,
}

impl Reduction {
    /// As exact as it is held, at once, as often as it comes.
    pub const NONE: Self = Self {
        position_m: 0.0,
        level_m: 0.0,
        velocity_mps: 0.0,
        time_s: 0.0,
        delay_s: 0.0,
        interval_s: 0.0,
    };

    /// The coarser of both in everything.
    #[must_use]
    pub fn coarser(self, other: Self) -> Self {
        Self {
            position_m: self.position_m.max(other.position_m),
            level_m: self.level_m.max(other.level_m),
            velocity_mps: self.velocity_mps.max(other.velocity_mps),
            time_s: self.time_s.max(other.time_s),
            delay_s: self.delay_s.max(other.delay_s),
            interval_s: self.interval_s.max(other.interval_s),
        }
    }

    /// Whether nothing is reduced.
    pub fn is_none(self) -> bool {
        self == Self::NONE
    }

    /// The step that grades a field; 0 for a field that goes out whole or not at all.
    pub(crate) fn step(self, field: Field) -> f64 {
        match field {
            Field::Position => self.position_m,
            Field::Level => self.level_m,
            Field::Velocity => self.velocity_mps,
            _ => 0.0,
        }
    }
}

/// One field that is released: by which article, how exactly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FieldGrant {
    /// Which.
    pub field: Field,
    /// By which article.
    pub article: ArticleRef,
    /// How exactly: the article's reduction, made coarser where a caveat or an originator says so.
    pub reduction: Reduction,
}

/// The condition that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// There is no accord with this partner.
    NoAccord,
    /// No accord with this partner has an article for this kind of object.
    NoArticle,
    /// Not in the article's area.
    Area,
    /// Not between the article's levels, or no level is known.
    Level,
    /// Not of an identity the article names.
    Identity,
    /// Not of a service the article names.
    Service,
    /// Not of a type of flight the article names.
    FlightKind,
    /// Not as the article wants it about plans.
    Plan,
    /// Not an alert or incident the article names.
    Alert,
    /// Not one of the targets the article names.
    Named,
    /// Not yet as old as the article's delay.
    Delay,
    /// The article grants no field that the object has.
    NoField,
    /// A clause of it is not understood.
    NotUnderstood,
    /// The accord is not in force.
    NotInForce,
    /// The accord or article is suspended.
    Suspended,
    /// A source may not be passed on to this partner.
    Onward,
    /// It is the partner's own and nothing else.
    ItsOwn,
    /// Its time lies ahead of the clock that decides: one of the two is in doubt.
    Clock,
    /// A caveat forbids it.
    Caveat,
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Condition::NoAccord => "there is no accord with this party",
            Condition::NoArticle => "no article is about this kind of object",
            Condition::Area => "it is not in the article's area",
            Condition::Level => "it is not between the article's levels, or its level is not known",
            Condition::Identity => "its identity is not one the article names",
            Condition::Service => "civil, state or military: not as the article names",
            Condition::FlightKind => "its type of flight is not one the article names",
            Condition::Plan => "its flight plan is not as the article wants it",
            Condition::Alert => "its alerts are not those the article names",
            Condition::Named => "it is not one of the targets the article names",
            Condition::Delay => "the article's delay has not passed",
            Condition::NoField => "the article grants no field that it has",
            Condition::NotUnderstood => "the article has a clause that is not understood",
            Condition::NotInForce => "the accord is not in force",
            Condition::Suspended => "the article is suspended",
            Condition::Onward => "a source of it may not be passed on to this partner",
            Condition::ItsOwn => "it is what the partner itself sent",
            Condition::Clock => "its time lies ahead of the clock",
            Condition::Caveat => "a caveat forbids it",
        })
    }
}

/// What a policy answers about one subject and one partner at one instant. Small and without
/// allocation; [`crate::Policy::explain`] puts it in names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Decision {
    /// Released, on these terms.
    Released(Terms),
    /// Withheld.
    Withheld {
        /// The article or caveat that came nearest, as the policy numbers its clauses.
        nearest: Option<ClauseIndex>,
        /// The condition that failed.
        failed: Condition,
    },
}

/// A clause as one policy numbers it, for one partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClauseIndex(pub(crate) u16);

/// On what terms something is released.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    pub(crate) fields: FieldSet,
    pub(crate) by: [ClauseIndex; 16],
    /// Which version of the subject a field is taken from: 0 itself, else its `without`.
    pub(crate) version: [u8; 16],
    /// Steps of position, level and velocity as they go out; time, delay and interval as caveats
    /// and originators want them at least, on top of what each article says.
    pub(crate) steps: Reduction,
}

impl Terms {
    /// Least delay and step of time, seconds, that caveats and originators want.
    pub(crate) fn reduction_floor(&self) -> (f64, f64) {
        (self.steps.delay_s, self.steps.time_s)
    }

    /// The same with no other fields than these.
    pub(crate) fn only(mut self, fields: FieldSet) -> Self {
        self.fields = self.fields.and(fields);
        self
    }

    /// The fields that go out.
    pub fn fields(&self) -> FieldSet {
        self.fields
    }
}

impl Decision {
    /// The fields that go out.
    pub fn fields(&self) -> FieldSet {
        match self {
            Decision::Released(terms) => terms.fields,
            Decision::Withheld { .. } => FieldSet::EMPTY,
        }
    }

    /// Whether anything goes out.
    pub fn is_released(&self) -> bool {
        matches!(self, Decision::Released(_))
    }
}

/// A decision in names: what the console's "why is this shared?" shows.
#[derive(Debug, Clone, PartialEq)]
pub enum Explanation {
    /// Released: the fields, at least one, in the order of [`Field`].
    Released(Vec<FieldGrant>),
    /// Withheld.
    Withheld {
        /// The article or caveat that came nearest; `None` if there is none at all.
        nearest: Option<ArticleRef>,
        /// The condition that failed.
        failed: Condition,
    },
}

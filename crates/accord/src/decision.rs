//! What a policy answers: released with the article and the reductions, or withheld and why.

use crate::{ArticleRef, Field, FieldSet};

/// How exactly a field goes out. Zero is as exact as it is held.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Reduction {
    /// Grid of the position, metres.
    pub position_m: f64,
    /// Step of the level, metres.
    pub level_m: f64,
    /// Step of the time, seconds.
    pub time_s: f64,
    /// Age before it goes out, seconds.
    pub delay_s: f64,
    /// Shortest time between two updates, seconds.
    pub interval_s: f64,
}

/// One field that is released: by which article, how exactly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FieldGrant {
    /// Which.
    pub field: Field,
    /// By which article.
    pub article: ArticleRef,
    /// How exactly.
    pub reduction: Reduction,
}

/// All fields that are released, in the order of [`Field`], at least one.
pub type Grants = Vec<FieldGrant>;

/// The condition that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// No accord with this partner has an article for this kind of object.
    NoArticle,
    /// The accord is not in force.
    NotInForce,
    /// The accord or article is suspended.
    Suspended,
    /// A clause of it is not understood.
    NotUnderstood,
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
    /// Not yet as old as the article's delay.
    Delay,
    /// A source may not be passed on to this partner.
    Onward,
    /// A caveat forbids it.
    Caveat,
    /// The article grants no field that the object has.
    NoField,
}

/// The article that came nearest to letting it out, and what failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nearest {
    /// The article or caveat; `None` if there is none at all.
    pub article: Option<ArticleRef>,
    /// What failed.
    pub failed: Condition,
}

/// What a policy answers about one subject and one partner at one instant.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// Released: these fields.
    Released(Grants),
    /// Withheld.
    Withheld(Nearest),
}

impl Decision {
    /// The fields that go out.
    pub fn fields(&self) -> FieldSet {
        match self {
            Decision::Released(grants) => {
                grants.iter().fold(FieldSet::EMPTY, |fields, grant| fields.with(grant.field))
            }
            Decision::Withheld(_) => FieldSet::EMPTY,
        }
    }
}

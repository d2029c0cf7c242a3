//! An expression in the form in which it is evaluated: typed, with constants folded in.
//!
//! CEL's errors become [`Tri::Unknown`]: what is asked of null, but for equality, is unknown, and
//! `&&` and `||` absorb it on either side as cel-spec has it ("Logical operators").

use super::variables::{Row, Variable};
use geodesy::Ecef;
use geodesy::units::METRES_PER_NM;
use std::cmp::Ordering;

/// True, false, or not to be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tri {
    False,
    Unknown,
    True,
}

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Bool {
    Const(bool),
    Flag(Variable),
    Not(Box<Bool>),
    And(Box<Bool>, Box<Bool>),
    Or(Box<Bool>, Box<Bool>),
    If(Box<Bool>, Box<Bool>, Box<Bool>),
    /// Two conditions are the same.
    Same(Box<Bool>, Box<Bool>),
    /// A variable held against a constant: what most rules are made of.
    Holds(Variable, Comparison, f64),
    Compare(Comparison, Number, Number),
    CompareText(Comparison, Text, Text),
    NumberIn(Number, Vec<f64>),
    TextIn(Text, Vec<Box<str>>),
    Starts(Text, Text),
    Ends(Text, Text),
    Contains(Text, Text),
    IsNull(Variable),
    /// In one of these areas, by their places: those that share a name.
    Inside(Box<[u32]>),
    /// Held by a kind of source, by its place.
    Source(u8),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Number {
    Const(f64),
    Variable(Variable),
    Negated(Box<Number>),
    Add(Box<Number>, Box<Number>),
    Subtract(Box<Number>, Box<Number>),
    Multiply(Box<Number>, Box<Number>),
    Divide(Box<Number>, Box<Number>),
    If(Box<Bool>, Box<Number>, Box<Number>),
    /// Distance to a point on the ellipsoid, nautical miles.
    DistanceNm(Ecef),
    /// Characters of a text.
    Size(Text),
    /// Kinds of source.
    Sources,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Text {
    Const(Box<str>),
    Variable(Variable),
    If(Box<Bool>, Box<Text>, Box<Text>),
}

/// A value that is not there: null, or an error of what was made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Missing {
    Null,
    Error,
}

impl From<bool> for Tri {
    fn from(condition: bool) -> Self {
        if condition { Tri::True } else { Tri::False }
    }
}

impl Tri {
    fn not(self) -> Self {
        match self {
            Tri::True => Tri::False,
            Tri::Unknown => Tri::Unknown,
            Tri::False => Tri::True,
        }
    }
}

impl Bool {
    /// What it is of a track.
    pub(super) fn of(&self, row: &Row<'_>) -> Tri {
        match self {
            Bool::Const(value) => Tri::from(*value),
            Bool::Flag(variable) => Tri::from(row.flag(*variable)),
            Bool::Holds(variable, comparison, limit) => match row.number(*variable) {
                Some(x) => comparison.is_so(x.partial_cmp(limit)),
                None => comparison.of_missing(Missing::Null, Ok(())),
            },
            Bool::Not(inner) => inner.of(row).not(),
            Bool::And(a, b) => match a.of(row) {
                Tri::False => Tri::False,
                Tri::True => b.of(row),
                Tri::Unknown if b.of(row) == Tri::False => Tri::False,
                Tri::Unknown => Tri::Unknown,
            },
            Bool::Or(a, b) => match a.of(row) {
                Tri::True => Tri::True,
                Tri::False => b.of(row),
                Tri::Unknown if b.of(row) == Tri::True => Tri::True,
                Tri::Unknown => Tri::Unknown,
            },
            Bool::If(condition, yes, no) => match condition.of(row) {
                Tri::True => yes.of(row),
                Tri::False => no.of(row),
                Tri::Unknown => Tri::Unknown,
            },
            Bool::Same(a, b) => match (a.of(row), b.of(row)) {
                (Tri::Unknown, _) | (_, Tri::Unknown) => Tri::Unknown,
                (a, b) => Tri::from(a == b),
            },
            Bool::Compare(comparison, a, b) => match (a.of(row), b.of(row)) {
                (Ok(a), Ok(b)) => comparison.is_so(a.partial_cmp(&b)),
                (Err(a), b) => comparison.of_missing(a, b.map(drop)),
                (a, Err(b)) => comparison.of_missing(b, a.map(drop)),
            },
            Bool::CompareText(comparison, a, b) => match (a.of(row), b.of(row)) {
                (Ok(a), Ok(b)) => comparison.is_so(Some(a.cmp(b))),
                (Err(a), b) => comparison.of_missing(a, b.map(drop)),
                (a, Err(b)) => comparison.of_missing(b, a.map(drop)),
            },
            Bool::NumberIn(number, list) => match number.of(row) {
                Ok(x) => Tri::from(list.contains(&x)),
                Err(Missing::Null) => Tri::False,
                Err(Missing::Error) => Tri::Unknown,
            },
            Bool::TextIn(text, list) => match text.of(row) {
                Ok(text) => Tri::from(list.iter().any(|word| **word == *text)),
                Err(Missing::Null) => Tri::False,
                Err(Missing::Error) => Tri::Unknown,
            },
            Bool::Starts(text, part) => both(row, text, part, |text, part| text.starts_with(part)),
            Bool::Ends(text, part) => both(row, text, part, |text, part| text.ends_with(part)),
            Bool::Contains(text, part) => both(row, text, part, |text, part| text.contains(part)),
            Bool::IsNull(variable) => Tri::from(row.is_null(*variable)),
            Bool::Inside(areas) => row.is_inside(areas).map_or(Tri::Unknown, Tri::from),
            Bool::Source(place) => Tri::from(row.has_source(*place)),
        }
    }
}

fn both(row: &Row<'_>, text: &Text, part: &Text, is_so: fn(&str, &str) -> bool) -> Tri {
    match (text.of(row), part.of(row)) {
        (Ok(text), Ok(part)) => Tri::from(is_so(text, part)),
        _ => Tri::Unknown,
    }
}

impl Comparison {
    fn is_so(self, order: Option<Ordering>) -> Tri {
        let Some(order) = order else {
            // Not a number: equal to nothing, and an error to order, as cel-go has it.
            return match self {
                Comparison::Equal => Tri::False,
                Comparison::NotEqual => Tri::True,
                _ => Tri::Unknown,
            };
        };
        Tri::from(match self {
            Comparison::Equal => order.is_eq(),
            Comparison::NotEqual => order.is_ne(),
            Comparison::Less => order.is_lt(),
            Comparison::LessOrEqual => order.is_le(),
            Comparison::Greater => order.is_gt(),
            Comparison::GreaterOrEqual => order.is_ge(),
        })
    }

    /// With a value that is not there: null equals null alone, and has no order.
    fn of_missing(self, one: Missing, other: Result<(), Missing>) -> Tri {
        let same = match (one, other) {
            (Missing::Error, _) | (_, Err(Missing::Error)) => return Tri::Unknown,
            (Missing::Null, Err(Missing::Null)) => true,
            (Missing::Null, Ok(())) => false,
        };
        match self {
            Comparison::Equal => Tri::from(same),
            Comparison::NotEqual => Tri::from(!same),
            _ => Tri::Unknown,
        }
    }
}

impl Number {
    fn of(&self, row: &Row<'_>) -> Result<f64, Missing> {
        // Reckoning with null is an error.
        let operand = |number: &Number| number.of(row).map_err(|_| Missing::Error);
        match self {
            Number::Const(x) => Ok(*x),
            Number::Variable(variable) => row.number(*variable).ok_or(Missing::Null),
            Number::Negated(x) => operand(x).map(|x| -x),
            Number::Add(a, b) => Ok(operand(a)? + operand(b)?),
            Number::Subtract(a, b) => Ok(operand(a)? - operand(b)?),
            Number::Multiply(a, b) => Ok(operand(a)? * operand(b)?),
            Number::Divide(a, b) => Ok(operand(a)? / operand(b)?),
            Number::If(condition, yes, no) => match condition.of(row) {
                Tri::True => yes.of(row),
                Tri::False => no.of(row),
                Tri::Unknown => Err(Missing::Error),
            },
            Number::DistanceNm(point) => Ok(distance_nm(row.surface, *point)),
            Number::Size(text) => match text.of(row) {
                Ok(text) => Ok(text.chars().count() as f64),
                Err(_) => Err(Missing::Error),
            },
            Number::Sources => Ok(f64::from(row.sources())),
        }
    }
}

/// Along the ellipsoid to a part in ten thousand within 500 NM: the arc over the chord at a mean
/// radius.
fn distance_nm(from: Ecef, to: Ecef) -> f64 {
    const MEAN_RADIUS_M: f64 = 6_371_008.8;
    let half = (from.distance_m(to) / (2.0 * MEAN_RADIUS_M)).min(1.0);
    2.0 * MEAN_RADIUS_M * half.asin() / METRES_PER_NM
}

impl Text {
    fn of<'r>(&'r self, row: &'r Row<'_>) -> Result<&'r str, Missing> {
        match self {
            Text::Const(text) => Ok(text),
            Text::Variable(variable) => row.text(*variable).ok_or(Missing::Null),
            Text::If(condition, yes, no) => match condition.of(row) {
                Tri::True => yes.of(row),
                Tri::False => no.of(row),
                Tri::Unknown => Err(Missing::Error),
            },
        }
    }
}

//! Which records are wanted: by category, by sensor, by what their items say.
//!
//! An expression is of comparisons joined by `and`, `or`, `not` and parentheses. A comparison is a
//! path (`I048/070/V`, `062/380/ADR`) that has to be there, or a path, one of `= == != < <= > >=`,
//! and a value. Where an element comes several times, one that fits is enough.

use super::sense;
use asterix::spec::{Charset, Content, Item, Part, Shape};
use asterix::{Editions, Leaf, Nest, Record, Visitor};
use surveillance::SensorId;

/// What is wanted. Empty lists want everything.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) categories: Vec<u8>,
    pub(crate) sensors: Vec<SensorId>,
    pub(crate) expressions: Vec<Expression>,
}

impl Filter {
    /// Whether records of this category can be wanted.
    pub(crate) fn wants_category(&self, category: u8) -> bool {
        self.categories.is_empty() || self.categories.contains(&category)
    }

    /// Whether a record is wanted.
    pub(crate) fn wants(&self, record: &Record<'_>) -> bool {
        let known = |sensor| self.sensors.contains(&sensor);
        (self.sensors.is_empty() || record.sensor().is_some_and(known))
            && self.expressions.iter().all(|expression| expression.holds(record))
    }

    /// Whether it asks for what only ASTERIX records have.
    pub(crate) fn is_empty(&self) -> bool {
        self.categories.is_empty() && self.sensors.is_empty() && self.expressions.is_empty()
    }
}

/// A condition on a record's items.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    Any(Vec<Expression>),
    All(Vec<Expression>),
    Not(Box<Expression>),
    Compare(Comparison),
}

/// A path, and what its value has to be; with no test it has to be there.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Comparison {
    pub(super) category: u8,
    /// Names of the item and what is within it, at least one.
    pub(super) path: Vec<String>,
    pub(super) test: Option<(Operator, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Expression {
    /// Reads an expression; the error says what is wrong with its form.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut words = words(text);
        if words.iter().filter(|word| matches!(word.as_str(), "(" | "not")).count() > DEPTH_MAX {
            return Err("it is nested too deeply".to_owned());
        }
        words.reverse();
        let expression = any(&mut words)?;
        match words.pop() {
            None => Ok(expression),
            Some(word) => Err(format!("{word:?} is not expected there")),
        }
    }

    /// Says what in it can never be so of records that are read by `editions`, and what could.
    pub(crate) fn check(&self, editions: &Editions) -> Result<(), String> {
        match self {
            Self::Any(parts) | Self::All(parts) => {
                parts.iter().try_for_each(|part| part.check(editions))
            }
            Self::Not(part) => part.check(editions),
            Self::Compare(comparison) => sense::check(comparison, editions),
        }
    }

    fn holds(&self, record: &Record<'_>) -> bool {
        match self {
            Self::Any(parts) => parts.iter().any(|part| part.holds(record)),
            Self::All(parts) => parts.iter().all(|part| part.holds(record)),
            Self::Not(part) => !part.holds(record),
            Self::Compare(comparison) => {
                comparison.category == record.category() && {
                    let mut seeker = Seeker { comparison, path: Vec::new(), found: false };
                    record.visit(&mut seeker);
                    seeker.found
                }
            }
        }
    }
}

/// Paths, operators, values and parentheses; quotes hold a value together.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    let mut characters = text.chars().peekable();
    let flush = |word: &mut String, words: &mut Vec<String>| {
        if !word.is_empty() {
            words.push(std::mem::take(word));
        }
    };
    while let Some(character) = characters.next() {
        match character {
            '"' | '\'' => quoted = !quoted,
            _ if quoted => word.push(character),
            ' ' | '\t' => flush(&mut word, &mut words),
            '(' | ')' => {
                flush(&mut word, &mut words);
                words.push(character.into());
            }
            '=' | '<' | '>' | '!' => {
                flush(&mut word, &mut words);
                let mut operator = String::from(character);
                if characters.next_if_eq(&'=').is_some() {
                    operator.push('=');
                }
                words.push(operator);
            }
            _ => word.push(character),
        }
    }
    flush(&mut word, &mut words);
    words
}

// Words are taken from the end of the list, where the next one is.
fn any(words: &mut Vec<String>) -> Result<Expression, String> {
    let mut parts = vec![all(words)?];
    while words.pop_if(|word| word == "or").is_some() {
        parts.push(all(words)?);
    }
    Ok(if parts.len() == 1 { parts.remove(0) } else { Expression::Any(parts) })
}

fn all(words: &mut Vec<String>) -> Result<Expression, String> {
    let mut parts = vec![one(words)?];
    while words.pop_if(|word| word == "and").is_some() {
        parts.push(one(words)?);
    }
    Ok(if parts.len() == 1 { parts.remove(0) } else { Expression::All(parts) })
}

/// More than anyone means; the command line must not be able to exhaust the stack.
const DEPTH_MAX: usize = 64;

fn one(words: &mut Vec<String>) -> Result<Expression, String> {
    if words.pop_if(|word| word == "not").is_some() {
        return Ok(Expression::Not(Box::new(one(words)?)));
    }
    if words.pop_if(|word| word == "(").is_some() {
        let inner = any(words)?;
        let closed = words.pop_if(|word| word == ")");
        return closed.map(|_| inner).ok_or_else(|| "a ) is missing".to_owned());
    }
    let path = words.pop().ok_or("a path such as 048/070/V is missing")?;
    let operator = words.pop_if(|word| operator_of(word).is_some());
    let test = match operator.and_then(|word| operator_of(&word)) {
        None => None,
        Some(operator) => Some((operator, words.pop().ok_or("a value is missing")?)),
    };
    comparison(&path, test).map(Expression::Compare)
}

fn operator_of(word: &str) -> Option<Operator> {
    Some(match word {
        "=" | "==" => Operator::Equal,
        "!=" => Operator::Unequal,
        "<" => Operator::Less,
        "<=" => Operator::LessOrEqual,
        ">" => Operator::Greater,
        ">=" => Operator::GreaterOrEqual,
        _ => return None,
    })
}

fn comparison(path: &str, test: Option<(Operator, String)>) -> Result<Comparison, String> {
    let mut parts = path.split('/').map(str::to_owned);
    let first = parts.next().unwrap_or_default();
    let category = first.trim_start_matches(['I', 'i']);
    let category: u8 =
        category.parse().map_err(|_| format!("{path:?} is no path such as 048/070/V"))?;
    let path: Vec<String> = parts.collect();
    if path.is_empty() {
        return Err(format!("I{category:03} names no item; write it as {category:03}/070"));
    }
    Ok(Comparison { category, path, test })
}

/// The named parts of a shape; lists are looked through.
pub(crate) fn parts(shape: &'static Shape) -> Vec<&'static Item> {
    let of_parts = |parts: &'static [Part]| {
        let items = parts.iter().filter_map(|part| match part {
            Part::Item(item) => Some(item),
            _ => None,
        });
        items.collect()
    };
    match shape {
        Shape::Group(parts) => of_parts(parts),
        Shape::Extended(extended) => of_parts(extended.parts),
        Shape::Repeated(repeated) | Shape::RepeatedFx(repeated) => parts(repeated.of),
        Shape::Compound(items) => items.iter().flatten().copied().collect(),
        Shape::Choice(choice) => choice.cases.iter().flat_map(|(_, shape)| parts(shape)).collect(),
        Shape::Element(_) | Shape::Explicit(_) => Vec::new(),
    }
}

/// Looks through a record for what fits a comparison.
struct Seeker<'c> {
    comparison: &'c Comparison,
    path: Vec<&'static str>,
    found: bool,
}

impl Seeker<'_> {
    /// Whether `name` here is the wanted path.
    fn is_here(&self, name: &'static str) -> bool {
        // List members have no names, and a random field sequence only wraps items.
        let wrapped = usize::from(self.path.first() == Some(&"RFS"));
        let here = self.path[wrapped..].iter().copied().chain([name]);
        here.filter(|name| !name.is_empty()).eq(self.comparison.path.iter().map(String::as_str))
    }

    fn is_at_test(&self, name: &'static str) -> Option<&(Operator, String)> {
        let test = self.comparison.test.as_ref()?;
        (!self.found && self.is_here(name)).then_some(test)
    }
}

impl Visitor for Seeker<'_> {
    fn leaf(&mut self, name: &'static str, leaf: Leaf) {
        if self.comparison.test.is_none() {
            self.found |= self.is_here(name);
        } else if let Some((operator, value)) = self.is_at_test(name) {
            self.found = fits(leaf, *operator, value);
        }
    }

    fn octets(&mut self, name: &'static str, octets: &[u8]) {
        if self.comparison.test.is_none() {
            self.found |= self.is_here(name);
        } else if let Some((operator, value)) = self.is_at_test(name) {
            let hex: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
            self.found = operator.holds(hex.as_str().cmp(value.to_lowercase().as_str()));
        }
    }

    fn open(&mut self, name: &'static str, _: Nest) {
        if self.comparison.test.is_none() {
            self.found |= self.is_here(name);
        }
        self.path.push(name);
    }

    fn close(&mut self, _: Nest) {
        self.path.pop();
    }
}

impl Operator {
    fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Unequal => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// Whether a value fits. A quantity equals the number nearest to which it can be; 24 bare bits are
/// an address and compare as hexadecimal; a code compares as its number or its text.
fn fits(leaf: Leaf, operator: Operator, wanted: &str) -> bool {
    let number = wanted.parse::<f64>().ok();
    match leaf.content {
        Content::Quantity(quantity) => number.is_some_and(|number| {
            let value = leaf.value();
            let near = (value - number).abs() <= quantity.scale * 0.5;
            let order =
                if near { Some(std::cmp::Ordering::Equal) } else { value.partial_cmp(&number) };
            order.is_some_and(|order| operator.holds(order))
        }),
        Content::Text(charset) => {
            let text = characters(leaf, *charset);
            let wanted = match charset {
                Charset::Ascii => wanted.to_owned(),
                Charset::Icao => wanted.to_ascii_uppercase(),
                Charset::Octal => format!("{wanted:0>width$}", width = text.len()),
            };
            operator.holds(text.trim_end().cmp(wanted.trim_end()))
        }
        Content::Table(rows) if number.is_none() => {
            let text = rows.iter().find(|(code, _)| u64::from(*code) == leaf.raw);
            text.is_some_and(|(_, text)| {
                operator.holds(text.to_lowercase().cmp(&wanted.to_lowercase()))
            })
        }
        Content::Integer(_) | Content::Table(_) => number
            .and_then(|number| leaf.value().partial_cmp(&number))
            .is_some_and(|order| operator.holds(order)),
        Content::Raw | Content::Bds(_) | Content::By(_) => {
            bits(wanted, leaf.bits).is_some_and(|wanted| operator.holds(leaf.raw.cmp(&wanted)))
        }
    }
}

/// The characters of a text; `?` for what its set does not have.
fn characters(leaf: Leaf, charset: Charset) -> String {
    let width = bits_of(charset);
    let codes = (0..leaf.bits / width).rev();
    let codes = codes.map(|index| (leaf.raw >> (index * width)) as u8 & (0xff >> (8 - width)));
    codes
        .map(|code| match (charset, code) {
            (Charset::Ascii, _) => char::from(code),
            (Charset::Icao, 1..=26) => char::from(b'@' + code),
            (Charset::Icao, 0x20 | 0x30..=0x39) => char::from(code),
            (Charset::Icao, _) => '?',
            (Charset::Octal, _) => char::from(b'0' + code),
        })
        .collect()
}

/// Bits of one character.
pub(super) fn bits_of(charset: Charset) -> u16 {
    match charset {
        Charset::Ascii => 8,
        Charset::Icao => 6,
        Charset::Octal => 3,
    }
}

pub(super) fn bits(text: &str, width: u16) -> Option<u64> {
    let hex = |digits: &str| u64::from_str_radix(digits, 16).ok();
    match text.strip_prefix("0x") {
        Some(digits) => hex(digits),
        None if width >= 24 => hex(text),
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_that_makes_no_sense_is_refused_with_the_remedy() {
        let error = |text: &str| Expression::parse(text).unwrap_err();
        assert!(error("hello").contains("no path"));
        assert!(error("048/070/V =").contains("value is missing"));
        assert!(error("(048/070/V = 1").contains(") is missing"));
        assert!(error("048/070/V = 1 048/020").contains("not expected"));
        assert!(error(&"(".repeat(5000)).contains("too deeply"));
        assert!(error(&"not ".repeat(5000)).contains("too deeply"));
    }

    #[test]
    fn a_path_may_begin_with_an_i_and_blanks_do_not_matter() {
        assert_eq!(
            Expression::parse("I048/070/V=0").unwrap(),
            Expression::parse(" 048/070/V  ==  0 ").unwrap()
        );
    }
}

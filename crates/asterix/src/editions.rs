//! Which edition of each category to read by, and from whom.

use crate::generated::{EXPANSIONS, SPECS};
use crate::spec::{Expansion, Spec};
use std::collections::BTreeMap;
use std::fmt;
use surveillance::SensorId;
use thiserror::Error;

/// The edition chosen for each category, and for single data sources where they differ.
///
/// By default it is the newest edition there is a table for, and reserved expansion fields are
/// octets. [`crate::inspect`] finds out by trial which editions fit a recording.
#[derive(Debug, Clone)]
pub struct Editions {
    by_category: [Option<&'static Spec>; 256],
    expansions: [Option<&'static Expansion>; 256],
    /// Where a data source differs.
    by_source: BTreeMap<(u8, SensorId), Chosen>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Chosen {
    spec: Option<&'static Spec>,
    expansion: Option<&'static Expansion>,
}

/// No tables for that edition.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("no tables for CAT{category:03} edition {edition}; there are {known}")]
pub struct EditionUnknown {
    /// Category asked for.
    pub category: u8,
    /// Edition asked for; `RE 1.13` for a layout of the reserved expansion field.
    pub edition: String,
    /// What there is, comma separated, newest last; `none` if nothing.
    pub known: String,
}

/// A rule that [`Editions::apply`] cannot follow.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RuleError {
    /// It is not of that form.
    #[error(
        "`{0}` is not CATEGORY=EDITION, SAC/SIC:CATEGORY=EDITION or either with +EDITION for the \
         expansion field, as in 48=1.32, 25/201:48=1.27 or 48=1.32+1.13"
    )]
    Form(String),
    /// There are no tables for what it asks.
    #[error(transparent)]
    Edition(#[from] EditionUnknown),
}

impl Default for Editions {
    fn default() -> Self {
        let mut by_category = [None; 256];
        for spec in SPECS {
            // SPECS is in the order of category and edition: the newest stays.
            by_category[usize::from(spec.category)] = Some(*spec);
        }
        Self { by_category, expansions: [None; 256], by_source: BTreeMap::new() }
    }
}

impl Editions {
    /// Reads `category` by `edition` from now on.
    ///
    /// # Errors
    /// If there are no tables for it.
    pub fn set(&mut self, category: u8, edition: &str) -> Result<(), EditionUnknown> {
        self.by_category[usize::from(category)] = Some(spec_of(category, edition)?);
        Ok(())
    }

    /// Reads `category` by `edition` where `source` sent it.
    ///
    /// # Errors
    /// If there are no tables for it.
    pub fn set_from(
        &mut self,
        source: SensorId,
        category: u8,
        edition: &str,
    ) -> Result<(), EditionUnknown> {
        let spec = spec_of(category, edition)?;
        self.by_source.entry((category, source)).or_default().spec = Some(spec);
        Ok(())
    }

    /// Reads the reserved expansion field of `category` by this edition of its layout from now on.
    ///
    /// # Errors
    /// If there is no table for it.
    pub fn set_expansion(&mut self, category: u8, edition: &str) -> Result<(), EditionUnknown> {
        self.expansions[usize::from(category)] = Some(expansion_of(category, edition)?);
        Ok(())
    }

    /// Reads the reserved expansion field of `category` by this edition of its layout where
    /// `source` sent it.
    ///
    /// # Errors
    /// If there is no table for it.
    pub fn set_expansion_from(
        &mut self,
        source: SensorId,
        category: u8,
        edition: &str,
    ) -> Result<(), EditionUnknown> {
        let expansion = expansion_of(category, edition)?;
        self.by_source.entry((category, source)).or_default().expansion = Some(expansion);
        Ok(())
    }

    /// Follows a rule as a user writes it: `48=1.32`, `25/201:48=1.27` for one data source,
    /// `48=1.32+1.13` for the layout of the reserved expansion field too, `48=+1.13` for it alone.
    ///
    /// # Errors
    /// If it is not of that form, or there are no tables for what it asks; then nothing is changed.
    pub fn apply(&mut self, rule: &str) -> Result<(), RuleError> {
        let Rule { source, category, spec, expansion } = Rule::parse(rule)?;
        match source {
            None => {
                let index = usize::from(category);
                self.by_category[index] = spec.or(self.by_category[index]);
                self.expansions[index] = expansion.or(self.expansions[index]);
            }
            Some(source) => {
                let chosen = self.by_source.entry((category, source)).or_default();
                chosen.spec = spec.or(chosen.spec);
                chosen.expansion = expansion.or(chosen.expansion);
            }
        }
        Ok(())
    }

    /// The layout in force for the reserved expansion field of a category.
    #[inline]
    pub fn expansion(&self, category: u8) -> Option<&'static Expansion> {
        self.expansions[usize::from(category)]
    }

    /// The tables in force for a category.
    #[inline]
    pub fn spec(&self, category: u8) -> Option<&'static Spec> {
        self.by_category[usize::from(category)]
    }

    /// What is in force for a category from a data source.
    #[inline]
    pub(crate) fn of(
        &self,
        category: u8,
        source: impl FnOnce() -> Option<SensorId>,
    ) -> (Option<&'static Spec>, Option<&'static Expansion>) {
        let (spec, expansion) = (self.spec(category), self.expansion(category));
        if self.by_source.is_empty() {
            return (spec, expansion);
        }
        let chosen = source().and_then(|source| self.by_source.get(&(category, source)));
        let chosen = chosen.copied().unwrap_or_default();
        (chosen.spec.or(spec), chosen.expansion.or(expansion))
    }

    /// The tables by which records of a category are read: those in force, then those of single data
    /// sources.
    pub fn specs_of(&self, category: u8) -> impl Iterator<Item = &'static Spec> {
        self.spec(category).into_iter().chain(self.chosen(category).filter_map(|one| one.spec))
    }

    /// As [`Self::specs_of`], the layouts by which its reserved expansion field is read.
    pub fn expansions_of(&self, category: u8) -> impl Iterator<Item = &'static Expansion> {
        let chosen = self.chosen(category).filter_map(|one| one.expansion);
        self.expansion(category).into_iter().chain(chosen)
    }

    fn chosen(&self, category: u8) -> impl Iterator<Item = Chosen> {
        let of_category = self.by_source.iter().filter(move |((of, _), _)| *of == category);
        of_category.map(|(_, chosen)| *chosen)
    }

    /// Every edition there are tables for, by category, oldest first.
    pub fn known() -> impl Iterator<Item = &'static Spec> {
        SPECS.iter().copied()
    }

    /// Every layout of a reserved expansion field there is a table for, by category, oldest first.
    pub fn expansions_known() -> impl Iterator<Item = &'static Expansion> {
        EXPANSIONS.iter().copied()
    }
}

/// What a user asks of one category: by which tables it is read, from everybody or from one data source.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Whose records; `None`: everybody's.
    pub source: Option<SensorId>,
    /// Of which category.
    pub category: u8,
    /// Its tables, where they are asked for.
    pub spec: Option<&'static Spec>,
    /// The layout of its reserved expansion field, where it is asked for.
    pub expansion: Option<&'static Expansion>,
}

impl Rule {
    /// Reads it as [`Editions::apply`] does.
    ///
    /// # Errors
    /// If it is not of that form, or there are no tables for what it asks.
    pub fn parse(rule: &str) -> Result<Self, RuleError> {
        let form = || RuleError::Form(rule.to_owned());
        let (source, category, editions) = parsed(rule).ok_or_else(form)?;
        let (edition, layout) = editions.split_once('+').unwrap_or((editions, ""));
        let given = |text: &str| !text.is_empty();
        let edition = Some(edition).filter(|text| given(text));
        let layout = Some(layout).filter(|text| given(text));
        if edition.is_none() && layout.is_none() {
            return Err(form());
        }
        let spec = edition.map(|edition| spec_of(category, edition)).transpose()?;
        let expansion = layout.map(|edition| expansion_of(category, edition)).transpose()?;
        Ok(Self { source, category, spec, expansion })
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(SensorId { sac, sic }) = self.source {
            write!(f, "{sac}/{sic}:")?;
        }
        write!(f, "{}={}", self.category, self.spec.map_or("", |spec| spec.edition))?;
        self.expansion.map_or(Ok(()), |layout| write!(f, "+{}", layout.edition))
    }
}

/// `[SAC/SIC:]CATEGORY=REST`.
fn parsed(rule: &str) -> Option<(Option<SensorId>, u8, &str)> {
    let (what, editions) = rule.trim().split_once('=')?;
    let (source, category) = match what.split_once(':') {
        None => (None, what),
        Some((source, category)) => {
            let (sac, sic) = source.split_once('/')?;
            (Some(SensorId { sac: sac.parse().ok()?, sic: sic.parse().ok()? }), category)
        }
    };
    Some((source, category.parse().ok()?, editions))
}

fn spec_of(category: u8, edition: &str) -> Result<&'static Spec, EditionUnknown> {
    let of_category = || Editions::known().filter(|spec| spec.category == category);
    of_category().find(|spec| spec.edition == edition).ok_or_else(|| {
        unknown(category, edition.to_owned(), of_category().map(|spec| spec.edition))
    })
}

fn expansion_of(category: u8, edition: &str) -> Result<&'static Expansion, EditionUnknown> {
    let of_category = || Editions::expansions_known().filter(|layout| layout.category == category);
    of_category().find(|layout| layout.edition == edition).ok_or_else(|| {
        unknown(category, format!("RE {edition}"), of_category().map(|layout| layout.edition))
    })
}

fn unknown(
    category: u8,
    edition: String,
    known: impl Iterator<Item = &'static str>,
) -> EditionUnknown {
    let known: Vec<&str> = known.collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    EditionUnknown { category, edition, known }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_for_a_category_or_for_one_source_of_it() {
        let mut editions = Editions::default();
        let source = SensorId { sac: 25, sic: 201 };
        editions.apply("48=1.31+1.12").unwrap();
        editions.apply("25/201:48=1.27").unwrap();
        editions.apply("25/201:62=+1.3").unwrap();
        let of = |category, source: Option<SensorId>| {
            let (spec, expansion) = editions.of(category, || source);
            (spec.unwrap().edition, expansion.map_or("", |expansion| expansion.edition))
        };
        assert_eq!(of(48, None), ("1.31", "1.12"));
        assert_eq!(of(48, Some(source)), ("1.27", "1.12"));
        assert_eq!(of(62, Some(source)), ("1.21", "1.3"));
        assert_eq!(of(62, None), ("1.21", ""));
    }

    #[test]
    fn a_rule_that_cannot_be_followed_is_refused_and_changes_nothing() {
        let mut editions = Editions::default();
        for rule in ["", "48", "48=", "48=+", "x=1.32", "25:48=1.32", "300/1:48=1.32", "256=1.0"] {
            assert_eq!(editions.apply(rule), Err(RuleError::Form(rule.to_owned())));
        }
        let error = editions.apply("48=1.31+9.9").unwrap_err();
        assert_eq!(
            error.to_string(),
            "no tables for CAT048 edition RE 9.9; there are 1.11, 1.12, 1.13"
        );
        assert_eq!(editions.spec(48).unwrap().edition, "1.32");
    }
}

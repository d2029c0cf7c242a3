//! Which edition of each category to read by.

use crate::generated::{EXPANSIONS, SPECS};
use crate::spec::{Expansion, Spec};
use thiserror::Error;

/// The edition chosen for each category. By default the newest there is, and reserved expansion
/// fields are octets.
#[derive(Debug, Clone)]
pub struct Editions {
    by_category: [Option<&'static Spec>; 256],
    expansions: [Option<&'static Expansion>; 256],
}

/// No tables for that edition.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("no tables for CAT{category:03} edition {edition}; there are {known}")]
pub struct EditionUnknown {
    /// Category asked for.
    pub category: u8,
    /// Edition asked for.
    pub edition: String,
    /// What there is, comma separated, newest last; `none` if nothing.
    pub known: String,
}

impl Default for Editions {
    fn default() -> Self {
        let mut by_category = [None; 256];
        for spec in SPECS {
            // SPECS is in the order of category and edition: the newest stays.
            by_category[usize::from(spec.category)] = Some(*spec);
        }
        Self { by_category, expansions: [None; 256] }
    }
}

impl Editions {
    /// Reads `category` by `edition` from now on.
    ///
    /// # Errors
    /// If there are no tables for it.
    pub fn set(&mut self, category: u8, edition: &str) -> Result<(), EditionUnknown> {
        let found = of_category(category).find(|spec| spec.edition == edition);
        let Some(spec) = found else {
            let known: Vec<&str> = of_category(category).map(|spec| spec.edition).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            return Err(EditionUnknown { category, edition: edition.to_owned(), known });
        };
        self.by_category[usize::from(category)] = Some(spec);
        Ok(())
    }

    /// Reads the reserved expansion field of `category` by this edition of its layout from now on.
    ///
    /// # Errors
    /// If there is no table for it.
    pub fn set_expansion(&mut self, category: u8, edition: &str) -> Result<(), EditionUnknown> {
        let layouts = || Self::expansions_known().filter(|layout| layout.category == category);
        let Some(found) = layouts().find(|layout| layout.edition == edition) else {
            let known: Vec<&str> = layouts().map(|layout| layout.edition).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            return Err(EditionUnknown { category, edition: format!("RE {edition}"), known });
        };
        self.expansions[usize::from(category)] = Some(found);
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

    /// Every edition there are tables for, by category, oldest first.
    pub fn known() -> impl Iterator<Item = &'static Spec> {
        SPECS.iter().copied()
    }

    /// Every layout of a reserved expansion field there is a table for, by category, oldest first.
    pub fn expansions_known() -> impl Iterator<Item = &'static Expansion> {
        EXPANSIONS.iter().copied()
    }
}

fn of_category(category: u8) -> impl Iterator<Item = &'static Spec> {
    SPECS.iter().copied().filter(move |spec| spec.category == category)
}

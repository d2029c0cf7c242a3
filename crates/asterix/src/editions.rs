//! Which edition of each category to read by.

use crate::generated::SPECS;
use crate::spec::Spec;
use thiserror::Error;

/// The edition chosen for each category. By default the newest there is.
#[derive(Debug, Clone)]
pub struct Editions {
    by_category: [Option<&'static Spec>; 256],
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
        Self { by_category }
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

    /// The tables in force for a category.
    #[inline]
    pub fn spec(&self, category: u8) -> Option<&'static Spec> {
        self.by_category[usize::from(category)]
    }

    /// Every edition there are tables for, by category, oldest first.
    pub fn known() -> impl Iterator<Item = &'static Spec> {
        SPECS.iter().copied()
    }
}

fn of_category(category: u8) -> impl Iterator<Item = &'static Spec> {
    SPECS.iter().copied().filter(move |spec| spec.category == category)
}

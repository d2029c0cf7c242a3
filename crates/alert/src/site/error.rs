//! What is wrong with a site's rule, and where.

use std::fmt;

/// Where an expression is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The file.
    pub file: String,
    /// The line on which the expression begins, from 1.
    pub line: u32,
    /// The key whose value it is: `rules[3].when`.
    pub key: String,
}

/// A fault of a site's rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct SiteRuleError {
    /// Where the expression is written; its line is that of the fault.
    pub origin: Origin,
    /// Character of the expression's line at which the fault is, from 1.
    pub column: u32,
    /// What is wrong, and what to write.
    pub what: String,
}

impl fmt::Display for SiteRuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { origin: Origin { file, line, key }, column, what } = self;
        write!(f, "{file}, line {line}, {key}, character {column}: {what}")
    }
}

impl Origin {
    /// A fault on a line of the expression, from 0, at its first character.
    pub(super) fn fault(&self, line: u32, what: String) -> SiteRuleError {
        let origin = Self { line: self.line.saturating_add(line), ..self.clone() };
        SiteRuleError { origin, column: 1, what }
    }

    /// A fault so many characters into an expression.
    pub(super) fn fault_at(&self, source: &str, offset: usize, what: String) -> SiteRuleError {
        let before: String = source.chars().take(offset).collect();
        let line = before.matches('\n').count() as u32;
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before[start..].chars().count() as u32 + 1;
        SiteRuleError { column, ..self.fault(line, what) }
    }
}

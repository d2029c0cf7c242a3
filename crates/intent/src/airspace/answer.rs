//! Yes, no, or not known.

/// Whether something holds a position or an instant, where what is known may not be enough to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// It does not, whatever the unknown part is.
    Outside,
    /// What is known does not decide it.
    Unknown,
    /// It does, whatever the unknown part is.
    Inside,
}

impl Answer {
    /// Both must hold (Kleene's three-valued and).
    #[must_use]
    pub fn and(self, other: Answer) -> Answer {
        self.min(other)
    }

    /// Either must hold (Kleene's three-valued or).
    #[must_use]
    pub fn or(self, other: Answer) -> Answer {
        self.max(other)
    }

    /// `Inside` for true, `Outside` for false.
    pub fn surely(inside: bool) -> Answer {
        if inside { Answer::Inside } else { Answer::Outside }
    }
}

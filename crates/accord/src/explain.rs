//! Names and lists as people read them.

use crate::{
    Accord, ArticleId, Explanation, Field, FieldGrant, FieldSet, PartyId, Reduction, Status,
};
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM, MPS_PER_KNOT};
use std::fmt;
use surveillance::Time;

/// `A, B and C`.
pub(crate) fn list<T: fmt::Display>(items: &[T]) -> String {
    match items {
        [] => String::new(),
        [only] => only.to_string(),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(ToString::to_string).collect();
            format!("{} and {last}", first.join(", "))
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Field::Position => "position",
            Field::Level => "level",
            Field::Velocity => "velocity",
            Field::VerticalRate => "climb rate",
            Field::Address => "address",
            Field::Code => "code",
            Field::Callsign => "callsign",
            Field::Category => "category",
            Field::Identity => "identity",
            Field::Service => "service",
            Field::FlightKind => "type of flight",
            Field::Plan => "plan",
            Field::Alerts => "alerts",
            Field::Accuracy => "accuracy",
            Field::Lineage => "lineage",
            Field::Content => "content",
        })
    }
}

impl fmt::Display for FieldSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&list(&self.iter().collect::<Vec<_>>()))
    }
}

impl fmt::Display for Reduction {
    /// As in `position to 5 NM, 60 s late`; empty where nothing is reduced.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tidy = |value: f64| (value * 1000.0).round() / 1000.0;
        let parts = [
            (self.position_m, format!("position to {} NM", tidy(self.position_m / METRES_PER_NM))),
            (self.level_m, format!("level to {} ft", tidy(self.level_m / METRES_PER_FOOT))),
            (
                self.velocity_mps,
                format!("velocity to {} kt", tidy(self.velocity_mps / MPS_PER_KNOT)),
            ),
            (self.time_s, format!("time to {} s", tidy(self.time_s))),
            (self.delay_s, format!("{} s late", tidy(self.delay_s))),
            (self.interval_s, format!("every {} s at most", tidy(self.interval_s))),
        ];
        let said: Vec<String> =
            parts.into_iter().filter(|(value, _)| *value > 0.0).map(|(_, said)| said).collect();
        f.write_str(&said.join(", "))
    }
}

impl fmt::Display for FieldGrant {
    /// As in `position: kgz-rus-2022 article 3, position to 1 NM`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.article)?;
        if !self.reduction.is_none() {
            write!(f, ", {}", self.reduction)?;
        }
        Ok(())
    }
}

impl Accord {
    /// How one of its articles stands between two parties at `now`, and since when.
    pub(crate) fn standing_in_words(
        &self,
        article: ArticleId,
        (from, to): (PartyId, PartyId),
        now: Time,
    ) -> String {
        let status = self.lifecycle.status(now);
        let Status::InForce { since, .. } = status else { return status.to_string() };
        if !self.understood {
            return "it has a clause that is not understood".to_owned();
        }
        let all = self.lifecycle.suspensions().iter();
        let stops: Vec<_> = all.filter(|one| one.stops(from, to, article)).collect();
        // Of several that hold it is stopped by each: since the first.
        let first = stops.iter().filter(|one| one.holds(now)).min_by_key(|one| one.from);
        if let Some(held) = first {
            return format!("suspended by {} since {}", held.by, held.from);
        }
        let resumed = stops.iter().filter_map(|one| one.until).filter(|until| *until <= now).max();
        match resumed.filter(|at| *at > since) {
            Some(at) => format!("in force since {since}, resumed {at}"),
            None => format!("in force since {since}"),
        }
    }

    /// Where it is in its life at `now`, suspensions included, as one line.
    pub fn status_in_words(&self, now: Time) -> String {
        let mut words = self.lifecycle.status(now).to_string();
        if self.lifecycle.is_in_force(now) {
            for suspension in self.lifecycle.suspensions().iter().filter(|s| s.holds(now)) {
                let part = if suspension.articles.is_some() { " in part" } else { "" };
                let towards = suspension
                    .towards
                    .as_ref()
                    .map_or_else(String::new, |parties| format!(" towards {}", list(parties)));
                words.push_str(&format!("; suspended{part} by {}{towards}", suspension.by));
            }
        }
        if !self.understood {
            words.push_str("; it has a clause that is not understood, and releases nothing");
        }
        words
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Explanation::Withheld { nearest: Some(article), failed } => {
                write!(f, "withheld: {failed} ({article} came nearest)")
            }
            Explanation::Withheld { nearest: None, failed } => write!(f, "withheld: {failed}"),
            Explanation::Released(grants) => {
                f.write_str("released")?;
                grants.iter().try_for_each(|grant| write!(f, "\n  {grant}"))
            }
        }
    }
}

//! Proofs and comparisons as people and programs read them.

use crate::compare::{Comparison, Difference};
use crate::prove::{Claim, Proof, Verdict};
use crate::question::{Part, Question, step};
use crate::world::word;
use accord::{Accord, Explanation, Field, Lineage, PartyId, Policy};
use geodesy::units::{METRES_PER_FOOT, METRES_PER_NM, MPS_PER_KNOT};
use serde_json::{Value, json};
use std::fmt::{self, Write};
use std::sync::Arc;

/// What was decided of one pair: a line a promise, an example under each that is broken, and remarks.
pub fn pair_in_words(claims: &[Claim], remarks: &[String], accords: &[Arc<Accord>]) -> String {
    let mut text = String::new();
    if let Some(claim) = claims.first() {
        say(&mut text, format_args!("{} to {}", claim.from, claim.to));
    }
    for claim in claims {
        say(&mut text, format_args!("  {}: {}", kept(&claim.verdict), claim.promise));
        if let Some(question) = example(&claim.verdict) {
            say(&mut text, format_args!("    {}", question.in_words()));
            let answer = explained(question, claim.from, accords);
            say(&mut text, format_args!("    {answer}"));
        }
    }
    for remark in remarks {
        say(&mut text, format_args!("  {remark}"));
    }
    text
}

/// What a proof comes to, in one line.
pub fn proof_in_words(proof: &Proof) -> String {
    let told = if proof.is_kept() { "all is kept" } else { "not all is kept" };
    format!("{told}: {} promises, {} questions\n", proof.claims.len(), proof.asked)
}

/// A comparison, a line a pair and an example under each that differs.
pub fn comparison_in_words(
    comparison: &Comparison,
    old: &[Arc<Accord>],
    new: &[Arc<Accord>],
) -> String {
    let mut text = String::new();
    for pair in &comparison.pairs {
        say(&mut text, format_args!("{} to {}: {}", pair.from, pair.to, pair.in_words()));
        for (verdict, which, other) in
            [(&pair.no_more, "new", (old, "old")), (&pair.no_less, "old", (new, "new"))]
        {
            let Some(question) = example(verdict) else { continue };
            let by = if which == "new" { new } else { old };
            say(&mut text, format_args!("  {}", question.in_words()));
            let says = explained(question, pair.from, by);
            say(&mut text, format_args!("    the {which} text: {says}"));
            let says = explained(question, pair.from, other.0);
            say(&mut text, format_args!("    the {} text: {says}", other.1));
        }
    }
    if comparison.pairs.is_empty() {
        say(&mut text, format_args!("neither text releases anything"));
    }
    let told = if comparison.releases_more() {
        "the new text releases more than the old"
    } else {
        "the new text releases no more than the old"
    };
    say(&mut text, format_args!("{told}: {} questions", comparison.asked));
    text
}

/// A proof for programs.
pub fn proof_json(proof: &Proof, accords: &[Arc<Accord>]) -> Value {
    let claims: Vec<Value> = proof
        .claims
        .iter()
        .map(|claim| {
            json!({
                "from": claim.from.as_str(),
                "to": claim.to.as_str(),
                "promise": claim.promise,
                "verdict": kept(&claim.verdict),
                "example": example(&claim.verdict).map(|q| q.json(claim.from, accords)),
            })
        })
        .collect();
    json!({
        "kept": proof.is_kept(),
        "claims": claims,
        "remarks": proof.remarks,
        "questions": proof.asked,
    })
}

/// A comparison for programs.
pub fn comparison_json(comparison: &Comparison, old: &[Arc<Accord>], new: &[Arc<Accord>]) -> Value {
    let pairs: Vec<Value> = comparison
        .pairs
        .iter()
        .map(|pair| {
            json!({
                "from": pair.from.as_str(),
                "to": pair.to.as_str(),
                "verdict": pair.in_words(),
                "only_new": example(&pair.no_more).map(|q| q.json(pair.from, new)),
                "only_old": example(&pair.no_less).map(|q| q.json(pair.from, old)),
            })
        })
        .collect();
    json!({
        "releases_more": comparison.releases_more(),
        "pairs": pairs,
        "questions": comparison.asked,
    })
}

fn say(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}

fn kept(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Proved => "proved",
        Verdict::ProvedWhereverFound => "proved at every place found",
        Verdict::Broken(_) => "BROKEN",
        Verdict::Disputed(_) => "IN DISPUTE between solver and filter",
    }
}

fn example(verdict: &Verdict) -> Option<&Question> {
    match verdict {
        Verdict::Broken(question) | Verdict::Disputed(question) => Some(question),
        Verdict::Proved | Verdict::ProvedWhereverFound => None,
    }
}

impl Difference {
    fn in_words(&self) -> String {
        let [more, less] = [&self.no_more, &self.no_less].map(|verdict| example(verdict).is_some());
        let word = match (more, less) {
            (false, false) => "releases the same",
            (true, false) => "releases MORE",
            (false, true) => "releases less",
            (true, true) => "releases MORE of one thing and less of another",
        };
        let mut said = word.to_owned();
        if [&self.no_more, &self.no_less].iter().any(|v| **v == Verdict::ProvedWhereverFound) {
            said.push_str(" (at every place found)");
        }
        if [&self.no_more, &self.no_less].iter().any(|v| matches!(v, Verdict::Disputed(_))) {
            said.push_str(" (IN DISPUTE between solver and filter)");
        }
        said
    }
}

/// What these texts say of a question, as one line.
fn explained(question: &Question, from: PartyId, accords: &[Arc<Accord>]) -> String {
    let Ok(policy) = Policy::new(from, accords.to_vec()) else { return String::new() };
    match question.answer(&policy) {
        Some(article) => format!("released by {article}"),
        None if question.part == Part::Plots => {
            match policy.plots_of(&question.subject, question.to, question.now) {
                Ok(article) => format!("released by {article}"),
                Err(why) => format!("withheld: {why}"),
            }
        }
        None => {
            match policy.explain(&policy.decide(&question.subject, question.to, question.now)) {
                withheld @ Explanation::Withheld { .. } => withheld.to_string(),
                Explanation::Released(grants) => {
                    match grants.iter().find(|grant| Part::Field(grant.field) == question.part) {
                        Some(grant) => format!("only {grant}"),
                        None => format!("withheld: no article tells its {}", question.part),
                    }
                }
            }
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Field(field) => field.fmt(f),
            Part::Plots => f.write_str("the plots"),
        }
    }
}

impl Question {
    /// As `position of a track (civil flight, identity civil) at 42.853 N 74.846 E, FL 310, on
    /// 2026-11-24T12:00:00Z, exactly`.
    pub fn in_words(&self) -> String {
        let subject = &self.subject;
        let mut text = format!(
            "{} of a {} ({} flight, identity {}",
            self.part,
            word(subject.object),
            word(subject.service),
            word(subject.identity)
        );
        let marks = [
            ("type of flight", word(subject.flight), "untold"),
            ("plan", word(subject.plan), "untold"),
            ("alert", word(subject.alert_state), "none"),
        ];
        for (name, value, plain) in marks {
            if value != plain {
                text.push_str(&format!(", {name} {value}"));
            }
        }
        if !subject.alerts.is_empty() {
            let kinds: Vec<String> = subject.alerts.iter().map(word).collect();
            text.push_str(&format!(", alerts {}", kinds.join(", ")));
        }
        if let Some(address) = subject.codes.address {
            text.push_str(&format!(", address {address}"));
        }
        if let Some(sign) = subject.codes.callsign {
            text.push_str(&format!(", callsign {}", sign.as_str()));
        }
        text.push(')');
        match subject.position {
            Some(at) => text.push_str(&place(at.latitude_deg(), at.longitude_deg())),
            None => text += " of unknown position",
        }
        if let Some(level_m) = subject.level_m {
            text.push_str(&format!(", FL {:.2}", level_m / METRES_PER_FOOT / 100.0));
        }
        if subject.lineage != Lineage::Own {
            text.push_str(", that another party gave");
        }
        let age_s = self.now.seconds_since(subject.time);
        if age_s != 0.0 {
            text.push_str(&format!(", {} s old", to_nanoseconds(age_s)));
        }
        text.push_str(&format!(", at {}, {}", self.now, self.how_exactly()));
        text
    }

    fn how_exactly(&self) -> String {
        let step = step(self.part, &self.asked);
        let (unit, name) = match self.part {
            Part::Field(Field::Level) => (METRES_PER_FOOT, "ft"),
            Part::Field(Field::Velocity) => (MPS_PER_KNOT, "kt"),
            _ => (METRES_PER_NM, "NM"),
        };
        let mut text =
            if step > 0.0 { format!("to {:.3} {name}", step / unit) } else { "exactly".to_owned() };
        if self.asked.time_s > 0.0 {
            text.push_str(&format!(", time to {} s", to_nanoseconds(self.asked.time_s)));
        }
        if self.asked.interval_s > 0.0 {
            let after_s = to_nanoseconds(self.asked.interval_s);
            text.push_str(&format!(", {after_s} s after the last"));
        }
        text
    }

    fn json(&self, from: PartyId, accords: &[Arc<Accord>]) -> Value {
        let position = self.subject.position;
        json!({
            "words": self.in_words(),
            "answer": explained(self, from, accords),
            "to": self.to.as_str(),
            "field": self.part.word(),
            "at": self.now.to_string(),
            "object": word(self.subject.object),
            "service": word(self.subject.service),
            "identity": word(self.subject.identity),
            "latitude_deg": position.map(|at| at.latitude_deg()),
            "longitude_deg": position.map(|at| at.longitude_deg()),
            "level_fl": self.subject.level_m.map(|level_m| level_m / METRES_PER_FOOT / 100.0),
        })
    }
}

/// Without what a sum of fractions leaves behind: nothing is decided more finely than in nanoseconds.
fn to_nanoseconds(seconds: f64) -> f64 {
    (seconds * 1e9).round() / 1e9
}

fn place(latitude_deg: f64, longitude_deg: f64) -> String {
    let half = |value: f64, [plus, minus]: [char; 2]| {
        format!("{:.3} {}", value.abs(), if value < 0.0 { minus } else { plus })
    };
    format!(" at {} {}", half(latitude_deg, ['N', 'S']), half(longitude_deg, ['E', 'W']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use accord::{ObjectKind, OwnNumber, Reduction, Subject};
    use surveillance::Time;

    #[test]
    fn seconds_are_told_as_they_are_written() {
        let now: Time = "2026-11-24T12:00:00Z".parse().expect("an instant");
        // As a solver's nanoseconds come back.
        let minute = 60_000_000_000.0 * 1e-9;
        assert_ne!(minute, 60.0);
        let question = |age_s: f64| Question {
            to: "BBB".parse().expect("a party"),
            part: Part::Field(Field::Position),
            asked: Reduction { time_s: minute, interval_s: minute, ..Reduction::NONE },
            now,
            subject: Subject::bare(OwnNumber(1), ObjectKind::Track, now.plus_seconds(-age_s)),
        };
        let words = question(minute).in_words();
        assert!(words.contains(", 60 s old,"), "{words}");
        assert!(words.ends_with("exactly, time to 60 s, 60 s after the last"), "{words}");
        assert!(question(1e-9).in_words().contains(", 0.000000001 s old,"));
    }
}

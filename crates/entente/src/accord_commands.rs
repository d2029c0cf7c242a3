//! `entente accord`: what an accord says, where it stands, what it lets out and why.

use crate::commands::{Misuse, say};
use accord::{
    Accord, AlertKind, AlertSet, AlertState, FlightKind, ObjectKind, OwnNumber, PartyId, PlanState,
    Policy, Service, Subject,
};
use clap::{Args, Subcommand, ValueEnum};
use geodesy::{Enu, Geodetic, units::METRES_PER_FOOT};
use node::clock::Clock;
use std::ffi::OsString;
use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;
use surveillance::{Address, Callsign, Codes, Mode3A, Time};

#[derive(Debug, Subcommand)]
pub(crate) enum AccordCommand {
    /// Say in one line each what is wrong with accords, or that nothing is.
    Check {
        /// The accords.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Say where accords stand in their life, and what comes next.
    Status {
        /// The instant, as 2026-11-24 or 2026-11-24T12:00:00Z; now if not said.
        #[arg(long, value_name = "DATE", value_parser = instant)]
        at: Option<Time>,
        /// The accords.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Say what a partner would be told of one object, by which articles, or why nothing.
    Explain(Explain),
    /// Print the release matrix: accord, partner, kind of object, marking.
    Matrix {
        /// The instant; now if not said.
        #[arg(long, value_name = "DATE", value_parser = instant)]
        at: Option<Time>,
        /// The accords.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Run drafts over a recording: what they would have released that today's accords do not, and
    /// the reverse.
    Rehearse(crate::rehearse::Rehearse),
    /// Prove what accords promise over all possible objects and instants: `prove FILE…`, with
    /// `--never FILE` for what shall never leave, `--from`, `--to` and `--json`.
    Prove {
        /// The accords, and how.
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<OsString>,
    },
    /// Say whether a new text releases more than an old one, and what: `compare OLD NEW`, with
    /// `--from`, `--to` and `--json`.
    Compare {
        /// The two texts, and how.
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<OsString>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// Who gives.
    #[arg(long, value_name = "PARTY")]
    from: PartyId,
    /// Who receives; every partner if not said.
    #[arg(long, value_name = "PARTY")]
    to: Option<PartyId>,
    /// The instant; now if not said.
    #[arg(long, value_name = "DATE", value_parser = instant)]
    at: Option<Time>,
    /// What it is.
    #[arg(long, value_enum, default_value_t = Object::Track)]
    object: Object,
    /// How old what is known of it is, seconds.
    #[arg(long, default_value_t = 0.0, value_parser = finite)]
    age_s: f64,
    /// Latitude, degrees.
    #[arg(long, allow_negative_numbers = true, requires = "lon")]
    lat: Option<f64>,
    /// Longitude, degrees.
    #[arg(long, allow_negative_numbers = true, requires = "lat")]
    lon: Option<f64>,
    /// Flight level.
    #[arg(long, allow_negative_numbers = true, value_parser = finite)]
    fl: Option<f64>,
    /// Whose flight it is.
    #[arg(long, value_enum, default_value_t = Whose::Undetermined)]
    service: Whose,
    /// Standard identity.
    #[arg(long, value_enum, default_value_t = Standing::Civil)]
    identity: Standing,
    /// It goes with a flight plan, or with none.
    #[arg(long, value_enum, default_value_t = Plan::Untold)]
    plan: Plan,
    /// 24-bit address, six hex digits.
    #[arg(long, value_parser = address)]
    address: Option<Address>,
    /// Callsign.
    #[arg(long, value_parser = callsign)]
    callsign: Option<Callsign>,
    /// Mode 3/A code, four octal digits; 7500, 7600 and 7700 raise their alerts.
    #[arg(long, value_parser = code)]
    code: Option<Mode3A>,
    /// The accords.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Object {
    Track,
    Plot,
    Alert,
    Incident,
    Coverage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Whose {
    Undetermined,
    Civil,
    State,
    Military,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Standing {
    Pending,
    Unknown,
    AssumedFriend,
    Friend,
    Neutral,
    Suspect,
    Hostile,
    Civil,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Plan {
    Untold,
    Correlated,
    Uncorrelated,
}

pub(crate) fn perform(command: AccordCommand) -> anyhow::Result<()> {
    match command {
        AccordCommand::Check { files } => {
            let accords = load(&files)?;
            let mut parties: Vec<PartyId> =
                accords.iter().flat_map(|accord| accord.parties.iter().map(|p| p.id)).collect();
            parties.sort_unstable();
            parties.dedup();
            for party in parties {
                policy_of(party, accords.clone())?;
            }
            let names = files.iter().map(|file| format!("{}\n", file.display()));
            say(&format!("nothing is wrong with\n{}", names.collect::<String>()))
        }
        AccordCommand::Status { at, files } => {
            status(&load(&files)?, at.unwrap_or_else(|| second_of(now())))
        }
        AccordCommand::Explain(explain) => explained(&explain),
        AccordCommand::Matrix { at, files } => {
            let matrix = accord::matrix(&load(&files)?, at.unwrap_or_else(now));
            say(&matrix.map_err(|error| Misuse(error.to_string()))?)
        }
        AccordCommand::Rehearse(asked) => crate::rehearse::run(&asked, load),
        AccordCommand::Prove { words } => crate::proofs::run("prove", &words),
        AccordCommand::Compare { words } => crate::proofs::run("compare", &words),
    }
}

/// Reads accords as a check does: what is not understood is refused.
pub(crate) fn load(files: &[PathBuf]) -> anyhow::Result<Vec<Arc<Accord>>> {
    let mut accords = Vec::new();
    let mut problems = Vec::new();
    for file in files {
        let name = file.display().to_string();
        let text = std::fs::read_to_string(file)
            .map_err(|error| Misuse(format!("{name}: cannot be read ({error}); name another")))?;
        match accord::read(&name, &text) {
            Ok(reading) => {
                problems.extend(reading.not_understood.iter().map(ToString::to_string));
                accords.push(Arc::new(reading.accord));
            }
            Err(problem) => problems.push(problem.to_string()),
        }
    }
    if problems.is_empty() { Ok(accords) } else { Err(Misuse(problems.join("\n")).into()) }
}

pub(crate) fn policy_of(own: PartyId, accords: Vec<Arc<Accord>>) -> anyhow::Result<Policy> {
    Policy::new(own, accords).map_err(|error| Misuse(error.to_string()).into())
}

fn status(accords: &[Arc<Accord>], at: Time) -> anyhow::Result<()> {
    /// Eleven years: two terms of five and what leads to their end.
    const AHEAD_S: f64 = 11.0 * 365.25 * 86_400.0;
    let mut text = String::new();
    for accord in accords {
        writeln!(text, "{}: {}", accord.id, accord.title)?;
        writeln!(text, "  at {at}: {}", accord.status_in_words(at))?;
        for milestone in accord.lifecycle.milestones(at.plus_seconds(AHEAD_S)) {
            let mark = if milestone.at <= at { " " } else { ">" };
            writeln!(text, "  {mark} {}  {}", milestone.at, milestone.what)?;
        }
    }
    say(&text)
}

fn explained(explain: &Explain) -> anyhow::Result<()> {
    let at = explain.at.unwrap_or_else(now);
    let policy = policy_of(explain.from, load(&explain.files)?)?;
    let subject = explain.subject(at)?;
    let partners: Vec<PartyId> =
        explain.to.map_or_else(|| policy.partners().collect(), |to| vec![to]);
    let mut text = String::new();
    for partner in partners {
        if explain.object == Object::Plot {
            // They go out with the track that they are behind, or not at all.
            let track = Subject { object: ObjectKind::Track, ..subject.clone() };
            let told = accord::plots_in_words(policy.plots_of(&track, partner, at));
            writeln!(text, "to {partner}: {told}")?;
            continue;
        }
        let decision = policy.decide(&subject, partner, at);
        writeln!(text, "to {partner}: {}", policy.explain_at(&decision, partner, at))?;
    }
    say(&text)
}

impl Explain {
    fn subject(&self, at: Time) -> anyhow::Result<Subject> {
        let position = match self.lat.zip(self.lon) {
            None => None,
            Some((lat, lon)) => {
                let said = || Misuse(format!("--lat {lat} --lon {lon} is not on Earth"));
                Some(Geodetic::from_degrees(lat, lon, 0.0).ok_or_else(said)?)
            }
        };
        let alert = match self.code.map(Mode3A::bits) {
            Some(0o7500) => Some(AlertKind::UnlawfulInterference),
            Some(0o7600) => Some(AlertKind::RadioFailure),
            Some(0o7700) => Some(AlertKind::Emergency),
            _ => None,
        };
        let object = match self.object {
            Object::Track => ObjectKind::Track,
            Object::Plot => ObjectKind::Plot,
            Object::Alert => ObjectKind::Alert,
            Object::Incident => ObjectKind::Incident,
            Object::Coverage => ObjectKind::Coverage,
        };
        let text = matches!(object, ObjectKind::Incident | ObjectKind::Coverage);
        Ok(Subject {
            position,
            velocity: position.map(|_| Enu { east: 0.0, north: 0.0, up: 0.0 }),
            level_m: self.fl.map(|fl| fl * 100.0 * METRES_PER_FOOT),
            codes: Codes {
                address: self.address,
                callsign: self.callsign,
                mode_3a: self.code,
                ..Codes::default()
            },
            identity: self.identity.meaning(),
            service: match self.service {
                Whose::Undetermined => Service::Undetermined,
                Whose::Civil => Service::Civil,
                Whose::State => Service::State,
                Whose::Military => Service::Military,
            },
            flight: FlightKind::Untold,
            plan: match self.plan {
                Plan::Untold => PlanState::Untold,
                Plan::Correlated => PlanState::Correlated,
                Plan::Uncorrelated => PlanState::Uncorrelated,
            },
            alerts: alert.into_iter().collect::<AlertSet>(),
            alert_state: alert.map_or(AlertState::None, |_| AlertState::Raised),
            content: if text { vec![0] } else { Vec::new() },
            ..Subject::bare(OwnNumber(0), object, at.plus_seconds(-self.age_s))
        })
    }
}

impl Standing {
    fn meaning(self) -> picture::Identity {
        match self {
            Standing::Pending => picture::Identity::Pending,
            Standing::Unknown => picture::Identity::Unknown,
            Standing::AssumedFriend => picture::Identity::AssumedFriend,
            Standing::Friend => picture::Identity::Friend,
            Standing::Neutral => picture::Identity::Neutral,
            Standing::Suspect => picture::Identity::Suspect,
            Standing::Hostile => picture::Identity::Hostile,
            Standing::Civil => picture::Identity::Civil,
        }
    }
}

pub(crate) fn now() -> Time {
    Clock::new().now()
}

/// The whole second that an instant is in: of more nobody speaks who did not ask for it.
fn second_of(at: Time) -> Time {
    const SECOND_NS: i64 = 1_000_000_000;
    Time::from_unix_nanos(at.unix_nanos().div_euclid(SECOND_NS) * SECOND_NS)
}

pub(crate) fn instant(text: &str) -> Result<Time, String> {
    let dated = format!("{text}T00:00:00Z");
    text.parse().or_else(|_| dated.parse()).map_err(|_| "write 2026-11-24 or with a time".into())
}

fn finite(text: &str) -> Result<f64, String> {
    let number: Option<f64> = text.parse().ok();
    number.filter(|number| number.is_finite()).ok_or_else(|| "give a finite number".into())
}

fn address(text: &str) -> Result<Address, String> {
    let bits = u32::from_str_radix(text, 16).ok().filter(|_| text.len() == 6);
    bits.map(Address::icao).ok_or_else(|| "give six hex digits".into())
}

fn callsign(text: &str) -> Result<Callsign, String> {
    Callsign::new(text).ok_or_else(|| "give up to eight of A-Z, 0-9".into())
}

fn code(text: &str) -> Result<Mode3A, String> {
    let bits = u16::from_str_radix(text, 8).ok().filter(|_| text.len() == 4);
    bits.map(Mode3A::new).ok_or_else(|| "give four octal digits".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_that_nobody_named_is_told_in_whole_seconds() {
        for (at, second) in [
            ("2026-11-24T12:00:00.999999999Z", "2026-11-24T12:00:00Z"),
            ("2026-11-24T12:00:01Z", "2026-11-24T12:00:01Z"),
            ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(second_of(instant(at).expect("an instant")).to_string(), second);
        }
    }
}

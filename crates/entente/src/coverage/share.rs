//! `entente coverage share`: a party's coverage in the form for a partner, let out by an accord.
//!
//! What is written is the value of an [`accord::Released`]: nothing else than what an article in force
//! lets out can come into the file.

use super::{export, opened};
use crate::accord_commands::{instant, load, now, policy_of};
use crate::commands::Misuse;
use accord::{
    Batch, Cadence, ObjectKind, OwnNumber, PartnerFeed, PartyId, Policy, Released, Subject,
};
use clap::Args;
use coverage::share::SharedCover;
use indicatif::ProgressBar;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use surveillance::Time;

#[derive(Debug, Args)]
pub(crate) struct Share {
    /// Study (TOML).
    study: PathBuf,
    /// Whose sites.
    #[arg(long, value_name = "PARTY")]
    party: PartyId,
    /// To whom it goes.
    #[arg(long, value_name = "PARTY")]
    to: PartyId,
    /// The accords between the two, of which an article in force must release coverage.
    #[arg(long, value_name = "FILE", required = true)]
    accord: Vec<PathBuf>,
    /// The instant of the release, UTC; now where it is not given.
    #[arg(long, value_name = "TIME", value_parser = instant)]
    at: Option<Time>,
    /// Size of the cells, degrees of latitude and longitude.
    #[arg(long, value_name = "DEGREES", default_value_t = 0.1)]
    cell: f64,
    /// Only inside the study's region, so that no range circle shows.
    #[arg(long)]
    within: bool,
    /// Where it goes, as JSON.
    #[arg(long, value_name = "FILE")]
    json: PathBuf,
}

pub(super) fn run(options: &Share, progress: &ProgressBar) -> anyhow::Result<String> {
    let at = options.at.unwrap_or_else(now);
    let policy = policy_of(options.party, load(&options.accord)?)?;
    let mut subject = Subject::bare(OwnNumber(1), ObjectKind::Coverage, of(&options.study, at)?);
    // Before anything is swept: what is withheld need not be made. Of its content it is only asked
    // whether there will be any.
    subject.content = b"to come".to_vec();
    let decision = policy.decide(&subject, options.to, at);
    if !decision.is_released() {
        let why = policy.explain(&decision);
        let problem = format!("{} gives {} no coverage: {why}", options.party, options.to);
        return Err(Misuse(problem).into());
    }
    // Its own sites alone: what a partner shared with it is not its to give on.
    let mut worked = opened(&options.study, progress)?;
    worked.study.sites.retain(|site| site.party == options.party.as_str());
    worked.joint = worked.swept(&worked.study.sites, &worked.study.method, progress)?;
    let count = worked.joint.members.len();
    if count == 0 {
        let problem = format!("--party {}: the study has no site of it", options.party);
        return Err(Misuse(problem).into());
    }
    let lattice = worked.terrain.lattice;
    let lowest = worked.joint.lowest_m();
    let mut shared =
        SharedCover::coarsened(options.party.as_str(), &lattice, &lowest, options.cell);
    if options.within {
        shared = shared.within(&lattice, &worked.region);
    }
    subject.content = node::coverage::shared::text(&shared)?.into_bytes();
    let Some(released) = released(&policy, options.to, &subject, at) else {
        let problem = format!(
            "{} gives {} no coverage yet: {}; ask again when its delay since the study's last \
             change has passed",
            options.party,
            options.to,
            policy.explain(&decision)
        );
        return Err(Misuse(problem).into());
    };
    let articles: Vec<String> = released.under().iter().map(ToString::to_string).collect();
    let mut out = format!(
        "Coverage of {count} sites of {} for {} in {} cells of {}°, released at {} by {}; no site is in it.\n",
        options.party,
        released.to(),
        shared.lowest_steps.len(),
        shared.lattice.lat_step_deg,
        released.at(),
        articles.join(", ")
    );
    let content = released.value().items.iter().find_map(|item| item.told.content.as_deref());
    export::write(&options.json, content.unwrap_or_default(), &mut out)?;
    Ok(out)
}

/// What leaves: a batch with the coverage's content; `None` while its delay has not passed.
fn released(policy: &Policy, to: PartyId, subject: &Subject, at: Time) -> Option<Released<Batch>> {
    let mut feed = PartnerFeed::new(to, Cadence::default());
    let batch = feed.update(at, policy, [subject])?;
    batch.value().items.iter().any(|item| item.told.content.is_some()).then_some(batch)
}

/// When the coverage is of: the study's last change, from which an article's delay counts.
fn of(study: &Path, at: Time) -> anyhow::Result<Time> {
    let changed = std::fs::metadata(study).and_then(|meta| meta.modified()).map_err(|error| {
        Misuse(format!("{}: cannot be read ({error}); name a study file", study.display()))
    })?;
    let nanos = changed.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    let changed = Time::from_unix_nanos(i64::try_from(nanos).unwrap_or(i64::MAX));
    Ok(changed.min(at))
}

//! `entente accord rehearse`: a draft over a recorded hour, before anyone signs.

use crate::commands::{self, Misuse, say};
use accord::{Accord, Amount, Difference, PartnerRehearsed, PartyId, Rehearsed, RuleObjects};
use clap::Args;
use node::rehearsal::{Drafts, rehearse};
use node::replay::Recording;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Debug, Args)]
pub(crate) struct Rehearse {
    /// A node's recording (its folder), or a file of any known format.
    #[arg(long, value_name = "FILE")]
    recording: PathBuf,
    /// Configuration file that tells of the sensors in it, where it is no node's own.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// ASTERIX edition to read a file by, as 48=1.32 or 25/201:48=1.27; a node's folder says it by itself.
    #[arg(long, value_name = "RULE")]
    edition: Vec<String>,
    /// The accords of today; those that the recorded node ran with if not said.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    against: Option<Vec<PathBuf>>,
    /// Who gives; the recorded node's party if not said.
    #[arg(long, value_name = "PARTY")]
    party: Option<PartyId>,
    /// Objects listed of each partner and direction.
    #[arg(long, default_value_t = 20)]
    list: usize,
    /// Answer as JSON, with every object listed.
    #[arg(long)]
    json: bool,
    /// The drafts: as if in force, each in the place of the accord with its id.
    #[arg(required = true)]
    drafts: Vec<PathBuf>,
}

pub(crate) fn run(
    asked: &Rehearse,
    load: impl Fn(&[PathBuf]) -> anyhow::Result<Vec<Arc<Accord>>>,
) -> anyhow::Result<()> {
    let drafts = load(&asked.drafts)?;
    let current = asked.against.as_ref().map(|files| load(files)).transpose()?;
    let recording = Recording::open(
        &asked.recording,
        commands::load(asked.config.as_deref())?,
        &asked.edition,
    )?;
    let asked_of = Drafts { drafts, current, own: asked.party };
    let rehearsed = rehearse(&recording, &asked_of, None, &|| true)
        .map_err(|error| Misuse(format!("{error:#}")))?;
    if asked.json {
        return say(&format!("{:#}\n", in_json(&rehearsed)));
    }
    if !recording.is_dated() {
        say("the recording has no date: the accords of today count as in force, too\n")?;
    }
    say(&in_words(&rehearsed, asked.list)?)
}

fn in_words(rehearsed: &Rehearsed, list: usize) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    match rehearsed.span {
        Some((first, last)) => writeln!(
            text,
            "{} from {first} to {last}, {} pictures; the drafts as if in force",
            rehearsed.own, rehearsed.slots
        )?,
        None => writeln!(text, "the recording holds no picture")?,
    }
    for partner in &rehearsed.partners {
        let PartnerRehearsed { to, draft, current, more, less, not_listed, .. } = partner;
        writeln!(text, "to {to}: {} by the drafts, {} today", amount(draft), amount(current))?;
        for (mark, rules) in [("+", &partner.released), ("-", &partner.withheld)] {
            for RuleObjects { rule, draft, current } in rules {
                let rule = rule.replace('\n', " ");
                writeln!(text, "  {mark} {rule}: {draft} by the drafts, {current} today")?;
            }
        }
        for (what, differences) in [("more", more), ("less", less)] {
            if differences.is_empty() {
                continue;
            }
            writeln!(text, "  {what} of {} objects", differences.len())?;
            for difference in differences.iter().take(list) {
                writeln!(text, "    {}", line(difference))?;
            }
            if differences.len() > list {
                writeln!(text, "    and {} more; --list shows them", differences.len() - list)?;
            }
        }
        if more.is_empty() && less.is_empty() {
            writeln!(text, "  the same")?;
        }
        if *not_listed > 0 {
            writeln!(text, "  {not_listed} times an object beyond the bound was not listed")?;
        }
    }
    Ok(text)
}

fn amount(amount: &Amount) -> String {
    let Amount { objects, updates, fields } = amount;
    format!("{objects} objects in {updates} updates of {fields} fields")
}

fn line(difference: &Difference) -> String {
    let Difference { number, codes, first, last, fields, articles, .. } = difference;
    let address = codes.address.map_or_else(|| "------".to_owned(), |code| code.to_string());
    let sign = codes.callsign.map_or_else(String::new, |sign| format!(" {}", sign.as_str()));
    let articles: Vec<String> = articles.iter().map(ToString::to_string).collect();
    format!(
        "track {} {address}{sign}, {first} to {last}: {fields}, by {}",
        number.0,
        articles.join(" and ")
    )
}

fn in_json(rehearsed: &Rehearsed) -> Value {
    let amount =
        |a: &Amount| json!({ "objects": a.objects, "updates": a.updates, "fields": a.fields });
    let difference = |d: &Difference| {
        json!({
            "number": d.number.0,
            "address": d.codes.address.map(|code| code.to_string()),
            "callsign": d.codes.callsign.map(|sign| sign.as_str().to_owned()),
            "first": d.first.to_string(),
            "last": d.last.to_string(),
            "slots": d.slots,
            "fields": d.fields.iter().map(|field| field.to_string()).collect::<Vec<_>>(),
            "articles": d.articles.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    };
    let rules = |rules: &[RuleObjects]| {
        let rule =
            |r: &RuleObjects| json!({ "rule": r.rule, "draft": r.draft, "current": r.current });
        rules.iter().map(rule).collect::<Vec<_>>()
    };
    let partner = |p: &PartnerRehearsed| {
        json!({
            "to": p.to.as_str(),
            "draft": amount(&p.draft),
            "current": amount(&p.current),
            "more": p.more.iter().map(difference).collect::<Vec<_>>(),
            "less": p.less.iter().map(difference).collect::<Vec<_>>(),
            "not_listed": p.not_listed,
            "released": rules(&p.released),
            "withheld": rules(&p.withheld),
        })
    };
    json!({
        "party": rehearsed.own.as_str(),
        "first": rehearsed.span.map(|(first, _)| first.to_string()),
        "last": rehearsed.span.map(|(_, last)| last.to_string()),
        "pictures": rehearsed.slots,
        "releases_more": rehearsed.releases_more(),
        "partners": rehearsed.partners.iter().map(partner).collect::<Vec<_>>(),
    })
}

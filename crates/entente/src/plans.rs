//! `entente plans`: what files of flight plans say, and what is wrong in them.

use crate::commands::{Flawed, say};
use clap::Subcommand;
use intent::airspace::Places;
use intent::airspace::read::{aerodromes_csv, points_csv};
use intent::plan::{
    Applied, Difference, Message, Plan, Plans, Reading, Timing, Trajectory, read, write_adexp,
    write_icao,
};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use surveillance::Time;

#[derive(Debug, Subcommand)]
pub(crate) enum PlansCommand {
    /// Say which messages were understood, and each fault by file, line and field.
    Check {
        /// ICAO messages (FPL, CHG, CNL, DLA, DEP, ARR) or ADEXP, with or without AFTN lines.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Apply the messages in their order and tell what each changed, and what is left.
    Apply {
        /// As for check.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// When they came: says the day where no DOF/ does.
        #[arg(long, value_name = "TIME")]
        received: Time,
    },
    /// Tell each plan's points with their times after take-off, and what of its route is guessed.
    Route {
        /// As for check.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Aerodromes as CSV.
        #[arg(long, value_name = "FILE", required = true)]
        aerodromes: Vec<PathBuf>,
        /// Points as CSV.
        #[arg(long, value_name = "FILE")]
        points: Vec<PathBuf>,
    },
    /// Write the messages in one form.
    Write {
        /// As for check.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// ADEXP instead of ICAO.
        #[arg(long)]
        adexp: bool,
    },
}

/// # Errors
/// If a file cannot be read, or has faults.
pub(crate) fn perform(command: &PlansCommand) -> anyhow::Result<()> {
    match command {
        PlansCommand::Check { files } => {
            each(files, |file, reading| Ok(format!("{}: {}\n", file.display(), told(reading))))
        }
        PlansCommand::Apply { files, received } => {
            let mut plans = Plans::default();
            each(files, |file, reading| Ok(applied(&mut plans, file, reading, *received)))?;
            say(&left(&plans))
        }
        PlansCommand::Route { files, aerodromes, points } => {
            let places = places(aerodromes, points)?;
            each(files, |_, reading| Ok(filed(reading).map(|plan| routed(plan, &places)).collect()))
        }
        PlansCommand::Write { files, adexp } => each(files, |_, reading| {
            let write = if *adexp { write_adexp } else { write_icao };
            let texts = reading.messages.iter().map(|(_, message)| write(message));
            Ok(texts.map(|text| format!("{}\n", text.trim_end())).collect())
        }),
    }
}

/// Reads each file, tells what `text` makes of it, and logs its faults.
fn each(
    files: &[PathBuf],
    mut text: impl FnMut(&Path, &Reading) -> anyhow::Result<String>,
) -> anyhow::Result<()> {
    let mut flawed = false;
    for file in files {
        let bytes = bytes(file)?;
        let reading = read(&bytes);
        flawed |= !reading.defects.is_empty();
        let mut faults = String::new();
        for defect in &reading.defects {
            // Writing to a String cannot fail.
            _ = writeln!(
                faults,
                "{}:{}: {}: {}; {}",
                file.display(),
                defect.line,
                defect.field,
                defect.what,
                defect.what.remedy()
            );
        }
        if reading.defects_left_out > 0 {
            _ = writeln!(faults, "{}: {} more faults", file.display(), reading.defects_left_out);
        }
        say(&(faults + &text(file, &reading)?))?;
    }
    if flawed { Err(Flawed.into()) } else { Ok(()) }
}

/// `5 messages: 2 FPL, 1 DLA`
fn told(reading: &Reading) -> String {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, message) in &reading.messages {
        *kinds.entry(message.title()).or_default() += 1;
    }
    let kinds: Vec<String> = kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let all = format!("{} messages understood", reading.messages.len());
    if kinds.is_empty() { all } else { format!("{all}: {}", kinds.join(", ")) }
}

fn applied(plans: &mut Plans, file: &Path, reading: &Reading, received: Time) -> String {
    let mut text = String::new();
    for (line, message) in &reading.messages {
        let did = match plans.apply(message, received) {
            Applied::Filed(plan) => format!("plan {} filed", plan.0),
            Applied::Repeated(plan) => format!("plan {}: known", plan.0),
            Applied::Refused(why) => format!("nothing changed: {why}"),
            Applied::Changed { plan, differences, .. } => {
                let told: Vec<String> = differences.iter().map(Difference::to_string).collect();
                format!("plan {}: {}", plan.0, told.join("; "))
            }
        };
        _ = writeln!(text, "{}:{line}: {}: {did}", file.display(), message.title());
    }
    text
}

fn left(plans: &Plans) -> String {
    let mut text = String::new();
    for entry in plans.iter() {
        let plan = &entry.plan;
        let (from, to, life) = (plan.departure, plan.destination, entry.life.as_str());
        let (id, time) = (entry.id.0, entry.off_block);
        _ = writeln!(text, "plan {id}: {} {from} {time} {to}: {life}", plan.callsign);
    }
    text
}

fn filed(reading: &Reading) -> impl Iterator<Item = &Plan> {
    reading.messages.iter().filter_map(|(_, message)| match message {
        Message::Filed(plan) => Some(&**plan),
        _ => None,
    })
}

fn routed(plan: &Plan, places: &Places) -> String {
    let (trajectory, faults) = Trajectory::expand(plan, places);
    let mut text = format!("{} {} {}", plan.callsign, plan.departure, plan.destination);
    if let Some(trajectory) = &trajectory {
        let times = match trajectory.timing() {
            Timing::Filed => "as filed",
            Timing::Speed => "by its speed in still air",
            Timing::Assumed => "at an assumed speed",
        };
        _ = write!(text, ": {:.0} NM, times {times}", trajectory.length_m() / 1852.0);
    }
    text.push('\n');
    for point in trajectory.iter().flat_map(Trajectory::points) {
        let minutes = (point.elapsed_s / 60.0).round() as i64;
        let level = point.level.map(|level| level.to_string()).unwrap_or_default();
        let (north, east) = (point.position.latitude_deg(), point.position.longitude_deg());
        let (name, along_nm) = (&point.name, point.along_m / 1852.0);
        _ = writeln!(
            text,
            "  {name:11} {north:8.4} {east:9.4} {along_nm:6.0} NM  {:02}:{:02}  {level}",
            minutes / 60,
            minutes % 60
        );
    }
    for fault in faults {
        _ = writeln!(text, "  {fault}");
    }
    text
}

/// What a file holds.
pub(crate) fn bytes(file: &Path) -> anyhow::Result<Vec<u8>> {
    let told =
        |error| anyhow::anyhow!("{}: cannot be read ({error}); name another file", file.display());
    fs::read(file).map_err(told)
}

fn places(aerodromes: &[PathBuf], points: &[PathBuf]) -> anyhow::Result<Places> {
    let (mut all, mut named) = (Vec::new(), Vec::new());
    for file in aerodromes {
        all.extend(aerodromes_csv(&bytes(file)?).aerodromes);
    }
    for file in points {
        named.extend(points_csv(&bytes(file)?).points);
    }
    Ok(Places::of(all, named))
}

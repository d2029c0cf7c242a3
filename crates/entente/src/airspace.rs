//! `entente airspace`: what files of airspace say, what is wrong in them, and all of it as GeoJSON.

use crate::commands::{Flawed, say};
use anyhow::Context;
use clap::Subcommand;
use intent::airspace::read::{Format, Understood};
use intent::airspace::{Airspace, Airspaces, Defect, to_geojson};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub(crate) enum AirspaceCommand {
    /// Say what files of airspace were understood to say, and each fault by file, line and field.
    Check {
        /// OpenAir, GeoJSON, AIXM 5.1, or CSV of aerodromes or navaids; found by the content.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Write a file of airspace as GeoJSON, for a map viewer.
    Export {
        /// OpenAir, GeoJSON or AIXM 5.1; the format is found by the content.
        file: PathBuf,
        /// Where to, instead of the standard output.
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

/// # Errors
/// If a file cannot be read or written, or has faults.
pub(crate) fn perform(command: &AirspaceCommand) -> anyhow::Result<()> {
    match command {
        AirspaceCommand::Check { files } => check(files),
        AirspaceCommand::Export { file, output } => {
            let understood = read(file)?;
            let text = to_geojson(&build(understood.airspaces)?);
            match output {
                Some(path) => fs::write(path, text).with_context(|| path.display().to_string())?,
                None => say(&text)?,
            }
            for defect in &understood.defects {
                tracing::error!("left out: {}", line(file, defect));
            }
            flawed(understood.defects.len())
        }
    }
}

fn flawed(faults: usize) -> anyhow::Result<()> {
    if faults > 0 { Err(Flawed.into()) } else { Ok(()) }
}

/// `FILE:LINE: FIELD: NAME: what; remedy`
fn line(file: &Path, defect: &Defect) -> String {
    let number = defect.line.map_or(String::new(), |line| format!("{line}:"));
    let name = defect.name.as_ref().map_or(String::new(), |name| format!(" {name}:"));
    let Defect { field, fault, .. } = defect;
    format!("{}:{number} {field}:{name} {fault}; {}", file.display(), fault.remedy())
}

fn check(files: &[PathBuf]) -> anyhow::Result<()> {
    let mut faults = 0;
    for file in files {
        let understood = read(file)?;
        faults += understood.defects.len();
        let mut text = String::new();
        for defect in &understood.defects {
            // Writing to a String cannot fail.
            _ = writeln!(text, "{}", line(file, defect));
        }
        let Understood { airspaces, aerodromes, points, .. } = understood;
        let places = (aerodromes.len(), points.len());
        _ = writeln!(text, "{}: {}", file.display(), told(&build(airspaces)?, places));
        say(&text)?;
    }
    flawed(faults)
}

/// `3 airspaces (1 ctr of 690 km², 2 restricted of 12400 km²), 1 aerodrome, 2 points`
fn told(airspaces: &Airspaces, (aerodromes, points): (usize, usize)) -> String {
    let mut kinds: BTreeMap<&str, (usize, f64)> = BTreeMap::new();
    for (id, airspace) in airspaces.iter() {
        let (count, area_m2) = kinds.entry(airspace.kind.word()).or_default();
        *count += 1;
        *area_m2 += airspaces.area_m2(id).unwrap_or_default();
    }
    let kinds: Vec<String> = kinds
        .iter()
        .map(|(kind, (count, area_m2))| format!("{count} {kind} of {:.0} km²", area_m2 / 1e6))
        .collect();
    let mut text = format!("{} airspaces", airspaces.len());
    if !kinds.is_empty() {
        _ = write!(text, " ({})", kinds.join(", "));
    }
    for (count, what) in [(aerodromes, "aerodromes"), (points, "points")] {
        if count > 0 {
            _ = write!(text, ", {count} {what}");
        }
    }
    text
}

fn read(file: &Path) -> anyhow::Result<Understood> {
    let bytes = crate::plans::bytes(file)?;
    Ok(Format::guess(&bytes).read(&bytes))
}

/// Each passes alone, so that what is left to refuse them is their number.
fn build(airspaces: Vec<Airspace>) -> anyhow::Result<Airspaces> {
    Airspaces::build(airspaces).map_err(|defects| {
        let told: Vec<String> = defects.iter().map(ToString::to_string).collect();
        anyhow::anyhow!(told.join("; "))
    })
}

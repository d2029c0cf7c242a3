//! `cargo xtask scenarios`: the gallery through the tracker, against the kept scores; and the tables
//! and pictures in `docs/scenarios/` that are made of it.

use crate::shell::{Step, built, workspace_root};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::path::Path;
use std::process::Command;

/// What the command can be told.
#[derive(Args)]
pub(crate) struct Options {
    /// Keep the scores found and write the documents anew, instead of comparing.
    #[arg(long)]
    update: bool,
    /// Only these scenarios, by name.
    names: Vec<String>,
}

const EXPECTED: &str = "data/scenarios/expected.json";
/// Which separation a scenario is held to.
const ESASSP: [(&str, &str); 2] = [("en-route", "5nm"), ("terminal", "3nm")];
const PICTURES: [&str; 3] = ["en-route", "mixed-200", "biased"];

pub(crate) fn run(options: &Options) -> Result<()> {
    Step::new("cargo").args(["build", "--release", "--package", "entente"]).run()?;
    let root = workspace_root();
    let mut names = options.names.clone();
    if names.is_empty() {
        names = gallery(&root.join("data/scenarios"))?;
    }
    let docs = root.join("docs/scenarios");
    std::fs::create_dir_all(&docs)?;
    let mut worse = Vec::new();
    let mut cards = String::new();
    let mut tables = String::new();
    for name in &names {
        let folder = built("scenarios").join(name);
        let tracks = folder.join("tracks.csv.gz");
        let path = |path: &Path| path.to_string_lossy().into_owned();
        let toml = path(&root.join("data/scenarios").join(format!("{name}.toml")));
        told(&["simulate", &toml, "--out", &path(&folder)])?;
        let plots = path(&folder.join("plots.csv.gz"));
        let meta = path(&folder.join("meta.json"));
        told(&["track", &plots, "--sensors", &meta, "--out", &path(&tracks), "--details"])?;
        let (folder, tracks) = (path(&folder), path(&tracks));
        let mut words = vec!["score", &folder, &tracks, "--expected", EXPECTED];
        if options.update {
            words.push("--keep");
        }
        let picture = path(&docs.join(format!("nees-{name}.svg")));
        if options.update && PICTURES.contains(&name.as_str()) {
            words.extend(["--nees", &picture]);
        }
        let separation = ESASSP.iter().find(|(of, _)| of == name).map(|(_, nm)| *nm);
        if let Some(separation) = separation {
            words.extend(["--esassp", separation]);
        }
        match told(&words) {
            Ok(said) => {
                println!("{name}\n{said}");
                let (card, table) = said.split_once("\n|").unwrap_or((&said, ""));
                cards += &format!("\n## {name}\n\n```text\n{}\n```\n", card.trim_end());
                if let Some(separation) = separation {
                    tables += &format!("\n## {name}, {separation}\n\n|{table}");
                }
            }
            Err(error) => worse.push(format!("{error:#}")),
        }
    }
    if options.update {
        write_documents(&docs, &cards, &tables)?;
    }
    if worse.is_empty() { Ok(()) } else { bail!(worse.join("\n")) }
}

/// The names of all scenarios, in order.
fn gallery(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names)
}

/// Runs the built program and returns what it said.
pub(crate) fn told(words: &[&str]) -> Result<String> {
    let program = built("release/entente");
    let output = Command::new(&program)
        .current_dir(workspace_root())
        .args(["--log", "warn"])
        .args(words)
        .output()
        .with_context(|| format!("cannot start {}", program.display()))?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim_end());
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn write_documents(docs: &Path, cards: &str, tables: &str) -> Result<()> {
    let made = "Made by `cargo xtask scenarios --update`: do not edit.";
    let text = format!(
        "# Scores of the gallery\n\n{made}\n\nWhat the tracker makes of each scenario in \
         `data/scenarios/`, from plots in the order of their arrival. How honest its covariances \
         are: [en-route](nees-en-route.svg), [mixed-200](nees-mixed-200.svg), \
         [biased](nees-biased.svg).\n{cards}"
    );
    std::fs::write(docs.join("scores.md"), text)?;
    let text = format!(
        "# Beside the requirements of ESASSP\n\n{made}\n\nEUROCONTROL-SPEC-0147 for cooperative \
         aircraft, as far as tracks and truth of a simulation show it. The limits are as commonly \
         quoted and were not compared with the document's text. Not shown here: relative times of \
         applicability (all tracks are of one instant), delays of emergency codes and of changed \
         identities, continuity of service. The margin is the part of what is allowed that is left.\n\
         {tables}"
    );
    std::fs::write(docs.join("esassp.md"), text)?;
    Ok(())
}

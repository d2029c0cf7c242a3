//! `entente coverage`: what sensors see over terrain, where nobody sees, where the next one goes.

mod export;
mod mlat;
mod observed;
mod report;
mod share;
mod sheet;
mod siting;
mod traffic;

use crate::commands::say;
use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};
use coverage::joint::{Joint, Member, Region, Ring};
use coverage::site::{Cover, Method, Site};
use coverage::terrain::Terrain;
use geodesy::units::METRES_PER_FOOT;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use node::coverage::files::{self, StudyGround};
use node::coverage::study::Study;
use std::io::IsTerminal;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum Coverage {
    /// What each site sees by itself: area at each level, sure and maybe, and the band of refraction.
    Site(SiteOptions),
    /// What all sites see together: by how many, overlap, what is lost with one off.
    Joint(Drawn),
    /// Where nobody sees, the greatest gap first.
    Gaps(Gaps),
    /// What is covered along the lines of a GeoJSON file: a border, an airway.
    Along(Along),
    /// Where the next sensors go.
    Sites(siting::Options),
    /// How well a system of multilateration receivers fixes: HDOP and VDOP by level.
    Mlat(Drawn),
    /// How often a sensor saw what others knew to be there.
    Observed(observed::Options),
    /// What another study of the same region gains and loses.
    Compare(Compare),
    /// Ground and rays from a site in one direction, as SVG.
    Profile(Profile),
    /// Coverage, horizon diagrams and gaps as one HTML page to print.
    Sheet(Sheet),
    /// Coverage in the form for a partner, as an accord lets it out: coarse cells, without any site.
    Share(share::Share),
}

#[derive(Debug, Args)]
pub(crate) struct SiteOptions {
    /// Study (TOML): terrain, region, levels, sites.
    study: PathBuf,
    /// Only this site.
    #[arg(long, value_name = "NAME")]
    site: Option<String>,
    #[command(flatten)]
    out: Out,
}

#[derive(Debug, Args)]
pub(crate) struct Drawn {
    /// Study (TOML): terrain, region, levels, sites.
    study: PathBuf,
    #[command(flatten)]
    out: Out,
}

/// Where drawings go.
#[derive(Debug, Args)]
pub(crate) struct Out {
    /// Flight level drawn, instead of the study's first.
    #[arg(long, value_name = "FL", value_parser = flight_level)]
    level: Option<f64>,
    /// Picture over shaded ground.
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,
    /// Outlines for a map.
    #[arg(long, value_name = "FILE")]
    geojson: Option<PathBuf>,
    /// Outlines for a globe.
    #[arg(long, value_name = "FILE")]
    kml: Option<PathBuf>,
    /// One value a cell: the lowest covered altitude in metres over mean sea level. Of gaps: by how
    /// many seen at the level; of a comparison: 1 seen in A alone, 2 in B alone, 3 in both; of
    /// multilateration: HDOP.
    #[arg(long, value_name = "FILE")]
    geotiff: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Gaps {
    /// Study (TOML).
    study: PathBuf,
    /// What ranks them.
    #[arg(long, value_enum, default_value_t = By::Area)]
    by: By,
    /// Traffic for `--by traffic`: CSV `lat,lon[,weight]`, or with a heading that names the columns
    /// lat, lon and, if told, weight and altitude_ft: then what flies within 1,000 ft of the level counts.
    #[arg(long, value_name = "FILE", required_if_eq("by", "traffic"))]
    traffic: Option<PathBuf>,
    /// How many are listed.
    #[arg(long, default_value_t = 10)]
    most: usize,
    #[command(flatten)]
    out: Out,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    Area,
    Traffic,
}

#[derive(Debug, Args)]
pub(crate) struct Along {
    /// Study (TOML).
    study: PathBuf,
    /// Lines or polygons' edges (GeoJSON).
    line: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Compare {
    /// One study.
    before: PathBuf,
    /// The other; its terrain, region and levels are those of the first.
    after: PathBuf,
    #[command(flatten)]
    out: Out,
}

#[derive(Debug, Args)]
pub(crate) struct Profile {
    /// Study (TOML).
    study: PathBuf,
    /// From this site.
    #[arg(long, value_name = "NAME")]
    site: String,
    /// In this direction, degrees from true north.
    #[arg(long, value_name = "DEGREES", value_parser = clap::value_parser!(u16).range(0..360))]
    azimuth: u16,
    /// Where the drawing goes.
    #[arg(long, value_name = "FILE")]
    svg: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Sheet {
    /// Study (TOML).
    study: PathBuf,
    /// Where the page goes.
    #[arg(long, value_name = "FILE")]
    html: PathBuf,
}

fn flight_level(text: &str) -> Result<f64, String> {
    let digits = text.trim_start_matches(['F', 'L', 'f', 'l']);
    let level = digits.parse::<f64>().ok().filter(|level| (1.0..=490.0).contains(level));
    level.ok_or_else(|| "give a flight level as FL100 or 100, up to 490".to_owned())
}

/// Altitude of a flight level on the standard atmosphere, metres.
pub(crate) fn altitude_m(level: f64) -> f32 {
    (level * 100.0 * METRES_PER_FOOT) as f32
}

/// A study with its ground, its region and what is covered.
pub(crate) struct Worked {
    pub(crate) study: Study,
    pub(crate) terrain: Terrain,
    pub(crate) rings: Vec<Ring>,
    pub(crate) region: Region,
    pub(crate) joint: Joint,
}

/// Does what is asked.
pub(crate) fn perform(command: &Coverage) -> anyhow::Result<()> {
    let progress = bar();
    let done = match command {
        Coverage::Site(options) => report::site(options, &progress),
        Coverage::Joint(options) => report::joint(options, &progress),
        Coverage::Gaps(options) => report::gaps(options, &progress),
        Coverage::Along(options) => report::along(options, &progress),
        Coverage::Sites(options) => siting::run(options, &progress),
        Coverage::Compare(options) => report::compare(options, &progress),
        Coverage::Observed(options) => observed::run(options, &progress),
        Coverage::Profile(options) => sheet::profile(options, &progress),
        Coverage::Sheet(options) => sheet::write(options, &progress),
        Coverage::Share(options) => share::run(options, &progress),
        Coverage::Mlat(options) => mlat::run(options, &progress),
    };
    progress.finish_and_clear();
    say(&done?)
}

/// On the standard error, and only where somebody looks at it.
fn bar() -> ProgressBar {
    let bar = ProgressBar::new(1);
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let style = ProgressStyle::with_template("{msg:20} {bar:40} {pos}/{len} {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

/// Reads a study and its ground; `more` sites look too.
fn opened(path: &std::path::Path, progress: &ProgressBar) -> anyhow::Result<Worked> {
    let study = Study::load(path)?;
    ground_of(study, progress).with_context(|| path.display().to_string())
}

fn ground_of(study: Study, progress: &ProgressBar) -> anyhow::Result<Worked> {
    progress.set_message("terrain");
    let mut told = |done, files| {
        progress.set_length(files as u64);
        progress.set_position(done as u64);
    };
    let read = files::ground(&study, &mut told)?;
    files::sound(&study, &read)?;
    let StudyGround { terrain, rings, warnings } = read;
    for line in warnings {
        tracing::warn!("{line}");
    }
    let region = files::region(&terrain, &rings);
    let joint = Joint::new(terrain.lattice, Vec::new());
    Ok(Worked { study, terrain, rings, region, joint })
}

/// Reads a study and sweeps all of its sites.
fn worked(path: &std::path::Path, progress: &ProgressBar) -> anyhow::Result<Worked> {
    let mut worked = opened(path, progress)?;
    worked.joint = worked.swept(&worked.study.sites, &worked.study.method, progress)?;
    add_shared(&mut worked.joint, &worked.study.shared)?;
    Ok(worked)
}

/// Partners' coverage beside our own.
fn add_shared(joint: &mut Joint, files: &[PathBuf]) -> anyhow::Result<()> {
    for file in files {
        let member = node::coverage::shared::read(file)?.member(&joint.lattice);
        joint.replace(member);
    }
    Ok(())
}

impl Worked {
    fn swept(
        &self,
        sites: &[Site],
        method: &Method,
        progress: &ProgressBar,
    ) -> anyhow::Result<Joint> {
        let member = |(site, cover): (&Site, Cover)| Member::of(site, cover);
        let covers = covers(&self.terrain, sites, method, progress)?;
        Ok(Joint::new(self.terrain.lattice, sites.iter().zip(covers).map(member).collect()))
    }
}

/// Each site's cover, in order.
fn covers(
    terrain: &Terrain,
    sites: &[Site],
    method: &Method,
    progress: &ProgressBar,
) -> anyhow::Result<Vec<Cover>> {
    progress.set_length(sites.len() as u64);
    progress.set_position(0);
    progress.set_message("sweeping");
    let mut covers = Vec::new();
    for site in sites {
        covers.push(site.cover(terrain, method)?);
        progress.inc(1);
    }
    Ok(covers)
}

//! What can be written on the command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use node::config::{Feed, feed_from_url};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Joint regional air surveillance: one node's program.
#[derive(Debug, Parser)]
#[command(name = "entente", version, after_long_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// How to write the log, on the standard error.
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,
    /// What to log: error, warn, info, debug, or per module as in `info,node::feed=debug`.
    #[arg(long, global = true, default_value = "info", env = "ENTENTE_LOG")]
    pub(crate) log: String,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  entente run --feed 'beast+tcp://receiver:30005?sac=1&sic=1&lat=33.94&lon=-118.40'
  entente run --feed 'asterix+udp://239.1.1.1:8600?interface=192.0.2.7' --record recording
  entente run --config node.toml
  entente replay capture.pcap --speed 4
  entente play data/lax.beast.gz --listen 127.0.0.1:30005 --loop
  entente decode --format json capture.pcap
  entente config check node.toml

Exit codes: 0 done, 1 failed, 2 the command line or the configuration is wrong.";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a node: take the feeds, keep the picture, serve the console.
    Run(Run),
    /// Show a recording or capture on the console as if it came now.
    Replay(Replay),
    /// Write what a file of sensor data says, one line a record.
    Decode(Decode),
    /// Serve a recording of Beast frames as a receiver would.
    Play(Play),
    /// Make a scenario's plots and truth from its file.
    Simulate(Simulate),
    /// Track a scenario's plots: one row for each confirmed track at each instant of the grid.
    Track(TrackPlots),
    /// Compare tracks with the truth of their scenario.
    Score(Score),
    /// What sensors see over terrain, where nobody sees, where the next one goes.
    #[command(subcommand)]
    Coverage(crate::coverage::Coverage),
    /// Check or show a configuration.
    #[command(subcommand)]
    Config(Config),
    /// Print the version.
    Version,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// Configuration file; without one everything has its default.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// A feed on top of the configured ones, as FORMAT+TRANSPORT://ADDRESS?KEY=VALUE&...
    ///
    /// FORMAT is beast, avr or sbs with TRANSPORT tcp (connect) or listen, or asterix with udp.
    /// Keys: name, sac, sic, lat, lon, height_m, range_max_nm; for udp group, interface, source.
    #[arg(long, value_name = "URL", value_parser = feed_from_url)]
    pub(crate) feed: Vec<Feed>,
    /// Where consoles connect, instead of the configured address.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<SocketAddr>,
    /// Folder for the recording, instead of the configured one.
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) record: Option<PathBuf>,
    /// A line that the console shows above the picture: what it is not.
    #[arg(long, value_name = "TEXT")]
    pub(crate) notice: Option<String>,
    /// Record nothing.
    #[arg(long, conflicts_with = "record")]
    pub(crate) no_record: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// A node's recording (its folder), or a file of any known format.
    pub(crate) file: PathBuf,
    /// Configuration file that tells of the sensors in it.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Times the pace of the recording.
    #[arg(long, default_value_t = 1.0, value_parser = speed)]
    pub(crate) speed: f64,
    /// Where consoles connect.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8480")]
    pub(crate) listen: SocketAddr,
}

#[derive(Debug, Args)]
pub(crate) struct Decode {
    /// How to write records.
    #[arg(long, value_enum, default_value_t = DecodeFormat::Json)]
    pub(crate) format: DecodeFormat,
    /// ASTERIX edition to read a category by, as 21=0.26; the newest known else.
    #[arg(long, value_name = "CATEGORY=EDITION", value_parser = edition)]
    pub(crate) edition: Vec<(u8, String)>,
    /// Sensor data; its format is found by its content.
    pub(crate) file: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DecodeFormat {
    /// One JSON object a line.
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct Play {
    /// Beast frames, plain or gzip.
    pub(crate) file: PathBuf,
    /// Where to listen.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:30005")]
    pub(crate) listen: SocketAddr,
    /// Times the pace of the recording.
    #[arg(long, default_value_t = 1.0, value_parser = speed)]
    pub(crate) speed: f64,
    /// Begin again at the end, with a clock that goes on.
    #[arg(long = "loop")]
    pub(crate) repeat: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// Scenario as TOML; schemas/scenario.schema.json says what it can hold.
    pub(crate) scenario: PathBuf,
    /// Folder for plots.csv.gz, meta.json and the truth; made if absent.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Seed, instead of the file's.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct TrackPlots {
    /// Plots as CSV (`t_arr,t,sensor,range_m,az_deg,...`), plain or gzip.
    pub(crate) plots: PathBuf,
    /// Sensors and grid of the scenario as JSON.
    #[arg(long, value_name = "META")]
    pub(crate) sensors: PathBuf,
    /// Where the tracks go as CSV; compressed if it ends in .gz.
    #[arg(long, value_name = "TRACKS")]
    pub(crate) out: PathBuf,
    /// Add age, covariance, level and codes to each row.
    #[arg(long)]
    pub(crate) details: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Score {
    /// Folder with meta.json, truth.csv.gz and aircraft.csv.gz.
    pub(crate) scenario: PathBuf,
    /// Tracks as `entente track` writes them.
    pub(crate) tracks: PathBuf,
    /// Where all figures go as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Kept scores; fails if a figure is worse than kept.
    #[arg(long, value_name = "FILE")]
    pub(crate) expected: Option<PathBuf>,
    /// Write these scores to the file of kept scores instead.
    #[arg(long, requires = "expected")]
    pub(crate) keep: bool,
    /// Where a picture of the covariances' honesty goes as SVG; the tracks must have details.
    #[arg(long, value_name = "SVG")]
    pub(crate) nees: Option<PathBuf>,
    /// Also compare with ESASSP's requirements for this separation, as a table; the tracks must
    /// have details.
    #[arg(long, value_enum)]
    pub(crate) esassp: Option<Separation>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Separation {
    /// En-route.
    #[value(name = "5nm")]
    FiveNm,
    /// Terminal.
    #[value(name = "3nm")]
    ThreeNm,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Say in one line what is wrong with a file, or that nothing is.
    Check {
        /// The file.
        file: PathBuf,
    },
    /// Print the whole configuration with its defaults, as TOML.
    Show {
        /// The file; without one, the defaults.
        file: Option<PathBuf>,
    },
}

fn speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|_| "it is no number".to_owned())?;
    let usable = (0.01..=10_000.0).contains(&speed);
    usable.then_some(speed).ok_or_else(|| "give a number from 0.01 to 10000".to_owned())
}

fn edition(text: &str) -> Result<(u8, String), String> {
    let split = text.split_once('=').and_then(|(category, edition)| {
        Some((category.trim_start_matches('0').parse().ok()?, edition.to_owned()))
    });
    split.ok_or_else(|| "write it as 21=0.26".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_run_takes_several_feeds() {
        let words =
            ["entente", "run", "--feed", "beast+tcp://a:1", "--feed", "sbs+listen://[::]:2"];
        let Command::Run(run) = Cli::parse_from(words).command else { panic!("it is a run") };
        assert_eq!(run.feed.len(), 2);
    }
}

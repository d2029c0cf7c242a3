//! What can be written on the command line.

use crate::decode::filter::Expression;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use node::config::{Feed, feed_from_url};
use recording::container::Format;
use std::net::SocketAddr;
use std::path::PathBuf;
use surveillance::{SensorId, Time};

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
  entente setup node.toml --look 192.0.2.0/24
  entente run --feed 'beast+tcp://receiver:30005?sac=1&sic=1&lat=33.94&lon=-118.40'
  entente run --feed 'asterix+udp://239.1.1.1:8600?interface=192.0.2.7' --record recording
  entente run --config node.toml
  entente replay capture.pcap --speed 4
  entente play data/lax.beast.gz --listen 127.0.0.1:30005 --loop
  entente play scenario.toml --send KGZ=127.0.0.1:8601 --send Kant=127.0.0.1:8602
  entente decode capture.pcap --where '062/380/ADR = 4B1234'
  entente decode 'udp://239.1.1.1:8600?interface=192.0.2.7' --count
  entente convert capture.pcapng capture.ff
  entente describe cat048 130
  entente inspect capture.pcap
  zcat evening.gps.gz | entente decode - --container gps
  entente config check node.toml
  entente airspace check airspace.openair borders.geojson aip.xml
  entente plans check day.fpl
  entente keys make keys --party KGZ

Exit codes: 0 done, 1 failed, 2 the command line or the configuration is wrong,
3 the data were (decode --strict, airspace, plans).";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a configuration: asks a few questions, and looks for feeds on the network.
    Setup(crate::setup::SetupArgs),
    /// Run a node: take the feeds, keep the picture, serve the console.
    Run(Run),
    /// Show a recording or capture on the console as if it came now.
    Replay(Replay),
    /// Write what a file of sensor data says, one line a record.
    Decode(Box<Decode>),
    /// Write a recording of ASTERIX in another container, or record what comes over UDP.
    Convert(Convert),
    /// Say what the tables have on a category or one of its items.
    Describe(Describe),
    /// Say which ASTERIX editions fit a recording, by trial.
    Inspect(Inspect),
    /// Serve a recording of Beast frames as a receiver would, or send what a scenario's sensors say.
    Play(Play),
    /// Show the screens of several nodes of this machine on one page, and do what an exercise's file
    /// says at its time.
    Exercise {
        /// The exercise, as examples/joint/exercise.toml.
        file: PathBuf,
        /// Address of the page.
        #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8480")]
        listen: SocketAddr,
    },
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
    /// Check accords, and say where they stand, what they let out and why.
    #[command(subcommand)]
    Accord(crate::accord_commands::AccordCommand),
    /// Check files of airspace, and write them as GeoJSON.
    #[command(subcommand)]
    Airspace(crate::airspace::AirspaceCommand),
    /// Check flight plans, apply messages about them, show their routes, write them.
    #[command(subcommand)]
    Plans(crate::plans::PlansCommand),
    /// Make, renew, replace and show what a node proves itself with to partners.
    #[command(subcommand)]
    Keys(crate::keys::KeysCommand),
    /// Show, verify and prove what two parties sent each other, from the files of the log alone.
    #[command(subcommand)]
    Ledger(crate::ledger_commands::LedgerCommand),
    /// Put an incident into one file, and hold such a file against its hashes.
    #[command(subcommand)]
    Incident(crate::incident_commands::IncidentCommand),
    /// Show and do, on a running node, what a console can.
    #[command(subcommand)]
    Console(crate::console_commands::ConsoleCommand),
    /// Who may come in at a node, and what they did.
    People(crate::people_commands::PeopleArgs),
    /// Print what a shell needs to complete commands and options.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Write a manual page of each command into a folder, for `man`.
    Manual {
        /// The folder; made if absent.
        folder: PathBuf,
    },
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
    /// Keys: name, sac, sic, lat, lon, height_m, range_max_nm; for udp group, interface, source;
    /// for asterix edition, once a rule, as 48=1.32 or 25/201:48=1.27.
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
    /// ASTERIX edition to read a file by, as 48=1.32 or 25/201:48=1.27, after those on which the
    /// configuration's feeds agree; a node's folder says it by itself.
    #[arg(long, value_name = "RULE")]
    pub(crate) edition: Vec<String>,
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
    /// Write here instead of to the standard output.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Tell of each value its bits, unit and meaning too.
    #[arg(long)]
    pub(crate) full: bool,
    /// Tell what the Mode S registers in a record say.
    #[arg(long)]
    pub(crate) registers: bool,
    /// ASTERIX edition to read by, as 48=1.32, 25/201:48=1.27 for one sensor, 48=1.32+1.13 for its
    /// expansion field too. Else the newest known, and the expansion field as octets.
    #[arg(long, value_name = "RULE")]
    pub(crate) edition: Vec<String>,
    /// The UTC day on which a recording without dates (FINAL, bare blocks) began.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub(crate) date: Option<Time>,
    /// Only these categories.
    #[arg(long, value_name = "NUMBER", value_delimiter = ',')]
    pub(crate) category: Vec<u8>,
    /// Only records of these sensors.
    #[arg(long, value_name = "SAC/SIC", value_delimiter = ',', value_parser = sensor)]
    pub(crate) sensor: Vec<SensorId>,
    /// Only records for which this holds, as '048/070/V = 0 and not 048/020/SIM = 1'.
    #[arg(long = "where", value_name = "EXPRESSION", value_parser = Expression::parse)]
    pub(crate) expressions: Vec<Expression>,
    /// Count records by category and sensor instead of writing them.
    #[arg(long)]
    pub(crate) count: bool,
    /// Stop after so many lines.
    #[arg(long, value_name = "LINES")]
    pub(crate) limit: Option<u64>,
    /// Write there all that was wrong with the data, one JSON object each: of which datagram, category
    /// and item, at which octet and bits.
    #[arg(long, value_name = "FILE")]
    pub(crate) defects: Option<PathBuf>,
    /// Exit with 3 if anything was wrong with the data.
    #[arg(long)]
    pub(crate) strict: bool,
    /// What the data are, where their content does not show it.
    #[arg(long, value_enum)]
    pub(crate) container: Option<Container>,
    /// Sensor data, their format found by their content, or - for the standard input; or
    /// udp://ADDRESS:PORT, with ?interface= and ?source= for multicast, for what comes from now on.
    #[arg(value_name = "FILE|-|URL")]
    pub(crate) source: String,
}

#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// What the data are, where their content does not show it.
    #[arg(long, value_enum)]
    pub(crate) container: Option<Container>,
    /// Stop after so many datagrams; what comes over UDP is judged at Ctrl-C else.
    #[arg(long, value_name = "DATAGRAMS")]
    pub(crate) limit: Option<u64>,
    /// Sensor data, their format found by their content, or - for the standard input; or
    /// udp://ADDRESS:PORT, with ?interface= and ?source= for multicast, for what comes from now on.
    #[arg(value_name = "FILE|-|URL")]
    pub(crate) source: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DecodeFormat {
    /// One JSON object a line.
    Json,
    /// Comma-separated values, a column for each value that occurs.
    Csv,
    /// Apache Parquet, with the same columns.
    Parquet,
}

#[derive(Debug, Args)]
pub(crate) struct Convert {
    /// ASTERIX in any container, found by its content, or - for the standard input; or
    /// udp://ADDRESS:PORT, with ?interface= and ?source= for multicast, for what comes from now on.
    #[arg(value_name = "FILE|-|URL")]
    pub(crate) source: String,
    /// Where it goes: .pcap, .pcapng, .ff (FINAL), .ast (blocks end to end) or .gps.
    #[arg(value_name = "FILE")]
    pub(crate) destination: PathBuf,
    /// What the source is, where its content does not show it.
    #[arg(long, value_enum)]
    pub(crate) container: Option<Container>,
    /// The container that is written, where the name does not say.
    #[arg(long, value_parser = written_container())]
    pub(crate) to: Option<Container>,
    /// ASTERIX edition by which the times of a source without times are read, as 21=0.26 or
    /// 25/201:48=1.27; else the newest known.
    #[arg(long, value_name = "RULE")]
    pub(crate) edition: Vec<String>,
    /// The UTC day on which a source without dates (FINAL, GPS, bare blocks) began.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub(crate) date: Option<Time>,
    /// Stop after so many datagrams.
    #[arg(long, value_name = "DATAGRAMS")]
    pub(crate) limit: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Container {
    /// libpcap capture.
    Pcap,
    /// pcapng capture.
    Pcapng,
    /// FINAL frames.
    Final,
    /// ASTERIX blocks end to end, without times.
    #[value(alias = "asterix")]
    Raw,
    /// Croatia Control's GPS capture.
    Gps,
    /// ORADIS frames.
    Oradis,
    /// Mode S Beast binary stream.
    Beast,
    /// Mode S frames as hexadecimal text.
    Avr,
    /// BaseStation text.
    Sbs,
}

impl Container {
    pub(crate) fn format(self) -> Format {
        match self {
            Self::Pcap => Format::Pcap,
            Self::Pcapng => Format::Pcapng,
            Self::Final => Format::Final,
            Self::Raw => Format::RawAsterix,
            Self::Gps => Format::Gps,
            Self::Oradis => Format::Oradis,
            Self::Beast => Format::Beast,
            Self::Avr => Format::Avr,
            Self::Sbs => Format::Sbs,
        }
    }
}

/// The containers that are written.
fn written_container() -> impl TypedValueParser<Value = Container> {
    use Container::{Final, Gps, Pcap, Pcapng, Raw};
    let written = [Pcap, Pcapng, Final, Raw, Gps]
        .map(|container| container.to_possible_value().expect("none is hidden"));
    PossibleValuesParser::new(written)
        .map(|name| Container::from_str(&name, false).expect("it is one of these"))
}

#[derive(Debug, Args)]
pub(crate) struct Describe {
    /// Category, as cat048 or 48, or with an item, as I048/130.
    pub(crate) category: String,
    /// Item, as 130, or a part of it, as 130/SRL; RE for the reserved expansion field; without one,
    /// the items of the category.
    pub(crate) item: Option<String>,
    /// Edition, with RE that of the expansion field's layout; the newest else.
    #[arg(long)]
    pub(crate) edition: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Play {
    /// Beast frames, plain or gzip; or a scenario (`.toml`).
    pub(crate) file: PathBuf,
    /// Where to listen; a recording goes to whoever connects.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:30005")]
    pub(crate) listen: SocketAddr,
    /// Who hears a scenario's sensors, as ASTERIX over UDP: `WHO` is a party, for all its sensors,
    /// or the name of one sensor. Again for more.
    #[arg(long, value_name = "WHO=ADDRESS:PORT")]
    pub(crate) send: Vec<crate::play_scenario::Send>,
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
    /// Also tell them as ASTERIX: tracks as CAT062, sensors as CAT063, ends of batch as CAT065; .ast,
    /// .pcap, .pcapng or .ff.
    #[arg(long, value_name = "FILE")]
    pub(crate) asterix: Option<PathBuf>,
    /// As whom.
    #[arg(long, value_name = "SAC/SIC", value_parser = sensor, default_value = "0/1")]
    pub(crate) sender: SensorId,
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

fn date(text: &str) -> Result<Time, String> {
    format!("{text}T00:00:00Z").parse().map_err(|_| "write it as 2026-11-23".to_owned())
}

fn sensor(text: &str) -> Result<SensorId, String> {
    let split = text.split_once('/');
    split
        .and_then(|(sac, sic)| Some(SensorId { sac: sac.parse().ok()?, sic: sic.parse().ok()? }))
        .ok_or_else(|| "write it as 25/201".to_owned())
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

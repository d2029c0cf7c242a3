//! What each command does.

use crate::args::{self, Command};
use crate::decode::table::{Columns, Csv, Parquet};
use crate::decode::{self, Plain, Summary, sense};
use crate::describe::counted;
use crate::play_scenario;
use crate::scenarios;
use crate::source::Source;
use crate::{describe, inspect};
use anyhow::Context;
use asterix::{Editions, JsonStyle};
use node::clock::Clock;
use node::config::{self, Config};
use node::event::{Handle, Withdrawal};
use node::exercise::Exercise;
use node::journal::{self, Journal};
use node::player;
use node::replay::Recording;
use node::runtime::{NoRecorder, Recorder};
use node::service::Node;
use node::setup::{self, Occasion};
use node::wire::SourceKind;
use std::fmt;
use std::fs::File;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// The command line or the configuration is wrong: exit code 2.
#[derive(Debug)]
pub(crate) struct Misuse(pub(crate) String);

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Misuse {}

/// Does what is asked.
pub(crate) fn perform(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Setup(options) => on_tokio(async { crate::setup::set_up(&options).await }),
        Command::Run(run) => run_node(run),
        Command::Replay(replay) => on_tokio(replay_recording(replay)),
        Command::Decode(decode) => decode_source(&decode),
        Command::Convert(options) => on_tokio(async { crate::convert::convert(&options).await }),
        Command::Describe(args::Describe { category, item, edition }) => {
            say(&describe::describe(&category, item.as_deref(), edition.as_deref())?)
        }
        Command::Inspect(options) => say(&on_tokio(async { inspect::inspect(&options).await })?),
        Command::Simulate(options) => scenarios::simulate(&options),
        Command::Coverage(command) => crate::coverage::perform(&command),
        Command::Track(options) => scenarios::track(&options),
        Command::Score(options) => scenarios::score(&options),
        Command::Exercise { file, listen } => on_tokio(run_exercise(file, listen)),
        Command::Play(play) if play.file.extension().is_some_and(|e| e == "toml") => {
            on_tokio(play_scenario(play))
        }
        Command::Play(play) => on_tokio(play_recording(play)),
        Command::Config(args::Config::Check { file }) => {
            load(Some(&file))?;
            say(&format!("{}: nothing is wrong with it\n", file.display()))
        }
        Command::Config(args::Config::Show { file }) => say(&load(file.as_deref())?.to_toml()),
        Command::Accord(command) => crate::accord_commands::perform(command),
        Command::Airspace(command) => crate::airspace::perform(&command),
        Command::Plans(command) => crate::plans::perform(&command),
        Command::Keys(command) => crate::keys::perform(command),
        Command::Console(command) => crate::console_commands::perform(&command),
        Command::Ledger(command) => crate::ledger_commands::perform(&command),
        Command::Incident(command) => crate::incident_commands::perform(&command),
        Command::People(args) => crate::people_commands::perform(&args),
        Command::Completions { shell } => crate::manual::complete(shell),
        Command::Manual { folder } => crate::manual::pages(&folder),
        Command::Version => say(&format!("entente {}\n", env!("CARGO_PKG_VERSION"))),
    }
}

/// The command line plus the file, as one checked configuration.
fn effective(run: args::Run) -> anyhow::Result<Config> {
    let mut config = load(run.config.as_deref())?;
    config.feeds.extend(run.feed);
    if let Some(listen) = run.listen {
        config.console.listen = listen;
    }
    if let Some(directory) = run.record {
        config.recording.enabled = true;
        config.recording.directory = directory;
    }
    if run.no_record {
        config.recording.enabled = false;
    }
    // What holds together alone may not hold together with the command line.
    let checked = config::check(&config, "command line");
    checked.map_err(|error| Misuse(error.to_string()))?;
    Ok(config)
}

pub(crate) fn load(file: Option<&std::path::Path>) -> anyhow::Result<Config> {
    let config = file.map_or_else(|| Ok(Config::default()), Config::load);
    config.map_err(|error| Misuse(error.to_string()).into())
}

fn run_node(run: args::Run) -> anyhow::Result<()> {
    let notice = run.notice.clone();
    let config = effective(run)?;
    let clock = Arc::new(Clock::new());
    let started = clock.now();
    let occasion = Occasion { source: SourceKind::Live, notice, started };
    let mut engine = setup::engine(&config, occasion);
    let mut withdrawn = Vec::new();
    if config.recording.enabled {
        let (journal, recovery) = Journal::open(&config, started)?;
        if recovery.bytes_cut > 0 {
            tracing::warn!(?recovery, "the recording's torn end was cut");
        }
        // A past that cannot be read must not keep the present from the operator.
        match journal::resume(&mut engine, &config, started) {
            Ok(resumed) => {
                withdrawn = resumed.withdrawn;
                if resumed.events > 0 {
                    let events = resumed.events;
                    tracing::info!(events, "took up the picture from the recording");
                }
            }
            Err(error) => {
                tracing::error!(%error, "the picture before cannot be taken up");
                // What was suspended cannot be told: then nothing goes to anybody.
                let unread = "the recording before cannot be read";
                withdrawn = engine.take_up_standing(unread, started);
            }
        }
        on_tokio(serve(config, clock, engine, journal, withdrawn))
    } else {
        on_tokio(serve(config, clock, engine, NoRecorder, withdrawn))
    }
}

/// Runs a node until it is told to stop.
async fn serve<H: Handle, R: Recorder>(
    config: Config,
    clock: Arc<Clock>,
    engine: H,
    recorder: R,
    withdrawn: Vec<Withdrawal>,
) -> anyhow::Result<()> {
    let stop = stop_signal()?;
    let node = Node::start(&config, clock, engine, recorder, &withdrawn).await?;
    let links = node.links_bound.map_or(String::new(), |at| format!("links: {at}\n"));
    say(&format!("console: {}\n{links}", node.url))?;
    stop.await;
    stop_node(node).await
}

async fn stop_node(node: Node) -> anyhow::Result<()> {
    tracing::info!("stopping");
    anyhow::ensure!(node.stop().await, "the engine panicked; the log above says where");
    Ok(())
}

/// Serves a recording's picture until told to stop.
async fn replay_recording(replay: args::Replay) -> anyhow::Result<()> {
    let mut config = load(replay.config.as_deref())?;
    config.console.listen = replay.listen;
    // Its console is as open as a live node's: the same rules hold.
    config::check(&config, "command line").map_err(|error| Misuse(error.to_string()))?;
    let mut recording = Recording::open(&replay.file, config.clone(), &replay.edition)?;
    recording.config.console = config.console;
    // Who may look is for the present to say.
    recording.config.people = config.people;
    let name = replay.file.display();
    let notice = format!("REPLAY of {name} at {} times its pace", replay.speed);
    let clock = Arc::new(Clock::replaying(recording.begins, replay.speed));
    let occasion =
        Occasion { source: SourceKind::Replay, notice: Some(notice), started: recording.begins };
    let engine = setup::engine(&recording.config, occasion);
    let signalled = stop_signal()?;
    let node = Node::start_replay(&recording.config, clock.clone(), engine).await?;
    say(&format!("console: {}\n", node.url))?;
    let stop = CancellationToken::new();
    let playing = tokio::spawn(recording.play(node.intake(), clock, stop.clone()));
    let ended = tokio::spawn(async move {
        let result = playing.await;
        match &result {
            Ok(Err(error)) => tracing::error!("the recording cannot be read on: {error:#}"),
            _ => tracing::info!("the recording has ended; Ctrl-C stops the node"),
        }
        result
    });
    signalled.await;
    stop.cancel();
    ended.await???;
    stop_node(node).await
}

fn decode_source(asked: &args::Decode) -> anyhow::Result<()> {
    let mut editions = Editions::default();
    for rule in &asked.edition {
        editions.apply(rule).map_err(|error| Misuse(error.to_string()))?;
    }
    if let Some(category) = asked.category.iter().find(|number| !sense::is_category(**number)) {
        let said = sense::category_unknown(*category);
        return Err(Misuse(format!("--category {category}: {said}")).into());
    }
    for expression in &asked.expressions {
        expression.check(&editions).map_err(|said| Misuse(format!("--where: {said}")))?;
    }
    let filter = decode::filter::Filter {
        categories: asked.category.clone(),
        sensors: asked.sensor.clone(),
        expressions: asked.expressions.clone(),
    };
    let request = decode::Request {
        container: asked.container,
        editions,
        filter,
        style: if asked.full { JsonStyle::Full } else { JsonStyle::Values },
        date: asked.date,
        registers: asked.registers,
        count: asked.count,
        lines_max: asked.limit,
        defects: asked.defects.clone(),
    };
    let summary = match decode_into(asked, &request) {
        Err(error) if is_broken_pipe(&error) => return Ok(()),
        decoded => decoded?,
    };
    tell(&summary);
    if asked.strict && !summary.defects.is_empty() {
        return Err(Flawed.into());
    }
    Ok(())
}

fn decode_into(asked: &args::Decode, request: &decode::Request) -> anyhow::Result<Summary> {
    let source = Source::of(&asked.source);
    source.check(asked.container)?;
    if asked.defects.is_some() && asked.defects == asked.output {
        let said = "--defects and --output need two files";
        return Err(Misuse(said.to_owned()).into());
    }
    for (written, option) in [(&asked.output, "--output"), (&asked.defects, "--defects")] {
        if let (Some(written), Source::File(path)) = (written, source)
            && let (Ok(written), Ok(input)) = (written.canonicalize(), path.canonicalize())
            && written == input
        {
            let said = "it is what is read, and would be lost; name another";
            return Err(Misuse(format!("{}: {said} {option}", written.display())).into());
        }
    }
    if let Source::File(path) = source {
        // What cannot be read must not cost the file that was there before.
        std::fs::metadata(path).with_context(|| path.display().to_string())?;
    }
    if asked.format != args::DecodeFormat::Json && !matches!(source, Source::File(_)) {
        let said = "a table's columns are known when its data are: give a file, or json";
        return Err(Misuse(said.to_owned()).into());
    }
    let out: Box<dyn Write> = match &asked.output {
        Some(path) => Box::new(File::create(path).with_context(|| path.display().to_string())?),
        None => Box::new(std::io::stdout().lock()),
    };
    match (asked.format, source) {
        (args::DecodeFormat::Json, Source::Udp(url)) => {
            let mut sink = Plain(out);
            on_tokio(async { decode::live::tail(url, request, &mut sink, stop_signal()?).await })
        }
        (args::DecodeFormat::Json, _) => {
            let mut sink = Plain(out);
            let summary = decode::run(source, request, &mut sink)?;
            sink.0.flush().context("cannot write")?;
            Ok(summary)
        }
        (args::DecodeFormat::Csv, _) => {
            let mut sink = Csv::new(&columns(source, request)?, out)?;
            let summary = decode::run(source, request, &mut sink)?;
            sink.finish()?;
            Ok(summary)
        }
        (args::DecodeFormat::Parquet, _) => {
            let Some(output) = &asked.output else {
                return Err(
                    Misuse("parquet goes into a file: give --output FILE".to_owned()).into()
                );
            };
            drop(out);
            let columns = columns(source, request)?;
            let file = File::create(output).with_context(|| output.display().to_string())?;
            let mut sink = Parquet::new(&columns, file)?;
            let summary = decode::run(source, request, &mut sink)?;
            sink.finish()?;
            Ok(summary)
        }
    }
}

/// A first reading, for what columns there are.
fn columns(source: Source<'_>, request: &decode::Request) -> anyhow::Result<Columns> {
    let mut columns = Columns::default();
    decode::run(source, request, &mut columns)?;
    Ok(columns)
}

/// The summary, for people.
fn tell(summary: &Summary) {
    let defects = summary.defects.iter().map(|(name, count)| format!("{name} {count}"));
    let defects = defects.collect::<Vec<_>>().join(", ");
    let none = if defects.is_empty() { "no defects" } else { "" };
    tracing::info!("{}; {none}{defects}", counted(summary.lines, "line"));
    if summary.packets_passed_over > 0 {
        let packets = counted(summary.packets_passed_over, "packet");
        tracing::info!("{packets} with neither UDP nor TCP data passed over");
    }
    for (category, blocks) in &summary.categories_unknown {
        let blocks = counted(*blocks, "block");
        tracing::info!("no tables for CAT{category:03}: {blocks} passed over");
    }
    for defect in &summary.file_examples {
        tracing::info!("for example {defect}");
    }
    for defect in &summary.examples {
        tracing::info!("for example {defect}");
    }
    if summary.undated {
        tracing::info!("the recording has no dates, so records have no time: give --date");
    }
}

/// The data were wrong, and that was to be said: exit code 3.
#[derive(Debug)]
pub(crate) struct Flawed;

impl fmt::Display for Flawed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the data had defects, as said above")
    }
}

impl std::error::Error for Flawed {}

/// Whoever read our output has seen enough.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.root_cause().downcast_ref::<std::io::Error>();
    io.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

async fn play_recording(play: args::Play) -> anyhow::Result<()> {
    // Sensor data leave this machine under an accord or not at all, a recording's too.
    if !play.listen.ip().is_loopback() {
        let said = format!("--listen {}: only this machine may listen; use 127.0.0.1", play.listen);
        return Err(Misuse(said).into());
    }
    let stop = stop_token()?;
    let listener = listen(play.listen).await?;
    say(&format!("playing on {}\n", listener.local_addr()?))?;
    let name = play.file.display().to_string();
    let play = player::Play { file: play.file, speed: play.speed, repeat: play.repeat };
    player::serve(listener, play, stop).await.context(name)
}

/// Cancelled when the program is told to stop.
fn stop_token() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let signalled = stop_signal()?;
    let token = stop.clone();
    tokio::spawn(async move {
        signalled.await;
        token.cancel();
    });
    Ok(stop)
}

async fn run_exercise(file: PathBuf, address: SocketAddr) -> anyhow::Result<()> {
    if !address.ip().is_loopback() {
        let said = format!("--listen {address}: only this machine may listen; use 127.0.0.1");
        return Err(Misuse(said).into());
    }
    let exercise = Exercise::load(&file).map_err(|error| Misuse(error.to_string()))?;
    let stop = stop_token()?;
    let listener = listen(address).await?;
    say(&format!("exercise: http://{}\n", listener.local_addr()?))?;
    node::exercise::run(exercise, listener, stop).await.context("the page")
}

async fn play_scenario(play: args::Play) -> anyhow::Result<()> {
    if play.send.is_empty() {
        let said = "a scenario is played to those named by --send WHO=ADDRESS:PORT; name one";
        return Err(Misuse(said.into()).into());
    }
    let playing = play_scenario::play(&play.file, &play.send, play.speed, play.repeat, say);
    tokio::select! {
        played = playing => played,
        () = stop_signal()? => Ok(()),
    }
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("listening on {address}"))
}

/// Ends when the process is asked to end (SIGINT, SIGTERM).
pub(crate) fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

fn on_tokio<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

/// Writes to the standard output; a reader that has gone away is not an error.
pub(crate) fn say(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

//! From text to a [`Config`] that holds together, or to one line that says where it does not.

use super::areas::AREAS_MAX;
use super::{Config, Feed, PeopleSection, Transport, consumer, feed, link};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::ops::Range;
use thiserror::Error;
use toml::de::{DeTable, DeValue};

/// What is wrong with a configuration file, and what to do: always one line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}:{place}{problem}")]
pub struct ConfigError {
    /// The file as it was named.
    pub file: String,
    /// `line:column: key: `, as far as known.
    pub place: String,
    /// What is wrong; what to do.
    pub problem: String,
}

impl ConfigError {
    /// A line that names its place by itself: `file:line: key: what is wrong; what to do`.
    pub(super) fn whole(line: &str) -> Self {
        let (file, problem) = line.split_once(':').unwrap_or(("coverage", line));
        Self { file: file.to_owned(), place: String::new(), problem: problem.to_owned() }
    }

    pub(super) fn unreadable(file: String, error: &io::Error) -> Self {
        let problem = format!("cannot be read ({error}); name another file with --config");
        Self { file, place: " ".into(), problem }
    }
}

/// GB, and hours: more than a century of either.
const RETENTION_MAX: f64 = 1e6;
/// Where a sensor may stand or fly.
pub(super) const HEIGHTS_M: std::ops::RangeInclusive<f64> = -1_000.0..=60_000.0;

/// One step from the root of the file to a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// Reads and checks the text of a file called `file`.
pub fn parse(file: &str, text: &str) -> Result<Config, ConfigError> {
    read(file, text, holds_together)
}

/// A configuration as a node recorded it, perhaps one of another version: thresholds of alerts that
/// this one does not have or would refuse are as by default. `None` where more is wrong.
pub(crate) fn parse_recorded(text: &str) -> Option<Config> {
    let file = "journal";
    parse(file, text).ok().or_else(|| {
        let mut table: toml::Table = text.parse().ok()?;
        if let Some(alerts) = table.get_mut("alerts").and_then(|alerts| alerts.as_table_mut()) {
            alerts.retain(|key, _| super::alerts::NOT_THRESHOLDS.contains(&key));
        }
        if let Some(intent) = table.get_mut("intent").and_then(|intent| intent.as_table_mut()) {
            intent.retain(|key, _| super::intent_table::FILES.contains(&key));
        }
        parse(file, &table.to_string()).ok()
    })
}

/// Reads the TOML of a file called `file` and lets `misfit` say what does not hold together in it:
/// table, its place among those of that name, key, and what is wrong and what to do.
pub(crate) fn read_toml<T: DeserializeOwned>(
    file: &str,
    text: &str,
    check: impl Fn(&T) -> Option<(&'static str, usize, &'static str, String)>,
) -> Result<T, ConfigError> {
    read(file, text, |value| match check(value) {
        Some((table, index, key, problem)) => Err(misfit(table, Some(index), key, problem)),
        None => Ok(()),
    })
}

fn read<T: DeserializeOwned>(
    file: &str,
    text: &str,
    check: impl Fn(&T) -> Result<(), Misfit>,
) -> Result<T, ConfigError> {
    let error = |span: Option<Range<usize>>, key: String, problem: String| ConfigError {
        file: file.to_owned(),
        place: place(text, span, &key),
        problem,
    };
    let value: T = toml::from_str(text).map_err(|e| {
        let path = e.span().map(|span| path_at(text, &span)).unwrap_or_default();
        error(e.span(), shown(&path), in_our_words(e.message(), &path))
    })?;
    check(&value).map_err(|misfit| placed(file, text, misfit))?;
    Ok(value)
}

/// Checks what was put together from several places; `source` names it in the error.
pub fn check(config: &Config, source: &str) -> Result<(), ConfigError> {
    holds_together(config).map_err(|(path, problem)| ConfigError {
        file: source.to_owned(),
        place: place("", None, &shown(&path)),
        problem,
    })
}

pub(super) type Misfit = (Vec<Step>, String);

/// One at its place in the text of the file.
pub(super) fn placed(file: &str, text: &str, (path, problem): Misfit) -> ConfigError {
    let place = place(text, span_of(text, &path), &shown(&path));
    ConfigError { file: file.to_owned(), place, problem }
}

pub(super) fn misfit(table: &str, index: Option<usize>, key: &str, problem: String) -> Misfit {
    let mut path = vec![Step::Key(table.into())];
    path.extend(index.map(Step::Index));
    if !key.is_empty() {
        path.push(Step::Key(key.into()));
    }
    (path, problem)
}

fn holds_together(config: &Config) -> Result<(), Misfit> {
    sections(config)?;
    areas(config)?;
    feeds(config)?;
    sensors(config)?;
    config.intent.tuning()?;
    config.alerts.check()?;
    config.people.as_ref().map_or(Ok(()), PeopleSection::check)?;
    consumer::check(config)?;
    link::check(config)
}

fn areas(config: &Config) -> Result<(), Misfit> {
    if config.areas.len() > AREAS_MAX {
        let problem = format!("more than {AREAS_MAX} areas; leave some out");
        return Err(misfit("area", None, "", problem));
    }
    for (index, area) in config.areas.iter().enumerate() {
        area.responsibility()
            .map_err(|(key, problem)| misfit("area", Some(index), key, problem))?;
    }
    Ok(())
}

fn sections(config: &Config) -> Result<(), Misfit> {
    let party = &config.node.party;
    if let Err(problem) = party.parse::<accord::PartyId>() {
        return Err(misfit("node", None, "party", problem.to_string()));
    }
    console(config)?;
    if let Some(origin) = config.console.framed_by.as_deref()
        && !crate::http::is_own_origin(origin)
    {
        let problem =
            format!("{origin:?} is no page of this machine; write it as \"http://127.0.0.1:8480\"");
        return Err(misfit("console", None, "framed_by", problem));
    }
    if let Some(view) = config.console.view {
        let checked = feed::check_site(Some(view.lat), Some(view.lon));
        checked.map_err(|problem| misfit("console", None, "view", problem))?;
        above_zero("console", None, "view", Some(view.radius_nm))?;
    }
    above_zero("recording", None, "retention_gb", Some(config.recording.retention_gb))?;
    above_zero("recording", None, "retention_hours", Some(config.recording.retention_hours))?;
    for (key, value) in [
        ("retention_gb", config.recording.retention_gb),
        ("retention_hours", config.recording.retention_hours),
    ] {
        if value > RETENTION_MAX {
            let problem = format!("{value:e} is too large; give at most {RETENTION_MAX}");
            return Err(misfit("recording", None, key, problem));
        }
    }
    let identity = &config.identity;
    for (key, value) in identity.numbers() {
        above_zero("identity", None, key, Some(value))?;
    }
    identity.points().map_err(|(key, problem)| misfit("identity", None, key, problem))?;
    identity.rules().map_err(|problem| misfit("identity", None, "own_addresses", problem))?;
    above_zero("tracker", None, "coast_s", Some(config.tracker.coast_s))?;
    above_zero("tracker", None, "tracks_max", Some(f64::from(config.tracker.tracks_max)))
}

/// Beyond this machine the console speaks TLS, to people who sign in.
fn console(config: &Config) -> Result<(), Misfit> {
    let (console, here) =
        (&config.console, |key: &str, problem| Err(misfit("console", None, key, problem)));
    let listen = console.listen;
    if let (Some(_), None) | (None, Some(_)) = (&console.certificate, &console.key) {
        let (given, other) =
            if console.key.is_none() { ("certificate", "key") } else { ("key", "certificate") };
        return here(given, format!("stands alone; give {other} as well, both PEM"));
    }
    if let Some(problem) = crate::http::misnamed(&console.names) {
        return here("names", problem);
    }
    if config.people.is_none() && !console.names.is_empty() {
        let problem = "let others in, and nobody signs in; add a [people] section";
        return here("names", problem.into());
    }
    if listen.ip().is_loopback() {
        return Ok(());
    }
    let others = format!("{listen} can be reached from other machines");
    if console.certificate.is_none() {
        let problem = format!(
            "{others}; give a certificate and its key under [console], or use 127.0.0.1:{} and a \
             tunnel",
            listen.port()
        );
        return here("listen", problem);
    }
    if config.people.is_none() {
        return here("listen", format!("{others}, and nobody signs in; add a [people] section"));
    }
    if console.names.is_empty() {
        let problem = format!("{others}; say by which names, as names = [\"air.example\"]");
        return here("listen", problem);
    }
    Ok(())
}

fn feeds(config: &Config) -> Result<(), Misfit> {
    let mut names = BTreeMap::new();
    let mut identities = BTreeMap::new();
    let mut ports = BTreeMap::from([(("tcp", config.console.listen), "[console]".to_owned())]);
    if let Some(listen) = config.link.listen
        && let Some(other) = ports.insert(("tcp", listen), "[link]".into())
        && listen.port() != 0
    {
        let problem = format!("{listen} is taken by {other}; use another port");
        return Err(misfit("link", None, "listen", problem));
    }
    if config.feeds.len() > usize::from(u16::MAX) {
        return Err(misfit("feed", None, "", "too many feeds; 65535 at most".into()));
    }
    for (index, feed) in config.feeds.iter().enumerate() {
        let here = |key: &str, problem| Err(misfit("feed", Some(index), key, problem));
        if let Some(other) = names.insert(feed.name.clone(), index) {
            let name = &feed.name;
            return here("name", format!("{name:?} is feed {other}'s name; give another"));
        }
        if let Some(id) = feed.receiver(index)
            && let Some(other) = identities.insert(id, index)
        {
            return here("sic", format!("SAC/SIC {id} is feed {other}'s; give another"));
        }
        let (key, port) = match &feed.transport {
            Transport::Connect(_) => continue,
            Transport::Listen(address) => ("listen", ("tcp", *address)),
            // Several groups may share one port.
            Transport::Udp { bind, group, .. } => {
                let address = group.unwrap_or(bind.ip());
                ("udp", ("udp", SocketAddr::new(address, bind.port())))
            }
        };
        if let Some(other) = ports.insert(port, format!("feed {index}")) {
            return here(key, format!("{} is taken by {other}; use another port", port.1));
        }
    }
    Ok(())
}

fn sensors(config: &Config) -> Result<(), Misfit> {
    let mut known = BTreeMap::new();
    for (index, sensor) in config.sensors.iter().enumerate() {
        let id = sensor.id();
        let is_receiver = |(place, feed): (usize, &Feed)| feed.receiver(place) == Some(id);
        if let Some(feed) = config.feeds.iter().enumerate().position(is_receiver) {
            let problem = format!("SAC/SIC {id} is feed {feed}'s; give another, or say it there");
            return Err(misfit("sensor", Some(index), "sic", problem));
        }
        if let Some(other) = known.insert(id, index) {
            let problem = format!("SAC/SIC {id} is sensor {other}'s; give another");
            return Err(misfit("sensor", Some(index), "sic", problem));
        }
        let site = feed::check_site(sensor.lat, sensor.lon);
        site.map_err(|problem| misfit("sensor", Some(index), "lat", problem))?;
        if !HEIGHTS_M.contains(&sensor.height_m) {
            let problem = format!("{} is no height above the ellipsoid in metres", sensor.height_m);
            return Err(misfit("sensor", Some(index), "height_m", problem));
        }
        for (key, value) in [
            ("period_s", sensor.period_s),
            ("range_max_nm", sensor.range_max_nm),
            ("elevation_max_deg", sensor.elevation_max_deg),
            ("range_sd_m", sensor.range_sd_m),
            ("azimuth_sd_deg", sensor.azimuth_sd_deg),
            ("elevation_sd_deg", sensor.elevation_sd_deg),
        ] {
            above_zero("sensor", Some(index), key, value)?;
        }
        if sensor.elevation_max_deg.is_some_and(|degrees| degrees > 90.0) {
            let problem = "give an elevation up to 90 degrees".to_owned();
            return Err(misfit("sensor", Some(index), "elevation_max_deg", problem));
        }
        if let Some(wrong) = sensor.arrival_sd_ns.filter(|ns| !ARRIVAL_SD_NS.contains(ns)) {
            let problem = format!("{wrong} is too small or too large; give 1 to 60000 nanoseconds");
            return Err(misfit("sensor", Some(index), "arrival_sd_ns", problem));
        }
        check_receivers(sensor, &config.feeds)
            .map_err(|problem| misfit("sensor", Some(index), "receivers", problem))?;
        check_horizon(&sensor.horizon_deg)
            .map_err(|problem| misfit("sensor", Some(index), "horizon_deg", problem))?;
    }
    Ok(())
}

/// What times of arrival may be off by, nanoseconds.
const ARRIVAL_SD_NS: std::ops::RangeInclusive<f64> = 1.0..=60_000.0;
/// Receivers of one system, at most.
const RECEIVERS_MAX: usize = 200;

fn check_receivers(sensor: &super::SensorSection, feeds: &[Feed]) -> Result<(), String> {
    if sensor.receivers.is_empty() {
        return Ok(());
    }
    if sensor.kind != super::SensorKindName::Mlat {
        return Err("only a sensor of kind mlat has receivers; remove them".into());
    }
    if !(3..=RECEIVERS_MAX).contains(&sensor.receivers.len()) {
        return Err(format!(
            "{} receivers; name 3 feeds or more, {RECEIVERS_MAX} at most",
            sensor.receivers.len()
        ));
    }
    for (index, name) in sensor.receivers.iter().enumerate() {
        let Some(feed) = feeds.iter().find(|feed| feed.name == *name) else {
            return Err(format!("{name:?} is no feed's name; give the names of feeds"));
        };
        if sensor.receivers[..index].contains(name) {
            return Err(format!("{name:?} is named twice; name each feed once"));
        }
        if feed.clock != feed::ReceiverTime::Gps {
            return Err(format!("feed {name:?} does not tell GPS time; give it clock = \"gps\""));
        }
        if feed.site.is_none() {
            return Err(format!("feed {name:?} has no place; give it lat, lon and height_m"));
        }
    }
    Ok(())
}

/// Sectors of a tenth of a degree, and elevations that a horizon can have.
const SECTORS_MAX: usize = 3_600;
const HORIZON_DEG: std::ops::RangeInclusive<f64> = -10.0..=80.0;

fn check_horizon(horizon_deg: &[f64]) -> Result<(), String> {
    if horizon_deg.len() > SECTORS_MAX {
        return Err(format!("{} sectors; give {SECTORS_MAX} at most", horizon_deg.len()));
    }
    match horizon_deg.iter().find(|degrees| !HORIZON_DEG.contains(degrees)) {
        Some(wrong) => Err(format!("{wrong} is no elevation of a horizon; give -10 to 80 degrees")),
        None => Ok(()),
    }
}

fn above_zero(
    table: &str,
    index: Option<usize>,
    key: &str,
    value: Option<f64>,
) -> Result<(), Misfit> {
    match value {
        Some(value) if !(value.is_finite() && value > 0.0) => {
            Err(misfit(table, index, key, format!("{value} is too small; give a number above 0")))
        }
        _ => Ok(()),
    }
}

/// serde's message in the words of a file's reader, on one line.
fn in_our_words(message: &str, path: &[Step]) -> String {
    let line = message.trim().replace('\n', "; ");
    let quoted = |text: &str| text.replace('`', "");
    if let Some(rest) = line.strip_prefix("unknown field ") {
        let keys = rest.split_once(", expected ").map_or("", |(_, keys)| keys);
        let keys = keys.strip_prefix("one of ").unwrap_or(keys);
        return format!("no such key; the keys here are {}", quoted(keys));
    }
    if let Some((what, wanted)) = line.split_once(", expected ") {
        let wanted = quoted(wanted).replace("one of ", "").replace("u8", "a number in 0..255");
        return format!("{}; give {wanted}", quoted(what));
    }
    match (line.contains("socket address"), path.is_empty()) {
        (true, _) => format!("{line}; write it as \"127.0.0.1:8480\""),
        _ if line.contains("; ") => line,
        (_, true) => format!("{line}; see the TOML syntax at toml.io"),
        _ => format!("{line}; see examples/node.toml"),
    }
}

/// `line:column: key: `, counted from 1, the column in characters.
fn place(text: &str, span: Option<Range<usize>>, key: &str) -> String {
    let key = if key.is_empty() { String::new() } else { format!("{key}: ") };
    let Some(span) = span else { return format!(" {key}") };
    let before = text.get(..span.start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    format!("{line}:{column}: {key}")
}

fn shown(path: &[Step]) -> String {
    path.iter().fold(String::new(), |mut text, step| {
        match step {
            Step::Key(key) if text.is_empty() => text.push_str(key),
            Step::Key(key) => text.extend([".", key]),
            Step::Index(index) => text.push_str(&format!("[{index}]")),
        }
        text
    })
}

/// The path to the innermost key or value that covers `span`.
fn path_at(text: &str, span: &Range<usize>) -> Vec<Step> {
    let mut path = Vec::new();
    if let Ok(root) = DeTable::parse(text) {
        descend(root.get_ref(), span, &mut path);
    }
    path
}

fn descend(table: &DeTable<'_>, wanted: &Range<usize>, path: &mut Vec<Step>) -> bool {
    let covers = |span: Range<usize>| span.start <= wanted.start && wanted.end <= span.end;
    for (key, value) in table {
        path.push(Step::Key(key.get_ref().to_string()));
        let inner = match value.get_ref() {
            DeValue::Table(inner) => descend(inner, wanted, path),
            DeValue::Array(items) => items.iter().enumerate().any(|(index, item)| {
                path.push(Step::Index(index));
                let inner = item.get_ref().as_table().is_some_and(|t| descend(t, wanted, path));
                let found = inner || covers(item.span());
                if !found {
                    path.pop();
                }
                found
            }),
            _ => false,
        };
        if inner || covers(key.span()) || covers(value.span()) {
            return true;
        }
        path.pop();
    }
    false
}

/// Where the value at `path` is; its table if the key is not written there.
fn span_of(text: &str, path: &[Step]) -> Option<Range<usize>> {
    let root = DeTable::parse(text).ok()?;
    let mut span = None;
    let mut table = Some(root.get_ref());
    let mut array = None;
    for step in path {
        let value = match step {
            Step::Key(key) => table?.iter().find(|(k, _)| k.get_ref() == key).map(|(_, v)| v),
            Step::Index(index) => array.and_then(|items: &toml::de::DeArray<'_>| items.get(*index)),
        };
        let Some(value) = value else { break };
        span = Some(value.span());
        table = value.get_ref().as_table();
        array = value.get_ref().as_array();
    }
    span
}

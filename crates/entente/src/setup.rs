//! `entente setup`: a few questions, a look at the network, and a configuration that is checked before
//! it is written.

use crate::commands::{Misuse, say};
use crate::decode::live::receive;
use anyhow::{Context, Result, bail};
use asterix::inspect::Inspector;
use clap::Args;
use node::config::{self, Feed, HostPort, feed_from_url};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, BufRead, Write as _};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time;

/// Where receivers usually serve what they hear, and in what.
const PORTS: [(u16, &str); 3] = [(30005, "beast"), (30003, "sbs"), (30002, "avr")];
/// Addresses that are looked at, at most.
const HOSTS_MAX: usize = 1024;
/// Connections that are tried at once.
const TRIED_AT_ONCE: usize = 128;
/// Longest time that a host may take to answer.
const ANSWER_MAX: Duration = Duration::from_secs(2);
/// Bytes of a stream by which it is told what it is.
const HEARD_BYTES_MAX: usize = 4096;
/// Datagrams of a group after which no more are waited for.
const DATAGRAMS_ENOUGH: u64 = 1000;
/// Longest time for which a group is listened to, seconds.
const LISTEN_MAX_S: f64 = 600.0;

#[derive(Debug, Args)]
pub(crate) struct SetupArgs {
    /// The configuration to write.
    #[arg(default_value = "node.toml")]
    file: PathBuf,
    /// Write it although it is there.
    #[arg(long)]
    force: bool,
    /// Ask nothing: take the answers from this file (TOML with name, party, console, people, look,
    /// groups and take), from options, and what else is left open as it stands in brackets.
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// Seconds for which streams and groups are listened to.
    #[arg(long, value_name = "SECONDS", default_value_t = 5.0)]
    listen_s: f64,
    #[command(flatten)]
    given: Answers,
}

/// What is asked.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Answers {
    /// Name of the node.
    #[arg(long)]
    name: Option<String>,
    /// The party that runs it: ISO 3166 alpha-3, or an organisation's id.
    #[arg(long)]
    party: Option<String>,
    /// Address of the console.
    #[arg(long, value_name = "ADDRESS:PORT")]
    console: Option<String>,
    /// Whether people sign in.
    #[arg(long, value_name = "yes|no", value_parser = yes_or_no)]
    people: Option<bool>,
    /// Where to look for receivers: a host, HOST:PORT, or a network as 192.0.2.0/24.
    #[arg(long, value_name = "HOST")]
    look: Option<Vec<String>>,
    /// Where ASTERIX may come to: GROUP:PORT, and `?interface=ADDRESS` where needed.
    #[arg(long, value_name = "GROUP:PORT")]
    groups: Option<Vec<String>>,
    /// Whether what was found is written as feeds.
    #[arg(long, value_name = "yes|no", value_parser = yes_or_no)]
    take: Option<bool>,
}

fn yes_or_no(text: &str) -> Result<bool, String> {
    match text.trim().to_lowercase().as_str() {
        "y" | "yes" | "true" => Ok(true),
        "n" | "no" | "false" => Ok(false),
        _ => Err("answer yes or no".to_owned()),
    }
}

/// Where answers come from that no option gave.
struct Asker<'a> {
    /// `None`: nothing is asked.
    input: Option<&'a mut dyn BufRead>,
}

impl Asker<'_> {
    /// The answer to a question, again where it is none; `or` where there is nobody to answer.
    fn ask<T>(
        &mut self,
        question: &str,
        or: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T> {
        loop {
            let Some(input) = &mut self.input else {
                return read(or).map_err(|why| Misuse(format!("{question}: {why}")).into());
            };
            let mut out = io::stderr().lock();
            write!(out, "{question} [{or}]: ")?;
            out.flush()?;
            let mut line = String::new();
            if input.read_line(&mut line)? == 0 {
                self.input = None;
                writeln!(out)?;
                continue;
            }
            let said = line.trim();
            match read(if said.is_empty() { or } else { said }) {
                Ok(answer) => return Ok(answer),
                Err(why) => writeln!(out, "{why}")?,
            }
        }
    }
}

/// What was found, and what it said.
struct Found {
    feed: Feed,
    heard: String,
}

/// Asks, looks, checks and writes.
///
/// # Errors
/// If the file is there, an answer is none, or the configuration would not be sound.
pub(crate) async fn set_up(options: &SetupArgs) -> Result<()> {
    let file = &options.file;
    if file.exists() && !options.force {
        let problem = format!("{} is there; name another file, or give --force", file.display());
        return Err(Misuse(problem).into());
    }
    if !(options.listen_s > 0.0 && options.listen_s <= LISTEN_MAX_S) {
        return Err(Misuse(format!("--listen-s is above 0 and up to {LISTEN_MAX_S}")).into());
    }
    let given = answers(options)?;
    let mut stdin = io::stdin().lock();
    let input: Option<&mut dyn BufRead> = match options.answers {
        None => Some(&mut stdin),
        Some(_) => None,
    };
    let mut asker = Asker { input };
    let text = |said: &str| Ok(said.to_owned());
    let list = |said: &str| {
        let parts = said.split([' ', ',']).filter(|part| !part.is_empty() && *part != "none");
        Ok(parts.map(str::to_owned).collect::<Vec<_>>())
    };
    let name = given.name.map_or_else(|| asker.ask("Name of this node", "entente", text), Ok)?;
    let party = |said: &str| match said.parse::<accord::PartyId>() {
        Ok(_) => Ok(said.to_owned()),
        Err(error) => Err(error.to_string()),
    };
    let asked = "Party that runs it (ISO 3166 alpha-3, or an organisation's id)";
    let party = given.party.map_or_else(|| asker.ask(asked, "XXA", party), Ok)?;
    let console = given.console.map_or_else(
        || asker.ask("Address of the console, of this machine", "127.0.0.1:8480", text),
        Ok,
    )?;
    let people =
        given.people.map_or_else(|| asker.ask("Do people sign in?", "yes", yes_or_no), Ok)?;
    let asked = "Where to look for receivers (hosts, networks as 192.0.2.0/24)";
    let look = given.look.map_or_else(|| asker.ask(asked, "none", list), Ok)?;
    let asked = "Where ASTERIX comes to (GROUP:PORT?interface=ADDRESS)";
    let groups = given.groups.map_or_else(|| asker.ask(asked, "none", list), Ok)?;

    let listen = Duration::from_secs_f64(options.listen_s);
    let mut found = receivers(&hosts(&look)?, listen).await?;
    for group in &groups {
        found.extend(asterix(group, listen).await?);
    }
    let mut report = String::new();
    for Found { feed, heard } in &found {
        _ = writeln!(report, "{}: {heard}", feed.name);
    }
    if found.is_empty() && !(look.is_empty() && groups.is_empty()) {
        report.push_str("nothing was heard\n");
    }
    say(&report)?;
    if !found.is_empty()
        && !given.take.map_or_else(|| asker.ask("Take these as feeds?", "yes", yes_or_no), Ok)?
    {
        found.clear();
    }

    let written = document(&name, &party, &console, people, &found)?;
    config::parse(&file.display().to_string(), &written)
        .map_err(|error| Misuse(format!("nothing is written: {error}")))?;
    write(file, &written, options.force)?;
    let shown = file.display();
    let mut last = format!("{shown} is written and nothing is wrong with it.\n");
    if people {
        last.push_str("The node's log will say where the first administrator comes in.\n");
    }
    say(&format!("{last}Next: entente run --config {shown}\n"))
}

/// What options and the file of answers say, options first.
fn answers(options: &SetupArgs) -> Result<Answers> {
    let given = options.given.clone();
    let Some(path) = &options.answers else { return Ok(given) };
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let file: Answers = toml::from_str(&text)
        .map_err(|error| Misuse(format!("{}: {}", path.display(), error.to_string().trim_end())))?;
    Ok(Answers {
        name: given.name.or(file.name),
        party: given.party.or(file.party),
        console: given.console.or(file.console),
        people: given.people.or(file.people),
        look: given.look.or(file.look),
        groups: given.groups.or(file.groups),
        take: given.take.or(file.take),
    })
}

fn write(file: &Path, text: &str, force: bool) -> Result<()> {
    let mut open = std::fs::OpenOptions::new();
    open.write(true);
    // Also where it was made since the first look.
    if force {
        open.create(true).truncate(true)
    } else {
        open.create_new(true)
    };
    let mut file = open.open(file).with_context(|| file.display().to_string())?;
    Ok(file.write_all(text.as_bytes())?)
}

/// Every host and the ports to try there, and what is expected of each.
fn hosts(look: &[String]) -> Result<BTreeSet<(String, u16, Option<&'static str>)>> {
    let mut hosts = Vec::new();
    let mut wanted = BTreeSet::new();
    for place in look {
        let wrong = |why: &str| Misuse(format!("{place:?}: {why}"));
        if let Some((address, bits)) = place.split_once('/') {
            let network = (address.parse::<Ipv4Addr>().ok()).zip(bits.parse::<u32>().ok());
            let (address, bits) =
                network.filter(|(_, bits)| (22..=32).contains(bits)).ok_or_else(|| {
                    wrong("a network is as 192.0.2.0/24, of /22 to /32; of IPv6 name each host")
                })?;
            let size = 1_u32 << (32 - bits);
            let first = u32::from(address) & !(size - 1);
            // The first is the network's own name, the last is everybody there.
            let inner = if size > 2 { first + 1..first + size - 1 } else { first..first + size };
            hosts.extend(inner.map(|address| Ipv4Addr::from(address).to_string()));
        } else if let Some(address) = ipv6(place) {
            hosts.push(address.to_string());
        } else if place.contains(':') {
            let HostPort { host, port } =
                place.parse().map_err(|problem: String| Misuse(problem))?;
            let known = PORTS.into_iter().find(|(known, _)| *known == port);
            wanted.insert((host, port, known.map(|(_, format)| format)));
        } else {
            hosts.push(place.clone());
        }
        if hosts.len() > HOSTS_MAX {
            bail!(Misuse(format!("more than {HOSTS_MAX} addresses; name fewer")));
        }
    }
    for host in hosts {
        wanted.extend(PORTS.map(|(port, format)| (host.clone(), port, Some(format))));
    }
    Ok(wanted)
}

/// The IPv6 address that a place is without a port, in brackets or not.
fn ipv6(place: &str) -> Option<Ipv6Addr> {
    let bare = place.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(place);
    bare.parse().ok()
}

/// Who answers, and in what; in order of host and port.
async fn receivers(
    wanted: &BTreeSet<(String, u16, Option<&'static str>)>,
    listen: Duration,
) -> Result<Vec<Found>> {
    let places = Arc::new(Semaphore::new(TRIED_AT_ONCE));
    let mut tries = JoinSet::new();
    for (index, (host, port, expected)) in wanted.iter().cloned().enumerate() {
        let places = places.clone();
        tries.spawn(async move {
            let _place = places.acquire_owned().await;
            let heard = listen_to(&host, port, listen).await?;
            let (format, said) = match (format_of(&heard), expected) {
                (Some(format), _) => (format, format!("{format}, heard")),
                (None, Some(format)) if heard.is_empty() => {
                    (format, format!("silent; {format} by its port"))
                }
                _ => return None,
            };
            Some((index, host, port, format, said))
        });
    }
    let mut found = Vec::new();
    while let Some(done) = tries.join_next().await {
        found.extend(done?);
    }
    found.sort_unstable();
    let feed = |(_, host, port, format, heard): (usize, String, u16, &str, String)| {
        let url = format!("{format}+tcp://{}", HostPort { host, port });
        let feed = feed_from_url(&url).map_err(|error| Misuse(error.to_string()))?;
        Ok(Found { feed, heard })
    };
    found.into_iter().map(feed).collect()
}

/// The first that comes from there; `None` where nobody answers.
async fn listen_to(host: &str, port: u16, listen: Duration) -> Option<Vec<u8>> {
    let connect = time::timeout(ANSWER_MAX, TcpStream::connect((host, port)));
    let mut socket = connect.await.ok()?.ok()?;
    let mut heard = Vec::new();
    let until_known = async {
        let mut piece = [0; 512];
        while heard.len() < HEARD_BYTES_MAX && format_of(&heard).is_none() {
            match socket.read(&mut piece).await {
                Ok(count) if count > 0 => heard.extend_from_slice(&piece[..count]),
                _ => break,
            }
        }
    };
    // What came until then is what there is.
    let _ = time::timeout(listen, until_known).await;
    Some(heard)
}

/// What a stream is, by its first whole message.
fn format_of(heard: &[u8]) -> Option<&'static str> {
    // Beast: an escape and the kind of message, which another escape ends.
    let escapes = heard.windows(2).filter(|two| two[0] == 0x1a && (b'1'..=b'4').contains(&two[1]));
    if escapes.count() >= 2 {
        return Some("beast");
    }
    let lines = heard.split_inclusive(|octet| *octet == b'\n').filter(|line| line.ends_with(b"\n"));
    lines.map(<[u8]>::trim_ascii).find_map(|line| match line {
        [b'*' | b'@', digits @ .., b';'] if digits.iter().all(u8::is_ascii_hexdigit) => Some("avr"),
        [b'M', b'S', b'G', b',', ..] => Some("sbs"),
        _ => None,
    })
}

/// What of ASTERIX comes to a group; `None` where nothing does.
async fn asterix(group: &str, listen: Duration) -> Result<Option<Found>> {
    let url = format!("udp://{group}");
    let feed = feed_from_url(&format!("asterix+{url}")).map_err(|e| Misuse(e.to_string()))?;
    let mut inspector = Inspector::judging_at_most(0);
    let mut datagrams = 0_u64;
    receive(&url, time::sleep(listen), |chunk| {
        asterix::blocks(chunk.bytes).flatten().for_each(|block| inspector.block(&block));
        datagrams += 1;
        let enough = datagrams >= DATAGRAMS_ENOUGH;
        Ok(if enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })
    .await?;
    let findings = inspector.findings();
    let heard: Vec<String> = (findings.iter())
        .map(|finding| {
            let source = finding.source.map_or("unsaid".to_owned(), |source| source.to_string());
            format!("CAT{:03} from {source}", finding.category)
        })
        .collect();
    Ok((!heard.is_empty()).then(|| Found { feed, heard: heard.join(", ") }))
}

/// The configuration, a comment on each section.
fn document(
    name: &str,
    party: &str,
    console: &str,
    people: bool,
    found: &[Found],
) -> Result<String> {
    let quoted = |text: &str| toml::Value::from(text).to_string();
    let mut out = format!(
        "# Written by `entente setup`. `entente config show FILE` prints every key with its default.\n\n\
         # Who this is: the party that runs it has the accords with others.\n\
         [node]\nname = {}\nparty = {}\n\n\
         # Where consoles connect, on this machine.\n\
         [console]\nlisten = {}\n\n\
         # All that comes is kept, so that it can be looked back at and proven; the oldest goes first.\n\
         [recording]\nenabled = true\ndirectory = \"recording\"\nretention_gb = 20.0\n",
        quoted(name),
        quoted(party),
        quoted(console),
    );
    if people {
        out.push_str(
            "\n# People sign in, and each does what their roles allow; docs/how-to/people.md.\n\
             [people]\ndirectory = \"people\"\n",
        );
    }
    for Found { feed, heard } in found {
        _ = write!(out, "\n# Found by setup: {heard}.");
        if feed.sensor.is_none() && feed.format != config::Format::Asterix {
            out.push_str(" Give sac and sic, lat and lon of its antenna where known.");
        }
        _ = write!(out, "\n[[feed]]\n{}", toml::to_string(feed)?);
    }
    if found.is_empty() {
        out.push_str(
            "\n# No feed yet: docs/how-to/setup.md says how to add one.\n\
             # [[feed]]\n# format = \"beast\"\n# connect = \"receiver.example:30005\"\n",
        );
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_told_by_its_first_whole_message() {
        let check = |bytes: &[u8], expected: Option<&str>| {
            assert_eq!(format_of(bytes), expected, "{bytes:?}");
        };
        check(b"", None);
        check(b"\x1a3\0\0\0\0\0\0\x80\x8d\x4b\x12\x34", None);
        check(b"\x1a2\0\0\0\0\0\0\x80\x5d\x4b\x12\x34\x11\x22\x33\x1a3", Some("beast"));
        check(b"*8D4840D6202CC371C32CE0576098;\r\n", Some("avr"));
        check(b"half;\n@0000001A2B3C8D4840D6202CC371C32CE0576098;\n", Some("avr"));
        check(b"MSG,3,1,1,601234,1,2026/11/24\r\n", Some("sbs"));
        check(b"HTTP/1.1 400 Bad Request\r\n\r\n", None);
    }

    #[test]
    fn a_network_is_its_hosts_at_every_port_and_too_large_a_one_is_refused() {
        let count = |look: &str| hosts(&[look.to_owned()]).map(|hosts| hosts.len()).ok();
        assert_eq!(count("192.0.2.0/24"), Some(254 * PORTS.len()));
        assert_eq!(count("192.0.2.7/32"), Some(PORTS.len()));
        assert_eq!(count("receiver.local"), Some(PORTS.len()));
        assert_eq!(count("receiver.local:30005"), Some(1));
        for wrong in
            ["10.0.0.0/8", "192.0.2.0/33", "host:port", "a/b", "2001:db8::/64", "::1%lo:30005"]
        {
            assert_eq!(count(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_ipv6_address_is_a_host_and_in_brackets_may_have_a_port() {
        let places = |look: &str| {
            let found = hosts(&[look.to_owned()]).expect(look).into_iter();
            found.map(|(host, port, _)| (host, port)).collect::<Vec<_>>()
        };
        for whole in ["2001:db8::1", "[2001:db8::1]", "2001:0DB8:0:0::1"] {
            let found = places(whole);
            assert_eq!(found.len(), PORTS.len(), "{whole}");
            assert!(found.iter().all(|(host, _)| host == "2001:db8::1"), "{found:?}");
        }
        let one = ("2001:db8::1".to_owned(), 30005);
        assert_eq!(places("[2001:db8::1]:30005"), [one]);
    }
}

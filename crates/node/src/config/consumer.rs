//! `[[consumer]]`: other people's systems, each of a party to an accord.

use super::check::{Misfit, misfit};
use super::{Config, HostPort};
use crate::consumer::tls;
use crate::link::keys;
use accord::PartyId;
use export::mqtt::packet::Qos;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use surveillance::SensorId;

/// Consumers of one node.
const CONSUMERS_MAX: usize = 64;
/// Longest beginning of topics, and longest name at a broker.
const TOPIC_BYTES_MAX: usize = 200;
/// Seconds between two updates.
const PERIODS_S: std::ops::RangeInclusive<f64> = 1.0..=3600.0;

/// `[[consumer]]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsumerSection {
    /// What people call it; unique.
    pub name: String,
    /// Whose it is: it gets what an accord in force gives this party.
    pub party: String,
    /// What it reads.
    pub format: ConsumerFormat,
    /// Where it connects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// The only addresses that may connect.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<IpAddr>,
    /// Where this node connects to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connect: Option<HostPort>,
    /// Where datagrams go, an address or a multicast group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub udp: Option<SocketAddr>,
    /// This node's certificate for TLS, with what leads to its authority, PEM; relative to this
    /// file's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PathBuf>,
    /// The secret key of the certificate, PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<PathBuf>,
    /// The authority that the other side's certificate must be of, PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<PathBuf>,
    /// Seconds between two updates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period_s: Option<f64>,
    /// System area code that ASTERIX records bear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sac: Option<u8>,
    /// System identification code that ASTERIX records bear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sic: Option<u8>,
    /// Where an MQTT broker's topics begin, such as "air/xxa".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// Whether a broker gives what stands to those who come later; it does where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retain: Option<bool>,
    /// How surely a broker is to get a message: 0, once at most, or 1, once at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qos: Option<u8>,
    /// Name that a broker knows this node by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// File that holds the password to it, in its first line; relative to this file's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_file: Option<PathBuf>,
}

/// An MQTT broker, as a consumer's section names it.
#[derive(Debug, Clone, Copy)]
pub struct BrokerKeys<'a> {
    /// Where it is.
    pub address: &'a HostPort,
    /// Where the topics begin.
    pub topic: &'a str,
    /// Whether it keeps what stands.
    pub retain: bool,
    /// How surely it is to get a message.
    pub qos: Qos,
    /// Name and file of the password.
    pub user: Option<&'a str>,
    /// File of the password.
    pub password_file: Option<&'a Path>,
}

/// What a consumer reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsumerFormat {
    /// readsb's files over HTTP, as tar1090 reads them.
    Readsb,
    /// GeoJSON, CSV and KML over HTTP.
    Tables,
    /// BaseStation lines.
    Sbs,
    /// Cursor on Target as XML.
    Cot,
    /// The TAK protocol, version 1.
    Tak,
    /// ASTERIX CAT062, 063 and 065.
    Asterix,
    /// Topics of an MQTT broker.
    Mqtt,
}

/// How a consumer is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// It connects here.
    Listen(SocketAddr),
    /// This node connects.
    Connect(HostPort),
    /// Datagrams to this address.
    Udp(SocketAddr),
}

impl ConsumerFormat {
    /// Its name in files and on `/healthz`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Readsb => "readsb",
            Self::Tables => "tables",
            Self::Sbs => "sbs",
            Self::Cot => "cot",
            Self::Tak => "tak",
            Self::Asterix => "asterix",
            Self::Mqtt => "mqtt",
        }
    }

    /// Whether it is asked for over HTTP.
    pub fn is_http(self) -> bool {
        matches!(self, Self::Readsb | Self::Tables)
    }

    /// Seconds between two updates, where the file does not say.
    fn period_s(self) -> f64 {
        match self {
            Self::Readsb | Self::Tables | Self::Sbs | Self::Mqtt => 1.0,
            Self::Asterix => 4.0,
            Self::Cot | Self::Tak => 5.0,
        }
    }
}

impl ConsumerSection {
    /// How it is reached; `None` if the file names none or several.
    pub fn reach(&self) -> Option<Reach> {
        match (self.listen, &self.connect, self.udp) {
            (Some(address), None, None) => Some(Reach::Listen(address)),
            (None, Some(address), None) => Some(Reach::Connect(address.clone())),
            (None, None, Some(address)) => Some(Reach::Udp(address)),
            _ => None,
        }
    }

    /// Seconds between two updates.
    pub fn period_s(&self) -> f64 {
        self.period_s.unwrap_or(self.format.period_s())
    }

    /// Whom ASTERIX records name as their sender.
    pub fn sender(&self) -> SensorId {
        SensorId { sac: self.sac.unwrap_or(0), sic: self.sic.unwrap_or(0) }
    }

    /// The broker that it is, if it is one and all of it is said.
    pub fn broker(&self) -> Option<BrokerKeys<'_>> {
        if self.format != ConsumerFormat::Mqtt {
            return None;
        }
        Some(BrokerKeys {
            address: self.connect.as_ref()?,
            topic: self.topic.as_deref()?,
            retain: self.retain.unwrap_or(true),
            qos: match self.qos {
                None | Some(0) => Qos::AtMostOnce,
                Some(1) => Qos::AtLeastOnce,
                Some(_) => return None,
            },
            user: self.user.as_deref(),
            password_file: self.password_file.as_deref(),
        })
    }

    /// Its files for TLS: certificate, key, authority.
    pub fn tls(&self) -> Option<[&Path; 3]> {
        Some([self.certificate.as_deref()?, self.key.as_deref()?, self.authority.as_deref()?])
    }
}

impl Config {
    /// Parties that consumers belong to, in configured order.
    pub fn consumer_parties(&self) -> impl Iterator<Item = PartyId> {
        self.consumers.iter().filter_map(|consumer| consumer.party.parse().ok())
    }

    /// Makes the paths of TLS those seen from the folder `beside`, and reads the files once.
    pub(super) fn read_consumers(&mut self, beside: &Path) -> Result<(), Misfit> {
        for (index, consumer) in self.consumers.iter_mut().enumerate() {
            for path in [
                &mut consumer.certificate,
                &mut consumer.key,
                &mut consumer.authority,
                &mut consumer.password_file,
            ] {
                *path = path.take().map(|path| beside.join(path));
            }
            if let Some(path) = &consumer.password_file {
                keys::line(path)
                    .map_err(|problem| misfit("consumer", Some(index), "password_file", problem))?;
            }
            if let Some(files) = consumer.tls() {
                tls::Files::read(files)
                    .map_err(|(key, problem)| misfit("consumer", Some(index), key, problem))?;
            }
        }
        Ok(())
    }
}

/// What can be said without reading a file.
pub(super) fn check(config: &Config) -> Result<(), Misfit> {
    let mut names = BTreeMap::new();
    let mut topics = BTreeMap::new();
    let mut ports = BTreeMap::from([(config.console.listen, "[console]".to_owned())]);
    ports.extend(config.link.listen.map(|address| (address, "[link]".to_owned())));
    if config.consumers.len() > CONSUMERS_MAX {
        let problem = format!("more than {CONSUMERS_MAX} consumers; leave some out");
        return Err(misfit("consumer", Some(CONSUMERS_MAX), "", problem));
    }
    for (index, consumer) in config.consumers.iter().enumerate() {
        let here = |key: &str, problem: String| Err(misfit("consumer", Some(index), key, problem));
        if consumer.name.trim().is_empty() {
            return here("name", "is empty; give what people call it".into());
        }
        if let Some(other) = names.insert(consumer.name.clone(), index) {
            let name = &consumer.name;
            return here("name", format!("{name:?} is consumer {other}'s name; give another"));
        }
        if let Err(problem) = consumer.party.parse::<PartyId>() {
            return here("party", problem.to_string());
        }
        if consumer.party == config.node.party {
            let party = &consumer.party;
            let problem = format!(
                "{party} is this node's own party; give the party of an accord that it belongs to"
            );
            return here("party", problem);
        }
        if !PERIODS_S.contains(&consumer.period_s()) {
            let problem = format!("{} is no period; give 1 to 3600 seconds", consumer.period_s());
            return here("period_s", problem);
        }
        if let Err((key, problem)) = reached(consumer) {
            return here(key, problem);
        }
        if let Err((key, problem)) = published(consumer) {
            return here(key, problem);
        }
        if let Some(broker) = consumer.broker()
            && let Some(other) = topics.insert((broker.address.to_string(), broker.topic), index)
        {
            let topic = broker.topic;
            return here("topic", format!("{topic:?} is consumer {other}'s there; give another"));
        }
        if let Some(listen) = consumer.listen.filter(|listen| listen.port() != 0)
            && let Some(other) = ports.insert(listen, format!("consumer {index}"))
        {
            return here("listen", format!("{listen} is taken by {other}; use another port"));
        }
    }
    Ok(())
}

/// Whether a broker is told what it needs, and nobody else is told that.
fn published(consumer: &ConsumerSection) -> Result<(), (&'static str, String)> {
    let format = consumer.format.name();
    if consumer.format != ConsumerFormat::Mqtt {
        let given = [
            ("topic", consumer.topic.is_some()),
            ("retain", consumer.retain.is_some()),
            ("qos", consumer.qos.is_some()),
            ("user", consumer.user.is_some()),
            ("password_file", consumer.password_file.is_some()),
        ];
        return match given.into_iter().find(|(_, given)| *given) {
            Some((key, _)) => Err((key, format!("is for mqtt, not {format}; leave it out"))),
            None => Ok(()),
        };
    }
    let Some(address) = &consumer.connect else {
        return Err(("connect", "mqtt goes to a broker; give connect".into()));
    };
    let Some(topic) = &consumer.topic else {
        return Err(("topic", "mqtt wants one; give where topics begin, \"air/xxa\"".into()));
    };
    // MQTT 5.0, 4.7: wildcards are none of a name's, and `$` begins a broker's own.
    let strange = |c: char| matches!(c, '+' | '#') || c.is_control();
    let bounds = 1..=TOPIC_BYTES_MAX;
    if !bounds.contains(&topic.len())
        || topic.contains(strange)
        || topic.starts_with(['$', '/'])
        || topic.ends_with('/')
    {
        let problem = format!(
            "{topic:?} is no beginning of topics; give levels with / between them, such as \"air/xxa\""
        );
        return Err(("topic", problem));
    }
    if consumer.qos.is_some_and(|qos| qos > 1) {
        return Err(("qos", "there are 0 (once at most) and 1 (once at least); give one".into()));
    }
    if consumer.user.as_ref().is_some_and(|user| user.is_empty() || user.len() > TOPIC_BYTES_MAX) {
        return Err(("user", format!("is empty or above {TOPIC_BYTES_MAX} bytes; mend it")));
    }
    let ip = address.host.parse::<IpAddr>();
    let here = address.host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback());
    if consumer.password_file.is_some() && consumer.tls().is_none() && !here {
        let problem = format!(
            "would be sent to {address} for anybody to read; give certificate, key and authority"
        );
        return Err(("password_file", problem));
    }
    Ok(())
}

/// Whether it is reached in a way that its format has, by those alone who may have it.
fn reached(consumer: &ConsumerSection) -> Result<(), (&'static str, String)> {
    let format = consumer.format.name();
    let keys = [&consumer.certificate, &consumer.key, &consumer.authority];
    let tls = keys.iter().filter(|key| key.is_some()).count();
    if tls != 0 && tls != keys.len() {
        return Err((
            "certificate",
            "TLS wants certificate, key and authority; give all three".into(),
        ));
    }
    let asterix = consumer.format == ConsumerFormat::Asterix;
    if asterix && (consumer.sac.is_none() || consumer.sic.is_none()) {
        return Err(("sac", "asterix names its sender; give sac and sic".into()));
    }
    match consumer.reach() {
        None => {
            let problem = "is reached in no way or several; give one of listen, connect and udp";
            Err(("listen", problem.into()))
        }
        Some(Reach::Connect(_) | Reach::Udp(_)) if consumer.format.is_http() => {
            Err(("format", format!("{format} is asked for over HTTP; give listen")))
        }
        Some(Reach::Listen(_) | Reach::Udp(_)) if consumer.format == ConsumerFormat::Mqtt => {
            Err(("connect", "mqtt goes to a broker; give connect".into()))
        }
        Some(Reach::Udp(_)) if consumer.format == ConsumerFormat::Sbs => {
            Err(("udp", "sbs is a stream; give listen or connect".into()))
        }
        Some(Reach::Udp(_)) if tls > 0 => {
            Err(("certificate", "datagrams have no TLS here; leave it out or give listen".into()))
        }
        Some(Reach::Listen(_)) if consumer.format.is_http() && tls > 0 => {
            let problem = format!(
                "{format} has no TLS here; name in from who may connect, or put a proxy before it"
            );
            Err(("certificate", problem))
        }
        Some(Reach::Listen(address))
            if !address.ip().is_loopback() && consumer.from.is_empty() && tls == 0 =>
        {
            let problem = format!(
                "{address} can be reached by anybody; name in from who may connect, or give \
                 certificate, key and authority"
            );
            Err(("listen", problem))
        }
        Some(_) => Ok(()),
    }
}

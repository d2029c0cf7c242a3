//! What a feed is: a name, a format, and one way for its bytes to arrive.

use asterix::Editions;
use geodesy::{Geodetic, units::METRES_PER_NM};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use surveillance::SensorId;

/// One `[[feed]]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "FeedFile", into = "FeedFile")]
pub struct Feed {
    /// Unique name; made of the address where none is given.
    pub name: String,
    /// What its bytes are.
    pub format: Format,
    /// How they arrive.
    pub transport: Transport,
    /// Who the receiver is, where the format does not say (Beast, AVR, SBS, Remote ID).
    pub sensor: Option<SensorId>,
    /// Where the receiver's antenna is.
    pub site: Option<Geodetic>,
    /// Longest range, metres: positions beyond it are not believed.
    pub range_max_m: Option<f64>,
    /// What its receiver's clock counts.
    pub clock: ReceiverTime,
    /// Rules of [`Editions::apply`], in order: which ASTERIX editions it is read by.
    pub editions: Vec<String>,
}

/// What a Beast receiver stamps its frames with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiverTime {
    /// Ticks of 12 MHz, which begin when it is switched on.
    #[default]
    Ticks,
    /// Time of day, UTC, that GPS sets, as Radarcape does.
    Gps,
}

impl Feed {
    /// Which ASTERIX editions it is read by.
    pub fn editions(&self) -> Editions {
        // The rules were followed once when the feed was read.
        editions(&self.editions).unwrap_or_default()
    }

    /// What is said to whom the node connects before anything comes; nothing, as a rule. A server of
    /// the Open Glider Network is asked for the aircraft about the feed's place.
    pub(crate) fn greeting(&self) -> Option<String> {
        let site = self.site.filter(|_| self.format == Format::Ogn)?;
        let range_km = self.range_max_m? / 1e3;
        let (latitude_deg, longitude_deg) = (site.latitude_deg(), site.longitude_deg());
        // APRS's own name for who has no call sign.
        let name = "N0CALL";
        Some(ogn::login(name, env!("CARGO_PKG_VERSION"), latitude_deg, longitude_deg, range_km))
    }

    /// Who the receiver behind a stream is. Without a configured SAC/SIC it takes 0 (none
    /// allotted) and the feed's place in the configuration; ASTERIX names its sensors itself.
    pub fn receiver(&self, index: usize) -> Option<SensorId> {
        let place = u8::try_from(index + 1).unwrap_or(u8::MAX);
        let id = self.sensor.unwrap_or(SensorId { sac: 0, sic: place });
        (!matches!(self.format, Format::Asterix | Format::Plans)).then_some(id)
    }
}

/// What a feed's bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Mode-S Beast binary.
    Beast,
    /// AVR text, with or without time stamps.
    Avr,
    /// SBS-1 BaseStation text.
    Sbs,
    /// ASTERIX, one or more data blocks a datagram.
    Asterix,
    /// Messages about flight plans, ICAO or ADEXP.
    Plans,
    /// Remote ID of unmanned aircraft: Wi-Fi or Bluetooth frames as a receiver captures them, a
    /// libpcap or pcapng stream, or one frame a datagram.
    RemoteId,
    /// Lines of the Open Glider Network: FLARM and like reports of light aircraft.
    Ogn,
}

impl Format {
    /// Its name in files and on `/metrics`.
    pub fn name(self) -> &'static str {
        match self {
            Format::Beast => "beast",
            Format::Avr => "avr",
            Format::Sbs => "sbs",
            Format::Asterix => "asterix",
            Format::Plans => "plans",
            Format::RemoteId => "remote_id",
            Format::Ogn => "ogn",
        }
    }
}

/// How a feed's bytes arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transport {
    /// The node connects, and connects again.
    Connect(HostPort),
    /// A sender connects to the node; a newer sender replaces an older one.
    Listen(SocketAddr),
    /// Datagrams.
    Udp {
        /// Own address.
        bind: SocketAddr,
        /// Multicast group to join.
        group: Option<IpAddr>,
        /// By which of the machine's networks: an own address, or its name or number for IPv6.
        interface: Option<String>,
        /// The only sender that is heard.
        source: Option<IpAddr>,
    },
}

/// `host:port` to connect to; the name is looked up at each attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HostPort {
    /// Name or address; an IPv6 address without its brackets.
    pub host: String,
    /// Port, never 0.
    pub port: u16,
}

impl FromStr for HostPort {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not host:port; write it as \"receiver.local:30005\"");
        let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
        let bracketed = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
        // Of an IPv6 address without brackets nobody can tell where its port begins.
        if bracketed.is_none() && host.contains(':') {
            return Err(format!(
                "{text:?} has an IPv6 address without brackets; write it as \"[2001:db8::1]:30005\""
            ));
        }
        let host = bracketed.unwrap_or(host);
        let port: u16 = port.parse().map_err(|_| wrong())?;
        let strange = |c: char| c.is_whitespace() || c.is_control() || c == '/';
        if host.is_empty() || port == 0 || host.contains(strange) {
            return Err(wrong());
        }
        Ok(Self { host: host.to_owned(), port })
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl TryFrom<String> for HostPort {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<HostPort> for String {
    fn from(address: HostPort) -> Self {
        address.to_string()
    }
}

/// A feed as the file writes it.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FeedFile {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    pub(super) format: Option<Format>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) connect: Option<HostPort>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) listen: Option<SocketAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) udp: Option<SocketAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) group: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) interface: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sac: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sic: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) lat: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) lon: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) height_m: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) range_max_nm: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) clock: Option<ReceiverTime>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) editions: Vec<String>,
}

impl TryFrom<FeedFile> for Feed {
    type Error = String;

    fn try_from(file: FeedFile) -> Result<Self, String> {
        let format = file
            .format
            .ok_or("format is missing; give beast, avr, sbs, asterix, remote_id, ogn or plans")?;
        let transport = file.transport()?;
        let datagrams = matches!(transport, Transport::Udp { .. });
        let either = matches!(format, Format::Plans | Format::RemoteId);
        if !either && datagrams != (format == Format::Asterix) {
            return Err(if datagrams {
                format!("{} is a stream; give connect or listen, not udp", format.name())
            } else {
                "asterix comes as datagrams; give udp, not connect or listen".into()
            });
        }
        if !file.editions.is_empty() && format != Format::Asterix {
            return Err(format!("{} has no editions; remove editions", format.name()));
        }
        if file.clock.is_some() && format != Format::Beast {
            return Err(format!("{} has no clock; remove clock", format.name()));
        }
        let asks = matches!(transport, Transport::Connect(_));
        if format == Format::Ogn && asks && (file.lat.is_none() || file.range_max_nm.is_none()) {
            return Err(
                "a server of the Open Glider Network wants to know which aircraft; give lat, lon \
                        and range_max_nm"
                    .into(),
            );
        }
        editions(&file.editions)?;
        Ok(Self {
            name: file.name.clone().unwrap_or_else(|| file.address()),
            format,
            transport,
            sensor: file.sensor(format)?,
            site: file.site()?,
            range_max_m: positive("range_max_nm", file.range_max_nm)?.map(|nm| nm * METRES_PER_NM),
            clock: file.clock.unwrap_or_default(),
            editions: file.editions,
        })
    }
}

/// Follows the rules one after another.
fn editions(rules: &[String]) -> Result<Editions, String> {
    let mut editions = Editions::default();
    for rule in rules {
        editions.apply(rule).map_err(|error| format!("editions: {error}"))?;
    }
    Ok(editions)
}

impl FeedFile {
    fn transport(&self) -> Result<Transport, String> {
        let only_udp = [
            ("group", self.group.is_some()),
            ("interface", self.interface.is_some()),
            ("source", self.source.is_some()),
        ];
        if let (None, Some((key, _))) = (self.udp, only_udp.iter().find(|(_, given)| *given)) {
            return Err(format!("{key} belongs to udp; remove it, or give udp"));
        }
        match (&self.connect, self.listen, self.udp) {
            (Some(address), None, None) => Ok(Transport::Connect(address.clone())),
            (None, Some(address), None) => Ok(Transport::Listen(address)),
            (None, None, Some(address)) => self.udp_transport(address),
            (None, None, None) => Err("no address; give one of connect, listen and udp".to_owned()),
            _ => Err("several addresses; give only one of connect, listen and udp".to_owned()),
        }
    }

    /// An address that is itself a group is short for joining that group on that port.
    fn udp_transport(&self, address: SocketAddr) -> Result<Transport, String> {
        let short = address.ip().is_multicast().then_some(address.ip());
        let group = self.group.or(short);
        if let Some(wrong) = group.filter(|group| !group.is_multicast()) {
            return Err(format!(
                "group {wrong} is not a multicast address; use 224.0.0.0/4 or ff00::/8"
            ));
        }
        if group.is_some_and(|group| group.is_ipv4() != address.is_ipv4()) {
            return Err("group and udp are of two IP versions; use one".into());
        }
        if self.source.is_some_and(|source| source.is_ipv4() != address.is_ipv4()) {
            return Err("source and udp are of two IP versions; use one".into());
        }
        let (bind, interface, source) = (address, self.interface.clone(), self.source);
        Ok(Transport::Udp { bind, group, interface, source })
    }

    fn sensor(&self, format: Format) -> Result<Option<SensorId>, String> {
        match (self.sac, self.sic) {
            (None, None) => Ok(None),
            (Some(_), Some(_)) if format == Format::Plans => {
                Err("flight plans come from no sensor; remove sac and sic".into())
            }
            (Some(_), Some(_)) if format == Format::Asterix => {
                Err("asterix names its sensors itself; describe them under [[sensor]]".into())
            }
            (Some(sac), Some(sic)) => Ok(Some(SensorId { sac, sic })),
            _ => Err("sac and sic belong together; give both or none".into()),
        }
    }

    fn site(&self) -> Result<Option<Geodetic>, String> {
        check_site(self.lat, self.lon)?;
        if let Some(height_m) = self.height_m.filter(|m| !super::check::HEIGHTS_M.contains(m)) {
            return Err(format!("{height_m} is no height above the ellipsoid in metres"));
        }
        Ok(site(self.lat, self.lon, self.height_m.unwrap_or(0.0)))
    }

    fn address(&self) -> String {
        let connect = self.connect.as_ref().map(ToString::to_string);
        connect.or(self.listen.or(self.udp).map(|a| a.to_string())).unwrap_or_default()
    }
}

impl From<Feed> for FeedFile {
    fn from(feed: Feed) -> Self {
        let mut file = FeedFile {
            name: Some(feed.name),
            format: Some(feed.format),
            sac: feed.sensor.map(|id| id.sac),
            sic: feed.sensor.map(|id| id.sic),
            lat: feed.site.map(|site| tidy(site.latitude_rad.to_degrees())),
            lon: feed.site.map(|site| tidy(site.longitude_rad.to_degrees())),
            height_m: feed.site.map(|site| site.height_m),
            range_max_nm: feed.range_max_m.map(|m| tidy(m / METRES_PER_NM)),
            clock: (feed.clock != ReceiverTime::default()).then_some(feed.clock),
            editions: feed.editions,
            ..FeedFile::default()
        };
        match feed.transport {
            Transport::Connect(address) => file.connect = Some(address),
            Transport::Listen(address) => file.listen = Some(address),
            Transport::Udp { bind, group, interface, source } => {
                (file.udp, file.group) = (Some(bind), group);
                (file.interface, file.source) = (interface, source);
            }
        }
        file
    }
}

/// To a billionth, so that a number that came from a file is shown as it was written.
fn tidy(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}

/// A position given whole or not at all, and on Earth.
pub(super) fn check_site(lat: Option<f64>, lon: Option<f64>) -> Result<(), String> {
    match (lat, lon) {
        (None, None) => Ok(()),
        (Some(lat), Some(lon)) => {
            let on_earth = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon);
            on_earth.then_some(()).ok_or_else(|| {
                format!("{lat}, {lon} is no position; lat is in -90..90, lon in -180..180 degrees")
            })
        }
        _ => Err("lat and lon belong together; give both or none".into()),
    }
}

pub(super) fn site(lat: Option<f64>, lon: Option<f64>, height_m: f64) -> Option<Geodetic> {
    let (latitude_rad, longitude_rad) = (lat?.to_radians(), lon?.to_radians());
    Some(Geodetic { latitude_rad, longitude_rad, height_m })
}

fn positive(key: &str, value: Option<f64>) -> Result<Option<f64>, String> {
    match value {
        Some(value) if !(value.is_finite() && value > 0.0) => {
            Err(format!("{key} = {value}; give a number above 0"))
        }
        _ => Ok(value),
    }
}

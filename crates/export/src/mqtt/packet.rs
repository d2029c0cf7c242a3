//! The packets of MQTT 5.0 (OASIS Standard, 7 March 2019) that somebody who only publishes needs.
//!
//! Written: CONNECT (3.1), PUBLISH (3.3), PINGREQ (3.12), DISCONNECT (3.14). Read: CONNACK (3.2), PUBACK
//! (3.4), PINGRESP (3.13), DISCONNECT. Whatever else a broker says to a client that subscribes to nothing
//! is a defect.

use super::Message;
use std::fmt;

/// Longest packet that is taken of a broker, as CONNECT tells it; none that is asked for is longer.
pub const HEARD_BYTES_MAX: usize = 4096;
/// First reason code that says that something went wrong (2.4).
const FAILURE: u8 = 0x80;
/// What properties are told by (2.2.2.2).
mod property {
    pub(super) const PAYLOAD_FORMAT: u8 = 0x01;
    pub(super) const MESSAGE_EXPIRY: u8 = 0x02;
    pub(super) const CONTENT_TYPE: u8 = 0x03;
    pub(super) const SERVER_KEEP_ALIVE: u8 = 0x13;
    pub(super) const REASON: u8 = 0x1f;
    pub(super) const RECEIVE_MAX: u8 = 0x21;
    pub(super) const QOS_MAX: u8 = 0x24;
    pub(super) const RETAIN: u8 = 0x25;
    pub(super) const PACKET_MAX: u8 = 0x27;
}

/// How surely a message is to come: once at most, or once at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Qos {
    /// QoS 0.
    AtMostOnce,
    /// QoS 1.
    AtLeastOnce,
}

/// What a client says of itself.
#[derive(Debug, Clone)]
pub struct Hello<'a> {
    /// Client identifier.
    pub client: &'a str,
    /// Seconds without a packet after which the broker takes the client for gone.
    pub keep_alive_s: u16,
    /// User name.
    pub user: Option<&'a str>,
    /// Password.
    pub password: Option<&'a [u8]>,
    /// What the broker says in its name when the connection breaks off.
    pub will: &'a Message,
    /// How surely it says that.
    pub qos: Qos,
}

/// What a broker says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// To CONNECT.
    Connack(Terms),
    /// To a message with this packet identifier; why it was not taken.
    Puback(u16, Option<Reason>),
    /// To PINGREQ.
    Pingresp,
    /// It ends the connection.
    Disconnect(Reason),
}

/// On what terms a broker lets a client in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Why it does not.
    pub refused: Option<Reason>,
    /// Messages that may wait for their PUBACK.
    pub waiting_max: u16,
    /// The surest way it has.
    pub qos_max: Qos,
    /// Whether it retains messages.
    pub retains: bool,
    /// Longest packet that it takes; `None` where it has no bound.
    pub bytes_max: Option<u32>,
    /// Seconds without a packet after which it takes the client for gone, where it chose other than
    /// the client.
    pub keep_alive_s: Option<u16>,
}

/// A reason code (2.4), and what a broker said to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The code.
    pub code: u8,
    /// Its own words.
    pub words: Option<String>,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = match self.code {
            0x86 => " (bad user name or password)",
            0x87 => " (not authorized)",
            0x84 => " (it has no MQTT 5)",
            0x85 => " (client identifier not valid)",
            0x8b => " (it shuts down)",
            0x8e => " (another client has this identifier)",
            0x95 => " (packet too large)",
            0x97 => " (quota exceeded)",
            _ => "",
        };
        write!(f, "reason 0x{:02x}{known}", self.code)?;
        match &self.words {
            Some(words) => write!(f, ": {words:?}"),
            None => Ok(()),
        }
    }
}

/// What a broker said that is not MQTT, or not to somebody who publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Defect {
    /// A packet of this type is not to a publisher.
    NotAsked {
        /// First octet.
        first: u8,
    },
    /// Longer than was allowed, or a length that is none.
    Length,
    /// Its content is not that of its type.
    Malformed {
        /// First octet.
        first: u8,
    },
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAsked { first } => {
                write!(f, "packet 0x{first:02x} is none for who only publishes")
            }
            Self::Length => write!(f, "a packet longer than {HEARD_BYTES_MAX} bytes"),
            Self::Malformed { first } => write!(f, "packet 0x{first:02x} is malformed"),
        }
    }
}

/// CONNECT, with a clean start: what stands is told anew.
pub fn connect(hello: &Hello<'_>) -> Vec<u8> {
    let mut body = Vec::new();
    text(&mut body, b"MQTT");
    let given = |is: bool, bit: u8| if is { bit } else { 0 };
    body.extend([
        5,
        0b10 | 0b100
            | (hello.qos as u8) << 3
            | given(hello.will.retain, 0x20)
            | given(hello.password.is_some(), 0x40)
            | given(hello.user.is_some(), 0x80),
    ]);
    body.extend(hello.keep_alive_s.to_be_bytes());
    let mut properties = vec![property::PACKET_MAX];
    properties.extend((HEARD_BYTES_MAX as u32).to_be_bytes());
    counted(&mut body, &properties);
    text(&mut body, hello.client.as_bytes());
    counted(&mut body, &hello.will.properties());
    text(&mut body, hello.will.topic.as_bytes());
    text(&mut body, &hello.will.payload);
    for one in [hello.user.map(str::as_bytes), hello.password].into_iter().flatten() {
        text(&mut body, one);
    }
    let mut out = vec![0x10];
    counted(&mut out, &body);
    out
}

/// Puts a PUBLISH behind what is in `out`; with an identifier it asks for a PUBACK.
pub fn publish(message: &Message, identifier: Option<u16>, out: &mut Vec<u8>) {
    let mut body = Vec::with_capacity(message.topic.len() + message.payload.len() + 32);
    text(&mut body, message.topic.as_bytes());
    body.extend(identifier.into_iter().flat_map(u16::to_be_bytes));
    counted(&mut body, &message.properties());
    body.extend(&message.payload);
    out.push(0x30 | u8::from(identifier.is_some()) << 1 | u8::from(message.retain));
    counted(out, &body);
}

/// PINGREQ.
pub const PING: [u8; 2] = [0xc0, 0];
/// DISCONNECT: a normal end, after which the broker does not speak the will.
pub const DISCONNECT: [u8; 2] = [0xe0, 0];

impl Message {
    fn properties(&self) -> Vec<u8> {
        if self.payload.is_empty() {
            return Vec::new();
        }
        let mut out = vec![property::PAYLOAD_FORMAT, 1, property::CONTENT_TYPE];
        text(&mut out, b"application/json");
        if let Some(seconds) = self.expires_s {
            out.push(property::MESSAGE_EXPIRY);
            out.extend(seconds.to_be_bytes());
        }
        out
    }
}

/// Text or binary data (1.5.4, 1.5.6). All of ours is far shorter than what fits.
fn text(out: &mut Vec<u8>, bytes: &[u8]) {
    let bytes = &bytes[..bytes.len().min(usize::from(u16::MAX))];
    out.extend((bytes.len() as u16).to_be_bytes());
    out.extend(bytes);
}

/// A variable byte integer (1.5.5) of the length, and the bytes.
fn counted(out: &mut Vec<u8>, bytes: &[u8]) {
    let mut rest = bytes.len();
    loop {
        let low = (rest & 0x7f) as u8;
        rest >>= 7;
        out.push(if rest > 0 { low | 0x80 } else { low });
        if rest == 0 {
            break;
        }
    }
    out.extend(bytes);
}

/// The packet at the beginning of `bytes` and how long it is; `None` until the whole of it is there.
///
/// # Errors
/// It is none that a publisher is sent: the connection is of no more use.
pub fn read(bytes: &[u8]) -> Result<Option<(Heard, usize)>, Defect> {
    let mut rest = Octets(bytes);
    let Some(first) = rest.one() else { return Ok(None) };
    if !matches!(first, 0x20 | 0x40 | 0xd0 | 0xe0) {
        return Err(Defect::NotAsked { first });
    }
    let length = match rest.number() {
        Some(length) => length,
        None if bytes.len() < 5 => return Ok(None),
        None => return Err(Defect::Length),
    };
    if length > HEARD_BYTES_MAX {
        return Err(Defect::Length);
    }
    let Some(body) = rest.take(length) else { return Ok(None) };
    let heard = heard(first, Octets(body)).ok_or(Defect::Malformed { first })?;
    Ok(Some((heard, bytes.len() - rest.0.len())))
}

fn heard(first: u8, mut body: Octets<'_>) -> Option<Heard> {
    match first {
        0x20 => {
            let (_session, code) = (body.one()?, body.one()?);
            let mut terms = Terms {
                refused: None,
                waiting_max: u16::MAX,
                qos_max: Qos::AtLeastOnce,
                retains: true,
                bytes_max: None,
                keep_alive_s: None,
            };
            let mut words = None;
            properties(&mut body, |what, value| match what {
                property::RECEIVE_MAX => terms.waiting_max = value.number() as u16,
                property::QOS_MAX if value.number() == 0 => terms.qos_max = Qos::AtMostOnce,
                property::RETAIN => terms.retains = value.number() != 0,
                property::PACKET_MAX => terms.bytes_max = Some(value.number()),
                property::SERVER_KEEP_ALIVE => terms.keep_alive_s = Some(value.number() as u16),
                property::REASON => words = Some(value.words()),
                _ => {}
            })?;
            // To say that nothing may wait is an error of the protocol (3.2.2.3.3).
            if terms.waiting_max == 0 {
                return None;
            }
            terms.refused = (code >= FAILURE).then_some(Reason { code, words });
            Some(Heard::Connack(terms))
        }
        0x40 => {
            let identifier = body.two()?;
            let reason = reason(&mut body)?;
            Some(Heard::Puback(identifier, Some(reason).filter(|reason| reason.code >= FAILURE)))
        }
        0xd0 => body.0.is_empty().then_some(Heard::Pingresp),
        _ => reason(&mut body).map(Heard::Disconnect),
    }
}

/// A reason code and properties, each absent where nothing follows (3.4.2.1, 3.14.2.1).
fn reason(body: &mut Octets<'_>) -> Option<Reason> {
    let mut reason = Reason { code: body.one().unwrap_or(0), words: None };
    if !body.0.is_empty() {
        properties(body, |what, value| {
            if what == property::REASON {
                reason.words = Some(value.words());
            }
        })?;
    }
    Some(reason)
}

enum Value<'a> {
    Number(u32),
    Bytes(&'a [u8]),
}

impl Value<'_> {
    fn number(&self) -> u32 {
        match self {
            Self::Number(number) => *number,
            Self::Bytes(_) => 0,
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Number(_) => String::new(),
            Self::Bytes(bytes) => String::from_utf8_lossy(bytes)
                .chars()
                .filter(|c| !c.is_control())
                .take(200)
                .collect(),
        }
    }
}

/// Every property of a packet, whose types are those of 2.2.2.2; `None` where one is not.
fn properties<'a>(body: &mut Octets<'a>, mut found: impl FnMut(u8, Value<'a>)) -> Option<()> {
    let length = body.number()?;
    let mut rest = Octets(body.take(length)?);
    while let Some(what) = rest.one() {
        let value = match what {
            0x01 | 0x17 | 0x19 | 0x24 | 0x25 | 0x28..=0x2a => Value::Number(rest.one()?.into()),
            0x13 | 0x21..=0x23 => Value::Number(rest.two()?.into()),
            0x02 | 0x11 | 0x18 | 0x27 => {
                Value::Number(u32::from_be_bytes(rest.take(4)?.try_into().ok()?))
            }
            0x0b => Value::Number(rest.number()? as u32),
            0x03 | 0x08 | 0x09 | 0x12 | 0x15 | 0x16 | 0x1a | 0x1c | 0x1f => {
                Value::Bytes(rest.counted()?)
            }
            0x26 => {
                rest.counted()?;
                Value::Bytes(rest.counted()?)
            }
            _ => return None,
        };
        found(what, value);
    }
    Some(())
}

struct Octets<'a>(&'a [u8]);

impl<'a> Octets<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn one(&mut self) -> Option<u8> {
        self.take(1).map(|taken| taken[0])
    }

    fn two(&mut self) -> Option<u16> {
        self.take(2).map(|taken| u16::from_be_bytes([taken[0], taken[1]]))
    }

    fn counted(&mut self) -> Option<&'a [u8]> {
        let count = self.two()?;
        self.take(count.into())
    }

    /// A variable byte integer: four octets at most.
    fn number(&mut self) -> Option<usize> {
        let mut number = 0;
        for shift in [0, 7, 14, 21] {
            let octet = self.one()?;
            number |= usize::from(octet & 0x7f) << shift;
            if octet & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}

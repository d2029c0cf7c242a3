//! Topics of an MQTT broker, as somebody who only publishes.
//!
//! One task a broker. Whenever it has time it takes what stands now and sends what the broker does not
//! have of it; a slow broker misses words in between, and no queue grows. When what was released stands no
//! more the connection is reset, so that nothing under way goes further, and a new one empties every topic.

use super::stream::{AGAIN, Counted, Dialled, PATIENCE, dial};
use super::tls::{self, Files};
use super::{Consumer, FAREWELL_MAX};
use crate::config::{BrokerKeys, HostPort};
use crate::link::keys;
use export::mqtt::packet::{self, DISCONNECT, HEARD_BYTES_MAX, Heard, Hello, PING, Qos, Terms};
use export::mqtt::{Message, State, Topics};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{self, Instant};
use tokio_util::sync::CancellationToken;

/// Seconds without a packet after which the broker takes the node for gone, and speaks its will.
const KEEP_ALIVE_S: u16 = 20;
/// Messages that wait for a PUBACK at most, whatever more a broker allows.
const WAITING_MAX: usize = 64;
/// Bytes that are collected before they are written.
const WRITE_BYTES: usize = 32 << 10;

/// One broker.
pub(super) struct Broker {
    address: HostPort,
    topic: String,
    retain: bool,
    qos: Qos,
    user: Option<String>,
    password: Option<Vec<u8>>,
    tls: Option<Files>,
}

impl Broker {
    /// As configured; the password is read now.
    pub(super) fn new(broker: BrokerKeys<'_>, tls: Option<Files>) -> Result<Self, String> {
        Ok(Self {
            address: broker.address.clone(),
            topic: broker.topic.to_owned(),
            retain: broker.retain,
            qos: broker.qos,
            user: broker.user.map(str::to_owned),
            password: broker.password_file.map(keys::line).transpose()?.map(String::into_bytes),
            tls,
        })
    }
}

/// Why a connection ended, in words.
type Why = String;

/// What ended a connection that was made.
enum Ended {
    /// What was released stands no more: topics are to be emptied at once.
    Stopped,
    /// The node ends, and has said so.
    Farewell,
    /// This came between.
    Broken(Why),
}

/// Publishes until `stop`, connecting again whenever a connection ends.
pub(super) async fn run(
    consumer: std::sync::Arc<Consumer>,
    broker: Broker,
    stop: CancellationToken,
) {
    let mut topics = Topics::new(&broker.topic, broker.retain);
    let mut pause = AGAIN[0];
    let name = consumer.section.name.clone();
    loop {
        topics.begin();
        let dialled = tokio::select! {
            () = stop.cancelled() => return,
            dialled = dial(&broker.address, broker.tls.as_ref()) => dialled,
        };
        let ended = match dialled {
            Ok(Dialled::Plain(socket)) => {
                serve(&consumer, &broker, &mut topics, socket, &stop).await
            }
            Ok(Dialled::Tls(socket)) => serve(&consumer, &broker, &mut topics, socket, &stop).await,
            Err(error) => Err(error.to_string()),
        };
        match ended {
            Ok(Ended::Farewell) => return,
            Ok(Ended::Stopped) => {
                tracing::info!(consumer = name, "nothing is released any more");
                continue;
            }
            Ok(Ended::Broken(why)) => {
                tracing::info!(consumer = name, address = %broker.address, why, "ended");
                pause = AGAIN[0];
            }
            Err(why) => {
                tls::refused(&consumer, &broker.address, &why);
                pause = (pause * 2).min(AGAIN[1]);
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = time::sleep(pause) => {}
        }
    }
}

/// Serves one connection to its end.
///
/// # Errors
/// The broker did not let the node in.
async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    consumer: &Consumer,
    broker: &Broker,
    topics: &mut Topics,
    socket: S,
    stop: &CancellationToken,
) -> Result<Ended, Why> {
    let period_s = consumer.section.period_s();
    let state = |topics: &Topics, state: State| topics.state(state, period_s);
    let will = state(topics, State::Offline);
    let mut session = Session::new(socket, broker.qos);
    let letting_in = time::timeout(PATIENCE, session.begin(broker, &will));
    tokio::select! {
        () = stop.cancelled() => return Ok(Ended::Farewell),
        done = letting_in => done.map_err(|_| "no answer to CONNECT".to_owned())??,
    }
    let _counted = Counted::new(consumer);
    tracing::info!(consumer = consumer.section.name, address = %broker.address, "connected");
    // Subscribed before the first look: what is told after it is not missed.
    let mut news = consumer.source.watch();
    let mut said = None;
    let period = Duration::from_secs_f64(period_s);
    'told: loop {
        news.mark_unchanged();
        let present = consumer.source.present().ok();
        let (mirror, live) =
            present.map_or((None, None), |(mirror, live)| (Some(mirror), Some(live)));
        let mut messages = topics.update(mirror.as_ref());
        let now = if mirror.is_some() { State::Online } else { State::Withheld };
        if said != Some(now) {
            messages.push(state(topics, now));
        }
        let due = Instant::now() + period.saturating_sub(Duration::from_millis(500));
        // Nobody's, where nothing is released.
        let live = live.unwrap_or_default();
        let sent = tokio::select! {
            biased;
            () = live.cancelled() => return Ok(Ended::Stopped),
            sent = session.send(&messages) => sent,
        };
        match sent {
            Ok(left_out) => consumer.shed.fetch_add(left_out, Ordering::Relaxed),
            Err(why) => return Ok(Ended::Broken(why)),
        };
        // What the broker did not take is emptied once more.
        if !session.refuses {
            topics.taken();
        }
        said = Some(now);
        let mut is_new = false;
        loop {
            let ping_at = session.ping_at;
            let next = async {
                if !is_new {
                    // It ends with the node.
                    let _ = news.changed().await;
                    is_new = true;
                }
                time::sleep_until(due).await;
            };
            tokio::select! {
                biased;
                () = live.cancelled() => return Ok(Ended::Stopped),
                () = stop.cancelled() => break 'told,
                why = session.listen() => return Ok(Ended::Broken(why)),
                () = next => break,
                () = time::sleep_until(ping_at) => {
                    if let Err(why) = session.send(&[]).await {
                        return Ok(Ended::Broken(why));
                    }
                    // A picture that falls silent is not the present, and nothing else tells of that.
                    if (said == Some(State::Online)) != consumer.source.present().is_ok() {
                        break;
                    }
                }
            }
        }
    }
    let mut messages = topics.update(None);
    messages.push(state(topics, State::Offline));
    // Less than what the whole node is given.
    let _ = time::timeout(FAREWELL_MAX / 2, session.farewell(&messages)).await;
    Ok(Ended::Farewell)
}

/// One connection.
struct Session<S> {
    socket: S,
    qos: Qos,
    /// What was heard and is no whole packet yet.
    heard: Vec<u8>,
    /// Messages whose PUBACK has not come, by identifier.
    waiting: BTreeSet<u16>,
    waiting_max: usize,
    bytes_max: usize,
    last_identifier: u16,
    ping_every: Duration,
    ping_at: Instant,
    /// When the last PINGREQ went whose answer has not come.
    pinged: Option<Instant>,
    refused_said: bool,
    /// Whether it refused something of what was sent last.
    refuses: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    fn new(socket: S, qos: Qos) -> Self {
        Self {
            socket,
            qos,
            heard: Vec::new(),
            waiting: BTreeSet::new(),
            waiting_max: WAITING_MAX,
            bytes_max: usize::MAX,
            last_identifier: 0,
            ping_every: Duration::from_secs(u64::from(KEEP_ALIVE_S) / 2),
            ping_at: Instant::now(),
            pinged: None,
            refused_said: false,
            refuses: false,
        }
    }

    /// CONNECT and what the broker says to it.
    async fn begin(&mut self, broker: &Broker, will: &Message) -> Result<(), Why> {
        let hello = Hello {
            // One who publishes under the same topics is the same.
            client: &broker.topic,
            keep_alive_s: KEEP_ALIVE_S,
            user: broker.user.as_deref(),
            password: broker.password.as_deref(),
            will,
            qos: broker.qos,
        };
        self.write(&packet::connect(&hello)).await?;
        let terms = match self.hear().await? {
            Heard::Connack(terms) => terms,
            other => return Err(format!("it answered CONNECT with {other:?}")),
        };
        let Terms { refused, waiting_max, qos_max, retains, bytes_max, keep_alive_s } = terms;
        if let Some(reason) = refused {
            return Err(format!("it does not let this node in: {reason}"));
        }
        if will.retain && !retains {
            return Err("it retains nothing; give retain = false".into());
        }
        if broker.qos > qos_max {
            return Err("it has no QoS 1; give qos = 0".into());
        }
        self.waiting_max = self.waiting_max.min(waiting_max.into());
        self.bytes_max = bytes_max.map_or(usize::MAX, |bytes| bytes as usize);
        if let Some(seconds) = keep_alive_s.filter(|seconds| *seconds > 0) {
            self.ping_every = self.ping_every.min(Duration::from_secs(seconds.into()) / 2);
        }
        Ok(())
    }

    /// Sends them all, and waits until the broker has them where it says so. How many it does not take
    /// for their length.
    async fn send(&mut self, messages: &[Message]) -> Result<u64, Why> {
        let mut bytes = self.ping()?.to_vec();
        let mut left_out = 0;
        self.refuses = false;
        for message in messages {
            let identifier = match self.qos {
                Qos::AtMostOnce => None,
                Qos::AtLeastOnce => Some(self.identifier()),
            };
            let before = bytes.len();
            packet::publish(message, identifier, &mut bytes);
            if bytes.len() - before > self.bytes_max {
                bytes.truncate(before);
                left_out += 1;
                continue;
            }
            self.waiting.extend(identifier);
            if bytes.len() >= WRITE_BYTES || self.waiting.len() >= self.waiting_max {
                self.write(&bytes).await?;
                bytes.clear();
                while self.waiting.len() >= self.waiting_max {
                    self.answer().await?;
                }
            }
        }
        self.write(&bytes).await?;
        while !self.waiting.is_empty() {
            self.answer().await?;
        }
        if self.qos == Qos::AtMostOnce && messages.iter().any(|message| message.payload.is_empty())
        {
            // Nobody says that these were read; but what is asked after them is answered after them.
            self.pings_answered().await?;
            self.pinged = Some(Instant::now());
            self.write(&PING).await?;
            self.pings_answered().await?;
        }
        Ok(left_out)
    }

    async fn pings_answered(&mut self) -> Result<(), Why> {
        while self.pinged.is_some() {
            self.answer().await?;
        }
        Ok(())
    }

    /// The next that waits for nothing; 0 is none (MQTT 5.0, 2.2.1).
    fn identifier(&mut self) -> u16 {
        // Few wait at once, so that one is free.
        loop {
            self.last_identifier = self.last_identifier.checked_add(1).unwrap_or(1);
            if !self.waiting.contains(&self.last_identifier) {
                return self.last_identifier;
            }
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), Why> {
        let put = async {
            self.socket.write_all(bytes).await?;
            self.socket.flush().await
        };
        match time::timeout(PATIENCE, put).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err("the connection broke off".into()),
            Err(_) => Err("it takes nothing".into()),
        }
    }

    /// What the broker says next. Nothing is lost where it is dropped.
    async fn hear(&mut self) -> Result<Heard, Why> {
        loop {
            if let Some((heard, length)) = packet::read(&self.heard).map_err(|d| d.to_string())? {
                self.heard.drain(..length);
                return Ok(heard);
            }
            // A whole packet is no longer than this.
            self.heard.reserve(HEARD_BYTES_MAX);
            match self.socket.read_buf(&mut self.heard).await {
                Ok(0) => return Err("it left".into()),
                Ok(_) => {}
                Err(_) => return Err("the connection broke off".into()),
            }
        }
    }

    /// Waits for an answer to something that was sent.
    async fn answer(&mut self) -> Result<(), Why> {
        match time::timeout(PATIENCE, self.hear()).await {
            Ok(heard) => self.take(heard?),
            Err(_) => Err("it answers nothing".into()),
        }
    }

    fn take(&mut self, heard: Heard) -> Result<(), Why> {
        match heard {
            Heard::Puback(identifier, reason) => {
                if !self.waiting.remove(&identifier) {
                    return Err("it answered a message that was not sent".into());
                }
                self.refuses |= reason.is_some();
                if let Some(reason) = reason.filter(|_| !self.refused_said) {
                    self.refused_said = true;
                    tracing::warn!(%reason, "a broker does not take a message");
                }
                Ok(())
            }
            Heard::Pingresp => {
                self.pinged = None;
                Ok(())
            }
            Heard::Connack(_) => Err("it let this node in twice".into()),
            Heard::Disconnect(reason) => Err(format!("it ended the connection: {reason}")),
        }
    }

    /// PINGREQ if it is time for one.
    fn ping(&mut self) -> Result<&'static [u8], Why> {
        let now = Instant::now();
        if now < self.ping_at {
            return Ok(&[]);
        }
        if self.pinged.is_some_and(|pinged| now.duration_since(pinged) > PATIENCE) {
            return Err("it is silent".into());
        }
        self.ping_at = now + self.ping_every;
        self.pinged.get_or_insert(now);
        Ok(&PING)
    }

    /// Listens until there is nobody to listen to; why, in words.
    async fn listen(&mut self) -> Why {
        loop {
            if let Err(why) = self.hear().await.and_then(|heard| self.take(heard)) {
                return why;
            }
        }
    }

    async fn farewell(&mut self, messages: &[Message]) -> Result<(), Why> {
        self.send(messages).await?;
        self.write(&DISCONNECT).await?;
        // Dropped, the connection is reset: it is to be read to its end first.
        while self.hear().await.is_ok() {}
        Ok(())
    }
}

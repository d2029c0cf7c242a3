//! `entente console`: what a console shows and does, without the screen.

use crate::commands::{Misuse, say};
use crate::incident_commands;
use anyhow::{Context, bail};
use clap::{Subcommand, ValueEnum};
use node::wire::{ClientMessage, IncidentName, Refused, ServerMessage};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::TLS13;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;
use tungstenite::client::IntoClientRequest;
use tungstenite::{HandshakeError, Message, WebSocket};

/// A node that says nothing for so long does not answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Where the token of whoever asks is.
const TOKEN: &str = "ENTENTE_TOKEN";
/// Where the file of the authority is, for a node that speaks TLS.
const AUTHORITY: &str = "ENTENTE_AUTHORITY";

#[derive(Debug, Subcommand)]
pub(crate) enum ConsoleCommand {
    /// Print what the node shows, as JSON.
    Show {
        /// The node's console address: `127.0.0.1:8480`, or `https://air.example:8443`.
        node: String,
        /// What.
        #[arg(value_enum)]
        what: What,
        /// The track or incident, where one is asked for: 17, or KGZ:142.
        which: Option<String>,
    },
    /// Do what a person at a console can; `{"type":"acknowledge","alert":12,"by":"Asel"}`.
    /// `schemas/wire.schema.json` has every message.
    Do {
        /// The node's console address: `127.0.0.1:8480`, or `https://air.example:8443`.
        node: String,
        /// The message, as JSON.
        message: String,
    },
}

/// What can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum What {
    /// The list of alerts.
    Alerts,
    /// The list of incidents.
    Incidents,
    /// Everything of one incident.
    Incident,
    /// Everything of one track.
    Track,
    /// What asks for a person's word on identities.
    Identities,
    /// Partners and accords.
    Partners,
    /// Requests.
    Requests,
    /// Sensors.
    Sensors,
}

pub(crate) fn perform(command: &ConsoleCommand) -> anyhow::Result<()> {
    match command {
        ConsoleCommand::Show { node, what, which } => show(node, *what, which.as_deref()),
        ConsoleCommand::Do { node, message } => act(node, message),
    }
}

/// A connection to a node, in TLS or not.
trait Way: Read + Write {}

impl<T: Read + Write> Way for T {}

struct Live(WebSocket<Box<dyn Way>>);

/// The way to `node`: its scheme as of a WebSocket, and its host and port.
fn way(node: &str, stream: TcpStream) -> anyhow::Result<(&'static str, Box<dyn Way>)> {
    let Some(node) = node.strip_prefix("https://") else { return Ok(("ws", Box::new(stream))) };
    let file = std::env::var(AUTHORITY).map_err(|_| {
        Misuse(format!("put the file of the authority that vouches for {node} into {AUTHORITY}"))
    })?;
    let mut roots = RootCertStore::empty();
    for one in CertificateDer::pem_file_iter(&file).with_context(|| format!("reading {file}"))? {
        roots.add(one.with_context(|| format!("reading {file}"))?)?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(&[&TLS13])?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let host = node.rsplit_once(':').map_or(node, |(host, _)| host).trim_matches(['[', ']']);
    let name = ServerName::try_from(host.to_owned())?;
    let connection = ClientConnection::new(Arc::new(config), name)?;
    Ok(("wss", Box::new(StreamOwned::new(connection, stream))))
}

impl Live {
    fn connect(named: &str) -> anyhow::Result<Self> {
        let named = named.trim_end_matches('/');
        let node = named.trim_start_matches("http://").trim_start_matches("https://");
        let stream = TcpStream::connect(node).with_context(|| format!("cannot reach {node}"))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let (scheme, stream) = way(named, stream)?;
        let mut request = format!("{scheme}://{node}/api/v1/live").into_client_request()?;
        // Not an argument: everybody on a machine sees those.
        if let Ok(token) = std::env::var(TOKEN) {
            let value = format!("Bearer {token}").parse().context("ENTENTE_TOKEN is no token")?;
            request.headers_mut().insert("authorization", value);
        }
        match tungstenite::client(request, stream) {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(HandshakeError::Failure(tungstenite::Error::Http(answer)))
                if answer.status() == 401 =>
            {
                bail!(
                    "people sign in at {node}: make a token with `entente people token NAME` and put it \
                     into {TOKEN}"
                )
            }
            Err(why) => bail!("{node} is no node: {why}"),
        }
    }

    fn say(&mut self, message: &ClientMessage) -> anyhow::Result<()> {
        let bytes = rmp_serde::to_vec_named(message)?;
        Ok(self.0.send(Message::Binary(bytes.into()))?)
    }

    fn hear(&mut self) -> anyhow::Result<ServerMessage> {
        loop {
            match self.0.read().context("the node does not answer")? {
                Message::Binary(bytes) => return Ok(rmp_serde::from_slice(&bytes)?),
                Message::Close(_) => bail!("the node has closed the connection"),
                _ => {}
            }
        }
    }

    /// Whether what was said before is refused; and why.
    fn refusal(&mut self) -> anyhow::Result<Option<Refused>> {
        // No node has such a partner: the answer comes after all answers to what was asked before.
        let nobody = "?".to_owned();
        self.say(&ClientMessage::SeeAs { party: Some(nobody), beside: false })?;
        let mut first = None;
        loop {
            if let ServerMessage::Refused(refused) = self.hear()? {
                if refused.asked == "see as ?" {
                    return Ok(first);
                }
                first = first.or(Some(refused));
            }
        }
    }
}

fn act(node: &str, message: &str) -> anyhow::Result<()> {
    let read: Result<ClientMessage, _> = serde_json::from_str(message);
    let message = read.map_err(|why| {
        Misuse(format!("the message is none that a node understands: {why}; see the schema"))
    })?;
    if !message.is_act() {
        return Err(Misuse("the message does nothing; use `entente console show`".into()).into());
    }
    let mut live = Live::connect(node)?;
    live.say(&message)?;
    match live.refusal()? {
        Some(refused) => bail!("{}: {}", refused.asked, refused.reason),
        None => say("done\n"),
    }
}

fn show(node: &str, what: What, which: Option<&str>) -> anyhow::Result<()> {
    let mut live = Live::connect(node)?;
    match (what, which) {
        (What::Track, Some(number)) => {
            let number = number.parse().map_err(|_| Misuse(format!("{number} is no track")))?;
            live.say(&ClientMessage::Select { number: Some(number) })?;
        }
        (What::Incident, Some(name)) => {
            let id = incident_commands::id(name, None)?;
            let incident = IncidentName { node: id.node.to_string(), number: id.number };
            live.say(&ClientMessage::LookAtIncident { incident: Some(incident) })?;
        }
        (What::Track | What::Incident, None) => {
            return Err(Misuse("say which one: a number, or KGZ:142".into()).into());
        }
        _ => {}
    }
    // It comes with the welcome or with the next second; sensors are told of twice by then.
    let mut seconds = 0;
    while seconds < 3 {
        match live.hear()? {
            ServerMessage::Refused(refused) => bail!("{}: {}", refused.asked, refused.reason),
            message if is(what, &message) => {
                return say(&format!("{}\n", serde_json::to_string_pretty(&message)?));
            }
            ServerMessage::Sensors(_) => seconds += 1,
            _ => {}
        }
    }
    bail!("this node shows no {}", format!("{what:?}").to_lowercase())
}

fn is(what: What, message: &ServerMessage) -> bool {
    match what {
        What::Alerts => matches!(message, ServerMessage::Alerts(_)),
        What::Incidents => matches!(message, ServerMessage::Incidents(_)),
        What::Incident => matches!(message, ServerMessage::Incident(_)),
        What::Track => matches!(message, ServerMessage::Selected(_)),
        What::Identities => matches!(message, ServerMessage::IdentityDesk(_)),
        What::Partners => matches!(message, ServerMessage::Partners(_)),
        What::Requests => matches!(message, ServerMessage::Requests(_)),
        What::Sensors => matches!(message, ServerMessage::Sensors(_)),
    }
}

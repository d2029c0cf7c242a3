//! Events as bytes, for the journal: one version byte, one kind byte, then the fields.
//!
//! Numbers are LEB128 varints, texts and bytes are a varint length and themselves; the last byte
//! string of a `Received` runs to the end without a length. The time is the journal's, not the
//! event's. Rules of change: a new kind takes a new number; a changed kind raises [`VERSION`] and
//! the old form stays readable.

use crate::event::{ConsoleId, Event, FeedIndex, LinkReport};
use crate::wire::{
    Answer, ClientMessage, Identity, IdentityWord, Proposal, ProposalAnswer, Purpose, ReportMeans,
};
use accord::PartyId;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use thiserror::Error;

/// First byte of each encoded event.
pub const VERSION: u8 = 1;

/// Why bytes are not an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EventDefect {
    /// The bytes end within a field.
    #[error("the event is cut short")]
    Truncated,
    /// Bytes are left over.
    #[error("{count} bytes follow the event")]
    Trailing {
        /// How many.
        count: usize,
    },
    /// Another version of this software wrote it.
    #[error("event version {version} is unknown")]
    VersionUnknown {
        /// The first byte.
        version: u8,
    },
    /// A kind, an address family or a question that this version does not know.
    #[error("event tag {tag} is unknown")]
    TagUnknown {
        /// The byte.
        tag: u8,
    },
    /// A number is larger than its field.
    #[error("a number is out of range")]
    NumberTooLarge,
    /// A text is no party's name.
    #[error("a text is no party's name")]
    NoParty,
    /// What a console asked is not understood.
    #[error("what a console asked is not understood")]
    NoQuestion,
    /// A text is not UTF-8.
    #[error("a text is not UTF-8")]
    NotUtf8,
}

/// Adds `event` to `out`.
pub fn encode(event: &Event, out: &mut Vec<u8>) {
    out.push(VERSION);
    match event {
        Event::FeedConnected { feed } => tagged(out, 1, u64::from(feed.0)),
        Event::FeedLost { feed, reason } => {
            tagged(out, 2, u64::from(feed.0));
            out.extend_from_slice(reason.as_bytes());
        }
        Event::Received { feed, bytes, source } => {
            tagged(out, 3, u64::from(feed.0));
            encode_source(*source, out);
            out.extend_from_slice(bytes);
        }
        Event::FeedShed { feed, bytes } => {
            tagged(out, 4, u64::from(feed.0));
            varint(out, *bytes);
        }
        Event::ConsoleJoined { console } => tagged(out, 5, u64::from(console.0)),
        Event::ConsoleLeft { console } => tagged(out, 6, u64::from(console.0)),
        Event::ConsoleAsked { console, message } => {
            tagged(out, 7, u64::from(console.0));
            encode_question(message, out);
        }
        Event::ConsoleShed { console, messages } => {
            tagged(out, 8, u64::from(console.0));
            varint(out, *messages);
        }
        Event::Tick => out.push(9),
        Event::PartnerTold { party, body } => {
            out.push(10);
            encode_party(*party, out);
            out.extend_from_slice(body);
        }
        Event::PartnerConnected { party } => {
            out.push(11);
            encode_party(*party, out);
        }
        Event::PartnerLost { party, reason } => {
            out.push(12);
            encode_party(*party, out);
            out.extend_from_slice(reason.as_bytes());
        }
        Event::PartnerLink { party, report } => {
            out.push(20);
            encode_party(*party, out);
            // One above, so that none is 0.
            varint(out, report.queued.map_or(0, |queued| queued.saturating_add(1)));
            varint(out, report.refusals);
            if report.shed > 0 {
                out.push(2);
                varint(out, report.shed);
            }
            if let Some(reason) = &report.last_refusal {
                out.push(1);
                out.extend_from_slice(reason.as_bytes());
            }
        }
    }
}

/// The event that `bytes` are, all of them.
pub fn decode(bytes: &[u8]) -> Result<Event, EventDefect> {
    let mut rest = Rest(bytes);
    let version = rest.byte()?;
    if version != VERSION {
        return Err(EventDefect::VersionUnknown { version });
    }
    let event = match rest.byte()? {
        1 => Event::FeedConnected { feed: rest.feed()? },
        2 => Event::FeedLost { feed: rest.feed()?, reason: rest.text()? },
        3 => {
            let (feed, source) = (rest.feed()?, rest.source()?);
            Event::Received { feed, bytes: rest.rest().to_vec(), source }
        }
        4 => Event::FeedShed { feed: rest.feed()?, bytes: rest.varint()? },
        5 => Event::ConsoleJoined { console: rest.console()? },
        6 => Event::ConsoleLeft { console: rest.console()? },
        7 => Event::ConsoleAsked { console: rest.console()?, message: rest.question()? },
        8 => Event::ConsoleShed { console: rest.console()?, messages: rest.varint()? },
        9 => Event::Tick,
        10 => Event::PartnerTold { party: rest.party()?, body: rest.rest().to_vec() },
        11 => Event::PartnerConnected { party: rest.party()? },
        12 => Event::PartnerLost { party: rest.party()?, reason: rest.text()? },
        20 => Event::PartnerLink { party: rest.party()?, report: rest.report()? },
        tag => return Err(EventDefect::TagUnknown { tag }),
    };
    match rest.0.len() {
        0 => Ok(event),
        count => Err(EventDefect::Trailing { count }),
    }
}

fn tagged(out: &mut Vec<u8>, tag: u8, number: u64) {
    out.push(tag);
    varint(out, number);
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn encode_party(party: PartyId, out: &mut Vec<u8>) {
    encode_text(party.as_str(), out);
}

fn encode_text(text: &str, out: &mut Vec<u8>) {
    varint(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

fn encode_source(source: Option<SocketAddr>, out: &mut Vec<u8>) {
    match source {
        None => out.push(0),
        Some(SocketAddr::V4(v4)) => {
            out.push(4);
            out.extend_from_slice(&v4.ip().octets());
            out.extend_from_slice(&v4.port().to_be_bytes());
        }
        Some(SocketAddr::V6(v6)) => {
            out.push(6);
            out.extend_from_slice(&v6.ip().octets());
            out.extend_from_slice(&v6.port().to_be_bytes());
            varint(out, u64::from(v6.flowinfo()));
            varint(out, u64::from(v6.scope_id()));
        }
    }
}

fn encode_question(message: &ClientMessage, out: &mut Vec<u8>) {
    match message {
        ClientMessage::Resync {} => out.push(0),
        ClientMessage::Select { number: None } => out.push(1),
        ClientMessage::Select { number: Some(number) } => tagged(out, 2, u64::from(*number)),
        ClientMessage::SeeAs { party: None, beside: false } => out.push(3),
        ClientMessage::SeeAs { party: Some(party), beside: false } => {
            out.push(4);
            out.extend_from_slice(party.as_bytes());
        }
        ClientMessage::Explain { number, party } => {
            tagged(out, 5, u64::from(*number));
            out.extend_from_slice(party.as_bytes());
        }
        ClientMessage::Suspend { accord, by, reason, towards: None } => {
            out.push(6);
            encode_text(accord, out);
            encode_text(by, out);
            out.extend_from_slice(reason.as_bytes());
        }
        ClientMessage::Resume { accord, by, may: None } => {
            out.push(7);
            encode_text(accord, out);
            out.extend_from_slice(by.as_bytes());
        }
        ClientMessage::Resume { accord, by, may: Some(may) } => {
            out.push(51);
            encode_text(accord, out);
            encode_text(by, out);
            may.iter().for_each(|name| encode_text(name, out));
        }
        ClientMessage::Ask {
            accord,
            article,
            purpose,
            of,
            text,
            incident,
            answer_within_s,
            by,
        } => {
            out.push(8);
            encode_texts(&[accord, article], out);
            out.push(*purpose as u8);
            varint(out, of.len() as u64);
            of.iter().for_each(|party| encode_text(party, out));
            encode_texts(&[text, by], out);
            // One more, so that nought is none.
            varint(out, answer_within_s.map_or(0, |seconds| u64::from(seconds) + 1));
            out.push(u8::from(incident.is_some()));
            out.extend_from_slice(incident.as_deref().unwrap_or_default().as_bytes());
        }
        ClientMessage::Answer { asker, number, answer, words, by } => {
            tagged(out, 9, u64::from(*number));
            out.push(*answer as u8);
            encode_texts(&[asker, words, by], out);
        }
        ClientMessage::Report { asker, number, words, by } => {
            tagged(out, 10, u64::from(*number));
            encode_texts(&[asker, words, by], out);
        }
        ClientMessage::Withdraw { number, words, by } => {
            tagged(out, 11, u64::from(*number));
            encode_texts(&[words, by], out);
        }
        ClientMessage::Confirm { accord, article, proposal, by } => {
            out.extend([12, *proposal as u8]);
            encode_texts(&[accord, article, by], out);
        }
        ClientMessage::Pass { accord, article, by } => {
            out.push(13);
            encode_texts(&[accord, article, by], out);
        }
        // Of many forms and seldom: as it came, behind the tag.
        ClientMessage::LookAtIncident { .. }
        | ClientMessage::LookAtSensor { .. }
        | ClientMessage::SeeAs { beside: true, .. }
        | ClientMessage::Suspend { .. }
        | ClientMessage::OpenIncident { .. }
        | ClientMessage::OnIncident { .. }
        | ClientMessage::DecidePair { .. }
        | ClientMessage::ProposeIdentity { .. } => {
            out.push(50);
            rmp_serde::encode::write_named(out, message).expect("a message has a form");
        }
        ClientMessage::ListAlerts { from } => tagged(out, 40, u64::from(*from)),
        ClientMessage::Acknowledge { alert, by } => {
            tagged(out, 41, *alert);
            out.extend_from_slice(by.as_bytes());
        }
        ClientMessage::MuteAlert { alert, for_s, reason, by, all_of_rule } => {
            tagged(out, if *all_of_rule { 45 } else { 42 }, *alert);
            varint(out, u64::from(*for_s));
            encode_texts(&[reason, by], out);
        }
        ClientMessage::UnmuteAlert { alert, by, all_of_rule } => {
            tagged(out, if *all_of_rule { 46 } else { 43 }, *alert);
            out.extend_from_slice(by.as_bytes());
        }
        ClientMessage::CloseAlert { alert, reason, by } => {
            tagged(out, 44, *alert);
            encode_texts(&[reason, by], out);
        }
        ClientMessage::SetIdentity { number, identity, why, by } => {
            tagged(out, 32, u64::from(*number));
            out.push(*identity as u8);
            encode_texts(&[why, by], out);
        }
        ClientMessage::ConfirmIdentity { number, identity, by } => {
            tagged(out, 33, u64::from(*number));
            out.push(*identity as u8);
            encode_texts(&[by], out);
        }
        ClientMessage::WithdrawIdentity { number, word, why, by } => {
            tagged(out, 34, u64::from(*number));
            out.push(*word as u8);
            encode_texts(&[why, by], out);
        }
        ClientMessage::AnswerProposal { number, party, identity, answer, why, by } => {
            tagged(out, 35, u64::from(*number));
            out.extend([*identity as u8, *answer as u8]);
            encode_texts(&[party, why, by], out);
        }
        ClientMessage::ReportIdentity { number, means, identity, words, by } => {
            tagged(out, 36, u64::from(*number));
            out.extend([*means as u8, *identity as u8]);
            encode_texts(&[words, by], out);
        }
    }
}

fn encode_texts(texts: &[&String], out: &mut Vec<u8>) {
    texts.iter().for_each(|text| encode_text(text, out));
}

/// What is left to read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn byte(&mut self) -> Result<u8, EventDefect> {
        let (first, rest) = self.0.split_first().ok_or(EventDefect::Truncated)?;
        self.0 = rest;
        Ok(*first)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], EventDefect> {
        let (first, rest) = self.0.split_first_chunk().ok_or(EventDefect::Truncated)?;
        self.0 = rest;
        Ok(*first)
    }

    fn varint(&mut self) -> Result<u64, EventDefect> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                return Err(EventDefect::NumberTooLarge);
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(EventDefect::NumberTooLarge)
    }

    fn number<T: TryFrom<u64>>(&mut self) -> Result<T, EventDefect> {
        T::try_from(self.varint()?).map_err(|_| EventDefect::NumberTooLarge)
    }

    fn feed(&mut self) -> Result<FeedIndex, EventDefect> {
        self.number().map(FeedIndex)
    }

    fn console(&mut self) -> Result<ConsoleId, EventDefect> {
        self.number().map(ConsoleId)
    }

    fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    fn text(&mut self) -> Result<String, EventDefect> {
        let text = std::str::from_utf8(self.rest()).map_err(|_| EventDefect::NotUtf8)?;
        Ok(text.to_owned())
    }

    /// A text with its length before it.
    fn measured_text(&mut self) -> Result<String, EventDefect> {
        let length: usize = self.number()?;
        let (text, rest) = self.0.split_at_checked(length).ok_or(EventDefect::Truncated)?;
        self.0 = rest;
        Ok(std::str::from_utf8(text).map_err(|_| EventDefect::NotUtf8)?.to_owned())
    }

    fn party(&mut self) -> Result<PartyId, EventDefect> {
        self.measured_text()?.parse().map_err(|_| EventDefect::NoParty)
    }

    fn report(&mut self) -> Result<LinkReport, EventDefect> {
        let (queued, refusals) = (self.varint()?.checked_sub(1), self.varint()?);
        let mut shed = 0;
        if self.0.first() == Some(&2) {
            self.byte()?;
            shed = self.varint()?;
        }
        let last_refusal = match self.0.first() {
            None => None,
            Some(1) => {
                self.byte()?;
                Some(self.text()?)
            }
            Some(tag) => return Err(EventDefect::TagUnknown { tag: *tag }),
        };
        Ok(LinkReport { queued, refusals, last_refusal, shed })
    }

    fn source(&mut self) -> Result<Option<SocketAddr>, EventDefect> {
        match self.byte()? {
            0 => Ok(None),
            4 => {
                let ip = Ipv4Addr::from(self.array::<4>()?);
                let port = u16::from_be_bytes(self.array()?);
                Ok(Some(SocketAddr::new(IpAddr::V4(ip), port)))
            }
            6 => {
                let ip = Ipv6Addr::from(self.array::<16>()?);
                let port = u16::from_be_bytes(self.array()?);
                let (flow, scope) = (self.number()?, self.number()?);
                Ok(Some(SocketAddr::V6(SocketAddrV6::new(ip, port, flow, scope))))
            }
            tag => Err(EventDefect::TagUnknown { tag }),
        }
    }

    fn question(&mut self) -> Result<ClientMessage, EventDefect> {
        match self.byte()? {
            0 => Ok(ClientMessage::Resync {}),
            1 => Ok(ClientMessage::Select { number: None }),
            2 => Ok(ClientMessage::Select { number: Some(self.number()?) }),
            3 => Ok(ClientMessage::SeeAs { party: None, beside: false }),
            4 => Ok(ClientMessage::SeeAs { party: Some(self.text()?), beside: false }),
            5 => Ok(ClientMessage::Explain { number: self.number()?, party: self.text()? }),
            6 => Ok(ClientMessage::Suspend {
                accord: self.measured_text()?,
                by: self.measured_text()?,
                reason: self.text()?,
                towards: None,
            }),
            7 => Ok(ClientMessage::Resume {
                accord: self.measured_text()?,
                by: self.text()?,
                may: None,
            }),
            51 => {
                let (accord, by) = (self.measured_text()?, self.measured_text()?);
                let mut may = Vec::new();
                while !self.0.is_empty() {
                    may.push(self.measured_text()?);
                }
                Ok(ClientMessage::Resume { accord, by, may: Some(may) })
            }
            8 => self.ask(),
            50 => rmp_serde::from_slice(self.rest()).map_err(|_| EventDefect::NoQuestion),
            9 => Ok(ClientMessage::Answer {
                number: self.number()?,
                answer: self.one_of(&ANSWERS)?,
                asker: self.measured_text()?,
                words: self.measured_text()?,
                by: self.measured_text()?,
            }),
            10 => Ok(ClientMessage::Report {
                number: self.number()?,
                asker: self.measured_text()?,
                words: self.measured_text()?,
                by: self.measured_text()?,
            }),
            11 => Ok(ClientMessage::Withdraw {
                number: self.number()?,
                words: self.measured_text()?,
                by: self.measured_text()?,
            }),
            12 => Ok(ClientMessage::Confirm {
                proposal: self.one_of(&[Proposal::TakeOver, Proposal::HandBack])?,
                accord: self.measured_text()?,
                article: self.measured_text()?,
                by: self.measured_text()?,
            }),
            13 => Ok(ClientMessage::Pass {
                accord: self.measured_text()?,
                article: self.measured_text()?,
                by: self.measured_text()?,
            }),
            40 => Ok(ClientMessage::ListAlerts { from: self.number()? }),
            41 => Ok(ClientMessage::Acknowledge { alert: self.varint()?, by: self.text()? }),
            kind @ (42 | 45) => Ok(ClientMessage::MuteAlert {
                alert: self.varint()?,
                for_s: self.number()?,
                reason: self.measured_text()?,
                by: self.measured_text()?,
                all_of_rule: kind == 45,
            }),
            44 => Ok(ClientMessage::CloseAlert {
                alert: self.varint()?,
                reason: self.measured_text()?,
                by: self.measured_text()?,
            }),
            kind @ (43 | 46) => Ok(ClientMessage::UnmuteAlert {
                alert: self.varint()?,
                by: self.text()?,
                all_of_rule: kind == 46,
            }),
            32 => Ok(ClientMessage::SetIdentity {
                number: self.number()?,
                identity: self.one_of(&IDENTITIES)?,
                why: self.measured_text()?,
                by: self.measured_text()?,
            }),
            33 => Ok(ClientMessage::ConfirmIdentity {
                number: self.number()?,
                identity: self.one_of(&IDENTITIES)?,
                by: self.measured_text()?,
            }),
            34 => Ok(ClientMessage::WithdrawIdentity {
                number: self.number()?,
                word: self.one_of(&[IdentityWord::Decided, IdentityWord::Waiting])?,
                why: self.measured_text()?,
                by: self.measured_text()?,
            }),
            35 => Ok(ClientMessage::AnswerProposal {
                number: self.number()?,
                identity: self.one_of(&IDENTITIES)?,
                answer: self.one_of(&[ProposalAnswer::Accept, ProposalAnswer::Refuse])?,
                party: self.measured_text()?,
                why: self.measured_text()?,
                by: self.measured_text()?,
            }),
            36 => Ok(ClientMessage::ReportIdentity {
                number: self.number()?,
                means: self.one_of(&[ReportMeans::Visual, ReportMeans::Voice])?,
                identity: self.one_of(&IDENTITIES)?,
                words: self.measured_text()?,
                by: self.measured_text()?,
            }),
            tag => Err(EventDefect::TagUnknown { tag }),
        }
    }

    fn ask(&mut self) -> Result<ClientMessage, EventDefect> {
        let (accord, article) = (self.measured_text()?, self.measured_text()?);
        let purpose = self.one_of(&PURPOSES)?;
        let count: usize = self.number()?;
        // A count beyond what is there ends with a text that is not.
        let of = (0..count).map(|_| self.measured_text()).collect::<Result<_, _>>()?;
        let (text, by) = (self.measured_text()?, self.measured_text()?);
        let within = self.number::<u64>()?.checked_sub(1).map(u32::try_from).transpose();
        let answer_within_s = within.map_err(|_| EventDefect::NumberTooLarge)?;
        let incident = match self.byte()? {
            0 => None,
            1 => Some(self.text()?),
            tag => return Err(EventDefect::TagUnknown { tag }),
        };
        Ok(ClientMessage::Ask { accord, article, purpose, of, text, incident, answer_within_s, by })
    }

    /// The word whose discriminant the next byte is.
    fn one_of<T: Copy>(&mut self, words: &[T]) -> Result<T, EventDefect> {
        let tag = self.byte()?;
        words.get(usize::from(tag)).copied().ok_or(EventDefect::TagUnknown { tag })
    }
}

/// In order of discriminant, which the journal holds: new words go to the end.
const PURPOSES: [Purpose; 4] =
    [Purpose::Information, Purpose::Consultation, Purpose::BackUp, Purpose::Assistance];
const ANSWERS: [Answer; 3] = [Answer::Accepted, Answer::InPart, Answer::Declined];
const IDENTITIES: [Identity; 8] = [
    Identity::Pending,
    Identity::Unknown,
    Identity::AssumedFriend,
    Identity::Friend,
    Identity::Neutral,
    Identity::Suspect,
    Identity::Hostile,
    Identity::Civil,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{
        IncidentDeed, IncidentKind, IncidentName, IncidentOutcome, PairWord, Person,
    };
    use proptest::prelude::*;

    fn any_source() -> impl Strategy<Value = Option<SocketAddr>> {
        let v6 = any::<([u8; 16], u16, u32, u32)>().prop_map(|(ip, port, flow, scope)| {
            SocketAddr::V6(SocketAddrV6::new(Ipv6Addr::from(ip), port, flow, scope))
        });
        let v4 = any::<([u8; 4], u16)>().prop_map(SocketAddr::from);
        proptest::option::of(prop_oneof![v4, v6])
    }

    fn any_request_message() -> impl Strategy<Value = ClientMessage> {
        let texts = || (".*", ".*", ".*");
        let proposal = prop::sample::select(vec![Proposal::TakeOver, Proposal::HandBack]);
        prop_oneof![
            (
                texts(),
                prop::sample::select(PURPOSES.to_vec()),
                any::<Vec<String>>(),
                any::<(Option<String>, Option<u32>)>(),
                ".*"
            )
                .prop_map(
                    |((accord, article, text), purpose, of, (incident, answer_within_s), by)| {
                        ClientMessage::Ask {
                            accord,
                            article,
                            purpose,
                            of,
                            text,
                            incident,
                            answer_within_s,
                            by,
                        }
                    }
                ),
            (texts(), any::<u32>(), prop::sample::select(ANSWERS.to_vec())).prop_map(
                |((asker, words, by), number, answer)| ClientMessage::Answer {
                    asker,
                    number,
                    answer,
                    words,
                    by
                }
            ),
            (texts(), any::<u32>()).prop_map(|((asker, words, by), number)| {
                ClientMessage::Report { asker, number, words, by }
            }),
            (".*", ".*", any::<u32>()).prop_map(|(words, by, number)| ClientMessage::Withdraw {
                number,
                words,
                by
            }),
            (texts(), proposal).prop_map(|((accord, article, by), proposal)| {
                ClientMessage::Confirm { accord, article, proposal, by }
            }),
            texts().prop_map(|(accord, article, by)| ClientMessage::Pass { accord, article, by }),
        ]
    }

    fn any_alert_message() -> impl Strategy<Value = ClientMessage> {
        prop_oneof![
            any::<u32>().prop_map(|from| ClientMessage::ListAlerts { from }),
            (any::<u64>(), ".*").prop_map(|(alert, by)| ClientMessage::Acknowledge { alert, by }),
            (any::<u64>(), any::<u32>(), ".*", ".*", any::<bool>()).prop_map(
                |(alert, for_s, reason, by, all_of_rule)| {
                    ClientMessage::MuteAlert { alert, for_s, reason, by, all_of_rule }
                }
            ),
            (any::<u64>(), ".*", any::<bool>()).prop_map(|(alert, by, all_of_rule)| {
                ClientMessage::UnmuteAlert { alert, by, all_of_rule }
            }),
            (any::<u64>(), ".*", ".*").prop_map(|(alert, reason, by)| {
                ClientMessage::CloseAlert { alert, reason, by }
            }),
        ]
    }

    fn any_incident_message() -> impl Strategy<Value = ClientMessage> {
        let name = || (".*", any::<u32>()).prop_map(|(node, number)| IncidentName { node, number });
        let person = || {
            (".*", prop::option::of(".*")).prop_map(|(name, position)| Person { name, position })
        };
        let deed = prop_oneof![
            prop::collection::vec(any::<u64>(), 0..4)
                .prop_map(|alerts| IncidentDeed::AttachAlerts { alerts }),
            prop::collection::vec(".*", 0..4)
                .prop_map(|labels| IncidentDeed::DetachTracks { labels }),
            (".*", any::<bool>())
                .prop_map(|(text, shareable)| IncidentDeed::Note { text, shareable }),
            (any::<u16>(), any::<bool>())
                .prop_map(|(step, done)| IncidentDeed::Tick { step, done }),
            person().prop_map(|to| IncidentDeed::Transfer { to }),
            (".*", ".*", ".*", any::<u32>()).prop_map(|(to, accord, article, answer_within_s)| {
                IncidentDeed::Offer { to, accord, article, answer_within_s }
            }),
            Just(IncidentDeed::Accept {}),
            Just(IncidentDeed::Close { outcome: IncidentOutcome::FalseAlert }),
        ];
        prop_oneof![
            prop::option::of(name())
                .prop_map(|incident| ClientMessage::LookAtIncident { incident }),
            prop::option::of(".*").prop_map(|sensor| ClientMessage::LookAtSensor { sensor }),
            (".*", prop::collection::vec(any::<u64>(), 0..4), any::<Vec<u32>>(), ".*", person())
                .prop_map(|(title, alerts, tracks, why, by)| {
                    let kind = IncidentKind::UnlawfulInterference;
                    ClientMessage::OpenIncident { kind, title, alerts, tracks, why, by }
                }),
            (name(), deed, ".*", person()).prop_map(|(incident, deed, why, by)| {
                ClientMessage::OnIncident { incident, deed, why, by }
            }),
        ]
    }

    fn any_identity_message() -> impl Strategy<Value = ClientMessage> {
        let identity = || prop::sample::select(IDENTITIES.to_vec());
        let word = prop::sample::select(vec![IdentityWord::Decided, IdentityWord::Waiting]);
        let answer = prop::sample::select(vec![ProposalAnswer::Accept, ProposalAnswer::Refuse]);
        let means = prop::sample::select(vec![ReportMeans::Visual, ReportMeans::Voice]);
        prop_oneof![
            (any::<u32>(), identity(), ".*", ".*").prop_map(|(number, identity, why, by)| {
                ClientMessage::SetIdentity { number, identity, why, by }
            }),
            (any::<u32>(), identity(), ".*").prop_map(|(number, identity, by)| {
                ClientMessage::ConfirmIdentity { number, identity, by }
            }),
            (any::<u32>(), word, ".*", ".*").prop_map(|(number, word, why, by)| {
                ClientMessage::WithdrawIdentity { number, word, why, by }
            }),
            (any::<u32>(), ".*", identity(), answer, ".*", ".*").prop_map(
                |(number, party, identity, answer, why, by)| ClientMessage::AnswerProposal {
                    number,
                    party,
                    identity,
                    answer,
                    why,
                    by
                }
            ),
            (any::<u32>(), means, identity(), ".*", ".*").prop_map(
                |(number, means, identity, words, by)| ClientMessage::ReportIdentity {
                    number,
                    means,
                    identity,
                    words,
                    by
                }
            ),
        ]
    }

    fn any_event() -> impl Strategy<Value = Event> {
        let feed = || any::<u16>().prop_map(FeedIndex);
        let console = || any::<u32>().prop_map(ConsoleId);
        let party = || "[A-Z][A-Z0-9-]{0,11}".prop_map(|name| name.parse().expect("a party"));
        let message = prop_oneof![
            Just(ClientMessage::Resync {}),
            any::<Option<u32>>().prop_map(|number| ClientMessage::Select { number }),
            any::<(Option<String>, bool)>()
                .prop_map(|(party, beside)| ClientMessage::SeeAs { party, beside }),
            (any::<u32>(), ".*")
                .prop_map(|(number, party)| ClientMessage::Explain { number, party }),
            (".*", ".*", ".*", proptest::option::of(".*")).prop_map(
                |(accord, by, reason, towards)| ClientMessage::Suspend {
                    accord,
                    by,
                    reason,
                    towards
                }
            ),
            (".*", ".*", any::<Option<Vec<String>>>())
                .prop_map(|(accord, by, may)| ClientMessage::Resume { accord, by, may }),
            (".*", any::<(u32, u32)>(), any::<bool>(), ".*", ".*").prop_map(
                |(party, (theirs, number), one, why, by)| {
                    let word = if one { PairWord::One } else { PairWord::Undo };
                    ClientMessage::DecidePair { party, theirs, number, word, why, by }
                }
            ),
            any_request_message(),
            any_alert_message(),
            any_incident_message(),
            any_identity_message(),
        ];
        prop_oneof![
            feed().prop_map(|feed| Event::FeedConnected { feed }),
            (feed(), ".*").prop_map(|(feed, reason)| Event::FeedLost { feed, reason }),
            (feed(), any::<Vec<u8>>(), any_source())
                .prop_map(|(feed, bytes, source)| Event::Received { feed, bytes, source }),
            (feed(), any::<u64>()).prop_map(|(feed, bytes)| Event::FeedShed { feed, bytes }),
            console().prop_map(|console| Event::ConsoleJoined { console }),
            console().prop_map(|console| Event::ConsoleLeft { console }),
            (console(), message)
                .prop_map(|(console, message)| Event::ConsoleAsked { console, message }),
            (console(), any::<u64>())
                .prop_map(|(console, messages)| Event::ConsoleShed { console, messages }),
            Just(Event::Tick),
            (party(), any::<Vec<u8>>())
                .prop_map(|(party, body)| Event::PartnerTold { party, body }),
            party().prop_map(|party| Event::PartnerConnected { party }),
            (party(), ".*").prop_map(|(party, reason)| Event::PartnerLost { party, reason }),
            (
                party(),
                proptest::option::of(0..u64::MAX),
                any::<(u64, u64)>(),
                any::<Option<String>>()
            )
                .prop_map(|(party, queued, (refusals, shed), last_refusal)| {
                    let report = LinkReport { queued, refusals, last_refusal, shed };
                    Event::PartnerLink { party, report }
                }),
        ]
    }

    proptest! {
        #[test]
        fn an_event_is_written_and_read_back(event in any_event()) {
            let mut bytes = Vec::new();
            encode(&event, &mut bytes);
            prop_assert_eq!(decode(&bytes), Ok(event));
        }

        #[test]
        fn no_bytes_make_the_decoder_panic(mut bytes in any::<Vec<u8>>(), kind in 0..16_u8) {
            let _ = decode(&bytes);
            bytes.splice(0..0, [VERSION, kind]);
            let _ = decode(&bytes);
        }

        #[test]
        fn an_event_cut_anywhere_is_a_defect_or_a_shorter_event(event in any_event()) {
            let mut bytes = Vec::new();
            encode(&event, &mut bytes);
            for end in 0..bytes.len() {
                prop_assert_ne!(decode(&bytes[..end]), Ok(event.clone()));
            }
        }
    }

    #[test]
    fn defects_name_what_is_wrong() {
        let check = |bytes: &[u8], expected| assert_eq!(decode(bytes), Err(expected));
        check(&[], EventDefect::Truncated);
        check(&[2, 9], EventDefect::VersionUnknown { version: 2 });
        check(&[1, 77], EventDefect::TagUnknown { tag: 77 });
        check(&[1, 9, 0], EventDefect::Trailing { count: 1 });
        check(&[1, 1, 0xff, 0xff, 0xff, 1], EventDefect::NumberTooLarge);
        check(&[1, 2, 0, 0xff], EventDefect::NotUtf8);
    }
}

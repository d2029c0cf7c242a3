//! A note as bytes: Protocol Buffers beside those of a batch, told apart by their form.
//!
//! A field this version does not know is ignored; a note whose kind or word it does not know is
//! refused, and so is whatever is longer than it may be.

use crate::note::{
    Answer, ENDED_MAX, INCIDENT_MAX, NAME_MAX, NAMES_MAX, Note, PARTIES_MAX, REQUEST_TEXT_MAX,
    Request, RequestId, SERIALS_MAX, Says, StandInWord, WORDS_MAX,
};
use crate::{
    ArticleRef, IdentitySays, IdentityWord, IncidentName, IncidentSays, IncidentWord, NameError,
    OfferEnd, PartnerNumber, PartyId, Person, Purpose, Released, WireError,
};
use picture::Identity;
use prost::Message;
use surveillance::Time;

/// Version of the form of a note; of a batch it is [`crate::BATCH_FORM`].
pub const NOTE_FORM: u32 = 2;
/// Longest note that is read, bytes.
const NOTE_LEN_MAX: usize = 8 << 10;

#[derive(Clone, PartialEq, Message)]
struct Form {
    #[prost(uint32, tag = "1")]
    form: u32,
}

#[derive(Clone, PartialEq, Message)]
struct NoteMessage {
    #[prost(uint32, tag = "1")]
    form: u32,
    #[prost(string, tag = "3")]
    from: String,
    #[prost(string, tag = "4")]
    to: String,
    #[prost(sfixed64, tag = "5")]
    at_ns: i64,
    #[prost(uint32, tag = "6")]
    kind: u32,
    #[prost(string, tag = "7")]
    request_by: String,
    #[prost(uint32, tag = "8")]
    request_number: u32,
    #[prost(sint64, tag = "9")]
    serial: i64,
    #[prost(uint32, tag = "10")]
    word: u32,
    #[prost(string, tag = "11")]
    words: String,
    #[prost(string, repeated, tag = "12")]
    names: Vec<String>,
    #[prost(string, repeated, tag = "13")]
    parties: Vec<String>,
    #[prost(string, repeated, tag = "14")]
    audience: Vec<String>,
    #[prost(string, tag = "15")]
    accord: String,
    #[prost(string, tag = "16")]
    article: String,
    #[prost(string, optional, tag = "17")]
    incident: Option<String>,
    #[prost(sfixed64, tag = "18")]
    due_ns: i64,
    #[prost(uint32, tag = "19")]
    term: u32,
    #[prost(uint64, tag = "20")]
    number: u64,
    #[prost(uint64, tag = "21")]
    acked: u64,
    #[prost(sfixed64, tag = "22")]
    said_ns: i64,
    /// Whether it says what it ended.
    #[prost(bool, tag = "23")]
    tells_ended: bool,
    #[prost(fixed64, repeated, tag = "24")]
    ended: Vec<u64>,
    #[prost(bytes = "vec", tag = "25")]
    sha256: Vec<u8>,
    #[prost(uint32, tag = "70")]
    identity: u32,
    #[prost(uint32, tag = "71")]
    track: u32,
    #[prost(uint32, tag = "72")]
    epoch: u32,
}

impl Released<Note> {
    /// The note as bytes, as they go to the partner and into the ledger.
    pub fn encode(&self) -> Released<Vec<u8>> {
        self.map_ref(Note::encode)
    }
}

impl Note {
    /// Whether what a partner sent says that it is a note; else it is to be read as a batch.
    pub fn is_meant(bytes: &[u8]) -> bool {
        bytes.len() <= NOTE_LEN_MAX
            && Form::decode(bytes).is_ok_and(|message| message.form == NOTE_FORM)
    }

    /// The note as bytes; the same note always has the same.
    pub fn encode(&self) -> Vec<u8> {
        let mut message = NoteMessage {
            form: NOTE_FORM,
            from: self.from.to_string(),
            to: self.to.to_string(),
            at_ns: self.at.unix_nanos(),
            ..NoteMessage::default()
        };
        if let Some(request) = self.says.request() {
            message.request_by = request.by.to_string();
            message.request_number = request.number;
        }
        put(&self.says, &mut message);
        message.encode_to_vec()
    }

    /// Reads a note. Bytes from outside: it allocates in proportion to what it is given and never
    /// panics.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        if bytes.len() > NOTE_LEN_MAX {
            return Err(WireError::Value("a note as long"));
        }
        let message =
            NoteMessage::decode(bytes).map_err(|error| WireError::Malformed(error.to_string()))?;
        if message.form != NOTE_FORM {
            return Err(WireError::Form(message.form));
        }
        Ok(Self {
            from: message.from.parse()?,
            to: message.to.parse()?,
            at: Time::from_unix_nanos(message.at_ns),
            says: says(message)?,
        })
    }
}

fn strings<T: ToString>(list: &[T]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

fn put(says: &Says, message: &mut NoteMessage) {
    match says {
        Says::Request(request) => {
            message.kind = 1;
            put_article(request.article, message);
            message.word = purpose_number(request.purpose);
            message.words.clone_from(&request.text);
            message.incident.clone_from(&request.incident);
            message.parties = strings(&request.asked);
            message.audience = strings(&request.audience);
            message.names = vec![request.by.clone()];
            message.due_ns = request.due.unix_nanos();
        }
        Says::Receipt { .. } => message.kind = 2,
        Says::Answer { serial, answer, words, by, .. } => {
            message.kind = 3;
            message.word = answer_number(*answer);
            put_words((*serial, words, by), message);
        }
        Says::Report { serial, words, by, .. } => {
            message.kind = 4;
            put_words((*serial, words, by), message);
        }
        Says::Withdrawal { words, by, .. } => {
            message.kind = 5;
            put_words((0, words, by), message);
        }
        Says::Silence { of, .. } => {
            message.kind = 6;
            message.parties = strings(of);
        }
        Says::Standing { accord, serial, suspended, ended } => {
            message.kind = 7;
            message.accord = accord.to_string();
            message.serial = *serial;
            message.tells_ended = ended.is_some();
            message.ended = ended.clone().unwrap_or_default();
            message.word = if *suspended { 1 } else { 2 };
        }
        Says::Text { accord, serial, sha256 } => {
            message.kind = 71;
            message.accord = accord.to_string();
            message.serial = *serial;
            message.sha256 = sha256.to_vec();
        }
        Says::StandIn { article, serial, word, by } => {
            message.kind = 8;
            put_article(*article, message);
            message.serial = *serial;
            message.word = stand_in_number(*word);
            message.names.clone_from(by);
        }
        Says::Incident(word) => {
            message.kind = 9;
            put_incident(word, message);
        }
        Says::Identity(word) => {
            message.kind = 70;
            put_identity(word, message);
        }
    }
}

fn put_incident(word: &IncidentWord, message: &mut NoteMessage) {
    message.request_by = word.incident.by.to_string();
    message.request_number = word.incident.number;
    put_article(word.article, message);
    message.term = word.term;
    message.serial = i64::from(word.serial);
    message.number = word.number;
    let (kind, by, words) = match &word.says {
        IncidentSays::Told { by } => (1, Some(by), ""),
        IncidentSays::Offer { by, words, due } => {
            message.due_ns = due.unix_nanos();
            (2, Some(by), words.as_str())
        }
        IncidentSays::Seen { by } => (3, Some(by), ""),
        IncidentSays::Accept { by, words } => (4, Some(by), words.as_str()),
        IncidentSays::Refuse { by, words } => (5, Some(by), words.as_str()),
        IncidentSays::Confirm => (6, None, ""),
        IncidentSays::Ended { how, words } => {
            let how = match how {
                OfferEnd::Withdrawn => 7,
                OfferEnd::Expired => 8,
                OfferEnd::Refused => 9,
                OfferEnd::Superseded => 10,
            };
            (how, None, words.as_str())
        }
        IncidentSays::Ack { number, said } => {
            (message.acked, message.said_ns) = (*number, said.unix_nanos());
            (11, None, "")
        }
        IncidentSays::Refusal { number, said, words } => {
            (message.acked, message.said_ns) = (*number, said.unix_nanos());
            (70, None, words.as_str())
        }
    };
    message.word = kind;
    words.clone_into(&mut message.words);
    if let Some(by) = by {
        message.names = std::iter::once(&by.name).chain(&by.position).cloned().collect();
    }
}

fn put_identity(word: &IdentityWord, message: &mut NoteMessage) {
    put_article(word.article, message);
    (message.track, message.epoch, message.number) = (word.track.0, word.epoch, word.number);
    let (kind, said) = match &word.says {
        IdentitySays::Proposed { identity, words, by } => {
            message.identity = *identity as u32;
            (1, Some((words, by)))
        }
        IdentitySays::Received => (2, None),
        IdentitySays::Gone => (3, None),
        IdentitySays::Answered { accepted, words, by } => {
            (if *accepted { 4 } else { 5 }, Some((words, by)))
        }
        IdentitySays::Heard => (6, None),
    };
    message.word = kind;
    if let Some((words, by)) = said {
        message.words.clone_from(words);
        message.names = std::iter::once(&by.name).chain(&by.position).cloned().collect();
    }
}

fn put_article(article: ArticleRef, message: &mut NoteMessage) {
    message.accord = article.accord.to_string();
    message.article = article.article.to_string();
}

fn put_words((serial, words, by): (u32, &str, &str), message: &mut NoteMessage) {
    message.serial = i64::from(serial);
    message.words = words.to_owned();
    message.names = vec![by.to_owned()];
}

fn says(mut message: NoteMessage) -> Result<Says, WireError> {
    let message = &mut message;
    Ok(match message.kind {
        1 => Says::Request(Request {
            id: request(message)?,
            article: article(message)?,
            purpose: purpose(message.word)?,
            text: text(&mut message.words, REQUEST_TEXT_MAX)?,
            incident: match &mut message.incident {
                Some(incident) => Some(text(incident, INCIDENT_MAX)?),
                None => None,
            },
            asked: parties(&message.parties)?,
            audience: parties(&message.audience)?,
            by: one_name(message)?,
            due: Time::from_unix_nanos(message.due_ns),
        }),
        2 => Says::Receipt { request: request(message)? },
        3 => Says::Answer {
            request: request(message)?,
            serial: serial(message.serial)?,
            answer: answer(message.word)?,
            words: text(&mut message.words, WORDS_MAX)?,
            by: one_name(message)?,
        },
        4 => Says::Report {
            request: request(message)?,
            serial: serial(message.serial)?,
            words: text(&mut message.words, WORDS_MAX)?,
            by: one_name(message)?,
        },
        5 => Says::Withdrawal {
            request: request(message)?,
            words: text(&mut message.words, WORDS_MAX)?,
            by: one_name(message)?,
        },
        6 => Says::Silence { request: request(message)?, of: parties(&message.parties)? },
        7 => Says::Standing {
            accord: message.accord.parse()?,
            serial: message.serial,
            suspended: match message.word {
                1 => true,
                2 => false,
                _ => return Err(WireError::Value("that word on an accord")),
            },
            ended: match message.ended.len() {
                0..=ENDED_MAX => message.tells_ended.then(|| std::mem::take(&mut message.ended)),
                _ => return Err(WireError::Value("so many suspensions")),
            },
        },
        8 => Says::StandIn {
            article: article(message)?,
            serial: message.serial,
            word: stand_in(message.word)?,
            by: names(message)?,
        },
        9 => Says::Incident(incident(message)?),
        70 => Says::Identity(identity(message)?),
        71 => Says::Text {
            accord: message.accord.parse()?,
            serial: message.serial,
            sha256: <[u8; 32]>::try_from(&*message.sha256)
                .map_err(|_| WireError::Value("a hash of that length"))?,
        },
        _ => return Err(WireError::Value("a note of that kind")),
    })
}

fn incident(message: &mut NoteMessage) -> Result<IncidentWord, WireError> {
    let ended = |how, message: &mut NoteMessage| {
        Ok::<_, WireError>(IncidentSays::Ended { how, words: text(&mut message.words, WORDS_MAX)? })
    };
    Ok(IncidentWord {
        incident: IncidentName { by: message.request_by.parse()?, number: message.request_number },
        article: article(message)?,
        term: message.term,
        serial: u32::try_from(message.serial)
            .map_err(|_| WireError::Value("that number of a word on an incident"))?,
        number: message.number,
        says: match message.word {
            1 => IncidentSays::Told { by: person(message)? },
            2 => IncidentSays::Offer {
                by: person(message)?,
                words: text(&mut message.words, WORDS_MAX)?,
                due: Time::from_unix_nanos(message.due_ns),
            },
            3 => IncidentSays::Seen { by: person(message)? },
            4 => IncidentSays::Accept {
                by: person(message)?,
                words: text(&mut message.words, WORDS_MAX)?,
            },
            5 => IncidentSays::Refuse {
                by: person(message)?,
                words: text(&mut message.words, WORDS_MAX)?,
            },
            6 => IncidentSays::Confirm,
            7 => ended(OfferEnd::Withdrawn, message)?,
            8 => ended(OfferEnd::Expired, message)?,
            9 => ended(OfferEnd::Refused, message)?,
            10 => ended(OfferEnd::Superseded, message)?,
            11 => IncidentSays::Ack {
                number: message.acked,
                said: Time::from_unix_nanos(message.said_ns),
            },
            70 => IncidentSays::Refusal {
                number: message.acked,
                said: Time::from_unix_nanos(message.said_ns),
                words: text(&mut message.words, WORDS_MAX)?,
            },
            _ => return Err(WireError::Value("that word on an incident")),
        },
    })
}

fn identity(message: &mut NoteMessage) -> Result<IdentityWord, WireError> {
    let answered = |accepted, message: &mut NoteMessage| {
        let (by, words) = (person(message)?, text(&mut message.words, WORDS_MAX)?);
        Ok::<_, WireError>(IdentitySays::Answered { accepted, words, by })
    };
    Ok(IdentityWord {
        track: PartnerNumber(message.track),
        epoch: message.epoch,
        article: article(message)?,
        number: message.number,
        says: match message.word {
            1 => {
                let class = |known: &Identity| *known as u32 == message.identity;
                let identity = Identity::ALL.into_iter().find(class);
                IdentitySays::Proposed {
                    identity: identity.ok_or(WireError::Value("that identity"))?,
                    by: person(message)?,
                    words: text(&mut message.words, WORDS_MAX)?,
                }
            }
            2 => IdentitySays::Received,
            3 => IdentitySays::Gone,
            4 => answered(true, message)?,
            5 => answered(false, message)?,
            6 => IdentitySays::Heard,
            _ => return Err(WireError::Value("that word on an identity")),
        },
    })
}

fn person(message: &mut NoteMessage) -> Result<Person, WireError> {
    let mut names = names(message)?.into_iter();
    match (names.next(), names.next(), names.next()) {
        (Some(name), position, None) => Ok(Person { name, position }),
        _ => Err(WireError::Value("a word without one name under it")),
    }
}

fn request(message: &NoteMessage) -> Result<RequestId, NameError> {
    Ok(RequestId { by: message.request_by.parse()?, number: message.request_number })
}

fn article(message: &NoteMessage) -> Result<ArticleRef, NameError> {
    Ok(ArticleRef { accord: message.accord.parse()?, article: message.article.parse()? })
}

fn serial(serial: i64) -> Result<u32, WireError> {
    u32::try_from(serial)
        .ok()
        .filter(|serial| (1..=SERIALS_MAX).contains(serial))
        .ok_or(WireError::Value("that many words on one request"))
}

fn text(text: &mut String, max: usize) -> Result<String, WireError> {
    if text.len() > max || text.chars().any(|c| c.is_control() && c != '\n') {
        return Err(WireError::Value("that text"));
    }
    Ok(std::mem::take(text))
}

fn one_name(message: &mut NoteMessage) -> Result<String, WireError> {
    let mut names = names(message)?;
    match (names.pop(), names.pop()) {
        (Some(name), None) => Ok(name),
        _ => Err(WireError::Value("a word without one name under it")),
    }
}

fn names(message: &mut NoteMessage) -> Result<Vec<String>, WireError> {
    if message.names.is_empty() || message.names.len() > NAMES_MAX {
        return Err(WireError::Value("that many names"));
    }
    let name = |name: &mut String| match text(name, NAME_MAX)? {
        name if name.trim().is_empty() => Err(WireError::Value("an empty name")),
        name => Ok(name),
    };
    message.names.iter_mut().map(name).collect()
}

/// In order and each once, as a sender writes them.
fn parties(list: &[String]) -> Result<Vec<PartyId>, WireError> {
    if list.len() > PARTIES_MAX {
        return Err(WireError::Value("that many parties"));
    }
    let list: Vec<PartyId> = list.iter().map(|name| name.parse()).collect::<Result<_, _>>()?;
    if list.is_sorted_by(|a, b| a < b) { Ok(list) } else { Err(WireError::Value("that order")) }
}

fn purpose_number(purpose: Purpose) -> u32 {
    match purpose {
        Purpose::Information => 1,
        Purpose::Consultation => 2,
        Purpose::BackUp => 3,
        Purpose::Assistance => 4,
    }
}

fn purpose(number: u32) -> Result<Purpose, WireError> {
    let all = [Purpose::Information, Purpose::Consultation, Purpose::BackUp, Purpose::Assistance];
    all.into_iter()
        .find(|purpose| purpose_number(*purpose) == number)
        .ok_or(WireError::Value("that purpose"))
}

fn answer_number(answer: Answer) -> u32 {
    match answer {
        Answer::Accepted => 1,
        Answer::InPart => 2,
        Answer::Declined => 3,
    }
}

fn answer(number: u32) -> Result<Answer, WireError> {
    [Answer::Accepted, Answer::InPart, Answer::Declined]
        .into_iter()
        .find(|answer| answer_number(*answer) == number)
        .ok_or(WireError::Value("that answer"))
}

fn stand_in_number(word: StandInWord) -> u32 {
    match word {
        StandInWord::TakenOver => 1,
        StandInWord::HandedBack => 2,
        StandInWord::Passed => 3,
    }
}

fn stand_in(number: u32) -> Result<StandInWord, WireError> {
    [StandInWord::TakenOver, StandInWord::HandedBack, StandInWord::Passed]
        .into_iter()
        .find(|word| stand_in_number(*word) == number)
        .ok_or(WireError::Value("that word on standing in"))
}

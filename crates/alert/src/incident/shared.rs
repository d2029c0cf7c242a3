//! What of an incident may cross a border: a reduced incident, made of the fields that are allowed
//! and of nothing else.

use super::code::{BytesError, Code, Rest, Taken, fields, variants};
use super::kind::{Kind, Outcome};
use super::log::{Act, IncidentId, TrackRef};
use super::state::Incident;
use super::text::NodeName;
use surveillance::Time;

/// Most entries that one view tells: the newest.
pub const SHARED_ENTRIES_MAX: usize = 50;
/// Bytes of texts in one view at most.
pub const SHARED_TEXT_MAX: usize = 8_000;

/// What of an incident may be told; its id always is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SharedFields(u8);

impl SharedFields {
    /// The id alone.
    pub const NONE: Self = Self(0);
    /// What it is about.
    pub const KIND: Self = Self(1);
    /// Since when.
    pub const OPENED: Self = Self(1 << 1);
    /// Whether it is open, and how it ended.
    pub const STATE: Self = Self(1 << 2);
    /// Node and position of the owner, never the name.
    pub const OWNER: Self = Self(1 << 3);
    /// The tracks.
    pub const TRACKS: Self = Self(1 << 4);
    /// Title and the notes flagged as shareable.
    pub const CONTENT: Self = Self(1 << 5);
    /// All of it.
    pub const ALL: Self = Self((1 << 6) - 1);

    /// In either.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` is in it.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// How far an incident is, as others see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharedState {
    /// Being worked on.
    Open {},
    /// Over.
    Closed {
        /// How it ended.
        outcome: Outcome,
    },
}

/// Whose it is, without a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedOwner {
    /// The node.
    pub node: NodeName,
    /// The position, where one was said.
    pub position: Option<String>,
}

/// A note as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedEntry {
    /// When, UTC.
    pub at: Time,
    /// At which node.
    pub node: NodeName,
    /// What.
    pub text: String,
}

/// A reduced incident. What is not allowed is absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedIncident {
    /// Its name.
    pub id: IncidentId,
    /// What it is about.
    pub kind: Option<Kind>,
    /// Since when, UTC.
    pub opened: Option<Time>,
    /// How far it is.
    pub state: Option<SharedState>,
    /// Whose it is.
    pub owner: Option<SharedOwner>,
    /// Its tracks, by the numbers of who tells; whoever lets it out puts the numbers in their
    /// place under which the partner is told these tracks.
    pub tracks: Vec<TrackRef>,
    /// In a few words.
    pub title: Option<String>,
    /// Notes flagged as shareable, oldest first.
    pub entries: Vec<SharedEntry>,
}

/// What a partner may see of `incident` where these fields are allowed. Notes that are not flagged
/// as shareable, alerts, checklists, names of persons and reasons are in no view.
pub fn shared_view(incident: &Incident, allowed: SharedFields) -> SharedIncident {
    let may = |field| allowed.has(field);
    let mut view = SharedIncident {
        id: incident.id(),
        kind: may(SharedFields::KIND).then(|| incident.kind()),
        opened: may(SharedFields::OPENED).then(|| incident.opened()),
        state: may(SharedFields::STATE).then(|| match incident.closed() {
            Some(closing) => SharedState::Closed { outcome: closing.outcome },
            None => SharedState::Open {},
        }),
        owner: may(SharedFields::OWNER).then(|| SharedOwner {
            node: incident.holder(),
            position: incident.owner().and_then(|p| p.position()).map(str::to_owned),
        }),
        tracks: Vec::new(),
        title: None,
        entries: Vec::new(),
    };
    if may(SharedFields::TRACKS) {
        view.tracks = incident.tracks().collect();
    }
    if may(SharedFields::CONTENT) {
        view.title = Some(incident.title().to_owned());
        let noted = incident.log().iter().rev().filter_map(|entry| match &entry.act {
            Act::Noted { text, shareable: true } => {
                Some(SharedEntry { at: entry.at, node: entry.by.node, text: text.clone() })
            }
            _ => None,
        });
        let mut left = SHARED_TEXT_MAX;
        for note in noted.take(SHARED_ENTRIES_MAX) {
            let Some(after) = left.checked_sub(note.text.len()) else { break };
            left = after;
            view.entries.push(note);
        }
        view.entries.reverse();
    }
    view
}

impl SharedIncident {
    /// As bytes, for what carries it; the same view always has the same.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        self.put(&mut out);
        out
    }

    /// Reads a view. Bytes from outside: it allocates in proportion to what it is given and never
    /// panics.
    ///
    /// # Errors
    /// They are none, or more than one may hold.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BytesError> {
        let mut rest = Rest(bytes);
        match u8::read(&mut rest)? {
            VERSION => {}
            other => return Err(BytesError::Version(other)),
        }
        let view = Self::read(&mut rest)?;
        rest.done()?;
        view.bounded()
    }

    fn bounded(self) -> Taken<Self> {
        let texts: usize = self.entries.iter().map(|entry| entry.text.len()).sum();
        let fits = self.tracks.len() <= super::state::TRACKS_MAX
            && self.entries.len() <= SHARED_ENTRIES_MAX
            && texts <= SHARED_TEXT_MAX
            && self.title.as_ref().is_none_or(|title| title.len() <= super::text::TITLE_MAX);
        if fits { Ok(self) } else { Err(BytesError::Value("an incident of that size")) }
    }
}

/// Version of a view's bytes.
const VERSION: u8 = 1;

fields!(SharedEntry { at, node, text });
fields!(SharedOwner { node, position });
variants!(SharedState, "a state" { 1 => Open {}; 2 => Closed { outcome }; });

impl Code for SharedIncident {
    fn put(&self, out: &mut Vec<u8>) {
        self.id.put(out);
        self.kind.put(out);
        self.opened.put(out);
        self.state.put(out);
        self.owner.put(out);
        self.tracks.put(out);
        self.title.put(out);
        self.entries.put(out);
    }

    fn read(from: &mut Rest<'_>) -> Taken<Self> {
        let view = Self {
            id: Code::read(from)?,
            kind: Code::read(from)?,
            opened: Code::read(from)?,
            state: Code::read(from)?,
            owner: Code::read(from)?,
            tracks: Code::read(from)?,
            title: Code::read(from)?,
            entries: Code::read(from)?,
        };
        view.bounded()
    }
}

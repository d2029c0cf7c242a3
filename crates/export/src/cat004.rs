//! Alerts that were told, as safety net messages.
//!
//! Each stands in every update until it is over, and is then told to have ended once. One that is no more
//! told for another reason, as that its tracks are not any more, only stops: it may still be so. What the
//! category has no message for is left out. The message that says "all is well" (type 1) is not sent:
//! where no article grants alerts, it would be taken for a watch that finds nothing.

use crate::cat062::track;
use crate::{Mirror, Object};
use accord::{AlertKind, AlertState, PartnerNumber};
use asterix::emit::{EmitError, Emitter, Numbers, SafetyNet, SafetyNetKind};
use serde::Deserialize;
use std::collections::BTreeMap;
use surveillance::{Time, Track};

/// Longest text of an alert that is read.
const CONTENT_BYTES_MAX: usize = 1_000;

/// Alerts of one consumer by the numbers that they were told under; one of an earlier epoch of the feed
/// is another.
#[derive(Debug, Clone, Default)]
pub(crate) struct SafetyNets {
    numbers: Numbers<(u32, PartnerNumber)>,
    /// The tracks that each was about.
    about: BTreeMap<(u32, PartnerNumber), Vec<PartnerNumber>>,
}

/// What an alert's text says that is needed here; other parts of it are for other readers.
#[derive(Debug, Default, Deserialize)]
struct Content {
    /// Message type of I004/000.
    #[serde(default)]
    cat004: Option<u8>,
}

impl SafetyNets {
    /// Puts every alert that stands, and the end of those that did, behind the tracks in `out`.
    pub(crate) fn update(
        &mut self,
        mirror: &Mirror,
        now: Time,
        emitter: &mut Emitter,
        out: &mut Vec<Vec<u8>>,
    ) -> Result<(), EmitError> {
        self.numbers.begin();
        for object in mirror.alerts() {
            let Some(kind) = kind(object) else { continue };
            let key = (mirror.epoch(), object.item.number);
            let Some((number, _)) = self.numbers.of(key) else { continue };
            self.about.insert(key, object.item.told.tracks.clone());
            let about: Vec<Track> = (object.item.told.tracks.iter())
                .filter_map(|number| track(mirror.get(*number)?))
                .collect();
            out.push(emitter.alert(&message(kind, number, object.item.time, &about))?);
        }
        for (key, number) in self.numbers.ended() {
            let tracks = self.about.remove(&key).unwrap_or_default();
            let told_of = tracks.iter().all(|track| mirror.get(*track).is_some());
            if key.0 != mirror.epoch() || !mirror.has_ended(key.1) || !told_of {
                continue;
            }
            out.push(emitter.alert(&message(SafetyNetKind::EndOfConflict, number, now, &[]))?);
        }
        Ok(())
    }
}

fn message(kind: SafetyNetKind, number: u16, time: Time, about: &[Track]) -> SafetyNet<'_> {
    let (first, second) = (about.first(), about.get(1));
    SafetyNet { kind, number, time, first, second, area: None, separation: None }
}

/// What it is in the category, by its text where that was granted, else by what kind it is; `None` for
/// one that is over or has no message.
fn kind(object: &Object) -> Option<SafetyNetKind> {
    let told = &object.item.told;
    let (kinds, state) = told.alerts.unwrap_or_default();
    if state == AlertState::Closed {
        return None;
    }
    let content = told.content.as_deref().filter(|bytes| bytes.len() <= CONTENT_BYTES_MAX);
    let content: Option<Content> = content.and_then(|bytes| serde_json::from_slice(bytes).ok());
    let said = content.and_then(|content| SafetyNetKind::of_message_type(content.cat004?));
    let of_alerts =
        |kind: &SafetyNetKind| !matches!(kind, SafetyNetKind::Alive | SafetyNetKind::EndOfConflict);
    said.filter(of_alerts).or_else(|| {
        kinds.iter().find_map(|kind| match kind {
            AlertKind::MinimumSafeAltitude => Some(SafetyNetKind::MinimumSafeAltitude),
            // Whether it is in it or about to be is not told.
            AlertKind::AreaInfringement | AlertKind::BorderCrossing => {
                Some(SafetyNetKind::AreaProximity)
            }
            AlertKind::Conflict => Some(SafetyNetKind::ShortTermConflict),
            AlertKind::LostTrack => Some(SafetyNetKind::LostTrack),
            _ => None,
        })
    })
}

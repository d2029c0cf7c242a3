//! Alerts that were told, as safety net messages.
//!
//! Each stands in every update until it is over, and is then told to have ended once. One that is no more
//! told for another reason, as that its tracks are not any more, only stops: it may still be so. What the
//! category has no message for is left out, and so is every item of which nothing is known: how severe it is
//! and since when is in the alert's text, where that is granted. How two tracks stand to each other is worked
//! out here, from what this consumer was told of them, and only where that was told exactly; when a conflict
//! begins and which area it is about is not in the text, as it would tell where a track is that is told on
//! a grid. The message that says "all is well" (type 1) is not sent:
//! where no article grants alerts, it would be taken for a watch that finds nothing.

use crate::cat062::track;
use crate::{Mirror, Object};
use accord::{AlertKind, AlertState, PartnerNumber};
use asterix::emit::{
    Conflict, ConflictSeverity, EmitError, Emitter, Numbers, SafetyNet, SafetyNetKind, Separation,
};
use geodesy::{Enu, Geodetic, LocalFrame};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;
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

/// Largest age over which a track is drawn on straight, seconds.
const DRAWN_ON_MAX_S: f64 = 30.0;
/// Farthest ahead that a closest approach is told, seconds: what flies straight for so long does so by
/// chance.
const CLOSEST_MAX_S: f64 = 600.0;
/// Tracks told at instants further apart than this, seconds, have no distance from each other unless it is
/// known how they move.
const SAME_TIME_S: f64 = 0.5;

/// What an alert's text says that is needed here; other parts of it are for other readers.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Content {
    /// Message type of I004/000.
    cat004: Option<u8>,
    severity: Option<Severity>,
    /// When it was raised, seconds since 1970.
    opened: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Severity {
    Advisory,
    Caution,
    Warning,
}

impl Content {
    fn of(object: &Object) -> Self {
        let content = object.item.told.content.as_deref();
        let content = content.filter(|bytes| bytes.len() <= CONTENT_BYTES_MAX);
        content.and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default()
    }

    fn conflict(&self, time: Time) -> Option<Conflict> {
        let opened = self.opened.and_then(|seconds| seconds.checked_mul(1000));
        let lasts_s = opened.map(|opened| (time.unix_millis() - opened) as f64 / 1e3);
        Some(Conflict {
            severity: match self.severity? {
                Severity::Advisory => ConflictSeverity::Low,
                Severity::Caution => ConflictSeverity::Medium,
                Severity::Warning => ConflictSeverity::High,
            },
            ahead: None,
            lasts_s: lasts_s.filter(|lasts_s| *lasts_s >= 0.0),
        })
    }
}

/// How two tracks stand to each other at `time` and, if both go straight on, when they are closest; what
/// was told on a grid or not at all is left out.
fn apart(first: &Object, second: &Object, time: Time) -> Separation {
    let both = [&first.item, &second.item];
    let is_exact = |step: fn(&accord::Item) -> f64| both.iter().all(|item| step(item) == 0.0);
    let is_dated = is_exact(|item| item.precision.time_s);
    let ages_s = both.map(|item| time.seconds_since(item.time));
    // What is older is not drawn on to now.
    let is_dated = is_dated && ages_s.iter().all(|age_s| age_s.abs() <= DRAWN_ON_MAX_S);
    let mut found = Separation::default();
    let velocities = match both.map(|item| item.told.velocity_mps) {
        [Some(one), Some(other)] if is_dated && is_exact(|item| item.precision.velocity_mps) => {
            Some([one, other])
        }
        _ => None,
    };
    let at_once = is_dated && ages_s.iter().all(|age_s| age_s.abs() <= SAME_TIME_S);
    let mut closest_s = None;
    if let [Some(one), Some(other)] = both.map(|item| item.told.position_rad)
        && is_exact(|item| item.precision.position_m)
        && (velocities.is_some() || at_once)
    {
        let place = |[latitude_rad, longitude_rad]: [f64; 2]| Geodetic {
            latitude_rad,
            longitude_rad,
            height_m: 0.0,
        };
        let (frame, others) = (LocalFrame::at(place(one)), LocalFrame::at(place(other)));
        let from = frame.enu_from_geodetic(place(other));
        let [one, [east, north]] = velocities.unwrap_or_default();
        // North of the one is not quite north of the other.
        let turned = frame.rotate_from_ecef(others.rotate_to_ecef(Enu { east, north, up: 0.0 }));
        let other = [turned.east, turned.north];
        // From where each was told to be to where it is then.
        let along = |of: usize| other[of] * ages_s[1] - one[of] * ages_s[0];
        let (east, north) = (from.east + along(0), from.north + along(1));
        found.horizontal_m = Some(east.hypot(north));
        let (u, v) = (other[0] - one[0], other[1] - one[1]);
        let in_s = -(east * u + north * v) / (u * u + v * v);
        if in_s > 0.0 && in_s <= CLOSEST_MAX_S {
            closest_s = Some(in_s);
            found.closest_in_s = closest_s;
            found.horizontal_min_m = Some((east + u * in_s).hypot(north + v * in_s));
        }
    }
    if let [Some(one), Some(other)] = both.map(|item| item.told.level_m)
        && is_exact(|item| item.precision.level_m)
    {
        let rates = both.map(|item| item.told.vertical_rate_mps.filter(|_| is_dated));
        let then = |in_s: f64| match rates {
            [Some(up), Some(others)] => {
                Some(other + others * (in_s + ages_s[1]) - one - up * (in_s + ages_s[0]))
            }
            _ => None,
        };
        let now_m = then(0.0).or(at_once.then_some(other - one));
        found.vertical_m = now_m.map(f64::abs);
        found.vertical_min_m = closest_s.and_then(|in_s| {
            let [now_m, then_m] = [now_m?, then(in_s)?];
            let crosses = now_m * then_m <= 0.0;
            Some(if crosses { 0.0 } else { now_m.abs().min(then_m.abs()) })
        });
    }
    found
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
            let content = Content::of(object);
            let Some(kind) = kind(object, &content) else { continue };
            let key = (mirror.epoch(), object.item.number);
            let Some((number, _)) = self.numbers.of(key) else { continue };
            self.about.insert(key, object.item.told.tracks.clone());
            let about: Vec<&Object> = (object.item.told.tracks.iter())
                .filter_map(|number| mirror.get(*number).map(Arc::as_ref))
                .collect();
            let tracks: Vec<Option<Track>> = about.iter().map(|object| track(object)).collect();
            let track = |place: usize| tracks.get(place).and_then(Option::as_ref);
            let time = object.item.time;
            out.push(emitter.alert(&SafetyNet {
                kind,
                number,
                time,
                first: track(0),
                second: track(1),
                area: None,
                conflict: content.conflict(time),
                separation: match about[..] {
                    [one, other] => Some(apart(one, other, time)),
                    _ => None,
                },
            })?);
        }
        for (key, number) in self.numbers.ended() {
            let tracks = self.about.remove(&key).unwrap_or_default();
            let told_of = tracks.iter().all(|track| mirror.get(*track).is_some());
            if key.0 != mirror.epoch() || !mirror.has_ended(key.1) || !told_of {
                continue;
            }
            out.push(emitter.alert(&SafetyNet {
                kind: SafetyNetKind::EndOfConflict,
                number,
                time: now,
                first: None,
                second: None,
                area: None,
                conflict: None,
                separation: None,
            })?);
        }
        Ok(())
    }
}

/// What it is in the category, by its text where that was granted, else by what kind it is; `None` for
/// one that is over or has no message.
fn kind(object: &Object, content: &Content) -> Option<SafetyNetKind> {
    let told = &object.item.told;
    let (kinds, state) = told.alerts.unwrap_or_default();
    if state == AlertState::Closed {
        return None;
    }
    let said = content.cat004.and_then(SafetyNetKind::of_message_type);
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

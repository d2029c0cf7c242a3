//! Who came over a border, and who was inside from the first.

use geodesy::Geodetic;
use rustc_hash::FxHashMap;
use surveillance::{Time, TrackNumber};

/// How a track came to be inside a border.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Came {
    /// It was outside when the rule saw it before.
    Over {
        /// First seen inside, UTC.
        at: Time,
        /// There.
        place: Geodetic,
    },
    /// Its crossing was an alert before the node was started again.
    BeforeRestart,
    /// It was inside when the rule first saw it, near the edge.
    PerhapsUnseen,
    /// It was inside when the rule first saw it, far from the edge.
    Began,
}

/// Whether a track was in the air at the evaluation before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// It was.
    Before,
    /// It was on the ground.
    TakingOff,
    /// It was not there.
    First,
}

#[derive(Debug, Clone, Copy)]
struct Inside {
    came: Came,
    evaluation: u64,
}

/// Which tracks are inside which borders, and how they came.
#[derive(Debug, Default)]
pub(super) struct Borders {
    inside: FxHashMap<(TrackNumber, u32), Inside>,
    /// Tracks seen in the air, with the evaluation that last saw them.
    flying: FxHashMap<TrackNumber, u64>,
    /// Tracks seen on the ground, alike.
    grounded: FxHashMap<TrackNumber, u64>,
}

impl Borders {
    /// A track is on the ground now.
    pub(super) fn sees_on_ground(&mut self, track: TrackNumber, evaluation: u64) {
        self.grounded.insert(track, evaluation);
    }

    /// A track is in the air now.
    pub(super) fn sees(&mut self, track: TrackNumber, evaluation: u64) -> Seen {
        if self.flying.insert(track, evaluation).is_some() {
            Seen::Before
        } else if self.grounded.contains_key(&track) {
            Seen::TakingOff
        } else {
            Seen::First
        }
    }

    /// A track is inside a border; `new` tells how it came if it was not before.
    pub(super) fn inside(
        &mut self,
        track: TrackNumber,
        area: u32,
        evaluation: u64,
        new: impl FnOnce() -> Came,
    ) -> Came {
        let entry = self.inside.entry((track, area));
        let inside = entry.or_insert_with(|| Inside { came: new(), evaluation });
        inside.evaluation = evaluation;
        inside.came
    }

    /// What is known of a track is another's: they are one target. How the other came counts only
    /// where this one was not seen to come over.
    pub(super) fn give(&mut self, track: TrackNumber, heir: TrackNumber) {
        if let Some(last) = self.flying.remove(&track) {
            self.flying.entry(heir).or_insert(last);
        }
        let moved: Vec<_> = self.inside.extract_if(|(number, _), _| *number == track).collect();
        for ((_, area), inside) in moved {
            let own = self.inside.entry((heir, area)).or_insert(inside);
            if matches!(own.came, Came::Began | Came::PerhapsUnseen) {
                own.came = inside.came;
            }
        }
    }

    /// Remembers a crossing from before a restart.
    pub(super) fn remember(&mut self, track: TrackNumber, area: u32) {
        self.inside.insert((track, area), Inside { came: Came::BeforeRestart, evaluation: 0 });
    }

    /// Drops those not inside in this evaluation, unless `near` says that they are still as good
    /// as inside; and forgets tracks that are gone.
    pub(super) fn let_go(
        &mut self,
        evaluation: u64,
        mut near: impl FnMut(TrackNumber, u32) -> bool,
    ) {
        self.inside
            .retain(|(track, area), inside| inside.evaluation == evaluation || near(*track, *area));
        self.flying.retain(|_, last| *last == evaluation);
        self.grounded.retain(|_, last| *last == evaluation);
    }
}

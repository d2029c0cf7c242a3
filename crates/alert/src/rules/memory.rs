//! What a rule remembers of each track, and what several rules read of one.

use crate::{Scene, Subject};
use surveillance::{PlotOrigin, Time, Track, TrackNumber};

/// One value for each track of the scene, in its order. As long as a track is in the picture it
/// keeps its value; one that left is forgotten.
#[derive(Debug, Clone)]
pub(crate) struct PerTrack<T> {
    now: Vec<(TrackNumber, T)>,
    before: Vec<(TrackNumber, T)>,
}

impl<T> Default for PerTrack<T> {
    fn default() -> Self {
        Self { now: Vec::new(), before: Vec::new() }
    }
}

impl<T> PerTrack<T> {
    /// The values of the last [`Self::each`], in the order of its scene.
    pub(crate) fn values(&self) -> impl Iterator<Item = &T> {
        self.now.iter().map(|(_, value)| value)
    }
}

impl<T: Default> PerTrack<T> {
    /// Each track of the scene with its value, which is the default for a new one.
    pub(crate) fn each<'s, 'a>(
        &'s mut self,
        scene: &Scene<'a>,
    ) -> impl Iterator<Item = (&'a Subject<'a>, &'s mut T)> {
        std::mem::swap(&mut self.now, &mut self.before);
        self.now.clear();
        let mut old = self.before.drain(..).peekable();
        self.now.extend(scene.tracks.iter().map(|subject| {
            let number = subject.number();
            while old.next_if(|(kept, _)| *kept < number).is_some() {}
            old.next_if(|(kept, _)| *kept == number).unwrap_or_else(|| (number, T::default()))
        }));
        scene.tracks.iter().zip(self.now.iter_mut().map(|(_, value)| value))
    }
}

/// Time of the newest plot of these kinds that a track was held by, UTC.
pub(crate) fn last_of(track: &Track, kind: impl Fn(PlotOrigin) -> bool) -> Option<Time> {
    let of_kind = track.contributors.iter().filter(|contributor| kind(contributor.origin));
    of_kind.map(|contributor| contributor.last).max()
}

/// Speed over the ground, m/s.
pub(crate) fn speed_mps(track: &Track) -> f64 {
    track.velocity.east.hypot(track.velocity.north)
}

//! The rules of this node, and what they are told once.

use alert::rules::conflict::{ConflictConfig, ConflictRule};
use alert::{Board, BoardConfig, Firing, Firings, Scene};

/// What the alerts of a node are told once.
#[derive(Debug, Clone, Default)]
pub struct AlertSetup {
    /// How the board keeps alerts.
    pub board: BoardConfig,
    /// Two tracks too near each other; `None`: not looked for.
    pub conflict: Option<ConflictConfig>,
}

/// Every rule with what it remembers.
#[derive(Debug)]
pub(super) struct Rules {
    conflict: Option<ConflictRule>,
    /// Used again at each evaluation.
    found: Vec<Firing>,
}

impl Rules {
    pub(super) fn new(setup: AlertSetup) -> Self {
        Self { conflict: setup.conflict.map(ConflictRule::new), found: Vec::new() }
    }

    /// What each rule finds in the scene.
    pub(super) fn evaluate(&mut self, scene: &Scene<'_>, _board: &Board, firings: &mut Firings) {
        if let Some(conflict) = &mut self.conflict {
            let tracks = scene.tracks.iter().map(|subject| subject.track());
            let cleared_m = |number| scene.track(number)?.plan?.cleared_level_m;
            conflict.evaluate(tracks, cleared_m, scene.now, &mut self.found);
        }
        self.found.drain(..).for_each(|firing| firings.push(firing));
    }

    /// The name of an airspace or border.
    pub(super) fn area_name(&self, _area: u32) -> Option<String> {
        None
    }

    /// The name of one of the site's rules.
    pub(super) fn site_name(&self, _place: u16) -> Option<String> {
        None
    }

    /// What cannot be looked for, and why.
    pub(super) fn unable(&self) -> impl Iterator<Item = String> {
        std::iter::empty()
    }
}

//! Targets without a name that come together, against what others' filters make of them.

mod common;
#[path = "common/plane.rs"]
mod plane;

use common::shared_file;
use plane::{Scenario, config};

/// García-Fernández and others, IEEE TAES 54(4) 2018: on six runs the authors' code gave RMS GOSPA
/// 3.10 with the Poisson multi-Bernoulli mixture filter, 3.86 with its track-oriented
/// approximation, 4.59 with a single hypothesis.
const TRACK_ORIENTED: f64 = 3.856;

#[test]
fn four_targets_that_meet_are_followed_better_than_by_the_authors_filters_short_of_the_mixture() {
    let Some(folder) = shared_file("pmbm", "meas.csv") else { return };
    let found = Scenario::read(&folder).score(&config(), 6);
    assert!(found.gospa < 0.9 * TRACK_ORIENTED, "{found:?}");
}

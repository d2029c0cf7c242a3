//! Four targets that meet in the plane (García-Fernández and others, IEEE TAES 54(4) 2018):
//! `close_targets DIR [RUNS]` prints the tracker's RMS GOSPA beside what the authors' own code gave.
//!
//! `DIR` holds `truth.csv` (`k,target,x,vx,y,vy`) and `meas.csv` (`mc,k,x,y`).

#[path = "../tests/common/plane.rs"]
mod plane;

use plane::{Scenario, config};
use std::path::Path;

#[expect(clippy::print_stdout, reason = "its purpose")]
fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "../shared/data/tracking/pmbm".to_owned());
    let runs = arguments.next().and_then(|runs| runs.parse().ok()).unwrap_or(30);
    let found = Scenario::read(Path::new(&folder)).score(&config(), runs);
    println!("{runs} runs           RMS GOSPA   location  missed  false");
    println!(
        "this tracker           {:.2}       {:.2}      {:.2}    {:.2}",
        found.gospa, found.location, found.missed, found.false_tracks
    );
    println!("authors' PMBM          3.10       (6 runs, 20 hypotheses; 3.12 with 200)");
    println!("authors' PMB           3.86       (6 runs, track-oriented)");
    println!("authors' single hyp.   4.59       (6 runs)");
}

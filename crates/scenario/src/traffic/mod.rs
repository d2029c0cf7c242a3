//! What flies: every target's way through the scenario and what it carries.

mod draw;
mod path;

pub use path::{Moment, Path, Steering};

use crate::spec::{Spec, Transponder};
use surveillance::{Address, Callsign, Mode3A};

/// One target.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its kind of traffic, as scores name it.
    pub class: &'static str,
    /// What answers on board.
    pub transponder: Transponder,
    /// Whether it reports by ADS-B.
    pub adsb: bool,
    /// Whether it broadcasts Remote ID.
    pub remote_id: bool,
    /// 24-bit address; sent only where a Mode S transponder or ADS-B is on board.
    pub address: Address,
    /// Mode 3/A code; sent only where a transponder is on board.
    pub mode_3a: Mode3A,
    /// Aircraft identification.
    pub callsign: Option<Callsign>,
    /// Where it flies.
    pub path: Path,
    /// Whether it is there: a spoofed target is in ADS-B only.
    pub real: bool,
}

/// All targets of a scenario, the real ones first.
pub fn targets(spec: &Spec) -> Vec<Target> {
    draw::targets(spec)
}

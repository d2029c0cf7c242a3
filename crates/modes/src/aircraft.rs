//! What a decoder remembers of one aircraft.

use crate::adsb::bds65::Standing;
use crate::adsb::integrity::Supplements;
use crate::fixes::Fixes;
use surveillance::{AdsbQuality, Time};

/// Told speeds older than this no longer bound a position, seconds.
const SPEED_AGE_MAX_S: f64 = 60.0;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Aircraft {
    /// When anything was last heard under plain parity.
    pub(crate) heard: Time,
    /// When its address was last announced beyond doubt.
    pub(crate) announced: Option<Time>,
    pub(crate) fixes: Fixes,
    pub(crate) quality: AdsbQuality,
    pub(crate) supplements: Supplements,
    pub(crate) heading_is_true: bool,
    pub(crate) surface_gives_track: bool,
    speed: Option<(f64, Time)>,
}

impl Aircraft {
    pub(crate) fn new(time: Time) -> Self {
        Self {
            heard: time,
            announced: None,
            fixes: Fixes::default(),
            quality: AdsbQuality::default(),
            supplements: Supplements::default(),
            heading_is_true: false,
            surface_gives_track: true,
            speed: None,
        }
    }

    pub(crate) fn apply(&mut self, standing: Standing) {
        self.supplements.a = standing.supplement_a;
        self.supplements.c = standing.supplement_c.unwrap_or(self.supplements.c);
        self.heading_is_true = standing.heading_is_true;
        self.surface_gives_track = standing.surface_gives_track.unwrap_or(self.surface_gives_track);
    }

    /// Takes what a message says of quality and completes the message's with the rest.
    pub(crate) fn merge_quality(&mut self, told: &mut AdsbQuality) {
        let known = &mut self.quality;
        known.version = told.version.or(known.version);
        known.nac_p = told.nac_p.or(known.nac_p);
        known.nac_v = told.nac_v.or(known.nac_v);
        known.sil = told.sil.or(known.sil);
        *told = AdsbQuality { nic: told.nic, ..*known };
    }

    pub(crate) fn note_speed(&mut self, speed_mps: f64, time: Time) {
        self.speed = Some((speed_mps, time));
    }

    pub(crate) fn speed_mps(&self, time: Time) -> Option<f64> {
        let (speed_mps, told) = self.speed?;
        (time.seconds_since(told).abs() <= SPEED_AGE_MAX_S).then_some(speed_mps)
    }
}

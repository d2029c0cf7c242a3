//! What a cooperative target says about itself: position integrity and accuracy, kind of craft.

/// ADS-B quality indicators as received (RTCA DO-260B 2.2.3.2.7, EUROCAE ED-102A). Absent is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AdsbQuality {
    /// MOPS version: 0 DO-260, 1 DO-260A, 2 DO-260B.
    pub version: Option<u8>,
    /// Navigation integrity category 0–11.
    pub nic: Option<u8>,
    /// Navigation accuracy category for position 0–11 (version 0: NUCp).
    pub nac_p: Option<u8>,
    /// Navigation accuracy category for velocity 0–4 (version 0: NUCr).
    pub nac_v: Option<u8>,
    /// Source (surveillance) integrity level 0–3.
    pub sil: Option<u8>,
}

impl AdsbQuality {
    /// Standard deviation of the horizontal position per axis in metres that NACp claims: its 95 %
    /// radius (DO-260B table 2-71) over 2.448, as for a circular normal error. `None` if unknown
    /// or worse than 10 NM, and in version 0, whose NUCp has another table.
    pub fn horizontal_sd_m(self) -> Option<f64> {
        const NM: f64 = geodesy::units::METRES_PER_NM;
        if self.version == Some(0) {
            return None;
        }
        let radius_95_m = match self.nac_p? {
            // unknown, or 10 NM and worse
            0 => 20.0 * NM,
            1 => 10.0 * NM,
            2 => 4.0 * NM,
            3 => 2.0 * NM,
            4 => NM,
            5 => 0.5 * NM,
            6 => 0.3 * NM,
            7 => 0.1 * NM,
            8 => 0.05 * NM,
            9 => 30.0,
            10 => 10.0,
            11 => 3.0,
            _ => return None,
        };
        Some(radius_95_m / 2.448)
    }
}

/// Kind of craft a target declares (ED-102A emitter category; ASTERIX I021/020).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EmitterCategory {
    /// Under 7,000 kg.
    Light,
    /// 7,000 to 34,000 kg.
    Small,
    /// 34,000 to 136,000 kg.
    Large,
    /// 34,000 to 136,000 kg with strong wake (as the B757).
    HighVortex,
    /// Over 136,000 kg.
    Heavy,
    /// Over 5 g and 400 kt.
    HighPerformance,
    /// Rotorcraft.
    Rotorcraft,
    /// Glider or sailplane.
    Glider,
    /// Lighter than air.
    LighterThanAir,
    /// Parachutist or skydiver.
    Parachutist,
    /// Ultralight, hang-glider, paraglider.
    Ultralight,
    /// Unmanned aerial vehicle.
    Unmanned,
    /// Space or transatmospheric vehicle.
    Space,
    /// Surface vehicle, emergency.
    SurfaceEmergency,
    /// Surface vehicle, service.
    SurfaceService,
    /// Fixed ground or tethered obstruction.
    Obstacle,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accuracy_is_that_of_the_versions_own_table() {
        let sd_m = |version| {
            let quality = AdsbQuality { version, nac_p: Some(8), ..AdsbQuality::default() };
            quality.horizontal_sd_m().map(|sd_m| (sd_m * 2.448).round())
        };
        // NACp 8 is 0.05 NM; NUCp 8 would be 10 m.
        assert_eq!(sd_m(Some(2)), Some(93.0));
        assert_eq!(sd_m(None), Some(93.0));
        assert_eq!(sd_m(Some(0)), None);
    }
}

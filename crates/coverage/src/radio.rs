//! How far a sensor reaches in free space: the radar equation for a primary radar, link budgets for
//! secondary radar and ADS-B.

use std::f64::consts::PI;

const LIGHT_MPS: f64 = 299_792_458.0;
const BOLTZMANN_J_PER_K: f64 = 1.380_649e-23;
/// Reference temperature of noise figures (IEEE Std 686).
const T0_K: f64 = 290.0;

/// How a target's echo fluctuates (Swerling, RAND RM-1217, 1954).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swerling {
    /// Steady ("case 0" or "5").
    Steady,
    /// Many equal scatterers, from scan to scan.
    Case1,
    /// Many equal scatterers, from pulse to pulse.
    Case2,
    /// One large and many small, from scan to scan.
    Case3,
    /// One large and many small, from pulse to pulse.
    Case4,
}

/// What counts as seeing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detection {
    /// Probability of detection, 0.1 to 0.99.
    pub probability: f64,
    /// Probability of false alarm per cell, 1e-9 to 1e-3.
    pub false_alarm: f64,
    /// Pulses integrated without phase.
    pub pulses: f64,
    /// The target's fluctuation.
    pub swerling: Swerling,
}

impl Detection {
    /// Signal-to-noise ratio a single pulse needs, as a power ratio.
    ///
    /// Shnidman's equation (IEEE Trans. AES 38(3), 2002, 1059–1062): within 0.5 dB of the exact
    /// curves for 0.1 ≤ P_D ≤ 0.99, 10⁻⁹ ≤ P_FA ≤ 10⁻³ and up to 100 pulses.
    pub fn required_snr(&self) -> f64 {
        let Self { probability: pd, false_alarm: pfa, pulses: n, swerling } = *self;
        let alpha = if n < 40.0 { 0.0 } else { 0.25 };
        let root = |p: f64| (-0.8 * (4.0 * p * (1.0 - p)).ln()).max(0.0).sqrt();
        let eta = root(pfa) + (pd - 0.5).signum() * root(pd);
        let steady = eta * (eta + 2.0 * (n / 2.0 + alpha - 0.25).sqrt());
        let per_k = match swerling {
            Swerling::Steady => 0.0,
            Swerling::Case1 => 1.0,
            Swerling::Case2 => 1.0 / n,
            Swerling::Case3 => 0.5,
            Swerling::Case4 => 0.5 / n,
        };
        let c1 = (((17.7006 * pd - 18.4496) * pd + 14.5339) * pd - 3.525) * per_k;
        let c2 = ((27.31 * pd - 25.14).exp()
            + (pd - 0.8) * (0.7 * (1e-5 / pfa).ln() + (2.0 * n - 20.0) / 80.0))
            * per_k;
        let c_db = if pd <= 0.872 { c1 } else { c1 + c2 };
        from_db(c_db) * steady / n
    }
}

/// A primary radar's transmitter, antenna and receiver.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PrimaryRadar {
    /// Peak power, watts.
    pub peak_w: f64,
    /// Antenna gain, dB.
    pub gain_db: f64,
    /// Carrier, hertz.
    pub frequency_hz: f64,
    /// Noise bandwidth, hertz: one over the (compressed) pulse's length.
    pub bandwidth_hz: f64,
    /// Energy gained by pulse compression, dB; 0 without.
    pub compression_db: f64,
    /// Receiver noise figure, dB.
    pub noise_figure_db: f64,
    /// All losses, dB.
    pub loss_db: f64,
    /// Absorption by air, one way, dB per kilometre.
    pub absorption_db_per_km: f64,
}

impl PrimaryRadar {
    /// Signal-to-noise ratio of one pulse from a target of `rcs_m2` at `range_m` (Skolnik,
    /// Introduction to Radar Systems, 3rd ed., eq. 2.1 and 2.6).
    pub fn snr(&self, rcs_m2: f64, range_m: f64) -> f64 {
        let absorbed_db = 2.0 * self.absorption_db_per_km * range_m / 1000.0;
        self.range4_at_unit_snr(rcs_m2) / range_m.powi(4) / from_db(absorbed_db)
    }

    /// Slant range at which a target of `rcs_m2` is just detected as `wanted`, metres.
    pub fn range_m(&self, rcs_m2: f64, wanted: &Detection) -> f64 {
        let snr = wanted.required_snr();
        let clear_m = (self.range4_at_unit_snr(rcs_m2) / snr).powf(0.25);
        // The ratio falls with range: halving finds where absorption moves it to.
        let (mut near, mut far) = (0.0, clear_m);
        for _ in 0..50 {
            let middle = (near + far) / 2.0;
            if self.snr(rcs_m2, middle) >= snr { near = middle } else { far = middle }
        }
        (near + far) / 2.0
    }

    fn range4_at_unit_snr(&self, rcs_m2: f64) -> f64 {
        let wavelength_m = LIGHT_MPS / self.frequency_hz;
        let noise_w = BOLTZMANN_J_PER_K * T0_K * from_db(self.noise_figure_db) * self.bandwidth_hz;
        let gain = from_db(self.gain_db);
        self.peak_w * from_db(self.compression_db) * gain * gain * wavelength_m.powi(2) * rcs_m2
            / ((4.0 * PI).powi(3) * noise_w * from_db(self.loss_db))
    }
}

/// One way from a transmitter to a receiver in free space.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// Transmitted power at the antenna, dBm.
    pub power_dbm: f64,
    /// Both antennas' gains together, dB.
    pub gain_db: f64,
    /// Cables, polarisation and margin together, dB.
    pub loss_db: f64,
    /// Least power at which the receiver answers or decodes, dBm.
    pub sensitivity_dbm: f64,
    /// Carrier, hertz.
    pub frequency_hz: f64,
}

impl Link {
    /// Carrier of interrogations (ICAO Annex 10 vol. IV, 3.1.1).
    pub const UPLINK_HZ: f64 = 1.030e9;
    /// Carrier of replies and squitters (the same).
    pub const DOWNLINK_HZ: f64 = 1.090e9;

    /// Slant range at which the received power is just enough, metres: Friis' equation.
    pub fn range_m(&self) -> f64 {
        let budget_db = self.power_dbm + self.gain_db - self.loss_db - self.sensitivity_dbm;
        from_db(budget_db / 2.0) * LIGHT_MPS / (4.0 * PI * self.frequency_hz)
    }
}

/// Range of a secondary radar: both ways must do.
pub fn secondary_range_m(uplink: &Link, downlink: &Link) -> f64 {
    uplink.range_m().min(downlink.range_m())
}

fn from_db(db: f64) -> f64 {
    10.0_f64.powf(db / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn db(ratio: f64) -> f64 {
        10.0 * ratio.log10()
    }

    fn needed_db(probability: f64, false_alarm: f64, pulses: f64, swerling: Swerling) -> f64 {
        db(Detection { probability, false_alarm, pulses, swerling }.required_snr())
    }

    /// Albersheim's equation (IEEE Proc. 69(7), 1981), for a steady target.
    fn albersheim_db(pd: f64, pfa: f64, n: f64) -> f64 {
        let (a, b) = ((0.62 / pfa).ln(), (pd / (1.0 - pd)).ln());
        -5.0 * n.log10() + (6.2 + 4.54 / (n + 0.44).sqrt()) * (a + 0.12 * a * b + 1.7 * b).log10()
    }

    #[test]
    fn a_steady_target_needs_what_albersheim_says() {
        for pd in [0.5, 0.8, 0.9] {
            for pfa in [1e-4, 1e-6, 1e-7] {
                for pulses in [1.0, 10.0, 30.0] {
                    let found = needed_db(pd, pfa, pulses, Swerling::Steady);
                    let expected = albersheim_db(pd, pfa, pulses);
                    assert!(
                        (found - expected).abs() < 0.5,
                        "{pd} {pfa} {pulses}: {found} {expected}"
                    );
                }
            }
        }
    }

    /// Exact for one pulse: P_D = P_FA^(1 / (1 + χ)).
    #[test]
    fn a_target_of_case_one_needs_what_the_closed_form_says() {
        for (pd, pfa) in [(0.5, 1e-6), (0.8, 1e-6), (0.9, 1e-6), (0.9, 1e-4)] {
            let exact = db(f64::ln(pfa) / f64::ln(pd) - 1.0);
            for case in [Swerling::Case1, Swerling::Case2] {
                let found = needed_db(pd, pfa, 1.0, case);
                assert!((found - exact).abs() < 0.5, "{pd} {pfa}: {found} {exact}");
            }
        }
    }

    /// Exact for one pulse of case 3: P_D = (1 + 2χV / (2 + χ)²) exp(−2V / (2 + χ)), V = −ln P_FA.
    #[test]
    fn a_target_of_case_three_is_detected_as_the_closed_form_says() {
        for (pd, pfa) in [(0.5, 1e-6), (0.8, 1e-6), (0.9, 1e-5)] {
            let snr = 10_f64.powf(needed_db(pd, pfa, 1.0, Swerling::Case3) / 10.0);
            let v = -f64::ln(pfa);
            let exact =
                (1.0 + 2.0 * snr * v / (2.0 + snr).powi(2)) * (-2.0 * v / (2.0 + snr)).exp();
            assert!((exact - pd).abs() < 0.04, "{pd} {pfa}: {exact}");
        }
    }

    /// Mahafza, Radar Systems Analysis and Design Using MATLAB, example 1.4: 20 dB at 86.2 km (with
    /// the wavelength rounded to 54 mm, which makes 0.08 dB).
    #[test]
    fn the_radar_equation_gives_a_textbooks_range() {
        let radar = PrimaryRadar {
            peak_w: 1.5e6,
            gain_db: 45.0,
            frequency_hz: 5.6e9,
            bandwidth_hz: 5e6,
            compression_db: 0.0,
            noise_figure_db: 3.0,
            loss_db: 0.0,
            absorption_db_per_km: 0.0,
        };
        assert!(
            (db(radar.snr(0.1, 86_200.0)) - 20.0).abs() < 0.1,
            "{}",
            db(radar.snr(0.1, 86_200.0))
        );
        let wanted = Detection {
            probability: 0.9,
            false_alarm: 1e-6,
            pulses: 20.0,
            swerling: Swerling::Case1,
        };
        let clear = radar.range_m(2.0, &wanted);
        assert!((radar.snr(2.0, clear) / wanted.required_snr() - 1.0).abs() < 1e-6);
        let humid = PrimaryRadar { absorption_db_per_km: 0.01, ..radar };
        assert!(humid.range_m(2.0, &wanted) < clear);
    }

    /// 20 log d_km + 20 log f_MHz + 32.45 dB (ITU-R P.525-4, eq. 4).
    #[test]
    fn a_link_reaches_as_far_as_its_free_space_loss_allows() {
        let link = Link {
            power_dbm: 51.0,
            gain_db: 6.0,
            loss_db: 3.0,
            sensitivity_dbm: -87.0,
            frequency_hz: Link::DOWNLINK_HZ,
        };
        let km = link.range_m() / 1000.0;
        let loss_db = 20.0 * km.log10() + 20.0 * 1090_f64.log10() + 32.45;
        assert!((loss_db - 141.0).abs() < 0.01, "{loss_db}");
    }
}

//! What a centre says of its sensors (CAT063) and of itself (CAT065).

use super::{EmitError, Emitter, set_if_fits, time_of_day};
use crate::fields::Fields;
use crate::plots::Condition;
use geodesy::units::METRES_PER_NM;
use surveillance::{SensorId, Time};

/// A sensor as the centre sees it. Biases are what it measures too much, as I063/080 uses them:
/// true range = (measured − bias) / (1 + gain).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SensorState {
    /// Which.
    pub sensor: SensorId,
    /// How it is; [`Condition::Unknown`] leaves I063/060 out.
    pub condition: Condition,
    /// Time stamp less true time of measurement, seconds.
    pub time_bias_s: Option<f64>,
    /// Slant range, metres.
    pub range_bias_m: Option<f64>,
    /// Slant range per metre of slant range.
    pub range_gain: Option<f64>,
    /// Azimuth, radians, clockwise.
    pub azimuth_bias_rad: Option<f64>,
}

impl Emitter {
    /// A sensor's state as a record of CAT063. Biases go out as those of SSR and Mode S.
    ///
    /// # Errors
    /// As [`Self::update`].
    pub fn sensor(&self, state: &SensorState, now: Time) -> Result<Fields, EmitError> {
        let mut fields = self.begin(63)?;
        fields.set_raw("030", time_of_day(now))?;
        let SensorId { sac, sic } = state.sensor;
        fields.set_raw("050/SAC", sac.into())?.set_raw("050/SIC", sic.into())?;
        match state.condition {
            Condition::Unknown => {}
            Condition::Inhibited => _ = fields.set_raw("060/OPS", 1)?,
            Condition::Operational => _ = fields.set_raw("060/CON", 0)?,
            Condition::Degraded => _ = fields.set_raw("060/CON", 1)?,
            Condition::Initialising => _ = fields.set_raw("060/CON", 2)?,
            Condition::Disconnected => _ = fields.set_raw("060/CON", 3)?,
        }
        if let Some(bias_s) = state.time_bias_s {
            set_if_fits(&mut fields, "070", bias_s * 1e3)?;
        }
        let (gain, bias_m) = (state.range_gain.unwrap_or(0.0), state.range_bias_m.unwrap_or(0.0));
        let fits = gain.abs() < 0.327 && bias_m.abs() < 255.0 * METRES_PER_NM;
        if fits && (state.range_gain.is_some() || state.range_bias_m.is_some()) {
            fields.set_value("080/SRG", gain)?.set_value("080/SRB", bias_m / METRES_PER_NM)?;
        }
        if let Some(bias_rad) = state.azimuth_bias_rad {
            set_if_fits(&mut fields, "081", geodesy::wrap_pi(bias_rad).to_degrees())?;
        }
        Ok(fields)
    }

    /// The centre's own state as a record of CAT065. Starting and inhibited are told as degraded,
    /// for which the category has no codes.
    ///
    /// # Errors
    /// As [`Self::update`].
    pub fn status(&self, now: Time, condition: Condition) -> Result<Fields, EmitError> {
        let mut fields = self.begin(65)?;
        let code = match condition {
            Condition::Operational => 0,
            Condition::Degraded | Condition::Initialising | Condition::Inhibited => 1,
            Condition::Disconnected => 2,
            Condition::Unknown => 3,
        };
        fields.set_raw("000", 1)?.set_raw("030", time_of_day(now))?;
        fields.set_raw("040/NOGO", code)?;
        Ok(fields)
    }

    /// All of one update has been told: a record of CAT065.
    ///
    /// # Errors
    /// As [`Self::update`].
    pub fn end_of_batch(&self, now: Time, batch: u8) -> Result<Fields, EmitError> {
        let mut fields = self.begin(65)?;
        fields.set_raw("000", 2)?.set_raw("030", time_of_day(now))?;
        fields.set_raw("020", batch.into())?;
        Ok(fields)
    }
}

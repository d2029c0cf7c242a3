//! One Kalman filter of the bank: east, north, their rates, turn rate; straight or turning.
//!
//! Plain arrays: at this size the compiler unrolls everything. The turn model is Bar-Shalom, Li,
//! Kirubarajan (2001) 11.7: coordinated turn with unknown rate, linearised about the estimate.

#![expect(clippy::needless_range_loop, reason = "matrix algebra reads by index")]

use crate::MotionModel;

/// State: east m, north m, east rate m/s, north rate m/s, turn rate rad/s (counter-clockwise).
pub(crate) type State = [f64; 5];
/// Its covariance.
pub(crate) type Covariance = [[f64; 5]; 5];

/// Mean and covariance under one motion model. A straight model's turn rate is zero throughout.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Kalman {
    pub(crate) x: State,
    pub(crate) p: Covariance,
}

/// A measured pair (east, north) with its covariance ee, en, nn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fix {
    pub(crate) z: [f64; 2],
    pub(crate) r: [f64; 3],
}

/// What a [`Fix`] is of: `position × at + velocity × rate`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Observed {
    at: f64,
    rate: f64,
}

impl Observed {
    /// The velocity.
    pub(crate) const VELOCITY: Observed = Observed { at: 0.0, rate: 1.0 };

    /// The position `lag_s` before the state's time.
    pub(crate) const fn position_before(lag_s: f64) -> Self {
        Observed { at: 1.0, rate: -lag_s }
    }
}

/// Innovation of a fix under one filter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Innovation {
    nu: [f64; 2],
    inverse: [f64; 3],
    /// Normalised squared distance.
    pub(crate) distance2: f64,
    /// Logarithm of the Gaussian density, 1/m² (or 1/(m/s)²).
    pub(crate) log_density: f64,
}

impl Kalman {
    /// Moves the state `dt_s` ahead.
    pub(crate) fn predict(&mut self, model: &MotionModel, dt_s: f64) {
        if model.turn_density > 0.0 {
            self.predict_turn(dt_s);
            self.p[4][4] += model.turn_density * dt_s;
        } else {
            self.predict_straight(dt_s);
        }
        let q = model.acceleration_density * dt_s;
        let (q_pp, q_pv) = (q * dt_s * dt_s / 3.0, q * dt_s / 2.0);
        for axis in 0..2 {
            self.p[axis][axis] += q_pp;
            self.p[axis][axis + 2] += q_pv;
            self.p[axis + 2][axis] += q_pv;
            self.p[axis + 2][axis + 2] += q;
        }
    }

    fn predict_straight(&mut self, dt_s: f64) {
        for axis in 0..2 {
            self.x[axis] += dt_s * self.x[axis + 2];
            for column in 0..4 {
                self.p[axis][column] += dt_s * self.p[axis + 2][column];
            }
        }
        for row in 0..4 {
            for axis in 0..2 {
                self.p[row][axis] += dt_s * self.p[row][axis + 2];
            }
        }
    }

    fn predict_turn(&mut self, dt_s: f64) {
        let [_, _, ve, vn, w] = self.x;
        let turn = Turn::of(w, dt_s);
        self.x = turn.moved(self.x);
        let Turn { sin, cos, s, c, ds, dc } = turn;
        // rows of the Jacobian less the identity's ones of position, by ve, vn and w
        let f = [
            [s, -c, ds * ve - dc * vn],
            [c, s, dc * ve + ds * vn],
            [cos, -sin, dt_s * (-sin * ve - cos * vn)],
            [sin, cos, dt_s * (cos * ve - sin * vn)],
        ];
        let p = &self.p;
        let mut half = *p;
        for i in 0..4 {
            for j in 0..5 {
                let moved = f[i][0] * p[2][j] + f[i][1] * p[3][j] + f[i][2] * p[4][j];
                half[i][j] = if i < 2 { p[i][j] + moved } else { moved };
            }
        }
        for i in 0..5 {
            for j in 0..=i.min(3) {
                let moved = half[i][2] * f[j][0] + half[i][3] * f[j][1] + half[i][4] * f[j][2];
                let value = if j < 2 { half[i][j] + moved } else { moved };
                self.p[i][j] = value;
                self.p[j][i] = value;
            }
        }
    }

    /// Where the mean will be `dt_s` ahead, as [`Self::predict`] puts it.
    pub(crate) fn mean_ahead(x: State, model: &MotionModel, dt_s: f64) -> State {
        if model.turn_density > 0.0 {
            return Turn::of(x[4], dt_s).moved(x);
        }
        [x[0] + dt_s * x[2], x[1] + dt_s * x[3], x[2], x[3], x[4]]
    }

    /// How a fix differs from what this state expects. `None` if that is not finite.
    pub(crate) fn innovation(&self, fix: &Fix, seen: Observed) -> Option<Innovation> {
        let Observed { at, rate } = seen;
        let (x, p) = (&self.x, &self.p);
        let nu = [fix.z[0] - at * x[0] - rate * x[2], fix.z[1] - at * x[1] - rate * x[3]];
        let spread = |i: usize, j: usize| {
            at * at * p[i][j]
                + at * rate * (p[i][j + 2] + p[i + 2][j])
                + rate * rate * p[i + 2][j + 2]
        };
        let s = [spread(0, 0) + fix.r[0], spread(0, 1) + fix.r[1], spread(1, 1) + fix.r[2]];
        let determinant = s[0] * s[2] - s[1] * s[1];
        if !(determinant > 0.0 && determinant.is_finite()) {
            return None;
        }
        let inverse = [s[2] / determinant, -s[1] / determinant, s[0] / determinant];
        let distance2 = nu[0] * nu[0] * inverse[0]
            + 2.0 * nu[0] * nu[1] * inverse[1]
            + nu[1] * nu[1] * inverse[2];
        let log_density = -0.5 * (distance2 + determinant.ln()) - std::f64::consts::TAU.ln();
        distance2.is_finite().then_some(Innovation { nu, inverse, distance2, log_density })
    }

    /// Takes the fix in.
    pub(crate) fn update(&mut self, innovation: &Innovation, seen: Observed) {
        let Observed { at, rate } = seen;
        let mut cross = [[0.0; 2]; 5];
        let mut gain = [[0.0; 2]; 5];
        let inv = &innovation.inverse;
        for i in 0..5 {
            for axis in 0..2 {
                cross[i][axis] = at * self.p[i][axis] + rate * self.p[i][axis + 2];
            }
            gain[i][0] = cross[i][0] * inv[0] + cross[i][1] * inv[1];
            gain[i][1] = cross[i][0] * inv[1] + cross[i][1] * inv[2];
            self.x[i] += gain[i][0] * innovation.nu[0] + gain[i][1] * innovation.nu[1];
        }
        for i in 0..5 {
            for j in 0..=i {
                let value = self.p[i][j] - gain[i][0] * cross[j][0] - gain[i][1] * cross[j][1];
                self.p[i][j] = value;
                self.p[j][i] = value;
            }
            self.p[i][i] = self.p[i][i].max(1e-9);
        }
    }

    /// Turns the axes: `axes` maps old (east, north) to new; then shifts the position.
    pub(crate) fn rotate(&mut self, axes: [[f64; 2]; 2], position: [f64; 2], velocity: [f64; 2]) {
        self.x = [position[0], position[1], velocity[0], velocity[1], self.x[4]];
        let mut half = self.p;
        for block in [0, 2] {
            for j in 0..5 {
                for i in 0..2 {
                    half[block + i][j] =
                        axes[i][0] * self.p[block][j] + axes[i][1] * self.p[block + 1][j];
                }
            }
        }
        self.p = half;
        for block in [0, 2] {
            for (i, row) in half.iter().enumerate() {
                for j in 0..2 {
                    self.p[i][block + j] = axes[j][0] * row[block] + axes[j][1] * row[block + 1];
                }
            }
        }
    }

    pub(crate) fn is_finite(&self) -> bool {
        self.x.iter().all(|v| v.is_finite()) && self.p.iter().flatten().all(|v| v.is_finite())
    }
}

/// The turn's integrals: s = sin(wT)/w, c = (1 − cos(wT))/w and their derivatives by w.
struct Turn {
    sin: f64,
    cos: f64,
    s: f64,
    c: f64,
    ds: f64,
    dc: f64,
}

impl Turn {
    fn of(w: f64, dt_s: f64) -> Self {
        let angle = w * dt_s;
        let (sin, cos) = angle.sin_cos();
        if angle.abs() < 1e-4 {
            let square = dt_s * dt_s;
            return Self {
                sin,
                cos,
                s: dt_s,
                c: angle * dt_s / 2.0,
                ds: -angle * square / 3.0,
                dc: square / 2.0,
            };
        }
        let (s, c) = (sin / w, (1.0 - cos) / w);
        Self { sin, cos, s, c, ds: (dt_s * cos - s) / w, dc: (dt_s * sin - c) / w }
    }

    fn moved(&self, [east, north, ve, vn, w]: State) -> State {
        let Turn { sin, cos, s, c, .. } = *self;
        [
            east + s * ve - c * vn,
            north + c * ve + s * vn,
            cos * ve - sin * vn,
            sin * ve + cos * vn,
            w,
        ]
    }
}

//! One Kalman filter of the bank: east, north, their rates, turn rate; straight or turning.
//!
//! Plain arrays: at this size the compiler unrolls everything. The turn model is Bar-Shalom, Li,
//! Kirubarajan (2001) 11.7: coordinated turn with unknown rate, linearised about the estimate.

#![expect(clippy::needless_range_loop, reason = "matrix algebra reads by index")]

use crate::MotionModel;

/// State: east m, north m, east rate m/s, north rate m/s, turn rate rad/s (counter-clockwise).
pub(crate) type State = [f64; 5];
/// Its covariance, row by row up to the diagonal: [`place`] tells where an element stands.
pub(crate) type Covariance = [f64; 15];

/// Where the element of a row and a column stands in a [`Covariance`].
pub(crate) const fn place(row: usize, column: usize) -> usize {
    let (high, low) = if row > column { (row, column) } else { (column, row) };
    high * (high + 1) / 2 + low
}

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
    /// Of the innovation's covariance, m⁴ (or (m/s)⁴).
    determinant: f64,
}

impl Innovation {
    /// The Gaussian density over that of a fix as far off as `distance2` under a filter of unit
    /// determinant.
    pub(crate) fn density_over(&self, distance2: f64) -> f64 {
        (0.5 * (distance2 - self.distance2)).exp() / self.determinant.sqrt()
    }
}

impl Kalman {
    /// Moves the state `dt_s` ahead.
    pub(crate) fn predict(&mut self, model: &MotionModel, dt_s: f64) {
        let GoingOn { moves_s, keeps, grows_s } = GoingOn::of(model, dt_s);
        if model.turn_density > 0.0 {
            self.predict_turn(dt_s);
            self.p[place(4, 4)] += model.turn_density * dt_s;
        } else {
            self.predict_straight(moves_s, keeps);
        }
        let q = model.acceleration_density * grows_s;
        let q_moves = model.acceleration_density * moves_s;
        let (q_pp, q_pv) = (q_moves * moves_s * dt_s / 3.0, q_moves * moves_s / 2.0);
        for axis in 0..2 {
            self.p[place(axis, axis)] += q_pp;
            self.p[place(axis, axis + 2)] += q_pv;
            self.p[place(axis + 2, axis + 2)] += q;
        }
    }

    /// Moves it for `dt_s` at its velocity, of which `keeps` is left then.
    fn predict_straight(&mut self, dt_s: f64, keeps: f64) {
        let [pee, pen, pnn, eve, nve, vee, evn, nvn, ven, vnn, ..] = self.p;
        self.x[0] += dt_s * self.x[2];
        self.x[1] += dt_s * self.x[3];
        self.x[2] *= keeps;
        self.x[3] *= keeps;
        let (square, kept) = (dt_s * dt_s, keeps * keeps);
        let moved = [
            pee + 2.0 * dt_s * eve + square * vee,
            pen + dt_s * (nve + evn) + square * ven,
            pnn + 2.0 * dt_s * nvn + square * vnn,
            keeps * (eve + dt_s * vee),
            keeps * (nve + dt_s * ven),
            kept * vee,
            keeps * (evn + dt_s * ven),
            keeps * (nvn + dt_s * vnn),
            kept * ven,
            kept * vnn,
        ];
        self.p[..10].copy_from_slice(&moved);
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
        let p = self.p;
        let p = |i: usize, j: usize| p[place(i, j)];
        let mut half = [[0.0; 5]; 5];
        for j in 0..5 {
            for i in 0..4 {
                let moved = f[i][0] * p(2, j) + f[i][1] * p(3, j) + f[i][2] * p(4, j);
                half[i][j] = if i < 2 { p(i, j) + moved } else { moved };
            }
            half[4][j] = p(4, j);
        }
        for i in 0..5 {
            for j in 0..=i.min(3) {
                let moved = half[i][2] * f[j][0] + half[i][3] * f[j][1] + half[i][4] * f[j][2];
                self.p[place(i, j)] = if j < 2 { half[i][j] + moved } else { moved };
            }
        }
    }

    /// Where the mean will be `dt_s` ahead, as [`Self::predict`] puts it.
    pub(crate) fn mean_ahead(x: State, model: &MotionModel, dt_s: f64) -> State {
        if model.turn_density > 0.0 {
            return Turn::of(x[4], dt_s).moved(x);
        }
        let GoingOn { moves_s, keeps, .. } = GoingOn::of(model, dt_s);
        [x[0] + moves_s * x[2], x[1] + moves_s * x[3], keeps * x[2], keeps * x[3], x[4]]
    }

    /// How a fix differs from what this state expects. `None` if that is not finite.
    pub(crate) fn innovation(&self, fix: &Fix, seen: Observed) -> Option<Innovation> {
        let Observed { at, rate } = seen;
        let (x, p) = (&self.x, &self.p);
        let nu = [fix.z[0] - at * x[0] - rate * x[2], fix.z[1] - at * x[1] - rate * x[3]];
        let spread = |i: usize, j: usize| {
            at * at * p[place(i, j)]
                + at * rate * (p[place(i, j + 2)] + p[place(i + 2, j)])
                + rate * rate * p[place(i + 2, j + 2)]
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
        distance2.is_finite().then_some(Innovation { nu, inverse, distance2, determinant })
    }

    /// Takes the fix in.
    pub(crate) fn update(&mut self, innovation: &Innovation, seen: Observed) {
        let Observed { at, rate } = seen;
        let mut cross = [[0.0; 2]; 5];
        let mut gain = [[0.0; 2]; 5];
        let inv = &innovation.inverse;
        for i in 0..5 {
            for axis in 0..2 {
                cross[i][axis] = at * self.p[place(i, axis)] + rate * self.p[place(i, axis + 2)];
            }
            gain[i][0] = cross[i][0] * inv[0] + cross[i][1] * inv[1];
            gain[i][1] = cross[i][0] * inv[1] + cross[i][1] * inv[2];
            self.x[i] += gain[i][0] * innovation.nu[0] + gain[i][1] * innovation.nu[1];
        }
        for i in 0..5 {
            for j in 0..=i {
                self.p[place(i, j)] -= gain[i][0] * cross[j][0] + gain[i][1] * cross[j][1];
            }
            self.p[place(i, i)] = self.p[place(i, i)].max(1e-9);
        }
    }

    /// Turns the axes: `axes` maps old (east, north) to new; then shifts the position.
    pub(crate) fn rotate(&mut self, axes: [[f64; 2]; 2], position: [f64; 2], velocity: [f64; 2]) {
        self.x = [position[0], position[1], velocity[0], velocity[1], self.x[4]];
        let old = self.p;
        let mut half = [[0.0; 5]; 5];
        for j in 0..5 {
            for block in [0, 2] {
                let (east, north) = (old[place(block, j)], old[place(block + 1, j)]);
                for i in 0..2 {
                    half[block + i][j] = axes[i][0] * east + axes[i][1] * north;
                }
            }
            half[4][j] = old[place(4, j)];
        }
        for (i, row) in half.iter().enumerate() {
            for j in 0..=i {
                self.p[place(i, j)] = match j {
                    4 => row[4],
                    _ => axes[j % 2][0] * row[j - j % 2] + axes[j % 2][1] * row[j - j % 2 + 1],
                };
            }
        }
    }

    pub(crate) fn is_finite(&self) -> bool {
        // a sum is finite only if all of it are
        (self.x.iter().sum::<f64>() + self.p.iter().sum::<f64>()).is_finite()
    }
}

/// How a straight model goes on in a span: all of it at its velocity unless the target comes to stand.
struct GoingOn {
    /// For how long it moves at the velocity that it begins with, seconds.
    moves_s: f64,
    /// What share of that velocity is left.
    keeps: f64,
    /// For how long noise adds to the velocity's variance, seconds: what came first has died away.
    grows_s: f64,
}

impl GoingOn {
    fn of(model: &MotionModel, dt_s: f64) -> Self {
        let within_s = model.rests_within_s;
        if within_s > 0.0 {
            let keeps = (-dt_s / within_s).exp();
            let grows_s = 0.5 * within_s * (1.0 - keeps * keeps);
            return Self { moves_s: within_s * (1.0 - keeps), keeps, grows_s };
        }
        Self { moves_s: dt_s, keeps: 1.0, grows_s: dt_s }
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
        let (a2, square) = (angle * angle, dt_s * dt_s);
        if a2 < 0.01 {
            // series, to the last digits of a double at a tenth of a radian
            let sine = 1.0 - a2 / 6.0 * (1.0 - a2 / 20.0 * (1.0 - a2 / 42.0));
            let versine = 1.0 - a2 / 12.0 * (1.0 - a2 / 30.0 * (1.0 - a2 / 56.0));
            return Self {
                sin: angle * sine,
                cos: 1.0 - 0.5 * a2 * versine,
                s: dt_s * sine,
                c: 0.5 * dt_s * angle * versine,
                ds: -square * angle / 3.0 * (1.0 - a2 / 10.0 * (1.0 - a2 / 28.0)),
                dc: square * (0.5 - a2 / 8.0 * (1.0 - a2 / 18.0 * (1.0 - a2 / 40.0))),
            };
        }
        let (sin, cos) = angle.sin_cos();
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

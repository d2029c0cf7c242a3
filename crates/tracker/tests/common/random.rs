//! Reproducible noise: the same on every machine.
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "a module shared by tests and bench; each uses its part"
)]

/// xorshift64*.
pub struct Random(u64);

impl Random {
    /// A stream of its own for every seed but zero.
    pub fn new(seed: u64) -> Self {
        Self(seed.max(1))
    }

    /// Uniform.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11;
        low + (high - low) * bits as f64 / (1u64 << 53) as f64
    }

    /// Zero mean, unit variance (Box and Muller 1958).
    pub fn normal(&mut self) -> f64 {
        let (a, b) = (self.between(1e-12, 1.0), self.between(0.0, std::f64::consts::TAU));
        (-2.0 * a.ln()).sqrt() * b.cos()
    }
}

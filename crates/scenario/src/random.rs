//! Randomness from a seed, the same on every machine and in every version of this program.
//!
//! xoshiro256++ (Blackman and Vigna, ACM Transactions on Mathematical Software 47(4), 2021) whose
//! state SplitMix64 fills, and the few distributions a scenario needs. Our own thirty lines rather
//! than the `rand` crates: those promise stable generators but not stable distributions, and a
//! scenario must still be the same file in ten years. Each thing in a scenario draws from a
//! [`Random`] of its own, so that one more aircraft changes no other.

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub struct Random {
    state: [u64; 4],
}

impl Random {
    /// The stream of `seed` for one purpose: the same words, the same stream.
    pub fn of(seed: u64, purpose: &[u64]) -> Self {
        let mut mixed = SplitMix(seed);
        let mut key = mixed.next();
        for word in purpose {
            mixed = SplitMix(key ^ word.wrapping_mul(0xd134_2543_de82_ef95));
            key = mixed.next();
        }
        Self { state: [mixed.next(), mixed.next(), mixed.next(), mixed.next()] }
    }

    /// Sixty-four random bits.
    pub fn bits(&mut self) -> u64 {
        let s = &mut self.state;
        let out = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        out
    }

    /// Uniform in [0, 1), 53 bits.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Uniform in [low, high).
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Uniform among 0..count; 0 if there is nothing to choose.
    pub fn below(&mut self, count: u64) -> u64 {
        // The bias of the product is under 2⁻³² for the counts used here.
        ((u128::from(self.bits()) * u128::from(count)) >> 64) as u64
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Normal with mean 0 and standard deviation 1 (Box and Muller 1958, the cosine half).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// Poisson with this mean: by exponential gaps, so in time proportional to the mean.
    pub fn poisson(&mut self, mean: f64) -> u32 {
        let mut count = 0;
        let mut reached = -(1.0 - self.unit()).ln();
        while reached < mean {
            count += 1;
            reached -= (1.0 - self.unit()).ln();
        }
        count
    }
}

/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the authors' C code (prng.di.unimi.it) with state 1, 2, 3, 4 and seed 1234567.
    #[test]
    fn the_generators_give_their_authors_numbers() {
        let mut random = Random { state: [1, 2, 3, 4] };
        let expected = [
            41_943_041,
            58_720_359,
            3_588_806_011_781_223,
            3_591_011_842_654_386,
            9_228_616_714_210_784_205,
        ];
        assert_eq!(expected.map(|_| random.bits()), expected);
        let mut mix = SplitMix(1_234_567);
        let expected =
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!(expected.map(|_| mix.next()), expected);
    }

    #[test]
    fn the_distributions_have_their_moments() {
        let mut random = Random::of(3, &[1]);
        let moments = |draws: Vec<f64>| {
            let mean = draws.iter().sum::<f64>() / draws.len() as f64;
            let square = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
            (mean, square / draws.len() as f64)
        };
        let near = |(mean, variance): (f64, f64), expected: (f64, f64)| {
            assert!((mean - expected.0).abs() < 0.02 * (1.0 + expected.0), "{mean}");
            assert!((variance / expected.1 - 1.0).abs() < 0.03, "{variance}");
        };
        near(moments((0..100_000).map(|_| random.unit()).collect()), (0.5, 1.0 / 12.0));
        near(moments((0..100_000).map(|_| random.normal()).collect()), (0.0, 1.0));
        near(moments((0..50_000).map(|_| f64::from(random.poisson(7.5))).collect()), (7.5, 7.5));
        near(moments((0..100_000).map(|_| random.below(4) as f64).collect()), (1.5, 1.25));
    }

    #[test]
    fn another_purpose_is_another_stream() {
        let first = |purpose: &[u64]| Random::of(11, purpose).bits();
        assert_eq!(first(&[1, 2]), first(&[1, 2]));
        assert_ne!(first(&[1, 2]), first(&[2, 1]));
        assert_ne!(first(&[1]), first(&[1, 0]));
    }
}

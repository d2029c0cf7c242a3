//! Text on its way into a `Vec`, gathered in a window first: pieces are short and many, and most of
//! what one costs otherwise is the look at the `Vec`'s room.

use crate::spec::{Charset, Quantity};
use crate::text;
use surveillance::Time;

/// A power of two, so that a place in it needs no check.
const OCTETS: usize = 512;
/// The most that is put in between two calls of [`Window::make_room`].
const PIECES_MAX: usize = 256;
/// Longer texts go around the window.
const SHORT_MAX: usize = 48;

pub(crate) struct Window<'o> {
    out: &'o mut Vec<u8>,
    held: [u8; OCTETS],
    at: usize,
}

/// `00` to `99`.
static PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut value = 0;
    while value < 100 {
        pairs[value] = [b'0' + (value / 10) as u8, b'0' + (value % 10) as u8];
        value += 1;
    }
    pairs
};

impl<'o> Window<'o> {
    pub(crate) fn new(out: &'o mut Vec<u8>) -> Self {
        Self { out, held: [0; OCTETS], at: 0 }
    }

    /// Hands on what is held if the window is nearly full. What follows until the next call is a name, a
    /// number and some brackets, or goes around the window.
    #[inline]
    pub(crate) fn make_room(&mut self) {
        if self.at > OCTETS - PIECES_MAX {
            self.hand_on();
        }
    }

    /// Hands on all that is held.
    pub(crate) fn hand_on(&mut self) {
        self.out.extend_from_slice(&self.held[..self.at.min(OCTETS)]);
        self.at = 0;
    }

    #[inline(always)]
    fn put(&mut self, at: usize, octet: u8) {
        self.held[at % OCTETS] = octet;
    }

    #[inline(always)]
    fn put_pair(&mut self, at: usize, value: u64) {
        let [tens, ones] = PAIRS[(value % 100) as usize];
        self.put(at, tens);
        self.put(at + 1, ones);
    }

    #[inline(always)]
    pub(crate) fn octet(&mut self, octet: u8) {
        self.put(self.at, octet);
        self.at += 1;
    }

    /// An octet, but only if `wanted`.
    #[inline(always)]
    pub(crate) fn octet_if(&mut self, wanted: bool, octet: u8) {
        self.put(self.at, octet);
        self.at += usize::from(wanted);
    }

    /// Text of a length that the compiler knows.
    #[inline(always)]
    pub(crate) fn fixed<const N: usize>(&mut self, text: &[u8; N]) {
        let room = self.held.get_mut(self.at..).and_then(<[u8]>::first_chunk_mut::<N>);
        if let Some(room) = room {
            *room = *text;
            self.at += N;
        }
    }

    /// Text of any length.
    #[inline]
    pub(crate) fn text(&mut self, text: &[u8]) {
        if text.len() > SHORT_MAX {
            self.hand_on();
            self.out.extend_from_slice(text);
            return;
        }
        for octet in text {
            self.octet(*octet);
        }
    }

    /// Octets in hexadecimal, any number of them.
    pub(crate) fn hex_octets(&mut self, octets: &[u8]) {
        for octet in octets {
            self.make_room();
            self.hex(u64::from(*octet), 2);
        }
    }

    #[inline]
    pub(crate) fn hex(&mut self, value: u64, digits: usize) {
        for digit in (0..digits).rev() {
            self.octet(b"0123456789abcdef"[(value >> (4 * digit)) as usize & 15]);
        }
    }

    #[inline]
    pub(crate) fn number(&mut self, value: u64) {
        if value < 10 {
            self.octet(b'0' + value as u8);
        } else if value < 100 {
            self.put_pair(self.at, value);
            self.at += 2;
        } else {
            let digits = value.ilog10() as usize + 1;
            self.digits_before(self.at + digits, value);
            self.at += digits;
        }
    }

    /// `value` so that it ends before `end`.
    #[inline]
    fn digits_before(&mut self, end: usize, mut value: u64) {
        let mut at = end;
        while value >= 100 {
            at -= 2;
            self.put_pair(at, value);
            value /= 100;
        }
        if value >= 10 {
            self.put_pair(at - 2, value);
        } else {
            self.put(at - 1, b'0' + value as u8);
        }
    }

    /// The last `digits` digits of `value`, zeros in front, so that they end before `end`; the rest of
    /// it is given back.
    #[inline]
    fn padded_before(&mut self, end: usize, digits: usize, mut value: u64) -> u64 {
        let mut at = end;
        for _ in 0..digits / 2 {
            at -= 2;
            self.put_pair(at, value);
            value /= 100;
        }
        if !digits.is_multiple_of(2) {
            self.put(at - 1, b'0' + (value % 10) as u8);
            value /= 10;
        }
        value
    }

    /// `count` steps, exactly, without trailing zeros.
    #[inline]
    pub(crate) fn steps(&mut self, count: u64, quantity: &Quantity) {
        let decimals = usize::from(quantity.decimals);
        // Sixteen digits hold all but the finest angles.
        let mantissa = u64::try_from(quantity.mantissa).ok();
        match mantissa.and_then(|mantissa| count.checked_mul(mantissa)) {
            Some(product) if decimals == 0 => self.number(product),
            Some(product) => self.decimal(product, decimals),
            None => self.fine_steps(count, quantity),
        }
    }

    /// `product` / 10^`decimals`; not more than 19 decimals, as a mantissa of 64 bits has.
    #[inline]
    fn decimal(&mut self, product: u64, decimals: usize) {
        let digits = product.checked_ilog10().map_or(0, |log| log as usize + 1);
        let whole = digits.saturating_sub(decimals).max(1);
        let point = self.at + whole;
        let rest = self.padded_before(point + 1 + decimals, decimals, product);
        self.put(point, b'.');
        self.digits_before(point, rest);
        self.end_decimal(point, decimals);
    }

    /// Ends after the last of the decimals that is no zero; before the point if there is none.
    #[inline]
    fn end_decimal(&mut self, point: usize, decimals: usize) {
        let mut end = point + 1 + decimals;
        while end > point + 1 && self.held[(end - 1) % OCTETS] == b'0' {
            end -= 1;
        }
        self.at = if end == point + 1 { point } else { end };
    }

    /// The finest angles: steps of a two's power, nine decimals at a time.
    fn fine_steps(&mut self, count: u64, quantity: &Quantity) {
        const NINE: u64 = 1_000_000_000;
        let (numerator, denominator) = quantity.lsb;
        let bits = denominator.trailing_zeros();
        let product = count.checked_mul(u64::from(numerator));
        let Some(product) = product.filter(|_| denominator.is_power_of_two() && bits <= 34) else {
            return self.finest_steps(u128::from(count) * quantity.mantissa, quantity.decimals);
        };
        self.number(product >> bits);
        let point = self.at;
        self.put(point, b'.');
        let (mut left, mut decimals) = (product & (denominator - 1), 0);
        // Each decimal takes a factor of two out of the denominator, so it ends.
        while left != 0 {
            left *= NINE;
            decimals += 9;
            self.padded_before(point + 1 + decimals, 9, left >> bits);
            left &= denominator - 1;
        }
        self.end_decimal(point, decimals);
    }

    /// `product` / 10^`decimals`, whatever they are.
    #[cold]
    fn finest_steps(&mut self, mut product: u128, decimals: u8) {
        let mut digits = [b'0'; 64];
        let point = digits.len() - usize::from(decimals);
        let mut start = digits.len();
        while product > 0 {
            start -= 1;
            digits[start] = b'0' + (product % 10) as u8;
            product /= 10;
        }
        self.text(&digits[start.min(point - 1)..point]);
        let end = digits.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
        if end > point {
            self.octet(b'.');
            self.text(&digits[point..end]);
        }
    }

    /// The characters of `bits` bits as JSON text; what their set does not have is U+FFFD.
    pub(crate) fn characters(&mut self, raw: u64, bits: u16, charset: Charset) {
        self.octet(b'"');
        for character in text::characters(raw, bits, charset) {
            self.character(character);
        }
        self.octet(b'"');
    }

    /// Text of any length as JSON text.
    pub(crate) fn quoted(&mut self, text: &str) {
        self.octet(b'"');
        for character in text.chars() {
            self.make_room();
            self.character(character);
        }
        self.octet(b'"');
    }

    #[inline]
    fn character(&mut self, character: char) {
        match character {
            '"' | '\\' => {
                self.octet(b'\\');
                self.octet(character as u8);
            }
            ' '..='~' => self.octet(character as u8),
            '\0'..='\u{9f}' => {
                self.fixed(b"\\u");
                self.hex(u64::from(character as u32), 4);
            }
            _ => self.text(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }

    /// An instant as RFC 3339 in UTC, as `Time` shows it.
    pub(crate) fn time(&mut self, time: Time) {
        const NANOS_PER_DAY: i64 = 86_400_000_000_000;
        let (days, of_day) = (
            time.unix_nanos().div_euclid(NANOS_PER_DAY),
            time.unix_nanos().rem_euclid(NANOS_PER_DAY),
        );
        let (year, month, day) = date(days);
        let (seconds, nanos) = (of_day as u64 / 1_000_000_000, of_day as u64 % 1_000_000_000);
        let at = self.at;
        self.fixed(b"0000-00-00T00:00:00");
        self.put_pair(at, year / 100);
        self.put_pair(at + 2, year);
        self.put_pair(at + 5, month);
        self.put_pair(at + 8, day);
        self.put_pair(at + 11, seconds / 3600);
        self.put_pair(at + 14, seconds / 60 % 60);
        self.put_pair(at + 17, seconds % 60);
        let point = self.at;
        self.put(point, b'.');
        self.padded_before(point + 10, 9, nanos);
        self.end_decimal(point, 9);
        self.octet(b'Z');
    }
}

/// Year, month and day of a day counted from 1970-01-01: Hinnant, "chrono-compatible low-level date
/// algorithms", `civil_from_days`. `Time` spans 1677 to 2262.
fn date(days: i64) -> (u64, u64, u64) {
    let from_march_0 = (days + 719_468) as u64;
    let (era, of_era) = (from_march_0 / 146_097, from_march_0 % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Sign;

    fn written(write: impl FnOnce(&mut Window<'_>)) -> String {
        let mut out = Vec::new();
        let mut window = Window::new(&mut out);
        write(&mut window);
        window.hand_on();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn decimals_are_exact() {
        let check = |count, numerator, denominator, expected: &str| {
            let lsb = Quantity::new(Sign::Unsigned, numerator, denominator, "");
            assert_eq!(written(|window| window.steps(count, &lsb)), expected);
        };
        check(0, 1, 128, "0");
        check(1, 1, 128, "0.0078125");
        check(128, 1, 128, "1");
        check(50_606, 1, 256, "197.6796875");
        check(3, 25, 4, "18.75");
        check(7, 1, 1000, "0.007");
        check(1000, 1, 1000, "1");
        check(12, 25, 1, "300");
        // 180/2^30 is 0.000000167638063430786132812500 exactly.
        check(1, 180, 1 << 30, "0.0000001676380634307861328125");
        check(0x4000_0000, 180, 1 << 30, "180");
        check(0x7fff_ffff, 180, 1 << 30, "359.9999998323619365692138671875");
        check((1 << 30) - 1, 1, 1 << 30, "0.999999999068677425384521484375");
    }

    #[test]
    fn every_way_to_a_decimal_writes_the_same() {
        for bits in 0..=34_u32 {
            for numerator in [1, 25, 180, 360] {
                let lsb = Quantity::new(Sign::Unsigned, numerator, 1 << bits, "");
                for count in (0..32).map(|n| (0x9e37_79b9_7f4a_7c15_u64 >> (32 + n)) + n) {
                    let slow = u128::from(count) * lsb.mantissa;
                    let slow = written(|window| window.finest_steps(slow, lsb.decimals));
                    assert_eq!(written(|window| window.steps(count, &lsb)), slow);
                    assert_eq!(written(|window| window.fine_steps(count, &lsb)), slow);
                }
            }
        }
    }

    #[test]
    fn whole_numbers_are_as_the_library_writes_them() {
        let numbers = (0..64).flat_map(|bits| [u64::MAX >> bits, 1 << bits]);
        let tens = (0..20).flat_map(|zeros| [10_u64.pow(zeros), 10_u64.pow(zeros) - 1]);
        for number in (0..2000).chain(numbers).chain(tens) {
            assert_eq!(written(|window| window.number(number)), number.to_string());
        }
    }

    #[test]
    fn an_instant_is_as_time_shows_it() {
        let check = |nanos: i64| {
            let time = Time::from_unix_nanos(nanos);
            assert_eq!(written(|window| window.time(time)), time.to_string());
        };
        // Every eleventh day and a bit of all that `Time` can tell, with fractions of many lengths.
        let step = 11 * 86_400_000_000_000 + 1_000_100_100_000;
        (-9_600..9_600).map(|n| n * step).for_each(check);
        for nanos in [0, -1, 1, 250_000_000, 1_763_908_327_250_000_000, -86_400_000_000_000] {
            check(nanos);
        }
    }

    #[test]
    fn what_is_longer_than_the_window_comes_out_whole_and_in_order() {
        let text = written(|window| {
            for number in 0..1000 {
                window.make_room();
                window.number(number);
                window.text(&[b'x'; SHORT_MAX + 1]);
                window.hex_octets(&[0xab; 300]);
                window.quoted("\"\u{e9}\n");
            }
        });
        let expected: String = (0..1000)
            .map(|number| {
                format!("{number}{}{}\"\\\"\u{e9}\\u000a\"", "x".repeat(49), "ab".repeat(300))
            })
            .collect();
        assert_eq!(text, expected);
    }
}

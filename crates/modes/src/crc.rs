//! Mode S parity (ICAO Annex 10 volume IV 3.1.2.3.3): a 24-bit cyclic redundancy check.
//!
//! Generator 1FFF409 (hex), most significant bit first. The remainder of a whole message, parity
//! field included, is its *syndrome*: zero if the parity field carries plain parity, or whatever
//! was laid over it: the aircraft's address (AP field) or the interrogator's code (PI field).

const GENERATOR: u32 = 0x00ff_f409;
const LOW_24: u32 = 0x00ff_ffff;
/// Bytes before the parity field in the longest message.
const DATA_BYTES_MAX: usize = 11;

/// `TABLES[k][b]`: what byte `b` with `k` more data bytes behind it adds to the syndrome. One
/// table a position makes the look-ups independent of each other, so that they overlap.
static TABLES: [[u32; 256]; DATA_BYTES_MAX] = tables();

const fn tables() -> [[u32; 256]; DATA_BYTES_MAX] {
    let mut tables = [[0; 256]; DATA_BYTES_MAX];
    let mut byte = 0;
    while byte < 256 {
        let mut remainder = shift_byte((byte as u32) << 16);
        let mut behind = 0;
        while behind < DATA_BYTES_MAX {
            tables[behind][byte] = remainder;
            remainder = shift_byte(remainder);
            behind += 1;
        }
        byte += 1;
    }
    tables
}

const fn shift_byte(mut remainder: u32) -> u32 {
    let mut bit = 0;
    while bit < 8 {
        let carry = remainder & 0x80_0000 != 0;
        remainder = (remainder << 1) & LOW_24;
        if carry {
            remainder ^= GENERATOR;
        }
        bit += 1;
    }
    remainder
}

/// The syndrome of a message of 7 or 14 bytes.
#[inline]
pub(crate) fn syndrome<const LEN: usize>(message: &[u8; LEN]) -> u32 {
    const { assert!(LEN == 7 || LEN == 14) };
    let data = LEN - 3;
    let mut remainder = u32::from(message[data]) << 16
        | u32::from(message[data + 1]) << 8
        | u32::from(message[data + 2]);
    for (index, byte) in message[..data].iter().enumerate() {
        remainder ^= TABLES[data - 1 - index][usize::from(*byte)];
    }
    remainder
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Polynomial division bit by bit, as the standard words it.
    fn by_long_division(message: &[u8]) -> u32 {
        let mut bits: Vec<bool> =
            message.iter().flat_map(|b| (0..8).rev().map(move |i| b >> i & 1 == 1)).collect();
        for at in 0..bits.len() - 24 {
            if bits[at] {
                for offset in 0..=24 {
                    bits[at + offset] ^= (0x1ff_f409_u32 >> (24 - offset)) & 1 == 1;
                }
            }
        }
        bits[bits.len() - 24..].iter().fold(0, |sum, bit| sum << 1 | u32::from(*bit))
    }

    #[test]
    fn a_good_squitter_leaves_no_remainder() {
        let frame =
            [0x8d, 0x48, 0x40, 0xd6, 0x20, 0x2c, 0xc3, 0x71, 0xc3, 0x2c, 0xe0, 0x57, 0x60, 0x98];
        assert_eq!(syndrome(&frame), 0);
    }

    proptest! {
        #[test]
        fn the_tables_divide_as_long_division_does(
            long in any::<[u8; 14]>(), short in any::<[u8; 7]>(),
        ) {
            prop_assert_eq!(syndrome(&long), by_long_division(&long));
            prop_assert_eq!(syndrome(&short), by_long_division(&short));
        }
    }
}

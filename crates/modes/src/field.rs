//! The 56-bit message field of a long message: ME of an extended squitter, MB of a Comm-B reply.

/// Fifty-six bits numbered 1 to 56 as in the standards' tables, bit 1 sent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field56(u64);

impl Field56 {
    /// Of seven octets.
    pub(crate) const fn new(octets: [u8; 7]) -> Self {
        let [a, b, c, d, e, f, g] = octets;
        Self(u64::from_be_bytes([0, a, b, c, d, e, f, g]))
    }

    /// The seven octets.
    pub(crate) const fn bytes(self) -> [u8; 7] {
        let [_, a, b, c, d, e, f, g] = self.0.to_be_bytes();
        [a, b, c, d, e, f, g]
    }

    /// Bytes 5 to 11 of a long message.
    pub(crate) fn of(message: &[u8; 14]) -> Self {
        let [_, _, _, _, a, b, c, d, e, f, g, ..] = *message;
        Self(u64::from_be_bytes([0, a, b, c, d, e, f, g]))
    }

    /// Bits `first` to `last`, both included, as an unsigned number.
    #[inline]
    pub(crate) const fn bits(self, first: u32, last: u32) -> u32 {
        ((self.0 >> (56 - last)) & ((1 << (last - first + 1)) - 1)) as u32
    }

    /// One bit.
    #[inline]
    pub(crate) const fn bit(self, number: u32) -> bool {
        self.bits(number, number) == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_numbered_from_one_in_the_order_sent() {
        let field = Field56::of(&[0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0x05, 0, 0, 0]);
        assert!(field.bit(1));
        assert!(!field.bit(2));
        assert_eq!(field.bits(1, 5), 16);
        assert_eq!(field.bits(53, 56), 5);
    }
}

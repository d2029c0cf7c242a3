//! What a category edition is made of, as constant tables.
//!
//! The tables are written for people in `spec/catNNN_EDITION.txt` and turned into the constants of
//! `generated/` by `cargo xtask codegen`. Everything that a reader needs at run time and that
//! follows from a table (lengths, decimal scales, look-up by item number) is computed here in
//! `const fn`s, so a table stays exactly what its author wrote.

/// Most slots a UAP may have: nine FSPEC octets of seven. CAT021 has the most, 49.
pub const SLOTS_MAX: usize = 63;
/// Most parts between FX bits of one extended item. I021/090 of edition 2.7 has nine.
const SEGMENTS_MAX: usize = 12;

/// One edition of one category.
#[derive(Debug)]
pub struct Spec {
    /// ASTERIX category.
    pub category: u8,
    /// Edition as the document writes it, such as `1.32`.
    pub edition: &'static str,
    /// The document's name for the category.
    pub title: &'static str,
    /// The user application profiles; more than one only where a selector chooses (CAT001, CAT007).
    pub uaps: &'static [Uap],
    /// What chooses among them.
    pub selector: Option<Selector>,
}

/// A layout of the reserved expansion field of a category: what its octets after the length mean.
#[derive(Debug)]
pub struct Expansion {
    /// ASTERIX category.
    pub category: u8,
    /// Edition of the layout, which is not that of the category.
    pub edition: &'static str,
    /// The document's name for it.
    pub title: &'static str,
    /// Octets of the items indicator, all of whose bits announce subitems; 0 if it is an FSPEC,
    /// where the last bit of each octet says whether another follows.
    pub indicator: u8,
    /// What each bit announces; `None` is a bit that must be zero.
    pub subitems: &'static [Option<&'static Item>],
    /// Number of the generated visitor that shows it.
    pub(crate) visitor: u16,
}

/// The element whose value chooses the UAP: I001/020 TYP, I007/410.
#[derive(Debug, Clone, Copy)]
pub struct Selector {
    /// Slot of its item, the same in all the UAPs, as are all the slots before it.
    pub slot: u8,
    /// Bit of the element, from the item's first.
    pub offset: u8,
    /// Width, bits.
    pub bits: u8,
}

/// User application profile: the order of a record's items.
#[derive(Debug)]
pub struct Uap {
    /// Number of the generated visitor that shows its items.
    pub(crate) visitor: u16,
    /// Its name where there are several (`plot`, `track`), else empty.
    pub name: &'static str,
    /// The selector's values that choose it.
    pub when: &'static [u64],
    /// Slot by field reference number less one.
    pub slots: &'static [Slot],
    /// Slot plus one by three-digit item number; 0 where the profile lacks it.
    by_number: [u8; 1000],
}

impl Uap {
    /// A profile of these slots.
    pub(crate) const fn new(
        visitor: u16,
        name: &'static str,
        when: &'static [u64],
        slots: &'static [Slot],
    ) -> Self {
        assert!(slots.len() <= SLOTS_MAX, "more slots than a record view has room for");
        let mut by_number = [0; 1000];
        let mut slot = 0;
        while slot < slots.len() {
            if let Slot::Item(item) = slots[slot] {
                let name = item.name.as_bytes();
                if name.len() == 3 && name[0].is_ascii_digit() {
                    let number = digit(name[0]) as usize * 100
                        + digit(name[1]) as usize * 10
                        + digit(name[2]) as usize;
                    by_number[number] = slot as u8 + 1;
                }
            }
            slot += 1;
        }
        Self { visitor, name, when, slots, by_number }
    }

    /// Slot of the item with this three-digit number.
    pub(crate) fn slot_of(&self, number: u16) -> Option<usize> {
        let slot = *self.by_number.get(usize::from(number))?;
        usize::from(slot).checked_sub(1)
    }
}

const fn digit(ascii: u8) -> u8 {
    assert!(ascii.is_ascii_digit(), "item names are three digits, RE or SP");
    ascii - b'0'
}

/// One place of a UAP.
#[derive(Debug, Clone, Copy)]
pub enum Slot {
    /// Not used: its FSPEC bit must be zero.
    Spare,
    /// Random field sequencing: a count, then that many pairs of FRN and item.
    Rfs,
    /// An item.
    Item(&'static Item),
}

/// An item or subitem.
#[derive(Debug)]
pub struct Item {
    /// As in the document: `040`, `RHO`.
    pub name: &'static str,
    /// The document's title, possibly empty.
    pub title: &'static str,
    /// What it is made of.
    pub shape: Shape,
    /// Octets, where it is always the same whole number of them; else 0.
    pub(crate) octets: u16,
}

impl Item {
    /// An item of this shape.
    pub const fn new(name: &'static str, title: &'static str, shape: Shape) -> Self {
        let bits = shape.fixed_bits();
        let octets = if bits.is_multiple_of(8) { bits / 8 } else { 0 };
        Self { name, title, shape, octets }
    }
}

/// How an item's bits are laid out.
#[derive(Debug)]
pub enum Shape {
    /// One value.
    Element(Element),
    /// Parts one after the other.
    Group(&'static [Part]),
    /// Parts that go on as long as each FX bit is one.
    Extended(Extended),
    /// A count, then so many of a shape.
    Repeated(Repeated),
    /// The shape and an FX bit, again and again while the bit is one.
    RepeatedFx(Repeated),
    /// A length octet that counts itself, then octets whose meaning is agreed elsewhere.
    Explicit(Explicit),
    /// An FSPEC, then the subitems it announces; `None` is a bit that must be zero.
    Compound(&'static [Option<&'static Item>]),
    /// Bits whose layout other elements of the record decide.
    Choice(Choice),
}

impl Shape {
    /// Bits, if always the same, else 0.
    pub(crate) const fn fixed_bits(&self) -> u16 {
        match self {
            Shape::Element(element) => element.bits,
            Shape::Choice(choice) => choice.bits,
            Shape::Group(parts) => {
                let mut bits = 0;
                let mut part = 0;
                while part < parts.len() {
                    bits += parts[part].bits();
                    part += 1;
                }
                bits
            }
            _ => 0,
        }
    }
}

/// A shape that the values of other elements decide; the one use is I004/120 CPC, by the message
/// type and the kind of conflict.
#[derive(Debug)]
pub struct Choice {
    /// Width whatever is decided, bits.
    pub bits: u16,
    /// What decides, in the order of the values in [`Self::cases`].
    pub on: &'static [Key],
    /// The shape for each combination of values; raw bits for any other.
    pub cases: &'static [(&'static [u64], Shape)],
}

/// An element that decides the shape of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// The item with this three-digit number, all of it.
    Item(u16),
    /// An earlier element of the same group.
    Earlier {
        /// How many bits before the decided element it begins.
        back: u16,
        /// Its width, bits.
        bits: u16,
    },
}

/// A shape of fixed width that comes again and again.
#[derive(Debug)]
pub struct Repeated {
    /// Octets of the count before it; none if an FX bit ends each.
    pub width: u8,
    /// What repeats.
    pub of: &'static Shape,
    /// Octets of each, its FX bit included.
    pub(crate) octets: u16,
}

impl Repeated {
    /// `of`, after a count of `width` octets, or with an FX bit each if that is zero.
    pub const fn new(width: u8, of: &'static Shape) -> Self {
        let bits = of.fixed_bits() + if width == 0 { 1 } else { 0 };
        assert!(bits > 1 && bits.is_multiple_of(8), "what repeats is whole octets");
        Self { width, of, octets: bits / 8 }
    }
}

/// What an explicit item is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Explicit {
    /// Reserved expansion field.
    Re,
    /// Special purpose field.
    Sp,
    /// Neither.
    Plain,
}

/// A part of a group or of an extended item.
#[derive(Debug)]
pub enum Part {
    /// Bits that mean nothing.
    Spare(u8),
    /// Extension bit.
    Fx,
    /// A subitem: an element or a group.
    Item(Item),
}

impl Part {
    /// Width; 0 if it varies.
    pub const fn bits(&self) -> u16 {
        match self {
            Part::Spare(bits) => *bits as u16,
            Part::Fx => 1,
            Part::Item(item) => item.shape.fixed_bits(),
        }
    }
}

/// An extended item: its parts, and how they divide into octets.
#[derive(Debug)]
pub struct Extended {
    /// Parts and the FX bits among them.
    pub parts: &'static [Part],
    /// Octets of each segment, a segment being what ends with an FX bit or with the item.
    segments: [u8; SEGMENTS_MAX],
    count: u8,
    /// Whether the last segment too ends with an FX bit, then always zero.
    last_has_fx: bool,
}

impl Extended {
    /// Of these parts.
    pub const fn new(parts: &'static [Part]) -> Self {
        let mut segments = [0; SEGMENTS_MAX];
        let mut count = 0;
        let mut bits = 0;
        let mut part = 0;
        let mut last_has_fx = false;
        while part < parts.len() {
            bits += parts[part].bits();
            last_has_fx = matches!(parts[part], Part::Fx);
            if last_has_fx || part + 1 == parts.len() {
                assert!(bits.is_multiple_of(8), "a segment is whole octets");
                segments[count] = (bits / 8) as u8;
                count += 1;
                bits = 0;
            }
            part += 1;
        }
        Self { parts, segments, count: count as u8, last_has_fx }
    }

    /// Octets of each segment in turn.
    pub(crate) fn segments(&self) -> &[u8] {
        &self.segments[..usize::from(self.count)]
    }

    pub(crate) const fn last_has_fx(&self) -> bool {
        self.last_has_fx
    }
}

/// A value of some bits.
#[derive(Debug, Clone, Copy)]
pub struct Element {
    /// Width, bits.
    pub bits: u16,
    /// What they mean.
    pub content: Content,
}

/// What an element's bits mean.
#[derive(Debug, Clone, Copy)]
pub enum Content {
    /// Bits as they are.
    Raw,
    /// One of these values.
    Table(&'static [(u32, &'static str)]),
    /// Characters.
    Text(Charset),
    /// A whole number; two's complement if signed.
    Integer(Sign),
    /// A whole number of steps.
    Quantity(Quantity),
    /// A Mode S register: 56 bits, with its address in 8 more if it says so.
    Bds(Bds),
    /// What an earlier element of the same group decides.
    By(&'static Dependent),
}

/// Whether a number is two's complement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Never negative.
    Unsigned,
    /// Two's complement.
    Signed,
}

/// How text is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// Eight bits a character.
    Ascii,
    /// Six bits a character, ICAO Annex 10 volume IV 3.1.2.9.1.2.
    Icao,
    /// Three bits a digit.
    Octal,
}

/// Which Mode S register an element holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bds {
    /// The last 8 of its bits are the register's address.
    Addressed,
    /// This one, such as 0x30.
    At(u8),
    /// Told elsewhere.
    Unsaid,
}

/// A content that depends on an earlier element of the same group (I062/380 IAS, I021/150).
#[derive(Debug)]
pub struct Dependent {
    /// The deciding element's name.
    pub on: &'static str,
    /// How many bits before this element it begins.
    pub back: u16,
    /// Its width, bits.
    pub bits: u16,
    /// The content for each of its values; raw for any other.
    pub cases: &'static [(u64, Content)],
}

/// A number of steps of a known size: value = integer × LSB.
#[derive(Debug, Clone, Copy)]
pub struct Quantity {
    /// Two's complement or not.
    pub sign: Sign,
    /// The step, exact: numerator and denominator as the document writes them.
    pub lsb: (u32, u64),
    /// The step to the nearest double.
    pub scale: f64,
    /// Unit as the document writes it; empty if none.
    pub unit: &'static str,
    /// Least and most number of steps that the document allows, where it says so.
    pub limits: Option<(i64, i64)>,
    /// The step is exactly `mantissa` / 10^`decimals`.
    pub(crate) mantissa: u128,
    pub(crate) decimals: u8,
}

impl Quantity {
    /// Steps of `numerator / denominator` of `unit`.
    ///
    /// Every denominator in ASTERIX is a product of twos and fives, so every value has a finite
    /// decimal expansion, and JSON can be exact without a float.
    pub const fn new(sign: Sign, numerator: u32, denominator: u64, unit: &'static str) -> Self {
        let mut rest = denominator;
        let (mut twos, mut fives) = (0u8, 0u8);
        while rest.is_multiple_of(2) {
            rest /= 2;
            twos += 1;
        }
        while rest.is_multiple_of(5) {
            rest /= 5;
            fives += 1;
        }
        assert!(rest == 1, "an LSB without a finite decimal expansion");
        let mut decimals = if twos > fives { twos } else { fives };
        let mut mantissa = numerator as u128
            * 2u128.pow((decimals - twos) as u32)
            * 5u128.pow((decimals - fives) as u32);
        while decimals > 0 && mantissa.is_multiple_of(10) {
            mantissa /= 10;
            decimals -= 1;
        }
        let scale = numerator as f64 / denominator as f64;
        let lsb = (numerator, denominator);
        Self { sign, lsb, scale, unit, limits: None, mantissa, decimals }
    }

    /// Whether the document allows this number of steps.
    pub fn allows(&self, steps: i64) -> bool {
        self.limits.is_none_or(|(least, most)| (least..=most).contains(&steps))
    }

    /// With limits, in steps, both included.
    pub const fn within(mut self, least: i64, most: i64) -> Self {
        assert!(least <= most, "limits that nothing keeps");
        self.limits = Some((least, most));
        self
    }

    /// The physical value of a raw reading of `bits` bits, in [`Self::unit`].
    #[inline]
    pub fn value(&self, raw: u64, bits: u16) -> f64 {
        signed(raw, bits, self.sign) as f64 * self.scale
    }
}

/// A raw reading as the number it is.
#[inline]
pub(crate) fn signed(raw: u64, bits: u16, sign: Sign) -> i64 {
    match sign {
        Sign::Unsigned => raw as i64,
        Sign::Signed => {
            let shift = 64u32.saturating_sub(u32::from(bits)).min(63);
            ((raw << shift) as i64) >> shift
        }
    }
}

//! Which state an aircraft address is of.
//!
//! ICAO Annex 10 volume III part I chapter 9, table 9-1: each state has one block of 2¹¹ to 2²⁰
//! addresses, named by the bits that stand at its front. Blocks that the table gave 2¹⁰ addresses
//! at first were doubled since.

use surveillance::{Address, AddressKind};

/// A state by its ISO 3166 alpha-3 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State(pub &'static str);

/// The state in whose block `address` is; `None` if it is in none, or is not ICAO's.
pub fn state_of(address: Address) -> Option<State> {
    if address.kind() != AddressKind::Icao {
        return None;
    }
    let bits = address.bits();
    let after = BLOCKS.partition_point(|(first, ..)| *first <= bits);
    let (first, width, state) = BLOCKS[..after].last()?;
    (bits - first < 1 << width).then_some(State(state))
}

/// First address, how many bits are the state's own, whose; in order.
#[rustfmt::skip]
const BLOCKS: [(u32, u32, &str); 194] = [
    (0x004000, 11, "ZWE"), (0x006000, 12, "MOZ"), (0x008000, 15, "ZAF"), (0x010000, 15, "EGY"),
    (0x018000, 15, "LBY"), (0x020000, 15, "MAR"), (0x028000, 15, "TUN"), (0x030000, 11, "BWA"),
    (0x032000, 12, "BDI"), (0x034000, 12, "CMR"), (0x035000, 11, "COM"), (0x036000, 12, "COG"),
    (0x038000, 12, "CIV"), (0x03e000, 12, "GAB"), (0x040000, 12, "ETH"), (0x042000, 12, "GNQ"),
    (0x044000, 12, "GHA"), (0x046000, 12, "GIN"), (0x048000, 11, "GNB"), (0x04a000, 11, "LSO"),
    (0x04c000, 12, "KEN"), (0x050000, 12, "LBR"), (0x054000, 12, "MDG"), (0x058000, 12, "MWI"),
    (0x05a000, 11, "MDV"), (0x05c000, 12, "MLI"), (0x05e000, 11, "MRT"), (0x060000, 11, "MUS"),
    (0x062000, 12, "NER"), (0x064000, 12, "NGA"), (0x068000, 12, "UGA"), (0x06a000, 12, "QAT"),
    (0x06c000, 12, "CAF"), (0x06e000, 12, "RWA"), (0x070000, 12, "SEN"), (0x074000, 11, "SYC"),
    (0x076000, 11, "SLE"), (0x078000, 12, "SOM"), (0x07a000, 11, "SWZ"), (0x07c000, 12, "SDN"),
    (0x080000, 12, "TZA"), (0x084000, 12, "TCD"), (0x088000, 12, "TGO"), (0x08a000, 12, "ZMB"),
    (0x08c000, 12, "COD"), (0x090000, 12, "AGO"), (0x094000, 11, "BEN"), (0x096000, 11, "CPV"),
    (0x098000, 11, "DJI"), (0x09a000, 12, "GMB"), (0x09c000, 12, "BFA"), (0x09e000, 11, "STP"),
    (0x0a0000, 15, "DZA"), (0x0a8000, 12, "BHS"), (0x0aa000, 11, "BRB"), (0x0ab000, 11, "BLZ"),
    (0x0ac000, 13, "COL"), (0x0ae000, 12, "CRI"), (0x0b0000, 12, "CUB"), (0x0b2000, 12, "SLV"),
    (0x0b4000, 12, "GTM"), (0x0b6000, 12, "GUY"), (0x0b8000, 12, "HTI"), (0x0ba000, 12, "HND"),
    (0x0bc000, 11, "VCT"), (0x0be000, 12, "JAM"), (0x0c0000, 12, "NIC"), (0x0c2000, 12, "PAN"),
    (0x0c4000, 12, "DOM"), (0x0c6000, 12, "TTO"), (0x0c8000, 12, "SUR"), (0x0ca000, 11, "ATG"),
    (0x0cc000, 11, "GRD"), (0x0d0000, 15, "MEX"), (0x0d8000, 15, "VEN"), (0x100000, 20, "RUS"),
    (0x201000, 11, "NAM"), (0x202000, 11, "ERI"), (0x300000, 18, "ITA"), (0x340000, 18, "ESP"),
    (0x380000, 18, "FRA"), (0x3c0000, 18, "DEU"), (0x400000, 18, "GBR"), (0x440000, 15, "AUT"),
    (0x448000, 15, "BEL"), (0x450000, 15, "BGR"), (0x458000, 15, "DNK"), (0x460000, 15, "FIN"),
    (0x468000, 15, "GRC"), (0x470000, 15, "HUN"), (0x478000, 15, "NOR"), (0x480000, 15, "NLD"),
    (0x488000, 15, "POL"), (0x490000, 15, "PRT"), (0x498000, 15, "CZE"), (0x4a0000, 15, "ROU"),
    (0x4a8000, 15, "SWE"), (0x4b0000, 15, "CHE"), (0x4b8000, 15, "TUR"), (0x4c0000, 15, "SRB"),
    (0x4c8000, 11, "CYP"), (0x4ca000, 12, "IRL"), (0x4cc000, 12, "ISL"), (0x4d0000, 11, "LUX"),
    (0x4d2000, 11, "MLT"), (0x4d4000, 11, "MCO"), (0x500000, 11, "SMR"), (0x501000, 11, "ALB"),
    (0x501800, 11, "HRV"), (0x502800, 11, "LVA"), (0x503800, 11, "LTU"), (0x504800, 11, "MDA"),
    (0x505800, 11, "SVK"), (0x506800, 11, "SVN"), (0x507800, 11, "UZB"), (0x508000, 15, "UKR"),
    (0x510000, 11, "BLR"), (0x511000, 11, "EST"), (0x512000, 11, "MKD"), (0x513000, 11, "BIH"),
    (0x514000, 11, "GEO"), (0x515000, 11, "TJK"), (0x516000, 11, "MNE"), (0x600000, 11, "ARM"),
    (0x600800, 11, "AZE"), (0x601000, 11, "KGZ"), (0x601800, 11, "TKM"), (0x680000, 11, "BTN"),
    (0x681000, 11, "FSM"), (0x682000, 11, "MNG"), (0x683000, 11, "KAZ"), (0x684000, 11, "PLW"),
    (0x700000, 12, "AFG"), (0x702000, 12, "BGD"), (0x704000, 12, "MMR"), (0x706000, 12, "KWT"),
    (0x708000, 12, "LAO"), (0x70a000, 12, "NPL"), (0x70c000, 11, "OMN"), (0x70e000, 12, "KHM"),
    (0x710000, 15, "SAU"), (0x718000, 15, "KOR"), (0x720000, 15, "PRK"), (0x728000, 15, "IRQ"),
    (0x730000, 15, "IRN"), (0x738000, 15, "ISR"), (0x740000, 15, "JOR"), (0x748000, 15, "LBN"),
    (0x750000, 15, "MYS"), (0x758000, 15, "PHL"), (0x760000, 15, "PAK"), (0x768000, 15, "SGP"),
    (0x770000, 15, "LKA"), (0x778000, 15, "SYR"), (0x780000, 18, "CHN"), (0x7c0000, 18, "AUS"),
    (0x800000, 18, "IND"), (0x840000, 18, "JPN"), (0x880000, 15, "THA"), (0x888000, 15, "VNM"),
    (0x890000, 12, "YEM"), (0x894000, 12, "BHR"), (0x895000, 11, "BRN"), (0x896000, 12, "ARE"),
    (0x897000, 11, "SLB"), (0x898000, 12, "PNG"), (0x899000, 11, "TWN"), (0x8a0000, 15, "IDN"),
    (0x900000, 11, "MHL"), (0x901000, 11, "COK"), (0x902000, 11, "WSM"), (0xa00000, 20, "USA"),
    (0xc00000, 18, "CAN"), (0xc80000, 15, "NZL"), (0xc88000, 12, "FJI"), (0xc8a000, 11, "NRU"),
    (0xc8c000, 11, "LCA"), (0xc8d000, 11, "TON"), (0xc8e000, 11, "KIR"), (0xc90000, 11, "VUT"),
    (0xc91000, 11, "AND"), (0xc92000, 11, "DMA"), (0xc93000, 11, "KNA"), (0xc94000, 11, "SSD"),
    (0xc95000, 11, "TLS"), (0xc97000, 11, "TUV"), (0xe00000, 18, "ARG"), (0xe40000, 18, "BRA"),
    (0xe80000, 12, "CHL"), (0xe84000, 12, "ECU"), (0xe88000, 12, "PRY"), (0xe8c000, 12, "PER"),
    (0xe90000, 12, "URY"), (0xe94000, 12, "BOL"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_in_order_apart_and_aligned() {
        for pair in BLOCKS.windows(2) {
            assert!(pair[0].0 + (1 << pair[0].1) <= pair[1].0, "{pair:?}");
        }
        for (first, width, state) in BLOCKS {
            assert_eq!(first % (1 << width), 0, "{state}");
            assert!(state.len() == 3 && state.bytes().all(|c| c.is_ascii_uppercase()), "{state}");
        }
    }

    #[test]
    fn an_address_is_of_the_state_that_registers_it() {
        // Registers and live traffic: address, state of the registration that goes with it.
        for (bits, state) in [
            (0x4c_a1_23, Some("IRL")),
            (0x3c_65_c3, Some("DEU")),
            (0x40_05_fd, Some("GBR")),
            (0xa8_35_af, Some("USA")),
            (0xc0_48_2a, Some("CAN")),
            (0x48_40_d6, Some("NLD")),
            (0x15_53_82, Some("RUS")),
            (0x60_10_10, Some("KGZ")),
            (0x68_30_ff, Some("KAZ")),
            (0x51_50_01, Some("TJK")),
            (0x51_00_7d, Some("BLR")),
            (0x60_00_00, Some("ARM")),
            (0xad_f7_c7, Some("USA")),
            (0x00_00_00, None),
            (0xff_ff_ff, None),
            (0x60_20_00, None),
            (0xb0_00_00, None),
        ] {
            assert_eq!(state_of(Address::icao(bits)).map(|state| state.0), state, "{bits:06x}");
        }
        assert_eq!(state_of(Address::other(0x4c_a1_23)), None);
    }
}

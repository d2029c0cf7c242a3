//! What objects are called where a format wants a 24-bit address of each.

use crate::Mirror;
use accord::PartnerNumber;
use std::collections::{BTreeMap, BTreeSet};
use surveillance::AddressKind;

/// Six hexadecimal digits for each track: the ICAO address that was told; else, and where an older
/// object bears the same, `~` and the number that the consumer knows it by. The mark `~` says that
/// it is no ICAO address, and no other address is shown beside those numbers, so that no two are
/// the same (until 2²⁴ objects have been told).
pub(crate) fn hexes(mirror: &Mirror) -> BTreeMap<PartnerNumber, String> {
    let mut taken = BTreeSet::new();
    let name = |object: &std::sync::Arc<crate::Object>| {
        let item = &object.item;
        let address = item.told.address.filter(|a| a.kind() == AddressKind::Icao);
        let name = match address.filter(|address| taken.insert(address.bits())) {
            Some(address) => format!("{:06x}", address.bits()),
            None => format!("~{:06x}", item.number.0 & 0xff_ffff),
        };
        (item.number, name)
    };
    mirror.tracks().map(name).collect()
}

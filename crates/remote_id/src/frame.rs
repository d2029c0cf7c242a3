//! From a frame as a receiver captured it to what it broadcasts: radio header, IEEE 802.11
//! management frame or Bluetooth advertisement, element, messages.

use crate::message::Messages;
use crate::{Defect, Mac, dji, dri, odid};

/// What a captured frame begins with (a capture's link type).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Link {
    /// IEEE 802.11 behind a radiotap header (link type 127).
    Radiotap,
    /// IEEE 802.11 alone (link type 105).
    Wifi,
    /// A Bluetooth Low Energy packet from its access address on (link type 251).
    BluetoothLe,
    /// The same behind the ten octets of radio data that receivers put before it (link type 256).
    BluetoothLeRadio,
    /// Bluetooth advertising data alone, as a controller hands them out; the transmitter's address
    /// is the first six octets, lowest first.
    Advertising,
    /// IEEE 802.11 behind a TaZmen Sniffer Protocol header, as access points send what they hear.
    Tzsp,
}

impl Link {
    /// By its number in captures (tcpdump.org, "Link-Layer Header Types"). `None` for others.
    pub const fn of_capture(number: i32) -> Option<Self> {
        match number {
            127 => Some(Self::Radiotap),
            105 => Some(Self::Wifi),
            251 => Some(Self::BluetoothLe),
            256 => Some(Self::BluetoothLeRadio),
            _ => None,
        }
    }

    /// What a datagram is that holds one frame, by how it begins: a radiotap header, a management
    /// frame, a Bluetooth packet, or a TZSP header as wireless access points send it.
    pub fn of_datagram(octets: &[u8]) -> Option<Self> {
        match octets {
            [_, _, _, _, _, _, _, _, _, _, 0xd6, 0xbe, 0x89, 0x8e, ..] => {
                Some(Self::BluetoothLeRadio)
            }
            [0, 0, ..] => Some(Self::Radiotap),
            [1, 0, ..] => Some(Self::Tzsp),
            [0x80 | 0x50 | 0xd0, ..] => Some(Self::Wifi),
            [0xd6, 0xbe, 0x89, 0x8e, ..] => Some(Self::BluetoothLe),
            _ => None,
        }
    }
}

/// By which way a broadcast came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// Vendor element of ASD-STAN in a Wi-Fi beacon (FA:0B:BC).
    Beacon,
    /// Wi-Fi NAN service discovery, service `org.opendroneid.remoteid`.
    Nan,
    /// Bluetooth advertising, service data 0xFFFA.
    Bluetooth,
    /// French vendor element in a Wi-Fi beacon (6A:5C:35).
    FrenchBeacon,
    /// DJI's own vendor element in a Wi-Fi beacon (26:37:12).
    DjiBeacon,
}

impl Transport {
    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Beacon => "Wi-Fi beacon",
            Self::Nan => "Wi-Fi NAN",
            Self::Bluetooth => "Bluetooth",
            Self::FrenchBeacon => "French Wi-Fi beacon",
            Self::DjiBeacon => "DJI DroneID",
        }
    }
}

/// What one frame says by one way.
#[derive(Debug, Clone, PartialEq)]
pub struct Broadcast {
    /// Who sent, as the frame says.
    pub transmitter: Mac,
    /// By which way.
    pub transport: Transport,
    /// The sender's counter of messages; by the standard it changes with their content.
    pub counter: Option<u16>,
    /// Power at the receiver's antenna, dBm, if its header says.
    pub signal_dbm: Option<i8>,
    /// What it says, at most nine messages.
    pub messages: Messages,
}

const OUI_ASD_STAN: [u8; 3] = [0xfa, 0x0b, 0xbc];
const OUI_FRENCH: [u8; 3] = [0x6a, 0x5c, 0x35];
const OUI_DJI: [u8; 3] = [0x26, 0x37, 0x12];
const OUI_WIFI_ALLIANCE: [u8; 3] = [0x50, 0x6f, 0x9a];
/// The application code of Open Drone ID, in vendor elements and in service data.
const APPLICATION: u8 = 0x0d;
/// The first six octets of SHA-256 of `org.opendroneid.remoteid` (Wi-Fi Aware 9.5).
const NAN_SERVICE: [u8; 6] = [0x88, 0x69, 0x19, 0x9d, 0x92, 0x09];
const VENDOR_ELEMENT: u8 = 221;
/// Advertising data type "service data, 16-bit UUID", and ASTM's UUID, lowest octet first.
const SERVICE_DATA: u8 = 0x16;
const ASTM_UUID: [u8; 2] = [0xfa, 0xff];
/// Octets of a management frame's header, and of what a beacon has before its elements.
const HEADER: usize = 24;
const BEACON_FIXED: usize = 12;
/// Octets of the frame check sequence; what is left over at a frame's end is no element then.
const CHECKSUM: usize = 4;

/// Takes one captured frame apart. Frames without Remote ID give nothing; faults of those with it
/// are named, and what was understood is given all the same. Allocates nothing.
pub fn decode(link: Link, octets: &[u8], each: &mut dyn FnMut(Result<Broadcast, Defect>)) {
    let found = match link {
        Link::Radiotap => radiotap(octets, each),
        Link::Wifi => wifi(octets, None, each),
        Link::Tzsp => tzsp(octets, each),
        Link::BluetoothLe => bluetooth(octets, each),
        Link::BluetoothLeRadio => match octets.get(10..) {
            Some(octets) => bluetooth(octets, each),
            None => Err(Defect::RadioHeader),
        },
        Link::Advertising => match octets.split_first_chunk::<6>() {
            Some((address, data)) => advertising(reversed(*address), data, each),
            None => Err(Defect::Truncated),
        },
    };
    if let Err(defect) = found {
        each(Err(defect));
    }
}

type Each<'a> = &'a mut dyn FnMut(Result<Broadcast, Defect>);

/// radiotap.org: version, padding, length, words of what is present, then those fields in order.
fn radiotap(octets: &[u8], each: Each<'_>) -> Result<(), Defect> {
    const MORE: u32 = 1 << 31;
    let Some(&[version, _, low, high]) = octets.first_chunk::<4>() else {
        return Err(Defect::RadioHeader);
    };
    let length = usize::from(u16::from_le_bytes([low, high]));
    let Some((header, mut frame)) = octets.split_at_checked(length) else {
        return Err(Defect::RadioHeader);
    };
    let mut words = header.get(4..).ok_or(Defect::RadioHeader)?.chunks_exact(4);
    let mut present = words.by_ref().map(|w| u32::from_le_bytes([w[0], w[1], w[2], w[3]]));
    let (Some(first), 0) = (present.next(), version) else {
        return Err(Defect::RadioHeader);
    };
    let mut at: usize = 8;
    let mut last = first;
    while last & MORE != 0 {
        last = present.next().ok_or(Defect::RadioHeader)?;
        at += 4;
    }
    // Only what stands before the signal is measured off: time, flags, rate, channel, hopping.
    let mut take = |bit: u32, align: usize, size: usize| {
        if first & 1 << bit == 0 {
            return None;
        }
        at = at.next_multiple_of(align);
        let field = header.get(at..at + size);
        at += size;
        field
    };
    take(0, 8, 8);
    let flags = take(1, 1, 1).map_or(0, |field| field[0]);
    take(2, 1, 1);
    take(3, 2, 4);
    take(4, 1, 2);
    let signal_dbm = take(5, 1, 1).map(|field| i8::from_le_bytes([field[0]]));
    if flags & 0x40 != 0 {
        return Err(Defect::BadChecksum);
    }
    if flags & 0x10 != 0 {
        frame = frame.get(..frame.len().saturating_sub(CHECKSUM)).unwrap_or_default();
    }
    wifi(frame, signal_dbm, each)
}

/// Version 1, a type, a protocol, tags up to one that ends them. Only received IEEE 802.11 frames are
/// taken; others, and those that only keep the connection, are none of ours.
fn tzsp(octets: &[u8], each: Each<'_>) -> Result<(), Defect> {
    let Some((&[1, 0, high, low], mut tags)) = octets.split_first_chunk::<4>() else {
        return Ok(());
    };
    if u16::from_be_bytes([high, low]) != 18 {
        return Ok(());
    }
    let mut signal_dbm = None;
    loop {
        let (&tag, rest) = tags.split_first().ok_or(Defect::RadioHeader)?;
        match tag {
            0 => tags = rest,
            1 => return wifi(rest, signal_dbm, each),
            _ => {
                let (&length, rest) = rest.split_first().ok_or(Defect::RadioHeader)?;
                let (value, rest) =
                    rest.split_at_checked(usize::from(length)).ok_or(Defect::RadioHeader)?;
                if let (10, &[signal]) = (tag, value) {
                    signal_dbm = Some(i8::from_le_bytes([signal]));
                }
                tags = rest;
            }
        }
    }
}

/// IEEE 802.11-2020 9.3.3: beacons, probe responses and public action frames.
fn wifi(frame: &[u8], signal_dbm: Option<i8>, each: Each<'_>) -> Result<(), Defect> {
    const BEACON: u8 = 0x80;
    const PROBE_RESPONSE: u8 = 0x50;
    const ACTION: u8 = 0xd0;
    let Some(kind @ (BEACON | PROBE_RESPONSE | ACTION)) = frame.first().copied() else {
        return Ok(());
    };
    let transmitter = frame.get(10..16).and_then(|octets| octets.try_into().ok()).map(Mac);
    let (Some(transmitter), Some(body)) = (transmitter, frame.get(HEADER..)) else {
        return Err(Defect::Truncated);
    };
    let from = From { transmitter, signal_dbm };
    if kind == ACTION {
        return nan(body, from, each);
    }
    let mut elements = body.get(BEACON_FIXED..).ok_or(Defect::Truncated)?;
    while let Some((&[kind, length], rest)) = elements.split_first_chunk::<2>() {
        let Some((element, rest)) = rest.split_at_checked(usize::from(length)) else {
            // A checksum that the capture left at the end looks like an element that is too long.
            let ours = kind == VENDOR_ELEMENT && elements.len() > CHECKSUM && is_ours(rest);
            return if ours { Err(Defect::ElementLength) } else { Ok(()) };
        };
        if kind == VENDOR_ELEMENT {
            vendor(element, from, each);
        }
        elements = rest;
    }
    Ok(())
}

/// Who sent, and how strong it was.
#[derive(Clone, Copy)]
struct From {
    transmitter: Mac,
    signal_dbm: Option<i8>,
}

impl From {
    fn broadcast(
        self,
        transport: Transport,
        counter: Option<u16>,
        messages: Messages,
    ) -> Broadcast {
        let Self { transmitter, signal_dbm } = self;
        Broadcast { transmitter, transport, counter, signal_dbm, messages }
    }
}

fn is_ours(element: &[u8]) -> bool {
    element
        .first_chunk::<3>()
        .is_some_and(|oui| matches!(*oui, OUI_ASD_STAN | OUI_FRENCH | OUI_DJI))
}

fn vendor(element: &[u8], from: From, each: Each<'_>) {
    let Some((&[a, b, c, kind], body)) = element.split_first_chunk::<4>() else { return };
    let broadcast = match ([a, b, c], kind) {
        (OUI_ASD_STAN, APPLICATION) => odid(body, Transport::Beacon, from, each),
        (OUI_FRENCH, 1) => {
            let messages = dri::decode(body, &mut |defect| each(Err(defect)));
            Some(from.broadcast(Transport::FrenchBeacon, None, messages))
        }
        (OUI_DJI, _) => {
            dji::decode(body, &mut |defect| each(Err(defect))).map(|(sequence, messages)| {
                from.broadcast(Transport::DjiBeacon, Some(sequence), messages)
            })
        }
        _ => None,
    };
    if let Some(broadcast) = broadcast {
        each(Ok(broadcast));
    }
}

/// A counter and a pack, or with older senders and over Bluetooth 4 a single message.
fn odid(body: &[u8], transport: Transport, from: From, each: Each<'_>) -> Option<Broadcast> {
    let Some((&counter, pack)) = body.split_first() else {
        each(Err(Defect::MessageTruncated));
        return None;
    };
    let messages = odid::decode_pack(pack, &mut |defect| each(Err(defect)));
    let counter = Some(u16::from(counter));
    (!messages.is_empty()).then(|| from.broadcast(transport, counter, messages))
}

/// A NAN service discovery frame (Wi-Fi Aware 4.0, 9.5): attributes, among them descriptors of
/// services.
fn nan(body: &[u8], from: From, each: Each<'_>) -> Result<(), Defect> {
    const DESCRIPTOR: u8 = 3;
    let Some((&[4, 9, a, b, c, 0x13], mut attributes)) = body.split_first_chunk::<6>() else {
        return Ok(());
    };
    if [a, b, c] != OUI_WIFI_ALLIANCE {
        return Ok(());
    }
    while let Some((&[kind, low, high], rest)) = attributes.split_first_chunk::<3>() {
        let length = usize::from(u16::from_le_bytes([low, high]));
        let Some((attribute, rest)) = rest.split_at_checked(length) else {
            let ours = kind == DESCRIPTOR && rest.starts_with(&NAN_SERVICE);
            return if ours { Err(Defect::ElementLength) } else { Ok(()) };
        };
        if kind == DESCRIPTOR && attribute.starts_with(&NAN_SERVICE) {
            let info = service_info(attribute).ok_or(Defect::ElementLength)?;
            if let Some(broadcast) = odid(info, Transport::Nan, from, each) {
                each(Ok(broadcast));
            }
        }
        attributes = rest;
    }
    Ok(())
}

/// The information in a service descriptor, behind what its control octet says stands before it;
/// empty if it has none.
fn service_info(descriptor: &[u8]) -> Option<&[u8]> {
    let (&[.., control], mut rest) = descriptor.split_first_chunk::<9>()?;
    let sized = |rest: &mut &[u8]| -> Option<()> {
        let (&length, after) = rest.split_first()?;
        *rest = after.get(usize::from(length)..)?;
        Some(())
    };
    if control & 1 << 6 != 0 {
        rest = rest.get(2..)?;
    }
    if control & 1 << 2 != 0 {
        sized(&mut rest)?;
    }
    if control & 1 << 3 != 0 {
        sized(&mut rest)?;
    }
    if control & 1 << 4 == 0 {
        return Some(&[]);
    }
    let (&length, info) = rest.split_first()?;
    info.get(..usize::from(length))
}

/// Bluetooth Core 5.4 volume 6 part B 2.3: advertising packets, legacy and extended.
fn bluetooth(packet: &[u8], each: Each<'_>) -> Result<(), Defect> {
    /// On the primary channels and in extended advertising alike.
    const ADVERTISING_ACCESS: [u8; 4] = [0xd6, 0xbe, 0x89, 0x8e];
    let Some((&[a, b, c, d, head, length], rest)) = packet.split_first_chunk::<6>() else {
        return Err(Defect::Truncated);
    };
    if [a, b, c, d] != ADVERTISING_ACCESS {
        return Ok(());
    }
    let payload = rest.get(..usize::from(length)).ok_or(Defect::Truncated)?;
    match head & 0xf {
        // Connectable, non-connectable and scannable, all undirected; a scan response.
        0 | 2 | 4 | 6 => {
            let (address, data) = payload.split_first_chunk::<6>().ok_or(Defect::Truncated)?;
            advertising(reversed(*address), data, each)
        }
        // Extended: a header of its own, whose flags say first whether the address is in it.
        7 => {
            let (&first, rest) = payload.split_first().ok_or(Defect::Truncated)?;
            let length = usize::from(first & 0x3f);
            let (header, data) = rest.split_at_checked(length).ok_or(Defect::Truncated)?;
            match header.split_first() {
                Some((flags, header)) if flags & 1 != 0 => {
                    let address = header.first_chunk::<6>().ok_or(Defect::Truncated)?;
                    advertising(reversed(*address), data, each)
                }
                // Without an address nobody knows whose it is.
                _ => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

fn advertising(transmitter: Mac, mut data: &[u8], each: Each<'_>) -> Result<(), Defect> {
    let from = From { transmitter, signal_dbm: None };
    // A length of 0 ends the data early (Bluetooth Core volume 3 part C 11).
    while let Some((&length @ 1.., rest)) = data.split_first() {
        let Some((structure, rest)) = rest.split_at_checked(usize::from(length)) else {
            let ours = rest.get(..4).is_some_and(is_remote_id);
            return if ours { Err(Defect::ElementLength) } else { Ok(()) };
        };
        if is_remote_id(structure)
            && let Some(broadcast) = odid(&structure[4..], Transport::Bluetooth, from, each)
        {
            each(Ok(broadcast));
        }
        data = rest;
    }
    Ok(())
}

fn is_remote_id(structure: &[u8]) -> bool {
    structure.starts_with(&[SERVICE_DATA, ASTM_UUID[0], ASTM_UUID[1], APPLICATION])
}

/// Bluetooth sends addresses lowest octet first.
fn reversed(mut address: [u8; 6]) -> Mac {
    address.reverse();
    Mac(address)
}

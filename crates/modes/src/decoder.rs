//! Downlink formats (ICAO Annex 10 volume IV 3.1.2.3 to 3.1.2.8) and the memory they need.
//!
//! | DF | what | length | parity field |
//! |----|------|--------|--------------|
//! | 0, 16 | air-air surveillance | 7, 14 | address overlaid |
//! | 4, 20 | altitude reply, Comm-B | 7, 14 | address overlaid |
//! | 5, 21 | identity reply, Comm-B | 7, 14 | address overlaid |
//! | 11 | all-call reply | 7 | interrogator's code overlaid |
//! | 17 | extended squitter of a transponder | 14 | plain |
//! | 18 | extended squitter of others, by CF | 14 | plain |
//!
//! A message under plain parity that fails the check is refused, never repaired: of the few bit
//! patterns that would repair it more than one may be a different aircraft's plausible message.

use crate::adsb::{self, CompactPosition, PositionKind, integrity};
use crate::aircraft::Aircraft;
use crate::cpr::Degrees;
use crate::field::Field56;
use crate::fixes::Site;
use crate::framing::{Frame, FrameClock};
use crate::{Content, Defect, Interrogator, Report, Source, altitude, crc, identity};
use geodesy::Geodetic;
use geodesy::units::METRES_PER_NM;
use rustc_hash::FxHashMap;
use surveillance::{Address, AddressKind, Time};

/// An overlaid address counts as confirmed this long after it was announced, seconds.
const ANNOUNCED_AGE_MAX_S: f64 = 60.0;
/// Nothing is remembered of an aircraft silent for longer, seconds.
const AIRCRAFT_AGE_MAX_S: f64 = 300.0;
/// How often the silent are looked for, seconds.
const PRUNE_PERIOD_S: f64 = 60.0;
/// II and SI codes are 1 to 79 (Annex 10 volume IV 3.1.2.3.3.2): a greater rest is an error.
const INTERROGATOR_CODE_MAX: u32 = 79;

/// What a decoder needs to know of its receiver.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DecoderConfig {
    /// Where the receiver is: bounds positions, and places surface traffic that was never seen
    /// in the air.
    pub receiver: Option<Geodetic>,
    /// Farther than this from the receiver nothing is heard, metres; used only with `receiver`.
    /// At 180 NM or less single airborne reports are completed relative to the receiver, too.
    pub range_max_m: f64,
    /// How many aircraft are remembered. Messages of more are still decoded, without positions.
    pub aircraft_max: usize,
}

impl Default for DecoderConfig {
    /// Receiver unknown; 300 NM, past the radio horizon of anything below 60,000 ft; 65,536
    /// aircraft (some 40 MB when full), several times what flies at once.
    fn default() -> Self {
        Self { receiver: None, range_max_m: 300.0 * METRES_PER_NM, aircraft_max: 65_536 }
    }
}

/// How full a decoder's memory is and what fell out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DecoderStats {
    /// Aircraft remembered now.
    pub aircraft: usize,
    /// Aircraft forgotten because they were silent for five minutes.
    pub pruned: u64,
    /// Messages whose aircraft could not be remembered because the table was full.
    pub refused: u64,
}

/// Decodes one receiver's messages.
///
/// A message whose parity is wrong is refused, never repaired: of the few bits that would mend it
/// some make another aircraft's plausible message. An address overlaid on parity (replies) cannot
/// be checked at all, and is marked unconfirmed until the aircraft announces it.
///
/// Positions: a single report is ambiguous and is completed by one of the other parity or by a
/// known place. The first completed one is given out at once, `proven: false`; what contradicts a
/// proven one is refused by name (`Report::position_defect`) and the rest of the message stands.
///
/// A function of its state, the frame and the time given: the same frames at the same times give
/// the same reports. Time may stand still (a file that has none) or step back.
#[derive(Debug)]
pub struct Decoder {
    site: Site,
    aircraft_max: usize,
    aircraft: FxHashMap<u32, Aircraft>,
    pruned_last: Option<Time>,
    /// Messages since then.
    unpruned: usize,
    stats: DecoderStats,
}

impl Decoder {
    /// A decoder that has heard nothing yet.
    pub fn new(config: DecoderConfig) -> Self {
        let position = config.receiver.map(|receiver| Degrees {
            latitude: receiver.latitude_deg(),
            longitude: receiver.longitude_deg(),
        });
        Self {
            site: Site { position, range_max_m: config.range_max_m },
            aircraft_max: config.aircraft_max,
            aircraft: FxHashMap::default(),
            pruned_last: None,
            unpruned: 0,
            stats: DecoderStats::default(),
        }
    }

    /// How full the memory is.
    pub fn stats(&self) -> DecoderStats {
        DecoderStats { aircraft: self.aircraft.len(), ..self.stats }
    }

    /// Decodes a frame as [`Decoder::decode`] does; a squitter that a multilateration server
    /// composed is marked as [`Source::Mlat`].
    pub fn decode_frame(&mut self, frame: &Frame, time: Time) -> Result<Report, Defect> {
        let mut report = self.decode(frame.bytes(), time)?;
        if frame.clock == FrameClock::MlatResult {
            report.source = Source::Mlat;
        }
        Ok(report)
    }

    /// Decodes a message of 7 or 14 bytes, received at `time`.
    pub fn decode(&mut self, frame: &[u8], time: Time) -> Result<Report, Defect> {
        self.prune_now_and_then(time);
        let df = match frame {
            [] | [_] => return Err(Defect::TooShort { length: frame.len() }),
            [_, _] => return Err(Defect::ModeAC),
            [first, ..] => (first >> 3).min(24),
        };
        let length = frame.len();
        if let Ok(short) = <&[u8; 7]>::try_from(frame) {
            match df {
                0 | 4 | 5 => self.short_reply(df, short, time),
                11 => self.all_call(short, time),
                16..=21 | 24 => Err(Defect::BadLength { df, length }),
                _ => Err(Defect::UnknownFormat { df }),
            }
        } else if let Ok(long) = <&[u8; 14]>::try_from(frame) {
            match df {
                16 | 20 | 21 => self.long_reply(df, long, time),
                17 | 18 => self.squitter(df, long, time),
                19 | 24 => Err(Defect::Unsupported { df }),
                0 | 4 | 5 | 11 => Err(Defect::BadLength { df, length }),
                _ => Err(Defect::UnknownFormat { df }),
            }
        } else if length < 7 {
            Err(Defect::TooShort { length })
        } else {
            Err(Defect::BadLength { df, length })
        }
    }

    fn short_reply(&self, df: u8, m: &[u8; 7], time: Time) -> Result<Report, Defect> {
        let address = possible(crc::syndrome(m))?;
        let mut report = Report::bare(df, Content::Reply, Source::Transponder);
        self.read_reply(&mut report, [m[0], m[1], m[2], m[3]], address, time);
        Ok(report)
    }

    fn long_reply(&self, df: u8, m: &[u8; 14], time: Time) -> Result<Report, Defect> {
        let address = possible(crc::syndrome(m))?;
        let content = if df == 16 { Content::Reply } else { Content::CommB };
        let mut report = Report::bare(df, content, Source::Transponder);
        self.read_reply(&mut report, [m[0], m[1], m[2], m[3]], address, time);
        if content == Content::CommB {
            report.callsign = adsb::bds08::unmistakable_bds20(Field56::of(m));
        }
        Ok(report)
    }

    /// The part that all replies to an interrogation share: bits 6–8 flight status (DF 4, 5, 20,
    /// 21) or bit 6 vertical status (DF 0, 16), bits 20–32 altitude or identity code.
    fn read_reply(&self, report: &mut Report, head: [u8; 4], address: u32, time: Time) {
        report.address = Some(Address::icao(address));
        report.address_confirmed = self.is_announced(address, time);
        if matches!(report.df, 0 | 16) {
            report.on_ground = Some(head[0] & 0x04 != 0);
        } else {
            let status = head[0] & 0x07;
            report.on_ground = match status {
                0 | 2 => Some(false),
                1 | 3 => Some(true),
                _ => None,
            };
            report.alert = Some(matches!(status, 2..=4));
            report.ident = Some(matches!(status, 4 | 5));
        }
        let code = u32::from(head[2] & 0x1f) << 8 | u32::from(head[3]);
        if matches!(report.df, 5 | 21) {
            report.squawk = Some(identity::from_id13(code));
            return;
        }
        match altitude::from_ac13(code) {
            Ok(found) => report.pressure_altitude = found,
            Err(defect) => report.altitude_defect = Some(defect),
        }
    }

    /// DF 11: bits 6–8 capability, 9–32 the address. A rest of 1 to 79 is an interrogator's code,
    /// or the trace of an error: such a reply confirms an address only when it repeats one heard
    /// before.
    fn all_call(&mut self, m: &[u8; 7], time: Time) -> Result<Report, Defect> {
        let rest = crc::syndrome(m);
        if rest > INTERROGATOR_CODE_MAX {
            return Err(Defect::Crc { df: 11 });
        }
        let address = possible(u32::from_be_bytes([0, m[1], m[2], m[3]]))?;
        let mut report = Report::bare(11, Content::AllCall, Source::Transponder);
        report.address = Some(Address::icao(address));
        report.on_ground = on_ground_by_capability(m[0]);
        report.interrogator = interrogator(rest);
        let heard_before = self.heard_lately(address, time);
        report.address_confirmed = rest == 0 || heard_before;
        let announced = report.address_confirmed;
        if let Some(aircraft) = self.remember(Address::icao(address), time)
            && announced
        {
            aircraft.announced = Some(time);
        }
        Ok(report)
    }

    /// DF 17 and 18: bits 6–8 capability or CF, 9–32 the address, 33–88 the message.
    fn squitter(&mut self, df: u8, m: &[u8; 14], time: Time) -> Result<Report, Defect> {
        if crc::syndrome(m) != 0 {
            return Err(Defect::Crc { df });
        }
        let bits = possible(u32::from_be_bytes([0, m[1], m[2], m[3]]))?;
        let me = Field56::of(m);
        let Some(Squitter { source, kind, coarse }) = Squitter::of(df, m[0] & 0x07, me) else {
            return Err(Defect::Unsupported { df });
        };
        let address = match kind {
            AddressKind::Icao => Address::icao(bits),
            AddressKind::Other | AddressKind::RemoteId => Address::other(bits),
        };
        let mut report = Report::bare(df, Content::OtherSquitter, source);
        report.address = Some(address);
        report.address_confirmed = true;
        if df == 17 {
            report.on_ground = on_ground_by_capability(m[0]);
        }
        let carried = read_message(me, coarse, &mut report);
        let site = self.site;
        if let Some(aircraft) = self.remember(address, time) {
            aircraft.announced = Some(time);
            complete(aircraft, me, carried, &mut report, &site, time);
        }
        Ok(report)
    }

    fn is_announced(&self, address: u32, time: Time) -> bool {
        self.aircraft
            .get(&key(Address::icao(address)))
            .and_then(|aircraft| aircraft.announced)
            .is_some_and(|announced| time.seconds_since(announced).abs() <= ANNOUNCED_AGE_MAX_S)
    }

    fn heard_lately(&self, address: u32, time: Time) -> bool {
        self.aircraft
            .get(&key(Address::icao(address)))
            .is_some_and(|aircraft| time.seconds_since(aircraft.heard).abs() <= ANNOUNCED_AGE_MAX_S)
    }

    /// The aircraft's entry, made if new, started afresh if it was silent too long; `None` if the
    /// table is full.
    fn remember(&mut self, address: Address, time: Time) -> Option<&mut Aircraft> {
        let key = key(address);
        if self.aircraft.len() >= self.aircraft_max && !self.aircraft.contains_key(&key) {
            self.stats.refused += 1;
            return None;
        }
        let aircraft = self.aircraft.entry(key).or_insert_with(|| Aircraft::new(time));
        if time.seconds_since(aircraft.heard).abs() > AIRCRAFT_AGE_MAX_S {
            *aircraft = Aircraft::new(time);
        }
        aircraft.heard = time;
        Some(aircraft)
    }

    /// Never before as many messages came as there are entries to look at: a clock that jumps to
    /// and fro must not make every message pay for the whole table.
    fn prune_now_and_then(&mut self, time: Time) {
        let last = *self.pruned_last.get_or_insert(time);
        self.unpruned += 1;
        let is_early = time.seconds_since(last).abs() < PRUNE_PERIOD_S;
        if is_early || self.unpruned < self.aircraft.len() {
            return;
        }
        self.pruned_last = Some(time);
        self.unpruned = 0;
        let before = self.aircraft.len();
        self.aircraft
            .retain(|_, entry| time.seconds_since(entry.heard).abs() <= AIRCRAFT_AGE_MAX_S);
        self.stats.pruned += (before - self.aircraft.len()) as u64;
    }
}

/// What the first byte of an extended squitter says of its sender.
struct Squitter {
    source: Source,
    kind: AddressKind,
    coarse: bool,
}

impl Squitter {
    /// By downlink format and CF (DO-260B table 2-13). `None`: management or reserved.
    fn of(df: u8, control: u8, me: Field56) -> Option<Self> {
        let by_flag = |flag| if flag { AddressKind::Other } else { AddressKind::Icao };
        let (source, kind, coarse) = match (df, control) {
            (17, _) | (18, 0) => (Source::AdsB, AddressKind::Icao, false),
            (18, 1) => (Source::AdsB, AddressKind::Other, false),
            (18, 2) => (Source::TisB, by_flag(imf(me)), false),
            (18, 3) => (Source::TisB, by_flag(me.bit(1)), true),
            (18, 5) => (Source::TisB, AddressKind::Other, false),
            (18, 6) => (Source::AdsR, by_flag(imf(me)), false),
            _ => return None,
        };
        Some(Self { source, kind, coarse })
    }
}

/// The ICAO/Mode A flag of rebroadcast messages (DO-260B 2.2.17.2 and 2.2.18): set, the address
/// is a track file's or anonymous. Its place differs by message.
fn imf(me: Field56) -> bool {
    match me.bits(1, 5) {
        5..=8 => me.bit(21),
        9..=18 | 20..=22 => me.bit(8),
        19 => me.bit(9),
        28 | 31 => me.bit(56),
        29 => me.bit(51),
        _ => false,
    }
}

/// What a message carries that only memory of its aircraft completes or that changes that memory.
#[derive(Clone, Copy, Default)]
struct Carried {
    position: Option<CompactPosition>,
    standing: Option<adsb::bds65::Standing>,
}

/// Reads what the message itself says.
fn read_message(me: Field56, coarse: bool, report: &mut Report) -> Carried {
    let mut carried = Carried::default();
    if coarse {
        carried.position = Some(adsb::tisb_coarse::read(me, report));
        return carried;
    }
    match me.bits(1, 5) {
        1..=4 => adsb::bds08::read(me, report),
        5..=8 => carried.position = Some(adsb::bds06::read(me, report)),
        0 | 9..=18 | 20..=22 => carried.position = adsb::bds05::read(me, report),
        19 => adsb::bds09::read(me, report),
        28 => adsb::bds61::read(me, report),
        29 => adsb::bds62::read(me, report),
        31 => carried.standing = adsb::bds65::read(me, report),
        _ => {}
    }
    carried
}

/// Completes the report by what is known of the aircraft, and the other way round.
fn complete(
    aircraft: &mut Aircraft,
    me: Field56,
    carried: Carried,
    report: &mut Report,
    site: &Site,
    time: Time,
) {
    if let Some(standing) = carried.standing {
        aircraft.apply(standing);
    }
    aircraft.merge_quality(&mut report.quality);
    report.heading_is_true = report.heading_rad.is_some() && aircraft.heading_is_true;
    if report.content == Content::SurfacePosition && !aircraft.surface_gives_track {
        report.heading_rad = report.track_rad.take();
        report.heading_is_true = aircraft.heading_is_true;
    }
    if let Some(speed_mps) = report.ground_speed_mps {
        aircraft.note_speed(speed_mps, time);
    }
    let Some(position) = carried.position else {
        return;
    };
    if position.kind != PositionKind::Coarse {
        read_integrity(aircraft, me, report);
    }
    match aircraft.fixes.observe(position, time, aircraft.speed_mps(time), site) {
        Ok(found) => report.position = found,
        Err(defect) => report.position_defect = Some(defect),
    }
}

/// Integrity and accuracy of a position: NACp if told, else what the type code contains.
fn read_integrity(aircraft: &Aircraft, me: Field56, report: &mut Report) {
    let rebroadcast = report.source != Source::AdsB;
    let airborne = report.content == Content::AirbornePosition;
    // Rebroadcast messages have the address flag where others have supplement B.
    let supplements =
        integrity::Supplements { b: airborne && !rebroadcast && me.bit(8), ..aircraft.supplements };
    let found = integrity::of_position(me.bits(1, 5), report.quality.version, supplements);
    report.quality.nic = found.nic;
    if report.quality.version == Some(0) {
        report.quality.nac_p = found.nuc_p;
    }
    report.horizontal_sd_m = report
        .quality
        .horizontal_sd_m()
        .or(found.containment_m.map(integrity::sd_of_containment_m));
}

fn on_ground_by_capability(first: u8) -> Option<bool> {
    match first & 0x07 {
        4 => Some(true),
        5 => Some(false),
        _ => None,
    }
}

/// CL in bits 18–20 and IC in bits 21–24 of the overlay.
fn interrogator(code: u32) -> Option<Interrogator> {
    match (code >> 4, (code & 0x0f) as u8) {
        (0, 0) => None,
        (0, ii) => Some(Interrogator::Ii(ii)),
        (1, 0) => None,
        (label, low) => Some(Interrogator::Si(16 * (label as u8 - 1) + low)),
    }
}

fn possible(address: u32) -> Result<u32, Defect> {
    if matches!(address, 0 | 0xff_ffff) {
        return Err(Defect::ImpossibleAddress { address });
    }
    Ok(address)
}

fn key(address: Address) -> u32 {
    let other = u32::from(address.kind() == AddressKind::Other);
    other << 24 | address.bits()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_table_keeps_to_its_documented_size() {
        // hashbrown fills a power of two of slots to seven eighths, with a byte of control each.
        let slots = (DecoderConfig::default().aircraft_max * 8 / 7).next_power_of_two();
        let slot_bytes = size_of::<(u32, Aircraft)>() + 1;
        let megabytes = slots * slot_bytes / 1_000_000;
        assert!((30..=45).contains(&megabytes), "{megabytes}");
    }

    #[test]
    fn a_clock_that_jumps_does_not_make_every_message_search_the_table() {
        let mut decoder = Decoder::new(DecoderConfig::default());
        for address in 1..=100 {
            decoder.remember(Address::icao(address), Time::EPOCH);
            decoder.prune_now_and_then(Time::EPOCH);
        }
        for (second, searched_at) in [(61.0, 61.0), (0.0, 61.0), (400.0, 61.0), (0.0, 61.0)] {
            decoder.prune_now_and_then(Time::EPOCH.plus_seconds(second));
            assert_eq!(decoder.pruned_last, Some(Time::EPOCH.plus_seconds(searched_at)));
        }
    }

    #[test]
    fn interrogator_codes_are_labelled_as_the_annex_has_it() {
        assert_eq!(interrogator(0), None);
        assert_eq!(interrogator(15), Some(Interrogator::Ii(15)));
        assert_eq!(interrogator(17), Some(Interrogator::Si(1)));
        assert_eq!(interrogator(32), Some(Interrogator::Si(16)));
        assert_eq!(interrogator(79), Some(Interrogator::Si(63)));
    }
}

//! pcapng capture files (draft-ietf-opsawg-pcapng).
//!
//! Blocks of a type, a length, a body, and the length again. A section header tells the byte order
//! and forgets the interfaces before it; each interface has its link type and its unit of time.

use std::io::{self, Read};

use surveillance::Time;

use super::packet::{Captured, Reassembly};
use super::window::{WINDOW_LEN, Window};
use super::{DefectKind, Output, Step};

const SECTION: u32 = 0x0A0D_0D0A;
const INTERFACE: u32 = 1;
const PACKET_OBSOLETE: u32 = 2;
const PACKET_SIMPLE: u32 = 3;
const PACKET: u32 = 6;
/// Names, statistics, the journal of systemd, secrets, custom: known to be blocks, not read.
const OTHERS: [u32; 7] = [4, 5, 9, 10, 0xBAD, 0x4000_0BAD, 0x0000_0204];

const BLOCK_LEN_MIN: usize = 12;
/// Longer blocks are taken for damage. Half of what can be looked at, so that a search always
/// sees whole blocks.
const BLOCK_LEN_MAX: usize = WINDOW_LEN / 2;
/// Interfaces remembered for a section; packets on those beyond are of an unknown interface.
const INTERFACES_MAX: usize = 1024;

#[derive(Debug, Default)]
pub(super) struct Pcapng {
    is_big_endian: bool,
    interfaces: Vec<Interface>,
}

#[derive(Debug, Clone, Copy)]
struct Interface {
    link_type: u32,
    /// The most that is kept of a packet; 0 is without limit.
    kept_max: usize,
    /// Ticks in a second; `None` if that is no number that fits.
    ticks_per_second: Option<u128>,
    /// Seconds to add.
    offset_s: i64,
}

#[derive(Debug, Clone, Copy)]
struct Block<'a> {
    kind: u32,
    is_big_endian: bool,
    body: &'a [u8],
    length: usize,
}

impl Pcapng {
    pub(super) fn step<R: Read>(
        &mut self,
        window: &mut Window<R>,
        reassembly: &mut Reassembly,
        output: &mut Output,
    ) -> io::Result<Step> {
        let offset = window.offset();
        let bytes = window.fill(BLOCK_LEN_MAX)?;
        if bytes.is_empty() {
            return Ok(Step::End);
        }
        let Some(block) = Block::parse(bytes, self.is_big_endian) else {
            return self.pass_over(window, output);
        };
        let length = block.length;
        let step = match block.kind {
            SECTION => {
                self.is_big_endian = block.is_big_endian;
                self.interfaces.clear();
                Step::Nothing
            }
            INTERFACE => {
                self.add_interface(block, offset, output);
                Step::Nothing
            }
            PACKET | PACKET_SIMPLE | PACKET_OBSOLETE => {
                self.packet(block, offset, reassembly, output)
            }
            _ => Step::Nothing,
        };
        window.advance(length);
        Ok(step)
    }

    fn add_interface(&mut self, block: Block<'_>, offset: u64, output: &mut Output) {
        if self.interfaces.len() == INTERFACES_MAX {
            return;
        }
        // Even an unreadable description takes its number.
        let interface = block.interface().unwrap_or_else(|| {
            output.defect(DefectKind::RecordCorrupt { bytes: block.length as u64 }, offset);
            Interface { link_type: u32::MAX, kept_max: 0, ticks_per_second: None, offset_s: 0 }
        });
        self.interfaces.push(interface);
    }

    fn packet(
        &self,
        block: Block<'_>,
        offset: u64,
        reassembly: &mut Reassembly,
        output: &mut Output,
    ) -> Step {
        let number = match block.kind {
            PACKET => block.u32_at(0),
            PACKET_OBSOLETE => block.u16_at(0).map(u32::from),
            _ => Some(0),
        };
        let Some(interface) = number.and_then(|n| self.interfaces.get(n as usize)) else {
            let kind = DefectKind::InterfaceUnknown { interface: number.unwrap_or(0) };
            output.defect(kind, offset);
            return Step::Nothing;
        };
        let Some((ticks, bytes)) = block.packet(interface) else {
            output.defect(DefectKind::RecordCorrupt { bytes: block.length as u64 }, offset);
            return Step::Nothing;
        };
        let time = ticks.and_then(|ticks| interface.time(ticks));
        let captured = Captured { link_type: interface.link_type, time, bytes, offset };
        reassembly.packet(captured, output)
    }

    /// Goes on to the next place that is a block of a known type.
    fn pass_over<R: Read>(&self, window: &mut Window<R>, output: &mut Output) -> io::Result<Step> {
        let offset = window.offset();
        let bytes = window.fill(WINDOW_LEN)?;
        let is_end = bytes.len() < WINDOW_LEN;
        let tried = if is_end { bytes.len() } else { WINDOW_LEN - BLOCK_LEN_MAX };
        let next = (1..tried).find(|&at| {
            Block::parse(&bytes[at..], self.is_big_endian).is_some_and(|block| block.is_known())
        });
        let stated = Block::stated_len(bytes, self.is_big_endian).map(|(_, _, length)| length);
        let is_cut = next.is_none()
            && is_end
            && stated.is_none_or(|length| length > bytes.len() && length <= BLOCK_LEN_MAX);
        let skip = next.unwrap_or(tried);
        window.advance(skip);
        let bytes = skip as u64;
        let kind = if is_cut {
            DefectKind::FileTruncated { bytes }
        } else {
            DefectKind::RecordCorrupt { bytes }
        };
        output.defect(kind, offset);
        Ok(Step::Nothing)
    }
}

impl<'a> Block<'a> {
    /// Type, byte order and length. `None` if the bytes are too few to say.
    fn stated_len(bytes: &[u8], is_big_endian: bool) -> Option<(u32, bool, usize)> {
        let head = bytes.get(..BLOCK_LEN_MIN)?;
        let is_section = head[..4] == SECTION.to_be_bytes();
        let is_big_endian = if is_section { head[8] == 0x1A } else { is_big_endian };
        let kind = u32_at(head, 0, is_big_endian)?;
        Some((kind, is_big_endian, u32_at(head, 4, is_big_endian)? as usize))
    }

    /// `None` unless the block is whole and says its length twice alike.
    fn parse(bytes: &'a [u8], is_big_endian: bool) -> Option<Self> {
        let (kind, is_big_endian, length) = Self::stated_len(bytes, is_big_endian)?;
        if !(BLOCK_LEN_MIN..=BLOCK_LEN_MAX).contains(&length) || !length.is_multiple_of(4) {
            return None;
        }
        let block = bytes.get(..length)?;
        let body = &block[8..length - 4];
        let is_closed = u32_at(block, length - 4, is_big_endian) == Some(length as u32);
        let is_sound = kind != SECTION
            || matches!(body, [0x1A, 0x2B, 0x3C, 0x4D, ..] | [0x4D, 0x3C, 0x2B, 0x1A, ..]);
        (is_closed && is_sound).then_some(Self { kind, is_big_endian, body, length })
    }

    fn is_known(self) -> bool {
        matches!(self.kind, SECTION | INTERFACE | PACKET_OBSOLETE | PACKET_SIMPLE | PACKET)
            || OTHERS.contains(&self.kind)
    }

    fn u32_at(self, at: usize) -> Option<u32> {
        u32_at(self.body, at, self.is_big_endian)
    }

    fn u16_at(self, at: usize) -> Option<u16> {
        let bytes = self.body.get(at..at + 2)?.try_into().ok()?;
        Some(if self.is_big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    fn interface(self) -> Option<Interface> {
        let mut interface = Interface {
            link_type: u32::from(self.u16_at(0)?),
            kept_max: self.u32_at(4)? as usize,
            ticks_per_second: Some(1_000_000),
            offset_s: 0,
        };
        let mut at = 8;
        while let (Some(code), Some(length)) = (self.u16_at(at), self.u16_at(at + 2)) {
            let length = usize::from(length);
            let Some(value) = self.body.get(at + 4..at + 4 + length) else { break };
            match (code, value) {
                (0, _) => break,
                // if_tsresol: a negative power of ten, or of two if the top bit is set.
                (9, [power]) if power & 0x80 != 0 => {
                    interface.ticks_per_second = 1_u128.checked_shl(u32::from(power & 0x7F));
                }
                (9, [power]) => {
                    interface.ticks_per_second = 10_u128.checked_pow(u32::from(*power));
                }
                // if_tsoffset
                (14, value) => {
                    if let Ok(bytes) = value.try_into() {
                        interface.offset_s = if self.is_big_endian {
                            i64::from_be_bytes(bytes)
                        } else {
                            i64::from_le_bytes(bytes)
                        };
                    }
                }
                _ => {}
            }
            at += 4 + length.next_multiple_of(4);
        }
        Some(interface)
    }

    /// Time in the interface's ticks, which a simple packet has not, and the bytes kept.
    fn packet(self, interface: &Interface) -> Option<(Option<u64>, &'a [u8])> {
        if self.kind == PACKET_SIMPLE {
            let limit = if interface.kept_max == 0 { usize::MAX } else { interface.kept_max };
            let kept = (self.u32_at(0)? as usize).min(limit).min(self.body.len() - 4);
            return Some((None, &self.body[4..4 + kept]));
        }
        let ticks = u64::from(self.u32_at(4)?) << 32 | u64::from(self.u32_at(8)?);
        let kept = self.u32_at(12)? as usize;
        Some((Some(ticks), self.body.get(20..20_usize.checked_add(kept)?)?))
    }
}

impl Interface {
    /// `None` outside of what [`Time`] covers.
    fn time(&self, ticks: u64) -> Option<Time> {
        let nanos = u128::from(ticks) * 1_000_000_000 / self.ticks_per_second?;
        let nanos = i128::try_from(nanos).ok()? + i128::from(self.offset_s) * 1_000_000_000;
        i64::try_from(nanos).ok().map(Time::from_unix_nanos)
    }
}

fn u32_at(bytes: &[u8], at: usize, is_big_endian: bool) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?.try_into().ok()?;
    Some(if is_big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
}

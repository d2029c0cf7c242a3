//! libpcap capture files (draft-ietf-opsawg-pcap).
//!
//! A file header of 24 bytes, then packets, each with a header of 16: seconds, fraction, bytes
//! kept, bytes on the wire. The magic number tells byte order and whether the fraction is in
//! microseconds or nanoseconds.

use std::io::{self, Read};

use surveillance::Time;

use super::packet::{Captured, Reassembly};
use super::window::{WINDOW_LEN, Window};
use super::{DefectKind, Output, Step};

const FILE_HEADER_LEN: usize = 24;
const HEADER_LEN: usize = 16;
/// The longest packet any capture tool keeps.
const PACKET_LEN_MAX: usize = 256 << 10;
/// While searching, a packet further in time than this from the one before is not believed.
const GAP_MAX_S: u32 = 86_400;

#[derive(Debug, Default)]
pub(super) struct Pcap {
    file: Option<FileHeader>,
    seconds_before: Option<u32>,
}

#[derive(Debug, Clone, Copy)]
struct FileHeader {
    is_big_endian: bool,
    nanos_per_fraction: u32,
    link_type: u32,
}

#[derive(Debug, Clone, Copy)]
struct PacketHeader {
    seconds: u32,
    fraction: u32,
    kept: usize,
}

impl Pcap {
    pub(super) fn step<R: Read>(
        &mut self,
        window: &mut Window<R>,
        reassembly: &mut Reassembly,
        output: &mut Output,
    ) -> io::Result<Step> {
        let Some(file) = self.file else {
            return self.start(window, output);
        };
        let offset = window.offset();
        let bytes = window.fill(HEADER_LEN + PACKET_LEN_MAX)?;
        if bytes.is_empty() {
            return Ok(Step::End);
        }
        let header = file.packet(bytes);
        let packet = header
            .and_then(|header| Some((header, bytes.get(HEADER_LEN..HEADER_LEN + header.kept)?)));
        let Some((header, packet)) = packet else {
            return self.pass_over(file, header.is_some(), window, output);
        };
        self.seconds_before = Some(header.seconds);
        let captured = Captured {
            link_type: file.link_type,
            time: Some(file.time(header)),
            bytes: packet,
            offset,
        };
        let step = reassembly.packet(captured, output);
        window.advance(HEADER_LEN + header.kept);
        Ok(step)
    }

    fn start<R: Read>(&mut self, window: &mut Window<R>, output: &mut Output) -> io::Result<Step> {
        let bytes = window.fill(FILE_HEADER_LEN)?;
        let length = bytes.len();
        if length < FILE_HEADER_LEN {
            output.defect(DefectKind::FileTruncated { bytes: length as u64 }, 0);
            window.advance(length);
            return Ok(Step::End);
        }
        let is_big_endian = bytes[0] == 0xA1;
        let is_nanos = bytes[..4].contains(&0x4D);
        let mut file = FileHeader {
            is_big_endian,
            nanos_per_fraction: if is_nanos { 1 } else { 1000 },
            link_type: 0,
        };
        // The upper half tells of the frame check sequence.
        file.link_type = file.u32_at(bytes, 20) & 0xFFFF;
        self.file = Some(file);
        window.advance(FILE_HEADER_LEN);
        Ok(Step::Nothing)
    }

    /// Goes on to the next place where a packet is followed by another or by the end.
    fn pass_over<R: Read>(
        &self,
        file: FileHeader,
        is_header_sound: bool,
        window: &mut Window<R>,
        output: &mut Output,
    ) -> io::Result<Step> {
        let offset = window.offset();
        let bytes = window.fill(WINDOW_LEN)?;
        let is_end = bytes.len() < WINDOW_LEN;
        // Short of the end leave room for a packet and the header after it.
        let tried = if is_end { bytes.len() } else { WINDOW_LEN - PACKET_LEN_MAX - 2 * HEADER_LEN };
        let next = (1..tried).find(|&at| self.is_followed(file, &bytes[at..], is_end));
        let skip = next.unwrap_or(tried);
        let is_cut = next.is_none() && is_end && (is_header_sound || bytes.len() < HEADER_LEN);
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

    fn is_followed(&self, file: FileHeader, bytes: &[u8], is_end: bool) -> bool {
        let is_near = |one: u32, other: u32| one.abs_diff(other) <= GAP_MAX_S;
        let Some(header) = file.packet(bytes) else { return false };
        let rest = bytes.get(HEADER_LEN + header.kept..);
        header.kept > 0
            && self.seconds_before.is_none_or(|before| is_near(before, header.seconds))
            && rest.is_some_and(|rest| {
                (rest.is_empty() && is_end)
                    || file.packet(rest).is_some_and(|next| is_near(next.seconds, header.seconds))
            })
    }
}

impl FileHeader {
    fn u32_at(self, bytes: &[u8], at: usize) -> u32 {
        let bytes = bytes[at..at + 4].try_into().expect("four bytes");
        if self.is_big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    }

    /// `None` unless the header is whole and makes sense.
    fn packet(self, bytes: &[u8]) -> Option<PacketHeader> {
        let bytes = bytes.get(..HEADER_LEN)?;
        let fraction = self.u32_at(bytes, 4);
        let kept = self.u32_at(bytes, 8);
        let makes_sense = fraction < 1_000_000_000 / self.nanos_per_fraction
            && kept as usize <= PACKET_LEN_MAX
            && kept <= self.u32_at(bytes, 12);
        let (seconds, kept) = (self.u32_at(bytes, 0), kept as usize);
        makes_sense.then_some(PacketHeader { seconds, fraction, kept })
    }

    fn time(self, header: PacketHeader) -> Time {
        let nanos = i64::from(header.fraction) * i64::from(self.nanos_per_fraction);
        Time::from_unix_nanos(i64::from(header.seconds) * 1_000_000_000 + nanos)
    }
}

//! From a captured link-layer packet to the UDP or TCP payload inside.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};

use etherparse::defrag::IpDefragBuf;
use etherparse::{
    EtherType, IpFragOffset, IpNumber, Ipv6ExtensionSlice, LaxNetSlice, LaxSlicedPacket, TcpSlice,
    UdpSlice,
};
use surveillance::Time;

use super::{DefectKind, Origin, Output, Step};

/// Fragmented datagrams put together at the same time. The oldest gives way: each may hold 64 KiB,
/// and a sender of first fragments alone must not be able to fill the memory.
pub(super) const FRAGMENTED_MAX: usize = 64;

/// Link types of radio captures, whose frames are handed out whole: IEEE 802.11 bare and behind
/// radiotap, Bluetooth Low Energy bare and behind radio data.
const RADIO: [u32; 4] = [105, 127, 251, 256];

/// A packet as the capture file gives it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Captured<'a> {
    /// Number in the tcpdump.org registry of link-layer header types.
    pub(super) link_type: u32,
    pub(super) time: Option<Time>,
    pub(super) bytes: &'a [u8],
    /// Where in the file.
    pub(super) offset: u64,
}

/// Datagrams of which some fragments have been seen, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Reassembly {
    pending: VecDeque<(FragmentKey, IpDefragBuf)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FragmentKey {
    source: IpAddr,
    destination: IpAddr,
    identification: u32,
    ip_number: IpNumber,
}

#[derive(Debug, Clone, Copy)]
struct Fragment {
    key: FragmentKey,
    offset: IpFragOffset,
    more: bool,
}

/// The outcome of a packet that gives nothing to hand out.
enum Refusal {
    Malformed,
    LinkTypeUnsupported,
    /// Sound, and neither UDP nor TCP with data; or a fragment that is kept.
    PassedOver,
}

impl Reassembly {
    /// Takes a packet apart, leaving its payload in `output`.
    pub(super) fn packet(&mut self, captured: Captured<'_>, output: &mut Output) -> Step {
        if RADIO.contains(&captured.link_type) {
            output.set_payload(captured.bytes);
            return Step::Frame(captured.time, captured.link_type);
        }
        match self.take_apart(captured, output) {
            Ok(step) => return step,
            Err(Refusal::PassedOver) => output.packets_passed_over += 1,
            Err(Refusal::Malformed) => output.defect(DefectKind::PacketMalformed, captured.offset),
            Err(Refusal::LinkTypeUnsupported) => {
                let kind = DefectKind::LinkTypeUnsupported { link_type: captured.link_type };
                output.defect(kind, captured.offset);
            }
        }
        Step::Nothing
    }

    /// Datagrams still waiting for a fragment.
    pub(super) fn unfinished(&self) -> usize {
        self.pending.len()
    }

    fn take_apart(&mut self, captured: Captured<'_>, output: &mut Output) -> Result<Step, Refusal> {
        let sliced = slice(captured.link_type, captured.bytes)?;
        let (source, destination, payload) = match &sliced.net {
            Some(LaxNetSlice::Ipv4(ip)) => {
                let header = ip.header();
                let [source, destination] = [header.source_addr(), header.destination_addr()];
                (IpAddr::V4(source), IpAddr::V4(destination), ip.payload())
            }
            Some(LaxNetSlice::Ipv6(ip)) => {
                let header = ip.header();
                let [source, destination] = [header.source_addr(), header.destination_addr()];
                (IpAddr::V6(source), IpAddr::V6(destination), ip.payload())
            }
            Some(LaxNetSlice::Arp(_)) => return Err(Refusal::PassedOver),
            None if sliced.stop_err.is_some() => return Err(Refusal::Malformed),
            None => return Err(Refusal::PassedOver),
        };
        if payload.incomplete {
            output.defect(DefectKind::PacketTruncated, captured.offset);
        }
        let origin = |ports: (u16, u16)| Origin {
            time: captured.time,
            source: Some(SocketAddr::new(source, ports.0)),
            destination: Some(SocketAddr::new(destination, ports.1)),
        };
        if !payload.fragmented {
            return transport(payload.ip_number, payload.payload, origin, output);
        }
        let fragment = sliced.net.as_ref().and_then(fragment).ok_or(Refusal::Malformed)?;
        let whole = self.add(fragment, payload.payload, captured.offset, output)?;
        transport(payload.ip_number, &whole, origin, output)
    }

    /// The whole datagram once its last missing fragment is here.
    fn add(
        &mut self,
        fragment: Fragment,
        bytes: &[u8],
        offset: u64,
        output: &mut Output,
    ) -> Result<Vec<u8>, Refusal> {
        let index = match self.pending.iter().position(|(key, _)| *key == fragment.key) {
            Some(index) => index,
            None => {
                if self.pending.len() == FRAGMENTED_MAX {
                    self.pending.pop_front();
                    output.defect(DefectKind::FragmentsMissing, offset);
                }
                let buffer = IpDefragBuf::new(fragment.key.ip_number, Vec::new(), Vec::new());
                self.pending.push_back((fragment.key, buffer));
                self.pending.len() - 1
            }
        };
        let buffer = &mut self.pending[index].1;
        if buffer.add(fragment.offset, fragment.more, bytes).is_err() {
            self.pending.remove(index);
            return Err(Refusal::Malformed);
        }
        if !buffer.is_complete() {
            return Err(Refusal::PassedOver);
        }
        let (_, buffer) = self.pending.remove(index).expect("it is at this index");
        Ok(buffer.take_bufs().0)
    }
}

/// Removes the link layer. Numbers as in the tcpdump.org registry.
fn slice(link_type: u32, bytes: &[u8]) -> Result<LaxSlicedPacket<'_>, Refusal> {
    let after = |header_len: usize| bytes.get(header_len..).ok_or(Refusal::Malformed);
    let ip = |bytes| LaxSlicedPacket::from_ip(bytes).map_err(|_| Refusal::Malformed);
    let protocol = |at: usize, header_len: usize| {
        let payload = after(header_len)?;
        let protocol = EtherType(u16::from_be_bytes([bytes[at], bytes[at + 1]]));
        Ok(LaxSlicedPacket::from_ether_type(protocol, payload))
    };
    match link_type {
        // BSD loopback: an address family of four bytes, whose value differs between systems.
        0 | 108 => ip(after(4)?),
        1 => LaxSlicedPacket::from_ethernet(bytes).map_err(|_| Refusal::Malformed),
        // Bare IP; 12 and 14 are what some BSDs wrote for it.
        12 | 14 | 101 | 228 | 229 => ip(bytes),
        // Linux cooked capture, versions 1 and 2.
        113 => protocol(14, 16),
        276 => protocol(0, 20),
        _ => Err(Refusal::LinkTypeUnsupported),
    }
}

fn fragment(net: &LaxNetSlice<'_>) -> Option<Fragment> {
    match net {
        LaxNetSlice::Ipv4(ip) => {
            let header = ip.header();
            let key = FragmentKey {
                source: header.source_addr().into(),
                destination: header.destination_addr().into(),
                identification: u32::from(header.identification()),
                ip_number: ip.payload().ip_number,
            };
            Some(Fragment { key, offset: header.fragments_offset(), more: header.more_fragments() })
        }
        LaxNetSlice::Ipv6(ip) => {
            let header = ip.header();
            let fragment =
                ip.extensions().clone().into_iter().find_map(|extension| match extension {
                    Ipv6ExtensionSlice::Fragment(fragment) => Some(fragment),
                    _ => None,
                })?;
            let key = FragmentKey {
                source: header.source_addr().into(),
                destination: header.destination_addr().into(),
                identification: fragment.identification(),
                ip_number: ip.payload().ip_number,
            };
            Some(Fragment {
                key,
                offset: fragment.fragment_offset(),
                more: fragment.more_fragments(),
            })
        }
        LaxNetSlice::Arp(_) => None,
    }
}

fn transport(
    ip_number: IpNumber,
    bytes: &[u8],
    origin: impl FnOnce((u16, u16)) -> Origin,
    output: &mut Output,
) -> Result<Step, Refusal> {
    match ip_number {
        IpNumber::UDP => {
            let udp = UdpSlice::from_slice_lax(bytes).map_err(|_| Refusal::Malformed)?;
            output.set_payload(udp.payload());
            Ok(Step::Datagram(origin((udp.source_port(), udp.destination_port()))))
        }
        IpNumber::TCP => {
            let tcp = TcpSlice::from_slice(bytes).map_err(|_| Refusal::Malformed)?;
            if tcp.payload().is_empty() {
                return Err(Refusal::PassedOver);
            }
            output.set_payload(tcp.payload());
            Ok(Step::Stream(origin((tcp.source_port(), tcp.destination_port()))))
        }
        _ => Err(Refusal::PassedOver),
    }
}

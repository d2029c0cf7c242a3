//! Datagrams: unicast and multicast, IPv4 and IPv6.

use super::Port;
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::net::UdpSocket;

/// What the kernel is asked to hold while the node is busy; it may grant less.
const KERNEL_BUFFER_BYTES: usize = 4 << 20;
/// Larger than any UDP payload.
const DATAGRAM_BYTES_MAX: usize = 65_536;
/// Wait after an error of the socket, so that one that stays does not spin.
const ERROR_PAUSE: Duration = Duration::from_millis(250);

/// Binds a socket and joins `group`, from `source` only where both are given for IPv4.
pub(super) fn bind(
    address: SocketAddr,
    group: Option<IpAddr>,
    interface: Option<&str>,
    source: Option<IpAddr>,
) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    // Several programs of a machine may hear one group; an address of its own belongs to one alone,
    // or a second one would silently take the first one's datagrams.
    socket.set_reuse_address(group.is_some())?;
    // Best effort: the system's own limit wins, and the loss it leads to shows in the picture.
    let _ = socket.set_recv_buffer_size(KERNEL_BUFFER_BYTES);
    socket.set_nonblocking(true)?;
    socket.bind(&local(address, group).into())?;
    match group {
        Some(IpAddr::V4(group)) => join_v4(&socket, group, interface, source)?,
        // The source is checked on each datagram.
        Some(IpAddr::V6(group)) => socket.join_multicast_v6(&group, index_v6(interface)?)?,
        None => {}
    }
    UdpSocket::from_std(socket.into())
}

/// On Unix a socket bound to the group itself gets only that group's datagrams; one bound to any
/// address gets those of every group that any program of the machine has joined on this port.
fn local(address: SocketAddr, group: Option<IpAddr>) -> SocketAddr {
    match group {
        Some(group) if cfg!(unix) => SocketAddr::new(group, address.port()),
        Some(IpAddr::V4(_)) => SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), address.port()),
        Some(IpAddr::V6(_)) => SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), address.port()),
        None => address,
    }
}

fn join_v4(
    socket: &Socket,
    group: Ipv4Addr,
    interface: Option<&str>,
    source: Option<IpAddr>,
) -> io::Result<()> {
    let interface = match interface {
        None => Ipv4Addr::UNSPECIFIED,
        Some(text) => text.parse().map_err(|_| {
            invalid(format!("interface {text:?} is no IPv4 address of this machine"))
        })?,
    };
    match source {
        Some(IpAddr::V4(source)) => socket.join_ssm_v4(&source, &group, &interface),
        _ => socket.join_multicast_v4(&group, &interface),
    }
}

/// The number of a network interface; 0 lets the system choose.
fn index_v6(interface: Option<&str>) -> io::Result<u32> {
    let Some(name) = interface else { return Ok(0) };
    if let Ok(index) = name.parse() {
        return Ok(index);
    }
    let unknown = || invalid(format!("interface {name:?} is unknown; give its name or number"));
    if name.contains(['/', '.']) {
        return Err(unknown());
    }
    let text = std::fs::read_to_string(format!("/sys/class/net/{name}/ifindex"));
    text.ok().and_then(|text| text.trim().parse().ok()).ok_or_else(unknown)
}

fn invalid(problem: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, problem)
}

/// Takes datagrams until told to stop; those of other senders than `source` are not for us.
pub(super) async fn receive(socket: UdpSocket, source: Option<IpAddr>, port: Port) {
    match socket.local_addr() {
        Ok(address) => port.connected(address),
        Err(_) => port.connected("datagrams"),
    }
    let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
    let mut failing = false;
    loop {
        let received = tokio::select! {
            () = port.stop.cancelled() => return,
            received = socket.recv_from(&mut buffer) => received,
        };
        match received {
            Ok((count, peer)) => {
                if std::mem::take(&mut failing) {
                    port.connected(peer);
                }
                if source.is_none_or(|source| source == peer.ip()) {
                    port.intake.received(port.feed, &buffer[..count], Some(peer));
                }
            }
            Err(error) => {
                if !std::mem::replace(&mut failing, true) {
                    port.lost(error.to_string());
                }
                tokio::time::sleep(ERROR_PAUSE).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_that_another_program_hears_is_refused_and_not_taken_from_it() {
        let first = bind("127.0.0.1:0".parse().unwrap(), None, None, None).unwrap();
        let second = bind(first.local_addr().unwrap(), None, None, None);
        assert_eq!(second.unwrap_err().kind(), io::ErrorKind::AddrInUse);
    }
}

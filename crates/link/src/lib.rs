//! What two parties' nodes say to each other, without any I/O of its own.
//!
//! Each party keeps one [`Desk`] a partner: a durable outbox that the partner pulls from by its own
//! cursor, a durable inbox of what it sent, and the log of both. A [`Session`] is one connection:
//! bytes in, bytes out. Whoever owns sockets and clock joins the two: receive, [`Desk::commit`],
//! then [`Session::advance`]; nothing is acknowledged or handed on before the commit.
//!
//! Only [`accord::Released`] may enter an outbox.

mod acts;
mod desk;
mod ranges;
mod records;
mod sealed;
mod session;
pub mod wire;

pub use acts::decision;
pub use desk::{Arrival, Desk, DeskError, Files, Keys, Limits, Opened, origin};
pub use ranges::{RANGES_MAX, Ranges};
pub use records::records;
pub use sealed::Damage;
pub use session::{Counts, Refusal, Session, Terms, VERSION};

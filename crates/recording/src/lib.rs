//! What was received, kept and read back.
//!
//! Two rooms:
//!
//! - [`journal`]: our own raw event journal. The node writes each event here before it acts on
//!   it, so that a crash at any moment loses nothing that was acknowledged and a replay is the
//!   same run again. Start at [`journal::Writer`].
//! - [`container`]: other people's recordings (pcap, pcapng, FINAL, bare ASTERIX, Beast, AVR, SBS,
//!   each possibly gzipped), recognised by content, streamed as datagrams and byte streams with
//!   their times. Start at [`container::Reader`].
//!
//! Neither knows what the bytes mean: decoding is for `asterix` and `modes`.
//! Neither reads a clock: time is an argument or comes from the recording.

pub mod container;
pub mod journal;

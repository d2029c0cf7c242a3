//! What was received, kept and read back.
//!
//! One room so far:
//!
//! - [`journal`]: our own raw event journal. The node writes each event here before it acts on
//!   it, so that a crash at any moment loses nothing that was acknowledged and a replay is the
//!   same run again. Start at [`journal::Writer`].
//!
//! It does not know what the bytes mean: decoding is for `asterix` and `modes`.
//! It reads no clock: time is an argument.

pub mod journal;

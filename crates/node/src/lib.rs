//! A party's running system: the only crate with sockets, a clock and threads.

pub mod codegen;
pub mod wire;

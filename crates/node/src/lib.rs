//! A party's running system: the only crate with sockets, a clock and threads.
//!
//! [`event`] is the seam: the rim (feeds, consoles, timers) makes events, the engine handles them.
//! [`runtime`] joins the two. Start there.

pub mod accord_changes;
pub mod book;
pub mod clock;
pub mod codegen;
pub mod config;
pub mod consoles;
pub mod consumer;
pub mod coverage;
pub mod dossier;
pub mod engine;
pub mod event;
pub mod event_codec;
pub mod exercise;
pub mod feed;
pub mod http;
pub mod intake;
pub mod journal;
pub mod link;
pub mod message;
pub mod metrics;
mod pace;
pub mod past;
pub mod player;
pub mod rehearsal;
pub mod replay;
pub mod runtime;
pub mod service;
pub mod setup;
pub mod timeline;
pub mod wire;

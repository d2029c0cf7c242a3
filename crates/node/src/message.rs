//! The bytes of the messages in [`crate::wire`]: MessagePack maps with named keys.

use crate::wire::{ClientMessage, ServerMessage};
use bytes::Bytes;

/// A message to consoles, encoded once for all of them.
pub fn encode(message: &ServerMessage) -> Bytes {
    let bytes = rmp_serde::to_vec_named(message);
    bytes.expect("wire messages hold nothing that MessagePack cannot").into()
}

/// What a console asks; an error in words for its user.
pub fn decode(bytes: &[u8]) -> Result<ClientMessage, String> {
    rmp_serde::from_slice(bytes).map_err(|error| error.to_string())
}

/// What a console asks, as it sends it.
pub fn encode_question(question: &ClientMessage) -> Bytes {
    let bytes = rmp_serde::to_vec_named(question);
    bytes.expect("wire messages hold nothing that MessagePack cannot").into()
}

/// What the node says; an error in words.
pub fn decode_answer(bytes: &[u8]) -> Result<ServerMessage, String> {
    rmp_serde::from_slice(bytes).map_err(|error| error.to_string())
}

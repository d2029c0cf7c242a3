#![doc = include_str!("../README.md")]

mod assemble;
mod by_tables;
mod defect;
mod editions;
pub mod emit;
mod fields;
mod generated;
pub mod inspect;
mod json;
mod measure;
mod pack;
pub mod plots;
mod record;
mod reports;
pub mod spec;
mod straight;
mod text;
mod visit;
mod window;

pub use assemble::Datagrams;
pub use defect::{Bits, Defect, DefectKind};
pub use editions::{EditionUnknown, Editions, Rule, RuleError};
pub use fields::{EXPANDED, EncodeError, FieldError, Fields, UNKNOWN};
pub use json::{JsonStyle, write_json};
pub use plots::{
    Condition, Interpreter, Output, PartnerTrack, ServiceKind, ServiceMessage, Skip, Skipped,
    ToldBiases, Trouble, Troubles, partner_track,
};
pub use record::{Block, Blocks, Record, Records, blocks};
pub use reports::{Reporter, Unsendable};
pub use visit::{Leaf, Nest, UNKNOWN_EXTENSION, Visitor};

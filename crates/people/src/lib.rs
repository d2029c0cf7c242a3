//! People at a node: which [`Role`] may do which [`Act`], who has which roles ([`People`]), which
//! consoles are whose (sessions), and the [`audit`] of what everybody did.
//!
//! Accounts live in one small file of a folder, and whoever changes it, the node or the command
//! line, holds the folder's lock meanwhile. Times are UTC and given by the caller.

mod accounts;
pub mod audit;
mod book;
mod roles;
mod throttle;
mod token;

pub use accounts::{People, Person, Refusal, Row, Rules, Vouched};
pub use roles::{Act, Role, Roles, matrix};
pub use token::Token;

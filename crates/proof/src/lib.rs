//! Accords as Cedar policies: proofs over all possible objects and instants, and an oracle for the
//! compiled filter.
//!
//! [`accord::Policy`] decides in nanoseconds and is tested; a Cedar policy can be analysed. The same
//! text written out as Cedar ([`rules`]) is put to Cedar's symbolic compiler and the solver cvc5,
//! and whatever breaks a promise comes back as one object and instant, which the filter then has to
//! confirm. That the filter decides as the Cedar does is a test of this crate.
//!
//! Not part of the product's build: `cargo build --package proof` makes the program
//! `entente-prove`, which `entente accord prove` and `compare` run. Start at [`prove`] and
//! [`compare`]; the mapping is in `cedar.rs`.

mod cedar;
mod compare;
mod places;
mod prove;
mod question;
mod report;
mod solver;
mod world;

pub use cedar::{Rule, forbids, policy_set, rules};
pub use compare::{Comparison, Difference, compare};
pub use places::Places;
pub use prove::{Claim, Proof, Verdict, prove};
pub use question::{Part, Question};
pub use report::{comparison_in_words, comparison_json, pair_in_words, proof_in_words, proof_json};
pub use solver::{Outcome, ProofError, Prover, program};
pub use world::{World, micro, nano};

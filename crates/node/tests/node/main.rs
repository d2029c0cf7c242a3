//! Tests of the node, in one program: each would link all of it again.

mod across;
mod alerts;
mod captures;
mod codegen;
mod config;
mod consumers;
mod coverage;
mod editions;
mod engine;
mod identity;
mod incidents;
mod joint;
mod journal;
mod kept_alerts;
mod kept_plans;
mod meant;
mod owners;
mod partner_told;
mod past;
mod people;
mod plans;
mod rehearsal;
mod remote_id;
mod requests;
mod rim;
mod sbs;

//! The rules, one file each: from the picture and what is intended to [`crate::Firing`]s.

pub mod conflict;

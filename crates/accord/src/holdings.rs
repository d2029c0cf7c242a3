//! What a sender holds, looked at once for all its partners.

use crate::Subject;
use std::mem;

/// Everything a sender holds, slot by slot, with what changed since the slot before: what a feed has
/// told of already and has not changed need not be put to its rules again.
///
/// One for all the feeds that are given it, from their first slot on.
#[derive(Debug, Default)]
pub struct Holdings {
    /// In order of number, each number once.
    subjects: Vec<Subject>,
    /// Of each subject, the change that made it what it is.
    revisions: Vec<Revision>,
    newest: u64,
}

/// One state of one subject: as long as it stays, nothing about the subject has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Revision(u64);

impl Holdings {
    /// Takes the next picture, in any order. Of two subjects with one number the first stands.
    pub fn update(&mut self, mut picture: Vec<Subject>) {
        if !picture.is_sorted_by_key(|subject| subject.number) {
            picture.sort_by_key(|subject| subject.number);
        }
        picture.dedup_by_key(|subject| subject.number);
        self.newest += 1;
        let before = mem::replace(&mut self.subjects, picture);
        let mut before = before.iter().zip(mem::take(&mut self.revisions)).peekable();
        let newest = Revision(self.newest);
        self.revisions.reserve(self.subjects.len());
        for subject in &self.subjects {
            while before.next_if(|(known, _)| known.number < subject.number).is_some() {}
            let known = before.next_if(|(known, _)| known.number == subject.number);
            let stays = known.filter(|(known, _)| *known == subject);
            self.revisions.push(stays.map_or(newest, |(_, revision)| revision));
        }
    }

    /// The subjects, in order of number.
    pub fn subjects(&self) -> &[Subject] {
        &self.subjects
    }

    pub(crate) fn revised(&self) -> impl Iterator<Item = (&Subject, Option<Revision>)> {
        self.subjects.iter().zip(self.revisions.iter().copied().map(Some))
    }
}

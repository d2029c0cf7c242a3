//! The saved book, from hostile hands too.

use super::{at, node, on, open, person};
use alert::incident::{BytesError, Deed, IncidentNote, Incidents};
use proptest::prelude::*;

/// A book with a little of everything.
pub(crate) fn sample() -> Incidents {
    let mut book = Incidents::new(node("AAA"));
    let id = open(&mut book);
    let kask = person("Kask");
    let note = Deed::Note { text: "Õhtul, 2 NM põhjas".into(), shareable: true };
    book.handle(&on(id, note), &kask, "seen", at(1.0)).expect("a note");
    let offer = Deed::Offer { to: node("BBB"), article: "abc article 9".into(), due: at(60.0) };
    book.handle(&on(id, offer), &kask, "", at(2.0)).expect("an offer");
    book.tick(at(3.0));
    open(&mut book);
    book
}

#[test]
fn a_book_reads_its_own_bytes() {
    let book = sample();
    let again = Incidents::from_bytes(&book.to_bytes()).expect("its own bytes");
    assert_eq!(again, book);
    assert_eq!(again.to_bytes(), book.to_bytes());
}

#[test]
fn bytes_cut_anywhere_are_refused() {
    let bytes = sample().to_bytes();
    for length in 0..bytes.len() {
        assert!(Incidents::from_bytes(&bytes[..length]).is_err(), "{length} bytes");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert_eq!(Incidents::from_bytes(&longer), Err(BytesError::Left(1)));
}

#[test]
fn a_later_version_is_named() {
    let mut bytes = sample().to_bytes();
    bytes[8] = 9;
    let refused = Incidents::from_bytes(&bytes).expect_err("a later version");
    assert_eq!(refused.to_string(), "version 9 of a book of incidents is not known here");
}

#[test]
fn a_text_changed_in_a_saved_log_is_found() {
    let bytes = sample().to_bytes();
    let place = bytes.windows(4).position(|part| part == b"seen").expect("the reason");
    let mut changed = bytes;
    changed[place] = b'd';
    let book = Incidents::from_bytes(&changed).expect("the other incident stands");
    assert_eq!((book.iter().len(), book.unread()), (1, 1));
    // It is kept as it is, and no number is given again.
    let again = Incidents::from_bytes(&book.to_bytes()).expect("its own bytes");
    assert_eq!((again.iter().len(), again.unread()), (1, 1));
    let whole = Incidents::from_bytes(&sample().to_bytes()).expect("its own bytes");
    let mut again = again;
    assert_eq!(open(&mut again).number, whole.iter().len() as u32 + 1);
}

#[test]
fn of_an_incident_that_cannot_be_read_no_telling_is_kept() {
    let mut book = sample();
    super::said(&mut book, at(3.0));
    let whole = book.to_bytes();
    let place = whole.windows(4).position(|part| part == b"seen").expect("the reason");
    let mut changed = whole.clone();
    changed[place] = b'd';
    let book = Incidents::from_bytes(&changed).expect("the rest of it stands");
    // A name, how many tellings, and two serials of one.
    assert_eq!(book.to_bytes().len(), whole.len() - ((1 + 3 + 4) + 4 + 8));
    assert_eq!(Incidents::from_bytes(&book.to_bytes()), Ok(book));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..Default::default() })]
    #[test]
    fn any_bytes_are_a_book_or_refused(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = sample().to_bytes();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Ok(book) = Incidents::from_bytes(&bytes) {
            let again = Incidents::from_bytes(&book.to_bytes());
            prop_assert_eq!(again.as_ref(), Ok(&book));
            if book.unread() == 0 {
                prop_assert_eq!(book.to_bytes(), bytes);
            }
        }
    }

    #[test]
    fn any_bytes_are_a_note_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(note) = IncidentNote::from_bytes(&bytes) {
            prop_assert_eq!(note.to_bytes(), bytes);
        }
    }
}

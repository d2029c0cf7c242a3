//! Keys, notes and checkpoints against published examples, and against hostile bytes.

use ledger::{
    Checkpoint, CheckpointError, Hash, KeyError, Note, NoteError, Proof, Refusal, SignedCheckpoint,
    Signer, VerifierKey, Witness, leaf_hash,
};
use proptest::prelude::*;

/// The example in the documentation of Go's golang.org/x/mod/sumdb/note.
const GO_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const GO_SECRET: &str =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const GO_NOTE: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n\n\
    — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

#[test]
fn a_note_signed_by_go_verifies_and_ours_is_the_same_to_the_byte() {
    let key: VerifierKey = GO_KEY.parse().unwrap();
    assert_eq!(key.to_string(), GO_KEY);
    let note = Note::parse(GO_NOTE.as_bytes()).unwrap();
    assert!(note.is_signed_by(&key));
    let signer = Signer::from_secret_text(GO_SECRET).unwrap();
    assert_eq!(signer.to_secret_text(), GO_SECRET);
    let mut ours = Note::unsigned(note.text.clone());
    ours.sign(&signer);
    assert_eq!(String::from_utf8(ours.to_bytes()).unwrap(), GO_NOTE);
}

#[test]
fn a_changed_text_or_another_key_does_not_verify() {
    let key: VerifierKey = GO_KEY.parse().unwrap();
    let changed = GO_NOTE.replace("answer", "Answer");
    assert!(!Note::parse(changed.as_bytes()).unwrap().is_signed_by(&key));
    let other = Signer::from_seed("PeterNeumann", [7; 32]).unwrap();
    assert!(!Note::parse(GO_NOTE.as_bytes()).unwrap().is_signed_by(other.key()));
}

#[test]
fn keys_of_other_implementations_are_read_and_mistyped_ones_refused() {
    // transparency-dev/formats v0.1.1, note/note_cosigv1_test.go: types 1 and 4.
    for text in [
        "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6",
        "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
    ] {
        let key: VerifierKey = text.parse().unwrap();
        let id = u32::from_str_radix(text.split('+').nth(1).unwrap(), 16).unwrap();
        assert!([key.plain_id(), key.cosignature_id()].contains(&id), "{text}");
    }
    let mistyped = GO_KEY.replace("ARpc", "ARpd");
    assert!(matches!(mistyped.parse::<VerifierKey>(), Err(KeyError::Id { .. })));
    for text in ["", "a", "a+b", "a+00000000+", "a b+00000000+AQ==", "é+zz+!"] {
        assert!(text.parse::<VerifierKey>().is_err(), "{text}");
    }
    // A type this software does not know, from the specification's list.
    let ecdsa = "a+00000000+AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    assert_eq!(ecdsa.parse::<VerifierKey>(), Err(KeyError::Type(2)));
}

#[test]
fn the_example_checkpoint_of_the_specification_is_read() {
    // C2SP tlog-cosignature: a log's signature and a witness's.
    let bytes = "example.com/behind-the-sofa\n20852163\n\
        CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
        — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
        — witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
    let signed = SignedCheckpoint::parse(bytes.as_bytes()).unwrap();
    assert_eq!(signed.checkpoint.size, 20_852_163);
    assert_eq!(signed.note.signatures[1].name, "witness.example.com/w1");
    // The time in the cosignature is the one in the specification's example message.
    assert_eq!(signed.note.signatures[1].bytes[..8], 1_679_315_147_u64.to_be_bytes());
    assert_eq!(signed.note.to_bytes(), bytes.as_bytes());
}

fn head(size: u64, root: Hash) -> Checkpoint {
    Checkpoint { origin: "kgz.example/rus".into(), size, root }
}

#[test]
fn a_checkpoint_is_refused_by_name_of_what_is_wrong() {
    let signer = Signer::from_seed("kgz.example", [1; 32]).unwrap();
    let keys = [signer.key().clone()];
    let signed = SignedCheckpoint::sign(head(3, leaf_hash(b"r")), &signer);
    let bytes = signed.note.to_bytes();
    assert_eq!(SignedCheckpoint::open(&bytes, "kgz.example/rus", &keys).unwrap(), signed);
    let other_log = SignedCheckpoint::open(&bytes, "kgz.example/kaz", &keys).unwrap_err();
    assert!(matches!(other_log, CheckpointError::Origin { .. }));
    let forged = String::from_utf8(bytes.clone()).unwrap().replacen("\n3\n", "\n4\n", 1);
    let wrong = SignedCheckpoint::open(forged.as_bytes(), "kgz.example/rus", &keys).unwrap_err();
    assert_eq!(wrong, CheckpointError::SignatureWrong("kgz.example".into()));
    let stranger = [Signer::from_seed("rus.example", [2; 32]).unwrap().key().clone()];
    let unsigned = SignedCheckpoint::open(&bytes, "kgz.example/rus", &stranger).unwrap_err();
    assert_eq!(unsigned, CheckpointError::Unsigned("rus.example".into()));
}

#[test]
fn a_checkpoint_text_that_is_not_canonical_is_none() {
    let root = leaf_hash(b"r").to_base64();
    for text in [
        String::new(),
        format!("o\n03\n{root}\n"),
        format!("o\n+3\n{root}\n"),
        format!("o\n-1\n{root}\n"),
        format!("\n3\n{root}\n"),
        format!("o\n3\n{root}"),
        format!("o\n99999999999999999999\n{root}\n"),
        format!("o\n9223372036854775807\n{root}\n"),
        "o\n3\nAAAA\n".to_owned(),
        format!("o\n3\n{root}\n\n"),
    ] {
        assert_eq!(Checkpoint::parse(&text), None, "{text:?}");
    }
    assert!(Checkpoint::parse(&format!("o\n0\n{root}\nextension\n")).is_some());
}

#[test]
fn a_witness_cosigns_what_continues_and_holds_a_fork_against_its_maker() {
    let log = Signer::from_seed("kgz.example", [1; 32]).unwrap();
    let partner = Signer::from_seed("rus.example", [2; 32]).unwrap();
    let leaves: Vec<_> = (0..5_u8).map(|n| leaf_hash(&[n])).collect();
    let at = |size: usize| {
        let root = ledger::merkle::root_of(&leaves[..size]);
        SignedCheckpoint::sign(head(size as u64, root), &log).note.to_bytes()
    };
    let node = |level: u32, index: u64| {
        let (start, width) = ((index << level) as usize, 1_usize << level);
        Ok::<_, ()>(ledger::merkle::root_of(&leaves[start..start + width]))
    };
    let mut witness = Witness::new("kgz.example/rus", vec![log.key().clone()], None).unwrap();
    let note = witness.observe(&at(3), &[], &partner, 1_700_000_000).unwrap();
    let cosigned = SignedCheckpoint::parse(&note).unwrap();
    assert_eq!(cosigned.cosigned_by(&[partner.key().clone()]), Ok(Some(1_700_000_000)));

    assert_eq!(witness.observe(&at(5), &[], &partner, 0), Err(Refusal::Unproven { seen: 3 }));
    let proof = ledger::merkle::consistency(3, 5, node).unwrap();
    let note = witness.observe(&at(5), &proof, &partner, 1).unwrap();
    assert_eq!(witness.observe(&at(3), &[], &partner, 2), Err(Refusal::Older { size: 3, seen: 5 }));

    // A restart forgets nothing.
    let mut witness =
        Witness::new("kgz.example/rus", vec![log.key().clone()], Some(&note)).unwrap();
    assert_eq!(witness.seen(), 5);
    let forked = SignedCheckpoint::sign(head(5, leaf_hash(b"other")), &log).note.to_bytes();
    let refused = witness.observe(&forked, &[], &partner, 3).unwrap_err();
    let Refusal::Forked(evidence) = refused else { panic!("{refused}") };
    assert_eq!((evidence.size, evidence.second), (5, forked));
    assert!(witness.observe(&at(5), &[], &partner, 4).is_ok());
}

#[test]
fn bounds_of_notes_are_kept() {
    let line = GO_NOTE.rsplit_once("\n\n").unwrap().1;
    let many = |count| format!("text\n\n{}", line.repeat(count));
    assert!(Note::parse(many(16).as_bytes()).is_ok());
    assert_eq!(Note::parse(many(65).as_bytes()), Err(NoteError::TooManySignatures));
    let long = format!("{}\n\n{line}", "x".repeat(70_000));
    assert_eq!(Note::parse(long.as_bytes()), Err(NoteError::TooLong));
    assert_eq!(Note::parse(b"a\tb\n\n\xE2\x80\x94 n AAAAAAA=\n"), Err(NoteError::NotText));
}

fn mutated(original: &str) -> impl Strategy<Value = Vec<u8>> + use<> {
    let bytes = original.as_bytes().to_vec();
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 0..8);
    edits.prop_map(move |edits| {
        let mut bytes = bytes.clone();
        for (place, byte, act) in edits {
            let at = place.index(bytes.len().max(1));
            match act {
                0 if at < bytes.len() => bytes[at] = byte,
                1 => bytes.insert(at.min(bytes.len()), byte),
                _ => bytes.truncate(at.max(1)),
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn hostile_notes_never_panic_and_a_changed_text_never_verifies(bytes in mutated(GO_NOTE)) {
        let key: VerifierKey = GO_KEY.parse().unwrap();
        if let Ok(note) = Note::parse(&bytes) {
            let signed = note.is_signed_by(&key);
            prop_assert!(!signed || GO_NOTE.split_once("\n\n").unwrap().0 == note.text.trim_end());
            prop_assert!(Note::parse(&note.to_bytes()).is_ok());
        }
        let _ = SignedCheckpoint::parse(&bytes);
        let _ = Proof::parse(&bytes);
    }

    #[test]
    fn bytes_from_anywhere_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Note::parse(&bytes);
        let _ = Proof::parse(&bytes);
        let _ = ledger::Entry::parse(&bytes);
        let text = String::from_utf8_lossy(&bytes);
        let _ = text.parse::<VerifierKey>();
        let _ = Checkpoint::parse(&text);
    }

    #[test]
    fn a_proof_is_written_and_read_back(
        index in any::<u64>(),
        path in prop::collection::vec(any::<[u8; 32]>(), 0..64),
        extra in prop::option::of(prop::collection::vec(any::<u8>(), 1..50)),
    ) {
        let path = path.into_iter().map(Hash).collect();
        let proof = Proof { extra, index, path, checkpoint: GO_NOTE.into() };
        prop_assert_eq!(Proof::parse(proof.to_text().as_bytes()), Ok(proof));
    }
}

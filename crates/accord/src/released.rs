//! The only thing that may leave a node.

use crate::{ArticleRef, Batch, PartyId, batch};
use surveillance::Time;

/// A value that may leave the node, to one party, because articles in force let it out.
///
/// Anyone can read one; only this crate can make one, so that whatever takes a `Released` (a link,
/// the ledger) cannot be handed anything that no article let out.
///
/// ```compile_fail
/// let forged = accord::Released { value: "all tracks" };
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Released<T> {
    value: T,
    to: PartyId,
    under: Vec<ArticleRef>,
    at: Time,
}

impl<T> Released<T> {
    /// `under` is sorted, without doubles.
    pub(crate) fn new(value: T, to: PartyId, mut under: Vec<ArticleRef>, at: Time) -> Self {
        under.sort_unstable();
        under.dedup();
        Self { value, to, under, at }
    }

    /// What was let out.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// To whom.
    pub fn to(&self) -> PartyId {
        self.to
    }

    /// The articles that let it out, in order, each once. Empty where nothing of the picture is in
    /// it: a heartbeat of an accord in force.
    pub fn under(&self) -> &[ArticleRef] {
        &self.under
    }

    /// The instant of the decision, UTC.
    pub fn at(&self) -> Time {
        self.at
    }

    /// What was let out, no longer bound to its release: for the receiver's side.
    pub fn into_value(self) -> T {
        self.value
    }

    /// The same release in another form: for this crate's encoder alone, because a form could tell
    /// more than the value does.
    pub(crate) fn map_ref<U>(&self, form: impl FnOnce(&T) -> U) -> Released<U> {
        let value = form(&self.value);
        Released { value, to: self.to, under: self.under.clone(), at: self.at }
    }
}

/// Most items in one part of a batch: fewer records than one entry of a ledger lists.
const PART_ITEMS_MAX: usize = 2_000;
/// Most bytes of one part, as items are reckoned: well below what a link carries at once.
const PART_BYTES_MAX: usize = 700_000;

impl Released<Batch> {
    /// The same release in parts that a link can carry; itself where it is short enough. How many
    /// there are follows from what is released alone.
    pub fn into_parts(self) -> Vec<Self> {
        let mut parts = Vec::new();
        let (mut from, mut bytes) = (0, 0);
        for (place, item) in self.value.items.iter().enumerate() {
            // What an item of a track takes with all its fields, and what varies.
            let content = item.told.content.as_ref().map_or(0, Vec::len);
            bytes += 300 + content + 70 * item.told.plots.len();
            if place + 1 - from >= PART_ITEMS_MAX || bytes >= PART_BYTES_MAX {
                parts.push(from);
                (from, bytes) = (place + 1, 0);
            }
        }
        if from < self.value.items.len() || parts.is_empty() {
            parts.push(from);
        }
        if parts.len() == 1 {
            return vec![self];
        }
        let Self { value: Batch { mut items, ended, .. }, to, at, .. } = self;
        let header = Batch { items: Vec::new(), ended: Vec::new(), ..self.value };
        let mut released = Vec::with_capacity(parts.len());
        for (number, from) in parts.into_iter().enumerate().rev() {
            let items = items.split_off(from);
            let under = batch::articles(&items);
            let ended = if number == 0 { ended.clone() } else { Vec::new() };
            let part = Batch { items, ended, part: number as u32, ..header.clone() };
            released.push(Self::new(part, to, under, at));
        }
        released.reverse();
        released
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FieldSet, Item, ObjectKind, PartnerNumber, Reduction, Told};
    use proptest::prelude::*;

    /// A batch of items whose contents have these lengths.
    fn batch(contents: &[usize]) -> Released<Batch> {
        let party = |name: &str| name.parse().expect("a party");
        let item = |(number, length): (usize, &usize)| Item {
            number: PartnerNumber(number as u32),
            object: ObjectKind::Track,
            time: Time::EPOCH,
            precision: Reduction::NONE,
            granted: FieldSet::from_bits(u32::MAX),
            told: Told {
                position_rad: Some([0.7, 1.3]),
                velocity_mps: Some([200.0, 0.0]),
                position_covariance: Some([1e4, 0.0, 1e4]),
                sensors: Some(Vec::new()),
                content: (*length > 0).then(|| vec![7; *length]),
                ..Told::default()
            },
            originators: Vec::new(),
            onward: Vec::new(),
            articles: Vec::new(),
        };
        let items = contents.iter().enumerate().map(item).collect();
        let ended = vec![PartnerNumber(1_000_000)];
        let (from, to) = (party("XXA"), party("XXB"));
        let (epoch, sequence, part, slot) = (1, 1, 0, Time::EPOCH);
        let value = Batch { from, to, epoch, sequence, part, slot, items, ended };
        Released::new(value, to, Vec::new(), Time::EPOCH)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn parts_are_the_batch_and_each_can_be_carried(
            contents in prop::collection::vec(prop_oneof![9 => Just(0_usize), 1 => 0..60_000_usize], 0..4_500),
        ) {
            let whole = batch(&contents);
            let parts = whole.clone().into_parts();
            let numbers: Vec<u32> = parts.iter().map(|part| part.value().part).collect();
            prop_assert_eq!(numbers, (0..parts.len() as u32).collect::<Vec<_>>());
            let items = parts.iter().flat_map(|part| part.value().items.clone());
            prop_assert_eq!(items.collect::<Vec<_>>(), whole.value().items.clone());
            let ended: usize = parts.iter().map(|part| part.value().ended.len()).sum();
            prop_assert_eq!(ended, 1);
            for part in &parts {
                let bytes = part.value().encode();
                prop_assert!(bytes.len() < 1 << 20, "{} bytes", bytes.len());
                prop_assert_eq!(&Batch::decode(&bytes).expect("it is one"), part.value());
            }
        }
    }

    #[test]
    fn a_crowd_of_empty_items_is_refused_before_it_takes_memory() {
        let field_9_of_no_bytes = [9 << 3 | 2, 0];
        let bytes = field_9_of_no_bytes.repeat(500_000);
        let refused = Batch::decode(&bytes);
        assert_eq!(refused, Err(crate::WireError::Value("that many items")));
    }
}

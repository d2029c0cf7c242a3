//! Incidents by the names that two nodes use between them, and by this node's own.
//!
//! Between two nodes an incident bears the name of the one of the two that first told the other of it,
//! and that one's number towards the other. So no number counts what was withheld, and none is
//! of a third party.

use super::{Desk, node_name};
use accord::{IncidentName, PartyId};
use alert::incident::{IncidentId, NodeName};

impl Desk {
    /// The name that an incident bears towards a partner.
    pub(super) fn name_towards(&self, id: IncidentId, to: NodeName) -> Result<IncidentId, String> {
        let own = self.book.own();
        if id.node == to {
            return Ok(id);
        }
        if id.node != own {
            return Err(format!("{to} knows {id:#} under no number: it is of {}", id.node));
        }
        let number = self.book.told_as(id.number, to);
        let number = number.ok_or_else(|| format!("{to} was told of no {id:#}"))?;
        Ok(IncidentId { node: own, number })
    }

    /// The incident that a partner means by a name.
    pub(super) fn named_by(&self, from: PartyId, name: IncidentName) -> Result<IncidentId, String> {
        let (from, node, own) = (node_name(from), node_name(name.by), self.book.own());
        if node == from {
            return Ok(IncidentId { node, number: name.number });
        }
        if node != own {
            return Err(format!("between {from} and {own} no incident is named by {node}"));
        }
        let known = self.book.told_under(from, name.number);
        known.ok_or_else(|| format!("{own} told {from} of no incident under that number"))
    }

    /// What a person named in a request as the incident it concerns: why it cannot be asked about.
    pub(in crate::engine) fn can_be_asked_about(&self, words: &str) -> Result<(), String> {
        match parse(words, self.book.own()) {
            Some(id) if id.node == self.book.own() && self.book.get(id).is_none() => {
                Err(format!("there is no incident {id}"))
            }
            Some(_) => Ok(()),
            // Other words could hold a number of this node's own, and would go out as they are.
            None if !words.trim().is_empty() => Err(format!(
                "{words:?} is no incident's name: write one as {} INC-0007, or leave it empty",
                self.book.own()
            )),
            None => Ok(()),
        }
    }

    /// The incident that a request concerns, in words for one of those who hear it. A name is that
    /// which the partner knows; one that it cannot know is left out. Other words stay.
    pub(in crate::engine) fn words_for(&mut self, to: PartyId, words: &str) -> Option<String> {
        let (to, own) = (node_name(to), self.book.own());
        let Some(id) = parse(words, own) else { return Some(words.to_owned()) };
        if id.node == own {
            self.book.name_towards(id.number, to)?;
        }
        self.name_towards(id, to).ok().map(|name| format!("{name:#}"))
    }

    /// The words of [`Self::words_for`] as people here know the incident.
    pub(in crate::engine) fn words_of(&self, from: &str, words: String) -> String {
        let own = self.book.own();
        let Ok(from) = from.parse::<NodeName>() else { return words };
        match parse(&words, from) {
            Some(id) if id.node == own && from != own => {
                match self.book.told_under(from, id.number) {
                    Some(id) => format!("{id:#}"),
                    None => format!("{words} ({from} was told of none under that number)"),
                }
            }
            _ => words,
        }
    }
}

/// `KGZ INC-0142` or, of who says it, `INC-142`; `None` for any other words.
fn parse(words: &str, says: NodeName) -> Option<IncidentId> {
    let words = words.trim().to_ascii_uppercase();
    let (node, name) = words.rsplit_once(' ').unwrap_or((says.as_str(), &words));
    let digits = name.strip_prefix("INC-")?;
    let number = digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())??;
    Some(IncidentId { node: node.trim().parse().ok()?, number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_people_write_it_and_other_words_are_none() {
        let kgz: NodeName = "KGZ".parse().unwrap();
        let read = |words| parse(words, kgz).map(|id| format!("{id:#}"));
        assert_eq!(read("INC-0142").as_deref(), Some("KGZ INC-0142"));
        assert_eq!(read(" kaz inc-7 ").as_deref(), Some("KAZ INC-0007"));
        for words in ["", "INC-", "INC-+7", "INC-7a", "the fire INC-7", "KGZ-7", "INC-99999999999"]
        {
            assert_eq!(read(words), None, "{words}");
        }
    }
}

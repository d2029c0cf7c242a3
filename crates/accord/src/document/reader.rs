//! The whole document: parties, sites, and the order in which its parts are read.

use super::areas::polygon;
use super::{Fallible, Misfit, misfit, parse};
use crate::PartyId;
use crate::area::Shape;
use crate::model::{Accord, Nature, Party, Site};
use crate::place::Path;
use crate::text::{self, Document};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

#[derive(Default)]
pub(super) struct Reader {
    pub(super) parties: Vec<PartyId>,
    pub(super) zones: BTreeMap<String, Arc<Shape>>,
    pub(super) borders: BTreeMap<String, (String, Vec<[f64; 2]>)>,
    pub(super) strips: BTreeMap<(String, u64), Arc<Shape>>,
    pub(super) strange: Vec<Misfit>,
}

impl Reader {
    pub(super) fn is_strange(&self, path: &Path) -> bool {
        self.strange.iter().any(|(strange, _)| strange.starts_with(path))
    }

    pub(super) fn accord(&mut self, document: Document) -> Fallible<Accord> {
        let root = Path::root();
        if document.form != text::FORM {
            let said = format!("form {} is not known; this version reads form 1", document.form);
            return misfit(&root.key("form"), said);
        }
        let id = parse(&root.key("accord"), &document.accord)?;
        let parties = self.parties(&document.party)?;
        self.shapes(&document)?;
        let lifecycle = self.lifecycle(&root.key("instruments"), document.instruments)?;
        let mut articles = Vec::new();
        let mut numbers = BTreeSet::new();
        for (index, article) in document.article.into_iter().enumerate() {
            let path = root.key("article").index(index);
            let article = self.article(&path, article)?;
            if !numbers.insert(article.id) {
                let said = format!("{} is an article already; give another number", article.id);
                return misfit(&path.key("number"), said);
            }
            articles.push(article);
        }
        let mut caveats = Vec::new();
        for (index, caveat) in document.caveat.into_iter().enumerate() {
            let path = root.key("caveat").index(index);
            let caveat = self.caveat(&path, caveat)?;
            if !numbers.insert(caveat.id) {
                let said = format!("{} is there already; give another number", caveat.id);
                return misfit(&path.key("number"), said);
            }
            caveats.push(caveat);
        }
        self.suspended_articles_exist(&lifecycle, &articles)?;
        let sites = self.sites(document.site)?;
        let part_of = document.part_of.map(|id| parse(&root.key("part_of"), &id)).transpose()?;
        let text = document.text.map(|text| self.text_reference(text)).transpose()?;
        let inside = |path: &Path| {
            path.starts_with(&root.key("article")) || path.starts_with(&root.key("caveat"))
        };
        Ok(Accord {
            id,
            title: document.title,
            nature: nature(document.nature),
            note: document.note,
            part_of,
            text,
            sources: document.sources,
            parties,
            lifecycle,
            sites,
            articles,
            caveats,
            understood: self.strange.iter().all(|(path, _)| inside(path)),
        })
    }

    pub(super) fn text_reference(
        &self,
        text: text::TextReference,
    ) -> Fallible<(String, Option<String>)> {
        let path = Path::root().key("text").key("sha256");
        if let Some(hash) = &text.sha256
            && (hash.len() != 64 || !hash.bytes().all(|b| b.is_ascii_hexdigit()))
        {
            return misfit(&path, "it is no SHA-256; give 64 hex digits");
        }
        Ok((text.reference, text.sha256))
    }

    pub(super) fn parties(&mut self, list: &[text::Party]) -> Fallible<Vec<Party>> {
        let path = Path::root().key("party");
        if list.len() < 2 {
            return misfit(&path, "an accord has at least two parties; add [[party]] tables");
        }
        for (index, party) in list.iter().enumerate() {
            let path = path.index(index).key("id");
            let id = parse(&path, &party.id)?;
            if self.parties.contains(&id) {
                return misfit(&path, format!("{id} is a party already; leave one out"));
            }
            self.parties.push(id);
        }
        let party = |(party, id): (&text::Party, &PartyId)| Party {
            id: *id,
            name: party.name.clone(),
            roles: party.roles.clone(),
        };
        Ok(list.iter().zip(&self.parties).map(party).collect())
    }

    /// A party to this accord.
    pub(super) fn party(&self, path: &Path, text: &str) -> Fallible<PartyId> {
        let id: PartyId = parse(path, text)?;
        if self.parties.contains(&id) {
            return Ok(id);
        }
        let known = crate::explain::list(&self.parties);
        misfit(path, format!("{id} is no party to this accord; give one of {known}"))
    }

    pub(super) fn party_list(&self, path: &Path, list: &[String]) -> Fallible<Vec<PartyId>> {
        if list.is_empty() {
            return misfit(path, "nobody is named; name at least one party");
        }
        let one = |(index, text): (usize, &String)| self.party(&path.index(index), text);
        list.iter().enumerate().map(one).collect()
    }

    pub(super) fn sites(&self, list: Vec<text::Site>) -> Fallible<Vec<Site>> {
        let mut sites = Vec::new();
        for (index, site) in list.into_iter().enumerate() {
            let path = Path::root().key("site").index(index);
            if !(site.hectares.is_finite() && site.hectares > 0.0) {
                return misfit(&path.key("hectares"), "give a number of hectares above 0");
            }
            let corners = site.polygon.unwrap_or_default();
            if !corners.is_empty() {
                polygon(&path.key("polygon"), &corners)?;
            }
            let sensors = site.sensor.into_iter().enumerate().map(|(which, sensor)| {
                let path = path.key("sensor").index(which).key("data_of");
                Ok((sensor.name, self.party_list(&path, &sensor.data_of)?))
            });
            sites.push(Site {
                host: self.party(&path.key("host"), &site.host)?,
                guest: self.party(&path.key("guest"), &site.guest)?,
                name: site.name,
                nature: nature(site.nature),
                hectares: site.hectares,
                outline_rad: corners.iter().map(|c| c.map(f64::to_radians)).collect(),
                sensors: sensors.collect::<Fallible<_>>()?,
            });
        }
        Ok(sites)
    }
}

pub(super) fn nature(nature: text::Nature) -> Nature {
    match nature {
        text::Nature::Fact => Nature::Fact,
        text::Nature::Illustration => Nature::Illustration,
        text::Nature::FactWithIllustration => Nature::FactWithIllustration,
    }
}

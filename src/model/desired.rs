//! What the manifests ask for.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    address::Address,
    key::PublicKey,
    source::{Marks, Source, Span},
    spec::{Customer, Location, Spec, Target, Template, User},
    text::Name,
};

/// The `Project` document, with its defaults filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Name of the project.
    pub name: String,
    /// Which service; none if the document leaves it to flags, environment and default.
    pub target: Option<Target>,
    /// Where the ledger is; none if the document leaves it open.
    pub ledger: Option<String>,
    /// Most deletions of one kind in one customer.
    pub deletions: u32,
    /// Most deletions in percent of the managed objects of one kind in one customer.
    pub deletion_percent: u32,
    /// The lineage that the ledger must have (R17).
    pub lineage: Option<String>,
    /// Keys whose signatures count on plans and snapshots; with any, an unsigned one is refused (R18).
    pub trust: BTreeSet<PublicKey>,
}

impl Default for Project {
    fn default() -> Self {
        Self {
            name: String::new(),
            target: None,
            ledger: None,
            deletions: 5,
            deletion_percent: 10,
            lineage: None,
            trust: BTreeSet::new(),
        }
    }
}

/// What happens on the service when an object is removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnRemove {
    /// Take it out of the wholesale offer; organization, people and locations stay.
    #[default]
    Unmap,
    /// Leave everything as it is and forget it.
    Keep,
    /// Delete what hubform made.
    Delete,
}

/// How careful to be with an object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lifecycle {
    /// Refuse its removal, even after the manifest is gone.
    pub protect: bool,
    /// What removal means.
    pub on_remove: OnRemove,
    /// Allow an adoption whose first update is destructive (R4).
    pub adopt: bool,
}

/// One object that the manifests describe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesiredObject {
    /// What it should be.
    pub spec: Spec,
    /// Where it is written.
    pub source: Source,
    /// Where its fields are written.
    pub marks: Marks,
    /// Free labels, for `--selector`; objects below a customer have none of their own.
    pub labels: BTreeMap<String, String>,
    /// How careful to be with it.
    pub lifecycle: Lifecycle,
    /// The address that it had before.
    pub renamed_from: Option<Address>,
}

impl DesiredObject {
    /// Returns where a field is written; where the object is if the field is not written.
    pub fn at(&self, path: &str) -> Source {
        let span: Option<Span> = self.marks.get(path);
        Source { file: self.source.file, span: span.unwrap_or(self.source.span) }
    }
}

/// A `Removed` document: consent, in git, to the removal of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// Why, in the author's words.
    pub reason: String,
    /// What removal means; the object's own `lifecycle.onRemove` unless written.
    pub on_remove: Option<OnRemove>,
    /// Where it is written.
    pub source: Source,
}

/// Everything that the manifests ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desired {
    /// The project.
    pub project: Project,
    /// Every object whose document is well formed.
    pub objects: BTreeMap<Address, DesiredObject>,
    /// Removals that were consented to.
    pub removals: BTreeMap<Address, Removal>,
    /// Objects whose documents are there but have errors: neither planned nor taken for absent.
    pub broken: BTreeSet<Address>,
}

impl Desired {
    /// Returns a template.
    pub fn template(&self, name: &Name) -> Option<&Template> {
        match self.objects.get(&Address::Template(name.clone())).map(|object| &object.spec) {
            Some(Spec::Template(template)) => Some(template),
            _ => None,
        }
    }

    /// Returns a customer.
    pub fn customer(&self, name: &Name) -> Option<&Customer> {
        match self.objects.get(&Address::Customer(name.clone())).map(|object| &object.spec) {
            Some(Spec::Customer(customer)) => Some(customer),
            _ => None,
        }
    }

    /// Returns a location of a customer.
    pub fn location(&self, customer: &Name, name: &Name) -> Option<&Location> {
        match self.objects.get(&Address::Location(customer.clone(), name.clone())).map(|object| &object.spec) {
            Some(Spec::Location(location)) => Some(location),
            _ => None,
        }
    }

    /// Returns the names of all customers, in order.
    pub fn customers(&self) -> impl Iterator<Item = &Name> {
        self.objects.keys().filter_map(|address| match address {
            Address::Customer(name) => Some(name),
            Address::Template(_) | Address::Location(..) | Address::User(..) => None,
        })
    }

    /// Returns the locations of a customer, in order of their names; `headquarters` among them.
    pub fn locations<'a>(
        &'a self,
        customer: &'a Name,
    ) -> impl Iterator<Item = (&'a Address, &'a DesiredObject, &'a Location)> {
        self.below(customer).filter_map(|(address, object)| match &object.spec {
            Spec::Location(location) => Some((address, object, &**location)),
            Spec::Template(_) | Spec::Customer(_) | Spec::User(_) => None,
        })
    }

    /// Returns the users of a customer, in order of their e-mail addresses.
    pub fn users<'a>(&'a self, customer: &'a Name) -> impl Iterator<Item = (&'a Address, &'a DesiredObject, &'a User)> {
        self.below(customer).filter_map(|(address, object)| match &object.spec {
            Spec::User(user) => Some((address, object, &**user)),
            Spec::Template(_) | Spec::Customer(_) | Spec::Location(_) => None,
        })
    }

    /// Returns the locations and users of a customer without walking over those of others.
    fn below<'a>(&'a self, customer: &'a Name) -> impl Iterator<Item = (&'a Address, &'a DesiredObject)> {
        // Addresses sort by kind, then customer: the first of each run is found by a range.
        let mine = move |(address, _): &(&Address, &DesiredObject)| address.customer() == Some(customer);
        let locations = self.objects.range(Address::first_location(customer)..).take_while(mine);
        let users = self.objects.range(Address::first_user(customer)..).take_while(mine);
        locations.take_while(|(address, _)| matches!(address, Address::Location(..))).chain(users)
    }
}

//! The desired objects, customer by customer.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Address, Customer, Desired, DesiredObject, Email, FieldPath, Location, Name, Problem, Scope, Source, Spec,
    Template, User,
};

/// A spec together with where it is written.
pub(super) struct Placed<'a, S> {
    pub(super) address: &'a Address,
    pub(super) object: &'a DesiredObject,
    pub(super) spec: &'a S,
}

impl<S> Clone for Placed<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Placed<'_, S> {}

impl<S> Placed<'_, S> {
    /// Returns where a field is written; where the field around it or else the object is, if it is not.
    pub(super) fn at(&self, path: &str) -> Source {
        at(self.object, path)
    }

    /// Puts a problem at one field of this object.
    pub(super) fn blame(&self, path: &str, problem: Problem) -> Problem {
        problem.at(self.at(path)).scope(scope(self.address))
    }
}

/// Returns where a field is written: `numbers[+1…]` falls back to `numbers`, and that to the object.
pub(super) fn at(object: &DesiredObject, path: &str) -> Source {
    let mut path = path;
    loop {
        if object.marks.get(path).is_some() {
            return object.at(path);
        }
        match path.rfind(['.', '[']) {
            Some(end) => path = &path[..end],
            None => return object.source,
        }
    }
}

/// Returns what an error in an object stops.
pub(super) fn scope(address: &Address) -> Scope {
    match address {
        Address::Template(name) => Scope::Template(name.clone()),
        Address::Customer(name) | Address::Location(name, _) | Address::User(name, _) => Scope::Customer(name.clone()),
    }
}

/// Names one member of a set for [`Placed::at`].
pub(super) fn member(set: &str, key: &str) -> String {
    FieldPath::member(set, key).as_str().to_owned()
}

/// A customer and what is below it. The customer itself is missing if nobody declares it.
pub(super) struct Part<'a> {
    pub(super) name: &'a Name,
    pub(super) customer: Option<Placed<'a, Customer>>,
    pub(super) locations: BTreeMap<&'a Name, Placed<'a, Location>>,
    pub(super) users: Vec<(&'a Email, Placed<'a, User>)>,
}

impl<'a> Part<'a> {
    fn new(name: &'a Name) -> Self {
        Self { name, customer: None, locations: BTreeMap::new(), users: Vec::new() }
    }

    fn add(&mut self, address: &'a Address, object: &'a DesiredObject) {
        match (address, &object.spec) {
            (Address::Customer(_), Spec::Customer(spec)) => {
                self.customer = Some(Placed { address, object, spec: &**spec });
            }
            (Address::Location(_, name), Spec::Location(spec)) => {
                self.locations.insert(name, Placed { address, object, spec: &**spec });
            }
            (Address::User(_, email), Spec::User(spec)) => {
                self.users.push((email, Placed { address, object, spec: &**spec }));
            }
            // An address of one kind over a spec of another is never made.
            (Address::Template(_) | Address::Customer(_) | Address::Location(..) | Address::User(..), _) => {}
        }
    }

    /// Returns the location of a user that has calling, if both are declared.
    pub(super) fn location_of(&self, user: &User) -> Option<Placed<'a, Location>> {
        if !user.package.is_calling() {
            return None;
        }
        self.locations.get(user.location.as_ref()?).copied()
    }
}

/// Everything that the manifests ask for, grouped for the rules.
pub(super) struct Fleet<'a> {
    pub(super) desired: &'a Desired,
    pub(super) templates: BTreeMap<&'a Name, Placed<'a, Template>>,
    pub(super) parts: BTreeMap<&'a Name, Part<'a>>,
}

impl<'a> Fleet<'a> {
    /// Groups the objects in one walk over them.
    pub(super) fn new(desired: &'a Desired) -> Self {
        let mut templates = BTreeMap::new();
        let mut parts: BTreeMap<&'a Name, Part<'a>> = BTreeMap::new();
        // Objects of one kind come customer by customer, so one look-up serves many of them.
        let runs = desired.objects.iter().map(|(address, object)| (address.customer(), address, object));
        let mut runs = runs.peekable();
        while let Some((customer, address, object)) = runs.next() {
            let Some(customer) = customer else {
                if let (Address::Template(name), Spec::Template(spec)) = (address, &object.spec) {
                    templates.insert(name, Placed { address, object, spec: &**spec });
                }
                continue;
            };
            let part = parts.entry(customer).or_insert_with(|| Part::new(customer));
            part.add(address, object);
            while let Some((_, address, object)) = runs.next_if(|(next, _, _)| *next == Some(customer)) {
                part.add(address, object);
            }
        }
        Self { desired, templates, parts }
    }

    /// Returns every customer that is declared.
    pub(super) fn customers(&self) -> impl Iterator<Item = (&Part<'a>, Placed<'a, Customer>)> + Clone {
        self.parts.values().filter_map(|part| Some((part, part.customer?)))
    }

    /// Returns every location with its customer's part.
    pub(super) fn locations(&self) -> impl Iterator<Item = (&Part<'a>, Placed<'a, Location>)> + Clone {
        self.parts.values().flat_map(|part| part.locations.values().map(move |&location| (part, location)))
    }

    /// Returns every user with its customer's part.
    pub(super) fn users(&self) -> impl Iterator<Item = (&Part<'a>, &'a Email, Placed<'a, User>)> + Clone {
        self.parts.values().flat_map(|part| part.users.iter().map(move |&(email, user)| (part, email, user)))
    }

    /// Returns the names that the locations of a customer could be referred to by, broken ones too.
    pub(super) fn location_names(&self, customer: &Name) -> BTreeSet<&Name> {
        let whole = self.parts.get(customer).into_iter().flat_map(|part| part.locations.keys().copied());
        let broken = self.desired.broken.iter().filter_map(|address| match address {
            Address::Location(of, name) if of == customer => Some(name),
            Address::Location(..) | Address::Template(_) | Address::Customer(_) | Address::User(..) => None,
        });
        whole.chain(broken).collect()
    }
}

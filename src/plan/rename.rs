//! Renaming: before anything is compared, the records of what has a new name move there, with all below it. So
//! nothing is recreated, and what the ledger has to learn is said in the plan.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Address, Desired, LedgerState, Name, Value};

use super::value::CatchUp;

/// A ledger in which everything stands under its new name.
pub(super) struct Moved {
    pub(super) ledger: LedgerState,
    /// What the ledger has to learn, by the customer whose part says so; none for templates.
    pub(super) catch_up: BTreeMap<Option<Name>, Vec<CatchUp>>,
}

/// Moves the records of renamed objects; nothing if nothing was renamed. A `renamedFrom` whose old name is not
/// known, or whose new name is known already, moves nothing (R24).
pub(super) fn carry_over(desired: &Desired, ledger: &LedgerState) -> Option<Moved> {
    let pairs: Vec<(&Address, &Address)> = desired
        .objects
        .iter()
        .filter_map(|(new, object)| Some((object.renamed_from.as_ref()?, new)))
        .filter(|(old, new)| old.kind() == new.kind() && !desired.objects.contains_key(*old))
        .filter(|(old, _)| !desired.broken.contains(*old))
        .collect();
    if pairs.is_empty() {
        return None;
    }
    let renamed: BTreeMap<&Name, &Name> = pairs
        .iter()
        .filter_map(|(old, new)| match (old, new) {
            (Address::Customer(old), Address::Customer(new)) => Some((old, new)),
            (Address::Template(_) | Address::Customer(_) | Address::Location(..) | Address::User(..), _) => None,
        })
        .collect();
    let mut records = ledger.records.clone();
    let mut touched: BTreeSet<Address> = BTreeSet::new();
    let mut shift = |records: &mut BTreeMap<_, _>, old: &Address, new: &Address| {
        if records.contains_key(new) {
            return false;
        }
        let Some(record) = records.remove(old) else { return false };
        records.insert(new.clone(), record);
        touched.extend([old.clone(), new.clone()]);
        true
    };
    // Addresses sort by kind: a customer moves with all below it before a location of it moves on.
    for (old, new) in pairs {
        if !shift(&mut records, old, new) {
            continue;
        }
        let (was, is) = (old.last(), new.last());
        match (old, new) {
            (Address::Template(_), _) => {
                let made: Vec<Address> =
                    records.keys().filter(|at| matches!(at, Address::Customer(_))).cloned().collect();
                follow(&mut records, made, "template", was, is);
            }
            (Address::Customer(was), Address::Customer(is)) => {
                let below: Vec<Address> =
                    ledger.locations(was).chain(ledger.users(was)).map(|(at, _)| at.clone()).collect();
                for at in below {
                    let new = match &at {
                        Address::Location(_, name) => Address::Location(is.clone(), name.clone()),
                        Address::User(_, email) => Address::User(is.clone(), email.clone()),
                        Address::Template(_) | Address::Customer(_) => continue,
                    };
                    shift(&mut records, &at, &new);
                }
            }
            (Address::Location(..), Address::Location(customer, _)) => {
                let users: Vec<Address> = records
                    .range(Address::first_user(customer)..)
                    .map(|(at, _)| at)
                    .take_while(|at| at.customer() == Some(customer))
                    .cloned()
                    .collect();
                follow(&mut records, users, "location", was, is);
            }
            (Address::Customer(_) | Address::Location(..) | Address::User(..), _) => {}
        }
    }
    let mut catch_up: BTreeMap<Option<Name>, Vec<CatchUp>> = BTreeMap::new();
    let differs =
        records.iter().filter(|(at, record)| ledger.records.get(*at) != Some(*record)).map(|(at, _)| at.clone());
    touched.extend(differs);
    for at in touched {
        let record = records.get(&at).cloned();
        // The part of the customer under its new name says it, also for what has left the old one.
        let customer = at.customer().map(|name| (*renamed.get(name).unwrap_or(&name)).clone());
        catch_up.entry(customer).or_default().push(CatchUp { object: at, record });
    }
    Some(Moved { ledger: LedgerState { records, ..ledger.clone() }, catch_up })
}

/// Has a reference follow the object that it names.
fn follow(
    records: &mut BTreeMap<Address, crate::model::Record>,
    objects: Vec<Address>,
    path: &'static str,
    was: &str,
    is: &str,
) {
    for at in objects {
        if let Some(record) = records.get_mut(&at)
            && record.applied.text(path) == Some(was)
        {
            record.applied.set(path, Value::text(is));
        }
    }
}

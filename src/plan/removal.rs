//! Removals: users by absence, bigger objects by `Removed` documents; guards on all of them (R19, R20).

use std::collections::BTreeSet;

use crate::model::{Address, Kind, Name, Observed, OnRemove, Reading, Record, RemoteIds, codes};

use super::{
    closing,
    customer::Below,
    operation::Operation,
    part::{NewStep, PartBuilder},
    user,
    value::{Action, Consequence, Reason, StepId},
};

/// Up to this many deletions of one kind are always allowed (R20).
const ALWAYS: usize = 2;

/// Returns the records of a customer's objects that no manifest describes any more.
fn left<'a>(
    part: &PartBuilder<'a>,
    records: impl Iterator<Item = (&'a Address, &'a Record)>,
) -> Vec<(&'a Address, &'a Record)> {
    let world = part.world;
    records.filter(|(at, _)| !world.is_described(at)).collect()
}

/// Plans what left the manifests below a customer that stays.
pub(super) fn below_customer(part: &mut PartBuilder<'_>, below: &Below<'_>) {
    let users = left(part, part.world.ledger.users(below.name));
    let locations = left(part, part.world.ledger.locations(below.name));
    for (at, _) in &locations {
        if !part.world.desired.removals.contains_key(*at) {
            vanished(part, at);
        }
    }
    if !part.refusals.is_empty() {
        return;
    }
    for (at, record) in &users {
        if !part.holds(at) && !protected(part, at, record) {
            user::remove(part, at, record, below);
        }
    }
    let users_steps: Vec<StepId> =
        part.steps.iter().filter(|step| step.object.kind() == Kind::User).map(|step| step.id.clone()).collect();
    for (at, record) in &locations {
        let RemoteIds::Location { id } = &record.ids else { continue };
        if part.holds(at) {
            continue;
        }
        let keep = part.world.desired.removals.get(*at).and_then(|removal| removal.on_remove) == Some(OnRemove::Keep);
        if keep {
            part.push(NewStep::new(at, "forget", Action::Forget, Reason::Removed, Operation::Forget).requests(0));
        } else if !protected(part, at, record) {
            closing::close(part, at, &record.applied, id, below, &users_steps);
        }
    }
}

fn vanished(part: &mut PartBuilder<'_>, at: &Address) {
    let text = format!("`{at}` is no longer in the manifests, and no document says that it may go");
    let fix = format!("bring it back, or write `{{ apiVersion: hubform/v1, kind: Removed, object: {at}, reason: … }}`");
    part.refuse(at, codes::VANISHED, text, fix);
}

fn protected(part: &mut PartBuilder<'_>, at: &Address, record: &Record) -> bool {
    let protect = record.lifecycle.protect;
    if protect {
        let text = format!("`{at}` is protected (`lifecycle.protect`), and would be removed");
        part.refuse(at, codes::PROTECTED, text, "apply `protect: false` first, then remove it");
    }
    protect
}

/// Plans a customer that no manifest describes any more.
pub(super) fn customer<'a>(part: &mut PartBuilder<'a>, at: &'a Address, record: &Record, observed: &'a Observed) {
    let Address::Customer(name) = at else { return };
    if part.holds(at) {
        return;
    }
    let removal = part.world.desired.removals.get(at);
    if removal.is_none() && !part.world.destroy {
        vanished(part, at);
        return;
    }
    if protected(part, at, record) {
        return;
    }
    let on_remove = removal.and_then(|removal| removal.on_remove).unwrap_or(record.lifecycle.on_remove);
    let RemoteIds::Customer { id, org_id } = &record.ids else { return };
    part.known.insert(at.clone(), RemoteIds::Customer { id: id.clone(), org_id: org_id.clone() });
    match on_remove {
        OnRemove::Keep => {
            forget_below(part, name, &[]);
            part.push(NewStep::new(at, "forget", Action::Forget, Reason::Removed, Operation::Forget).requests(0));
        }
        OnRemove::Delete => {
            let text = "`onRemove: delete` takes the whole organization down, which this version cannot do yet";
            part.refuse(
                at,
                codes::PLAN_NOT_YET,
                text,
                "use `onRemove: unmap`, and delete the organization in Partner Hub",
            );
        }
        OnRemove::Unmap => unmap(part, at, name, observed),
    }
}

/// Drops what the ledger still has below a customer that it no longer has: a run that was to forget it all was ended
/// in the middle.
pub(super) fn remainder(part: &mut PartBuilder<'_>, name: &Name) {
    for (at, _) in
        left(part, part.world.ledger.users(name)).into_iter().chain(left(part, part.world.ledger.locations(name)))
    {
        part.drop_record(at);
    }
}

fn unmap<'a>(part: &mut PartBuilder<'a>, at: &Address, name: &'a Name, observed: &'a Observed) {
    match observed.customers.get(name) {
        Some(Reading::Absent) => {
            remainder(part, name);
            part.drop_record(at);
        }
        Some(Reading::Found(found)) => {
            if !found.status.is_terminal() {
                part.wait(
                    at,
                    codes::CUSTOMER_BUSY,
                    ("the service is working on the customer".to_owned(), "the service", "plan again later".to_owned()),
                    None,
                );
                return;
            }
            let below = Below::of(part, name, found.organization.as_ref(), &found.subscribers);
            let users = left(part, part.world.ledger.users(name));
            for (user, record) in &users {
                if protected(part, user, record) {
                    return;
                }
                user::remove(part, user, record, &below);
            }
            let known: BTreeSet<&str> = users.iter().map(|(at, _)| at.last()).collect();
            let unmanaged: BTreeSet<&str> = found
                .subscribers
                .iter()
                .filter(|subscriber| !known.contains(subscriber.email.as_str()))
                .map(|subscriber| subscriber.email.as_str())
                .collect();
            part.looks.count(at, "unmanaged subscribers", unmanaged.len());
            if !unmanaged.is_empty() {
                let text = format!(
                    "{} subscriber(s) that no manifest describes would lose their packages: {}",
                    unmanaged.len(),
                    unmanaged.into_iter().collect::<Vec<_>>().join(", ")
                );
                part.refuse(
                    at,
                    codes::UNMANAGED_SUBSCRIBERS,
                    text,
                    "remove them in Partner Hub first, or write `onRemove: keep`",
                );
                return;
            }
            let needs: Vec<StepId> = part.steps.iter().map(|step| step.id.clone()).collect();
            let step = NewStep::new(at, "delete", Action::Delete, Reason::Removed, Operation::DeleteCustomer)
                .needs(needs)
                .means(Consequence::Billable)
                .means(Consequence::LosesCalling)
                .means(Consequence::Irreversible);
            let deleted = part.push(step);
            forget_below(part, name, &[deleted]);
        }
        Some(Reading::Failed(text)) => part.refuse(at, codes::UNREAD, text, "try again once the service answers"),
        Some(Reading::Ambiguous(ids)) => {
            part.refuse(at, codes::SEVERAL_MATCH, ids.join(", "), "remove all but one in Partner Hub");
        }
        None => part.refuse(at, codes::UNREAD, "the customer was not read in this run", "run plan again"),
    }
}

/// Locations (and whatever is left) stay on the service and leave the ledger.
fn forget_below(part: &mut PartBuilder<'_>, name: &Name, needs: &[StepId]) {
    for (at, _) in
        left(part, part.world.ledger.locations(name)).into_iter().chain(left(part, part.world.ledger.users(name)))
    {
        if part.steps.iter().any(|step| step.object == *at) {
            continue;
        }
        let step = NewStep::new(at, "forget", Action::Forget, Reason::Removed, Operation::Forget);
        part.push(step.requests(0).needs(needs.iter().cloned()));
    }
}

/// Counts deletions against the limits (R20). What a `Removed` document names covers all below it.
pub(super) fn guard(part: &mut PartBuilder<'_>, customer: &Name) {
    let world = part.world;
    let covered = |at: &Address| {
        world.destroy
            || world.desired.removals.contains_key(at)
            || world.desired.removals.contains_key(&Address::Customer(customer.clone()))
    };
    let users = part
        .steps
        .iter()
        .filter(|step| matches!(step.operation, Operation::DeleteSubscriber) && !covered(&step.object))
        .count();
    let numbers: usize = part
        .steps
        .iter()
        .filter(|step| !covered(&step.object))
        .map(|step| step.operation.numbers_removed().len())
        .sum();
    let managed_numbers: usize =
        world.ledger.locations(customer).map(|(_, record)| record.applied.members("numbers").count()).sum();
    let at = Address::Customer(customer.clone());
    let managed_users = world.ledger.users(customer).count();
    // What the limits compare with is part of what is approved, where they compare at all.
    if users > 1 {
        part.looks.count(&at, "managed users", managed_users);
    }
    if numbers > ALWAYS {
        part.looks.count(&at, "managed numbers", managed_numbers);
    }
    let stay = world.desired.users(customer).next().is_some()
        || world.desired.broken.iter().any(|at| at.kind() == Kind::User && at.customer() == Some(customer));
    if users > 1 && users == managed_users && !stay {
        let text = format!("all {users} users of `{at}` left the manifests at once");
        part.refuse(&at, codes::LAST_USER, text, "bring them back; to remove the customer write a `Removed` document");
        return;
    }
    limit(part, &at, "users", users, managed_users);
    limit(part, &at, "numbers", numbers, managed_numbers);
}

fn limit(part: &mut PartBuilder<'_>, at: &Address, what: &str, deleted: usize, managed: usize) {
    let project = &part.world.desired.project;
    let (most, percent) = (project.deletions as usize, project.deletion_percent as usize);
    if deleted <= ALWAYS || (deleted <= most && deleted * 100 <= percent * managed) {
        return;
    }
    let text = format!(
        "{deleted} of {managed} managed {what} of `{at}` would be removed; the limits are {most}, and {percent} %"
    );
    let fix = "split the change, or raise `spec.limits.deletions` and `spec.limits.deletionPercent` in `hubform.yaml`";
    part.refuse(at, codes::DELETION_LIMIT, text, fix);
}

//! Customers: created with their first location, changed by one PUT that names every package.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use crate::model::{
    Address, Customer, CustomerStatus, DesiredObject, FieldPath, Location, Name, Observed, ObservedCustomer,
    ObservedOrganization, ObservedSubscriber, PackageName, Reading, RemoteIds, Spec, Value, codes,
};

use super::{
    compare::{self, Comparison, Rule},
    index::Index,
    operation::Operation,
    part::{NewStep, PartBuilder},
    seen,
    value::{Action, Consequence, FieldChange, Reason, StepId},
};

/// What the planners of locations and users need to know about their customer.
pub(super) struct Below<'a> {
    /// The customer's name.
    pub(super) name: &'a Name,
    /// Its organization; none while the service has none.
    pub(super) organization: Option<&'a ObservedOrganization>,
    /// Its subscribers.
    pub(super) subscribers: &'a [ObservedSubscriber],
    /// The steps that everything below needs.
    pub(super) needs: Vec<StepId>,
    /// The customer, and with it its first administrator, comes into being in this plan.
    pub(super) is_new: bool,
    /// A step of the customer brings the headquarters along.
    pub(super) brings_headquarters: bool,
}

impl<'a> Below<'a> {
    /// Takes what was observed below a customer, and indexes it.
    pub(super) fn of(
        part: &mut PartBuilder<'a>,
        name: &'a Name,
        organization: Option<&'a ObservedOrganization>,
        subscribers: &'a [ObservedSubscriber],
    ) -> Self {
        part.organization = organization;
        part.index = Index::new(name, organization, subscribers, part.world.ledger);
        Self { name, organization, subscribers, needs: Vec::new(), is_new: false, brings_headquarters: false }
    }
}

/// Says how a customer's field can change (official wholesale description, `PUT /wholesale/customers/{id}`).
fn rule(path: &FieldPath) -> Rule {
    match path.as_str() {
        "template" | "orgId" | "subPartner" | "adminEmail" | "billingAddress.country" => Rule::Fixed,
        "externalId" | "company" | "language" | "meetingsTimeZone" => Rule::Replaceable,
        _ => Rule::Free,
    }
}

/// Plans one customer. Returns nothing if nothing below it can be planned.
pub(super) fn plan<'a>(
    part: &mut PartBuilder<'a>,
    at: &'a Address,
    object: &'a DesiredObject,
    observed: &'a Observed,
    templates: &BTreeMap<Address, Vec<StepId>>,
) -> Option<Below<'a>> {
    let (Address::Customer(name), Spec::Customer(customer)) = (at, &object.spec) else { return None };
    if part.holds(at) {
        return None;
    }
    match observed.customers.get(name) {
        Some(Reading::Found(found)) => existing(part, at, name, customer, found),
        Some(Reading::Absent) => absent(part, at, name, customer, observed, templates),
        Some(Reading::Ambiguous(ids)) => {
            let text = format!("several customers have the external id `{}`: {}", customer.external_id, ids.join(", "));
            part.refuse(at, codes::SEVERAL_MATCH, text, "write the `id` of the right one into the manifest");
            None
        }
        Some(Reading::Failed(text)) => {
            part.refuse(at, codes::UNREAD, text, "try again once the service answers");
            None
        }
        None => {
            part.refuse(at, codes::UNREAD, "the customer was not read in this run", "run plan again");
            None
        }
    }
}

fn absent<'a>(
    part: &mut PartBuilder<'a>,
    at: &'a Address,
    name: &'a Name,
    customer: &'a Customer,
    observed: &'a Observed,
    templates: &BTreeMap<Address, Vec<StepId>>,
) -> Option<Below<'a>> {
    if part.world.record(at).is_some() {
        let text = format!(
            "the ledger knows `{at}`, and the service does not show it: removed by somebody, or not visible to this account"
        );
        part.refuse(
            at,
            codes::CUSTOMER_GONE,
            text,
            format!("`hubform ledger forget {at}` to create it anew; hubform never does that by itself"),
        );
        return None;
    }
    if let Some(id) = &customer.id {
        let text = format!("the manifest pins the customer `{id}`, and the service does not show it");
        part.refuse(at, codes::CUSTOMER_GONE, text, "correct or remove `id`");
        return None;
    }
    let template = Address::Template(customer.template.clone());
    if part.holds(&template) {
        return None;
    }
    let Some(needs) = templates.get(&template) else {
        let text = format!("`{template}` cannot be planned, and creating `{at}` needs it");
        part.refuse(at, codes::BROKEN_PART, text, "correct the template, or try again once it can be read");
        return None;
    };
    let organization = match observed.attachable.get(name) {
        Some(Reading::Found(organization)) => Some(&**organization),
        Some(Reading::Failed(text)) if customer.org_id.is_some() => {
            part.refuse(at, codes::UNREAD, text, "check `orgId`, and that this account manages the organization");
            return None;
        }
        _ if customer.org_id.is_some() => {
            let text = "the organization of `orgId` was not found, or is not visible to this account";
            part.refuse(at, codes::UNREAD, text, "check `orgId`, and that this account manages the organization");
            return None;
        }
        _ => None,
    };
    let has_location = organization
        .is_some_and(|organization| organization.locations.values().any(|location| location.calling.is_some()));
    let headquarters = headquarters(part, name).filter(|_| customer.has_calling() && !has_location);
    let brings_headquarters = headquarters.is_some();
    part.looks.absent(at);
    if organization.is_some() {
        part.looks.guard(at, "has a calling location", Value::Flag(has_location));
    }
    let operation = Operation::CreateCustomer {
        customer: Box::new(customer.clone()),
        headquarters: headquarters.map(|location| Box::new(location.clone())),
    };
    let create = NewStep::new(at, "create", Action::Create, Reason::New, operation)
        .fields(compare::all_new(&customer.fields()))
        .needs(needs.iter().cloned())
        .means(Consequence::Billable);
    let step = part.push(create);
    part.first.push(step.clone());
    let below = Below::of(part, name, organization, &[]);
    Some(Below { needs: vec![step], is_new: true, brings_headquarters, ..below })
}

fn headquarters<'a>(part: &PartBuilder<'a>, customer: &Name) -> Option<&'a Location> {
    part.world.desired.location(customer, &Name::headquarters())
}

fn existing<'a>(
    part: &mut PartBuilder<'a>,
    at: &'a Address,
    name: &'a Name,
    customer: &'a Customer,
    found: &'a ObservedCustomer,
) -> Option<Below<'a>> {
    if let Some(owner) = part.world.owners.get(&found.id.key()).filter(|owner| **owner != at) {
        let text = format!("the service's customer `{}` is `{owner}` in the ledger", customer.external_id);
        let fix = format!(
            "if it was renamed in git write `renamedFrom: {}`; otherwise give this one another `externalId`",
            owner.last()
        );
        part.refuse(at, codes::SEVERAL_MATCH, text, fix);
        return None;
    }
    let ids = RemoteIds::Customer { id: found.id.clone(), org_id: found.org_id.clone() };
    let mut below = Below::of(part, name, found.organization.as_ref(), &found.subscribers);
    match &found.status {
        CustomerStatus::Provisioned | CustomerStatus::ProvisionedWithErrors => {}
        CustomerStatus::Error => {
            let problems: Vec<String> =
                found.problems.iter().map(|problem| format!("{} {}", problem.code, problem.text)).collect();
            let text = format!("the service failed to create `{at}`: {}", problems.join("; "));
            part.refuse(at, codes::CUSTOMER_BROKEN, text, "remove the failed customer in Partner Hub, then plan again");
            return None;
        }
        CustomerStatus::Deleting => {
            part.wait(
                at,
                codes::CUSTOMER_BUSY,
                ("the service is removing the customer".to_owned(), "the service", "plan again later".to_owned()),
                None,
            );
            return None;
        }
        CustomerStatus::Provisioning
        | CustomerStatus::Updating
        | CustomerStatus::PendingRplReview
        | CustomerStatus::Other(_) => {
            return Some(busy(part, at, customer, ids, below));
        }
    }
    // After a package has failed, the service may keep the organization to itself until a change has put it right.
    let untold = found.status == CustomerStatus::ProvisionedWithErrors && found.org_id.is_none();
    if found.organization.is_none() && !untold {
        let text = "the customer is provisioned, and its organization was not read";
        part.refuse(at, codes::UNREAD, text, "try again once the service answers");
        return None;
    }
    let desired = customer.fields();
    let fields = seen::customer(found);
    part.looks.found(at, fields.values.clone());
    let record = part.world.record(at);
    // What may have been sent and cannot be read counts as not known: it is sent again (R16).
    let applied = match (record, part.world.journal.doubtful.get(at)) {
        (Some(record), Some(paths)) => {
            let mut applied = record.applied.clone();
            paths.iter().filter(|path| !fields.is_readable(path)).for_each(|path| applied.clear(path.as_str()));
            Some(Cow::Owned(applied))
        }
        (record, _) => record.map(|record| Cow::Borrowed(&record.applied)),
    };
    let mut comparison = compare::compare(&desired, applied.as_deref(), &fields, rule);
    if comparison.fixed.iter().any(|(path, _, _)| path.as_str() == "billingAddress.country") {
        // An address with another country's city would be worse than the old one.
        comparison.take(|path| path.base() == "billingAddress");
    }
    part.explain(at, &comparison);
    explain_packages(part, at, found);
    let adopted = part.settle(at, ids, &comparison);
    below.needs.extend(adopted);
    if quantity_is_lost(part, at, &comparison, customer) {
        return Some(below);
    }
    let before = below.needs.len();
    update(part, at, customer, found, comparison, &mut below);
    if untold {
        if below.needs.len() == before {
            let text = "a package has failed that no manifest asks for, and the service does not tell the organization";
            part.refuse(at, codes::UNREAD, text, "put the package right in Partner Hub, then plan again");
            return None;
        }
        // As with a new customer: what comes along is there once the change is done.
        below.brings_headquarters = customer.has_calling();
    }
    Some(below)
}

/// The service works on the customer: everything else waits until it is done.
fn busy<'a>(
    part: &mut PartBuilder<'a>,
    at: &Address,
    customer: &Customer,
    ids: RemoteIds,
    mut below: Below<'a>,
) -> Below<'a> {
    let comparison = match part.world.record(at) {
        Some(record) => Comparison { settled: record.applied.clone(), ..Comparison::default() },
        None => Comparison { settled: customer.fields(), ..Comparison::default() },
    };
    let adopted = part.settle(at, ids, &comparison);
    let step = part.push(
        NewStep::new(at, "await", Action::Update, Reason::Resume, Operation::AwaitCustomer).requests(0).needs(adopted),
    );
    below.needs.push(step);
    // The location that comes with a customer is there once the customer is.
    below.brings_headquarters =
        below.organization.is_none_or(|organization| organization.locations.is_empty()) && customer.has_calling();
    below
}

/// Says what is wrong with packages that are not there yet, and which are not managed.
fn explain_packages(part: &mut PartBuilder<'_>, at: &Address, found: &ObservedCustomer) {
    let applied = part.world.record(at).map(|record| record.applied.clone()).unwrap_or_default();
    for (package, state) in &found.packages {
        let path = format!("packages[{package}]");
        let desired = part.world.desired.objects.get(at).is_some_and(|object| match &object.spec {
            Spec::Customer(customer) => customer.packages.contains_key(package),
            Spec::Template(_) | Spec::Location(_) | Spec::User(_) => false,
        });
        if !desired && applied.get(&path).is_none() {
            part.note(
                at,
                codes::UNMANAGED,
                format!("the package `{package}` is not in the manifest and is left as it is"),
            );
        }
        if found.status == CustomerStatus::ProvisionedWithErrors && !state.is_healthy() {
            let problems: Vec<String> =
                state.problems.iter().map(|problem| format!("{} {}", problem.code, problem.text)).collect();
            let text = format!("the package `{package}` is `{}`: {}", state.status, problems.join("; "));
            part.note(at, codes::CUSTOMER_BROKEN, text);
        }
    }
}

/// Refuses a plan that would return a package to unlimited, which the service cannot do (R6).
fn quantity_is_lost(part: &mut PartBuilder<'_>, at: &Address, comparison: &Comparison, customer: &Customer) -> bool {
    let lost = comparison.changes.iter().find(|change| {
        change.path.as_str().ends_with(".quantity")
            && change.after.is_none()
            && change.path.key().is_some_and(|key| customer.packages.contains_key(&PackageName::new(key)))
    });
    if let Some(change) = lost {
        let text = format!("`{}` left the manifest, and a package cannot return to unlimited", change.path);
        part.refuse(at, codes::QUANTITY, text, "write the quantity back, or a larger one");
    }
    lost.is_some()
}

fn update<'a>(
    part: &mut PartBuilder<'a>,
    at: &Address,
    customer: &Customer,
    found: &ObservedCustomer,
    mut comparison: Comparison,
    below: &mut Below<'a>,
) {
    let adopted = below.needs.clone();
    let organization = comparison.take(|path| matches!(path.as_str(), "company" | "language"));
    if !organization.is_empty() {
        let language = organization.iter().any(|change| change.path.as_str() == "language");
        let operation = Operation::UpdateOrganization {
            display_name: customer.company.clone(),
            language: customer.language.clone().filter(|_| language),
        };
        let step = NewStep::new(at, "organization", Action::Update, Reason::Edited, operation);
        part.push(step.fields(organization).needs(adopted.clone()));
    }
    // What users lose comes last, when they no longer need it; what they need comes first.
    let is_loss = |change: &FieldChange| match (&change.before, &change.after) {
        (Some(_), None) => change.path.base() == "packages",
        (Some(before), Some(after)) => change.path.as_str().ends_with(".quantity") && after < before,
        (None, _) => false,
    };
    let losses: BTreeSet<FieldPath> =
        comparison.changes.iter().filter(|change| is_loss(change)).map(|change| change.path.clone()).collect();
    let losses = comparison.take(|path| losses.contains(path));
    let gains = comparison.take(|_| true);
    let unmanaged = found.packages.keys().filter(|package| {
        part.world.record(at).is_none_or(|record| record.applied.get(&format!("packages[{package}]")).is_none())
    });
    let unmanaged: BTreeSet<&PackageName> = unmanaged.filter(|name| !customer.packages.contains_key(*name)).collect();
    for package in unmanaged.iter().filter(|_| !(gains.is_empty() && losses.is_empty())) {
        // Every change names them again, so that they stay (R3).
        part.looks.guard(at, format!("unmanaged packages[{package}]"), Value::Flag(true));
    }
    let wanted: BTreeSet<PackageName> = customer.packages.keys().chain(unmanaged).cloned().collect();
    let all: BTreeSet<PackageName> = wanted.union(&found.packages.keys().cloned().collect()).cloned().collect();
    if !gains.is_empty() {
        let brings = introduces_calling(customer, found);
        let mut operation = put(part, customer, &gains, if losses.is_empty() { &wanted } else { &all }, brings);
        keep_quantities(&mut operation, &losses);
        let step = consequences(NewStep::new(at, "update", Action::Update, Reason::Edited, operation), &gains);
        let step = part.push(step.fields(gains).needs(adopted.clone()));
        below.needs.push(step);
        below.brings_headquarters =
            brings && below.organization.is_none_or(|o| o.locations.values().all(|l| l.calling.is_none()));
    }
    if !losses.is_empty() && !holds_removed(part, at, found, &losses) {
        let operation = put(part, customer, &losses, &wanted, false);
        let step = consequences(NewStep::new(at, "reduce", Action::Update, Reason::Edited, operation), &losses);
        part.push(step.fields(losses).needs(below.needs.clone()));
    }
}

/// A quantity that falls is not sent before users have let go.
fn keep_quantities(operation: &mut Operation, losses: &[FieldChange]) {
    let Operation::UpdateCustomer { quantities, .. } = operation else { return };
    for change in losses {
        let package = change.path.key().map(PackageName::new);
        let held = package.and_then(|package| quantities.get_mut(&package));
        if let (Some(held), Some(Value::Number(before))) = (held, &change.before) {
            *held = u32::try_from(*before).unwrap_or(*held);
        }
    }
}

/// Returns true if the customer gets its first calling package, which brings a first location.
fn introduces_calling(customer: &Customer, found: &ObservedCustomer) -> bool {
    customer.has_calling()
        && !found.packages.keys().any(PackageName::is_calling)
        && !found
            .organization
            .as_ref()
            .is_some_and(|organization| organization.locations.values().any(|location| location.calling.is_some()))
}

fn put(
    part: &PartBuilder<'_>,
    customer: &Customer,
    changes: &[FieldChange],
    packages: &BTreeSet<PackageName>,
    brings_headquarters: bool,
) -> Operation {
    let touches = |base: &str| changes.iter().any(|change| change.path.base() == base);
    let quantity = changes.iter().any(|change| change.path.as_str().ends_with(".quantity"));
    let quantities: BTreeMap<PackageName, u32> = customer
        .packages
        .iter()
        .filter(|_| quantity)
        .filter_map(|(package, terms)| terms.quantity.map(|quantity| (package.clone(), quantity)))
        .collect();
    let name = part.customer.as_ref();
    Operation::UpdateCustomer {
        packages: packages.clone(),
        external_id: customer.external_id.clone(),
        billing_address: touches("billingAddress").then(|| customer.billing_address.clone()),
        quantities,
        headquarters: name
            .and_then(|name| headquarters(part, name))
            .filter(|_| brings_headquarters)
            .map(|location| Box::new(location.clone())),
        meetings_time_zone: customer.meetings_time_zone.clone().filter(|_| touches("meetingsTimeZone")),
    }
}

fn consequences(mut step: NewStep, changes: &[FieldChange]) -> NewStep {
    for change in changes {
        if change.path.base() == "packages" || change.path.as_str() == "externalId" {
            step = step.means(Consequence::Billable);
        }
        let calling = change.path.key().is_some_and(|key| PackageName::new(key).is_calling());
        if calling && change.after.is_none() && !change.path.as_str().ends_with(".quantity") {
            step = step.means(Consequence::LosesCalling);
        }
    }
    step
}

/// Refuses to remove a package that a subscriber holds whom no manifest describes.
fn holds_removed(part: &mut PartBuilder<'_>, at: &Address, found: &ObservedCustomer, losses: &[FieldChange]) -> bool {
    let Some(customer) = at.customer() else { return false };
    let removed: BTreeSet<PackageName> = losses
        .iter()
        .filter(|change| !change.path.as_str().ends_with(".quantity"))
        .filter_map(|change| change.path.key().map(PackageName::new))
        .collect();
    let holders: BTreeSet<&str> = found
        .subscribers
        .iter()
        .filter(|subscriber| subscriber.package.as_ref().is_some_and(|package| removed.contains(package)))
        .filter(|subscriber| {
            let user = Address::User(customer.clone(), subscriber.email.clone());
            !part.world.desired.objects.contains_key(&user) && part.world.record(&user).is_none()
        })
        .map(|subscriber| subscriber.email.as_str())
        .collect();
    part.looks.count(at, "unmanaged holders of packages that go", holders.len());
    if holders.is_empty() {
        return false;
    }
    let text = format!(
        "{} subscriber(s) that no manifest describes hold a package that would be removed: {}",
        holders.len(),
        holders.into_iter().collect::<Vec<_>>().join(", ")
    );
    part.refuse(at, codes::PACKAGE_IN_USE, text, "describe them and give them another package, or keep the package");
    true
}

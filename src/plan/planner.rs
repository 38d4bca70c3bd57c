//! The planner: walks over templates and customers, and puts the parts together.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::model::{
    Address, Desired, Kind, LedgerState, Name, Observed, PackageName, Reading, RemoteIds, Scope, SettleWindow, Sources,
    Spec, Target, Unit, Value, codes,
};

use super::{
    customer, lines, location,
    operation::Operation,
    order,
    part::{PartBuilder, World},
    removal, rename, settle,
    slice::digests,
    template, user,
    value::{Action, Consequence, FieldChange, Note, Part, Plan, Reason, StepId, Summary},
};

/// What a plan is made under, apart from the three states.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    /// The service that the plan is for.
    pub target: Target,
    /// Plan these customers only, and the templates that they need; all if absent.
    pub only: Option<BTreeSet<Name>>,
    /// Parts whose manifests have errors: nothing of them is planned (R22).
    pub blocked: BTreeSet<Scope>,
    /// Plan the removal of everything that the ledger holds.
    pub destroy: bool,
    /// The objects of an approved plan that is made again: parts carry the digests of these, and templates are planned
    /// if they are among them even where `only` leaves them out.
    pub watched: Option<&'a BTreeSet<Address>>,
    /// Where objects are written.
    pub sources: &'a Sources,
    /// The time, which decides whether it is too early to say what became of a request.
    pub now: Timestamp,
    /// How long the service may take to show what it has made.
    pub settle: SettleWindow,
}

/// Makes the plan that takes what is observed to what is desired.
pub fn plan(desired: &Desired, observed: &Observed, ledger: &LedgerState, options: &Options<'_>) -> Plan {
    let (mut journal, settled) = settle::settle(ledger, observed, options);
    let raw = ledger;
    let ledger = settled.as_ref().unwrap_or(ledger);
    let (mut settled, mut made) = (std::mem::take(&mut journal.settled), std::mem::take(&mut journal.made));
    let mut moved = rename::carry_over(desired, ledger);
    let mut learnt = moved.as_mut().map(|moved| std::mem::take(&mut moved.catch_up)).unwrap_or_default();
    let ledger = moved.as_ref().map_or(ledger, |moved| &moved.ledger);
    let owners: BTreeMap<String, &Address> = ledger
        .records
        .iter()
        .filter_map(|(at, record)| match &record.ids {
            RemoteIds::Customer { id, org_id: _ } => Some((id.key(), at)),
            RemoteIds::Template { .. } | RemoteIds::Location { .. } | RemoteIds::User { .. } => None,
        })
        .collect();
    let world = World {
        desired,
        ledger,
        sources: options.sources,
        owners: &owners,
        destroy: options.destroy,
        journal: &journal,
    };
    let selected = |name: &Name| options.only.as_ref().is_none_or(|only| only.contains(name));
    let mut templates = PartBuilder::new(world, None);
    templates.catch_up.extend(made.remove(&Unit::Templates).unwrap_or_default());
    templates.settled.extend(settled.remove(&Unit::Templates).unwrap_or_default());
    templates.catch_up.extend(learnt.remove(&None).unwrap_or_default());
    refuse_early_names(&mut templates, raw);
    let template_steps = plan_templates(&mut templates, observed, options);
    let names: BTreeSet<&Name> = desired
        .objects
        .keys()
        .chain(&desired.broken)
        .chain(options.watched.into_iter().flatten())
        .filter_map(|at| match at {
            Address::Customer(name) => Some(name),
            Address::Template(_) | Address::Location(..) | Address::User(..) => None,
        })
        // Of a customer that has left, something below it may be all that the ledger still has.
        .chain(ledger.records.keys().filter_map(Address::customer))
        .chain(raw.open_entries().filter_map(|entry| entry.object.customer()))
        .filter(|name| selected(name))
        .collect();
    let mut parts: Vec<PartBuilder<'_>> = Vec::with_capacity(names.len() + 1);
    for name in names {
        let mut part = PartBuilder::new(world, Some(name.clone()));
        let unit = Unit::Customer(name.clone());
        part.catch_up.extend(made.remove(&unit).unwrap_or_default());
        part.settled.extend(settled.remove(&unit).unwrap_or_default());
        part.catch_up.extend(learnt.remove(&part.customer).unwrap_or_default());
        refuse_early_names(&mut part, raw);
        plan_customer(&mut part, name, observed, &template_steps, options);
        parts.push(part);
    }
    lines::link(&mut parts);
    for part in &mut parts {
        if let Some(name) = part.customer.clone() {
            removal::guard(part, &name);
        }
    }
    remove_templates(&mut templates, &parts, observed, options);
    already_removed(&mut templates);
    parts.insert(0, templates);
    assemble(parts, ledger.is_new, options)
}

/// Refuses a new name for something of which it is not known what became of a request.
fn refuse_early_names(part: &mut PartBuilder<'_>, ledger: &LedgerState) {
    let world = part.world;
    if world.destroy || ledger.open_entries().next().is_none() {
        return;
    }
    let of_part = |at: &&Address| at.customer() == part.customer.as_ref();
    let renamed = world.desired.objects.iter().filter(|(at, _)| of_part(at));
    let early: Vec<(Address, Address, String)> = renamed
        .filter_map(|(at, object)| {
            let old = object.renamed_from.as_ref()?;
            let entry = settle::forbids(ledger, old)?;
            Some((at.clone(), old.clone(), format!("to {} (`{}`)", entry.request.words(), entry.object)))
        })
        .collect();
    for (at, old, what) in early {
        let text = format!("`{old}` cannot be renamed yet: it is not known what became of a request {what}");
        part.refuse(&at, codes::UNSETTLED, text, "take the new name back, run `hubform apply`, then rename it");
    }
}

fn plan_templates<'a>(
    part: &mut PartBuilder<'a>,
    observed: &'a Observed,
    options: &Options<'_>,
) -> BTreeMap<Address, Vec<StepId>> {
    let world = part.world;
    if world.destroy {
        return BTreeMap::new();
    }
    let needed: Option<BTreeSet<&Name>> = options.only.as_ref().map(|only| {
        only.iter().filter_map(|name| world.desired.customer(name)).map(|customer| &customer.template).collect()
    });
    for (at, object) in &world.desired.objects {
        let Address::Template(name) = at else { continue };
        let watched = options.watched.is_some_and(|watched| watched.contains(at));
        let wanted = watched || needed.as_ref().is_none_or(|needed| needed.contains(name));
        if wanted && !options.blocked.contains(&Scope::Template(name.clone())) {
            template::plan(part, at, object, observed);
        }
    }
    let recorded = world
        .ledger
        .records
        .iter()
        .filter(|(_, record)| matches!(&record.ids, RemoteIds::Template { provisioning_id: Some(_) }));
    let mut usable: BTreeMap<Address, Vec<StepId>> =
        recorded.map(|(at, _)| at).chain(part.known.keys()).map(|at| (at.clone(), Vec::new())).collect();
    for step in &part.steps {
        // An edit that a person makes later does not hold new customers up (R14).
        if !matches!(step.operation, Operation::Instruct { entries: _, edit: true }) {
            usable.entry(step.object.clone()).or_default().push(step.id.clone());
        }
    }
    usable
}

fn plan_customer<'a>(
    part: &mut PartBuilder<'a>,
    name: &'a Name,
    observed: &'a Observed,
    template_steps: &BTreeMap<Address, Vec<StepId>>,
    options: &Options<'_>,
) {
    let world = part.world;
    let address = Address::Customer(name.clone());
    if options.blocked.contains(&Scope::Customer(name.clone())) && !world.destroy {
        let text = format!("the manifests of `{address}` have errors, so nothing of it is planned");
        part.refuse(&address, codes::BROKEN_PART, text, "see the errors above, or run `hubform validate`");
        return;
    }
    if world.desired.broken.contains(&address) && !world.destroy {
        part.refuse(&address, codes::BROKEN_PART, format!("the document of `{address}` has errors"), "correct it");
        return;
    }
    let live = world.desired.objects.get_key_value(&address).filter(|_| !world.destroy);
    let Some((at, object)) = live else {
        match world.ledger.records.get_key_value(&address) {
            Some((at, record)) => removal::customer(part, at, record, observed),
            None if part.holds(&address) => {}
            None => removal::remainder(part, name),
        }
        return;
    };
    if let Spec::Customer(customer) = &object.spec {
        let absent = matches!(observed.customers.get(name), Some(Reading::Absent));
        if absent && options.blocked.contains(&Scope::Template(customer.template.clone())) {
            let text = format!("the template `{}` has errors, and creating `{at}` needs it", customer.template);
            part.refuse(at, codes::BROKEN_PART, text, "correct the template");
            return;
        }
        if absent && let Some(record) = world.record(&Address::Template(customer.template.clone())) {
            part.known.insert(Address::Template(customer.template.clone()), record.ids.clone());
        }
    }
    let Some(below) = customer::plan(part, at, object, observed, template_steps) else { return };
    let calling = world.desired.customer(name).is_some_and(crate::model::Customer::has_calling);
    for (at, object, _) in world.desired.locations(name) {
        location::plan(part, at, object, &below, calling);
    }
    for step in &part.steps {
        // Whoever gets a number waits for that one, not for all (`lines::link`).
        let numbers = matches!(step.operation, Operation::AddNumbers { numbers: _ });
        if step.object.kind() == Kind::Location && !numbers && step.operation.numbers_removed().is_empty() {
            part.ready.entry(step.object.clone()).or_default().push(step.id.clone());
        }
    }
    let me = observed.partner.as_ref().map(|partner| &partner.person_id);
    for (at, object, _) in world.desired.users(name) {
        user::plan(part, at, object, &below, me);
    }
    removal::below_customer(part, &below);
    reduce_last(part);
    refuse_destructive_adoption(part, &address);
    note_unlisted(part, name, &below);
}

/// Refuses to take something over by destroying part of it, until the manifest says `adopt` (R4). What a customer
/// says counts for all below it.
fn refuse_destructive_adoption(part: &mut PartBuilder<'_>, customer: &Address) {
    let world = part.world;
    let consents = |at: &Address| world.desired.objects.get(at).is_some_and(|object| object.lifecycle.adopt);
    if consents(customer) {
        return;
    }
    let adopted: BTreeSet<&Address> =
        part.steps.iter().filter(|step| step.reason == Reason::Found).map(|step| &step.object).collect();
    let mut destroyed: BTreeMap<Address, BTreeSet<String>> = BTreeMap::new();
    for step in part.steps.iter().filter(|step| adopted.contains(&step.object) && !consents(&step.object)) {
        let hurts = |it: &Consequence| matches!(it, Consequence::LosesCalling | Consequence::Irreversible);
        let level = |value: &Option<Value>| match value {
            Some(Value::Text(name)) => PackageName::new(name).info().map_or(0, |info| info.level),
            Some(Value::Flag(_) | Value::Number(_)) | None => 0,
        };
        let lower =
            |change: &FieldChange| change.path.as_str() == "package" && level(&change.after) < level(&change.before);
        if step.consequences.iter().any(hurts) || step.fields.iter().any(lower) {
            let paths = step.fields.iter().map(|change| format!("`{}`", change.path));
            destroyed.entry(step.object.clone()).or_default().extend(paths);
        }
    }
    for (at, paths) in destroyed {
        let paths: Vec<String> = paths.into_iter().collect();
        let text = format!("`{at}` exists already, and taking it over would take something away: {}", paths.join(", "));
        part.refuse(&at, codes::ADOPTION, text, "write what it is, or `lifecycle: { adopt: true }` beside its name");
    }
}

/// Packages go when nobody needs them any more: behind every change of a user's package.
fn reduce_last(part: &mut PartBuilder<'_>) {
    let frees = |step: &super::value::Step| {
        step.object.kind() == Kind::User
            && (step.action == Action::Delete || step.fields.iter().any(|change| change.path.as_str() == "package"))
    };
    let before: Vec<StepId> = part.steps.iter().filter(|step| frees(step)).map(|step| step.id.clone()).collect();
    for step in &mut part.steps {
        if step.object.kind() == Kind::Customer && step.id == StepId::new(&step.object, "reduce") {
            step.needs.extend(before.iter().cloned());
        }
    }
}

/// Says which subscribers no manifest describes; they are never touched (R3).
fn note_unlisted(part: &mut PartBuilder<'_>, name: &Name, below: &customer::Below<'_>) {
    const SHOWN: usize = 10;
    let unlisted: BTreeSet<&str> = below
        .subscribers
        .iter()
        .filter(|subscriber| {
            let at = Address::User(name.clone(), subscriber.email.clone());
            !part.world.is_described(&at) && !part.world.ledger.records.contains_key(&at)
        })
        .map(|subscriber| subscriber.email.as_str())
        .collect();
    part.unlisted = unlisted.len();
    if unlisted.is_empty() {
        return;
    }
    let more = unlisted.len().saturating_sub(SHOWN);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    let shown = unlisted.iter().copied().take(SHOWN).collect::<Vec<_>>().join(", ");
    let at = Address::Customer(name.clone());
    let text = format!("{} subscriber(s) are in no manifest and are left alone: {shown}{rest}", unlisted.len());
    part.note(&at, codes::UNMANAGED, text);
}

fn remove_templates(
    part: &mut PartBuilder<'_>,
    others: &[PartBuilder<'_>],
    observed: &Observed,
    options: &Options<'_>,
) {
    if options.only.is_some() && options.watched.is_none() {
        return;
    }
    let world = part.world;
    let customers: Vec<StepId> = others
        .iter()
        .flat_map(|part| &part.steps)
        .filter(|step| step.object.kind() == Kind::Customer && step.action == Action::Delete)
        .map(|step| step.id.clone())
        .collect();
    for (at, record) in &world.ledger.records {
        let elsewhere = options.watched.is_some_and(|watched| !watched.contains(at));
        if at.kind() != Kind::Template || world.is_described(at) || elsewhere {
            continue;
        }
        if record.lifecycle.protect {
            let text = format!("`{at}` is protected (`lifecycle.protect`), and would be removed");
            part.refuse(at, codes::PROTECTED, text, "apply `protect: false` first, then remove it");
        } else if world.destroy || world.desired.removals.contains_key(at) {
            template::remove(part, at, record, observed, customers.clone());
        } else {
            let text = format!("`{at}` is no longer in the manifests, and no document says that it may go");
            let fix = format!(
                "bring it back, or write `{{ apiVersion: hubform/v1, kind: Removed, object: {at}, reason: … }}`"
            );
            part.refuse(at, codes::VANISHED, text, fix);
        }
    }
}

/// Notes removals that have been carried out, so that their documents can go (R19).
fn already_removed(part: &mut PartBuilder<'_>) {
    let world = part.world;
    let done: Vec<&Address> =
        world.desired.removals.keys().filter(|at| !world.ledger.records.contains_key(*at)).collect();
    for at in done {
        part.note(at, codes::ALREADY_REMOVED, "the removal has been carried out; its document may go");
    }
}

fn assemble(parts: Vec<PartBuilder<'_>>, is_new: bool, options: &Options<'_>) -> Plan {
    let mut notes: Vec<Note> = Vec::new();
    let mut done: Vec<Part> = Vec::new();
    let unlisted = parts.iter().map(|part| part.unlisted).sum();
    let known_templates = templates_known(&parts);
    for mut part in parts {
        part.steps = order::sort(std::mem::take(&mut part.steps));
        if part.customer.is_some() {
            for (at, ids) in &known_templates {
                if part.known.contains_key(at) || part.steps.iter().any(|step| needs_template(step, at)) {
                    part.known.insert(at.clone(), ids.clone());
                }
            }
        }
        let (part, said) = part.finish(|part| digests(part, options.watched));
        notes.extend(said);
        // Even with nothing left to do, an approved part is told what is watched.
        let is_watched = options.watched.is_some() && !part.objects.is_empty();
        let says_nothing = part.steps.is_empty() && part.waits.is_empty() && part.refusals.is_empty();
        let is_empty = says_nothing && part.catch_up.is_empty() && part.settled.is_empty();
        if is_watched || !is_empty {
            done.push(part);
        }
    }
    notes.extend(is_new.then(|| note_new_ledger(&done, unlisted)).flatten());
    notes.sort();
    notes.dedup();
    let summary = Summary::of(done.iter().flat_map(|part| &part.steps));
    Plan { format: Plan::FORMAT, target: options.target.to_string(), parts: done, notes, summary }
}

/// A ledger that is new and finds things has probably been lost: says what it cannot know (R17).
fn note_new_ledger(parts: &[Part], unlisted: usize) -> Option<Note> {
    let adopted = parts.iter().flat_map(|part| &part.steps).filter(|step| step.reason == Reason::Found).count();
    (adopted > 0).then(|| Note {
        object: None,
        code: codes::NEW_LEDGER.0.to_owned(),
        text: format!(
            "the ledger is new and {adopted} object(s) exist already: removals since the last run cannot be seen, and \
             {unlisted} subscriber(s) are in no manifest"
        ),
    })
}

fn needs_template(step: &super::value::Step, template: &Address) -> bool {
    matches!(&step.operation, Operation::CreateCustomer { customer, headquarters: _ }
        if customer.template.as_str() == template.last())
}

/// Returns the ids of the templates that are there already.
fn templates_known(parts: &[PartBuilder<'_>]) -> BTreeMap<Address, crate::model::RemoteIds> {
    parts
        .iter()
        .filter(|part| part.customer.is_none())
        .flat_map(|part| part.known.iter().map(|(at, ids)| (at.clone(), ids.clone())))
        .collect()
}

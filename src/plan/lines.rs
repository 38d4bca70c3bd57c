//! Numbers and extensions that change hands in one plan: whoever gives a value up goes first; a circle is
//! broken by parking (R10, R11).

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use crate::model::{Address, Extension, Name, ObservedPerson, RemoteIds, Value, codes, is_emergency_anywhere};

use super::{
    compare::created,
    operation::{Edit, Operation},
    part::{NewStep, PartBuilder},
    user,
    value::{Action, Consequence, FieldChange, Reason, Step, StepId},
};

/// Something that one holder at a time can have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Holding {
    /// An extension within a customer.
    Extension(Name, String),
    /// A phone number as somebody's line.
    Line(String),
    /// A phone number in a location's inventory.
    Inventory(String),
    /// The partner's own key of a customer.
    ExternalId(String),
}

impl fmt::Display for Holding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Extension(_, extension) => write!(f, "extension {extension}"),
            Self::Line(number) | Self::Inventory(number) => write!(f, "number {number}"),
            Self::ExternalId(id) => write!(f, "key {id}"),
        }
    }
}

/// Where a step is: the index of its part, and its id.
type Place = (usize, StepId);

/// Returns what a step's object holds before the step and what it holds after, as far as the step changes it.
fn holdings(step: &Step) -> Vec<(Option<Holding>, Option<Holding>)> {
    let text = |value: &Option<Value>| match value {
        Some(Value::Text(text)) => Some(text.clone()),
        Some(Value::Flag(_) | Value::Number(_)) | None => None,
    };
    let Some(customer) = step.object.customer() else { return Vec::new() };
    step.fields
        .iter()
        .filter(|change| change.before != change.after)
        .filter_map(|change| {
            let make: &dyn Fn(String) -> Holding = match (&step.object, change.path.base()) {
                (Address::User(..), "extension") => &|value| Holding::Extension(customer.clone(), value),
                (Address::User(..), "phoneNumber") => &Holding::Line,
                (Address::Location(..), "numbers") => &Holding::Inventory,
                (Address::Customer(_), "externalId") => &Holding::ExternalId,
                _ => return None,
            };
            Some((text(&change.before).map(make), text(&change.after).map(make)))
        })
        .collect()
}

/// Orders the steps that pass numbers and extensions on, and parks what goes round in a circle.
pub(super) fn link(parts: &mut [PartBuilder<'_>]) {
    let mut free = FreeExtensions::default();
    release_of_removed(parts, &mut free);
    let mut givers: BTreeMap<Holding, Place> = BTreeMap::new();
    let mut adders: BTreeMap<String, Place> = BTreeMap::new();
    for (index, part) in parts.iter().enumerate() {
        for step in &part.steps {
            let place = || (index, step.id.clone());
            for holding in holdings(step).into_iter().filter_map(|(before, _)| before) {
                // The first step that lets go counts: a release comes before what else the object goes through.
                givers.entry(holding).or_insert_with(place);
            }
            if let Operation::AddNumbers { numbers } = &step.operation {
                adders.extend(numbers.iter().map(|number| (number.to_string(), place())));
            }
            if let (Operation::DisableCalling { display_name: _ }, Some(RemoteIds::Location { id })) =
                (&step.operation, part.known.get(&step.object))
            {
                // Whatever the location still holds is free from then on, its main number too.
                let calling = part.index.location(id).and_then(|(_, location)| location.calling.as_ref());
                for number in calling.into_iter().flat_map(|calling| &calling.numbers) {
                    givers.entry(Holding::Inventory(number.to_string())).or_insert_with(place);
                }
            }
        }
    }
    let mut takers: BTreeMap<Holding, Vec<StepId>> = BTreeMap::new();
    for part in parts.iter_mut() {
        for step in &mut part.steps {
            let removed = step.operation.numbers_removed().iter().map(|number| Holding::Line(number.to_string()));
            let taken: Vec<Holding> =
                holdings(step).into_iter().filter_map(|(_, after)| after).chain(removed).collect();
            let is_removal = !step.operation.numbers_removed().is_empty();
            for holding in taken {
                need(step, givers.get(&holding));
                if let (Holding::Line(number), false) = (&holding, is_removal) {
                    need(step, adders.get(number));
                }
                takers.entry(holding).or_default().push(step.id.clone());
            }
        }
    }
    break_circles(parts, &takers, &mut free);
    refuse_taken(parts, &givers);
}

/// Parks in every circle, and refuses those that cannot be parked in.
fn break_circles(parts: &mut [PartBuilder<'_>], takers: &BTreeMap<Holding, Vec<StepId>>, free: &mut FreeExtensions) {
    let mut parked: BTreeSet<Address> = BTreeSet::new();
    let mut within: Option<BTreeSet<StepId>> = None;
    loop {
        let (circles, left) = find_circles(parts, within.as_ref());
        if circles.is_empty() {
            return;
        }
        let index = positions(parts);
        for circle in circles {
            if park(parts, &circle, &index, takers, &mut parked, free) {
                continue;
            }
            let steps: Vec<&str> = circle.iter().map(|(_, id)| id.as_str()).collect();
            let text = format!("these steps need each other: {}", steps.join(" → "));
            for part in circle.iter().map(|(index, _)| *index).collect::<BTreeSet<_>>() {
                let Some(part) = parts.get_mut(part) else { continue };
                if let Some(at) = part.customer.clone().map(Address::Customer) {
                    let fix = "make the change in two steps: first to a free value, then on";
                    part.refuse(&at, codes::EXCHANGE, &text, fix);
                }
            }
            // Nothing of a refused part runs, so their order no longer counts.
            for (_, id) in &circle {
                if let Some(step) = step_at(parts, &index, id) {
                    step.needs.retain(|need| circle.iter().all(|(_, other)| other != need));
                }
            }
        }
        within = Some(left);
    }
}

/// Returns where each step stands; steps are only ever added behind the others.
fn positions(parts: &[PartBuilder<'_>]) -> BTreeMap<StepId, (usize, usize)> {
    let steps = parts.iter().enumerate().flat_map(|(part, builder)| {
        builder.steps.iter().enumerate().map(move |(at, step)| (step.id.clone(), (part, at)))
    });
    steps.collect()
}

fn step_at<'p>(
    parts: &'p mut [PartBuilder<'_>],
    index: &BTreeMap<StepId, (usize, usize)>,
    id: &StepId,
) -> Option<&'p mut Step> {
    let (part, at) = index.get(id)?;
    parts.get_mut(*part)?.steps.get_mut(*at)
}

fn need(step: &mut Step, giver: Option<&Place>) {
    if let Some((_, id)) = giver
        && *id != step.id
        && !step.needs.contains(id)
    {
        step.needs.push(id.clone());
    }
}

/// Unmapping frees nothing: where a removed user's line goes to somebody else, or its number leaves the location,
/// the line is taken from the person first (R10). All others are told to keep theirs.
fn release_of_removed(parts: &mut [PartBuilder<'_>], free: &mut FreeExtensions) {
    let mut wanted: BTreeSet<Holding> = BTreeSet::new();
    for step in parts.iter().flat_map(|part| &part.steps) {
        wanted.extend(holdings(step).into_iter().filter_map(|(_, after)| after));
        wanted.extend(step.operation.numbers_removed().iter().map(|number| Holding::Line(number.to_string())));
    }
    for part in parts {
        let Some(customer) = part.customer.clone() else { continue };
        let removed: Vec<(Address, usize)> = part
            .steps
            .iter()
            .enumerate()
            .filter(|(_, step)| matches!(step.operation, Operation::DeleteSubscriber))
            .map(|(position, step)| (step.object.clone(), position))
            .collect();
        for (at, deletion) in removed {
            let Some(person) = person_of(part, &at) else { continue };
            let number = person.phone_number.as_ref().map(ToString::to_string);
            let extension = person.extension.as_ref().map(ToString::to_string);
            let number_goes = number.as_ref().is_some_and(|number| wanted.contains(&Holding::Line(number.clone())));
            let extension_goes = extension
                .as_ref()
                .is_some_and(|extension| wanted.contains(&Holding::Extension(customer.clone(), extension.clone())));
            let kept_number = number.as_deref().filter(|_| !number_goes);
            let kept_extension = extension.as_deref().filter(|_| !extension_goes);
            user::note_kept_line(part, &at, kept_number, kept_extension);
            if number_goes || extension_goes {
                let needs = part.steps.get(deletion).map(|step| step.needs.clone()).unwrap_or_default();
                let line = Line { number, number_goes, extension, extension_goes };
                let release = free_line(part, &at, &customer, line, free, ("release", Reason::Removed, needs));
                if let (Some(release), Some(step)) = (release, part.steps.get_mut(deletion)) {
                    step.needs.push(release);
                } else {
                    let text = "the user's line goes to somebody else, and no extension is free to park in its place";
                    part.refuse(
                        &at,
                        codes::EXCHANGE,
                        text,
                        "make the change in two steps: first to a free value, then on",
                    );
                }
            }
        }
    }
}

/// What a person holds, and what of it goes.
struct Line {
    number: Option<String>,
    number_goes: bool,
    extension: Option<String>,
    extension_goes: bool,
}

/// Adds the step that takes a number or an extension from a person; an extension is parked, since a calling
/// user keeps at least one of the two. Nothing if there is no extension to park at.
fn free_line(
    part: &mut PartBuilder<'_>,
    at: &Address,
    customer: &Name,
    Line { number, number_goes, extension, extension_goes }: Line,
    free: &mut FreeExtensions,
    (word, reason, needs): (&'static str, Reason, Vec<StepId>),
) -> Option<StepId> {
    let mut fields = Vec::new();
    let mut edit = Edit::Keep;
    if extension_goes || extension.is_none() {
        let length = extension.as_ref().map_or(4, String::len);
        let parked = free.take(part, customer, length)?;
        fields.push(FieldChange {
            before: extension.map(Value::Text),
            ..created("extension".into(), Value::text(parked.as_str()))
        });
        edit = Edit::Set(parked);
    }
    if number_goes {
        fields.push(FieldChange {
            before: number.map(Value::Text),
            after: None,
            ..created("phoneNumber".into(), Value::text(""))
        });
    }
    let operation = Operation::UpdatePerson {
        first_name: None,
        last_name: None,
        phone_number: if number_goes { Edit::Clear } else { Edit::Keep },
        extension: edit,
    };
    let step = NewStep::new(at, word, Action::Update, reason, operation).fields(fields).needs(needs);
    Some(part.push(step.means(Consequence::LosesCalling)))
}

/// Hands out extensions that nobody has, wants or had, from the highest down (R11).
#[derive(Debug, Default)]
struct FreeExtensions {
    used: BTreeMap<Name, BTreeSet<String>>,
    /// Below which candidate to go on looking, by customer and length.
    below: BTreeMap<(Name, usize), u64>,
}

impl FreeExtensions {
    fn take(&mut self, part: &PartBuilder<'_>, customer: &Name, length: usize) -> Option<Extension> {
        let used = self.used.entry(customer.clone()).or_insert_with(|| in_use(part, customer));
        let all = 10_u64.checked_pow(u32::try_from(length).ok()?)?;
        let below = self.below.entry((customer.clone(), length)).or_insert(all);
        while *below > 0 {
            *below -= 1;
            let text = format!("{below:0length$}");
            if !is_emergency_anywhere(&text) && !used.contains(&text) {
                return text.parse().ok();
            }
        }
        None
    }
}

fn in_use(part: &PartBuilder<'_>, customer: &Name) -> BTreeSet<String> {
    let world = part.world;
    let mut used: BTreeSet<String> = world
        .desired
        .users(customer)
        .filter_map(|(_, _, user)| user.extension.as_ref().map(ToString::to_string))
        .collect();
    let people = part.organization.into_iter().flat_map(|organization| organization.people.values());
    used.extend(people.filter_map(|person| person.extension.as_ref().map(ToString::to_string)));
    used.extend(
        world.ledger.users(customer).filter_map(|(_, record)| record.applied.text("extension").map(str::to_owned)),
    );
    used
}

fn person_of<'a>(part: &PartBuilder<'a>, at: &Address) -> Option<&'a ObservedPerson> {
    let by_id = match part.known.get(at) {
        Some(RemoteIds::User { id: _, person_id: Some(id) }) => part.index.person(id),
        _ => None,
    };
    let by_email = || match at {
        Address::User(_, email) => part.index.person_of(email),
        Address::Template(_) | Address::Customer(_) | Address::Location(..) => None,
    };
    by_id.or_else(by_email).map(|(_, person)| person)
}

/// Finds steps that need each other in a circle, the same ones for the same plan and none twice; and every step
/// that is in a circle or behind one. Only steps of `within` count, if it is there.
fn find_circles(parts: &[PartBuilder<'_>], within: Option<&BTreeSet<StepId>>) -> (Vec<Vec<Place>>, BTreeSet<StepId>) {
    let mut needs: BTreeMap<&StepId, (usize, &[StepId])> = BTreeMap::new();
    for (index, part) in parts.iter().enumerate() {
        for step in part.steps.iter().filter(|step| within.is_none_or(|within| within.contains(&step.id))) {
            needs.insert(&step.id, (index, &step.needs));
        }
    }
    // What can run is taken away again and again; what remains is in a circle or behind one.
    let mut waiting_for: BTreeMap<&StepId, usize> = BTreeMap::new();
    let mut behind: BTreeMap<&StepId, Vec<&StepId>> = BTreeMap::new();
    for (&id, (_, before)) in &needs {
        let before: Vec<&StepId> = before.iter().filter(|need| needs.contains_key(*need)).collect();
        waiting_for.insert(id, before.len());
        for need in before {
            behind.entry(need).or_default().push(id);
        }
    }
    let mut ready: Vec<&StepId> = waiting_for.iter().filter(|(_, count)| **count == 0).map(|(id, _)| *id).collect();
    let mut left: BTreeSet<&StepId> = needs.keys().copied().collect();
    while let Some(id) = ready.pop() {
        left.remove(id);
        for next in behind.get(id).into_iter().flatten() {
            if let Some(count) = waiting_for.get_mut(next) {
                *count -= 1;
                if *count == 0 {
                    ready.push(next);
                }
            }
        }
    }
    let mut circles = Vec::new();
    let mut walked: BTreeMap<&StepId, &StepId> = BTreeMap::new();
    for &start in &left {
        let mut way: Vec<&StepId> = Vec::new();
        let mut next = Some(start);
        while let Some(at) = next {
            if let Some(walk) = walked.get(at) {
                // A way that this walk went is a circle; one that another went leads to a circle that is known.
                if *walk == start
                    && let Some(begin) = way.iter().position(|id| *id == at)
                {
                    let place = |id: &StepId| (needs.get(id).map_or(0, |(index, _)| *index), id.clone());
                    circles.push(way.split_off(begin).into_iter().map(place).collect());
                }
                break;
            }
            walked.insert(at, start);
            way.push(at);
            // Everything that remains needs something that remains.
            next = needs.get(at).and_then(|(_, before)| before.iter().find(|need| left.contains(need)));
        }
    }
    (circles, left.into_iter().cloned().collect())
}

/// Breaks a circle: one of its users lets go first, by a step of its own. Returns false if none can.
fn park(
    parts: &mut [PartBuilder<'_>],
    circle: &[Place],
    index: &BTreeMap<StepId, (usize, usize)>,
    takers: &BTreeMap<Holding, Vec<StepId>>,
    parked: &mut BTreeSet<Address>,
    free: &mut FreeExtensions,
) -> bool {
    let mut chosen: Option<(usize, Step)> = None;
    for (part, id) in circle {
        let Some(step) = step_at(parts, index, id) else { continue };
        let lets_go = holdings(step).iter().any(|(before, _)| before.is_some());
        let changes_line = matches!(
            step.operation,
            Operation::UpdatePerson { .. } | Operation::MoveUser { .. } | Operation::UpdateSubscriber { .. }
        );
        let first = chosen.as_ref().is_none_or(|(_, other)| step.id < other.id);
        if lets_go && changes_line && first && !parked.contains(&step.object) {
            chosen = Some((*part, step.clone()));
        }
    }
    let Some((part, step)) = chosen else { return false };
    let given: Vec<Holding> = holdings(&step).into_iter().filter_map(|(before, _)| before).collect();
    let Some(part) = parts.get_mut(part) else { return false };
    let (Some(customer), Some(person)) = (part.customer.clone(), person_of(part, &step.object)) else { return false };
    let line = Line {
        number: person.phone_number.as_ref().map(ToString::to_string),
        number_goes: given.iter().any(|holding| matches!(holding, Holding::Line(_))),
        extension: person.extension.as_ref().map(ToString::to_string),
        extension_goes: given.iter().any(|holding| matches!(holding, Holding::Extension(..))),
    };
    // What the whole customer waits for, and that the user is known at all.
    let adopt = StepId::new(&step.object, "adopt");
    let needs = step.needs.iter().filter(|need| **need == adopt || need.as_str().starts_with("customer/"));
    let needs = needs.cloned().collect();
    let Some(first) = free_line(part, &step.object, &customer, line, free, ("park", step.reason, needs)) else {
        return false;
    };
    parked.insert(step.object.clone());
    for taker in given.iter().filter_map(|holding| takers.get(holding)).flatten().filter(|id| **id != step.id) {
        if let Some(other) = step_at(parts, index, taker) {
            other.needs.retain(|need| *need != step.id);
            other.needs.push(first.clone());
        }
    }
    if let Some(step) = step_at(parts, index, &step.id) {
        step.needs.push(first);
    }
    true
}

/// Refuses a plan that gives somebody a line which a person holds who does not let go in this plan.
fn refuse_taken(parts: &mut [PartBuilder<'_>], givers: &BTreeMap<Holding, Place>) {
    let mut early: BTreeMap<StepId, String> = BTreeMap::new();
    for part in parts.iter_mut() {
        let Some(organization) = part.organization else { continue };
        let mut lines: BTreeMap<Holding, &ObservedPerson> = BTreeMap::new();
        let Some(customer) = part.customer.clone() else { continue };
        for person in organization.people.values() {
            if let Some(number) = &person.phone_number {
                lines.insert(Holding::Line(number.to_string()), person);
            }
            if let Some(extension) = &person.extension {
                lines.insert(Holding::Extension(customer.clone(), extension.to_string()), person);
            }
        }
        let mut taken: Vec<(Address, String)> = Vec::new();
        let mut looked: Vec<(Address, String, String)> = Vec::new();
        for step in &part.steps {
            let removed = step.operation.numbers_removed().iter().map(|number| Holding::Line(number.to_string()));
            let wanted = holdings(step).into_iter().filter_map(|(_, after)| after).chain(removed);
            for holding in wanted {
                if matches!(holding, Holding::Line(_) | Holding::Extension(..)) {
                    let held_by = lines.get(&holding).and_then(|holder| holder.emails.first());
                    let held_by = held_by.map_or_else(String::new, ToString::to_string);
                    looked.push((step.object.clone(), format!("who holds {holding}"), held_by));
                }
                let Some(holder) = lines.get(&holding) else { continue };
                let own = match &step.object {
                    Address::User(_, email) => holder.emails.contains(email),
                    Address::Template(_) | Address::Customer(_) | Address::Location(..) => false,
                };
                if own || givers.contains_key(&holding) {
                    continue;
                }
                let who = holder.emails.first().map_or("somebody", crate::model::Email::as_str);
                let held = &part.world.journal.held;
                if holder.emails.iter().any(|it| held.contains_key(&Address::User(customer.clone(), it.clone()))) {
                    let text = format!("the {holding} is held by `{who}`, of whom it is not known yet what becomes");
                    early.insert(step.id.clone(), text);
                    continue;
                }
                taken.push((
                    step.object.clone(),
                    format!("the {holding} is held by `{who}`, who does not give it up in this plan"),
                ));
            }
        }
        for (at, what, held_by) in looked {
            part.looks.guard(&at, what, Value::Text(held_by));
        }
        for (at, text) in taken {
            part.refuse(
                &at,
                codes::LINE_TAKEN,
                text,
                "take it away in Control Hub, describe that user with another line, or choose another value",
            );
        }
    }
    if !early.is_empty() {
        postpone(parts, early);
    }
}

/// Takes steps out that come too early, and all that need them: their objects wait.
fn postpone(parts: &mut [PartBuilder<'_>], mut early: BTreeMap<StepId, String>) {
    loop {
        let steps = parts.iter().flat_map(|part| &part.steps).filter(|step| !early.contains_key(&step.id));
        let behind = steps.filter_map(|step| {
            let need = step.needs.iter().find(|need| early.contains_key(*need))?;
            Some((step.id.clone(), format!("`{need}` comes first, and waits")))
        });
        let behind: Vec<(StepId, String)> = behind.collect();
        if behind.is_empty() {
            break;
        }
        early.extend(behind);
    }
    for part in parts {
        let mut told: BTreeMap<Address, String> = BTreeMap::new();
        part.steps.retain(|step| match early.get(&step.id) {
            Some(text) => {
                told.entry(step.object.clone()).or_insert_with(|| text.clone());
                false
            }
            None => true,
        });
        for (at, text) in told {
            let action = "run `hubform apply` again once that is known".to_owned();
            part.wait(&at, codes::UNSETTLED, (text, "the service", action), None);
        }
    }
}

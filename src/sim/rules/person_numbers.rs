//! The numbers of a person: the direct one, and alternate ones beside it.

use super::lines::{self, Owner};
use super::orgs;
use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context};
use crate::sim::id::{IdKind, Uuid};
use crate::sim::reference;
use crate::sim::reply::{Done, Found};
use crate::sim::state::{AlternateNumber, Alternates, Person, RingPattern, State};
use crate::sim::wire::number::{
    AlternateAction, AlternateNumberChange, AlternateNumbersChange, PersonNumber, PersonNumbers,
};

/// The most alternate numbers of one person.
const MOST_ALTERNATES: usize = 10;

/// Finds the calling user that a path names, and where they are.
fn find<'a>(state: &'a State, cx: &Context<'_>, call: &Call) -> Result<(Uuid, &'a Person, Uuid), Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let id = call.id();
    let key = IdKind::People.decode(id).or_else(|| id.parse().ok());
    key.and_then(|key| Some((key, state.people.get(&key)?)))
        .filter(|(_, person)| person.org == org)
        .and_then(|(key, person)| Some((key, person, person.location?)))
        .ok_or_else(|| Refusal::not_found("calling user", id))
}

/// Lists the numbers of a person, in national form unless E.164 is asked for.
pub(crate) fn get(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<PersonNumbers>, Refusal> {
    let e164 = call.flag("preferE164Format")?.unwrap_or(false);
    let (_, person, location) = find(state, cx, call)?;
    let calling = state.locations.get(&location).and_then(|found| found.calling.as_ref());
    let prefix = calling.and_then(|calling| calling.routing_prefix.as_deref());
    let show = |primary, number: Option<&String>, extension: Option<&String>, ring_pattern| {
        let national = |number: &String| number.strip_prefix("+1").unwrap_or(number).to_owned();
        PersonNumber {
            primary,
            direct_number: number.map(|number| if e164 { number.clone() } else { national(number) }),
            extension: extension.cloned(),
            routing_prefix: prefix.filter(|_| extension.is_some()).map(str::to_owned),
            esn: extension.map(|extension| format!("{}{extension}", prefix.unwrap_or_default())),
            ring_pattern,
        }
    };
    let first = show(true, person.number.as_ref(), person.extension.as_ref(), RingPattern::Normal);
    let others = person.alternates.numbers.iter();
    let others = others.map(|other| show(false, Some(&other.number), other.extension.as_ref(), other.ring));
    Ok(Found::new(PersonNumbers {
        distinctive_ring_enabled: person.alternates.distinctive_ring,
        phone_numbers: std::iter::once(first).chain(others).collect(),
    }))
}

/// Gives alternate numbers to a person, or takes them.
pub(crate) fn update(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    change: AlternateNumbersChange,
) -> Result<Done, Refusal> {
    let (key, person, location) = find(state, cx, call)?;
    let AlternateNumbersChange { distinctive_ring_enabled, enable_distinctive_ring_pattern, phone_numbers } = change;
    let ring = match (distinctive_ring_enabled, enable_distinctive_ring_pattern) {
        (Some(one), Some(other)) if one != other => {
            let text = "`distinctiveRingEnabled` and `enableDistinctiveRingPattern` say different things";
            return Err(Refusal::bad(Code::None, text));
        }
        (one, other) => one.or(other),
    };
    let mut new = person.alternates.clone();
    new.distinctive_ring = ring.unwrap_or(new.distinctive_ring);
    for change in phone_numbers {
        if change.primary {
            let text = "`primary` is true; the primary number of a person is set through `/people`";
            return Err(Refusal::bad(Code::None, text));
        }
        let number = reference::e164(&change.direct_number).ok_or_else(|| {
            Refusal::bad(Code::None, format!("`{}` is neither an E.164 nor a national number", change.direct_number))
        })?;
        match change.action {
            AlternateAction::Add => {
                let added = added(state, cx, &new, (key, person, location), number, change)?;
                new.numbers.push(added);
            }
            AlternateAction::Delete => {
                let position = new.numbers.iter().position(|found| found.number == number);
                let position = position.ok_or_else(|| {
                    Refusal::bad(Code::None, format!("`{number}` is not an alternate number of the person"))
                })?;
                new.numbers.remove(position);
            }
        }
    }
    if new.numbers.len() > MOST_ALTERNATES {
        return Err(Refusal::bad(Code::None, format!("a person has at most {MOST_ALTERNATES} alternate numbers")));
    }
    state.people.edit(&key, |person| {
        person.alternates = new;
        person.modified = cx.now;
    });
    Ok(Done::new())
}

/// Returns the alternate number that a person gets, beside those of `new`.
fn added(
    state: &State,
    cx: &Context<'_>,
    new: &Alternates,
    (key, person, location): (Uuid, &Person, Uuid),
    number: String,
    change: AlternateNumberChange,
) -> Result<AlternateNumber, Refusal> {
    let freed = person.alternates.find(&number).is_some() && new.find(&number).is_none();
    // One that the same request has taken from the person may come back.
    if new.find(&number).is_some() {
        return Err(Refusal::bad(8361, format!("number `{number}` is an alternate number of the person already")));
    }
    if !freed {
        lines::check_number(state, location, &number, Owner::default())?;
    }
    let extension = change.extension.map(String::from);
    if let Some(extension) = &extension {
        let own = Owner { person: Some(key), subscriber: None };
        let twice = person.extension.as_ref() == Some(extension)
            || new.numbers.iter().any(|other| other.extension.as_ref() == Some(extension));
        if twice {
            return Err(Refusal::bad(9495, format!("[Error 9495] The extension is not available: {extension}")));
        }
        lines::check_extension(state, cx, person.org, location, extension, own)?;
    }
    Ok(AlternateNumber { number, extension, ring: change.ring_pattern.unwrap_or_default() })
}

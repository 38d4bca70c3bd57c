//! `/people`

use super::{person_request, person_view, roles};
use crate::sim::answer::Refusal;
use crate::sim::call::{Call, Context};
use crate::sim::id::{IdKind, Uuid};
use crate::sim::reference::FULL_ADMIN;
use crate::sim::reply::{Done, Either, Found};
use crate::sim::state::{Person, State, Subscriber};
use crate::sim::wire::person::{Person as Shown, PersonChange, PersonRequest};
use person_view::find;

pub(crate) use person_view::list;

pub(crate) fn get(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<Shown>, Refusal> {
    let calling_data = call.flag("callingData")?.unwrap_or(false);
    let (key, person) = find(state, cx, call.id())?;
    Ok(Found::new(person_view::show(state, cx, key, person, calling_data)))
}

pub(crate) fn me(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<Shown>, Refusal> {
    let calling_data = call.flag("callingData")?.unwrap_or(false);
    let key = cx.caller.person;
    let person = state.people.get(&key).ok_or_else(|| Refusal::not_found("person", "me"))?;
    Ok(Found::new(person_view::show(state, cx, key, person, calling_data)))
}

/// How much of a person the answer to a change has.
#[derive(Clone, Copy)]
struct Wanted {
    calling_data: bool,
    minimal: bool,
}

impl Wanted {
    fn by(call: &Call) -> Result<Self, Refusal> {
        let calling_data = call.flag("callingData")?.unwrap_or(false);
        let minimal = call.flag("minResponse")?.unwrap_or(false);
        Ok(Self { calling_data, minimal })
    }

    fn show(self, state: &State, cx: &Context<'_>, key: Uuid) -> Found<Shown> {
        Found::new(match state.people.get(&key) {
            Some(person) if !self.minimal => person_view::show(state, cx, key, person, self.calling_data),
            Some(_) | None => Shown { id: IdKind::People.encode(key), ..Shown::default() },
        })
    }
}

pub(crate) fn create(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: PersonRequest,
) -> Result<Found<Shown>, Refusal> {
    let wanted = Wanted::by(call)?;
    let person = person_request::read_new(state, cx, asked)?;
    let key = state.next_id();
    state.people.insert(key, person);
    Ok(wanted.show(state, cx, key))
}

/// Replaces the attributes that are sent, and leaves the others: the documents say that a PUT replaces everything,
/// a live test says that it does not.
pub(crate) fn update(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: PersonChange,
) -> Result<Either<Found<Shown>, Done>, Refusal> {
    let all_types = call.flag("showAllTypes")?.unwrap_or(false);
    let wanted = Wanted::by(call)?;
    let (key, old) = find(state, cx, call.id())?;
    let new = person_request::read_change(state, cx, key, old, asked, all_types)?;
    state.people.insert(key, new);
    if wanted.minimal && cx.config.empty_min_response {
        return Ok(Either::That(Done::new()));
    }
    Ok(Either::This(wanted.show(state, cx, key)))
}

/// Deletes a person: their line and e-mail are free again.
pub(crate) fn delete(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Done, Refusal> {
    let (key, person) = find(state, cx, call.id())?;
    check_deletion(state, cx, key, person)?;
    state.people.remove(&key);
    Ok(Done::new())
}

pub(super) fn check_deletion(state: &State, cx: &Context<'_>, key: Uuid, person: &Person) -> Result<(), Refusal> {
    if key == cx.caller.person || person.is_machine {
        return Err(Refusal::forbidden("neither the caller nor the account of a service app can be deleted"));
    }
    if state.subscribers.first(&Subscriber::of_person(key)).is_some() {
        return Err(Refusal::conflict("the person is a wholesale subscriber; delete that first"));
    }
    if person.roles.contains(FULL_ADMIN) {
        roles::check_last_admin(state, key, person)?;
    }
    Ok(())
}

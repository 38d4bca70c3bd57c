//! The move of people between locations: what is asked, what stands against it, what it does.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::json;

use super::calling;
use super::lines::{self, Owner};
use super::{job_view, jobs, orgs};
use crate::sim::answer::Refusal;
use crate::sim::call::{Call, Context};
use crate::sim::config::Config;
use crate::sim::id::{IdKind, Uuid};
use crate::sim::reference;
use crate::sim::reply::{Created, Either, Found};
use crate::sim::state::{JobError, JobKind, Person, PersonMove, State};
use crate::sim::wire::job::{MoveCheck, MoveNote, MoveOfUser, MoveRequest, MoveStarted, MoveVerdict};

/// The most people in one request.
const MOST_PEOPLE: usize = 100;

/// Refuses in the shape of this endpoint.
fn refuse(code: u32, text: &str) -> Refusal {
    Refusal::own(400, json!({ "error": [{ "code": code, "message": text }] }))
}

/// Reads a request: whether it only asks, and who is to go where.
fn read(state: &State, cx: &Context<'_>, org: Uuid, asked: MoveRequest) -> Result<(bool, Vec<PersonMove>), Refusal> {
    let lists = asked.users_list.unwrap_or_default();
    if lists.is_empty() {
        return Err(refuse(1_026_011, "Users list should not be empty."));
    }
    let mut moves: Vec<PersonMove> = Vec::new();
    let mut asks = BTreeSet::new();
    for list in lists {
        let location = list.location_id;
        let location =
            location.ok_or_else(|| refuse(1_026_021, "Attribute location id is required for Calling user."))?;
        let to = calling::find_in(state, cx, org, &location)?.key;
        let validate = list.validate.ok_or_else(|| refuse(1_026_006, "Attribute 'Validate' is required."))?;
        asks.insert(validate);
        let users = list.users.unwrap_or_default();
        if users.is_empty() {
            return Err(refuse(1_026_012, "Users should not be empty."));
        }
        for user in users {
            moves.push(read_one(state, org, to, validate, user)?);
        }
    }
    let validate = asks.contains(&true);
    if validate && (moves.len() > 1 || asks.len() > 1) {
        return Err(refuse(1_026_020, "Validate 'true' is supported only for single user."));
    }
    let most = if cx.config.many_people_in_a_move.refuses() { 1 } else { MOST_PEOPLE };
    if moves.len() > most {
        return Err(refuse(1_026_018, "Selected Users list exceeds the maximum limit."));
    }
    let people: BTreeSet<Uuid> = moves.iter().map(|wanted| wanted.person).collect();
    if people.len() < moves.len() {
        return Err(refuse(1_026_019, "Duplicate entry for user is not allowed."));
    }
    Ok((validate, moves))
}

fn read_one(state: &State, org: Uuid, to: Uuid, validate: bool, user: MoveOfUser) -> Result<PersonMove, Refusal> {
    let MoveOfUser { user_id, extension, phone_number: number } = user;
    let id = user_id.ok_or_else(|| {
        Refusal::own(400, json!({ "error": [{ "code": "BATCH-400", "message": "Attribute 'User ID' is required." }] }))
    })?;
    let key = IdKind::People.decode(&id).or_else(|| id.parse().ok());
    let found = key.and_then(|key| Some((key, state.people.get(&key)?)));
    let (person, found) =
        found.filter(|(_, found)| found.org == org).ok_or_else(|| refuse(2_150_012, "User was not found"))?;
    let Some(at) = found.location else {
        return Err(if validate {
            refuse(1_026_022, "Validate 'true' is supported for calling users only.")
        } else if number.is_some() || extension.is_some() {
            refuse(1_026_023, "Extension and phone number is supported for calling users only.")
        } else {
            refuse(1_026_010, "User is not a valid Calling User.")
        });
    };
    if at == to {
        return Err(refuse(1_026_013, "The source and the target location cannot be the same."));
    }
    let given = number.as_deref().filter(|number| !number.is_empty());
    if given.is_some_and(|number| !reference::is_e164(number)) {
        return Err(refuse(1_026_017, "Phone number is not in e164 format."));
    }
    let wanted = PersonMove { person, to, number, extension };
    let (number, extension) = line_after(&wanted, found.number.as_ref(), found.extension.as_ref());
    if number.is_none() && extension.is_none() {
        return Err(refuse(1_026_016, "User should have either phone number or extension."));
    }
    Ok(wanted)
}

/// Returns the line that the person would have: absent keeps, empty removes.
fn line_after<'a>(
    wanted: &'a PersonMove,
    number: Option<&'a String>,
    extension: Option<&'a String>,
) -> (Option<&'a String>, Option<&'a String>) {
    let after = |wanted: &'a Option<String>, old: Option<&'a String>| match wanted {
        None => old,
        Some(text) if text.is_empty() => None,
        Some(text) => Some(text),
    };
    (after(&wanted.number, number), after(&wanted.extension, extension))
}

/// Lists what stands against a move.
fn faults(state: &State, config: &Config, org: Uuid, wanted: &PersonMove) -> Vec<(u32, String)> {
    let Some(person) = state.people.get(&wanted.person) else {
        return vec![(4003, "User Not Found".to_owned())];
    };
    let target = state.locations.get(&wanted.to);
    if target.is_none_or(|target| target.calling.is_none()) {
        return vec![(4152, "Location Not Found".to_owned())];
    }
    let mut faults = ties(state, wanted.person, person);
    let owner = Owner { person: Some(wanted.person), subscriber: None };
    let (number, extension) = line_after(wanted, person.number.as_ref(), person.extension.as_ref());
    // Every number that this API can give to a person is of one of these two kinds.
    let unmovable = "Moving On Premises or Non Integrated CCP numbers from one location to another is not supported.";
    match number {
        Some(number) if Some(number) == person.number.as_ref() => faults.push((10_050_010, unmovable.to_owned())),
        Some(number) if lines::check_number(state, wanted.to, number, owner).is_err() => {
            faults.push((27966, format!("The phone number, {number}, is not available in the new group.")));
        }
        Some(_) | None if !person.alternates.numbers.is_empty() => faults.push((10_050_010, unmovable.to_owned())),
        Some(_) | None => {}
    }
    if let Some(extension) = extension {
        if reference::extension_fault(extension).is_some() {
            faults.push((59475, format!("Invalid extension: {extension}")));
        } else if lines::extension_is_taken(state, config, org, wanted.to, extension, owner) {
            let text = "The extension is not available. It is already assigned to a user";
            faults.push((4202, format!("{text} : {extension}")));
        }
    }
    if number.is_none() && extension.is_none() {
        faults.push((1_026_016, "User should have either phone number or extension.".to_owned()));
    }
    faults
}

/// Lists what holds a person where they are.
fn ties(state: &State, key: Uuid, person: &Person) -> Vec<(u32, String)> {
    let location = person.location.and_then(|location| state.locations.get(&location));
    let Some(calling) = location.and_then(|location| location.calling.as_ref()) else {
        return Vec::new();
    };
    let mut ties = Vec::new();
    if let Some(number) = &person.number {
        if calling.main_number.as_ref() == Some(number) {
            let text = "number of the user is the same as the calling line ID of the group.";
            ties.push((19604, format!("The {number} {text}")));
        }
        if calling.charge_number.as_ref() == Some(number) {
            let text = format!("The user's phone number: {number}, is same as the current group charge number.");
            ties.push((27965, text));
        }
    }
    if calling.callback.member == Some(key) {
        ties.push((27968, "User is configured as the ECBN user for the current group.".to_owned()));
    }
    ties
}

/// Lists what a move would bring along.
fn impacts(state: &State, wanted: &PersonMove) -> Vec<MoveNote> {
    let target = state.locations.get(&wanted.to).and_then(|target| target.calling.as_ref());
    let main = target.and_then(|calling| calling.main_number.as_deref());
    let note = |code: u32, text: String| MoveNote { code, message: format!("[Informational {code}] {text}") };
    let shown = main.unwrap_or("null");
    let mut impacts = vec![note(19722, format!("User CLID number is set to use the new group CLID number: {shown}."))];
    if main.is_none() {
        impacts.push(note(19723, "New group CLID number is not configured.".to_owned()));
    }
    impacts
}

/// Moves whom it can; says of the others why not.
pub(super) fn run(
    state: &mut State,
    config: &Config,
    org: Uuid,
    moves: &[PersonMove],
    now: Timestamp,
) -> (usize, Vec<JobError>) {
    let mut done = 0;
    let mut errors = Vec::new();
    for wanted in moves {
        if let Some((code, text)) = faults(state, config, org, wanted).into_iter().next() {
            errors.push(JobError {
                item: Some(wanted.person.to_string()),
                key: "400".to_owned(),
                code: code.to_string(),
                description: format!("[Error {code}] {text}"),
                location: Some(wanted.to),
            });
            continue;
        }
        state.people.edit(&wanted.person, |person| {
            let (number, extension) = line_after(wanted, person.number.as_ref(), person.extension.as_ref());
            let (number, extension) = (number.cloned(), extension.cloned());
            person.location = Some(wanted.to);
            person.number = number;
            person.extension = extension;
            person.modified = now;
        });
        done += 1;
    }
    (done, errors)
}

/// Starts a move of people, or only asks what would come of it.
pub(crate) fn start(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: MoveRequest,
) -> Result<Either<Found<MoveCheck>, Created<MoveStarted>>, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let (validate, wanted) = read(state, cx, org, asked)?;
    if validate {
        let verdict = |wanted: &PersonMove| MoveVerdict {
            user_id: IdKind::People.encode(wanted.person),
            impacts: impacts(state, wanted),
            errors: faults(state, cx.config, org, wanted)
                .into_iter()
                .map(|(code, text)| MoveNote { code, message: format!("[Error {code}] {text}") })
                .collect(),
        };
        return Ok(Either::This(Found::new(MoveCheck { response: wanted.iter().map(verdict).collect() })));
    }
    let job = jobs::start(state, cx, org, JobKind::MovePeople { moves: wanted });
    let response = jobs::show_started(state, job, |id, job| job_view::started_move(cx, id, job))?;
    Ok(Either::That(Created::new(MoveStarted { response })))
}

//! The move of people between locations: what is asked, what stands against it, what it does.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::calling;
use super::lines::{self, Owner};
use super::{jobs, orgs};
use crate::sim::answer::{Answer, Refusal};
use crate::sim::call::{Call, Context, Family, Fields};
use crate::sim::config::Config;
use crate::sim::id::{IdKind, Uuid};
use crate::sim::reference;
use crate::sim::state::{JobError, JobKind, PersonMove, State};
use jiff::Timestamp;

/// The most people in one request.
const MOST_PEOPLE: usize = 100;

/// Refuses in the shape of this endpoint.
fn refuse(code: u32, text: &str) -> Refusal {
    Refusal::own(400, json!({ "error": [{ "code": code, "message": text }] }))
}

/// Reads a request: whether it only asks, and who is to go where.
pub(super) fn read(
    state: &State,
    cx: &Context<'_>,
    org: Uuid,
    call: &Call,
) -> Result<(bool, Vec<PersonMove>), Refusal> {
    let mut body = call.body(Family::Calling)?;
    let lists = body.objects("usersList")?.unwrap_or_default();
    if lists.is_empty() {
        return Err(refuse(1_026_011, "Users list should not be empty."));
    }
    let mut moves: Vec<PersonMove> = Vec::new();
    let mut asks = BTreeSet::new();
    for mut list in lists {
        let location = list
            .filled("locationId")?
            .ok_or_else(|| refuse(1_026_021, "Attribute location id is required for Calling user."))?;
        let to = calling::find_in(state, cx, org, &location)?.key;
        let validate = list.flag("validate")?.ok_or_else(|| refuse(1_026_006, "Attribute 'Validate' is required."))?;
        asks.insert(validate);
        let users = list.objects("users")?.unwrap_or_default();
        if users.is_empty() {
            return Err(refuse(1_026_012, "Users should not be empty."));
        }
        for user in users {
            moves.push(read_one(state, cx, org, to, user)?);
        }
        list.end(cx)?;
    }
    body.end(cx)?;
    let validate = asks.contains(&true);
    if validate && (moves.len() > 1 || asks.len() > 1) {
        return Err(refuse(1_026_020, "Validate 'true' is supported only for single user."));
    }
    if moves.len() > MOST_PEOPLE {
        return Err(refuse(1_026_018, "Selected Users list exceeds the maximum limit."));
    }
    let people: BTreeSet<Uuid> = moves.iter().map(|wanted| wanted.person).collect();
    if people.len() < moves.len() {
        return Err(refuse(1_026_019, "Duplicate entry for user is not allowed."));
    }
    Ok((validate, moves))
}

fn read_one(state: &State, cx: &Context<'_>, org: Uuid, to: Uuid, mut user: Fields<'_>) -> Result<PersonMove, Refusal> {
    let id = user.need("userId")?;
    let number = user.text("phoneNumber")?;
    let extension = user.text("extension")?;
    user.end(cx)?;
    let key = IdKind::People.decode(&id).or_else(|| id.parse().ok());
    let found = key.and_then(|key| Some((key, state.people.get(&key)?)));
    let (person, found) =
        found.filter(|(_, found)| found.org == org).ok_or_else(|| refuse(2_150_012, "User was not found"))?;
    let Some(at) = found.location else {
        return Err(refuse(1_026_010, "User is not a valid Calling User."));
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
pub(super) fn faults(state: &State, config: &Config, org: Uuid, wanted: &PersonMove) -> Vec<(u32, String)> {
    let Some(person) = state.people.get(&wanted.person) else {
        return vec![(4003, "User Not Found".to_owned())];
    };
    let target = state.locations.get(&wanted.to);
    if target.is_none_or(|target| target.calling.is_none()) {
        return vec![(4152, "Location Not Found".to_owned())];
    }
    let mut faults = Vec::new();
    let owner = Owner { person: Some(wanted.person), subscriber: None };
    let (number, extension) = line_after(wanted, person.number.as_ref(), person.extension.as_ref());
    if let Some(number) = number {
        if Some(number) == person.number.as_ref() {
            // Every number that this API can add is of one of these two kinds.
            let text =
                "Moving On Premises or Non Integrated CCP numbers from one location to another is not supported.";
            faults.push((10_050_010, text.to_owned()));
        } else if lines::check_number(state, wanted.to, number, owner).is_err() {
            faults.push((27966, format!("The phone number, {number}, is not available in the new group.")));
        }
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
pub(crate) fn start(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let (validate, wanted) = read(state, cx, org, call)?;
    if validate {
        let response: Vec<Value> = wanted
            .iter()
            .map(|wanted| {
                let errors: Vec<Value> = faults(state, cx.config, org, wanted)
                    .iter()
                    .map(|(code, text)| json!({ "code": code, "message": format!("[Error {code}] {text}") }))
                    .collect();
                json!({ "userId": IdKind::People.encode(wanted.person), "impacts": [], "errors": errors })
            })
            .collect();
        return Ok(Answer::ok(json!({ "response": response })));
    }
    let job = jobs::start(state, cx, org, JobKind::MovePeople { moves: wanted });
    Ok(Answer::created(json!({ "response": jobs::show(state, cx, job, true) })))
}

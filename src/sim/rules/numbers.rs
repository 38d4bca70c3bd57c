//! Phone numbers of calling locations; each exists once in the whole service.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::calling::{self, Site};
use super::{lines, orgs, pstn};
use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context, Family};
use crate::sim::config::AddAgain;
use crate::sim::id::{IdKind, Uuid};
use crate::sim::reference;
use crate::sim::reply::{Done, Empty, Found};
use crate::sim::state::{Mobile, Number, Person, PstnType, State, Work};
use crate::sim::wire::number::{
    Availability, CheckedNumber, NumberAction, NumberActivation, NumberAddition, NumberCheck, NumberCheckRequest,
    NumberOwner, NumberRemoval, NumberState, NumberType, NumberUsage, OwnerType, Verdict,
};
use crate::sim::wire::pstn::PstnService;

/// The most numbers in one DEACTIVATE.
const MOST_DEACTIVATED: usize = 500;
/// The most mobile numbers in one POST.
const MOST_MOBILE: usize = 20;
/// The longest part of a name that lists filter by.
const LONGEST_OWNER_NAME: usize = 255;

/// Shows the person who has a number.
pub(super) fn show_owner(key: Uuid, person: &Person) -> NumberOwner {
    NumberOwner {
        id: IdKind::People.encode(key),
        kind: OwnerType::People,
        first_name: person.first_name.clone(),
        last_name: person.last_name.clone(),
    }
}

/// Reads the filter by owner, in lower case.
pub(super) fn name_filter(call: &Call) -> Result<Option<String>, Refusal> {
    match call.param("ownerName") {
        Some(name) if name.chars().count() > LONGEST_OWNER_NAME => {
            let text = format!("parameter `ownerName` is longer than {LONGEST_OWNER_NAME} characters");
            Err(Family::Calling.out_of_bounds(text))
        }
        name => Ok(name.map(str::to_lowercase)),
    }
}

/// Returns the kind of a location's PSTN, which numbers need.
fn pstn_of(site: &Site<'_>) -> Result<PstnType, Refusal> {
    let text = "PSTN for the location is not configured; numbers need it";
    site.calling.pstn.as_ref().map(|pstn| pstn.kind).ok_or_else(|| Refusal::bad(Code::None, text))
}

/// Refuses a location whose numbers the API must not touch.
fn check_pstn(site: &Site<'_>) -> Result<(), Refusal> {
    if pstn_of(site)?.takes_numbers() {
        return Ok(());
    }
    let text = "numbers of a location with an integrated PSTN connection are never written by this API";
    Err(Refusal::bad(Code::None, text))
}

/// Refuses numbers in the shape that adding uses: a list, with the reason beside each number.
fn refuse_each(faults: &[(&String, u32, &str)]) -> Refusal {
    let errors: Vec<Value> = faults
        .iter()
        .map(|(number, code, text)| {
            json!({
                "number": number,
                "errorType": "ERROR",
                // A text here, as `wxc_sdk` reads it.
                "errorCode": code.to_string(),
                "errorMessage": format!("[Error {code}] {text} : {number}"),
                "errorTitle": text,
            })
        })
        .collect();
    Refusal::own(400, json!([{ "errors": errors }]))
}

/// Adds numbers to a location.
pub(crate) fn add(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: NumberAddition,
) -> Result<Empty<201>, Refusal> {
    let site = calling::find(state, cx, call)?;
    let location = site.key;
    let new = new_number(cx, &site, &asked)?;
    let mut faults = Vec::new();
    let mut listed = BTreeSet::new();
    let mut there = Vec::new();
    for number in asked.phone_numbers.iter() {
        if !reference::is_e164(number) {
            faults.push((number, 8360, "DN is invalid"));
        } else if !listed.insert(number) {
            faults.push((number, 8362, "DN is twice in the list"));
        } else if let Some(known) = state.numbers.get(number) {
            if known.location == location {
                there.push(number.as_str());
            } else {
                faults.push((number, 8361, "DN is unavailable"));
            }
        }
    }
    if !faults.is_empty() {
        return Err(refuse_each(&faults));
    }
    if !there.is_empty() && cx.config.second_number_add == AddAgain::Conflict {
        return Err(Refusal::own(
            409,
            json!({
                "message": format!("number already exists: {}", there.join(", ")),
                "errors": [{ "errorCode": 8363, "description": "[Error 25223] number already exists" }],
                "trackingId": cx.tracking_id,
            }),
        ));
    }
    for number in asked.phone_numbers {
        if !state.numbers.contains_key(&number) {
            state.numbers.insert(number, new.clone());
        }
    }
    Ok(Empty::new())
}

/// Returns what each number of a request becomes.
fn new_number(cx: &Context<'_>, site: &Site<'_>, asked: &NumberAddition) -> Result<Number, Refusal> {
    let kind = asked.number_type.unwrap_or(NumberType::Did);
    let service = asked.number_usage_type == Some(NumberUsage::Service);
    let mobile = kind == NumberType::Mobile;
    if mobile {
        // Mobile numbers come from a carrier of their own, whatever the connection is.
        pstn_of(site)?;
        if asked.phone_numbers.len() > MOST_MOBILE {
            let text = format!("`phoneNumbers` has more than {MOST_MOBILE} entries, the most for mobile numbers");
            return Err(Family::Calling.out_of_bounds(text));
        }
        if asked.state == Some(NumberState::Active) {
            return Err(Refusal::bad(
                Code::None,
                "`state` is `ACTIVE`; a mobile number is activated by its assignment",
            ));
        }
    } else {
        check_pstn(site)?;
        if asked.subscription_id.is_some() {
            return Err(Refusal::bad(Code::None, "`subscriptionId` is for mobile numbers alone"));
        }
    }
    let carrier = asked.carrier_id.as_deref();
    if carrier.is_some_and(|carrier| carrier.parse::<Uuid>().is_err()) {
        return Err(Refusal::bad(Code::None, "`carrierId` is not a UUID"));
    }
    if service {
        if kind != NumberType::Did {
            let text = "`numberUsageType` is `SERVICE`; service numbers are neither mobile nor toll-free";
            return Err(Refusal::bad(Code::None, text));
        }
        let pstn = site.calling.pstn.as_ref();
        let offers =
            pstn.is_some_and(|pstn| pstn::services(cx.config, pstn.kind, &pstn.option).contains(&PstnService::Service));
        if !offers {
            return Err(Refusal::bad(Code::None, "the PSTN connection of the location has no service numbers"));
        }
    }
    let mobile = if mobile {
        let carrier = carrier.ok_or_else(|| Family::Calling.missing("carrierId"))?.to_owned();
        Some(Mobile { carrier, subscription: asked.subscription_id.as_deref().map(str::to_owned) })
    } else {
        None
    };
    Ok(Number {
        org: site.org,
        location: site.key,
        active: mobile.is_none() && asked.state != Some(NumberState::Inactive),
        toll_free: kind == NumberType::TollFree,
        service,
        mobile,
        emergency_address: None,
    })
}

/// Puts numbers in service, or out of it.
pub(crate) fn activate(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: NumberActivation,
) -> Result<Done, Refusal> {
    let site = calling::find(state, cx, call)?;
    let active = asked.action.unwrap_or(NumberAction::Activate) == NumberAction::Activate;
    if !active && asked.phone_numbers.len() > MOST_DEACTIVATED {
        let text = format!("`phoneNumbers` has more than {MOST_DEACTIVATED} entries");
        return Err(Family::Calling.out_of_bounds(text));
    }
    check_pstn(&site)?;
    for number in asked.phone_numbers.iter() {
        let Some(row) = state.numbers.get(number).filter(|row| row.location == site.key) else {
            return Err(Refusal::new(404, 4251, format!("the location has no number `{number}`")));
        };
        if row.mobile.is_some() {
            return Err(Refusal::bad(Code::None, format!("`{number}` is a mobile number")));
        }
        if !active && site.calling.main_number.as_ref() == Some(number) {
            let text = format!("`{number}` is the main number, and what emergency services call back");
            return Err(Refusal::bad(Code::None, text));
        }
        if !active && lines::number_is_taken(state, number, lines::Owner::default()) {
            return Err(Refusal::bad(Code::None, format!("`{number}` is assigned")));
        }
    }
    for number in asked.phone_numbers {
        state.numbers.edit(&number, |row| row.active = active);
    }
    Ok(Done::new())
}

/// Takes numbers from a location; a mobile one goes later.
pub(crate) fn remove(state: &mut State, cx: &Context<'_>, call: &Call, asked: NumberRemoval) -> Result<Done, Refusal> {
    let site = calling::find(state, cx, call)?;
    check_pstn(&site)?;
    for number in asked.phone_numbers.iter() {
        let row = state.numbers.get(number).filter(|row| row.location == site.key);
        let leaves = Work::RemoveNumber { number: number.clone() };
        if row.is_none() || state.tasks.values().any(|task| task.work == leaves) {
            // Not a passing trouble, whatever the status says.
            return Err(Refusal::new(502, 4251, format!("number `{number}` was not found"))
                .header("cisco-spark-error-codes", "4251"));
        }
        if site.calling.main_number.as_ref() == Some(number) {
            return Err(Refusal::bad(Code::None, format!("`{number}` is the main number of the location")));
        }
        if lines::number_is_taken(state, number, lines::Owner::default()) {
            return Err(Refusal::bad(Code::None, format!("`{number}` is assigned")));
        }
    }
    let numbers: BTreeSet<String> = asked.phone_numbers.into_iter().collect();
    for number in numbers {
        if state.numbers.get(&number).is_some_and(|row| row.mobile.is_some()) {
            state.schedule(cx.due(), Work::RemoveNumber { number });
        } else {
            state.numbers.remove(&number);
        }
    }
    Ok(Done::new())
}

/// Says of numbers whether they could be added to the organization.
pub(crate) fn validate(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: NumberCheckRequest,
) -> Result<Found<NumberCheck>, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let mut seen = BTreeSet::new();
    let check = |number: String| {
        let found = reference::e164(&number);
        let known = found.as_deref().and_then(|number| state.numbers.get(number));
        let (state, fault) = match (&found, known) {
            (None, _) => (Availability::Invalid, Some("[Error 8360] DN is invalid")),
            (Some(number), _) if !seen.insert(number.clone()) => (Availability::DuplicateInList, None),
            (Some(_), None) => (Availability::Available, None),
            (Some(_), Some(known)) if known.org == org => {
                (Availability::Duplicate, Some("[Error 8363] DN already exists"))
            }
            (Some(_), Some(_)) => (Availability::Unavailable, Some("[Error 8361] DN is unavailable")),
        };
        CheckedNumber {
            toll_free_number: known.is_some_and(|known| known.toll_free),
            detail: fault.map(|text| vec![format!("{text} : {number}")]),
            number,
            state,
        }
    };
    let numbers: Vec<CheckedNumber> = asked.phone_numbers.into_iter().map(check).collect();
    let well = numbers.iter().all(|row| row.state == Availability::Available);
    Ok(Found::new(NumberCheck { status: Verdict::of(well), numbers }))
}

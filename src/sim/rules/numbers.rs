//! Phone numbers of calling locations; each exists once in the whole service.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::calling::{self, Found};
use super::{lines, orgs};
use crate::sim::answer::{Answer, Code, Refusal};
use crate::sim::call::{Call, Context, Family};
use crate::sim::config::AddAgain;
use crate::sim::id::{IdKind, Uuid};
use crate::sim::paging::{Length, Page, Paging};
use crate::sim::reference;
use crate::sim::state::{Number, Person, State};

/// The most numbers in one DELETE.
const MOST_DELETED: usize = 5;
/// The most numbers in one DEACTIVATE.
const MOST_DEACTIVATED: usize = 500;

/// Writes the person who has a number.
pub(super) fn owner_value(key: Uuid, person: &Person) -> Value {
    let mut value = json!({ "id": IdKind::People.encode(key), "type": "PEOPLE" });
    if let Some(name) = &person.first_name {
        value["firstName"] = json!(name);
    }
    if let Some(name) = &person.last_name {
        value["lastName"] = json!(name);
    }
    value
}

/// Refuses a location whose numbers the API must not touch.
fn check_pstn(found: &Found<'_>) -> Result<(), Refusal> {
    match &found.calling.pstn {
        None => Err(Refusal::bad(Code::None, "PSTN for the location is not configured; numbers need it")),
        Some(pstn) if pstn.kind.takes_numbers() => Ok(()),
        Some(pstn) => Err(Refusal::bad(
            Code::None,
            format!("numbers of a {} location are never written by this API", pstn.kind.name()),
        )),
    }
}

/// Refuses numbers in the shape that adding uses: a list, with the reason beside each number.
fn refuse_each(faults: &[(String, u32, &str)]) -> Refusal {
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

pub(crate) fn add(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let found = calling::find(state, cx, call)?;
    let mut body = call.body(Family::Calling)?;
    let numbers = body.need_texts("phoneNumbers")?;
    let toll_free = match body.filled("numberType")?.as_deref() {
        None | Some("DID") => false,
        Some("TOLLFREE") => true,
        Some("MOBILE") => {
            return Err(body.wrong("numberType", "is MOBILE, which is not served yet"));
        }
        Some(other) => return Err(body.wrong("numberType", &format!("is `{other}`"))),
    };
    let service = match body.filled("numberUsageType")?.as_deref() {
        None | Some("NONE") => false,
        Some("SERVICE") => true,
        Some(other) => return Err(body.wrong("numberUsageType", &format!("is `{other}`"))),
    };
    let active = match body.filled("state")?.as_deref() {
        None | Some("ACTIVE") => true,
        Some("INACTIVE") => false,
        Some(other) => return Err(body.wrong("state", &format!("is `{other}`"))),
    };
    body.filled("subscriptionId")?;
    body.end(cx)?;
    check_pstn(&found)?;

    let mut faults = Vec::new();
    let mut listed = BTreeSet::new();
    let mut there = Vec::new();
    for number in &numbers {
        if !reference::is_e164(number) {
            faults.push((number.clone(), 8360, "DN is invalid"));
        } else if !listed.insert(number) {
            faults.push((number.clone(), 8362, "DN is twice in the list"));
        } else if let Some(known) = state.numbers.get(number) {
            if known.location == found.key {
                there.push(number.as_str());
            } else {
                faults.push((number.clone(), 8361, "DN is unavailable"));
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
    let Found { org, key: location, .. } = found;
    for number in numbers.iter().filter(|number| !state.numbers.contains_key(*number)).cloned().collect::<Vec<_>>() {
        state.numbers.insert(number, Number { org, location, active, toll_free, service });
    }
    Ok(Answer::with_status(201, None))
}

pub(crate) fn activate(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let found = calling::find(state, cx, call)?;
    let mut body = call.body(Family::Calling)?;
    let numbers = body.need_texts("phoneNumbers")?;
    let active = match body.filled("action")?.as_deref() {
        None | Some("ACTIVATE") => true,
        Some("DEACTIVATE") => false,
        Some(other) => return Err(body.wrong("action", &format!("is `{other}`"))),
    };
    if !active && numbers.len() > MOST_DEACTIVATED {
        return Err(body.wrong("phoneNumbers", &format!("has more than {MOST_DEACTIVATED} entries")));
    }
    body.end(cx)?;
    check_pstn(&found)?;
    for number in &numbers {
        if state.numbers.get(number).is_none_or(|row| row.location != found.key) {
            return Err(Refusal::new(404, 4251, format!("the location has no number `{number}`")));
        }
        if !active && found.calling.main_number.as_ref() == Some(number) {
            return Err(Refusal::bad(Code::None, format!("`{number}` is the main number")));
        }
        if !active && lines::number_is_taken(state, number, lines::Owner::default()) {
            return Err(Refusal::bad(Code::None, format!("`{number}` is assigned")));
        }
    }
    for number in &numbers {
        state.numbers.edit(number, |row| row.active = active);
    }
    Ok(Answer::no_content())
}

pub(crate) fn remove(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let found = calling::find(state, cx, call)?;
    let mut body = call.body(Family::Calling)?;
    let numbers = body.need_texts("phoneNumbers")?;
    if numbers.len() > MOST_DELETED {
        return Err(body.wrong("phoneNumbers", &format!("has more than {MOST_DELETED} entries")));
    }
    body.end(cx)?;
    check_pstn(&found)?;
    for number in &numbers {
        if state.numbers.get(number).is_none_or(|row| row.location != found.key) {
            // Not a passing trouble, whatever the status says.
            return Err(Refusal::new(502, 4251, format!("number `{number}` was not found"))
                .header("cisco-spark-error-codes", "4251"));
        }
        if found.calling.main_number.as_ref() == Some(number) {
            return Err(Refusal::bad(Code::None, format!("`{number}` is the main number of the location")));
        }
        if lines::number_is_taken(state, number, lines::Owner::default()) {
            return Err(Refusal::bad(Code::None, format!("`{number}` is assigned")));
        }
    }
    for number in &numbers {
        state.numbers.remove(number);
    }
    Ok(Answer::no_content())
}

/// A row of the list: a number with or without an owner, or an extension without a number.
struct Row<'a> {
    location: Uuid,
    number: Option<(&'a str, &'a Number)>,
    owner: Option<(Uuid, &'a Person)>,
}

impl Row<'_> {
    fn extension(&self) -> Option<&str> {
        self.owner?.1.extension.as_deref()
    }
}

fn rows(state: &State, org: Uuid) -> impl Iterator<Item = Row<'_>> {
    let numbers = state.numbers.find(&Number::of_org(org)).map(|(number, row)| {
        let owner = state.people.first(&Person::with_number(number));
        Row {
            location: row.location,
            number: Some((number.as_str(), row)),
            owner: owner.map(|(key, person)| (*key, person)),
        }
    });
    let extensions = state
        .people
        .find(&Person::of_org(org))
        .filter(|(_, person)| person.number.is_none() && person.extension.is_some())
        .filter_map(|(key, person)| {
            Some(Row { location: person.location?, number: None, owner: Some((*key, person)) })
        });
    numbers.chain(extensions)
}

fn row_value(state: &State, row: &Row<'_>) -> Value {
    let location = state.locations.get(&row.location);
    let calling = location.and_then(|location| location.calling.as_ref());
    let main = calling.and_then(|calling| calling.main_number.as_deref());
    let number = row.number.map(|(number, _)| number);
    let details = row.number.map(|(_, details)| details);
    let mut value = json!({
        "phoneNumber": number.unwrap_or_default(),
        "state": if details.is_none_or(|details| details.active) { "ACTIVE" } else { "INACTIVE" },
        "phoneNumberType": "PRIMARY",
        "mainNumber": number.is_some() && main == number,
        "includedTelephonyTypes": "PSTN_NUMBER",
        "tollFreeNumber": details.is_some_and(|details| details.toll_free),
        "isServiceNumber": details.is_some_and(|details| details.service),
        "location": {
            "id": IdKind::Location.encode(row.location),
            "name": location.map(|location| location.name.as_str()),
        },
    });
    if let Some(extension) = row.extension() {
        let prefix = calling.and_then(|calling| calling.routing_prefix.as_deref());
        value["extension"] = json!(extension);
        value["esn"] = json!(format!("{}{extension}", prefix.unwrap_or_default()));
        if let Some(prefix) = prefix {
            value["routingPrefix"] = json!(prefix);
        }
    }
    if let Some((key, person)) = row.owner {
        value["owner"] = owner_value(key, person);
    }
    value
}

/// The filters of the list.
struct Filter<'a> {
    location: Option<Uuid>,
    number: Option<&'a str>,
    extension: Option<&'a str>,
    owner: Option<Uuid>,
    owner_name: Option<String>,
    owner_type: Option<&'a str>,
    available: Option<bool>,
    active: Option<bool>,
    numbers: Option<bool>,
    toll_free: Option<bool>,
    service: Option<bool>,
}

impl<'a> Filter<'a> {
    fn read(cx: &Context<'_>, call: &'a Call) -> Result<Self, Refusal> {
        let choice = |name: &str, yes: &str, no: &str| match call.param(name) {
            None => Ok(None),
            Some(value) if value == yes => Ok(Some(true)),
            Some(value) if value == no => Ok(Some(false)),
            Some(value) => Err(Refusal::bad(Code::None, format!("`{value}` is not a value of `{name}`"))),
        };
        for name in ["order", "phoneNumberType", "includedTelephonyTypes", "restrictedNonGeoNumbers"] {
            if call.param(name).is_some() {
                return Err(Refusal::bad(Code::None, format!("parameter `{name}` is not served yet")));
            }
        }
        let filter = Self {
            location: call
                .param("locationId")
                .map(|id| Call::decode(cx, IdKind::Location, id).unwrap_or(Uuid::NOTHING)),
            number: call.param("phoneNumber"),
            extension: call.param("extension"),
            owner: call
                .param("ownerId")
                .map(|id| IdKind::People.decode(id).or_else(|| id.parse().ok()).unwrap_or(Uuid::NOTHING)),
            owner_name: call.param("ownerName").map(str::to_lowercase),
            owner_type: call.param("ownerType"),
            available: call.flag("available")?,
            active: choice("state", "ACTIVE", "INACTIVE")?,
            numbers: choice("numberType", "NUMBER", "EXTENSION")?,
            toll_free: call.flag("tollFreeNumbers")?,
            service: call.flag("serviceNumber")?,
        };
        if filter.available == Some(true) && filter.owner_type.is_some() {
            return Err(Refusal::bad(Code::None, "`available` and `ownerType` exclude each other"));
        }
        if filter.numbers == Some(false) && (filter.available.is_some() || filter.active.is_some()) {
            return Err(Refusal::bad(Code::None, "`numberType=EXTENSION` excludes `available` and `state`"));
        }
        Ok(filter)
    }

    fn takes(&self, row: &Row<'_>) -> bool {
        let details = row.number.map(|(_, details)| details);
        let is = |wanted: Option<bool>, found: bool| wanted.is_none_or(|wanted| wanted == found);
        self.location.is_none_or(|wanted| wanted == row.location)
            && self
                .number
                .is_none_or(|wanted| row.number.is_some_and(|(number, _)| number == wanted))
            && self
                .extension
                .is_none_or(|wanted| row.extension() == Some(wanted))
            && self
                .owner
                .is_none_or(|wanted| row.owner.is_some_and(|(key, _)| key == wanted))
            && self.owner_name.as_ref().is_none_or(|wanted| {
                row.owner
                    .is_some_and(|(_, person)| person.display_name.to_lowercase().contains(wanted))
            })
            && self
                .owner_type
                .is_none_or(|wanted| wanted == "PEOPLE" && row.owner.is_some())
            && is(self.available, row.number.is_some() && row.owner.is_none())
            // A filter by state leaves out extensions without a number.
            && self.active.is_none_or(|wanted| {
                details.is_some_and(|details| details.active == wanted)
            })
            && is(self.numbers, row.number.is_some())
            && is(
                self.toll_free,
                details.is_some_and(|details| details.toll_free),
            )
            && is(self.service, details.is_some_and(|details| details.service))
    }
}

pub(crate) fn list(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let filter = Filter::read(cx, call)?;
    let matching = || rows(state, org).filter(|row| filter.takes(row));
    let length = Length { usual: 2000, cap: 2000 };
    let page = Page::cut(call, cx, Paging::Start, length, matching())?;
    let items: Vec<Value> = page.items.iter().map(|row| row_value(state, row)).collect();
    let mut body = json!({ "phoneNumbers": items });
    if call.flag("details")?.unwrap_or(false) {
        let count = |wanted: &dyn Fn(&Row<'_>) -> bool| matching().filter(|row| wanted(row)).count();
        body["count"] = json!({
            "assigned": count(&|row| row.number.is_some() && row.owner.is_some()),
            "unAssigned": count(&|row| row.owner.is_none()),
            "inActive": count(&|row| row.number.is_some_and(|(_, number)| !number.active)),
            "extensionOnly": count(&|row| row.number.is_none()),
            "tollFreeNumbers": count(&|row| row.number.is_some_and(|(_, number)| number.toll_free)),
            "total": count(&|_| true),
        });
    }
    Ok(Answer::ok(body).link(page.link))
}

/// Says of numbers whether they could be added to the organization.
pub(crate) fn validate(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    let org = orgs::of_call(state, cx, call)?;
    let mut body = call.body(Family::Calling)?;
    let numbers = body.need_texts("phoneNumbers")?;
    body.end(cx)?;
    let mut seen = BTreeSet::new();
    let mut all_available = true;
    let rows: Vec<Value> = numbers
        .iter()
        .map(|number| {
            let (state_name, detail) = if !reference::is_e164(number) {
                ("Invalid", Some(format!("[Error 8360] DN is invalid : {number}")))
            } else if !seen.insert(number) {
                ("Duplicate In List", None)
            } else {
                match state.numbers.get(number) {
                    None => ("Available", None),
                    Some(known) if known.org == org => {
                        ("Duplicate", Some(format!("[Error 8363] DN already exists : {number}")))
                    }
                    Some(_) => ("Unavailable", Some(format!("[Error 8361] DN is unavailable : {number}"))),
                }
            };
            all_available &= state_name == "Available";
            let mut row = json!({ "number": number, "state": state_name, "tollFreeNumber": false });
            if let Some(detail) = detail {
                row["detail"] = json!([detail]);
            }
            row
        })
        .collect();
    let status = if all_available { "OK" } else { "ERRORS" };
    Ok(Answer::ok(json!({ "status": status, "numbers": rows })))
}

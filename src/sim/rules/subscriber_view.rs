//! Subscribers as the API shows them, alone and in lists.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::customers::{find_by_any_id, refuse_sub_partner};
use super::packages::{Holder, Package};
use crate::sim::answer::{Answer, Code, Refusal};
use crate::sim::call::{Call, Context};
use crate::sim::id::{IdKind, Uuid};
use crate::sim::paging::{Length, Page, Paging};
use crate::sim::state::{Standing, State, Subscriber};

pub(super) fn find<'a>(state: &'a State, cx: &Context<'_>, id: &str) -> Result<(Uuid, &'a Subscriber), Refusal> {
    Call::decode(cx, IdKind::Subscriber, id)
        .and_then(|key| Some((key, state.subscribers.get(&key)?)))
        .ok_or_else(|| Refusal::not_found("subscriber", id))
}

/// Writes a subscriber as the API shows it: without name, number, extension or location.
pub(super) fn to_value(state: &State, key: Uuid, subscriber: &Subscriber) -> Value {
    let external_id = state.customers.get(&subscriber.customer).map(|customer| customer.external_id.clone());
    let mut value = json!({
        "id": IdKind::Subscriber.encode(key),
        "email": subscriber.email,
        "customerId": IdKind::Customer.encode(subscriber.customer),
        "externalCustomerId": external_id,
        "packages": [subscriber.package],
        "status": status(subscriber),
        "created": subscriber.created.to_string(),
        "lastStatusChange": subscriber.status_changed.to_string(),
    });
    if Package::find(&subscriber.package).is_some_and(|package| package.holder == Holder::SubscriberByEither) {
        value["package"] = json!(subscriber.package);
    }
    if let Some(person) = subscriber.person() {
        value["personId"] = json!(IdKind::People.encode(person));
    }
    value
}

pub(super) fn status(subscriber: &Subscriber) -> &'static str {
    match &subscriber.standing {
        Standing::Provisioned { person: _ } => "provisioned",
        Standing::PendingUserMigration { first_name: _, last_name: _, line: _ } => "pending_user_migration",
    }
}

pub(super) fn with_location(state: &State, cx: &Context<'_>, key: Uuid, status: u16) -> Answer {
    let id = IdKind::Subscriber.encode(key);
    let body = state.subscribers.get(&key).map(|subscriber| to_value(state, key, subscriber));
    Answer::with_status(status, body).header("location", format!("{}/wholesale/subscribers/{id}", cx.base))
}

/// Reads a moment as the filters take it: milliseconds since 1970, or ISO 8601.
pub(super) fn moment(call: &Call, name: &str) -> Result<Option<Timestamp>, Refusal> {
    let Some(text) = call.param(name) else {
        return Ok(None);
    };
    let parsed = match text.parse::<i64>() {
        Ok(milliseconds) => Timestamp::from_millisecond(milliseconds).ok(),
        Err(_) => text.parse().ok(),
    };
    parsed.map(Some).ok_or_else(|| {
        Refusal::bad(Code::None, format!("parameter `{name}` is `{text}`, neither milliseconds nor ISO 8601"))
    })
}

/// Subscribers on their way through filters and sorting.
type Rows<'a> = Box<dyn DoubleEndedIterator<Item = (&'a Uuid, &'a Subscriber)> + 'a>;

pub(crate) fn list(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    refuse_sub_partner(call)?;
    let after = moment(call, "after")?;
    let changed_after = moment(call, "lastStatusChange")?;
    let wanted = call.param("status");
    if let Some(unknown) = wanted.filter(|status| !["provisioned", "pending_user_migration"].contains(status)) {
        return Err(Refusal::bad(Code::None, format!("`{unknown}` is not a status of subscribers")));
    }
    let customer = call.param("customerId").map(|id| find_by_any_id(state, cx, id));
    let person = call.param("personId").map(|id| Call::decode(cx, IdKind::People, id));
    let email = call.param("email").map(str::to_lowercase);
    let external = call.param("externalCustomerId");

    // The narrowest lookup first: a fleet has a million rows, a customer a few.
    let rows: Rows<'_> = match (&email, person, customer) {
        (Some(email), _, _) => Box::new(state.subscribers.find(&Subscriber::with_email(email))),
        (None, Some(Some(person)), _) => Box::new(state.subscribers.find(&Subscriber::of_person(person))),
        (None, _, Some(Some(customer))) => Box::new(state.subscribers.find(&Subscriber::of_customer(customer))),
        (None, _, _) => Box::new(state.subscribers.iter()),
    };
    let is_external = |row: &Subscriber, external: &str| {
        state.customers.get(&row.customer).is_some_and(|found| found.external_id == external)
    };
    let matching = rows.filter(|(_, row)| {
        customer.is_none_or(|customer| Some(row.customer) == customer)
            && person.is_none_or(|person| person.is_some() && row.person() == person)
            && external.is_none_or(|external| is_external(row, external))
            && wanted.is_none_or(|wanted| status(row) == wanted)
            && after.is_none_or(|after| row.created > after)
            && changed_after.is_none_or(|after| row.status_changed > after)
    });
    let sorted: Rows<'_> = match call.param("sortBy").unwrap_or("created") {
        // Keys are in the order of creation.
        "created" => Box::new(matching),
        "lastStatusChange" => {
            let mut rows: Vec<_> = matching.collect();
            rows.sort_by_key(|(key, row)| (row.status_changed, **key));
            Box::new(rows.into_iter())
        }
        other => {
            return Err(Refusal::bad(Code::None, format!("cannot sort by `{other}`")));
        }
    };
    let rows: Rows<'_> = match call.param("sortOrder").unwrap_or("DESC") {
        "ASC" => sorted,
        "DESC" => Box::new(sorted.rev()),
        other => {
            return Err(Refusal::bad(Code::None, format!("`{other}` is not a sort order")));
        }
    };
    let length = Length { usual: 50, cap: 100 };
    let page = Page::cut(call, cx, Paging::Offset, length, rows)?;
    let items: Vec<Value> = page.items.iter().map(|(key, row)| to_value(state, **key, row)).collect();
    Ok(Answer::ok(json!({ "items": items })).link(page.link))
}

pub(crate) fn get(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Answer, Refusal> {
    refuse_sub_partner(call)?;
    let (key, _) = find(state, cx, call.id())?;
    Ok(with_location(state, cx, key, 200))
}

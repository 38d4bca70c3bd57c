//! Subscribers as the API shows them, alone and in lists.

use jiff::Timestamp;

use super::customers::find_by_any_id;
use super::sub_partners::{self, Deed};
use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context};
use crate::sim::id::{IdKind, Uuid};
use crate::sim::paging::{Length, Page, Paging};
use crate::sim::reply::{Found, Items};
use crate::sim::state::{Standing, State, Subscriber};
use crate::sim::wire::subscriber as wire;
use crate::sim::wire::subscriber::{BasePackage, SubscriberPackage, SubscriberStatus};

/// Whether the subscriber belongs to a customer of whom a request acts for.
fn belongs_to(state: &State, acting: Option<Uuid>, subscriber: &Subscriber) -> bool {
    state.customers.get(&subscriber.customer).is_some_and(|customer| customer.sub_partner == acting)
}

/// Finds the subscriber that a path names, among those of whom the request acts for.
pub(super) fn find<'a>(
    state: &'a State,
    cx: &Context<'_>,
    call: &Call,
    deed: Deed,
) -> Result<(Uuid, &'a Subscriber), Refusal> {
    let acting = sub_partners::acting(cx, call, deed)?;
    Call::decode(cx, IdKind::Subscriber, call.id())
        .and_then(|key| Some((key, state.subscribers.get(&key)?)))
        .filter(|(_, subscriber)| belongs_to(state, acting, subscriber))
        .ok_or_else(|| Refusal::not_found("subscriber", call.id()))
}

/// Shows a subscriber: without name, number, extension or location.
pub(super) fn show(state: &State, key: Uuid, subscriber: &Subscriber) -> wire::Subscriber {
    let package = SubscriberPackage::find(&subscriber.package);
    wire::Subscriber {
        id: IdKind::Subscriber.encode(key),
        person_id: subscriber.person().map(|person| IdKind::People.encode(person)),
        email: subscriber.email.clone(),
        customer_id: IdKind::Customer.encode(subscriber.customer),
        external_customer_id: state.customers.get(&subscriber.customer).map(|customer| customer.external_id.clone()),
        package: package.and_then(BasePackage::of),
        packages: package.into_iter().collect(),
        status: status(subscriber),
        created: subscriber.created.to_string(),
        last_status_change: subscriber.status_changed.to_string(),
    }
}

fn status(subscriber: &Subscriber) -> SubscriberStatus {
    match &subscriber.standing {
        Standing::Provisioned { person: _ } => SubscriberStatus::Provisioned,
        Standing::PendingUserMigration { first_name: _, last_name: _, line: _ } => {
            SubscriberStatus::PendingUserMigration
        }
    }
}

/// Shows a subscriber with its address.
pub(super) fn show_made(
    state: &State,
    cx: &Context<'_>,
    key: Uuid,
    subscriber: &Subscriber,
) -> (wire::Subscriber, String) {
    let shown = show(state, key, subscriber);
    let url = format!("{}/wholesale/subscribers/{}", cx.base, shown.id);
    (shown, url)
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

pub(crate) fn list(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
) -> Result<Found<Items<wire::Subscriber>>, Refusal> {
    let acting = sub_partners::acting(cx, call, Deed::Look)?;
    let after = moment(call, "after")?;
    let changed_after = moment(call, "lastStatusChange")?;
    let wanted = call.param("status").map(|status| match status {
        "provisioned" => SubscriberStatus::Provisioned,
        _ => SubscriberStatus::PendingUserMigration,
    });
    let customer = call.param("customerId").map(|id| find_by_any_id(state, cx, acting, id));
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
        belongs_to(state, acting, row)
            && customer.is_none_or(|customer| Some(row.customer) == customer)
            && person.is_none_or(|person| person.is_some() && row.person() == person)
            && external.is_none_or(|external| is_external(row, external))
            && wanted.is_none_or(|wanted| status(row) == wanted)
            && after.is_none_or(|after| row.created > after)
            && changed_after.is_none_or(|after| row.status_changed > after)
    });
    let sorted: Rows<'_> = if call.param("sortBy") == Some("lastStatusChange") {
        let mut rows: Vec<_> = matching.collect();
        rows.sort_by_key(|(key, row)| (row.status_changed, **key));
        Box::new(rows.into_iter())
    } else {
        // Keys are in the order of creation.
        Box::new(matching)
    };
    let rows: Rows<'_> = if call.param("sortOrder") == Some("ASC") { sorted } else { Box::new(sorted.rev()) };
    let length = Length { usual: 50, cap: 100 };
    let page = Page::cut(call, cx, Paging::Offset, length, rows)?;
    let items = page.items.iter().map(|(key, row)| show(state, **key, row)).collect();
    Ok(Found::new(Items { items }).link(page.link))
}

pub(crate) fn get(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<wire::Subscriber>, Refusal> {
    let (key, subscriber) = find(state, cx, call, Deed::Look)?;
    let (shown, url) = show_made(state, cx, key, subscriber);
    Ok(Found::new(shown).location(url))
}

//! `/wholesale/billing/reports`: tables of what was sold, made in the background and fetched from an address of their
//! own.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::orgs;
use super::sub_partners::{self, Deed};
use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context};
use crate::sim::id::{IdKind, Uuid};
use crate::sim::paging::{Length, Page, Paging};
use crate::sim::reply::{Csv, Done, Found, Items};
use crate::sim::state::{BillingReport, Customer, ReportType, State, Subscriber};
use crate::sim::wire::billing as wire;
use crate::sim::wire::billing::ReportStatus;

/// The error code of a report that is not there (official example).
const NOT_FOUND: u32 = 2024;

/// How long the address of a table is good.
const DOWNLOAD_HOURS: i64 = 1;

fn not_found() -> Refusal {
    Refusal::new(404, NOT_FOUND, "Billing Report not found.")
}

fn find<'a>(state: &'a State, cx: &Context<'_>, id: &str) -> Result<(Uuid, &'a BillingReport), Refusal> {
    Call::decode(cx, IdKind::BillingReport, id)
        .and_then(|key| Some((key, state.reports.get(&key)?)))
        .ok_or_else(not_found)
}

fn status(report: &BillingReport, now: Timestamp) -> ReportStatus {
    match report.failure {
        _ if now < report.due => ReportStatus::InProgress,
        Some(_) => ReportStatus::Failed,
        None => ReportStatus::Completed,
    }
}

fn show_started(key: Uuid, report: &BillingReport) -> wire::StartedReport {
    wire::StartedReport {
        id: IdKind::BillingReport.encode(key),
        billing_start_date: report.start.to_string(),
        billing_end_date: report.end.to_string(),
        kind: report.kind,
        category: wire::ReportCategory::Reconciliation,
    }
}

/// Reads a day of a filter.
fn day(call: &Call, name: &str) -> Result<Option<Date>, Refusal> {
    let Some(text) = call.param(name) else {
        return Ok(None);
    };
    let date = text.parse::<Date>().ok().filter(|date| date.to_string() == text);
    date.map(Some)
        .ok_or_else(|| Refusal::bad(Code::None, format!("parameter `{name}` is `{text}`, not a day as `YYYY-MM-DD`")))
}

pub(crate) fn list(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
) -> Result<Found<Items<wire::ListedReport>>, Refusal> {
    let sub_partner = call.param("subPartnerOrgId").map(|id| sub_partners::named(cx, id, Deed::Look)).transpose()?;
    let (start, end) = (day(call, "billingStartDate")?, day(call, "billingEndDate")?);
    let (kind, wanted) = (call.param("type"), call.param("status"));
    let mut found: Vec<(Uuid, &BillingReport, ReportStatus)> = state
        .reports
        .iter()
        .map(|(key, report)| (*key, report, status(report, cx.now)))
        .filter(|(_, report, status)| {
            report.sub_partner == sub_partner
                && start.is_none_or(|start| report.start == start)
                && end.is_none_or(|end| report.end == end)
                && kind.is_none_or(|kind| report.kind.name() == kind)
                && wanted.is_none_or(|wanted| status.name() == wanted)
        })
        .collect();
    match call.param("sortBy") {
        Some("id") => found.sort_by_key(|(key, ..)| IdKind::BillingReport.encode(*key)),
        Some("billingEndDate") => found.sort_by_key(|(key, report, _)| (report.end, *key)),
        Some("status") => found.sort_by_key(|(key, _, status)| (status.name(), *key)),
        _ => found.sort_by_key(|(key, report, _)| (report.start, *key)),
    }
    let page = Page::cut(call, cx, Paging::Cursor, Length { usual: 100, cap: 100 }, found.into_iter())?;
    let items = page
        .items
        .into_iter()
        .map(|(key, report, status)| wire::ListedReport { started: show_started(key, report), status })
        .collect();
    Ok(Found::new(Items { items }).link(page.link))
}

pub(crate) fn create(
    state: &mut State,
    cx: &Context<'_>,
    _call: &Call,
    asked: wire::ReportRequest,
) -> Result<Found<wire::StartedReport>, Refusal> {
    let wire::ReportRequest { billing_start_date, billing_end_date, kind, sub_partner_org_id, internal } = asked;
    let sub_partner = sub_partner_org_id.map(|id| sub_partners::named(cx, &id, Deed::Look)).transpose()?;
    let report = BillingReport {
        start: billing_start_date.to_date(),
        end: billing_end_date.to_date(),
        kind: kind.unwrap_or_default(),
        sub_partner,
        internal: internal.unwrap_or(false),
        created: cx.now,
        due: cx.due(),
        failure: cx.config.failing_reports,
    };
    if report.end < report.start {
        return Err(Refusal::bad(Code::None, "`billingEndDate` is before `billingStartDate`"));
    }
    if report.end > cx.now.to_zoned(TimeZone::UTC).date() {
        return Err(Refusal::bad(Code::None, "`billingEndDate` is in the future"));
    }
    let is_same = |other: &BillingReport| {
        (other.start, other.end, other.kind, other.sub_partner, other.internal)
            == (report.start, report.end, report.kind, report.sub_partner, report.internal)
            && status(other, cx.now) != ReportStatus::Failed
    };
    if cx.config.duplicate_report.refuses() && state.reports.values().any(is_same) {
        return Err(Refusal::conflict("there is such a billing report already"));
    }
    let key = state.next_id();
    let shown = show_started(key, &report);
    state.reports.insert(key, report);
    Ok(Found::new(shown))
}

pub(crate) fn get(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Found<wire::Report>, Refusal> {
    let (key, report) = find(state, cx, call.id())?;
    let status = status(report, cx.now);
    let failure = report.failure.filter(|_| status == ReportStatus::Failed);
    Ok(Found::new(wire::Report {
        started: show_started(key, report),
        created: report.created.to_string(),
        created_by: IdKind::People.encode(orgs::caller()),
        status,
        temp_download_url: (status == ReportStatus::Completed).then(|| download_url(cx, key)),
        errors: failure
            .map(|code| wire::ReportError { code, description: "the report could not be made".to_owned() })
            .into_iter()
            .collect(),
    }))
}

pub(crate) fn delete(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Done, Refusal> {
    let (key, report) = find(state, cx, call.id())?;
    if status(report, cx.now) == ReportStatus::InProgress {
        return Err(Refusal::conflict("the billing report is being made; wait for it"));
    }
    state.reports.remove(&key);
    Ok(Done::new())
}

fn signature(key: Uuid, expires: i64) -> String {
    Uuid::derived(&["billing report", &key.to_string(), &expires.to_string()]).to_string()
}

fn download_url(cx: &Context<'_>, key: Uuid) -> String {
    let until = cx.now.checked_add(SignedDuration::from_hours(DOWNLOAD_HOURS)).unwrap_or(Timestamp::MAX);
    let (id, expires) = (IdKind::BillingReport.encode(key), until.as_second());
    let signature = signature(key, expires);
    format!("{}/downloads/billing-reports/{id}?Expires={expires}&Signature={signature}", cx.base)
}

/// Serves the table of a report to whoever has its address, as long as that is good.
pub(crate) fn download(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Csv, Refusal> {
    let key = IdKind::BillingReport.decode(call.id()).unwrap_or(Uuid::NOTHING);
    let expires: Option<i64> = call.param("Expires").and_then(|text| text.parse().ok());
    let is_good = expires.is_some_and(|expires| {
        call.param("Signature") == Some(signature(key, expires).as_str()) && cx.now.as_second() < expires
    });
    if !is_good {
        return Err(Refusal::forbidden("the address is not signed, or no longer good"));
    }
    let report = state.reports.get(&key).ok_or_else(not_found)?;
    Ok(Csv(table(state, cx, report)))
}

/// A table as it is written: rows of fields with commas, and quotation marks where a field needs them.
struct Table {
    text: String,
    /// What every row begins with.
    common: [String; 3],
}

impl Table {
    fn new(common: [String; 3], columns: &str) -> Self {
        Self { text: format!("SUBSCRIPTION_ID,START_DATE,END_DATE,{columns}\n"), common }
    }

    fn row(&mut self, fields: &[&str]) {
        let fields = self.common.iter().map(String::as_str).chain(fields.iter().copied());
        let fields: Vec<String> = fields
            .map(|field| {
                let is_plain = !field.contains(['"', ',', '\n', '\r']);
                if is_plain { field.to_owned() } else { format!("\"{}\"", field.replace('"', "\"\"")) }
            })
            .collect();
        self.text.push_str(&fields.join(","));
        self.text.push('\n');
    }
}

/// Counts users by package. The real tables have more columns; which ones is not published with the API.
fn table(state: &State, cx: &Context<'_>, report: &BillingReport) -> String {
    let subscription = sub_partners::subscription(cx, report.sub_partner).unwrap_or_default();
    let common = [subscription.to_owned(), report.start.to_string(), report.end.to_string()];
    let customers = state.customers.iter().filter(|(_, customer)| customer.sub_partner == report.sub_partner);
    let table = match report.kind {
        ReportType::Partner => {
            let mut total: BTreeMap<&str, usize> = BTreeMap::new();
            for (package, count) in customers.flat_map(|(key, customer)| counts(state, *key, customer)) {
                *total.entry(package).or_default() += count;
            }
            let mut table = Table::new(common, "PACKAGE,QUANTITY");
            for (package, count) in total {
                table.row(&[package, &count.to_string()]);
            }
            table
        }
        ReportType::Customer => {
            let mut table = Table::new(common, "EXTERNAL_CUSTOMER_ID,PACKAGE,QUANTITY");
            for (key, customer) in customers {
                for (package, count) in counts(state, *key, customer) {
                    table.row(&[&customer.external_id, package, &count.to_string()]);
                }
            }
            table
        }
        ReportType::User => {
            let mut table = Table::new(common, "EXTERNAL_CUSTOMER_ID,EMAIL,PACKAGE");
            for (key, customer) in customers {
                for (_, subscriber) in state.subscribers.find(&Subscriber::of_customer(*key)) {
                    table.row(&[&customer.external_id, &subscriber.email, &subscriber.package]);
                }
            }
            table
        }
    };
    table.text
}

/// Counts the subscribers of a customer by package.
fn counts<'a>(state: &State, key: Uuid, customer: &'a Customer) -> Vec<(&'a str, usize)> {
    let count =
        |package: &'a String| (package.as_str(), state.subscribers.count(&Subscriber::with_package(key, package)));
    customer.packages.keys().map(count).collect()
}

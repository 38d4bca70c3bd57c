//! What to make of what `hubform doctor` found: pure functions from findings to checks.

use jiff::{SignedDuration, Timestamp};

use crate::{
    ledger::{LedgerError, LedgerView, LockInfo},
    model::{Address, Desired, OrgId, Problem, RoleName, Severity, Spec, codes, same_remote},
    report::{Check, CheckResult, count},
    webex::{
        Account, ApiError, Fault, Probe, SubPartner, SubPartnerState,
        auth::{NEEDED, TokenFacts, missing},
    },
};

use super::failure::Failure;

/// How far the clocks may be apart.
const APART: SignedDuration = SignedDuration::from_mins(5);
/// An access token that nothing renews is worth a warning when it ends within this.
const SOON: SignedDuration = SignedDuration::from_hours(24);
/// A refresh token is worth a warning when it ends within this.
const REFRESH_SOON: SignedDuration = SignedDuration::from_hours(7 * 24);

fn ok(check: &str, text: impl Into<String>) -> Check {
    Check::new(check, CheckResult::Ok, text)
}

fn warning(check: &str, text: impl Into<String>) -> Check {
    Check::new(check, CheckResult::Warning, text)
}

fn failed(check: &str, text: impl Into<String>) -> Check {
    Check::new(check, CheckResult::Failed, text)
}

pub(super) fn skipped(check: &str, text: impl Into<String>) -> Check {
    Check::new(check, CheckResult::Skipped, text)
}

/// A setting that cannot be used, in the words of the other commands.
pub(super) fn unusable(check: &str, failure: &Failure) -> Check {
    let texts: Vec<&str> = failure.problems.iter().map(|problem| problem.message.as_str()).collect();
    let fix = failure.problems.iter().find_map(|problem| problem.fix.clone());
    Check { fix, ..failed(check, texts.join("; ")) }
}

/// The manifests: `files` read, with these problems.
pub(super) fn manifests(problems: &[Problem], objects: usize, files: usize) -> Check {
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    let warnings = problems.len() - errors;
    let about = format!("{} in {}", count(objects as u64, "object"), count(files as u64, "file"));
    if files == 0 && problems.iter().all(|problem| problem.code == codes::NO_PROJECT) {
        let text = problems.first().map_or("there is no project here", |problem| problem.message.as_str());
        return skipped("manifests", text).fix("name the project folder: `hubform doctor DIR`");
    }
    let see = "run `hubform validate`";
    if errors > 0 {
        failed("manifests", format!("{} in {}", count(errors as u64, "error"), count(files as u64, "file"))).fix(see)
    } else if warnings > 0 {
        warning("manifests", format!("{about}, {}", count(warnings as u64, "warning"))).fix(see)
    } else {
        ok("manifests", about)
    }
}

/// The first answer of the service: whether it is there, and whether it accepts the token.
pub(super) fn reached(account: &Result<Account, ApiError>, address: &str, token_fix: &str) -> Vec<Check> {
    let there = || ok("service", format!("{address} answers"));
    match account {
        Ok(account) => vec![there(), accepted(account)],
        Err(error) => match error.fault {
            Fault::Unauthorized | Fault::Forbidden => {
                let first =
                    if error.status.is_some() { there() } else { skipped("service", "there is no token to ask with") };
                vec![first, failed("token", format!("the service does not accept it: {error}")).fix(token_fix)]
            }
            Fault::NotFound | Fault::Conflict | Fault::Refused | Fault::Malformed => {
                let fix = "check that the address is that of the service, up to and with its version (`…/v1`)";
                vec![failed("service", format!("{address} answers, and not as the service does: {error}")).fix(fix)]
            }
            Fault::NoAnswer => {
                vec![
                    failed("service", format!("{address} does not answer: {error}"))
                        .fix("check the address and the network"),
                ]
            }
            Fault::Busy | Fault::Unavailable => {
                vec![failed("service", format!("{address} is in trouble: {error}")).fix("try again later")]
            }
        },
    }
}

fn accepted(account: &Account) -> Check {
    let Account { person_id, org_id, email, display_name, roles: _ } = account;
    let who = match (display_name, email) {
        (Some(name), Some(email)) => format!("{name} <{email}>"),
        (Some(one), None) | (None, Some(one)) => one.clone(),
        (None, None) => format!("person {person_id}"),
    };
    ok("token", format!("accepted; it is {who} of the organization {org_id}"))
}

/// When the token ends.
pub(super) fn expiry(facts: &TokenFacts, now: Timestamp) -> Check {
    let TokenFacts { renews, expires, refresh_expires, scopes: _ } = facts;
    let left = |time: Timestamp| time.duration_since(now);
    match (expires, refresh_expires) {
        (None, None) => skipped("expiry", "nobody says when this token ends")
            .fix("for runs that take long use one that renews itself: `hubform login`, or a refresh token"),
        (_, Some(end)) if *renews && left(*end) < REFRESH_SOON => {
            warning("expiry", format!("the refresh token ends {}", when(*end, now)))
                .fix("run `hubform login` again, or get a new refresh token")
        }
        (Some(end), _) if *renews => {
            let refresh = refresh_expires.map(|end| format!("; the refresh token ends {}", when(end, now)));
            ok("expiry", format!("ends {} and is renewed before{}", when(*end, now), refresh.unwrap_or_default()))
        }
        (Some(end), _) if left(*end) < SOON => {
            warning("expiry", format!("ends {}, and nothing renews it", when(*end, now)))
                .fix("get a new token, or use one that renews itself: `hubform login`, or a refresh token")
        }
        (Some(end), _) => ok("expiry", format!("ends {}, and nothing renews it", when(*end, now))),
        (None, Some(end)) => {
            ok("expiry", format!("renewed when the service asks for it; the refresh token ends {}", when(*end, now)))
        }
    }
}

fn when(time: Timestamp, now: Timestamp) -> String {
    let left = time.duration_since(now);
    let (hours, minutes) = (left.as_hours().unsigned_abs(), left.as_mins().unsigned_abs());
    let distance = match (hours, minutes) {
        (48.., _) => count(hours / 24, "day"),
        (2.., _) => count(hours, "hour"),
        (_, minutes) => count(minutes, "minute"),
    };
    let relative = if left.is_negative() { format!("{distance} ago") } else { format!("in {distance}") };
    format!("{} ({relative})", time.strftime("%Y-%m-%d %H:%M UTC"))
}

/// The administrator roles of the account. A machine account may have its rights without them.
pub(super) fn roles(account: &Account, is_machine: bool) -> Check {
    let names: Vec<&str> = account.roles.iter().map(RoleName::as_str).collect();
    let full = account.roles.iter().any(RoleName::is_full_administrator);
    let wholesale = account.roles.iter().any(|role| role.key().contains("wholesale"));
    let listed = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    let fix = "give the account the roles `Full administrator` and `Webex for Wholesale administrator` in Partner Hub; \
               a new role may take ten minutes to work";
    if full && wholesale {
        ok("roles", listed)
    } else if full {
        // What the service calls the other role is not documented, so that its absence is no proof.
        warning("roles", format!("no role named for wholesale: {listed}")).fix(fix)
    } else if is_machine {
        warning("roles", format!("not a full administrator: {listed}"))
            .fix("check what the service app was authorized for")
    } else {
        failed("roles", format!("not a full administrator: {listed}")).fix(fix)
    }
}

/// This machine's clock against the service's, noted at the same moment.
pub(super) fn clock(service: Option<Timestamp>, here: Timestamp) -> Check {
    let Some(service) = service else { return skipped("clock", "the service does not say what time it has") };
    let ahead = here.duration_since(service);
    if ahead.abs() <= APART {
        return ok("clock", "this machine and the service agree within 5 minutes");
    }
    let minutes = count(ahead.as_mins().unsigned_abs(), "minute");
    let way = if ahead.is_positive() { "ahead of" } else { "behind" };
    warning(
        "clock",
        format!(
            "the clock of this machine is {minutes} {way} that of the service, so that the end of tokens is misjudged"
        ),
    )
    .fix("set the clock, and let it be kept (NTP)")
}

/// Whether a group of endpoints can be read. hubform asks for the scope only where it needs it.
pub(super) fn reads(probe: Probe, answer: &Result<(), ApiError>) -> Check {
    let check = format!("read:{}", probe.path());
    let (read, needed) = (probe.read_scope(), NEEDED.contains(&probe.read_scope()));
    match answer {
        Ok(()) => ok(&check, "readable"),
        Err(error) => match error.fault {
            Fault::Unauthorized | Fault::Forbidden if !needed => {
                skipped(&check, format!("not readable without `{read}`, and hubform does not need it"))
            }
            Fault::Unauthorized | Fault::Forbidden => {
                let write = probe.write_scope().map(|write| format!(" and, to change something, `{write}`"));
                let fix = format!(
                    "add the scope `{read}`{} to the integration or service app, and sign in again",
                    write.unwrap_or_default()
                );
                failed(&check, format!("not readable: a scope or a role is missing: {error}")).fix(fix)
            }
            Fault::NotFound => skipped(&check, format!("could not be tried: {error}")),
            Fault::Conflict
            | Fault::Refused
            | Fault::Busy
            | Fault::Unavailable
            | Fault::NoAnswer
            | Fault::Malformed => warning(&check, format!("could not be tried: {error}")).fix("try again later"),
        },
    }
}

/// The scopes that were granted, if the service said it.
pub(super) fn scopes(facts: &TokenFacts) -> Check {
    let Some(granted) = &facts.scopes else {
        let text = "nobody says what was granted, and trying to write would change something";
        return skipped("scopes", text).fix("see the page of the integration or service app at developer.webex.com");
    };
    let missing = missing(granted);
    if missing.is_empty() {
        return ok("scopes", format!("all {} that hubform needs were granted", NEEDED.len()));
    }
    let quoted: Vec<String> = missing.iter().map(|scope| format!("`{scope}`")).collect();
    failed("scopes", format!("not granted: {}", quoted.join(", ")))
        .fix("add them to the integration or service app, and sign in again")
}

/// Whether the organization is a wholesale partner's, as far as its customers can be listed.
pub(super) fn entitlement(customers: &Result<(), ApiError>, facts: &TokenFacts) -> Check {
    const CHECK: &str = "entitlement";
    match customers {
        Ok(()) => ok(CHECK, "wholesale customers can be listed"),
        Err(error) if matches!(error.fault, Fault::Unauthorized | Fault::Forbidden) => {
            let granted = facts.scopes.as_ref().is_some_and(|scopes| scopes.contains(Probe::Customers.read_scope()));
            let fix = "give the account the role `Webex for Wholesale administrator`; if it has it, ask Cisco whether the \
                       organization has the wholesale entitlement (`wxc-wholesale`)";
            if granted {
                failed(CHECK, format!("the scope is there, and wholesale customers cannot be listed: {error}")).fix(fix)
            } else {
                skipped(CHECK, "cannot be told before the scope for wholesale customers is there")
            }
        }
        Err(error) => skipped(CHECK, format!("could not be tried: {error}")),
    }
}

/// The sub-partners that the account sees, against those that the manifests name.
pub(super) fn sub_partners(seen: &Result<Vec<SubPartner>, ApiError>, desired: &Desired) -> Check {
    const CHECK: &str = "sub-partners";
    let mut named: Vec<(&Address, &OrgId)> = Vec::new();
    for (at, object) in &desired.objects {
        if let Spec::Customer(customer) = &object.spec
            && let Some(org) = &customer.sub_partner
        {
            named.push((at, org));
        }
    }
    let seen = match seen {
        Ok(seen) => seen,
        Err(error) if named.is_empty() => return skipped(CHECK, format!("could not be listed: {error}")),
        Err(error) => {
            return failed(CHECK, format!("`{}` has one, and they could not be listed: {error}", named[0].0))
                .fix(format!("add the scope `{}`", Probe::SubPartners.read_scope()));
        }
    };
    let find = |org: &OrgId| seen.iter().find(|partner| same_remote(partner.org_id.as_str(), org.as_str()));
    if let Some((at, org)) = named.iter().find(|(_, org)| find(org).is_none()) {
        return failed(CHECK, format!("`{at}` belongs to the sub-partner `{org}`, which this account does not see"))
            .fix("check `subPartner` in the manifest; the sub-partner has to be one of this partner's");
    }
    let suspended = seen.iter().filter(|partner| partner.state == SubPartnerState::Suspended).count();
    let text = match (seen.len(), suspended) {
        (0, _) => "none".to_owned(),
        (all, 0) => format!("{} visible", count(all as u64, "sub-partner")),
        (all, suspended) => format!("{} visible, {suspended} suspended", count(all as u64, "sub-partner")),
    };
    if let Some((at, _)) =
        named.iter().find(|(_, org)| find(org).is_some_and(|partner| partner.state == SubPartnerState::Suspended))
    {
        return warning(CHECK, format!("{text}; the one of `{at}` is suspended, so that only removals are planned"));
    }
    ok(CHECK, text)
}

/// The ledger, read without touching it. `bytes`: the size of its file, if it is one.
pub(super) fn ledger(
    view: &Result<LedgerView, LedgerError>,
    path: &str,
    bytes: Option<u64>,
    partner: Option<&OrgId>,
) -> Check {
    const CHECK: &str = "ledger";
    let view = match view {
        Ok(view) => view,
        Err(error) => {
            let problem = Problem::from(error);
            return Check { fix: problem.fix, ..failed(CHECK, problem.message) };
        }
    };
    let LedgerView { identity, state, locks } = view;
    let Some(identity) = identity else {
        return ok(CHECK, format!("there is none at `{path}` yet; the first apply makes it"));
    };
    if let (Some(bound), Some(partner)) = (&identity.partner, partner)
        && !same_remote(bound.as_str(), partner.as_str())
    {
        return failed(
            CHECK,
            format!("`{path}` belongs to the partner organization `{bound}`, and the token to `{partner}`"),
        )
        .fix("sign in at the other partner, or use another ledger (`--ledger`)");
    }
    let size = match bytes {
        None => String::new(),
        Some(bytes) if bytes < 10 << 20 => format!(", {} KiB", bytes.div_ceil(1 << 10)),
        Some(bytes) => format!(", {} MiB", bytes >> 20),
    };
    let text = format!(
        "{} in `{path}`{size}, of the project `{}`",
        count(state.records.len() as u64, "object"),
        identity.project
    );
    match locks.first() {
        None => ok(CHECK, text),
        Some(LockInfo { unit, holder, vitality: _ }) => {
            let others = locks.len() - 1;
            let more = if others == 0 { String::new() } else { format!(" and {} more", count(others as u64, "unit")) };
            warning(CHECK, format!("{text}; `{unit}`{more} held by {holder}"))
                .fix("wait for that run; if its process is gone, the next run on that machine takes it over")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + hours * 3600).unwrap()
    }

    fn end_of(renews: bool, expires: Option<i64>, refresh_expires: Option<i64>) -> (CheckResult, String) {
        let facts =
            TokenFacts { renews, expires: expires.map(at), refresh_expires: refresh_expires.map(at), scopes: None };
        let check = expiry(&facts, at(0));
        (check.result, check.text)
    }

    #[test]
    fn a_token_that_ends_soon_is_a_warning_unless_it_is_renewed() {
        assert_eq!(end_of(false, None, None).0, CheckResult::Skipped);
        let (result, text) = end_of(false, Some(23), None);
        assert_eq!(
            (result, text.as_str()),
            (CheckResult::Warning, "ends 2023-11-15 21:13 UTC (in 23 hours), and nothing renews it")
        );
        assert_eq!(end_of(false, Some(25), None).0, CheckResult::Ok);
        assert_eq!(end_of(false, Some(-2), None).1, "ends 2023-11-14 20:13 UTC (2 hours ago), and nothing renews it");
        assert_eq!(end_of(true, Some(1), Some(8 * 24)).0, CheckResult::Ok);
        let (result, text) = end_of(true, Some(1), Some(6 * 24));
        assert_eq!(
            (result, text.as_str()),
            (CheckResult::Warning, "the refresh token ends 2023-11-20 22:13 UTC (in 6 days)")
        );
        assert_eq!(end_of(true, None, Some(8 * 24)).0, CheckResult::Ok);
    }

    #[test]
    fn clocks_may_be_five_minutes_apart() {
        let shifted = |minutes: i64| clock(Some(at(0)), at(0) + SignedDuration::from_mins(minutes));
        assert_eq!((shifted(5).result, shifted(-5).result), (CheckResult::Ok, CheckResult::Ok));
        assert!(shifted(6).text.contains("6 minutes ahead of"));
        assert!(shifted(-6).text.contains("6 minutes behind"));
        assert_eq!(clock(None, at(0)).result, CheckResult::Skipped);
    }

    #[test]
    fn a_machine_account_may_do_without_roles() {
        let account = |roles: &[&str]| Account {
            person_id: crate::model::PersonId::new("p"),
            org_id: OrgId::new("o"),
            email: None,
            display_name: None,
            roles: roles.iter().map(|name| RoleName::new(name)).collect(),
        };
        assert_eq!(roles(&account(&[]), true).result, CheckResult::Warning);
        assert_eq!(roles(&account(&[]), false).result, CheckResult::Failed);
        let both = ["full administrator", "Webex for Wholesale Administrator"];
        assert_eq!(roles(&account(&both), false).result, CheckResult::Ok);
    }
}

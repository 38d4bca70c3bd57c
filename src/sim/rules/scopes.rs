//! Which scope an endpoint needs (the operations' descriptions, and the guides on developer.webex.com).

use crate::sim::answer::{Code, Refusal};
use crate::sim::call::Context;

/// Scopes that do together; any one of several such groups is enough.
type Need = &'static [&'static [&'static str]];

const CONFIG_READ: Need = &[&["spark-admin:telephony_config_read"]];
const CONFIG_WRITE: Need = &[&["spark-admin:telephony_config_write"]];
const PSTN_READ: Need = &[&["spark-admin:telephony_pstn_read"]];

/// What reading and writing below a path need; the first that fits counts.
const BY_PATH: &[(&str, Need, Need)] = &[
    ("/applications", &[&["spark:applications_token"]], &[&["spark:applications_token"]]),
    (
        "/wholesale/customers",
        &[&["spark-admin:wholesale_customers_read"]],
        &[&["spark-admin:wholesale_customers_write"]],
    ),
    (
        "/wholesale/subscribers",
        &[&["spark-admin:wholesale_subscribers_read"]],
        &[&["spark-admin:wholesale_subscribers_write"]],
    ),
    ("/subscribers", &[&["spark-admin:wholesale_subscribers_read"]], &[&["spark-admin:wholesale_subscribers_write"]]),
    (
        "/wholesale/subPartners",
        &[&["spark-admin:wholesale_sub_partners_read"]],
        &[&["spark-admin:wholesale_sub_partners_write"]],
    ),
    (
        "/wholesale/billing",
        &[&["spark-admin:wholesale_billing_reports_read"]],
        &[&["spark-admin:wholesale_billing_reports_write"]],
    ),
    ("/locations/{id}/floors", &[&["spark-admin:locations_read"]], &[&["spark-admin:locations_write"]]),
    (
        "/locations",
        &[&["spark-admin:locations_read"], &["spark-admin:people_read"], &["spark-admin:device_read"]],
        &[&["spark-admin:locations_write"]],
    ),
    ("/telephony/pstn/locations/{id}/connection", PSTN_READ, &[PSTN_BOTH]),
    ("/telephony/pstn", PSTN_READ, &[&["spark-admin:telephony_pstn_write"]]),
    ("/telephony", CONFIG_READ, CONFIG_WRITE),
    ("/people/me", &[&["spark-admin:people_read"], &["spark:people_read"]], &[&["spark-admin:people_write"]]),
    ("/people", &[&["spark-admin:people_read"]], &[&["spark-admin:people_write"]]),
    ("/roles", &[&["spark-admin:roles_read"]], &[]),
    // The description names no scope for changing licences; a person is what changes.
    ("/licenses", &[&["spark-admin:licenses_read"]], &[&["spark-admin:people_write"]]),
    ("/organizations", &[&["spark-admin:organizations_read"]], &[&["spark-admin:organizations_write"]]),
    (
        "/identity/organizations",
        &[&["identity:organizations_read"], &["identity:organizations_rw"]],
        &[&["identity:organizations_rw"]],
    ),
    ("/identity/scim", &[&["identity:people_read"], &["identity:people_rw"]], &[&["identity:people_rw"]]),
];

const PSTN_BOTH: &[&str] = &["spark-admin:telephony_pstn_read", "spark-admin:telephony_pstn_write"];

/// Endpoints that need something else than their path and method say.
const BY_ENDPOINT: &[(&str, &str, Need)] = &[
    // Checks that change nothing. Of others, which their documents give the scope for writing or none, more is asked.
    ("POST", "/telephony/config/actions/validateExtensions/invoke", CONFIG_READ),
    ("POST", "/telephony/config/locations/{id}/actions/precheckForDeletion/invoke", CONFIG_READ),
    ("POST", "/telephony/pstn/locations/{id}/emergencyAddress/lookup", PSTN_READ),
    (
        "POST",
        "/telephony/config/jobs/person/moveLocation",
        &[&["spark-admin:telephony_config_write", "spark-admin:people_write", "identity:groups_rw"]],
    ),
];

/// Scopes that no endpoint here needs, and that an integration may ask for nevertheless.
const OTHERS: [&str; 2] = ["spark:all", "spark:kms"];

/// Returns what a request needs; nothing where the documents name no scope.
fn needed(method: &str, path: &str) -> Need {
    if let Some((.., need)) = BY_ENDPOINT.iter().find(|(on, at, _)| *on == method && *at == path) {
        return need;
    }
    let below = |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    match BY_PATH.iter().find(|(root, ..)| below(root)) {
        Some((_, read, _)) if method == "GET" => read,
        Some((.., write)) => write,
        None => &[],
    }
}

/// Lists every scope there is, more than once where several endpoints need it.
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    let by_path = BY_PATH.iter().flat_map(|(_, read, write)| [*read, *write]);
    let by_endpoint = BY_ENDPOINT.iter().map(|(.., need)| *need);
    by_path.chain(by_endpoint).flatten().copied().flatten().copied().chain(OTHERS)
}

/// Refuses a token that is not for the endpoint.
pub(crate) fn check(cx: &Context<'_>, method: &str, path: &str) -> Result<(), Refusal> {
    let need = needed(method, path);
    if need.is_empty() || need.iter().any(|group| group.iter().all(|scope| cx.caller.has(scope))) {
        return Ok(());
    }
    let need: Vec<String> = need.iter().map(|group| format!("`{}`", group.join("` and `"))).collect();
    let text = format!("the access token lacks a scope that this request needs: {}", need.join(", or "));
    Err(Refusal::new(cx.config.missing_scope.code(), Code::None, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::http::routes;

    #[test]
    fn every_endpoint_that_the_documents_give_a_scope_has_one() {
        let none = ["/registry/", "/access_token", "/authorize", "/webhooks", "/partner/", "/downloads/"];
        for route in routes::all() {
            let is_free = none.iter().any(|root| route.path.starts_with(root));
            assert_eq!(
                needed(route.method.as_str(), route.path).is_empty(),
                is_free,
                "{} {}",
                route.method,
                route.path
            );
        }
    }

    #[test]
    fn endpoints_of_their_own_are_served_under_that_path() {
        let routes = routes::all();
        for (method, path, _) in BY_ENDPOINT {
            let is_served = routes.iter().any(|route| route.method.as_str() == *method && route.path == *path);
            assert!(is_served || path.ends_with("/lookup"), "{method} {path}");
        }
    }

    #[test]
    fn an_administrator_of_organizations_deletes_them_and_one_of_pstn_reads_too() {
        assert_eq!(needed("DELETE", "/organizations/{id}"), [["spark-admin:organizations_write"]]);
        assert_eq!(needed("PUT", "/telephony/pstn/locations/{id}/connection"), [PSTN_BOTH]);
        assert_eq!(needed("GET", "/telephony/pstn/locations/{id}/connectionOptions"), PSTN_READ);
        assert_eq!(needed("GET", "/locations/{id}").len(), 3);
        assert_eq!(needed("GET", "/locations/{id}/floors").len(), 1);
    }
}

//! Which requests a rule is about.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// A method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verb {
    /// GET
    Get,
    /// POST
    Post,
    /// PUT
    Put,
    /// PATCH
    Patch,
    /// DELETE
    Delete,
}

impl Verb {
    fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// A family of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Only {
    /// Those that change nothing; prechecks and validations among them.
    Reads,
    /// Those that may change something.
    Writes,
    /// GET of a list.
    Lists,
}

/// Which requests a rule is about: all that fit each of the conditions that are written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Requests {
    /// Their methods; empty for all.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub methods: BTreeSet<Verb>,
    /// Their paths below `/v1`, one of them; empty for all. A part in braces, such as `{}`, stands for any one part,
    /// and `/**` at the end for whatever follows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
    /// Their family.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only: Option<Only>,
}

/// A request as rules see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen<'a> {
    pub(crate) method: &'a str,
    /// The path below `/v1`.
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    /// The path of the route, with braces.
    pub(crate) route: &'a str,
}

/// GETs of one thing whose route ends like that of a list.
const SINGLE: &[&str] = &["/people/me", "/telephony/pstn/locations/{id}/connection"];

impl Seen<'_> {
    /// Whether it may change something.
    pub(super) fn writes(self) -> bool {
        // Prechecks and validations are POSTs that change nothing.
        self.method != "GET" && !self.route.ends_with("/validate") && !self.route.ends_with("/invoke")
    }

    pub(super) fn lists(self) -> bool {
        self.method == "GET" && !self.route.ends_with('}') && !SINGLE.contains(&self.route)
    }

    /// Returns the method and address, without the place in a list.
    pub(super) fn target(self) -> String {
        const PLACES: &[&str] = &["max", "offset", "start", "cursor", "startIndex", "count"];
        let parts = self.query.split('&').filter(|part| {
            let name = part.split('=').next().unwrap_or_default();
            !part.is_empty() && !PLACES.contains(&name)
        });
        let query: BTreeSet<&str> = parts.collect();
        let query: Vec<&str> = query.into_iter().collect();
        format!("{} {}?{}", self.method, self.path, query.join("&"))
    }
}

impl Requests {
    /// Makes a condition on the path alone.
    pub fn to(path: &str) -> Self {
        Self { paths: vec![path.to_owned()], ..Self::default() }
    }

    /// Makes a condition on method and path.
    pub fn with(verb: Verb, path: &str) -> Self {
        Self { methods: [verb].into(), ..Self::to(path) }
    }

    /// Makes a condition on the family alone.
    pub fn only(only: Only) -> Self {
        Self { only: Some(only), ..Self::default() }
    }

    pub(super) fn matches(&self, seen: Seen<'_>) -> bool {
        let family = |only| match only {
            Only::Reads => !seen.writes(),
            Only::Writes => seen.writes(),
            Only::Lists => seen.lists(),
        };
        (self.methods.is_empty() || self.methods.iter().any(|verb| verb.name() == seen.method))
            && (self.paths.is_empty() || self.paths.iter().any(|path| fits(path, seen.path)))
            && self.only.is_none_or(family)
    }

    /// Returns the first path that none of the routes can have.
    pub(super) fn nowhere<'a>(&'a self, routes: &[&str]) -> Option<&'a str> {
        let served = |path: &str| routes.iter().any(|route| fits(path, route) || fits(route, path));
        self.paths.iter().map(String::as_str).find(|path| !served(path))
    }
}

fn is_open(part: &str) -> bool {
    part == "*" || (part.starts_with('{') && part.ends_with('}'))
}

/// Returns true if a path is one of those that a pattern stands for.
fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, whatever) = match pattern.strip_suffix("/**") {
        Some(beginning) => (beginning, true),
        None => (pattern, false),
    };
    let mut parts = path.trim_matches('/').split('/');
    let mut wanted = pattern.trim_matches('/').split('/').filter(|part| !part.is_empty());
    let begins = wanted.all(|want| parts.next().is_some_and(|part| is_open(want) || want == part));
    begins && (whatever || parts.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_stands_for_paths() {
        let all = [
            ("/people/{}", "/people/abc", true),
            ("/people/{id}", "/people/abc", true),
            ("/people/*", "/people/abc", true),
            ("/people/{}", "/people", false),
            ("/people/{}", "/people/abc/features/numbers", false),
            ("/people/**", "/people/abc/features/numbers", true),
            ("/people/**", "/people", true),
            ("/people/**", "/peoples", false),
            ("/**", "/roles", true),
            ("/telephony/{}/locations/**", "/telephony/config/locations/a/numbers", true),
            ("/roles", "/roles", true),
            ("/roles", "/", false),
        ];
        for (pattern, path, expected) in all {
            assert_eq!(fits(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn a_target_is_the_same_on_every_page() {
        let seen = |query| Seen { method: "GET", path: "/people", query, route: "/people" };
        assert_eq!(seen("orgId=a&max=2&cursor=x").target(), "GET /people?orgId=a");
        assert_eq!(seen("orgId=a&callingData=true").target(), seen("callingData=true&max=9&orgId=a").target());
        assert_ne!(seen("orgId=a").target(), seen("orgId=b").target());
    }

    #[test]
    fn families_follow_from_method_and_route() {
        let seen = |method, route| Seen { method, path: route, query: "", route };
        assert!(seen("GET", "/locations").lists() && !seen("GET", "/locations/{id}").lists());
        assert!(!seen("GET", "/people/me").lists());
        assert!(
            seen("POST", "/wholesale/customers").writes() && !seen("POST", "/wholesale/customers/validate").writes()
        );
        assert!(Requests::only(Only::Reads).matches(seen("POST", "/wholesale/customers/validate")));
        assert!(!Requests::with(Verb::Put, "/people/{}").matches(seen("GET", "/people/{id}")));
    }
}

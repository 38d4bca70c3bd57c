//! One request, taken apart: path, query and body, read strictly.

use jiff::Timestamp;
use serde_json::Value;

use super::answer::{Code, Refusal};
use super::caller::Caller;
use super::config::Config;
use super::id::{IdKind, Uuid};

/// What rules know beside the state.
pub(crate) struct Context<'a> {
    pub(crate) config: &'a Config,
    pub(crate) now: Timestamp,
    /// The address of the service as the caller wrote it, up to `/v1`.
    pub(crate) base: &'a str,
    pub(crate) tracking_id: &'a str,
    pub(crate) caller: &'a Caller,
}

impl Context<'_> {
    /// Returns the address of the service without `/v1`, under which SCIM is.
    pub(crate) fn origin(&self) -> &str {
        self.base.strip_suffix("/v1").unwrap_or(self.base)
    }

    /// Returns when asynchronous work that starts now is done.
    pub(crate) fn due(&self) -> Timestamp {
        self.now.checked_add(self.config.provisioning_delay).unwrap_or(Timestamp::MAX)
    }
}

/// A request.
pub(crate) struct Call {
    /// The path below the base, as it was sent.
    pub(crate) path: String,
    /// The parts of the path that the route leaves open.
    pub(crate) open: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Option<Value>,
}

impl Call {
    /// Returns the first open part of the path.
    pub(crate) fn id(&self) -> &str {
        self.open.first().map_or("", String::as_str)
    }

    pub(crate) fn second_id(&self) -> &str {
        self.open.get(1).map_or("", String::as_str)
    }

    /// Returns a query parameter; an empty one counts as absent.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.params(name).next()
    }

    pub(crate) fn params(&self, name: &str) -> impl Iterator<Item = &str> {
        self.query
            .iter()
            .filter(move |(found, value)| found == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.param(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(other) => {
                Err(Refusal::bad(Code::None, format!("parameter `{name}` is `{other}`, not `true` or `false`")))
            }
        }
    }

    pub(crate) fn count(&self, name: &str) -> Result<Option<usize>, Refusal> {
        self.param(name)
            .map(|text| {
                text.parse().map_err(|_| {
                    Refusal::bad(Code::None, format!("parameter `{name}` is `{text}`, not a whole number"))
                })
            })
            .transpose()
    }

    /// Reads an encoded id from a text of the request.
    pub(crate) fn decode(cx: &Context<'_>, kind: IdKind, text: &str) -> Option<Uuid> {
        kind.decode(text).or_else(|| (!cx.config.bare_ids.refuses()).then(|| text.parse().ok()).flatten())
    }
}

/// Which error codes a part of the API uses.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Family {
    /// 1001 missing, 1002 out of bounds.
    Wholesale,
    /// 25008 missing, 25110 out of bounds.
    Calling,
    /// No codes.
    Other,
}

impl Family {
    /// Returns the family of the endpoint at a path.
    pub(crate) fn of(path: &str) -> Self {
        match path.split('/').nth(1) {
            Some("wholesale") => Self::Wholesale,
            Some("telephony") => Self::Calling,
            Some(_) | None => Self::Other,
        }
    }

    /// Refuses a request without a field that it needs.
    pub(crate) fn missing(self, field: &str) -> Refusal {
        Refusal::bad(self.missing_code(), format!("mandatory field `{field}` is missing"))
    }

    /// Refuses what is longer or larger than the service takes.
    pub(crate) fn out_of_bounds(self, text: String) -> Refusal {
        Refusal::bad(self.bounds_code(), text)
    }

    fn missing_code(self) -> Code {
        match self {
            Self::Wholesale => Code::Number(1001),
            Self::Calling => Code::Number(25008),
            Self::Other => Code::None,
        }
    }

    fn bounds_code(self) -> Code {
        match self {
            Self::Wholesale => Code::Number(1002),
            Self::Calling => Code::Number(25110),
            Self::Other => Code::None,
        }
    }
}

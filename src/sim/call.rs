//! One request, taken apart: path, query and body, read strictly.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Map, Value};

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

    pub(crate) fn body(&self, family: Family) -> Result<Fields<'_>, Refusal> {
        match &self.body {
            Some(Value::Object(map)) => Ok(Fields::new(map, String::new(), family)),
            Some(_) => Err(Refusal::bad(Code::None, "the body is not a JSON object")),
            None => Err(Refusal::bad(Code::None, "the body is missing")),
        }
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

/// An object of a body. What is not read by the time of [`Fields::end`] is unknown, and refused.
pub(crate) struct Fields<'a> {
    map: &'a Map<String, Value>,
    /// The path to the object, with a final dot, for messages.
    at: String,
    family: Family,
    known: BTreeSet<&'static str>,
}

impl<'a> Fields<'a> {
    fn new(map: &'a Map<String, Value>, at: String, family: Family) -> Self {
        Self { map, at, family, known: BTreeSet::new() }
    }

    pub(crate) fn value(&mut self, name: &'static str) -> Option<&'a Value> {
        self.known.insert(name);
        self.map.get(name)
    }

    /// Refuses the field as something it must not be.
    pub(crate) fn wrong(&self, name: &str, why: &str) -> Refusal {
        Refusal::bad(Code::None, format!("`{}{name}` {why}", self.at))
    }

    pub(crate) fn missing(&self, name: &str) -> Refusal {
        self.family.missing(&format!("{}{name}", self.at))
    }

    pub(crate) fn text(&mut self, name: &'static str) -> Result<Option<String>, Refusal> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(self.wrong(name, "is not a string")),
        }
    }

    /// Reads a text that has something in it.
    pub(crate) fn filled(&mut self, name: &'static str) -> Result<Option<String>, Refusal> {
        match self.text(name)? {
            Some(text) if text.trim().is_empty() => Err(self.wrong(name, "is empty")),
            text => Ok(text),
        }
    }

    pub(crate) fn need(&mut self, name: &'static str) -> Result<String, Refusal> {
        self.filled(name)?.ok_or_else(|| self.missing(name))
    }

    /// Refuses a text that is longer than the service stores.
    pub(crate) fn at_most(&self, name: &str, text: &str, longest: usize) -> Result<(), Refusal> {
        if text.chars().count() <= longest {
            return Ok(());
        }
        Err(self.family.out_of_bounds(format!("`{}{name}` is longer than {longest} characters", self.at)))
    }

    pub(crate) fn flag(&mut self, name: &'static str) -> Result<Option<bool>, Refusal> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(self.wrong(name, "is not true or false")),
        }
    }

    /// Reads a text or a number, as coordinates are seen in both forms.
    pub(crate) fn number_as_text(&mut self, name: &'static str) -> Result<Option<String>, Refusal> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(self.wrong(name, "is neither a string nor a number")),
        }
    }

    pub(crate) fn texts(&mut self, name: &'static str) -> Result<Option<Vec<String>>, Refusal> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let texts =
            value.as_array().and_then(|items| items.iter().map(|item| item.as_str().map(str::to_owned)).collect());
        texts.map(Some).ok_or_else(|| self.wrong(name, "is not a list of strings"))
    }

    /// Reads a list that has something in it.
    pub(crate) fn need_texts(&mut self, name: &'static str) -> Result<Vec<String>, Refusal> {
        let texts = self.texts(name)?.ok_or_else(|| self.missing(name))?;
        if texts.is_empty() {
            return Err(self.wrong(name, "is an empty list"));
        }
        Ok(texts)
    }

    pub(crate) fn object(&mut self, name: &'static str) -> Result<Option<Fields<'a>>, Refusal> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(Fields::new(map, format!("{}{name}.", self.at), self.family))),
            Some(_) => Err(self.wrong(name, "is not an object")),
        }
    }

    pub(crate) fn need_object(&mut self, name: &'static str) -> Result<Fields<'a>, Refusal> {
        self.object(name)?.ok_or_else(|| self.missing(name))
    }

    pub(crate) fn objects(&mut self, name: &'static str) -> Result<Option<Vec<Fields<'a>>>, Refusal> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let items = value.as_array().ok_or_else(|| self.wrong(name, "is not a list"))?;
        let objects = items.iter().enumerate().map(|(position, item)| {
            let map = item.as_object().ok_or_else(|| self.wrong(name, "is not a list of objects"))?;
            Ok(Fields::new(map, format!("{}{name}[{position}].", self.at), self.family))
        });
        objects.collect::<Result<_, _>>().map(Some)
    }

    pub(crate) fn need_objects(&mut self, name: &'static str) -> Result<Vec<Fields<'a>>, Refusal> {
        self.objects(name)?.ok_or_else(|| self.missing(name))
    }

    /// Takes fields as known that are read by nothing.
    pub(crate) fn ignore(&mut self, names: &[&'static str]) {
        self.known.extend(names);
    }

    /// Refuses what nobody read.
    pub(crate) fn end(self, cx: &Context<'_>) -> Result<(), Refusal> {
        if !cx.config.unknown_fields.refuses() {
            return Ok(());
        }
        match self.map.keys().find(|name| !self.known.contains(name.as_str())) {
            Some(name) => Err(self.wrong(name, "is not a field of this request")),
            None => Ok(()),
        }
    }
}

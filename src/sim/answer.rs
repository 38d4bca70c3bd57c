//! What a rule gives back: an answer, or a refusal in the words of the service.

use serde_json::{Value, json};

/// A request that was done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<Value>,
}

impl Answer {
    pub(crate) fn ok(body: Value) -> Self {
        Self::with_status(200, Some(body))
    }

    pub(crate) fn with_status(status: u16, body: Option<Value>) -> Self {
        Self { status, headers: Vec::new(), body }
    }

    pub(crate) fn header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// An error code: the service writes numbers and texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    None,
    Number(u32),
    Text(&'static str),
}

impl From<u32> for Code {
    fn from(number: u32) -> Self {
        Self::Number(number)
    }
}

impl From<&'static str> for Code {
    fn from(text: &'static str) -> Self {
        Self::Text(text)
    }
}

impl Code {
    pub(crate) fn to_value(&self) -> Option<Value> {
        match self {
            Self::None => None,
            Self::Number(number) => Some(json!(number)),
            Self::Text(text) => Some(json!(text)),
        }
    }
}

/// A request that was not done; nothing has changed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    body: Shape,
}

/// The shapes of error bodies.
#[derive(Clone, Debug, PartialEq)]
enum Shape {
    /// `{message, errors: [{errorCode, description}], trackingId}`, with one error or several
    Usual(Code, Vec<String>),
    /// `{error, error_description, …}` as OAuth wants it, and the usual fields beside.
    OAuth(&'static str, String),
    /// A body of its own shape, as some calling endpoints have.
    Own(Value),
    /// `{error: {key, message: [{description, code}]}, trackingId}`, as number jobs have.
    Job(Code, String),
}

impl Refusal {
    pub(crate) fn new(status: u16, code: impl Into<Code>, text: impl Into<String>) -> Self {
        Self { status, headers: Vec::new(), body: Shape::Usual(code.into(), vec![text.into()]) }
    }

    pub(crate) fn bad(code: impl Into<Code>, text: impl Into<String>) -> Self {
        Self::new(400, code, text)
    }

    pub(crate) fn conflict(text: impl Into<String>) -> Self {
        Self::new(409, Code::None, text)
    }

    pub(crate) fn forbidden(text: impl Into<String>) -> Self {
        Self::new(403, Code::None, text)
    }

    pub(crate) fn not_found(what: &str, id: &str) -> Self {
        Self::new(404, Code::None, format!("{what} `{id}` was not found"))
    }

    pub(crate) fn own(status: u16, body: Value) -> Self {
        Self { status, headers: Vec::new(), body: Shape::Own(body) }
    }

    pub(crate) fn oauth(status: u16, error: &'static str, text: impl Into<String>) -> Self {
        Self { status, headers: Vec::new(), body: Shape::OAuth(error, text.into()) }
    }

    pub(crate) fn job(code: impl Into<Code>, text: impl Into<String>) -> Self {
        Self { status: 400, headers: Vec::new(), body: Shape::Job(code.into(), text.into()) }
    }

    /// Adds another reason of the same kind.
    pub(crate) fn and(mut self, text: impl Into<String>) -> Self {
        if let Shape::Usual(_, texts) = &mut self.body {
            texts.push(text.into());
        }
        self
    }

    /// Takes the error code out, where an endpoint has codes of its own.
    pub(crate) fn without_code(mut self) -> Self {
        if let Shape::Usual(code, _) = &mut self.body {
            *code = Code::None;
        }
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Returns the body as the caller sees it.
    pub(crate) fn to_body(&self, tracking_id: &str) -> Value {
        match &self.body {
            Shape::Usual(code, texts) => {
                let errors = texts.iter().map(|text| {
                    let mut error = json!({ "description": text });
                    if let Some(code) = code.to_value() {
                        error["errorCode"] = code;
                    }
                    error
                });
                let errors: Vec<Value> = errors.collect();
                json!({ "message": texts.first(), "errors": errors, "trackingId": tracking_id })
            }
            Shape::OAuth(error, text) => json!({
                "error": error,
                "error_description": text,
                "message": text,
                "errors": [{ "description": text }],
                "trackingId": tracking_id,
            }),
            Shape::Own(body) => body.clone(),
            Shape::Job(code, text) => {
                let mut message = json!({ "description": text });
                if let Some(code) = code.to_value() {
                    message["code"] = code;
                }
                let key = self.status.to_string();
                json!({ "error": { "key": key, "message": [message] }, "trackingId": tracking_id })
            }
        }
    }
}

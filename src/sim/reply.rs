//! Answers whose type says status and body, so that the description of the service comes from what serves it.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::Value;

use super::answer::Answer;
use super::body::Media;

/// What the description says of one status.
#[derive(Debug)]
pub(crate) struct Described {
    pub(crate) status: u16,
    /// The body, if there is one.
    pub(crate) schema: Option<Schema>,
    /// How the body is written.
    pub(crate) media: &'static str,
    /// Headers beside `Trackingid`: name and meaning.
    pub(crate) headers: &'static [(&'static str, &'static str)],
}

/// An answer with a description.
pub(crate) trait Reply {
    /// Describes every success that the type can be.
    fn describe(generator: &mut SchemaGenerator) -> Vec<Described>;

    fn into_answer(self) -> Answer;
}

/// A body under a status.
#[derive(Debug)]
pub(crate) struct With<const STATUS: u16, T> {
    body: T,
    headers: Vec<(&'static str, String)>,
}

/// 200
pub(crate) type Found<T> = With<200, T>;
/// 201
pub(crate) type Created<T> = With<201, T>;
/// 202
pub(crate) type Accepted<T> = With<202, T>;

impl<const STATUS: u16, T> With<STATUS, T> {
    pub(crate) const fn new(body: T) -> Self {
        Self { body, headers: Vec::new() }
    }

    pub(crate) fn location(mut self, url: String) -> Self {
        self.headers.push(("location", url));
        self
    }

    /// Adds the `Link` header of a page that is not the last.
    pub(crate) fn link(mut self, link: Option<String>) -> Self {
        self.headers.extend(link.map(|link| ("link", link)));
        self
    }
}

impl<const STATUS: u16, T: Serialize + JsonSchema> Reply for With<STATUS, T> {
    fn describe(generator: &mut SchemaGenerator) -> Vec<Described> {
        let headers: &[_] = &[
            ("Location", "the address of what was made or changed"),
            ("Link", "the address of the next page, in the form of RFC 8288"),
        ];
        let schema = Some(generator.subschema_for::<T>());
        vec![Described { status: STATUS, schema, media: Media::Json.name(), headers }]
    }

    fn into_answer(self) -> Answer {
        match serde_json::to_value(self.body) {
            Ok(body) => Answer { status: STATUS, headers: self.headers, body: Some(body) },
            // Only maps with keys that are no texts fail, and there are none.
            Err(error) => {
                tracing::error!(%error, "an answer could not be written");
                Answer::with_status(500, None)
            }
        }
    }
}

/// A status without a body.
#[derive(Debug)]
pub(crate) struct Empty<const STATUS: u16> {
    headers: Vec<(&'static str, String)>,
}

/// 204
pub(crate) type Done = Empty<204>;

impl<const STATUS: u16> Empty<STATUS> {
    pub(crate) const fn new() -> Self {
        Self { headers: Vec::new() }
    }
}

impl<const STATUS: u16> Reply for Empty<STATUS> {
    fn describe(_: &mut SchemaGenerator) -> Vec<Described> {
        vec![Described { status: STATUS, schema: None, media: Media::Json.name(), headers: &[] }]
    }

    fn into_answer(self) -> Answer {
        Answer { status: STATUS, headers: self.headers, body: None }
    }
}

/// 302, to another address.
#[derive(Debug)]
pub(crate) struct Redirect(String);

impl Redirect {
    pub(crate) const fn to(url: String) -> Self {
        Self(url)
    }
}

impl Reply for Redirect {
    fn describe(_: &mut SchemaGenerator) -> Vec<Described> {
        vec![Described { status: 302, schema: None, media: "", headers: &[("Location", "where to go on")] }]
    }

    fn into_answer(self) -> Answer {
        Answer { status: 302, headers: vec![("location", self.0)], body: None }
    }
}

/// 200 with a table of text.
#[derive(Debug)]
pub(crate) struct Csv(pub(crate) String);

impl Reply for Csv {
    fn describe(_: &mut SchemaGenerator) -> Vec<Described> {
        let schema = Some(json_schema!({ "type": "string" }));
        vec![Described { status: 200, schema, media: "text/csv", headers: &[] }]
    }

    fn into_answer(self) -> Answer {
        Answer::ok(Value::String(self.0)).header("content-type", "text/csv;charset=UTF-8".to_owned())
    }
}

/// One of two answers; nest it for more.
#[derive(Debug)]
pub(crate) enum Either<A, B> {
    This(A),
    That(B),
}

impl<A: Reply, B: Reply> Reply for Either<A, B> {
    fn describe(generator: &mut SchemaGenerator) -> Vec<Described> {
        let mut all = A::describe(generator);
        all.extend(B::describe(generator));
        all
    }

    fn into_answer(self) -> Answer {
        match self {
            Self::This(reply) => reply.into_answer(),
            Self::That(reply) => reply.into_answer(),
        }
    }
}

/// A list in an envelope, as most endpoints answer.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
pub(crate) struct Items<T> {
    pub(crate) items: Vec<T>,
}

//! One endpoint: method, path, parameters, and the rule behind with the types of its request and answers.

use std::sync::Arc;

use axum::http::Method;
use schemars::{Schema, SchemaGenerator};

use super::param::Param;
use super::serve::BASE;
use crate::sim::answer::{Answer, Refusal};
use crate::sim::body::{self, Body, Media};
use crate::sim::call::{Call, Context, Family};
use crate::sim::reply::{Described, Reply};
use crate::sim::state::State;

/// A rule, with reading its request and writing its answer around it.
type Work = dyn Fn(&mut State, &Context<'_>, &Call) -> Result<Answer, Refusal> + Send + Sync;

/// An endpoint.
#[derive(Clone)]
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) query: Vec<Param>,
    /// How its request is written, if it has a body.
    pub(crate) media: Option<Media>,
    /// Whether anybody may call it, as the endpoint that gives out tokens.
    pub(crate) open: bool,
    /// Whether its requests hold secrets, so that nothing of them is remembered.
    pub(crate) discreet: bool,
    pub(crate) work: Arc<Work>,
    request: Option<fn(&mut SchemaGenerator) -> Schema>,
    answers: fn(&mut SchemaGenerator) -> Vec<Described>,
}

impl Route {
    /// An endpoint whose request has no body.
    pub(crate) fn new<R: Reply + 'static>(
        method: Method,
        path: &'static str,
        query: impl Into<Vec<Param>>,
        rule: fn(&mut State, &Context<'_>, &Call) -> Result<R, Refusal>,
    ) -> Self {
        let work = move |state: &mut State, cx: &Context<'_>, call: &Call| rule(state, cx, call).map(R::into_answer);
        let (media, request) = (None, None);
        Self {
            method,
            path,
            query: query.into(),
            media,
            open: false,
            discreet: false,
            work: Arc::new(work),
            request,
            answers: R::describe,
        }
    }

    /// An endpoint whose request has a body.
    pub(crate) fn with_body<B: Body + 'static, R: Reply + 'static>(
        method: Method,
        path: &'static str,
        query: impl Into<Vec<Param>>,
        rule: fn(&mut State, &Context<'_>, &Call, B) -> Result<R, Refusal>,
    ) -> Self {
        let work = move |state: &mut State, cx: &Context<'_>, call: &Call| {
            let body = body::read(call.body.as_ref(), Family::of(path), cx.config.unknown_fields.refuses())?;
            rule(state, cx, call, body).map(R::into_answer)
        };
        Self {
            method,
            path,
            query: query.into(),
            media: Some(B::MEDIA),
            open: false,
            discreet: false,
            work: Arc::new(work),
            request: Some(SchemaGenerator::subschema_for::<B>),
            answers: R::describe,
        }
    }

    /// Returns the path from the root of the host. SCIM alone is not below `/v1`: the addresses in the official examples
    /// are without, and so are those that `wxc_sdk` calls.
    pub(crate) fn full_path(&self) -> String {
        let base = if self.path.starts_with("/identity/scim/") { "" } else { BASE };
        format!("{base}{}", self.path)
    }

    /// Lets anybody call it.
    pub(crate) fn open(mut self) -> Self {
        self.open = true;
        self
    }

    /// Lets nothing of its requests be remembered.
    pub(crate) fn discreet(mut self) -> Self {
        self.discreet = true;
        self
    }

    /// Returns the schema of the request's body.
    pub(crate) fn request(&self, generator: &mut SchemaGenerator) -> Option<Schema> {
        self.request.map(|describe| describe(generator))
    }

    /// Returns what its successes look like; nothing if it is put together by hand.
    pub(crate) fn answers(&self, generator: &mut SchemaGenerator) -> Vec<Described> {
        (self.answers)(generator)
    }
}

/// Without a body, in the order of the table's columns.
pub(crate) fn get<R: Reply + 'static>(
    path: &'static str,
    query: impl Into<Vec<Param>>,
    rule: fn(&mut State, &Context<'_>, &Call) -> Result<R, Refusal>,
) -> Route {
    Route::new(Method::GET, path, query, rule)
}

/// Without a body.
pub(crate) fn delete<R: Reply + 'static>(
    path: &'static str,
    query: impl Into<Vec<Param>>,
    rule: fn(&mut State, &Context<'_>, &Call) -> Result<R, Refusal>,
) -> Route {
    Route::new(Method::DELETE, path, query, rule)
}

/// A POST without a body.
pub(crate) fn post_nothing<R: Reply + 'static>(
    path: &'static str,
    query: impl Into<Vec<Param>>,
    rule: fn(&mut State, &Context<'_>, &Call) -> Result<R, Refusal>,
) -> Route {
    Route::new(Method::POST, path, query, rule)
}

/// With a body.
pub(crate) fn post<B: Body + 'static, R: Reply + 'static>(
    path: &'static str,
    query: impl Into<Vec<Param>>,
    rule: fn(&mut State, &Context<'_>, &Call, B) -> Result<R, Refusal>,
) -> Route {
    Route::with_body(Method::POST, path, query, rule)
}

/// With a body.
pub(crate) fn put<B: Body + 'static, R: Reply + 'static>(
    path: &'static str,
    query: impl Into<Vec<Param>>,
    rule: fn(&mut State, &Context<'_>, &Call, B) -> Result<R, Refusal>,
) -> Route {
    Route::with_body(Method::PUT, path, query, rule)
}

/// With a body.
pub(crate) fn patch<B: Body + 'static, R: Reply + 'static>(
    path: &'static str,
    query: impl Into<Vec<Param>>,
    rule: fn(&mut State, &Context<'_>, &Call, B) -> Result<R, Refusal>,
) -> Route {
    Route::with_body(Method::PATCH, path, query, rule)
}

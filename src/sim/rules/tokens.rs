//! Tokens: consent, exchange, renewal, and whom a token stands for.

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine as _;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use url::Url;

use super::{orgs, provisioning};
use crate::sim::answer::{Code, Refusal};
use crate::sim::call::{Call, Context};
use crate::sim::caller::Caller;
use crate::sim::clients::{ApiClient, ClientKind, Tokens};
use crate::sim::config::Config;
use crate::sim::id::{BASE64, IdKind, Uuid};
use crate::sim::reference::{FULL_ADMIN, WHOLESALE_ADMIN};
use crate::sim::reply::{Found, Redirect};
use crate::sim::state::{Grant, State, Token, TokenKind};
use crate::sim::wire::token as wire;

/// How long an authorization code is good.
const CODE_LIFETIME: Duration = Duration::from_mins(10);

/// The digest under which a token is kept.
fn digest(text: &str) -> String {
    let digest = Sha256::digest(text);
    let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

fn later(now: Timestamp, by: Duration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

fn unauthorized() -> Refusal {
    let text = "the request requires a valid access token set in the Authorization request header";
    Refusal::new(401, Code::None, text)
}

/// Says whom a token stands for, if it is good.
pub(crate) fn caller(state: &State, config: &Config, now: Timestamp, token: &str) -> Result<Caller, Refusal> {
    if token.trim().is_empty() {
        return Err(unauthorized());
    }
    let Some(found) = state.tokens.get(&digest(token)) else {
        return match config.tokens {
            Tokens::Any => Ok(Caller::administrator()),
            Tokens::Issued => Err(unauthorized()),
        };
    };
    let grant = state.grants.get(&found.grant).filter(|grant| {
        found.kind == TokenKind::Access
            && now < found.expires
            && !grant.revoked
            && state.people.contains_key(&grant.person)
    });
    let Grant { person, scopes, .. } = grant.ok_or_else(unauthorized)?;
    Ok(Caller { person: *person, scopes: Some(scopes.clone()), basic: None })
}

/// Refuses a request without a token.
pub(crate) fn without_token() -> Refusal {
    unauthorized()
}

/// Makes a token and returns its text, which stands nowhere else. Like ids, it follows from the calls made.
fn give_out(state: &mut State, kind: TokenKind, grant: Uuid, expires: Timestamp) -> String {
    let number = state.next_id();
    let text = BASE64.encode(Sha256::digest(format!("token {number}")));
    state.tokens.insert(digest(&text), Token { kind, grant, expires, spent: false });
    text
}

fn grant(state: &mut State, now: Timestamp, client: &str, person: Uuid, scopes: BTreeSet<String>) -> Uuid {
    let key = state.next_id();
    let client = client.to_owned();
    state.grants.insert(key, Grant { client, person, scopes, revoked: false, created: now });
    key
}

/// Gives out an access token from outside of the API.
pub(crate) fn issue(state: &mut State, now: Timestamp, scopes: BTreeSet<String>, lifetime: Duration) -> String {
    let grant = grant(state, now, "", orgs::caller(), scopes);
    give_out(state, TokenKind::Access, grant, later(now, lifetime))
}

/// Takes back what a token came from. Returns whether there is such a token.
pub(crate) fn revoke(state: &mut State, token: &str) -> bool {
    let Some(found) = state.tokens.get(&digest(token)) else { return false };
    let grant = found.grant;
    state.grants.edit(&grant, |grant| grant.revoked = true).is_some()
}

fn invalid(error: &'static str, text: impl Into<String>) -> Refusal {
    Refusal::oauth(400, error, text)
}

/// Returns the place in the answer to consent: `redirect_uri` with more parameters.
fn back_to(mut uri: Url, state: Option<&str>, pairs: &[(&str, &str)]) -> Redirect {
    uri.query_pairs_mut().extend_pairs(pairs).extend_pairs(state.map(|state| ("state", state)));
    Redirect::to(uri.into())
}

/// Whether consent may lead to `uri`. The port of a loopback address does not matter (RFC 8252).
fn is_registered(uris: &BTreeSet<String>, uri: &Url) -> bool {
    let is_loopback =
        |uri: &Url| uri.scheme() == "http" && matches!(uri.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    uris.iter().filter_map(|known| Url::parse(known).ok()).any(|mut known| {
        if is_loopback(&known) && is_loopback(uri) {
            // A URL with a host takes any port.
            known.set_port(uri.port()).ok();
        }
        known == *uri
    })
}

/// Consents at once, in the name of the partner's full administrator: there is no page to log in.
pub(crate) fn authorize(state: &mut State, cx: &Context<'_>, call: &Call) -> Result<Redirect, Refusal> {
    let need = |name: &str| {
        call.param(name).ok_or_else(|| invalid("invalid_request", format!("parameter `{name}` is missing")))
    };
    // Nobody is led to an address that is not known to be the client's.
    let id = need("client_id")?;
    let client = cx.config.clients.iter().find(|client| client.id == id);
    let Some((ClientKind::Integration { redirect_uris }, client)) = client.map(|client| (&client.kind, client)) else {
        return Err(invalid("invalid_client", format!("there is no integration `{id}`")));
    };
    let redirect_uri = need("redirect_uri")?;
    let uri = Url::parse(redirect_uri)
        .ok()
        .filter(|uri| is_registered(redirect_uris, uri))
        .ok_or_else(|| invalid("invalid_request", "`redirect_uri` is not registered for the integration"))?;

    let back = call.param("state");
    let wrong =
        |error: &str, text: &str| Ok(back_to(uri.clone(), back, &[("error", error), ("error_description", text)]));
    if call.param("response_type") != Some("code") {
        return wrong("unsupported_response_type", "response_type is not code");
    }
    let scopes: BTreeSet<String> =
        call.param("scope").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    if scopes.is_empty() {
        return wrong("invalid_scope", "scope is missing");
    }
    if let Some(scope) = scopes.iter().find(|scope| !client.scopes.contains(*scope)) {
        return wrong("invalid_scope", &format!("the integration may not ask for {scope}"));
    }
    let challenge = match (call.param("code_challenge"), call.param("code_challenge_method")) {
        (None, None) => None,
        (Some(challenge), Some("S256")) if is_challenge(challenge) => Some(challenge.to_owned()),
        _ => return wrong("invalid_request", "code_challenge is not one of method S256"),
    };

    let grant = grant(state, cx.now, &client.id, orgs::caller(), scopes);
    let kind = TokenKind::Code { redirect_uri: redirect_uri.to_owned(), challenge };
    let code = give_out(state, kind, grant, later(cx.now, CODE_LIFETIME));
    Ok(back_to(uri, back, &[("code", &code)]))
}

/// Whether the text can be the SHA-256 digest of a verifier.
fn is_challenge(text: &str) -> bool {
    BASE64.decode(text).is_ok_and(|bytes| bytes.len() == 32)
}

/// Whether the text can be a verifier (RFC 7636).
fn is_verifier(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&text.len()) && text.bytes().all(is_plain)
}

/// Exchanges a code or a refresh token.
pub(crate) fn exchange(
    state: &mut State,
    cx: &Context<'_>,
    _call: &Call,
    asked: wire::TokenRequest,
) -> Result<Found<wire::IssuedTokens>, Refusal> {
    let wire::TokenRequest { grant_type, client_id, client_secret, code, redirect_uri, code_verifier, refresh_token } =
        asked;
    let client = authenticate(cx, given(client_id).as_deref(), given(client_secret).as_deref())?;
    let need = |name: &str, value: Option<String>| {
        given(value).ok_or_else(|| invalid("invalid_request", format!("`{name}` is missing")))
    };
    match given(grant_type).as_deref() {
        Some("authorization_code") => {
            let code = need("code", code)?;
            let redirect_uri = need("redirect_uri", redirect_uri)?;
            let grant = redeem(state, cx, client, &code, &redirect_uri, given(code_verifier).as_deref())?;
            Ok(Found::new(tokens(state, cx, grant, None)))
        }
        Some("refresh_token") => {
            let text = need("refresh_token", refresh_token)?;
            let grant = renew(state, cx, client, &text)?;
            Ok(Found::new(tokens(state, cx, grant, Some(text))))
        }
        Some(other) => Err(invalid("unsupported_grant_type", format!("`grant_type` `{other}` is not served"))),
        None => Err(invalid("invalid_request", "`grant_type` is missing")),
    }
}

fn given(value: Option<String>) -> Option<String> {
    value.filter(|value| !value.is_empty())
}

/// Says which client asks: by the form, or by HTTP Basic, but not by both.
fn authenticate<'a>(cx: &Context<'a>, id: Option<&str>, secret: Option<&str>) -> Result<&'a ApiClient, Refusal> {
    use secrecy::ExposeSecret as _;

    let pair = match (id, secret, &cx.caller.basic) {
        // The id may stand in the form beside Basic, if it is the same one.
        (id, None, Some((name, password))) if id.is_none_or(|id| id == name) => {
            Some((name.as_str(), password.expose_secret()))
        }
        (Some(id), Some(secret), None) => Some((id, secret)),
        (_, _, Some(_)) => {
            return Err(invalid("invalid_request", "the client authenticates itself in two ways"));
        }
        _ => None,
    };
    pair.and_then(|(id, secret)| cx.config.clients.iter().find(|client| client.id == id && client.secret.is(secret)))
        .ok_or_else(|| Refusal::oauth(401, "invalid_client", "id and secret of the client are missing or wrong"))
}

/// Finds a code or refresh token of the client that is still good.
fn good<'a>(state: &'a State, cx: &Context<'_>, client: &ApiClient, text: &str) -> Option<(&'a Token, &'a Grant)> {
    let token = state.tokens.get(&digest(text))?;
    let grant = state.grants.get(&token.grant)?;
    let is_good = grant.client == client.id
        && !grant.revoked
        && cx.now < token.expires
        && state.people.contains_key(&grant.person);
    is_good.then_some((token, grant))
}

/// Takes an authorization code.
fn redeem(
    state: &mut State,
    cx: &Context<'_>,
    client: &ApiClient,
    code: &str,
    redirect_uri: &str,
    verifier: Option<&str>,
) -> Result<Uuid, Refusal> {
    let refused = || invalid("invalid_grant", "the code is unknown, used, expired, or of another client");
    let (token, _) = good(state, cx, client, code).ok_or_else(refused)?;
    let TokenKind::Code { redirect_uri: sent_to, challenge } = &token.kind else {
        return Err(refused());
    };
    if token.spent {
        return Err(refused());
    }
    if sent_to != redirect_uri {
        return Err(invalid("invalid_grant", "`redirect_uri` differs from that of the code"));
    }
    match (challenge, verifier) {
        (None, None) => {}
        (Some(challenge), Some(verifier))
            if is_verifier(verifier) && BASE64.encode(Sha256::digest(verifier)) == challenge.trim_end_matches('=') => {}
        _ => return Err(invalid("invalid_grant", "`code_verifier` does not fit the code")),
    }
    let grant = token.grant;
    state.tokens.edit(&digest(code), |token| token.spent = true);
    Ok(grant)
}

/// Takes a refresh token; where they rotate, it is good for this one time.
fn renew(state: &mut State, cx: &Context<'_>, client: &ApiClient, text: &str) -> Result<Uuid, Refusal> {
    let (token, _) = good(state, cx, client, text)
        .filter(|(token, _)| token.kind == TokenKind::Refresh && !token.spent)
        .ok_or_else(|| invalid("invalid_grant", "the refresh token is unknown, used, expired, or of another client"))?;
    let grant = token.grant;
    let expires = later(cx.now, cx.config.refresh_lifetime);
    state.tokens.edit(&digest(text), |token| {
        token.spent = cx.config.rotate_refresh_tokens;
        token.expires = expires;
    });
    Ok(grant)
}

/// Gives out an access token with a refresh token, which stays the old one where they do not rotate.
fn tokens(state: &mut State, cx: &Context<'_>, grant: Uuid, old: Option<String>) -> wire::IssuedTokens {
    let Config { token_lifetime, refresh_lifetime, rotate_refresh_tokens, .. } = cx.config;
    let access_token = give_out(state, TokenKind::Access, grant, later(cx.now, *token_lifetime));
    let refresh_token = old
        .filter(|_| !rotate_refresh_tokens)
        .unwrap_or_else(|| give_out(state, TokenKind::Refresh, grant, later(cx.now, *refresh_lifetime)));
    let scopes = state.grants.get(&grant).into_iter().flat_map(|grant| &grant.scopes);
    wire::IssuedTokens {
        access_token,
        expires_in: token_lifetime.as_secs(),
        refresh_token,
        refresh_token_expires_in: refresh_lifetime.as_secs(),
        token_type: "Bearer",
        scope: scopes.map(String::as_str).collect::<Vec<_>>().join(" "),
    }
}

/// Gives out tokens of a service app that an administrator has authorized.
pub(crate) fn service_app(
    state: &mut State,
    cx: &Context<'_>,
    call: &Call,
    asked: wire::ServiceAppTokenRequest,
) -> Result<Found<wire::ServiceAppTokens>, Refusal> {
    let wire::ServiceAppTokenRequest { client_id, client_secret, target_org_id } = asked;
    let app = cx.config.clients.iter().find_map(|client| match &client.kind {
        ClientKind::ServiceApp { application_id, authorized } if application_id == call.id() => {
            Some((client, *authorized))
        }
        ClientKind::ServiceApp { .. } | ClientKind::Integration { .. } => None,
    });
    let (client, authorized) = app.ok_or_else(|| Refusal::not_found("service app", call.id()))?;
    if *client_id != *client.id || !client.secret.is(&client_secret) {
        return Err(Refusal::bad(Code::None, "`clientId` and `clientSecret` are not those of the service app"));
    }
    let org = Call::decode(cx, IdKind::Organization, &target_org_id)
        .ok_or_else(|| Refusal::bad(Code::None, "`targetOrgId` is not the id of an organization"))?;
    if org != orgs::partner() || !authorized {
        return Err(Refusal::forbidden("no full administrator has authorized the service app in the organization"));
    }
    let person = account(state, cx, client);
    let grant = grant(state, cx.now, &client.id, person, client.scopes.clone());
    let wire::IssuedTokens { access_token, expires_in, refresh_token, refresh_token_expires_in, token_type, scope: _ } =
        tokens(state, cx, grant, None);
    Ok(Found::new(wire::ServiceAppTokens {
        access_token,
        expires_in,
        refresh_token,
        refresh_token_expires_in,
        token_type,
    }))
}

/// Returns the machine account of a service app, making it the first time.
fn account(state: &mut State, cx: &Context<'_>, client: &ApiClient) -> Uuid {
    let key = Uuid::derived(&["service app", &client.id]);
    if !state.people.contains_key(&key) {
        let name = Some(client.id.clone());
        let email = format!("{key}@serviceapp.example");
        let mut person = provisioning::new_person(orgs::partner(), &email, name, None, cx.now);
        person.is_machine = true;
        person.roles.extend([FULL_ADMIN.to_owned(), WHOLESALE_ADMIN.to_owned()]);
        state.people.insert(key, person);
    }
    key
}

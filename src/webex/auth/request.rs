//! Requests for tokens, as values.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use url::form_urlencoded::Serializer;

use crate::webex::request::path;

/// How an integration or a service app names itself to the service.
#[derive(Clone, Debug)]
pub struct App {
    /// The client id; it is no secret.
    pub id: String,
    /// The client secret. An app without one proves itself by PKCE alone.
    pub secret: Option<SecretString>,
}

/// One request for tokens, below the base URL.
#[derive(Debug)]
pub(super) struct TokenRequest {
    /// Begins with `/`.
    pub(super) path: String,
    pub(super) content_type: &'static str,
    /// The whole body is as secret as what is in it.
    pub(super) body: SecretString,
    /// Who asks, where the body does not say it.
    pub(super) bearer: Option<SecretString>,
}

const FORM: &str = "application/x-www-form-urlencoded";

fn form(app: &App, fields: &[(&str, &str)]) -> TokenRequest {
    let mut form = Serializer::new(String::new());
    form.extend_pairs(fields).append_pair("client_id", &app.id);
    if let Some(secret) = &app.secret {
        form.append_pair("client_secret", secret.expose_secret());
    }
    TokenRequest {
        path: "/access_token".to_owned(),
        content_type: FORM,
        body: SecretString::from(form.finish()),
        bearer: None,
    }
}

/// `POST /access_token` with the code that the authorize page gave.
pub(super) fn exchange(app: &App, code: &SecretString, redirect_uri: &str, verifier: &SecretString) -> TokenRequest {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.expose_secret()),
        ("redirect_uri", redirect_uri),
        ("code_verifier", verifier.expose_secret()),
    ];
    form(app, &fields)
}

/// `POST /access_token` with a refresh token.
pub(super) fn refresh(app: &App, token: &SecretString) -> TokenRequest {
    form(app, &[("grant_type", "refresh_token"), ("refresh_token", token.expose_secret())])
}

/// `POST /applications/{applicationId}/token`: the first tokens of a service app that an administrator authorized.
pub(super) fn service_app(app: &App, application: &str, target_org: &str, caller: &SecretString) -> TokenRequest {
    let secret = app.secret.as_ref().map(SecretString::expose_secret).unwrap_or_default();
    let body = json!({ "clientId": app.id, "clientSecret": secret, "targetOrgId": target_org });
    TokenRequest {
        path: path(&["applications", application, "token"]),
        content_type: "application/json",
        body: SecretString::from(body.to_string()),
        bearer: Some(caller.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app() -> App {
        App { id: "C1&x".to_owned(), secret: Some(SecretString::from("s+s/=")) }
    }

    #[test]
    fn a_form_is_encoded_and_holds_the_credentials() {
        let request = refresh(&app(), &SecretString::from("r t&"));
        assert_eq!((request.path.as_str(), request.content_type), ("/access_token", FORM));
        let expected = "grant_type=refresh_token&refresh_token=r+t%26&client_id=C1%26x&client_secret=s%2Bs%2F%3D";
        assert_eq!(request.body.expose_secret(), expected);
        assert!(request.bearer.is_none());
    }

    #[test]
    fn a_code_goes_with_its_verifier_and_a_public_client_has_no_secret() {
        let app = App { id: "C1".to_owned(), secret: None };
        let request =
            exchange(&app, &SecretString::from("c"), "http://127.0.0.1:8085/callback", &SecretString::from("v"));
        assert_eq!(
            request.body.expose_secret(),
            "grant_type=authorization_code&code=c&redirect_uri=http%3A%2F%2F127.0.0.1%3A8085%2Fcallback\
             &code_verifier=v&client_id=C1"
        );
    }

    #[test]
    fn a_service_app_is_asked_for_with_the_callers_token_and_its_id_stays_one_segment() {
        let request = service_app(&app(), "a/../b", "org", &SecretString::from("bearer"));
        assert_eq!(request.path, "/applications/a%2F..%2Fb/token");
        let body: serde_json::Value = serde_json::from_str(request.body.expose_secret()).unwrap();
        assert_eq!(body, json!({ "clientId": "C1&x", "clientSecret": "s+s/=", "targetOrgId": "org" }));
        assert_eq!(request.bearer.unwrap().expose_secret(), "bearer");
    }

    #[test]
    fn no_request_shows_what_is_in_it() {
        let request = service_app(&app(), "a", "org", &SecretString::from("bearer"));
        let text = format!("{request:?} {:?}", app());
        assert!(!text.contains("s+s") && !text.contains("bearer\""), "{text}");
    }
}

//! What a token endpoint gives.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde_json::Value;

/// The longest lifetime that is believed: ten years.
const LONGEST: i64 = 10 * 366 * 24 * 3600;

/// An access token, and what else the service gave with it.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// What requests carry.
    pub access: SecretString,
    /// What gets the next access token. Each answer may bring another one.
    pub refresh: Option<SecretString>,
    /// When it was asked for.
    pub obtained: Timestamp,
    /// When the access token ends, if the service said it.
    pub expires: Option<Timestamp>,
    /// When the refresh token ends, if the service said it.
    pub refresh_expires: Option<Timestamp>,
    /// What the token may do, if the service said it.
    pub scopes: Option<BTreeSet<String>>,
}

impl Tokens {
    /// Reads the answer of a token endpoint that was asked at a time. An error says what is missing, and never
    /// shows the answer.
    pub(super) fn of(answer: &[u8], asked: Timestamp) -> Result<Self, &'static str> {
        let Ok(Value::Object(answer)) = serde_json::from_slice::<Value>(answer) else {
            return Err("it is not a JSON object");
        };
        let text = |name: &str| answer.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        if text("token_type").is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
            return Err("`token_type` is not `Bearer`");
        }
        let access = text("access_token").ok_or("`access_token` is missing")?;
        if !is_sendable(access) {
            return Err("`access_token` has characters that no token has");
        }
        let ends = |name: &str| match answer.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => seconds(value).map(|lifetime| Some(asked + lifetime)),
        };
        Ok(Self {
            access: SecretString::from(access),
            refresh: text("refresh_token").map(SecretString::from),
            obtained: asked,
            expires: ends("expires_in").map_err(|()| "`expires_in` is not a number of seconds")?,
            refresh_expires: ends("refresh_token_expires_in")
                .map_err(|()| "`refresh_token_expires_in` is not a number of seconds")?,
            scopes: text("scope").map(|scopes| scopes.split_whitespace().map(str::to_owned).collect()),
        })
    }

    /// Returns true if the access token is good for a while: more is left of it than 5 minutes, or a tenth of its
    /// life if that is longer. Of a short life half counts, or it would be renewed with every request.
    pub(super) fn is_fresh(&self, now: Timestamp) -> bool {
        let Some(expires) = self.expires else { return true };
        let life = expires.duration_since(self.obtained);
        let margin = SignedDuration::from_mins(5).max(life / 10).min(life / 2);
        expires.duration_since(now) > margin
    }

    /// Returns true if the access token has not ended yet, as far as is known.
    pub(super) fn is_valid(&self, now: Timestamp) -> bool {
        self.expires.is_none_or(|expires| now < expires)
    }

    /// Keeps what an answer left out and what goes on counting: the refresh token that brought it.
    pub(super) fn after(mut self, before: Option<&Self>, used: &SecretString) -> Self {
        if self.refresh.is_none() {
            self.refresh = Some(used.clone());
            self.refresh_expires = self.refresh_expires.or_else(|| before.and_then(|before| before.refresh_expires));
        }
        if self.scopes.is_none() {
            self.scopes = before.and_then(|before| before.scopes.clone());
        }
        self
    }
}

/// Returns true if a header can carry the token: visible ASCII.
pub(super) fn is_sendable(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Numbers are seen as texts too.
fn seconds(value: &Value) -> Result<SignedDuration, ()> {
    let seconds = match value {
        Value::Number(number) => number.as_i64().or_else(|| number.as_u64().map(|_| LONGEST)),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    seconds.filter(|seconds| *seconds >= 0).map(|seconds| SignedDuration::from_secs(seconds.min(LONGEST))).ok_or(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::ExposeSecret as _;
    use serde_json::json;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + seconds).unwrap()
    }

    fn lasting(seconds: i64) -> Tokens {
        Tokens::of(json!({"access_token": "a", "expires_in": seconds}).to_string().as_bytes(), at(0)).unwrap()
    }

    #[test]
    fn the_documented_answer_is_read() {
        let answer = json!({
            "access_token": "a", "expires_in": 1_209_600, "refresh_token": "r", "refresh_token_expires_in": "7776000",
            "token_type": "Bearer", "scope": "spark-admin:people_read  identity:people_rw"
        });
        let tokens = Tokens::of(answer.to_string().as_bytes(), at(0)).unwrap();
        assert_eq!(tokens.access.expose_secret(), "a");
        assert_eq!(tokens.refresh.unwrap().expose_secret(), "r");
        assert_eq!((tokens.expires, tokens.refresh_expires), (Some(at(1_209_600)), Some(at(7_776_000))));
        let scopes: Vec<_> = tokens.scopes.unwrap().into_iter().collect();
        assert_eq!(scopes, ["identity:people_rw", "spark-admin:people_read"]);
    }

    #[test]
    fn what_is_no_token_is_refused_without_being_shown() {
        for bad in [
            "canary",
            "[\"canary\"]",
            r#"{"refresh_token":"canary"}"#,
            r#"{"access_token":["canary"]}"#,
            r#"{"access_token":"canary\r\nx: y"}"#,
            r#"{"access_token":"canary","token_type":"mac"}"#,
            r#"{"access_token":"canary","expires_in":"canary"}"#,
            r#"{"access_token":"canary","expires_in":-1}"#,
            r#"{"access_token":"canary","refresh_token_expires_in":{}}"#,
        ] {
            let error = Tokens::of(bad.as_bytes(), at(0)).unwrap_err();
            assert!(!error.contains("canary"), "{error}");
        }
    }

    #[test]
    fn five_minutes_or_a_tenth_are_kept_in_reserve_and_of_a_short_life_half() {
        // life, last fresh second
        for (life, last) in [(3600, 3600 - 361), (1800, 1800 - 301), (1_209_600, 1_209_600 - 120_961), (60, 29), (2, 0)]
        {
            let tokens = lasting(life);
            assert!(tokens.is_fresh(at(last)), "{life}");
            assert!(!tokens.is_fresh(at(last + 1)), "{life}");
            assert!(tokens.is_valid(at(life - 1)) && !tokens.is_valid(at(life)), "{life}");
        }
        let unknown = Tokens::of(br#"{"access_token":"a"}"#, at(0)).unwrap();
        assert!(unknown.is_fresh(at(1_000_000_000)), "no lifetime is assumed");
    }

    #[test]
    fn a_token_that_ends_at_once_is_never_fresh() {
        assert!(!lasting(0).is_fresh(at(0)));
    }

    #[test]
    fn a_refresh_token_stays_unless_another_one_comes() {
        let before =
            Tokens::of(br#"{"access_token":"a","refresh_token":"r","refresh_token_expires_in":9,"scope":"x"}"#, at(0));
        let before = before.unwrap();
        let used = SecretString::from("r");
        let after = lasting(5).after(Some(&before), &used);
        assert_eq!(after.refresh.unwrap().expose_secret(), "r");
        assert_eq!((after.refresh_expires, after.scopes), (Some(at(9)), before.scopes.clone()));
        let rotated = Tokens::of(br#"{"access_token":"b","refresh_token":"r2"}"#, at(1)).unwrap();
        let after = rotated.after(Some(&before), &used);
        assert_eq!(after.refresh.unwrap().expose_secret(), "r2");
        assert_eq!(after.refresh_expires, None, "the end of the old one says nothing of the new one");
    }

    proptest! {
        #[test]
        fn no_answer_panics(answer in ".*", seconds in any::<i64>()) {
            drop(Tokens::of(answer.as_bytes(), at(0)));
            if let Ok(tokens) = Tokens::of(json!({"access_token": answer, "expires_in": seconds}).to_string().as_bytes(), at(0)) {
                let _fresh: bool = tokens.is_fresh(at(1));
            }
        }
    }
}

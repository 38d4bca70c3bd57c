//! Secrets in texts that others wrote: what a service or proxy sends back must not be shown or logged.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret as _, SecretString};
use url::form_urlencoded::byte_serialize;

/// The length below which a secret is not looked for. Real tokens have 60 characters and more. One that is as short as
/// a word stands for nothing, and would take the service's words apart.
const SHORTEST: usize = 8;

/// Puts a mark in the place of secrets in a text, in whatever form they stand there.
pub(super) fn redact(text: &str, secrets: &[&SecretString], mark: &str) -> String {
    let exposed = secrets.iter().map(|secret| secret.expose_secret()).filter(|secret| secret.len() >= SHORTEST);
    let mut forms: Vec<String> = exposed.flat_map(forms).collect();
    // The longest first, since one may stand in another.
    forms.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    forms.dedup();
    forms.iter().fold(text.to_owned(), |text, form| if text.contains(form) { text.replace(form, mark) } else { text })
}

/// Returns the forms in which a secret is sent back: as it is, as a part of an address, of a JSON text, and encoded as
/// header values often are.
fn forms(secret: &str) -> Vec<String> {
    let json = serde_json::Value::from(secret).to_string();
    let json = json.trim_matches('"');
    let mut forms = vec![secret.to_owned(), json.to_owned(), json.replace('/', "\\/")];
    for percent in
        [utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(), byte_serialize(secret.as_bytes()).collect()]
    {
        forms.extend([small_hex(&percent), percent]);
    }
    for alphabet in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
        for lead in ["", "Bearer "] {
            // The last character depends on what follows.
            let encoded = alphabet.encode(format!("{lead}{secret}"));
            forms.push(encoded.chars().take(encoded.len() - 1).collect());
        }
    }
    forms
}

/// Writes `%2F` as `%2f`.
fn small_hex(percent: &str) -> String {
    let mut since = 3;
    let small = |c: char| {
        since = if c == '%' { 0 } else { since + 1 };
        if since < 3 { c.to_ascii_lowercase() } else { c }
    };
    percent.chars().map(small).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_in_every_form_that_it_is_sent_back_in() {
        let forms = forms("ab/c+d\"e-f_1234");
        for form in [
            "ab/c+d\"e-f_1234",
            r#"ab/c+d\"e-f_1234"#,
            r#"ab\/c+d\"e-f_1234"#,
            "ab%2Fc%2Bd%22e-f_1234",
            "ab%2fc%2bd%22e-f_1234",
            "ab%2Fc%2Bd%22e%2Df%5F1234",
            "YWIvYytkImUtZl8xMjM",
            "QmVhcmVyIGFiL2MrZCJlLWZfMTIzN",
        ] {
            assert!(forms.iter().any(|known| known == form), "{form} is not one of {forms:#?}");
        }
    }

    #[test]
    fn what_is_as_short_as_a_word_is_left_alone() {
        let (short, long) = (SecretString::from("word"), SecretString::from("a-long-token"));
        assert_eq!(redact("word a-long-token", &[&short, &long], "[token]"), "word [token]");
    }
}

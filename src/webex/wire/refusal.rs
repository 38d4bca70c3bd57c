//! Bodies of answers that are not success, in all the shapes that are seen.

use serde_json::Value;

use super::{clean, problems};

/// The most characters kept of a text of the service.
const MOST: usize = 500;
/// The most characters shown of a body that cannot be understood.
const BEGINNING: usize = 200;

/// What a refusal says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::webex) struct Refusal {
    /// The service's own code; empty if it gave none.
    pub(in crate::webex) code: String,
    /// Its words, joined.
    pub(in crate::webex) text: String,
    /// The tracking id in the body, for answers that lack the header.
    pub(in crate::webex) tracking_id: String,
}

impl Refusal {
    /// Understands a body: the documented object, a list, SCIM's object, plain text, or nothing at all.
    pub(in crate::webex) fn of(body: &[u8]) -> Self {
        let Ok(value) = serde_json::from_slice::<Value>(body) else {
            return Self { text: beginning(body), ..Self::default() };
        };
        let found = problems(&value);
        let code = found.iter().map(|problem| problem.code.as_str()).find(|code| !code.is_empty()).unwrap_or_default();
        let mut texts: Vec<&str> = Vec::new();
        for problem in &found {
            if !problem.text.is_empty() && !texts.contains(&problem.text.as_str()) {
                texts.push(&problem.text);
            }
        }
        let tracking_id = value.get("trackingId").and_then(Value::as_str).map(clean).unwrap_or_default();
        let text = if texts.is_empty() && !matches!(&value, Value::Null) {
            // An object without any word that is known: better shown than hidden.
            if code.is_empty() { beginning(body) } else { String::new() }
        } else {
            texts.join("; ")
        };
        Self { code: first(code, 64), text: first(&text, MOST), tracking_id: first(&tracking_id, 128) }
    }
}

/// Returns the first 200 characters of a body, fit for a terminal.
pub(in crate::webex) fn beginning(body: &[u8]) -> String {
    // A character has at most four bytes.
    let start = body.get(..BEGINNING * 4).unwrap_or(body);
    first(clean(&String::from_utf8_lossy(start)).trim(), BEGINNING)
}

fn first(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(body: &str) -> (String, String) {
        let Refusal { code, text, .. } = Refusal::of(body.as_bytes());
        (code, text)
    }

    #[test]
    fn every_shape_that_is_seen_gives_its_code_and_words() {
        let table = [
            (
                r#"{"message":"bad","errors":[{"errorCode":25008,"description":"field missing"}],"trackingId":"R_1"}"#,
                "25008",
                "field missing; bad",
            ),
            (r#"{"message":"same","errors":[{"errorCode":"25008","description":"same"}]}"#, "25008", "same"),
            (r#"{"errorCode":4008,"errorMessage":"not found"}"#, "4008", "not found"),
            (
                r#"[{"errors":[{"number":"+1","errorCode":8363,"errorMessage":"exists","errorTitle":"t"}]}]"#,
                "8363",
                "exists",
            ),
            (r#"{"error":[{"code":1026016,"message":"number or extension"}]}"#, "1026016", "number or extension"),
            (
                r#"{"error":{"key":"409","message":[{"description":"running","code":null}]},"trackingId":"N"}"#,
                "",
                "running",
            ),
            (r#"{"failureReason":"job not started"}"#, "", "job not started"),
            (r#"{"schemas":["x"],"status":"403","detail":"no","scimType":"noTarget"}"#, "noTarget", "no"),
            (r#"{"message":"words","errors":null}"#, "", "words"),
            ("", "", ""),
            ("null", "", ""),
            ("<html>bad gateway</html>", "", "<html>bad gateway</html>"),
            (r#""only a text""#, "", "only a text"),
        ];
        for (body, code, text) in table {
            assert_eq!(refusal(body), (code.to_owned(), text.to_owned()), "{body}");
        }
    }

    #[test]
    fn words_are_bounded_and_cannot_drive_a_terminal() {
        let (_, text) = refusal(&format!("{{\"message\":\"\\u001b[2Jx{}\"}}", "y".repeat(5000)));
        assert!(text.starts_with("[2Jx") && text.chars().count() == 500, "{text}");
        assert_eq!(beginning("é".repeat(900).as_bytes()).chars().count(), 200);
    }
}

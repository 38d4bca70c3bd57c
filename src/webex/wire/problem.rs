//! Complaints of the service inside an answer: `errors` and `warnings`.

use serde_json::Value;

use super::clean;
use crate::model::ServiceProblem;

/// The most complaints kept of one list.
const MOST: usize = 100;

/// Names under which a code is seen, the best first.
pub(super) const CODES: [&str; 4] = ["errorCode", "code", "scimType", "infoCode"];

/// Names under which a text is seen, the best first.
pub(super) const TEXTS: [&str; 8] =
    ["description", "errorMessage", "message", "detail", "failureReason", "error_description", "reason", "errorTitle"];

/// Finds every complaint in a value of any shape: a list of objects or texts, one object, lists inside.
pub(in crate::webex) fn problems(value: &Value) -> Vec<ServiceProblem> {
    let mut found = Vec::new();
    collect(value, &mut found);
    found
}

fn collect(value: &Value, found: &mut Vec<ServiceProblem>) {
    if found.len() >= MOST {
        return;
    }
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(number) => push(found, number.to_string(), ""),
        Value::String(text) => push(found, String::new(), &clean(text)),
        Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
        Value::Object(object) => {
            let code = CODES.iter().find_map(|name| scalar(object.get(*name)?)).unwrap_or_default();
            let text = TEXTS.iter().find_map(|name| scalar(object.get(*name)?)).unwrap_or_default();
            // What is nested says more than what wraps it, so it comes first.
            let before = found.len();
            for name in ["errors", "error", "message", "messages"] {
                match object.get(name) {
                    Some(nested @ (Value::Array(_) | Value::Object(_))) => collect(nested, found),
                    Some(Value::String(nested)) if name == "error" && text.is_empty() => {
                        push(found, String::new(), &clean(nested));
                    }
                    Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | None => {}
                }
            }
            let said = found[before..].iter().any(|problem| problem.text == text);
            if !said || (found.len() == before && !code.is_empty()) {
                push(found, code, &text);
            }
        }
    }
}

fn scalar(value: &Value) -> Option<String> {
    super::scalar(value).ok().flatten()
}

fn push(found: &mut Vec<ServiceProblem>, code: String, text: &str) {
    let text = text.trim().to_owned();
    if (code.is_empty() && text.is_empty()) || found.len() >= MOST {
        return;
    }
    let problem = ServiceProblem { code, text };
    if !found.contains(&problem) {
        found.push(problem);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pairs(value: &Value) -> Vec<(String, String)> {
        problems(value).into_iter().map(|problem| (problem.code, problem.text)).collect()
    }

    #[test]
    fn codes_are_numbers_or_texts() {
        let expected = [("25008".to_owned(), "a".to_owned()), ("BATCH-1012012".to_owned(), "b".to_owned())];
        let value =
            json!([{"errorCode": 25008, "description": "a"}, {"errorCode": "BATCH-1012012", "description": "b"}]);
        assert_eq!(pairs(&value), expected);
    }

    #[test]
    fn nested_lists_of_messages_are_found() {
        let job = json!({"key": "400", "message": [{"description": "[Error 19605] no", "code": "19605"}]});
        assert_eq!(pairs(&job), [("19605".to_owned(), "[Error 19605] no".to_owned())]);
        let numbers = json!([{"errors": [{"number": "+1", "errorCode": "8361", "errorMessage": "unavailable"}]}]);
        assert_eq!(pairs(&numbers), [("8361".to_owned(), "unavailable".to_owned())]);
    }

    #[test]
    fn a_code_alone_and_a_text_alone_are_kept() {
        assert_eq!(pairs(&json!([{"errorCode": 7}, "words", null])).len(), 2);
    }
}

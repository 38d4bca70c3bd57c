//! What a store's error means for a ledger, in few words and without anything secret.

use object_store::Error;

use crate::ledger::LedgerError;

use super::documents::shortened;

/// Gives an error of the store the meaning that it has for a ledger.
pub(super) fn failed(place: &str, action: &'static str, error: &Error) -> LedgerError {
    let place = place.to_owned();
    let why = words(error);
    #[expect(clippy::wildcard_enum_match_arm, reason = "the library's list of errors grows, and the rest is one case")]
    match error {
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => LedgerError::Denied { place, why },
        Error::NotImplemented { .. } | Error::NotSupported { .. } => LedgerError::Unfit { place, why },
        Error::NotFound { .. } => {
            LedgerError::Unreachable { place, action, why: format!("there is no such bucket or container ({why})") }
        }
        _ => LedgerError::Unreachable { place, action, why },
    }
}

/// Returns true if asking again may help.
pub(super) fn may_pass(error: &Error) -> bool {
    matches!(error, Error::Generic { .. })
}

/// Returns true if it is not an object that is missing, but what should hold it.
pub(super) fn is_no_bucket(error: &Error) -> bool {
    let text = error.to_string();
    ["NoSuchBucket", "ContainerNotFound", "specified bucket does not exist"].iter().any(|sign| text.contains(sign))
}

/// Returns the words of an error: what the server said, or why it said nothing. An answer may quote the request, and an
/// address may carry a signature, so of both only what is known to be harmless is kept.
fn words(error: &Error) -> String {
    let text = error.to_string();
    let said = text.split_once(" - ").map_or(text.as_str(), |(_, said)| said);
    if let Some(code) = between(said, "<Code>", "</Code>") {
        let status = said.split_once("status code: ").map_or("", |(_, status)| status);
        let status = status.split(['<', ':']).next().unwrap_or_default().trim();
        let message = between(said, "<Message>", "</Message>").unwrap_or_default();
        return shortened(
            &[status, code, message].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(": "),
        );
    }
    let said = said.split(['<', '{']).next().unwrap_or_default().trim_end_matches([' ', ':']);
    let root = root(error);
    let all =
        if said.contains(&root) || root.contains(['<', '{']) { said.to_owned() } else { format!("{said}: {root}") };
    let known = all.split_whitespace().map(|word| match word.split_once('?') {
        Some((before, query)) if query.contains('=') => format!("{before}?…"),
        Some(_) | None => word.to_owned(),
    });
    shortened(&known.collect::<Vec<_>>().join(" "))
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(inside, _)| inside)
}

/// Returns the text of the first cause.
fn root(error: &Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generic(text: &str) -> Error {
        Error::Generic { store: "S3", source: text.into() }
    }

    #[test]
    fn of_an_answer_only_its_code_and_message_are_told() {
        let text = "Error performing PUT http://127.0.0.1:1/b/x in 1ms - Server returned non-2xx status code: 403 Forbidden: \
                    <?xml version=\"1.0\"?><Error><Code>SignatureDoesNotMatch</Code><Message>The request signature \
                    differs</Message><StringToSign>AWS4 s3cret</StringToSign></Error>";
        assert_eq!(words(&generic(text)), "403 Forbidden: SignatureDoesNotMatch: The request signature differs");
    }

    #[test]
    fn a_signature_in_an_address_is_not_told() {
        let text = "cannot get https://acme.example/c/x?sv=1&sig=s3cret now";
        let told = words(&generic(text));
        assert!(told.contains("https://acme.example/c/x?…") && !told.contains("s3cret"), "{told}");
    }

    #[test]
    fn what_a_terminal_would_obey_is_not_told() {
        let told = words(&generic("\u{1b}[2J gone\nnext"));
        assert!(!told.contains('\u{1b}') && !told.contains('\n'), "{told:?}");
    }
}

//! Every code, once. The documentation of rules is made from this table.

use super::Code;

macro_rules! registry {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $title:literal;)*) => {
        /// The codes of problems and notes. A code is never given another meaning and never used again.
        pub mod codes {
            use super::Code;

            $($(#[$doc])* pub const $name: Code = Code($code);)*

            /// Every code with its title, in order.
            pub const ALL: &[(Code, &str)] = &[$(($name, $title)),*];
        }
    };
}

registry! {
    // HF10x: files and YAML
    /// A file cannot be read.
    UNREADABLE = "HF101", "a file or folder cannot be read";
    /// The text is not YAML.
    SYNTAX = "HF102", "the file is not valid YAML";
    /// The text is not UTF-8.
    NOT_UTF8 = "HF103", "the file is not UTF-8";
    /// The file is too large, too deep or has too many nodes.
    TOO_LARGE = "HF104", "the file is larger or deeper than a manifest can be";
    /// A key stands twice in one mapping.
    DUPLICATE_KEY = "HF105", "a key stands twice in one mapping";
    /// Anchors, aliases, merge keys and tags are not part of manifests.
    YAML_FEATURE = "HF106", "anchors, aliases, merge keys and tags are not used in manifests";
    /// A path leads out of the project folder.
    OUTSIDE = "HF107", "a path leads out of the project folder";
    // HF11x: documents
    /// `apiVersion` is missing or unknown.
    API_VERSION = "HF110", "`apiVersion` is missing or not known";
    /// `kind` is missing or unknown.
    KIND = "HF111", "`kind` is missing or not known";
    /// A field that the kind does not have.
    UNKNOWN_FIELD = "HF112", "a field that this kind of document does not have";
    /// A field that must be there.
    MISSING_FIELD = "HF113", "a field is missing";
    /// A value of the wrong type.
    WRONG_TYPE = "HF114", "a value has the wrong type";
    /// A text that YAML reads as a number or boolean.
    QUOTE_IT = "HF115", "a text must be quoted, or YAML takes it for a number or boolean";
    /// A value that is not one of the choices.
    NOT_A_CHOICE = "HF116", "a value is not one of the choices";
    /// Two documents describe one object.
    DUPLICATE_OBJECT = "HF117", "an object is described twice";
    /// More than one Project document, or one in the wrong file.
    PROJECT = "HF118", "there is one Project document, in `hubform.yaml`";
    /// Something that this version does not do.
    NOT_YET = "HF119", "not supported by this version of hubform";
    // HF12x: values
    /// A name that is not allowed.
    NAME = "HF120", "a name has lower-case letters, digits and `-`";
    /// Not an e-mail address.
    EMAIL = "HF121", "not an e-mail address";
    /// Not an E.164 phone number or range.
    PHONE_NUMBER = "HF122", "not a phone number or range in E.164 form";
    /// Not an extension.
    EXTENSION = "HF123", "an extension has 2 to 10 digits";
    /// Not a country.
    COUNTRY = "HF124", "not an ISO 3166-1 country";
    /// Not a time zone.
    TIME_ZONE = "HF125", "not an IANA time zone";
    /// Not a language.
    LANGUAGE = "HF126", "not a language";
    /// An unknown package.
    PACKAGE = "HF127", "not a package of the wholesale offer";
    /// An empty or malformed text.
    TEXT = "HF128", "a text is empty or malformed";
    /// Fields that do not go together.
    COMBINATION = "HF129", "fields that do not go together";
    // HF13x: CSV
    /// A CSV file that cannot be read as such.
    CSV = "HF130", "the CSV file cannot be read";
    /// A CSV header that is missing or has an unknown column.
    CSV_HEADER = "HF131", "the CSV header names an unknown column or lacks one";
    /// A number that a spreadsheet has damaged.
    CSV_DAMAGED = "HF132", "a phone number was damaged by a spreadsheet";
    // HF14x: references
    /// A reference to something that is not declared.
    UNKNOWN_REFERENCE = "HF140", "a reference to an object that is not declared";
    /// `Removed` names a live object, or a wrong one.
    REMOVED = "HF141", "a `Removed` document that contradicts another";
    // HF60x: what the service answered
    /// 401.
    UNAUTHORIZED = "HF601", "the token is missing, expired or of the wrong kind";
    /// 403.
    FORBIDDEN = "HF602", "a role, scope or entitlement is missing";
    /// 404 or 410.
    NOT_VISIBLE = "HF603", "the service has no such thing, or does not show it";
    /// 409.
    CONFLICT = "HF604", "the request conflicts with what is there";
    /// Another 4xx.
    REQUEST_REFUSED = "HF605", "the service refused the request";
    /// 423 or 429, again and again.
    SERVICE_BUSY = "HF606", "the service is busy";
    /// 5xx, again and again.
    SERVICE_UNAVAILABLE = "HF607", "the service does not work at the moment";
    /// No answer, and nothing was sent.
    NO_ANSWER = "HF608", "the service could not be reached";
    /// An answer that cannot be understood.
    MALFORMED_ANSWER = "HF609", "the service's answer cannot be understood";
    /// No trustworthy answer to a request that changes something.
    UNSETTLED = "HF610", "not known whether a request was carried out";
    // HF62x: steps that failed
    /// The service could not create or change a customer.
    CUSTOMER_FAILED = "HF620", "the service failed to provision a customer";
    /// A package of a customer is not there.
    PACKAGE_FAILED = "HF621", "the service failed to provision a package";
    /// A job of the service failed.
    JOB_FAILED = "HF622", "a job of the service failed";
    /// An id that a step needs is not known.
    ID_MISSING = "HF623", "a remote id is not known";
    /// Several things match.
    AMBIGUOUS = "HF624", "several things on the service match";
    /// Numbers of a location whose PSTN connection must not be touched.
    NUMBERS_FORBIDDEN = "HF625", "the PSTN connection does not allow numbers to be managed";
    /// The object is not as it was when the plan was made.
    MOVED_ON = "HF626", "the object has changed since the plan was made";
    /// A plan that cannot be carried out as it is.
    PLAN_DEFECT = "HF629", "the plan contradicts itself";
    // HF63x: steps that wait
    /// The service is not done with a customer.
    STILL_PROVISIONING = "HF630", "the service is still at work on a customer";
    /// A denied-party check.
    COMPLIANCE_REVIEW = "HF631", "a customer waits for a compliance review";
    /// The owner of a free account has to consent.
    CONSENT = "HF632", "a user has to consent to the move of a free account";
    /// A PSTN provider, trunk or route group that is not there yet.
    PSTN_NOT_OFFERED = "HF633", "a PSTN provider, trunk or route group is not there";
    /// A PSTN connection that only the provider or Control Hub can make.
    PSTN_ELSEWHERE = "HF634", "a PSTN connection has to be made elsewhere";
    /// Something that only Control Hub can do.
    CONTROL_HUB = "HF635", "Control Hub has to do it";
    /// A template that a person enters in Partner Hub.
    PARTNER_HUB = "HF636", "a template has to be entered in Partner Hub";
    /// A job of the service is still running.
    JOB_RUNNING = "HF637", "a job of the service is still running";
    /// Something that the service makes by itself is not there yet.
    NOT_THERE_YET = "HF638", "the service has not made it yet";
    /// The run was interrupted while the service was at work.
    INTERRUPTED = "HF639", "the run was interrupted while the service was at work";
    // HF70x: the ledger
    /// A newer format.
    LEDGER_NEWER = "HF701", "a newer version of hubform wrote the ledger";
    /// Not a ledger.
    LEDGER_NOT_ONE = "HF702", "the file is not a ledger";
    /// A damaged ledger.
    LEDGER_DAMAGED = "HF703", "the ledger is damaged";
    /// A read-only ledger.
    LEDGER_READ_ONLY = "HF704", "the ledger is read-only";
    /// Another process writes it.
    LEDGER_IN_USE = "HF705", "another process uses the ledger";
    /// No space is left.
    LEDGER_DISK_FULL = "HF706", "no space is left for the ledger";
    /// It belongs to something else.
    LEDGER_MISMATCH = "HF707", "the ledger belongs to another service, partner or project";
    /// It is not where it should be.
    LEDGER_MISSING = "HF708", "the ledger that the project names is not there";
    /// Another run holds it.
    LEDGER_HELD = "HF709", "another run holds the ledger";
    /// Anything else.
    LEDGER_UNUSABLE = "HF710", "the ledger cannot be used";
    // HF80x: the command line and the settings
    /// The command line is wrong.
    USAGE = "HF801", "the command line is wrong";
    /// A setting cannot be used.
    SETTING = "HF802", "a setting has a value that cannot be used";
    /// The token is not there.
    TOKEN_MISSING = "HF803", "the access token is missing";
    /// The simulator cannot be started.
    SIMULATOR = "HF804", "the simulator cannot be started";
    /// The answer cannot be written.
    OUTPUT = "HF805", "the answer cannot be written";
    /// Nobody confirmed.
    NOT_CONFIRMED = "HF806", "nobody confirmed the changes";
    /// The object that a command names is not known.
    NO_SUCH_OBJECT = "HF807", "there is no such object";
    /// The provisioning id is not accepted.
    ID_REFUSED = "HF808", "the service does not accept a provisioning id";
    /// The provisioning id was not checked.
    ID_UNCHECKED = "HF809", "a provisioning id could not be checked";
    /// The service cannot be read.
    SERVICE_UNREADABLE = "HF810", "the service cannot be read";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_in_order() {
        assert!(codes::ALL.is_sorted_by(|a, b| a.0 < b.0));
    }
}

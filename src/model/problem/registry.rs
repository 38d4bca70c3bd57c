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
    /// More problems than are shown.
    TOO_MANY = "HF108", "the file has more problems than are shown";
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_in_order() {
        assert!(codes::ALL.is_sorted_by(|a, b| a.0 < b.0));
    }
}

//! JSON in one form, so that it can be hashed, and JSON read so that it says one thing only.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};
use sha2::{Digest as _, Sha256};

/// Returns the SHA-256 of a value in hexadecimal: of its JSON without blanks, keys in order of their bytes.
///
/// Plans hold no floating-point numbers and no text that has two forms, so sorted keys are all that it takes to give
/// equal values equal bytes; the number rules of RFC 8785 (which lose digits above 2^53) are not needed.
pub(in crate::plan) fn digest_of<T: Serialize>(value: &T) -> String {
    // What is hashed has text keys and derived serialisers, so that it always has a JSON form.
    digest_of_json(&serde_json::to_value(value).unwrap_or_default())
}

/// Returns the SHA-256 of JSON in hexadecimal.
pub(super) fn digest_of_json(value: &Value) -> String {
    let mut hash = Sha256::new();
    feed(&mut hash, value);
    hash.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
        hex.extend([byte >> 4, byte & 15].map(|digit| char::from_digit(u32::from(digit), 16).unwrap_or('0')));
        hex
    })
}

fn feed(hash: &mut Sha256, value: &Value) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => hash.update(value.to_string()),
        Value::Array(items) => {
            hash.update("[");
            for (at, item) in items.iter().enumerate() {
                hash.update(if at == 0 { "" } else { "," });
                feed(hash, item);
            }
            hash.update("]");
        }
        Value::Object(fields) => {
            // Whether a map keeps its keys sorted depends on features that other packages may switch on.
            let mut fields: Vec<(&String, &Value)> = fields.iter().collect();
            fields.sort_unstable_by_key(|(key, _)| *key);
            hash.update("{");
            for (at, (key, value)) in fields.into_iter().enumerate() {
                hash.update(if at == 0 { "" } else { "," });
                hash.update(Value::String(key.clone()).to_string());
                hash.update(":");
                feed(hash, value);
            }
            hash.update("}");
        }
    }
}

/// JSON in which no key stands twice: a reader who takes the first would see something else than one who takes the last.
pub(super) struct Strict(pub(super) Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = fields.next_key::<String>()? {
            let Strict(value) = fields.next_value()?;
            if map.contains_key(&key) {
                return Err(A::Error::custom("a key stands twice in one object"));
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Value, serde_json::Error> {
        serde_json::from_str(text).map(|Strict(value)| value)
    }

    #[test]
    fn the_digest_does_not_depend_on_order_or_blanks() {
        let one = read(r#"{ "b": [1, 2, null], "a": { "d": "é\n", "c": true } }"#).unwrap();
        let other = read("{\"a\":{\"c\":true,\"d\":\"\\u00e9\\n\"},\"b\":[1,2,null]}").unwrap();
        assert_eq!(digest_of_json(&one), digest_of_json(&other));
        for changed in [
            r#"{"a":{"c":true,"d":"é\n"},"b":[2,1,null]}"#,
            r#"{"a":{"c":true,"d":"é\n"},"b":[1,2]}"#,
            r#"{"a":{"c":"true","d":"é\n"},"b":[1,2,null]}"#,
            r#"{"a":{"c":true},"d":"é\n","b":[1,2,null]}"#,
        ] {
            assert_ne!(digest_of_json(&one), digest_of_json(&read(changed).unwrap()), "{changed}");
        }
    }

    /// Anybody can check a digest: `printf '{"a":[1,"x"]}' | sha256sum`.
    #[test]
    fn the_digest_is_that_of_the_bytes() {
        let value = read(r#"{ "a": [1, "x"] }"#).unwrap();
        assert_eq!(digest_of_json(&value), "5e49f471d8b615a8ae0ecf0a53dbe2f5f617abb2dfe6246974aa6e4bdeb89725");
    }

    #[test]
    fn a_key_that_stands_twice_is_an_error() {
        assert!(read(r#"{"a":1,"a":1}"#).is_err());
        assert!(read(r#"[{"x":{"a":1,"b":2,"\u0061":3}}]"#).is_err());
    }

    #[test]
    fn what_is_too_deep_is_an_error_and_no_crash() {
        let deep = "[".repeat(200_000);
        assert!(read(&deep).is_err());
        assert!(read(&"{\"a\":".repeat(200_000)).is_err());
    }
}

//! Bodies of requests, read strictly into the types that the service's own description is made from.
//!
//! Serde's derived readers do the work; this is the `Deserializer` under them. It refuses fields that a type does not
//! have, takes `null` for a value of the wrong type, and knows where in the body something is wrong.

use std::fmt;

use schemars::JsonSchema;
use serde::de::value::StringDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, Expected, IntoDeserializer as _, MapAccess, SeqAccess,
    Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::Value;

use super::answer::{Code, Refusal};
use super::call::Family;

/// What a request carries.
pub(crate) trait Body: DeserializeOwned + JsonSchema {
    /// How it is written on the wire.
    const MEDIA: Media = Media::Json;
}

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Media {
    /// `application/json`
    Json,
    /// `application/x-www-form-urlencoded`; every value is a text.
    Form,
}

impl Media {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Form => "application/x-www-form-urlencoded",
        }
    }
}

/// Reads a body; `strict` refuses fields that the type does not have.
pub(crate) fn read<B: Body>(body: Option<&Value>, family: Family, strict: bool) -> Result<B, Refusal> {
    let Some(value) = body else {
        return Err(Refusal::bad(Code::None, "the body is missing"));
    };
    B::deserialize(Reader { value, at: String::new(), strict }).map_err(|unfit| unfit.into_refusal(family))
}

/// Why a body does not fit its type, and where.
#[derive(Debug)]
pub(crate) struct Unfit {
    /// The path to the value, as in `address.city`; empty for the body itself, none while it is not known.
    at: Option<String>,
    why: Why,
}

#[derive(Debug)]
enum Why {
    Missing(&'static str),
    Unknown,
    /// Larger or longer than the service takes.
    Bounds(String),
    /// Goes behind the name of the field.
    Wrong(String),
}

impl Unfit {
    fn new(why: Why) -> Self {
        Self { at: None, why }
    }

    /// Notes the place, unless a deeper one is known.
    fn at(mut self, at: &str) -> Self {
        self.at.get_or_insert_with(|| at.to_owned());
        self
    }

    fn into_refusal(self, family: Family) -> Refusal {
        let at = self.at.unwrap_or_default();
        let what = if at.is_empty() { "the body".to_owned() } else { format!("`{at}`") };
        match self.why {
            Why::Missing(field) => family.missing(&join(&at, field)),
            Why::Unknown => Refusal::bad(Code::None, format!("{what} is not a field of this request")),
            Why::Bounds(why) => family.out_of_bounds(format!("{what} {why}")),
            Why::Wrong(why) => Refusal::bad(Code::None, format!("{what} {why}")),
        }
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} at {:?}", self.why, self.at)
    }
}

impl std::error::Error for Unfit {}

impl de::Error for Unfit {
    /// A text goes behind the name of the field: `is empty`.
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self::new(Why::Wrong(text.to_string()))
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(Why::Wrong(format!("is not {expected}")))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(Why::Wrong(format!("is not {expected}")))
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::new(Why::Bounds(expected.to_string()))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let expected: Vec<String> = expected.iter().map(|name| format!("`{name}`")).collect();
        Self::new(Why::Wrong(format!("is `{variant}`, not one of {}", expected.join(", "))))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(Why::Missing(field))
    }
}

fn join(at: &str, field: &str) -> String {
    if at.is_empty() { field.to_owned() } else { format!("{at}.{field}") }
}

struct Reader<'de> {
    value: &'de Value,
    at: String,
    strict: bool,
}

impl<'de> Reader<'de> {
    fn wrong<T>(&self, why: &str) -> Result<T, Unfit> {
        Err(Unfit::new(Why::Wrong(why.to_owned())).at(&self.at))
    }

    fn object<V: Visitor<'de>>(self, known: Option<&'static [&'static str]>, visitor: V) -> Result<V::Value, Unfit> {
        let Value::Object(map) = self.value else {
            return self.wrong(if self.at.is_empty() { "is not a JSON object" } else { "is not an object" });
        };
        let known = match known {
            Some(known) if self.strict => match map.keys().find(|key| !known.contains(&key.as_str())) {
                Some(key) => return Err(Unfit::new(Why::Unknown).at(&join(&self.at, key))),
                None => None,
            },
            known => known,
        };
        let fields = FieldsOf { rest: map.iter(), next: None, known, at: &self.at, strict: self.strict };
        visitor.visit_map(fields).map_err(|unfit| unfit.at(&self.at))
    }

    fn list<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        let Value::Array(items) = self.value else {
            return self.wrong("is not a list");
        };
        let items = Items { rest: items.iter().enumerate(), at: &self.at, strict: self.strict };
        visitor.visit_seq(items).map_err(|unfit| unfit.at(&self.at))
    }

    fn whole<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        match self.value {
            Value::Number(number) if number.is_u64() || number.is_i64() => self.deserialize_any(visitor),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
                self.wrong("is not a whole number")
            }
        }
    }
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = Unfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        let at = self.at.clone();
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), ..) => visitor.visit_u64(number),
                (None, Some(number), _) => visitor.visit_i64(number),
                (None, None, number) => visitor.visit_f64(number.unwrap_or(f64::NAN)),
            },
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(_) => return self.list(visitor),
            Value::Object(_) => return self.object(None, visitor),
        }
        .map_err(|unfit: Unfit| unfit.at(&at))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        if self.value.is_boolean() { self.deserialize_any(visitor) } else { self.wrong("is not true or false") }
    }

    /// A field that is there has a value: `null` is none.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Unfit> {
        let at = self.at.clone();
        visitor.visit_newtype_struct(self).map_err(|unfit| unfit.at(&at))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        self.object(Some(fields), visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.object(None, visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.list(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        let Value::String(text) = self.value else {
            return self.wrong("is not a string");
        };
        let text: StringDeserializer<Unfit> = text.clone().into_deserializer();
        text.deserialize_enum(name, variants, visitor).map_err(|unfit| unfit.at(&self.at))
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.whole(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.whole(visitor)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.whole(visitor)
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple tuple_struct
        identifier ignored_any
    }
}

struct FieldsOf<'a, 'de> {
    rest: serde_json::map::Iter<'de>,
    next: Option<(&'de str, &'de Value)>,
    /// Where not strict: the fields that the type has; others are passed over.
    known: Option<&'static [&'static str]>,
    at: &'a str,
    strict: bool,
}

impl<'de> MapAccess<'de> for FieldsOf<'_, 'de> {
    type Error = Unfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unfit> {
        let is_known = |key: &str| self.known.is_none_or(|known| known.contains(&key));
        let Some((key, value)) = self.rest.by_ref().find(|(key, _)| is_known(key)) else {
            return Ok(None);
        };
        self.next = Some((key, value));
        seed.deserialize(de::value::BorrowedStrDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Unfit> {
        let (key, value) = self.next.take().unwrap_or(("", &Value::Null));
        let at = join(self.at, key);
        seed.deserialize(Reader { value, at: at.clone(), strict: self.strict }).map_err(|unfit| unfit.at(&at))
    }
}

struct Items<'a, 'de> {
    rest: std::iter::Enumerate<std::slice::Iter<'de, Value>>,
    at: &'a str,
    strict: bool,
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Unfit;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Unfit> {
        let Some((position, value)) = self.rest.next() else {
            return Ok(None);
        };
        let at = format!("{}[{position}]", self.at);
        seed.deserialize(Reader { value, at: at.clone(), strict: self.strict }).map(Some).map_err(|unfit| unfit.at(&at))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::{Map, json};

    use super::*;
    use crate::sim::text::Text;

    #[derive(Debug, PartialEq, Deserialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    struct Order {
        display_name: Text<5>,
        count: Option<u32>,
        is_big: Option<bool>,
        kind: Option<Kind>,
        lines: Option<Vec<Line>>,
        rest: Option<Map<String, Value>>,
    }

    impl Body for Order {}

    #[derive(Debug, PartialEq, Deserialize, JsonSchema)]
    struct Line {
        number: String,
    }

    #[derive(Debug, PartialEq, Deserialize, JsonSchema)]
    #[serde(rename_all = "UPPERCASE")]
    enum Kind {
        Wide,
        Narrow,
    }

    fn refusal(body: &Value, family: Family) -> String {
        let refusal = read::<Order>(Some(body), family, true).unwrap_err();
        let body = refusal.to_body("T");
        format!("{} {}", body["errors"][0].get("errorCode").unwrap_or(&Value::Null), body["message"].as_str().unwrap())
    }

    #[test]
    fn a_body_that_fits_is_read() {
        let body = json!({
            "displayName": "Ann", "count": 3, "isBig": true, "kind": "WIDE",
            "lines": [{ "number": "1" }, { "number": "2" }], "rest": { "any": [null, 1.5, -2, "x", {}] },
        });
        let order: Order = read(Some(&body), Family::Other, true).unwrap();
        assert_eq!(
            (&*order.display_name, order.count, order.is_big, order.kind),
            ("Ann", Some(3), Some(true), Some(Kind::Wide))
        );
        assert_eq!(order.lines.unwrap()[1].number, "2");
        assert_eq!(Value::from(order.rest.unwrap()), body["rest"]);
    }

    #[test]
    fn a_body_that_does_not_fit_is_refused_with_the_place() {
        for (body, text) in [
            (json!([]), "null the body is not a JSON object"),
            (json!({}), "1001 mandatory field `displayName` is missing"),
            (json!({ "displayName": 1 }), "null `displayName` is not a string"),
            (json!({ "displayName": null }), "null `displayName` is not a string"),
            (json!({ "displayName": " " }), "null `displayName` is empty"),
            (json!({ "displayName": "abcdef" }), "1002 `displayName` is longer than 5 characters"),
            (json!({ "displayName": "a", "colour": 1 }), "null `colour` is not a field of this request"),
            (json!({ "displayName": "a", "count": 1.5 }), "null `count` is not a whole number"),
            (json!({ "displayName": "a", "count": "1" }), "null `count` is not a whole number"),
            (json!({ "displayName": "a", "count": null }), "null `count` is not a whole number"),
            (json!({ "displayName": "a", "isBig": "true" }), "null `isBig` is not true or false"),
            (json!({ "displayName": "a", "kind": "HUGE" }), "null `kind` is `HUGE`, not one of `WIDE`, `NARROW`"),
            (json!({ "displayName": "a", "kind": 1 }), "null `kind` is not a string"),
            (json!({ "displayName": "a", "lines": {} }), "null `lines` is not a list"),
            (json!({ "displayName": "a", "lines": [1] }), "null `lines[0]` is not an object"),
            (
                json!({ "displayName": "a", "lines": [{ "number": "1" }, {}] }),
                "1001 mandatory field `lines[1].number` is missing",
            ),
            (
                json!({ "displayName": "a", "lines": [{ "number": "1", "x": 2 }] }),
                "null `lines[0].x` is not a field of this request",
            ),
            (json!({ "displayName": "a", "rest": 7 }), "null `rest` is not an object"),
        ] {
            assert_eq!(refusal(&body, Family::Wholesale), text, "{body}");
        }
        assert_eq!(refusal(&json!({}), Family::Calling), "25008 mandatory field `displayName` is missing");
        assert_eq!(refusal(&json!({}), Family::Other), "null mandatory field `displayName` is missing");
    }

    #[test]
    fn a_service_that_is_not_strict_passes_over_unknown_fields() {
        let body = json!({ "displayName": "a", "colour": { "x": 1 }, "lines": [{ "number": "1", "y": 2 }] });
        assert!(read::<Order>(Some(&body), Family::Other, true).is_err());
        let order: Order = read(Some(&body), Family::Other, false).unwrap();
        assert_eq!(order.lines.unwrap().len(), 1);
    }
}

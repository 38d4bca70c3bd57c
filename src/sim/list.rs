//! Lists in bodies that say how long they may be.

use std::borrow::Cow;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

/// A list with something in it, of at most `MOST` entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Filled<T, const MOST: usize = { usize::MAX }>(Vec<T>);

impl<T, const MOST: usize> Deref for Filled<T, MOST> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T, const MOST: usize> IntoIterator for Filled<T, MOST> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'de, T: Deserialize<'de>, const MOST: usize> Deserialize<'de> for Filled<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let items = Vec::deserialize(deserializer)?;
        if items.is_empty() {
            return Err(de::Error::custom("is an empty list"));
        }
        if items.len() > MOST {
            let expected = format!("has more than {MOST} entries");
            return Err(de::Error::invalid_length(items.len(), &expected.as_str()));
        }
        Ok(Self(items))
    }
}

impl<T: JsonSchema, const MOST: usize> JsonSchema for Filled<T, MOST> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Filled{}", T::schema_name()).into()
    }

    fn schema_id() -> Cow<'static, str> {
        format!("Filled{MOST}{}", T::schema_id()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let items = generator.subschema_for::<T>();
        match MOST {
            usize::MAX => json_schema!({ "type": "array", "minItems": 1, "items": items }),
            most => json_schema!({ "type": "array", "minItems": 1, "maxItems": most, "items": items }),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sim::body::{self, Body};
    use crate::sim::call::Family;

    #[derive(Debug, Deserialize, JsonSchema)]
    struct Order {
        items: Filled<u32, 2>,
    }

    impl Body for Order {}

    #[test]
    fn a_list_is_neither_empty_nor_longer_than_it_may_be() {
        let read = |items: serde_json::Value| {
            let read = body::read::<Order>(Some(&json!({ "items": items })), Family::Calling, true);
            read.map(|order| order.items.into_iter().sum()).map_err(|refusal| refusal.to_body("T")["message"].clone())
        };
        assert_eq!(read(json!([1, 2])), Ok(3));
        assert_eq!(read(json!([])), Err(json!("`items` is an empty list")));
        assert_eq!(read(json!([1, 2, 3])), Err(json!("`items` has more than 2 entries")));
        assert_eq!(read(json!(["1"])), Err(json!("`items[0]` is not a whole number")));
    }
}

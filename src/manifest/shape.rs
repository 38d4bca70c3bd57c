//! The form that a document must have, compiled from its JSON schema.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::{document::PackageWord, kinds::DocumentKind, schema::schema_of};

/// The form of one value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    /// Any text.
    Text,
    /// One of some words.
    Choice(Vec<String>),
    /// `true` or `false`.
    Flag,
    /// A whole number from 0 to the maximum.
    Count { max: u64 },
    /// A list.
    List(Box<Shape>),
    /// A text or a list of texts.
    TextOrTexts,
    /// A mapping with free keys; `is_optional` if a key may stand without value.
    Map { values: Box<Shape>, is_optional: bool },
    /// A mapping with known fields.
    Object(Object),
    /// A mapping whose fields depend on one of them.
    Tagged { tag: String, variants: Vec<(String, Object)> },
}

/// The fields of a mapping.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Object {
    /// The name of its definition, such as `CustomerSpec`.
    pub(super) owner: String,
    /// The fields, in the order of the schema.
    pub(super) fields: Vec<Field>,
}

/// A field of a mapping.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Field {
    /// Its key.
    pub(super) name: String,
    /// Whether it must be there and hold something.
    pub(super) is_required: bool,
    /// The first sentence of its description, to end a sentence.
    pub(super) summary: String,
    /// Its form.
    pub(super) shape: Shape,
}

impl Object {
    /// Returns a field.
    pub(super) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// Returns the form of a kind of document.
pub(super) fn shape_of(kind: DocumentKind) -> &'static Object {
    static SHAPES: LazyLock<Vec<Object>> =
        LazyLock::new(|| DocumentKind::ALL.into_iter().map(|kind| compile(kind, &schema_of(kind))).collect());
    // The discriminants count from 0 in the order of `ALL`.
    &SHAPES[kind as usize]
}

fn compile(kind: DocumentKind, root: &Value) -> Object {
    Compiler { definitions: root.get("$defs").unwrap_or(&Value::Null) }.object(kind.word(), root)
}

struct Compiler<'a> {
    definitions: &'a Value,
}

impl Compiler<'_> {
    fn object(&self, owner: &str, schema: &Value) -> Object {
        let empty = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        let required: Vec<&str> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let fields = properties
            .iter()
            .map(|(name, schema)| Field {
                name: name.clone(),
                is_required: required.contains(&name.as_str()),
                summary: summary(schema),
                shape: self.shape("", schema).0,
            })
            .collect();
        Object { owner: owner.to_owned(), fields }
    }

    /// Returns a schema's shape and whether it also allows null.
    fn shape(&self, name: &str, schema: &Value) -> (Shape, bool) {
        if let Some(path) = schema.get("$ref").and_then(Value::as_str) {
            let name = path.rsplit('/').next().unwrap_or_default();
            if name == PackageWord::SCHEMA {
                return (Shape::Text, false);
            }
            return self.shape(name, self.definitions.get(name).unwrap_or(&Value::Null));
        }
        for key in ["anyOf", "oneOf"] {
            if let Some(branches) = schema.get(key).and_then(Value::as_array)
                && schema.get("properties").is_none()
            {
                return self.branches(name, branches);
            }
        }
        if let Some(words) = schema.get("enum").and_then(Value::as_array) {
            let words = words.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            return (Shape::Choice(words), schema["enum"].as_array().is_some_and(|words| words.contains(&Value::Null)));
        }
        if let Some(word) = schema.get("const").and_then(Value::as_str) {
            return (Shape::Choice(vec![word.to_owned()]), false);
        }
        let types: Vec<&str> = match schema.get("type") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let shape = match types.iter().copied().find(|&one| one != "null") {
            Some("boolean") => Shape::Flag,
            Some("integer") => Shape::Count {
                max: schema.get("maximum").and_then(Value::as_u64).unwrap_or_else(|| u64::from(u32::MAX)),
            },
            Some("array") => Shape::List(Box::new(self.shape("", &schema["items"]).0)),
            Some("object") if schema.get("properties").is_none() && schema["additionalProperties"].is_object() => {
                let (values, is_optional) = self.shape("", &schema["additionalProperties"]);
                Shape::Map { values: Box::new(values), is_optional }
            }
            Some("object") => Shape::Object(self.object(name, schema)),
            _ => Shape::Text,
        };
        (shape, types.contains(&"null"))
    }

    fn branches(&self, name: &str, branches: &[Value]) -> (Shape, bool) {
        let is_null = |branch: &Value| branch.get("type").and_then(Value::as_str) == Some("null");
        let is_optional = branches.iter().any(is_null);
        let rest: Vec<&Value> = branches.iter().filter(|branch| !is_null(branch)).collect();
        if let [only] = rest.as_slice() {
            return (self.shape(name, only).0, is_optional);
        }
        let tags: Vec<(&str, &str)> = rest.iter().filter_map(|branch| tag_of(branch)).collect();
        if let Some(&(tag, _)) = tags.first()
            && tags.len() == rest.len()
        {
            let variants = tags
                .iter()
                .zip(&rest)
                .map(|(&(_, word), branch)| (word.to_owned(), self.object(name, branch)))
                .collect();
            return (Shape::Tagged { tag: tag.to_owned(), variants }, is_optional);
        }
        let shapes: Vec<Shape> = rest.iter().map(|branch| self.shape(name, branch).0).collect();
        if shapes.contains(&Shape::Text) && shapes.contains(&Shape::List(Box::new(Shape::Text))) {
            return (Shape::TextOrTexts, is_optional);
        }
        let words = shapes
            .into_iter()
            .flat_map(|shape| match shape {
                Shape::Choice(words) => words,
                Shape::Text
                | Shape::Flag
                | Shape::Count { .. }
                | Shape::List(_)
                | Shape::TextOrTexts
                | Shape::Map { .. }
                | Shape::Object(_)
                | Shape::Tagged { .. } => Vec::new(),
            })
            .collect();
        (Shape::Choice(words), is_optional)
    }
}

/// Returns the field of a variant that has a single word, and the word.
fn tag_of(schema: &Value) -> Option<(&str, &str)> {
    let properties = schema.get("properties")?.as_object()?;
    properties.iter().find_map(|(name, schema)| Some((name.as_str(), schema.get("const")?.as_str()?)))
}

fn summary(schema: &Value) -> String {
    let text = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let first = text.split(['.', ';', ':']).next().unwrap_or_default();
    let words: Vec<&str> = first.split_whitespace().collect();
    let mut chars = words.join(" ").chars().collect::<Vec<_>>();
    // A first word is lowered unless it is an abbreviation.
    if chars.get(1).is_none_or(|c| !c.is_uppercase())
        && let Some(first) = chars.first_mut()
    {
        *first = first.to_ascii_lowercase();
    }
    chars.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape<'a>(object: &'a Object, path: &[&str]) -> &'a Shape {
        let field = object.field(path[0]).unwrap_or_else(|| panic!("{path:?}"));
        match (&field.shape, &path[1..]) {
            (shape, []) => shape,
            (Shape::Object(object), rest) => self::shape(object, rest),
            (other, _) => panic!("{path:?} is in {other:?}"),
        }
    }

    #[test]
    fn shapes_say_what_the_structs_say() {
        let customer = shape_of(DocumentKind::Customer);
        assert!(customer.field("name").unwrap().is_required);
        assert!(!customer.field("labels").unwrap().is_required);
        assert_eq!(shape(customer, &["spec", "company"]), &Shape::Text);
        assert_eq!(shape(customer, &["spec", "supportedLocation"]), &Shape::Flag);
        assert_eq!(shape(customer, &["spec", "headquarters", "numbers"]), &Shape::TextOrTexts);
        assert!(matches!(shape(customer, &["spec", "packages"]), Shape::Map { is_optional: true, .. }));
        assert!(matches!(shape(customer, &["labels"]), Shape::Map { is_optional: false, .. }));
        let Shape::Choice(words) = shape(customer, &["lifecycle", "onRemove"]) else { panic!() };
        assert_eq!(words, &["unmap", "keep", "delete"]);
        let Shape::Tagged { tag, variants } = shape(customer, &["spec", "headquarters", "pstn"]) else { panic!() };
        assert_eq!(tag, "type");
        let names: Vec<&str> = variants.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["local-gateway", "non-integrated-ccp", "integrated-ccp", "cisco-pstn"]);
        assert_eq!(shape(shape_of(DocumentKind::User), &["spec", "package"]), &Shape::Text);
        let project = shape_of(DocumentKind::Project);
        assert_eq!(shape(project, &["spec", "limits", "deletionPercent"]), &Shape::Count { max: 100 });
        for kind in DocumentKind::ALL {
            assert_eq!(shape_of(kind).owner, kind.word());
            assert_eq!(shape(shape_of(kind), &["kind"]), &Shape::Choice(vec![kind.word().to_owned()]));
        }
    }
}

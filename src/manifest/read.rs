//! One document → objects of the model, or every problem in it.

use serde::Deserialize;

use super::{
    check::check,
    convert::{
        CustomerObjects, ProjectSettings, UserText, customer, labels, lifecycle, location, project, removed,
        renamed_from, template, user,
    },
    document::{CustomerDocument, LocationDocument, ProjectDocument, RemovedDocument, TemplateDocument, UserDocument},
    files::PROJECT_FILE,
    findings::Context,
    kinds::DocumentKind,
    load::{Loader, report_flaw, scope_of},
    node::{Node, Value},
    parse::{Document, shown},
    shape::shape_of,
    suggest::{listed, nearest},
    values::Values,
};
use crate::model::{
    Address, DesiredObject, Email, FileId, Lifecycle, Marks, Name, Problem, Scope, Source, Span, Spec, codes,
};

/// The version that `apiVersion` names.
const API_VERSION: &str = "hubform/v1";

/// What the top of a document says, as far as it can be read.
pub(super) struct Header {
    /// What to underline for the document as a whole.
    pub(super) whole: Span,
    /// Its object; also for a document with errors.
    address: Option<Address>,
    pub(super) scope: Scope,
    /// Whether a user has a `name` or an e-mail address, right or wrong.
    is_named: bool,
    /// Whether a customer has a `headquarters`, right or wrong.
    has_headquarters: bool,
}

impl Header {
    /// Reads the top of a document before anything is taken out of it.
    fn of(root: &Node<'_>, scope: Scope, address: Option<Address>) -> Self {
        let is_written = |node: Option<&Node<'_>>| node.is_some_and(|node| !node.is_null());
        let below = |key: &str| root.get("spec").and_then(|spec| spec.get(key));
        Self {
            whole: whole_of(root),
            address,
            scope,
            is_named: is_written(root.get("name")) || is_written(below("email")),
            has_headquarters: is_written(below("headquarters")),
        }
    }
}

/// The objects that a document describes.
type Objects = Vec<(Address, DesiredObject)>;

/// Reads a document that was checked; nothing if a problem was told instead.
type Read = fn(&mut Context<'_>, &Node<'_>, &Header) -> Option<Objects>;

impl Loader<'_> {
    /// Reads one document.
    pub(super) fn document(&mut self, path: &str, file: FileId, document: Document<'_>) {
        let Document { mut root, flaws } = document;
        if flaws.is_empty() && root.is_null() {
            return;
        }
        let before = self.findings.errors();
        let (scope, address) = identity(&root);
        let mut cx = Context { findings: &mut self.findings, file, scope };
        let has_flaws = !flaws.is_empty();
        for flaw in flaws {
            report_flaw(&mut cx, flaw);
        }
        if has_flaws && root.value == Value::Refused {
            return;
        }
        let Some(kind) = header(&root, &mut cx) else {
            // A document of ours with a wrong header is broken, not absent.
            let header = Header::of(&root, cx.scope, address);
            return self.insert_all_broken(header, file);
        };
        let header = Header::of(&root, cx.scope, address);
        let read: Read = match kind {
            DocumentKind::Project => return self.project(path, file, &mut root, &header),
            DocumentKind::UserList => return self.user_list(path, file, &mut root, header, before),
            DocumentKind::Removed => return self.removed(file, &mut root, &header),
            DocumentKind::Template => read_template,
            DocumentKind::Customer => read_customer,
            DocumentKind::Location => read_location,
            DocumentKind::User => read_user,
        };
        let mut cx = Context { findings: &mut self.findings, file, scope: header.scope.clone() };
        check(&mut root, header.whole, shape_of(kind), &mut cx);
        let objects = read(&mut cx, &root, &header);
        if objects.is_none() && cx.findings.errors() == before {
            cx.report(header.whole, unread());
        }
        match objects {
            Some(objects) if self.findings.errors() == before => {
                for (address, object) in objects {
                    self.insert(address, object);
                }
            }
            _ => self.insert_all_broken(header, file),
        }
    }

    /// Notes an object with errors, and the headquarters that its document describes too.
    fn insert_all_broken(&mut self, header: Header, file: FileId) {
        let source = Source { file, span: header.whole };
        let Some(address) = header.address else { return };
        if let Address::Customer(name) = &address
            && header.has_headquarters
        {
            self.insert_broken(Address::headquarters(name), source);
        }
        self.insert_broken(address, source);
    }

    fn project(&mut self, path: &str, file: FileId, root: &mut Node<'_>, header: &Header) {
        let mut cx = Context { findings: &mut self.findings, file, scope: Scope::Project };
        let at = root.get("kind").map_or(header.whole, |kind| kind.span);
        if path != PROJECT_FILE {
            let message = "the `Project` document stands in the `hubform.yaml` at the top of the project";
            cx.report(at, Problem::error(codes::PROJECT, message).fix(format!("move it to `{PROJECT_FILE}`")));
            return;
        }
        if let Some(first) = self.project {
            let problem = Problem::error(codes::PROJECT, "there is more than one `Project` document")
                .fix("remove one of them")
                .label(first, "first here");
            cx.report(at, problem);
            return;
        }
        self.project = Some(Source { file, span: at });
        check(root, header.whole, shape_of(DocumentKind::Project), &mut cx);
        if let Some(document) = deserialize::<ProjectDocument>(&mut cx, root, header.whole) {
            let marks = marks_of(root);
            let mut values = Values { cx: &mut cx, marks: &marks, whole: header.whole };
            let ProjectSettings { project, ignore } = project(&mut values, document);
            self.desired.project = project;
            self.ignore = ignore;
        }
    }

    fn removed(&mut self, file: FileId, root: &mut Node<'_>, header: &Header) {
        let before = self.findings.errors();
        let mut cx = Context { findings: &mut self.findings, file, scope: header.scope.clone() };
        check(root, header.whole, shape_of(DocumentKind::Removed), &mut cx);
        let Some(document) = deserialize::<RemovedDocument>(&mut cx, root, header.whole) else { return };
        let marks = marks_of(root);
        let source = Source { file, span: header.whole };
        let removal = removed(&mut Values { cx: &mut cx, marks: &marks, whole: header.whole }, document, source);
        if let Some((address, removal)) = removal
            && self.findings.errors() == before
        {
            self.insert_removal(address, removal);
        }
    }
}

/// The problem of an object that is neither read nor told of: it must not be lost without a word.
pub(super) fn unread() -> Problem {
    Problem::error(codes::WRONG_TYPE, "the object cannot be read").fix("report this as an error of hubform")
}

/// Reads a tree that was checked.
pub(super) fn deserialize<'n, T: Deserialize<'n>>(cx: &mut Context<'_>, node: &'n Node<'_>, whole: Span) -> Option<T> {
    match T::deserialize(node) {
        Ok(document) => Some(document),
        // The check leaves nothing that the types would not take; should the two disagree, say so.
        Err(error) => {
            cx.report(whole, Problem::error(codes::WRONG_TYPE, format!("the document cannot be read: {error}")));
            None
        }
    }
}

/// Returns where the fields of a document are written: those of `spec` and those beside it.
pub(super) fn marks_of(root: &Node<'_>) -> Marks {
    let mut marks = Marks::default();
    if let Value::Map(entries) = &root.value {
        for entry in entries.iter().filter(|entry| entry.key != "spec" && !entry.node.is_null()) {
            marks.add(entry.key.to_string(), entry.mark());
            if let Value::Map(below) = &entry.node.value {
                for field in below {
                    marks.add(format!("{}.{}", entry.key, field.key), field.mark());
                }
            }
        }
    }
    if let Some(entry) = root.entry("spec") {
        entry.node.mark_fields(&mut marks);
    }
    marks
}

/// Returns what to underline for a document as a whole: what names it, else what it begins with.
fn whole_of(root: &Node<'_>) -> Span {
    let named = ["name", "object", "customer", "kind"].iter().find_map(|key| root.entry(key));
    let email = root.get("spec").and_then(|spec| spec.entry("email"));
    match (root.get("name"), email) {
        (None, Some(entry)) => entry.mark(),
        _ => named.map_or(root.span, super::node::Entry::mark),
    }
}

/// Returns what a document concerns, before anything of it is checked.
fn identity(root: &Node<'_>) -> (Scope, Option<Address>) {
    let name = |key: &str| root.get(key).and_then(Node::text).and_then(|text| text.parse::<Name>().ok());
    let email = || {
        let own = root.get("name").and_then(Node::text);
        let below = root.get("spec").and_then(|spec| spec.get("email")).and_then(Node::text);
        own.or(below).and_then(|text| text.parse::<Email>().ok())
    };
    let kind = root.get("kind").and_then(Node::text).and_then(DocumentKind::named);
    let customer = || name("customer");
    let address = match kind {
        Some(DocumentKind::Template) => name("name").map(Address::Template),
        Some(DocumentKind::Customer) => name("name").map(Address::Customer),
        Some(DocumentKind::Location) => {
            let own = name("name").filter(|name| !name.is_headquarters());
            customer().zip(own).map(|(customer, name)| Address::Location(customer, name))
        }
        Some(DocumentKind::User) => customer().zip(email()).map(|(customer, email)| Address::User(customer, email)),
        Some(DocumentKind::Project | DocumentKind::UserList | DocumentKind::Removed) | None => None,
    };
    let removed = || root.get("object").and_then(Node::text).and_then(|text| text.parse::<Address>().ok());
    let scope = match (&address, kind) {
        (Some(address), _) => scope_of(address),
        (None, Some(DocumentKind::Removed)) => removed().map_or(Scope::Project, |address| scope_of(&address)),
        (None, Some(DocumentKind::Location | DocumentKind::User | DocumentKind::UserList)) => {
            customer().map_or(Scope::Project, Scope::Customer)
        }
        (None, _) => Scope::Project,
    };
    (scope, address)
}

/// Checks `apiVersion` and `kind`; nothing if the rest of the document cannot be judged.
fn header(root: &Node<'_>, cx: &mut Context<'_>) -> Option<DocumentKind> {
    let not_ours = "if the file is not hubform's, list it in `spec.ignore` of `hubform.yaml`";
    if !matches!(root.value, Value::Map(_)) {
        let problem = Problem::error(codes::API_VERSION, "a document is a mapping with `apiVersion` and `kind`");
        cx.report(root.span, problem.fix(format!("begin it with `apiVersion: {API_VERSION}`; {not_ours}")));
        return None;
    }
    let kind_text = root.get("kind").filter(|node| !node.is_null()).and_then(Node::text);
    let kind = kind_text.and_then(DocumentKind::named);
    let version = root.entry("apiVersion").filter(|entry| !entry.node.is_null());
    let is_ours = match version.map(|entry| (entry.mark(), entry.node.text().unwrap_or_default())) {
        Some((_, API_VERSION)) => true,
        Some((at, text)) => {
            let message = format!("`apiVersion` is `{}`, which this version of hubform does not read", shown(text));
            let fix = if text.starts_with("hubform") {
                format!("write `{API_VERSION}`, or use a newer hubform")
            } else {
                format!("write `{API_VERSION}`; {not_ours}")
            };
            cx.report(at, Problem::error(codes::API_VERSION, message).fix(fix));
            return None;
        }
        None => {
            let problem = Problem::error(codes::API_VERSION, "the document has no `apiVersion`");
            cx.report(whole_of(root), problem.fix(format!("add `apiVersion: {API_VERSION}`; {not_ours}")));
            false
        }
    };
    let words = || DocumentKind::ALL.into_iter().map(DocumentKind::word);
    if kind.is_none() && is_ours {
        let at = root.entry("kind").map_or_else(|| whole_of(root), super::node::Entry::mark);
        let problem = match kind_text {
            None => Problem::error(codes::KIND, "the document has no `kind`")
                .fix(format!("add `kind`, one of {}", listed(words()))),
            Some(text) if DocumentKind::NOT_YET.contains(&text) => {
                let message = format!("the kind `{text}` is not supported by this version of hubform");
                Problem::error(codes::NOT_YET, message).fix("remove the document")
            }
            Some(text) => {
                let fix = match nearest(text, words()) {
                    Some(word) => format!("did you mean `{word}`?"),
                    None => format!("write one of {}", listed(words())),
                };
                Problem::error(codes::KIND, format!("`{}` is not a kind of document", shown(text))).fix(fix)
            }
        };
        cx.report(at, problem);
    }
    kind
}

fn object(spec: Spec, source: Source, marks: Marks) -> DesiredObject {
    DesiredObject {
        spec,
        source,
        marks,
        labels: std::collections::BTreeMap::new(),
        lifecycle: Lifecycle::default(),
        renamed_from: None,
    }
}

fn read_template(cx: &mut Context<'_>, root: &Node<'_>, header: &Header) -> Option<Objects> {
    let document: TemplateDocument = deserialize(cx, root, header.whole)?;
    let TemplateDocument { api_version: _, kind: _, name, labels: written, lifecycle: fields, renamed_from: old, spec } =
        document;
    let source = Source { file: cx.file, span: header.whole };
    let marks = marks_of(root);
    let mut values = Values { cx, marks: &marks, whole: header.whole };
    let name: Option<Name> = values.required("name", name);
    let labels = labels(&mut values, written);
    let old = renamed_from(&mut values, old, name.as_ref());
    let spec = template(&mut values, spec?)?;
    let object = DesiredObject {
        labels,
        lifecycle: lifecycle(fields),
        renamed_from: old.map(Address::Template),
        ..object(Spec::Template(Box::new(spec)), source, marks)
    };
    Some(vec![(Address::Template(name?), object)])
}

fn read_customer(cx: &mut Context<'_>, root: &Node<'_>, header: &Header) -> Option<Objects> {
    let document: CustomerDocument = deserialize(cx, root, header.whole)?;
    let CustomerDocument { api_version: _, kind: _, name, labels: written, lifecycle: fields, renamed_from: old, spec } =
        document;
    let file = cx.file;
    let marks = marks_of(root);
    let mut values = Values { cx, marks: &marks, whole: header.whole };
    let name: Option<Name> = values.required("name", name);
    let labels = labels(&mut values, written);
    let old = renamed_from(&mut values, old, name.as_ref());
    let has_key =
        spec.as_ref().is_some_and(|spec| spec.external_id.as_deref().is_some_and(|text| !text.trim().is_empty()));
    if let Some(old) = &old
        && spec.is_some()
        && !has_key
    {
        let message =
            "`renamedFrom` needs a written `externalId`: it defaults to the name, so the billing key would change";
        let problem = Problem::error(codes::COMBINATION, message).fix(format!("add `externalId: {old}` below `spec`"));
        values.report("renamedFrom", problem);
    }
    let lifecycle = lifecycle(fields);
    let node = root.get("spec");
    let CustomerObjects { customer, headquarters } = customer(cx, &marks, header.whole, name.as_ref(), spec?, node);
    let name = name?;
    let mut objects = Vec::new();
    if let Some((location, marks, span)) = headquarters {
        // Nobody can write a lifecycle for the headquarters alone, so the customer's counts for it.
        let object =
            DesiredObject { lifecycle, ..object(Spec::Location(Box::new(location?)), Source { file, span }, marks) };
        objects.push((Address::headquarters(&name), object));
    }
    let object = DesiredObject {
        labels,
        lifecycle,
        renamed_from: old.map(Address::Customer),
        ..object(Spec::Customer(Box::new(customer?)), Source { file, span: header.whole }, marks)
    };
    objects.push((Address::Customer(name), object));
    Some(objects)
}

fn read_location(cx: &mut Context<'_>, root: &Node<'_>, header: &Header) -> Option<Objects> {
    let document: LocationDocument = deserialize(cx, root, header.whole)?;
    let LocationDocument { api_version: _, kind: _, customer, name, lifecycle: fields, renamed_from: old, spec } =
        document;
    let source = Source { file: cx.file, span: header.whole };
    let marks = marks_of(root);
    let mut values = Values { cx, marks: &marks, whole: header.whole };
    let customer: Option<Name> = values.required("customer", customer);
    let name: Option<Name> = values.required("name", name);
    let old = renamed_from(&mut values, old, name.as_ref());
    for (path, name) in [("name", &name), ("renamedFrom", &old)] {
        if name.as_ref().is_some_and(Name::is_headquarters) {
            let message =
                format!("`{path}` cannot be `headquarters`: the name is kept for a customer's first location");
            let fix = "describe the first location as `spec.headquarters` of the customer, or write another name";
            values.report(path, Problem::error(codes::NAME, message).fix(fix));
        }
    }
    let spec = location(&mut values, spec?, None)?;
    let (customer, name) = (customer?, name?);
    let object = DesiredObject {
        lifecycle: lifecycle(fields),
        renamed_from: old.map(|old| Address::Location(customer.clone(), old)),
        ..object(Spec::Location(Box::new(spec)), source, marks)
    };
    Some(vec![(Address::Location(customer, name), object)])
}

fn read_user(cx: &mut Context<'_>, root: &Node<'_>, header: &Header) -> Option<Objects> {
    let document: UserDocument = deserialize(cx, root, header.whole)?;
    let UserDocument { api_version: _, kind: _, customer, name, lifecycle: fields, spec } = document;
    let source = Source { file: cx.file, span: header.whole };
    let marks = marks_of(root);
    let mut values = Values { cx, marks: &marks, whole: header.whole };
    let customer: Option<Name> = values.required("customer", customer);
    let name: Option<Email> = values.required("name", name);
    let mut spec = spec?;
    let email: Option<Email> = values.required("email", spec.email.take());
    if !header.is_named {
        let problem = Problem::error(codes::MISSING_FIELD, "the user has neither `name` nor `spec.email`");
        values.cx.report(header.whole, problem.fix("add `name` with the user's e-mail address"));
    }
    if let (Some(name), Some(email)) = (&name, &email)
        && name != email
    {
        let message = format!("`spec.email` is `{email}`, but `name` is `{name}`");
        let problem = Problem::error(codes::COMBINATION, message).fix("remove `email`, or write the same in both");
        values.report("email", problem);
    }
    if spec.package.as_ref().is_some_and(|word| word.0.trim().is_empty()) {
        values.report("package", Problem::error(codes::TEXT, "`package` is empty").fix("write the user's package"));
    }
    let text = UserText {
        id: spec.id,
        first_name: spec.first_name,
        last_name: spec.last_name,
        package: spec.package.map(|word| word.0),
        location: spec.location,
        phone_number: spec.phone_number,
        extension: spec.extension,
        roles: spec.roles,
    };
    let spec = user(&mut values, text, &super::convert::Defaults::default())?;
    let object = DesiredObject { lifecycle: lifecycle(fields), ..object(Spec::User(Box::new(spec)), source, marks) };
    Some(vec![(Address::User(customer?, name.or(email)?), object)])
}

/// Makes the object of a user that a list describes.
pub(super) fn listed_user(spec: crate::model::User, source: Source, marks: Marks) -> DesiredObject {
    object(Spec::User(Box::new(spec)), source, marks)
}

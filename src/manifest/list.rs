//! `UserList`: the users in the document itself and those of a CSV file.

use std::borrow::Cow;

use super::{
    check::{check, check_entry},
    convert::{Defaults, UserText, defaults, user},
    csv::{Broken, Cell, Row, Rows},
    document::{UserEntry, UserListDocument, UserListSpec},
    files::{Refusal, beside},
    findings::Context,
    kinds::DocumentKind,
    load::{Loader, refusal_problem},
    node::{Node, Value},
    parse::shown,
    read::{Header, deserialize, listed_user, marks_of, unread},
    shape::{Object, Shape, shape_of},
    suggest::{listed, nearest},
    values::Values,
};
use crate::model::{Address, Email, FileId, Marks, Name, Problem, Scope, Source, Span, codes};

/// The columns that a CSV file may have.
const COLUMNS: [&str; 8] =
    ["email", "firstName", "lastName", "package", "location", "phoneNumber", "extension", "roles"];
/// Columns that are reserved.
const COLUMNS_NOT_YET: [&str; 2] = ["renamedFrom", "replaces"];

/// What the users of a list have in common.
struct List {
    customer: Option<Name>,
    scope: Scope,
    defaults: Defaults,
    /// Whether the document has errors outside its users; then none of them is what it should be.
    is_broken: bool,
}

impl Loader<'_> {
    /// Reads a list. Each user is checked by itself: an error in one leaves the others as they are.
    /// `before` is the number of errors that were known before the document.
    pub(super) fn user_list(&mut self, path: &str, file: FileId, root: &mut Node<'_>, header: Header, before: usize) {
        let Header { scope, whole, .. } = header;
        let entries = take_users(root);
        let mut cx = Context { findings: &mut self.findings, file, scope: scope.clone() };
        check(root, whole, shape_of(DocumentKind::UserList), &mut cx);
        let has_form = cx.findings.errors() == before;
        let Some(document) = deserialize::<UserListDocument>(&mut cx, root, whole) else { return };
        let UserListDocument { api_version: _, kind: _, customer, spec } = document;
        let marks = marks_of(root);
        let mut values = Values { cx: &mut cx, marks: &marks, whole };
        let customer: Option<Name> = values.required("customer", customer);
        let UserListSpec { defaults: fields, users: _, from } = spec.unwrap_or_default();
        let defaults = defaults(&mut values, fields.unwrap_or_default());
        let from = values.optional_text("from", from);
        if entries.is_none() && from.is_none() && has_form {
            let problem = Problem::error(codes::MISSING_FIELD, "the list has neither `users` nor `from`");
            values.cx.report(whole, problem.fix("add `users`, or `from` with the path of a CSV file"));
        }
        let is_broken = self.findings.errors() > before;
        let list = List { customer, scope, defaults, is_broken };
        for (index, mut entry) in entries.unwrap_or_default().into_iter().enumerate() {
            self.entry(file, &mut entry, index, &list, whole);
        }
        if let Some(from) = from {
            let at = Source { file, span: marks.get("from").unwrap_or(whole) };
            self.csv(path, at, &from, &list);
        }
    }

    fn entry(&mut self, file: FileId, node: &mut Node<'_>, index: usize, list: &List, whole: Span) {
        let before = self.findings.errors();
        let mut cx = Context { findings: &mut self.findings, file, scope: list.scope.clone() };
        let span = node.entry("email").map_or(node.span, super::node::Entry::mark);
        let span = if span.end > span.start { span } else { whole };
        let known: Option<Email> = node.get("email").and_then(Node::text).and_then(|text| text.parse().ok());
        let mut object = None;
        if let Some(shape) = entry_shape()
            && check_entry(node, span, shape, &format!("[{}]", index + 1), &mut cx)
            && let Some(entry) = deserialize::<UserEntry>(&mut cx, node, span)
        {
            let UserEntry { id, email, first_name, last_name, package, location, phone_number, extension, roles } =
                entry;
            let package = package.map(|word| word.0);
            let mut marks = Marks::default();
            node.mark_fields(&mut marks);
            let mut values = Values { cx: &mut cx, marks: &marks, whole: span };
            let email: Option<Email> = values.required("email", email);
            // A package that was taken out as wrong is not missing.
            if values.cx.findings.errors() == before && !list.is_broken {
                list.defaults.miss_package(&mut values, package.as_deref());
            }
            let text = UserText { id, first_name, last_name, package, location, phone_number, extension, roles };
            let user = user(&mut values, text, &list.defaults);
            object = email.zip(user).map(|(email, user)| (email, listed_user(user, Source { file, span }, marks)));
        }
        self.listed(list, known, object, before, Source { file, span });
    }

    /// Takes one user of a list, or notes that it is broken.
    fn listed(
        &mut self,
        list: &List,
        known: Option<Email>,
        object: Option<(Email, crate::model::DesiredObject)>,
        errors_before: usize,
        source: Source,
    ) {
        let is_told = list.is_broken || self.findings.errors() > errors_before;
        if object.is_none() && !is_told {
            self.findings.add(unread().at(source).scope(list.scope.clone()));
        }
        let Some(customer) = &list.customer else { return };
        match object {
            Some((email, object)) if !is_told => {
                self.insert(Address::User(customer.clone(), email), object);
            }
            _ => {
                if let Some(email) = known {
                    self.insert_broken(Address::User(customer.clone(), email), source);
                }
            }
        }
    }

    fn csv(&mut self, manifest: &str, at: Source, from: &str, list: &List) {
        let opened = match beside(manifest, from) {
            Some(path) => self.open_csv(&path, &list.scope).map_err(|reason| (path, reason)),
            None => Err((from.to_owned(), Refusal::Outside)),
        };
        let (file, text) = match opened {
            Ok(Some(opened)) => opened,
            // Told at its place in the file; but the list has no users, so their customer must not be planned.
            Ok(None) => return self.blocked(at, from, list),
            Err((path, reason)) => {
                let path = shown(&path);
                let problem = match reason {
                    Refusal::Missing => Problem::error(codes::CSV, format!("the CSV file `{path}` does not exist"))
                        .fix("write its path as seen from the folder of this manifest"),
                    Refusal::Outside => {
                        Problem::error(codes::OUTSIDE, format!("`{path}` leads out of the project folder"))
                            .fix("put the CSV file into the project, and write its path as seen from this manifest")
                    }
                    Refusal::Unreadable(_) | Refusal::NotAFile | Refusal::TooLarge(_) => {
                        refusal_problem(&path, &reason)
                    }
                };
                self.findings.add(problem.at(at).scope(list.scope.clone()));
                return;
            }
        };
        let mut rows = Rows::new(&text);
        let separator = rows.separator();
        let mut cx = Context { findings: &mut self.findings, file, scope: list.scope.clone() };
        let Some(header) = rows.next() else {
            let problem = Problem::error(codes::CSV_HEADER, "the CSV file has no header");
            cx.report(Span::default(), problem.fix(format!("begin it with `{}`", COLUMNS.join(","))));
            return;
        };
        let Some(columns) = read_header(&mut cx, header) else { return };
        for row in rows {
            match row {
                Ok(row) => self.row(file, &row, &columns, separator, list),
                Err(broken) => {
                    let mut cx = Context { findings: &mut self.findings, file, scope: list.scope.clone() };
                    report_broken(&mut cx, &broken);
                }
            }
        }
    }

    fn blocked(&mut self, at: Source, from: &str, list: &List) {
        let problem = Problem::error(codes::CSV, format!("the CSV file `{}` cannot be read", shown(from)));
        self.findings.add(problem.at(at).scope(list.scope.clone()).fix("correct the problem in that file"));
    }

    fn row(&mut self, file: FileId, row: &Row<'_>, columns: &[&'static str], separator: char, list: &List) {
        // Spreadsheets write empty rows as separators alone.
        if row.cells.iter().all(|cell| cell.text.trim().is_empty()) {
            return;
        }
        let before = self.findings.errors();
        let mut cx = Context { findings: &mut self.findings, file, scope: list.scope.clone() };
        let source = Source { file, span: row.span };
        if row.cells.len() != columns.len() {
            let message =
                format!("the row has {}, but the header has {}", cells(row.cells.len()), cells(columns.len()));
            let fix = format!("look for a missing or superfluous `{separator}`, or quote a cell that contains one");
            cx.report(row.span, Problem::error(codes::CSV, message).fix(fix));
        }
        let mut marks = Marks::default();
        let mut known = None;
        let mut text = UserText::default();
        let mut email = None;
        let is_whole = row.cells.len() == columns.len();
        for (&column, cell) in columns.iter().zip(&row.cells) {
            let value = cell.text.trim();
            if value.is_empty() {
                continue;
            }
            marks.add(column, cell.span);
            if column == "email" {
                known = value.parse::<Email>().ok();
                email = Some(value.to_owned());
            } else if is_whole {
                put(&mut cx, &mut text, column, value, cell);
            }
        }
        if !is_whole {
            return self.listed(list, known, None, before, source);
        }
        let mut values = Values { cx: &mut cx, marks: &marks, whole: row.span };
        if email.is_none() {
            let problem = Problem::error(codes::MISSING_FIELD, "the row has no `email`");
            values.cx.report(row.span, problem.fix("write the user's e-mail address, or remove the row"));
        }
        let email: Option<Email> = values.required("email", email);
        if !list.is_broken {
            list.defaults.miss_package(&mut values, text.package.as_deref());
        }
        let user = user(&mut values, text, &list.defaults);
        let object = email.zip(user).map(|(email, user)| (email, listed_user(user, source, marks)));
        self.listed(list, known, object, before, source);
    }
}

fn cells(count: usize) -> String {
    if count == 1 { "1 cell".to_owned() } else { format!("{count} cells") }
}

/// Takes the users out of a document, so that each can be checked by itself.
fn take_users<'a>(root: &mut Node<'a>) -> Option<Vec<Node<'a>>> {
    let Value::Map(fields) = &mut root.value else { return None };
    let spec = fields.iter_mut().find(|entry| entry.key == "spec")?;
    let Value::Map(fields) = &mut spec.node.value else { return None };
    let users = fields.iter_mut().find(|entry| entry.key == "users")?;
    match &mut users.node.value {
        Value::List(items) => Some(std::mem::take(items)),
        Value::Scalar { .. } | Value::Map(_) | Value::Refused => None,
    }
}

/// Returns the shape of one user of a list.
fn entry_shape() -> Option<&'static Object> {
    let Shape::Object(spec) = &shape_of(DocumentKind::UserList).field("spec")?.shape else { return None };
    let Shape::List(item) = &spec.field("users")?.shape else { return None };
    match &**item {
        Shape::Object(entry) => Some(entry),
        Shape::Text
        | Shape::Choice(_)
        | Shape::Flag
        | Shape::Count { .. }
        | Shape::List(_)
        | Shape::TextOrTexts
        | Shape::Map { .. }
        | Shape::Tagged { .. } => None,
    }
}

fn report_broken(cx: &mut Context<'_>, broken: &Broken) {
    let (span, message, fix) = match *broken {
        Broken::Unclosed(span) => {
            (span, "a quote is opened and never closed", "close the quote, or double a quote that belongs to the text")
        }
        Broken::AfterQuote(span) => (
            span,
            "text stands behind a closing quote",
            "double a quote that belongs to the text, or add the separator",
        ),
    };
    cx.report(span, Problem::error(codes::CSV, message).fix(fix));
}

/// Returns the columns in order; nothing if the rows cannot be read by this header.
fn read_header(cx: &mut Context<'_>, header: Result<Row<'_>, Broken>) -> Option<Vec<&'static str>> {
    let row = match header {
        Ok(row) => row,
        Err(broken) => {
            report_broken(cx, &broken);
            return None;
        }
    };
    let mut columns: Vec<&'static str> = Vec::new();
    let mut is_good = true;
    for Cell { text, span } in &row.cells {
        let name = text.trim();
        let known = COLUMNS.into_iter().find(|column| *column == name);
        let problem = match known {
            Some(column) if !columns.contains(&column) => {
                columns.push(column);
                continue;
            }
            Some(column) => Problem::error(codes::CSV_HEADER, format!("the column `{column}` stands twice"))
                .fix("remove one of them"),
            None if COLUMNS_NOT_YET.contains(&name) => {
                let message = format!("the column `{name}` is not supported by this version of hubform");
                Problem::error(codes::NOT_YET, message).fix("remove it")
            }
            None => {
                let fix = match nearest(name, COLUMNS) {
                    Some(column) => format!("did you mean `{column}`?"),
                    None => format!("the columns are {}", listed(COLUMNS)),
                };
                Problem::error(codes::CSV_HEADER, format!("`{}` is not a column", shown(name))).fix(fix)
            }
        };
        is_good = false;
        cx.report(*span, problem);
    }
    if is_good && !columns.contains(&"email") {
        is_good = false;
        let problem = Problem::error(codes::CSV_HEADER, "the header has no column `email`");
        cx.report(row.span, problem.fix(format!("begin the file with `{}`", COLUMNS.join(","))));
    }
    is_good.then_some(columns)
}

/// Puts a cell's text into its field; a damaged phone number is told of and left out.
fn put(cx: &mut Context<'_>, text: &mut UserText, column: &str, value: &str, cell: &Cell<'_>) {
    let owned = || Some(value.to_owned());
    match column {
        "firstName" => text.first_name = owned(),
        "lastName" => text.last_name = owned(),
        "package" => text.package = owned(),
        "location" => text.location = owned(),
        "phoneNumber" => match damage(value) {
            Some((what, fix)) => {
                let message = format!("`phoneNumber` is `{}`: {what}", shown(value));
                cx.report(cell.span, Problem::error(codes::CSV_DAMAGED, message).fix(fix));
            }
            None => text.phone_number = owned(),
        },
        "extension" if is_exponential(value) => {
            let message =
                format!("`extension` is `{}`: a spreadsheet has shortened it, and digits are lost", shown(value));
            let problem = Problem::error(codes::CSV_DAMAGED, message);
            cx.report(cell.span, problem.fix("format the column as text, enter it again, and export again"));
        }
        "extension" => text.extension = owned(),
        "roles" => {
            let roles = value.split(';').map(str::trim).filter(|role| !role.is_empty());
            text.roles = Some(roles.map(str::to_owned).collect());
        }
        _ => {}
    }
}

/// Says what a spreadsheet has done to a phone number, and the way out.
fn damage(value: &str) -> Option<(&'static str, Cow<'static, str>)> {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_exponential(value) {
        let fix = "format the column as text, enter the number again, and export again";
        return Some(("a spreadsheet has shortened it, and digits are lost", fix.into()));
    }
    if is_digits(value) && (7..=15).contains(&value.len()) && !value.starts_with('0') {
        let fix = format!("write `+{value}` if it begins with the country code, and format the column as text");
        return Some(("its `+` is lost, as spreadsheets do", fix.into()));
    }
    if let Some(rest) = value.strip_prefix('\'')
        && is_digits(rest.strip_prefix('+').unwrap_or(rest))
    {
        let fix = format!("write `{}` without the apostrophe", shown(rest));
        return Some(("a spreadsheet's mark for texts stands before it", fix.into()));
    }
    None
}

/// Returns true for `1.4E+10` and `1,4E+10`.
fn is_exponential(value: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some((mantissa, exponent)) = value.split_once(['E', 'e']) else { return false };
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    let mantissa = mantissa.strip_prefix('+').unwrap_or(mantissa);
    let good = match mantissa.split_once(['.', ',']) {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(mantissa),
    };
    good && digits(exponent)
}

//! A plan for a reviewer: what, where from, why, and what it means.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use crate::{
    model::{Address, Kind},
    plan::{
        Action, Consequence, FieldChange, Note, Operation, Part, Plan, Reason, Refusal, SourceLine, Step, StepId,
        Summary, Wait,
    },
};

use super::{
    fields::field_lines,
    style::{Look, Meaning},
    text::{count, visible},
};

/// More objects of one kind and action, from one file and in one part, are folded.
const FOLD_ABOVE: usize = 20;
/// How many of them are shown.
const FOLD_TO: usize = 5;

/// Returns a plan as text; its last line counts.
pub fn plan_text(plan: &Plan, look: Look) -> String {
    let mut page = Page { text: String::new(), look };
    // What a person has to do first; an edit of a template holds nobody up.
    let by_hand: BTreeMap<&StepId, &Address> = plan
        .steps()
        .filter(|step| matches!(step.operation, Operation::Instruct { entries: _, edit: false }))
        .map(|step| (&step.id, &step.object))
        .collect();
    for part in &plan.parts {
        page.part(part, &by_hand);
    }
    page.notes(&plan.notes);
    page.line(0, &look.paint(Meaning::Heading, last_line(plan)));
    page.text
}

struct Page {
    text: String,
    look: Look,
}

/// One object's steps, in order.
struct Change<'a> {
    object: &'a Address,
    steps: Vec<&'a Step>,
    action: Action,
}

impl Page {
    fn line(&mut self, indent: usize, text: &str) {
        // Writing to a String cannot fail.
        _ = writeln!(self.text, "{:indent$}{text}", "");
    }

    fn part(&mut self, part: &Part, by_hand: &BTreeMap<&StepId, &Address>) {
        let Part { customer, steps, waits, refusals, .. } = part;
        if steps.is_empty() && waits.is_empty() && refusals.is_empty() {
            return;
        }
        let heading = customer.as_ref().map_or_else(|| "templates".to_owned(), |name| format!("customer {name}"));
        self.line(0, &self.look.paint(Meaning::Heading, heading));
        for refusal in refusals {
            self.refusal(refusal);
        }
        if !refusals.is_empty() && !steps.is_empty() {
            self.line(2, "nothing of this part is applied while anything in it is refused; without that it would:");
        }
        let held: BTreeSet<&Address> =
            steps.iter().flat_map(|step| &step.needs).filter_map(|need| by_hand.get(need).copied()).collect();
        for template in held {
            let text = format!("waits until {template} is entered and bound; then it will:");
            self.line(2, &self.look.paint(Meaning::Waiting, visible(&text)));
        }
        self.changes(&changes(steps));
        for wait in waits {
            self.wait(wait);
        }
        self.text.push('\n');
    }

    fn changes(&mut self, changes: &[Change<'_>]) {
        let mut sizes: BTreeMap<_, usize> = BTreeMap::new();
        for change in changes.iter().filter(|change| change.may_fold()) {
            *sizes.entry(change.fold_key()).or_default() += 1;
        }
        let mut seen: BTreeMap<_, usize> = BTreeMap::new();
        for change in changes {
            let size = sizes.get(&change.fold_key()).copied().unwrap_or_default();
            if change.may_fold() && size > FOLD_ABOVE && !self.look.verbose {
                let seen = seen.entry(change.fold_key()).or_default();
                *seen += 1;
                if *seen == FOLD_TO + 1 {
                    let (kind, action, file) = change.fold_key();
                    let from = file.map_or_else(String::new, |file| format!(" from {}", visible(file)));
                    let more = size - FOLD_TO;
                    let text =
                        format!("  ... and {more} more to {}: {kind}s{from} (--verbose shows all)", action.word());
                    self.line(2, &self.look.paint(Meaning::Faint, text));
                }
                if *seen > FOLD_TO {
                    continue;
                }
            }
            self.change(change);
        }
    }

    fn change(&mut self, change: &Change<'_>) {
        let look = self.look;
        let what = look.paint(Meaning::of(change.action), format!("{} {}", sign(change.action), change.action.word()));
        let why = joined(change.steps.iter().map(|step| reason(step.reason)));
        let source = change.steps.iter().find_map(|step| step.source.as_ref());
        let origin = look.paint(Meaning::Faint, origin(&why, source));
        self.line(2, &format!("{what} {}  {origin}", visible(&change.object.to_string())));
        let fields: Vec<&FieldChange> = change.steps.iter().flat_map(|step| &step.fields).collect();
        let by_hand = change.steps.iter().find_map(|step| {
            if let Operation::Instruct { entries, edit } = &step.operation { Some((entries, *edit)) } else { None }
        });
        if let Some((entries, edit)) = by_hand {
            self.instruction(change.object, entries, edit, &fields);
        } else {
            for line in field_lines(fields, change.action != Action::Update) {
                self.line(6, &line);
            }
        }
        let consequences: Vec<&'static str> = change.consequences().filter_map(warning).collect();
        if !consequences.is_empty() {
            let grave = change.consequences().any(|each| !is_mild(each));
            let meaning = if grave { Meaning::Failed } else { Meaning::Waiting };
            self.line(6, &look.paint(meaning, format!("! {}", joined(consequences))));
        }
    }

    fn instruction(&mut self, object: &Address, entries: &[(String, String)], edit: bool, fields: &[&FieldChange]) {
        if edit {
            for line in field_lines(fields.iter().copied(), false) {
                self.line(6, &line);
            }
        }
        self.line(6, if edit { "edit the template in Partner Hub:" } else { "enter in Partner Hub, in this order:" });
        let width = entries.iter().map(|(label, _)| visible(label).chars().count()).max().unwrap_or_default();
        for (label, value) in entries {
            self.line(8, &format!("{:width$}  {}", visible(label), visible(value)));
        }
        let command = if edit {
            format!("hubform template done {}", object.last())
        } else {
            format!("hubform template bind {} PROVISIONING_ID", object.last())
        };
        self.line(6, &format!("then run: {}", self.look.paint(Meaning::Waiting, command)));
    }

    fn wait(&mut self, wait: &Wait) {
        let Wait { object, code, text, who, action, since } = wait;
        let what = self.look.paint(Meaning::Waiting, "? waits");
        let since = since.as_ref().map_or_else(String::new, |since| format!(", since {}", visible(since)));
        self.line(2, &format!("{what} {}{since}", visible(&object.to_string())));
        self.line(6, &format!("{} [{}]", visible(text), visible(code)));
        self.line(6, &format!("who: {}", visible(who)));
        self.line(6, &format!("do: {}", visible(action)));
    }

    fn refusal(&mut self, refusal: &Refusal) {
        let Refusal { object, code, text, fix, source } = refusal;
        let what = self.look.paint(Meaning::Failed, "x refused");
        let origin = source.as_ref().map_or_else(String::new, |source| format!("  {}", origin("", Some(source))));
        self.line(2, &format!("{what} {}{}", visible(&object.to_string()), self.look.paint(Meaning::Faint, origin)));
        self.line(6, &format!("{} [{}]", visible(text), visible(code)));
        self.line(6, &format!("fix: {}", visible(fix)));
    }

    fn notes(&mut self, notes: &[Note]) {
        if notes.is_empty() {
            return;
        }
        self.line(0, &self.look.paint(Meaning::Heading, "notes"));
        for Note { object, code, text } in notes {
            let object = object.as_ref().map_or_else(String::new, |object| format!("{}: ", visible(object)));
            self.line(2, &format!("{object}{} [{}]", visible(text), visible(code)));
        }
        self.text.push('\n');
    }
}

/// Nobody loses anything by it.
const fn is_mild(consequence: Consequence) -> bool {
    matches!(consequence, Consequence::Reversible | Consequence::Billable)
}

impl<'a> Change<'a> {
    fn consequences(&self) -> impl Iterator<Item = Consequence> {
        self.steps.iter().flat_map(|step| step.consequences.iter().copied())
    }

    fn fold_key(&self) -> (Kind, Action, Option<&'a str>) {
        let file = self.steps.iter().find_map(|step| step.source.as_ref()).map(|source| source.file.as_str());
        (self.object.kind(), self.action, file)
    }

    /// What takes something away is always shown, one by one.
    fn may_fold(&self) -> bool {
        self.action != Action::Instruct && self.action != Action::Delete && self.consequences().all(is_mild)
    }
}

/// Gathers the steps of each object, in the order in which the objects first occur.
fn changes(steps: &[Step]) -> Vec<Change<'_>> {
    let mut changes: Vec<Change<'_>> = Vec::new();
    let mut places: BTreeMap<&Address, usize> = BTreeMap::new();
    for step in steps {
        let at = *places.entry(&step.object).or_insert_with(|| {
            changes.push(Change { object: &step.object, steps: Vec::new(), action: step.action });
            changes.len() - 1
        });
        changes[at].steps.push(step);
    }
    for change in &mut changes {
        change.action = main_action(&Summary::of(change.steps.iter().copied())).unwrap_or(change.action);
    }
    changes
}

/// Returns the one action that a summary of a single object counts.
const fn main_action(summary: &Summary) -> Option<Action> {
    match summary {
        Summary { delete: 1.., .. } => Some(Action::Delete),
        Summary { create: 1.., .. } => Some(Action::Create),
        Summary { adopt: 1.., .. } => Some(Action::Adopt),
        Summary { update: 1.., .. } => Some(Action::Update),
        Summary { instruct: 1.., .. } => Some(Action::Instruct),
        Summary { forget: 1.., .. } => Some(Action::Forget),
        Summary { create: 0, update: 0, delete: 0, adopt: 0, forget: 0, instruct: 0 } => None,
    }
}

const fn sign(action: Action) -> char {
    match action {
        Action::Create => '+',
        Action::Update => '~',
        Action::Delete => '-',
        Action::Adopt => '=',
        Action::Forget => '/',
        Action::Instruct => '?',
    }
}

const fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::New => "new",
        Reason::Edited => "edited",
        Reason::Drift => "drift",
        Reason::Conflict => "conflict",
        Reason::Found => "exists already",
        Reason::Gone => "gone from the service",
        Reason::Removed => "removed",
        Reason::Resume => "begun by an earlier run",
    }
}

const fn warning(consequence: Consequence) -> Option<&'static str> {
    match consequence {
        Consequence::Reversible => None,
        Consequence::Irreversible => Some("cannot be undone"),
        Consequence::Billable => Some("changes the bill"),
        Consequence::LosesCalling => Some("loses calling"),
        Consequence::EmergencyCalling => Some("affects emergency calls"),
    }
}

fn origin(why: &str, source: Option<&SourceLine>) -> String {
    let place = source.map(|SourceLine { file, line }| format!("{}:{line}", visible(file)));
    match (why, place) {
        ("", Some(place)) => format!("({place})"),
        (why, Some(place)) => format!("({why}, {place})"),
        (why, None) => format!("({why})"),
    }
}

/// Joins words, each once, in the order in which they first occur.
fn joined<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut once: Vec<&str> = Vec::new();
    for word in words {
        if !once.contains(&word) {
            once.push(word);
        }
    }
    once.join(", ")
}

fn last_line(plan: &Plan) -> String {
    let Summary { create, update, delete, adopt, forget, instruct } = plan.summary;
    let waits = plan.waits().count() as u64;
    let refused = plan.parts.iter().filter(|part| !part.refusals.is_empty()).count() as u64;
    let mut words: Vec<String> = [
        (create, "to create"),
        (adopt, "to adopt"),
        (update, "to update"),
        (delete, "to delete"),
        (forget, "to forget"),
        (instruct, "for an operator"),
    ]
    .into_iter()
    .filter(|&(number, _)| number > 0)
    .map(|(number, word)| format!("{number} {word}"))
    .collect();
    let changes = !words.is_empty();
    if waits > 0 {
        words.push(format!("{waits} waiting"));
    }
    if refused > 0 {
        words.push(format!("{} refused", count(refused, "part")));
    }
    if changes {
        let parts = plan.parts.iter().filter(|part| part.refusals.is_empty());
        let requests = parts.flat_map(|part| &part.steps).map(|step| u64::from(step.requests)).sum();
        return format!("Plan: {}; {}", words.join(", "), count(requests, "request"));
    }
    match (words.is_empty(), plan.notes.is_empty()) {
        (false, _) => format!("Nothing to do now: {}", words.join(", ")),
        (true, false) => "Nothing to do; the notes say what is different".to_owned(),
        (true, true) => "Nothing to do: the service is as the manifests describe".to_owned(),
    }
}

//! The part of a plan that is being made: what the planners of the kinds write into.

use std::collections::BTreeMap;

use crate::model::{
    Address, Code, Desired, EntryId, LedgerState, Name, ObservedOrganization, Record, RemoteIds, Source, Sources, codes,
};

use super::{
    compare::{Comparison, Rule},
    index::Index,
    operation::Operation,
    settle::Journal,
    slice::{Digests, Looks},
    value::{
        Action, CatchUp, Consequence, FieldChange, FieldReason, Note, Part, Reason, Refusal, SourceLine, Step, StepId,
        Wait,
    },
};

/// What all planners look at, and never change.
#[derive(Clone, Copy)]
pub(super) struct World<'a> {
    pub(super) desired: &'a Desired,
    pub(super) ledger: &'a LedgerState,
    pub(super) sources: &'a Sources,
    /// The customers of the ledger by the shared part of their ids.
    pub(super) owners: &'a BTreeMap<String, &'a Address>,
    /// Everything is to be removed.
    pub(super) destroy: bool,
    /// What the journal says about requests whose answer is not known.
    pub(super) journal: &'a Journal,
}

impl World<'_> {
    /// Returns where an object is written, if a manifest describes it.
    pub(super) fn source(&self, at: &Address) -> Option<SourceLine> {
        let source = match (self.desired.objects.get(at), self.desired.removals.get(at)) {
            (Some(object), _) => object.source,
            (None, Some(removal)) => removal.source,
            (None, None) => return None,
        };
        self.line(source)
    }

    fn line(&self, source: Source) -> Option<SourceLine> {
        let file = self.sources.get(source.file)?;
        Some(SourceLine { file: file.path.to_string(), line: file.position(source.span.start).line })
    }

    /// Returns the record of an object; what was renamed stands under its new address.
    pub(super) fn record(&self, at: &Address) -> Option<&Record> {
        self.ledger.records.get(at)
    }

    /// Returns true if the manifests describe an object, be it with errors.
    pub(super) fn is_described(&self, at: &Address) -> bool {
        !self.destroy && (self.desired.objects.contains_key(at) || self.desired.broken.contains(at))
    }
}

/// A step before it is complete.
pub(super) struct NewStep {
    object: Address,
    word: &'static str,
    action: Action,
    reason: Reason,
    operation: Operation,
    fields: Vec<FieldChange>,
    needs: Vec<StepId>,
    consequences: Vec<Consequence>,
    requests: u32,
}

impl NewStep {
    /// Begins a step that takes one request.
    pub(super) fn new(
        object: &Address,
        word: &'static str,
        action: Action,
        reason: Reason,
        operation: Operation,
    ) -> Self {
        Self {
            object: object.clone(),
            word,
            action,
            reason,
            operation,
            fields: Vec::new(),
            needs: Vec::new(),
            consequences: Vec::new(),
            requests: 1,
        }
    }

    pub(super) fn fields(mut self, fields: Vec<FieldChange>) -> Self {
        // What drifted or collided is a better reason than that something was edited.
        if self.reason == Reason::Edited {
            let all = |reason| !fields.is_empty() && fields.iter().all(|change| change.reason == reason);
            if fields.iter().any(|change| change.reason == FieldReason::Conflict) {
                self.reason = Reason::Conflict;
            } else if all(FieldReason::Drift) {
                self.reason = Reason::Drift;
            }
        }
        self.fields = fields;
        self
    }

    pub(super) fn needs(mut self, needs: impl IntoIterator<Item = StepId>) -> Self {
        self.needs.extend(needs);
        self
    }

    pub(super) fn means(mut self, consequence: Consequence) -> Self {
        self.consequences.push(consequence);
        self
    }

    pub(super) fn requests(mut self, requests: u32) -> Self {
        self.requests = requests;
        self
    }
}

/// A part that is being made.
pub(super) struct PartBuilder<'a> {
    pub(super) world: World<'a>,
    pub(super) customer: Option<Name>,
    pub(super) steps: Vec<Step>,
    pub(super) waits: Vec<Wait>,
    pub(super) refusals: Vec<Refusal>,
    pub(super) notes: Vec<Note>,
    pub(super) catch_up: Vec<CatchUp>,
    /// Entries of the journal that are settled by what was read.
    pub(super) settled: Vec<EntryId>,
    pub(super) known: BTreeMap<Address, RemoteIds>,
    /// The customer's organization, if it is there.
    pub(super) organization: Option<&'a ObservedOrganization>,
    /// What there is below the customer.
    pub(super) index: Index<'a>,
    /// Names of locations that this plan has matched, by the shared part of their ids.
    pub(super) matched: BTreeMap<String, Name>,
    /// What adoptions need: the step that creates the customer of an attached organization.
    pub(super) first: Vec<StepId>,
    /// The steps that users of a location need.
    pub(super) ready: BTreeMap<Address, Vec<StepId>>,
    /// How many subscribers are in no manifest.
    pub(super) unlisted: usize,
    /// What the digests of the observed slice are made of.
    pub(super) looks: Looks,
}

impl<'a> PartBuilder<'a> {
    pub(super) fn new(world: World<'a>, customer: Option<Name>) -> Self {
        Self {
            world,
            customer,
            steps: Vec::new(),
            waits: Vec::new(),
            refusals: Vec::new(),
            notes: Vec::new(),
            catch_up: Vec::new(),
            settled: Vec::new(),
            known: BTreeMap::new(),
            organization: None,
            index: Index::default(),
            matched: BTreeMap::new(),
            first: Vec::new(),
            ready: BTreeMap::new(),
            unlisted: 0,
            looks: Looks::default(),
        }
    }

    /// Adds a step and returns its id. A second step of the same word gets a number.
    pub(super) fn push(&mut self, step: NewStep) -> StepId {
        let NewStep { object, word, action, reason, operation, fields, mut needs, mut consequences, requests } = step;
        let mut id = StepId::new(&object, word);
        let mut number = 2_u32;
        while self.steps.iter().rev().take_while(|other| other.object == object).any(|other| other.id == id) {
            id = StepId::new(&object, &format!("{word}-{number}"));
            number += 1;
        }
        needs.sort_unstable();
        needs.dedup();
        if consequences.is_empty() && !matches!(action, Action::Adopt | Action::Forget | Action::Instruct) {
            consequences.push(Consequence::Reversible);
        }
        consequences.sort_unstable();
        consequences.dedup();
        let source = self.world.source(&object);
        self.steps.push(Step {
            id: id.clone(),
            object,
            action,
            fields,
            needs,
            source,
            reason,
            consequences,
            requests,
            operation,
        });
        id
    }

    /// Notes a difference that no step removes.
    pub(super) fn note(&mut self, object: &Address, code: Code, text: impl Into<String>) {
        self.notes.push(Note { object: Some(object.to_string()), code: code.0.to_owned(), text: text.into() });
    }

    /// Refuses the whole part.
    pub(super) fn refuse(&mut self, object: &Address, code: Code, text: impl Into<String>, fix: impl Into<String>) {
        let source = self.world.source(object);
        self.refusals.push(Refusal {
            object: object.clone(),
            code: code.0.to_owned(),
            text: text.into(),
            fix: fix.into(),
            source,
        });
    }

    /// Waits for an object about which the journal knows too little, and returns true if there is such a thing.
    pub(super) fn holds(&mut self, at: &Address) -> bool {
        let Some(held) = self.world.journal.held.get(at) else { return false };
        self.waits.push(held.clone());
        true
    }

    /// Waits for somebody.
    pub(super) fn wait(
        &mut self,
        object: &Address,
        code: Code,
        (text, who, action): (String, &str, String),
        since: Option<String>,
    ) {
        self.waits.push(Wait {
            object: object.clone(),
            code: code.0.to_owned(),
            text,
            who: who.to_owned(),
            action,
            since,
        });
    }

    /// Says what a comparison left undone.
    pub(super) fn explain(&mut self, at: &Address, comparison: &Comparison) {
        let show =
            |value: &Option<crate::model::Value>| value.as_ref().map_or("nothing".to_owned(), |v| format!("`{v}`"));
        for (path, is, asked) in &comparison.fixed {
            self.note(
                at,
                codes::FIXED_AT_CREATION,
                format!(
                    "`{path}` is {} and the manifest asks for {}; the service sets it once, so it would take a new {}",
                    show(is),
                    show(asked),
                    at.kind()
                ),
            );
        }
        for path in &comparison.left {
            self.note(
                at,
                codes::CANNOT_BE_CLEARED,
                format!(
                    "`{path}` left the manifest; the service cannot clear it, so it stays and is no longer managed"
                ),
            );
        }
        if !comparison.unverified.is_empty() {
            let mut names: Vec<&str> = comparison.unverified.iter().map(crate::model::FieldPath::as_str).collect();
            names.dedup();
            self.note(
                at,
                codes::UNVERIFIED,
                format!("taken as the manifest says, since the service does not tell: `{}`", names.join("`, `")),
            );
        }
    }

    /// Brings the ledger up to date about an object that exists: by an adopting step if the ledger does not
    /// know it, by catching up silently if it does. Returns the adopting step.
    pub(super) fn settle(&mut self, at: &Address, ids: RemoteIds, comparison: &Comparison) -> Option<StepId> {
        self.known.insert(at.clone(), ids.clone());
        if let (Address::Location(_, name), RemoteIds::Location { id }) = (at, &ids) {
            self.matched.insert(id.key(), name.clone());
        }
        let lifecycle = self.world.desired.objects.get(at).map(|object| object.lifecycle).unwrap_or_default();
        if let Some(record) = self.world.record(at) {
            let caught_up = Record { ids, applied: comparison.settled.clone(), lifecycle, created: record.created };
            if self.world.ledger.records.get(at) != Some(&caught_up) {
                self.catch_up.push(CatchUp { object: at.clone(), record: Some(caught_up) });
            }
            None
        } else {
            let operation = Operation::Adopt { applied: comparison.settled.clone() };
            let needs = self.first.clone();
            Some(self.push(NewStep::new(at, "adopt", Action::Adopt, Reason::Found, operation).requests(0).needs(needs)))
        }
    }

    /// Takes the record of something that is gone out of the ledger.
    pub(super) fn drop_record(&mut self, at: &Address) {
        self.catch_up.push(CatchUp { object: at.clone(), record: None });
    }

    /// Returns the ids of every step of an object.
    pub(super) fn steps_of(&self, at: &Address) -> Vec<StepId> {
        self.steps.iter().filter(|step| step.object == *at).map(|step| step.id.clone()).collect()
    }

    /// Completes the part.
    pub(super) fn finish(mut self, digests: impl Fn(&Self) -> Digests) -> (Part, Vec<Note>) {
        let Digests { desired, observed, objects } = digests(&self);
        let lifecycle = self
            .steps
            .iter()
            .filter_map(|step| {
                let lifecycle = self.world.desired.objects.get(&step.object)?.lifecycle;
                (lifecycle != crate::model::Lifecycle::default()).then(|| (step.object.clone(), lifecycle))
            })
            .collect();
        self.notes.sort();
        let part = Part {
            customer: self.customer,
            desired,
            observed,
            objects,
            steps: self.steps,
            waits: self.waits,
            refusals: self.refusals,
            catch_up: self.catch_up,
            settled: self.settled,
            known: self.known,
            lifecycle,
        };
        (part, self.notes)
    }
}

/// A rule that lets every field change.
pub(super) fn free(_: &crate::model::FieldPath) -> Rule {
    Rule::Free
}

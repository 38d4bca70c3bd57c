//! What stands in the objects, as JSON. Whatever is read is hostile until it was checked.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    ledger::{Change, Holder, LedgerError, RunStart, UnitState},
    model::{Address, LedgerIdentity, Unit},
};

/// The format that this version writes, and the newest that it knows.
pub(super) const FORMAT: u32 = 1;

/// What says that `ledger.json` is one of ours.
pub(super) const KIND: &str = "hubform-ledger";

/// `ledger.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LedgerDocument {
    pub(super) kind: String,
    pub(super) format: u32,
    pub(super) identity: LedgerIdentity,
    /// Whether a record was ever put.
    pub(super) used: bool,
    /// Makes the object differ from whatever stood there before, for servers whose tag is a digest.
    pub(super) nonce: String,
}

/// `units/UNIT/base.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BaseDocument {
    pub(super) format: u32,
    pub(super) ledger: String,
    pub(super) unit: Unit,
    pub(super) nonce: String,
    /// The last object of the log that is in it.
    pub(super) position: u64,
    pub(super) holding: Option<HoldingDocument>,
    /// The objects of the log up to `position` that stay.
    #[serde(default)]
    pub(super) fences: BTreeSet<u64>,
    pub(super) state: UnitState,
}

/// Who holds a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HoldingDocument {
    pub(super) holder: HolderDocument,
    /// The process, or rather its handle on the ledger.
    pub(super) session: String,
}

/// A [`Holder`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HolderDocument {
    pub(super) owner: String,
    pub(super) host: String,
    pub(super) pid: u32,
    pub(super) run: String,
    pub(super) since: String,
}

impl From<&Holder> for HolderDocument {
    fn from(holder: &Holder) -> Self {
        let Holder { owner, host, pid, run, since } = holder.clone();
        Self { owner, host, pid, run, since }
    }
}

impl From<&HolderDocument> for Holder {
    fn from(holder: &HolderDocument) -> Self {
        let HolderDocument { owner, host, pid, run, since } = holder.clone();
        Self { owner, host, pid, run, since }
    }
}

/// `units/UNIT/log/NUMBER.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogDocument {
    pub(super) format: u32,
    pub(super) ledger: String,
    pub(super) unit: Unit,
    pub(super) number: u64,
    pub(super) nonce: String,
    pub(super) run: String,
    pub(super) session: String,
    pub(super) event: Event,
}

/// What happened to a unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Event {
    /// A run takes it; whoever held it has lost it.
    Take(HolderDocument),
    /// A run begins its work, with these steps.
    Begin(Vec<String>),
    /// One commit.
    Commit(Vec<Change>),
    /// A run gives it back, or somebody does so for it.
    Release,
}

/// `holders/RUN/beat.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BeatDocument {
    pub(super) format: u32,
    pub(super) ledger: String,
    pub(super) holder: HolderDocument,
    pub(super) serial: u64,
    pub(super) nonce: String,
    pub(super) life: Life,
}

/// What a heartbeat says of its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Life {
    /// It lives as long as the heartbeat changes.
    Alive,
    /// Somebody has given back what it held.
    Released,
    /// Somebody watched for long enough, and it did not change.
    Gone,
}

/// `holders/RUN/units-….json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClaimDocument {
    pub(super) format: u32,
    pub(super) ledger: String,
    pub(super) run: String,
    pub(super) units: BTreeSet<Unit>,
}

/// `runs/NUMBER.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RunDocument {
    pub(super) format: u32,
    pub(super) ledger: String,
    pub(super) nonce: String,
    pub(super) start: RunStart,
    pub(super) ended: Option<String>,
}

/// A document that says which ledger it is of.
pub(super) trait Owned {
    fn ledger(&self) -> &str;
}

macro_rules! owned {
    ($($document:ident),+) => {$(
        impl Owned for $document {
            fn ledger(&self) -> &str {
                &self.ledger
            }
        }
    )+};
}

owned!(BaseDocument, LogDocument, BeatDocument, ClaimDocument, RunDocument);

/// Returns a document as it is written.
pub(super) fn encode(document: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(document).expect("every document is made of values that JSON has, and its keys are texts")
}

/// Reads a document that has a format.
pub(super) fn decode<T: DeserializeOwned>(place: &str, name: &str, bytes: &[u8]) -> Result<T, LedgerError> {
    #[derive(Deserialize)]
    struct Formatted {
        format: u32,
    }
    let unreadable = |error: serde_json::Error| damaged(place, name, &error);
    let Formatted { format } = serde_json::from_slice(bytes).map_err(unreadable)?;
    if format > FORMAT {
        return Err(LedgerError::Newer { place: place.to_owned(), found: format, known: FORMAT });
    }
    serde_json::from_slice(bytes).map_err(unreadable)
}

/// Reads a document of a certain ledger.
pub(super) fn decode_owned<T: DeserializeOwned + Owned>(
    place: &str,
    lineage: &str,
    name: &str,
    bytes: &[u8],
) -> Result<T, LedgerError> {
    let document: T = decode(place, name, bytes)?;
    if document.ledger() == lineage {
        return Ok(document);
    }
    Err(damaged(place, name, &format!("it is of the ledger with lineage `{}`", shortened(document.ledger()))))
}

impl BaseDocument {
    /// Says what is wrong with it if it is not of the unit in whose folder it stands.
    pub(super) fn check(&self, unit: &Unit) -> Result<(), String> {
        if self.unit != *unit {
            return Err(format!("it is of `{}`", self.unit));
        }
        let objects = self.state.records.keys().chain(self.state.journal.values().map(|entry| &entry.object));
        objects.map(Unit::of).find(|of| of != unit).map_or(Ok(()), |of| Err(format!("it holds objects of `{of}`")))?;
        if self.fences.iter().any(|number| *number > self.position) {
            return Err("it knows objects of the log that come after it".to_owned());
        }
        check_kinds(self.state.records.iter().map(|(address, record)| (address, &record.ids)))
    }
}

impl LogDocument {
    /// Says what is wrong with it if it is not the one that its name says.
    pub(super) fn check(&self, unit: &Unit, number: u64) -> Result<(), String> {
        if self.unit != *unit || self.number != number {
            return Err(format!("it is number {} of `{}`", self.number, self.unit));
        }
        let Event::Commit(changes) = &self.event else { return Ok(()) };
        changes
            .iter()
            .map(Change::unit)
            .find(|of| of != unit)
            .map_or(Ok(()), |of| Err(format!("it changes objects of `{of}`")))?;
        check_kinds(changes.iter().filter_map(|change| match change {
            Change::Put { object, record } => Some((object, &record.ids)),
            Change::Remove { .. }
            | Change::Begin { .. }
            | Change::Job { .. }
            | Change::End { .. }
            | Change::Step { .. } => None,
        }))
    }
}

fn check_kinds<'a>(
    mut records: impl Iterator<Item = (&'a Address, &'a crate::model::RemoteIds)>,
) -> Result<(), String> {
    use crate::model::{Kind, RemoteIds};
    let kind = |ids: &RemoteIds| match ids {
        RemoteIds::Template { .. } => Kind::Template,
        RemoteIds::Customer { .. } => Kind::Customer,
        RemoteIds::Location { .. } => Kind::Location,
        RemoteIds::User { .. } => Kind::User,
    };
    match records.find(|(address, ids)| kind(ids) != address.kind()) {
        Some((address, ids)) => Err(format!("the record of `{address}` holds the ids of a {}", kind(ids))),
        None => Ok(()),
    }
}

/// Says that an object cannot be what it should.
pub(super) fn damaged(place: &str, name: &str, why: &dyn std::fmt::Display) -> LedgerError {
    let why = format!("`{name}` cannot be read: {}", shortened(&why.to_string()));
    LedgerError::Damaged { place: place.to_owned(), why }
}

/// Returns a text of others without what a terminal would obey, and no longer than a line or two.
pub(super) fn shortened(text: &str) -> String {
    const LONGEST: usize = 240;
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST + 1).collect();
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if plain.chars().count() > LONGEST { format!("{words}…") } else { words }
}

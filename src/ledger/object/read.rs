//! Reading units: the list first and the base afterwards, so that what has gone from the log is in the base.

use std::collections::{BTreeMap, BTreeSet};

use crate::{ledger::LedgerError, model::Unit};

use super::{
    FENCES_STAY,
    documents::{BaseDocument, LogDocument, damaged, decode_owned},
    fold::View,
    layout::{self, Part},
    ledger::ObjectLedger,
    objects::{Listed, Tag, at_once, side_by_side},
};

/// How often a unit is looked at again that changes while it is read.
const LOOKS: u32 = 10;

/// Units that are listed one by one; more of them are found in one list of all.
const FEW: usize = 200;

/// How many objects of one log are read at once.
const LOG_WIDTH: usize = 4;

/// The objects of a unit.
#[derive(Debug, Default)]
struct Listing {
    base: bool,
    /// The objects of the log, and when they were written.
    log: BTreeMap<u64, i64>,
    /// When the latest object was written, by the same clock.
    latest: i64,
}

fn listings(listed: Vec<Listed>) -> BTreeMap<Unit, Listing> {
    let mut units: BTreeMap<Unit, Listing> = BTreeMap::new();
    for Listed { name, written } in listed {
        let Some((unit, part)) = layout::parse(&name) else { continue };
        let listing = units.entry(unit).or_default();
        listing.latest = listing.latest.max(written);
        match part {
            Part::Base => listing.base = true,
            Part::Log(number) => drop(listing.log.insert(number, written)),
        }
    }
    units
}

impl ObjectLedger {
    /// Reads a unit as it is.
    pub(super) async fn read(&self, unit: &Unit) -> Result<View, LedgerError> {
        let mut backoff = self.objects.backoff();
        loop {
            let listed = self.objects.list(&layout::unit_folder(unit)).await?;
            let listing = listings(listed).remove(unit).unwrap_or_default();
            match self.read_listed(unit, &listing).await? {
                Ok(view) => return Ok(view),
                Err(missing) if backoff.waits() >= LOOKS => {
                    let name = layout::log(unit, missing);
                    return Err(damaged(self.objects.place(), &name, &"it is missing, and later ones are there"));
                }
                Err(_) => backoff.wait().await,
            }
        }
    }

    /// Reads units, or all of them; those that nobody ever wrote are left out.
    pub(super) async fn read_units(&self, only: Option<&BTreeSet<Unit>>) -> Result<Vec<View>, LedgerError> {
        if let Some(only) = only.filter(|only| only.len() <= FEW) {
            return side_by_side(only.iter().map(|unit| self.read(unit))).await.into_iter().collect();
        }
        let mut listed = listings(self.objects.list(layout::UNITS).await?);
        if let Some(only) = only {
            listed.retain(|unit, _| only.contains(unit));
        }
        let views = listed.iter().map(|(unit, listing)| async move {
            match self.read_listed(unit, listing).await? {
                Ok(view) => Ok(view),
                Err(_) => self.read(unit).await,
            }
        });
        side_by_side(views).await.into_iter().collect()
    }

    /// Reads what was listed, or says which object of the log is not there (any more).
    async fn read_listed(&self, unit: &Unit, listing: &Listing) -> Result<Result<View, u64>, LedgerError> {
        let mut view = View::nothing(unit.clone());
        if listing.base {
            let Some((document, tag)) = self.base(unit).await? else { return Ok(Err(0)) };
            view = View::based(document, tag);
        }
        let from = view.position;
        let later: Vec<u64> = listing.log.range(from + 1..).map(|(number, _)| *number).collect();
        for (number, expected) in later.iter().zip(from + 1..) {
            if *number != expected {
                return Ok(Err(expected));
            }
        }
        for document in at_once(LOG_WIDTH, later.into_iter().map(|number| self.log_document(unit, number))).await {
            match document? {
                Some(document) => view.push(&document),
                None => return Ok(Err(view.position + 1)),
            }
        }
        let stay = i64::try_from(FENCES_STAY.as_secs()).unwrap_or(i64::MAX);
        for (number, written) in listing.log.range(..=from) {
            // Both times are of the store's clock.
            if !view.fold.fences.contains(number) || listing.latest.saturating_sub(*written) > stay {
                view.fold.fences.remove(number);
                view.stale.insert(*number);
            }
        }
        Ok(Ok(view))
    }

    /// Reads the base of a unit.
    pub(super) async fn base(&self, unit: &Unit) -> Result<Option<(BaseDocument, Tag)>, LedgerError> {
        let name = layout::base(unit);
        let Some((bytes, tag)) = self.objects.get(&name).await? else { return Ok(None) };
        let document: BaseDocument = decode_owned(self.objects.place(), &self.lineage, &name, &bytes)?;
        document.check(unit).map_err(|why| damaged(self.objects.place(), &name, &why))?;
        Ok(Some((document, tag)))
    }

    async fn log_document(&self, unit: &Unit, number: u64) -> Result<Option<LogDocument>, LedgerError> {
        let name = layout::log(unit, number);
        let Some((bytes, _)) = self.objects.get(&name).await? else { return Ok(None) };
        let document: LogDocument = decode_owned(self.objects.place(), &self.lineage, &name, &bytes)?;
        document.check(unit, number).map_err(|why| damaged(self.objects.place(), &name, &why))?;
        Ok(Some(document))
    }
}

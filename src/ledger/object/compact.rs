//! Making a unit's log short again: a new base, and then the log's objects go that are in it. A process that dies
//! between the two leaves objects that nobody reads and the next one takes away.

use crate::ledger::LedgerError;

use super::{documents::encode, fold::View, layout, ledger::ObjectLedger, objects::Written};

impl ObjectLedger {
    /// Writes a unit's base and returns the names of the objects that nobody needs any more; none if somebody else was
    /// quicker.
    pub(super) async fn compact(&self, view: &mut View) -> Result<Vec<String>, LedgerError> {
        if view.position == view.base_position {
            return Ok(Vec::new());
        }
        let name = layout::base(&view.unit);
        let bytes = encode(&view.to_base(&self.lineage, self.objects.nonce()));
        let written = match &view.base {
            None => self.objects.create(&name, bytes).await?,
            Some(tag) => self.objects.update(&name, bytes, tag).await?,
        };
        let Written::Done(tag) = written else {
            if let Some((document, tag)) = self.base(&view.unit).await? {
                view.base_position = document.position.min(view.position);
                view.base = Some(tag);
            }
            return Ok(Vec::new());
        };
        let mut gone = std::mem::take(&mut view.stale);
        gone.extend((view.base_position + 1..=view.position).filter(|number| !view.fold.fences.contains(number)));
        view.base = Some(tag);
        view.base_position = view.position;
        Ok(gone.into_iter().map(|number| layout::log(&view.unit, number)).collect())
    }

    /// Makes a unit's log short again. It was right before, so a failure is no more than a longer log.
    pub(super) async fn compact_now(&self, view: &mut View) {
        let ended = match self.compact(view).await {
            Ok(names) => self.objects.remove(names).await,
            Err(error) => Err(error),
        };
        if let Err(error) = ended {
            tracing::debug!(unit = %view.unit, %error, "the log stays long");
        }
    }
}

//! Taking units for a run and giving them back: events of each unit's log.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    ledger::{Holder, LedgerError, LockInfo},
    model::Unit,
};

use super::{
    documents::{ClaimDocument, Event, FORMAT, HolderDocument, decode_owned, encode},
    fold::{Fold, View},
    layout,
    ledger::{ObjectLedger, Slot, locked},
    objects::{Written, side_by_side},
};

/// How often a unit may change while it is taken.
const CONTENDED: u32 = 12;

/// How the attempt to take a unit ended.
enum Taken {
    Mine(Box<View>),
    Held(Holder),
    /// It is not as whoever wanted it expected.
    NotOurs,
}

impl ObjectLedger {
    /// Takes units: all of them or none.
    pub(super) async fn take(&self, units: &BTreeSet<Unit>, holder: &Holder) -> Result<(), LedgerError> {
        let _one_at_a_time = self.changing.lock().await;
        let run = &holder.run;
        if !self.lives(run) {
            locked(&self.slots).retain(|_, slot| slot.run != *run);
        }
        let wanted: BTreeSet<Unit> = {
            let slots = locked(&self.slots);
            units.iter().filter(|unit| slots.get(unit).is_none_or(|slot| slot.run != *run)).cloned().collect()
        };
        if wanted.is_empty() {
            return Ok(());
        }
        // Who waits asks again and again, mostly for one unit: the others are read when that one is free.
        let blocked = locked(&self.waited_for).clone().filter(|unit| wanted.contains(unit));
        if let Some(unit) = blocked {
            let view = self.read(&unit).await?;
            self.refuse_if_held(&view, run, &mut BTreeMap::new()).await?;
        }
        let mut views: BTreeMap<Unit, View> =
            self.read_units(Some(&wanted)).await?.into_iter().map(|view| (view.unit.clone(), view)).collect();
        let mut judged = BTreeMap::new();
        for view in views.values() {
            self.refuse_if_held(view, run, &mut judged).await?;
        }
        // Before the takes, so that nobody finds a holder that seems to be gone.
        self.start_heart(holder).await?;
        self.claim(run, &wanted).await?;
        let mut views = wanted.iter().map(|unit| views.remove(unit).unwrap_or_else(|| View::nothing(unit.clone())));
        // Of two who want the same, the first unit decides; the loser has not taken anything else yet.
        let mut ended = Vec::with_capacity(wanted.len());
        if let Some(first) = views.next() {
            ended.push(self.take_one(first, holder, &|_, _| true).await);
        }
        if matches!(ended.first(), Some(Ok(Taken::Mine(_)))) {
            ended.extend(side_by_side(views.map(|view| self.take_one(view, holder, &|_, _| true))).await);
        }
        let (mut taken, mut failure) = (Vec::new(), None);
        for (unit, one) in wanted.iter().zip(ended) {
            match one {
                Ok(Taken::Mine(view)) => taken.push(*view),
                Ok(Taken::Held(by)) => {
                    *locked(&self.waited_for) = Some(unit.clone());
                    failure = Some(self.held(unit, by));
                }
                Ok(Taken::NotOurs) => failure = failure.or_else(|| Some(self.lock_lost(unit))),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        let Some(failure) = failure else {
            self.keep(run, taken);
            return Ok(());
        };
        let back_out = !taken.is_empty();
        self.give_back_views(run, taken).await;
        if !locked(&self.slots).values().any(|slot| slot.run == *run) {
            self.bury(run).await;
        }
        if back_out {
            // Two who back out for each other's sake should not come back at the same moment.
            self.objects.backoff().wait().await;
        }
        Err(failure)
    }

    fn keep(&self, run: &str, views: Vec<View>) {
        let mut slots = locked(&self.slots);
        for view in views {
            let unit = view.unit.clone();
            slots.insert(unit, Slot { run: run.to_owned(), view: Arc::new(tokio::sync::Mutex::new(view)) });
        }
    }

    fn held(&self, unit: &Unit, by: Holder) -> LedgerError {
        LedgerError::Held { place: self.objects.place().to_owned(), unit: unit.clone(), holder: Box::new(by) }
    }

    /// Refuses a unit that somebody else holds who lives, as far as can be told.
    async fn refuse_if_held(
        &self,
        view: &View,
        run: &str,
        judged: &mut BTreeMap<String, bool>,
    ) -> Result<(), LedgerError> {
        let Some(by) = view.fold.other(run) else { return Ok(()) };
        let gone = match judged.get(&by.run) {
            Some(gone) => *gone,
            None => self.is_gone(&by.run).await?,
        };
        judged.insert(by.run.clone(), gone);
        if gone {
            return Ok(());
        }
        *locked(&self.waited_for) = Some(view.unit.clone());
        Err(self.held(&view.unit, by))
    }

    /// Writes down which units a run is about to take.
    async fn claim(&self, run: &str, units: &BTreeSet<Unit>) -> Result<(), LedgerError> {
        let name = layout::claim(run, &self.objects.nonce());
        let claim =
            ClaimDocument { format: FORMAT, ledger: self.lineage.clone(), run: run.to_owned(), units: units.clone() };
        match self.objects.create(&name, encode(&claim)).await? {
            Written::Done(_) => Ok(()),
            Written::Refused => Err(self.contended(&name)),
        }
    }

    /// Takes a unit if nobody holds it who lives, and if `may` agrees.
    async fn take_one(
        &self,
        mut view: View,
        holder: &Holder,
        may: &(dyn Fn(&Fold, &str) -> bool + Sync),
    ) -> Result<Taken, LedgerError> {
        let mut backoff = self.objects.backoff();
        loop {
            if !may(&view.fold, &holder.run) {
                return Ok(Taken::NotOurs);
            }
            if let Some(by) = view.fold.other(&holder.run)
                && !self.is_gone(&by.run).await?
            {
                return Ok(Taken::Held(by));
            }
            let document = self.next(&view, &holder.run, Event::Take(HolderDocument::from(holder)));
            let name = layout::log(&view.unit, document.number);
            if let Written::Done(_) = self.objects.create(&name, encode(&document)).await? {
                // It counts only if the number was the next one, and not one that had been there and has gone since.
                let base = self.base(&view.unit).await?;
                let position = base.as_ref().map_or(0, |(base, _)| base.position);
                if position < document.number {
                    view.base_position = position;
                    view.base = base.map(|(_, tag)| tag);
                    view.push(&document);
                    return Ok(Taken::Mine(Box::new(view)));
                }
            }
            if backoff.waits() >= CONTENDED {
                return Err(self.contended(&name));
            }
            backoff.wait().await;
            view = self.read(&view.unit).await?;
        }
    }

    /// Finds a unit that another handle of the same run has taken, and takes it from there.
    pub(super) async fn adopt(&self, run: &str, unit: &Unit) -> Result<Slot, LedgerError> {
        let view = self.read(unit).await?;
        let adopted =
            if self.lives(run) || self.is_believed_alive(run).await? { self.adopted(run, &view).await? } else { None };
        let Some(view) = adopted else { return Err(self.lock_lost(unit)) };
        let slot = Slot { run: run.to_owned(), view: Arc::new(tokio::sync::Mutex::new(view)) };
        locked(&self.slots).insert(unit.clone(), slot.clone());
        Ok(slot)
    }

    /// Takes a unit that the same run holds by another handle; nothing if it does not hold it.
    pub(super) async fn adopted(&self, run: &str, view: &View) -> Result<Option<View>, LedgerError> {
        let Some(held) = view.fold.holding.as_ref().filter(|held| held.holder.run == run) else { return Ok(None) };
        let holder = Holder::from(&held.holder);
        self.start_heart(&holder).await?;
        match self.take_one(self.read(&view.unit).await?, &holder, &Fold::is_held_by_run).await? {
            Taken::Mine(view) => Ok(Some(*view)),
            Taken::Held(_) | Taken::NotOurs => Ok(None),
        }
    }

    /// Gives back what a run holds, from here or from anywhere.
    pub(super) async fn give_back(&self, run: &str) -> Result<(), LedgerError> {
        let _one_at_a_time = self.changing.lock().await;
        let is_here = locked(&self.hearts).contains_key(run);
        if !is_here {
            self.mark_released(run).await?;
        }
        let mut slots: Vec<(Unit, Slot)> = Vec::new();
        locked(&self.slots).retain(|unit, slot| {
            let stays = slot.run != run;
            if !stays {
                slots.push((unit.clone(), slot.clone()));
            }
            stays
        });
        let mut others = self.claimed(run).await?;
        others.retain(|unit| slots.binary_search_by(|(known, _)| known.cmp(unit)).is_err());
        let mut views = self.read_units(Some(&others)).await?;
        views.retain(|view| view.fold.is_held_by_run(run));
        let here = side_by_side(slots.iter().map(|(_, slot)| async move {
            let mut view = slot.view.lock().await;
            self.give_back_one(run, &mut view).await
        }))
        .await;
        let elsewhere = side_by_side(views.iter_mut().map(|view| self.give_back_one(run, view))).await;
        let mut stale = Vec::new();
        for one in here.into_iter().chain(elsewhere) {
            stale.extend(one?);
        }
        self.clear(stale).await;
        self.bury(run).await;
        Ok(())
    }

    async fn give_back_views(&self, run: &str, mut views: Vec<View>) {
        let ended = side_by_side(views.iter_mut().map(|view| self.give_back_one(run, view))).await;
        let mut stale = Vec::new();
        for one in ended {
            match one {
                Ok(names) => stale.extend(names),
                Err(error) => tracing::warn!(%error, "a unit stays locked until this process ends"),
            }
        }
        self.clear(stale).await;
    }

    async fn give_back_one(&self, run: &str, view: &mut View) -> Result<Vec<String>, LedgerError> {
        let released = self.append(view, run, &Event::Release, &|fold| fold.is_held_by_run(run)).await?;
        if !released {
            return Ok(Vec::new());
        }
        Ok(self.compact(view).await.unwrap_or_else(|error| {
            tracing::debug!(unit = %view.unit, %error, "the log stays long");
            Vec::new()
        }))
    }

    /// Takes objects away that nobody reads.
    async fn clear(&self, names: Vec<String>) {
        if let Err(error) = self.objects.remove(names).await {
            tracing::debug!(%error, "objects that nobody reads stay");
        }
    }

    /// Takes what tells of a run's life away, after it holds nothing any more: no heartbeat is a dead one.
    async fn bury(&self, run: &str) {
        self.stop_heart(run);
        locked(&self.watched).remove(run);
        match self.objects.list(&layout::holder_folder(run)).await {
            Ok(listed) => {
                // What says which units it has claimed goes first.
                let mut names: Vec<String> = listed.into_iter().map(|listed| listed.name).collect();
                names.retain(|name| *name != layout::beat(run));
                self.clear(names).await;
                self.clear(vec![layout::beat(run)]).await;
            }
            Err(error) => tracing::debug!(%error, "the heartbeat of a run that has ended stays"),
        }
    }

    /// Returns the units that a run has claimed.
    async fn claimed(&self, run: &str) -> Result<BTreeSet<Unit>, LedgerError> {
        let listed = self.objects.list(&layout::holder_folder(run)).await?;
        let beat = layout::beat(run);
        self.claims_in(listed.into_iter().map(|listed| listed.name).filter(|name| *name != beat).collect()).await
    }

    async fn claims_in(&self, names: Vec<String>) -> Result<BTreeSet<Unit>, LedgerError> {
        let read = side_by_side(names.iter().map(|name| async move {
            let Some((bytes, _)) = self.objects.get(name).await? else { return Ok(BTreeSet::new()) };
            let claim: ClaimDocument = decode_owned(self.objects.place(), &self.lineage, name, &bytes)?;
            Ok(claim.units)
        }))
        .await;
        let mut units = BTreeSet::new();
        for one in read {
            units.extend(one?);
        }
        Ok(units)
    }

    /// Returns every lock, by unit.
    pub(super) async fn all_locks(&self) -> Result<Vec<LockInfo>, LedgerError> {
        let listed = self.objects.list(layout::HOLDERS).await?;
        let claims = listed.into_iter().map(|listed| listed.name).filter(|name| !name.ends_with("/beat.json"));
        let units = self.claims_in(claims.collect()).await?;
        let mut locks = Vec::new();
        let mut known = BTreeMap::new();
        for view in self.read_units(Some(&units)).await? {
            let Some(held) = &view.fold.holding else { continue };
            let holder = Holder::from(&held.holder);
            let vitality = match known.get(&holder.run) {
                Some(vitality) => *vitality,
                None => self.vitality(&holder.run).await?,
            };
            known.insert(holder.run.clone(), vitality);
            locks.push(LockInfo { unit: view.unit, holder, vitality });
        }
        locks.sort_by(|one, other| one.unit.cmp(&other.unit));
        Ok(locks)
    }
}

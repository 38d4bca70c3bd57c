//! Heartbeats: one for each run that holds units, renewed by a task of its own, and watched by who waits.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

use crate::ledger::{Holder, LedgerError, Vitality};

use super::{
    documents::{BeatDocument, FORMAT, HolderDocument, Life, damaged, decode_owned, encode},
    layout,
    ledger::{ObjectLedger, locked},
    objects::{Objects, Tag, Written},
    place::Habits,
};

/// How often a heartbeat is written again that somebody else has written at the same time.
const CONTENDED: u32 = 8;

/// The heart of a run: it beats until this is dropped.
#[derive(Debug)]
pub(super) struct Heart {
    pulse: Arc<Pulse>,
    task: JoinHandle<()>,
}

impl Drop for Heart {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Debug)]
struct Pulse {
    /// When the last renewal that succeeded was begun.
    renewed: Mutex<Instant>,
    /// Whether somebody has declared the run dead.
    lost: AtomicBool,
}

/// A heartbeat as it was seen last, by this process's own clock.
#[derive(Debug)]
pub(super) struct Seen {
    nonce: String,
    since: Instant,
    /// Whether it was seen to change.
    changed: bool,
}

/// A heartbeat that is renewed.
struct Beating {
    objects: Arc<Objects>,
    document: BeatDocument,
    tag: Tag,
}

impl Beating {
    /// Renews the heartbeat; false if somebody has declared the run dead.
    async fn renew(&mut self) -> Result<bool, LedgerError> {
        let name = layout::beat(&self.document.holder.run);
        for _ in 0..CONTENDED {
            self.document.serial += 1;
            self.document.nonce = self.objects.nonce();
            if let Written::Done(tag) = self.objects.update(&name, encode(&self.document), &self.tag).await? {
                self.tag = tag;
                return Ok(true);
            }
            // It may have been this run: a renewal whose answer came too late, or another handle of it.
            let Some((document, tag)) = read(&self.objects, &self.document.ledger, &name).await? else {
                return Ok(false);
            };
            if document.life != Life::Alive || document.holder != self.document.holder {
                return Ok(false);
            }
            self.document.serial = document.serial;
            self.tag = tag;
        }
        let why = "its heartbeat changes all the time".to_owned();
        Err(LedgerError::Unreachable { place: self.objects.place().to_owned(), action: "written", why })
    }

    async fn beat(mut self, pulse: Arc<Pulse>, habits: Habits) {
        let mut pause = habits.renew_every;
        loop {
            sleep(pause).await;
            let begun = Instant::now();
            match timeout(habits.renew_every, self.renew()).await {
                Ok(Ok(true)) => {
                    *locked(&pulse.renewed) = begun;
                    pause = habits.renew_every;
                }
                Ok(Ok(false)) => {
                    tracing::warn!(run = self.document.holder.run, "somebody has taken this run's locks away");
                    pulse.lost.store(true, Ordering::Relaxed);
                    return;
                }
                Ok(Err(error)) => {
                    tracing::debug!(%error, "the heartbeat was not renewed");
                    pause = habits.renew_every / 4;
                }
                Err(_) => pause = habits.renew_every / 4,
            }
        }
    }
}

async fn read(objects: &Objects, lineage: &str, name: &str) -> Result<Option<(BeatDocument, Tag)>, LedgerError> {
    let Some((bytes, tag)) = objects.get(name).await? else { return Ok(None) };
    Ok(Some((decode_owned(objects.place(), lineage, name, &bytes)?, tag)))
}

impl ObjectLedger {
    /// Returns true if this process has renewed the run's heartbeat of late.
    pub(super) fn lives(&self, run: &str) -> bool {
        locked(&self.hearts).get(run).is_some_and(|heart| {
            let Pulse { renewed, lost } = &*heart.pulse;
            !lost.load(Ordering::Relaxed) && locked(renewed).elapsed() < self.habits.dead_after
        })
    }

    /// Asks the store whether nobody has declared a run dead.
    pub(super) async fn is_believed_alive(&self, run: &str) -> Result<bool, LedgerError> {
        Ok(self.beat_of(run).await?.is_some_and(|(document, _)| document.life == Life::Alive))
    }

    /// Reads a run's heartbeat.
    pub(super) async fn beat_of(&self, run: &str) -> Result<Option<(BeatDocument, Tag)>, LedgerError> {
        let name = layout::beat(run);
        let found = read(&self.objects, &self.lineage, &name).await?;
        match &found {
            Some((document, _)) if document.holder.run != run => {
                Err(damaged(self.objects.place(), &name, &"it is of another run"))
            }
            Some(_) | None => Ok(found),
        }
    }

    /// Lets a run's heart beat, if it does not yet.
    pub(super) async fn start_heart(&self, holder: &Holder) -> Result<(), LedgerError> {
        if self.lives(&holder.run) {
            return Ok(());
        }
        let name = layout::beat(&holder.run);
        let mut backoff = self.objects.backoff();
        let (begun, document, tag) = loop {
            let begun = Instant::now();
            let found = self.beat_of(&holder.run).await?;
            let document = BeatDocument {
                format: FORMAT,
                ledger: self.lineage.clone(),
                holder: HolderDocument::from(holder),
                serial: found.as_ref().map_or(1, |(document, _)| document.serial + 1),
                nonce: self.objects.nonce(),
                life: Life::Alive,
            };
            let written = match found {
                None => self.objects.create(&name, encode(&document)).await?,
                Some((_, tag)) => self.objects.update(&name, encode(&document), &tag).await?,
            };
            match written {
                Written::Done(tag) => break (begun, document, tag),
                Written::Refused if backoff.waits() >= CONTENDED => return Err(self.contended(&name)),
                Written::Refused => backoff.wait().await,
            }
        };
        let pulse = Arc::new(Pulse { renewed: Mutex::new(begun), lost: AtomicBool::new(false) });
        let beating = Beating { objects: Arc::clone(&self.objects), document, tag };
        let task = tokio::spawn(beating.beat(Arc::clone(&pulse), self.habits.clone()));
        drop(locked(&self.hearts).insert(holder.run.clone(), Heart { pulse, task }));
        Ok(())
    }

    /// Lets a run's heart stop; true if it was beating here.
    pub(super) fn stop_heart(&self, run: &str) -> bool {
        locked(&self.hearts).remove(run).is_some()
    }

    /// Returns true if a run is gone, and everybody can see so: it was released, or its heartbeat was watched from here
    /// for long enough and did not change; then it is marked, which the run notices should it wake up.
    pub(super) async fn is_gone(&self, run: &str) -> Result<bool, LedgerError> {
        let Some((mut document, tag)) = self.beat_of(run).await? else { return Ok(true) };
        if document.life != Life::Alive {
            return Ok(true);
        }
        if self.watch(run, &document) < self.habits.gone_after {
            return Ok(false);
        }
        document.life = Life::Gone;
        document.nonce = self.objects.nonce();
        let marked = self.objects.update(&layout::beat(run), encode(&document), &tag).await?;
        let gone = matches!(marked, Written::Done(_));
        if gone {
            tracing::info!(holder = %Holder::from(&document.holder), "the holder is gone: its heartbeat has stopped");
        }
        Ok(gone)
    }

    /// Notes how a heartbeat looks, and returns for how long it has looked like this.
    fn watch(&self, run: &str, document: &BeatDocument) -> Duration {
        let now = Instant::now();
        let mut watched = locked(&self.watched);
        match watched.get_mut(run) {
            Some(seen) if seen.nonce == document.nonce => now.duration_since(seen.since),
            found => {
                let seen = Seen { nonce: document.nonce.clone(), since: now, changed: found.is_some() };
                watched.insert(run.to_owned(), seen);
                Duration::ZERO
            }
        }
    }

    /// Returns whether a run lives, as far as one look and the ones before it tell.
    pub(super) async fn vitality(&self, run: &str) -> Result<Vitality, LedgerError> {
        if self.lives(run) {
            return Ok(Vitality::Alive);
        }
        let Some((document, _)) = self.beat_of(run).await? else { return Ok(Vitality::Gone) };
        if document.life != Life::Alive {
            return Ok(Vitality::Gone);
        }
        let unchanged = self.watch(run, &document);
        let changed = locked(&self.watched).get(run).is_some_and(|seen| seen.changed);
        Ok(match changed {
            _ if unchanged >= self.habits.gone_after => Vitality::Gone,
            true => Vitality::Alive,
            false => Vitality::Unknown,
        })
    }

    /// Marks a run's heartbeat as released, so that the run notices.
    pub(super) async fn mark_released(&self, run: &str) -> Result<(), LedgerError> {
        let mut backoff = self.objects.backoff();
        while let Some((mut document, tag)) = self.beat_of(run).await? {
            if document.life != Life::Alive {
                break;
            }
            document.life = Life::Released;
            document.nonce = self.objects.nonce();
            let name = layout::beat(run);
            match self.objects.update(&name, encode(&document), &tag).await? {
                Written::Done(_) => break,
                Written::Refused if backoff.waits() >= CONTENDED => return Err(self.contended(&name)),
                Written::Refused => backoff.wait().await,
            }
        }
        Ok(())
    }
}

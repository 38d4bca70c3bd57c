//! The store as a ledger uses it: reading, listing, making and replacing on conditions, and asking again.

use std::{
    fmt,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::{Error, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, UpdateVersion, path::Path};
use tokio::time::sleep;

use crate::ledger::LedgerError;

use super::{
    documents::damaged,
    said::{failed, is_no_bucket, may_pass},
};

/// What an object is replaced by: only if it still is the one that has this.
pub(super) type Tag = UpdateVersion;

/// How many requests are under way at once.
pub(super) const WIDTH: usize = 32;

/// How often a request is sent again whose answer did not come.
const AGAIN: u32 = 2;

/// Larger than any object that this program writes.
const LARGEST: u64 = 512 * 1024 * 1024;

/// How a conditional write ended.
#[derive(Debug)]
pub(super) enum Written {
    /// It is done; the object has this tag now.
    Done(Tag),
    /// The condition did not hold, and nothing was written.
    Refused,
}

/// An object that was listed.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) name: String,
    /// When it was written, in seconds by the store's own clock.
    pub(super) written: i64,
}

/// The objects of one ledger.
pub(super) struct Objects {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    place: String,
    pause: Duration,
    /// Names this handle on the ledger; nobody else has the same.
    session: String,
    nonces: AtomicU64,
}

impl fmt::Debug for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A store's own text may hold what it logs in with.
        f.debug_struct("Objects").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Objects {
    pub(super) fn new(
        store: Arc<dyn ObjectStore>,
        prefix: Path,
        place: String,
        pause: Duration,
    ) -> Result<Self, LedgerError> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|error| LedgerError::Unfit {
            place: place.clone(),
            why: format!("this system gives no random numbers: {error}"),
        })?;
        let session = bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        Ok(Self { store, prefix, place, pause, session, nonces: AtomicU64::new(0) })
    }

    /// Returns the name of this handle on the ledger.
    pub(super) fn session(&self) -> &str {
        &self.session
    }

    /// Returns a text that was never written before.
    pub(super) fn nonce(&self) -> String {
        format!("{}-{}", self.session, self.nonces.fetch_add(1, Ordering::Relaxed))
    }

    /// Returns where they are, for people.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// Returns waits that become longer.
    pub(super) fn backoff(&self) -> Backoff {
        Backoff { next: self.pause, waits: 0 }
    }

    fn path(&self, name: &str) -> Path {
        name.split('/').fold(self.prefix.clone(), Path::join)
    }

    fn failed(&self, action: &'static str, error: &Error) -> LedgerError {
        failed(&self.place, action, error)
    }

    /// Reads an object, if it is there.
    pub(super) async fn get(&self, name: &str) -> Result<Option<(Vec<u8>, Tag)>, LedgerError> {
        let mut backoff = self.backoff();
        loop {
            match self.get_once(name).await {
                Ok(Some((size, _, _))) if size > LARGEST => {
                    return Err(damaged(&self.place, name, &format!("it has {size} bytes")));
                }
                Ok(found) => return Ok(found.map(|(_, bytes, tag)| (bytes, tag))),
                Err(Error::NotFound { path, source }) => {
                    let error = Error::NotFound { path, source };
                    return if is_no_bucket(&error) { Err(self.failed("read", &error)) } else { Ok(None) };
                }
                Err(error) if may_pass(&error) && backoff.waits < AGAIN => backoff.wait().await,
                Err(error) => return Err(self.failed("read", &error)),
            }
        }
    }

    async fn get_once(&self, name: &str) -> Result<Option<(u64, Vec<u8>, Tag)>, Error> {
        let found = self.store.get(&self.path(name)).await?;
        let (size, tag) =
            (found.meta.size, Tag { e_tag: found.meta.e_tag.clone(), version: found.meta.version.clone() });
        let bytes = if size > LARGEST { Vec::new() } else { found.bytes().await?.to_vec() };
        Ok(Some((size, bytes, tag)))
    }

    /// Makes an object, if there is none of its name.
    pub(super) async fn create(&self, name: &str, bytes: Vec<u8>) -> Result<Written, LedgerError> {
        self.put(name, bytes, PutMode::Create).await
    }

    /// Replaces an object, if it still is the one that was seen.
    pub(super) async fn update(&self, name: &str, bytes: Vec<u8>, tag: &Tag) -> Result<Written, LedgerError> {
        self.put(name, bytes, PutMode::Update(tag.clone())).await
    }

    async fn put(&self, name: &str, bytes: Vec<u8>, mode: PutMode) -> Result<Written, LedgerError> {
        let mut backoff = self.backoff();
        let payload = object_store::PutPayload::from(bytes.clone());
        loop {
            let options = PutOptions { mode: mode.clone(), ..PutOptions::default() };
            match self.store.put_opts(&self.path(name), payload.clone(), options).await {
                Ok(result) => return Ok(Written::Done(result.into())),
                Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => {
                    // A request that was sent twice, here or on the way, may have been done the first time.
                    return Ok(match self.get(name).await? {
                        Some((found, tag)) if found == bytes => Written::Done(tag),
                        Some(_) | None => Written::Refused,
                    });
                }
                Err(error) if may_pass(&error) && backoff.waits < AGAIN => backoff.wait().await,
                Err(error) => return Err(self.failed("written", &error)),
            }
        }
    }

    /// Writes once and says what the store said, for the probe.
    pub(super) async fn put_once(&self, name: &str, text: &str, mode: PutMode) -> Result<Tag, Error> {
        let options = PutOptions { mode, ..PutOptions::default() };
        self.store.put_opts(&self.path(name), text.as_bytes().to_vec().into(), options).await.map(Into::into)
    }

    /// Lists what is in a folder and below it, by name.
    pub(super) async fn list(&self, folder: &str) -> Result<Vec<Listed>, LedgerError> {
        let mut backoff = self.backoff();
        loop {
            match self.list_once(folder).await {
                Ok(found) => return Ok(found),
                Err(error) if may_pass(&error) && backoff.waits < AGAIN => backoff.wait().await,
                Err(error) => return Err(self.failed("read", &error)),
            }
        }
    }

    async fn list_once(&self, folder: &str) -> Result<Vec<Listed>, Error> {
        let above = if self.prefix.as_ref().is_empty() { 0 } else { self.prefix.as_ref().len() + 1 };
        let mut found: Vec<Listed> = self
            .store
            .list(Some(&self.path(folder)))
            .map_ok(|meta| Listed {
                name: meta.location.as_ref().get(above..).unwrap_or_default().to_owned(),
                written: meta.last_modified.timestamp(),
            })
            .try_collect()
            .await?;
        found.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(found)
    }

    /// Returns true if there is anything in a folder, after one request.
    pub(super) async fn is_any_in(&self, folder: &str) -> Result<bool, LedgerError> {
        let first = self.store.list(Some(&self.path(folder))).next().await;
        first.transpose().map(|first| first.is_some()).map_err(|error| self.failed("read", &error))
    }

    /// Takes objects away, whether they are there or not.
    pub(super) async fn remove(&self, names: impl IntoIterator<Item = String>) -> Result<(), LedgerError> {
        let paths: Vec<_> = names.into_iter().map(|name| Ok(self.path(&name))).collect();
        if paths.is_empty() {
            return Ok(());
        }
        let mut removed = self.store.delete_stream(stream::iter(paths).boxed());
        while let Some(one) = removed.next().await {
            match one {
                Ok(_) | Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(self.failed("written", &error)),
            }
        }
        Ok(())
    }
}

/// Waits that become longer, and are never quite the same for two who wait for each other.
#[derive(Debug)]
pub(super) struct Backoff {
    next: Duration,
    waits: u32,
}

impl Backoff {
    const LONGEST: Duration = Duration::from_secs(2);

    /// Returns how often it has waited.
    pub(super) const fn waits(&self) -> u32 {
        self.waits
    }

    pub(super) async fn wait(&mut self) {
        // Without randomness the waits are equal, and nothing else is lost.
        let part = f64::from(getrandom::u32().unwrap_or_default()) / f64::from(u32::MAX);
        sleep(self.next.mul_f64(0.5 + part)).await;
        self.next = (self.next * 2).min(Self::LONGEST);
        self.waits += 1;
    }
}

/// Does things side by side, some at a time, and returns how they ended, in their order.
pub(super) fn side_by_side<'a, T, I>(futures: I) -> Pin<Box<dyn Future<Output = Vec<T>> + Send + 'a>>
where
    T: Send + 'a,
    I: IntoIterator<Item: Future<Output = T> + Send + 'a>,
    I::IntoIter: Send + 'a,
{
    at_once(WIDTH, futures)
}

/// As [`side_by_side`], with a width of its own.
pub(super) fn at_once<'a, T, I>(width: usize, futures: I) -> Pin<Box<dyn Future<Output = Vec<T>> + Send + 'a>>
where
    T: Send + 'a,
    I: IntoIterator<Item: Future<Output = T> + Send + 'a>,
    I::IntoIter: Send + 'a,
{
    Box::pin(stream::iter(futures).buffered(width).collect())
}

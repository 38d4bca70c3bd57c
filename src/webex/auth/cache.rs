//! The file that keeps tokens between runs: for its owner alone, written whole or not at all.
//!
//! Beside it lies a file that is locked while a token is renewed, so that of two processes the second takes over
//! what the first one got. The system frees that lock when a process dies.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use super::tokens::{Tokens, is_sendable};

/// The file's name in the folder of the user's configuration.
const FILE: &str = "tokens.json";
/// The file that is locked.
const LOCK: &str = "tokens.lock";
/// Version of the layout.
const FORMAT: u32 = 1;
/// The largest file that is read.
const LARGEST: u64 = 1 << 20;
/// How often the lock is tried.
const TRY: Duration = Duration::from_millis(50);

/// Why the token cache cannot be used. No text here holds what is in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CacheError {
    /// Others can read it.
    #[error(
        "the token cache `{path}` can be read by others (mode {mode:04o}); run `chmod 600 {path}`, and log in again if others could have read it"
    )]
    Open {
        /// The file.
        path: String,
        /// Its permissions.
        mode: u32,
    },
    /// It is no token cache.
    #[error("the token cache `{path}` cannot be understood: {why}; move it away and run `hubform login`")]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// The system refuses.
    #[error("the token cache `{path}` cannot be {action}: {why}")]
    Io {
        /// The file.
        path: String,
        /// What was tried.
        action: &'static str,
        /// The system's words.
        why: String,
    },
    /// Another process does not give it back.
    #[error(
        "another process has held the token cache `{path}` for {seconds} seconds; see what it waits for, or end it"
    )]
    Held {
        /// The locked file.
        path: String,
        /// How long was waited.
        seconds: u64,
    },
}

/// What tokens are for, beside service and client: one client may have tokens of several kinds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
pub enum Subject {
    /// Somebody logged in.
    Login,
    /// A refresh token was given to the program.
    RefreshToken,
    /// A service app in an organization.
    ServiceApp {
        /// The service app.
        application: String,
        /// The organization.
        target_org: String,
    },
}

/// Names one entry of the cache.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CacheKey {
    /// The base URL that the tokens are for; they are sent nowhere else.
    pub base_url: String,
    /// The client id that they were given to.
    pub client_id: String,
    /// What they are for.
    pub subject: Subject,
}

impl CacheKey {
    /// Makes a key; a slash at the end of the base URL does not count.
    pub fn new(base_url: &url::Url, client_id: impl Into<String>, subject: Subject) -> Self {
        let base_url = base_url.as_str().trim_end_matches('/').to_owned();
        Self { base_url, client_id: client_id.into(), subject }
    }
}

/// Tokens as they are kept.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The tokens.
    pub tokens: Tokens,
    /// The client's secret, where the login gave it: renewing needs it.
    pub client_secret: Option<SecretString>,
    /// The digest of the refresh token that the program was given in the beginning. Given another one, the entry no
    /// longer counts. Empty if none was given.
    pub seed: String,
}

/// The file; see the module's documentation. Making the value touches nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenCache {
    folder: PathBuf,
}

/// Holds the lock of the cache until it is dropped.
#[derive(Debug)]
pub(super) struct Held {
    /// None where the file system has no locks.
    _lock: Option<File>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    format: u32,
    entries: Vec<Row>,
}

/// An entry as it is written. It has no `Debug`, since its texts are secrets.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    base_url: String,
    client_id: String,
    subject: Subject,
    access_token: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    obtained: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh_expires: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scopes: Option<std::collections::BTreeSet<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    seed: String,
}

impl Row {
    fn new(key: &CacheKey, entry: &Entry) -> Self {
        let text = |secret: &SecretString| secret.expose_secret().to_owned();
        let Tokens { access, refresh, obtained, expires, refresh_expires, scopes } = &entry.tokens;
        Self {
            base_url: key.base_url.clone(),
            client_id: key.client_id.clone(),
            subject: key.subject.clone(),
            access_token: text(access),
            refresh_token: refresh.as_ref().map(text),
            obtained: *obtained,
            expires: *expires,
            refresh_expires: *refresh_expires,
            scopes: scopes.clone(),
            client_secret: entry.client_secret.as_ref().map(text),
            seed: entry.seed.clone(),
        }
    }

    fn key(&self) -> CacheKey {
        let Self { base_url, client_id, subject, .. } = self;
        CacheKey { base_url: base_url.clone(), client_id: client_id.clone(), subject: subject.clone() }
    }

    fn into_entry(self) -> Entry {
        Entry {
            tokens: Tokens {
                access: SecretString::from(self.access_token),
                refresh: self.refresh_token.map(SecretString::from),
                obtained: self.obtained,
                expires: self.expires,
                refresh_expires: self.refresh_expires,
                scopes: self.scopes,
            },
            client_secret: self.client_secret.map(SecretString::from),
            seed: self.seed,
        }
    }
}

impl TokenCache {
    /// Keeps tokens in this folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Returns the file.
    pub fn path(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    /// Reads every entry, sorted; none if there is no file.
    pub fn entries(&self) -> Result<Vec<(CacheKey, Entry)>, CacheError> {
        let mut entries: Vec<_> = self.rows()?.into_iter().map(|row| (row.key(), row.into_entry())).collect();
        entries.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(entries)
    }

    /// Reads one entry.
    pub fn get(&self, key: &CacheKey) -> Result<Option<Entry>, CacheError> {
        Ok(self.rows()?.into_iter().find(|row| row.key() == *key).map(Row::into_entry))
    }

    /// Writes one entry. The caller holds the lock.
    pub(super) fn put(&self, key: &CacheKey, entry: &Entry) -> Result<(), CacheError> {
        let mut rows = self.rows()?;
        rows.retain(|row| row.key() != *key);
        rows.push(Row::new(key, entry));
        self.write(rows)
    }

    /// Removes the entries that a test chooses, and returns how many those were. Nothing is written if there are
    /// none.
    pub async fn remove(
        &self,
        chosen: impl Fn(&CacheKey) -> bool + Send,
        patience: Duration,
    ) -> Result<Vec<CacheKey>, CacheError> {
        if !self.path().exists() {
            return Ok(Vec::new());
        }
        let _held = self.lock(patience).await?;
        let (gone, kept): (Vec<Row>, Vec<Row>) = self.rows()?.into_iter().partition(|row| chosen(&row.key()));
        if !gone.is_empty() {
            self.write(kept)?;
        }
        let mut gone: Vec<CacheKey> = gone.iter().map(Row::key).collect();
        gone.sort();
        Ok(gone)
    }

    /// Waits for its turn to renew or write; nobody else does so until the lock is dropped.
    pub(super) async fn lock(&self, patience: Duration) -> Result<Held, CacheError> {
        let path = self.folder.join(LOCK);
        make_folder(&self.folder).map_err(|error| failed(&self.folder, "made", &error))?;
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(|error| failed(&path, "locked", &error))?;
        let mut waited = Duration::ZERO;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Held { _lock: Some(file) }),
                Err(TryLockError::Error(error)) => {
                    tracing::debug!(%error, "the file system of the token cache has no locks");
                    return Ok(Held { _lock: None });
                }
                Err(TryLockError::WouldBlock) if waited >= patience => {
                    return Err(CacheError::Held { path: path.display().to_string(), seconds: patience.as_secs() });
                }
                Err(TryLockError::WouldBlock) => {
                    tokio::time::sleep(TRY).await;
                    waited += TRY;
                }
            }
        }
    }

    fn rows(&self) -> Result<Vec<Row>, CacheError> {
        let path = self.path();
        let unreadable = |error: &io::Error| failed(&path, "read", error);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(&error)),
        };
        // Of the file that was opened, whatever its name points at by now.
        check(&path, &file.metadata().map_err(|error| unreadable(&error))?)?;
        let mut text = Vec::new();
        file.take(LARGEST + 1).read_to_end(&mut text).map_err(|error| unreadable(&error))?;
        let damaged = |why: String| CacheError::Damaged { path: path.display().to_string(), why };
        if text.len() as u64 > LARGEST {
            return Err(damaged("it is larger than any token cache".to_owned()));
        }
        // What the parser says could repeat what is in the file, so that only the place is kept.
        let document: Document = serde_json::from_slice(&text)
            .map_err(|error| damaged(format!("line {}, column {}", error.line(), error.column())))?;
        if document.format != FORMAT {
            return Err(damaged(format!("it has format {}, and this program knows {FORMAT}", document.format)));
        }
        if !document.entries.iter().all(|row| is_sendable(&row.access_token)) {
            return Err(damaged("a token has characters that no token has".to_owned()));
        }
        Ok(document.entries)
    }

    fn write(&self, mut rows: Vec<Row>) -> Result<(), CacheError> {
        rows.sort_by_key(Row::key);
        let path = self.path();
        let refused = |error: &io::Error| failed(&path, "written", error);
        let document = Document { format: FORMAT, entries: rows };
        let text = serde_json::to_vec_pretty(&document).map_err(|error| refused(&error.into()))?;
        make_folder(&self.folder).map_err(|error| refused(&error))?;
        // Temporary files are for their owner alone.
        let mut draft =
            tempfile::Builder::new().prefix(".tokens-").tempfile_in(&self.folder).map_err(|error| refused(&error))?;
        draft.write_all(&text).and_then(|()| draft.as_file().sync_all()).map_err(|error| refused(&error))?;
        draft.persist(&path).map_err(|error| refused(&error.error))?;
        // The name is durable when the folder is; where folders cannot be synchronized it has to do without.
        if let Ok(folder) = File::open(&self.folder) {
            folder.sync_all().unwrap_or_default();
        }
        Ok(())
    }
}

fn failed(path: &Path, action: &'static str, error: &io::Error) -> CacheError {
    CacheError::Io { path: path.display().to_string(), action, why: error.to_string() }
}

#[cfg(unix)]
fn check(path: &Path, metadata: &fs::Metadata) -> Result<(), CacheError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = metadata.permissions().mode() & 0o7777;
    let others = mode & 0o077;
    if others == 0 { Ok(()) } else { Err(CacheError::Open { path: path.display().to_string(), mode }) }
}

/// Elsewhere the folder of the user's configuration is for the user alone.
#[cfg(not(unix))]
fn check(_: &Path, _: &fs::Metadata) -> Result<(), CacheError> {
    Ok(())
}

fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

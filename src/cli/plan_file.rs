//! Plan files and key files on the disk.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use tempfile::NamedTempFile;

use crate::{
    model::{Problem, PublicKey, codes},
    plan::saved::{MOST_BYTES, PlanFile, PlanFileError, SigningKey},
    report::to_json,
};

use super::{failure::Failure, settings::SIGNING_KEY};

/// The largest key file that is read.
const LARGEST_KEY: u64 = 64 << 10;

/// A place for a plan in which nothing else is.
#[derive(Clone, Debug)]
pub(super) struct PlanPlace(PathBuf);

impl PlanPlace {
    /// Takes a place. What is there already has to be a plan, or empty.
    pub(super) fn new(path: &Path) -> Result<Self, Failure> {
        // A link keeps leading to its file.
        let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let metadata = match std::fs::metadata(&path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self(path)),
            Err(error) => return Err(unwritable(&path, &error)),
        };
        if metadata.is_file() && (metadata.len() == 0 || is_plan(&path)) {
            return Ok(Self(path));
        }
        let text = format!("`{}` is there and is not a plan", path.display());
        Err(Failure::new(codes::PLAN_IN_THE_WAY, text, "name another file, or move that one away"))
    }

    /// Writes a plan, whole or not at all, for its owner alone: it holds names, addresses and phone numbers.
    pub(super) fn write(&self, plan: &PlanFile) -> Result<(), Failure> {
        let Self(path) = self;
        let text = to_json(plan);
        if text.len() > MOST_BYTES {
            return Err(refused(path, &PlanFileError::TooLarge));
        }
        // Somebody may have put something there since.
        Self::new(path)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        let write = || {
            let mut file = NamedTempFile::new_in(folder)?;
            file.write_all(text.as_bytes())?;
            file.as_file().sync_all()?;
            file.persist(path).map_err(|error| error.error)?;
            Ok(())
        };
        write().map_err(|error| unwritable(path, &error))
    }
}

/// Returns true if a file begins like a plan that was saved.
fn is_plan(path: &Path) -> bool {
    #[derive(Deserialize)]
    struct Head {
        #[serde(rename = "format")]
        _format: u64,
        #[serde(rename = "parts")]
        _parts: Vec<serde::de::IgnoredAny>,
        #[serde(rename = "binding")]
        _binding: serde::de::IgnoredAny,
    }
    read_bytes(path).is_ok_and(|bytes| serde_json::from_slice::<Head>(&bytes).is_ok())
}

/// Reads at most one byte more than a plan may have.
fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a plan.
pub(super) fn read_plan(path: &Path, trust: &BTreeSet<PublicKey>) -> Result<PlanFile, Failure> {
    let bytes = read_bytes(path).map_err(|error| {
        let text = format!("`{}` cannot be read: {error}", path.display());
        Failure::new(codes::UNREADABLE, text, "check the path and its permissions")
    })?;
    PlanFile::read(&bytes, trust).map_err(|error| refused(path, &error))
}

/// Returns why a plan is not carried out.
pub(super) fn refused(path: &Path, error: &PlanFileError) -> Failure {
    let mut problem = Problem::from(error);
    problem.message = format!("`{}`: {}; nothing was sent", path.display(), problem.message);
    Failure::from(problem)
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    let text = format!("`{}` cannot be written: {error}", path.display());
    Failure::new(codes::OUTPUT, text, "check the folder, its permissions, and the space on the disk")
}

/// Reads the key that plans are signed with, if there is one.
pub(super) fn signing_key(path: Option<&Path>) -> Result<Option<SigningKey>, Failure> {
    let origin = format!("which the variable `{SIGNING_KEY}` names, ");
    path.map(|path| read_key(path, &origin)).transpose()
}

/// Reads a key file; `origin` says why that one. What is wrong never shows what is in it.
pub(super) fn read_key(path: &Path, origin: &str) -> Result<SigningKey, Failure> {
    let bad = |why: &str| {
        let text = format!("the key file `{}`, {origin}{why}", path.display());
        Failure::new(codes::SIGNING_KEY, text, "make one with `hubform key new FILE`, or correct the path")
    };
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(LARGEST_KEY).read_to_string(&mut text));
    let text = SecretString::from(text);
    read.map_err(|error| bad(&format!("cannot be read: {error}")))?;
    SigningKey::read(&text).map_err(|_| bad("does not hold an ed25519 private key (`-----BEGIN PRIVATE KEY-----`)"))
}

/// Writes a key into a file that is not there yet, for its owner alone.
pub(super) fn write_key(path: &Path, key: &SigningKey) -> Result<(), Failure> {
    let text = key.to_file().map_err(|error| Failure::caused(codes::SIGNING_KEY, &error, "report this as a defect"))?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| {
        if error.kind() != io::ErrorKind::AlreadyExists {
            return unwritable(path, &error);
        }
        let text = format!("`{}` is there already, and a key that is lost cannot be made again", path.display());
        Failure::new(codes::SIGNING_KEY, text, "name another file, or move that one away")
    })?;
    let written = file.write_all(text.expose_secret().as_bytes()).and_then(|()| file.sync_all());
    written.map_err(|error| unwritable(path, &error))
}

//! How a ledger comes into the world: whole, or not at all.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

use rusqlite::{Connection, OpenFlags};

use crate::{ledger::LedgerError, model::LedgerIdentity};

/// Makes a ledger beside its place and moves it there, so that a process that dies leaves no half of one. If
/// another process was quicker, its ledger stands.
pub(super) fn make(path: &Path, identity: &LedgerIdentity) -> Result<(), LedgerError> {
    let refused = |source: io::Error| {
        let place = super::named(path);
        let kind = source.kind();
        if matches!(kind, io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) {
            LedgerError::ReadOnly { place }
        } else if kind == io::ErrorKind::StorageFull {
            LedgerError::DiskFull { place }
        } else {
            LedgerError::Io { place, action: "made", source }
        }
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    };
    make_folder(folder).map_err(refused)?;
    // Temporary files are for their owner alone.
    let draft = tempfile::Builder::new().prefix(".ledger-").tempfile_in(folder).map_err(refused)?.into_temp_path();
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(&draft, flags)
        .and_then(|mut connection| {
            connection.pragma_update(None, "synchronous", "full")?;
            super::schema::create(&mut connection, identity)?;
            connection.close().map_err(|(_, error)| error)
        })
        .map_err(|error| super::failed(path, "made", error))?;
    match draft.persist_noclobber(path) {
        Ok(()) => File::open(folder).and_then(|folder| folder.sync_all()).map_err(refused),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(refused(error.error)),
    }
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

//! The files of a project: found below its folder and read, never outside it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

/// The project's own document.
pub(super) const PROJECT_FILE: &str = "hubform.yaml";

/// Says why a file is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is not there.
    Missing,
    /// It cannot be read, with the reason.
    Unreadable(String),
    /// It is a folder, a pipe, a device.
    NotAFile,
    /// It stands outside the project folder, or a link leads there.
    Outside,
    /// It is larger than the given number of bytes.
    TooLarge(u64),
}

/// A folder of manifests. Paths are relative to it, with `/` between parts.
pub(super) trait Folder {
    /// Returns the manifests in order, and what was found and cannot be read.
    fn manifests(&self) -> (BTreeSet<String>, BTreeMap<String, Refusal>);

    /// Reads a file of at most `limit` bytes.
    fn read(&self, path: &str, limit: u64) -> Result<Vec<u8>, Refusal>;
}

/// Returns the path of a file that another one names, relative to the folder of that one; nothing if it is
/// absolute or leads out of the project.
pub(super) fn beside(manifest: &str, name: &str) -> Option<String> {
    let is_absolute = name.starts_with(['/', '\\']) || name.as_bytes().get(1) == Some(&b':');
    if is_absolute {
        return None;
    }
    let mut parts: Vec<&str> = manifest.split('/').collect();
    parts.pop();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn is_manifest(name: &str) -> bool {
    !name.starts_with('.') && [".yaml", ".yml"].iter().any(|suffix| name.ends_with(suffix))
}

/// Files in memory.
pub(super) struct Memory(pub(super) BTreeMap<String, Vec<u8>>);

impl Folder for Memory {
    fn manifests(&self) -> (BTreeSet<String>, BTreeMap<String, Refusal>) {
        // The same folders count as on disk: neither hidden ones nor those of another project.
        let is_read = |path: &String| {
            let mut parts: Vec<&str> = path.split('/').collect();
            let name = parts.pop().unwrap_or_default();
            let is_own = (1..=parts.len())
                .all(|depth| !self.0.contains_key(&format!("{}/{PROJECT_FILE}", parts[..depth].join("/"))));
            is_manifest(name) && is_own && !parts.iter().any(|part| part.starts_with('.'))
        };
        (self.0.keys().filter(|path| is_read(path)).cloned().collect(), BTreeMap::new())
    }

    fn read(&self, path: &str, limit: u64) -> Result<Vec<u8>, Refusal> {
        let bytes = self.0.get(path).ok_or(Refusal::Missing)?;
        if bytes.len() as u64 > limit { Err(Refusal::TooLarge(limit)) } else { Ok(bytes.clone()) }
    }
}

/// Files on disk.
pub(super) struct Disk {
    /// The folder, without links.
    root: PathBuf,
}

impl Disk {
    /// Opens a folder.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        let root = folder.canonicalize()?;
        if root.is_dir() { Ok(Self { root }) } else { Err(io::ErrorKind::NotADirectory.into()) }
    }

    /// Returns the folder without links.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Follows every link of a path and makes sure that it stays in the folder.
    fn resolve(&self, path: &Path) -> Result<PathBuf, Refusal> {
        let real = path.canonicalize().map_err(|error| refusal(&error))?;
        if real.starts_with(&self.root) { Ok(real) } else { Err(Refusal::Outside) }
    }

    /// Returns true for a folder whose files are not the project's: its name is hidden, another project
    /// begins there, or it is a cache such as the `target` of a build.
    fn is_foreign(&self, folder: &Path) -> bool {
        let has = |name: &str| folder.join(name).symlink_metadata().is_ok();
        folder != self.root && (has(PROJECT_FILE) || has("CACHEDIR.TAG"))
    }
}

fn refusal(error: &io::Error) -> Refusal {
    if error.kind() == io::ErrorKind::NotFound {
        Refusal::Missing
    } else {
        Refusal::Unreadable(error.kind().to_string())
    }
}

/// What a walk has found.
#[derive(Default)]
struct Found {
    files: BTreeSet<String>,
    /// Where each file is without links; a link to a file that is found anyway is left out.
    real: BTreeSet<PathBuf>,
    links: BTreeMap<String, PathBuf>,
    refused: BTreeMap<String, Refusal>,
}

impl Folder for Disk {
    fn manifests(&self) -> (BTreeSet<String>, BTreeMap<String, Refusal>) {
        let mut found = Found::default();
        // Links to folders are not followed, so the walk ends.
        let mut folders = vec![(self.root.clone(), String::new())];
        while let Some((folder, prefix)) = folders.pop() {
            if self.is_foreign(&folder) {
                continue;
            }
            let entries = match fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) => {
                    found.refused.insert(prefix, refusal(&error));
                    continue;
                }
            };
            for entry in entries {
                match entry {
                    Ok(entry) => {
                        if let Some(below) = self.visit(&entry, &prefix, &mut found) {
                            folders.push((entry.path(), below));
                        }
                    }
                    Err(error) => {
                        found.refused.insert(prefix.clone(), refusal(&error));
                    }
                }
            }
        }
        let Found { mut files, mut real, links, refused } = found;
        for (path, target) in links {
            if real.insert(target) {
                files.insert(path);
            }
        }
        (files, refused)
    }

    fn read(&self, path: &str, limit: u64) -> Result<Vec<u8>, Refusal> {
        let real = self.resolve(&self.root.join(path))?;
        let metadata = fs::metadata(&real).map_err(|error| refusal(&error))?;
        // Before opening: to open a pipe would wait for its other end.
        if !metadata.is_file() {
            return Err(Refusal::NotAFile);
        }
        if metadata.len() > limit {
            return Err(Refusal::TooLarge(limit));
        }
        let mut bytes = Vec::new();
        // The file may have grown since.
        File::open(&real)
            .map_err(|error| refusal(&error))?
            .take(limit + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| refusal(&error))?;
        if bytes.len() as u64 > limit { Err(Refusal::TooLarge(limit)) } else { Ok(bytes) }
    }
}

impl Disk {
    /// Notes one entry of a folder; returns its path if it is a folder to walk into.
    fn visit(&self, entry: &fs::DirEntry, prefix: &str, found: &mut Found) -> Option<String> {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') {
            return None;
        }
        let path = if prefix.is_empty() { name.to_string() } else { format!("{prefix}/{name}") };
        let kind = match entry.file_type() {
            Ok(kind) => kind,
            Err(error) => {
                found.refused.insert(path, refusal(&error));
                return None;
            }
        };
        if kind.is_dir() {
            return Some(path);
        }
        if kind.is_symlink() {
            match self.resolve(&entry.path()) {
                // What is inside is found by its own path.
                Ok(real) if real.is_dir() => {}
                Ok(real) => {
                    if is_manifest(&name) {
                        found.links.insert(path, real);
                    }
                }
                // A folder outside is told of too: its manifests would seem to be gone.
                Err(reason) => {
                    if is_manifest(&name) || (reason == Refusal::Outside && entry.path().is_dir()) {
                        found.refused.insert(path, reason);
                    }
                }
            }
        } else if is_manifest(&name) {
            if entry.file_name().to_str().is_none() {
                found.refused.insert(path, Refusal::Unreadable("its name is not UTF-8".to_owned()));
            } else {
                found.real.insert(entry.path());
                found.files.insert(path);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_beside_a_manifest_stays_in_the_project() {
        assert_eq!(beside("customers/a/users.yaml", "users.csv").as_deref(), Some("customers/a/users.csv"));
        assert_eq!(beside("customers/a/users.yaml", "../b/./x.csv").as_deref(), Some("customers/b/x.csv"));
        assert_eq!(beside("users.yaml", "x.csv").as_deref(), Some("x.csv"));
        for outside in ["../x.csv", "/etc/passwd", "a/../../x.csv", "C:\\x.csv", "\\\\host\\x.csv"] {
            assert_eq!(beside("users.yaml", outside), None, "{outside}");
        }
    }
}

//! Reads every file of a project, document by document.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use globset::GlobSet;

use super::{
    files::{Disk, Folder, Memory, PROJECT_FILE, Refusal},
    findings::{Context, Findings},
    parse::{Documents, Flaw},
};
use crate::model::{
    Address, Desired, DesiredObject, FileId, Label, Problem, Removal, Scope, Source, SourceFile, Sources, Span, codes,
};

/// The largest YAML file, in bytes.
const YAML_LIMIT: u64 = 64 << 20;
/// The largest CSV file, in bytes: some three million users.
const CSV_LIMIT: u64 = 256 << 20;

/// What loading a project folder found.
#[derive(Debug)]
pub struct Loaded {
    /// What the manifests ask for, without the documents that have errors.
    pub desired: Desired,
    /// Every file that was read, in the order of their paths.
    pub sources: Sources,
    /// Every problem, in the order of file, place and code.
    pub problems: Vec<Problem>,
    /// The folder; without links if it could be opened.
    pub root: PathBuf,
}

/// Reads every manifest below a folder. Never fails: what cannot be read is a problem.
pub fn load(folder: &Path) -> Loaded {
    match Disk::open(folder) {
        Ok(disk) => Loaded { root: disk.root().to_owned(), ..Loader::new(&disk).load() },
        Err(error) => {
            let message = format!("the project folder `{}` cannot be read: {error}", folder.display());
            Loaded {
                desired: Desired::default(),
                sources: Sources::default(),
                problems: vec![Problem::error(codes::UNREADABLE, message).fix("name a folder that holds manifests")],
                root: folder.to_owned(),
            }
        }
    }
}

/// The same over texts in memory, by their paths. Touches no disk.
pub fn load_files(files: BTreeMap<String, Vec<u8>>) -> Loaded {
    Loader::new(&Memory(files)).load()
}

/// Whether a file could be read as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum IsText {
    Yes,
    No,
}

/// A project while it is read.
pub(super) struct Loader<'d> {
    folder: &'d dyn Folder,
    files: Vec<SourceFile>,
    /// Files that were opened already, by path; those that are not text hold only what stands before the fault.
    opened: BTreeMap<String, (FileId, IsText)>,
    pub(super) findings: Findings,
    pub(super) desired: Desired,
    /// Where broken objects are written first.
    broken: BTreeMap<Address, Source>,
    /// Where removals are written that do not count, since there are two of them.
    removed_twice: BTreeMap<Address, Source>,
    /// Where the `Project` document is.
    pub(super) project: Option<Source>,
    pub(super) ignore: GlobSet,
}

impl<'d> Loader<'d> {
    fn new(folder: &'d dyn Folder) -> Self {
        Self {
            folder,
            files: Vec::new(),
            opened: BTreeMap::new(),
            findings: Findings::default(),
            desired: Desired::default(),
            broken: BTreeMap::new(),
            removed_twice: BTreeMap::new(),
            project: None,
            ignore: GlobSet::empty(),
        }
    }

    fn load(mut self) -> Loaded {
        let (manifests, refused) = self.folder.manifests();
        // First, since it says which files are not hubform's.
        if manifests.contains(PROJECT_FILE) {
            self.manifest(PROJECT_FILE);
        }
        for path in manifests.iter().filter(|path| *path != PROJECT_FILE) {
            if !self.is_ignored(path) {
                self.manifest(path);
            }
        }
        for (path, reason) in refused {
            if !self.is_ignored(&path) {
                self.refused(&path, &reason);
            }
        }
        self.finish()
    }

    /// Returns true for a file or folder that the project says is not hubform's.
    fn is_ignored(&self, path: &str) -> bool {
        self.ignore.is_match(path) || self.ignore.is_match(format!("{path}/"))
    }

    fn manifest(&mut self, path: &str) {
        let (file, text) = match self.open(path, YAML_LIMIT, &Scope::Project) {
            Ok(Some(opened)) => opened,
            Ok(None) => return,
            Err(reason) => return self.refused(path, &reason),
        };
        for document in Documents::new(&text) {
            match document {
                Ok(document) => self.document(path, file, document),
                Err(flaw) => {
                    let mut cx = Context { findings: &mut self.findings, file, scope: Scope::Project };
                    report_flaw(&mut cx, flaw);
                }
            }
        }
    }

    /// Opens a CSV file that a manifest names.
    pub(super) fn open_csv(&mut self, path: &str, scope: &Scope) -> Result<Option<(FileId, Arc<str>)>, Refusal> {
        self.open(path, CSV_LIMIT, scope)
    }

    /// Reads a file; nothing if it is not text, which is told at its place.
    fn open(&mut self, path: &str, limit: u64, scope: &Scope) -> Result<Option<(FileId, Arc<str>)>, Refusal> {
        match self.opened.get(path) {
            Some(&(file, IsText::Yes)) => return Ok(Some((file, Arc::clone(&self.files[file.0 as usize].text)))),
            Some((_, IsText::No)) => return Ok(None),
            None => {}
        }
        let bytes = self.folder.read(path, limit)?;
        match String::from_utf8(bytes) {
            Ok(text) => {
                let text: Arc<str> = text.strip_prefix('\u{feff}').unwrap_or(&text).into();
                let file = self.add_file(path, Arc::clone(&text), IsText::Yes);
                Ok(Some((file, text)))
            }
            Err(error) => {
                let good = error.utf8_error().valid_up_to();
                let bytes = error.into_bytes();
                let byte = bytes.get(good).copied().unwrap_or_default();
                // What stands before it, so that the place can be shown.
                let before = std::str::from_utf8(&bytes[..good]).unwrap_or_default();
                let file = self.add_file(path, before.into(), IsText::No);
                let is_yaml = limit == YAML_LIMIT;
                let fix = if is_yaml { "save it as UTF-8" } else { "save it as UTF-8 (spreadsheets: \"CSV UTF-8\")" };
                let problem = Problem::error(
                    codes::NOT_UTF8,
                    format!("byte {} of the file (0x{byte:02X}) is not UTF-8", good + 1),
                );
                let at = Source { file, span: Span::new(before.len(), before.len()) };
                self.findings.add(problem.at(at).fix(fix).scope(scope.clone()));
                Ok(None)
            }
        }
    }

    fn add_file(&mut self, path: &str, text: Arc<str>, is_text: IsText) -> FileId {
        let file = FileId(Span::new(self.files.len(), 0).start);
        self.files.push(SourceFile::new(path, text));
        self.opened.insert(path.to_owned(), (file, is_text));
        file
    }

    fn refused(&mut self, path: &str, reason: &Refusal) {
        let file = self.add_file(path, "".into(), IsText::No);
        self.findings.add(refusal_problem(path, reason).at(Source { file, span: Span::default() }));
    }

    /// Takes an object; a second one of the same address makes both count as broken.
    pub(super) fn insert(&mut self, address: Address, object: DesiredObject) {
        let first = self.broken.get(&address).or_else(|| self.desired.objects.get(&address).map(|known| &known.source));
        match first.copied() {
            None => {
                self.desired.objects.insert(address, object);
            }
            Some(first) => self.duplicate(address, first, object.source),
        }
    }

    /// Notes an object whose document has errors.
    pub(super) fn insert_broken(&mut self, address: Address, source: Source) {
        let first = self.broken.get(&address).or_else(|| self.desired.objects.get(&address).map(|known| &known.source));
        match first.copied() {
            None => {
                self.broken.insert(address, source);
            }
            Some(first) => self.duplicate(address, first, source),
        }
    }

    fn duplicate(&mut self, address: Address, first: Source, second: Source) {
        // A headquarters is told with its customer.
        if !address.is_headquarters() {
            let problem = Problem::error(codes::DUPLICATE_OBJECT, format!("`{address}` is described twice"))
                .at(second)
                .fix("remove one of the two")
                .label(first, "first here")
                .scope(scope_of(&address));
            self.findings.add(problem);
        }
        self.desired.objects.remove(&address);
        self.broken.insert(address, first);
    }

    /// Takes consent to a removal.
    pub(super) fn insert_removal(&mut self, address: Address, removal: Removal) {
        let known = self.removed_twice.get(&address).copied();
        let first = known.or_else(|| self.desired.removals.get(&address).map(|known| known.source));
        let Some(first) = first else {
            self.desired.removals.insert(address, removal);
            return;
        };
        let problem = Problem::error(codes::DUPLICATE_OBJECT, format!("the removal of `{address}` is described twice"))
            .at(removal.source)
            .fix("remove one of the two")
            .label(first, "first here")
            .scope(scope_of(&address));
        self.findings.add(problem);
        self.desired.removals.remove(&address);
        self.removed_twice.insert(address, first);
    }

    /// Puts files in the order of their paths and problems in the order of their places.
    fn finish(self) -> Loaded {
        let Self { files, findings, mut desired, broken, .. } = self;
        desired.broken = broken.into_keys().collect();
        let mut problems = findings.finish(|file| files[file.0 as usize].text.len());

        let mut order: Vec<usize> = (0..files.len()).collect();
        order.sort_by(|&one, &other| files[one].path.cmp(&files[other].path));
        let mut new_ids = vec![FileId::default(); files.len()];
        let mut files: Vec<Option<SourceFile>> = files.into_iter().map(Some).collect();
        let mut sources = Sources::default();
        for old in order {
            if let Some(file) = files[old].take() {
                new_ids[old] = sources.add(file);
            }
        }
        let renumber = |source: &mut Source| source.file = new_ids[source.file.0 as usize];
        for object in desired.objects.values_mut() {
            renumber(&mut object.source);
        }
        for removal in desired.removals.values_mut() {
            renumber(&mut removal.source);
        }
        for problem in &mut problems {
            problem.at.as_mut().map(renumber);
            for Label { at, .. } in &mut problem.labels {
                renumber(at);
            }
        }
        problems.sort_by(|one, other| (&one.at, one.code, one).cmp(&(&other.at, other.code, other)));
        Loaded { desired, sources, problems, root: PathBuf::new() }
    }
}

/// Returns what an error in an object stops (R22).
pub(super) fn scope_of(address: &Address) -> Scope {
    match address {
        Address::Template(name) => Scope::Template(name.clone()),
        Address::Customer(customer) | Address::Location(customer, _) | Address::User(customer, _) => {
            Scope::Customer(customer.clone())
        }
    }
}

/// Reports something that is wrong with the text itself.
pub(super) fn report_flaw(cx: &mut Context<'_>, flaw: Flaw) {
    let Flaw { code, span, message, fix, label } = flaw;
    let mut problem = Problem::error(code, message);
    if let Some(fix) = fix {
        problem = problem.fix(fix);
    }
    if let Some((span, text)) = label {
        problem = problem.label(Source { file: cx.file, span }, text);
    }
    cx.report(span, problem);
}

/// Returns the problem of a file that is not read.
pub(super) fn refusal_problem(path: &str, reason: &Refusal) -> Problem {
    match reason {
        Refusal::Missing => {
            Problem::error(codes::UNREADABLE, format!("`{path}` does not exist, or a link leads nowhere"))
                .fix("remove the link, or put the file there")
        }
        Refusal::Unreadable(why) => Problem::error(codes::UNREADABLE, format!("`{path}` cannot be read: {why}"))
            .fix("make the file readable, or list it in `spec.ignore` of `hubform.yaml`"),
        Refusal::NotAFile => {
            Problem::error(codes::UNREADABLE, format!("`{path}` is not a regular file")).fix("put a regular file there")
        }
        Refusal::Outside => Problem::error(codes::OUTSIDE, format!("`{path}` leads out of the project folder"))
            .fix("copy what it links to into the project folder, or list it in `spec.ignore` of `hubform.yaml`"),
        Refusal::TooLarge(limit) => {
            Problem::error(codes::TOO_LARGE, format!("`{path}` is larger than {} MiB", limit >> 20))
                .fix("split it into several files")
        }
    }
}

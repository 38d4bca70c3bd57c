//! The kinds of document.

/// A kind of document that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum DocumentKind {
    Project,
    Template,
    Customer,
    Location,
    User,
    UserList,
    Removed,
}

impl DocumentKind {
    /// Every kind.
    pub(super) const ALL: [Self; 7] =
        [Self::Project, Self::Template, Self::Customer, Self::Location, Self::User, Self::UserList, Self::Removed];

    /// Kinds that are reserved: their documents are refused as not yet supported.
    pub(super) const NOT_YET: [&str; 2] = ["Override", "Workspace"];

    /// Returns the word that `kind` has in manifests.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Project => "Project",
            Self::Template => "Template",
            Self::Customer => "Customer",
            Self::Location => "Location",
            Self::User => "User",
            Self::UserList => "UserList",
            Self::Removed => "Removed",
        }
    }

    /// Returns the kind that a word names.
    pub(super) fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

//! Operations of the service, and the list of all that the official descriptions have.

use std::fmt;

/// The operations by the document that describes them: method and path, nothing else of its text.
const ALL: &str = include_str!("operations.txt");

/// A method and a path below the base, its open parts in braces as the document names them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Operation {
    pub path: String,
    pub method: String,
}

impl Operation {
    pub fn new(method: &str, path: &str) -> Self {
        Self { path: path.to_owned(), method: method.to_uppercase() }
    }

    /// Says whether a request with this path is one of the operation, and how many of its parts are fixed words.
    pub fn fits(&self, method: &str, path: &str) -> Option<usize> {
        if self.method != method {
            return None;
        }
        let (own, given): (Vec<_>, Vec<_>) = (self.path.split('/').collect(), path.split('/').collect());
        if own.len() != given.len() {
            return None;
        }
        let mut fixed = 0;
        for (own, given) in own.iter().zip(given) {
            if own.starts_with('{') {
                if given.is_empty() {
                    return None;
                }
            } else if *own == given {
                fixed += 1;
            } else {
                return None;
            }
        }
        Some(fixed)
    }

    /// Returns the operation with nameless open parts, to compare those of two sources.
    pub fn nameless(&self) -> Self {
        let part = |part: &str| if part.starts_with('{') { "{}".to_owned() } else { part.to_owned() };
        let path: Vec<String> = self.path.split('/').map(part).collect();
        Self { path: path.join("/"), method: self.method.clone() }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// Finds the operation that a request is one of: the one with the most fixed words.
pub fn find<'a>(
    operations: impl IntoIterator<Item = &'a Operation>,
    method: &str,
    path: &str,
) -> Option<&'a Operation> {
    let fitting = operations.into_iter().filter_map(|operation| Some((operation.fits(method, path)?, operation)));
    fitting.max_by_key(|(fixed, _)| *fixed).map(|(_, operation)| operation)
}

/// Lists every operation with the document that describes it, in the documents' order.
pub fn all() -> Vec<(&'static str, Operation)> {
    let mut document = "";
    let mut all = Vec::new();
    for line in ALL.lines().filter(|line| !line.is_empty()) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            document = name;
        } else {
            let (method, path) = line.split_once(' ').expect("a line is a method and a path");
            all.push((document, Operation::new(method, path)));
        }
    }
    all
}

//! Values that one object alone may have, and who else claims them.

use std::{collections::HashSet, hash::Hash};

use crate::model::{Address, DesiredObject, Problem, Source};

use super::fleet::{at, scope};

/// An object that claims a value.
pub(super) struct Claim<'a, K> {
    pub(super) key: K,
    pub(super) address: &'a Address,
    pub(super) object: &'a DesiredObject,
    pub(super) path: &'static str,
}

impl<K> Claim<'_, K> {
    /// Returns where the value is written.
    pub(super) fn at(&self) -> Source {
        at(self.object, self.path)
    }

    /// Puts a problem at the value and names the other object that claims it.
    pub(super) fn blame(&self, other: &Self, problem: Problem) -> Problem {
        problem.at(self.at()).label(other.at(), format!("`{}` has it", other.address)).scope(scope(self.address))
    }
}

/// Calls `report` with each claim that clashes, and the one it clashes with: the first in the order of
/// files. Within one customer the first is not blamed; between customers both are, since neither can be
/// trusted. `clash` has to hold between all claims of different parties or between all claims at all.
pub(super) fn clashes<'a, K: Ord + Hash>(
    claims: impl Iterator<Item = Claim<'a, K>> + Clone,
    clash: impl Fn(&Claim<'a, K>, &Claim<'a, K>) -> bool,
    mut report: impl FnMut(&Claim<'a, K>, &Claim<'a, K>),
) {
    // A project in order has a million values and no clash: look first, and sort only what clashes.
    let mut seen = HashSet::with_capacity(claims.clone().count());
    let twice: HashSet<K> = claims.clone().map(|claim| claim.key).filter_map(|key| seen.replace(key)).collect();
    if twice.is_empty() {
        return;
    }
    let mut claims: Vec<Claim<'a, K>> = claims.filter(|claim| twice.contains(&claim.key)).collect();
    claims.sort_unstable_by(|a, b| {
        (&a.key, a.object.source, a.address, a.path).cmp(&(&b.key, b.object.source, b.address, b.path))
    });
    for group in claims.chunk_by(|a, b| a.key == b.key) {
        let [first, rest @ ..] = group else { continue };
        let Some(rival) = rest.iter().find(|claim| clash(first, claim)) else { continue };
        let party = first.address.customer();
        if let Some(stranger) = rest.iter().find(|claim| claim.address.customer() != party) {
            report(first, stranger);
        }
        for claim in rest {
            report(claim, if clash(first, claim) { first } else { rival });
        }
    }
}

/// Every two claims clash.
pub(super) fn always<K>(_: &Claim<'_, K>, _: &Claim<'_, K>) -> bool {
    true
}

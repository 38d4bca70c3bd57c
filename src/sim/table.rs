//! A table of records: a sorted map, with the lookups that rules need and a note of what changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Deref;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A record of a [`Table`].
pub trait Record: Clone + Serialize + DeserializeOwned {
    /// What tells two records apart.
    type Key: Clone + Ord + fmt::Display + Serialize + DeserializeOwned;

    /// The texts under which [`Table::find`] finds the record; several records may share one.
    fn lookups(&self) -> Vec<String>;
}

/// Records by key. Reading is reading a [`BTreeMap`]; two tables are equal when their records are.
#[derive(Clone)]
pub struct Table<V: Record> {
    rows: BTreeMap<V::Key, V>,
    /// Lookup text to keys: derived from the rows, so that no request scans a fleet.
    index: BTreeMap<String, BTreeSet<V::Key>>,
    /// Keys written or removed since [`Table::saved`].
    changed: BTreeSet<V::Key>,
}

impl<V: Record> Default for Table<V> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), index: BTreeMap::new(), changed: BTreeSet::new() }
    }
}

impl<V: Record> Deref for Table<V> {
    type Target = BTreeMap<V::Key, V>;

    fn deref(&self) -> &Self::Target {
        &self.rows
    }
}

impl<V: Record + PartialEq> PartialEq for Table<V> {
    fn eq(&self, other: &Self) -> bool {
        self.rows == other.rows
    }
}

impl<V: Record + fmt::Debug> fmt::Debug for Table<V>
where
    V::Key: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rows.fmt(f)
    }
}

impl<V: Record> Serialize for Table<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.rows.serialize(serializer)
    }
}

impl<'de, V: Record> Deserialize<'de> for Table<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let rows = BTreeMap::<V::Key, V>::deserialize(deserializer)?;
        let mut table = Self::default();
        for (key, row) in rows {
            table.load(key, row);
        }
        Ok(table)
    }
}

impl<V: Record> Table<V> {
    /// Puts a record in place without noting a change: it comes from the store.
    pub(crate) fn load(&mut self, key: V::Key, row: V) {
        for text in row.lookups() {
            self.index.entry(text).or_default().insert(key.clone());
        }
        self.rows.insert(key, row);
    }

    pub(crate) fn insert(&mut self, key: V::Key, row: V) {
        self.forget(&key);
        self.changed.insert(key.clone());
        self.load(key, row);
    }

    /// Changes a record, if it is there.
    pub(crate) fn edit<R>(&mut self, key: &V::Key, change: impl FnOnce(&mut V) -> R) -> Option<R> {
        let mut row = self.rows.get(key)?.clone();
        let result = change(&mut row);
        self.insert(key.clone(), row);
        Some(result)
    }

    pub(crate) fn remove(&mut self, key: &V::Key) -> Option<V> {
        self.forget(key);
        let row = self.rows.remove(key)?;
        self.changed.insert(key.clone());
        Some(row)
    }

    /// Returns the records that have `lookup` among their lookups, in order of their keys.
    pub(crate) fn find<'a>(
        &'a self,
        lookup: &str,
    ) -> impl DoubleEndedIterator<Item = (&'a V::Key, &'a V)> + use<'a, V> {
        self.index.get(lookup).into_iter().flatten().filter_map(|key| self.rows.get_key_value(key))
    }

    pub(crate) fn first(&self, lookup: &str) -> Option<(&V::Key, &V)> {
        self.find(lookup).next()
    }

    pub(crate) fn count(&self, lookup: &str) -> usize {
        self.index.get(lookup).map_or(0, BTreeSet::len)
    }

    /// Lists what was written or removed (`None`) since [`Table::saved`].
    pub(crate) fn changes(&self) -> impl Iterator<Item = (&V::Key, Option<&V>)> {
        self.changed.iter().map(|key| (key, self.rows.get(key)))
    }

    /// Notes that the changes are in the store.
    pub(crate) fn saved(&mut self) {
        self.changed.clear();
    }

    fn forget(&mut self, key: &V::Key) {
        let Some(row) = self.rows.get(key) else {
            return;
        };
        for text in row.lookups() {
            if let Some(keys) = self.index.get_mut(&text) {
                keys.remove(key);
                if keys.is_empty() {
                    self.index.remove(&text);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Row(Vec<String>);

    impl Record for Row {
        type Key = String;

        fn lookups(&self) -> Vec<String> {
            self.0.clone()
        }
    }

    fn row(lookups: &[&str]) -> Row {
        Row(lookups.iter().map(ToString::to_string).collect())
    }

    fn keys(table: &Table<Row>, lookup: &str) -> Vec<String> {
        table.find(lookup).map(|(key, _)| key.clone()).collect()
    }

    #[test]
    fn lookups_follow_every_change_of_a_row() {
        let mut table = Table::default();
        table.insert("b".to_owned(), row(&["even", "two"]));
        table.insert("a".to_owned(), row(&["even"]));
        assert_eq!(keys(&table, "even"), ["a", "b"]);
        table.edit(&"b".to_owned(), |row| row.0 = vec!["odd".to_owned()]);
        assert_eq!((keys(&table, "even"), keys(&table, "odd")), (vec!["a".to_owned()], vec!["b".to_owned()]));
        table.insert("a".to_owned(), row(&[]));
        table.remove(&"b".to_owned());
        assert_eq!((table.count("even"), table.count("odd"), table.count("two")), (0, 0, 0));
        assert_eq!(table.edit(&"c".to_owned(), |_| ()), None);
    }

    #[test]
    fn changes_are_what_was_written_or_removed_since_they_were_saved() {
        let mut table = Table::default();
        table.load("old".to_owned(), row(&[]));
        assert_eq!(table.changes().count(), 0);
        table.insert("new".to_owned(), row(&[]));
        table.remove(&"old".to_owned());
        table.remove(&"never".to_owned());
        let changes: Vec<(&String, bool)> = table.changes().map(|(key, row)| (key, row.is_some())).collect();
        assert_eq!(changes, [(&"new".to_owned(), true), (&"old".to_owned(), false)]);
        table.saved();
        assert_eq!(table.changes().count(), 0);
    }
}

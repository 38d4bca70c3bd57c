//! Choosing customers by name and by label.

use std::{collections::BTreeSet, str::FromStr};

use crate::model::{Address, Desired, LedgerState, Name};

use super::failure::Failure;

/// Flags that choose customers.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct SelectArgs {
    /// Work on this customer only, and on the template that it needs; may be given several times
    #[arg(long, value_name = "NAME", help_heading = "Selection")]
    customer: Vec<String>,
    /// Work on the customers that have this label; given several times, on those that have all of them
    #[arg(long, value_name = "KEY=VALUE", help_heading = "Selection")]
    selector: Vec<Label>,
}

/// A label that customers are chosen by.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Label {
    key: String,
    value: String,
}

impl FromStr for Label {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((key, value)) if !key.is_empty() => Ok(Self { key: key.to_owned(), value: value.to_owned() }),
            _ => Err("write a label and its value, such as `region=west`"),
        }
    }
}

impl SelectArgs {
    /// Returns true if nothing was chosen: all customers are meant.
    pub(super) fn is_empty(&self) -> bool {
        self.customer.is_empty() && self.selector.is_empty()
    }

    /// Returns the chosen customers; nothing if all are.
    pub(super) fn resolve(&self, desired: &Desired, ledger: &LedgerState) -> Result<Option<BTreeSet<Name>>, Failure> {
        let Self { customer, selector } = self;
        if self.is_empty() {
            return Ok(None);
        }
        let known = customers(desired, ledger);
        let mut chosen: BTreeSet<Name> = if customer.is_empty() {
            known.iter().map(|&name| name.clone()).collect()
        } else {
            customer.iter().map(|text| named(text, &known)).collect::<Result<_, Failure>>()?
        };
        chosen.retain(|name| selector.iter().all(|label| has_label(desired, name, label)));
        if chosen.is_empty() {
            let labels: Vec<String> = selector.iter().map(|Label { key, value }| format!("`{key}={value}`")).collect();
            return Err(Failure::usage(
                format!("no customer has the labels {}", labels.join(" and ")),
                "labels stand under `labels` of a Customer document; quote values that YAML takes for something else",
            ));
        }
        Ok(Some(chosen))
    }
}

fn customers<'a>(desired: &'a Desired, ledger: &'a LedgerState) -> BTreeSet<&'a Name> {
    let addresses = desired.objects.keys().chain(&desired.broken).chain(ledger.records.keys());
    addresses
        .filter_map(|at| match at {
            Address::Customer(name) => Some(name),
            Address::Template(_) | Address::Location(..) | Address::User(..) => None,
        })
        .collect()
}

fn has_label(desired: &Desired, name: &Name, Label { key, value }: &Label) -> bool {
    let object = desired.objects.get(&Address::Customer(name.clone()));
    object.is_some_and(|object| object.labels.get(key) == Some(value))
}

fn named(text: &str, known: &BTreeSet<&Name>) -> Result<Name, Failure> {
    match known.iter().find(|name| name.as_str() == text) {
        Some(&name) => Ok(name.clone()),
        None => Err(Failure::usage(
            format!("there is no customer `{text}` in the manifests or the ledger"),
            nearest(text, known.iter().map(|name| name.as_str())),
        )),
    }
}

/// Returns what was probably meant, or what there is.
pub(super) fn nearest<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    const LISTED: usize = 10;
    let known: Vec<&str> = known.into_iter().collect();
    let closest = known
        .iter()
        .map(|name| (strsim::jaro_winkler(text, name), *name))
        .filter(|&(likeness, _)| likeness > 0.8)
        .max_by(|one, other| one.0.total_cmp(&other.0).then_with(|| other.1.cmp(one.1)));
    match closest {
        Some((_, name)) => format!("did you mean `{name}`?"),
        None if known.is_empty() => "there are none".to_owned(),
        None if known.len() > LISTED => format!("there are {}, such as `{}`", known.len(), known[0]),
        None => format!("there are: `{}`", known.join("`, `")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_miss_is_suggested_and_else_what_there_is() {
        assert_eq!(nearest("jons-pizza", ["acme", "johns-pizza"]), "did you mean `johns-pizza`?");
        assert_eq!(nearest("zzz", ["acme", "johns-pizza"]), "there are: `acme`, `johns-pizza`");
        assert_eq!(nearest("zzz", []), "there are none");
    }

    #[test]
    fn a_label_is_a_key_and_a_value() {
        assert_eq!("a=b=c".parse(), Ok(Label { key: "a".into(), value: "b=c".into() }));
        assert!("a".parse::<Label>().is_err());
        assert!("=b".parse::<Label>().is_err());
    }
}

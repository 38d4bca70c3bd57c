//! Lists in pages: by `Link` header where there is one, else by counting.
//!
//! A list comes whole or not at all. A page may be short without being the last, an item that stands on two pages
//! because the list moved in between is taken once, and what never ends is ended. One thing cannot be seen: an
//! item that slips from a page that is not read yet to one that was read already, because another one before it went
//! away. Absence from a list is therefore no proof of absence, and is confirmed by a look with a key before
//! anything is created (R1).

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    time::Duration,
};

use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::Instant;
use url::Url;

use super::{Client, send::Answer};
use crate::webex::{
    ApiError,
    request::Request,
    wire::{items, one, total_results},
};

/// The most pages of one list; a million people have 10,000.
const MOST_PAGES: usize = 20_000;
/// The most bytes of one list, all pages together; a million people with calling data have less.
const MOST_BYTES: usize = 2 << 30;
/// The most pages without anything new that follow each other. Pages may be empty, and a list may move, but not for
/// ever.
const MOST_STALE: usize = 50;
/// The longest that one list may take; 20,000 pages at ten a second take half an hour.
const LONGEST: Duration = Duration::from_hours(2);

/// How a list goes on when no `Link` header says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paging {
    /// It does not: only the header says where.
    Link,
    /// `offset=`, until a page is empty.
    Offset,
    /// `offset=`, as long as pages are full: what is asked for by a key has few matches, mostly one or none.
    Key,
    /// `start=`, until a page is empty.
    Start,
    /// SCIM's `startIndex=`, which counts from 1, up to `totalResults`.
    StartIndex,
}

/// A whole list.
pub(super) struct Listed<T> {
    pub(super) all: Vec<T>,
    /// Of the last page, for complaints about what is in the list.
    pub(super) tracking_id: String,
}

/// The items of a list so far, each once.
struct Gathered<T> {
    all: Vec<T>,
    places: BTreeMap<String, usize>,
}

impl<T: DeserializeOwned> Gathered<T> {
    /// Takes a page in, and returns how many of its items are new. Of an item that came before, the later form is
    /// kept.
    fn take(&mut self, page: Vec<Value>) -> Result<usize, String> {
        let before = self.all.len();
        for item in page {
            // What has no id is the same if everything about it is the same.
            let id = item.get("id").and_then(Value::as_str).filter(|id| !id.is_empty());
            let key = id.map_or_else(|| item.to_string(), str::to_owned);
            let item = one(item)?;
            match self.places.entry(key) {
                Entry::Occupied(place) => self.all[*place.get()] = item,
                Entry::Vacant(place) => {
                    place.insert(self.all.len());
                    self.all.push(item);
                }
            }
        }
        Ok(self.all.len() - before)
    }
}

/// Returns the address of the next page that a `Link` header names (RFC 8288).
fn next_link(header: &str) -> Option<&str> {
    let mut rest = header;
    while let Some((_, tail)) = rest.split_once('<') {
        let (target, tail) = tail.split_once('>')?;
        let parameters = tail.split('<').next().unwrap_or_default();
        let is_next = parameters.split([';', ',']).filter_map(|part| part.split_once('=')).any(|(name, value)| {
            name.trim().eq_ignore_ascii_case("rel")
                && value.trim().trim_matches('"').split_whitespace().any(|rel| rel.eq_ignore_ascii_case("next"))
        });
        if is_next {
            return Some(target);
        }
        rest = tail;
    }
    None
}

impl Client {
    /// Reads all pages of a list. `names` are those under which the list is seen in its envelope.
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        request: &Request,
        names: &[&str],
        paging: Paging,
    ) -> Result<Vec<T>, ApiError> {
        self.listed(request, names, paging).await.map(|list| list.all)
    }

    /// As [`Client::list`], with the tracking id of the last page.
    pub(super) async fn listed<T: DeserializeOwned>(
        &self,
        request: &Request,
        names: &[&str],
        paging: Paging,
    ) -> Result<Listed<T>, ApiError> {
        let begun = Instant::now();
        let mut url = self.url(request);
        let mut asked = BTreeSet::new();
        let mut gathered = Gathered { all: Vec::new(), places: BTreeMap::new() };
        let mut linked = false;
        // Items on all pages, those that came twice included: what the service counts.
        let mut passed = 0;
        let (mut bytes, mut stale) = (0_usize, 0);
        loop {
            let answer = self.send_to(&url, request).await?;
            let wrong = |why: &str| Err(self.malformed(request, &answer, why));
            bytes = bytes.saturating_add(answer.body.len());
            if bytes > MOST_BYTES {
                return wrong("the list is larger than any list can be");
            }
            if !asked.insert(url) || asked.len() > MOST_PAGES {
                return wrong("the list goes round in circles");
            }
            let envelope = self.json(request, &answer)?;
            let total = total_results(&envelope);
            // SCIM leaves the list out where it is empty (RFC 7644 3.4.2).
            let left_out = total == Some(0) && names.iter().all(|name| envelope.get(name).is_none());
            let page: Vec<Value> = if left_out {
                Vec::new()
            } else {
                items(envelope, names).map_err(|why| self.unreadable(request, &answer, &why))?
            };
            let count = page.len();
            let new = gathered.take(page).map_err(|why| self.malformed(request, &answer, &why))?;
            let before = passed;
            passed += count;
            stale = if new == 0 { stale + 1 } else { 0 };
            if stale > MOST_STALE {
                return wrong("the list goes round in circles: its pages bring nothing new");
            }
            if begun.elapsed() > LONGEST {
                return wrong("the list takes longer than any list can take");
            }
            // A service that names other pages names the next one too, if there is one.
            linked |= !answer.links.is_empty();
            let next = match self.next_page(request, &answer)? {
                Some(next) => Some(next),
                None if linked => None,
                None => match go_on(paging, Page { count, new, before, asked: page_size(request), total }) {
                    Next::End => None,
                    Next::At(name, from) => Some(with_parameter(&answer.url, name, from)),
                    Next::Wrong(why) => return wrong(why),
                },
            };
            match next {
                Some(next) => url = next,
                None => return Ok(Listed { all: gathered.all, tracking_id: answer.tracking_id }),
            }
        }
    }

    fn next_page(&self, request: &Request, answer: &Answer) -> Result<Option<Url>, ApiError> {
        let Some(target) = answer.links.iter().find_map(|header| next_link(header)) else { return Ok(None) };
        let next = answer.url.join(target).ok().filter(|next| self.is_own(request, next));
        match next {
            Some(next) => Ok(Some(next)),
            None => Err(self.malformed(request, answer, "the next page is at another host, which is not asked")),
        }
    }
}

/// What is known after a page without a `Link` header.
#[derive(Clone, Copy, Debug)]
struct Page {
    /// Items on the page.
    count: usize,
    /// Those that did not come before.
    new: usize,
    /// Items on the pages before.
    before: usize,
    /// How many were asked for.
    asked: Option<usize>,
    /// How many there are, if the service says so.
    total: Option<usize>,
}

/// How a list goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    End,
    /// With this parameter set to this number.
    At(&'static str, usize),
    /// It cannot be told what the service means.
    Wrong(&'static str),
}

/// Decides how a list without `Link` headers goes on.
fn go_on(paging: Paging, page: Page) -> Next {
    let Page { count, new, before, asked, total } = page;
    let passed = before + count;
    let name = match paging {
        Paging::Link => return Next::End,
        Paging::StartIndex => {
            return match total {
                Some(total) if passed >= total => Next::End,
                Some(_) if count == 0 => Next::Wrong("the list ends before the number of items that it announces"),
                None if count == 0 => Next::End,
                Some(_) | None => Next::At("startIndex", passed + 1),
            };
        }
        Paging::Offset | Paging::Key => "offset",
        Paging::Start => "start",
    };
    let fills = |count: usize| asked.is_some_and(|asked| count >= asked);
    if count == 0 || (paging == Paging::Key && !fills(count)) {
        return Next::End;
    }
    if new == 0 && before > 0 {
        // The service takes no offset. Either the first page was all, or there is more that nobody can ask for.
        return if fills(before) { Next::Wrong("a page of the list came twice") } else { Next::End };
    }
    Next::At(name, passed)
}

/// Returns how many items a request asks for.
fn page_size(request: &Request) -> Option<usize> {
    let (_, size) = request.query.iter().find(|(name, _)| matches!(*name, "max" | "count"))?;
    size.parse().ok()
}

fn with_parameter(url: &Url, name: &str, value: usize) -> Url {
    let mut next = url.clone();
    let kept: Vec<(String, String)> =
        url.query_pairs().filter(|(key, _)| key != name).map(|(key, value)| (key.into(), value.into())).collect();
    next.query_pairs_mut().clear().extend_pairs(kept).append_pair(name, &value.to_string());
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found_among_other_links() {
        let header = "<https://a.example/x?c=1,2>; rel=\"first\", </v1/people?cursor=b>; foo=1; rel=\"next\"";
        assert_eq!(next_link(header), Some("/v1/people?cursor=b"));
        assert_eq!(next_link("<https://a.example/y>;rel=next"), Some("https://a.example/y"));
        assert_eq!(next_link("<https://a.example/y>; rel=\"prev next\""), Some("https://a.example/y"));
        for none in ["", "<", "<x", "<x>; rel=\"prev\"", "rel=\"next\"", "<x>; title=\"next\""] {
            assert_eq!(next_link(none), None, "{none}");
        }
    }
}

//! Lists in pages: by `Link` header where there is one, by offset where there is none.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::{Client, send::Answer};
use crate::webex::{
    ApiError,
    request::Request,
    wire::{items, one},
};

/// The most pages of one list; a million people have 10,000.
const MOST_PAGES: usize = 20_000;

/// The most bytes of one list, all pages together; a million people with calling data have less.
const MOST_BYTES: usize = 2 << 30;

/// How a list goes on when no `Link` header says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paging {
    /// It does not: only the header says where.
    Link,
    /// `offset=`, as long as pages are full.
    Offset,
    /// `start=`, as long as pages are full.
    Start,
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
    /// Reads all pages of a list. `names` are those under which the list is seen in its envelope. A page may be
    /// short without being the last.
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        request: &Request,
        names: &[&str],
        paging: Paging,
    ) -> Result<Vec<T>, ApiError> {
        let mut url = self.url(request);
        let mut seen = BTreeSet::new();
        let mut linked = false;
        let mut first: Option<Value> = None;
        let mut all = Vec::new();
        let mut bytes = 0_usize;
        loop {
            let answer = self.send_to(&url, request).await?;
            bytes = bytes.saturating_add(answer.body.len());
            if bytes > MOST_BYTES {
                return Err(self.malformed(request, &answer, "the list is larger than any list can be"));
            }
            if !seen.insert(url) || seen.len() > MOST_PAGES {
                return Err(self.malformed(request, &answer, "the list goes round in circles"));
            }
            let page: Vec<Value> =
                items(self.json(request, &answer)?, names).map_err(|why| self.unreadable(request, &answer, &why))?;
            if !page.is_empty() && first.as_ref() == page.first() {
                return Err(self.malformed(request, &answer, "a page of the list came twice"));
            }
            first = page.first().cloned();
            let count = page.len();
            for item in page {
                all.push(one(item).map_err(|why| self.malformed(request, &answer, &why))?);
            }
            url = match self.next_page(request, &answer)? {
                Some(next) => {
                    linked = true;
                    next
                }
                None if linked => return Ok(all),
                None => match next_offset(request, &answer.url, paging, count, all.len()) {
                    Some(next) => next,
                    None => return Ok(all),
                },
            };
        }
    }

    fn next_page(&self, request: &Request, answer: &Answer) -> Result<Option<Url>, ApiError> {
        let Some(target) = answer.links.iter().find_map(|header| next_link(header)) else { return Ok(None) };
        let next = answer.url.join(target).ok().filter(|next| self.is_own(next));
        match next {
            Some(next) => Ok(Some(next)),
            None => Err(self.malformed(request, answer, "the next page is at another host, which is not asked")),
        }
    }
}

/// Returns the next page's address if this one was as full as was asked for.
fn next_offset(request: &Request, url: &Url, paging: Paging, count: usize, so_far: usize) -> Option<Url> {
    let name = match paging {
        Paging::Link => return None,
        Paging::Offset => "offset",
        Paging::Start => "start",
    };
    let (_, size) = request.query.iter().find(|(name, _)| *name == "max")?;
    if count == 0 || count < size.parse().ok()? {
        return None;
    }
    let mut next = url.clone();
    let kept: Vec<(String, String)> =
        url.query_pairs().filter(|(key, _)| key != name).map(|(key, value)| (key.into(), value.into())).collect();
    next.query_pairs_mut().clear().extend_pairs(kept).append_pair(name, &so_far.to_string());
    Some(next)
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

//! What was probably meant by a name that is not declared.

/// How many names are listed where none is near.
const SHOWN: usize = 8;

/// Looks for near names as long as that is cheap: a million wrong names beside a million right ones would
/// take days to compare.
pub(super) struct Nearest {
    /// How many more names may be compared.
    left: usize,
}

impl Default for Nearest {
    fn default() -> Self {
        Self { left: 200_000 }
    }
}

impl Nearest {
    /// Returns the nearest name as a question, or else what is declared; `none` if nothing is.
    pub(super) fn suggest<'n>(
        &mut self,
        wrong: &str,
        names: impl Iterator<Item = &'n str> + Clone,
        none: &str,
    ) -> String {
        let count = names.clone().count();
        if count == 0 {
            return none.to_owned();
        }
        if let Some(left) = self.left.checked_sub(count) {
            self.left = left;
            if let Some(name) = nearest(wrong, names.clone()) {
                return format!("did you mean `{name}`?");
            }
        }
        let list: Vec<String> = names.take(SHOWN).map(|name| format!("`{name}`")).collect();
        if count > SHOWN {
            format!("declared are {} and {} more", list.join(", "), count - SHOWN)
        } else {
            format!("declared: {}", list.join(", "))
        }
    }
}

/// Returns the name with the fewest typing mistakes, one for each three letters at most.
fn nearest<'n>(wrong: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let near = names.filter_map(|name| {
        let most = (wrong.len().min(name.len()) / 3).max(1);
        let could_be = wrong.len().abs_diff(name.len()) <= most;
        let distance = could_be.then(|| strsim::damerau_levenshtein(wrong, name))?;
        (distance <= most).then_some((distance, name))
    });
    near.min().map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suggest(wrong: &str, names: &[&str]) -> String {
        Nearest::default().suggest(wrong, names.iter().copied(), "add one")
    }

    #[test]
    fn a_near_miss_suggests_the_right_word_and_anything_else_lists_what_there_is() {
        let names = ["standard-us", "standard-gb"];
        assert_eq!(suggest("standrad-us", &names), "did you mean `standard-us`?");
        assert_eq!(suggest("premium", &names), "declared: `standard-us`, `standard-gb`");
        assert_eq!(suggest("premium", &[]), "add one");
        let many: Vec<String> = (0..20).map(|n| format!("n{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(suggest("premium", &many).ends_with("and 12 more"));
    }

    #[test]
    fn comparing_ends_where_it_would_take_too_long() {
        let names = ["standard"; 6];
        let mut nearest = Nearest { left: 10 };
        assert_eq!(nearest.suggest("standart", names.iter().copied(), ""), "did you mean `standard`?");
        assert!(nearest.suggest("standart", names.iter().copied(), "").starts_with("declared"));
    }
}

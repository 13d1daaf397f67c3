//! Pages with tokens, the same for every list. The central type is [`Page`].
//!
//! Not here: how a service names its parameters, or which error a bad token is.

use crate::world::{World, hex};

/// One page, and the token for the next.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
}

/// What goes wrong with a token that no page of this list returned.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadToken;

impl World {
    /// The page after `token` of a list that is sorted by key. `scope` tells lists apart: a token serves its own only.
    pub(crate) fn page<T>(
        &self,
        scope: &str,
        items: Vec<(String, T)>,
        size: usize,
        token: Option<&str>,
    ) -> Result<Page<T>, BadToken> {
        let after = token.map(|token| self.key_of(scope, token)).transpose()?;
        let size = self.settings.page_size.map_or(size, |forced| forced.min(size)).max(1);
        let mut rest = items.into_iter().filter(|(key, _)| after.as_ref().is_none_or(|after| key > after)).peekable();
        let page: Vec<(String, T)> = rest.by_ref().take(size).collect();
        let last = page.last().map(|(key, _)| key.clone()).unwrap_or_default();
        let next = rest.peek().map(|_| self.token_after(scope, &last));
        Ok(Page { items: page.into_iter().map(|(_, item)| item).collect(), next })
    }

    fn token_after(&self, scope: &str, key: &str) -> String {
        format!("{}-{}", hex(key.as_bytes()), &self.digest(&["page", scope, key])[..16])
    }

    fn key_of(&self, scope: &str, token: &str) -> Result<String, BadToken> {
        let (hex, _) = token.split_once('-').ok_or(BadToken)?;
        let digits: Vec<char> = hex.chars().collect();
        let bytes: Option<Vec<u8>> =
            digits.chunks(2).map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).ok()).collect();
        let key = bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(BadToken)?;
        if self.token_after(scope, &key) == token { Ok(key) } else { Err(BadToken) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn items() -> Vec<(String, u8)> {
        (0..5).map(|number| (format!("k{number}"), number)).collect()
    }

    #[test]
    fn pages_follow_each_other_and_end() {
        let world = World::story(Settings { page_size: Some(2), ..Settings::default() });
        let mut seen = Vec::new();
        let mut token = None;
        loop {
            let page = world.page("list", items(), 100, token.as_deref()).unwrap();
            seen.extend(page.items);
            token = page.next;
            if token.is_none() {
                break;
            }
        }
        assert_eq!(seen, [0, 1, 2, 3, 4]);
    }

    #[test]
    fn a_token_serves_its_own_list_only() {
        let world = World::story(Settings::default());
        let token = world.page("list", items(), 2, None).unwrap().next.unwrap();
        assert!(world.page("list", items(), 2, Some(&token)).is_ok());
        assert_eq!(world.page("other", items(), 2, Some(&token)).unwrap_err(), BadToken);
        assert_eq!(world.page("list", items(), 2, Some("nonsense")).unwrap_err(), BadToken);
    }
}

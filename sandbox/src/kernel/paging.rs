//! Pages with tokens, the same for every list. The central type is [`Page`].
//!
//! Not here: how a service names its parameters, or which error a bad token is.

use crate::kernel::ids::{digest, hex};

/// One page, and the token for the next.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
}

/// What goes wrong with a token that no page of this list returned.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadToken;

/// The page after `token` of a list that is sorted by key. `scope` tells lists apart: a token serves its own only.
pub(crate) fn page<T>(
    seed: u64,
    scope: &str,
    items: impl IntoIterator<Item = (String, T)>,
    size: usize,
    token: Option<&str>,
) -> Result<Page<T>, BadToken> {
    let after = token.map(|token| key_of(seed, scope, token)).transpose()?;
    let mut rest = items.into_iter().filter(|(key, _)| after.as_ref().is_none_or(|after| key > after)).peekable();
    let page: Vec<(String, T)> = rest.by_ref().take(size.max(1)).collect();
    let last = page.last().map(|(key, _)| key.clone()).unwrap_or_default();
    let next = rest.peek().map(|_| token_after(seed, scope, &last));
    Ok(Page { items: page.into_iter().map(|(_, item)| item).collect(), next })
}

fn token_after(seed: u64, scope: &str, key: &str) -> String {
    format!("{}-{}", hex(key.as_bytes()), &digest(seed, &["page", scope, key])[..16])
}

fn key_of(seed: u64, scope: &str, token: &str) -> Result<String, BadToken> {
    let (hex, _) = token.split_once('-').ok_or(BadToken)?;
    let digits: Vec<char> = hex.chars().collect();
    let bytes: Option<Vec<u8>> =
        digits.chunks(2).map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).ok()).collect();
    let key = bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(BadToken)?;
    if token_after(seed, scope, &key) == token { Ok(key) } else { Err(BadToken) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items() -> Vec<(String, u8)> {
        (0..5).map(|number| (format!("k{number}"), number)).collect()
    }

    #[test]
    fn pages_follow_each_other_and_end() {
        let mut seen = Vec::new();
        let mut token = None;
        loop {
            let page = page(1, "list", items(), 2, token.as_deref()).unwrap();
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
        let token = page(1, "list", items(), 2, None).unwrap().next.unwrap();
        assert!(page(1, "list", items(), 2, Some(&token)).is_ok());
        assert_eq!(page(1, "other", items(), 2, Some(&token)).unwrap_err(), BadToken);
        assert_eq!(page(1, "list", items(), 2, Some("nonsense")).unwrap_err(), BadToken);
    }
}

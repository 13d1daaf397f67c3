//! Lists of EKS in pages.
//!
//! The central function is [`page`]. Not here: what is listed.

use serde_json::{Value, json};

use super::refusal::invalid_parameter;
use super::validate::ensure;
use crate::kernel::paging::BadToken;
use crate::kernel::refusal::Refusal;
use crate::world::World;

/// facts §5: 1 to 100, by default 100
const LARGEST_PAGE: usize = 100;

/// One page of names or ids under `member`.
pub(super) fn names(
    world: &World,
    member: &str,
    scope: &str,
    all: impl Iterator<Item = String>,
    paging: (Option<i64>, Option<&str>),
) -> Result<Value, Refusal> {
    page(world, member, scope, all.map(|name| (name.clone(), name)), paging)
}

/// One page of anything under `member`, sorted by the key.
pub(super) fn page<T: Into<Value>>(
    world: &World,
    member: &str,
    scope: &str,
    items: impl IntoIterator<Item = (String, T)>,
    paging: (Option<i64>, Option<&str>),
) -> Result<Value, Refusal> {
    let (max_results, token) = paging;
    let size = max_results.map_or(Ok(LARGEST_PAGE), usize::try_from).unwrap_or_default();
    ensure((1..=LARGEST_PAGE).contains(&size), || {
        invalid_parameter(format!("maxResults must be between 1 and {LARGEST_PAGE}"))
    })?;
    let page = world.page(&format!("{member} {scope}"), items, size, token);
    let page = page.map_err(|BadToken| invalid_parameter("The nextToken is invalid"))?;
    let items: Vec<Value> = page.items.into_iter().map(Into::into).collect();
    Ok(json!({ member: items, "nextToken": page.next }))
}

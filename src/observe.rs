//! Reading AWS: two rounds, everything within a round at once.
//!
//! The central function is [`observe`]. It never mutates, and a read that fails is an error, never a partial picture.

use std::borrow::Cow;
use std::collections::BTreeMap;

use tokio::time::Instant;

use crate::aws::{Aws, Fault};
use crate::event::Reading;
use crate::model::{Address, Principal, differences};
use crate::resources::{self, Live, Resource, Scope};
use crate::spec::Spec;

/// Reads the cluster of the file and everything that belongs to it.
///
/// # Errors
/// The first read that fails.
pub async fn observe(spec: &Spec, aws: &Aws) -> Result<(Live, Reading), Fault> {
    let identity = aws.identity().await?;
    let began = Instant::now();
    let scope = scope(spec);
    let (mut live, mut listed) = resources::observe(aws, &scope).await?;
    let first = aws.calls();
    for Address { kind, name } in doubtful(spec, &live) {
        listed.entry(kind).or_default().push(name);
    }
    let more = resources::observe_listed(aws, &scope, &listed, &live).await?;
    live.resources.extend(more.resources);
    live.caller = Principal::of(&identity.arn);
    let calls = aws.calls();
    Ok((live, Reading { calls, rounds: if calls > first { 2 } else { 1 }, took: began.elapsed() }))
}

/// What differs from the file only as a list shows it that lags behind: the second round asks for that by name, or a change
/// that was just made would be drift.
fn doubtful(spec: &Spec, live: &Live) -> Vec<Address> {
    let differs = |wanted: &Resource| {
        let seen = live.get(&wanted.address()).map(|seen| &seen.resource);
        seen.is_some_and(|seen| !differences(&seen.fields(None), &wanted.fields(Some(seen))).is_empty())
    };
    let late = resources::desired(spec, live).into_iter().filter(|wanted| wanted.lags() && differs(wanted));
    late.map(|wanted| wanted.address()).collect()
}

fn scope(spec: &Spec) -> Scope {
    let mut named: BTreeMap<Cow<'static, str>, Vec<String>> = BTreeMap::new();
    for resource in resources::desired(spec, &Live::default()) {
        let address = resource.address();
        named.entry(address.kind).or_default().push(address.name);
    }
    Scope { region: spec.metadata.region.clone(), cluster: spec.metadata.name.clone(), named }
}

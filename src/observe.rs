//! Reading AWS: two rounds, everything within a round at once.
//!
//! The central function is [`observe`]. It never mutates, and a read that fails is an error, never a partial picture.

use std::borrow::Cow;
use std::collections::BTreeMap;

use tokio::time::Instant;

use crate::aws::{Aws, Fault};
use crate::event::Reading;
use crate::model::Principal;
use crate::resources::{self, Live, Scope};
use crate::spec::Spec;

/// Reads the cluster of the file and everything that belongs to it.
///
/// # Errors
/// The first read that fails.
pub async fn observe(spec: &Spec, aws: &Aws) -> Result<(Live, Reading), Fault> {
    let identity = aws.identity().await?;
    let began = Instant::now();
    let scope = scope(spec);
    let (mut live, listed) = resources::observe(aws, &scope).await?;
    let first = aws.calls();
    let more = resources::observe_listed(aws, &scope, &listed, &live).await?;
    live.resources.extend(more.resources);
    live.caller = Principal::of(&identity.arn);
    let calls = aws.calls();
    Ok((live, Reading { calls, rounds: if calls > first { 2 } else { 1 }, took: began.elapsed() }))
}

fn scope(spec: &Spec) -> Scope {
    let mut named: BTreeMap<Cow<'static, str>, Vec<String>> = BTreeMap::new();
    for resource in resources::desired(spec, &Live::default()) {
        let address = resource.address();
        named.entry(address.kind).or_default().push(address.name);
    }
    Scope { region: spec.metadata.region.clone(), cluster: spec.metadata.name.clone(), named }
}

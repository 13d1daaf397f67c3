//! Reading AWS: two rounds beside the check of the account, everything within a round at once.
//!
//! The central function is [`observe`]. It never mutates, and a read that fails is an error, never a partial picture.
//! Nothing that was read leaves it before the account is known to be the file's.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;

use thiserror::Error;
use tokio::time::Instant;

use crate::aws::{Aws, Fault, Identity};
use crate::event::Reading;
use crate::model::{Address, Home, Output, Principal, View, differences};
use crate::plan::resolved;
use crate::resources::{Listed, Live, Resource, desired, facts, list, overlooked, read_many};
use crate::spec::Spec;

/// Why nothing was read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unread {
    /// The credentials are of another account than the file's; what else was asked is not told.
    #[error("the credentials belong to account {} ({}), and the file is for account {file}", identity.account, identity.arn)]
    WrongAccount {
        /// The account in the file.
        file: String,
        /// Whose the credentials are.
        identity: Identity,
    },
    /// A call failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Reads the cluster of the file and everything that belongs to it.
///
/// # Errors
/// If the account is another one; otherwise the first read that fails.
pub async fn observe(spec: &Spec, aws: &Aws) -> Result<(Live, Reading), Unread> {
    let began = Instant::now();
    let home = spec.home();
    let wanted = desired(spec, &Live::default());
    let (identity, Listed { seen, listed }) = beside(check_account(&home, aws), list(aws, &home, &wanted)).await?;
    let mut live = Live::default();
    live.take_in(seen, &wanted);
    let first = aws.calls();
    let wanted = wanted_so_far(spec, &live);
    let by_name = by_name(&wanted, &live);
    let those: Vec<Resource> = listed.into_iter().chain(by_name.values().cloned()).collect();
    let (more, facts) = tokio::try_join!(read_many(aws, &those), facts(aws, &wanted, &live))?;
    // By its name, AWS shows what there is; a list may still show what is gone.
    live.resources.retain(|address, _| !by_name.contains_key(address));
    live.take_in(more, &wanted);
    live.settle_ownership();
    live.facts = facts;
    live.facts.caller = Principal::of(&identity.arn);
    let calls = aws.calls();
    Ok((live, Reading { calls, rounds: if calls > first { 2 } else { 1 }, took: began.elapsed() }))
}

/// Makes sure that the credentials belong to the file's account.
///
/// # Errors
/// If they do not, or nobody can tell.
pub async fn check_account(home: &Home, aws: &Aws) -> Result<Identity, Unread> {
    let identity = aws.identity().await?;
    if identity.account == home.account {
        return Ok(identity.clone());
    }
    Err(Unread::WrongAccount { file: home.account.clone(), identity: identity.clone() })
}

/// Both at the same time; the first one's error is the only one that is told while it is not known, and cancels the second.
async fn beside<A, B>(
    check: impl Future<Output = Result<A, Unread>>,
    reads: impl Future<Output = Result<B, Fault>>,
) -> Result<(A, B), Unread> {
    let (mut check, mut reads) = (pin!(check), pin!(reads));
    tokio::select! {
        biased;
        checked = &mut check => Ok((checked?, reads.await?)),
        read = &mut reads => Ok((check.await?, read?)),
    }
}

/// What the file asks for, with the references that are known by now.
fn wanted_so_far(spec: &Spec, live: &Live) -> Vec<Resource> {
    let known = |address: &Address, output: Output| live.get(address)?.outputs.get(output).map(str::to_owned);
    desired(spec, live).iter().map(|wanted| resolved(wanted, known)).collect()
}

/// What the second round asks for by name: what a list that lags behind may not show, and what differs from the file only
/// as such a list shows it, or a change that was just made would be drift.
fn by_name(wanted: &[Resource], live: &Live) -> BTreeMap<Address, Resource> {
    let doubtful = wanted.iter().filter(|wanted| {
        let seen = live.get(&wanted.address()).map(|seen| &seen.resource);
        wanted.traits().eventually_listed && seen.is_some_and(|seen| differs(wanted, seen))
    });
    let all = overlooked(live).into_iter().chain(doubtful.cloned());
    all.map(|resource| (resource.address(), resource)).collect()
}

fn differs(wanted: &Resource, seen: &Resource) -> bool {
    !differences(&seen.fields(View::Live), &wanted.fields(View::Over(seen))).is_empty()
}

/// Reads again those at these addresses, and forgets those that are gone.
///
/// # Errors
/// The first read that fails.
pub async fn read_again(aws: &Aws, live: &mut Live, those: &[Resource]) -> Result<(), Fault> {
    let seen = read_many(aws, those).await?;
    let asked: BTreeSet<Address> = those.iter().map(Resource::address).collect();
    live.resources.retain(|address, _| !asked.contains(address));
    live.take_in(seen, those);
    live.settle_ownership();
    Ok(())
}

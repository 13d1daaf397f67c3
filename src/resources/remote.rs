//! How kinds are read and changed: the trait that `<kind>/aws.rs` implements, and its dispatch.
//!
//! The central trait is [`Remote`]. The SDK's types end in its implementations.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Live, Managed, Resource, access_entry, autoscaling_group, cluster, nodegroup};
use crate::aws::{Aws, Fault};
use crate::model::{Call, Delta, FieldChange, Seen};
use crate::plan::Operation;

/// What to read: one cluster, and the names that the file knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The region.
    pub region: String,
    /// The cluster's name.
    pub cluster: String,
    /// Names in the file, by kind.
    pub named: BTreeMap<Cow<'static, str>, Vec<String>>,
}

/// The first round's harvest of one kind.
#[derive(Debug)]
pub(crate) struct Sighting<R> {
    /// What was described.
    pub seen: Vec<Seen<R>>,
    /// What was only listed, to be described in the second round.
    pub listed: Vec<String>,
}

/// What a mutation left to wait for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Started {
    /// The id of AWS' update, whose word decides between success and failure.
    pub update: Option<String>,
}

/// How an update is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Update {
    /// It runs.
    InProgress,
    /// It has been carried out.
    Successful,
    /// It has not; the resource is as it was.
    Failed(String),
}

/// How one kind is read and changed. I/O; implemented in `<kind>/aws.rs`.
pub(crate) trait Remote: Managed {
    /// The first round: everything whose name is in the file or whose list needs only the cluster's name.
    async fn observe(aws: &Aws, scope: &Scope) -> Result<Sighting<Self>, Fault>;
    /// The second round: what the first only listed, or what follows from what it saw.
    async fn observe_listed(aws: &Aws, scope: &Scope, listed: &[String], live: &Live)
    -> Result<Vec<Seen<Self>>, Fault>;
    /// This one resource as it is now; `None` if it is not there.
    async fn read(&self, aws: &Aws) -> Result<Option<Seen<Self>>, Fault>;
    /// Makes it, with our ownership tag.
    async fn create(&self, aws: &Aws, token: &str) -> Result<Started, Fault>;
    /// Carries out one call for the changed fields. `self` is what is wanted, `from` what was seen.
    async fn update(&self, from: &Self, change: &Step<'_>, aws: &Aws) -> Result<Started, Fault>;
    /// Deletes it.
    async fn delete(&self, aws: &Aws) -> Result<Started, Fault>;
    /// How an update of it is doing.
    async fn update_status(&self, aws: &Aws, id: &str) -> Result<Update, Fault>;
}

/// One call of an update.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step<'a> {
    /// The call.
    pub call: Call,
    /// The fields that it carries.
    pub changes: &'a [FieldChange],
    /// The token that makes AWS recognise a repetition.
    pub token: &'a str,
}

impl Step<'_> {
    /// Whether it carries a field whose path starts so.
    pub(crate) fn carries(&self, path: &str) -> bool {
        self.changes.iter().any(|change| change.name.starts_with(path))
    }

    /// What it adds to, and removes from, the sets and maps that it carries.
    pub(crate) fn deltas(&self) -> impl Iterator<Item = Delta> {
        self.changes.iter().map(|change| Delta::between(change.from.as_ref(), change.to.as_ref()))
    }
}

/// Delegates to the kinds. The futures are boxed: the SDK's are deep, and the compiler gives up on types nested too deep.
macro_rules! remote {
    ($($kind:ident: $module:ident,)+) => {
        /// The first round of reading, all kinds at once.
        ///
        /// # Errors
        /// The first read that fails: never a partial picture.
        pub async fn observe(aws: &Aws, scope: &Scope) -> Result<(Live, BTreeMap<Cow<'static, str>, Vec<String>>), Fault> {
            let ($($module,)+) = tokio::try_join!($(Box::pin($module::$kind::observe(aws, scope)),)+)?;
            let (mut live, mut listed) = (Live::default(), BTreeMap::new());
            $(
                live.extend($module.seen.into_iter().map(|seen| seen.map(Resource::$kind)));
                listed.insert(Cow::Borrowed(<$module::$kind as Managed>::KIND), $module.listed);
            )+
            Ok((live, listed))
        }

        /// The second round: what the first one only listed. The number of kinds that had anything to ask is not
        /// known here; a kind without questions sends nothing.
        ///
        /// # Errors
        /// The first read that fails.
        pub async fn observe_listed(
            aws: &Aws,
            scope: &Scope,
            listed: &BTreeMap<Cow<'static, str>, Vec<String>>,
            live: &Live,
        ) -> Result<Live, Fault> {
            let names = |kind: &'static str| listed.get(kind).map_or(&[][..], Vec::as_slice);
            let ($($module,)+) =
                tokio::try_join!($(Box::pin($module::$kind::observe_listed(aws, scope, names(<$module::$kind as Managed>::KIND), live)),)+)?;
            let mut more = Live::default();
            $(more.extend($module.into_iter().map(|seen| seen.map(Resource::$kind)));)+
            Ok(more)
        }

        impl Resource {
            /// This one resource as it is now; `None` if it is not there.
            ///
            /// # Errors
            /// When AWS cannot be read.
            pub async fn read(&self, aws: &Aws) -> Result<Option<Seen<Self>>, Fault> {
                match self { $(Self::$kind(it) => Ok(Box::pin(it.read(aws)).await?.map(|seen| seen.map(Self::$kind))),)+ }
            }
            /// Carries out an operation; an operation that only waits starts nothing.
            ///
            /// # Errors
            /// When AWS refuses.
            pub async fn perform(
                &self,
                operation: Operation,
                from: Option<&Self>,
                changes: &[FieldChange],
                token: &str,
                aws: &Aws,
            ) -> Result<Started, Fault> {
                match self {
                    $(Self::$kind(it) => match operation {
                        Operation::Create => Box::pin(it.create(aws, token)).await,
                        Operation::Delete => Box::pin(it.delete(aws)).await,
                        Operation::AwaitReady | Operation::AwaitGone => Ok(Started::default()),
                        Operation::Update(call) => {
                            let from = from.and_then(|from| from.$module()).unwrap_or(it);
                            Box::pin(it.update(from, &Step { call, changes, token }, aws)).await
                        }
                    },)+
                }
            }
            /// How an update of it is doing.
            ///
            /// # Errors
            /// When AWS cannot be read.
            pub async fn update_status(&self, aws: &Aws, id: &str) -> Result<Update, Fault> {
                match self { $(Self::$kind(it) => Box::pin(it.update_status(aws, id)).await,)+ }
            }
        }
    };
}

super::for_each_kind!(remote);

impl Live {
    fn extend(&mut self, seen: impl IntoIterator<Item = Seen<Resource>>) {
        self.resources.extend(seen.into_iter().map(|seen| (seen.resource.address(), seen)));
    }
}

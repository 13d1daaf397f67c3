//! How kinds are read and changed: the trait that `<kind>/aws.rs` implements, and its dispatch.
//!
//! The central trait is [`Remote`]. The SDK's types end in its implementations.

use futures_util::future::{LocalBoxFuture, try_join_all};

use super::{Facts, Live, Managed, Permission, Read, Resource};
use crate::aws::{Aws, Fault, unknown_call};
use crate::model::{Call, Delta, FieldChange, Home, Operation, Outputs, Seen};

/// The first round's harvest of one kind.
#[derive(Debug)]
pub(crate) struct Sighting<R> {
    /// What was described.
    pub seen: Vec<Seen<R>>,
    /// What was only listed, to be read in the second round: with the name that AWS has for it.
    pub listed: Vec<R>,
}

/// The first round's harvest of every kind.
#[derive(Debug, Default)]
pub struct Listed {
    /// What was described.
    pub seen: Vec<Seen<Resource>>,
    /// What was only listed.
    pub listed: Vec<Resource>,
}

/// What a mutation left: something to wait for, and what AWS said of the resource.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Started {
    /// The id of AWS' update, whose word decides between success and failure.
    pub update: Option<String>,
    /// What others may refer to, as the reply has it: nothing is read again to learn what AWS has just said.
    pub outputs: Outputs,
}

/// How an update is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Update {
    /// It runs.
    InProgress,
    /// It has been carried out.
    Successful,
    /// It has not; the resource is as it was.
    Failed {
        /// Why: every error that AWS tells.
        why: String,
        /// The code of the first one.
        code: Option<String>,
        /// What to do about that, where its code says so.
        hint: Option<&'static str>,
    },
}

/// How one kind is read and changed. I/O; implemented in `<kind>/aws.rs`.
pub(crate) trait Remote: Managed {
    /// What IAM has to allow for it.
    const PERMISSIONS: &'static [Permission];
    /// What reading all of its kind takes.
    const READING: &'static [Read];

    /// The first round: everything that is wanted, and a list of all that there is of this kind.
    async fn list(aws: &Aws, home: &Home, wanted: &[Self]) -> Result<Sighting<Self>, Fault>;
    /// This one resource as it is now; `None` if it is not there.
    async fn read(&self, aws: &Aws) -> Result<Option<Seen<Self>>, Fault>;
    /// Several at once; those that are not there are left out.
    async fn read_many(aws: &Aws, those: &[Self]) -> Result<Vec<Seen<Self>>, Fault> {
        let seen = try_join_all(those.iter().map(|resource| resource.read(aws))).await?;
        Ok(seen.into_iter().flatten().collect())
    }
    /// What else has to be known to plan what is wanted, in the light of the first round.
    async fn facts(aws: &Aws, wanted: &[Self], live: &Live) -> Result<Facts, Fault> {
        let _ = (aws, wanted, live);
        Ok(Facts::default())
    }
    /// Makes it, with our ownership tag.
    async fn create(&self, aws: &Aws, token: &str) -> Result<Started, Fault> {
        let _ = (aws, token);
        Err(unknown_call(Call::free("create")))
    }
    /// Carries out one call for the changed fields. `self` is what is wanted, `from` what was seen.
    async fn update(&self, from: &Self, step: &Step<'_>, aws: &Aws) -> Result<Started, Fault>;
    /// Deletes it.
    async fn delete(&self, aws: &Aws) -> Result<Started, Fault> {
        let _ = aws;
        Err(unknown_call(Call::free("delete")))
    }
    /// How an update of it is doing. Without update objects, every call takes effect at once.
    async fn update_status(&self, aws: &Aws, id: &str) -> Result<Update, Fault> {
        let _ = (aws, id);
        Ok(Update::Successful)
    }
}

/// One call of an update.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step<'a> {
    /// The call.
    pub call: Call,
    /// The fields that it carries.
    pub changes: &'a [FieldChange],
    /// What is known of the resource's outputs.
    pub outputs: &'a Outputs,
    /// The token that makes AWS recognise a repetition.
    pub token: &'a str,
}

impl Step<'_> {
    /// Whether it carries the field at this path, or one below it.
    pub(crate) fn carries(&self, path: &str) -> bool {
        let below = |name: &str| name.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        self.changes.iter().any(|change| below(&change.name))
    }

    /// The change of one field, if it carries that.
    pub(crate) fn change(&self, name: &str) -> Option<&FieldChange> {
        self.changes.iter().find(|change| change.name == name)
    }

    /// What it adds to, and removes from, the sets and maps that it carries.
    pub(crate) fn deltas(&self) -> impl Iterator<Item = Delta> {
        self.changes.iter().map(FieldChange::delta)
    }
}

/// What an action sends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mutation<'a> {
    /// Which operation.
    pub operation: Operation,
    /// The resource as it was seen; an update has one.
    pub from: Option<&'a Resource>,
    /// The fields that an update carries.
    pub changes: &'a [FieldChange],
    /// What is known of the resource's outputs.
    pub outputs: &'a Outputs,
    /// The token that makes AWS recognise a repetition.
    pub token: &'a str,
}

/// Delegates to the kinds. The futures are boxed: the SDK's are deep, and the compiler gives up on types nested too deep.
macro_rules! remote {
    ($($(#[$only:meta])* $kind:ident: $module:ident,)+) => {
        /// The first round of reading, all kinds at once.
        ///
        /// # Errors
        /// The first read that fails: never a partial picture.
        pub async fn list(aws: &Aws, home: &Home, wanted: &[Resource]) -> Result<Listed, Fault> {
            let mut kinds: Vec<LocalBoxFuture<'_, Result<Listed, Fault>>> = vec![];
            $($(#[$only])* kinds.push(Box::pin(async move {
                let wanted: Vec<_> = wanted.iter().filter_map(|it| it.$module().cloned()).collect();
                let Sighting { seen, listed } = crate::resources::$module::$kind::list(aws, home, &wanted).await?;
                let seen = seen.into_iter().map(|seen| seen.map(Resource::$kind)).collect();
                Ok(Listed { seen, listed: listed.into_iter().map(Resource::$kind).collect() })
            }));)+
            let mut all = Listed::default();
            for Listed { seen, listed } in try_join_all(kinds).await? {
                all.seen.extend(seen);
                all.listed.extend(listed);
            }
            Ok(all)
        }

        /// Reads resources of any kind, all kinds at once; those that are not there are left out. Kinds that none of them
        /// is of send nothing.
        ///
        /// # Errors
        /// The first read that fails: never a partial picture.
        pub async fn read_many(aws: &Aws, those: &[Resource]) -> Result<Vec<Seen<Resource>>, Fault> {
            let mut kinds: Vec<LocalBoxFuture<'_, Result<Vec<Seen<Resource>>, Fault>>> = vec![];
            $($(#[$only])* {
                let those: Vec<_> = those.iter().filter_map(|it| it.$module().cloned()).collect();
                kinds.push(Box::pin(async move {
                    let none = those.is_empty();
                    let seen = if none { vec![] } else { crate::resources::$module::$kind::read_many(aws, &those).await? };
                    Ok(seen.into_iter().map(|seen| seen.map(Resource::$kind)).collect())
                }));
            })+
            Ok(try_join_all(kinds).await?.into_iter().flatten().collect())
        }

        /// What the kind tells of the account (`Remote::facts`).
        ///
        /// # Errors
        /// The first read that fails.
        pub async fn facts(aws: &Aws, wanted: &[Resource], live: &Live) -> Result<Facts, Fault> {
            let mut kinds: Vec<LocalBoxFuture<'_, Result<Facts, Fault>>> = vec![];
            $($(#[$only])* kinds.push(Box::pin(async move {
                let wanted: Vec<_> = wanted.iter().filter_map(|it| it.$module().cloned()).collect();
                crate::resources::$module::$kind::facts(aws, &wanted, live).await
            }));)+
            Ok(try_join_all(kinds).await?.into_iter().fold(Facts::default(), Facts::and))
        }

        impl Resource {
            /// This resource as it is now, under the name that the file has for it; `None` if it is not there.
            ///
            /// # Errors
            /// When AWS cannot be read.
            pub async fn read(&self, aws: &Aws) -> Result<Option<Seen<Self>>, Fault> {
                let seen = match self {
                    $($(#[$only])* Self::$kind(it) => {
                        Box::pin(it.read(aws)).await?.map(|seen| seen.map(Self::$kind))
                    })+
                };
                Ok(seen.map(|mut seen| {
                    seen.resource.rename(&self.address().name);
                    seen
                }))
            }
            /// Sends the mutation of an operation. `self` is what is wanted.
            ///
            /// # Errors
            /// When AWS refuses or cannot be reached.
            pub(crate) async fn perform(&self, mutation: Mutation<'_>, aws: &Aws) -> Result<Started, Fault> {
                let Mutation { operation, from, changes, outputs, token } = mutation;
                match self {
                    $($(#[$only])* Self::$kind(it) => match operation {
                        Operation::Create => Box::pin(it.create(aws, token)).await,
                        Operation::Delete => Box::pin(it.delete(aws)).await,
                        Operation::AwaitReady | Operation::AwaitGone => Ok(Started::default()),
                        Operation::Update(call) => {
                            let Some(from) = from.and_then(|from| from.$module()) else {
                                return Err(unknown_call(call));
                            };
                            Box::pin(it.update(from, &Step { call, changes, outputs, token }, aws)).await
                        }
                    },)+
                }
            }
            /// How an update of it is doing.
            ///
            /// # Errors
            /// When AWS cannot be read.
            pub async fn update_status(&self, aws: &Aws, id: &str) -> Result<Update, Fault> {
                match self { $($(#[$only])* Self::$kind(it) => Box::pin(it.update_status(aws, id)).await,)+ }
            }
        }
    };
}

super::for_each_kind!(remote);

/// The invented kinds of the planner's tests are in no account.
#[cfg(test)]
macro_rules! nowhere {
    ($($kind:ty),+) => {$(
        impl Remote for $kind {
            const PERMISSIONS: &'static [Permission] = &[];
            const READING: &'static [Read] = &[];

            async fn list(_: &Aws, _: &Home, _: &[Self]) -> Result<Sighting<Self>, Fault> {
                Ok(Sighting { seen: vec![], listed: vec![] })
            }
            async fn read(&self, _: &Aws) -> Result<Option<Seen<Self>>, Fault> {
                Ok(None)
            }
            async fn update(&self, _: &Self, step: &Step<'_>, _: &Aws) -> Result<Started, Fault> {
                Err(unknown_call(step.call))
            }
        }
    )+};
}

#[cfg(test)]
nowhere!(crate::resources::widget::Widget, crate::resources::gadget::Gadget);

//! The kinds of resource, each a vertical slice in a folder of its own: `mod.rs` is pure, `aws.rs` talks to AWS.
//!
//! The central type is [`Resource`], one variant per kind, the same struct for wanted and seen. [`Managed`] says what a
//! kind has to tell the generic engines in `plan/`, `observe.rs` and `execute/`; none of those knows a kind by name, but
//! for the laws between kinds in `plan/laws/`. A new kind is its folder, one line in `for_each_kind!` below, and one
//! field of `Spec`.

use crate::model::{Address, Blocker, Field, Link, Outputs, Ref, Seen, View};
use crate::spec::Spec;

pub mod access_entry;
pub mod autoscaling_group;
pub mod cluster;
#[cfg(feature = "aws")]
pub(crate) mod eks;
pub mod fargate_profile;
mod live;
pub mod nodegroup;
#[cfg(feature = "aws")]
mod permissions;
pub mod pod_identity_association;
#[cfg(feature = "aws")]
mod policies;
#[cfg(feature = "aws")]
mod reading;
#[cfg(feature = "aws")]
mod reading_text;
#[cfg(feature = "aws")]
mod remote;
pub mod tags;
mod traits;

#[cfg(test)]
use crate::plan::invented::{gadget, widget};

pub use live::{Facts, Live, Protection};
#[cfg(feature = "aws")]
pub use permissions::{Command, Condition, Permission};
#[cfg(feature = "aws")]
pub use policies::{permissions, permissions_document};
#[cfg(feature = "aws")]
pub use reading::{IDENTITY, Number, Often, Read};
#[cfg(feature = "aws")]
pub use reading_text::{reading_document, readings};
#[cfg(feature = "aws")]
pub use remote::{Listed, Started, Update, facts, list, read_many};
#[cfg(feature = "aws")]
pub(crate) use remote::{Mutation, Remote, Sighting, Step};
pub use traits::{Expected, Traits};

/// What the planner knows about one kind. Pure; implemented in `<kind>/mod.rs`.
pub trait Managed: Clone {
    /// The kind's name in addresses, such as `nodegroup`.
    const KIND: &'static str;
    /// Where it stands in the file, such as `nodegroups`.
    const SECTION: &'static str;

    /// The page of AWS' console about one of them, after the domain; `None` if there is none that names can lead to.
    fn console_page(region: &str, cluster: &str, name: &str) -> Option<String> {
        let _ = (region, cluster, name);
        None
    }
    /// The name, unique within the kind.
    fn name(&self) -> &str;
    /// What contains it, without which it cannot be: it goes with that, and `--target` on that takes it along.
    fn parent(&self) -> Option<Address> {
        None
    }
    /// Shows every reference that it has to `visit`: the edges, what becomes known, and what is still in use follow from it.
    fn refs(&mut self, visit: &mut dyn FnMut(Link, &mut Ref)) {
        let _ = visit;
    }
    /// Whether `seen` is this resource. A name is the identity of most.
    fn same(&self, seen: &Self) -> bool {
        self.name() == seen.name()
    }
    /// Takes the name of the file, where [`same`](Self::same) found it under another one.
    fn rename(&mut self, name: &str) {
        let _ = name;
    }
    /// Takes over what AWS calls it, where requests need that.
    fn identify(&mut self, outputs: &Outputs) {
        let _ = outputs;
    }
    /// Every resource of this kind that the file asks for. `live` fills in what follows from other resources.
    fn desired(spec: &Spec, live: &Live) -> Vec<Self>;
    /// The mutability table, with the rows of one view of the resource.
    fn fields(&self, view: View<'_, Self>) -> Vec<Field>;
    /// Facts about it.
    fn traits(&self) -> Traits;

    /// How AWS makes this resource by itself with its parent; `None` if it takes a create call.
    fn created_by_parent(&self) -> Option<Self> {
        None
    }
    /// What its create call leaves, where that takes less than is wanted; what is missing becomes updates.
    fn created(&self) -> Option<Self> {
        None
    }
    /// The states to go through before this one, starting from `live`, where AWS does not go there in one step.
    fn stages(&self, live: &Self) -> Vec<Self> {
        let _ = live;
        vec![]
    }
    /// What stands against the whole change rather than one field of it.
    fn objections(&self, live: Option<&Self>) -> Vec<Blocker> {
        let _ = live;
        vec![]
    }
    /// What a person should know about how it is compared with what is live, or about what changing it means.
    fn remarks(&self, live: Option<&Self>) -> Vec<String> {
        let _ = live;
        vec![]
    }
    /// Why it stays although the file does not have it, whoever made it.
    fn protection(&self, live: &Live) -> Option<Protection> {
        let _ = live;
        None
    }
    /// This resource without the lock that keeps AWS from deleting it; `None` if it has none.
    fn unlocked(&self) -> Option<Self> {
        None
    }
    /// Which resources a list that lags behind may not show, or show under another owner, by what else was read: they are
    /// asked for by name.
    fn overlooked(live: &Live) -> Vec<Self> {
        let _ = live;
        vec![]
    }
}

/// Makes the enum of all kinds, its delegation to the traits, and the registry [`KINDS`].
macro_rules! managed {
    ($($(#[$only:meta])* $kind:ident: $module:ident,)+) => {
        /// A resource of any kind.
        #[derive(Debug, Clone, PartialEq)]
        #[expect(clippy::large_enum_variant, reason = "there are dozens, not millions")]
        pub enum Resource {
            $($(#[$only])* #[doc = concat!("See [`", stringify!($module), "`].")] $kind($module::$kind),)+
        }

        /// Every kind, in the order in which plans list them.
        pub const KINDS: &[KindInfo] = &[$($(#[$only])* KindInfo {
            kind: <$module::$kind as Managed>::KIND,
            section: <$module::$kind as Managed>::SECTION,
            fields: || $module::$kind::default().fields(View::New),
            console_page: $module::$kind::console_page,
        },)+];

        /// Everything that the file asks for, of every kind. What AWS calls it is filled in where that was seen.
        pub fn desired(spec: &Spec, live: &Live) -> Vec<Resource> {
            let mut all = vec![];
            $($(#[$only])* all.extend($module::$kind::desired(spec, live).into_iter().map(Resource::$kind));)+
            all.into_iter().map(|wanted: Resource| live.identified(wanted)).collect()
        }

        /// See [`Managed::overlooked`].
        pub fn overlooked(live: &Live) -> Vec<Resource> {
            let mut all = vec![];
            $($(#[$only])* all.extend($module::$kind::overlooked(live).into_iter().map(Resource::$kind));)+
            all
        }

        impl Resource {
            /// Where it stands in plans.
            pub fn address(&self) -> Address {
                match self {
                    $($(#[$only])* Self::$kind(it) => Address::new(<$module::$kind as Managed>::KIND, it.name()),)+
                }
            }
            /// See [`Managed::parent`].
            pub fn parent(&self) -> Option<Address> {
                match self { $($(#[$only])* Self::$kind(it) => it.parent(),)+ }
            }
            /// See [`Managed::refs`].
            pub fn refs(&mut self, visit: &mut dyn FnMut(Link, &mut Ref)) {
                match self { $($(#[$only])* Self::$kind(it) => it.refs(visit),)+ }
            }
            /// See [`Managed::same`]. Resources of two kinds are never the same.
            pub fn same(&self, seen: &Self) -> bool {
                match self { $($(#[$only])* Self::$kind(it) => seen.$module().is_some_and(|seen| it.same(seen)),)+ }
            }
            /// See [`Managed::rename`].
            pub fn rename(&mut self, name: &str) {
                match self { $($(#[$only])* Self::$kind(it) => it.rename(name),)+ }
            }
            /// See [`Managed::identify`].
            pub fn identify(&mut self, outputs: &Outputs) {
                match self { $($(#[$only])* Self::$kind(it) => it.identify(outputs),)+ }
            }
            /// See [`Managed::fields`]. Over a resource of another kind, a new one is wanted.
            pub fn fields(&self, view: View<'_, Self>) -> Vec<Field> {
                match self {
                    $($(#[$only])* Self::$kind(it) => it.fields(match view {
                        View::Live => View::Live,
                        View::New => View::New,
                        View::Over(live) => live.$module().map_or(View::New, View::Over),
                    }),)+
                }
            }
            /// See [`Managed::traits`].
            pub fn traits(&self) -> Traits {
                match self { $($(#[$only])* Self::$kind(it) => it.traits(),)+ }
            }
            /// See [`Managed::created_by_parent`].
            pub fn created_by_parent(&self) -> Option<Self> {
                match self { $($(#[$only])* Self::$kind(it) => it.created_by_parent().map(Self::$kind),)+ }
            }
            /// See [`Managed::created`].
            pub fn created(&self) -> Option<Self> {
                match self { $($(#[$only])* Self::$kind(it) => it.created().map(Self::$kind),)+ }
            }
            /// See [`Managed::stages`]. A `live` of another kind has none.
            pub fn stages(&self, live: &Self) -> Vec<Self> {
                match self {
                    $($(#[$only])* Self::$kind(it) => {
                        live.$module().map(|live| it.stages(live)).into_iter().flatten().map(Self::$kind).collect()
                    })+
                }
            }
            /// See [`Managed::objections`].
            pub fn objections(&self, live: Option<&Self>) -> Vec<Blocker> {
                match self { $($(#[$only])* Self::$kind(it) => it.objections(live.and_then(|live| live.$module())),)+ }
            }
            /// See [`Managed::remarks`].
            pub fn remarks(&self, live: Option<&Self>) -> Vec<String> {
                match self { $($(#[$only])* Self::$kind(it) => it.remarks(live.and_then(|live| live.$module())),)+ }
            }
            /// See [`Managed::protection`].
            pub fn protection(&self, live: &Live) -> Option<Protection> {
                match self { $($(#[$only])* Self::$kind(it) => it.protection(live),)+ }
            }
            /// See [`Managed::unlocked`].
            pub fn unlocked(&self) -> Option<Self> {
                match self { $($(#[$only])* Self::$kind(it) => it.unlocked().map(Self::$kind),)+ }
            }
            $(
                $(#[$only])*
                #[doc = concat!("The ", stringify!($kind), ", if it is one.")]
                pub fn $module(&self) -> Option<&$module::$kind> {
                    match self { Self::$kind(it) => Some(it), _ => None }
                }
            )+
        }
    };
}

/// The list of kinds, in the order in which plans list them. The one place to register a kind.
macro_rules! for_each_kind {
    ($then:ident) => {
        $then! {
            Cluster: cluster,
            AccessEntry: access_entry,
            Nodegroup: nodegroup,
            AutoscalingGroup: autoscaling_group,
            PodIdentityAssociation: pod_identity_association,
            FargateProfile: fargate_profile,
            #[cfg(test)]
            Widget: widget,
            #[cfg(test)]
            Gadget: gadget,
        }
    };
}

#[cfg(feature = "aws")]
use for_each_kind;

for_each_kind!(managed);

impl Resource {
    /// What it refers to among the resources of the file, and how.
    pub fn references(&self) -> Vec<(Link, Ref)> {
        let mut all = vec![];
        self.clone().refs(&mut |link, reference| all.push((link, reference.clone())));
        all
    }

    /// What must be there before it can be: its parent, and what it refers to.
    pub fn depends_on(&self) -> Vec<Address> {
        let references = self.references();
        let declared = references.iter().filter_map(|(_, reference)| reference.declares());
        self.parent().into_iter().chain(declared.map(|(to, _)| to.clone())).collect()
    }
}

/// One entry of the registry.
pub struct KindInfo {
    /// The kind's name in addresses.
    pub kind: &'static str,
    /// See [`Managed::SECTION`].
    pub section: &'static str,
    /// The rows of its table, without values.
    pub fields: fn() -> Vec<Field>,
    /// See [`Managed::console_page`].
    pub console_page: fn(&str, &str, &str) -> Option<String>,
}

/// A page of EKS' console, below the list of clusters.
pub(crate) fn eks_console(region: &str, page: &str) -> String {
    format!("/eks/home?region={region}#/clusters/{page}")
}

/// The sighting of any kind.
pub type Sighted = Seen<Resource>;

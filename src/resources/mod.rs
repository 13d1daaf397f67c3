//! The kinds of resource, each a vertical slice in a folder of its own: `mod.rs` is pure, `aws.rs` talks to AWS.
//!
//! The central type is [`Resource`], one variant per kind, the same struct for wanted and seen. The traits say what a
//! kind has to tell the generic engines in `plan/`, `observe.rs` and `execute/`; none of those knows a kind by name,
//! but for the laws between kinds in `plan/order.rs` and `plan/access.rs`. A new kind is its folder, one line in
//! `for_each_kind!` below, and one field of `Spec`.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::model::{Address, Blocker, Disruption, Field, Principal, Seen};
use crate::spec::Spec;

pub mod access_entry;
pub mod autoscaling_group;
pub mod cluster;
pub mod nodegroup;
#[cfg(feature = "aws")]
mod remote;
pub mod tags;

#[cfg(feature = "aws")]
pub(crate) use remote::{Remote, Sighting, Step};
#[cfg(feature = "aws")]
pub use remote::{Scope, Started, Update, observe, observe_listed};

/// What the planner knows about one kind. Pure; implemented in `<kind>/mod.rs`.
pub trait Managed: Clone {
    /// The kind's name in addresses, such as `nodegroup`.
    const KIND: &'static str;
    /// Where it stands in the file, such as `nodegroups`.
    const SECTION: &'static str;

    /// The page of AWS' console about one of them, below the cluster list's.
    fn console_page(cluster: &str, name: &str) -> String {
        let _ = name;
        format!("/{cluster}")
    }
    /// The name, unique within the kind.
    fn name(&self) -> &str;
    /// Every resource of this kind that the file asks for. `live` fills in what follows from other resources.
    fn desired(spec: &Spec, live: &Live) -> Vec<Self>;
    /// The mutability table. For what is wanted, `live` is given so that derived rows can follow it.
    fn fields(&self, live: Option<&Self>) -> Vec<Field>;
    /// What must exist before this can.
    fn needs(&self) -> Vec<Address>;

    /// How AWS makes this resource by itself with what it [`needs`](Self::needs); `None` if it takes a create call.
    fn born(&self) -> Option<Self> {
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
    /// This resource with every late value that `made` can answer.
    #[must_use]
    fn resolve(&self, made: &BTreeMap<Address, Seen<Resource>>) -> Self {
        let _ = made;
        self.clone()
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
    /// Whether, as it was seen, it makes it safe to take another one of its kind away.
    fn vouches(&self) -> bool {
        false
    }
    /// Whether the list that it was found by may show it as it was a while ago.
    fn lags(&self) -> bool {
        false
    }
    /// Whether the file itself consents to disruptions of this resource.
    fn consents(&self) -> bool {
        false
    }
    /// How the file could consent, where it can; for hints.
    fn consent_in_file(&self) -> Option<&'static str> {
        None
    }
    /// What deleting it disrupts.
    fn removal(&self) -> Option<Disruption> {
        None
    }
    /// Whether AWS deletes it by itself together with what it [`needs`](Self::needs).
    fn goes_along(&self) -> bool {
        false
    }
    /// This resource without the lock that keeps AWS from deleting it; `None` if it has none.
    fn unlocked(&self) -> Option<Self> {
        None
    }
    /// What keeps AWS from deleting it, besides the lock and whatever needs it.
    fn kept_by(&self) -> Vec<Blocker> {
        vec![]
    }
    /// How long an action on it may take before it counts as failed.
    fn patience(&self) -> Duration;
}

/// Everything that was read from AWS.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Live {
    /// Every resource by address.
    pub resources: BTreeMap<Address, Seen<Resource>>,
    /// Whose credentials these are; `None` if nobody asked.
    pub caller: Option<Principal>,
}

/// Why a resource stays that the file does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// AWS made it for itself, and it is nobody else's business.
    AwsOwn,
    /// For this reason.
    Because(&'static str),
}

impl Live {
    /// What was seen at an address.
    pub fn get(&self, address: &Address) -> Option<&Seen<Resource>> {
        self.resources.get(address)
    }
}

/// Makes the enum of all kinds, its delegation to the traits, and the registry [`KINDS`].
macro_rules! managed {
    ($($kind:ident: $module:ident,)+) => {
        /// A resource of any kind.
        #[derive(Debug, Clone, PartialEq)]
        #[expect(clippy::large_enum_variant, reason = "there are dozens, not millions")]
        pub enum Resource {
            $(#[doc = concat!("See [`", stringify!($module), "`].")] $kind($module::$kind),)+
        }

        /// Every kind, in the order in which plans list them.
        pub const KINDS: &[KindInfo] = &[$(KindInfo {
            kind: <$module::$kind as Managed>::KIND,
            section: <$module::$kind as Managed>::SECTION,
            fields: || $module::$kind::default().fields(None),
            console_page: $module::$kind::console_page,
        },)+];

        /// Everything that the file asks for, of every kind.
        pub fn desired(spec: &Spec, live: &Live) -> Vec<Resource> {
            let mut all = vec![];
            $(all.extend($module::$kind::desired(spec, live).into_iter().map(Resource::$kind));)+
            all
        }

        impl Resource {
            /// Where it stands in plans.
            pub fn address(&self) -> Address {
                match self { $(Self::$kind(it) => Address::new(<$module::$kind as Managed>::KIND, it.name()),)+ }
            }
            /// See [`Managed::fields`]. A `live` of another kind counts as none.
            pub fn fields(&self, live: Option<&Self>) -> Vec<Field> {
                match self { $(Self::$kind(it) => it.fields(live.and_then(|live| live.$module())),)+ }
            }
            /// See [`Managed::needs`].
            pub fn needs(&self) -> Vec<Address> {
                match self { $(Self::$kind(it) => it.needs(),)+ }
            }
            /// See [`Managed::born`].
            pub fn born(&self) -> Option<Self> {
                match self { $(Self::$kind(it) => it.born().map(Self::$kind),)+ }
            }
            /// See [`Managed::created`].
            pub fn created(&self) -> Option<Self> {
                match self { $(Self::$kind(it) => it.created().map(Self::$kind),)+ }
            }
            /// See [`Managed::stages`]. A `live` of another kind has none.
            pub fn stages(&self, live: &Self) -> Vec<Self> {
                match self {
                    $(Self::$kind(it) => {
                        live.$module().map(|live| it.stages(live)).into_iter().flatten().map(Self::$kind).collect()
                    })+
                }
            }
            /// See [`Managed::resolve`].
            #[must_use]
            pub fn resolve(&self, made: &BTreeMap<Address, Seen<Self>>) -> Self {
                match self { $(Self::$kind(it) => Self::$kind(it.resolve(made)),)+ }
            }
            /// See [`Managed::objections`].
            pub fn objections(&self, live: Option<&Self>) -> Vec<Blocker> {
                match self { $(Self::$kind(it) => it.objections(live.and_then(|live| live.$module())),)+ }
            }
            /// See [`Managed::remarks`].
            pub fn remarks(&self, live: Option<&Self>) -> Vec<String> {
                match self { $(Self::$kind(it) => it.remarks(live.and_then(|live| live.$module())),)+ }
            }
            /// See [`Managed::protection`].
            pub fn protection(&self, live: &Live) -> Option<Protection> {
                match self { $(Self::$kind(it) => it.protection(live),)+ }
            }
            /// See [`Managed::vouches`].
            pub fn vouches(&self) -> bool {
                match self { $(Self::$kind(it) => it.vouches(),)+ }
            }
            /// See [`Managed::lags`].
            pub fn lags(&self) -> bool {
                match self { $(Self::$kind(it) => it.lags(),)+ }
            }
            /// See [`Managed::consents`].
            pub fn consents(&self) -> bool {
                match self { $(Self::$kind(it) => it.consents(),)+ }
            }
            /// See [`Managed::consent_in_file`].
            pub fn consent_in_file(&self) -> Option<&'static str> {
                match self { $(Self::$kind(it) => it.consent_in_file(),)+ }
            }
            /// See [`Managed::removal`].
            pub fn removal(&self) -> Option<Disruption> {
                match self { $(Self::$kind(it) => it.removal(),)+ }
            }
            /// See [`Managed::goes_along`].
            pub fn goes_along(&self) -> bool {
                match self { $(Self::$kind(it) => it.goes_along(),)+ }
            }
            /// See [`Managed::unlocked`].
            pub fn unlocked(&self) -> Option<Self> {
                match self { $(Self::$kind(it) => it.unlocked().map(Self::$kind),)+ }
            }
            /// See [`Managed::kept_by`].
            pub fn kept_by(&self) -> Vec<Blocker> {
                match self { $(Self::$kind(it) => it.kept_by(),)+ }
            }
            /// See [`Managed::patience`].
            pub fn patience(&self) -> Duration {
                match self { $(Self::$kind(it) => it.patience(),)+ }
            }
            $(
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
        }
    };
}

#[cfg(feature = "aws")]
use for_each_kind;

for_each_kind!(managed);

/// One entry of the registry.
pub struct KindInfo {
    /// The kind's name in addresses.
    pub kind: &'static str,
    /// See [`Managed::SECTION`].
    pub section: &'static str,
    /// The rows of its table, without values.
    pub fields: fn() -> Vec<Field>,
    /// See [`Managed::console_page`].
    pub console_page: fn(&str, &str) -> String,
}

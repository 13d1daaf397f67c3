//! All there is. The central type is [`World`]: the state of every service, and how to get at it.
//!
//! Not here: what happens to it, which is each service's own (`services`), and requests (`handle`).

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::audit::state::{Ledger, Violation};
use crate::kernel::fault::{Armed, Fault};
use crate::kernel::ids::{self, Counters};
use crate::kernel::paging::{self, BadToken, Page};
use crate::kernel::quiet::Quiet;
use crate::kernel::store::Keep;
use crate::kernel::table::Table;
use crate::kernel::tokens::Tokens;
use crate::kernel::tracked::Tracked;
use crate::services::autoscaling::state::AutoScalingGroup;
use crate::services::eks::state::Cluster;
use crate::services::{autoscaling, ec2, eks, iam};
use crate::settings::Settings;

/// An AWS account in one region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct World {
    pub(crate) settings: Tracked<Settings>,
    pub(crate) now: SystemTime,
    pub(crate) state: State,
    pub(crate) ledger: Tracked<Ledger>,
    pub(crate) faults: Tracked<Vec<Armed>>,
    pub(crate) tokens: Tracked<Tokens>,
    pub(crate) counters: Counters,
    /// Until when nothing is due.
    #[serde(skip)]
    pub(crate) quiet: Quiet,
}

/// What the services know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct State {
    pub(crate) eks: Tracked<eks::state::State>,
    pub(crate) autoscaling: Tracked<autoscaling::state::State>,
    pub(crate) ec2: Tracked<ec2::state::State>,
    pub(crate) iam: Tracked<iam::state::State>,
}

impl World {
    /// A world with this network and these identities.
    pub(crate) fn around(settings: Settings, ec2: ec2::state::State, iam: iam::state::State) -> Self {
        Self {
            now: settings.start,
            settings: Tracked::new(settings),
            state: State {
                eks: Tracked::new(eks::state::State::default()),
                autoscaling: Tracked::new(autoscaling::state::State::default()),
                ec2: Tracked::new(ec2),
                iam: Tracked::new(iam),
            },
            ledger: Tracked::new(Ledger::default()),
            faults: Tracked::new(Vec::new()),
            tokens: Tracked::new(Tokens::default()),
            counters: Counters::default(),
            quiet: Quiet::default(),
        }
    }

    /// The time of the last request.
    pub fn clock(&self) -> SystemTime {
        self.now
    }

    /// What the world was told at its beginning.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The settings, to change them while the world runs.
    pub fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }

    /// The networks.
    pub fn ec2(&self) -> &ec2::state::State {
        &self.state.ec2
    }

    /// The networks, to change them as somebody else.
    pub fn ec2_mut(&mut self) -> &mut ec2::state::State {
        &mut self.state.ec2
    }

    /// The roles and users.
    pub fn iam(&self) -> &iam::state::State {
        &self.state.iam
    }

    /// The roles and users, to change them as somebody else.
    pub fn iam_mut(&mut self) -> &mut iam::state::State {
        &mut self.state.iam
    }

    /// The roles and users, as [`Self::iam`].
    pub fn account(&self) -> &iam::state::State {
        self.iam()
    }

    /// The roles and users, as [`Self::iam_mut`].
    pub fn account_mut(&mut self) -> &mut iam::state::State {
        self.iam_mut()
    }

    /// The clusters by name.
    pub fn clusters(&self) -> &BTreeMap<String, Cluster> {
        &self.state.eks.clusters
    }

    /// The clusters, to change them as somebody else.
    pub fn clusters_mut(&mut self) -> &mut BTreeMap<String, Cluster> {
        &mut self.state.eks.clusters
    }

    /// The Auto Scaling groups by name.
    pub fn auto_scaling_groups(&self) -> &Table<AutoScalingGroup> {
        &self.state.autoscaling.groups
    }

    /// The Auto Scaling groups, to change them as somebody else.
    pub fn auto_scaling_groups_mut(&mut self) -> &mut Table<AutoScalingGroup> {
        &mut self.state.autoscaling.groups
    }

    /// What all services know, as JSON without the members of these names, wherever they are: for comparing.
    pub fn state_except(&self, names: &[&str]) -> Value {
        let mut state = serde_json::to_value(&self.state).unwrap_or_default();
        forget(&mut state, names);
        state
    }

    /// Sets a fault.
    pub fn fail(&mut self, fault: Fault) {
        self.faults.push(Armed::new(fault));
    }

    /// Takes all faults back.
    pub fn heal(&mut self) {
        self.faults.clear();
    }

    /// What the auditor refused, in order.
    pub fn violations(&self) -> &[Violation] {
        &self.ledger.violations
    }

    /// A digest of these words and the seed, in hexadecimal.
    pub(crate) fn digest(&self, words: &[&str]) -> String {
        ids::digest(self.settings.seed, words)
    }

    /// A fresh identifier in the form of a UUID.
    pub(crate) fn next_id(&mut self, purpose: &str) -> String {
        self.counters.things += 1;
        self.uuid_of(&[purpose, &self.counters.things.to_string()])
    }

    /// An identifier in the form of a UUID that follows from these words.
    pub(crate) fn uuid_of(&self, words: &[&str]) -> String {
        ids::uuid(self.settings.seed, words)
    }

    /// The page after `token` of a list that is sorted by key. `scope` tells lists apart: a token serves its own only.
    pub(crate) fn page<T>(
        &self,
        scope: &str,
        items: impl IntoIterator<Item = (String, T)>,
        size: usize,
        token: Option<&str>,
    ) -> Result<Page<T>, BadToken> {
        let size = self.settings.page_size.map_or(size, |forced| forced.min(size));
        paging::page(self.settings.seed, scope, items, size, token)
    }
}

impl Keep for World {
    /// Everything is to be remembered but the time, and how many requests there were.
    fn stamp(&self) -> u64 {
        let State { eks, autoscaling, ec2, iam } = &self.state;
        let services = eks.stamp().max(autoscaling.stamp()).max(ec2.stamp()).max(iam.stamp());
        let others = self.settings.stamp().max(self.ledger.stamp()).max(self.faults.stamp()).max(self.tokens.stamp());
        services.max(others)
    }

    fn time(&self) -> SystemTime {
        self.now
    }
}

fn forget(value: &mut Value, names: &[&str]) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| !names.contains(&name.as_str()));
            members.values_mut().for_each(|value| forget(value, names));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| forget(value, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

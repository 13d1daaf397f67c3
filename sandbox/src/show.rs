//! The whole world as one JSON document, each thing as its own API describes it.
//!
//! The central function is [`World::show`]. Not here: lag. What is shown is what is true; readers of the APIs may see
//! it a moment later.

use serde_json::{Value, json};

use crate::account::Account;
use crate::eks::oldest_first;
use crate::eks::state::Cluster;
use crate::refusal::Refusal;
use crate::time::iso;
use crate::wire::operation;
use crate::world::World;

impl World {
    /// All there is: `account`, `time`, `clusters`, `autoScalingGroups` and `faults`.
    pub fn show(&self) -> Value {
        let mut world = self.clone();
        world.catch_up();
        let names: Vec<String> = world.clusters.keys().cloned().collect();
        json!({
            "account": account(&world),
            "time": iso(world.now),
            "clusters": names.iter().map(|name| world.show_cluster(name)).collect::<Vec<_>>(),
            "autoScalingGroups": world.show_groups(),
            "faults": world.faults(),
        })
    }

    /// Nobody sees the past any longer.
    fn catch_up(&mut self) {
        self.settings.switches.create_lag_seconds = 0;
        self.settings.switches.access_entry_lag_seconds = 0;
        self.settings.page_size = None;
        for cluster in self.clusters.values_mut() {
            (cluster.former_tags, cluster.polls_still_active) = (None, 0);
            cluster.access_entries.values_mut().for_each(|entry| entry.former_tags = None);
            for nodegroup in cluster.nodegroups.values_mut() {
                (nodegroup.former_tags, nodegroup.polls_still_active) = (None, 0);
            }
        }
        for group in self.groups.values_mut() {
            (group.former_tags, group.former_filter_tags) = (None, None);
            (group.named_from, group.filtered_from) = (self.now, self.now);
        }
    }

    fn show_cluster(&mut self, name: &str) -> Value {
        let Some(cluster) = self.clusters.get(name) else { return Value::Null };
        let updates = oldest_first(&cluster.updates);
        // A cluster in CONFIG_MAP mode has no entries, and no operation that could describe one.
        let entries: Vec<String> = cluster.access_entries.keys().cloned().collect();
        let nodegroups = nodegroup_updates(cluster);
        let update =
            |id: &String| self.answer("eks:DescribeUpdate", json!({ "name": name, "updateId": id }), "/update");
        let updates: Vec<Value> = updates.iter().map(update).collect();
        let entries: Vec<Value> = entries.iter().map(|principal| self.show_entry(name, principal)).collect();
        let nodegroups = nodegroups.iter().map(|(nodegroup, updates)| self.show_nodegroup(name, nodegroup, updates));
        let nodegroups: Vec<Value> = nodegroups.collect();
        json!({
            "cluster": self.answer("eks:DescribeCluster", json!({ "name": name }), "/cluster"),
            "updates": updates,
            "accessEntries": entries,
            "nodegroups": nodegroups,
        })
    }

    fn show_entry(&mut self, cluster: &str, principal: &str) -> Value {
        let input = json!({ "clusterName": cluster, "principalArn": principal });
        let policies = "/associatedAccessPolicies";
        json!({
            "accessEntry": self.answer("eks:DescribeAccessEntry", input.clone(), "/accessEntry"),
            "associatedAccessPolicies": self.answer("eks:ListAssociatedAccessPolicies", input, policies),
        })
    }

    fn show_nodegroup(&mut self, cluster: &str, name: &str, updates: &[String]) -> Value {
        let update = |id: &String| {
            let input = json!({ "name": cluster, "nodegroupName": name, "updateId": id });
            self.answer("eks:DescribeUpdate", input, "/update")
        };
        let updates: Vec<Value> = updates.iter().map(update).collect();
        let input = json!({ "clusterName": cluster, "nodegroupName": name });
        json!({ "nodegroup": self.answer("eks:DescribeNodegroup", input, "/nodegroup"), "updates": updates })
    }

    fn show_groups(&mut self) -> Vec<Value> {
        let names: Vec<String> = self.groups.keys().cloned().collect();
        let group = |name: &String| {
            let input = json!({ "AutoScalingGroupNames": [name] });
            self.answer("autoscaling:DescribeAutoScalingGroups", input, "/AutoScalingGroups/0")
        };
        names.iter().map(group).collect()
    }

    /// The part of an operation's reply that this JSON pointer names; instead of it the refusal, if it is one.
    fn answer(&mut self, name: &str, input: Value, pointer: &str) -> Value {
        match self.call(name, input) {
            Ok(mut reply) => reply.pointer_mut(pointer).map_or(Value::Null, Value::take),
            Err(refusal) => json!({ "error": { "code": refusal.code, "message": refusal.message } }),
        }
    }

    /// Carries an operation out without the wire, its faults and its auditor.
    pub(crate) fn call(&mut self, name: &str, input: Value) -> Result<Value, Refusal> {
        let operation = operation(name).ok_or_else(|| Refusal::new(404, "UnknownOperationException", name))?;
        (operation.handler)(self, input)
    }
}

/// The names of the nodegroups, each with the ids of its updates.
fn nodegroup_updates(cluster: &Cluster) -> Vec<(String, Vec<String>)> {
    let nodegroups = cluster.nodegroups.iter();
    nodegroups.map(|(name, nodegroup)| (name.clone(), oldest_first(&nodegroup.updates))).collect()
}

fn account(world: &World) -> Value {
    let Account { id, vpcs, roles, .. } = &world.account;
    let subnet = |(id, subnet): (&String, &crate::account::Subnet)| json!({ "id": id, "zone": subnet.zone, "cidr": subnet.cidr });
    let vpcs = vpcs.iter().map(|(id, vpc)| {
        json!({ "id": id, "cidr": vpc.cidr, "subnets": vpc.subnets.iter().map(subnet).collect::<Vec<_>>() })
    });
    let roles = roles.iter().map(
        |(name, role)| json!({ "arn": format!("arn:aws:iam::{id}:role{}{name}", role.path), "trusts": role.trusts }),
    );
    json!({
        "id": id,
        "region": world.settings.region,
        "caller": world.settings.caller_arn,
        "vpcs": vpcs.collect::<Vec<_>>(),
        "roles": roles.collect::<Vec<_>>(),
    })
}

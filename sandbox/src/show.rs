//! The whole world as one JSON document, each thing as its own API describes it.
//!
//! The central function is [`World::show`]. Not here: lag. What is shown is what is true; readers of the APIs may see
//! it a moment later.

use serde_json::{Value, json};

use crate::kernel::clock::iso;
use crate::services::SERVICES;
use crate::services::ec2::state::Subnet;
use crate::services::iam::state::Role;
use crate::world::World;

impl World {
    /// All there is: `account`, `time`, `faults`, and what each service shows, such as `clusters`.
    pub fn show(&self) -> Value {
        let mut shown = json!({ "account": account(self), "time": iso(self.now), "faults": *self.faults });
        let mut world = self.clone();
        for service in SERVICES {
            for (member, value) in (service.show)(&mut world) {
                shown[member] = value;
            }
        }
        shown
    }
}

fn account(world: &World) -> Value {
    let id = &world.settings.account;
    let subnet = |(id, subnet): (&String, &Subnet)| json!({ "id": id, "zone": subnet.zone, "cidr": subnet.cidr });
    let vpcs = world.ec2().vpcs.iter().map(|(id, vpc)| {
        json!({ "id": id, "cidr": vpc.cidr, "subnets": vpc.subnets.iter().map(subnet).collect::<Vec<_>>() })
    });
    let role = |(name, role): (&String, &Role)| json!({ "arn": format!("arn:aws:iam::{id}:role{}{name}", role.path), "trusts": role.trusts.keys().collect::<Vec<_>>() });
    json!({
        "id": id,
        "region": world.settings.region,
        "caller": world.settings.caller_arn,
        "vpcs": vpcs.collect::<Vec<_>>(),
        "roles": world.iam().roles.iter().map(role).collect::<Vec<_>>(),
    })
}

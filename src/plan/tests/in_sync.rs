//! What is as the file says needs nothing: the builder of accounts and the planner agree on every example.

use super::live::live;
use super::{planned, text};

const EXAMPLES: [(&str, &str); 4] = [
    ("cluster.yaml", include_str!("../../../cluster.yaml")),
    ("every-field.yaml", include_str!("../../../examples/every-field.yaml")),
    ("minimal.yaml", include_str!("../../../examples/minimal.yaml")),
    ("thirty-groups.yaml", include_str!("../../../examples/thirty-groups.yaml")),
];

#[test]
fn every_example_that_is_there_needs_nothing() {
    for (name, file) in EXAMPLES {
        let account = live(&file);
        assert!(account.addresses().len() > 1, "{name}: {:?}", account.addresses());
        let plan = planned("--prune", &file, &account);
        assert!(plan.actions.is_empty() && plan.in_sync(), "{name}: {}", text::text(&plan));
    }
}

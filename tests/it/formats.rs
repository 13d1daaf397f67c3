//! Plans as JSON and as graphs.

use jsonschema::Validator;
use serde_json::{Value, json};
use trueup::plan::{Document, Plan};
use trueup::report::{dot, mermaid, plan_schema};

use crate::bench::{Bench, full_consent};
use crate::story::files;

fn validator() -> Validator {
    jsonschema::validator_for(&plan_schema()).unwrap()
}

/// A plan's JSON, which fits the schema and comes back as it went.
fn checked(plan: &Plan) -> Value {
    let document = plan.document();
    let json = serde_json::to_value(&document).unwrap();
    let errors: Vec<String> = validator().iter_errors(&json).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!(serde_json::from_value::<Document>(json.clone()).unwrap(), document);
    json
}

/// A plan with updates, a disruption, a step without a way back, blockers and notes.
async fn eventful() -> Plan {
    let mut bench = Bench::new("cluster.yaml");
    bench.edit("/cluster/version", json!("1.33"));
    bench.edit("/cluster/accessConfig/authenticationMode", json!("API_AND_CONFIG_MAP"));
    bench.apply_fully().await;
    bench.edit("/cluster/version", json!("1.34"));
    bench.edit("/cluster/accessConfig/authenticationMode", json!("API"));
    bench.edit("/nodegroups/1/version", json!("1.34"));
    bench.edit("/nodegroups/1/diskSize", json!(200));
    bench.edit("/nodegroups/2/labels/\"quoted\"", json!(null));
    bench.plan().await
}

#[tokio::test(start_paused = true)]
async fn the_plan_of_every_example_fits_the_schema() {
    for file in files() {
        let bench = Bench::new(&file);
        let json = checked(&bench.plan().await);
        assert_eq!(json["summary"]["inSync"], false, "{file}");
        assert_eq!(json["actions"].as_array().unwrap().len(), json["summary"]["actions"], "{file}");
    }
    checked(&Bench::applied("cluster.yaml").await.plan().await);
}

#[tokio::test(start_paused = true)]
async fn what_a_person_is_told_a_script_is_told_too() {
    let json = checked(&eventful().await);
    let action = |id: &str| json["actions"].as_array().unwrap().iter().find(|it| it["id"] == id).unwrap().clone();
    let mode = action("cluster/gitlab-runners UpdateClusterConfig (access config, to API)");
    assert_eq!((&mode["call"], &mode["part"]), (&json!("UpdateClusterConfig"), &json!("access config, to API")));
    assert_eq!(mode["irreversible"], true);
    assert_eq!(mode["disruption"]["effect"], "mayLockOut");
    assert!(mode["blocked"]["hint"].as_str().unwrap().contains("--allow-disruption"), "{mode:#}");
    assert_eq!(mode["changes"][0]["from"], json!({ "text": "API_AND_CONFIG_MAP" }));
    assert_eq!(mode["changes"][0]["to"], json!({ "text": "API" }));
    let roll = action("nodegroup/jobs UpdateNodegroupVersion");
    assert_eq!(roll["disruption"], json!({ "effect": "drains", "nodes": 1, "because": "EKS replaces every node" }));
    assert_eq!(roll["after"]["cluster/gitlab-runners UpdateClusterVersion"], "needs");
    let blocked = json["changes"].as_array().unwrap().iter().find(|it| it["address"] == "nodegroup/jobs").unwrap();
    let disk = blocked["fields"].as_array().unwrap().iter().find(|it| it["name"] == "diskSize").unwrap();
    assert!(disk["blocker"]["why"].as_str().unwrap().contains("only a new resource"), "{disk:#}");
    assert_eq!(json["consent"]["disruption"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn the_graph_is_drawn() {
    let document = eventful().await.document();
    insta::assert_snapshot!("graph_dot", dot(&document));
    insta::assert_snapshot!("graph_mermaid", mermaid(&document));
}

#[tokio::test(start_paused = true)]
async fn labels_of_a_graph_are_escaped() {
    let mut bench = Bench::new("cluster.yaml");
    bench.consent = full_consent();
    let mut document = bench.plan().await.document();
    document.cluster = "a \"b\\ c]".to_owned();
    document.actions[0].address.name = "say \"hi\" <b>&\\".to_owned();
    document.actions[0].id.0 = format!("{} create", document.actions[0].address);
    let dot = dot(&document);
    assert!(dot.contains(r#"label="a \"b\\ c] in us-east-1"#), "{dot}");
    assert!(dot.contains(r#"cluster/say \"hi\" <b>&\\\ncreate"#), "{dot}");
    let mermaid = mermaid(&document);
    assert!(mermaid.contains("cluster/say #34;hi#34; #60;b#62;#38;#92;<br>create"), "{mermaid}");
}

//! A saved plan is a promise, not a program: carried out as it was saved, or refused before anything is changed.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use trueup::apply::Ending;
use trueup::plan::{Consent, Document, Unreadable};

use crate::audience::{Scripted, finishes};
use crate::bench::{Bench, every_disruption, full_consent, nodegroup, scaling_group_of};
use crate::story::files;

/// A plan that went to disk and came back.
async fn saved(bench: &Bench) -> Document {
    Document::from_json(&serde_json::to_vec(&bench.plan().await.document()).unwrap()).unwrap()
}

/// A label to add on one group, a size to change on another, a log type to switch on, a version without a way back.
async fn with_changes() -> Bench {
    let mut bench = Bench::new("cluster.yaml");
    bench.edit("/cluster/version", json!("1.33"));
    bench.edit("/nodegroups/1/version", json!("1.33"));
    bench.apply_fully().await;
    bench.edit("/cluster/logging", json!(["api"]));
    bench.edit("/nodegroups/0/scalingConfig/maxSize", json!(9));
    bench.edit("/nodegroups/1/labels/tier", json!("gold"));
    bench.later().await;
    bench
}

/// What the refusal says. Nothing was sent that changes anything.
async fn refusal(bench: &Bench) -> String {
    let before = bench.mutations().len();
    let ending = bench.apply().await;
    assert_eq!(bench.mutations().len(), before, "something was changed");
    let Ending::Stale(differences) = ending else { panic!("it was not refused: {ending:#?}") };
    assert!(!differences.is_empty());
    differences.join("\n")
}

#[tokio::test(start_paused = true)]
async fn a_saved_plan_of_every_example_is_carried_out() {
    for file in files() {
        let mut bench = Bench::new(&file);
        bench.promise = Some(saved(&bench).await);
        let ending = bench.apply().await;
        assert!(matches!(ending, Ending::Done(..)), "{file}: {ending:#?}");
        // Once more, it is what was, and no longer what would be done.
        let again = refusal(&bench).await;
        assert!(again.contains("was saved, and is not planned now"), "{file}: {again}");
        bench.later().await;
        bench.promise = Some(saved(&bench).await);
        assert!(matches!(bench.apply().await, Ending::InSync(_)), "{file}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_no_action_uses_does_not_matter() {
    let mut bench = with_changes().await;
    bench.promise = Some(saved(&bench).await);
    bench.tamper(|world| {
        nodegroup(world, "jobs").config.scaling.desired += 1;
        scaling_group_of(world, "jobs").desired_capacity += 1;
        nodegroup(world, "jobs").tags.insert("cost-centre".to_owned(), "42".to_owned());
    });
    let ending = bench.apply().await;
    assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
}

#[tokio::test(start_paused = true)]
async fn targets_are_saved_and_used() {
    let mut bench = with_changes().await;
    bench.targets = vec!["nodegroup/jobs".to_owned()];
    let promise = saved(&bench).await;
    assert_eq!(promise.targets, bench.targets);
    bench.promise = Some(promise);
    bench.targets = vec!["nodegroup/*".to_owned()];
    assert_eq!(refusal(&bench).await, "--target: nodegroup/jobs in the saved plan, nodegroup/* now");
    bench.targets = vec!["nodegroup/jobs".to_owned()];
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    let max = bench.tamper(|world| nodegroup(world, "management").config.scaling.max);
    assert_ne!(max, 9, "what is outside of the targets was changed");
}

#[tokio::test(start_paused = true)]
async fn another_file_or_another_aws_makes_it_stale() {
    let mut bench = with_changes().await;
    let promise = saved(&bench).await;
    bench.promise = Some(promise.clone());
    bench.edit("/nodegroups/1/labels/tier", json!("silver"));
    let said = refusal(&bench).await;
    let label =
        "nodegroup/jobs UpdateNodegroupConfig: labels: saved (none) → { tier: gold }, now (none) → { tier: silver }";
    assert!(said.ends_with(label), "{said}");
    bench.edit("/nodegroups/1/labels/tier", json!("gold"));
    bench.edit("/nodegroups/2/labels/more", json!("labels"));
    let said = refusal(&bench).await;
    assert!(said.ends_with("nodegroup/jobs-arm64 UpdateNodegroupConfig: is planned now, and was not saved"), "{said}");
    bench.edit("/nodegroups/2/labels/more", Value::Null);
    bench.edit("/cluster/logging", Value::Null);
    let said = refusal(&bench).await;
    assert_eq!(said, "cluster/gitlab-runners UpdateClusterConfig (logging): was saved, and is not planned now");
    bench.edit("/cluster/logging", json!(["api"]));
    bench.tamper(|world| nodegroup(world, "management").config.scaling.max = 12);
    let said = refusal(&bench).await;
    assert!(said.contains("scalingConfig.maxSize: saved"), "{said}");
}

type Forgery = (&'static str, fn(&mut Value), &'static str);

const FORGERIES: &[Forgery] = &[
    ("a deletion", |plan| plan["actions"][0]["operation"] = json!("delete"), "it does something else"),
    ("another call", |plan| plan["actions"][0]["call"] = json!("UpdateClusterVersion"), "it does something else"),
    ("another part", |plan| plan["actions"][0]["part"] = json!("vpc"), "it does something else"),
    ("another address", |plan| plan["actions"][0]["address"] = json!("cluster/other"), "it does something else"),
    (
        "another id",
        |plan| plan["actions"][0]["id"] = json!("cluster/other delete"),
        "was saved, and is not planned now",
    ),
    ("a value", |plan| plan["actions"][0]["changes"][0]["to"] = json!({ "set": ["audit"] }), "logging: saved"),
    ("no value", |plan| plan["actions"][0]["changes"] = json!([]), "which was not saved"),
    ("a way back", |plan| plan["actions"][0]["irreversible"] = json!(true), "other than saved"),
    (
        "a blocker",
        |plan| plan["actions"][0]["blocked"] = json!({ "why": "so", "hint": "no" }),
        "it was blocked when saved",
    ),
    (
        "an order",
        |plan| plan["actions"][0]["after"] = json!({ "cluster/other delete": "needs" }),
        "its place in the order",
    ),
    ("a gap", |plan| drop(plan["actions"].as_array_mut().unwrap().pop()), "is planned now, and was not saved"),
    (
        "one twice",
        |plan| {
            let first = plan["actions"][0].clone();
            plan["actions"].as_array_mut().unwrap().push(first);
        },
        "names an action twice",
    ),
    ("account", |plan| plan["account"] = json!("444455556666"), "account: 444455556666 in the saved plan"),
    ("region", |plan| plan["region"] = json!("eu-west-1"), "region: eu-west-1 in the saved plan"),
    ("cluster", |plan| plan["cluster"] = json!("production"), "cluster: production in the saved plan"),
    ("version", |plan| plan["trueup"] = json!("99.0.0"), "version of trueup: 99.0.0 in the saved plan"),
    ("consent", |plan| plan["consent"]["disruption"] = json!(["*"]), "--allow-disruption: the plan was made with it"),
];

#[tokio::test(start_paused = true)]
async fn a_forged_plan_is_refused() {
    let mut bench = with_changes().await;
    let genuine = serde_json::to_value(saved(&bench).await).unwrap();
    for (what, forge, says) in FORGERIES {
        let mut forged = genuine.clone();
        forge(&mut forged);
        assert_ne!(forged, genuine, "{what}");
        bench.promise = Some(serde_json::from_value(forged).unwrap());
        let said = refusal(&bench).await;
        assert!(said.contains(says), "{what}: {said}");
    }
    bench.promise = Some(serde_json::from_value(genuine).unwrap());
    assert!(matches!(bench.apply().await, Ending::Done(..)));
}

type Flag = (&'static str, fn(&mut Consent, bool));

#[tokio::test(start_paused = true)]
async fn consent_comes_from_the_command_line_only() {
    let mut bench = with_changes().await;
    bench.edit("/cluster/version", json!("1.34"));
    bench.edit("/nodegroups/1/version", json!("1.34"));
    let flags: [Flag; 2] = [
        ("--prune", |consent, given| consent.prune = given),
        ("--allow-disruption", |consent, given| consent.disruption = if given { every_disruption() } else { vec![] }),
    ];
    for (flag, give) in flags {
        for given in [false, true] {
            bench.consent = Consent::default();
            give(&mut bench.consent, given);
            bench.promise = Some(saved(&bench).await);
            give(&mut bench.consent, !given);
            let (then, now) = if given { ("with", "without") } else { ("without", "with") };
            assert_eq!(refusal(&bench).await, format!("{flag}: the plan was made {then} it, and this is {now} it"));
        }
    }
    bench.consent = Consent { irreversible: false, ..full_consent() };
    bench.promise = Some(saved(&bench).await);
    // Where no step is without a way back, the word for such steps does not matter.
    bench.consent = full_consent();
    assert!(matches!(bench.apply().await, Ending::Done(..)));
}

#[tokio::test(start_paused = true)]
async fn what_has_no_way_back_needs_its_own_word() {
    let mut bench = Bench::new("cluster.yaml");
    bench.edit("/cluster/accessConfig/authenticationMode", json!("API_AND_CONFIG_MAP"));
    bench.apply_fully().await;
    bench.edit("/cluster/accessConfig/authenticationMode", json!("API"));
    bench.consent = full_consent();
    let promise = saved(&bench).await;
    assert!(promise.irreversible());
    bench.promise = Some(promise);
    bench.consent.irreversible = false;
    let said = refusal(&bench).await;
    assert_eq!(said, "--allow-irreversible: the plan was made with it or on a terminal, and this is without it");
    bench.consent.irreversible = true;
    assert!(matches!(bench.apply().await, Ending::Done(..)));
}

/// The autoscaler has nodes removed: fewer are drained than was saved. Or added, where they are terminated: more.
#[tokio::test(start_paused = true)]
async fn fewer_nodes_keep_the_promise_and_more_break_it() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.consent = full_consent();
    bench.file["nodegroups"].as_array_mut().unwrap().truncate(2);
    let nodes = |bench: &Bench, desired: u32| {
        bench.tamper(|world| {
            nodegroup(world, "jobs-arm64").config.scaling.desired = desired.into();
            scaling_group_of(world, "jobs-arm64").desired_capacity = desired.into();
        });
    };
    nodes(&bench, 3);
    bench.promise = Some(saved(&bench).await);
    nodes(&bench, 4);
    let said = refusal(&bench).await;
    assert!(said.contains("it disrupts more than was saved") && said.contains("4 nodes"), "{said}");
    nodes(&bench, 2);
    assert!(matches!(bench.apply().await, Ending::Done(..)));
}

#[tokio::test(start_paused = true)]
async fn later_rounds_stay_within_what_was_saved() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.edit("/nodegroups/1/labels/more", json!("labels"));
    bench.promise = Some(saved(&bench).await);
    let mut meddler = Scripted::once(&bench.mount, finishes, |world| {
        let before = nodegroup(world, "jobs").config.labels.insert("meddled".to_owned(), "with".to_owned());
        assert_eq!(before, None);
    });
    let ending = bench.apply_before(&mut meddler).await;
    assert!(matches!(ending, Ending::Strayed(..)), "{ending:#?}");
    assert!(bench.tamper(|world| nodegroup(world, "jobs").config.labels.contains_key("meddled")));
}

#[test]
fn what_is_no_plan_says_so() {
    for text in ["", "{", "[]", "null", "{\"formatVersion\": 1}", "{\"formatVersion\": \"1.0\"}", "\u{0}"] {
        assert!(matches!(Document::from_json(text.as_bytes()), Err(Unreadable::NoPlan(_))), "{text}");
    }
    let other = Document::from_json(b"{\"formatVersion\": \"2.0\", \"all\": \"else\"}").unwrap_err();
    assert_eq!(other.to_string(), "format: 2.0 in the saved plan, 1.0 now");
}

fn trueup(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trueup"));
    command.args(arguments).current_dir(folder).env_clear().env("HOME", folder).output().unwrap()
}

/// One role plans and another applies, as in the pipeline: from nothing, when EKS will make an entry for whoever applies.
#[test]
fn a_reading_role_plans_for_a_writing_one() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/cluster.yaml"), folder.path().join("cluster.yaml")).unwrap();
    let run = |arguments: &[&str]| {
        let output = trueup(folder.path(), arguments);
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let turn = |from: &str, to: &str| {
        let path = folder.path().join(".trueup/sandbox.json");
        let (from, to) = (format!("assumed-role/{from}/"), format!("assumed-role/{to}/"));
        let world = std::fs::read_to_string(&path).unwrap();
        assert!(world.contains(&from));
        std::fs::write(path, world.replace(&from, &to)).unwrap();
    };
    assert_eq!(run(&["sandbox", "reset"]).0, Some(0));
    turn("trueup-apply", "trueup-plan");
    let applier = "arn:aws:iam::111122223333:role/trueup-apply";
    assert_eq!(run(&["plan", "--sandbox", "--out", "own.json"]).0, Some(0));
    assert_eq!(run(&["plan", "--sandbox", "--out", "plan.json", "--applied-by", applier]).0, Some(0));
    for nobody in
        ["", "trueup-apply", "arn:aws:iam::111122223333:role/", "arn:aws:iam::111122223333:role/trueup-apply "]
    {
        assert_eq!(run(&["plan", "--sandbox", "--applied-by", nobody]).0, Some(64), "{nobody:?}");
    }
    let (code, said) = run(&["plan", "--sandbox", "--applied-by", "arn:aws:iam::444455556666:role/trueup-apply"]);
    assert!(code == Some(64) && said.contains("account 444455556666"), "{said}");
    turn("trueup-plan", "trueup-apply");
    let (code, said) = run(&["apply", "--sandbox", "--plan", "own.json"]);
    let why = "the plan was made for role/trueup-plan and this is role/trueup-apply";
    assert!(code == Some(6) && said.contains(why) && said.contains("--applied-by"), "{said}");
    let (code, said) = run(&["apply", "--sandbox", "--plan", "plan.json"]);
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn a_person_saves_a_plan_and_applies_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/cluster.yaml"), folder.path().join("cluster.yaml")).unwrap();
    let run = |arguments: &[&str]| {
        let output = trueup(folder.path(), arguments);
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.code().unwrap(), text)
    };
    assert_eq!(run(&["plan", "--sandbox", "--out", "plan.json"]).0, 0);
    let apply = ["apply", "--sandbox", "--plan", "plan.json"];
    let (code, text) = run(&[&apply[..], &["--allow-disruption"]].concat());
    assert_eq!(code, 6, "{text}");
    assert!(text.contains("\n  --allow-disruption: the plan was made without it, and this is with it\n"), "{text}");
    assert!(text.contains("nothing was changed"), "{text}");
    let (code, text) = run(&apply);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("AWS is as the file says"), "{text}");
    let (code, text) = run(&apply);
    assert_eq!(code, 6, "{text}");
    assert!(text.contains("cluster/gitlab-runners create: was saved, and is not planned now"), "{text}");
    std::fs::write(folder.path().join("plan.json"), "{\"formatVersion\": \"7.0\"}").unwrap();
    let (code, text) = run(&apply);
    assert_eq!(code, 6, "{text}");
    assert!(text.contains("format: 7.0 in the saved plan, 1.0 now"), "{text}");
    std::fs::write(folder.path().join("plan.json"), "version: 1").unwrap();
    let (code, text) = run(&apply);
    assert_eq!(code, 3, "{text}");
    assert!(text.contains("plan.json is no saved plan: expected value at line 1 column 1"), "{text}");
    let (code, text) = run(&["apply", "--sandbox", "--plan", "gone.json"]);
    assert_eq!(code, 3, "{text}");
    assert!(text.contains("gone.json is no saved plan: No such file"), "{text}");
    assert_eq!(run(&[&apply[..], &["--target", "nodegroup/jobs"]].concat()).0, 64);
}

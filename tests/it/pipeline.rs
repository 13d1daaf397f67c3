//! The pipeline at the root is what its readers copy: it is well-formed, and its command lines exist.

use std::path::Path;

use clap::Parser;
use serde_json::Value;
use trueup::cli::Cli;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// The keys at the top that are no jobs.
const NO_JOBS: [&str; 4] = ["stages", "workflow", "variables", "default"];

fn pipeline() -> Value {
    let text = std::fs::read_to_string(Path::new(ROOT).join(".gitlab-ci.yml")).unwrap();
    serde_saphyr::from_str(&text).unwrap()
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().map(|text| text.as_str().unwrap()).collect()
}

/// Every job and template, by name.
fn jobs(pipeline: &Value) -> Vec<(&str, &Value)> {
    let all = pipeline.as_object().unwrap().iter();
    all.filter(|(name, _)| !NO_JOBS.contains(&name.as_str())).map(|(name, job)| (name.as_str(), job)).collect()
}

/// The variable with the role that applies, as command lines have it.
const APPLIER: &str = "\"$TRUEUP_APPLY_ROLE_ARN\"";

/// The command lines of a job that run `program`, without the variables that are empty unless somebody sets them.
fn commands<'a>(job: &'a Value, program: &str) -> Vec<Vec<&'a str>> {
    let lines = ["before_script", "script", "after_script"].into_iter().flat_map(|key| texts(&job[key]));
    let commands = lines.flat_map(|line| line.split("&&"));
    let words = commands.map(|command| command.split_whitespace().filter(|word| *word != "$TRUEUP_CONSENT").collect());
    words.filter(|words: &Vec<&str>| words.first() == Some(&program)).collect()
}

#[test]
fn every_command_line_of_trueup_exists() {
    let pipeline = pipeline();
    let mut used = vec![];
    for (name, job) in jobs(&pipeline) {
        for words in commands(job, "trueup") {
            let filled = words.iter().map(|word| word.replace(APPLIER, "arn:aws:iam::111122223333:role/trueup-apply"));
            if let Err(error) = Cli::try_parse_from(filled) {
                panic!("job {name}: {}\n{error}", words.join(" "));
            }
            used.push(words[1]);
        }
    }
    used.sort_unstable();
    assert_eq!(used, ["apply", "drift", "plan", "validate"]);
    assert_eq!(pipeline["variables"]["TRUEUP_CONSENT"]["value"], "");
    Cli::try_parse_from(["trueup", "plan", "--prune", "--allow-disruption"]).expect("the example of TRUEUP_CONSENT");
}

#[test]
fn jobs_refer_to_what_is_there() {
    let pipeline = pipeline();
    let stages = texts(&pipeline["stages"]);
    for (name, job) in jobs(&pipeline) {
        if let Some(template) = job["extends"].as_str() {
            assert!(pipeline[template].is_object(), "{name} extends {template}, which is missing");
        }
        for need in texts(&job["needs"]) {
            let stage = |job: &Value| stages.iter().position(|stage| Some(*stage) == job["stage"].as_str());
            assert!(stage(&pipeline[need]).is_some(), "{name} needs {need}, which is no job");
            assert!(
                name.starts_with('.') || stage(&pipeline[need]) <= stage(job),
                "{name} needs {need}, which is later"
            );
        }
        assert!(name.starts_with('.') || stages.contains(&job["stage"].as_str().unwrap()), "{name} has no stage");
        for script in texts(&job["script"]).iter().filter(|line| line.starts_with(".ci/")) {
            assert!(Path::new(ROOT).join(script).is_file(), "{name} runs {script}, which is missing");
        }
    }
}

#[test]
fn apply_is_by_hand_one_at_a_time_and_held_to_the_plan_that_was_looked_at() {
    let pipeline = pipeline();
    let (plan, apply) = (&pipeline["plan"], &pipeline["apply"]);
    let after = |job: &Value, program: &str, flag: &str| {
        let commands = commands(job, program);
        let words = commands.first().unwrap();
        words.iter().skip_while(|word| **word != flag).nth(1).map(|word| (*word).to_owned())
    };
    let saved = after(plan, "trueup", "--out").expect("the plan is saved");
    assert_eq!(after(apply, "trueup", "--plan").as_ref(), Some(&saved));
    assert_eq!(texts(&plan["artifacts"]["paths"]), [saved.as_str()]);
    assert!(texts(&apply["needs"]).contains(&"plan"));
    let manual = apply["rules"].as_array().unwrap().iter().all(|rule| rule["when"] == "manual");
    assert!(manual, "apply starts by hand only");
    assert_eq!(after(plan, "trueup", "--applied-by").as_deref(), Some(APPLIER));
    assert_eq!(after(&pipeline["drift"], "trueup", "--applied-by").as_deref(), Some(APPLIER));
    assert_eq!(apply["variables"]["AWS_ROLE_ARN"], APPLIER.trim_matches('"'));
    assert_eq!(apply["interruptible"], false);
    assert!(apply["resource_group"].is_string());
    assert_eq!(apply["resource_group"], pipeline["drift"]["resource_group"]);
}

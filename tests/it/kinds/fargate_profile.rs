//! The rows of a Fargate profile, and that profiles come and go one at a time.

use sandbox::{FargateProfile, FargateProfileStatus, World};
use serde_json::{Value, json};
use trueup::apply::Ending;
use trueup::plan::Verb;

use super::Case;
use super::Fate::{self, Refused, Repaired};
use crate::bench::{Bench, every_disruption, text, verb};

cases_in_groups!(rows);

fn profile(world: &mut World) -> &mut FargateProfile {
    let cluster = world.clusters_mut().values_mut().next().unwrap();
    cluster.fargate_profiles.get_mut("batch").unwrap()
}

fn case(field: &'static str, edit: (&'static str, Value), tamper: fn(&mut World), fate: Fate) -> Case {
    Case::new(("fargate-profile", "batch"), field, edit, tamper, fate)
}

fn rows() -> Vec<Case> {
    const OTHER: &str = "arn:aws:iam::111122223333:role/ci/fargate-pods";
    vec![
        case(
            "podExecutionRoleArn",
            ("/fargateProfiles/0/podExecutionRoleArn", json!(OTHER)),
            |w| profile(w).pod_execution_role_arn = OTHER.into(),
            Refused,
        ),
        case(
            "subnets",
            ("/fargateProfiles/0/subnets", json!(["subnet-0b22bbbbbbbbbbbbb"])),
            |w| profile(w).subnets = vec!["subnet-0b22bbbbbbbbbbbbb".into()],
            Refused,
        ),
        case(
            "selectors",
            ("/fargateProfiles/0/selectors/0/namespace", json!("other")),
            |w| drop(profile(w).selectors.pop()),
            Refused,
        ),
        case(
            "tags",
            ("/fargateProfiles/0/tags/owner", json!("another-team")),
            |w| drop(profile(w).tags.insert("retired-key".into(), "back".into())),
            Repaired,
        ),
    ]
}

/// A file with so many profiles.
fn with_profiles(names: &[&str]) -> Bench {
    let mut bench = Bench::new("examples/minimal.yaml");
    let profile = |name: &&str| {
        json!({
            "fargateProfileName": name,
            "podExecutionRoleArn": "arn:aws:iam::111122223333:role/fargate-pods",
            "subnets": ["subnet-0a11aaaaaaaaaaaaa"],
            "selectors": [{ "namespace": name }],
        })
    };
    bench.edit("/fargateProfiles", names.iter().map(profile).collect());
    bench
}

/// EKS refuses a profile while another one of the cluster is being created or deleted.
#[tokio::test(start_paused = true)]
async fn profiles_come_and_go_one_at_a_time() {
    let mut bench = with_profiles(&["one", "two", "three"]);
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    bench.later().await;
    (bench.consent.prune, bench.consent.disruption) = (true, every_disruption());
    bench.edit("/fargateProfiles", json!([]));
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    let profiles = bench.mount.calls().into_iter().filter(|call| call.operation.ends_with("FargateProfile"));
    let refused: Vec<String> = profiles.filter(|call| call.status == 409).map(|call| call.operation).collect();
    assert_eq!(refused, Vec::<String>::new(), "nobody got in another one's way");
}

/// Nobody can tell how many pods run there: that is not none.
#[tokio::test(start_paused = true)]
async fn to_prune_a_profile_takes_consent_to_an_unknown_number_of_pods() {
    let mut bench = with_profiles(&["one"]);
    bench.apply_fully().await;
    bench.later().await;
    bench.consent.prune = true;
    bench.edit("/fargateProfiles", json!([]));
    bench.assert_blocked("delete is disruptive and nobody has consented").await;
    assert!(text(&bench.plan().await).contains("the profile is deleted; ends pods"));
    bench.consent.disruption = vec!["fargate-profile/*".to_owned()];
    assert!(!bench.plan().await.blocked(), "consent to some addresses is consent to these");
    bench.consent.disruption = every_disruption();
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    assert_eq!(verb(&bench.plan().await, "fargate-profile/one"), None);
}

#[tokio::test(start_paused = true)]
async fn a_profile_that_could_not_be_created_is_left_to_a_person() {
    let bench = with_profiles(&["one"]);
    bench.apply_fully().await;
    bench.later().await;
    bench.tamper(|world| {
        let cluster = world.clusters_mut().values_mut().next().unwrap();
        cluster.fargate_profiles.get_mut("one").unwrap().status = FargateProfileStatus::CreateFailed;
    });
    bench.assert_blocked("EKS reports CREATE_FAILED").await;
    assert_eq!(verb(&bench.plan().await, "fargate-profile/one"), Some(Verb::Update));
}

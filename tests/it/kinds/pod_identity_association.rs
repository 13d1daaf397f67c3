//! The rows of a pod identity association, and what its id is for.

use sandbox::{PodIdentityAssociation, World};
use serde_json::{Value, json};
use trueup::apply::Ending;
use trueup::plan::Verb;

use super::Case;
use super::Fate::{self, Repaired};
use crate::bench::{Bench, every_disruption, full_consent, text, verb};

cases_in_groups!(rows);

const ADDRESS: &str = "pod-identity-association/kube-system/cluster-autoscaler";

fn association(world: &mut World) -> &mut PodIdentityAssociation {
    let cluster = world.clusters_mut().values_mut().next().unwrap();
    cluster.pod_identity_associations.values_mut().next().unwrap()
}

fn case(field: &'static str, edit: (&'static str, Value), tamper: fn(&mut World), fate: Fate) -> Case {
    Case::new(("pod-identity-association", "kube-system/cluster-autoscaler"), field, edit, tamper, fate)
}

fn rows() -> Vec<Case> {
    const BEHIND: &str = "arn:aws:iam::444455556666:role/another";
    vec![
        case(
            "roleArn",
            ("/podIdentityAssociations/0/roleArn", json!("arn:aws:iam::111122223333:role/another-workload")),
            |w| association(w).role_arn = "arn:aws:iam::111122223333:role/another-workload".into(),
            Repaired,
        ),
        case(
            "targetRoleArn",
            ("/podIdentityAssociations/0/targetRoleArn", json!(BEHIND)),
            |w| association(w).target_role_arn = Some(BEHIND.into()),
            Repaired,
        ),
        case(
            "disableSessionTags",
            ("/podIdentityAssociations/0/disableSessionTags", json!(false)),
            |w| association(w).disable_session_tags = false,
            Repaired,
        ),
        case(
            "tags",
            ("/podIdentityAssociations/0/tags/owner", json!("another-team")),
            |w| drop(association(w).tags.insert("retired-key".into(), "back".into())),
            Repaired,
        ),
    ]
}

async fn associated() -> Bench {
    let mut bench = Bench::new("examples/minimal.yaml");
    bench.edit(
        "/podIdentityAssociations",
        json!([{
            "namespace": "kube-system",
            "serviceAccount": "cluster-autoscaler",
            "roleArn": "arn:aws:iam::111122223333:role/workload",
        }]),
    );
    bench.apply_fully().await;
    bench.later().await;
    bench
}

/// The id comes from the creation alone; the address never has it.
#[tokio::test(start_paused = true)]
async fn an_association_goes_by_namespace_and_service_account() {
    let bench = associated().await;
    let plan = bench.plan().await;
    assert!(plan.in_sync(), "{}", text(&plan));
    assert_eq!(verb(&plan, ADDRESS), Some(Verb::Keep));
}

/// Whoever made the same one anew gave it another id.
#[tokio::test(start_paused = true)]
async fn one_that_was_made_anew_is_the_same_one_and_not_ours() {
    let bench = associated().await;
    bench.tamper(|world| {
        let cluster = world.clusters_mut().values_mut().next().unwrap();
        let (id, mut theirs) =
            cluster.pod_identity_associations.iter().next().map(|(id, it)| (id.clone(), it.clone())).unwrap();
        cluster.pod_identity_associations.remove(&id);
        theirs.id = "a-another0123456789".to_owned();
        theirs.arn = theirs.arn.replace(&id, &theirs.id);
        theirs.tags.clear();
        cluster.pod_identity_associations.insert(theirs.id.clone(), theirs);
    });
    let plan = bench.plan().await;
    assert!(plan.in_sync(), "{}", text(&plan));
}

/// Its pods lose their role: that is agreed to, or not done.
#[tokio::test(start_paused = true)]
async fn to_prune_one_takes_consent() {
    let mut bench = associated().await;
    bench.edit("/podIdentityAssociations", json!([]));
    bench.consent.prune = true;
    bench.assert_blocked("delete is disruptive and nobody has consented").await;
    bench.consent.disruption = every_disruption();
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    assert_eq!(verb(&bench.plan().await, ADDRESS), None);
}

/// An add-on makes its own, and takes them along.
#[tokio::test(start_paused = true)]
async fn what_an_add_on_owns_stays() {
    let mut bench = associated().await;
    bench.tamper(|world| association(world).owner_arn = Some("arn:aws:eks:us-east-1:111122223333:addon/x".into()));
    bench.edit("/podIdentityAssociations", json!([]));
    bench.consent = full_consent();
    assert!(matches!(bench.apply().await, Ending::InSync(_)));
    assert!(text(&bench.plan().await).contains("is not in the file, and stays: an add-on has made it"));
}

//! Fargate profiles over the EKS API.
//!
//! The central item is [`Remote`] for [`FargateProfile`]. Not here: that they are created one at a time, which is a fact
//! that the planner knows.

use std::collections::BTreeSet;

use aws_sdk_eks::types::{self, FargateProfileSelector, FargateProfileStatus};

use super::FargateProfile;
use crate::aws::{Aws, Fault, absent, unknown_call};
use crate::model::{Blocker, Home, Ref, Seen, State};
use crate::resources::eks::{self, creation_tags, known, tag, untag};
use crate::resources::permissions::{CLUSTER, Condition, IS_OURS};
use crate::resources::tags::{TAG_RESOURCE, UNTAG_RESOURCE};
use crate::resources::{Often, Permission, Read, Remote, Sighting, Started, Step};
use crate::spec::FargateSelector;

const PROFILES: &str = "arn:aws:eks:{region}:{account}:fargateprofile/{cluster}/*/*";
const ROLE: &str = "arn:aws:iam::{account}:role/{cluster}-fargate";
const PASSED_TO_FARGATE: &[Condition] =
    &[("StringEquals", "iam:PassedToService", &["eks-fargate-pods.amazonaws.com", "eks.amazonaws.com"])];

impl Remote for FargateProfile {
    const PERMISSIONS: &'static [Permission] = &[
        Permission::plan("eks:ListFargateProfiles", CLUSTER),
        Permission::plan("eks:DescribeFargateProfile", PROFILES),
        Permission::apply("eks:CreateFargateProfile", CLUSTER),
        Permission::apply("eks:TagResource", PROFILES),
        Permission::apply("eks:UntagResource", PROFILES),
        Permission::apply("eks:DeleteFargateProfile", PROFILES).only(IS_OURS),
        Permission::checked("iam:PassRole", ROLE).only(PASSED_TO_FARGATE),
    ];
    const READING: &'static [Read] = &[
        Read::first("eks:ListFargateProfiles", Often::PerPage(100)),
        Read::first("eks:DescribeFargateProfile", Often::PerNamed),
        Read::second("eks:DescribeFargateProfile", Often::PerOther),
    ];

    /// The list beside everything that the file names.
    async fn list(aws: &Aws, home: &Home, wanted: &[Self]) -> Result<Sighting<Self>, Fault> {
        let (all, seen) = tokio::try_join!(names(aws, &home.cluster), Self::read_many(aws, wanted))?;
        let named: BTreeSet<&str> = wanted.iter().map(|profile| profile.name.as_str()).collect();
        let listed = all.into_iter().filter(|name| !named.contains(name.as_str())).map(|name| Self {
            cluster: home.cluster.clone(),
            region: home.region.clone(),
            name,
            ..Self::default()
        });
        Ok(Sighting { seen, listed: listed.collect() })
    }

    async fn read(&self, aws: &Aws) -> Result<Option<Seen<Self>>, Fault> {
        let profile = aws
            .eks
            .describe_fargate_profile(|request| request.cluster_name(&self.cluster).fargate_profile_name(&self.name));
        Ok(absent(profile.await)?.map(|profile| self.seen(profile)))
    }

    async fn create(&self, aws: &Aws, token: &str) -> Result<Started, Fault> {
        let selectors = self.selectors.iter().map(sent).collect();
        let profile = aws.eks.create_fargate_profile(|request| {
            request
                .cluster_name(&self.cluster)
                .fargate_profile_name(&self.name)
                .set_pod_execution_role_arn(self.pod_execution_role.known().map(str::to_owned))
                .set_subnets(Some(self.subnets.iter().cloned().collect()))
                .set_selectors(Some(selectors))
                .set_tags(Some(creation_tags(&self.tags, &self.region, &self.cluster)))
                .client_request_token(token)
        });
        Ok(Started { outputs: self.seen(profile.await?).outputs, ..Started::default() })
    }

    async fn update(&self, _from: &Self, step: &Step<'_>, aws: &Aws) -> Result<Started, Fault> {
        match step.call {
            TAG_RESOURCE => tag(aws, step).await,
            UNTAG_RESOURCE => untag(aws, step).await,
            call => Err(unknown_call(call)),
        }
    }

    async fn delete(&self, aws: &Aws) -> Result<Started, Fault> {
        let profile = aws
            .eks
            .delete_fargate_profile(|request| request.cluster_name(&self.cluster).fargate_profile_name(&self.name));
        profile.await?;
        Ok(Started::default())
    }
}

impl FargateProfile {
    fn seen(&self, profile: types::FargateProfile) -> Seen<Self> {
        let state = state(&profile);
        let tags = profile.tags.unwrap_or_default();
        let resource = Self {
            cluster: self.cluster.clone(),
            region: self.region.clone(),
            name: profile.fargate_profile_name.unwrap_or_default(),
            pod_execution_role: Ref::Literal(profile.pod_execution_role_arn.unwrap_or_default()),
            subnets: profile.subnets.unwrap_or_default().into_iter().collect(),
            selectors: profile.selectors.unwrap_or_default().into_iter().map(received).collect(),
            tags: known(&tags),
        };
        let (arn, uid) = (profile.fargate_profile_arn.clone(), profile.fargate_profile_arn);
        Seen { state, uid, ..eks::seen(resource, arn, &tags, &self.region, &self.cluster) }
    }
}

async fn names(aws: &Aws, cluster: &str) -> Result<Vec<String>, Fault> {
    let names = aws.eks.list_fargate_profiles(|request| request.cluster_name(cluster)).await;
    Ok(absent(names)?.unwrap_or_default())
}

fn state(profile: &types::FargateProfile) -> State {
    match &profile.status {
        Some(FargateProfileStatus::Active) => State::Ready,
        Some(FargateProfileStatus::Creating) => State::Making("CREATING".to_owned()),
        Some(FargateProfileStatus::Deleting) => State::Leaving("DELETING".to_owned()),
        Some(FargateProfileStatus::CreateFailed) => State::Broken(why(profile, "CREATE_FAILED")),
        Some(FargateProfileStatus::DeleteFailed) => State::Stuck(Blocker::new(
            why(profile, "DELETE_FAILED"),
            "look at it in AWS; once it is repaired or deleted, run again",
        )),
        other => State::Working(other.as_ref().map_or("UNKNOWN", FargateProfileStatus::as_str).to_owned()),
    }
}

fn why(profile: &types::FargateProfile, status: &str) -> String {
    let issues = profile.health().map(types::FargateProfileHealth::issues).unwrap_or_default();
    let texts = issues.iter().map(|issue| {
        format!("{}: {}", issue.code().map_or("issue", |it| it.as_str()), issue.message().unwrap_or("no message"))
    });
    let texts: Vec<String> = texts.collect();
    let reasons = if texts.is_empty() { String::new() } else { format!(": {}", texts.join("; ")) };
    format!("EKS reports {status}{reasons}")
}

fn sent(selector: &FargateSelector) -> FargateProfileSelector {
    let FargateSelector { namespace, labels } = selector;
    let labels = labels.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    FargateProfileSelector::builder().namespace(namespace).set_labels(Some(labels)).build()
}

fn received(selector: FargateProfileSelector) -> FargateSelector {
    let labels = selector.labels.unwrap_or_default().into_iter().collect();
    FargateSelector { namespace: selector.namespace.unwrap_or_default(), labels }
}

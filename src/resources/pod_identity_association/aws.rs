//! Pod identity associations over the EKS API.
//!
//! The central item is [`Remote`] for [`PodIdentityAssociation`]. Every call takes effect at once. The id that requests
//! need is in the reply to the creation and in the list, so that one that is only named is looked up there.

use aws_sdk_eks::types;

use super::{PodIdentityAssociation, UPDATE};
use crate::aws::{Aws, Fault, FaultKind, absent, unknown_call};
use crate::model::{Home, Output, Outputs, Ref, Seen};
use crate::resources::eks::{self, creation_tags, known, tag, untag};
use crate::resources::permissions::{CLUSTER, Condition, IS_OURS};
use crate::resources::tags::{TAG_RESOURCE, UNTAG_RESOURCE};
use crate::resources::{Often, Permission, Read, Remote, Sighting, Started, Step};

const ASSOCIATIONS: &str = "arn:aws:eks:{region}:{account}:podidentityassociation/{cluster}/*";
/// Roles for pods, whatever they are called.
const ROLES: &str = "arn:aws:iam::{account}:role/*";
const PASSED_TO_PODS: &[Condition] = &[("StringEquals", "iam:PassedToService", &["pods.eks.amazonaws.com"])];

impl Remote for PodIdentityAssociation {
    const PERMISSIONS: &'static [Permission] = &[
        Permission::plan("eks:ListPodIdentityAssociations", CLUSTER),
        Permission::plan("eks:DescribePodIdentityAssociation", ASSOCIATIONS),
        Permission::apply("eks:CreatePodIdentityAssociation", CLUSTER),
        Permission::apply("eks:UpdatePodIdentityAssociation", ASSOCIATIONS),
        Permission::apply("eks:TagResource", ASSOCIATIONS),
        Permission::apply("eks:UntagResource", ASSOCIATIONS),
        Permission::apply("eks:DeletePodIdentityAssociation", ASSOCIATIONS).only(IS_OURS),
        Permission::checked("iam:GetRole", ROLES),
        Permission::checked("iam:PassRole", ROLES).only(PASSED_TO_PODS),
    ];
    const READING: &'static [Read] = &[
        Read::first("eks:ListPodIdentityAssociations", Often::PerPage(100)),
        Read::second("eks:DescribePodIdentityAssociation", Often::PerNamed),
        Read::second("eks:DescribePodIdentityAssociation", Often::PerOther),
    ];

    /// Nothing can be described before the list has told its id.
    async fn list(aws: &Aws, home: &Home, _: &[Self]) -> Result<Sighting<Self>, Fault> {
        let all = aws.eks.list_pod_identity_associations(|request| request.cluster_name(&home.cluster)).await;
        let listed = absent(all)?.unwrap_or_default().into_iter().map(|summary| Self {
            cluster: home.cluster.clone(),
            region: home.region.clone(),
            id: summary.association_id,
            ..Self::of(&summary.namespace.unwrap_or_default(), &summary.service_account.unwrap_or_default())
        });
        Ok(Sighting { seen: vec![], listed: listed.collect() })
    }

    async fn read(&self, aws: &Aws) -> Result<Option<Seen<Self>>, Fault> {
        let Some(id) = self.known_id(aws).await? else { return Ok(None) };
        let association =
            aws.eks.describe_pod_identity_association(|request| request.cluster_name(&self.cluster).association_id(id));
        Ok(absent(association.await)?.map(|association| self.seen(association)))
    }

    async fn create(&self, aws: &Aws, token: &str) -> Result<Started, Fault> {
        let association = aws.eks.create_pod_identity_association(|request| {
            request
                .cluster_name(&self.cluster)
                .namespace(&self.namespace)
                .service_account(&self.service_account)
                .set_role_arn(self.role.known().map(str::to_owned))
                .set_target_role_arn(self.target_role.clone())
                .set_disable_session_tags(self.disable_session_tags)
                .set_tags(Some(creation_tags(&self.tags, &self.region, &self.cluster)))
                .client_request_token(token)
        });
        Ok(Started { outputs: outputs(&association.await?), ..Started::default() })
    }

    async fn update(&self, _from: &Self, step: &Step<'_>, aws: &Aws) -> Result<Started, Fault> {
        match step.call {
            UPDATE => self.change(step, aws).await,
            TAG_RESOURCE => tag(aws, step).await,
            UNTAG_RESOURCE => untag(aws, step).await,
            call => Err(unknown_call(call)),
        }
    }

    async fn delete(&self, aws: &Aws) -> Result<Started, Fault> {
        let id = self.needed_id(aws).await?;
        let association =
            aws.eks.delete_pod_identity_association(|request| request.cluster_name(&self.cluster).association_id(id));
        association.await?;
        Ok(Started::default())
    }
}

impl PodIdentityAssociation {
    async fn known_id(&self, aws: &Aws) -> Result<Option<String>, Fault> {
        if self.id.is_some() {
            return Ok(self.id.clone());
        }
        let found = aws.eks.list_pod_identity_associations(|request| {
            request.cluster_name(&self.cluster).namespace(&self.namespace).service_account(&self.service_account)
        });
        Ok(absent(found.await)?.into_iter().flatten().find_map(|summary| summary.association_id))
    }

    async fn needed_id(&self, aws: &Aws) -> Result<String, Fault> {
        self.known_id(aws).await?.ok_or_else(|| {
            let message = format!("there is no association of {}", self.name);
            Fault::new(FaultKind::NotFound, "eks", "ListPodIdentityAssociations", message)
        })
    }

    async fn change(&self, step: &Step<'_>, aws: &Aws) -> Result<Started, Fault> {
        let id = self.needed_id(aws).await?;
        let association = aws.eks.update_pod_identity_association(|request| {
            request
                .cluster_name(&self.cluster)
                .association_id(id)
                .set_role_arn(self.role.known().filter(|_| step.carries("roleArn")).map(str::to_owned))
                .set_target_role_arn(self.target_role.clone().filter(|_| step.carries("targetRoleArn")))
                .set_disable_session_tags(self.disable_session_tags.filter(|_| step.carries("disableSessionTags")))
                .client_request_token(step.token)
        });
        association.await?;
        Ok(Started::default())
    }

    fn seen(&self, association: types::PodIdentityAssociation) -> Seen<Self> {
        let outputs = outputs(&association);
        let tags = association.tags.unwrap_or_default();
        let resource = Self {
            cluster: self.cluster.clone(),
            region: self.region.clone(),
            role: Ref::Literal(association.role_arn.unwrap_or_default()),
            target_role: Some(association.target_role_arn.unwrap_or_default()),
            disable_session_tags: Some(association.disable_session_tags.unwrap_or(false)),
            tags: known(&tags),
            id: association.association_id.clone(),
            of_an_addon: association.owner_arn.is_some(),
            ..Self::of(&association.namespace.unwrap_or_default(), &association.service_account.unwrap_or_default())
        };
        let seen = eks::seen(resource, association.association_arn, &tags, &self.region, &self.cluster);
        Seen { outputs, uid: association.association_id, ..seen }
    }
}

fn outputs(association: &types::PodIdentityAssociation) -> Outputs {
    Outputs::default().with(Output::Arn, association.association_arn()).with(Output::Id, association.association_id())
}

//! Access entries over the EKS API.
//!
//! The central item is [`Remote`] for [`AccessEntry`]. Every call takes effect at once; none starts an update. Not
//! here: which call comes before which (`plan/laws/access.rs`).

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_eks::types::{self, AccessScope, AccessScopeType, AssociatedAccessPolicy};

use super::{ASSOCIATE, AccessEntry, DISASSOCIATE, Scope, UPDATE, short_name};
use crate::aws::{Aws, Fault, FaultKind, absent, unknown_call};
use crate::model::{Home, Output, Outputs, Seen};
use crate::resources::eks::{creation_tags, known, seen, tag, untag};
use crate::resources::permissions::{CLUSTER, IS_OURS};
use crate::resources::tags::{TAG_RESOURCE, UNTAG_RESOURCE};
use crate::resources::{Often, Permission, Read, Remote, Sighting, Started, Step};

const ENTRIES: &str = "arn:aws:eks:{region}:{account}:access-entry/{cluster}/*";

impl Remote for AccessEntry {
    const PERMISSIONS: &'static [Permission] = &[
        Permission::plan("eks:ListAccessEntries", CLUSTER),
        Permission::plan("eks:DescribeAccessEntry", ENTRIES),
        Permission::plan("eks:ListAssociatedAccessPolicies", ENTRIES),
        Permission::apply("eks:CreateAccessEntry", CLUSTER),
        Permission::apply("eks:UpdateAccessEntry", ENTRIES),
        Permission::apply("eks:AssociateAccessPolicy", ENTRIES),
        Permission::apply("eks:DisassociateAccessPolicy", ENTRIES),
        Permission::apply("eks:TagResource", ENTRIES),
        Permission::apply("eks:UntagResource", ENTRIES),
        Permission::apply("eks:DeleteAccessEntry", ENTRIES).only(IS_OURS),
    ];
    const READING: &'static [Read] = &[
        Read::first("eks:ListAccessEntries", Often::PerPage(100)),
        Read::first("eks:DescribeAccessEntry", Often::PerNamed),
        Read::first("eks:ListAssociatedAccessPolicies", Often::PerNamed),
        Read::second("eks:DescribeAccessEntry", Often::PerOther),
        Read::second("eks:ListAssociatedAccessPolicies", Often::PerOther),
    ];

    /// The list beside everything that the file names.
    async fn list(aws: &Aws, home: &Home, wanted: &[Self]) -> Result<Sighting<Self>, Fault> {
        let (all, seen) = tokio::try_join!(principals(aws, &home.cluster), Self::read_many(aws, wanted))?;
        let named: BTreeSet<&str> = wanted.iter().map(|entry| entry.principal.as_str()).collect();
        let listed = all.into_iter().filter(|arn| !named.contains(arn.as_str())).map(|principal| Self {
            cluster: home.cluster.clone(),
            region: home.region.clone(),
            name: principal.clone(),
            principal,
            ..Self::default()
        });
        Ok(Sighting { seen, listed: listed.collect() })
    }

    async fn read(&self, aws: &Aws) -> Result<Option<Seen<Self>>, Fault> {
        let (entry, policies) = tokio::try_join!(self.describe(aws), self.associated(aws))?;
        Ok(entry.map(|entry| self.seen(entry, &policies)))
    }

    async fn create(&self, aws: &Aws, token: &str) -> Result<Started, Fault> {
        let entry = aws
            .eks
            .create_access_entry(|request| {
                request
                    .cluster_name(&self.cluster)
                    .principal_arn(&self.principal)
                    .set_type(self.entry_type.clone())
                    .set_kubernetes_groups(
                        self.kubernetes_groups.as_ref().map(|groups| groups.iter().cloned().collect()),
                    )
                    .set_username(self.username.clone())
                    .set_tags(Some(creation_tags(&self.tags, &self.region, &self.cluster)))
                    .client_request_token(token)
            })
            .await?;
        Ok(Started { outputs: outputs(&entry), ..Started::default() })
    }

    async fn update(&self, from: &Self, step: &Step<'_>, aws: &Aws) -> Result<Started, Fault> {
        match step.call {
            UPDATE => self.change(from, step, aws).await,
            ASSOCIATE => self.associate(from, step, aws).await,
            DISASSOCIATE => {
                for policy in step.deltas().flat_map(|delta| delta.unset) {
                    self.disassociate(&policy, aws).await?;
                }
                Ok(Started::default())
            }
            TAG_RESOURCE => tag(aws, step).await,
            UNTAG_RESOURCE => untag(aws, step).await,
            _ => Err(unknown_call(step.call)),
        }
    }

    async fn delete(&self, aws: &Aws) -> Result<Started, Fault> {
        aws.eks
            .delete_access_entry(|request| request.cluster_name(&self.cluster).principal_arn(&self.principal))
            .await?;
        Ok(Started::default())
    }
}

impl AccessEntry {
    async fn describe(&self, aws: &Aws) -> Result<Option<types::AccessEntry>, Fault> {
        let entry = aws
            .eks
            .describe_access_entry(|request| request.cluster_name(&self.cluster).principal_arn(&self.principal))
            .await;
        absent(entry)
    }

    async fn associated(&self, aws: &Aws) -> Result<Vec<AssociatedAccessPolicy>, Fault> {
        let policies = aws
            .eks
            .list_associated_access_policies(|request| {
                request.cluster_name(&self.cluster).principal_arn(&self.principal)
            })
            .await;
        Ok(absent(policies)?.unwrap_or_default())
    }

    /// The call replaces both, so the one that does not change is sent along as it is.
    async fn change(&self, from: &Self, step: &Step<'_>, aws: &Aws) -> Result<Started, Fault> {
        let wanted = self.never_narrower(Some(from));
        let groups = wanted.kubernetes_groups.as_ref().or(from.kubernetes_groups.as_ref());
        aws.eks
            .update_access_entry(|request| {
                request
                    .cluster_name(&self.cluster)
                    .principal_arn(&self.principal)
                    .set_kubernetes_groups(groups.map(|groups| groups.iter().cloned().collect()))
                    .set_username(wanted.username.or_else(|| from.username.clone()))
                    .client_request_token(step.token)
            })
            .await?;
        Ok(Started::default())
    }

    /// AWS' guide says that associating again changes the scope; other clients take the policy away first. So: associate,
    /// look, and only if the scope is still the old one, take it away and associate (facts/eks-semantics.md §1.4).
    async fn associate(&self, from: &Self, step: &Step<'_>, aws: &Aws) -> Result<Started, Fault> {
        let wanted = self.never_narrower(Some(from)).policies.unwrap_or_default();
        for policy in step.deltas().flat_map(|delta| delta.set.into_keys()) {
            let Some(scope) = wanted.get(&policy) else { continue };
            self.grant(&policy, scope, aws).await?;
            if from.policies.as_ref().is_some_and(|had| had.contains_key(&policy)) {
                let now = scopes(&self.associated(aws).await?);
                if now.get(&policy) != Some(scope) {
                    self.may_do_without(&policy)?;
                    self.disassociate(&policy, aws).await?;
                    self.grant(&policy, scope, aws).await?;
                }
            }
        }
        Ok(Started::default())
    }

    /// For a moment, or for good if the second call fails, the principal has the policy nowhere.
    fn may_do_without(&self, policy: &str) -> Result<(), Fault> {
        if !self.callers {
            return Ok(());
        }
        let message = format!(
            "EKS kept the old scope of {policy}; it would have to be taken away and given again, and whoever runs trueup reaches the cluster by it"
        );
        let kind = FaultKind::Declined("run this as another principal that administers the cluster");
        Err(Fault::new(kind, "eks", ASSOCIATE.operation, message))
    }

    async fn grant(&self, policy: &str, scope: &Scope, aws: &Aws) -> Result<(), Fault> {
        aws.eks
            .associate_access_policy(|request| {
                request
                    .cluster_name(&self.cluster)
                    .principal_arn(&self.principal)
                    .policy_arn(self.policy_arn(policy))
                    .access_scope(access_scope(scope))
            })
            .await
    }

    async fn disassociate(&self, policy: &str, aws: &Aws) -> Result<(), Fault> {
        let gone = aws
            .eks
            .disassociate_access_policy(|request| {
                request.cluster_name(&self.cluster).principal_arn(&self.principal).policy_arn(self.policy_arn(policy))
            })
            .await;
        absent(gone).map(drop)
    }

    /// A policy's ARN in the principal's own partition.
    fn policy_arn(&self, policy: &str) -> String {
        if policy.starts_with("arn:") {
            return policy.to_owned();
        }
        let partition = self.principal.split(':').nth(1).unwrap_or("aws");
        format!("arn:{partition}:eks::aws:cluster-access-policy/{policy}")
    }

    fn seen(&self, entry: types::AccessEntry, policies: &[AssociatedAccessPolicy]) -> Seen<Self> {
        let outputs = outputs(&entry);
        let tags = entry.tags.unwrap_or_default();
        let resource = Self {
            cluster: self.cluster.clone(),
            region: self.region.clone(),
            name: self.principal.clone(),
            principal: self.principal.clone(),
            entry_type: entry.r#type,
            kubernetes_groups: Some(entry.kubernetes_groups.unwrap_or_default().into_iter().collect()),
            username: entry.username,
            policies: Some(scopes(policies)),
            tags: known(&tags),
            callers: false,
            creators: false,
            possible: true,
        };
        let uid = entry.access_entry_arn.clone();
        Seen { outputs, uid, ..seen(resource, entry.access_entry_arn, &tags, &self.region, &self.cluster) }
    }
}

/// Part of the ARN is made up, and the path of a role may not be the file's.
fn outputs(entry: &types::AccessEntry) -> Outputs {
    Outputs::default().with(Output::Arn, entry.access_entry_arn()).with(Output::Id, entry.principal_arn())
}

/// ARNs of all principals; none while the cluster has no access entries or is not there.
async fn principals(aws: &Aws, cluster: &str) -> Result<Vec<String>, Fault> {
    let entries = absent(aws.eks.list_access_entries(|request| request.cluster_name(cluster)).await)?;
    Ok(entries.unwrap_or_default())
}

fn scopes(policies: &[AssociatedAccessPolicy]) -> BTreeMap<String, Scope> {
    let scope = |policy: &AssociatedAccessPolicy| match policy.access_scope() {
        Some(scope) if scope.r#type() == Some(&AccessScopeType::Namespace) => {
            Scope::Namespaces(scope.namespaces().iter().cloned().collect())
        }
        _ => Scope::Cluster,
    };
    policies
        .iter()
        .map(|policy| (short_name(policy.policy_arn().unwrap_or_default()).to_owned(), scope(policy)))
        .collect()
}

fn access_scope(scope: &Scope) -> AccessScope {
    let (kind, namespaces) = match scope {
        Scope::Cluster => (AccessScopeType::Cluster, None),
        Scope::Namespaces(names) => (AccessScopeType::Namespace, Some(names.iter().cloned().collect())),
    };
    AccessScope::builder().r#type(kind).set_namespaces(namespaces).build()
}

//! Amazon EKS: every operation that trueup may call.
//!
//! The central type is [`Eks`], which the table makes. Not here: when and with what they are called.

use aws_sdk_eks::types::{
    AccessEntry, AssociatedAccessPolicy, Cluster, ClusterVersionInformation, FargateProfile, Nodegroup,
    PodIdentityAssociation, PodIdentityAssociationSummary, Update,
};

use super::service::operations;

operations! {
    /// Control planes, nodegroups and access entries.
    Eks: "eks", aws_sdk_eks, 40;
    read {
        describe_access_entry: DescribeAccessEntry(DescribeAccessEntryFluentBuilder) -> access_entry: AccessEntry;
        describe_cluster: DescribeCluster(DescribeClusterFluentBuilder) -> cluster: Cluster;
        describe_fargate_profile: DescribeFargateProfile(DescribeFargateProfileFluentBuilder)
            -> fargate_profile: FargateProfile;
        describe_nodegroup: DescribeNodegroup(DescribeNodegroupFluentBuilder) -> nodegroup: Nodegroup;
        describe_pod_identity_association: DescribePodIdentityAssociation(DescribePodIdentityAssociationFluentBuilder)
            -> association: PodIdentityAssociation;
        describe_update: DescribeUpdate(DescribeUpdateFluentBuilder) -> update: Update;
    }
    list {
        describe_cluster_versions: DescribeClusterVersions(DescribeClusterVersionsFluentBuilder)
            -> cluster_versions: ClusterVersionInformation;
        list_access_entries: ListAccessEntries(ListAccessEntriesFluentBuilder) -> access_entries: String;
        list_associated_access_policies: ListAssociatedAccessPolicies(ListAssociatedAccessPoliciesFluentBuilder)
            -> associated_access_policies: AssociatedAccessPolicy;
        list_fargate_profiles: ListFargateProfiles(ListFargateProfilesFluentBuilder)
            -> fargate_profile_names: String;
        list_nodegroups: ListNodegroups(ListNodegroupsFluentBuilder) -> nodegroups: String;
        list_pod_identity_associations: ListPodIdentityAssociations(ListPodIdentityAssociationsFluentBuilder)
            -> associations: PodIdentityAssociationSummary;
    }
    change {
        create_access_entry: CreateAccessEntry(CreateAccessEntryFluentBuilder) -> access_entry: AccessEntry;
        create_cluster: CreateCluster(CreateClusterFluentBuilder) -> cluster: Cluster;
        create_fargate_profile: CreateFargateProfile(CreateFargateProfileFluentBuilder)
            -> fargate_profile: FargateProfile;
        create_nodegroup: CreateNodegroup(CreateNodegroupFluentBuilder) -> nodegroup: Nodegroup;
        create_pod_identity_association: CreatePodIdentityAssociation(CreatePodIdentityAssociationFluentBuilder)
            -> association: PodIdentityAssociation;
        update_cluster_config: UpdateClusterConfig(UpdateClusterConfigFluentBuilder) -> update: Update;
        update_cluster_version: UpdateClusterVersion(UpdateClusterVersionFluentBuilder) -> update: Update;
        update_nodegroup_config: UpdateNodegroupConfig(UpdateNodegroupConfigFluentBuilder) -> update: Update;
        update_nodegroup_version: UpdateNodegroupVersion(UpdateNodegroupVersionFluentBuilder) -> update: Update;
    }
    command {
        associate_access_policy: AssociateAccessPolicy(AssociateAccessPolicyFluentBuilder);
        delete_access_entry: DeleteAccessEntry(DeleteAccessEntryFluentBuilder);
        delete_cluster: DeleteCluster(DeleteClusterFluentBuilder);
        delete_fargate_profile: DeleteFargateProfile(DeleteFargateProfileFluentBuilder);
        delete_nodegroup: DeleteNodegroup(DeleteNodegroupFluentBuilder);
        delete_pod_identity_association: DeletePodIdentityAssociation(DeletePodIdentityAssociationFluentBuilder);
        disassociate_access_policy: DisassociateAccessPolicy(DisassociateAccessPolicyFluentBuilder);
        tag_resource: TagResource(TagResourceFluentBuilder);
        untag_resource: UntagResource(UntagResourceFluentBuilder);
        update_access_entry: UpdateAccessEntry(UpdateAccessEntryFluentBuilder);
        update_pod_identity_association: UpdatePodIdentityAssociation(UpdatePodIdentityAssociationFluentBuilder);
    }
}

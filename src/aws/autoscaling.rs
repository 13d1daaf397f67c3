//! Amazon EC2 Auto Scaling: every operation that trueup may call.
//!
//! The central type is [`AutoScaling`], which the table makes. Not here: when and with what they are called.

use aws_sdk_autoscaling::types::AutoScalingGroup;

use super::service::operations;

operations! {
    /// Auto Scaling groups.
    AutoScaling: "autoscaling", aws_sdk_autoscaling, 4;
    read {}
    list {
        describe_auto_scaling_groups: DescribeAutoScalingGroups(DescribeAutoScalingGroupsFluentBuilder)
            -> auto_scaling_groups: AutoScalingGroup;
    }
    change {}
    command {
        create_or_update_tags: CreateOrUpdateTags(CreateOrUpdateTagsFluentBuilder);
        delete_tags: DeleteTags(DeleteTagsFluentBuilder);
        resume_processes: ResumeProcesses(ResumeProcessesFluentBuilder);
        suspend_processes: SuspendProcesses(SuspendProcessesFluentBuilder);
    }
}

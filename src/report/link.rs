//! The page of AWS' console about a resource.
//!
//! The central function is [`console`]. Only regions and partitions are known here; which page it is, the kind
//! says (`Managed::console_page`).

use crate::model::Address;
use crate::plan::Document;
use crate::resources::KINDS;
use crate::spec::partition;

/// The address of the page about a resource of a plan's cluster.
pub(super) fn console(plan: &Document, address: &Address) -> Option<String> {
    let Document { region, cluster, .. } = plan;
    let kind = KINDS.iter().find(|kind| kind.kind == address.kind)?;
    let page = (kind.console_page)(region, cluster, &address.name)?;
    Some(format!("https://{region}.{}{page}", domain(region)?))
}

/// Each partition of AWS has a console of its own; none is known of the others.
fn domain(region: &str) -> Option<&'static str> {
    match partition(region)? {
        "aws" => Some("console.aws.amazon.com"),
        "aws-cn" => Some("console.amazonaws.cn"),
        "aws-us-gov" => Some("console.amazonaws-us-gov.com"),
        _ => None,
    }
}

//! EKS through real requests. Each test names the row of the facts that it proves.

mod clusters;
mod common;
mod lists;
mod nodegroups;
mod updates;

//! Which Kubernetes versions and machine images there are. There is no central type.
//!
//! A small, fixed selection. Not here: an API that lists it.

/// A Kubernetes version of the region.
struct Offered {
    minor: u32,
    /// The patch level of its images, oldest first.
    patches: &'static [u32],
    extended_support: bool,
}

/// facts §1.1 version, §4 version catalogue
const OFFERED: &[Offered] = &[
    Offered { minor: 31, patches: &[13, 14], extended_support: true },
    Offered { minor: 32, patches: &[9, 10], extended_support: false },
    Offered { minor: 33, patches: &[5, 6], extended_support: false },
    Offered { minor: 34, patches: &[1, 2, 3], extended_support: false },
    Offered { minor: 35, patches: &[0, 1], extended_support: false },
];

/// What a cluster gets if no version is asked for: the default, not the newest (facts §1.1).
pub(super) const DEFAULT_VERSION: &str = "1.34";

/// When the images of a version were made, oldest first; a version has as many images as patches.
const DATES: &[&str] = &["20251016", "20251112", "20251209"];

/// The minor in `1.NN`, of any version whatsoever.
pub(super) fn minor(version: &str) -> Option<u32> {
    version.strip_prefix("1.")?.parse().ok()
}

/// Whether the region offers the version.
pub(super) fn is_offered(version: &str) -> bool {
    offered(version).is_some()
}

/// Whether the version costs extra because standard support is over.
pub(super) fn is_in_extended_support(version: &str) -> bool {
    offered(version).is_some_and(|offered| offered.extended_support)
}

/// The releases of an AMI type for a Kubernetes version, oldest first (facts §1.2 releaseVersion).
pub(super) fn releases(ami_type: &str, version: &str) -> Vec<String> {
    let Some(offered) = offered(version) else { return Vec::new() };
    let images = offered.patches.iter().zip(DATES).enumerate();
    let name = |(number, (patch, date)): (usize, (&u32, &&str))| match ami_type.split('_').next() {
        Some("BOTTLEROCKET") => format!("1.{}.0-{:08x}", 48 + number, 0x5bde_7a00 + number),
        Some("WINDOWS") => format!("{version}-{}.{}.{}", &date[..4], &date[4..6], &date[6..]),
        _ => format!("{version}.{patch}-{date}"),
    };
    images.map(name).collect()
}

/// The exact spelling only: `1.34`, not `1.34.0` (facts §1.1).
fn offered(version: &str) -> Option<&'static Offered> {
    OFFERED.iter().find(|offered| version == format!("1.{}", offered.minor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_has_at_least_two_releases() {
        for offered in OFFERED {
            let version = format!("1.{}", offered.minor);
            for ami_type in ["AL2023_x86_64_STANDARD", "BOTTLEROCKET_ARM_64", "WINDOWS_CORE_2022_x86_64"] {
                assert!(releases(ami_type, &version).len() >= 2, "{ami_type} {version}");
            }
        }
        assert!(is_offered(DEFAULT_VERSION) && !is_offered("1.34.0") && !is_offered("1.20"));
        assert_eq!(releases("AL2023_x86_64_STANDARD", "1.34")[1], "1.34.2-20251112");
    }
}

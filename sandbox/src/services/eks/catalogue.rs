//! Which Kubernetes versions and machine images there are.
//!
//! The central type is [`Offered`], a version. A small, fixed selection: time ends the support of its versions, and
//! brings no new ones. Not here: how the API lists it (`versions`).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How EKS supports a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Support {
    Standard,
    /// It costs extra.
    Extended,
    Ended,
}

/// A Kubernetes version of the region.
pub(super) struct Offered {
    pub(super) minor: u32,
    /// The patch level of its images, oldest first.
    pub(super) patches: &'static [u32],
    /// When, in days after 1970: when EKS first had it, and when its two kinds of support end.
    pub(super) released: u32,
    pub(super) standard_support_ends: u32,
    pub(super) extended_support_ends: u32,
}

impl Offered {
    const fn new(minor: u32, patches: &'static [u32], days: [u32; 3]) -> Self {
        let [released, standard_support_ends, extended_support_ends] = days;
        Self { minor, patches, released, standard_support_ends, extended_support_ends }
    }

    pub(super) fn support(&self, now: SystemTime) -> Support {
        let over = |days: u32| UNIX_EPOCH + Duration::from_hours(u64::from(days) * 24) <= now;
        if over(self.extended_support_ends) {
            Support::Ended
        } else if over(self.standard_support_ends) {
            Support::Extended
        } else {
            Support::Standard
        }
    }

    /// The exact spelling only: `1.34`, not `1.34.0` (facts §1.1).
    pub(super) fn version(&self) -> String {
        format!("1.{}", self.minor)
    }
}

/// facts §1.1 version, §4 version catalogue
const OFFERED: &[Offered] = &[
    Offered::new(31, &[13, 14], [19_992, 20_418, 20_783]),
    Offered::new(32, &[9, 10], [20_111, 20_535, 20_900]),
    Offered::new(33, &[5, 6], [20_237, 20_663, 21_028]),
    Offered::new(34, &[1, 2, 3], [20_363, 20_789, 21_154]),
    Offered::new(35, &[0, 1], [20_441, 20_904, 21_270]),
];

/// What a cluster gets if no version is asked for: the default, not the newest (facts §1.1).
pub(super) const DEFAULT_VERSION: &str = "1.34";

/// When the images of a version were made, oldest first; a version has as many images as patches.
const DATES: &[&str] = &["20251016", "20251112", "20251209"];

/// The minor in `1.NN`, of any version whatsoever.
pub(crate) fn minor(version: &str) -> Option<u32> {
    version.strip_prefix("1.")?.parse().ok()
}

/// All versions of the region, oldest first.
pub(super) fn offered() -> &'static [Offered] {
    OFFERED
}

/// How the region supports the version; one that it never had is as good as ended.
pub(super) fn support(version: &str, now: SystemTime) -> Support {
    find(version).map_or(Support::Ended, |offered| offered.support(now))
}

/// The releases of an AMI type for a Kubernetes version, oldest first (facts §1.2 releaseVersion).
pub(super) fn releases(ami_type: &str, version: &str) -> Vec<String> {
    let Some(offered) = find(version) else { return Vec::new() };
    let images = offered.patches.iter().zip(DATES).enumerate();
    let name = |(number, (patch, date)): (usize, (&u32, &&str))| match ami_type.split('_').next() {
        Some("BOTTLEROCKET") => format!("1.{}.0-{:08x}", 48 + number, 0x5bde_7a00 + number),
        Some("WINDOWS") => format!("{version}-{}.{}.{}", &date[..4], &date[4..6], &date[6..]),
        _ => format!("{version}.{patch}-{date}"),
    };
    images.map(name).collect()
}

fn find(version: &str) -> Option<&'static Offered> {
    OFFERED.iter().find(|offered| version == offered.version())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_has_at_least_two_releases() {
        for offered in OFFERED {
            let version = offered.version();
            for ami_type in ["AL2023_x86_64_STANDARD", "BOTTLEROCKET_ARM_64", "WINDOWS_CORE_2022_x86_64"] {
                assert!(releases(ami_type, &version).len() >= 2, "{ami_type} {version}");
            }
        }
        assert!(OFFERED.iter().all(|it| it.released < it.standard_support_ends));
        assert!(OFFERED.iter().all(|it| it.standard_support_ends < it.extended_support_ends));
        assert_eq!(support("1.34.0", UNIX_EPOCH), Support::Ended);
        assert_eq!(releases("AL2023_x86_64_STANDARD", "1.34")[1], "1.34.2-20251112");
    }

    #[test]
    fn support_ends_at_its_dates() {
        let on = |day: u64| support("1.32", UNIX_EPOCH + Duration::from_hours(day * 24));
        assert_eq!([on(20_534), on(20_535), on(20_899)], [Support::Standard, Support::Extended, Support::Extended]);
        assert_eq!(on(20_900), Support::Ended);
    }
}

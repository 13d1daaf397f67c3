//! The small grammars of the values: Kubernetes names and quantities, Go durations, AWS ids, ARNs and address ranges.
//!
//! Functions without state from text to a yes or to the parsed thing, such as [`principal`]. What a value is for, and
//! what to say when it is wrong, is `check`'s.

use std::net::IpAddr;

use ipnet::IpNet;

/// How many minors older than the control plane Kubernetes lets nodes be.
pub(crate) const MAX_SKEW: u32 = 3;

/// The minor of a Kubernetes version as EKS writes it: 34 of `1.34`, and nothing of anything else.
pub(crate) fn minor(text: &str) -> Option<u32> {
    let minor = text.strip_prefix("1.")?;
    let canonical = minor == "0" || !minor.starts_with('0');
    let plausible = canonical && minor.len() <= 3 && is_all(minor, |character| character.is_ascii_digit());
    plausible.then(|| minor.parse().ok())?
}

/// The Kubernetes minor version that an AMI release is for, where its name tells: `1.34.1-20251112` (Amazon Linux) and
/// `1.34-2025.11.14` (Windows). The releases of Bottlerocket are numbered on their own.
pub(super) fn release_minor(release: &str) -> Option<u32> {
    let (version, date) = release.split_once('-')?;
    let digits = date.chars().filter(char::is_ascii_digit).count();
    let dated = digits == 8 && is_all(date, |character| character.is_ascii_digit() || character == '.');
    let numbers: Vec<&str> = version.split('.').collect();
    match numbers.as_slice() {
        ["1", number] | ["1", number, _] if dated => minor(&format!("1.{number}")),
        _ => None,
    }
}

/// What the release of an AMI may be called.
pub(super) fn is_release(text: &str) -> bool {
    is_all(text, |character| character.is_ascii_alphanumeric() || matches!(character, '.' | '-'))
}

/// A name of EKS: a letter or digit, then letters, digits, `-` and `_`.
pub(super) fn is_eks_name(text: &str, longest: usize) -> bool {
    text.len() <= longest
        && text.starts_with(|character: char| character.is_ascii_alphanumeric())
        && is_all(text, |character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_'))
}

/// A region such as `us-east-1` or `us-gov-west-1`.
pub fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    match parts.as_slice() {
        [words @ .., number] => {
            words.len() >= 2
                && words.iter().all(|word| is_all(word, |character| character.is_ascii_lowercase()))
                && is_all(number, |character| character.is_ascii_digit())
        }
        [] => false,
    }
}

/// The region of an availability zone such as `us-east-1a`.
pub(super) fn region_of_zone(text: &str) -> Option<&str> {
    let region = text.strip_suffix(|character: char| character.is_ascii_lowercase())?;
    is_region(region).then_some(region)
}

/// Twelve digits.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && is_all(text, |character| character.is_ascii_digit())
}

/// An id such as `subnet-0123456789abcdef0`, or one of the old ones with eight digits.
pub(super) fn is_id(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-')).is_some_and(|id| {
        (8..=17).contains(&id.len()) && is_all(id, |character| matches!(character, '0'..='9' | 'a'..='f'))
    })
}

/// Whether an instance type is one of Graviton's or Grace's, and so of arm64: AWS marks them with a `g` after the
/// generation, as in `m7g` and `c6gn`; the first, `a1`, came before that.
pub(super) fn is_arm(instance_type: &str) -> bool {
    let family = instance_type.split('.').next().unwrap_or_default();
    let series = family.trim_start_matches(|character: char| character.is_ascii_lowercase());
    let options = series.trim_start_matches(|character: char| character.is_ascii_digit());
    family == "a1" || (options.len() < series.len() && series.len() < family.len() && options.contains('g'))
}

/// An instance type such as `m6i.2xlarge` or `c7gn.metal-48xl`.
pub(super) fn is_instance_type(text: &str) -> bool {
    let word = |word: &str| is_all(word, |character| matches!(character, 'a'..='z' | '0'..='9' | '-'));
    text.split_once('.').is_some_and(|(family, size)| word(family) && word(size))
}

/// An IAM role or user, as its ARN names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Principal<'a> {
    pub(super) partition: &'a str,
    pub(super) account: &'a str,
    /// `role` or `user`.
    pub(super) kind: &'static str,
    /// What precedes the name: empty, or `a/b/`.
    pub(super) path: &'a str,
    pub(super) name: &'a str,
}

/// Reads the ARN of an IAM role or user.
pub(super) fn principal(arn: &str) -> Option<Principal<'_>> {
    let (partition, rest) = arn.strip_prefix("arn:")?.split_once(':')?;
    let (account, resource) = rest.strip_prefix("iam::")?.split_once(':')?;
    let (kind, path_and_name) = match resource.split_once('/')? {
        ("role", rest) => ("role", rest),
        ("user", rest) => ("user", rest),
        _ => return None,
    };
    let (path, name) = path_and_name.split_at(path_and_name.rfind('/').map_or(0, |slash| slash + 1));
    let valid = is_partition(partition) && is_account(account) && is_iam_name(name) && is_iam_path(path);
    valid.then_some(Principal { partition, account, kind, path, name })
}

/// Whether it is the ARN of an IAM role or user.
pub fn is_principal(arn: &str) -> bool {
    principal(arn).is_some()
}

/// The account and the role of a session's ARN.
pub(super) fn assumed_role(arn: &str) -> Option<(&str, &str)> {
    let (_, rest) = arn.strip_prefix("arn:")?.split_once(":sts::")?;
    let (account, session) = rest.split_once(":assumed-role/")?;
    let role = session.split('/').next()?;
    (is_account(account) && is_iam_name(role)).then_some((account, role))
}

/// The partition and the name of an access policy's ARN.
pub(super) fn access_policy(arn: &str) -> Option<(&str, &str)> {
    let (partition, name) = arn.strip_prefix("arn:")?.split_once(":eks::aws:cluster-access-policy/")?;
    (is_partition(partition) && is_iam_name(name)).then_some((partition, name))
}

/// A name as IAM allows it.
pub(super) fn is_iam_name(text: &str) -> bool {
    text.len() <= 64 && is_all(text, |character| character.is_ascii_alphanumeric() || "+=,.@_-".contains(character))
}

fn is_iam_path(text: &str) -> bool {
    text.len() <= 511 && text.chars().all(|character| character.is_ascii_graphic() && character != ':')
}

fn is_partition(text: &str) -> bool {
    let parts = |text: &str| text.split('-').all(|part| is_all(part, |character| character.is_ascii_lowercase()));
    text == "aws" || text.strip_prefix("aws-").is_some_and(parts)
}

/// The partition of a region, as the SDKs tell it from the region's name.
pub(crate) fn partition(region: &str) -> Option<&'static str> {
    const OTHERS: [(&str, &str); 7] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("us-isof-", "aws-iso-f"),
        ("eu-isoe-", "aws-iso-e"),
        ("eusc-", "aws-eusc"),
    ];
    let other = OTHERS.iter().find(|(prefix, _)| region.starts_with(prefix)).map(|(_, partition)| *partition);
    is_region(region).then_some(other.unwrap_or("aws"))
}

/// A namespace, or the beginning of one with `*` for the rest.
pub(super) fn is_namespace_pattern(text: &str) -> bool {
    let letter = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit();
    let body = |text: &str| text.len() <= 63 && text.chars().all(|character| letter(character) || character == '-');
    match text.strip_suffix('*') {
        Some(start) => start.is_empty() || (start.starts_with(letter) && body(start)),
        None => is_framed(text, letter) && body(text),
    }
}

/// An address range in CIDR notation. Bits beyond the prefix are accepted, as EKS accepts them.
pub(super) fn cidr(text: &str) -> Option<IpNet> {
    text.parse().ok()
}

/// Whether no public address is in the range, so that none of its addresses can be met on the internet.
pub(super) fn is_private(range: IpNet) -> bool {
    const PRIVATE: [&str; 13] = [
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "fc00::/7",
        "fe80::/10",
        "ff00::/8",
        "::1/128",
    ];
    PRIVATE.iter().filter_map(|private| cidr(private)).any(|private| private.contains(&range))
}

/// Whether all of the range is in one of the private networks of IPv4.
pub(super) fn is_private_network(range: IpNet) -> bool {
    const NETWORKS: [&str; 3] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
    NETWORKS.iter().filter_map(|network| cidr(network)).any(|network| network.contains(&range))
}

/// The range of one address, for someone who left the prefix out.
pub(super) fn range_of_address(text: &str) -> Option<IpNet> {
    text.parse::<IpAddr>().ok().map(IpNet::from)
}

/// A label's or taint's key, or a resource's name: `name`, or `domain/name`.
pub(super) fn is_qualified_name(text: &str) -> bool {
    match text.split_once('/') {
        Some((domain, name)) => is_domain(domain) && is_name(name),
        None => is_name(text),
    }
}

/// A label's or taint's value, which may be empty.
pub(super) fn is_label_value(text: &str) -> bool {
    text.is_empty() || is_name(text)
}

fn is_name(text: &str) -> bool {
    text.len() <= 63
        && is_framed(text, |character| character.is_ascii_alphanumeric())
        && is_all(text, |character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.'))
}

fn is_domain(text: &str) -> bool {
    let letter = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit();
    let label =
        |label: &str| is_framed(label, letter) && is_all(label, |character| letter(character) || character == '-');
    text.len() <= 253 && text.split('.').all(label)
}

/// A Kubernetes quantity such as `100m`, `7.5Gi` or `1e3`, not negative.
pub(super) fn is_quantity(text: &str) -> bool {
    const SUFFIXES: [&str; 16] = ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    let unsigned = text.strip_prefix('+').unwrap_or(text);
    let end =
        unsigned.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(unsigned.len());
    let (number, suffix) = unsigned.split_at(end);
    is_decimal(number) && (SUFFIXES.contains(&suffix) || is_exponent(suffix))
}

fn is_exponent(text: &str) -> bool {
    let Some(exponent) = text.strip_prefix(['e', 'E']) else { return false };
    is_all(exponent.strip_prefix(['+', '-']).unwrap_or(exponent), |character| character.is_ascii_digit())
}

/// Digits with at most one point: `1`, `1.`, `.5`.
fn is_decimal(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.chars().all(|character| character.is_ascii_digit());
    digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty())
}

/// A duration as Go writes it, such as `1h30m` or `500ms`, not negative. There are no days.
pub(super) fn is_duration(text: &str) -> bool {
    const UNITS: [&str; 8] = ["ns", "us", "µs", "μs", "ms", "s", "m", "h"];
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest == "0" {
        return true;
    }
    let start = |part: char| part.is_ascii_digit() || part == '.';
    while !rest.is_empty() {
        let (number, after) = rest.split_at(rest.find(|part| !start(part)).unwrap_or(rest.len()));
        let (unit, next) = after.split_at(after.find(start).unwrap_or(after.len()));
        if !(is_decimal(number) && UNITS.contains(&unit)) {
            return false;
        }
        rest = next;
    }
    !text.is_empty() && text != "+"
}

/// A truth value as Go reads it.
pub(super) fn is_bool(text: &str) -> bool {
    matches!(text, "1" | "t" | "T" | "TRUE" | "true" | "True" | "0" | "f" | "F" | "FALSE" | "false" | "False")
}

/// A share such as `0.5`, not negative.
pub(super) fn is_share(text: &str) -> bool {
    let end = text.find(['e', 'E']).unwrap_or(text.len());
    let (number, exponent) = text.split_at(end);
    is_decimal(number) && (exponent.is_empty() || is_exponent(exponent))
}

/// Not empty, and nothing but these characters.
fn is_all(text: &str, allowed: impl Fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(allowed)
}

/// Begins and ends with one of these characters.
fn is_framed(text: &str, allowed: impl Fn(char) -> bool) -> bool {
    text.starts_with(&allowed) && text.ends_with(&allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_as_kubernetes_reads_them() {
        let valid = [
            "0",
            "0m",
            "0k",
            "0Gi",
            "1Ki",
            "7Mi",
            "5Ti",
            "3Ei",
            "100Ti",
            "4u",
            "9",
            "50k",
            "6G",
            "40T",
            "2P",
            "1E-3",
            "1E6",
            "1E12",
            "1E18",
            "100.035k",
            "0.0005k",
            "0.5",
            "0.5e0",
            "10.035M",
            "1.3E+6",
            "9.01",
            "7.123456M",
            "2.5P",
            "3.001n",
            "0.0000000001",
            "0.9n",
            "9Ei",
            "12E",
            "0.5Mi",
            "0.025Ti",
            ".001",
            "1.",
            "+1",
        ];
        let invalid =
            ["", "1+1.0M", "0.1am", ".5i", "-3.01i", " 1", "16GB", "100mb", "20 Gi", "-1", ".", "1e", "1Eix", "1..0"];
        assert_eq!(valid.iter().filter(|text| !is_quantity(text)).collect::<Vec<_>>(), Vec::<&&str>::new());
        assert_eq!(invalid.iter().filter(|text| is_quantity(text)).collect::<Vec<_>>(), Vec::<&&str>::new());
    }

    #[test]
    fn durations_as_go_reads_them() {
        let valid = ["0", "5m", "1h30m", "500ms", "1.5h", ".5s", "+5m", "3µs", "1h0m0s"];
        let invalid = ["", "+", "5", "1d", "-5m", "5 m", "m", "1h30", "1.s.", "."];
        assert_eq!(valid.iter().filter(|text| !is_duration(text)).collect::<Vec<_>>(), Vec::<&&str>::new());
        assert_eq!(invalid.iter().filter(|text| is_duration(text)).collect::<Vec<_>>(), Vec::<&&str>::new());
    }

    #[test]
    fn minors_of_releases() {
        assert_eq!(release_minor("1.34.1-20251112"), Some(34));
        assert_eq!(release_minor("1.34-2025.11.14"), Some(34));
        assert_eq!(release_minor("1.50.0-7c3e9198"), None);
        assert_eq!(release_minor("ami-0123456789abcdef0"), None);
    }

    #[test]
    fn minors_have_one_spelling() {
        assert_eq!(minor("1.34"), Some(34));
        for wrong in ["1", "1.", "1.34.0", "v1.34", "1.034", "2.1", "1.x", "1.1000", "1.99999999999"] {
            assert_eq!(minor(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn principals() {
        let path =
            |arn| principal(arn).map(|principal| (principal.account, principal.kind, principal.path, principal.name));
        assert_eq!(path("arn:aws:iam::111122223333:role/a/b/name"), Some(("111122223333", "role", "a/b/", "name")));
        assert_eq!(path("arn:aws-cn:iam::111122223333:user/name"), Some(("111122223333", "user", "", "name")));
        for wrong in [
            "name",
            "arn:aws:iam::1:role/name",
            "arn:aws:iam::111122223333:group/name",
            "arn:aws:iam::111122223333:role/",
            "arn:aws:iam::111122223333:role/a b/name",
            "arn:aws:iam::111122223333:role/*",
            "arn:aws:iam::111122223333:root",
            "arn:AWS:iam::111122223333:role/name",
            "arn:awsome:iam::111122223333:role/name",
            "arn:aws:sts::111122223333:assumed-role/name/session",
        ] {
            assert_eq!(principal(wrong), None, "{wrong}");
        }
        let session = "arn:aws:sts::111122223333:assumed-role/name/session";
        assert_eq!(assumed_role(session), Some(("111122223333", "name")));
    }

    #[test]
    fn architectures() {
        for arm in
            ["m7g.large", "c6gn.4xlarge", "a1.large", "is4gen.large", "x2gd.metal", "p6e-gb200.36xlarge", "t4g.nano"]
        {
            assert!(is_arm(arm), "{arm}");
        }
        for other in
            ["m6i.large", "g4dn.xlarge", "gr6.4xlarge", "u-6tb1.metal", "m7i-flex.large", "inf2.xlarge", "a2.large"]
        {
            assert!(!is_arm(other), "{other}");
        }
    }

    #[test]
    fn partitions() {
        for (region, wanted) in [("us-east-1", "aws"), ("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")] {
            assert_eq!(partition(region), Some(wanted));
        }
        assert_eq!(partition("Virginia"), None);
    }

    #[test]
    fn namespaces() {
        for name in ["default", "a", "gitlab-runner", "dev-*", "*", "0a"] {
            assert!(is_namespace_pattern(name), "{name}");
        }
        for wrong in ["", "Dev", "a.b", "-a", "a-", "a*b", "-*", "a b", &"n".repeat(64)] {
            assert!(!is_namespace_pattern(wrong), "{wrong}");
        }
    }

    #[test]
    fn regions_and_zones() {
        for region in ["us-east-1", "ap-southeast-2", "us-gov-west-1", "eusc-de-east-1"] {
            assert!(is_region(region), "{region}");
        }
        for wrong in ["", "us-east", "us-east-1a", "US-EAST-1", "1", "east-1"] {
            assert!(!is_region(wrong), "{wrong}");
        }
        assert_eq!(region_of_zone("us-east-1a"), Some("us-east-1"));
    }
}

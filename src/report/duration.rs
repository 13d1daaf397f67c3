//! Durations as people say them.
//!
//! The one function is [`spoken`].

use std::time::Duration;

/// `0.3 s`, `45 s`, `9 min 30 s`, `1 h 5 min`.
pub fn spoken(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", duration.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_spoken() {
        let texts = [300, 45_000, 570_000, 3_900_000].map(|millis| spoken(Duration::from_millis(millis)));
        assert_eq!(texts, ["0.3 s", "45 s", "9 min 30 s", "1 h 5 min"]);
    }
}

//! "Did you mean": the nearest of the known words, and lists of words as prose.
//!
//! Functions without state, [`nearest`] first of all; they do not know what the words are.

use std::borrow::Cow;

/// Longer words are no typing errors, and comparing them costs the product of their lengths.
const MAX_LENGTH: usize = 64;

/// The candidate that `word` was probably meant to be.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.is_empty() || word.len() > MAX_LENGTH {
        return None;
    }
    let word = fold(word);
    let tolerance = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &fold(candidate)), candidate))
        .filter(|(distance, _)| *distance <= tolerance)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The candidates that `word` is the beginning of, unless it is all of one.
pub(super) fn completions<'a>(word: &str, candidates: &[&'a str]) -> Vec<&'a str> {
    let (typed, word) = (word.to_lowercase(), fold(word));
    if word.is_empty() || candidates.iter().any(|candidate| fold(candidate) == word) {
        return vec![];
    }
    let begins = |with: fn(&str) -> String, word: &str| -> Vec<&'a str> {
        candidates.iter().filter(|candidate| with(candidate).starts_with(word)).copied().collect()
    };
    // Two spellings of one value differ in their separators: the one that was begun is meant.
    let spelled = begins(str::to_lowercase, &typed);
    if spelled.is_empty() { begins(fold, &word) } else { spelled }
}

/// The candidate that differs from `word` by a slip of the finger at most.
pub(super) fn near<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const SLIP: usize = 2;
    let distance = |candidate: &str| strsim::damerau_levenshtein(&fold(word), &fold(candidate));
    let found = candidates.into_iter().map(|candidate| (distance(candidate), candidate));
    found
        .filter(|(distance, _)| *distance <= SLIP)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Case and separators are the commonest difference between two spellings of one name.
fn fold(word: &str) -> String {
    word.chars().filter(|character| !matches!(character, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

/// `a`, `b` and `c`, each in backticks.
pub(super) fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

/// The text in backticks, shortened if it is long.
pub(super) fn quoted(text: &str) -> String {
    format!("`{}`", shortened(text))
}

/// The beginning of the first line of a long text, and all of a short one.
pub(super) fn shortened(text: &str) -> Cow<'_, str> {
    const SHOWN: usize = 100;
    let mut characters = text.char_indices().enumerate();
    match characters.find(|(index, (_, character))| *index == SHOWN || matches!(character, '\n' | '\r')) {
        Some((_, (end, _))) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

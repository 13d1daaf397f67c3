//! What of a text is not only shown. The one function is [`is_obeyed`]; what takes its place, whoever writes says.

/// Whether a terminal would obey a character, or it would hide or turn what follows: control characters, and those that
/// change the direction of writing (Unicode UAX #9).
pub(crate) fn is_obeyed(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

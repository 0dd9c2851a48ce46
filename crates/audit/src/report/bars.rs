//! Draws numbers as bars of text.

/// Eighths of a block, from the least.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// A bar of a length in proportion to the greatest number. What is not zero is seen.
pub(super) fn bar(value: usize, greatest: usize, width: usize) -> String {
    if value == 0 || greatest == 0 {
        return String::new();
    }
    // No report holds so many findings that this overflows.
    let eighths = (value * width * 8 / greatest).max(1);
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn bars_are_in_proportion_and_never_vanish() {
        assert_eq!(bar(10, 10, 4), "████");
        assert_eq!(bar(5, 10, 4), "██");
        assert_eq!(bar(1, 10, 4), "▍");
        assert_eq!(bar(1, 10_000, 4), "▏");
        assert_eq!(bar(0, 10, 4), "");
        assert_eq!(bar(0, 0, 4), "");
    }
}

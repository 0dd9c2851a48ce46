//! Lays out rows of cells: the first column to the left, the others to the right.

/// Lines of text, each cell as wide as the widest of its column.
#[must_use]
pub fn text(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (index, (cell, &width)) in row.iter().zip(&widths).enumerate() {
            let pad = " ".repeat(width - cell.chars().count());
            match index {
                0 => line.extend([cell.as_str(), &pad]),
                _ => line.extend(["  ", &pad, cell]),
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// A number with at least three digits that tell, and groups of thousands: `0.35`, `12.4`,
/// `40,120`.
#[must_use]
pub fn figure(value: f64) -> String {
    match value {
        v if v < 10.0 => format!("{v:.2}"),
        v if v < 100.0 => format!("{v:.1}"),
        v => thousands(&format!("{v:.0}")),
    }
}

fn thousands(digits: &str) -> String {
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short_and_grouped() {
        let check = |value, expected| assert_eq!(figure(value), expected);
        check(0.354, "0.35");
        check(12.44, "12.4");
        check(345.6, "346");
        check(40_120.2, "40,120");
        check(1_234_567.0, "1,234,567");
    }

    #[test]
    fn columns_line_up() {
        let rows = [vec!["a", "b"], vec!["long", "x"], vec!["", "wide"]];
        let rows = rows.map(|row| row.into_iter().map(str::to_owned).collect());
        assert_eq!(text(&rows), "a        b\nlong     x\n      wide\n");
    }
}

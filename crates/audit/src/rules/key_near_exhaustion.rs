//! Finds counted columns that have given out most of the numbers that fit.

use schema::{Column, Sequence, TypeKind};

use crate::{Confidence, Context, Finding, Findings, Rule, Seen, Severity};

pub(crate) const RULE: Rule = Rule {
    name: "key-near-exhaustion",
    severity: Severity::Critical,
    summary: "a counted key has used up most of the numbers that fit its type",
    page: include_str!("../../../../docs/rules/key-near-exhaustion.md"),
    check,
};

/// From here on inserts may fail before a migration is planned, tested and run.
const CRITICAL_PERCENT: u8 = 80;

/// From here on the second half is running, which a growing system fills faster than the first.
const HIGH_PERCENT: u8 = 50;

fn check(context: &Context<'_>, findings: &mut Findings) {
    for seen in context.tables() {
        for column in seen.table.columns.iter().filter(|it| it.is_sequential()) {
            findings.extend(finding(seen, column));
        }
    }
}

/// How far a counter has come, and what is known about that.
struct Used {
    numbers: u64,
    /// The database said so; otherwise the rows that are there are the least that it can be.
    exact: bool,
}

/// Where a counter ends, and why there.
struct End {
    at: u64,
    because: String,
}

fn finding(seen: Seen<'_>, column: &Column) -> Option<Finding> {
    let sequence = seen.subject.sequence(seen.table, column);
    let used = used(seen, sequence)?;
    let end = end(seen, column, sequence)?;
    let percent = percent(used.numbers, end.at);
    let severity = match percent {
        CRITICAL_PERCENT.. => Severity::Critical,
        HIGH_PERCENT.. => Severity::High,
        _ => return None,
    };
    let name = seen.declared(column);
    let (least, confidence) = if used.exact {
        ("", Confidence::High)
    } else {
        ("at least ", Confidence::Medium)
    };
    let mut finding = seen
        .finding(&RULE, column, format!("{least}{percent} % used up"))
        .severity(severity)
        .at_most(confidence)
        .message(format!(
            "`{name}` has used {least}{} of {} numbers ({percent} %): {}",
            grouped(used.numbers),
            grouped(end.at),
            end.because,
        ))
        .breaks(format!(
            "At {} every insert that needs the next number fails, and each gap left by a rolled \
             back insert brings that closer.",
            grouped(end.at),
        ))
        .fix(format!(
            "Plan the move to UUIDs now: `idshift migrate plan --table {}`. If the end comes \
             sooner, let the sequence start again in the negative numbers: twice the range.",
            seen.table.name.name,
        ));
    finding.facts.used_percent = Some(percent);
    finding.facts.dependents = seen.dependents(column);
    Some(finding)
}

fn used(seen: Seen<'_>, sequence: Option<&Sequence>) -> Option<Used> {
    let forwards = sequence.is_none_or(|it| it.increment.is_none_or(|step| step > 0));
    let last = sequence.and_then(|it| it.last_value).filter(|_| forwards);
    let exact = last.and_then(|last| u64::try_from(last).ok());
    let exact = exact.map(|numbers| Used {
        numbers,
        exact: true,
    });
    let by_rows = || {
        let numbers = seen.table.rows_estimate.filter(|_| forwards)?;
        Some(Used {
            numbers,
            exact: false,
        })
    };
    exact.or_else(by_rows)
}

/// The first of the ends: the column's type, the sequence's own, the type of a column that refers
/// to it, which stops the rows of that table.
fn end(seen: Seen<'_>, column: &Column, sequence: Option<&Sequence>) -> Option<End> {
    let own = greatest(seen, column).map(|at| End {
        at,
        because: format!("its type is `{}`", seen.stored_type(column).name),
    });
    let of_sequence = sequence.and_then(|it| {
        let at = u64::try_from(it.max_value?).ok()?;
        let because = format!("its sequence `{}` ends there", it.name);
        Some(End { at, because })
    });
    let mut ends: Vec<End> = own.into_iter().chain(of_sequence).collect();
    for (from, reference) in seen.referrers() {
        let pairs = reference.columns.iter().zip(&reference.target_columns);
        for (name, _) in pairs.filter(|(_, target)| **target == column.name) {
            let referrer = from.table.column(name);
            ends.extend(referrer.and_then(|referrer| {
                let at = greatest(from, referrer)?;
                let because = format!(
                    "`{}`, which refers to it, holds no more",
                    from.declared(referrer)
                );
                Some(End { at, because })
            }));
        }
    }
    ends.into_iter()
        .filter(|end| end.at > 0)
        .min_by_key(|end| end.at)
}

/// The greatest number of the column's type.
fn greatest(seen: Seen<'_>, column: &Column) -> Option<u64> {
    match seen.stored_type(column).kind {
        TypeKind::Integer { bits, unsigned } => {
            let bits = if unsigned { bits } else { bits.checked_sub(1)? };
            1_u64
                .checked_shl(u32::from(bits))
                .map_or(Some(u64::MAX), |it| it.checked_sub(1))
        }
        _ => None,
    }
}

/// Rounded down, and no more than 100.
fn percent(used: u64, end: u64) -> u8 {
    let percent = u128::from(used) * 100 / u128::from(end.max(1));
    u8::try_from(percent.min(100)).unwrap_or(100)
}

/// `2147483647` as `2,147,483,647`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Drawn;
    use crate::testing::{check, found, sql};

    const NAME: &str = "key-near-exhaustion";

    /// A table whose sequence has come so far.
    fn at(text: &str, last: i64) -> Drawn {
        let mut drawn = sql(text);
        let owned = |it: &&mut Sequence| it.owner.is_some();
        let sequence = drawn.schema.sequences.iter_mut().find(owned).unwrap();
        sequence.last_value = Some(last);
        drawn
    }

    const INT: &str = "CREATE TABLE a (id serial PRIMARY KEY, x text);";
    const BIGINT: &str = "CREATE TABLE a (id bigserial PRIMARY KEY, x text);";

    #[test]
    fn finds() {
        check(NAME, at(INT, 1_717_986_918), &["critical a.id"]);
        check(NAME, at(INT, 1_073_741_824), &["high a.id"]);
        let narrow = "CREATE TABLE a (id bigserial PRIMARY KEY, x text);
            CREATE TABLE b (id uuid PRIMARY KEY, a_id int REFERENCES a);";
        let finding = found(NAME, at(narrow, 2_000_000_000)).remove(0);
        assert_eq!(
            finding.message,
            "`a.id` has used 2,000,000,000 of 2,147,483,647 numbers (93 %): `b.a_id`, which refers \
             to it, holds no more"
        );
        assert_eq!(finding.facts.used_percent, Some(93));
    }

    #[test]
    fn counts_rows_where_nobody_tells_the_sequence() {
        let mut drawn = sql(INT);
        drawn.schema.tables[0].rows_estimate = Some(1_900_000_000);
        let finding = found(NAME, drawn).remove(0);
        assert_eq!(finding.confidence, Confidence::Medium);
        assert!(
            finding.message.contains("at least 1,900,000,000"),
            "{}",
            finding.message
        );
    }

    #[test]
    fn leaves_alone() {
        check(NAME, at(INT, 1_000_000_000), &[]);
        check(NAME, at(BIGINT, 2_147_483_647), &[]);
        check(NAME, sql(INT), &[]);
        let mut backwards = at(INT, -2_000_000_000);
        backwards.schema.sequences[0].increment = Some(-1);
        check(NAME, backwards, &[]);
    }

    #[test]
    fn ranges_are_those_of_the_types() {
        let text = "CREATE TABLE a (s smallint, i int, b bigint, t text);";
        let drawn = [sql(text)];
        let policy = crate::Policy::default();
        let context = Context::new(&drawn, &policy);
        let seen = context.tables().next().unwrap();
        let found: Vec<_> = seen
            .table
            .columns
            .iter()
            .map(|it| greatest(seen, it))
            .collect();
        let i64_max = Some(9_223_372_036_854_775_807);
        assert_eq!(found, [Some(32_767), Some(2_147_483_647), i64_max, None]);
    }

    #[test]
    fn shares_are_rounded_down() {
        assert_eq!(
            [percent(799, 1000), percent(5, 4), percent(0, 0)],
            [79, 100, 0]
        );
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped(999), "999");
    }
}

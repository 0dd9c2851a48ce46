//! The guide's examples in Rust: run here, and held against the page.

use super::tools;

/// This file.
const OWN: &str = include_str!("rust.rs");

type Tried = Result<(), Box<dyn std::error::Error>>;

#[test]
fn a_primary_key() -> Tried {
    use ids::{Entity, Id};

    /// An order; `order_01h2xcejqtf2nbrexx3vqjhp41` as text.
    struct Order;

    impl Entity for Order {
        const PREFIX: &str = "order";
    }

    let first = Id::<Order>::now_v7();
    let second = Id::<Order>::now_v7();
    assert!(first < second, "strictly, on every thread of the process");
    assert_eq!(first.to_string().parse::<Id<Order>>()?, first);
    Ok(())
}

#[test]
fn when_it_was_made() -> Tried {
    use ids::{Timestamp, Uuid};

    let id: Uuid = "019a9964-77f3-7479-bc9f-50ff6ea646f1".parse()?;
    let made = id.timestamp().ok_or("version 7 knows its time")?;
    assert_eq!(made.to_string(), "2025-11-18T23:54:49.715Z");

    let day =
        Timestamp::from_unix_ms(1_763_424_000_000)..Timestamp::from_unix_ms(1_763_510_400_000);
    let keys = Uuid::range_of(day.start, day.end)?;
    assert!(keys.contains(&id));
    Ok(())
}

#[test]
fn the_same_thing() -> Tried {
    use ids::{Namespace, Uuid};

    // Made once with `idshift id new`, and never changed.
    let customers = Namespace::new("019a9964-77f3-7479-bc9f-50ff6ea646f1".parse()?);

    let customer = |tenant: &str, email: &str| -> Uuid {
        let email = email.trim().to_lowercase();
        customers.v5_of_parts(&[tenant.as_bytes(), email.as_bytes()])
    };
    assert_eq!(
        customer("acme", "Ann@example.com "),
        customer("acme", "ann@example.com")
    );
    assert_ne!(customer("a", "bc"), customer("ab", "c"));
    Ok(())
}

#[test]
fn many_at_once() -> Tried {
    use ids::{Keystream, Local, ManualClock, Policy};

    let rows = ids::v7s(1000)?;
    assert!(rows.is_sorted());

    let clock = ManualClock::at(1_763_510_089_715);
    let mut generator = Local::with(&clock, Keystream::repeatable([7; 32]), Policy::DEFAULT);
    assert!(
        generator
            .generate()?
            .to_string()
            .starts_with("019a9964-77f3-7000-80")
    );
    Ok(())
}

/// The formatter may break lines otherwise here than on the page.
#[test]
fn the_page_shows_what_runs_here() {
    let words = |text: &str| {
        text.split_whitespace()
            .collect::<String>()
            .replace(",)", ")")
    };
    let own = words(OWN);
    let blocks = tools::blocks("rust");
    assert_eq!(blocks.len(), 4);
    for block in blocks {
        assert!(own.contains(&words(&block.text)), "{}", block.text);
    }
}

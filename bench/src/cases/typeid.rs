//! The other texts: TypeID and ULID both ways, and telling what a text is.

use std::fmt::Write as _;
use std::hint::black_box;

use mti::prelude::{MagicTypeId, TypeIdPrefix, TypeIdSuffix};
use type_safe_id::{DynamicType, StaticType, TypeSafeId};

use crate::case::{Case, Role};
use crate::harness::Table;
use crate::inputs::{random_bytes, texts};

const COLUMNS: &[&str] = &["prefix"];
const VALID: &str = "the inputs are valid";
const ANY: &[&str] = &["any"];

#[derive(Default)]
struct Project;

impl StaticType for Project {
    const TYPE: &'static str = "project";
}

pub(super) fn tables() -> Vec<Table> {
    let table = |key, title, columns, cases| Table {
        key,
        title,
        columns,
        cases,
    };
    vec![
        table("typeid-parse", "TypeID, parse", COLUMNS, typeid_parse()),
        table("typeid-format", "TypeID, format", COLUMNS, typeid_format()),
        table("ulid-parse", "ULID, parse", &[], ulid_parse()),
        table(
            "ulid-format",
            "ULID, format on the stack",
            &[],
            ulid_format(),
        ),
        table("inspect", "What is this text?", &[], inspect()),
    ]
}

fn project(id: uuid::Uuid) -> String {
    TypeSafeId::<Project>::from_uuid(id).to_string()
}

fn typeid_parse() -> Vec<Case> {
    let (ours, fixed, dynamic, magic) = (
        texts(project),
        texts(project),
        texts(project),
        texts(project),
    );
    vec![
        Case::new("ids TypeId::parse", move |at| {
            ids::typeid::TypeId::parse(ours.get(at)).expect(VALID)
        })
        .role(Role::Ours)
        .notes(ANY),
        Case::new("type-safe-id, static", move |at| {
            fixed.get(at).parse::<TypeSafeId<Project>>().expect(VALID)
        })
        .role(Role::Rival)
        .notes(&["one, known to the compiler"]),
        Case::new("type-safe-id, dynamic", move |at| {
            dynamic
                .get(at)
                .parse::<TypeSafeId<DynamicType>>()
                .expect(VALID)
        })
        .role(Role::Rival)
        .notes(ANY),
        Case::new("mti", move |at| {
            magic.get(at).parse::<MagicTypeId>().expect(VALID)
        })
        .role(Role::Rival)
        .notes(ANY),
    ]
}

fn typeid_format() -> Vec<Case> {
    let (ours, string, buffer, theirs, magic) = (
        random_bytes(),
        random_bytes(),
        random_bytes(),
        random_bytes(),
        random_bytes(),
    );
    let typed = |bytes| TypeSafeId::<Project>::from_uuid(uuid::Uuid::from_bytes(bytes));
    let our_id = |bytes| {
        ids::typeid::TypeId::new("project", ids::Uuid::from_bytes(bytes)).expect("a valid prefix")
    };
    let prefix = TypeIdPrefix::try_from("project").expect("a valid prefix");
    let mut line = String::with_capacity(128);
    vec![
        Case::new("ids TypeId, on the stack", move |at| {
            our_id(*ours.get(at)).to_text()
        })
        .role(Role::Ours)
        .notes(ANY),
        Case::new("ids TypeId::to_string", move |at| {
            our_id(*string.get(at)).to_string()
        })
        .role(Role::Ours)
        .notes(ANY),
        Case::new("type-safe-id, into a buffer", move |at| {
            line.clear();
            write!(line, "{}", typed(*buffer.get(at))).map(|()| line.len())
        })
        .role(Role::Rival)
        .notes(&["one, known to the compiler"]),
        Case::new("type-safe-id to_string", move |at| {
            typed(*theirs.get(at)).to_string()
        })
        .role(Role::Rival)
        .notes(&["one, known to the compiler"]),
        Case::new("mti", move |at| {
            let suffix = TypeIdSuffix::from(uuid::Uuid::from_bytes(*magic.get(at)));
            MagicTypeId::new(prefix.clone(), suffix)
        })
        .role(Role::Rival)
        .notes(ANY),
    ]
}

fn ulid_text(id: uuid::Uuid) -> String {
    ulid::Ulid::from_bytes(id.into_bytes()).to_string()
}

fn ulid_parse() -> Vec<Case> {
    let (ours, theirs) = (texts(ulid_text), texts(ulid_text));
    vec![
        Case::new("ids ulid::decode", move |at| {
            ids::ulid::decode(ours.get(at)).expect(VALID)
        })
        .role(Role::Ours),
        Case::new("ulid from_string", move |at| {
            ulid::Ulid::from_string(theirs.get(at)).expect(VALID)
        })
        .role(Role::Rival),
    ]
}

fn ulid_format() -> Vec<Case> {
    let (ours, theirs) = (random_bytes(), random_bytes());
    vec![
        Case::new("ids ulid::encode", move |at| {
            ids::ulid::encode(ids::Uuid::from_bytes(*ours.get(at)))
        })
        .role(Role::Ours),
        Case::new("ulid array_to_str", move |at| {
            let mut out = [0; ulid::ULID_LEN];
            ulid::Ulid::from_bytes(*theirs.get(at)).array_to_str(&mut out);
            black_box(&out);
        })
        .role(Role::Rival),
    ]
}

/// No other crate answers this; the figures stand beside those for parsing what is known.
fn inspect() -> Vec<Case> {
    let (plain, types, ulids) = (texts(|id| id.to_string()), texts(project), texts(ulid_text));
    vec![
        Case::new("ids inspect, UUID", move |at| {
            ids::inspect::inspect(plain.get(at)).expect(VALID)
        }),
        Case::new("ids inspect, TypeID", move |at| {
            ids::inspect::inspect(types.get(at)).expect(VALID)
        }),
        Case::new("ids inspect, ULID", move |at| {
            ids::inspect::inspect(ulids.get(at)).expect(VALID)
        }),
    ]
    .into_iter()
    .map(|case| case.role(Role::Ours))
    .collect()
}

//! Lines that have to change, and lines that only look like it.

use schema::Source;

use super::{FOUND_PER_FILE_MAX, Kind, Names, scan};
use crate::Plan;

const PLAN: &str = "format = 1
server = 150000
fingerprint = ''
made_at = ''
settings = {}
[[table]]
name = { schema = 'public', name = 'events' }
group = 0
rows = 0
bytes = 0
walk = ['id']
[[table.column]]
name = 'id'
new = 'id__new'
old = 'id__old'
from = 'integer'
not_null = true
issued = true
value = { kind = 'mint', order = 'id', time = { from = 'floor', at = '2020' } }
[[table]]
name = { schema = 'public', name = 'queue' }
group = 1
rows = 0
bytes = 0
walk = ['event_id']
[[table.column]]
name = 'event_id'
new = 'event_id__new'
old = 'event_id__old'
from = 'integer'
not_null = true
issued = false
value = { kind = 'reference', foreign_key = 'key' }
";

const PRISMA: &str = "datasource db {
  provider = \"postgresql\"
}
model Delivery {
  happening Int @id @map(\"event_id\")

  @@map(\"queue\")
}
";

fn names() -> Names {
    let plan = Plan::parse(PLAN).expect("a plan");
    Names::new(&plan, &[Source::new("a.prisma", PRISMA).expect("short")])
}

fn kinds(text: &str) -> Vec<Kind> {
    let source = Source::new("a.ts", text).expect("short");
    scan(&names(), &source)
        .into_iter()
        .map(|found| found.kind)
        .collect()
}

#[test]
fn lines_that_have_to_change_are_found() {
    use Kind::{
        Arithmetic, CastToNumber, InsertWithoutColumns, InsertWithoutKey, Maximum, NumberType,
        Pagination, ParsesNumber, SelectStar,
    };
    let cases = [
        (
            "await sql`INSERT INTO events VALUES (${a})`",
            InsertWithoutColumns,
        ),
        (
            "insert into public.events\n  select * from other",
            InsertWithoutColumns,
        ),
        ("'INSERT INTO \"queue\" (SELECT 1)'", InsertWithoutColumns),
        (
            "db.query('INSERT INTO events (name, at) VALUES ($1, $2)')",
            InsertWithoutKey,
        ),
        ("SELECT * FROM events WHERE name = $1", SelectStar),
        ("select e.* from public.events e", SelectStar),
        ("SELECT max(id) FROM events", Maximum),
        ("select max(e.id) as last from events e", Maximum),
        ("prisma.event.aggregate({ _max: { id: true } })", Maximum),
        ("const next = event.id + 1;", Arithmetic),
        ("eventId += 5", Arithmetic),
        ("SELECT id FROM events WHERE id > $1", Pagination),
        ("SELECT name FROM events ORDER BY id DESC", Pagination),
        ("findMany({ orderBy: { id: 'asc' } })", Pagination),
        ("findMany({ cursor: { id: last } })", Pagination),
        ("const id = parseInt(req.params.id, 10);", ParsesNumber),
        ("await find(Number(params.eventId))", ParsesNumber),
        ("find(+req.params.id)", ParsesNumber),
        ("event_id = int(request.args['event_id'])", ParsesNumber),
        ("Event.find(params[:id].to_i, event_id.to_i)", ParsesNumber),
        ("WHERE id = ANY($1::int[])", CastToNumber),
        ("WHERE CAST(event_id AS bigint) = 5", CastToNumber),
        ("interface Event { id: number; name: string }", NumberType),
        ("eventId?: number,", NumberType),
        ("happening: number", NumberType),
        (
            "const schema = z.object({ id: z.number().int() })",
            NumberType,
        ),
        ("  EventID int64 `json:\"event_id\"`", NumberType),
        ("private Long eventId;", NumberType),
        ("pub event_id: i64,", NumberType),
    ];
    for (text, expected) in cases {
        assert_eq!(kinds(text), [expected], "{text}");
    }
}

#[test]
fn lines_that_only_look_like_it_are_not() {
    let cases = [
        "INSERT INTO events (id, name) VALUES ($1, $2)",
        "INSERT INTO other VALUES (1)",
        "INSERT INTO queue (event_id) VALUES ($1)",
        "`INSERT INTO events (${columns}) VALUES`",
        "SELECT * FROM other",
        "SELECT max(amount) FROM events",
        "SELECT max(id) FROM other",
        "// const id = parseInt(req.params.id)",
        "-- SELECT * FROM events",
        "parseInt(req.params.page)",
        "userId: number",
        "const id: string = a > b ? c : d",
        "Map<EventId, string>",
        "amount::int",
        "ORDER BY created_at",
        "see the id - 1 of 3",
    ];
    for text in cases {
        assert_eq!(kinds(text), [], "{text}");
    }
}

#[test]
fn a_place_is_told_in_lines_and_characters_and_once_a_line() {
    let text = "x\nconst ä = id + 1 + id + 2;\nid: number\n";
    let source = Source::new("src/a.ts", text).expect("short");
    let found = scan(&names(), &source);
    let places: Vec<_> = found
        .iter()
        .map(|it| (it.kind, it.line, it.column))
        .collect();
    assert_eq!(
        places,
        [(Kind::Arithmetic, 2, 11), (Kind::NumberType, 3, 1)]
    );
    assert_eq!(found[0].text, "const ä = id + 1 + id + 2;");
}

#[test]
fn a_file_has_a_limit() {
    let source = Source::new("a.ts", "id: number\n".repeat(1_000)).expect("short");
    assert_eq!(scan(&names(), &source).len(), FOUND_PER_FILE_MAX);
}

#[test]
fn every_kind_is_listed_once_and_explained() {
    let mut seen = std::collections::BTreeSet::new();
    for kind in Kind::ALL {
        assert!(seen.insert(kind) && !kind.why().is_empty() && !kind.instead().is_empty());
    }
    assert_eq!(seen.len(), Kind::ALL.len());
}

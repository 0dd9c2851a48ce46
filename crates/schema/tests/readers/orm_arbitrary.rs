use proptest::prelude::*;
use schema::orm::Orm;
use schema::{Schema, Source};

/// Pieces that the files of all mappers are made of, so that arbitrary files get past their
/// beginnings.
const PIECES: [&str; 96] = [
    "create_table",
    "\"a\"",
    "'b'",
    "do",
    "|t|",
    "end",
    "t.string",
    "t.index",
    "id:",
    ":uuid",
    "add_foreign_key",
    "class Migration",
    "operations = [",
    "dependencies = [",
    "migrations.",
    "CreateModel(",
    "name='A'",
    "fields=[",
    "('id', models.AutoField(primary_key=True))",
    "]",
    ")",
    "AddField(",
    "RenameModel(",
    "'a', 'b'",
    "models.ForeignKey(to='a.A')",
    "{",
    "}",
    "\"tables\"",
    "\"columns\"",
    ":",
    "\"name\"",
    "\"type\"",
    "\"serial\"",
    "Entity(\"A\", b => {",
    "b.Property<int>(\"Id\")",
    ".HasKey(\"Id\")",
    ";",
    "b.HasOne(\"A\")",
    "up(q) {",
    "q.createTable(",
    "q.addColumn(",
    "type: Sequelize.UUID",
    "primaryKey: true",
    "function up() {",
    "Schema::create('a', function ($t) {",
    "$t->id();",
    "$t->foreignId('a_id')->constrained();",
    "Schema::table('a', function ($t) {",
    "});",
    "def change do",
    "create table(:a) do",
    "add :b, :string",
    "alter table(:a) do",
    "references(:a)",
    "@Entity",
    "class A",
    "class B : A",
    "@Id",
    "@GeneratedValue",
    "Long id;",
    "@ManyToOne A a;",
    "extends B",
    "@Entity()",
    "@PrimaryGeneratedColumn()",
    "id: number",
    "query(`create table a (id int)`)",
    "new Table({",
    "columns: [",
    "name: 'a'",
    ",",
    "(",
    "[",
    "<<~SQL",
    "SQL",
    "`",
    "'",
    "\"",
    "\"\"\"",
    "${",
    "#{",
    "\\",
    "//",
    "#",
    "/*",
    "*/",
    "=",
    "=>",
    "->",
    ".",
    "::",
    "@",
    "<",
    ">",
    "?",
    "é",
    "\n",
];

fn paths(orm: Orm) -> &'static str {
    match orm {
        Orm::Rails => "db/schema.rb",
        Orm::Django => "a/migrations/0001_a.py",
        Orm::Drizzle => "meta/0000_snapshot.json",
        Orm::EfCore => "AModelSnapshot.cs",
        Orm::TypeOrm => "migrations/1.ts",
        Orm::Sequelize => "migrations/1.js",
        Orm::Laravel => "migrations/1.php",
        Orm::Ecto => "migrations/1.exs",
        Orm::Jpa => "A.java",
    }
}

/// Every position lies in the text, on a boundary of characters.
fn positions_hold(schema: &Schema, text: &str) {
    let spans = schema.problems.iter().map(|it| it.span);
    let spans = spans.chain(schema.tables.iter().flat_map(|it| [it.span, it.name_span]));
    let columns = schema.tables.iter().flat_map(|it| &it.columns);
    for span in spans.chain(columns.flat_map(|it| [it.span, it.name_span, it.data_type.span])) {
        assert!(text.get(span.range()).is_some(), "{span:?}");
    }
}

fn all_read(bytes: &[u8]) {
    for orm in Orm::ALL {
        let source = Source::new(paths(orm), bytes).expect("it is short");
        positions_hold(&orm.read(std::slice::from_ref(&source)), source.text());
    }
}

fn soup() -> impl Strategy<Value = String> {
    let piece = (
        prop::sample::select(&PIECES[..]),
        prop::sample::select(&["", " ", "\n"][..]),
    );
    let pieces = prop::collection::vec(piece, 0..120);
    pieces.prop_map(|pieces| pieces.into_iter().flat_map(|(a, b)| [a, b]).collect())
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        all_read(&bytes);
    }

    #[test]
    fn any_soup_is_read(text in soup()) {
        all_read(text.as_bytes());
    }
}

/// What repeats without end is read in a time that grows with its length; a reader that looked at
/// the rest of the file for each piece would not come back from these.
#[test]
fn a_megabyte_of_any_piece_is_read() {
    for piece in PIECES {
        let text = piece.repeat((1 << 13) / piece.len());
        all_read(text.as_bytes());
    }
}

#[test]
fn deep_nesting_is_refused() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("do ", "end "),
        ("f(a, ", ")"),
    ] {
        let text = format!(
            "up(q) {{ q.x({}{}) }}",
            open.repeat(50_000),
            close.repeat(50_000)
        );
        all_read(text.as_bytes());
    }
}

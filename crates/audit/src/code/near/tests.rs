//! Which name gets the value of a call, language by language.

use crate::code::{Language, scan};
use schema::Source;

fn near(language: Language, text: &str) -> Vec<String> {
    let source = Source::new("a", text).unwrap();
    let calls = scan(language, &source);
    calls
        .iter()
        .map(|call| call.near.clone().unwrap_or_default())
        .collect()
}

#[track_caller]
fn check(language: Language, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(near(language, text), [*expected], "{text}");
    }
}

#[test]
fn javascript() {
    check(
        Language::TypeScript,
        &[
            ("const userId: string = uuidv4();", "userId"),
            ("this.id = uuidv4()", "id"),
            ("create({ data: { id: uuidv4(), name } })", "id"),
            ("const a = { id: body.id ? body.id : uuidv4() }", "id"),
            ("const id = body.id ?? uuidv4()", "id"),
            ("const id = `user_${uuidv4()}`", "id"),
            ("const id = `a${b}-${uuidv4()}`", "id"),
            ("id: text('id').$defaultFn(() => uuidv4()),", "id"),
            (
                "id: { type: DataTypes.STRING, defaultValue: () => uuidv4() }",
                "id",
            ),
            ("function newId(): string { return uuidv4() }", "newId"),
            ("const newId = () => { return uuidv4() }", "newId"),
            ("user.setId(String(uuidv4()))", "setId"),
            ("row['id'] = uuidv4()", "id"),
            ("const token = uuidv4()", ""),
            ("const user = new User(uuidv4())", ""),
            ("const id = await find(uuidv4())", ""),
            ("{ id: 1, secret: uuidv4() }", ""),
            ("const id = 1; log(uuidv4())", ""),
            ("db.query('INSERT', [uuidv4()])", ""),
        ],
    );
    assert_eq!(
        near(Language::TypeScript, "<li key={uuidv4()} id={uuidv4()}>"),
        ["", ""]
    );
    assert_eq!(near(Language::TypeScript, "const id = 1\nuuidv4()"), [""]);
}

#[test]
fn python() {
    check(
        Language::Python,
        &[
            ("import uuid\nuser_id: str = str(uuid.uuid4())", "user_id"),
            (
                "import uuid\nid = models.UUIDField(primary_key=True, default=uuid.uuid4)",
                "id",
            ),
            (
                "import uuid\nid = Column(UUID, default=lambda: str(uuid.uuid4()))",
                "id",
            ),
            ("import uuid\nx = {\"id\": f\"u-{uuid.uuid4()}\"}", "id"),
            (
                "import uuid\ndef new_id() -> str:\n    return str(uuid.uuid4())",
                "new_id",
            ),
            ("import uuid\nname = uuid.uuid4().hex", ""),
            ("from uuid import uuid4 as u\npk = u()", "pk"),
        ],
    );
}

#[test]
fn others() {
    let go = "import \"github.com/google/uuid\"\n";
    for (text, expected) in [
        ("u := User{ID: uuid.New()}", "ID"),
        ("id, err := uuid.NewRandom()", "id"),
        ("var id uuid.UUID = uuid.New()", "id"),
        ("func NewID() string { return uuid.NewString() }", "NewID"),
        ("name := uuid.NewString()", ""),
    ] {
        assert_eq!(
            near(Language::Go, &format!("{go}{text}")),
            [expected],
            "{text}"
        );
    }
    check(
        Language::Rust,
        &[
            ("let id = Uuid::new_v4();", "id"),
            ("User { id: Uuid::new_v4(), name }", "id"),
            ("let id = given.unwrap_or_else(Uuid::new_v4);", "id"),
            ("fn new_id() -> Uuid { Uuid::new_v4() }", "new_id"),
        ],
    );
    check(
        Language::Java,
        &[
            ("private UUID id = UUID.randomUUID();", "id"),
            ("order.setId(UUID.randomUUID().toString());", "setId"),
            ("String name = UUID.randomUUID().toString();", ""),
        ],
    );
    check(
        Language::Kotlin,
        &[("val id: UUID = UUID.randomUUID()", "id")],
    );
    check(
        Language::CSharp,
        &[
            ("public Guid Id { get; set; } = Guid.NewGuid();", "Id"),
            ("var u = new User { Id = Guid.NewGuid() };", "Id"),
            ("static Guid NewId() => Guid.NewGuid();", "NewId"),
        ],
    );
    check(
        Language::Ruby,
        &[
            ("self.id ||= SecureRandom.uuid", "id"),
            ("create(id: SecureRandom.uuid)", "id"),
            ("def new_id\n  SecureRandom.uuid\nend", "new_id"),
            ("token = SecureRandom.uuid", ""),
        ],
    );
    check(
        Language::Php,
        &[
            ("<?php $this->id = Str::uuid();", "id"),
            ("<?php $m->id = (string) Str::uuid();", "id"),
            ("<?php return ['id' => Uuid::uuid4()->toString()];", "id"),
            ("<?php $name = Str::uuid();", ""),
        ],
    );
}

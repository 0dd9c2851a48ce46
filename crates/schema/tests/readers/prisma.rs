use schema::{Dialect, Schema, Source, prisma};

use crate::render::{problems, render};

fn read(texts: &[&str]) -> Schema {
    let sources = texts.iter().enumerate().map(|(number, text)| {
        Source::new(format!("{number}.prisma"), *text).expect("the fixture is short")
    });
    prisma::read(&sources.collect::<Vec<_>>())
}

/// Reads models for PostgreSQL that are free of problems.
fn check(models: &str, expected: &str) {
    check_on("postgresql", models, expected);
}

fn check_on(provider: &str, models: &str, expected: &str) {
    let text = format!("datasource db {{\n  provider = \"{provider}\"\n}}\n{models}");
    let schema = read(&[&text]);
    assert_eq!(problems(&schema, &[&text]), [""; 0]);
    assert_eq!(render(&schema), expected);
}

#[test]
fn every_default_is_told_apart() {
    check(
        r#"
model A {
  id     Int      @id @default(autoincrement())
  v4     String   @default(uuid()) @db.Uuid
  four   String   @default(uuid(4))
  v7     String   @default(uuid(7)) @db.Uuid
  c1     String   @default(cuid())
  c2     String   @default(cuid(2))
  ulid   String   @default(ulid())
  nano   String   @default(nanoid())
  nano10 String   @default(nanoid(10)) @db.VarChar(10)
  made   String   @default(dbgenerated("gen_random_uuid()")) @db.Uuid
  other  String   @default(dbgenerated("f('x', \"Y\")"))
  at     DateTime @default(now()) @db.Timestamptz(3)
  text   String   @default("a \"b\"")
  number BigInt   @default(-5)
  list   Int[]    @default([1, 2])
}
"#,
        r#"A
  id integer = Autoincrement
  v4 uuid = uuid Some(4) by the application
  four text = uuid Some(4) by the application
  v7 uuid = uuid Some(7) by the application
  c1 text = Cuid { version: 1 } by the application
  c2 text = Cuid { version: 2 } by the application
  ulid text = Ulid by the application
  nano text = Nanoid { length: None } by the application
  nano10 character varying(10) = Nanoid { length: Some(10) } by the application
  made uuid = uuid Some(4)
  other text = expression f('x', "Y")
  at timestamp with time zone(3) = Now
  text text = "a \"b\""
  number bigint = "-5"
  list integer[] = "[1, 2]"
  key (id)
sequence A_id_seq of A.id Implied
"#,
    );
}

#[test]
fn names_of_the_database_replace_those_of_the_code() {
    check(
        r#"
enum Role {
  ADMIN @map("admin")
  USER
  @@map("role")
}
model User {
  id    Int   @id @map("user_id")
  role  Role  @default(USER)
  email String @unique(map: "users_email")
  @@unique([email, role], name: "byRole", map: "users_email_role")
  @@index([email(sort: Desc), id], map: "ix", type: BTree)
  @@map("users")
  @@schema("auth")
}
"#,
        r#"auth.users (User)
  user_id (id) integer
  role role = "USER"
  email text
  key (user_id)
  unique (email) users_email
  unique (email, role) users_email_role
  index (email, user_id) ix by btree
enum role: admin, USER
"#,
    );
}

#[test]
fn references_lead_to_columns() {
    check(
        r#"
model A {
  x     Int
  y     Int    @map("why")
  up    Int?
  one   B      @relation(fields: [x, y], references: [b, a], onDelete: Cascade, map: "a_to_b")
  upper A?     @relation("tree", fields: [up], references: [x])
  lower A[]    @relation("tree")
  @@id([x, y])
}
model B {
  a Int
  b Int @map("bee")
  many A[]
  @@id([a, b])
  @@map("bees")
}
"#,
        r"A
  x integer
  why (y) integer
  up integer?
  key (x, why)
  (x, why) -> bees(bee, a) on delete Cascade on update Cascade a_to_b
  (up) -> A(x) on delete SetNull on update Cascade
bees (B)
  a integer
  bee (b) integer
  key (a, bee)
",
    );
}

#[test]
fn two_lists_are_a_join_table() {
    check(
        r#"
model Zoo {
  id      Int      @id
  animals Animal[]
  friends Zoo[]    @relation("near")
  nearOf  Zoo[]    @relation("near")
}
model Animal {
  key  String @id @db.Uuid
  zoos Zoo[]
}
"#,
        r"Zoo
  id integer
  key (id)
Animal
  key uuid
  key (key)
_near
  A integer
  B integer
  unique (A, B)
  (A) -> Zoo(id) on delete Cascade on update Cascade
  (B) -> Zoo(id) on delete Cascade on update Cascade
  index (B) _near_B_index
_AnimalToZoo
  A uuid
  B integer
  unique (A, B)
  (A) -> Animal(key) on delete Cascade on update Cascade
  (B) -> Zoo(id) on delete Cascade on update Cascade
  index (B) _AnimalToZoo_B_index
",
    );
}

#[test]
fn documents_have_no_constraints_and_no_join_tables() {
    check_on(
        "mongodb",
        r#"
type Address {
  city String
  tags String[]
}
model User {
  id      String  @id @default(auto()) @map("_id") @db.ObjectId
  home    Address?
  postIds String[] @db.ObjectId
  posts   Post[]   @relation(fields: [postIds], references: [id])
  @@index([home.city])
}
model Post {
  id      String   @id @map("_id") @db.ObjectId
  userIds String[] @db.ObjectId
  users   User[]   @relation(fields: [userIds], references: [id])
}
"#,
        r"User
  _id (id) objectid = ObjectId
  home Address?
  postIds objectid[]
  key (_id)
  (postIds) -> Post(_id) on delete Restrict on update Cascade unconstrained
  index (home.city)
Post
  _id (id) objectid
  userIds objectid[]
  key (_id)
  (userIds) -> User(_id) on delete Restrict on update Cascade unconstrained
type Address
  city string
  tags string[]
",
    );
}

#[test]
fn each_database_stores_scalars_in_its_own_way() {
    let model = "model A {\n  id String @id\n  n Int @default(autoincrement()) @unique\n}\n";
    let cases = [
        ("mysql", "varchar(191)", "int"),
        ("sqlite", "text", "integer"),
        ("sqlserver", "nvarchar(1000)", "int"),
        ("cockroachdb", "text", "integer"),
    ];
    for (provider, string, int) in cases {
        let expected =
            format!("A\n  id {string}\n  n {int} = Autoincrement\n  key (id)\n  unique (n)\n");
        check_on(provider, model, &expected);
    }
}

#[test]
fn views_and_unsupported_types_are_there() {
    check(
        r#"
view Info {
  id   Int    @unique
  area Unsupported("circle")?
  @@map("info")
}
model A {
  id    Int @id
  place Unsupported("geometry(Point, 4326)") @ignore
}
"#,
        r"A
  id integer
  place geometry(Point,4326)
  key (id)
view info
  id integer
  area circle?
",
    );
}

#[test]
fn a_folder_is_one_schema() {
    let first = "datasource pg {\n  provider = \"postgresql\"\n  relationMode = \"prisma\"\n}\n\
                 model Post {\n  id Int @id\n  userId String @pg.Uuid\n  \
                 user User @relation(fields: [userId], references: [id])\n}\n";
    let second = "model User {\n  id String @id @pg.Uuid\n  posts Post[]\n}\n";
    let schema = read(&[second, first]);
    assert_eq!(problems(&schema, &[second, first]), [""; 0]);
    assert_eq!(schema.dialect, Dialect::PostgreSql);
    assert_eq!(
        render(&schema),
        r"User
  id uuid
  key (id)
Post
  id integer
  userId uuid
  key (id)
  (userId) -> User(id) on delete Restrict on update Cascade unconstrained
"
    );
    let user = &schema.tables[0];
    assert_eq!(&second[user.span.range()], second.trim_end());
    let reference = schema.tables[1].references[0].span;
    assert_eq!(reference.file, 1);
    assert!(first[reference.range()].starts_with("user User @relation"));
}

#[test]
fn comments_hide_what_they_hold() {
    check(
        "// model X {\n/* model Y {\n  id Int @id\n} */\nmodel A { // one {\n  /// docs @id\n  \
         id Int @id /* here */ // @default(1)\r\n  // b Int\n}\n",
        "A\n  id integer\n  key (id)\n",
    );
}

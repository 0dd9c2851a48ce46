//! Whole schemas: names, alignment, several files, relations, damage.

use super::super::{KeyDefault, OBSTACLES_MAX};
use super::{DATASOURCE, forward, plan, refused};

const SHOP: &str = "\
datasource pg {
  provider = \"postgresql\"
  url      = env(\"DATABASE_URL\")
}

/// Who buys.
model Customer {
  id     Int     @id @default(autoincrement()) // counted
  name   String?
  orders Order[]

  @@map(\"customers\")
}

model Order {
  /// its key
  number     BigInt   @id @default(autoincrement()) @map(\"id\") @pg.BigInt
  customerId Int      @map(\"customer_id\")
  // a line between
  placed     DateTime

  customer Customer @relation(fields: [customerId], references: [id])

  @@map(\"orders\")
}
";

#[test]
fn columns_of_a_formatted_file_stay_aligned() {
    let plan = plan(&[
        "customers.id issued",
        "orders.id issued bigint",
        "orders.customer_id reference",
    ]);
    let (new, done) = forward(&plan, &[SHOP], KeyDefault::Uuid7);
    let expected = SHOP
        .replace(
            "id     Int     @id @default(autoincrement()) //",
            "id     String  @id @default(uuid(7)) @pg.Uuid //",
        )
        .replace(
            "BigInt   @id @default(autoincrement()) @map(\"id\") @pg.BigInt",
            "String   @id @default(uuid(7)) @map(\"id\") @pg.Uuid",
        )
        .replace(
            "Int      @map(\"customer_id\")",
            "String   @map(\"customer_id\") @pg.Uuid",
        );
    assert_eq!(new[0], expected);
    let lines: Vec<_> = done
        .changes
        .iter()
        .map(|it| (it.line, it.field.as_str()))
        .collect();
    assert_eq!(lines, [(8, "id"), (17, "number"), (18, "customerId")]);
    let hunks: Vec<_> = done.files[0]
        .hunks
        .iter()
        .map(|it| (it.line, it.after.len()))
        .collect();
    assert_eq!(hunks, [(8, 1), (17, 2)]);
    assert_eq!(done.notes.len(), 1, "{:?}", done.notes);
}

#[test]
fn a_longer_type_moves_the_attributes_of_its_neighbours() {
    let old =
        format!("{DATASOURCE}model A {{\n  id Int @id\n  b  Int @unique\n\n  c Int @unique\n}}\n");
    let (new, done) = forward(&plan(&["A.id mint"]), &[&old], KeyDefault::Uuid7);
    let fields = "  id String @id @db.Uuid\n  b  Int    @unique\n\n  c Int @unique\n";
    assert_eq!(new[0], format!("{DATASOURCE}model A {{\n{fields}}}\n"));
    assert_eq!(done.changes.len(), 1);
}

#[test]
fn files_that_nobody_formatted_keep_their_blanks_and_their_line_ends() {
    let old = format!("{DATASOURCE}model A {{\r\n\tid Int\t@id//x\r\n\tlong Int   @unique\r\n}}");
    let (new, _) = forward(&plan(&["A.id mint"]), &[&old], KeyDefault::Uuid7);
    let fields = "\tid String\t@id @db.Uuid//x\r\n\tlong Int   @unique\r\n";
    assert_eq!(new[0], format!("{DATASOURCE}model A {{\r\n{fields}}}"));
}

#[test]
fn schemas_and_files_are_told_apart() {
    let other = "model A {\n  id Int @id\n\n  @@map(\"t\")\n  @@schema(\"a\")\n}\n\
        model B {\n  id Int @id\n\n  @@map(\"t\")\n  @@schema(\"b\")\n}\n";
    let (new, _) = forward(
        &plan(&["b.t.id mint"]),
        &[DATASOURCE, other],
        KeyDefault::Uuid7,
    );
    assert_eq!(new[0], DATASOURCE);
    let (first, second) = new[1].split_once("model B").expect("both");
    assert!(
        first.contains("id Int @id") && second.contains("id String @id @db.Uuid"),
        "{new:?}"
    );
}

#[test]
fn what_is_not_rewritten_is_said() {
    let old = format!(
        "{DATASOURCE}model A {{\n  id Int @id\n  bs B[]\n}}\nmodel B {{\n  id Int @id\n  as A[]\n  \
         aIds Int[]\n}}\nview V {{\n  id Int @unique\n}}\n"
    );
    let plan = plan(&[
        "A.id mint",
        "A.gone reference",
        "_AToB.A reference",
        "missing.id mint",
    ]);
    let (_, done) = forward(&plan, &[&old], KeyDefault::Uuid7);
    let said = done.notes.join("\n");
    for part in [
        "column `gone`",
        "join table",
        "No model",
        "View `V`",
        "`B.aIds`",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn damage_is_refused_with_its_place() {
    let cases = [
        ("model A {\n  id Int @id\n  b Int @@\n}\n", (6, 10)),
        ("model A {\n  id Int @id\n", (4, 1)),
        ("modell A {\n  id Int @id\n}\n", (4, 1)),
        ("model A {\n  id Int @id\n  b B\n}\n", (6, 5)),
    ];
    for (text, place) in cases {
        let obstacles = refused(&plan(&["A.id mint"]), &[&format!("{DATASOURCE}{text}")]);
        let first = &obstacles[0];
        assert_eq!((first.line, first.column), place, "{text}: {first:?}");
        assert_eq!(first.path, "1.prisma");
    }
    let many = format!("{DATASOURCE}model A {{\n{}}}\n", "  ?\n".repeat(50));
    assert_eq!(
        refused(&plan(&["A.id mint"]), &[&many]).len(),
        OBSTACLES_MAX
    );
}

#[test]
fn other_databases_and_half_relations_are_refused() {
    let related = "model A {\n  id Int @id\n  bs B[]\n}\nmodel B {\n  id Int @id\n  aId Int\n  \
        a A @relation(fields: [aId], references: [id])\n}\n";
    let cases = [
        ("model A {\n  id Int @id\n}\n".to_owned(), "datasource"),
        (
            DATASOURCE.replace("postgresql", "mysql"),
            "provider `mysql`",
        ),
        (
            format!("{DATASOURCE}{related}"),
            "`A.id` moves, `B.aId` does not",
        ),
    ];
    for (text, expected) in cases {
        let obstacles = refused(&plan(&["A.id mint"]), &[&text]);
        assert!(obstacles[0].message.contains(expected), "{obstacles:?}");
    }
    let (new, _) = forward(
        &plan(&["A.id mint", "B.aId reference"]),
        &[&format!("{DATASOURCE}{related}")],
        KeyDefault::Uuid7,
    );
    assert!(new[0].contains("aId String @db.Uuid"));
}

//! Prisma's own validator and formatter take what was written, where the machine has them.
//!
//! `GUIDE_TOOLS` names a folder with `@prisma/prisma-schema-wasm`, as for the guide's examples.

use std::path::PathBuf;
use std::process::Command;

use super::Shop;

const SCHEMA: &str = "prisma/schema.prisma";

/// Fields of many kinds around the tables of the plan.
const MANY: &str = r#"generator client {
  provider = "prisma-client-js"
}

datasource pg {
  provider = "postgresql"
}

enum Kind {
  A
  B
}

/// Who buys.
model Customer {
  /// Counted.
  key    Int     @id(map: "customers_pkey") @default(autoincrement()) @map("id") @pg.Integer
  kind   Kind    @default(A)
  email  String? @unique @pg.VarChar(200)
  // lists
  orders Order[] @relation("buys")
  gifts  Order[] @relation("gets")

  @@map("customers")
}

model Order {
  id         BigInt   @id @default(dbgenerated("nextval('orders_id_seq'::regclass)"))
  customerId Int?     @default(1) @map("customer_id") @pg.Integer /// who
  placed     DateTime @default(now()) @pg.Timestamp(3)
  tags       String[]

  buyer Customer? @relation("buys", fields: [customerId], references: [key], map: "orders_fk")
  owner Customer? @relation("gets", fields: [customerId], references: [key], map: "orders_fk2")
  extra Extra?

  @@unique([customerId, placed(sort: Desc)])
  @@index([customerId], type: Hash)
  @@map("orders")
}

model Extra {
  id     String @id @default(uuid()) @pg.Uuid
  volume Float
  order  Order? @relation(fields: [volumeId], references: [id])

  volumeId String? @unique @pg.Uuid
}
"#;

fn tools() -> Option<PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test asks what the machine has"
    )]
    let folder = std::env::var_os("GUIDE_TOOLS").map(PathBuf::from)?;
    folder
        .join("node_modules/@prisma/prisma-schema-wasm")
        .exists()
        .then_some(folder)
}

#[expect(clippy::print_stderr, reason = "a skipped test says so loudly")]
fn tools_or_skip() -> Option<PathBuf> {
    let found = tools();
    if found.is_none() {
        eprintln!("SKIPPED: Prisma's validator: GUIDE_TOOLS names no folder with it");
    }
    found
}

/// What Prisma says against a schema, or against its format; empty if nothing.
fn complaint(tools: &std::path::Path, text: &str) -> String {
    let script = "const prisma = require('@prisma/prisma-schema-wasm');\
        const text = process.env.SCHEMA;\
        prisma.validate(JSON.stringify({ prismaSchema: [['a.prisma', text]] }));\
        const options = { textDocument: { uri: 'file:/a.prisma' },\
            options: { tabSize: 2, insertSpaces: true } };\
        const files = JSON.stringify([['a.prisma', text]]);\
        const formatted = JSON.parse(prisma.format(files, JSON.stringify(options)))[0][1];\
        if (formatted !== text) throw new Error('format: ' + formatted);";
    let ran = Command::new("node")
        .args(["-e", script])
        .env("SCHEMA", text)
        .current_dir(tools)
        .output()
        .expect("node is where its packages are");
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert_eq!(ran.status.success(), said.is_empty(), "{said}");
    said
}

#[test]
fn prisma_takes_the_schema_on_both_ways() {
    let Some(tools) = tools_or_skip() else { return };
    // The reference to `Order.id` cannot stay a number's: it is one before, and none of the plan's.
    let many = MANY.replace(
        "volumeId String? @unique @pg.Uuid",
        "volumeId BigInt? @unique",
    );
    let alone = many.replace(
        "  order  Order? @relation(fields: [volumeId], references: [id])\n",
        "",
    );
    let alone = alone.replace("  extra Extra?\n", "");
    let shop = Shop::new();
    for before in [shop.text(SCHEMA), alone] {
        assert_eq!(complaint(&tools, &before), "", "the rig itself");
        for default in ["uuid7", "none"] {
            let shop = Shop::new();
            shop.write(SCHEMA, &before);
            shop.json(&["--no-code", "--default", default]);
            let after = shop.text(SCHEMA);
            assert_ne!(after, before);
            assert_eq!(complaint(&tools, &after), "", "{after}");
            shop.json(&["--back"]);
            assert_eq!(shop.text(SCHEMA), before);
        }
    }
    // What Prisma would refuse is refused here as well, and the control: Prisma does refuse it.
    let shop = Shop::new();
    shop.write(SCHEMA, &many);
    let said = shop.run(&["--no-code"]).refused();
    assert!(
        said.contains("`Order.id` moves, `Extra.volumeId` does not"),
        "{said}"
    );
    let half = many.replace(
        "id         BigInt   @id @default(dbgenerated(\"nextval('orders_id_seq'::regclass)\"))",
        "id         String   @id @default(uuid(7)) @pg.Uuid",
    );
    assert_ne!(half, many);
    assert_ne!(complaint(&tools, &half), "");
}

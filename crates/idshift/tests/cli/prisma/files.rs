//! Which files are read and written, and which are left alone.

use std::fs;

use super::Shop;

const SCHEMA: &str = "prisma/schema.prisma";
const BACKUP: &str = "prisma/schema.prisma.before-idshift";

#[test]
fn a_dry_run_and_a_check_write_nothing() {
    let shop = Shop::new();
    let before = shop.text(SCHEMA);
    for (flag, status) in [("--dry-run", 0), ("--check", 1)] {
        let ran = shop.run(&[flag, "--no-code"]);
        assert_eq!(ran.status, status, "{flag}: {}", ran.err);
        assert!(
            ran.out
                .contains("+  id     String  @id @default(uuid(7)) @db.Uuid"),
            "{}",
            ran.out
        );
        assert_eq!(shop.text(SCHEMA), before);
        assert!(!shop.path(BACKUP).exists());
    }
}

#[test]
fn what_was_is_kept_and_comes_back() {
    let shop = Shop::new();
    let before = shop.text(SCHEMA);
    let done = shop.json(&["--no-code"]);
    assert_eq!(done["files"][0]["backup"], BACKUP);
    assert_eq!(done["changes"].as_array().map(Vec::len), Some(3));
    assert_eq!(
        done["changes"][0]["after"],
        "id String @id @default(uuid(7)) @db.Uuid"
    );
    assert_eq!(shop.text(BACKUP), before);
    let after = shop.text(SCHEMA);
    assert_ne!(after, before);

    let again = shop.json(&["--no-code"]);
    assert_eq!(again["files"][0]["written"], false);
    assert_eq!(
        (shop.text(SCHEMA), shop.text(BACKUP)),
        (after, before.clone())
    );
    assert_eq!(shop.run(&["--check", "--no-code"]).status, 0);

    shop.json(&["--back"]);
    assert_eq!(shop.text(SCHEMA), before);
    assert!(!shop.path(BACKUP).exists(), "there is nothing left to keep");
}

#[test]
fn the_way_back_keeps_what_was_changed_since() {
    let shop = Shop::new();
    let before = shop.text(SCHEMA);
    shop.json(&["--no-code"]);
    let added = "\nmodel Note {\n  id String @id\n}\n";
    shop.write(SCHEMA, &format!("{}{added}", shop.text(SCHEMA)));
    shop.json(&["--back"]);
    assert_eq!(shop.text(SCHEMA), format!("{before}{added}"));
    assert_eq!(shop.text(BACKUP), before, "it is not the same, and stays");
}

#[test]
fn a_backup_is_never_written_over() {
    let shop = Shop::new();
    let before = shop.text(SCHEMA);
    shop.write(BACKUP, "another");
    let said = shop.run(&["--no-code"]).refused();
    assert!(
        said.contains("with another text") && said.contains("hint: "),
        "{said}"
    );
    assert_eq!(
        (shop.text(SCHEMA), shop.text(BACKUP)),
        (before, "another".to_owned())
    );
}

#[test]
fn the_files_of_a_folder_are_one_schema() {
    let shop = Shop::new();
    let text = shop.text(SCHEMA);
    let (head, order) = text.split_once("model Order").expect("two models");
    fs::remove_file(shop.path(SCHEMA)).expect("ours");
    shop.write("db/schema.prisma", head);
    shop.write("db/models/order.prisma", &format!("model Order{order}"));
    let said = shop
        .run(&["--schema", "db/schema.prisma", "--no-code"])
        .refused();
    assert!(
        said.contains("db/schema.prisma:13:") && said.contains("`Order`"),
        "{said}"
    );
    let none = shop.run(&["--no-code"]).refused();
    assert!(none.contains("find a Prisma schema"), "{none}");

    shop.write("package.json", "{\"prisma\": {\"schema\": \"db\"}}");
    let done = shop.json(&["--no-code"]);
    let written = |path| {
        let files = done["files"].as_array().expect("files");
        files
            .iter()
            .any(|file| file["path"] == path && file["written"] == true)
    };
    assert!(
        written("db/schema.prisma") && written("db/models/order.prisma"),
        "{done}"
    );
    assert!(
        shop.text("db/models/order.prisma")
            .contains("customerId String   @map")
    );
}

#[test]
fn damage_is_refused_with_file_and_line() {
    let shop = Shop::new();
    let damaged = shop.text(SCHEMA).replace("email  String", "email  =");
    shop.write(SCHEMA, &damaged);
    let said = shop.run(&[]).refused();
    assert!(
        said.starts_with("error: prisma/schema.prisma:12:10: failed to read"),
        "{said}"
    );
    let json = shop.run(&["--json"]);
    assert_eq!(
        (json.status, &json.json()[0]["refused"][0]["line"]),
        (1, &12.into())
    );
    let mut bytes = shop.text(SCHEMA).replace('=', "x").into_bytes();
    bytes.push(0xff);
    fs::write(shop.path(SCHEMA), &bytes).expect("ours");
    shop.run(&["--no-code"]).refused();
    assert_eq!(fs::read(shop.path(SCHEMA)).expect("there"), bytes);
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_rights_stay_rights() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let shop = Shop::new();
    fs::rename(shop.path(SCHEMA), shop.path("real.prisma")).expect("ours");
    fs::set_permissions(shop.path("real.prisma"), fs::Permissions::from_mode(0o640)).expect("ours");
    symlink("../real.prisma", shop.path(SCHEMA)).expect("ours");
    shop.json(&["--schema", SCHEMA, "--no-code"]);
    assert!(shop.path(SCHEMA).is_symlink());
    assert!(shop.text("real.prisma").contains("@db.Uuid"));
    let mode = fs::metadata(shop.path("real.prisma"))
        .expect("there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o640);
}

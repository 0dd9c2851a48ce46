use schema::orm::ecto;
use schema::{Schema, Source};

use crate::render::{problems, render};

fn read(texts: &[&str]) -> Schema {
    let sources = (1..).zip(texts);
    let sources =
        sources.map(|(at, text)| Source::new(format!("priv/repo/migrations/{at}.exs"), *text));
    ecto::read(&sources.collect::<Result<Vec<_>, _>>().expect("it is short"))
}

const FIRST: &str = "defmodule Shop.Repo.Migrations.First do\n  use Ecto.Migration\n\n  \
    def change do\n    create table(:users) do\n      add :name, :string, null: false, size: \
    80\n      \
    add :tags, {:array, :string}, default: []\n      timestamps(type: \
    :utc_datetime)\n    end\n\n    \
    create unique_index(:users, [:name])\n\n    \
    create table(:posts, primary_key: false) do\n      \
    add :id, :binary_id, primary_key: true\n      add :key, :uuid, \
    default: fragment(\"gen_random_uuid()\")\n      \
    add :user_id, references(:users, on_delete: :delete_all), null: false\n      \
    add :price, :decimal, precision: 10, scale: 2\n      add :gone, \
    :integer\n    end\n  end\nend\n";

#[test]
fn a_table_has_a_counted_key_unless_told_otherwise() {
    let second = "defmodule Shop.Repo.Migrations.Second do\n  use Ecto.Migration\n\n  \
        def up do\n    alter table(:posts) do\n      modify :price, :integer\n      \
        remove :gone\n      add :note, :text\n    end\n    rename table(:users), to: \
        table(:people)\n    \
        rename table(:people), :name, to: :title\n    \
        execute \"ALTER TABLE people DROP COLUMN tags\"\n    \
        execute(\"\"\"\n    ALTER TABLE posts ADD COLUMN extra int\n    \"\"\")\n  end\n\n  \
        def down do\n    drop table(:posts)\n  end\nend\n";
    let texts = [FIRST, second];
    let schema = read(&texts);
    assert_eq!(
        render(&schema),
        "people\n  id bigint = Serial\n  title character varying(80)\n  \
         inserted_at timestamp without time zone(0)\n  \
         updated_at timestamp without time zone(0)\n  key (id)\n  \
         unique index (title) users_name_index\n\
         posts\n  id uuid\n  key uuid? = uuid Some(4)\n  user_id bigint\n  price integer?\n  \
         note text?\n  extra integer?\n  key (id)\n  (user_id) -> people(id) on delete Cascade\n\
         sequence users_id_seq of people.id Implied\n"
    );
    assert_eq!(problems(&schema, &texts), Vec::<String>::new());
}

#[test]
fn the_configuration_chooses_the_key() {
    let config = "config :shop, Shop.Repo, migration_primary_key: [name: :id, type: :uuid]";
    let text = "use Ecto.Migration\ndef change do\n  create table(:a)\n  create table(:b) do\n    \
                add :a_id, references(:a)\n  end\nend\n";
    let sources = [
        Source::new("config/config.exs", config).unwrap(),
        Source::new("migrations/1.exs", text).unwrap(),
    ];
    assert_eq!(
        render(&ecto::read(&sources)),
        "a\n  id uuid\n  key (id)\nb\n  id uuid\n  a_id uuid?\n  key (id)\n  (a_id) -> a(id)\n"
    );
}

#[test]
fn what_is_not_understood_is_reported() {
    let text = "use Ecto.Migration\ndef change do\n  create table(@name) do\n  end\n  \
                make_tea :x\n  create table(:a) do\n    add name, :text\n    oops\n  end\nend\n";
    let schema = read(&[text]);
    assert_eq!(schema.tables.len(), 1);
    let found = problems(&schema, &[text]);
    let whys = [
        "no plain name",
        "it is no statement that is known",
        "it declares no column",
        "it is no line of a table",
    ];
    assert_eq!(found.len(), whys.len(), "{found:#?}");
    for (found, why) in found.iter().zip(whys) {
        assert!(found.ends_with(why), "{found}");
    }
}

use schema::orm::laravel;
use schema::{Schema, Source};

use crate::render::{problems, render};

fn read(texts: &[&str]) -> Schema {
    let sources = (1..).zip(texts);
    let sources =
        sources.map(|(at, text)| Source::new(format!("migrations/2024_0{at}.php"), *text));
    laravel::read(&sources.collect::<Result<Vec<_>, _>>().expect("it is short"))
}

fn migration(body: &str) -> String {
    format!(
        "<?php\n\nreturn new class extends Migration\n{{\n    public function up(): void\n    {{\n\
         {body}\n    }}\n\n    public function down(): void\n    {{\n        \
         Schema::dropIfExists('users');\n    }}\n}};\n"
    )
}

#[test]
fn blueprints_are_tables() {
    let first = migration(
        "Schema::create('users', function (Blueprint $table) {\n  $table->id();\n  \
         $table->uuid('uid')->unique();\n  $table->string('name', 80)->default('x');\n  \
         $table->decimal('price', 8, 2)->nullable();\n  $table->engine = 'InnoDB';\n  \
         $table->rememberToken();\n  $table->timestamps();\n});\n\
         Schema::create('posts', function (Blueprint $table) {\n  \
         $table->ulid('id')->primary();\n  \
         $table->foreignId('user_id')->constrained()->onDelete('cascade');\n  \
         $table->foreignIdFor(BlogTag::class)->nullable()->constrained()->nullOnDelete();\n  \
         $table->morphs('owner');\n  $table->unsignedInteger('other');\n  \
         $table->foreign('other')->references('id')->on('others');\n  \
         $table->index(['user_id', 'other'], 'both');\n});",
    );
    let second = migration(
        "Schema::table('users', function (Blueprint $table) {\n  \
         $table->renameColumn('name', 'title');\n  $table->dropColumn('price');\n  \
         $table->string('title', 40)->nullable()->change();\n  $table->dropTimestamps();\n});\n\
         Schema::rename('users', 'people');\nDB::statement(\"ALTER TABLE people DROP COLUMN \
         uid\");",
    );
    let texts = [first.as_str(), second.as_str()];
    let schema = read(&texts);
    assert_eq!(
        render(&schema),
        "people\n  id bigint unsigned = Autoincrement\n  title varchar(40)?\n  \
         remember_token varchar(100)?\n  key (id)\n\
         posts\n  id char(26)\n  user_id bigint unsigned\n  blog_tag_id bigint unsigned?\n  \
         owner_type varchar(255)\n  owner_id bigint unsigned\n  other int unsigned\n  key (id)\n  \
         (user_id) -> people(id) on delete Cascade\n  \
         (blog_tag_id) -> blog_tags(id) on delete SetNull\n  (other) -> others(id)\n  \
         index (user_id, other) both\n"
    );
    let found = problems(&schema, &texts);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(
        found
            .iter()
            .all(|it| it.ends_with("no statement creates it")),
        "{found:#?}"
    );
}

#[test]
fn what_is_not_understood_is_reported() {
    let text = migration(
        "Schema::create('a', function ($t) {\n  $t->id();\n  $t->tea('x');\n  \
         $t->string($name);\n});\nSchema::create($other, function ($t) {});",
    );
    let schema = read(&[&text]);
    assert_eq!(
        render(&schema),
        "a partly\n  id bigint = Autoincrement\n  key (id)\n"
    );
    let found = problems(&schema, &[&text]);
    let whys = [
        "it is no line that is known",
        "the column has no plain name",
        "the table has no plain name",
    ];
    assert_eq!(found.len(), whys.len());
    for (found, why) in found.iter().zip(whys) {
        assert!(found.ends_with(why), "{found}");
    }
}

#[test]
fn dropping_goes_by_columns_or_made_names() {
    let first = migration(
        "Schema::create('a', function (Blueprint $t) {\n  $t->id(); $t->foreignId('b_id')\
         ->constrained('a'); $t->string('c')->unique(); $t->string('d')->index();\n});",
    );
    let second = migration(
        "Schema::table('a', function (Blueprint $t) {\n  $t->dropForeign(['b_id']);\n  \
         $t->dropUnique('a_c_unique');\n  $t->dropIndex(['d']);\n});",
    );
    let schema = read(&[&first, &second]);
    assert_eq!(
        render(&schema),
        "a\n  id bigint = Autoincrement\n  b_id bigint\n  c character varying(255)\n  \
         d character varying(255)\n  key (id)\n"
    );
}

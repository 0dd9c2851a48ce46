use schema::orm::django;
use schema::{Schema, Source};

use crate::render::{problems, render};

fn read(files: &[(&str, &str)]) -> Schema {
    let sources = files.iter().map(|(path, text)| Source::new(*path, *text));
    let sources: Result<Vec<_>, _> = sources.collect();
    django::read(&sources.expect("they are short"))
}

const FIRST: &str = "import uuid\nfrom django.conf import settings\nfrom django.db import \
    migrations, \
    models\n\nclass Migration(migrations.Migration):\n    dependencies = []\n    operations = \
    [\n        \
    migrations.CreateModel(\n            name='Author',\n            fields=[\n                \
    ('id', models.BigAutoField(auto_created=True, primary_key=True, \
    serialize=False)),\n                \
    ('name', models.CharField(max_length=80, unique=True)),\n            ],\n        ),\n        \
    migrations.CreateModel(\n            name='Book',\n            fields=[\n                \
    ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, \
    serialize=False)),\n                \
    ('slug', models.SlugField()),\n                \
    ('author', models.ForeignKey(on_delete=models.CASCADE, to='shop.author')),\n                \
    ('owner', models.ForeignKey(null=True, on_delete=models.CASCADE, \
    to=settings.AUTH_USER_MODEL)),\n                \
    ('readers', models.ManyToManyField(to='shop.author', \
    related_name='+')),\n            ],\n            \
    options={'db_table': 'books', 'unique_together': {('author', 'slug')}},\n        ),\n    ]\n";

const SECOND: &str = "class Migration(migrations.Migration):\n    \
    dependencies = [('shop', '0009_first')]\n    operations = [\n        \
    migrations.RenameModel('Author', 'Person'),\n        \
    migrations.RenameField('book', 'slug', 'handle'),\n        \
    migrations.AddField('person', 'age', models.IntegerField(null=True, default=1)),\n        \
    migrations.RemoveField('person', 'name'),\n        \
    migrations.AlterModelTable('book', 'volumes'),\n        \
    migrations.RunPython(lambda apps, editor: None),\n    ]\n";

#[test]
fn migrations_run_in_the_order_of_their_dependencies() {
    let settings = "DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'\nDATABASES = {'default': \
                    {'ENGINE': 'django.db.backends.postgresql'}}";
    let schema = read(&[
        ("shop/migrations/0001_second.py", SECOND),
        ("shop/migrations/0009_first.py", FIRST),
        ("site/settings.py", settings),
    ]);
    assert_eq!(
        render(&schema),
        "shop_person (Person)\n  id bigint = Identity { always: false }\n  \
         age integer? = \"1\" by the application\n  key (id)\n\
         volumes (Book)\n  id uuid = uuid Some(4) by the application\n  \
         handle character varying(50)\n  author_id (author) bigint\n  owner_id (owner) integer?\n  \
         key (id)\n  unique (author_id, handle)\n  (author_id) -> shop_person(id)\n  \
         (owner_id) -> auth_user(id)\n  index (handle)\n  index (author_id)\n  index (owner_id)\n\
         volumes_readers\n  id bigint = Identity { always: false }\n  book_id uuid\n  \
         person_id bigint\n  key (id)\n  unique (book_id, person_id)\n  \
         (book_id) -> volumes(id)\n  (person_id) -> shop_person(id)\n  index (book_id)\n  \
         index (person_id)\n"
    );
    assert!(schema.problems.is_empty(), "{:#?}", schema.problems);
}

#[test]
fn what_is_not_understood_is_reported() {
    let text = "class Migration(migrations.Migration):\n    operations = [\n        \
        migrations.MakeTea('x'),\n        \
        migrations.RunSQL('ALTER TABLE a ADD b int'),\n        \
        migrations.RunSQL('UPDATE a SET b = 1'),\n        \
        migrations.CreateModel('A', [('id', models.TeaField(primary_key=True))]),\n        \
        migrations.DeleteModel('B'),\n    ]\n";
    let schema = read(&[("a/migrations/0001_x.py", text)]);
    assert_eq!(schema.tables.len(), 1);
    let found = problems(&schema, &[text]);
    let whys = [
        "it is no operation that is known",
        "it is SQL of its own",
        "`TeaField` is none that is known",
        "no migration creates it",
    ];
    assert_eq!(found.len(), whys.len(), "{found:#?}");
    for (found, why) in found.iter().zip(whys) {
        assert!(found.ends_with(why), "{found}");
    }
}

use schema::orm::typeorm;
use schema::{Confidence, Schema, Source};

use crate::render::{problems, render};

fn read(texts: &[&str]) -> Schema {
    let sources = (1..).zip(texts);
    let sources = sources.map(|(at, text)| Source::new(format!("migrations/{at}-x.ts"), *text));
    typeorm::read(&sources.collect::<Result<Vec<_>, _>>().expect("it is short"))
}

fn migration(body: &str) -> String {
    format!(
        "import {{ MigrationInterface, QueryRunner }} from 'typeorm';\n\n\
         export class X1 implements MigrationInterface {{\n  \
         public async up(queryRunner: QueryRunner): Promise<void> {{\n{body}\n  }}\n\n  \
         public async down(queryRunner: QueryRunner): Promise<void> {{\n    \
         await queryRunner.query(`DROP TABLE \"user\"`);\n  }}\n}}\n"
    )
}

#[test]
fn queries_and_objects_build_one_schema() {
    let first = migration(
        "await queryRunner.query(`CREATE TABLE \"user\" (\"id\" SERIAL NOT NULL, \"name\" \
         character varying, CONSTRAINT \"PK_1\" PRIMARY KEY (\"id\"))`);\n\
         await queryRunner.createTable(new Table({ name: 'post', columns: [\n  \
         { name: 'id', type: 'uuid', isPrimary: true, isGenerated: true, \
         generationStrategy: 'uuid' },\n  { name: 'userId', type: 'int', isNullable: true },\n  \
         { name: 'title', type: 'varchar', length: '80', isUnique: true, default: \"'x'\" }],\n  \
         foreignKeys: [{ columnNames: ['userId'], referencedTableName: 'user', \
         referencedColumnNames: ['id'], onDelete: 'CASCADE' }] }), true);",
    );
    let second = migration(
        "await queryRunner.query(\"ALTER TABLE \\\"user\\\" DROP COLUMN \\\"name\\\"\");\n\
         await queryRunner.addColumn('post', new TableColumn({ name: 'n', type: 'bigint' }));\n\
         await queryRunner.renameColumn('post', 'title', 'label');\n\
         await queryRunner.createIndex('post', new TableIndex({ name: 'i', columnNames: ['n'] }));",
    );
    let texts = [first.as_str(), second.as_str()];
    let schema = read(&texts);
    assert_eq!(
        render(&schema),
        "user\n  id integer = Serial\n  key (id) PK_1\n\
         post\n  id uuid = uuid Some(4)\n  userId integer?\n  \
         label character varying(80) = \"x\"\n  n bigint\n  key (id)\n  unique (label)\n  \
         (userId) -> user(id) on delete Cascade\n  index (n) i\n\
         sequence user_id_seq of user.id Implied\n"
    );
    assert_eq!(problems(&schema, &texts), Vec::<String>::new());
    assert_eq!(schema.tables[0].confidence, Confidence::Medium);
}

#[test]
fn a_query_keeps_its_place_in_the_file() {
    let text = migration("await queryRunner.query(\"CREATE TABLE \\\"a b\\\" (id int)\");");
    let schema = read(&[&text]);
    assert_eq!(schema.tables[0].name.name, "a b");
    assert!(text[schema.tables[0].name_span.range()].starts_with("\"a b"));
}

#[test]
fn entities_are_read_where_no_migration_is() {
    let text = "@Entity()\nexport class BlogUser {\n  @PrimaryGeneratedColumn()\n  id: \
    number;\n\n  \
        @Column({ length: 80, unique: true })\n  name: string\n\n  \
        @OneToMany(() => Post, (post) => post.user)\n  posts: Post[];\n}\n\n\
        @Entity('posts')\nexport class Post {\n  @PrimaryGeneratedColumn('uuid') id: string;\n  \
        @ManyToOne(() => BlogUser, { nullable: false, onDelete: 'CASCADE' })\n  user: BlogUser;\n  \
        @Column('jsonb', { nullable: true }) data?: object;\n  helper() { return 1; }\n}\n";
    let schema = read(&[text]);
    assert_eq!(
        render(&schema),
        "blog_user (BlogUser)\n  id integer = Serial\n  name character varying(80)\n  key (id)\n  \
         unique (name)\n\
         posts (Post)\n  id uuid = uuid Some(4)\n  userId (user) integer\n  data jsonb?\n  \
         key (id)\n  (userId) -> blog_user(id) on delete Cascade\n\
         sequence blog_user_id_seq of blog_user.id Implied\n"
    );
    assert_eq!(schema.tables[0].confidence, Confidence::Low);
    assert_eq!(problems(&schema, &[text]), Vec::<String>::new());
}

#[test]
fn what_is_computed_is_reported() {
    let text = migration(
        "await queryRunner.query(`DROP TABLE ${name}`);\nawait queryRunner.makeTea('x');\n\
         await queryRunner.createTable(table);",
    );
    let schema = read(&[&text]);
    let found = problems(&schema, &[&text]);
    let whys = [
        "it is computed",
        "it is no method that is known",
        "the table is no plain object",
    ];
    assert_eq!(found.len(), whys.len(), "{found:#?}");
    for (found, why) in found.iter().zip(whys) {
        assert!(found.ends_with(why), "{found}");
    }
}

use schema::orm::sequelize;
use schema::{Confidence, Schema, Source};

use crate::render::{problems, render};

fn read(texts: &[&str]) -> Schema {
    let sources = (1..).zip(texts);
    let sources = sources.map(|(at, text)| Source::new(format!("migrations/{at}.js"), *text));
    sequelize::read(&sources.collect::<Result<Vec<_>, _>>().expect("it is short"))
}

const CREATE: &str = "module.exports = {\n  up: async (queryInterface, Sequelize) => {\n    \
    await queryInterface.createTable('Users', {\n      \
    id: { allowNull: false, autoIncrement: true, primaryKey: true, type: Sequelize.INTEGER \
    },\n      \
    uid: { type: Sequelize.UUID, defaultValue: Sequelize.UUIDV4, unique: true },\n      \
    name: Sequelize.STRING(80),\n      price: { type: Sequelize.DECIMAL(10, 2) },\n      \
    at: { type: Sequelize.DATE, defaultValue: Sequelize.literal('CURRENT_TIMESTAMP') \
    }\n    });\n    \
    await queryInterface.createTable({ tableName: 'Posts', schema: 'blog' }, {\n      \
    id: { type: Sequelize.UUID, primaryKey: true, defaultValue: Sequelize.fn('gen_random_uuid') \
    },\n      \
    userId: { type: Sequelize.INTEGER, references: { model: 'Users', key: 'id' }, \
    onDelete: 'CASCADE' },\n      tags: Sequelize.ARRAY(Sequelize.TEXT) });\n  },\n  \
    down: async (queryInterface) => { await queryInterface.dropTable('Users'); }\n};\n";

#[test]
fn migrations_are_applied_in_order() {
    let later = "'use strict';\nexport async function up(q, { DataTypes }) {\n  \
        await q.sequelize.transaction(async (t) => {\n    \
        await q.renameColumn('Users', 'name', 'title', { transaction: t });\n    \
        await q.addColumn('Users', 'flag', { type: DataTypes.BOOLEAN, allowNull: false, \
        defaultValue: false });\n    await q.removeColumn('Users', 'price');\n    \
        await q.addIndex('Users', ['title'], { unique: true, name: 'by_title' });\n    \
        await q.addConstraint('Users', { fields: ['title', 'flag'], type: 'unique', name: 'u' \
        });\n  \
        });\n  await q.sequelize.query('ALTER TABLE \"Users\" DROP COLUMN \"at\"');\n}\n";
    let texts = [CREATE, later];
    let schema = read(&texts);
    assert_eq!(
        render(&schema),
        "Users\n  id integer = Autoincrement\n  uid uuid? = uuid Some(4) by the application\n  \
         title character varying(80)?\n  flag boolean = \"false\"\n  key (id)\n  unique (uid)\n  \
         unique (title, flag) u\n  unique index (title) by_title\n\
         blog.Posts\n  id uuid = uuid Some(4)\n  userId integer?\n  tags text[]?\n  key (id)\n  \
         (userId) -> Users(id) on delete Cascade\n"
    );
    assert_eq!(problems(&schema, &texts), Vec::<String>::new());
    assert_eq!(schema.tables[0].confidence, Confidence::Medium);
}

#[test]
fn what_is_computed_is_reported() {
    let text = "exports.up = function (q, S) {\n  return q.createTable(name, {})\n    \
        .then(() => q.makeTea('x'))\n    .then(() => q.addColumn('a', 'b', column));\n};";
    let schema = read(&[text]);
    assert!(schema.tables.is_empty());
    assert_eq!(
        problems(&schema, &[text]),
        [
            "2 \"createTable(name, {})\" read `createTable(name, {})`: the table has no plain name",
            "3 \"makeTea('x')\" read `makeTea('x')`: it is no method that is known",
            "4 \"column\" read `column`: the column has no type that is known",
        ]
    );
}

#[test]
fn the_dialect_of_a_configuration_holds() {
    let config = Source::new("config/config.json", "{\"d\": {\"dialect\": \"mysql\"}}").unwrap();
    let text = "module.exports.up = (q, S) => q.createTable('a', { id: { type: \
                S.BIGINT.UNSIGNED, primaryKey: true, autoIncrement: true } });";
    let migration = Source::new("migrations/1.js", text).unwrap();
    let schema = sequelize::read(&[config, migration]);
    assert_eq!(
        render(&schema),
        "a\n  id bigint unsigned = Autoincrement\n  key (id)\n"
    );
}

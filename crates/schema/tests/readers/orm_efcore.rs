use schema::orm::efcore;
use schema::{Schema, Source};

use crate::render::{problems, render};

fn read(text: &str) -> Schema {
    efcore::read(&[
        Source::new("Migrations/ShopContextModelSnapshot.cs", text).expect("it is short")
    ])
}

const POSTGRES: &str = r#"
namespace Shop.Migrations
{
    [DbContext(typeof(ShopContext))]
    partial class ShopContextModelSnapshot : ModelSnapshot
    {
        protected override void BuildModel(ModelBuilder modelBuilder)
        {
            modelBuilder.HasAnnotation("ProductVersion", "8.0.4");
            NpgsqlModelBuilderExtensions.UseIdentityByDefaultColumns(modelBuilder);
            modelBuilder.Entity("Shop.Author", b =>
                {
                    b.Property<int>("Id").ValueGeneratedOnAdd().HasColumnType("integer")
                        .HasColumnName("author_id");
                    NpgsqlPropertyBuilderExtensions.UseIdentityByDefaultColumn(
                        b.Property<int>("Id"));
                    b.Property<string>("Name").IsRequired().HasMaxLength(80)
                        .HasColumnType("character varying(80)");
                    b.Property<string>("Note").HasColumnType("text");
                    b.HasKey("Id");
                    b.HasIndex("Name").IsUnique().HasDatabaseName("by_name");
                    b.ToTable("authors", (string)null);
                });
            modelBuilder.Entity("Shop.Book", b =>
                {
                    b.Property<Guid>("Id").ValueGeneratedOnAdd().HasColumnType("uuid")
                        .HasDefaultValueSql("gen_random_uuid()");
                    b.Property<int?>("AuthorId").HasColumnType("integer");
                    b.HasKey("Id").HasName("pk_books");
                    b.ToTable("books", "shop");
                    b.MakeTea();
                });
            modelBuilder.Entity("Shop.Book", b =>
                {
                    b.HasOne("Shop.Author", "Author").WithMany("Books").HasForeignKey("AuthorId")
                        .OnDelete(DeleteBehavior.Cascade);
                    b.Navigation("Author");
                });
        }
    }
}
"#;

#[test]
fn entities_are_tables_and_relations_lead_to_them() {
    let schema = read(POSTGRES);
    assert_eq!(
        render(&schema),
        "authors (Author)\n  author_id (Id) integer = Identity { always: false }\n  \
         Name character varying(80)\n  Note text?\n  key (author_id)\n  \
         unique index (Name) by_name\n\
         shop.books (Book)\n  Id uuid = uuid Some(4)\n  AuthorId integer?\n  key (Id) pk_books\n  \
         (AuthorId) -> authors(author_id) on delete Cascade\n\
         sequence authors_author_id_seq of authors.author_id Implied\n"
    );
    let expected = "31 \"b.MakeTea()\" read `b.MakeTea()`: it is no call that is known";
    let found = problems(&schema, &[POSTGRES]);
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].split_once(' ').unwrap().1,
        expected.split_once(' ').unwrap().1
    );
}

#[test]
fn sql_server_counts_its_keys() {
    let text = r#"modelBuilder.Entity("A", b => {
        b.Property<long>("Id").ValueGeneratedOnAdd().HasColumnType("bigint");
        SqlServerPropertyBuilderExtensions.UseIdentityColumn(b.Property<long>("Id"), 1L, 1);
        b.Property<Guid>("Public").HasColumnType("uniqueidentifier");
        b.HasKey("Id"); b.ToTable("A"); });"#;
    let schema = read(text);
    assert_eq!(
        render(&schema),
        "A\n  Id bigint = Autoincrement\n  Public uniqueidentifier\n  key (Id)\n"
    );
    assert!(schema.problems.is_empty());
}

#[test]
fn subclasses_share_the_table_and_views_have_none() {
    let text = r#"modelBuilder.Entity("N.Pet", b => {
        b.Property<int>("Id").HasColumnType("INTEGER"); b.HasKey("Id"); b.ToTable("Pets"); });
        modelBuilder.Entity("N.Cat", b => {
        b.HasBaseType("N.Pet"); b.Property<bool?>("Purrs").HasColumnType("INTEGER"); });
        modelBuilder.Entity("N.Report", b => { b.HasNoKey(); b.ToView("reports"); });"#;
    let schema = read(text);
    assert_eq!(
        render(&schema),
        "Pets (Pet)\n  Id integer\n  Purrs integer?\n  key (Id)\n"
    );
}

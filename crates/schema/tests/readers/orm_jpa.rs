use schema::orm::jpa;
use schema::{Confidence, Schema, Source};

use crate::render::{problems, render};

fn read(path: &str, text: &str) -> Schema {
    jpa::read(&[Source::new(path, text).expect("it is short")])
}

const JAVA: &str = r#"
package shop;
import jakarta.persistence.*;

@MappedSuperclass
abstract class Base {
    @Id @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;
    @Column(nullable = false) private Instant createdAt;
    public Long getId() { return id; }
}

@Entity
@Table(name = "authors", indexes = @Index(name = "by_name", columnList = "name"))
class Author extends Base {
    @Column(name = "name", length = 80, unique = true)
    private String name;
    @OneToMany(mappedBy = "author") private List<Book> books = new ArrayList<>();
    @Transient private int scratch;
    private static final long serialVersionUID = 1L;
}

@Entity
@Table(name = "books")
class Book {
    @Id @GeneratedValue(strategy = GenerationType.UUID)
    private UUID id;
    @ManyToOne(optional = false) @JoinColumn(name = "author_id") private Author author;
    @ManyToMany @JoinTable(name = "book_tags") private Set<Tag> tags;
    @Enumerated(EnumType.STRING) private State state;
    @Embedded private Price price;
}

@Embeddable class Price { private BigDecimal amount; private String currency; }

@Entity class Tag {
    @Id @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "tags")
    @SequenceGenerator(name = "tags", sequenceName = "tag_seq")
    private int code;
}
"#;

#[test]
fn classes_of_java_are_tables() {
    let schema = read("Shop.java", JAVA);
    assert_eq!(
        render(&schema),
        "authors (Author)\n  id bigint = Identity { always: false }\n  \
         createdAt timestamp with time zone\n  name character varying(80)?\n  key (id)\n  \
         unique (name)\n  index (name) by_name\n\
         books (Book)\n  id uuid = uuid Some(4) by the application\n  author_id (author) bigint\n  \
         state character varying(255)?\n  amount numeric(38,2)?\n  \
         currency character varying(255)?\n  key (id)\n  (author_id) -> authors(id)\n\
         book_tags\n  Book_id uuid\n  tags_code integer\n  key (Book_id, tags_code)\n  \
         (Book_id) -> books(id)\n  (tags_code) -> Tag(code)\n\
         Tag\n  code integer = sequence Some(\"tag_seq\") by the application\n  key (code)\n"
    );
    assert_eq!(problems(&schema, &[JAVA]), Vec::<String>::new());
    assert_eq!(schema.tables[0].confidence, Confidence::Medium);
    assert_eq!(schema.tables.last().unwrap().confidence, Confidence::Low);
}

#[test]
fn classes_of_kotlin_are_tables_too() {
    let text = "import org.springframework.data.annotation.*\n\n@Entity\n\
        class OrderLine(\n    @Id @GeneratedValue val id: Long? = null,\n    \
        @field:Column(length = 36) var publicId: String,\n) {\n    \
        @ManyToOne(optional = false)\n    lateinit var parent: OrderLine\n\n    \
        var note: String? = null\n    fun total(): Int = 1\n}\n";
    let schema = read("OrderLine.kt", text);
    assert_eq!(
        render(&schema),
        "order_line (OrderLine)\n  id bigint = sequence None by the application\n  \
         public_id (publicId) character varying(36)\n  parent_id (parent) bigint\n  \
         note character varying(255)?\n  key (id)\n  (parent_id) -> order_line(id)\n"
    );
    assert_eq!(problems(&schema, &[text]), Vec::<String>::new());
}

#[test]
fn hierarchies_share_or_join_tables() {
    let text = "@Entity class Pet { @Id Long id; }\n@Entity class Cat extends Pet { int lives; }\n\
        @Entity @Inheritance(strategy = InheritanceType.JOINED) class Car { @Id UUID id; }\n\
        @Entity class Van extends Car { int seats; }\n";
    assert_eq!(
        render(&read("A.java", text)),
        "Pet\n  id bigint\n  lives integer\n  key (id)\nCar\n  id uuid\n  key (id)\n\
         Van\n  id uuid\n  seats integer\n  key (id)\n  (id) -> Car(id)\n"
    );
}

#[test]
fn what_is_not_looked_for_is_reported() {
    let text =
        "@Entity class A { @Id Long id; @ManyToOne B b; @ElementCollection List<String> c; }";
    let schema = read("A.java", text);
    let found = problems(&schema, &[text]);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[0].ends_with("its class is in none of the files"));
    assert!(found[1].ends_with("its table is not looked for"));
}

//! Knows Django's fields: what each becomes in each database.

use super::super::code::{Argument, Arguments, Code};
use super::super::types::Row;
use super::Settings;
use crate::{Default, Generator, Side, Span};

/// What a field becomes. Those that refer to others have the type of what they refer to.
pub(super) const TYPES: &[Row] = &[
    ("AutoField", ["integer", "int", "integer"]),
    ("BigAutoField", ["bigint", "bigint", "integer"]),
    ("SmallAutoField", ["smallint", "smallint", "integer"]),
    ("IntegerField", ["integer", "int", "integer"]),
    ("BigIntegerField", ["bigint", "bigint", "bigint"]),
    ("SmallIntegerField", ["smallint", "smallint", "smallint"]),
    (
        "PositiveIntegerField",
        ["integer", "int unsigned", "integer unsigned"],
    ),
    (
        "PositiveBigIntegerField",
        ["bigint", "bigint unsigned", "bigint unsigned"],
    ),
    (
        "PositiveSmallIntegerField",
        ["smallint", "smallint unsigned", "smallint unsigned"],
    ),
    ("BooleanField", ["boolean", "tinyint(1)", "bool"]),
    ("NullBooleanField", ["boolean", "tinyint(1)", "bool"]),
    ("CharField", ["character varying", "varchar", "varchar"]),
    (
        "SlugField",
        ["character varying(50)", "varchar(50)", "varchar(50)"],
    ),
    (
        "EmailField",
        ["character varying(254)", "varchar(254)", "varchar(254)"],
    ),
    (
        "URLField",
        ["character varying(200)", "varchar(200)", "varchar(200)"],
    ),
    (
        "FileField",
        ["character varying(100)", "varchar(100)", "varchar(100)"],
    ),
    (
        "ImageField",
        ["character varying(100)", "varchar(100)", "varchar(100)"],
    ),
    (
        "FilePathField",
        ["character varying(100)", "varchar(100)", "varchar(100)"],
    ),
    (
        "CommaSeparatedIntegerField",
        ["character varying", "varchar", "varchar"],
    ),
    ("TextField", ["text", "longtext", "text"]),
    ("CITextField", ["citext", "longtext", "text"]),
    ("CICharField", ["citext", "varchar", "varchar"]),
    ("CIEmailField", ["citext", "varchar", "varchar"]),
    ("BinaryField", ["bytea", "longblob", "blob"]),
    ("DateField", ["date", "date", "date"]),
    ("DateTimeField", ["timestamptz", "datetime(6)", "datetime"]),
    ("TimeField", ["time", "time(6)", "time"]),
    ("DurationField", ["interval", "bigint", "bigint"]),
    ("DecimalField", ["numeric", "decimal", "decimal"]),
    (
        "FloatField",
        ["double precision", "double precision", "real"],
    ),
    ("UUIDField", ["uuid", "char(32)", "char(32)"]),
    ("JSONField", ["jsonb", "json", "text"]),
    ("HStoreField", ["hstore", "hstore", "hstore"]),
    ("IPAddressField", ["inet", "char(15)", "char(15)"]),
    ("GenericIPAddressField", ["inet", "char(39)", "char(39)"]),
    ("SearchVectorField", ["tsvector", "tsvector", "tsvector"]),
    ("IntegerRangeField", ["int4range", "int4range", "int4range"]),
    (
        "BigIntegerRangeField",
        ["int8range", "int8range", "int8range"],
    ),
    ("DecimalRangeField", ["numrange", "numrange", "numrange"]),
    (
        "DateTimeRangeField",
        ["tstzrange", "tstzrange", "tstzrange"],
    ),
    ("DateRangeField", ["daterange", "daterange", "daterange"]),
    ("PointField", ["geometry", "point", "point"]),
    ("PolygonField", ["geometry", "polygon", "polygon"]),
    (
        "MultiPolygonField",
        ["geometry", "multipolygon", "multipolygon"],
    ),
    ("LineStringField", ["geometry", "linestring", "linestring"]),
    ("GeometryField", ["geometry", "geometry", "geometry"]),
];

/// Well-known fields of other packages that make the same column as one of Django's own.
const ALIKE: [(&str, &str); 10] = [
    ("ParentalKey", "ForeignKey"),
    ("TreeForeignKey", "ForeignKey"),
    ("TreeOneToOneField", "OneToOneField"),
    ("AutoOneToOneField", "OneToOneField"),
    ("ParentalManyToManyField", "ManyToManyField"),
    ("TreeManyToManyField", "ManyToManyField"),
    ("SortedManyToManyField", "ManyToManyField"),
    ("StreamField", "TextField"),
    ("RichTextField", "TextField"),
    ("RichTextUploadingField", "TextField"),
];

/// How a field shows in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Column,
    /// A column that refers to another model.
    ForeignKey {
        unique: bool,
    },
    /// A table of its own, or one that a model declares.
    ManyToMany {
        through: bool,
    },
    /// Nothing in the database.
    Nothing,
}

/// A field as a migration declares it.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are the options of a field, each true or false in the migration"
)]
pub(super) struct Field {
    pub(super) name: String,
    /// The class, without its module.
    pub(super) class: String,
    pub(super) shape: Shape,
    /// `db_column`.
    pub(super) column: Option<String>,
    /// `max_length`, or precision and scale.
    pub(super) arguments: Vec<String>,
    /// The fields that a composite key is made of.
    pub(super) parts: Vec<String>,
    /// The class of an array's items.
    pub(super) item: Option<String>,
    pub(super) nullable: bool,
    pub(super) primary: bool,
    pub(super) unique: bool,
    pub(super) indexed: bool,
    pub(super) default: Option<Default>,
    /// What it refers to: application and model.
    pub(super) target: Option<(String, String)>,
    pub(super) to: Option<String>,
    /// `db_constraint`.
    pub(super) constraint: bool,
    /// `db_table` of a many-to-many field.
    pub(super) join_table: Option<String>,
    pub(super) declared: String,
    pub(super) span: Span,
    pub(super) name_span: Span,
    pub(super) type_span: Span,
}

impl Field {
    /// Reads `models.CharField(max_length=9)`; None if it is no call.
    pub(super) fn read(
        code: &Code<'_>,
        (app, settings): (&str, &Settings),
        (name, name_span): (String, Span),
        value: &Argument,
    ) -> Option<Self> {
        let range = &value.value;
        let open = range.clone().find(|at| code.is(*at, "("))?;
        let class = open.checked_sub(1).filter(|at| code.is_word(*at))?;
        let arguments = code.arguments(open);
        code.close(open)?;
        let class = own_class(code.text(class));
        let shape = shape(code, &class, &arguments);
        let is_reference = matches!(shape, Shape::ForeignKey { .. } | Shape::ManyToMany { .. });
        let target_item = arguments.named("to").or_else(|| arguments.positional(0));
        let flag = |word| flag(code, &arguments, word);
        let text = |word| arguments.named(word).and_then(|it| code.string(&it.value));
        let is_indexed = flag("db_index").unwrap_or(class == "SlugField");
        Some(Self {
            column: text("db_column"),
            arguments: type_arguments(code, &class, &arguments),
            parts: parts(code, &class, &arguments),
            item: item_class(code, &class, &arguments),
            nullable: flag("null").unwrap_or(class == "NullBooleanField"),
            primary: flag("primary_key").unwrap_or(false),
            unique: flag("unique").unwrap_or(false),
            indexed: is_indexed,
            default: default(code, &arguments),
            target: target_item
                .filter(|_| is_reference)
                .and_then(|it| target(code, (app, settings), it)),
            to: text("to_field"),
            constraint: flag("db_constraint").unwrap_or(true),
            join_table: text("db_table"),
            declared: code.written(range).to_owned(),
            span: name_span.to(code.span(range)),
            type_span: code.span(range),
            name,
            class,
            shape,
            name_span,
        })
    }

    /// The column's name in the database.
    pub(super) fn column_name(&self) -> String {
        let usual = || match self.shape {
            Shape::ForeignKey { .. } => format!("{}_id", self.name),
            _ => self.name.clone(),
        };
        self.column.clone().unwrap_or_else(usual)
    }

    /// Whether the database counts it.
    pub(super) fn is_counted(&self) -> bool {
        self.class.ends_with("AutoField")
    }
}

fn own_class(class: &str) -> String {
    let alike = ALIKE.iter().find(|(other, _)| *other == class);
    alike.map_or(class, |(_, own)| *own).to_owned()
}

fn shape(code: &Code<'_>, class: &str, arguments: &Arguments) -> Shape {
    match class {
        "ForeignKey" => Shape::ForeignKey {
            unique: flag(code, arguments, "unique") == Some(true),
        },
        "OneToOneField" => Shape::ForeignKey { unique: true },
        "ManyToManyField" => Shape::ManyToMany {
            through: arguments.named("through").is_some(),
        },
        // Taggit's managers are relations through a table that a model declares.
        "GenericForeignKey"
        | "GenericRelation"
        | "CompositePrimaryKey"
        | "TaggableManager"
        | "ClusterTaggableManager" => Shape::Nothing,
        _ => Shape::Column,
    }
}

fn flag(code: &Code<'_>, arguments: &Arguments, name: &str) -> Option<bool> {
    let item = arguments.named(name)?;
    Some(code.word(&item.value) == Some("True"))
}

fn type_arguments(code: &Code<'_>, class: &str, arguments: &Arguments) -> Vec<String> {
    let names: &[&str] = match class {
        "DecimalField" => &["max_digits", "decimal_places"],
        "TextField" | "BinaryField" | "CITextField" | "CICharField" | "CIEmailField" => &[],
        _ => &["max_length"],
    };
    let items = names.iter().filter_map(|name| arguments.named(name));
    let written = items.map(|it| code.written(&it.value));
    written
        .filter(|it| *it != "None")
        .map(str::to_owned)
        .collect()
}

fn parts(code: &Code<'_>, class: &str, arguments: &Arguments) -> Vec<String> {
    let names = arguments
        .0
        .iter()
        .filter(|it| it.name.is_none() && class == "CompositePrimaryKey");
    names.filter_map(|it| code.string(&it.value)).collect()
}

fn item_class(code: &Code<'_>, class: &str, arguments: &Arguments) -> Option<String> {
    let item = arguments
        .named("base_field")
        .or_else(|| arguments.positional(0));
    let range = &item.filter(|_| class == "ArrayField")?.value;
    let open = range.clone().find(|at| code.is(*at, "("))?;
    Some(code.text(open.checked_sub(1)?).to_owned())
}

/// `'app.Model'`, `'Model'`, `'self'`, `settings.AUTH_USER_MODEL` or a class.
fn target(
    code: &Code<'_>,
    (app, settings): (&str, &Settings),
    to: &Argument,
) -> Option<(String, String)> {
    let Some(text) = code.string(&to.value) else {
        if code.written(&to.value).ends_with("AUTH_USER_MODEL") {
            let usual = || ("auth".to_owned(), "User".to_owned());
            return Some(settings.user.clone().unwrap_or_else(usual));
        }
        // `orm['app.Model']` and a class by its name.
        let last = to.value.end.checked_sub(1)?;
        return code
            .is_word(last)
            .then(|| (app.to_owned(), code.text(last).to_owned()));
    };
    match text.split_once('.') {
        Some((app, model)) => Some((app.to_owned(), model.to_owned())),
        None => Some((app.to_owned(), text)),
    }
}

/// `default=uuid.uuid4` is the application's, `db_default=...` the database's.
fn default(code: &Code<'_>, arguments: &Arguments) -> Option<Default> {
    let of_database = arguments.named("db_default");
    let item = of_database.or_else(|| arguments.named("default"))?;
    let text = code.written(&item.value);
    let last = code.text(item.value.end.checked_sub(1)?);
    let function = text.split('(').next().unwrap_or(text);
    let function = function.rsplit('.').next().unwrap_or(function);
    let is_text = code.string(&item.value);
    let is_literal = matches!(text, "True" | "False" | "None")
        || text.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    let generator = match function {
        _ if is_text.is_some() => Generator::Literal(is_text.unwrap_or_default()),
        _ if is_literal => Generator::Literal(text.to_owned()),
        "uuid1" => Generator::Uuid { version: Some(1) },
        "uuid4" | "RandomUUID" | "UUID4" => Generator::Uuid { version: Some(4) },
        "uuid7" | "UUID7" => Generator::Uuid { version: Some(7) },
        "ulid" | "ULID" => Generator::Ulid,
        "Now" | "now" | "utcnow" => Generator::Now,
        _ if last == "new" && text.contains("ulid") => Generator::Ulid,
        _ => Generator::Expression(text.to_owned()),
    };
    let side = match of_database {
        Some(_) => Side::Database,
        None => Side::Application,
    };
    Some(Default {
        generator,
        side,
        text: text.to_owned(),
        span: code.span(&item.value),
    })
}

//! The one table of functions that make identifiers: language, library, name, and what it makes.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::language::Family::{self, CSharp, Go, JavaScript, Jvm, Php, Python, Ruby, Rust};
use super::{Made, Namespace};

/// A function that makes identifiers.
#[derive(Debug)]
pub(super) struct Maker {
    pub(super) family: Family,
    /// The library that the name must have been imported from; empty if the name says enough.
    pub(super) module: &'static str,
    /// Its name with what stands before it, written with dots whatever the language writes;
    /// `default` is what a library is called by itself; `()` is a call without arguments.
    pub(super) path: &'static str,
    pub(super) kind: Made,
}

const fn made(family: Family, module: &'static str, path: &'static str, kind: Made) -> Maker {
    Maker {
        family,
        module,
        path,
        kind,
    }
}

const V1: Made = Made::UuidV1;
const V4: Made = Made::UuidV4;
const V5: Made = Made::UuidV5(Namespace::Unknown);
const V7: Made = Made::UuidV7;
const WEAK: Made = Made::WeakRandom;
const CLOCK: Made = Made::Clock;

#[rustfmt::skip]
static MAKERS: &[Maker] = &[
    made(JavaScript, "uuid", "v1", V1),
    made(JavaScript, "uuid", "v6", V1),
    made(JavaScript, "uuid", "v4", V4),
    made(JavaScript, "uuid", "default", V4),
    made(JavaScript, "uuid", "v3", V5),
    made(JavaScript, "uuid", "v5", V5),
    made(JavaScript, "uuid", "v7", V7),
    made(JavaScript, "uuid/v1", "default", V1),
    made(JavaScript, "uuid/v4", "default", V4),
    made(JavaScript, "uuid/v5", "default", V5),
    made(JavaScript, "uuidv4", "uuid", V4),
    made(JavaScript, "uuidv7", "uuidv7", V7),
    made(JavaScript, "@lukeed/uuid", "v4", V4),
    made(JavaScript, "react-native-uuid", "v4", V4),
    made(JavaScript, "short-uuid", "generate", V4),
    made(JavaScript, "crypto", "randomUUID", V4),
    made(JavaScript, "node:crypto", "randomUUID", V4),
    made(JavaScript, "expo-crypto", "randomUUID", V4),
    made(JavaScript, "nanoid", "nanoid", Made::Nanoid),
    made(JavaScript, "nanoid/non-secure", "nanoid", WEAK),
    made(JavaScript, "cuid", "default", Made::Cuid),
    made(JavaScript, "@paralleldrive/cuid2", "createId", Made::Cuid),
    made(JavaScript, "ulid", "ulid", Made::Ulid),
    made(JavaScript, "ulidx", "ulid", Made::Ulid),
    made(JavaScript, "ksuid", "randomSync", Made::Ksuid),
    made(JavaScript, "mongodb", "ObjectId", Made::ObjectId),
    made(JavaScript, "bson", "ObjectId", Made::ObjectId),
    made(JavaScript, "", "Types.ObjectId", Made::ObjectId),
    made(JavaScript, "", "crypto.randomUUID", V4),
    made(JavaScript, "", "uuid.v1", V1),
    made(JavaScript, "", "uuid.v4", V4),
    made(JavaScript, "", "uuid.v5", V5),
    made(JavaScript, "", "uuid.v7", V7),
    made(JavaScript, "", "uuidv1", V1),
    made(JavaScript, "", "uuidv4", V4),
    made(JavaScript, "", "uuidV4", V4),
    made(JavaScript, "", "uuid4", V4),
    made(JavaScript, "", "uuidv5", V5),
    made(JavaScript, "", "uuidv7", V7),
    made(JavaScript, "", "DataTypes.UUIDV1", V1),
    made(JavaScript, "", "DataTypes.UUIDV4", V4),
    made(JavaScript, "", "Sequelize.UUIDV1", V1),
    made(JavaScript, "", "Sequelize.UUIDV4", V4),
    made(JavaScript, "", "nanoid", Made::Nanoid),
    made(JavaScript, "", "cuid", Made::Cuid),
    made(JavaScript, "", "ulid", Made::Ulid),
    made(JavaScript, "", "Math.random", WEAK),
    made(JavaScript, "", "Date.now", CLOCK),
    made(JavaScript, "", "Date().getTime", CLOCK),
    made(JavaScript, "", "Date().valueOf", CLOCK),
    made(JavaScript, "", "performance.now", CLOCK),

    made(Python, "uuid", "uuid1", V1),
    made(Python, "uuid", "uuid6", V1),
    made(Python, "uuid", "uuid4", V4),
    made(Python, "uuid", "uuid3", V5),
    made(Python, "uuid", "uuid5", V5),
    made(Python, "uuid", "uuid7", V7),
    made(Python, "uuid6", "uuid6", V1),
    made(Python, "uuid6", "uuid7", V7),
    made(Python, "uuid7", "uuid7", V7),
    made(Python, "uuid_utils", "uuid4", V4),
    made(Python, "uuid_utils", "uuid7", V7),
    made(Python, "uuid_extensions", "uuid7", V7),
    made(Python, "shortuuid", "uuid", V4),
    made(Python, "nanoid", "generate", Made::Nanoid),
    made(Python, "ulid", "new", Made::Ulid),
    made(Python, "ulid", "ULID", Made::Ulid),
    made(Python, "cuid", "cuid", Made::Cuid),
    made(Python, "ksuid", "Ksuid", Made::Ksuid),
    made(Python, "bson", "ObjectId", Made::ObjectId),
    made(Python, "bson.objectid", "ObjectId", Made::ObjectId),
    made(Python, "random", "randint", WEAK),
    made(Python, "random", "randrange", WEAK),
    made(Python, "random", "random", WEAK),
    made(Python, "random", "choice", WEAK),
    made(Python, "random", "choices", WEAK),
    made(Python, "random", "sample", WEAK),
    made(Python, "random", "getrandbits", WEAK),
    made(Python, "time", "time", CLOCK),
    made(Python, "time", "time_ns", CLOCK),
    made(Python, "", "uuid.uuid1", V1),
    made(Python, "", "uuid.uuid4", V4),
    made(Python, "", "uuid.uuid5", V5),
    made(Python, "", "datetime.now().timestamp", CLOCK),
    made(Python, "", "datetime.utcnow().timestamp", CLOCK),

    made(Go, "github.com/google/uuid", "New", V4),
    made(Go, "github.com/google/uuid", "NewString", V4),
    made(Go, "github.com/google/uuid", "NewRandom", V4),
    made(Go, "github.com/google/uuid", "NewUUID", V1),
    made(Go, "github.com/google/uuid", "NewV6", V1),
    made(Go, "github.com/google/uuid", "NewV7", V7),
    made(Go, "github.com/google/uuid", "NewMD5", V5),
    made(Go, "github.com/google/uuid", "NewSHA1", V5),
    made(Go, "github.com/gofrs/uuid", "NewV1", V1),
    made(Go, "github.com/gofrs/uuid", "NewV4", V4),
    made(Go, "github.com/gofrs/uuid", "NewV5", V5),
    made(Go, "github.com/gofrs/uuid", "NewV6", V1),
    made(Go, "github.com/gofrs/uuid", "NewV7", V7),
    made(Go, "github.com/satori/go.uuid", "NewV1", V1),
    made(Go, "github.com/satori/go.uuid", "NewV4", V4),
    made(Go, "github.com/satori/go.uuid", "NewV5", V5),
    made(Go, "github.com/hashicorp/go-uuid", "GenerateUUID", V4),
    made(Go, "github.com/lithammer/shortuuid", "New", V4),
    made(Go, "github.com/oklog/ulid", "Make", Made::Ulid),
    made(Go, "github.com/oklog/ulid", "New", Made::Ulid),
    made(Go, "github.com/oklog/ulid", "MustNew", Made::Ulid),
    made(Go, "github.com/segmentio/ksuid", "New", Made::Ksuid),
    made(Go, "github.com/rs/xid", "New", Made::Ksuid),
    made(Go, "github.com/matoous/go-nanoid", "New", Made::Nanoid),
    made(Go, "", "primitive.NewObjectID", Made::ObjectId),
    made(Go, "", "bson.NewObjectID", Made::ObjectId),
    made(Go, "math/rand", "Int", WEAK),
    made(Go, "math/rand", "Intn", WEAK),
    made(Go, "math/rand", "Int31", WEAK),
    made(Go, "math/rand", "Int31n", WEAK),
    made(Go, "math/rand", "Int63", WEAK),
    made(Go, "math/rand", "Int63n", WEAK),
    made(Go, "math/rand", "Uint32", WEAK),
    made(Go, "math/rand", "Uint64", WEAK),
    made(Go, "math/rand", "IntN", WEAK),
    made(Go, "", "time.Now().Unix", CLOCK),
    made(Go, "", "time.Now().UnixMilli", CLOCK),
    made(Go, "", "time.Now().UnixMicro", CLOCK),
    made(Go, "", "time.Now().UnixNano", CLOCK),

    made(Rust, "", "Uuid.new_v1", V1),
    made(Rust, "", "Uuid.now_v1", V1),
    made(Rust, "", "Uuid.now_v6", V1),
    made(Rust, "", "Uuid.new_v4", V4),
    made(Rust, "", "Uuid.new_v3", V5),
    made(Rust, "", "Uuid.new_v5", V5),
    made(Rust, "", "Uuid.new_v7", V7),
    made(Rust, "", "Uuid.now_v7", V7),
    made(Rust, "", "Ulid.new", Made::Ulid),
    made(Rust, "", "Ulid.generate", Made::Ulid),
    made(Rust, "", "nanoid", Made::Nanoid),
    made(Rust, "", "cuid2.create_id", Made::Cuid),
    made(Rust, "", "Ksuid.new", Made::Ksuid),
    made(Rust, "", "ObjectId.new", Made::ObjectId),
    made(Rust, "", "fastrand.u32", WEAK),
    made(Rust, "", "fastrand.u64", WEAK),
    made(Rust, "", "Utc.now().timestamp", CLOCK),
    made(Rust, "", "Utc.now().timestamp_millis", CLOCK),
    made(Rust, "", "Utc.now().timestamp_micros", CLOCK),
    made(Rust, "", "SystemTime.now", CLOCK),

    made(Jvm, "", "UUID.randomUUID", V4),
    made(Jvm, "", "UUID.nameUUIDFromBytes", V5),
    made(Jvm, "", "Uuid.random", V4),
    made(Jvm, "", "Generators.timeBasedGenerator", V1),
    made(Jvm, "", "Generators.randomBasedGenerator", V4),
    made(Jvm, "", "Generators.nameBasedGenerator", V5),
    made(Jvm, "", "Generators.timeBasedEpochGenerator", V7),
    made(Jvm, "", "UuidCreator.getTimeBased", V1),
    made(Jvm, "", "UuidCreator.getRandomBased", V4),
    made(Jvm, "", "UuidCreator.getNameBasedSha1", V5),
    made(Jvm, "", "UuidCreator.getTimeOrderedEpoch", V7),
    made(Jvm, "", "UlidCreator.getUlid", Made::Ulid),
    made(Jvm, "", "UlidCreator.getMonotonicUlid", Made::Ulid),
    made(Jvm, "", "NanoIdUtils.randomNanoId", Made::Nanoid),
    made(Jvm, "", "Math.random", WEAK),
    made(Jvm, "", "Random().nextInt", WEAK),
    made(Jvm, "", "Random().nextLong", WEAK),
    made(Jvm, "", "Random.nextInt", WEAK),
    made(Jvm, "", "Random.nextLong", WEAK),
    made(Jvm, "", "ThreadLocalRandom.current().nextInt", WEAK),
    made(Jvm, "", "ThreadLocalRandom.current().nextLong", WEAK),
    made(Jvm, "", "RandomStringUtils.randomAlphanumeric", WEAK),
    made(Jvm, "", "System.currentTimeMillis", CLOCK),
    made(Jvm, "", "System.nanoTime", CLOCK),
    made(Jvm, "", "Instant.now().toEpochMilli", CLOCK),
    made(Jvm, "", "Date().getTime", CLOCK),

    made(CSharp, "", "Guid.NewGuid", V4),
    made(CSharp, "", "Guid.CreateVersion7", V7),
    made(CSharp, "", "Ulid.NewUlid", Made::Ulid),
    made(CSharp, "", "Nanoid.Generate", Made::Nanoid),
    made(CSharp, "", "ObjectId.GenerateNewId", Made::ObjectId),
    made(CSharp, "", "Random().Next", WEAK),
    made(CSharp, "", "Random.Shared.Next", WEAK),
    made(CSharp, "", "Random.Shared.NextInt64", WEAK),
    made(CSharp, "", "DateTime.Now.Ticks", CLOCK),
    made(CSharp, "", "DateTime.UtcNow.Ticks", CLOCK),
    made(CSharp, "", "DateTimeOffset.UtcNow.ToUnixTimeMilliseconds", CLOCK),
    made(CSharp, "", "DateTimeOffset.Now.ToUnixTimeMilliseconds", CLOCK),
    made(CSharp, "", "DateTimeOffset.UtcNow.ToUnixTimeSeconds", CLOCK),

    made(Ruby, "", "SecureRandom.uuid", V4),
    made(Ruby, "", "SecureRandom.uuid_v4", V4),
    made(Ruby, "", "SecureRandom.uuid_v7", V7),
    made(Ruby, "", "UUIDTools.UUID.timestamp_create", V1),
    made(Ruby, "", "UUIDTools.UUID.random_create", V4),
    made(Ruby, "", "UUIDTools.UUID.sha1_create", V5),
    made(Ruby, "", "UUID.uuid_v3", V5),
    made(Ruby, "", "UUID.uuid_v5", V5),
    made(Ruby, "", "UUIDv7.generate", V7),
    made(Ruby, "", "ULID.generate", Made::Ulid),
    made(Ruby, "", "KSUID.new", Made::Ksuid),
    made(Ruby, "", "Nanoid.generate", Made::Nanoid),
    made(Ruby, "", "BSON.ObjectId.new", Made::ObjectId),
    made(Ruby, "", "rand", WEAK),
    made(Ruby, "", "Random.rand", WEAK),
    made(Ruby, "", "Time.now.to_i", CLOCK),
    made(Ruby, "", "Time.now.to_f", CLOCK),
    made(Ruby, "", "Time.current.to_i", CLOCK),
    made(Ruby, "", "Time.zone.now.to_i", CLOCK),

    made(Php, "", "Str.uuid", V4),
    made(Php, "", "Str.uuid7", V7),
    made(Php, "", "Str.orderedUuid", V7),
    made(Php, "", "Str.ulid", Made::Ulid),
    made(Php, "", "Uuid.uuid1", V1),
    made(Php, "", "Uuid.uuid6", V1),
    made(Php, "", "Uuid.uuid4", V4),
    made(Php, "", "Uuid.uuid3", V5),
    made(Php, "", "Uuid.uuid5", V5),
    made(Php, "", "Uuid.uuid7", V7),
    made(Php, "", "Uuid.v1", V1),
    made(Php, "", "Uuid.v6", V1),
    made(Php, "", "Uuid.v4", V4),
    made(Php, "", "Uuid.v5", V5),
    made(Php, "", "Uuid.v7", V7),
    made(Php, "", "Ulid.generate", Made::Ulid),
    made(Php, "", "wp_generate_uuid4", V4),
    made(Php, "", "com_create_guid", V4),
    made(Php, "", "rand", WEAK),
    made(Php, "", "mt_rand", WEAK),
    made(Php, "", "uniqid", CLOCK),
    made(Php, "", "time", CLOCK),
    made(Php, "", "microtime", CLOCK),
    made(Php, "", "hrtime", CLOCK),
];

/// The makers by the last part of their name.
static BY_NAME: LazyLock<HashMap<&'static str, Vec<&'static Maker>>> = LazyLock::new(|| {
    let mut by_name: HashMap<&'static str, Vec<&'static Maker>> = HashMap::new();
    for maker in MAKERS {
        let last = maker.path.rsplit('.').next().unwrap_or(maker.path);
        by_name.entry(last).or_default().push(maker);
    }
    by_name
});

/// The makers whose name ends so.
pub(super) fn named(last: &str) -> &'static [&'static Maker] {
    BY_NAME.get(last).map_or(&[], Vec::as_slice)
}

/// Whether makers of this language are imported from the module.
pub(super) fn module(family: Family, name: &str) -> Option<&'static str> {
    // A major version at the end of a path in Go names the same library.
    let bare = match name.rsplit_once("/v") {
        Some((bare, version)) if family == Go && version.parse::<u8>().is_ok() => bare,
        _ => name,
    };
    let mut of_family = MAKERS.iter().filter(|maker| maker.family == family);
    let found = of_family.find(|maker| !maker.module.is_empty() && maker.module == bare);
    found.map(|maker| maker.module)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_maker_is_listed_twice() {
        let mut seen = std::collections::HashSet::new();
        for Maker {
            family,
            module,
            path,
            ..
        } in MAKERS
        {
            assert!(
                seen.insert((format!("{family:?}"), module, path)),
                "{module} {path}"
            );
        }
    }

    #[test]
    fn versions_of_go_modules_are_one_module() {
        assert_eq!(module(Go, "math/rand/v2"), Some("math/rand"));
        assert_eq!(
            module(Go, "github.com/gofrs/uuid/v5"),
            Some("github.com/gofrs/uuid")
        );
        assert_eq!(module(JavaScript, "uuid/v4"), Some("uuid/v4"));
        assert_eq!(module(JavaScript, "react"), None);
    }
}

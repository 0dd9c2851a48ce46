-- Ids are 16-byte blobs that the application makes. Times are microseconds since 1970-01-01T00:00Z.

CREATE TABLE schema_migrations (
    version INTEGER NOT NULL CHECK (version > 0),
    name TEXT NOT NULL,
    digest BLOB NOT NULL CHECK (typeof(digest) = 'blob' AND length(digest) = 32),
    applied_at INTEGER NOT NULL,
    PRIMARY KEY (version)
) STRICT, WITHOUT ROWID;

-- One row: the position of the newest event, and a count that a readiness probe turns, so that the
-- probe is a commit that writes. The position is not the largest one in `events`, because an erased
-- event's position must never be given again: whoever follows has passed it.
CREATE TABLE journal_state (
    only_row INTEGER NOT NULL CHECK (only_row = 1),
    last_position INTEGER NOT NULL CHECK (last_position >= 0),
    probes INTEGER NOT NULL CHECK (probes >= 0),
    PRIMARY KEY (only_row)
) STRICT, WITHOUT ROWID;

INSERT INTO journal_state (only_row, last_position, probes) VALUES (1, 0, 0);

CREATE TABLE analytics_projects (
    id BLOB NOT NULL CHECK (length(id) = 16),
    name TEXT NOT NULL CHECK (name <> ''),
    slug TEXT NOT NULL CHECK (slug <> ''),
    created_at INTEGER NOT NULL,
    archived_at INTEGER,
    PRIMARY KEY (id),
    UNIQUE (slug)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
    project_id BLOB NOT NULL CHECK (length(project_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    kind TEXT NOT NULL CHECK (kind IN ('write', 'admin')),
    name TEXT NOT NULL,
    -- What is shown of the key in lists: its first characters.
    hint TEXT NOT NULL,
    -- SHA-256 of the key. The key itself is nowhere.
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    created_at INTEGER NOT NULL,
    revoked_at INTEGER,
    PRIMARY KEY (project_id, id),
    -- The one index without a tenant: a request names its project by nothing but the key.
    UNIQUE (digest),
    FOREIGN KEY (project_id) REFERENCES analytics_projects (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE provider_configs (
    project_id BLOB NOT NULL CHECK (length(project_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    kind TEXT NOT NULL CHECK (kind <> ''),
    name TEXT NOT NULL,
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    settings TEXT NOT NULL CHECK (json_valid(settings)),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id) REFERENCES analytics_projects (id)
) STRICT, WITHOUT ROWID;

-- A table with its own row order, which is the order of arrival: appending to it touches one page,
-- whatever the tenant. No reference to `analytics_projects`: the journal looks at each project once
-- a batch instead of once a row, and projects are archived, never deleted.
CREATE TABLE events (
    project_id BLOB NOT NULL CHECK (length(project_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    -- Order of commits, given by the journal. It is the row's own number, under a name, without
    -- which `VACUUM` may change it: following the events is reading the table, with no index.
    commit_position INTEGER NOT NULL CHECK (commit_position > 0),
    event_name TEXT NOT NULL CHECK (event_name <> ''),
    user_id TEXT CHECK (user_id <> ''),
    anonymous_id TEXT CHECK (anonymous_id <> ''),
    timestamp INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    original_timestamp TEXT,
    properties TEXT NOT NULL CHECK (json_valid(properties)),
    -- SQLite before 3.45 says 0, not NULL, of NULL.
    context TEXT CHECK (context IS NULL OR json_valid(context)),
    user_agent TEXT,
    ip_address TEXT,
    canonical_id BLOB CHECK (length(canonical_id) = 16),
    source TEXT NOT NULL CHECK (source <> ''),
    PRIMARY KEY (commit_position),
    -- The key by which events are known.
    UNIQUE (project_id, id)
) STRICT;

CREATE UNIQUE INDEX events_canonical_id ON events (project_id, canonical_id)
    WHERE canonical_id IS NOT NULL;

-- One delivery of one event to one provider. Its key is what it is, so that no crash, retry or bug
-- can queue a delivery twice.
CREATE TABLE event_queue (
    project_id BLOB NOT NULL CHECK (length(project_id) = 16),
    event_id BLOB NOT NULL CHECK (length(event_id) = 16),
    provider_id BLOB NOT NULL CHECK (length(provider_id) = 16),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (project_id, event_id, provider_id),
    FOREIGN KEY (project_id, event_id) REFERENCES events (project_id, id) ON DELETE CASCADE,
    FOREIGN KEY (project_id, provider_id) REFERENCES provider_configs (project_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE rejections (
    project_id BLOB NOT NULL CHECK (length(project_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    received_at INTEGER NOT NULL,
    source TEXT NOT NULL CHECK (source <> ''),
    input_index INTEGER NOT NULL CHECK (input_index >= 0),
    code TEXT NOT NULL CHECK (code <> ''),
    field TEXT,
    message TEXT NOT NULL,
    input TEXT NOT NULL,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id) REFERENCES analytics_projects (id)
) STRICT, WITHOUT ROWID;

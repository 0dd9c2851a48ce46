-- Ids are native UUIDs that the application makes: no column has a default.

CREATE TABLE schema_migrations (
    version integer NOT NULL CHECK (version > 0),
    name text NOT NULL,
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    applied_at timestamptz NOT NULL,
    PRIMARY KEY (version)
);

-- One row: what to add to a transaction's number to have its commit position, and a count that a
-- readiness probe turns, so that the probe is a commit that writes. The offset is 0 until the data
-- is restored into a server that has counted fewer transactions than the one it came from: see
-- `journal.rebase`.
CREATE TABLE journal_state (
    only_row integer NOT NULL CHECK (only_row = 1),
    position_offset bigint NOT NULL CHECK (position_offset >= 0),
    probes bigint NOT NULL CHECK (probes >= 0),
    PRIMARY KEY (only_row)
);

INSERT INTO journal_state (only_row, position_offset, probes) VALUES (1, 0, 0);

CREATE TABLE analytics_projects (
    id uuid NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    slug text NOT NULL CHECK (slug <> ''),
    created_at timestamptz NOT NULL,
    archived_at timestamptz,
    PRIMARY KEY (id),
    UNIQUE (slug)
);

CREATE TABLE api_keys (
    project_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('write', 'admin')),
    name text NOT NULL,
    -- What is shown of the key in lists: its first characters.
    hint text NOT NULL,
    -- SHA-256 of the key. The key itself is nowhere.
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    created_at timestamptz NOT NULL,
    revoked_at timestamptz,
    PRIMARY KEY (project_id, id),
    -- The one index without a tenant: a request names its project by nothing but the key.
    UNIQUE (digest),
    FOREIGN KEY (project_id) REFERENCES analytics_projects (id)
);

CREATE TABLE provider_configs (
    project_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind <> ''),
    name text NOT NULL,
    enabled boolean NOT NULL,
    settings jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id) REFERENCES analytics_projects (id)
);

-- No reference to `analytics_projects`: the journal looks at each project once a batch instead of
-- once a row, and projects are archived, never deleted.
CREATE TABLE events (
    project_id uuid NOT NULL,
    id uuid NOT NULL,
    -- Order of commits: the transaction's number (plus the offset in `journal_state`) and the place
    -- in its batch. See `journal.follow`, which never reads past the oldest open transaction.
    commit_position bigint NOT NULL CHECK (commit_position > 0),
    commit_ordinal integer NOT NULL CHECK (commit_ordinal > 0),
    event_name text NOT NULL CHECK (event_name <> ''),
    user_id text CHECK (user_id <> ''),
    anonymous_id text CHECK (anonymous_id <> ''),
    timestamp timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    original_timestamp text,
    properties jsonb NOT NULL,
    context jsonb,
    user_agent text,
    ip_address inet,
    canonical_id uuid,
    source text NOT NULL CHECK (source <> ''),
    PRIMARY KEY (project_id, id)
);

CREATE UNIQUE INDEX events_canonical_id ON events (project_id, canonical_id)
    WHERE canonical_id IS NOT NULL;

CREATE UNIQUE INDEX events_commit_position ON events (commit_position, commit_ordinal);

-- One delivery of one event to one provider. Its key is what it is, so that no crash, retry or bug
-- can queue a delivery twice.
CREATE TABLE event_queue (
    project_id uuid NOT NULL,
    event_id uuid NOT NULL,
    provider_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (project_id, event_id, provider_id),
    FOREIGN KEY (project_id, event_id) REFERENCES events (project_id, id) ON DELETE CASCADE,
    FOREIGN KEY (project_id, provider_id) REFERENCES provider_configs (project_id, id)
);

CREATE TABLE rejections (
    project_id uuid NOT NULL,
    id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    source text NOT NULL CHECK (source <> ''),
    input_index integer NOT NULL CHECK (input_index >= 0),
    code text NOT NULL CHECK (code <> ''),
    field text,
    message text NOT NULL,
    input text NOT NULL,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id) REFERENCES analytics_projects (id)
);

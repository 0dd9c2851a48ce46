-- AnalyticsBot's tables as they were before their keys were UUIDs: what Prisma made of
-- `prisma/schema.prisma`, and below it what was added by hand.

CREATE TABLE analytics_projects (
    id uuid NOT NULL,
    name text NOT NULL,
    slug text NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT analytics_projects_pkey PRIMARY KEY (id)
);

CREATE UNIQUE INDEX analytics_projects_slug_key ON analytics_projects (slug);

CREATE TABLE events (
    id serial NOT NULL,
    project_id uuid NOT NULL,
    user_id text,
    event_name text NOT NULL,
    properties jsonb NOT NULL DEFAULT '{}',
    user_agent text,
    ip_address inet,
    timestamp timestamptz(3) NOT NULL,
    -- Added when the table had rows already: the oldest have none.
    created_at timestamptz(3) DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT events_pkey PRIMARY KEY (id)
);

CREATE INDEX events_project_id_timestamp_idx ON events (project_id, timestamp);
CREATE INDEX events_project_id_event_name_idx ON events (project_id, event_name);
CREATE INDEX events_user_id_idx ON events (user_id);

CREATE TABLE provider_configs (
    id serial NOT NULL,
    project_id uuid NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    enabled boolean NOT NULL DEFAULT true,
    settings jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT provider_configs_pkey PRIMARY KEY (id)
);

CREATE UNIQUE INDEX provider_configs_project_id_name_key ON provider_configs (project_id, name);

ALTER TABLE provider_configs ADD CONSTRAINT provider_configs_project_id_fkey
    FOREIGN KEY (project_id) REFERENCES analytics_projects (id)
    ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE event_queue (
    id serial NOT NULL,
    event_id integer NOT NULL,
    provider_id integer NOT NULL,
    status text NOT NULL DEFAULT 'pending',
    attempts integer NOT NULL DEFAULT 0,
    last_error text,
    next_attempt_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT event_queue_pkey PRIMARY KEY (id)
);

CREATE UNIQUE INDEX event_queue_event_id_provider_id_key ON event_queue (event_id, provider_id);
CREATE INDEX event_queue_provider_id_idx ON event_queue (provider_id);

ALTER TABLE event_queue ADD CONSTRAINT event_queue_event_id_fkey
    FOREIGN KEY (event_id) REFERENCES events (id)
    ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE event_queue ADD CONSTRAINT event_queue_provider_id_fkey
    FOREIGN KEY (provider_id) REFERENCES provider_configs (id)
    ON DELETE RESTRICT ON UPDATE CASCADE;

-- Added by hand: what the schema of that time could not say.

-- The worker asks for little else.
CREATE INDEX event_queue_due_idx ON event_queue (next_attempt_at, id) WHERE status = 'pending';

CREATE VIEW pending_deliveries AS
SELECT q.id, q.event_id, q.provider_id, e.project_id, e.event_name, p.kind,
       q.attempts, q.last_error, q.next_attempt_at
FROM event_queue q
JOIN events e ON e.id = q.event_id
JOIN provider_configs p ON p.id = q.provider_id
WHERE q.status = 'pending';

COMMENT ON VIEW pending_deliveries IS 'What is still to be sent, for the operators'' page.';

CREATE FUNCTION set_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := CURRENT_TIMESTAMP;
    RETURN NEW;
END
$$;

CREATE TRIGGER set_updated_at BEFORE UPDATE ON events
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON provider_configs
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER set_updated_at BEFORE UPDATE ON event_queue
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

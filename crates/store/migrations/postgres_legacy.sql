-- Copies the rows of the old tables into the new ones, in the order of their references.

INSERT INTO analytics_projects (id, name, slug, created_at)
SELECT p.id, p.name, p.slug, p.created_at
FROM analyticsbot_legacy.analytics_projects p;

INSERT INTO provider_configs (project_id, id, kind, name, enabled, settings, created_at)
SELECT c.project_id::uuid, c.id, c.kind, c.name, c.enabled, c.settings, c.created_at
FROM analyticsbot_legacy.provider_configs c;

-- In the order of keys, so that the new index is as dense as it can be, and whoever follows
-- sees the events in the order in which they came.
INSERT INTO events (
    project_id, id, commit_position, commit_ordinal, event_name, user_id, timestamp,
    received_at, properties, user_agent, ip_address, source
)
SELECT
    e.project_id::uuid, e.id, s.position, row_number() OVER (ORDER BY e.id), e.event_name,
    NULLIF(e.user_id, ''), e.timestamp, COALESCE(e.created_at, e.timestamp),
    -- Properties are an object; what was none is kept under a name.
    CASE jsonb_typeof(e.properties)
        WHEN 'object' THEN e.properties
        ELSE jsonb_build_object('value', e.properties)
    END,
    e.user_agent, e.ip_address::inet, 'import'
FROM analyticsbot_legacy.events e
CROSS JOIN (
    SELECT position_offset + pg_current_xact_id()::text::bigint AS position
    FROM journal_state
    OFFSET 0
) s
ORDER BY e.id;

-- What was delivered, or given up, is in the old table and nowhere else: it would be sent
-- again.
INSERT INTO event_queue (project_id, event_id, provider_id, created_at)
SELECT e.project_id::uuid, e.id, c.id, q.created_at
FROM analyticsbot_legacy.event_queue q
JOIN analyticsbot_legacy.events e ON e.id = q.event_id
JOIN analyticsbot_legacy.provider_configs c
    ON c.id = q.provider_id AND c.project_id = e.project_id
WHERE q.status = 'pending'
ON CONFLICT DO NOTHING;

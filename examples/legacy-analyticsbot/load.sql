-- Fills the tables of `legacy.sql` with `legacy.rows` events of 15 projects, and one delivery for
-- every tenth event and each of its project's providers:
--
--     PGOPTIONS='-c legacy.rows=20000' psql --file load.sql "$DATABASE_URL"
--
-- The same number gives the same rows, on every machine: what looks random is a hash of the row's
-- number. What makes a migration hard is in here: keys with gaps, rows stored out of order, rows
-- without a time, equal times, clients whose clocks are wrong, a few projects and users with most
-- of the rows, and texts in several scripts.

-- A fraction from 0 to 1 for the row `n`; each `salt` is a series of its own.
CREATE FUNCTION pg_temp.fraction(n bigint, salt bigint) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (hashint8extended(n, salt) & 1073741823) / 1073741824.0::double precision
$$;

-- 15 projects. Their keys are of version 4: 122 bits of a digest, and the six of the standard.
INSERT INTO analytics_projects (id, name, slug, created_at, updated_at)
SELECT overlay(overlay(md5('project ' || n) PLACING '4' FROM 13) PLACING '8' FROM 17)::uuid,
       initcap(name), name,
       timestamptz '2023-01-01 00:00+00' + n * interval '1 day',
       timestamptz '2023-01-01 00:00+00' + n * interval '1 day'
FROM unnest(ARRAY['acme', 'birch', 'cobalt', 'delta', 'ember', 'fjord', 'garnet', 'harbor',
                  'indigo', 'juniper', 'krypton', 'lumen', 'meadow', 'nimbus', 'opal'])
     WITH ORDINALITY AS project (name, n);

-- One to three providers for each project; the third is switched off.
INSERT INTO provider_configs (id, project_id, kind, name, enabled, settings, created_at, updated_at)
SELECT row_number() OVER (ORDER BY p.slug, k.n), p.id, k.kind, k.kind, k.n < 3,
       jsonb_build_object('endpoint', 'https://' || k.kind || '.example/' || p.slug),
       p.created_at + k.n * interval '1 hour', p.created_at + k.n * interval '1 hour'
FROM (SELECT id, slug, created_at, row_number() OVER (ORDER BY slug) AS n
      FROM analytics_projects) p
JOIN unnest(ARRAY['webhook', 'mixpanel', 'posthog']) WITH ORDINALITY AS k (kind, n)
  ON k.n <= 1 + p.n % 3;

-- Events. Every 997th key is missing, as after a transaction that was rolled back. The first
-- hundredth was stored before the column `created_at` was there. Of the others, `created_at` rises
-- with the key through 1,000 days, three rows of one request at a time, and 1 in 50 was stored up
-- to two hours before its neighbours. `timestamp` is a few seconds earlier, but 1 in 1,000 clients
-- lives in 1970 and 1 in 1,000 a week ahead.
INSERT INTO events (id, project_id, user_id, event_name, properties, user_agent, ip_address,
                    timestamp, created_at, updated_at)
SELECT n + (n - 1) / 996,
       projects.ids[width_bucket(project, projects.shares)],
       CASE WHEN pg_temp.fraction(n, 2) >= 0.15
            THEN 'user-' || (power(pg_temp.fraction(n, 3), 3) * (10 + total / 20))::bigint END,
       names[1 + floor(power(pg_temp.fraction(n, 4), 2) * 12)::integer],
       CASE n % 4
           WHEN 0 THEN jsonb_build_object('path', '/products/' || n % 400, 'referrer', '/')
           WHEN 1 THEN jsonb_build_object('plan', 'pro', 'seats', n % 40, 'trial', n % 3 = 0)
           WHEN 2 THEN jsonb_build_object('label', labels[1 + n % 5], 'value', n % 1000 * 0.125)
           ELSE '{}' END,
       CASE WHEN pg_temp.fraction(n, 5) >= 0.05
            THEN agents[1 + floor(power(pg_temp.fraction(n, 12), 2) * 4)::integer] END,
       CASE WHEN pg_temp.fraction(n, 6) < 0.1 THEN NULL
            WHEN pg_temp.fraction(n, 6) < 0.3 THEN ('2001:db8::' || to_hex(n % 65535))::inet
            ELSE '198.18.0.0'::inet + n % 131072 END,
       CASE WHEN pg_temp.fraction(n, 7) < 0.001 THEN timestamptz '1970-01-01 00:00:01+00'
            WHEN pg_temp.fraction(n, 7) > 0.999 THEN stored + interval '7 days'
            ELSE stored - pg_temp.fraction(n, 8) * interval '30 seconds' END,
       CASE WHEN n > total / 100 THEN stored END,
       stored
FROM CAST(current_setting('legacy.rows') AS bigint) AS total
CROSS JOIN (SELECT array_agg(id ORDER BY slug) AS ids,
                   -- The k-th project has a share of 1/k.
                   array_agg(share ORDER BY slug) AS shares
            FROM (SELECT id, slug, coalesce(sum(1.0 / k) OVER (ORDER BY k ROWS BETWEEN
                             UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::double precision AS share
                  FROM (SELECT id, slug, row_number() OVER (ORDER BY slug) AS k
                        FROM analytics_projects) numbered) shared) projects
CROSS JOIN (SELECT
    ARRAY['page_view', 'page_view_end', 'click', 'search', 'add_to_cart', 'signup', 'login',
          'checkout', 'purchase', 'invite_sent', 'app_error', 'data.exported'] AS names,
    ARRAY['green', 'größer', '日本語', 'it''s', 'a "quoted" one'] AS labels,
    ARRAY['Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
          'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Safari/605.1.15',
          'curl/8.5.0', 'okhttp/4.12.0'] AS agents) words
CROSS JOIN LATERAL generate_series(1, total) AS n
CROSS JOIN LATERAL (SELECT
    -- 3.3182 is the sum of 1/k up to 15.
    pg_temp.fraction(n, 1) * 3.3182 AS project,
    date_trunc('milliseconds', timestamptz '2023-02-01 00:00+00'
        + (n - 1) / 3 * 3 * (interval '1000 days' / total)
        - CASE WHEN pg_temp.fraction(n, 9) < 0.02
               THEN pg_temp.fraction(n, 10) * interval '2 hours' ELSE interval '0' END) AS stored
    ) drawn;

-- Deliveries: nine of ten are done; the others wait, or were given up.
INSERT INTO event_queue (id, event_id, provider_id, status, attempts, last_error,
                         next_attempt_at, created_at, updated_at)
SELECT row_number() OVER (ORDER BY e.id, p.id), e.id, p.id,
       CASE WHEN draw < 0.9 THEN 'delivered' WHEN draw < 0.98 THEN 'pending' ELSE 'failed' END,
       CASE WHEN draw < 0.9 THEN 1 WHEN draw < 0.98 THEN 0 ELSE 12 END,
       CASE WHEN draw >= 0.98 THEN 'the endpoint answered 503' END,
       queued + interval '1 minute', queued, queued
FROM events e
JOIN provider_configs p ON p.project_id = e.project_id AND p.enabled
CROSS JOIN LATERAL (SELECT pg_temp.fraction(e.id, 11) AS draw,
                           coalesce(e.created_at, e.updated_at) AS queued) of_event
WHERE e.id % 10 = 0;

-- The sequences go on where the keys end.
SELECT setval('events_id_seq', max(id)) FROM events;
SELECT setval('provider_configs_id_seq', max(id)) FROM provider_configs;
SELECT setval('event_queue_id_seq', greatest(max(id), 1), max(id) IS NOT NULL) FROM event_queue;

ANALYZE analytics_projects, events, provider_configs, event_queue;

-- What the kind of a key costs its index: the same number of rows under four kinds of key.
--
--     PGOPTIONS='-c guide.rows=2000000' psql --file index-cost.sql "$DATABASE_URL"
--
-- Each key is made beforehand, so that only the insertion is timed. Rows come in the order of time,
-- as in a live system; a checkpoint before each table gives all of them the same start.

CREATE TEMP TABLE kinds (kind text, seconds numeric, index_mb numeric, wal_mb numeric);

CREATE FUNCTION pg_temp.v7(n bigint) RETURNS uuid LANGUAGE sql VOLATILE AS $$
    -- 48 bits of milliseconds, the version, and the random bits of a version 4 UUID.
    SELECT overlay(overlay(gen_random_uuid()::text
               PLACING substr(lpad(to_hex(1700000000000 + n / 10), 12, '0'), 1, 8) || '-'
                    || substr(lpad(to_hex(1700000000000 + n / 10), 12, '0'), 9, 4) FROM 1)
               PLACING '7' FROM 15)::uuid
$$;

CREATE UNLOGGED TABLE keys AS
SELECT n AS "bigint", pg_temp.v7(n) AS v7, gen_random_uuid() AS v4,
       gen_random_uuid()::text AS v4_text
FROM generate_series(1, CAST(current_setting('guide.rows') AS bigint)) AS n;
ANALYZE keys;

CREATE PROCEDURE measure(kind text, type text) LANGUAGE plpgsql AS $$
DECLARE
    began timestamptz;
    wal pg_lsn;
BEGIN
    EXECUTE format('CREATE TABLE cost (id %s PRIMARY KEY)', type);
    COMMIT;
    CHECKPOINT;
    began := clock_timestamp();
    wal := pg_current_wal_insert_lsn();
    EXECUTE format('INSERT INTO cost SELECT %I FROM keys', kind);
    INSERT INTO kinds VALUES (
        kind,
        round(extract(epoch FROM clock_timestamp() - began), 1),
        round(pg_relation_size('cost_pkey') / 1048576.0, 1),
        round(pg_wal_lsn_diff(pg_current_wal_insert_lsn(), wal) / 1048576.0));
    DROP TABLE cost;
    COMMIT;
END
$$;

CALL measure('bigint', 'bigint');
CALL measure('v7', 'uuid');
CALL measure('v4', 'uuid');
CALL measure('v4_text', 'text');

SELECT kind, seconds, index_mb, wal_mb FROM kinds;
DROP PROCEDURE measure;
DROP TABLE keys;

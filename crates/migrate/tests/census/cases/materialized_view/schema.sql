-- moves: public.users.id
CREATE TABLE users (id serial PRIMARY KEY, name text);
INSERT INTO users (name) SELECT 'n' FROM generate_series(1, 10);
CREATE MATERIALIZED VIEW people WITH (fillfactor = 70) AS SELECT id, name FROM users;
CREATE UNIQUE INDEX people_id ON people (id);
CREATE INDEX people_name ON people (name) WHERE name IS NOT NULL;
COMMENT ON INDEX people_id IS 'needed to refresh concurrently';
COMMENT ON MATERIALIZED VIEW people IS 'copied each night';
CREATE MATERIALIZED VIEW later AS SELECT id FROM people WITH NO DATA;
CREATE VIEW above AS SELECT id FROM people;

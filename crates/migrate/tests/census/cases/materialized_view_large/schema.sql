-- moves: public.users.id
-- materialized_bytes_max: 0
CREATE TABLE users (id serial PRIMARY KEY, name text);
INSERT INTO users (name) SELECT 'n' FROM generate_series(1, 10);
CREATE MATERIALIZED VIEW people AS SELECT id, name FROM users;
ANALYZE people;

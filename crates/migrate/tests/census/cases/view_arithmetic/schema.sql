-- moves: public.users.id
CREATE TABLE users (id serial PRIMARY KEY, name text);
CREATE VIEW buckets AS SELECT id % 8 AS bucket, count(*) FROM users GROUP BY 1;

-- moves: public.users.id
CREATE TABLE users (id serial PRIMARY KEY, name text);
CREATE VIEW staff AS SELECT name FROM users WHERE id IN (1, 2, 3);
CREATE VIEW root AS SELECT name FROM users WHERE id = 1;
CREATE VIEW newest AS SELECT max(id) FROM users;
CREATE VIEW partly AS SELECT CASE WHEN name = '' THEN id END AS id FROM users;
CREATE VIEW either AS SELECT id FROM users UNION SELECT 0;
CREATE VIEW big AS SELECT id::bigint FROM users;
CREATE VIEW "row" AS SELECT users AS whole FROM users;
CREATE VIEW above AS SELECT whole FROM "row";

-- moves: public.users.id
CREATE TABLE users (id serial PRIMARY KEY, name text);
CREATE VIEW people AS SELECT id, name FROM users;
CREATE FUNCTION named(integer) RETURNS text
    BEGIN ATOMIC SELECT name FROM users WHERE id = $1; END;
CREATE FUNCTION first() RETURNS integer
    BEGIN ATOMIC SELECT id FROM users ORDER BY id LIMIT 1; END;
CREATE FUNCTION counted() RETURNS bigint
    BEGIN ATOMIC SELECT count(*) FROM people; END;
CREATE PROCEDURE filled()
    BEGIN ATOMIC INSERT INTO users (id) VALUES (5); END;

-- moves: public.users.id
-- strict
CREATE TABLE users (id serial PRIMARY KEY, name text);
CREATE FUNCTION named(wanted integer) RETURNS text LANGUAGE sql
    AS 'SELECT name FROM users WHERE id = wanted';

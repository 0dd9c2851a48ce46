-- moves: public.users.id
CREATE TABLE users (id serial PRIMARY KEY, name text);
CREATE VIEW people AS SELECT id, name FROM users;
CREATE FUNCTION greet(people) RETURNS text LANGUAGE sql AS $$ SELECT 'hello ' || $1.name $$;

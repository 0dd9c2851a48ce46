-- moves: public.users.id
-- answer: text-function:*=checked
CREATE TABLE users (id serial PRIMARY KEY, name text);
CREATE FUNCTION counted() RETURNS bigint LANGUAGE sql AS 'SELECT count(id) FROM users';

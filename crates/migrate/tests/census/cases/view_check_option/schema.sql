-- moves: public.users.id
CREATE TABLE users (id serial PRIMARY KEY, name text);
CREATE VIEW named AS SELECT id, name FROM users WHERE name <> '' WITH LOCAL CHECK OPTION;

-- moves: public.users.id
CREATE TABLE users (id integer PRIMARY KEY);
CREATE VIEW people AS SELECT id FROM users;
ALTER EXTENSION plpgsql ADD VIEW people;

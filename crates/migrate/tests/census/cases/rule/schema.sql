-- moves: public.users.id
CREATE TABLE users (id serial PRIMARY KEY, name text);
CREATE TABLE gone (id integer);
CREATE RULE keep AS ON DELETE TO users DO ALSO INSERT INTO gone VALUES (old.id);

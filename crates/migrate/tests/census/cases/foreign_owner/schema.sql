-- moves: public.users.id
CREATE TABLE users (id integer PRIMARY KEY, name text);
CREATE VIEW people AS SELECT id, name FROM users;
ALTER TABLE users OWNER TO census_reader;
GRANT ALL ON people TO census_reader;
ALTER VIEW people OWNER TO census_owner;
SET ROLE census_reader;

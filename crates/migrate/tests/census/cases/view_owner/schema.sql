-- moves: public.users.id
CREATE TABLE users (id serial PRIMARY KEY, name text);
GRANT SELECT ON users TO census_owner;
CREATE VIEW people AS SELECT id, name FROM users;
ALTER VIEW people OWNER TO census_owner;
GRANT ALL ON people TO census_reader;
REVOKE DELETE ON people FROM census_reader;
CREATE VIEW untouched AS SELECT id FROM users;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO census_reader;

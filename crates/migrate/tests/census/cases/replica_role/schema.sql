-- moves: public.users.id
GRANT CREATE ON SCHEMA public TO census_reader;
SET ROLE census_reader;
CREATE TABLE users (id integer PRIMARY KEY, name text);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE TRIGGER touch BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION touch();

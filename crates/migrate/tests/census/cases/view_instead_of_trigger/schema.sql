-- moves: public.users.id
CREATE TABLE users (id serial PRIMARY KEY, name text);
CREATE FUNCTION store() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE VIEW people AS SELECT id, name FROM users;
ALTER VIEW people ALTER COLUMN name SET DEFAULT 'nobody';
CREATE TRIGGER store INSTEAD OF INSERT OR UPDATE ON people FOR EACH ROW EXECUTE FUNCTION store();
COMMENT ON TRIGGER store ON people IS 'writes through';

-- moves: public.users.id
-- no exchange
CREATE SCHEMA idshift;
CREATE TABLE users (id integer PRIMARY KEY);
CREATE FUNCTION idshift.sync() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN PERFORM 1 FROM users WHERE id = new.id; RETURN new; END $$;
CREATE TRIGGER "~idshift_sync" BEFORE INSERT OR UPDATE OF id ON users FOR EACH ROW
    EXECUTE FUNCTION idshift.sync();

-- moves: public.users.id
CREATE TABLE users (id serial PRIMARY KEY, name text);
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE TRIGGER early BEFORE INSERT ON users FOR EACH ROW WHEN (new.id < 100)
    EXECUTE FUNCTION noted();

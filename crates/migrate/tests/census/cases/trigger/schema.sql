-- moves: public.users.id, public.users.boss_id
CREATE TABLE users (id serial PRIMARY KEY, boss_id integer REFERENCES users (id), name text);
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE TRIGGER moved AFTER UPDATE OF boss_id, name ON users FOR EACH ROW
    WHEN (old.boss_id IS DISTINCT FROM new.boss_id) EXECUTE FUNCTION noted('a', 'b''c');
CREATE TRIGGER whole BEFORE UPDATE ON users FOR EACH ROW
    WHEN (old.* IS DISTINCT FROM new.*) EXECUTE FUNCTION noted();
CREATE CONSTRAINT TRIGGER late AFTER UPDATE OF boss_id ON users DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION noted();
ALTER TABLE users ENABLE ALWAYS TRIGGER moved;
ALTER TABLE users DISABLE TRIGGER late;
COMMENT ON TRIGGER moved ON users IS 'keeps the tree';

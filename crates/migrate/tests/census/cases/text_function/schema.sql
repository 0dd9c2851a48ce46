-- moves: public.users.id, public.orders.user_id
CREATE TABLE users (id serial PRIMARY KEY, name text);
CREATE TABLE orders (id serial PRIMARY KEY, user_id integer REFERENCES users (id));
CREATE FUNCTION named(wanted integer) RETURNS text LANGUAGE sql
    AS 'SELECT name FROM users WHERE id = wanted';
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql
    AS $$ DECLARE was integer; BEGIN was := old.user_id; RETURN new; END $$;
CREATE TRIGGER noted AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION noted();
CREATE FUNCTION apart() RETURNS integer LANGUAGE sql AS 'SELECT 1';

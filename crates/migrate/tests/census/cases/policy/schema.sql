-- moves: public.users.id, public.orders.user_id
CREATE TABLE users (id serial PRIMARY KEY, name text);
CREATE TABLE orders (id serial PRIMARY KEY, user_id integer REFERENCES users (id), total integer);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON orders FOR SELECT TO census_reader, postgres
    USING (user_id IN (SELECT id FROM users WHERE name = current_user));
CREATE POLICY stated ON orders AS RESTRICTIVE FOR UPDATE
    USING (user_id::text = current_setting('app.user'))
    WITH CHECK (user_id IS NOT NULL);
COMMENT ON POLICY own ON orders IS 'each their own';

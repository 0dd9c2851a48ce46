-- moves: public.orders.user_id
CREATE TABLE orders (id serial PRIMARY KEY, user_id integer, state text);
CREATE STATISTICS together (ndistinct, dependencies) ON user_id, state FROM orders;
ALTER STATISTICS together SET STATISTICS 500;
COMMENT ON STATISTICS together IS 'few states for each';
CREATE STATISTICS shape ON (user_id::text), state FROM orders;

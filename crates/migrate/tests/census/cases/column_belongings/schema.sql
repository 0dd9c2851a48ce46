-- moves: public.orders.id, public.orders.user_id
CREATE TABLE orders (id serial PRIMARY KEY, user_id integer, state text);
ALTER TABLE orders ALTER COLUMN user_id SET STATISTICS 1000;
ALTER TABLE orders ALTER COLUMN user_id SET (n_distinct = -0.1);

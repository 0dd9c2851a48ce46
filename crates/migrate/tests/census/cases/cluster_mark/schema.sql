-- moves: public.orders.id, public.orders.user_id
CREATE TABLE orders (id serial PRIMARY KEY, user_id integer);
CREATE INDEX open ON orders (user_id) WHERE user_id IS NOT NULL;
ALTER TABLE orders CLUSTER ON orders_pkey;

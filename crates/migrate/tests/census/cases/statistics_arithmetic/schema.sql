-- moves: public.orders.user_id
CREATE TABLE orders (id serial PRIMARY KEY, user_id integer, state text);
CREATE STATISTICS buckets ON (user_id % 8), state FROM orders;

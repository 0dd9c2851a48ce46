-- moves: public.orders.user_id
CREATE TABLE orders (id serial PRIMARY KEY, user_id integer);
CREATE INDEX bucket ON orders ((user_id % 8));
CREATE INDEX large ON orders (id) WHERE user_id > 1000;

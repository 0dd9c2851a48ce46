-- moves: public.orders.id
CREATE TABLE orders (id serial PRIMARY KEY, state text);
CREATE PUBLICATION recent FOR TABLE orders WHERE (id > 100000);

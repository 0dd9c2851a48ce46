-- moves: public.orders.id
CREATE TABLE orders (id serial PRIMARY KEY, state text, secret text);
CREATE PUBLICATION outside FOR TABLE orders (id, state) WHERE (id IS NOT NULL);
CREATE PUBLICATION whole FOR TABLE orders;

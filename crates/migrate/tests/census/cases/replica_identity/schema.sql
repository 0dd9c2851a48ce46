-- moves: public.orders.id
CREATE TABLE orders (id serial PRIMARY KEY, code text NOT NULL);
ALTER TABLE orders REPLICA IDENTITY USING INDEX orders_pkey;

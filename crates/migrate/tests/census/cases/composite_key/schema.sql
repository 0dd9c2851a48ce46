-- moves: public.parts.order_id, public.orders.id, public.marks.order_id
CREATE TABLE orders (id serial PRIMARY KEY);
CREATE TABLE parts (order_id integer REFERENCES orders (id) ON DELETE CASCADE, line integer,
    PRIMARY KEY (order_id, line));
CREATE TABLE marks (order_id integer, line integer, text text,
    FOREIGN KEY (order_id, line) REFERENCES parts MATCH FULL ON UPDATE CASCADE);

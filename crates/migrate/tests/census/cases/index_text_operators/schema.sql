-- moves: public.orders.key
CREATE TABLE orders (key text PRIMARY KEY);
CREATE INDEX by_prefix ON orders (key text_pattern_ops);
CREATE INDEX by_bytes ON orders (key COLLATE "C");

-- moves: public.users.id
CREATE TABLE users (id serial PRIMARY KEY, name text);
CREATE TABLE orders (id serial PRIMARY KEY, user_number integer);
CREATE VIEW sold AS SELECT orders.id FROM orders JOIN users ON users.id = orders.user_number;

-- moves: public.users.number, public.orders.user_number
CREATE TABLE users (name text PRIMARY KEY, number integer UNIQUE NOT NULL);
CREATE TABLE orders (id serial PRIMARY KEY, user_number integer REFERENCES users (number));

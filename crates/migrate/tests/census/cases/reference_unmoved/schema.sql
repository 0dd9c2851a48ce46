-- moves: public.users.id
CREATE TABLE users (id serial PRIMARY KEY);
CREATE TABLE orders (id serial PRIMARY KEY, user_id integer REFERENCES users (id));

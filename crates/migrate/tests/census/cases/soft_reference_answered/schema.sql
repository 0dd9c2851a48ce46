-- moves: public.users.id
-- answer: soft-reference:public.orders.user_id=reference
-- answer: soft-reference:public.visits.user_id=leave
CREATE TABLE users (id serial PRIMARY KEY);
CREATE TABLE orders (id serial PRIMARY KEY, user_id integer);
CREATE TABLE visits (id serial PRIMARY KEY, user_id integer);

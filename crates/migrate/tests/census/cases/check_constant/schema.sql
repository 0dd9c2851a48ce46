-- moves: public.users.id
CREATE TABLE users (id serial PRIMARY KEY CHECK (id > 0));

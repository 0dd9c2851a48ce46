-- moves: public.users.id
CREATE TABLE users (id serial PRIMARY KEY);
CREATE TABLE others (id integer DEFAULT nextval('users_id_seq'));

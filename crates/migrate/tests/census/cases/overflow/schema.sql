-- moves: public.users.id
CREATE TABLE users (id serial PRIMARY KEY);
SELECT setval('users_id_seq', 2000000000);

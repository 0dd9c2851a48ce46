-- moves: public.users.id
CREATE TABLE users (id serial PRIMARY KEY);
CREATE TABLE teams (id serial PRIMARY KEY, user_ids integer[], sizes integer[]);
INSERT INTO users DEFAULT VALUES;
INSERT INTO teams (user_ids) VALUES ('{1,5}');

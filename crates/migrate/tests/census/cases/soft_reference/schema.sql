-- moves: public.users.id
CREATE TABLE users (id serial PRIMARY KEY, name text);
CREATE TABLE orders (id serial PRIMARY KEY, user_id integer);
CREATE TABLE "Session" (id serial PRIMARY KEY, "userId" bigint);
CREATE TABLE elsewhere (id serial PRIMARY KEY, user_id integer);
INSERT INTO users (name) VALUES ('a'), ('b');
INSERT INTO orders (user_id) VALUES (1), (2), (7), (NULL);
INSERT INTO elsewhere (user_id) VALUES (900), (901);

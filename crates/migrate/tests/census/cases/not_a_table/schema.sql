-- moves: public.people.id
CREATE TABLE users (id serial PRIMARY KEY);
CREATE VIEW people AS SELECT id FROM users;

-- moves: public.users.id
CREATE TABLE users (id integer PRIMARY KEY);
ALTER EXTENSION plpgsql ADD TABLE users;

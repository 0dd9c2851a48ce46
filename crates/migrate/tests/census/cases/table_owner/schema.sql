-- moves: public.users.id
CREATE TABLE users (id integer PRIMARY KEY, name text);
SET ROLE census_reader;

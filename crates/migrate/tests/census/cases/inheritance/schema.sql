-- moves: public.people.id
CREATE TABLE people (id serial PRIMARY KEY, name text);
CREATE TABLE staff (room text) INHERITS (people);

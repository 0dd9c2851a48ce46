-- moves: public.people.id
CREATE TABLE people (id serial PRIMARY KEY, name text);
CREATE TABLE teams (id serial PRIMARY KEY, members people[]);
CREATE TYPE pair AS (one people, other people);

-- moves: pg_temp.scratch.id
CREATE TEMPORARY TABLE scratch (id serial PRIMARY KEY);

-- moves: public.cache.id
CREATE UNLOGGED TABLE cache (id serial PRIMARY KEY);

-- moves: public.a.id, public.b.id
CREATE TABLE a (id integer PRIMARY KEY, name text, x integer);
CREATE TABLE b (id integer PRIMARY KEY, name text, y integer);
CREATE VIEW joined AS SELECT id, p.n, r.n AS m FROM a p (id, n) JOIN b r (id, n) USING (id);

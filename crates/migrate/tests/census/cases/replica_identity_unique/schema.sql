-- moves: public.links.a, public.links.b
CREATE TABLE links (a integer NOT NULL, b integer NOT NULL);
CREATE UNIQUE INDEX pair ON links (a, b);
ALTER TABLE links REPLICA IDENTITY USING INDEX pair;

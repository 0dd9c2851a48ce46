-- moves: public.events.id
CREATE TABLE events (id bigint) PARTITION BY LIST ((id % 4));

-- moves: public.events.id
CREATE TABLE events (id bigint PRIMARY KEY) PARTITION BY RANGE (id);

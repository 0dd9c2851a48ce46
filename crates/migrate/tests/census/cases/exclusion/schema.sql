-- moves: public.rooms.id
CREATE TABLE rooms (id integer PRIMARY KEY, EXCLUDE USING btree (id WITH =));

-- moves: public.log.user_id
CREATE TABLE log (user_id integer, text text);

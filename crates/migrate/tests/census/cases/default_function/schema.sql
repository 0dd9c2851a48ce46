-- moves: public.users.id
CREATE FUNCTION snowflake() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint << 22';
CREATE TABLE users (id bigint PRIMARY KEY DEFAULT snowflake());

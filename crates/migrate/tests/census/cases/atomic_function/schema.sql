-- moves: public.users.id, public.orders.user_id
CREATE TABLE users (id serial PRIMARY KEY, name text);
CREATE TABLE orders (id serial PRIMARY KEY, user_id integer REFERENCES users (id), total int);
CREATE FUNCTION sold(text) RETURNS bigint STABLE
    BEGIN ATOMIC
        SELECT sum(total) FROM orders JOIN users ON users.id = user_id WHERE name = $1;
    END;
CREATE PROCEDURE tidy()
    BEGIN ATOMIC
        DELETE FROM orders WHERE user_id NOT IN (SELECT id FROM users);
    END;

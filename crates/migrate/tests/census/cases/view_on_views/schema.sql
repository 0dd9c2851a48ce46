-- moves: public.users.id, public.orders.user_id
CREATE SCHEMA "Reports";
CREATE TABLE users (id serial PRIMARY KEY, name text);
CREATE TABLE orders (id serial PRIMARY KEY, user_id integer REFERENCES users (id), at date);
CREATE VIEW z_base AS SELECT id AS user_id, name FROM users;
CREATE VIEW "Reports"."Middle View" AS
    WITH recent AS (SELECT user_id FROM orders WHERE at > '2020-01-01')
    SELECT z_base.user_id, count(*) FROM z_base JOIN recent USING (user_id)
    GROUP BY z_base.user_id;
CREATE VIEW a_top AS
    SELECT user_id FROM "Reports"."Middle View"
    UNION ALL SELECT orders.user_id FROM orders WHERE user_id IN (SELECT id FROM users)
    ORDER BY user_id;
CREATE VIEW no_key AS SELECT count FROM "Reports"."Middle View";
CREATE VIEW apart AS SELECT name FROM users;

-- moves: public.users.id, public.orders.user_id
CREATE TABLE users (id serial PRIMARY KEY, name text);
CREATE TABLE orders (id serial PRIMARY KEY, user_id integer REFERENCES users (id), total integer);
CREATE VIEW spending WITH (security_barrier) AS
    SELECT users.id, users.name, sum(orders.total) AS "sum of total"
    FROM users LEFT JOIN orders ON orders.user_id = users.id
    GROUP BY users.id;
CREATE VIEW spenders AS
    SELECT id, name FROM spending WHERE "sum of total" > 10;

COMMENT ON VIEW spending IS 'who''s spending';
COMMENT ON COLUMN spending."sum of total" IS 'in cents';
GRANT SELECT ON spending TO census_reader;
GRANT UPDATE ON spending TO census_reader WITH GRANT OPTION;
GRANT SELECT (name) ON spenders TO census_reader;
GRANT SELECT ON spenders TO PUBLIC;

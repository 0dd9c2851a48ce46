-- moves: public.users.id, public.orders.user_id
CREATE TABLE users (id serial PRIMARY KEY, name text, data jsonb);
CREATE TABLE orders (id serial PRIMARY KEY, user_id integer REFERENCES users (id), total int);
CREATE VIEW many AS
    SELECT u.id, jsonb_build_object('id', u.id, 'name', u.name) AS json, u.id::text AS text,
        array_agg(o.user_id ORDER BY o.user_id) AS ids, count(DISTINCT o.user_id) AS n,
        row_number() OVER (PARTITION BY u.id ORDER BY u.name) AS place,
        lag(u.id) OVER (ORDER BY u.id) AS before,
        (SELECT x.user_id FROM orders x WHERE x.user_id = u.id LIMIT 1) AS one
    FROM users u LEFT JOIN orders o ON o.user_id = u.id
    WHERE EXISTS (SELECT 1 FROM orders y WHERE y.user_id = u.id AND y.total > 5)
    GROUP BY u.id, u.name;

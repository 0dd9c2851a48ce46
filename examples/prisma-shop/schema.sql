-- The tables that Prisma makes of `prisma/schema.prisma`; `plan.toml` was planned on them.
CREATE TABLE customers (
    id serial PRIMARY KEY,
    email text NOT NULL
);
CREATE UNIQUE INDEX customers_email_key ON customers (email);
CREATE TABLE orders (
    id bigserial PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customers ON DELETE RESTRICT ON UPDATE CASCADE,
    placed timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);

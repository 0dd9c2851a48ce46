-- moves: public.users.id
CREATE TABLE users (
    id serial PRIMARY KEY,
    code text GENERATED ALWAYS AS (lpad(id::text, 8, '0')) STORED,
    upper_name text GENERATED ALWAYS AS (upper(name)) STORED,
    name text
);

-- moves: public.users.id, public.users.boss_id, public.users.heir_id
CREATE TABLE users (
    id serial PRIMARY KEY,
    boss_id integer REFERENCES users (id),
    heir_id integer REFERENCES users (id),
    CHECK (boss_id <> id),
    CONSTRAINT "one of two" CHECK (num_nonnulls(boss_id, heir_id) <= 1)
);
ALTER TABLE users ADD CONSTRAINT unproven CHECK (heir_id IS NOT NULL OR boss_id IS NULL) NOT VALID;
COMMENT ON CONSTRAINT "one of two" ON users IS 'never both';

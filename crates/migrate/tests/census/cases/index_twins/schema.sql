-- moves: public.orders.user_id, public.orders.id
CREATE TABLE orders (id serial PRIMARY KEY, user_id integer, state text, "where" text);
CREATE INDEX plain ON orders (user_id, state);
CREATE INDEX partial ON orders (state) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX "Mixed Case" ON orders USING btree (lower(state), user_id DESC NULLS LAST)
    INCLUDE (id) WITH (fillfactor = 70) WHERE "where" = ' USING user_id ';
CREATE INDEX as_text ON orders ((user_id::text) text_pattern_ops);
CREATE INDEX a_name_that_is_as_long_as_a_name_may_be_in_postgresql_sixtythr
    ON orders (state) INCLUDE (user_id);
COMMENT ON INDEX partial IS 'for the open ones';

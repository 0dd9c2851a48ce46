-- moves: public.users.id
CREATE TABLE users (id serial PRIMARY KEY, name text);
CREATE POLICY own ON users USING (id = current_setting('app.user')::integer);
CREATE POLICY first ON users USING (id <> 1);

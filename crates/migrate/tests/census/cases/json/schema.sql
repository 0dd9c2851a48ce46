-- moves: public.users.id
CREATE TABLE users (id serial PRIMARY KEY);
CREATE TABLE events (id serial PRIMARY KEY, data jsonb, raw json);
INSERT INTO users DEFAULT VALUES;
INSERT INTO events (data, raw) VALUES
    ('{"actor": {"userId": 1}, "user_id": 99}', '[{"user_id": "1"}, 3, null]'), (NULL, NULL);

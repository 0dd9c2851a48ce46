-- moves: public.posts.id
CREATE TABLE posts (id serial PRIMARY KEY);
CREATE TABLE comments (id serial PRIMARY KEY, commentable_type text, commentable_id integer);
CREATE TABLE tags (id serial PRIMARY KEY, tagged_type text, tagged_id integer);
INSERT INTO comments (commentable_type, commentable_id) VALUES ('App\Models\Post', 1);
INSERT INTO tags (tagged_type, tagged_id) VALUES ('Photo', 1);

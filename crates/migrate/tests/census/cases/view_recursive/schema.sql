-- moves: public.nodes.id, public.nodes.parent_id
CREATE TABLE nodes (id serial PRIMARY KEY, parent_id integer REFERENCES nodes (id), name text);
CREATE VIEW paths AS
    WITH RECURSIVE walk (id, parent_id, depth, path) AS (
        SELECT id, parent_id, 1, ARRAY[id] FROM nodes WHERE parent_id IS NULL
        UNION ALL
        SELECT nodes.id, nodes.parent_id, walk.depth + 1, walk.path || nodes.id
        FROM nodes JOIN walk ON nodes.parent_id = walk.id
        WHERE nodes.id <> ALL (walk.path)
    )
    SELECT id, depth, path FROM walk;

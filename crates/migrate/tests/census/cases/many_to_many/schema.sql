-- moves: public.Post.id, public.Tag.id, public._PostToTag.A, public._PostToTag.B
CREATE TABLE "Post" (id serial PRIMARY KEY);
CREATE TABLE "Tag" (id serial PRIMARY KEY);
CREATE TABLE "_PostToTag" (
    "A" integer NOT NULL REFERENCES "Post" (id) ON DELETE CASCADE ON UPDATE CASCADE,
    "B" integer NOT NULL REFERENCES "Tag" (id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "_PostToTag_AB_unique" ON "_PostToTag" ("A", "B");
CREATE INDEX "_PostToTag_B_index" ON "_PostToTag" ("B");

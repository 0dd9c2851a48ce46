-- moves: App Data.User.Id, public.Order Line."User" Id
CREATE SCHEMA "App Data";
CREATE TABLE "App Data"."User" ("Id" serial PRIMARY KEY, "select" text);
CREATE TABLE "Order Line" (id serial PRIMARY KEY,
    """User"" Id" integer REFERENCES "App Data"."User" ("Id"));
CREATE VIEW "View of ""All""" AS SELECT u."Id", o.* FROM "App Data"."User" u
    JOIN "Order Line" o ON o."""User"" Id" = u."Id";
CREATE INDEX "Idx" ON "Order Line" ((("""User"" Id")::text)) WHERE """User"" Id" IS NOT NULL;
ALTER TABLE "Order Line" ADD CONSTRAINT "Is ""Set""" CHECK ("""User"" Id" IS NOT NULL OR id > 0);

-- moves: public.users.id, public.users.team_id, public.teams.id, public.teams.lead_id
CREATE TABLE users (id serial PRIMARY KEY, team_id integer);
CREATE TABLE teams (id serial PRIMARY KEY, lead_id integer REFERENCES users (id));
ALTER TABLE users ADD FOREIGN KEY (team_id) REFERENCES teams (id)
    ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;

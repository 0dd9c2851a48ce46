-- How many events a project sent on a day: what its daily quota is measured by. Days are in UTC.
CREATE TABLE project_usage (
    project_id uuid NOT NULL,
    day date NOT NULL,
    events bigint NOT NULL CHECK (events >= 0),
    PRIMARY KEY (project_id, day),
    FOREIGN KEY (project_id) REFERENCES analytics_projects (id)
);

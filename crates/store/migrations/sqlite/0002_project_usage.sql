-- How many events a project sent on a day: what its daily quota is measured by. Days are counted
-- from 1970-01-01, in UTC.
CREATE TABLE project_usage (
    project_id BLOB NOT NULL CHECK (length(project_id) = 16),
    day INTEGER NOT NULL,
    events INTEGER NOT NULL CHECK (events >= 0),
    PRIMARY KEY (project_id, day),
    FOREIGN KEY (project_id) REFERENCES analytics_projects (id)
) STRICT, WITHOUT ROWID;

-- +goose Up
-- A job that many workers share has parts, which are jobs of their own; it waits for them.
ALTER TABLE jobs ADD COLUMN parent TEXT NOT NULL DEFAULT '';
CREATE INDEX jobs_parent ON jobs (parent, id);

-- +goose Down
DROP INDEX jobs_parent;
ALTER TABLE jobs DROP COLUMN parent;

-- +goose Up
-- When a plan was approved, 0 if it is not, and by whom.
ALTER TABLE plans ADD COLUMN approved BIGINT NOT NULL DEFAULT 0;
ALTER TABLE plans ADD COLUMN approver TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE plans DROP COLUMN approver;
ALTER TABLE plans DROP COLUMN approved;

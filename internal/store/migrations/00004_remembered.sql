-- +goose Up
-- What a server has to know again when it starts, by name.
CREATE TABLE remembered (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- +goose Down
DROP TABLE remembered;

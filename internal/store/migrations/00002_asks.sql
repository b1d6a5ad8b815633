-- +goose Up
CREATE TABLE asks (
    id          TEXT PRIMARY KEY, -- sorts by time
    scenario    TEXT NOT NULL,
    contributor TEXT NOT NULL,
    state       TEXT NOT NULL,
    due         TEXT NOT NULL, -- date by which it is to be answered
    version     BIGINT NOT NULL,
    body        TEXT NOT NULL
);
CREATE INDEX asks_scenario ON asks (scenario, id);

-- A row is what somebody said of an ask; nothing is taken back.
CREATE TABLE ask_events (
    ask     TEXT NOT NULL,
    version BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    who     TEXT NOT NULL,
    state   TEXT NOT NULL,
    unit    TEXT NOT NULL,
    note    TEXT NOT NULL,
    PRIMARY KEY (ask, version)
);

-- +goose Down
DROP TABLE ask_events;
DROP TABLE asks;

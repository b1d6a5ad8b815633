-- One text for SQLite and PostgreSQL. Times are microseconds since 1970, UTC; bodies are JSON.

-- +goose Up
CREATE TABLE scenarios (
    id           TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    head         BIGINT NOT NULL, -- the newest version
    created      BIGINT NOT NULL,
    changed      BIGINT NOT NULL,
    changed_by   TEXT NOT NULL,
    origin       TEXT NOT NULL DEFAULT '', -- the scenario that it was branched from
    origin_version BIGINT NOT NULL DEFAULT 0,
    removed      BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE versions (
    scenario TEXT NOT NULL REFERENCES scenarios (id),
    version  BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    who      TEXT NOT NULL,
    note     TEXT NOT NULL,
    changes  BIGINT NOT NULL, -- records that it changed
    PRIMARY KEY (scenario, version)
);

-- A row is a record's state from one version until another: the rows that hold at a
-- version are the scenario, those of one record are its history.
CREATE TABLE records (
    scenario TEXT NOT NULL,
    kind     TEXT NOT NULL,
    id       TEXT NOT NULL,
    version  BIGINT NOT NULL, -- that set it
    until    BIGINT NOT NULL DEFAULT 9223372036854775807, -- that replaced it
    place    BIGINT NOT NULL, -- its order in the table
    body     TEXT,            -- null once it is removed
    PRIMARY KEY (scenario, kind, id, version)
);
CREATE INDEX records_state ON records (scenario, until, kind, place);
CREATE INDEX records_version ON records (scenario, version);

CREATE TABLE plans (
    id       TEXT PRIMARY KEY, -- sorts by time
    scenario TEXT NOT NULL,
    version  BIGINT NOT NULL,
    name     TEXT NOT NULL,
    at       BIGINT NOT NULL,
    who      TEXT NOT NULL,
    head     TEXT NOT NULL, -- the plan without its tours
    body     BYTEA NOT NULL, -- plan.json, gzip
    removed  BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX plans_scenario ON plans (scenario, id);

CREATE TABLE people (
    id          TEXT PRIMARY KEY,
    email       TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    role        TEXT NOT NULL,
    contributor TEXT NOT NULL DEFAULT '',
    password    TEXT NOT NULL DEFAULT '', -- argon2id, PHC string
    version     BIGINT NOT NULL DEFAULT 1,
    created     BIGINT NOT NULL,
    disabled    BOOLEAN NOT NULL DEFAULT FALSE
);

-- Sessions, tokens, invitations and links: what a bearer proves by a secret, of which only the SHA-256 is kept.
CREATE TABLE secrets (
    id       TEXT PRIMARY KEY,
    hash     TEXT NOT NULL UNIQUE,
    kind     TEXT NOT NULL,
    person   TEXT NOT NULL DEFAULT '',
    name     TEXT NOT NULL DEFAULT '',
    grants   TEXT NOT NULL DEFAULT '{}',
    made_by  TEXT NOT NULL DEFAULT '',
    created  BIGINT NOT NULL,
    expires  BIGINT NOT NULL,
    used     BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX secrets_person ON secrets (kind, person);

-- The ledger is the queue: a job is run by whoever claims it, and claimed again when the
-- claim is no longer renewed.
CREATE TABLE jobs (
    id       TEXT PRIMARY KEY, -- sorts by time
    scenario TEXT NOT NULL,
    version  BIGINT NOT NULL,
    kind     TEXT NOT NULL,
    options  TEXT NOT NULL,
    state    TEXT NOT NULL, -- queued, running, done, failed, cancelled
    who      TEXT NOT NULL,
    made     BIGINT NOT NULL,
    worker   TEXT NOT NULL DEFAULT '',
    attempts BIGINT NOT NULL DEFAULT 0,
    beat     BIGINT NOT NULL DEFAULT 0, -- the claim was renewed
    ended    BIGINT NOT NULL DEFAULT 0,
    progress TEXT NOT NULL DEFAULT '{}',
    plan     TEXT NOT NULL DEFAULT '',
    result   TEXT NOT NULL DEFAULT '',
    failure  TEXT NOT NULL DEFAULT ''
);
CREATE INDEX jobs_queue ON jobs (state, id);
CREATE INDEX jobs_scenario ON jobs (scenario, id);

CREATE TABLE audit (
    n        BIGINT PRIMARY KEY,
    at       BIGINT NOT NULL,
    who      TEXT NOT NULL,
    origin   TEXT NOT NULL, -- address that it came from
    request  TEXT NOT NULL,
    action   TEXT NOT NULL,
    subject  TEXT NOT NULL,
    detail   TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash     TEXT NOT NULL
);
CREATE TABLE audit_head (
    one  BIGINT PRIMARY KEY,
    n    BIGINT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO audit_head (one, n, hash) VALUES (1, 0, '');

-- +goose Down
DROP TABLE audit_head;
DROP TABLE audit;
DROP TABLE jobs;
DROP TABLE secrets;
DROP TABLE people;
DROP TABLE plans;
DROP TABLE records;
DROP TABLE versions;
DROP TABLE scenarios;

/** The tables of the hub's database. Instants are calendar time in whole milliseconds since 1970. */

export const SCHEMA = `
CREATE TABLE IF NOT EXISTS nodes (
  id            TEXT PRIMARY KEY,
  name          TEXT,
  facts         TEXT NOT NULL,
  liveness      TEXT NOT NULL,
  expected      INTEGER NOT NULL,
  session       TEXT,
  since_ms      INTEGER NOT NULL,
  every_ms      INTEGER NOT NULL,
  reconnect_ms  INTEGER NOT NULL,
  last_heard_ms INTEGER
) STRICT;

CREATE TABLE IF NOT EXISTS transitions (
  id            INTEGER PRIMARY KEY,
  node          TEXT NOT NULL,
  from_liveness TEXT NOT NULL,
  to_liveness   TEXT NOT NULL,
  reason        TEXT NOT NULL,
  at_ms         INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS incidents (
  id               INTEGER PRIMARY KEY AUTOINCREMENT,
  node             TEXT NOT NULL,
  name             TEXT NOT NULL,
  cause            TEXT NOT NULL,
  died_at_ms       INTEGER NOT NULL,
  last_heard_ms    INTEGER,
  promised_at_ms   INTEGER,
  told_at_ms       INTEGER,
  recovered_at_ms  INTEGER,
  recovery_settled INTEGER NOT NULL DEFAULT 0
) STRICT;
-- At most one incident of a node is open.
CREATE UNIQUE INDEX IF NOT EXISTS open_incidents ON incidents (node) WHERE recovered_at_ms IS NULL;

CREATE TABLE IF NOT EXISTS outbox (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  channel       TEXT NOT NULL,
  recipient     TEXT NOT NULL,
  text          TEXT NOT NULL,
  state         TEXT NOT NULL DEFAULT 'pending',
  attempts      INTEGER NOT NULL DEFAULT 0,
  uncertain     INTEGER NOT NULL DEFAULT 0,
  last_error    TEXT,
  reference     TEXT,
  created_at_ms INTEGER NOT NULL,
  due_at_ms     INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS pending_messages ON outbox (due_at_ms) WHERE state = 'pending';

CREATE TABLE IF NOT EXISTS outbox_incidents (
  message  INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
  incident INTEGER NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
  PRIMARY KEY (message, incident)
) STRICT;
`;

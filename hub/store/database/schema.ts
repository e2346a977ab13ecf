/**
 * The schema of the hub's database, as steps from an empty file to the present version. A released
 * step never changes; a new step follows instead. Instants are wall-clock time in whole
 * milliseconds since 1970.
 */

const FIRST = `
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

/** Incidents of every kind, who was notified of them, and what people requested. */
const SECOND = `
ALTER TABLE nodes ADD COLUMN back_by_ms INTEGER;

-- What an incident is about: \`subjectKey\`; its node is empty where it concerns none.
ALTER TABLE incidents ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE incidents ADD COLUMN kind TEXT NOT NULL DEFAULT 'node';
ALTER TABLE incidents ADD COLUMN now TEXT;
ALTER TABLE incidents ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN rebooted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN acknowledged_at_ms INTEGER;
-- The incident of the common cause that this one is a part of.
ALTER TABLE incidents ADD COLUMN parent INTEGER;
UPDATE incidents SET subject = 'node ' || node;
DROP INDEX open_incidents;
-- At most one incident of a subject is open.
CREATE UNIQUE INDEX open_incidents ON incidents (subject) WHERE recovered_at_ms IS NULL;
CREATE INDEX incidents_of_subject ON incidents (subject);
CREATE INDEX incidents_of_parent ON incidents (parent) WHERE parent IS NOT NULL;
CREATE INDEX messages_of_incident ON outbox_incidents (incident);

-- The routes whose people were told of an incident, or for whom the message is held (no instant);
-- settled once they were told of its end.
CREATE TABLE told (
  incident   INTEGER NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
  route      TEXT NOT NULL,
  told_at_ms INTEGER,
  settled    INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (incident, route)
) STRICT;
CREATE INDEX told_unsettled ON told (incident) WHERE settled = 0;
INSERT INTO told SELECT id, '', promised_at_ms, recovery_settled FROM incidents
  WHERE promised_at_ms IS NOT NULL;
ALTER TABLE incidents DROP COLUMN recovery_settled;

-- What the message tells, as JSON with calendar instants, so that it can be worded anew while it waits.
ALTER TABLE outbox ADD COLUMN alert TEXT;
ALTER TABLE outbox ADD COLUMN route TEXT NOT NULL DEFAULT '';
-- After acceptance: when to ask whether it arrived.
ALTER TABLE outbox ADD COLUMN checks INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN accepted_at_ms INTEGER;
CREATE INDEX unconfirmed_messages ON outbox (due_at_ms) WHERE state = 'accepted';

-- Until when nothing is told of a node; the empty id stands for all.
CREATE TABLE maintenance (
  node     TEXT PRIMARY KEY,
  since_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL
) STRICT;

-- Until when buzzers are silent about a node; the empty id stands for all.
CREATE TABLE silences (
  node     TEXT PRIMARY KEY,
  since_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL
) STRICT;

-- Single facts that outlive the hub, by name.
CREATE TABLE facts (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
`;

/** History: when nodes were up, and what they measured. */
const PAST = `
CREATE INDEX transitions_of_node ON transitions (node, at_ms);
CREATE INDEX transitions_by_time ON transitions (at_ms);

-- From when to when the hub saw its cluster, and when the run began that saw it.
CREATE TABLE sights (
  id      INTEGER PRIMARY KEY,
  run_ms  INTEGER NOT NULL,
  from_ms INTEGER NOT NULL,
  to_ms   INTEGER NOT NULL
) STRICT;

-- Vitals as they were heard. By time, not by node: what is written together stands together, in as few
-- pages as possible. Instants of vitals are seconds since 1970.
CREATE TABLE vitals_heard (
  at_s     INTEGER NOT NULL,
  node     TEXT NOT NULL,
  readings TEXT NOT NULL,
  PRIMARY KEY (at_s, node)
) STRICT, WITHOUT ROWID;

-- Means over each step of a longer time: minutes of an hour, hours of a day.
CREATE TABLE vitals_means (
  step_s INTEGER NOT NULL,
  node   TEXT NOT NULL,
  from_s INTEGER NOT NULL,
  means  TEXT NOT NULL,
  PRIMARY KEY (step_s, node, from_s)
) STRICT;
`;

/** Logged-in browsers, and the user's names for nodes. */
const SESSIONS = `
-- A browser that is logged in, by a digest of the secret in its cookie.
CREATE TABLE sessions (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  digest       TEXT NOT NULL UNIQUE,
  created_at_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  address      TEXT NOT NULL,
  agent        TEXT NOT NULL
) STRICT;

-- What people call a node in place of its own name.
CREATE TABLE names (
  node TEXT PRIMARY KEY,
  name TEXT NOT NULL
) STRICT;
`;

/** The reason of a node's farewell. */
const FAREWELLS = "ALTER TABLE nodes ADD COLUMN left_reason TEXT;";

/**
 * The wall clock of the present boot, and the instants that were written with it: see
 * `WallClockRows`.
 */
const CALENDAR = `
CREATE TABLE calendar (
  id                INTEGER PRIMARY KEY CHECK (id = 1),
  boot              TEXT NOT NULL,
  up_ms             INTEGER NOT NULL,
  epoch_ms          INTEGER NOT NULL,
  transitions_after INTEGER NOT NULL,
  vitals_from_s     INTEGER NOT NULL
) STRICT;

CREATE TABLE instant_marks (
  id        INTEGER PRIMARY KEY,
  of_table  TEXT NOT NULL,
  of_column TEXT NOT NULL,
  of_row    TEXT NOT NULL,
  UNIQUE (of_table, of_column, of_row)
) STRICT;
`;

/**
 * How long a node had been silent when it was declared dead. A duration does not change with the
 * wall clock.
 */
const SILENCES = "ALTER TABLE transitions ADD COLUMN silent_ms INTEGER;";

/** A node's sessions before the present one, newest first, as JSON. */
const ENDED_SESSIONS = "ALTER TABLE nodes ADD COLUMN ended_sessions TEXT NOT NULL DEFAULT '[]';";

/** Causes as codes in place of English sentences; see `core/alerting/cause.ts`. */
const CAUSES = `
UPDATE incidents SET cause = CASE cause
    WHEN 'not heard since the hub started' THEN 'not_heard'
    WHEN 'did not come back from a reboot' THEN 'not_back'
    WHEN 'unexpected reboot' THEN 'unexpected_reboot'
    WHEN 'it has no connection to the broker' THEN 'no_connection'
    WHEN 'the broker does not answer' THEN 'no_echo'
    WHEN 'it did not run for a while' THEN 'stalled'
    WHEN 'its cable or Wi-Fi is disconnected' THEN 'no_link'
    WHEN 'its own network is out' THEN 'network'
    WHEN 'it has just started' THEN 'starting'
    ELSE cause END
  WHERE kind IN ('node', 'reboot', 'broker');

UPDATE incidents SET cause = json_object('kind', 'provider', 'code', 'other', 'why', cause)
  WHERE kind = 'uplink';

-- 'all 3 Pis at once', '3 of 5 Pis of attic at once'.
UPDATE incidents SET
    name = CASE WHEN name = cause THEN '' ELSE name END,
    cause = CASE WHEN name = cause
      THEN json_object('kind', 'common', 'count', count, 'of', total)
      ELSE json_object('kind', 'common', 'group', name, 'count', count, 'of', total) END
  FROM (SELECT id AS of_id,
      CASE WHEN cause LIKE 'all %' THEN CAST(substr(cause, 5) AS INTEGER)
        ELSE CAST(cause AS INTEGER) END AS count,
      CASE WHEN cause LIKE 'all %' THEN CAST(substr(cause, 5) AS INTEGER)
        ELSE CAST(substr(cause, instr(cause, ' of ') + 4) AS INTEGER) END AS total
    FROM incidents WHERE kind = 'common' AND cause GLOB '* Pis *at once')
  WHERE id = of_id AND count > 0 AND total >= count;

-- Messages that wait are rendered anew from what they tell.
UPDATE outbox SET alert = json_set(alert, '$.notices', (
    SELECT json_group_array(json(CASE
        WHEN value ->> 'kind' = 'uplink_down' THEN json_set(value, '$.cause',
          json_object('kind', 'provider', 'code', 'other', 'why', value ->> 'cause'))
        WHEN value ->> 'cause' = 'not heard since the hub started'
          THEN json_set(value, '$.cause', 'not_heard')
        WHEN value ->> 'cause' = 'did not come back from a reboot'
          THEN json_set(value, '$.cause', 'not_back')
        WHEN value ->> 'cause' = 'it has no connection to the broker'
          THEN json_set(value, '$.cause', 'no_connection')
        WHEN value ->> 'cause' = 'the broker does not answer'
          THEN json_set(value, '$.cause', 'no_echo')
        WHEN value ->> 'cause' = 'it did not run for a while'
          THEN json_set(value, '$.cause', 'stalled')
        WHEN value ->> 'cause' = 'it has just started'
          THEN json_set(value, '$.cause', 'starting')
        ELSE value END))
      FROM json_each(alert, '$.notices')))
  WHERE alert IS NOT NULL AND json_valid(alert);
`;

/** Why a message was not delivered, as JSON: `ProviderFailure`. Earlier texts are quoted in it. */
const FAILURES = `
ALTER TABLE outbox ADD COLUMN failure TEXT;
UPDATE outbox SET failure = json_object('code', 'other', 'said', last_error)
  WHERE last_error IS NOT NULL AND state <> 'merged';
`;

/** The values that change even in a quiet cluster, in one row: see `PulseRows`. */
const PULSE = `
CREATE TABLE pulse (
  id          INTEGER PRIMARY KEY CHECK (id = 1),
  -- The row of sights that is open, and until when the hub saw its cluster.
  sight       INTEGER,
  seen_ms     INTEGER,
  -- Of every node that this run heard, how long before that instant: \`packColumns\`, in ms.
  heard_at_ms INTEGER,
  heard       BLOB NOT NULL,
  up_ms       INTEGER
) STRICT;
`;

/**
 * The marks of one row are stored together, because they are written together. Old transitions are
 * found without an index: see `TransitionRows`.
 */
const FEWER_PAGES = `
CREATE TABLE marks (
  id        INTEGER PRIMARY KEY,
  of_table  TEXT NOT NULL,
  of_column TEXT NOT NULL,
  of_row    TEXT NOT NULL,
  UNIQUE (of_table, of_row, of_column)
) STRICT;
INSERT INTO marks SELECT * FROM instant_marks;
DROP TABLE instant_marks;
ALTER TABLE marks RENAME TO instant_marks;
DROP INDEX transitions_by_time;
`;

/**
 * The decided alert items, each once and in order. They replace the JSON text in each message. An
 * alert that was the same for several recipients is stored once. If messages were merged, the later
 * alert contains the items of the earlier one, so the first alert with an item shows when the item
 * was decided.
 */
const ALERT_ITEMS = `
CREATE TABLE alert_items (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  route   TEXT NOT NULL,
  -- \`newsKey\`: of one subject a later item makes the earlier ones old news.
  subject TEXT NOT NULL,
  -- Empty where it concerns none.
  node    TEXT NOT NULL,
  -- \`AlertItem\` as JSON, with wall-clock instants.
  content TEXT NOT NULL,
  -- \`SharedCause\` as JSON.
  common  TEXT,
  at_ms   INTEGER NOT NULL
) STRICT;
CREATE INDEX items_of_subject ON alert_items (route, subject);

CREATE TABLE outbox_items (
  message INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
  item    INTEGER NOT NULL REFERENCES alert_items (id) ON DELETE CASCADE,
  PRIMARY KEY (message, item)
) STRICT;
CREATE INDEX messages_of_item ON outbox_items (item);

CREATE TEMP TABLE old_items AS
  SELECT outbox.id AS message, outbox.route AS route, one.key AS place, one.value AS content,
    coalesce(one.value ->> '$.node', one.value ->> '$.subject.node', '') AS node,
    CAST(alert ->> '$.atMs' AS INTEGER) AS at_ms,
    CASE WHEN one.value ->> '$.kind' = 'down' AND EXISTS (SELECT 1
        FROM json_each(alert, '$.common.nodes') AS member
        WHERE member.value = one.value ->> '$.node')
      THEN json_remove(alert -> '$.common', '$.nodes') END AS common
  FROM outbox, json_each(alert, '$.notices') AS one WHERE json_valid(alert);

INSERT INTO alert_items (route, subject, node, content, common, at_ms)
  SELECT route,
    CASE content ->> '$.kind'
      WHEN 'rebooted' THEN 'reboot ' || node
      WHEN 'blind' THEN 'broker'
      WHEN 'sees' THEN 'broker'
      WHEN 'uplink_down' THEN 'uplink ' || (content ->> '$.channel')
      WHEN 'uplink_back' THEN 'uplink ' || (content ->> '$.channel')
      ELSE CASE content ->> '$.subject.kind'
        WHEN 'network' THEN 'network'
        WHEN 'vital' THEN 'vital ' || node || ' ' || (content ->> '$.subject.vital')
        WHEN 'hub' THEN 'hub ' || (content ->> '$.subject.fault')
        ELSE 'node ' || node END
      END,
    node, content, max(common), min(at_ms)
  FROM old_items GROUP BY route, content ORDER BY min(at_ms), min(message), min(place);

INSERT OR IGNORE INTO outbox_items (message, item)
  SELECT message, id FROM old_items JOIN alert_items USING (route, content);

INSERT INTO instant_marks (of_table, of_column, of_row)
  SELECT DISTINCT 'alert_items', 'at_ms', CAST(item AS TEXT) FROM outbox_items
    JOIN instant_marks ON of_table = 'outbox' AND of_column = 'created_at_ms'
      AND of_row = CAST(message AS TEXT);

DROP TABLE old_items;
ALTER TABLE outbox DROP COLUMN alert;
`;

/**
 * A row has the vitals of some minutes, made by `packSamples`; its `readings` are empty. Means are
 * ordered by time and not by node, because means of the same time are written together. Older rows
 * stay unchanged until they are removed or converted.
 */
const PACKED_VITALS = `
ALTER TABLE vitals_heard ADD COLUMN packed BLOB;

-- \`packMeans\`: the 60 minutes of an hour, and the 24 hours of a day. Rows without a rowid would
-- each need a page of their own for what exceeds a quarter of a page.
CREATE TABLE vitals_minutes (
  id     INTEGER PRIMARY KEY,
  from_s INTEGER NOT NULL,
  node   TEXT NOT NULL,
  means  BLOB NOT NULL,
  UNIQUE (from_s, node)
) STRICT;
CREATE TABLE vitals_hours (
  id     INTEGER PRIMARY KEY,
  from_s INTEGER NOT NULL,
  node   TEXT NOT NULL,
  means  BLOB NOT NULL,
  UNIQUE (from_s, node)
) STRICT;
`;

/** An index for the open parts of a common-cause incident, which are searched when a part ends. */
const OPEN_PARTS = `
DROP INDEX incidents_of_parent;
CREATE INDEX open_parts ON incidents (parent) WHERE parent IS NOT NULL AND recovered_at_ms IS NULL;
`;

/** The steps in order; `user_version` is the number of steps that a database has had. */
export const SCHEMA_STEPS: readonly string[] = [
  FIRST,
  SECOND,
  SESSIONS,
  PAST,
  FAREWELLS,
  CALENDAR,
  SILENCES,
  ENDED_SESSIONS,
  CAUSES,
  FAILURES,
  PULSE,
  FEWER_PAGES,
  ALERT_ITEMS,
  PACKED_VITALS,
  OPEN_PARTS,
];

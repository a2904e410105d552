-- What those who look after the server decided.
ALTER TABLE people ADD COLUMN rank      TEXT NOT NULL DEFAULT 'member';
ALTER TABLE people ADD COLUMN silenced  INTEGER NOT NULL DEFAULT 0; -- until then
ALTER TABLE people ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0;

CREATE TABLE bans (
  id      BLOB PRIMARY KEY,
  user    BLOB,
  key     TEXT,
  network TEXT,
  until   INTEGER,                        -- NULL: until it is lifted
  reason  TEXT NOT NULL,
  by      BLOB,                           -- NULL: the operator
  at      INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX bans_user ON bans (user) WHERE user IS NOT NULL;
CREATE INDEX bans_key ON bans (key) WHERE key IS NOT NULL;

CREATE TABLE warnings (
  user   BLOB NOT NULL,
  pos    INTEGER NOT NULL,
  at     INTEGER NOT NULL,
  by     BLOB,
  reason TEXT NOT NULL,
  PRIMARY KEY (user, pos)
) WITHOUT ROWID;

CREATE TABLE reports (
  id      BLOB PRIMARY KEY,
  pos     INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  by      BLOB NOT NULL,
  message BLOB NOT NULL,
  conv    BLOB NOT NULL,
  author  BLOB NOT NULL,
  text    TEXT NOT NULL,                  -- as it was; '' once closed
  reason  TEXT NOT NULL,
  closed  INTEGER,                        -- NULL: open
  closer  BLOB,
  outcome TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX reports_open ON reports (pos) WHERE closed IS NULL;

-- Every decision, in the order of the log: nothing removes or changes a row.
CREATE TABLE audit (
  pos    INTEGER PRIMARY KEY,
  at     INTEGER NOT NULL,
  by     BLOB,
  kind   TEXT NOT NULL,
  user   BLOB,
  detail TEXT NOT NULL DEFAULT ''
);

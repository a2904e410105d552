-- What those who look after the server decided.
ALTER TABLE people ADD COLUMN rank      TEXT NOT NULL DEFAULT 'member';
ALTER TABLE people ADD COLUMN silenced  INTEGER NOT NULL DEFAULT 0; -- until then
ALTER TABLE people ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0;
CREATE INDEX people_rank ON people (rank) WHERE rank = 'owner';

-- One for each person, key and network: the newest.
CREATE TABLE bans (
  id      BLOB PRIMARY KEY,               -- of the event
  pos     INTEGER NOT NULL,
  user    BLOB,
  key     TEXT,
  network TEXT,
  until   INTEGER,                        -- NULL: until it is lifted
  reason  TEXT NOT NULL,
  by      BLOB,                           -- NULL: the operator
  at      INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE warnings (
  user   BLOB NOT NULL,
  pos    INTEGER NOT NULL,
  at     INTEGER NOT NULL,
  kind   TEXT NOT NULL,
  until  INTEGER,                         -- of a silence
  reason TEXT NOT NULL,
  PRIMARY KEY (user, pos)
) WITHOUT ROWID;

CREATE TABLE reports (
  id      BLOB PRIMARY KEY,               -- of the event
  pos     INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  by      BLOB NOT NULL,
  message BLOB NOT NULL,
  author  BLOB NOT NULL,
  text    TEXT NOT NULL,                  -- as it was; '' once closed
  reason  TEXT NOT NULL,
  closed  INTEGER,                        -- NULL: open
  closer  BLOB,
  outcome TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX reports_open ON reports (pos) WHERE closed IS NULL;
CREATE INDEX reports_by ON reports (by, message) WHERE closed IS NULL;
CREATE INDEX reports_author ON reports (author);

-- Every decision, in the order of the log: nothing removes or changes a row.
CREATE TABLE audit (
  pos     INTEGER PRIMARY KEY,
  id      BLOB NOT NULL UNIQUE,           -- of the event
  at      INTEGER NOT NULL,
  by      BLOB,                           -- NULL: the operator
  kind    TEXT NOT NULL,
  user    BLOB,
  subject TEXT NOT NULL,                  -- what it was about that is no person
  until   INTEGER,
  reason  TEXT NOT NULL
);

-- Who is forgotten and how far their conversations were looked through.
CREATE TABLE forgetting (
  user BLOB PRIMARY KEY,
  conv BLOB,                              -- NULL: none yet
  n    INTEGER NOT NULL
) WITHOUT ROWID;

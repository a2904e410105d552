-- How people come in. A name without user and conv is free again; its sequence
-- is the one that the next AppendIf must name.
ALTER TABLE keys ADD COLUMN proven INTEGER NOT NULL DEFAULT 0;
UPDATE keys SET proven = 1;               -- until now keys came by claims only
ALTER TABLE people ADD COLUMN gone INTEGER NOT NULL DEFAULT 0; -- a guest who left

-- Those with a use left.
CREATE TABLE codes (
  hash    TEXT PRIMARY KEY,
  purpose TEXT NOT NULL,
  user    BLOB,                           -- whom a login code is for
  conv    BLOB,                           -- where it leads
  uses    INTEGER NOT NULL,               -- left
  until   INTEGER NOT NULL,
  by      BLOB,                           -- NULL: the operator
  pos     INTEGER NOT NULL                -- of being issued
) WITHOUT ROWID;
CREATE INDEX codes_user ON codes (user) WHERE user IS NOT NULL;
CREATE INDEX codes_by ON codes (by);

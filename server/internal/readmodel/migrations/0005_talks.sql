-- What is between two people, and what each tells of themselves.
ALTER TABLE members ADD COLUMN pending INTEGER NOT NULL DEFAULT 0; -- of a talk: not let in yet
ALTER TABLE members ADD COLUMN wrote INTEGER NOT NULL DEFAULT 0;   -- of a talk: said something in it
ALTER TABLE members ADD COLUMN unseen INTEGER NOT NULL DEFAULT 0;  -- of a talk: in it again, and nothing in it is for them yet
ALTER TABLE messages ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0; -- from the other one of a talk

CREATE TABLE blocks (
  user  BLOB NOT NULL,                    -- who blocked
  other BLOB NOT NULL,
  pos   INTEGER NOT NULL,
  PRIMARY KEY (user, other)
) WITHOUT ROWID;
CREATE INDEX blocks_other ON blocks (other);

ALTER TABLE people ADD COLUMN name     TEXT NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN status   TEXT NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN seen     INTEGER NOT NULL DEFAULT 0;          -- Unix seconds
ALTER TABLE people ADD COLUMN sees     TEXT NOT NULL DEFAULT 'everyone';    -- who learns it, and whether they are here
ALTER TABLE people ADD COLUMN receipts INTEGER NOT NULL DEFAULT 1;
ALTER TABLE people ADD COLUMN adds     TEXT NOT NULL DEFAULT 'everyone';    -- who may bring them into groups
CREATE INDEX people_reserved ON people (id) WHERE sees <> 'everyone';

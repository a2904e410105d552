-- IDs are 16-byte blobs, times Unix milliseconds, positions chat.Position.

-- One row: how far the model is, and of which log.
CREATE TABLE meta (
  one     INTEGER PRIMARY KEY CHECK (one = 1),
  created INTEGER NOT NULL DEFAULT 0,     -- of the stream, Unix nanoseconds; 0: not bound to a log yet
  log     INTEGER NOT NULL DEFAULT 0,     -- sequence of the last applied entry
  applied INTEGER NOT NULL DEFAULT 0,     -- position of its last event
  digest  BLOB    NOT NULL DEFAULT x'0000000000000000', -- of that entry
  lost    INTEGER NOT NULL DEFAULT 0,     -- entries the log lacked when the model was begun
  shelf   INTEGER NOT NULL DEFAULT 0      -- sequence of the last applied value
);
INSERT INTO meta (one) VALUES (1);

-- Events of kinds that the program did not know which applied them: one that
-- knows them builds the model again.
CREATE TABLE skipped (
  kind    TEXT    NOT NULL,
  version INTEGER NOT NULL,
  n       INTEGER NOT NULL,
  PRIMARY KEY (kind, version)
) WITHOUT ROWID;

CREATE TABLE committers (
  id      BLOB PRIMARY KEY,
  counter INTEGER NOT NULL
) WITHOUT ROWID;

-- Nicks and rooms share one namespace.
CREATE TABLE names (
  name TEXT PRIMARY KEY,
  seq  INTEGER NOT NULL,
  user BLOB,
  conv BLOB
) WITHOUT ROWID;

CREATE TABLE people (
  id         BLOB PRIMARY KEY,
  nick       TEXT NOT NULL,
  passphrase TEXT NOT NULL,
  since      INTEGER NOT NULL,
  pos        INTEGER NOT NULL             -- of the claim
) WITHOUT ROWID;

CREATE TABLE keys (
  user        BLOB NOT NULL,
  fingerprint TEXT NOT NULL,
  authorized  TEXT NOT NULL,
  name        TEXT NOT NULL,
  PRIMARY KEY (user, fingerprint)
) WITHOUT ROWID;
CREATE INDEX keys_fingerprint ON keys (fingerprint);

CREATE TABLE conversations (
  id       BLOB PRIMARY KEY,
  kind     TEXT NOT NULL,
  title    TEXT NOT NULL,                 -- '' of a talk
  everyone INTEGER NOT NULL,
  lo       BLOB,                          -- of a talk
  hi       BLOB,
  members  INTEGER NOT NULL,
  version  INTEGER NOT NULL,
  last_n   INTEGER NOT NULL,
  last_pos INTEGER NOT NULL,
  changed  INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX conversations_everyone ON conversations (id) WHERE everyone;

-- Whoever is or was in a conversation.
CREATE TABLE members (
  conv   BLOB NOT NULL,
  user   BLOB NOT NULL,
  handle TEXT,                            -- of a group; talks and rooms have theirs by nature
  owner  INTEGER NOT NULL,
  since  INTEGER NOT NULL,
  gone   INTEGER,                         -- position of leaving; NULL: is in
  left_n INTEGER NOT NULL DEFAULT 0,      -- last number then
  PRIMARY KEY (conv, user)
) WITHOUT ROWID;
CREATE UNIQUE INDEX members_user ON members (user, handle);
CREATE INDEX members_handle ON members (handle) WHERE handle IS NOT NULL;

-- Kept conversation by conversation, so that a page of history lies together.
-- Numbers are dense within a conversation; no row is ever removed.
CREATE TABLE messages (
  conv      BLOB NOT NULL,
  n         INTEGER NOT NULL,
  pos       INTEGER NOT NULL,
  id        BLOB NOT NULL,
  author    BLOB NOT NULL,
  at        INTEGER NOT NULL,
  text      TEXT NOT NULL,
  changed   INTEGER NOT NULL,
  edited    INTEGER NOT NULL DEFAULT 0,
  retracted INTEGER NOT NULL DEFAULT 0,
  reply     BLOB,
  file_name TEXT,                         -- NFC; NULL: no live file
  file_size INTEGER,
  file_hash TEXT,
  PRIMARY KEY (conv, n)
) WITHOUT ROWID;
CREATE UNIQUE INDEX messages_id ON messages (id);
CREATE INDEX messages_position ON messages (conv, pos);
CREATE UNIQUE INDEX messages_file ON messages (conv, file_name) WHERE file_name IS NOT NULL;
CREATE INDEX messages_hash ON messages (file_hash) WHERE file_hash IS NOT NULL;

-- Marks stand apart from membership: the shelf may be ahead of the log, so a
-- mark can come before the conversation or the person it is about.
CREATE TABLE reads (
  user BLOB NOT NULL,
  conv BLOB NOT NULL,
  n    INTEGER NOT NULL,
  PRIMARY KEY (user, conv)
) WITHOUT ROWID;

CREATE TABLE delivered (
  user BLOB PRIMARY KEY,
  pos  INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE shelf (
  user  BLOB NOT NULL,
  slot  TEXT NOT NULL,
  value BLOB NOT NULL,
  PRIMARY KEY (user, slot)
) WITHOUT ROWID;

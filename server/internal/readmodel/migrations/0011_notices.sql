-- What happened in a conversation, among its messages (chat.Notice): the newest
-- chat.MaxNotices of each. A row for each person it was done to, one at least.
CREATE TABLE notices (
  conv   BLOB    NOT NULL,
  serial INTEGER NOT NULL,
  i      INTEGER NOT NULL,                -- of the person among those
  pos    INTEGER NOT NULL,
  at     INTEGER NOT NULL,
  kind   TEXT    NOT NULL,
  by     BLOB,                            -- NULL: nobody
  user   BLOB,                            -- NULL: it was done to nobody
  more   INTEGER NOT NULL,                -- people it was done to who have no row
  word   TEXT    NOT NULL,                -- the title, topic, role or who writes
  term   INTEGER NOT NULL,                -- milliseconds
  PRIMARY KEY (conv, serial, i)
) WITHOUT ROWID;
CREATE INDEX notices_position ON notices (conv, pos);

-- The handles by which a person's groups went until they became nicks or names of rooms:
-- who types one may mean the group still. A group can give way more than once.
CREATE TABLE moved (
  user   BLOB NOT NULL,
  handle TEXT NOT NULL,
  conv   BLOB NOT NULL,
  PRIMARY KEY (user, handle, conv)
) WITHOUT ROWID;

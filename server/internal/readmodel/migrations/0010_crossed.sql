-- One row while words are crossed out in the index of words and not gone from it yet:
-- see mergeCrossed.
CREATE TABLE crossed (
  one   INTEGER PRIMARY KEY CHECK (one = 1),
  n     INTEGER NOT NULL,                 -- messages of which that is not begun
  begun INTEGER NOT NULL                  -- a merge that leaves out what was crossed out before it
);

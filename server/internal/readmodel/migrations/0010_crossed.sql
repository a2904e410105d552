-- One row while words are crossed out in the index of words and not gone from it yet:
-- see mergeCrossed.
CREATE TABLE crossed (
  one   INTEGER PRIMARY KEY CHECK (one = 1),
  begun INTEGER NOT NULL                  -- the merge that leaves them out
);

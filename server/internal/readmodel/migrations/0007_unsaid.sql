-- Words that are to leave the index of words, a few at a time: see forgetSome.
CREATE TABLE unsaid (
  pos   INTEGER PRIMARY KEY,
  terms TEXT NOT NULL
);

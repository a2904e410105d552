-- The number of the rules by which the rows were made; 0: of before there was one.
ALTER TABLE meta ADD COLUMN rules INTEGER NOT NULL DEFAULT 0;

-- Each message by its terms (chat.TermsOf) and the token of its conversation,
-- under its position, so that the newest come first by themselves. It keeps no
-- text and no places of words in it; what is removed must be told as it was put.
CREATE VIRTUAL TABLE search USING fts5 (
  terms, content = '', columnsize = 0, detail = none, prefix = '3', tokenize = "ascii tokenchars '_'"
);
INSERT INTO search (search, rank) VALUES ('automerge', 0); -- see Tidy
CREATE UNIQUE INDEX messages_at ON messages (pos);

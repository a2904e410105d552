-- The number of the newest message that somebody wrote in a conversation: up to there
-- everybody sees that they have read.
ALTER TABLE reads ADD COLUMN own INTEGER NOT NULL DEFAULT 0;
UPDATE reads SET own = w.n FROM (SELECT conv, author, max(n) AS n FROM messages GROUP BY conv, author) w
  WHERE w.conv = reads.conv AND w.author = reads.user;

-- Of a group: did something of their own there since they came in, as making it,
-- coming in by a code or writing. Whom others brought in has not, and knows nobody by it.
ALTER TABLE members ADD COLUMN voiced INTEGER NOT NULL DEFAULT 0;

-- What somebody is in a group or room, and what is set there.
ALTER TABLE members ADD COLUMN role TEXT NOT NULL DEFAULT 'member';
UPDATE members SET role = 'owner' WHERE owner;
ALTER TABLE members DROP COLUMN owner;
ALTER TABLE members ADD COLUMN barred INTEGER NOT NULL DEFAULT 0; -- was put out: comes back only when added

ALTER TABLE conversations ADD COLUMN topic   TEXT    NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN writers TEXT    NOT NULL DEFAULT 'all';
ALTER TABLE conversations ADD COLUMN expiry  INTEGER NOT NULL DEFAULT 0; -- milliseconds
ALTER TABLE conversations ADD COLUMN slow    INTEGER NOT NULL DEFAULT 0; -- milliseconds

ALTER TABLE messages ADD COLUMN expires INTEGER;  -- NULL: never, or gone already
ALTER TABLE messages ADD COLUMN expired INTEGER NOT NULL DEFAULT 0;
CREATE INDEX messages_expires ON messages (expires) WHERE expires IS NOT NULL;

CREATE INDEX messages_expired ON messages (conv, n) WHERE expired;
CREATE INDEX conversations_rooms ON conversations (title) WHERE kind = 'room';

-- What a group was called, and was about, when somebody left it.
ALTER TABLE members ADD COLUMN left_title TEXT;
ALTER TABLE members ADD COLUMN left_topic TEXT;

-- What those who banned or silenced somebody were when they did: nobody below that
-- undoes it, whatever became of them.
ALTER TABLE bans ADD COLUMN byrank TEXT NOT NULL DEFAULT 'operator';
ALTER TABLE people ADD COLUMN byrank TEXT NOT NULL DEFAULT ''; -- of the silence; '': there never was one

-- In which order somebody's keys came. 0: before that was kept, in a model that
-- cannot be built again.
ALTER TABLE keys ADD COLUMN pos INTEGER NOT NULL DEFAULT 0;

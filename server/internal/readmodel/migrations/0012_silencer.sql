-- Who silenced somebody: nobody below undoes it. NULL: the operator, or nobody.
ALTER TABLE people ADD COLUMN silencer BLOB;

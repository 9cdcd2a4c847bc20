-- Whether somebody said of a bar that it counts, whatever the rules say.
ALTER TABLE bars ADD COLUMN released boolean NOT NULL DEFAULT false;

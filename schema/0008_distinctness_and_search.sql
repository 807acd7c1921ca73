-- owner: vidcv
-- How much a picture shows as a number, and how far a score lies above those of other things.

-- Share of the frame's squares with detail, 0 to 1; NULL: measured by a program of schema 7 or older, and measured
-- again by the next run that embeds the clip.
-- step: column vidcv_frames.detail REAL
ALTER TABLE vidcv_frames ADD COLUMN detail REAL;

-- The same of an asset's picture.
-- step: column vidcv_asset_vectors.detail REAL
ALTER TABLE vidcv_asset_vectors ADD COLUMN detail REAL;

-- 0: as alike as other things are, 1: the same picture; NULL: of another source, or found by a program of schema 7 or
-- older.
-- step: column vidcv_appearances.distinctness REAL
ALTER TABLE vidcv_appearances ADD COLUMN distinctness REAL;

-- step: column vidcv_findings.distinctness REAL
ALTER TABLE vidcv_findings ADD COLUMN distinctness REAL;

-- Vectors of the pictures that vidcv draws itself: title cards, bars, plain grounds.
-- step: table vidcv_plates
CREATE TABLE vidcv_plates (
  model_id INTEGER NOT NULL REFERENCES vidcv_models (id),
  plate INTEGER NOT NULL,         -- its number, from 0
  embedding BLOB NOT NULL,        -- little-endian float32, unit length
  PRIMARY KEY (model_id, plate)
) STRICT;

-- How often vectors of frames and regions were written or removed: an index made at another number is stale.
-- step: table vidcv_generations
CREATE TABLE vidcv_generations (
  name TEXT PRIMARY KEY,          -- `vectors`
  value INTEGER NOT NULL
) STRICT;
INSERT INTO vidcv_generations (name, value) VALUES ('vectors', 0);

-- owner: vidcv
-- Regions of frames, and several pictures per asset.

-- Squares of a frame with vectors of their own; those of a frame are written together.
-- step: table vidcv_regions
CREATE TABLE vidcv_regions (
  id INTEGER PRIMARY KEY,
  frame_id INTEGER NOT NULL REFERENCES vidcv_frames (id) ON DELETE CASCADE,
  model_id INTEGER NOT NULL REFERENCES vidcv_models (id),
  x1 INTEGER NOT NULL,            -- pixels of the upright frame, half open
  y1 INTEGER NOT NULL,
  x2 INTEGER NOT NULL,
  y2 INTEGER NOT NULL,
  embedding BLOB,                 -- as in vidcv_embeddings; NULL: without content, never matched
  UNIQUE (frame_id, model_id, x1, y1, x2, y2)
) STRICT;

-- Pictures of an asset beside its reference_image_url; their vectors are in vidcv_asset_vectors.
-- step: table vidcv_asset_pictures
CREATE TABLE vidcv_asset_pictures (
  id INTEGER PRIMARY KEY,
  asset_id TEXT NOT NULL,
  picture TEXT NOT NULL,
  UNIQUE (asset_id, picture)
) STRICT;

-- Ordinal of the frame that a row is about, in presentation order.
-- step: column vidcv_appearances.frame_number INTEGER
ALTER TABLE vidcv_appearances ADD COLUMN frame_number INTEGER;

-- step: index vidcv_scenes_scene on scenes
CREATE INDEX vidcv_scenes_scene ON scenes (project_id, scene_index);

-- owner: vidcv
-- vidcv's own tables. They have no foreign key into the service's tables, whose deletes must go on working.

-- step: table vidcv_schema
CREATE TABLE vidcv_schema (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,   -- number of the newest file in schema/ that was applied
  applied_at TEXT NOT NULL,   -- UTC
  applied_by TEXT NOT NULL    -- program and version
) STRICT;

-- step: table vidcv_models
CREATE TABLE vidcv_models (
  id INTEGER PRIMARY KEY,
  fingerprint TEXT NOT NULL,  -- SHA-256 of weights and description
  name TEXT NOT NULL,
  dim INTEGER NOT NULL,
  precision TEXT NOT NULL,    -- fp32
  description TEXT NOT NULL,  -- vidcv.json
  UNIQUE (fingerprint, precision)
) STRICT;

-- step: table vidcv_media
CREATE TABLE vidcv_media (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,  -- absolute
  size INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  content_hash TEXT NOT NULL, -- XXH3-128
  decoded TEXT NOT NULL,      -- JSON: width, height, fps, duration, frames decoded and damaged
  plan TEXT NOT NULL,         -- how its frames were chosen
  status TEXT NOT NULL,       -- done, failed
  stage TEXT NOT NULL,        -- of a failure: open, decode, encode, store
  error TEXT NOT NULL
) STRICT;

-- step: table vidcv_frames
CREATE TABLE vidcv_frames (
  id INTEGER PRIMARY KEY,
  media_id INTEGER NOT NULL REFERENCES vidcv_media (id) ON DELETE CASCADE,
  frame_number INTEGER NOT NULL,  -- in presentation order, from 0
  timestamp_sec REAL NOT NULL,
  kind TEXT NOT NULL,             -- base, motion, requested
  motion_ratio REAL,
  quality REAL,
  blank INTEGER NOT NULL,         -- 1: without content, never matched
  UNIQUE (media_id, frame_number)
) STRICT;

-- step: table vidcv_embeddings
CREATE TABLE vidcv_embeddings (
  frame_id INTEGER NOT NULL REFERENCES vidcv_frames (id) ON DELETE CASCADE,
  model_id INTEGER NOT NULL REFERENCES vidcv_models (id),
  embedding BLOB NOT NULL,        -- little-endian float32, unit length
  PRIMARY KEY (frame_id, model_id)
) STRICT;

-- step: table vidcv_texts
CREATE TABLE vidcv_texts (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL,
  model_id INTEGER NOT NULL REFERENCES vidcv_models (id),
  embedding BLOB NOT NULL,        -- little-endian float32, unit length
  UNIQUE (text, model_id)
) STRICT;

-- step: table vidcv_asset_vectors
CREATE TABLE vidcv_asset_vectors (
  asset_id TEXT NOT NULL,
  picture TEXT NOT NULL,
  model_id INTEGER NOT NULL REFERENCES vidcv_models (id),
  embedding BLOB NOT NULL,
  sha256 TEXT NOT NULL,           -- of the blob written to assets.clip_embedding
  blank INTEGER NOT NULL,         -- 1: the picture has no content, never matched
  PRIMARY KEY (asset_id, picture, model_id)
) STRICT;

-- What vidcv knows about its rows in asset_appearances; a row without a record here is another program's.
-- A frame that is sampled again leaves the record, so that its row is still known as ours.
-- step: table vidcv_appearances
CREATE TABLE vidcv_appearances (
  appearance_id TEXT NOT NULL PRIMARY KEY,
  project_id TEXT NOT NULL,
  scene_index INTEGER NOT NULL,
  frame_id INTEGER REFERENCES vidcv_frames (id) ON DELETE SET NULL,
  model_id INTEGER REFERENCES vidcv_models (id),
  margin REAL                     -- to the second best asset
) STRICT;

-- step: index vidcv_appearances_scene on vidcv_appearances
CREATE INDEX vidcv_appearances_scene ON vidcv_appearances (project_id, scene_index);

-- step: index vidcv_appearances_frame_id on vidcv_appearances
CREATE INDEX vidcv_appearances_frame_id ON vidcv_appearances (frame_id);

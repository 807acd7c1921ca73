-- owner: vidcv
-- What object and face detectors saw in a file, and vectors of what is in their boxes.

-- step: table vidcv_detection_sets
CREATE TABLE vidcv_detection_sets (
  media_id INTEGER PRIMARY KEY REFERENCES vidcv_media (id) ON DELETE CASCADE,
  digest TEXT NOT NULL            -- SHA-256 of all that was read about the file, to know it again
) STRICT;

-- step: table vidcv_detections
CREATE TABLE vidcv_detections (
  id INTEGER PRIMARY KEY,
  media_id INTEGER NOT NULL REFERENCES vidcv_detection_sets (media_id) ON DELETE CASCADE,
  position INTEGER NOT NULL,      -- in what was read about the file
  frame_number INTEGER NOT NULL,  -- in presentation order, from 0; need not be one of vidcv_frames
  timestamp_sec REAL NOT NULL,
  x1 INTEGER NOT NULL,            -- pixels of the upright frame, half open
  y1 INTEGER NOT NULL,
  x2 INTEGER NOT NULL,
  y2 INTEGER NOT NULL,
  class TEXT NOT NULL,
  confidence REAL NOT NULL,       -- the detector's, 0 to 1
  quality REAL NOT NULL,          -- the detector's, or else that of the picture in the box, 0 to 10
  face BLOB,                      -- little-endian float32, unit length, of a model that the detector knows
  UNIQUE (media_id, position)
) STRICT;

-- step: table vidcv_detection_vectors
CREATE TABLE vidcv_detection_vectors (
  detection_id INTEGER NOT NULL REFERENCES vidcv_detections (id) ON DELETE CASCADE,
  model_id INTEGER NOT NULL REFERENCES vidcv_models (id),
  embedding BLOB,                 -- as in vidcv_embeddings; NULL: without content, never matched
  PRIMARY KEY (detection_id, model_id)
) STRICT;

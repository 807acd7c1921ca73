-- A database of schema 7, of vidcv 0.1.0 before its release, with a row in each table. migrate must carry it forward for ever.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE asset_appearances (
  id CHAR(32) NOT NULL,
  asset_id CHAR(32) NOT NULL,
  project_id CHAR(32) NOT NULL,
  scene_index INTEGER NOT NULL,
  frame_index INTEGER NOT NULL,
  timestamp_sec FLOAT,
  bbox JSON,
  confidence FLOAT NOT NULL,
  source VARCHAR(20) NOT NULL,
  created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(asset_id) REFERENCES assets (id),
  FOREIGN KEY(project_id) REFERENCES projects (id)
);
INSERT INTO "asset_appearances" VALUES('f1','b1','c1',0,0,1.5,NULL,0.9,'clip_match','2026-01-02 03:04:05');
INSERT INTO "asset_appearances" VALUES('f2','b2','c1',0,0,NULL,'[1, 2, 3, 4]',0.5,'manual','2026-01-02 03:04:05');
CREATE TABLE assets (
  id CHAR(32) NOT NULL,
  manifest_id CHAR(32) NOT NULL,
  asset_type VARCHAR(50) NOT NULL,
  name TEXT NOT NULL,
  manifest_tag VARCHAR(50) NOT NULL,
  user_tags JSON,
  reference_image_url VARCHAR(500),
  thumbnail_url VARCHAR(500),
  description TEXT,
  source VARCHAR(50) NOT NULL,
  sort_order INTEGER NOT NULL,
  created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
  reverse_prompt TEXT,
  visual_description TEXT,
  detection_class VARCHAR(50),
  detection_confidence FLOAT,
  is_face_crop BOOLEAN NOT NULL,
  crop_bbox JSON,
  face_embedding BLOB,
  quality_score FLOAT,
  source_asset_id CHAR(32), clip_embedding BLOB,
  PRIMARY KEY (id),
  FOREIGN KEY(manifest_id) REFERENCES manifests (id),
  FOREIGN KEY(source_asset_id) REFERENCES assets (id)
);
INSERT INTO "assets" VALUES('b1','a1','OBJECT','car','CAR',NULL,'/car.png',NULL,NULL,'uploaded',0,'2026-01-02 03:04:05',NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,X'0000803F00000000');
INSERT INTO "assets" VALUES('b2','a1','OBJECT','man','MAN',NULL,NULL,NULL,NULL,'uploaded',1,'2026-01-02 03:04:05',NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE manifests (
  id CHAR(32) NOT NULL,
  name TEXT NOT NULL,
  description TEXT,
  category VARCHAR(50) NOT NULL,
  tags JSON,
  status VARCHAR(50) NOT NULL,
  asset_count INTEGER NOT NULL,
  version INTEGER NOT NULL,
  created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
  PRIMARY KEY (id)
);
INSERT INTO "manifests" VALUES('a1','Café',NULL,'VIDCV','null','DRAFT',2,1,'2026-01-02 03:04:05');
CREATE TABLE projects (
  id CHAR(32) NOT NULL,
  prompt TEXT NOT NULL,
  style VARCHAR(50) NOT NULL,
  aspect_ratio VARCHAR(10) NOT NULL,
  target_clip_duration INTEGER NOT NULL,
  target_scene_count INTEGER NOT NULL,
  manifest_id CHAR(32),
  status VARCHAR(50) NOT NULL,
  created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(manifest_id) REFERENCES manifests (id)
);
INSERT INTO "projects" VALUES('c1','','','',0,1,'a1','complete','2026-01-02 03:04:05');
CREATE TABLE scene_manifests (
  project_id CHAR(32) NOT NULL,
  scene_index INTEGER NOT NULL,
  manifest_json JSON NOT NULL,
  asset_tags JSON,
  new_asset_count INTEGER NOT NULL,
  created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL, cv_analysis_json TEXT, continuity_score REAL,
  PRIMARY KEY (project_id, scene_index),
  FOREIGN KEY(project_id) REFERENCES projects (id)
);
INSERT INTO "scene_manifests" VALUES('c1',0,'{}','["CAR"]',0,'2026-01-02 03:04:05','{"version":1}',7.5);
CREATE TABLE scenes (
  id CHAR(32) NOT NULL,
  project_id CHAR(32) NOT NULL,
  scene_index INTEGER NOT NULL,
  scene_description TEXT NOT NULL,
  start_frame_prompt TEXT NOT NULL,
  end_frame_prompt TEXT NOT NULL,
  video_motion_prompt TEXT NOT NULL,
  transition_notes TEXT,
  status VARCHAR(50) NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(project_id) REFERENCES projects (id)
);
INSERT INTO "scenes" VALUES('d1','c1',0,'','','','',NULL,'complete');
CREATE TABLE vidcv_appearances (
  appearance_id TEXT NOT NULL PRIMARY KEY,
  project_id TEXT NOT NULL,
  scene_index INTEGER NOT NULL,
  frame_id INTEGER REFERENCES vidcv_frames (id) ON DELETE SET NULL,
  model_id INTEGER REFERENCES vidcv_models (id),
  margin REAL                     -- to the second best asset
, frame_number INTEGER) STRICT;
INSERT INTO "vidcv_appearances" VALUES('f1','c1',0,1,1,0.25,NULL);
CREATE TABLE vidcv_asset_pictures (
  id INTEGER PRIMARY KEY,
  asset_id TEXT NOT NULL,
  picture TEXT NOT NULL,
  UNIQUE (asset_id, picture)
) STRICT;
INSERT INTO "vidcv_asset_pictures" VALUES(1,'b1','/car-2.png');
CREATE TABLE vidcv_asset_vectors (
  asset_id TEXT NOT NULL,
  picture TEXT NOT NULL,
  model_id INTEGER NOT NULL REFERENCES vidcv_models (id),
  embedding BLOB NOT NULL,
  sha256 TEXT NOT NULL,           -- of the blob written to assets.clip_embedding
  blank INTEGER NOT NULL, size INTEGER, mtime_ns INTEGER, content_hash TEXT, crop TEXT,         -- 1: the picture has no content, never matched
  PRIMARY KEY (asset_id, picture, model_id)
) STRICT;
INSERT INTO "vidcv_asset_vectors" VALUES('b1','/car.png',1,X'0000803F00000000','00',0,10,11,'00','');
CREATE TABLE vidcv_detection_sets (
  media_id INTEGER PRIMARY KEY REFERENCES vidcv_media (id) ON DELETE CASCADE,
  digest TEXT NOT NULL            -- SHA-256 of all that was read about the file, to know it again
) STRICT;
INSERT INTO "vidcv_detection_sets" VALUES(1,'0000000000000000000000000000000000000000000000000000000000000000');
CREATE TABLE vidcv_detection_vectors (
  detection_id INTEGER NOT NULL REFERENCES vidcv_detections (id) ON DELETE CASCADE,
  model_id INTEGER NOT NULL REFERENCES vidcv_models (id),
  embedding BLOB,                 -- as in vidcv_embeddings; NULL: without content, never matched
  PRIMARY KEY (detection_id, model_id)
) STRICT;
INSERT INTO "vidcv_detection_vectors" VALUES(1,1,X'0000803F00000000');
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
INSERT INTO "vidcv_detections" VALUES(1,1,0,0,0.0,1,2,30,40,'car',0.9,7.5,NULL);
CREATE TABLE vidcv_embeddings (
  frame_id INTEGER NOT NULL REFERENCES vidcv_frames (id) ON DELETE CASCADE,
  model_id INTEGER NOT NULL REFERENCES vidcv_models (id),
  embedding BLOB NOT NULL,        -- little-endian float32, unit length
  PRIMARY KEY (frame_id, model_id)
) STRICT;
INSERT INTO "vidcv_embeddings" VALUES(1,1,X'0000803F00000000');
CREATE TABLE vidcv_findings (
  appearance_id TEXT NOT NULL REFERENCES vidcv_appearances (appearance_id) ON DELETE CASCADE,
  model_id INTEGER NOT NULL REFERENCES vidcv_models (id),
  content_hash TEXT NOT NULL,     -- XXH3-128 of the file that was looked at
  confidence REAL NOT NULL,
  margin REAL,                    -- to the second best asset
  bbox TEXT,                      -- as in asset_appearances
  PRIMARY KEY (appearance_id, model_id)
) STRICT;
INSERT INTO "vidcv_findings" VALUES('f1',1,'00',0.9,0.25,NULL);
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
INSERT INTO "vidcv_frames" VALUES(1,1,36,1.5,'base',NULL,5.5,0);
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
, tries INTEGER NOT NULL DEFAULT 0, changed_at TEXT, missing_since TEXT, run_id INTEGER) STRICT;
INSERT INTO "vidcv_media" VALUES(1,'/clips/1.mp4',100,5,'00','{}','budget','done','','',0,'2026-01-02 03:04:06',NULL,1);
INSERT INTO "vidcv_media" VALUES(2,'/broken.mp4',7,8,'','','budget','failed','decode','no picture could be decoded',0,'2026-01-02 03:04:06',NULL,1);
CREATE TABLE vidcv_models (
  id INTEGER PRIMARY KEY,
  fingerprint TEXT NOT NULL,  -- SHA-256 of weights and description
  name TEXT NOT NULL,
  dim INTEGER NOT NULL,
  precision TEXT NOT NULL,    -- fp32
  description TEXT NOT NULL,  -- vidcv.json
  UNIQUE (fingerprint, precision)
) STRICT;
INSERT INTO "vidcv_models" VALUES(1,'f0','m',2,'fp32','{}');
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
INSERT INTO "vidcv_regions" VALUES(1,1,1,0,0,360,360,X'0000803F00000000');
INSERT INTO "vidcv_regions" VALUES(2,1,1,0,0,180,180,NULL);
CREATE TABLE vidcv_runs (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE,      -- the same in each database that the run was merged into
  command TEXT NOT NULL,          -- embed, appear
  version TEXT NOT NULL,          -- of vidcv
  shard TEXT NOT NULL,            -- I/N; empty: all of the inputs
  started_at TEXT NOT NULL,       -- UTC
  ended_at TEXT,                  -- NULL: it goes on, or was killed
  inputs INTEGER NOT NULL,        -- files that had to be looked at
  skipped INTEGER NOT NULL,       -- files that were known
  decode_sec REAL NOT NULL,       -- summed over threads
  encode_sec REAL NOT NULL,
  store_sec REAL NOT NULL,
  idle_sec REAL NOT NULL          -- of the encoder, waiting for pictures
, host TEXT, pid INTEGER, process TEXT, changed_at TEXT, repeated INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO "vidcv_runs" VALUES(1,'5b3e0f5a7e0d4e0c8f5b6b1f2a3c4d5e','embed','0.1.0','','2026-01-02 03:04:05','2026-01-02 03:04:07',1,0,1.5,0.5,0.25,0.125,'h',7,'boot:1:2','2026-01-02 03:04:06',1);
INSERT INTO "vidcv_runs" VALUES(2,'6b3e0f5a7e0d4e0c8f5b6b1f2a3c4d5e','appear','0.1.0','0/2','2026-01-03 03:04:05',NULL,4,1,0.0,0.0,0.0,0.0,'h',7,'boot:1:2','2026-01-02 03:04:06',1);
CREATE TABLE vidcv_schema (
  id INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,   -- number of the newest file in schema/ that was applied
  applied_at TEXT NOT NULL,   -- UTC
  applied_by TEXT NOT NULL    -- program and version
) STRICT;
INSERT INTO "vidcv_schema" VALUES(1,3,'2026-01-02 03:04:05','vidcv 0.1.0');
INSERT INTO "vidcv_schema" VALUES(2,4,'2026-01-03 03:04:05','vidcv 0.1.0');
INSERT INTO "vidcv_schema" VALUES(3,5,'2026-11-24 23:00:00','vidcv 0.1.0');
INSERT INTO "vidcv_schema" VALUES(4,6,'2026-11-25 23:00:00','vidcv 0.1.0');
INSERT INTO "vidcv_schema" VALUES(5,7,'2026-11-26 12:00:00','vidcv 0.1.0');
CREATE TABLE vidcv_texts (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL,
  model_id INTEGER NOT NULL REFERENCES vidcv_models (id),
  embedding BLOB NOT NULL,        -- little-endian float32, unit length
  UNIQUE (text, model_id)
) STRICT;
INSERT INTO "vidcv_texts" VALUES(1,'a car',1,X'0000803F00000000');
CREATE TABLE video_clips (
  id CHAR(32) NOT NULL,
  scene_id CHAR(32) NOT NULL,
  source VARCHAR(20) NOT NULL,
  status VARCHAR(50) NOT NULL,
  gcs_uri VARCHAR(500),
  local_path VARCHAR(255),
  duration_seconds FLOAT,
  error_message TEXT,
  created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
  PRIMARY KEY (id),
  FOREIGN KEY(scene_id) REFERENCES scenes (id)
);
INSERT INTO "video_clips" VALUES('e1','d1','generated','complete',NULL,'/clips/1.mp4',NULL,NULL,'2026-01-02 03:04:05');
CREATE INDEX ix_assets_manifest_id ON assets (manifest_id);
CREATE INDEX ix_projects_manifest_id ON projects (manifest_id);
CREATE INDEX ix_scenes_project_id ON scenes (project_id);
CREATE INDEX ix_video_clips_scene_id ON video_clips (scene_id);
CREATE INDEX ix_asset_appearances_asset_id ON asset_appearances (asset_id);
CREATE INDEX ix_asset_appearances_project_id ON asset_appearances (project_id);
CREATE INDEX vidcv_appearances_scene ON vidcv_appearances (project_id, scene_index);
CREATE INDEX vidcv_appearances_frame_id ON vidcv_appearances (frame_id);
CREATE INDEX vidcv_scenes_scene ON scenes (project_id, scene_index);
COMMIT;

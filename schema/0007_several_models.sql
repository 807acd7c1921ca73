-- owner: vidcv
-- No view in the way of the service's migrations, runs that can be told alive from killed, and assets and appearances
-- of several models side by side.

-- A view over the service's tables stops each batch migration of Alembic: SQLite renames no table while a view cannot
-- be resolved. docs/schema.md has the query.
-- step: no view vidcv_timeline
DROP VIEW vidcv_timeline;

-- Where the run is, or was: the host's name.
-- step: column vidcv_runs.host TEXT
ALTER TABLE vidcv_runs ADD COLUMN host TEXT;

-- step: column vidcv_runs.pid INTEGER
ALTER TABLE vidcv_runs ADD COLUMN pid INTEGER;

-- What tells the process from a later one of the same pid: boot, namespace of pids, start since the boot.
-- step: column vidcv_runs.process TEXT
ALTER TABLE vidcv_runs ADD COLUMN process TEXT;

-- The run's last sign of life (UTC).
-- step: column vidcv_runs.changed_at TEXT
ALTER TABLE vidcv_runs ADD COLUMN changed_at TEXT;

-- Failures of the run that were the same as before, which leave vidcv_media.run_id as it is, and of files that were
-- never there.
-- step: column vidcv_runs.repeated INTEGER
ALTER TABLE vidcv_runs ADD COLUMN repeated INTEGER NOT NULL DEFAULT 0;

-- The file that the vector was made of; NULL: made by a program of schema 6 or older.
-- step: column vidcv_asset_vectors.size INTEGER
ALTER TABLE vidcv_asset_vectors ADD COLUMN size INTEGER;

-- step: column vidcv_asset_vectors.mtime_ns INTEGER
ALTER TABLE vidcv_asset_vectors ADD COLUMN mtime_ns INTEGER;

-- step: column vidcv_asset_vectors.content_hash TEXT
ALTER TABLE vidcv_asset_vectors ADD COLUMN content_hash TEXT;

-- assets.crop_bbox then; empty: all of the picture.
-- step: column vidcv_asset_vectors.crop TEXT
ALTER TABLE vidcv_asset_vectors ADD COLUMN crop TEXT;

-- What each model found. A row of asset_appearances shows the finding of the model that looked last, and goes when no
-- model's finding is left.
-- step: table vidcv_findings
CREATE TABLE vidcv_findings (
  appearance_id TEXT NOT NULL REFERENCES vidcv_appearances (appearance_id) ON DELETE CASCADE,
  model_id INTEGER NOT NULL REFERENCES vidcv_models (id),
  content_hash TEXT NOT NULL,     -- XXH3-128 of the file that was looked at
  confidence REAL NOT NULL,
  margin REAL,                    -- to the second best asset
  bbox TEXT,                      -- as in asset_appearances
  PRIMARY KEY (appearance_id, model_id)
) STRICT;
INSERT INTO vidcv_findings (appearance_id, model_id, content_hash, confidence, margin, bbox)
SELECT v.appearance_id, v.model_id, m.content_hash, CAST(a.confidence AS REAL), v.margin,
  CAST(nullif(a.bbox, 'null') AS TEXT)
FROM vidcv_appearances v JOIN asset_appearances a ON a.id = v.appearance_id
JOIN vidcv_frames f ON f.id = v.frame_id JOIN vidcv_media m ON m.id = f.media_id
WHERE v.model_id IS NOT NULL;

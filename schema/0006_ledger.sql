-- owner: vidcv
-- The ledger: what became of each file, and of each run.

-- Failures in a row.
-- step: column vidcv_media.tries INTEGER
ALTER TABLE vidcv_media ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;

-- When its status was set (UTC); NULL: by a program of schema 5 or older.
-- step: column vidcv_media.changed_at TEXT
ALTER TABLE vidcv_media ADD COLUMN changed_at TEXT;

-- Since when the file is known to be missing (UTC); NULL: it existed at the last check.
-- step: column vidcv_media.missing_since TEXT
ALTER TABLE vidcv_media ADD COLUMN missing_since TEXT;

-- The run that set its status, of vidcv_runs.
-- step: column vidcv_media.run_id INTEGER
ALTER TABLE vidcv_media ADD COLUMN run_id INTEGER;

-- Runs that had something to do.
-- step: table vidcv_runs
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
) STRICT;

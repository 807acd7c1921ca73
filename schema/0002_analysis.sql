-- owner: service
-- The service's analysis columns: what a database of an earlier stage lacks.

-- step: column assets.clip_embedding BLOB
ALTER TABLE assets ADD COLUMN clip_embedding BLOB;

-- step: column scene_manifests.cv_analysis_json TEXT
ALTER TABLE scene_manifests ADD COLUMN cv_analysis_json TEXT;

-- step: column scene_manifests.continuity_score REAL
ALTER TABLE scene_manifests ADD COLUMN continuity_score REAL;

-- step: table asset_appearances
-- needs: id CHAR, asset_id CHAR, project_id CHAR, scene_index, frame_index
-- needs: timestamp_sec REAL, bbox TEXT, confidence REAL, source, created_at
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

-- step: index ix_asset_appearances_asset_id on asset_appearances
CREATE INDEX ix_asset_appearances_asset_id ON asset_appearances (asset_id);

-- step: index ix_asset_appearances_project_id on asset_appearances
CREATE INDEX ix_asset_appearances_project_id ON asset_appearances (project_id);

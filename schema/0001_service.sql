-- owner: service
-- The tables of the Python service as its models declare them, before the analysis columns.
-- Exactly what SQLAlchemy makes for SQLite: a database that vidcv creates is one the service can take over.
-- "needs" names the columns that vidcv works with and, where a wrong one would do harm, the type they must have.

-- step: table manifests
-- needs: id CHAR, name, category, asset_count
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

-- step: table assets
-- needs: id CHAR, manifest_id CHAR, manifest_tag, reference_image_url, sort_order, crop_bbox, detection_class
-- needs: face_embedding BLOB, source, source_asset_id
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
  source_asset_id CHAR(32),
  PRIMARY KEY (id),
  FOREIGN KEY(manifest_id) REFERENCES manifests (id),
  FOREIGN KEY(source_asset_id) REFERENCES assets (id)
);

-- step: index ix_assets_manifest_id on assets
CREATE INDEX ix_assets_manifest_id ON assets (manifest_id);

-- step: table projects
-- needs: id CHAR, manifest_id CHAR, created_at
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

-- step: index ix_projects_manifest_id on projects
CREATE INDEX ix_projects_manifest_id ON projects (manifest_id);

-- step: table scenes
-- needs: id CHAR, project_id CHAR, scene_index
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

-- step: index ix_scenes_project_id on scenes
CREATE INDEX ix_scenes_project_id ON scenes (project_id);

-- step: table scene_manifests
-- needs: project_id CHAR, scene_index, manifest_json TEXT
CREATE TABLE scene_manifests (
  project_id CHAR(32) NOT NULL,
  scene_index INTEGER NOT NULL,
  manifest_json JSON NOT NULL,
  asset_tags JSON,
  new_asset_count INTEGER NOT NULL,
  created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
  PRIMARY KEY (project_id, scene_index),
  FOREIGN KEY(project_id) REFERENCES projects (id)
);

-- step: table video_clips
-- needs: scene_id CHAR, local_path, gcs_uri, created_at
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

-- step: index ix_video_clips_scene_id on video_clips
CREATE INDEX ix_video_clips_scene_id ON video_clips (scene_id);

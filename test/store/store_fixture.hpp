#pragma once

#include <vidcv/core/error.hpp>
#include <vidcv/store/database.hpp>
#include <vidcv/store/media_records.hpp>
#include <vidcv/store/migration.hpp>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <stdlib.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace vidcv::testing {

/// A folder that goes with the test.
class TempFolder {
 public:
  TempFolder()
  {
    std::string name = (std::filesystem::temp_directory_path() / "vidcv-store-XXXXXX").string();
    m_path = ::mkdtemp(name.data());
  }
  ~TempFolder() { std::filesystem::remove_all(m_path); }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  std::filesystem::path operator/(const std::string& name) const { return m_path / name; }
  const std::filesystem::path& path() const { return m_path; }

 private:
  std::filesystem::path m_path;
};

inline constexpr double k_patience_s = 30;

inline Database open_or_make(const std::filesystem::path& file)
{
  return {file, OpenMode::create, k_patience_s};
}

/// A database with everything in it.
inline Database make_migrated(const std::filesystem::path& file)
{
  Database database = open_or_make(file);
  migrate(database);
  return database;
}

/// save_clip() in a transaction of its own.
inline std::int64_t save_clip(Database& database, const MediaRecord& media, const std::vector<FrameRecord>& frames,
                              std::int64_t model_id)
{
  WriteTransaction transaction(database);
  const std::int64_t media_id = vidcv::save_clip(transaction, media, frames, model_id);
  transaction.commit();
  return media_id;
}

/// save_failure() in a transaction of its own.
inline void save_failure(Database& database, const MediaRecord& media)
{
  WriteTransaction transaction(database);
  vidcv::save_failure(transaction, media);
  transaction.commit();
}

inline void write_text(const std::filesystem::path& file, const std::string& text)
{
  std::ofstream(file, std::ios::binary) << text;
}

/// Runs SQL as some other program would, without foreign keys.
inline void run_sql(const std::filesystem::path& file, const std::string& sql)
{
  SQLite::Database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(sql);
}

/// All rows of a query as text: `a|b` per row, NULL as `-`, one row per line.
inline std::string rows_of(Database& database, const std::string& sql)
{
  std::string text;
  SQLite::Statement query(database.handle(), sql);
  while (query.executeStep()) {
    for (int i = 0; i < query.getColumnCount(); ++i) {
      text += i == 0 ? "" : "|";
      text += query.isColumnNull(i) ? "-" : query.getColumn(i).getString();
    }
    text += "\n";
  }
  return text;
}

/// Schema and rows, to tell whether anything changed.
inline std::string dump(Database& database)
{
  std::string text = rows_of(database, "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name");
  SQLite::Statement tables(database.handle(), "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
  while (tables.executeStep()) {
    const std::string name = tables.getColumn(0).getString();
    text += name + ":\n" + rows_of(database, "SELECT * FROM " + name + " ORDER BY rowid");
  }
  return text;
}

/// The message of the StoreError that `work` throws; empty if it throws none.
template <typename Work>
std::string store_error_of(Work&& work)
{
  try {
    work();
  } catch (const StoreError& error) {
    return error.what();
  }
  return {};
}

inline std::int64_t make_model(Database& database, const std::string& fingerprint = "f1", int dim = 4)
{
  return ensure_model(database,
                      {.fingerprint = fingerprint, .name = "m", .dim = dim, .precision = "fp32", .description = "{}"});
}

/// The unit vector along `axis`.
inline Embedding axis_vector(std::size_t axis, std::size_t dim = 4)
{
  Embedding vector(dim, 0.0F);
  vector.at(axis) = 1.0F;
  return vector;
}

/// A service database before the analysis columns, with a row in each table and a column that vidcv has never heard of.
inline constexpr const char* k_stage_8 = R"(
CREATE TABLE manifests (id CHAR(32) NOT NULL PRIMARY KEY, name TEXT NOT NULL, description TEXT, category VARCHAR(50)
  NOT NULL, tags JSON, status VARCHAR(50) NOT NULL, asset_count INTEGER NOT NULL, version INTEGER NOT NULL,
  created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL);
CREATE TABLE assets (id CHAR(32) NOT NULL PRIMARY KEY, manifest_id CHAR(32) NOT NULL REFERENCES manifests (id),
  asset_type VARCHAR(50) NOT NULL, name TEXT NOT NULL, manifest_tag VARCHAR(50) NOT NULL, user_tags JSON,
  reference_image_url VARCHAR(500), source VARCHAR(50) NOT NULL, sort_order INTEGER NOT NULL,
  created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL, is_face_crop BOOLEAN NOT NULL, face_embedding BLOB,
  detection_class VARCHAR(50), crop_bbox JSON, source_asset_id CHAR(32) REFERENCES assets (id));
CREATE INDEX ix_assets_manifest_id ON assets (manifest_id);
CREATE TABLE projects (id CHAR(32) NOT NULL PRIMARY KEY, prompt TEXT NOT NULL, style VARCHAR(50) NOT NULL,
  aspect_ratio VARCHAR(10) NOT NULL, target_clip_duration INTEGER NOT NULL, target_scene_count INTEGER NOT NULL,
  manifest_id CHAR(32) REFERENCES manifests (id), status VARCHAR(50) NOT NULL, deleted_at DATETIME, title VARCHAR(200),
  created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL);
CREATE INDEX ix_projects_manifest_id ON projects (manifest_id);
CREATE TABLE scenes (id CHAR(32) NOT NULL PRIMARY KEY, project_id CHAR(32) NOT NULL REFERENCES projects (id),
  scene_index INTEGER NOT NULL, scene_description TEXT NOT NULL, start_frame_prompt TEXT NOT NULL,
  end_frame_prompt TEXT NOT NULL, video_motion_prompt TEXT NOT NULL, status VARCHAR(50) NOT NULL);
CREATE INDEX ix_scenes_project_id ON scenes (project_id);
CREATE TABLE scene_manifests (project_id CHAR(32) NOT NULL REFERENCES projects (id), scene_index INTEGER NOT NULL,
  manifest_json JSON NOT NULL, asset_tags JSON, new_asset_count INTEGER NOT NULL, rewritten_video_prompt TEXT,
  created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL, PRIMARY KEY (project_id, scene_index));
CREATE TABLE video_clips (id CHAR(32) NOT NULL PRIMARY KEY, scene_id CHAR(32) NOT NULL REFERENCES scenes (id),
  source VARCHAR(20) NOT NULL, status VARCHAR(50) NOT NULL, gcs_uri VARCHAR(500), local_path VARCHAR(255),
  created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL);
CREATE INDEX ix_video_clips_scene_id ON video_clips (scene_id);
INSERT INTO manifests VALUES ('a1', 'Café', NULL, 'CUSTOM', 'null', 'DRAFT', 1, 1, '2025-01-02 03:04:05');
INSERT INTO assets VALUES ('b1', 'a1', 'OBJECT', 'car', 'CAR', 'null', '/pictures/car.png', 'uploaded', 0,
  '2025-01-02 03:04:05', 0, NULL, NULL, 'null', NULL);
INSERT INTO projects VALUES ('c1', 'a film', 'noir', '16:9', 8, 1, 'a1', 'complete', NULL, 'my title',
  '2025-01-02 03:04:05');
INSERT INTO scenes VALUES ('d1', 'c1', 0, 'a scene', 's', 'e', 'pan', 'complete');
INSERT INTO scene_manifests VALUES ('c1', 0, '{"placements":[]}', '["CAR"]', 0, 'rewritten', '2025-01-02 03:04:05');
INSERT INTO video_clips VALUES ('e1', 'd1', 'generated', 'complete', NULL, '/clips/old.mp4', '2025-01-02 03:04:05');
INSERT INTO video_clips VALUES ('e2', 'd1', 'generated', 'complete', NULL, '/clips/new.mp4', '2025-01-03 03:04:05');
INSERT INTO video_clips VALUES ('e3', 'd1', 'generated', 'failed', 'gs://bucket/x', NULL, '2025-01-04 03:04:05');
)";

inline FrameRecord frame_at(std::int64_t number, Embedding embedding)
{
  return {.id = 0,
          .frame_number = number,
          .timestamp_s = static_cast<double>(number) / 24,
          .kind = number == 0 ? "base" : "motion",
          .motion_ratio = number == 0 ? std::nullopt : std::optional(0.25),
          .blank = number == 9,
          .detail = number == 9 ? 0 : 0.5,
          .embedding = std::move(embedding)};
}

}  // namespace vidcv::testing

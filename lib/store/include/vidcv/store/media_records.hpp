#pragma once

#include <vidcv/core/embedding.hpp>
#include <vidcv/core/image.hpp>
#include <vidcv/store/database.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vidcv {

/// A model at a precision, as in `vidcv_models`: vectors of different rows are never compared.
struct ModelRecord {
  std::string fingerprint;  ///< SHA-256 of weights and description, 64 hex digits
  std::string name;
  int dim = 0;
  std::string precision;    ///< `fp32`
  std::string description;  ///< vidcv.json
};

/// Identifies the state of a file, to recognise whether it changed.
struct FileStamp {
  std::string path;  ///< absolute; bytes that are not valid UTF-8 percent-escaped
  std::int64_t size = 0;
  std::int64_t mtime_ns = 0;
  bool operator==(const FileStamp&) const = default;
};

/// One file, as in `vidcv_media`.
struct MediaRecord {
  std::int64_t id = 0;
  FileStamp stamp;
  std::string content_hash;  ///< XXH3-128, 32 hex digits; empty for a file that could not be read
  std::string decoded;       ///< JSON: width, height, fps, duration, frames decoded and damaged
  std::string plan;          ///< the sampling plan in words, equal plans give equal texts
  std::string status;        ///< `done` or `failed`
  std::string stage;         ///< of a failure: `open`, `decode`, `encode`, `store`
  std::string error;         ///< of a failure: the message
  std::int64_t tries = 0;    ///< failures in a row; counted by save_failure()
  std::int64_t run_id = 0;   ///< of the run that set its status, see ledger.hpp; 0: of none
};

/// A square of a frame with a vector of its own.
struct RegionRecord {
  Box box;
  Embedding embedding;  ///< empty for a region without content
  double quality = 0;   ///< 0 to 10; measured, as is `blank`, of SampleOptions::parts alone
  bool blank = false;
  double detail = 0;  ///< see detail_of(); measured with those two
};

/// One sampled frame and, where asked for, its vector under one model.
struct FrameRecord {
  std::int64_t id = 0;
  std::int64_t frame_number = 0;
  double timestamp_s = 0;
  std::string kind;  ///< `base`, `motion`, `requested`, …
  std::optional<double> motion_ratio;
  std::optional<double> quality = {};  ///< 0 to 10
  bool blank = false;
  std::optional<double> detail = {};  ///< see detail_of(); nothing: of a program of schema 7 or older
  Embedding embedding;                ///< empty where the model has none for this frame
  std::vector<RegionRecord> regions = {};
};

enum class Regions { no, yes };

/// The row of a model, made at its first sight; a known one is left as it is.
std::int64_t ensure_model(Database& database, const ModelRecord& model);

std::optional<MediaRecord> find_media(Database& database, const std::string& path);

class Statement;

/// find_media() for many files.
class MediaFinder {
 public:
  explicit MediaFinder(Database& database);
  ~MediaFinder();
  std::optional<MediaRecord> find(const std::string& path);

 private:
  std::unique_ptr<Statement> m_row;
};

/// What the database has of a file under a plan and a model.
enum class Completeness {
  none,        ///< it was not finished under the plan, or a frame has no vector of the model's width
  unmeasured,  ///< all vectors, but a program of schema 7 or older measured a frame: its detail is unknown
  whole,
};

/// With `regions` each frame that is not blank must also have those.
class CompletenessCheck {
 public:
  CompletenessCheck(Database& database, std::int64_t model_id, Regions regions = Regions::no);
  ~CompletenessCheck();
  Completeness of(const FileStamp& stamp, const std::string& plan);

 private:
  std::unique_ptr<Statement> m_row;
  std::int64_t m_model_id;
  Regions m_regions;
};

/// Stores a clip's results: the row in vidcv_media (by path; its id stays), its frames, their vectors under
/// `model_id` (0: they have none). Frames of an earlier plan or content go, vectors of other models stay only with
/// unchanged frames (same file stamp, same plan). Regions take the place of those that the frame had; where `frames`
/// have none those stay.
/// @returns the media id
/// @throws StoreError naming the frame for a vector of another width, with a number that is not finite, or not of unit
/// length
std::int64_t save_clip(WriteTransaction& within, const MediaRecord& media, const std::vector<FrameRecord>& frames,
                       std::int64_t model_id);

/// A file that failed: its row with status `failed`, stage and message. What an earlier version of the file gave goes
/// only if the file's stamp changed. A failure that is the same as before is one more try, and stays that of its run.
void save_failure(WriteTransaction& within, const MediaRecord& media);

/// The frames of a file by frame number, with their vectors under `model_id` and, where asked for, those of
/// their regions.
/// @throws InputError naming frame and file for a blob of the wrong size or with numbers that are not finite
std::vector<FrameRecord> frames_of(Database& database, std::int64_t media_id, std::int64_t model_id,
                                   Regions regions = Regions::no);

}  // namespace vidcv

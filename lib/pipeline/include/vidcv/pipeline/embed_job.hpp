#pragma once

#include <vidcv/core/error.hpp>
#include <vidcv/pipeline/sample_clip.hpp>
#include <vidcv/store/media_records.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace vidcv {

/// How a file is sampled, and which parts of its frames get vectors.
struct EmbedOptions {
  SampleOptions sampling;
  bool regions = false;  ///< the regions of each frame as well, see region_boxes()
  /// These parts of each chosen frame in place of the frame; an empty box stands for nothing. Called by several
  /// threads.
  std::function<std::vector<Box>(const Pick&, int width, int height)> parts = {};
  bool blank_parts = false;    ///< parts without content get vectors as well
  bool gives_vectors = false;  ///< the caller wants the vectors of each file that is read
  bool only_measure = false;   ///< no vectors are made: the frames keep those that they have
};

/// One file of a run. Jobs may share their options.
struct EmbedJob {
  std::filesystem::path file;
  std::shared_ptr<const EmbedOptions> options;
};

/// A job per file, all with the same options.
std::vector<EmbedJob> jobs_for(const std::vector<std::filesystem::path>& files, const EmbedOptions& options);

/// The absolute path under which a file is known in the database, as UTF-8 (percent_escaped).
std::string stored_path(const std::filesystem::path& file);

/// The file as the ledger knows it; nothing if it is not there.
std::optional<FileStamp> stat_file(const std::filesystem::path& file);

/// A clip with a vector per chosen frame.
struct EmbeddedClip {
  SampledClip clip;                ///< without the pictures themselves
  FileStamp stamp;                 ///< of the file as it was decoded
  std::string content_hash;        ///< XXH3-128 of its bytes
  std::vector<Embedding> vectors;  ///< per frame; none without an encoder, or with EmbedOptions::parts
  std::vector<std::vector<RegionRecord>> regions = {};  ///< per frame, where regions or parts were asked for
  double decode_s = 0;
};

/// A file that gave nothing.
struct EmbedFailure {
  std::optional<FileStamp> before;  ///< the file before it was opened; nothing where it was not there
  InputError error;
};

/// The outcome of one job.
struct EmbedResult {
  std::size_t job = 0;  ///< its position in the run's jobs
  std::variant<EmbeddedClip, EmbedFailure> outcome;
};

/// Puts results back into the order of their jobs, for those who print them.
class JobOrder {
 public:
  /// @returns the results whose turn has come, those given now among them
  std::vector<EmbedResult> put(std::vector<EmbedResult> results);
  /// @returns those that still wait, once the run has ended; a job before each of them has no result
  std::vector<EmbedResult> rest();

 private:
  std::map<std::size_t, EmbedResult> m_waiting;
  std::size_t m_next = 0;
};

}  // namespace vidcv

#pragma once

#include <vidcv/core/image.hpp>
#include <vidcv/search/vector_index.hpp>
#include <vidcv/store/vector_records.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vidcv {

/// Which of the stored frames may be found. Empty functions and times allow all.
struct SearchFilter {
  std::function<bool(const std::string& path)> takes;  ///< by the clip's absolute path
  std::optional<double> from_s;                        ///< within the clip
  std::optional<double> to_s;

  bool is_open() const { return !takes && !from_s && !to_s; }
};

struct SearchRequest {
  Embedding query;  ///< unit length
  std::size_t clips = 10;
  std::optional<double> least_score;
  SearchFilter filter;
  bool exact_scan = false;  ///< read all vectors as they are, without an index
  int threads = 0;          ///< 0: one per processor
};

/// A frame and its best score: of the whole, or of a region.
struct FoundFrame {
  std::int64_t number = 0;
  double timestamp_s = 0;
  double score = 0;        ///< cosine with the query, summed as double
  std::optional<Box> box;  ///< nothing: the whole frame
};

/// An unbroken run of found frames of a clip.
struct FoundMoment {
  std::string path;  ///< of the clip, absolute, its bytes as they are
  double from_s = 0;
  double to_s = 0;
  std::vector<FoundFrame> frames;  ///< in time
  FoundFrame best;
};

/// Where the index of a model's vectors lies: beside the database, under a name that nothing in it can choose.
std::filesystem::path index_file(const std::filesystem::path& database, const StoredModel& model);

/// Makes the index of the vectors as they are now, in its file.
/// @returns its rows
/// @throws StoreError
std::size_t write_index(Database& database, const StoredModel& model);

/// The frames most like a query, among all stored vectors of a model.
class VectorSearch {
 public:
  /// @param note  called with a line for the curious: an index that was made, or kept in memory, and why
  VectorSearch(Database& database, const StoredModel& model, std::function<void(const std::string&)> note);
  ~VectorSearch();
  VectorSearch(const VectorSearch&) = delete;
  VectorSearch& operator=(const VectorSearch&) = delete;

  /// Of the `clips` clips with the best frames, with a `least_score` each moment whose frames reach it. Without one the
  /// moment around each clip's best frame, at half height: frames with a score of at least the mean of that frame's and
  /// of the last clip's best. Best first; of a tie the frame that was stored first.
  std::vector<FoundMoment> find(const SearchRequest& request);

 private:
  struct Scored;
  std::vector<Scored> candidates(const SearchRequest& request);
  std::vector<Scored> all_rows(const SearchRequest& request);
  std::optional<std::vector<Scored>> by_index(const VectorIndex& index, const SearchRequest& request);
  std::unique_ptr<VectorIndex> current_index();
  enum class Moments { all, best };
  std::vector<FoundMoment> moments(const std::vector<Scored>& found, Moments which);

  Database& m_database;
  StoredModel m_model;
  std::function<void(const std::string&)> m_note;
};

}  // namespace vidcv

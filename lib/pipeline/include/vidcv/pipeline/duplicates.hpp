#pragma once

#include <vidcv/core/error.hpp>
#include <vidcv/media/clip_reader.hpp>
#include <vidcv/store/vector_records.hpp>

#include <functional>
#include <optional>
#include <string>

namespace vidcv {

enum class Relation {
  same,    ///< all of the one clip is all of the other
  part,    ///< all of the one clip is a part of the other
  shared,  ///< a part of the one is a part of the other
};

/// A stretch of a clip.
struct Passage {
  std::string path;  ///< absolute, its bytes as they are
  double from_s = 0;
  double to_s = 0;
};

/// How alike the pixels of a pair are; see PixelMatch.
struct PixelEvidence {
  double picture = 0;
  std::optional<double> motion;
  bool mirrored = false;
};

/// A clip that has something of another.
struct Duplicate {
  Relation relation = Relation::same;
  Passage clip;
  Passage of;        ///< of the longer clip, or of the larger file where both are as long
  double speed = 1;  ///< seconds of the longer clip for a second of the clip
  double score = 0;  ///< mean cosine of the sampled frames, less the library's mean
  std::optional<PixelEvidence> pixels;
};

struct DuplicateRequest {
  double least_score = 0;
  double least_shared_s = 2;  ///< shorter passages of clips that are otherwise different do not count
  bool verify = false;        ///< compare pixels too, and leave out what they refute
  std::function<bool(const std::string& path)> takes;  ///< by a clip's path; empty: all
  DecodeOptions decode;                                ///< of the verification
  int threads = 0;                                     ///< 0: one per processor
};

/// What happens on the way; all of them are called.
struct DuplicateHooks {
  std::function<void(std::int64_t clips)> expect;
  std::function<void(const std::string& path)> begin;
  std::function<void(const std::string& path)> end;
  std::function<void(const Duplicate&)> found;
  std::function<void(const Error&)> failed;  ///< a clip that cannot be decoded again; once for each
  std::function<void(const std::string& line)> warning;
};

/// What was looked at.
struct DuplicateCounts {
  std::int64_t clips = 0;
  std::int64_t refuted = 0;  ///< pairs whose vectors are alike and whose pixels are of other footage
};

/// Every clip with vectors of a model against every other, by the clip that the others are copies or parts of: the
/// longest first. A clip that is the same as another is compared with no third one, so a group of copies is named by
/// one of them. Vectors are taken less the mean of all clips, without which all pictures are a little alike; with n
/// clips n / (n + 8) of the mean is taken off, as few clips have no mean to speak of. Nothing is written.
/// @throws Abandoned once the decoding is abandoned
DuplicateCounts find_duplicates(Database& database, const StoredModel& model, const DuplicateRequest& request,
                                const DuplicateHooks& hooks);

}  // namespace vidcv

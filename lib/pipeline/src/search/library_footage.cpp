#include "search/library_footage.hpp"

#include <vidcv/core/embedding.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/store/media_records.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace vidcv {
namespace {

/// With as many clips half of their mean is taken off.
constexpr double k_clips_of_half = 8;
/// Clips whose lengths differ by less are equally long.
constexpr double k_length_step_s = 0.5;

}  // namespace

/// Where the vectors of a clip are among all numbers.
struct LibraryFootage::Clip {
  std::string path;
  std::int64_t bytes = 0;
  std::size_t first = 0;  ///< number
  std::vector<double> times_s = {};

  auto rank() const
  {
    const double length_s = times_s.back() - times_s.front();
    return std::tuple(-std::floor(length_s / k_length_step_s), -bytes, path);
  }
};

LibraryFootage::LibraryFootage(Database& database, const StoredModel& model,
                               const std::function<bool(const std::string&)>& takes)
    : m_dim(static_cast<std::size_t>(model.dim))
{
  read(database, model, takes);
  take_mean_out();
}

void LibraryFootage::read(Database& database, const StoredModel& model,
                          const std::function<bool(const std::string&)>& takes)
{
  const ReadTransaction one_moment(database);
  MediaFinder media(database);
  std::vector<Clip> clips;
  std::int64_t last_id = -1;
  bool is_taken = false;
  each_vector(database, model.id, [&](const VectorRow& row) {
    if (row.media_id != last_id) {
      last_id = row.media_id;
      const std::string stored = path_of_media(database, row.media_id);
      const std::string path = percent_unescaped(stored);
      is_taken = !takes || takes(path);
      if (is_taken) {
        const auto record = media.find(stored);
        clips.push_back({path, record ? record->stamp.size : 0, m_numbers.size()});
      }
    }
    if (!is_taken || row.region_id != 0) { return; }
    clips.back().times_s.push_back(row.timestamp_s);
    m_numbers.insert(m_numbers.end(), row.vector.begin(), row.vector.end());
  });
  std::erase_if(clips, [](const Clip& clip) { return clip.times_s.empty(); });
  std::ranges::sort(clips, {}, &Clip::rank);
  for (const Clip& clip : clips) {
    Footage footage{clip.times_s};
    for (std::size_t i = 0; i < clip.times_s.size(); ++i) {
      footage.vectors.push_back(std::span(m_numbers).subspan(clip.first + i * m_dim, m_dim));
    }
    m_clips.push_back(std::move(footage));
    m_paths.push_back(clip.path);
  }
}

void LibraryFootage::take_mean_out()
{
  std::vector<double> mean(m_dim);
  for (const Footage& clip : m_clips) {
    const double share =
        1.0 / (static_cast<double>(clip.vectors.size()) * (k_clips_of_half + static_cast<double>(size())));
    for (const auto& vector : clip.vectors) {
      for (std::size_t k = 0; k < m_dim; ++k) { mean[k] += share * double{vector[k]}; }
    }
  }
  for (std::size_t first = 0; first + m_dim <= m_numbers.size(); first += m_dim) {
    const auto vector = std::span(m_numbers).subspan(first, m_dim);
    for (std::size_t k = 0; k < m_dim; ++k) { vector[k] = static_cast<float>(double{vector[k]} - mean[k]); }
    make_unit(vector);
  }
}

}  // namespace vidcv

#include "embed/clip_preparer.hpp"

#include <vidcv/clip/preprocess.hpp>
#include <vidcv/core/identity.hpp>
#include <vidcv/core/stopwatch.hpp>
#include <vidcv/sampling/detail.hpp>
#include <vidcv/sampling/frame_stats.hpp>
#include <vidcv/sampling/regions.hpp>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <new>
#include <utility>

namespace vidcv {
namespace {

/// Thrown when the queue is closed; unwinds the clip in progress and is not reported.
struct QueueClosed : std::exception {};

std::size_t values_per_picture(const ModelDescription& model)
{
  return 3 * static_cast<std::size_t>(model.input_size) * static_cast<std::size_t>(model.input_size);
}

FileStamp require_file(const std::filesystem::path& file)
{
  auto stamp = stat_file(file);
  if (!stamp) { throw MediaError(file.native(), "open", system_cause(errno)); }
  return *std::move(stamp);
}

}  // namespace

std::size_t PreparedClip::pictures() const
{
  std::size_t sum = whole_frames ? embedded.clip.frames.size() : 0;
  for (const auto& frame : has_vector) { sum += static_cast<std::size_t>(std::ranges::count(frame, true)); }
  return sum;
}

void PreparedClip::take(std::vector<Embedding> vectors)
{
  auto next = std::make_move_iterator(vectors.begin());
  for (std::size_t i = 0; i < embedded.clip.frames.size(); ++i) {
    if (whole_frames) { embedded.vectors.push_back(*next++); }
    for (std::size_t r = 0; i < has_vector.size() && r < has_vector[i].size(); ++r) {
      if (has_vector[i][r]) { embedded.regions[i][r].embedding = *next++; }
    }
  }
}

ClipPreparer::ClipPreparer(std::size_t job, const EmbedOptions& options, const ModelDescription* model,
                           BoundedQueue<Prepared>& queue)
    : m_job(job), m_options(options), m_model(model), m_queue(queue)
{
  if (m_model != nullptr) {
    m_options.sampling.on_first_frame = [this] { hand_on(FirstFrame{}); };
  }
  m_options.sampling.on_choice = [this](std::size_t place, const SampledFrame& frame) {
    if (place == 0) { begin_pass(); }
    hand_on_frame(frame);
  };
}

void ClipPreparer::run(const std::filesystem::path& path, MemoryRetry& memory_retry)
{
  try {
    hand_on(memory_retry.run([&] { return prepared(path); }));
  } catch (const QueueClosed&) {
    return;
  } catch (const Abandoned&) {
    return;
  } catch (const InputError& error) {
    m_queue.push(FailedClip{m_job, {m_file_before, error}});
  } catch (const std::bad_alloc&) {
    m_queue.push(FailedClip{m_job, {m_file_before, MediaError(path.native(), "decode", "out of memory")}});
  } catch (...) {
    m_queue.push(std::current_exception());
  }
}

PreparedClip ClipPreparer::prepared(const std::filesystem::path& path)
{
  const Stopwatch watch;
  EmbeddedClip embedded;
  m_file_before = stat_file(path);
  embedded.stamp = require_file(path);
  embedded.clip = sample_clip(path, m_options.sampling);
  if (embedded.clip.frames.empty()) { begin_pass(); }  // what an earlier pass chose does not count
  embedded.regions = std::move(m_regions);
  embedded.content_hash = content_hash(path, m_options.sampling.decode.abandoned);
  if (require_file(path) != embedded.stamp) {
    throw MediaError(path.native(), "open", "the file changed while it was read");
  }
  embedded.decode_s = watch.seconds();
  return {m_job, std::move(embedded), m_model != nullptr && !m_options.parts, std::move(m_has_vector)};
}

void ClipPreparer::begin_pass()
{
  ++m_pass;
  m_regions.clear();
  m_has_vector.clear();
}

void ClipPreparer::hand_on(Prepared item)
{
  if (!m_queue.push(std::move(item))) { throw QueueClosed(); }
}

/// Of a frame that is not cut up only what the network sees is converted.
void ClipPreparer::hand_on_frame(const SampledFrame& frame)
{
  if (m_model == nullptr && !m_options.parts) { return; }
  const Frame& decoded = frame.picture.value();
  if (!m_options.parts && !m_options.regions) { return hand_on_seen_part(decoded); }
  const RgbImage picture = decoded.to_rgb();
  if (m_options.parts) { return hand_on_parts(picture, m_options.parts(frame.pick, picture.width, picture.height)); }
  hand_on_picture(picture);
  hand_on_regions(picture, frame.blank);
}

void ClipPreparer::hand_on_seen_part(const Frame& frame)
{
  const auto [width, height] = frame.upright_size();
  std::vector<float> values(values_per_picture(*m_model));
  preprocess_part(frame.to_rgb(seen_part(width, height, *m_model)), width, height, *m_model, values);
  hand_on(PreparedPicture{m_job, m_pass, std::move(values)});
}

void ClipPreparer::hand_on_picture(const RgbImage& picture)
{
  std::vector<float> values(values_per_picture(*m_model));
  preprocess(picture, *m_model, values);
  hand_on(PreparedPicture{m_job, m_pass, std::move(values)});
}

/// A frame that is too small for regions has one without content, as a sign that they were looked for.
void ClipPreparer::hand_on_regions(const RgbImage& picture, bool blank)
{
  const std::vector<Box> boxes = blank ? std::vector<Box>{} : region_boxes(picture.width, picture.height);
  hand_on_parts(picture, boxes);
  if (boxes.empty()) {
    m_regions.back().push_back({{0, 0, picture.width, picture.height}, {}});
    m_has_vector.back().push_back(false);
  }
}

void ClipPreparer::hand_on_parts(const RgbImage& picture, const std::vector<Box>& boxes)
{
  m_regions.emplace_back();
  m_has_vector.emplace_back();
  for (const Box& box : boxes) {
    RegionRecord region{box, {}};
    const RgbImage part = cropped(picture, box);
    const bool has_vector = box != Box() && measure_part(part, region);
    m_regions.back().push_back(std::move(region));
    m_has_vector.back().push_back(has_vector);
    if (has_vector) { hand_on_picture(part); }
  }
}

/// Whether it gets a vector. Quality takes a closer look, which the many regions of --regions do not need.
bool ClipPreparer::measure_part(const RgbImage& part, RegionRecord& region) const
{
  if (!m_options.parts) { return detail_of(part) >= k_least_detail; }
  const std::vector<std::uint8_t> gray = gray_of(part);
  const FrameStats stats = measure_frame({{gray.data(), part.width, part.width, part.height}, LumaRange::full});
  region.quality = quality_of(stats);
  region.blank = stats.blank;
  region.detail = stats.detail;
  return m_model != nullptr && (!stats.blank || m_options.blank_parts);
}

}  // namespace vidcv

#include <vidcv/pipeline/embed_clips.hpp>

#include <vidcv/clip/preprocess.hpp>
#include <vidcv/core/bounded_queue.hpp>
#include <vidcv/core/identity.hpp>
#include <vidcv/core/stopwatch.hpp>
#include <vidcv/sampling/contrast.hpp>
#include <vidcv/sampling/regions.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <exception>
#include <map>
#include <new>
#include <thread>
#include <variant>

namespace vidcv {
namespace {

constexpr std::size_t k_pictures_ahead = 32;
constexpr std::int64_t k_ns_per_s = 1'000'000'000;

/// The first picture is there: an encoder will be needed, and opening one takes as long as decoding a clip.
struct FirstFrame {};

/// A picture that is ready for the network: float32 [3, size, size]. `pass` numbers the passes over files.
struct PreparedPicture {
  std::int64_t pass = 0;
  std::vector<float> values;
};

/// A clip whose pictures are all on their way, those of its last pass: each frame, then its regions.
struct PreparedClip {
  std::int64_t pass = 0;
  EmbeddedClip embedded;
  std::vector<std::vector<bool>> has_content = {};  ///< of each region of each frame; only those with it have pictures

  std::size_t pictures() const
  {
    std::size_t sum = embedded.clip.frames.size();
    for (const auto& frame : has_content) { sum += static_cast<std::size_t>(std::ranges::count(frame, true)); }
    return sum;
  }

  /// Deals the vectors out in the order of the pictures.
  void take(std::vector<Embedding> vectors)
  {
    auto next = std::make_move_iterator(vectors.begin());
    for (std::size_t i = 0; i < embedded.clip.frames.size(); ++i) {
      embedded.vectors.push_back(*next++);
      for (std::size_t r = 0; i < has_content.size() && r < has_content[i].size(); ++r) {
        if (has_content[i][r]) { embedded.regions[i][r].embedding = *next++; }
      }
    }
  }
};

struct FailedClip {
  std::filesystem::path file;
  InputError error;
};

using Prepared = std::variant<FirstFrame, PreparedPicture, PreparedClip, FailedClip, std::exception_ptr>;

std::size_t values_per_picture(const ModelDescription& model)
{
  return 3 * static_cast<std::size_t>(model.input_size) * static_cast<std::size_t>(model.input_size);
}

FileFacts require_file(const std::filesystem::path& file)
{
  const auto facts = stat_file(file);
  if (!facts) { throw MediaError(file.native(), "open", system_cause(errno)); }
  return *facts;
}

/// Decodes clips one after the other and hands on their pictures as they are chosen, so that no clip is too long.
class Preparer {
 public:
  Preparer(const SampleOptions& options, const ModelDescription& model, BoundedQueue<Prepared>& queue)
      : m_options(options), m_model(model), m_queue(queue)
  {
    m_options.on_first_frame = [this] { m_told = m_told || m_queue.push(FirstFrame{}); };
    m_options.on_choice = [this](std::size_t place, const SampledFrame& frame) { hand_on(place, frame); };
  }

  /// False where nobody takes any more.
  bool prepare(const std::filesystem::path& file)
  {
    try {
      return m_queue.push(prepared(file));
    } catch (const InputError& error) {
      return m_queue.push(FailedClip{file, error});
    } catch (const std::bad_alloc&) {
      return m_queue.push(FailedClip{file, MediaError(file.native(), "decode", "out of memory")});
    } catch (...) {
      return m_queue.push(std::current_exception());
    }
  }

 private:
  PreparedClip prepared(const std::filesystem::path& file)
  {
    const Stopwatch watch;
    EmbeddedClip embedded;
    embedded.file = require_file(file);
    embedded.clip = sample_clip(file, m_options);
    embedded.regions = std::move(m_regions);
    embedded.file.content_hash = content_hash(file);
    const FileFacts after = require_file(file);
    if (after.size != embedded.file.size || after.mtime_ns != embedded.file.mtime_ns) {
      throw MediaError(file.native(), "decode", "the file changed while it was read");
    }
    embedded.decode_s = watch.seconds();
    return {m_pass, std::move(embedded), std::move(m_has_content)};
  }

  void hand_on(std::size_t place, const SampledFrame& frame)
  {
    if (place == 0) {
      ++m_pass;
      m_regions.clear();
      m_has_content.clear();
    }
    const RgbImage picture = frame.picture.value().to_rgb();
    hand_on(picture);
    if (m_options.regions) { hand_on_regions(picture, frame.blank); }
  }

  void hand_on(const RgbImage& picture)
  {
    std::vector<float> values(values_per_picture(m_model));
    preprocess(picture, m_model, values);
    m_queue.push(PreparedPicture{m_pass, std::move(values)});
  }

  /// A frame that is too small for regions has one without content, as a sign that they were looked for.
  void hand_on_regions(const RgbImage& picture, bool blank)
  {
    std::vector<Box> boxes = blank ? std::vector<Box>{} : region_boxes(picture.width, picture.height);
    m_regions.emplace_back();
    m_has_content.emplace_back();
    for (const Box& box : boxes) {
      const RgbImage part = cropped(picture, box);
      const bool has_content = !is_blank(part);
      m_regions.back().push_back({box, {}});
      m_has_content.back().push_back(has_content);
      if (has_content) { hand_on(part); }
    }
    if (boxes.empty()) {
      m_regions.back().push_back({{0, 0, picture.width, picture.height}, {}});
      m_has_content.back().push_back(false);
    }
  }

  SampleOptions m_options;
  const ModelDescription& m_model;
  BoundedQueue<Prepared>& m_queue;
  std::int64_t m_pass = 0;
  bool m_told = false;
  std::vector<std::vector<RegionRecord>> m_regions;  // of this pass
  std::vector<std::vector<bool>> m_has_content;
};

/// Collects pictures of successive clips into full batches and gives the vectors back to their clips, in order.
class Batcher {
 public:
  Batcher(LazyEncoder& encoder, const EmbedEvents& events) : m_encoder(encoder), m_events(events) {}

  void add(const PreparedPicture& picture)
  {
    m_batch.insert(m_batch.end(), picture.values.begin(), picture.values.end());
    m_passes.push_back(picture.pass);
    if (m_passes.size() >= static_cast<std::size_t>(m_encoder.get().batch())) { encode(); }
  }

  void add(PreparedClip clip)
  {
    m_clips.push_back(std::move(clip));
    finish_clips();
  }

  /// Encodes what is left.
  void flush()
  {
    if (!m_passes.empty()) { encode(); }
  }

  double encode_s() const noexcept { return m_encode_s; }

 private:
  void encode()
  {
    const Stopwatch watch;
    std::vector<Embedding> vectors = m_encoder.get().encode(m_batch);
    m_encode_s += watch.seconds();
    for (std::size_t i = 0; i < vectors.size(); ++i) { m_vectors[m_passes[i]].push_back(std::move(vectors[i])); }
    m_batch.clear();
    m_passes.clear();
    finish_clips();
  }

  /// Hands on the clips whose vectors are all there. Vectors of passes that led to no clip are dropped on the way.
  void finish_clips()
  {
    while (!m_clips.empty()) {
      PreparedClip& oldest = m_clips.front();
      std::vector<Embedding>& vectors = m_vectors[oldest.pass];
      if (vectors.size() < oldest.pictures()) { return; }
      oldest.take(std::move(vectors));
      m_vectors.erase(m_vectors.begin(), m_vectors.upper_bound(oldest.pass));
      m_events.done(oldest.embedded);
      m_clips.pop_front();
    }
  }

  LazyEncoder& m_encoder;
  const EmbedEvents& m_events;
  std::vector<float> m_batch;
  std::vector<std::int64_t> m_passes;  // of the pictures in the batch
  std::map<std::int64_t, std::vector<Embedding>> m_vectors;
  std::deque<PreparedClip> m_clips;  // whose vectors are not all there yet
  double m_encode_s = 0;
};

/// Closes the queue on the way out, so that a thread that waits for room ends.
struct CloseAtEnd {
  BoundedQueue<Prepared>& queue;
  ~CloseAtEnd() { queue.close(); }
};

}  // namespace

LazyEncoder::LazyEncoder(const std::filesystem::path& model_file, const EncoderOptions& options)
    : LazyEncoder(
          read_description(model_file), [=] { return open_encoder(model_file, options); }, known_precision(options))
{
}

LazyEncoder::LazyEncoder(ModelDescription model, std::function<std::unique_ptr<ImageEncoder>()> open,
                         std::optional<std::string> precision)
    : m_model(std::move(model)), m_precision(std::move(precision)), m_open(std::move(open))
{
}

std::string LazyEncoder::precision()
{
  return m_precision ? *m_precision : get().precision();
}

ImageEncoder& LazyEncoder::get()
{
  if (!m_encoder) { m_encoder = m_open(); }
  return *m_encoder;
}

std::optional<FileFacts> stat_file(const std::filesystem::path& file)
{
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0) { return std::nullopt; }
  return FileFacts{status.st_size, status.st_mtim.tv_sec * k_ns_per_s + status.st_mtim.tv_nsec, {}};
}

double embed_clips(const std::vector<std::filesystem::path>& files, const SampleOptions& options, LazyEncoder& encoder,
                   const EmbedEvents& events)
{
  BoundedQueue<Prepared> queue(k_pictures_ahead);
  const std::jthread decoder([&] {
    Preparer preparer(options, encoder.model(), queue);
    for (const std::filesystem::path& file : files) {
      if (events.stopping() || !preparer.prepare(file)) { break; }
    }
    queue.close();
  });
  const CloseAtEnd close_at_end{queue};
  Batcher batcher(encoder, events);
  while (auto prepared = queue.pop()) {
    if (const auto* picture = std::get_if<PreparedPicture>(&*prepared)) {
      batcher.add(*picture);
    } else if (auto* clip = std::get_if<PreparedClip>(&*prepared)) {
      batcher.add(std::move(*clip));
    } else if (const auto* failed = std::get_if<FailedClip>(&*prepared)) {
      events.failed(failed->file, failed->error);
    } else if (const auto* failure = std::get_if<std::exception_ptr>(&*prepared)) {
      std::rethrow_exception(*failure);
    } else {
      encoder.get();
    }
  }
  batcher.flush();
  return batcher.encode_s();
}

}  // namespace vidcv

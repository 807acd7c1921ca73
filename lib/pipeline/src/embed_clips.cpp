#include <vidcv/pipeline/embed_clips.hpp>

#include <vidcv/clip/preprocess.hpp>
#include <vidcv/core/bounded_queue.hpp>
#include <vidcv/core/identity.hpp>
#include <vidcv/core/stopwatch.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <deque>
#include <exception>
#include <thread>
#include <variant>

namespace vidcv {
namespace {

constexpr std::size_t k_clips_ahead = 4;
constexpr std::int64_t k_ns_per_s = 1'000'000'000;

/// A clip whose pictures are ready for the network: float32 [frames, 3, size, size].
struct PreparedClip {
  EmbeddedClip embedded;
  std::vector<float> pictures;
};

struct FailedClip {
  std::filesystem::path file;
  InputError error;
};

/// The first picture is there: an encoder will be needed, and opening one takes as long as decoding a clip.
struct FirstFrame {};

using Prepared = std::variant<FirstFrame, PreparedClip, FailedClip, std::exception_ptr>;

std::size_t values_per_picture(const ModelDescription& model)
{
  return 3 * static_cast<std::size_t>(model.input_size) * static_cast<std::size_t>(model.input_size);
}

FileFacts require_file(const std::filesystem::path& file)
{
  const auto facts = stat_file(file);
  if (!facts) { throw MediaError(file.native(), "open", system_cause(ENOENT)); }
  return *facts;
}

PreparedClip prepare(const std::filesystem::path& file, const SampleOptions& options, const ModelDescription& model)
{
  const Stopwatch watch;
  PreparedClip prepared;
  EmbeddedClip& embedded = prepared.embedded;
  embedded.file = require_file(file);
  embedded.clip = sample_clip(file, options);
  embedded.file.content_hash = content_hash(file);
  const FileFacts after = require_file(file);
  if (after.size != embedded.file.size || after.mtime_ns != embedded.file.mtime_ns) {
    throw MediaError(file.native(), "decode", "the file changed while it was read");
  }
  const std::size_t size = values_per_picture(model);
  prepared.pictures.resize(embedded.clip.frames.size() * size);
  std::span<float> rest = prepared.pictures;
  for (SampledFrame& frame : embedded.clip.frames) {
    preprocess(frame.picture.value().to_rgb(), model, rest.first(size));
    rest = rest.subspan(size);
    frame.picture.reset();
  }
  embedded.decode_s = watch.seconds();
  return prepared;
}

Prepared prepare_or_fail(const std::filesystem::path& file, const SampleOptions& options, const ModelDescription& model)
{
  try {
    return prepare(file, options, model);
  } catch (const InputError& error) {
    return FailedClip{file, error};
  } catch (...) {
    return std::current_exception();
  }
}

/// Collects pictures of successive clips into full batches and gives the vectors back to their clips, in order.
class Batcher {
 public:
  Batcher(LazyEncoder& encoder, const EmbedEvents& events) : m_encoder(encoder), m_events(events) {}

  void add(PreparedClip clip)
  {
    m_batch.insert(m_batch.end(), clip.pictures.begin(), clip.pictures.end());
    clip.pictures = {};
    m_clips.push_back(std::move(clip.embedded));
    const std::size_t full = static_cast<std::size_t>(m_encoder.get().batch()) * values_per_picture(m_encoder.model());
    while (m_batch.size() >= full) { encode(full); }
  }

  /// Encodes what is left.
  void flush()
  {
    if (!m_batch.empty()) { encode(m_batch.size()); }
  }

  double encode_s() const noexcept { return m_encode_s; }

 private:
  void encode(std::size_t values)
  {
    const Stopwatch watch;
    std::vector<Embedding> vectors = m_encoder.get().encode(std::span(m_batch).first(values));
    m_encode_s += watch.seconds();
    m_batch.erase(m_batch.begin(), m_batch.begin() + static_cast<std::ptrdiff_t>(values));
    for (Embedding& vector : vectors) {
      EmbeddedClip& oldest = m_clips.front();
      oldest.vectors.push_back(std::move(vector));
      if (oldest.vectors.size() < oldest.clip.frames.size()) { continue; }
      m_events.done(oldest);
      m_clips.pop_front();
    }
  }

  LazyEncoder& m_encoder;
  const EmbedEvents& m_events;
  std::vector<float> m_batch;
  std::deque<EmbeddedClip> m_clips;  // whose vectors are not all there yet
  double m_encode_s = 0;
};

/// Closes the queue on the way out, so that a thread that waits for room ends.
struct CloseAtEnd {
  BoundedQueue<Prepared>& queue;
  ~CloseAtEnd() { queue.close(); }
};

}  // namespace

LazyEncoder::LazyEncoder(const std::filesystem::path& model_file, const EncoderOptions& options)
    : LazyEncoder(read_description(model_file), [=] { return open_encoder(model_file, options); })
{
}

LazyEncoder::LazyEncoder(ModelDescription model, std::function<std::unique_ptr<ImageEncoder>()> open)
    : m_model(std::move(model)), m_open(std::move(open))
{
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
  BoundedQueue<Prepared> queue(k_clips_ahead);
  const std::jthread decoder([&] {
    SampleOptions telling = options;
    bool told = false;
    telling.on_first_frame = [&] { told = told || queue.push(FirstFrame{}); };
    for (const std::filesystem::path& file : files) {
      if (events.stopping() || !queue.push(prepare_or_fail(file, telling, encoder.model()))) { break; }
    }
    queue.close();
  });
  const CloseAtEnd close_at_end{queue};
  Batcher batcher(encoder, events);
  while (auto prepared = queue.pop()) {
    if (std::holds_alternative<FirstFrame>(*prepared)) {
      encoder.get();
    } else if (auto* clip = std::get_if<PreparedClip>(&*prepared)) {
      batcher.add(std::move(*clip));
    } else if (const auto* failed = std::get_if<FailedClip>(&*prepared)) {
      events.failed(failed->file, failed->error);
    } else {
      std::rethrow_exception(std::get<std::exception_ptr>(*prepared));
    }
  }
  batcher.flush();
  return batcher.encode_s();
}

}  // namespace vidcv

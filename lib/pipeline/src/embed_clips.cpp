#include <vidcv/pipeline/embed_clips.hpp>

#include "batcher.hpp"

#include <vidcv/core/ordered_workers.hpp>
#include <vidcv/core/stopwatch.hpp>
#include <vidcv/core/threads.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <exception>
#include <thread>
#include <variant>

namespace vidcv {
namespace {

constexpr std::size_t k_pictures_ahead = 32;
constexpr std::int64_t k_ns_per_s = 1'000'000'000;

using OptionsOf = std::function<SampleOptions(std::size_t file)>;

/// Decodes files side by side into a queue, and closes it after the last one.
class Preparers {
 public:
  Preparers(const std::vector<std::filesystem::path>& files, const DecodeOptions& common, const OptionsOf& options_of,
            const ModelDescription& model, const std::function<bool()>& stopping)
      : m_queue(k_pictures_ahead)
  {
    const auto threads = static_cast<std::size_t>(thread_count(common.threads));
    const std::size_t workers = std::clamp<std::size_t>(files.size(), 1, threads);
    DecodeOptions decode = common;
    decode.threads = static_cast<int>(threads / workers);
    const auto prepare = [&files, &options_of, &model, decode, this](std::size_t file) {
      SampleOptions options = options_of(file);
      options.decode = decode;
      ClipPreparer(file, options, model, m_queue).run(files[file], m_company);
      return true;
    };
    m_closer = std::jthread([this, count = files.size(), workers, prepare, &stopping] {
      try {
        OrderedWorkers<bool> running(count, workers, prepare, stopping);
        while (auto ended = running.next()) { ended->get(); }
      } catch (...) {
        m_queue.push(std::current_exception());
      }
      m_queue.close();
    });
  }

  /// Lets go of those that wait for room.
  ~Preparers() { m_queue.close(); }
  Preparers(const Preparers&) = delete;
  Preparers& operator=(const Preparers&) = delete;

  std::optional<Prepared> next() { return m_queue.pop(); }

 private:
  BoundedQueue<Prepared> m_queue;
  Company m_company;
  std::jthread m_closer;  // last: it uses all the others
};

/// Has a vector for no picture.
class NoEncoder : public ImageEncoder {
 public:
  explicit NoEncoder(ModelDescription model) : m_model(std::move(model)) {}
  const ModelDescription& model() const noexcept override { return m_model; }
  std::string device() const override { return "none"; }
  std::string precision() const override { return "none"; }
  int batch() const noexcept override { return 1; }
  std::vector<Embedding> encode(std::span<const float> /*pictures*/) override { return {Embedding()}; }

 private:
  ModelDescription m_model;
};

}  // namespace

LazyEncoder no_encoder()
{
  ModelDescription model;
  model.input_size = 1;
  model.resize_short = 1;
  model.interpolation = "bicubic";
  model.deviation = {1, 1, 1};
  return {model, [model] { return std::make_unique<NoEncoder>(model); }, "none"};
}

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

RunTimes embed_clips(const std::vector<std::filesystem::path>& files, const SampleOptions& options,
                     LazyEncoder& encoder, const EmbedEvents& events)
{
  return embed_clips(files, options.decode, [&](std::size_t) { return options; }, encoder, events);
}

RunTimes embed_clips(const std::vector<std::filesystem::path>& files, const DecodeOptions& common,
                     const OptionsOf& options_of, LazyEncoder& encoder, const EmbedEvents& events)
{
  RunTimes times;
  EmbedEvents counting = events;
  counting.done = [&](const EmbeddedClip& clip) {
    times.decode_s += clip.decode_s;
    events.done(clip);
  };
  Preparers preparers(files, common, options_of, encoder.model(), events.stopping);
  Batcher batcher(encoder, counting);
  const auto next = [&] {
    const Stopwatch waiting;
    auto prepared = preparers.next();
    times.idle_s += waiting.seconds();
    return prepared;
  };
  while (auto prepared = next()) {
    if (common.is_abandoned()) { break; }
    if (const auto* picture = std::get_if<PreparedPicture>(&*prepared)) {
      batcher.add(*picture);
    } else if (auto* clip = std::get_if<PreparedClip>(&*prepared)) {
      batcher.add(std::move(*clip));
    } else if (auto* failed = std::get_if<FailedClip>(&*prepared)) {
      batcher.add(std::move(*failed));
    } else if (const auto* failure = std::get_if<std::exception_ptr>(&*prepared)) {
      std::rethrow_exception(*failure);
    } else {
      encoder.get();
    }
  }
  if (!common.is_abandoned()) { batcher.flush(); }
  times.encode_s = batcher.encode_s();
  return times;
}

}  // namespace vidcv

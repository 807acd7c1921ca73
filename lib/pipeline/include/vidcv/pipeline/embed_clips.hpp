#pragma once

#include <vidcv/clip/encoder.hpp>
#include <vidcv/core/error.hpp>
#include <vidcv/pipeline/sample_clip.hpp>
#include <vidcv/store/ledger.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace vidcv {

/// A model that is opened when the first picture is ready, and not before.
class LazyEncoder {
 public:
  /// @throws ModelError if the file is no model; LibTorch is not loaded for that
  LazyEncoder(const std::filesystem::path& model_file, const EncoderOptions& options);
  /// One that `open` opens.
  LazyEncoder(ModelDescription model, std::function<std::unique_ptr<ImageEncoder>()> open,
              std::optional<std::string> precision = "fp32");

  const ModelDescription& model() const noexcept { return m_model; }
  /// In which vectors are computed, and which is stored with them; opens the model where only that tells.
  std::string precision();
  bool is_open() const noexcept { return m_encoder != nullptr; }
  /// Opens the model at the first call.
  ImageEncoder& get();

 private:
  ModelDescription m_model;
  std::optional<std::string> m_precision;
  std::function<std::unique_ptr<ImageEncoder>()> m_open;
  std::unique_ptr<ImageEncoder> m_encoder;
};

/// One that gives empty vectors: for runs that look at clips without a model.
LazyEncoder no_encoder();

/// What is on the disk under a path, as it was when the clip was decoded.
struct FileFacts {
  std::int64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::string content_hash;
};

/// A clip with a vector per chosen frame.
struct EmbeddedClip {
  SampledClip clip;  ///< without the pictures themselves
  FileFacts file;
  std::vector<Embedding> vectors;                       ///< per frame; none with SampleOptions::parts
  std::vector<std::vector<RegionRecord>> regions = {};  ///< per frame, where they or parts were asked for
  double decode_s = 0;
};

/// What a run tells, all from the thread that called embed_clips().
struct EmbedEvents {
  std::function<void(const EmbeddedClip&)> done;  ///< in the order of the files, as is `failed`
  std::function<void(const std::filesystem::path&, const InputError&)> failed;
  std::function<bool()> stopping;  ///< asked between clips; true ends the run after those in flight
  std::function<void(const EmbeddedClip&)> ready = {};  ///< as soon as its vectors are there, in any order
  /// As soon as it has failed; with what was on the disk before it was opened, if anything was.
  std::function<void(const std::filesystem::path&, const std::optional<FileFacts>&, const InputError&)> given_up = {};
  /// Called with work that tells of several clips at once: those whose last picture was in one batch.
  std::function<void(const std::function<void()>&)> together = [](const std::function<void()>& work) { work(); };
};

/// Samples and encodes clips: several are decoded side by side, each thread prepares pictures as they are chosen,
/// pictures of several clips share a batch. A few pictures wait at most, and a few clips for a slow one before them, so
/// memory grows neither with the number of files nor with their length.
/// Where DecodeOptions::abandoned says so, what is in flight is dropped whole: nothing is heard of it.
/// @returns where the time went; what is decoded of clips that fail does not count
/// @throws ModelError; a clip that fails is an event, not an exception
RunTimes embed_clips(const std::vector<std::filesystem::path>& files, const SampleOptions& options,
                     LazyEncoder& encoder, const EmbedEvents& events);

/// The same with options of its own for each file, whose `decode` is that of `common`.
RunTimes embed_clips(const std::vector<std::filesystem::path>& files, const DecodeOptions& common,
                     const std::function<SampleOptions(std::size_t file)>& options_of, LazyEncoder& encoder,
                     const EmbedEvents& events);

/// Size and time of a file; nothing if it is not there.
std::optional<FileFacts> stat_file(const std::filesystem::path& file);

}  // namespace vidcv

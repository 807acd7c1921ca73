#pragma once

#include <vidcv/clip/encoder.hpp>
#include <vidcv/core/config.hpp>
#include <vidcv/pipeline/sample_clip.hpp>

#include <array>

namespace vidcv {

/// The settings of commands that sample and encode.
inline constexpr std::array<Key, 13> k_embed_settings = {
    Key::model,       Key::device, Key::precision,           Key::threads,
    Key::batch,       Key::policy, Key::every_sec,           Key::count,
    Key::exif,        Key::alpha,  Key::max_frames_per_clip, Key::motion_delta_threshold,
    Key::busy_timeout};

DecodeOptions decode_options(const Config& config);
SampleOptions sample_options(const Config& config);
EncoderOptions encoder_options(const Config& config);

/// @throws UsageError that says how to name a model, if none is named
std::filesystem::path model_file(const Config& config);

/// The threshold of the configuration; where nobody set one, the model's own.
double match_threshold(const Config& config, const ModelDescription& model);

}  // namespace vidcv

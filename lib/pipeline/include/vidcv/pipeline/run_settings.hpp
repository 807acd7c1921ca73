#pragma once

#include <vidcv/clip/encoder.hpp>
#include <vidcv/clip/model_places.hpp>
#include <vidcv/core/config.hpp>
#include <vidcv/pipeline/plan_memory.hpp>
#include <vidcv/pipeline/sample_clip.hpp>

#include <array>

namespace vidcv {

/// Whether a setting is about which frames of a clip are taken.
bool is_about_choice(Key key);
/// Whether it is about how pictures are decoded.
bool is_about_pictures(Key key);

/// The settings of commands that sample and encode.
inline constexpr std::array<Key, 16> k_embed_settings = {Key::model,
                                                         Key::device,
                                                         Key::precision,
                                                         Key::threads,
                                                         Key::decode_threads,
                                                         Key::encode_threads,
                                                         Key::batch,
                                                         Key::policy,
                                                         Key::every_sec,
                                                         Key::count,
                                                         Key::exif,
                                                         Key::alpha,
                                                         Key::max_frames_per_clip,
                                                         Key::motion_delta_threshold,
                                                         Key::isolation,
                                                         Key::busy_timeout};

/// Those that say what counts as seen.
inline constexpr std::array<Key, 6> k_match_settings = {
    Key::clip_similarity_threshold, Key::clip_distinctness_threshold,    Key::clip_margin_threshold,
    Key::face_match_threshold,      Key::detection_confidence_threshold, Key::quality_gate_threshold};

DecodeOptions decode_options(const Config& config);
SampleOptions sample_options(const Config& config);
/// The part that an option or a variable names. A configuration file is for clips that have no plan yet.
NamedRules named_rules(const Config& config);
EncoderOptions encoder_options(const Config& config);

/// From which cosine a frame shows an asset that has no threshold of its own; see threshold_in_force().
double match_threshold(const Config& config, const ModelDescription& model);

}  // namespace vidcv

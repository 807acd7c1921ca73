#pragma once

#include <vidcv/clip/model.hpp>
#include <vidcv/core/image.hpp>

#include <span>

namespace vidcv {

/// The 8-bit pixels the network sees: the short side resized to `resize_short`, then the centre crop of `input_size`.
/// Equal to Pillow 13's resize of the whole picture and a crop, bit for bit, but only what the crop keeps is computed.
/// (Older Pillows differ by a few levels in pictures that shrink and are over twice as tall as wide.)
/// @throws InputError if a side is zero
RgbImage resize_and_crop(const RgbImage& picture, const ModelDescription& model);

/// The part of a picture that resize_and_crop() reads.
/// @throws InputError if a side is zero
Box seen_part(int width, int height, const ModelDescription& model);

/// The tensor a model was trained on: resize_and_crop(), then (level * scale - mean) / deviation.
/// @param out  float32 [3, input_size, input_size], channels first, all of it written
/// Source: CLIPImageProcessor of transformers and Pillow's bicubic resize; held to them by test/clip and test/parity.
void preprocess(const RgbImage& picture, const ModelDescription& model, std::span<float> out);

/// The same of a picture of width x height of which only the seen_part() is given.
void preprocess_part(const RgbImage& part, int width, int height, const ModelDescription& model, std::span<float> out);

}  // namespace vidcv

#include "fuzz_input.hpp"
#include "tiny_weights.hpp"
#include "weights/checkpoint.hpp"
#include "weights/clip_weights.hpp"

#include <vidcv/core/error.hpp>

#include <algorithm>
#include <array>
#include <cmath>

// Whatever lies beside good weights: a network and a rule for pictures that they can have, or a ModelError. The first
// byte says in whose names the weights are. Then come files, each with its name on its first line.

namespace {

namespace fuzz = vidcv::fuzz;
namespace fs = std::filesystem;

constexpr std::array<std::string_view, 9> k_names = {
    "config.json", "preprocessor_config.json", "processor_config.json",        "open_clip_config.json", "vocab.json",
    "merges.txt",  "tokenizer.json",           "model.safetensors.index.json", "no.safetensors"};

/// A folder in which the weights lie under a name that the index may give.
const fuzz::Folder& folder_of(bool is_open_clip)
{
  static const fuzz::Folder open_clip;
  static const fuzz::Folder transformers;
  static const bool s_is_filled = [] {
    open_clip.write("w.safetensors", fuzz::open_clip_weights());
    transformers.write("w.safetensors", fuzz::transformers_weights());
    return true;
  }();
  fuzz::require(s_is_filled);
  return is_open_clip ? open_clip : transformers;
}

/// @returns whether the weights are found by an index
bool write_files(const fuzz::Folder& folder, std::string_view input)
{
  for (const std::string_view name : k_names) { fs::remove(folder.path() / name); }
  for (std::string_view part : fuzz::parts_of(input)) {
    const std::string_view name = fuzz::take_line(part);
    if (std::ranges::find(k_names, name) != k_names.end()) { folder.write(name, part); }
  }
  return fs::exists(folder.path() / "model.safetensors.index.json");
}

void check(const vidcv::TowerShape& tower)
{
  fuzz::require(tower.width >= 1 && tower.heads >= 1 && tower.width % tower.heads == 0 && tower.inner_width >= 1);
  fuzz::require(tower.patch_size == 0 || (tower.grid() >= 1 && tower.image_size % tower.patch_size == 0));
}

void check(const vidcv::Checkpoint& checkpoint)
{
  check(checkpoint.shape.vision);
  const vidcv::PictureRule& rule = checkpoint.pictures;
  fuzz::require(rule.input_size == checkpoint.shape.vision.image_size && rule.resize_short >= rule.input_size);
  fuzz::require(std::isfinite(rule.scale));
  vidcv::weights_of(checkpoint.shape, vidcv::Tower::vision, checkpoint.tensors);
  if (!checkpoint.shape.text) { return; }
  check(*checkpoint.shape.text);
  vidcv::weights_of(checkpoint.shape, vidcv::Tower::text, checkpoint.tensors);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  if (size == 0) { return 0; }
  const fuzz::Folder& folder = folder_of((data[0] & 1U) != 0);
  const bool has_index = write_files(folder, fuzz::text_of(data + 1, size - 1));
  const vidcv::StatedFacts facts{{(data[0] & 2U) != 0 ? "gelu" : "", (data[0] & 4U) != 0 ? 32 : 0},
                                 (data[0] & 8U) != 0 ? "openai" : ""};
  try {
    check(vidcv::read_checkpoint(has_index ? folder.path() : folder.path() / "w.safetensors", facts));
  } catch (const vidcv::ModelError&) {
  } catch (const vidcv::FormatError&) {  // weights of another shape than the configuration's
  }
  return 0;
}

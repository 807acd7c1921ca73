#include "formats/weights_file.hpp"

#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace vidcv {
namespace {

constexpr std::size_t k_head = 512;   // bytes that show what kind of file it is
constexpr std::size_t k_shown = 100;  // bytes of a name in a message

/// One tensor that each vision tower has, in open_clip's and in transformers' names.
constexpr std::array<std::string_view, 2> k_landmarks = {"visual.conv1.weight",
                                                         "vision_model.embeddings.class_embedding"};

struct Magic {
  std::string_view bytes;
  std::string_view kind;
};

constexpr std::string_view k_pickle = "a PyTorch file (a pickle, which is a program)";
constexpr std::array<Magic, 9> k_magic = {{{"PK\3\4", "a PyTorch file (a zip with a pickle, which is a program)"},
                                           {"\x80\x02", k_pickle},
                                           {"\x80\x03", k_pickle},
                                           {"\x80\x04", k_pickle},
                                           {"\x80\x05", k_pickle},
                                           {"\x89HDF\r\n", "an HDF5 file of TensorFlow"},
                                           {"GGUF", "a GGUF file"},
                                           {"\x93NUMPY", "an array of numpy"},
                                           {"\x1f\x8b", "a gzip archive"}}};

bool begins_with_word(std::string_view text, std::string_view word)
{
  return text.size() >= word.size() && same_word(text.substr(0, word.size()), word);
}

/// Texts that stand in the place of weights.
std::string kind_of_text(std::string_view text)
{
  if (text.starts_with("version https://git-lfs.github.com/spec/")) {
    return "a Git LFS pointer in place of the weights: git lfs pull fetches them";
  }
  const auto letter = std::ranges::find_if_not(text, [](unsigned char c) { return std::isspace(c) != 0; });
  text.remove_prefix(static_cast<std::size_t>(letter - text.begin()));
  if (begins_with_word(text, "<!doctype html") || begins_with_word(text, "<html")) {
    return "an HTML page in place of the weights, as a failed download leaves it: download them again";
  }
  if (text.starts_with("<?xml")) { return "an XML text in place of the weights: download them again"; }
  const bool is_json =
      text.starts_with('{') && text.size() > 1 && (text[1] == '"' || text[1] == '\n' || text[1] == '}');
  return is_json ? "a JSON text, not weights: name the folder, or the file of the weights" : "";
}

/// What is in front of a known name in each of the names; empty where that is not so.
std::string prefix_of(const std::map<std::string, StoredTensor>& tensors)
{
  for (const auto& [name, tensor] : tensors) {
    for (const std::string_view landmark : k_landmarks) {
      const bool has_prefix =
          name.size() > landmark.size() && name.ends_with(landmark) && name[name.size() - landmark.size() - 1] == '.';
      if (has_prefix) { return name.substr(0, name.size() - landmark.size()); }
    }
  }
  return {};
}

}  // namespace

std::string conversion_of(const std::filesystem::path& file)
{
  const bool is_open_clip = file.filename().native().starts_with("open_clip_");
  const std::filesystem::path target =
      file.parent_path() / (is_open_clip ? "open_clip_model.safetensors" : "model.safetensors");
  return fmt::format("scripts/convert_weights.py {} -o {}", file.native(), target.native());
}

std::string foreign_kind(std::span<const std::byte> bytes, const std::filesystem::path& file)
{
  const std::string_view head(reinterpret_cast<const char*>(bytes.data()), std::min(bytes.size(), k_head));
  if (head.empty()) { return "an empty file"; }
  for (const Magic& magic : k_magic) {
    if (!head.starts_with(magic.bytes)) { continue; }
    const bool is_torch = magic.kind.starts_with("a PyTorch");
    return is_torch ? fmt::format("{}: convert it: {}", magic.kind, conversion_of(file))
                    : fmt::format("{}, not safetensors: vidcv takes safetensors only", magic.kind);
  }
  return kind_of_text(head);
}

void require_known_names(const std::map<std::string, StoredTensor>& tensors)
{
  if (std::ranges::any_of(k_landmarks, [&](std::string_view name) { return tensors.contains(std::string(name)); })) {
    return;
  }
  const std::string prefix = prefix_of(tensors);
  if (!prefix.empty()) {
    throw FormatError(
        fmt::format("the names of its tensors begin with {}, which is not part of CLIP's names: "
                    "scripts/convert_weights.py takes it off",
                    one_line(prefix.substr(0, k_shown))));
  }
  if (tensors.contains("embeddings.class_embedding")) {
    throw FormatError(
        "a vision tower without its projection, which CLIP's vectors need: save "
        "CLIPVisionModelWithProjection or CLIPModel");
  }
}

}  // namespace vidcv

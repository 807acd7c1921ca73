#include "formats/weights_file.hpp"

#include <catch2/catch.hpp>

#include <span>
#include <string>

namespace {

using namespace std::string_literals;

std::string kind_of(const std::string& bytes, const char* file = "clip/pytorch_model.bin")
{
  return vidcv::foreign_kind(std::as_bytes(std::span(bytes)), file);
}

std::string refusal_of(const std::string& name)
{
  try {
    vidcv::require_known_names({{name, {}}});
  } catch (const vidcv::FormatError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a file that is not safetensors is named by what it is, with the command that converts it")
{
  const std::string convert =
      ": convert it: scripts/convert_weights.py clip/pytorch_model.bin -o clip/model.safetensors";
  CHECK(kind_of("PK\3\4 and so on") == "a PyTorch file (a zip with a pickle, which is a program)" + convert);
  CHECK(kind_of("\x80\x02\x8a\x0al\xfc") == "a PyTorch file (a pickle, which is a program)" + convert);
  CHECK(kind_of("PK\3\4", "a/open_clip_pytorch_model.bin")
            .ends_with("scripts/convert_weights.py a/open_clip_pytorch_model.bin -o a/open_clip_model.safetensors"));
  CHECK(kind_of("version https://git-lfs.github.com/spec/v1\noid sha256:4d\n") ==
        "a Git LFS pointer in place of the weights: git lfs pull fetches them");
  CHECK(kind_of("\n<!DOCTYPE HTML>") ==
        "an HTML page in place of the weights, as a failed download leaves it: download them again");
  CHECK(kind_of("{\"weight_map\": 1}") == "a JSON text, not weights: name the folder, or the file of the weights");
  CHECK(kind_of("\x89HDF\r\n\x1a\n") == "an HDF5 file of TensorFlow, not safetensors: vidcv takes safetensors only");
  CHECK(kind_of("GGUF\3") == "a GGUF file, not safetensors: vidcv takes safetensors only");
  CHECK(kind_of("") == "an empty file");
  CHECK(kind_of("something else").empty());
}

TEST_CASE("a prefix in front of CLIP's names is named as such")
{
  for (const std::string prefix : {"module.", "model.", "clip.", "state_dict.model."}) {
    const std::string says = "the names of its tensors begin with " + prefix +
                             ", which is not part of CLIP's names: scripts/convert_weights.py takes it off";
    CHECK(refusal_of(prefix + "visual.conv1.weight") == says);
    CHECK(refusal_of(prefix + "vision_model.embeddings.class_embedding") == says);
  }
  CHECK(refusal_of("embeddings.class_embedding").starts_with("a vision tower without its projection"));
  CHECK(refusal_of("visual.conv1.weight").empty());
  CHECK(refusal_of("anything").empty());
}

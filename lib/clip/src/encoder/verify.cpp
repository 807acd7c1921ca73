#include <vidcv/clip/verify.hpp>

#include "encoder/encoder_module.hpp"
#include "formats/model_archive.hpp"
#include "formats/npz.hpp"
#include "model/fingerprint.hpp"

#include <vidcv/clip/preprocess.hpp>
#include <vidcv/clip/tokenizer.hpp>
#include <vidcv/core/error.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <utility>

namespace vidcv {
namespace {

std::string digits_of(const std::filesystem::path& file, const std::string& tower, const std::string& description)
{
  Fingerprint fingerprint(description);
  encoder_module().show_weights(file, tower, [&](const std::map<std::string, StoredTensor>& all) {
    for (const auto& [name, weight] : all) { fingerprint.add(name, weight); }
  });
  return fingerprint.digits();
}

/// The vectors of a reference file, and how far others are from them.
class Comparison {
 public:
  Comparison(std::filesystem::path file, const std::map<std::string, NumpyArray>& arrays, int dim)
      : m_file(std::move(file)), m_arrays(arrays), m_dim(dim)
  {
    m_result.made_by = text_of("made_by");
  }

  RgbImage picture(int number) const
  {
    const NumpyArray& array = require(fmt::format("picture_{}", number), "|u1", 3);
    if (array.shape[2] != 3 || array.shape[0] < 1 || array.shape[1] < 1) {
      refuse("a picture is not [height, width, 3]");
    }
    return {
        static_cast<int>(array.shape[1]), static_cast<int>(array.shape[0]), {array.bytes.begin(), array.bytes.end()}};
  }

  std::vector<std::string> texts() const
  {
    const nlohmann::json list = nlohmann::json::parse(require("texts", "|u1", 1).bytes, nullptr, false);
    if (!list.is_array()) { refuse("texts: a JSON list expected"); }
    std::vector<std::string> texts;
    for (const nlohmann::json& text : list) {
      if (!text.is_string()) { refuse("texts: a JSON list of texts expected"); }
      texts.push_back(text.get<std::string>());
    }
    return texts;
  }

  void add_picture(const Embedding& vector) { add("vectors", m_result.pictures++, vector); }
  void add_text(const Embedding& vector) { add("text_vectors", m_result.texts++, vector); }

  Agreement result() const
  {
    if (m_result.pictures + m_result.texts == 0) { refuse("neither pictures nor texts in it"); }
    return m_result;
  }

 private:
  [[noreturn]] void refuse(const std::string& cause) const { throw ModelError(m_file.native(), "verify", cause); }

  const NumpyArray& require(const std::string& name, const char* type, std::size_t dimensions) const
  {
    const auto found = m_arrays.find(name);
    if (found == m_arrays.end()) { refuse(fmt::format("no {} in it: make it with scripts/make_reference.py", name)); }
    const bool fits = found->second.type == type && found->second.shape.size() == dimensions;
    if (!fits) { refuse(fmt::format("{}: {} numbers in {} dimensions expected", name, type, dimensions)); }
    return found->second;
  }

  std::string text_of(const std::string& name) const
  {
    const auto found = m_arrays.find(name);
    const nlohmann::json text =
        found == m_arrays.end() ? nlohmann::json() : nlohmann::json::parse(found->second.bytes, nullptr, false);
    return text.is_string() ? text.get<std::string>() : std::string();
  }

  void add(const std::string& name, std::int64_t row, const Embedding& ours)
  {
    const NumpyArray& array = require(name, "<f4", 2);
    if (array.shape[1] != m_dim) {
      refuse(fmt::format("{}: of {} numbers, the model's have {}", name, array.shape[1], m_dim));
    }
    if (row >= array.shape[0]) { refuse(fmt::format("{}: fewer than there are inputs", name)); }
    Embedding theirs(ours.size());
    const std::size_t bytes = theirs.size() * sizeof(float);
    std::memcpy(theirs.data(), array.bytes.data() + static_cast<std::size_t>(row) * bytes, bytes);
    double cosine = 0;
    for (std::size_t i = 0; i < ours.size(); ++i) {
      cosine += double{ours[i]} * theirs[i];
      m_result.largest_difference = std::max(m_result.largest_difference, std::abs(double{ours[i]} - theirs[i]));
    }
    m_result.least_cosine = std::min(m_result.least_cosine, cosine);
  }

  std::filesystem::path m_file;
  const std::map<std::string, NumpyArray>& m_arrays;
  int m_dim;
  Agreement m_result;
};

}  // namespace

ModelFingerprints compute_fingerprints(const std::filesystem::path& model_file, const ModelDescription& model)
{
  ModelFingerprints found{digits_of(model_file, {}, canonical(model)), {}};
  if (!model.text) { return found; }
  const auto tower = read_archived(model_file, k_text_tower, k_most_tower_bytes);
  if (tower) { found.text = digits_of(model_file, *tower, canonical(*model.text, model.dim, model.activation)); }
  return found;
}

Agreement compare_with_reference(const std::filesystem::path& reference, const std::filesystem::path& model_file,
                                 const EncoderOptions& options)
{
  const std::map<std::string, NumpyArray> arrays = read_npz(reference);
  const ModelDescription model = read_description(model_file);
  Comparison comparison(reference, arrays, model.dim);
  const auto encoder = open_encoder(model_file, options);
  std::vector<float> values(3 * static_cast<std::size_t>(model.input_size) *
                            static_cast<std::size_t>(model.input_size));
  for (int i = 0; arrays.contains(fmt::format("picture_{}", i)); ++i) {
    preprocess(comparison.picture(i), model, values);
    comparison.add_picture(encoder->encode(values).front());
  }
  if (arrays.contains("texts")) {
    const Tokenizer tokenizer = read_tokenizer(model_file);
    const auto text_encoder = open_text_encoder(model_file, options);
    const auto context = static_cast<std::size_t>(model.text->context);
    for (const std::string& text : comparison.texts()) {
      comparison.add_text(text_encoder->encode(tokenizer.up_to_end(tokenizer.tokenize(text, context).ids)));
    }
  }
  return comparison.result();
}

}  // namespace vidcv

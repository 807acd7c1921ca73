#include <vidcv/clip/model.hpp>

#include "formats/json_file.hpp"
#include "formats/model_archive.hpp"

#include <vidcv/core/error.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace vidcv {
namespace {

using nlohmann::json;

constexpr int k_format = 1;  // of vidcv.json, see docs/models.md

/// The fields of vidcv.json, each checked as it is taken.
class Fields {
 public:
  Fields(const std::filesystem::path& file, const std::string& text) : m_file(file), m_object(bounded_json(text))
  {
    if (!m_object.is_object()) { refuse("not a JSON object"); }
  }

  std::string text(const char* key) const
  {
    const json& value = field(key);
    if (!value.is_string()) { refuse(fmt::format("{}: text expected", key)); }
    auto string = value.get<std::string>();
    const bool printable = std::ranges::none_of(string, [](unsigned char c) { return c < ' ' || c == 0x7f; });
    if (!printable) { refuse(fmt::format("{}: one line of text expected", key)); }
    return string;
  }

  std::string optional_text(const char* key) const { return m_object.contains(key) ? text(key) : std::string(); }

  int integer(const char* key, int lowest, int highest) const
  {
    const json& value = field(key);
    const bool whole = value.is_number_integer() && (!value.is_number_unsigned() || value <= highest);
    if (!whole || value < lowest || value > highest) {
      refuse(fmt::format("{}: whole number of {} to {} expected", key, lowest, highest));
    }
    return value.get<int>();
  }

  double number(const char* key, double lowest, double highest) const
  {
    return number_in(field(key), key, lowest, highest);
  }

  std::array<double, 3> colour(const char* key, double lowest, double highest) const
  {
    const json& value = field(key);
    if (!value.is_array() || value.size() != 3) { refuse(fmt::format("{}: list of three numbers expected", key)); }
    std::array<double, 3> channels{};
    for (std::size_t c = 0; c < channels.size(); ++c) { channels[c] = number_in(value[c], key, lowest, highest); }
    return channels;
  }

  std::string fingerprint() const
  {
    std::string digits = text("fingerprint");
    const bool hex = digits.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (!hex || digits.size() != 64) { refuse("fingerprint: 64 lower-case hex digits expected"); }
    return digits;
  }

  /// An object within the object; nothing where there is none.
  std::optional<Fields> part(const char* key) const
  {
    if (!m_object.contains(key)) { return std::nullopt; }
    return Fields(m_file, m_object[key].dump());
  }

  [[noreturn]] void refuse(const std::string& cause) const
  {
    throw ModelError(m_file.native(), "model", fmt::format("vidcv.json in it: {}: {}", cause, k_make_model));
  }

 private:
  const json& field(const char* key) const
  {
    const auto found = m_object.find(key);
    if (found == m_object.end()) { refuse(fmt::format("{}: missing", key)); }
    return *found;
  }

  double number_in(const json& value, const char* key, double lowest, double highest) const
  {
    const double x = value.is_number() ? value.get<double>() : std::nan("");
    if (x >= lowest && x <= highest) { return x; }
    refuse(fmt::format("{}: number of {} to {} expected", key, lowest, highest));
  }

  const std::filesystem::path& m_file;
  json m_object;
};

void take_identity(const Fields& fields, ModelDescription& model)
{
  if (fields.integer("format", 1, 1'000'000'000) > k_format) { fields.refuse("format: made for a newer vidcv"); }
  model.name = fields.text("name");
  if (model.name.empty()) { fields.refuse("name: empty"); }
  model.architecture = fields.text("architecture");
  model.activation = fields.optional_text("activation");
  model.source = fields.optional_text("source");
  model.fingerprint = fields.fingerprint();
}

std::optional<TextDescription> text_of(const Fields& fields)
{
  const std::optional<Fields> text = fields.part("text");
  if (!text) { return std::nullopt; }
  TextDescription description;
  description.architecture = text->text("architecture");
  description.context = text->integer("context", 2, 65536);
  description.fingerprint = text->fingerprint();
  description.has_tokenizer = text->text("tokenizer") == "clip";
  description.has_labels = text->text("tokenizer") == "labels";
  return description;
}

void take_preprocessing(const Fields& fields, ModelDescription& model)
{
  model.input_size = fields.integer("input_size", 1, 4096);
  model.resize_short = fields.integer("resize_short", model.input_size, 4096);
  model.interpolation = fields.text("interpolation");
  if (model.interpolation != "bicubic") { fields.refuse("interpolation: this vidcv knows bicubic only"); }
  model.scale = fields.number("scale", 1e-6, 1e6);
  model.mean = fields.colour("mean", -1e6, 1e6);
  model.deviation = fields.colour("deviation", 1e-6, 1e6);
}

}  // namespace

ModelDescription read_description(const std::filesystem::path& file)
{
  ModelDescription model;
  model.json = read_description_text(file);
  const Fields fields(file, model.json);
  take_identity(fields, model);
  take_preprocessing(fields, model);
  model.dim = fields.integer("dim", 1, 65536);
  model.match_threshold = fields.number("match_threshold", -1, 1);
  model.text = text_of(fields);
  model.no_texts = fields.optional_text("no_texts");
  return model;
}

}  // namespace vidcv

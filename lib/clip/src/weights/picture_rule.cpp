#include "weights/picture_rule.hpp"

#include "formats/json_file.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

constexpr int k_bicubic = 3;         // Pillow's number for it
constexpr int k_default_side = 224;  // of CLIPImageProcessor
constexpr double k_scale = 1.0 / 255;
constexpr std::size_t k_shown = 100;  // bytes of a value in a message

// What a model file may say, see docs/models.md.
constexpr double k_least = 1e-6;
constexpr double k_most = 1e6;

struct Colours {
  std::string_view name;  ///< as `--preprocessing` says it
  std::array<double, 3> mean;
  std::array<double, 3> deviation;
};

/// Source: OPENAI_DATASET_MEAN, IMAGENET_MEAN, INCEPTION_MEAN and their deviations in open_clip. OpenAI's are the
/// defaults of transformers' CLIPImageProcessor and of open_clip as well.
constexpr std::array<Colours, 3> k_colours = {
    {{"openai", {0.48145466, 0.4578275, 0.40821073}, {0.26862954, 0.26130258, 0.27577711}},
     {"imagenet", {0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}},
     {"inception", {0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}}}};
constexpr const Colours& k_openai = k_colours[0];

constexpr const char* k_way_out =
    "put preprocessor_config.json beside the weights, or name the colours they were trained with: --preprocessing "
    "openai, imagenet or inception";

/// An object of rules in a file, whose fields are checked as they are taken. A field of null counts as left out.
class RuleReader {
 public:
  RuleReader(fs::path file, json object) : m_file(std::move(file)), m_object(std::move(object))
  {
    if (!m_object.is_object()) { refuse("an object expected"); }
  }

  [[noreturn]] void refuse(const std::string& cause) const { refuse_import(m_file, cause); }

  json field(const char* key, const json& fallback = nullptr) const
  {
    json value = m_object.value(key, json());
    return value.is_null() ? fallback : value;
  }

  void require(const char* key, const json& only, const char* in_words) const
  {
    if (field(key, only) != only) { refuse(fmt::format("{}: {} expected", key, in_words)); }
  }

  double number(const char* key, double fallback) const
  {
    const json value = field(key, fallback);
    if (!value.is_number()) { refuse(fmt::format("{}: a number expected", key)); }
    return within(key, value.get<double>(), k_least);
  }

  std::array<double, 3> colour(const char* key, const std::array<double, 3>& fallback, double lowest) const
  {
    const json value = field(key, fallback);
    const bool is_right = value.is_array() && value.size() == 3 &&
                          std::ranges::all_of(value, [](const json& number) { return number.is_number(); });
    if (!is_right) { refuse(fmt::format("{}: three numbers expected", key)); }
    const auto numbers = value.get<std::array<double, 3>>();
    for (const double number : numbers) { within(key, number, lowest); }
    return numbers;
  }

  /// A size that is written as a number, or as an object with these fields and no others, of equal value.
  int side(const char* key, const std::vector<const char*>& fields) const
  {
    json value = field(key, k_default_side);
    if (value.is_object() && value.size() == fields.size() && value.contains(fields.front())) {
      for (const char* one : fields) {
        if (value.value(one, json()) != value[fields.front()]) { refuse(fmt::format("{}: no square", key)); }
      }
      value = value[fields.front()];
    }
    if (!value.is_number_integer() || value < 1 || value > 4096) {
      refuse(fmt::format("{}: not CLIP's rule (bicubic to the short side, centre crop)", key));
    }
    return value.get<int>();
  }

 private:
  double within(const char* key, double number, double lowest) const
  {
    if (number >= lowest && number <= k_most) { return number; }
    refuse(fmt::format("{}: {} is not from {} to {}", key, number, lowest, k_most));
  }

  fs::path m_file;
  json m_object;
};

/// Another processor has other defaults for what is left out.
void require_clip_processor(const RuleReader& reader)
{
  for (const char* key : {"image_processor_type", "feature_extractor_type"}) {
    const json type = reader.field(key);
    const std::string name = type.is_string() ? type.get<std::string>() : "";
    if (type.is_null() || name.starts_with("CLIPImageProcessor") || name == "CLIPFeatureExtractor") { continue; }
    reader.refuse(fmt::format("{}: CLIPImageProcessor expected, it is {}", key,
                              type.dump(-1, ' ', true, json::error_handler_t::replace).substr(0, k_shown)));
  }
}

/// preprocessor_config.json of transformers, or the same within processor_config.json. Fields that are left out have
/// the defaults of CLIPImageProcessor.
PictureRule rule_of_transformers(const RuleReader& reader, int image_size)
{
  require_clip_processor(reader);
  for (const char* step : {"do_resize", "do_center_crop", "do_rescale", "do_normalize"}) {
    reader.require(step, true, "true");
  }
  for (const char* step : {"do_pad", "use_square_size", "default_to_square"}) { reader.require(step, false, "false"); }
  reader.require("resample", k_bicubic, "3 (bicubic)");
  const PictureRule rule{reader.side("crop_size", {"height", "width"}), reader.side("size", {"shortest_edge"}),
                         reader.number("rescale_factor", k_scale), reader.colour("image_mean", k_openai.mean, -k_most),
                         reader.colour("image_std", k_openai.deviation, k_least)};
  if (rule.input_size != image_size || rule.resize_short < rule.input_size) {
    reader.refuse(fmt::format("crop_size {}, size {}: the network sees {} pixels", rule.input_size, rule.resize_short,
                              image_size));
  }
  return rule;
}

/// `preprocess_cfg` of open_clip, whose fields have the defaults of its PreprocessCfg. The size is always the
/// network's there, whatever `size` says.
PictureRule rule_of_open_clip(const RuleReader& reader, int image_size)
{
  const bool is_known = reader.field("interpolation", "bicubic") == "bicubic" &&
                        reader.field("resize_mode", "shortest") == "shortest" && reader.field("mode", "RGB") == "RGB";
  if (!is_known) { reader.refuse("preprocess_cfg: only bicubic to the shortest side is known"); }
  return {image_size, image_size, k_scale, reader.colour("mean", k_openai.mean, -k_most),
          reader.colour("std", k_openai.deviation, k_least)};
}

std::optional<PictureRule> stated_rule(const fs::path& folder, const json& open_clip, int image_size)
{
  if (open_clip.is_object() && open_clip.contains("preprocess_cfg")) {
    return rule_of_open_clip({folder / "open_clip_config.json", open_clip["preprocess_cfg"]}, image_size);
  }
  const fs::path whole = folder / "processor_config.json";  // transformers 5 saves a processor's parts in one file
  const json processor = object_beside(whole);
  if (processor.is_object() && processor.contains("image_processor")) {
    return rule_of_transformers({whole, processor["image_processor"]}, image_size);
  }
  const fs::path alone = folder / "preprocessor_config.json";
  json preprocessor = object_beside(alone);
  if (preprocessor.is_null()) { return std::nullopt; }
  return rule_of_transformers({alone, std::move(preprocessor)}, image_size);
}

}  // namespace

PictureRule picture_rule(const fs::path& folder, const json& open_clip, int image_size, const std::string& asked)
{
  const auto stated = stated_rule(folder, open_clip, image_size);
  const auto colours = std::ranges::find(k_colours, asked, &Colours::name);
  if (colours == k_colours.end()) {
    if (stated) { return *stated; }
    refuse_import(folder.empty() ? "." : folder,
                  fmt::format("nothing beside the weights says how pictures are prepared for them: {}", k_way_out));
  }
  const PictureRule rule{image_size, image_size, k_scale, colours->mean, colours->deviation};
  if (stated && *stated != rule) {
    refuse_import(folder.empty() ? "." : folder,
                  fmt::format("a file beside the weights says how pictures are prepared, and --preprocessing {} is "
                              "something else: leave the option out",
                              asked));
  }
  return rule;
}

}  // namespace vidcv

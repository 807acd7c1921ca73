#include "formats/json_file.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>
#include <vidcv/core/text.hpp>

#include <nlohmann/json.hpp>

namespace vidcv {
namespace {

constexpr std::size_t k_most_text = 64U << 20U;  // bytes of a configuration or a vocabulary
constexpr int k_most_levels = 100;

}  // namespace

nlohmann::json bounded_json(std::string_view text)
{
  bool is_too_deep = false;
  const auto watch = [&](int depth, nlohmann::json::parse_event_t /*event*/, const nlohmann::json& /*value*/) {
    is_too_deep = is_too_deep || depth > k_most_levels;
    return !is_too_deep;
  };
  nlohmann::json value = nlohmann::json::parse(text, watch, false);
  return is_too_deep ? nlohmann::json(nlohmann::json::value_t::discarded) : value;
}

void refuse_import(const std::filesystem::path& file, std::string_view cause)
{
  throw ModelError(file.native(), "import", one_line(cause));
}

std::optional<std::string> text_beside(const std::filesystem::path& file)
{
  std::error_code error;
  if (!std::filesystem::exists(file, error)) { return std::nullopt; }
  try {
    return read_file(file, k_most_text);
  } catch (const InputError& failure) {
    refuse_import(file, failure.cause());
  }
}

nlohmann::json object_beside(const std::filesystem::path& file)
{
  const auto text = text_beside(file);
  if (!text) { return nullptr; }
  nlohmann::json object = bounded_json(*text);
  if (!object.is_object()) { refuse_import(file, "no JSON object"); }
  return object;
}

}  // namespace vidcv

#include "formats/json_file.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>
#include <vidcv/core/text.hpp>

#include <nlohmann/json.hpp>

namespace vidcv {
namespace {

constexpr std::size_t k_most_text = 64U << 20U;  // bytes of a configuration or a vocabulary

}  // namespace

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
  nlohmann::json object = nlohmann::json::parse(*text, nullptr, false);
  if (!object.is_object()) { refuse_import(file, "no JSON object"); }
  return object;
}

}  // namespace vidcv

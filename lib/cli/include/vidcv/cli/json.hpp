#pragma once

#include <vidcv/core/image.hpp>

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace vidcv {

template <typename T>
nlohmann::ordered_json or_null(const std::optional<T>& value)
{
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

/// `[x1, y1, x2, y2]`, null for none.
nlohmann::ordered_json box_json(const std::optional<Box>& box);

/// `path`, and `path_base64` beside it where the path is not valid UTF-8; or both under another `key`.
void set_path(nlohmann::ordered_json& value, std::string_view path, const std::string& key = "path");

}  // namespace vidcv

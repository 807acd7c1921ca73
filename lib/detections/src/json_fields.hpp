#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace vidcv {

/// The value of a JSON text. NaN and Infinity, which Python writes and JSON does not have, become empty texts: they
/// are not numbers, so they cost the entry that they are in and not the file.
/// @throws std::invalid_argument `not JSON: byte N: cause`
nlohmann::json parsed_json(std::string text);

/// A number or a text that identifies something, as text: `7`, `7.0` and `"7"` are one id.
std::string id_text(const nlohmann::json& id);

/// The field of an object; null where it is missing, or where `object` is not an object.
const nlohmann::json& field_of(const nlohmann::json& object, const char* name);

}  // namespace vidcv

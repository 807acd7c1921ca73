#include "json_fields.hpp"
#include "readers.hpp"

#include <vidcv/core/error.hpp>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <fstream>
#include <initializer_list>
#include <limits>
#include <stdexcept>

namespace vidcv {
namespace {

using nlohmann::json;

constexpr std::size_t k_longest_line = std::size_t{1} << 20U;

/// The field under the first of its names that exists; null counts as missing.
const json* field(const json& line, std::initializer_list<const char*> names)
{
  for (const char* name : names) {
    const auto found = line.find(name);
    if (found != line.end() && !found->is_null()) { return &*found; }
  }
  return nullptr;
}

std::optional<double> number_in(const json& line, std::initializer_list<const char*> names)
{
  const json* value = field(line, names);
  if (value == nullptr) { return std::nullopt; }
  if (!value->is_number()) { throw std::invalid_argument(std::string(*names.begin()) + " is not a number"); }
  return value->get<double>();
}

/// A whole number, also written as 30.0: tables with gaps in them are.
std::optional<std::int64_t> whole_in(const json& line, std::initializer_list<const char*> names)
{
  const auto value = number_in(line, names);
  if (!value) { return std::nullopt; }
  constexpr double k_most = 1e15;
  if (*value != std::floor(*value) || std::abs(*value) > k_most) {
    throw std::invalid_argument(std::string(*names.begin()) + " is not a whole number, or too large");
  }
  return static_cast<std::int64_t>(*value);
}

std::string text_in(const json& line, std::initializer_list<const char*> names)
{
  const json* value = field(line, names);
  if (value == nullptr) { return {}; }
  if (!value->is_string()) { throw std::invalid_argument(std::string(*names.begin()) + " is not a text"); }
  return value->get<std::string>();
}

std::vector<double> numbers_in(const json& line, std::initializer_list<const char*> names)
{
  const json* value = field(line, names);
  if (value == nullptr) { return {}; }
  const bool right = value->is_array() && std::ranges::all_of(*value, [](const json& x) { return x.is_number(); });
  if (!right) { throw std::invalid_argument(std::string(*names.begin()) + " is not a list of numbers"); }
  return value->get<std::vector<double>>();
}

Embedding face_of(const json& line)
{
  const std::vector<double> numbers = numbers_in(line, {"face_embedding", "face"});
  Embedding face(numbers.begin(), numbers.end());
  if (!face.empty() && !make_unit(face)) { throw std::invalid_argument("face_embedding has no direction"); }
  return face;
}

Detection detection_in(const json& line)
{
  if (!line.is_object()) { throw std::invalid_argument("not an object"); }
  if (line.size() == 1 && field(line, {"clip", "path"}) != nullptr) {
    Detection nothing;
    nothing.names = file_names(text_in(line, {"clip", "path"}), std::nullopt);
    nothing.is_nothing = true;
    return nothing;
  }
  const std::vector<double> bbox = numbers_in(line, {"bbox", "box"});
  if (bbox.size() != 4) { throw std::invalid_argument("bbox is not a list of four numbers"); }
  const auto confidence = number_in(line, {"confidence", "score"});
  if (!confidence) { throw std::invalid_argument("it has no confidence"); }
  const auto frame_number = whole_in(line, {"frame_number", "frame"});
  if (frame_number.value_or(0) < 0) { throw std::invalid_argument("frame_number is below 0"); }
  Detection detection{.names = file_names(text_in(line, {"clip", "path"}), frame_number),
                      .frame_number = {},
                      .timestamp_s = number_in(line, {"timestamp_sec", "time"}),
                      .label = text_in(line, {"class", "label"}),
                      .confidence = *confidence,
                      .quality = number_in(line, {"quality"}),
                      .face = face_of(line)};
  std::ranges::copy(bbox, detection.corners.begin());
  detection.shares = std::ranges::all_of(bbox, [](double x) { return x >= 0 && x <= 1; });
  return detection;
}

/// The lines of a stream, in memory that a line without an end does not fill.
class Lines {
 public:
  explicit Lines(std::istream& stream) : m_stream(stream), m_buffer(k_longest_line + 2) {}

  /// The next line; of one that is too long the beginning alone, which is too long as well. False at the end.
  bool next(std::string& line)
  {
    m_stream.getline(m_buffer.data(), static_cast<std::streamsize>(m_buffer.size()));
    auto size = static_cast<std::size_t>(m_stream.gcount());
    const bool is_too_long = m_stream.fail() && !m_stream.eof() && size == m_buffer.size() - 1;
    if (m_stream.fail() && !is_too_long) { return false; }
    if (is_too_long) {
      m_stream.clear();
      m_stream.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
    } else if (!m_stream.eof()) {
      --size;  // its newline was counted
    }
    line.assign(m_buffer.data(), size);
    return true;
  }

 private:
  std::istream& m_stream;
  std::vector<char> m_buffer;
};

Detection parsed(const std::string& line)
{
  if (line.size() > k_longest_line) { throw std::invalid_argument("longer than a megabyte"); }
  return detection_in(parsed_json(line));
}

}  // namespace

void read_detection_lines(const std::filesystem::path& file, std::vector<Detection>& all, const DetectionEvents& events)
{
  std::ifstream stream(file);
  if (!stream) { throw InputError(file.native(), "open", system_cause(errno)); }
  Lines lines(stream);
  std::string line;
  for (std::size_t number = 1; lines.next(line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) { continue; }
    read_entry(file, "line", number, all, events, [&] { return parsed(line); });
  }
  if (stream.bad()) { throw InputError(file.native(), "open", system_cause(errno)); }
}

}  // namespace vidcv

#pragma once

#include <vidcv/sampling/frame_picker.hpp>

#include <string>

namespace vidcv {

/// The name of a picture, with places for what is known of it: {clip}, {number}, {index}, {time}, {kind}. Numbers take
/// a format as in {number:06} and {time:.2f}.
class NameTemplate {
 public:
  /// @param option  that gave it
  /// @throws UsageError for an unknown place, a wrong format, or a name that is absolute or leads upwards
  NameTemplate(std::string text, const char* option);

  bool names_clip() const;
  /// @param index  the frame's place among the chosen ones, from 0
  std::string of(const std::string& clip, const Pick& pick, std::size_t index) const;
  /// Where there is only a clip to name.
  std::string of_clip(const std::string& clip) const;

 private:
  std::string m_text;
};

}  // namespace vidcv

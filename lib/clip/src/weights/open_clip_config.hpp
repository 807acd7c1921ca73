#pragma once

#include "weights/clip_shape.hpp"

#include <nlohmann/json.hpp>

namespace vidcv {

/// `vision_cfg` or `text_cfg` of an open_clip_config.json, whose fields have open_clip's defaults where they are left
/// out. Source: CLIPVisionCfg and CLIPTextCfg of open_clip 3.3.
class OpenClipTower {
 public:
  /// @param name  `vision_cfg` or `text_cfg`, for messages
  /// @throws FormatError if it is not an object
  OpenClipTower(const nlohmann::json& model_cfg, const char* name);

  /// Refuses the first field that makes the network another one than CLIP's, and each field that is not known.
  /// @throws FormatError naming the field
  void require_plain_vision() const;
  void require_plain_text() const;

  /// Refuses the first size that the tensors do not have.
  /// @throws FormatError naming the field
  void require_agreement(const TowerShape& tower) const;

  int heads_by_width(int width) const;  ///< from `head_width`
  int heads() const;                    ///< from `heads`
  int head_width() const;

 private:
  [[noreturn]] void refuse(const std::string& field, const std::string& cause) const;
  int integer(const char* field, int fallback) const;
  void require_side(const char* field, int fallback, int found) const;
  void require_same(const char* field, int stated, int found) const;

  const char* m_name;
  nlohmann::json m_fields;
};

}  // namespace vidcv

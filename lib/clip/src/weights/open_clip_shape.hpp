#pragma once

#include "weights/clip_shape.hpp"

#include <map>
#include <string>

namespace vidcv {

/// What the tensors of a checkpoint in open_clip's names do not show, if no configuration lies beside them.
struct OpenClipHints {
  std::string activation = {};  ///< `quick_gelu` or `gelu`; empty: not said
  int head_width = 0;           ///< of the vision tower; 0: not said
};

/// Whether a checkpoint has open_clip's names.
bool is_open_clip(const std::map<std::string, StoredTensor>& tensors);

/// By the tensors of a checkpoint in open_clip's names and the `model_cfg` of the configuration beside it. Each field
/// of `model_cfg` that shapes the vision tower is followed, or refused. A text tower that cannot be followed is left
/// out, and `no_texts` says why.
/// @param model_cfg  the text of the JSON object; empty where there is none
/// @param hints      where `model_cfg` says it too, they must agree
/// @throws FormatError naming the field or the tensor, and the way out
ClipShape shape_from_open_clip(const std::map<std::string, StoredTensor>& tensors, const std::string& model_cfg,
                               const OpenClipHints& hints);

}  // namespace vidcv

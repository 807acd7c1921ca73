#pragma once

#include <filesystem>
#include <string>

namespace vidcv {

/// Where imported models live: `$XDG_DATA_HOME/vidcv/models`, or the same below `~/.local/share`.
std::filesystem::path models_folder();

/// The file that `--model` means: for a plain name the imported model NAME.pt, which nobody's working folder can
/// shadow; otherwise the file of this name.
std::filesystem::path find_model(const std::string& name);

/// The folder of a model that was downloaded, `owner/name`, in the cache of Hugging Face's tools.
/// @throws ModelError saying where it was looked for, and what to download
std::filesystem::path cached_folder(const std::string& name);

}  // namespace vidcv

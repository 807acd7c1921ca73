#pragma once

#include <vidcv/core/config.hpp>

#include <filesystem>
#include <optional>
#include <string>

namespace vidcv {

/// Where imported models live: `$XDG_DATA_HOME/vidcv/models`, or the same below `~/.local/share`. Nothing where no home
/// folder is known; see vidcv/core/places.hpp.
std::optional<std::filesystem::path> models_folder();

/// The file of the imported model of this name, whether it is there or not.
/// @throws ModelError where imported models have no folder
std::filesystem::path imported_model(const std::string& name);

/// Who named a model.
enum class NamedBy { command, configuration };

/// The file that the name of a model means. A name with a slash is a path. Any other name is that of an imported model;
/// in a command one with an extension that is not imported is a file in the working folder. So neither a configuration
/// nor a plain name ever runs a file of the working folder: a model is a program.
/// @throws ModelError as imported_model() does
std::filesystem::path find_model(const std::string& name, NamedBy who = NamedBy::command);

/// The file that `--model`, VIDCV_MODEL or a configuration names.
/// @throws UsageError that says how to name a model, if none is named
std::filesystem::path model_file(const Config& config);

/// The folder of a model that was downloaded, `owner/name`, in the cache of Hugging Face's tools.
/// @throws ModelError saying where it was looked for, and what to download
std::filesystem::path cached_folder(const std::string& name);

}  // namespace vidcv

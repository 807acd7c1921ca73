#include "shared/sheet_format.hpp"

#include <vidcv/core/error.hpp>

#include <filesystem>

namespace vidcv {

PictureFormat sheet_format(const std::string& name)
{
  const std::string extension = std::filesystem::path(name).extension();
  if (extension == ".png") { return PictureFormat::png; }
  if (extension == ".jpg" || extension == ".jpeg") { return PictureFormat::jpeg; }
  throw UsageError("--sheet", name, "ends neither in .jpg nor in .png");
}

}  // namespace vidcv

#include <vidcv/html/report_page.hpp>

#include <vidcv/core/text.hpp>

namespace vidcv {

std::string url_of_path(std::string_view path)
{
  const char* start = path.starts_with('/') ? "file://" : path.starts_with("../") ? "" : "./";
  return start + url_encoded(path);
}

}  // namespace vidcv

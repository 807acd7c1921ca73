#include <vidcv/html/report_page.hpp>

#include <vidcv/core/text.hpp>

namespace vidcv {

std::string url_of_path(std::string_view path)
{
  if (path.starts_with('/')) { return file_url(path); }
  return (path.starts_with("../") ? "" : "./") + url_encoded(path);
}

}  // namespace vidcv

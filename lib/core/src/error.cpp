#include <vidcv/core/error.hpp>

#include <system_error>

namespace vidcv {
namespace {

std::string joined(std::string_view thing, std::string_view action, std::string_view cause)
{
  std::string line;
  for (const std::string_view part : {thing, action, cause}) {
    if (part.empty()) { continue; }
    if (!line.empty()) { line += ": "; }
    line += part;
  }
  return line;
}

}  // namespace

Error::Error(std::string_view thing, std::string_view action, std::string_view cause)
    : std::runtime_error(joined(thing, action, cause)), m_thing(thing), m_action(action), m_cause(cause)
{
}

std::string system_cause(int error_number)
{
  return std::generic_category().message(error_number);
}

}  // namespace vidcv

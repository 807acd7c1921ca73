#include "media/process_identity.hpp"

#include <vidcv/core/text.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <vector>

namespace vidcv {
namespace {

constexpr std::size_t k_longest_host = 256;
constexpr int k_fields_to_start = 19;  // of /proc/PID/stat from its state, field 3, to its start, field 22 (proc(5))

std::string host_name()
{
  std::array<char, k_longest_host> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::string boot_id()
{
  std::string id;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> id;
  return id;
}

std::string pid_namespace()
{
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/ns/pid", error).native();
}

/// The start of a process in ticks since the boot; nothing where there is no such process, or only what is left of it
/// until its parent asks (a zombie). The name before these fields may hold spaces and brackets.
std::optional<std::string> start_of(std::int64_t pid)
{
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string text;
  if (!std::getline(file, text)) { return std::nullopt; }
  std::istringstream fields(text.substr(text.rfind(')') + 1));
  std::string field;
  fields >> field;
  if (field == "Z" || field == "X") { return std::nullopt; }
  for (int i = 0; i < k_fields_to_start; ++i) { fields >> field; }
  return fields ? std::optional(field) : std::nullopt;
}

}  // namespace

ProcessIdentity this_process()
{
  ProcessIdentity identity{.host = host_name(), .pid = ::getpid(), .process = {}};
  const auto start = start_of(identity.pid);
  if (start) { identity.process = fmt::format("{} {} {}", boot_id(), pid_namespace(), *start); }
  return identity;
}

Liveness liveness_of(const ProcessIdentity& identity)
{
  const std::vector<std::string> parts = split(identity.process, ' ');
  if (identity.pid == 0 || parts.size() != 3 || boot_id().empty()) { return Liveness::unknown; }
  const bool same_boot = parts[0] == boot_id();
  if (!same_boot) { return identity.host == host_name() ? Liveness::gone : Liveness::unknown; }
  if (parts[1] != pid_namespace()) { return Liveness::unknown; }
  return start_of(identity.pid) == parts[2] ? Liveness::alive : Liveness::gone;
}

}  // namespace vidcv

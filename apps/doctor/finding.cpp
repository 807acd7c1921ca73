#include "finding.hpp"

#include <vidcv/clip/encoder.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/core/threads.hpp>
#include <vidcv/media/clip_reader.hpp>
#include <vidcv/media/decoder_process.hpp>
#include <vidcv/pipeline/run_settings.hpp>
#include <vidcv/store/ledger.hpp>
#include <vidcv/store/migration.hpp>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace vidcv {
namespace {

constexpr std::int64_t k_least_free_mb = 1024;

/// MB available now: what the system has left, or the container's limit if that is less.
std::int64_t available_mb()
{
  std::int64_t available = 0;
  std::string word;
  for (std::ifstream info("/proc/meminfo"); info >> word;) {
    if (word == "MemAvailable:" && info >> available) { break; }
  }
  available >>= 10U;
  std::int64_t most = 0;
  std::ifstream limit("/sys/fs/cgroup/memory.max");
  return limit >> most ? std::min(available, most >> 20U) : available;
}

}  // namespace

Finding processor_finding(const Config& config)
{
  const int threads = thread_count(static_cast<int>(config.integer(Key::threads)));
  Finding found{Health::ok, fmt::format("{} threads; {}", threads, processor_features())};
  if (processor_features().find("AVX2") == std::string::npos) {
    found.health = Health::warning;
    found.remedy = "without AVX2 the network is several times slower: another machine would help";
  }
  return found;
}

Finding torch_finding()
{
  if (torch_version().empty()) {
    return {Health::failure, "there is no encoder beside this program",
            "build with LibTorch: scripts/setup.sh, then cmake -DVIDCV_WITH_TORCH=ON"};
  }
  return {Health::ok, "LibTorch " + open_torch()};
}

Finding decoders_finding()
{
  const std::vector<std::string> missing = missing_decoders();
  if (missing.empty()) { return {Health::ok, fmt::format("FFmpeg {}", ffmpeg_version())}; }
  return {Health::warning, fmt::format("FFmpeg {} without {}", ffmpeg_version(), fmt::join(missing, ", ")),
          "files of these kinds will fail: install an FFmpeg, or libheif, that has them"};
}

Finding sandbox_finding(const Config& config)
{
  if (config.text(Key::isolation) == "none") {
    return {Health::warning, "files are decoded in the program itself (isolation = none)",
            "a bad file may take the run with it: isolation = process"};
  }
  const DecoderState decoder = probe_decoder();
  const std::string landlock = decoder.landlock > 0 ? fmt::format("Landlock {}", decoder.landlock) : "no Landlock";
  Finding found{Health::ok, fmt::format("decoders start in {:.0f} ms, held by {}, {}", 1000 * decoder.start_s,
                                        decoder.has_seccomp ? "seccomp" : "no seccomp", landlock)};
  if (decoder.has_seccomp && decoder.landlock > 0) { return found; }
  found.health = Health::warning;
  found.remedy = decoder.has_seccomp
                     ? "nothing need be done: seccomp alone lets a decoder open nothing; Landlock comes with Linux 5.13"
                     : "this kernel or container has no seccomp: decoders are processes of their own, but not held";
  return found;
}

Finding memory_finding(const Config& config)
{
  const DecodeOptions decode = decode_options(config);
  const std::int64_t has_mb = available_mb();
  Finding found{Health::ok, fmt::format("{} MB available; {} files side by side may take {} MB each", has_mb,
                                        thread_count(decode.threads), decode.limits.memory_mb)};
  if (decode.limits.memory_mb > has_mb) {
    found.health = Health::warning;
    found.remedy = fmt::format("one hostile file could take it all: [limits] limit_memory_mb = {}, or a smaller -j",
                               std::max<std::int64_t>(1, has_mb / thread_count(decode.threads)));
  }
  return found;
}

Finding files_finding()
{
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  Finding found{Health::ok, fmt::format("{} files may be open", files.rlim_cur)};
  if (files.rlim_cur < 256) {
    found.health = Health::warning;
    found.remedy = "ulimit -n 1024";
  }
  return found;
}

Finding database_finding(const std::string& file, const Config& config)
{
  std::error_code unreadable;
  if (!std::filesystem::exists(file, unreadable) && !unreadable) {
    return {Health::failure, one_line(file) + ": is not there", fmt::format("vidcv migrate {}", one_line(file))};
  }
  Database database(file, OpenMode::locked, config.number(Key::busy_timeout));
  require_sound(database);
  const auto steps = plan_migration(database);
  const auto pending =
      std::ranges::count_if(steps, [](const MigrationStep& step) { return step.status == StepStatus::pending; });
  const bool is_blocked = std::ranges::any_of(
      steps, [](const MigrationStep& step) { return step.service && step.status == StepStatus::pending; });
  if (pending > 0) {
    return {is_blocked ? Health::failure : Health::warning,
            fmt::format("{}: {} of {} migration steps are pending", one_line(file), pending, steps.size()),
            fmt::format("vidcv migrate {}", one_line(file))};
  }
  const LedgerCounts counts = count_ledger(database);
  const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
  const auto free_mb = static_cast<std::int64_t>(std::filesystem::space(folder).available >> 20U);
  Finding found{Health::ok, fmt::format("{}: sound and up to date; {} files done, {} failed; {} MB free on its disk",
                                        one_line(file), counts.done, counts.failed, free_mb)};
  if (::access(file.c_str(), W_OK) != 0 || ::access(folder.c_str(), W_OK) != 0) {
    return {Health::failure, one_line(file) + ": it, or its folder, may not be written to", "chown or chmod both"};
  }
  if (free_mb < k_least_free_mb) {
    found.health = Health::warning;
    found.remedy = "make room: a frame takes about 3 KB with a vector of 512 numbers";
  }
  return found;
}

}  // namespace vidcv
